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
  /** How wide the label of a moment is. */
  readonly measure: (moment: Moment) => number;
}

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
  const wide = Math.min(measure(moment), width - 2 * EDGE);
  const start = Math.max(EDGE, Math.min(bar[0], width - EDGE - wide));
  return { moment, bar, sure, open, label: [start, start + wide] };
}

/** The moments that the window shows, in order, each on its lane. */
export function lanes(moments: readonly Moment[], window: Window): Placed[] {
  const taken: Span[][] = [];
  return moments.flatMap((moment) => {
    const found = place(moment, window);
    if (!found) return [];
    const begin = Math.min(found.bar[0], found.label[0]);
    const end = Math.max(found.bar[1], found.label[1]) + GAP;
    let lane = taken.findIndex((spans) => spans.every(([first, last]) => last <= begin || first >= end));
    if (lane < 0) lane = taken.push([]) - 1;
    taken[lane]?.push([begin, end]);
    return [{ ...found, lane }];
  });
}
