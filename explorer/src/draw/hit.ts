/** What lies under a point of the screen. */

import { quadtree, type Quadtree } from "d3-quadtree";
import { radiusOf, type View } from "./camera";
import { distance, loop, way, type Way } from "./lines";
import type { Scene } from "./scene";

/** A node or a line, by number. */
export interface Hit {
  readonly kind: "node" | "line";
  readonly at: number;
}

/** How near a line a pointer must be, in pixels; half of the 24 that WCAG 2.5.8 asks of a target would hide nodes. */
const REACH = 6;

/** Whether a point is in the box of a curve, which its three points hold. */
function near({ x, y, cx, cy, toX, toY }: Way, px: number, py: number): boolean {
  return (
    px >= Math.min(x, cx, toX) - REACH &&
    px <= Math.max(x, cx, toX) + REACH &&
    py >= Math.min(y, cy, toY) - REACH &&
    py <= Math.max(y, cy, toY) + REACH
  );
}

export class Finder {
  private readonly tree: Quadtree<number>;
  private readonly largest: number;

  constructor(private readonly scene: Scene) {
    this.tree = quadtree<number>()
      .x((at) => scene.nodes[at]?.x ?? 0)
      .y((at) => scene.nodes[at]?.y ?? 0)
      .addAll(scene.nodes.map((_, at) => at));
    this.largest = scene.nodes.reduce((most, node) => Math.max(most, node.radius), 0);
  }

  /** The thing or line at a point; a thing before a line, and the nearest of several. */
  at(view: View, x: number, y: number): Hit | null {
    const node = this.node(view, x, y);
    if (node !== null) return { kind: "node", at: node };
    const line = this.line(view, x, y);
    return line === null ? null : { kind: "line", at: line };
  }

  private node(view: View, x: number, y: number): number | null {
    const { nodes } = this.scene;
    const [px, py] = [(x - view.x) / view.k, (y - view.y) / view.k];
    const reach = (Math.max(12, this.largest * 1.7) + 2) / view.k;
    let best: number | null = null;
    let least = Infinity;
    this.tree.visit((cell, left, top, right, bottom) => {
      if (!cell.length) {
        for (let leaf: typeof cell | undefined = cell; leaf; leaf = leaf.next) {
          const node = nodes[leaf.data];
          if (!node) continue;
          const off = Math.hypot(node.x - px, node.y - py) * view.k - radiusOf(node, view.k);
          // A small mark takes a larger target; a mark that is really hit comes before one that is near.
          if (off < least && off <= Math.max(3, 10 - radiusOf(node, view.k))) [best, least] = [leaf.data, off];
        }
      }
      return left > px + reach || right < px - reach || top > py + reach || bottom < py - reach;
    });
    return best;
  }

  private line(view: View, x: number, y: number): number | null {
    let best: number | null = null;
    let least = REACH;
    this.scene.lines.forEach((line, at) => {
      const round = loop(this.scene, line, view);
      const found = round ? null : way(this.scene, line, view, 0);
      let off = Infinity;
      if (round) off = Math.abs(Math.hypot(x - round.x, y - round.y) - round.radius);
      else if (found && near(found, x, y)) off = distance(found, x, y);
      if (off < least) [best, least] = [at, off];
    });
    return best;
  }
}
