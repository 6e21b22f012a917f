/** Arranges a few things afresh, with room for their labels; the same things from the same places give the same. */

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";
import type { Places, Scene } from "./scene";

/** More things than these are left where the file has them: it would take too long, and show no more. */
export const FEW = 300;

interface Point extends SimulationNodeDatum {
  x: number;
  y: number;
  readonly half: number;
  readonly tall: number;
}

/** The box of a mark with its label, in units of the scene. */
function boxOf(label: string, radius: number): { half: number; tall: number } {
  const letters = Math.min(label.length, 48);
  const rows = Math.min(3, Math.ceil(letters / 17));
  return { half: Math.max(radius, (Math.min(letters, 18) * 6.4) / 2) + 6, tall: radius + (rows * 14) / 2 + 5 };
}

/** Pushes boxes apart, each pair along the side on which less is in the way. */
function apart(points: readonly Point[]): void {
  for (let round = 0; round < 80; round++) {
    let moved = false;
    points.forEach((one, at) => {
      for (let next = at + 1; next < points.length; next++) {
        const other = points[next];
        if (!other) continue;
        const across = one.half + other.half - Math.abs(one.x - other.x);
        const along = one.tall + other.tall - Math.abs(one.y - other.y);
        if (across <= 0.5 || along <= 0.5) continue;
        moved = true;
        const push = Math.min(across, along) / 2;
        if (along <= across) {
          const side = one.y < other.y || (one.y === other.y && at < next) ? -1 : 1;
          one.y += side * push;
          other.y -= side * push;
        } else {
          const side = one.x < other.x ? -1 : 1;
          one.x += side * push;
          other.x -= side * push;
        }
      }
    });
    if (!moved) return;
  }
}

/** New places for the things of a scene, from where they are. */
export function arrange(scene: Scene): Places {
  const points = scene.nodes.map((node): Point => ({ x: node.x, y: node.y, ...boxOf(node.thing.label, node.radius) }));
  const links = scene.lines
    .filter((line) => line.start !== line.end)
    .map((line) => ({ source: line.start, target: line.end }));
  const many = Math.sqrt(points.length);
  const simulation = forceSimulation<Point>(points)
    .force("link", forceLink<Point, { source: number; target: number }>(links).distance(110).strength(0.25))
    .force(
      "charge",
      forceManyBody<Point>()
        .strength(-420)
        .distanceMax(160 * many),
    )
    // A screen is wider than high.
    .force("x", forceX<Point>(770).strength(0.035))
    .force("y", forceY<Point>(415).strength(0.075))
    .force(
      "collide",
      forceCollide<Point>((point) => Math.sqrt(point.half * point.tall)),
    )
    .stop();
  simulation.tick(points.length > 120 ? 160 : 260);
  apart(points);
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return new Map(
    scene.nodes.map((node, at) => [node.thing.id, [rounded(points[at]?.x ?? 0), rounded(points[at]?.y ?? 0)]]),
  );
}
