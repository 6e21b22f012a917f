/** Which labels a view gets: those of what is selected first, then by weight, as far as there is room. */

import { radiusOf, type Size, type View } from "./camera";
import { set, setLines, Taken, type Label, type Breaks, type Wanted } from "./labels";
import { way, half } from "./lines";
import { inView } from "./paint";
import type { Scene } from "./scene";

export interface Labels {
  readonly labels: readonly Label[];
  readonly lineLabels: readonly Label[];
  /** How many things are on the screen. */
  readonly present: number;
}

/** Where more things than these are on the screen, labels may cover small marks: else there would be hardly any. */
const CROWD = 900;
/** Marks with a larger radius, in pixels, are never covered. */
const LARGE = 6;
/** Where a thing has less room than this, in square pixels, so many labels may cover small marks. */
const SPARE = 2500;
const CHIEFS = 24;
/** Everywhere else the few with the most neighbours may: they stand among so many marks that they find no other place. */
const FOREMOST = 6;
/** Nobody reads more labels than these at a time. */
const MOST = 240;
/** Lines get labels where there are no more of them than these. */
const LINES = 160;

/** Narrower than this, labels are no larger than they need be. */
const NARROW = 700;

/** The size of a label on the screen in pixels, at least 11. */
function sizeOf(degree: number, width: number): number {
  if (width < NARROW) return degree > 5 ? 12.5 : 11;
  return degree > 5 ? 14 : degree > 2 ? 12.5 : 11.5;
}

/** The labels of a view; `chosen` are the nodes that get one before all others, `near` come before what is as weighty. */
export function labelled(
  scene: Scene,
  view: View,
  size: Size,
  shape: Breaks,
  chosen: readonly number[],
  near: ReadonlySet<number>,
): Labels {
  // prettier-ignore
  const found = inView(scene, view, size);
  const [taken, firm] = [new Taken(), new Taken()];
  const at = (number: number): Wanted => {
    const node = scene.nodes[number];
    if (!node) return { text: "", x: 0, y: 0, radius: 0, size: 11 };
    const [x, y] = [node.x * view.k + view.x, node.y * view.k + view.y];
    return { text: node.thing.label, x, y, radius: radiusOf(node, view.k), size: sizeOf(node.degree, size.width) };
  };
  const crowded = found.length > CROWD;
  for (const number of found) {
    const { x, y, radius } = at(number);
    const box = { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
    if (!crowded || radius > LARGE) taken.add(number, box);
    if (radius > LARGE) firm.add(number, box);
  }
  const area = size.width * size.height;
  const count = area < SPARE * found.length ? Math.min(CHIEFS, Math.round(area / 60_000)) : FOREMOST;
  const degree = (number: number) => scene.nodes[number]?.degree ?? 0;
  const foremost = found.map((number) => [degree(number), number] as const).sort(([a, m], [b, n]) => b - a || m - n);
  const chiefs = new Set([...chosen, ...foremost.slice(0, count).map(([, number]) => number)]);
  const rank = (number: number) => (chosen.includes(number) ? 4 : chiefs.has(number) ? 3 : near.has(number) ? 2 : 1);
  const order = foremost.map(([, number]) => [rank(number), number] as const).sort(([a], [b]) => b - a);
  // What does not find room among so many tried is not important enough to look on.
  const candidates = order.slice(0, 6 * MOST).map(([, number]) => number);
  const labels = set(candidates.map(at), candidates, shape, {
    width: size.width,
    height: size.height,
    taken,
    firm,
    chiefs,
    most: crowded ? MOST / 3 : MOST,
  });
  return { labels, lineLabels: crowded ? [] : onLines(scene, view, size, shape, taken), present: found.length };
}

function onLines(scene: Scene, view: View, size: Size, shape: Breaks, taken: Taken): Label[] {
  const wanted: Wanted[] = [];
  const owners: number[] = [];
  scene.lines.forEach((line, at) => {
    const found = way(scene, line, view, 0);
    if (!found) return;
    const [x, y] = half(found);
    if (x < 0 || y < 0 || x > size.width || y > size.height) return;
    const radius = Math.hypot(found.toX - found.x, found.toY - found.y) / 2;
    wanted.push({ text: line.label, x, y, radius, size: 11 });
    owners.push(at);
  });
  if (wanted.length > LINES) return [];
  return setLines(wanted, shape, taken).map((label) => ({ ...label, owner: owners[label.owner] ?? 0 }));
}
