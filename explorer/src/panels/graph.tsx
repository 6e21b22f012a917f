/** The graph: a picture of the statements that join two things, by pointer, touch and keyboard. */

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { ends, type Statement } from "../data/model";
import { arrange, FEW } from "../draw/arrange";
import { Canvas } from "../draw/canvas";
import type { Hit } from "../draw/hit";
import { communities, type Community } from "../draw/hulls";
import { plain } from "../draw/labels";
import { DENSE, pointed, type Standing } from "../draw/paint";
import { scene, type Places, type Scene } from "../draw/scene";
import { Said, Statements, Tip, type Opened } from "../parts/opened";
import { ALL, type State } from "../state";
import { HELP, key, type Reach } from "./keys";
import { Saving, Tools } from "./tools";

const number = (value: number): string => value.toLocaleString("en");
const counted = (value: number, one: string, many: string): string => `${number(value)} ${value === 1 ? one : many}`;

// ---------------------------------------------------------------- what is drawn

const NONE: Places = new Map();

/** Whether a state looks at some things only: those are arranged by themselves. */
const focused = (state: State): boolean => state.scope.value.around.length + state.scope.value.listed.length > 0;

/**
 * The scene that is shown. A few things that are looked at alone stand where they have room, and stay there while
 * filters take some away; where others come, all begin from where they were.
 */
function useScene(state: State, round: number): readonly [drawn: Scene, places: Places] {
  const kept = useRef({ round: 0, places: NONE });
  const shown = state.shown.value;
  const alone = focused(state);
  return useMemo(() => {
    const places = alone || round ? kept.current.places : NONE;
    const found = scene(state.data, shown, places);
    if ((!alone && !round) || found.nodes.length > FEW) {
      kept.current = { round, places: NONE };
      return [places === NONE ? found : scene(state.data, shown), NONE] as const;
    }
    if (round === kept.current.round && found.nodes.every((node) => places.has(node.thing.id)))
      return [found, places] as const;
    kept.current = { round, places: arrange(found) };
    return [scene(state.data, shown, kept.current.places), kept.current.places] as const;
  }, [shown, alone, round]);
}

/** What stands out when a thing or a statement is selected. */
export function standing(drawn: Scene, selected: string, cursor: number): Standing {
  const node = drawn.nodeOf.get(selected);
  if (node !== undefined) return { nodes: [node], lines: drawn.nodes[node]?.lines ?? [], cursor };
  const line = drawn.lineOf.get(selected);
  const found = line === undefined ? undefined : drawn.lines[line];
  if (line === undefined || !found) return { nodes: [], lines: [], cursor };
  return { nodes: [found.start, found.end], lines: [line], cursor };
}

// ---------------------------------------------------------------- words

/** How many communities are named in words. */
const NAMED = 5;

/** What the outlines surround, in words. */
export function groupsTold(found: readonly Community[]): string {
  if (!found.length) return "No four things here belong to one community.";
  const said = found
    .slice(0, NAMED)
    .map(({ members }) => `${plain(members[0]?.thing.label ?? "")} (${members.length})`);
  const more = found.length > NAMED ? ` and ${number(found.length - NAMED)} more` : "";
  return `${counted(found.length, "community", "communities")} of things joined more to each other than to the rest, around ${said.join(", ")}${more}.`;
}

interface ToldProps {
  readonly state: State;
  readonly drawn: Scene;
  readonly grouped: boolean;
  readonly labels: number;
  readonly present: number;
}

/** What the picture shows and what it leaves out, in words. */
function Told({ state, drawn, grouped, labels, present }: ToldProps) {
  const { shown, scope, data } = state;
  const joined = useMemo(
    () => shown.value.filter((one) => ends(one, data.drawn).length > 0).length,
    [shown.value, data],
  );
  const rest = shown.value.length - joined;
  const { around, depth, listed } = scope.value;
  const names = around.map((id) => data.byId.get(id)?.label ?? id);
  return (
    <p class="graph-told">
      {around.length > 0 && (
        <span>
          Around {names.slice(0, 3).map(plain).join(", ")}
          {names.length > 3 && ` and ${names.length - 3} more`}, {counted(depth, "step", "steps")} far.
        </span>
      )}
      {listed.length > 0 && <span>The statements of a list.</span>}
      <span>
        {counted(drawn.nodes.length, "thing", "things")}, {counted(drawn.lines.length, "line", "lines")}.
      </span>
      {present > labels && (
        <span>{`${number(labels)} of ${number(present)} in view have room for a name: zoom in for more.`}</span>
      )}
      {grouped && <span>{groupsTold(communities(drawn.nodes))}</span>}
      {drawn.lines.length > DENSE && <span>Arrow heads show when fewer lines are in view.</span>}
      {rest > 0 && (
        <span>{`${counted(rest, "statement joins", "statements join")} no two things that are drawn: see the table.`}</span>
      )}
    </p>
  );
}

/** A statement of a line, to be chosen. */
function Choose({ one, state }: { one: Statement; state: State }) {
  return (
    <button
      type="button"
      aria-current={state.selected.value === one.id ? "true" : undefined}
      onClick={() => (state.selected.value = one.id)}
    >
      <Said statement={one} />
    </button>
  );
}

// ---------------------------------------------------------------- the panel

/** Makes the canvas once, and gives it each scene. */
function useCanvas(
  host: RefObject<HTMLDivElement | null>,
  heard: RefObject<(name: string, hit: Hit | null, point: readonly [number, number]) => void>,
  rests: (labels: number, present: number) => void,
): RefObject<Canvas | null> {
  const canvas = useRef<Canvas | null>(null);
  useLayoutEffect(() => {
    if (!host.current) return;
    const made = Canvas.on(host.current, {
      pick: (hit, point) => heard.current("pick", hit, point),
      over: (hit, point) => heard.current("over", hit, point),
      moves: () => heard.current("moves", null, [0, 0]),
      rests,
    });
    canvas.current = made;
    return () => made?.destroy();
  }, []);
  return canvas;
}

