/** The picture of what a thing is joined to, on its page. */

import { render } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { decode, type Payload } from "../data/model";
import { arrange, FEW } from "../draw/arrange";
import { Canvas, type Listener } from "../draw/canvas";
import type { Hit } from "../draw/hit";
import { plain } from "../draw/labels";
import { pointed } from "../draw/paint";
import { scene, type Scene } from "../draw/scene";
import { Said, Statements, Tip, type Opened } from "../parts/opened";
import { pageOf, rootOf, type Go } from "./address";

/** What stands in the block `around-data`. */
interface Around extends Payload {
  /** The thing whose page it is. */
  readonly focus: string;
}

/** The scene of a block, arranged by itself unless it has too many things. */
function sceneOf(block: Around): Scene {
  const data = decode(block);
  const found = scene(data, data.statements);
  return found.nodes.length > FEW ? found : scene(data, data.statements, arrange(found));
}

const counted = (value: number, one: string, many: string): string => `${value} ${value === 1 ? one : many}`;

/** The picture in words. */
function told(drawn: Scene, focus: string): string {
  const others = drawn.nodes.filter(({ thing }) => thing.id !== focus).length;
  const middle = drawn.nodes[drawn.nodeOf.get(focus) ?? -1]?.thing.label;
  const things = counted(others, "thing", "things");
  const shown = middle ? `${plain(middle)} and ${things} around it` : things;
  return `Picture of ${shown}, joined by ${counted(drawn.lines.length, "line", "lines")}. The page lists the same facts in words.`;
}

interface Props {
  readonly drawn: Scene;
  readonly focus: string;
  readonly root: string;
  readonly go: Go;
}

/** What was told of last, and whether by pressing it: a finger does not hover, it presses once more to open. */
interface Told {
  readonly name: string;
  readonly pressed: boolean;
}

const NOTHING: Told = { name: "", pressed: false };

function Picture({ drawn, focus, root, go }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const last = useRef(NOTHING);
  const [tip, setTip] = useState<Opened | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const words = useMemo(() => told(drawn, focus), [drawn, focus]);

  const tell = (name: string, pressed: boolean, title: string, point: readonly [number, number]): void => {
    last.current = { name, pressed };
    setTip(title ? { point, title, statements: [] } : null);
  };
  const open = (hit: Hit, point: readonly [number, number]): void => {
    const id = hit.kind === "node" ? drawn.nodes[hit.at]?.thing.id : undefined;
    const statements = drawn.lines[hit.kind === "line" ? hit.at : -1]?.statements ?? [];
    const address = pageOf(root, id ?? (statements.length === 1 ? (statements[0]?.id ?? "") : ""));
    if (statements.length > 1) setOpened({ point, title: `${statements.length} statements`, statements });
    else if (address && id !== focus) go(address);
  };
  const nameOf = (hit: Hit | null): string => (hit ? `${hit.kind} ${hit.at}` : "");
  const listener: Listener = {
    over: (hit, point) => {
      // A finger that is lifted leaves the canvas, too.
      if (hit || !last.current.pressed) tell(nameOf(hit), false, pointed(drawn, hit), point);
    },
    pick: (hit, point) => {
      setOpened(null);
      if (hit && last.current.name === nameOf(hit)) open(hit, point);
      else tell(nameOf(hit), true, hit ? `${pointed(drawn, hit)} – press again to open` : "", point);
    },
    moves: () => tell("", false, "", [0, 0]),
    rests: () => undefined,
  };
  useLayoutEffect(() => {
    const canvas = host.current && Canvas.on(host.current, listener, true);
    canvas?.show(drawn, true);
    canvas?.stress({ nodes: [drawn.nodeOf.get(focus) ?? -1].filter((at) => at >= 0), lines: [], cursor: -1 }, false);
    return () => canvas?.destroy();
  }, [drawn]);
  return (
    <>
      <div class="graph-picture" ref={host} role="img" aria-label={words} />
      {tip && !opened && <Tip opened={tip} />}
      {opened && (
        <Statements opened={opened} close={() => setOpened(null)}>
          {(one) => (
            <a href={pageOf(root, one.id)}>
              <Said statement={one} />
            </a>
          )}
        </Statements>
      )}
    </>
  );
}

/** Draws the picture of a page that has one; where that can't be done the page stays without. */
export function pictureAround(page: Document, go: Go): void {
  const figure = page.getElementById("around");
  const block = page.getElementById("around-data")?.textContent;
  if (!figure || !block) return;
  const place = page.createElement("div");
  place.className = "around-place";
  try {
    const around = JSON.parse(block) as Around;
    const drawn = sceneOf(around);
    if (!drawn.lines.length) return;
    figure.prepend(place);
    // What is hidden has no size to be drawn in.
    figure.hidden = false;
    render(<Picture drawn={drawn} focus={around.focus} root={rootOf(page)} go={go} />, place);
    if (!place.querySelector("canvas")) throw new Error("this browser draws nothing");
  } catch {
    figure.hidden = true;
    place.remove();
  }
}
