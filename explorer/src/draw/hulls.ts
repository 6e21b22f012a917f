/** The outlines around communities. */

import { polygonHull } from "d3-polygon";
import type { Node } from "./scene";

export interface Hull {
  readonly group: number;
  readonly count: number;
  /** Corners in the scene's units. */
  readonly corners: readonly (readonly [x: number, y: number])[];
}

const LEAST = 4;
const ROOM = 16;

/** The middle of a group: half of its nodes lie on either side of it. */
function middle(nodes: readonly Node[]): [number, number] {
  const half = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return [half(nodes.map((node) => node.x)), half(nodes.map((node) => node.y))];
}

/** Nodes of one community, at least four; the one with most neighbours first. */
export interface Community {
  readonly group: number;
  readonly members: readonly Node[];
}

/** The communities of a scene, the largest first. */
export function communities(nodes: readonly Node[]): Community[] {
  const groups = new Map<number, Node[]>();
  for (const node of nodes) {
    const group = node.thing.group;
    if (group < 0) continue;
    const known = groups.get(group);
    if (known) known.push(node);
    else groups.set(group, [node]);
  }
  return [...groups]
    .filter(([, members]) => members.length >= LEAST)
    .map(([group, members]) => ({ group, members: members.sort((a, b) => b.degree - a.degree) }))
    .sort((a, b) => b.members.length - a.members.length || a.group - b.group);
}

/**
 * The hulls of the communities of things that stand together, the largest first. A community that is spread all over
 * the picture gets one around its denser part: nine in ten of its things.
 */
export function hulls(nodes: readonly Node[]): Hull[] {
  return communities(nodes).flatMap(({ group, members }): Hull[] => {
    const [x, y] = middle(members);
    const off = (node: Node) => Math.hypot(node.x - x, node.y - y);
    const near = [...members].sort((a, b) => off(a) - off(b)).slice(0, Math.ceil(0.9 * members.length));
    const around = near.flatMap((node) =>
      Array.from({ length: 8 }, (_, at): [number, number] => {
        const angle = (at * Math.PI) / 4;
        const out = node.radius + ROOM;
        return [node.x + out * Math.cos(angle), node.y + out * Math.sin(angle)];
      }),
    );
    const corners = polygonHull(around);
    return corners ? [{ group, count: members.length, corners }] : [];
  });
}