/** Gives the canvas what it is to show, and lets stand out what is selected. */
function useShown(
  canvas: RefObject<Canvas | null>,
  state: State,
  drawn: Scene,
  places: Places,
  cursor: number,
  grouped: boolean,
  renewed: () => void,
): void {
  const { scope, selected } = state;
  const looked = useRef<unknown[]>([]);
  useLayoutEffect(() => {
    const now = [scope.value, places];
    const whole = now.some((one, at) => one !== looked.current[at]);
    looked.current = now;
    renewed();
    canvas.current?.show(drawn, whole);
    // For those who measure how soon the page is of use.
    performance.mark("graph drawn");
  }, [drawn]);
  useEffect(() => canvas.current?.surround(grouped), [grouped]);
  const chosen = selected.value;
  useEffect(() => canvas.current?.stress(standing(drawn, chosen, cursor), true), [drawn, chosen, cursor]);
}

/** Shows what things are joined to, beside what is shown around others. */
function show(state: State, ids: readonly string[]): void {
  const known = ids.filter((id) => state.data.byId.has(id));
  if (!known.length) return;
  const { around, depth } = focused(state) ? state.scope.value : ALL;
  state.scope.value = { around: [...new Set([...around, ...known])], depth, listed: [] };
}

/** The graph with its tools. */
export function GraphPanel({ state }: { state: State }) {
  const { selected, scope } = state;
  const host = useRef<HTMLDivElement>(null);
  const round = useSignal(0);
  const grouped = useSignal(false);
  const cursor = useSignal(-1);
  const said = useSignal("");
  const room = useSignal({ labels: 0, present: 0 });
  const opened = useSignal<Opened | null>(null);
  const tip = useSignal<Opened | null>(null);
  const [drawn, places] = useScene(state, round.value);

  const expand = (ids: readonly string[]) => show(state, ids);
  const openAt = (line: number, point: readonly [number, number]): void => {
    const found = drawn.lines[line];
    const first = found?.statements[0];
    if (!found || !first) return;
    selected.value = found.statements.some((one) => one.id === selected.value) ? selected.value : first.id;
    const title = `${found.statements.length} statements`;
    opened.value = found.statements.length > 1 ? { point, title, statements: found.statements } : null;
  };

  const heard = useRef<(name: string, hit: Hit | null, point: readonly [number, number]) => void>(() => {});
  heard.current = (name, hit, point) => {
    tip.value = null;
    const node = hit?.kind === "node" ? drawn.nodes[hit.at] : undefined;
    const line = hit?.kind === "line" ? drawn.lines[hit.at] : undefined;
    if (name === "over") {
      const title = pointed(drawn, hit);
      tip.value = title ? { point, title, statements: [] } : null;
    } else if (name === "pick") {
      opened.value = null;
      cursor.value = -1;
      if (hit && line) openAt(hit.at, point);
      // A second click on a thing shows what else it is joined to.
      else if (node && selected.value === node.thing.id && scope.value.around.length) expand([node.thing.id]);
      else selected.value = node?.thing.id ?? "";
    } else opened.value = null;
  };
  const canvas = useCanvas(host, heard, (labels, present) => (room.value = { labels, present }));

  const renewed = () => {
    cursor.value = -1;
    opened.value = null;
  };
  useShown(canvas, state, drawn, places, cursor.value, grouped.value, renewed);

  const reach: Reach = {
    state, drawn, canvas: canvas.current, cursor: cursor.value, expand,
    go: (at, words) => {
      cursor.value = at;
      said.value = words;
    },
    open: (line) => openAt(line, canvas.current?.placeOf(cursor.value) ?? [0, 0]),
    close: () => {
      if (opened.value || tip.value) opened.value = tip.value = null;
      else selected.value = "";
      cursor.value = -1;
    },
  }; // prettier-ignore
  const close = (): void => {
    opened.value = null;
    host.current?.focus();
  };
  return (
    <section class="graph" aria-label="Graph">
      <div class="graph-tools">
        <Tools
          state={state}
          canvas={canvas}
          few={drawn.nodes.length <= FEW}
          arranged={round.value > 0}
          arrange={() => (round.value = round.value && !focused(state) ? 0 : round.value + 1)}
          grouped={grouped}
          expand={expand}
          focused={focused(state)}
        />
        <Saving state={state} canvas={canvas} />
      </div>
      <div class="graph-place">
        <div
          class="graph-picture"
          ref={host}
          role="application"
          aria-roledescription="graph"
          aria-label={`Graph of ${counted(drawn.nodes.length, "thing", "things")}`}
          aria-describedby="graph-help"
          tabIndex={0}
          onKeyDown={(event) => {
            if (event.target === host.current && key(event, reach)) event.preventDefault();
          }}
        />
        {!drawn.lines.length && <p class="graph-none">No statement here joins two things that are drawn.</p>}
        {tip.value && !opened.value && <Tip opened={tip.value} />}
        {opened.value && (
          <Statements opened={opened.value} close={close}>
            {(one) => <Choose one={one} state={state} />}
          </Statements>
        )}
      </div>
      <Told state={state} drawn={drawn} grouped={grouped.value} {...room.value} />
      <p class="unseen" id="graph-help">
        {HELP}
      </p>
      <p class="unseen" role="status" aria-live="polite">
        {said.value}
      </p>
    </section>
  );
}
