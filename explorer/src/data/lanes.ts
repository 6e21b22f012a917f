/** Where the moments of a timeline stand: each on the first lane where its bar and its label meet no other. */

import { DAY, type Span } from "./days";
import { extent, type Moment } from "./moments";

/** A moment in its place; all numbers are pixels from the left of the window. */
export interface Placed {
  readonly moment: Moment;
  readonly lane: number;
  /** Its bar, at least as wide as a mark, and the part of it that is surely meant. */
  readonly bar: Span;
  readonly sure: Span | null;
  /** The bar goes on beyond what is known. */
  readonly open: readonly [before: boolean, after: boolean];
  readonly label: Span;
}

export interface Window {
  readonly width: number;
  /** From a number of days.ts to a place. */
  readonly scale: (time: number) => number;
  /** How wide the label of a moment is: at least, and with all its words. */
  readonly measure: (moment: Moment) => Width;
}

export type Width = readonly [least: number, whole: number];

/** The width of a bar of one day, however far away. */
export const LEAST = 11;
const GAP = 12;
/** Between a label and the edges of the window. */
const EDGE = 5;

function place(moment: Moment, { width, scale, measure }: Window): Omit<Placed, "lane"> | null {
  const [begin, end] = extent(moment);
  const [from, to] = [begin === -Infinity ? 0 : scale(begin), end === Infinity ? width : scale(end)];
  // An open side is drawn a little way, since nobody knows how far it goes.
  const open = [begin === -Infinity, end === Infinity] as const;
  const left = open[0] ? to - Math.min(60, Math.max(LEAST, to)) : from;
  const right = open[1] ? from + 60 : to;
  if (right < 0 || left > width) return null;
  const spare = Math.max(0, LEAST - (right - left)) / 2;
  const bar = [left - spare, right + spare] as const;
  const sure = moment.sure && ([scale(moment.sure[0]) - spare, scale(moment.sure[1] + DAY) + spare] as const);
  const wide = Math.min(measure(moment)[0], width - 2 * EDGE);
  const start = Math.max(EDGE, Math.min(bar[0], width - EDGE - wide));
  return { moment, bar, sure, open, label: [start, start + wide] };
}

function taken({ bar, label }: Pick<Placed, "bar" | "label">): Span {
  return [Math.min(bar[0], label[0]), Math.max(bar[1], label[1]) + GAP];
}

/** The moments that the window shows, in order, each on its lane. */
export function lanes(moments: readonly Moment[], window: Window): Placed[] {
  const rows: Placed[][] = [];
  const all = moments.flatMap((moment) => {
    const found = place(moment, window);
    if (!found) return [];
    const [begin, end] = taken(found);
    const free = (one: Placed) => taken(one)[1] <= begin || taken(one)[0] >= end;
    let lane = rows.findIndex((row) => row.every(free));
    if (lane < 0) lane = rows.push([]) - 1;
    const placed = { ...found, lane };
    rows[lane]?.push(placed);
    return [placed];
  });
  for (const row of rows) widen(row, window);
  return all;
}

/** Gives the labels of a lane, which were placed by their least width, the room that is left beside them. */
function widen(row: { bar: Span; label: Span; readonly moment: Moment }[], { width, measure }: Window): void {
  row.sort((one, other) => taken(one)[0] - taken(other)[0]);
  row.forEach((one, at) => {
    const [least, whole] = measure(one.moment);
    if (whole <= least) return;
    const [before, after] = [row[at - 1], row[at + 1]];
    const most = Math.min(width - EDGE, after ? taken(after)[0] - GAP : Infinity);
    const end = Math.max(one.label[1], Math.min(one.label[0] + whole, most));
    // At the right edge it may begin before its bar.
    const first = end < width - EDGE ? one.label[0] : Math.max(before ? taken(before)[1] : EDGE, end - whole);
    one.label = [Math.min(one.label[0], first), end];
  });
}
