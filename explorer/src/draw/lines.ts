/** The ways of lines on the screen: where they begin, bend and end, and what lies on them. */

import { radiusOf, type View } from "./camera";
import type { Line, Scene } from "./scene";

/** A line on the screen; it is a curve towards (cx, cy), straight where that is half-way. */
export interface Way {
  readonly x: number;
  readonly y: number;
  readonly cx: number;
  readonly cy: number;
  readonly toX: number;
  readonly toY: number;
  /** The direction in which it arrives. */
  readonly dx: number;
  readonly dy: number;
}

/** The way of a line from mark to mark, null where the marks leave no room for one; a loop is drawn by itself. */
export function way(scene: Scene, line: Line, view: View, back: number): Way | null {
  const start = scene.nodes[line.start];
  const end = scene.nodes[line.end];
  if (!start || !end || start === end) return null;
  const [x, y] = [start.x * view.k + view.x, start.y * view.k + view.y];
  const [toX, toY] = [end.x * view.k + view.x, end.y * view.k + view.y];
  const [across, along] = [toX - x, toY - y];
  const cx = (x + toX) / 2 + line.bend * along * 1.2;
  const cy = (y + toY) / 2 - line.bend * across * 1.2;
  const arrives = Math.hypot(toX - cx, toY - cy);
  if (arrives < 0.01) return null;
  const [dx, dy] = [(toX - cx) / arrives, (toY - cy) / arrives];
  const off = radiusOf(end, view.k) + 1.5 + back;
  if (Math.hypot(across, along) <= off + radiusOf(start, view.k)) return null;
  return { x, y, cx, cy, toX: toX - off * dx, toY: toY - off * dy, dx, dy };
}

export interface Loop {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** The circle over a mark for what a thing has to do with itself, null for other lines. */
export function loop(scene: Scene, line: Line, view: View): Loop | null {
  const node = scene.nodes[line.start];
  if (!node || line.start !== line.end) return null;
  const radius = 7;
  const y = node.y * view.k + view.y - radiusOf(node, view.k) - radius + 2;
  return { x: node.x * view.k + view.x, y, radius };
}

/** The middle of a way. */
export function half({ x, y, cx, cy, toX, toY }: Way): [number, number] {
  return [(x + 2 * cx + toX) / 4, (y + 2 * cy + toY) / 4];
}

function toSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length)) : 0;
  return Math.hypot(px - ax - share * dx, py - ay - share * dy);
}

/** How far a point is from a way, in pixels. */
export function distance(found: Way, px: number, py: number): number {
  const { x, y, cx, cy, toX, toY } = found;
  let [least, fromX, fromY] = [Infinity, x, y];
  for (let step = 1; step <= 8; step++) {
    const t = step / 8;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    const [nextX, nextY] = [a * x + b * cx + c * toX, a * y + b * cy + c * toY];
    least = Math.min(least, toSegment(px, py, fromX, fromY, nextX, nextY));
    [fromX, fromY] = [nextX, nextY];
  }
  return least;
}
