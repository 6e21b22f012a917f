/** What the keys do in the graph. */

import type { Canvas } from "../draw/canvas";
import { plain } from "../draw/labels";
import { told } from "../draw/paint";
import { neighbours, type Scene } from "../draw/scene";
import type { State } from "../state";

/** The keys in words. */
export const HELP =
  "Arrow keys move the picture, plus and minus zoom, 0 shows all. N and P go to the next and the previous neighbour of " +
  "the selected thing, Enter selects it, L opens the line that joins them, E shows its neighbours, Escape lets go. " +
  "All that the picture shows is in the table too.";

/** What the keys act on. */
export interface Reach {
  readonly state: State;
  readonly drawn: Scene;
  readonly canvas: Canvas | null;
  readonly cursor: number;
  readonly go: (cursor: number, said: string) => void;
  readonly open: (line: number) => void;
  readonly expand: (ids: readonly string[]) => void;
  readonly close: () => void;
}

/** Where N and P lead: the neighbours of what is selected, else all things, those with most neighbours first. */
function order({ state, drawn }: Reach): number[] {
  const chosen = drawn.nodeOf.get(state.selected.value);
  const among = chosen === undefined ? drawn.nodes.map((_, at) => at) : neighbours(drawn, chosen);
  const degree = (at: number) => drawn.nodes[at]?.degree ?? 0;
  return among.sort((a, b) => degree(b) - degree(a) || a - b);
}

/** The line between what is selected and where the keyboard is; without those, a line of what there is. */
function between({ state, drawn, cursor }: Reach): number | undefined {
  const chosen = drawn.nodeOf.get(state.selected.value);
  const lines = drawn.nodes[cursor]?.lines ?? [];
  return lines.find((at) => drawn.lines[at]?.start === chosen || drawn.lines[at]?.end === chosen) ?? lines[0];
}

function step(reach: Reach, by: 1 | -1): void {
  const { drawn, cursor, go } = reach;
  const listed = order(reach);
  if (!listed.length) return go(-1, "Nothing is joined to it here.");
  const here = listed.indexOf(cursor);
  const next = here < 0 ? (by > 0 ? 0 : listed.length - 1) : (here + by + listed.length) % listed.length;
  const at = listed[next] ?? 0;
  const node = drawn.nodes[at];
  const line = drawn.lines[between({ ...reach, cursor: at }) ?? -1];
  const chosen = drawn.nodeOf.has(reach.state.selected.value);
  const said = node ? `${next + 1} of ${listed.length}: ${told(node)}` : "";
  go(at, chosen && line ? `${said}. ${plain(line.label)}` : said);
}

/** Answers a key; says whether it was one of the picture's. */
export function key(event: KeyboardEvent, reach: Reach): boolean {
  const { canvas, state, drawn, cursor } = reach;
  if (event.ctrlKey || event.metaKey || event.altKey || !canvas) return false;
  const by = event.shiftKey ? 200 : 60;
  const at = drawn.nodes[cursor];
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => canvas.pan(by, 0),
    ArrowRight: () => canvas.pan(-by, 0),
    ArrowUp: () => canvas.pan(0, by),
    ArrowDown: () => canvas.pan(0, -by),
    "+": () => canvas.zoom(1.4),
    "=": () => canvas.zoom(1.4),
    "-": () => canvas.zoom(1 / 1.4),
    "0": () => canvas.fit(),
    n: () => step(reach, 1),
    p: () => step(reach, -1),
    Enter: () => {
      if (at) state.selected.value = at.thing.id;
    },
    l: () => {
      const line = between(reach);
      if (line !== undefined) reach.open(line);
    },
    e: () => reach.expand([at?.thing.id ?? state.selected.value]),
    Escape: () => reach.close(),
  };
  const found = keys[event.key] ?? keys[event.key.toLowerCase()];
  found?.();
  return found !== undefined;
}
