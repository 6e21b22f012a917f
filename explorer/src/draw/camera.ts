/** Which part of a scene is on the screen. */

import type { Node } from "./scene";

/** A point of the scene times k, moved by x and y, is a point of the screen in CSS pixels. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const CLOSEST = 12;

/** The area that nodes take, without their labels. */
export function extent(nodes: Iterable<{ readonly x: number; readonly y: number }>): Area {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of nodes) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return left > right ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom };
}

/** How far a scene is pulled at most to fill a screen of another form. */
const PULL = 2.4;

/** How far to pull a scene across and along, so that it fills the screen better: labels get the room. */
export function pull(nodes: readonly { readonly x: number; readonly y: number }[], size: Size): [x: number, y: number] {
  const { left, top, right, bottom } = extent(nodes);
  if (nodes.length < 3 || !size.width || !size.height || right === left || bottom === top) return [1, 1];
  const by = ((size.width / size.height) * (bottom - top)) / (right - left);
  return by > 1 ? [Math.min(PULL, by), 1] : [1, Math.min(PULL, 1 / by)];
}

/** The view that shows all nodes, with room for the labels at the edges; a few things are not blown up. */
export function fit(nodes: Iterable<{ readonly x: number; readonly y: number }>, size: Size): View {
  const { left, top, right, bottom } = extent(nodes);
  // A label is as wide on a narrow screen: of that less is left for the scene.
  const across = Math.min(70, size.width / 6);
  const along = Math.min(40, size.height / 8);
  const k = Math.min(
    (size.width - 2 * across) / Math.max(1, right - left),
    (size.height - 2 * along) / Math.max(1, bottom - top),
    1.6,
  );
  const room = Math.max(k, 0.001);
  return { k: room, x: size.width / 2 - (room * (left + right)) / 2, y: size.height / 2 - (room * (top + bottom)) / 2 };
}

/** The view after zooming around a point of the screen. */
export function zoomed(view: View, by: number, at: readonly [x: number, y: number], least: number): View {
  const k = Math.min(CLOSEST, Math.max(least, view.k * by));
  const share = k / view.k;
  return { k, x: at[0] - (at[0] - view.x) * share, y: at[1] - (at[1] - view.y) * share };
}

/** The view moved as little as it takes for a point to be well inside of the screen. */
export function showing(view: View, size: Size, point: { readonly x: number; readonly y: number }): View {
  const into = (at: number, length: number) => {
    const edge = Math.min(90, length / 4);
    return Math.min(Math.max(at, edge), length - edge) - at;
  };
  const [x, y] = [point.x * view.k + view.x, point.y * view.k + view.y];
  return { k: view.k, x: view.x + into(x, size.width), y: view.y + into(y, size.height) };
}

/** How large a mark is on the screen: it grows more slowly than distances, so that zooming in makes room. */
export function radiusOf(node: Node, k: number): number {
  return Math.max(1.2, node.radius * Math.min(1.7, Math.max(0.45, Math.sqrt(k))));
}
