/** Draws a scene on a surface: hulls, lines with heads, marks, labels. Batched by look: few strokes, many things. */

import { radiusOf, type Size, type View } from "./camera";
import { mix, css, parse, visible } from "./colors";
import type { Hit } from "./hit";
import type { Hull } from "./hulls";
import { LEADING, plain, type Label } from "./labels";
import { half, loop, way, type Way } from "./lines";
import type { Line, Node, Scene } from "./scene";
import { head, HEADS, mark, type Surface } from "./shapes";

/** The colours of the page and its face. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly paper: string;
  readonly accent: string;
  readonly face: string;
}

/** What is drawn, and how. */
export interface Picture {
  readonly scene: Scene;
  readonly view: View;
  readonly size: Size;
  readonly theme: Theme;
  readonly hulls: readonly Hull[];
  readonly labels: readonly Label[];
  readonly lineLabels: readonly Label[];
}

/** More lines than these at a time are drawn thin and without heads, which would only be a blur. */
export const DENSE = 2500;

/** WCAG 1.4.11 asks for 3; thin lines want a little more. */
export const CONTRAST = 4;

/** One path of very many strokes takes a rasterizer much longer than several paths. */
const BATCH = 400;

/** More lines than these that stand out at a time would make a blot if they grew much. */
const CROWD = 12;

const MARGIN = 20;

/** The nodes that are on the screen, by number. */
export function inView(scene: Scene, view: View, size: Size): number[] {
  const found: number[] = [];
  scene.nodes.forEach((node, at) => {
    const [x, y] = [node.x * view.k + view.x, node.y * view.k + view.y];
    if (x > -MARGIN && y > -MARGIN && x < size.width + MARGIN && y < size.height + MARGIN) found.push(at);
  });
  return found;
}

/** The lines of which a part may be on the screen. */
export function linesInView(scene: Scene, view: View, size: Size): Line[] {
  const left = (-MARGIN - view.x) / view.k;
  const top = (-MARGIN - view.y) / view.k;
  const right = (size.width + MARGIN - view.x) / view.k;
  const bottom = (size.height + MARGIN - view.y) / view.k;
  return scene.lines.filter(({ start, end }) => {
    const a = scene.nodes[start];
    const b = scene.nodes[end];
    if (!a || !b) return false;
    return !(
      (a.x < left && b.x < left) ||
      (a.x > right && b.x > right) ||
      (a.y < top && b.y < top) ||
      (a.y > bottom && b.y > bottom)
    );
  });
}

function trace(surface: Surface, found: Way, bend: number): void {
  surface.moveTo(found.x, found.y);
  if (bend) surface.quadraticCurveTo(found.cx, found.cy, found.toX, found.toY);
  else surface.lineTo(found.toX, found.toY);
}

function heads(surface: Surface, kind: string, ways: readonly Way[], width: number, paper: string): void {
  const shape = HEADS[kind] ?? HEADS.arrow;
  if (!shape) return;
  surface.setLineDash([]);
  surface.lineWidth = shape.filled ? 1 : Math.max(1.4, width * 0.8);
  surface.beginPath();
  for (const { toX, toY, dx, dy } of ways) {
    // A filled head's tip is beyond the end of its line, so that the line's blunt end doesn't show.
    const beyond = kind === "arrow" ? shape.length - 2 : kind === "circle" ? shape.length : 0;
    head(surface, kind, toX + beyond * dx, toY + beyond * dy, dx, dy);
  }
  surface.fillStyle = shape.filled ? surface.strokeStyle : paper;
  if (kind === "arrow" || kind === "circle") surface.fill();
  if (kind !== "arrow") surface.stroke();
}

/** Lines of one look; `ink` and `thicker` are for those that stand out. */
function looks(
  surface: Surface,
  picture: Picture,
  lines: readonly Line[],
  dense: boolean,
  ink = "",
  thicker = 0,
): void {
  const { scene, view, theme } = picture;
  const look = lines[0]?.look;
  if (!look) return;
  const kind = look.head;
  const back = dense ? 0 : kind === "arrow" ? 6 : kind === "circle" ? 6 : 0;
  const width = (dense ? Math.max(0.6, look.width * 0.45) : look.width * 0.8) + thicker;
  surface.strokeStyle = ink || visible(look.color, theme.paper, CONTRAST);
  surface.lineCap = "butt";
  for (let from = 0; from < lines.length; from += BATCH) {
    const ways: Way[] = [];
    surface.lineWidth = width;
    surface.setLineDash([...look.dashes]);
    surface.beginPath();
    for (const line of lines.slice(from, from + BATCH)) {
      const round = loop(scene, line, view);
      if (round) {
        surface.moveTo(round.x + round.radius, round.y);
        surface.arc(round.x, round.y, round.radius, 0, 2 * Math.PI);
      }
      const found = way(scene, line, view, back);
      if (!found) continue;
      trace(surface, found, line.bend);
      ways.push(found);
    }
    surface.stroke();
    if (!dense) heads(surface, kind, ways, width, theme.paper);
  }
  surface.setLineDash([]);
}

/** The lines of each look; what is most to be seen comes last. */
function byLook(lines: readonly Line[]): Line[][] {
  const found = new Map<string, Line[]>();
  for (const line of lines) {
    const known = found.get(line.look.key);
    if (known) known.push(line);
    else found.set(line.look.key, [line]);
  }
  return [...found.values()].sort((a, b) => b.length - a.length);
}

function marks(surface: Surface, picture: Picture, nodes: readonly Node[]): void {
  const { view, theme } = picture;
  const classes = new Map<string, Node[]>();
  for (const node of nodes) {
    const known = classes.get(node.look.key);
    if (known) known.push(node);
    else classes.set(node.look.key, [node]);
  }
  surface.lineJoin = "round";
  for (const group of classes.values()) {
    const look = group[0]?.look;
    if (!look) continue;
    const color = visible(look.color, theme.paper, CONTRAST);
    // A small ring would be more of a blot than a disc is.
    const hollow = !look.filled && nodes.length <= DENSE;
    for (let from = 0; from < group.length; from += BATCH) {
      surface.beginPath();
      for (const node of group.slice(from, from + BATCH)) {
        const [x, y] = [node.x * view.k + view.x, node.y * view.k + view.y];
        const radius = radiusOf(node, view.k);
        // Smaller than this no shape can be told from another.
        if (radius < 2) surface.rect(x - radius, y - radius, 2 * radius, 2 * radius);
        else mark(surface, look.shape, x, y, hollow ? radius - 0.7 : radius);
      }
      surface.fillStyle = hollow ? theme.paper : color;
      surface.strokeStyle = hollow ? color : theme.paper;
      surface.lineWidth = hollow ? 2 : 1;
      if (nodes.length <= DENSE && !hollow) surface.stroke();
      surface.fill();
      if (hollow) surface.stroke();
    }
  }
}

function outlines(surface: Surface, picture: Picture): void {
  const { hulls, view, theme } = picture;
  surface.lineJoin = "round";
  for (const { corners, group } of hulls) {
    // Neighbouring communities differ by dashes as well: an outline shows where they overlap.
    surface.beginPath();
    corners.forEach(([x, y], at) => {
      const [across, along] = [x * view.k + view.x, y * view.k + view.y];
      if (at) surface.lineTo(across, along);
      else surface.moveTo(across, along);
    });
    surface.closePath();
    const tint = TINTS[group % TINTS.length] ?? theme.muted;
    surface.fillStyle = css(mix(parse(theme.paper), parse(tint), 0.5));
    surface.globalAlpha = 0.22;
    surface.fill();
    surface.globalAlpha = 1;
    surface.strokeStyle = visible(tint, theme.paper, 3);
    surface.lineWidth = 1.2;
    surface.setLineDash(group % 2 ? [6, 4] : []);
    surface.stroke();
  }
  surface.setLineDash([]);
}

/** Hues of communities; which is which is said by place and outline, the hue only helps. */
const TINTS = ["#4c78a8", "#b07aa1", "#59a14f", "#e15759", "#9c755f", "#76b7b2", "#edc948", "#79706e"] as const;

/** The weight and size of a face as a canvas takes them. */
export function font(size: number, face: string): string {
  return `${size}px ${face}`;
}

function words(
  surface: Surface,
  labels: readonly Label[],
  place: (label: Label) => readonly [number, number] | null,
  theme: Theme,
  ink: string,
): void {
  surface.textBaseline = "alphabetic";
  surface.lineJoin = "round";
  surface.strokeStyle = theme.paper;
  surface.fillStyle = ink;
  surface.lineWidth = 3.5;
  const set = (write: (text: string, x: number, y: number) => void) => {
    for (const label of labels) {
      const at = place(label);
      if (!at) continue;
      surface.font = font(label.size, theme.face);
      surface.textAlign = label.align;
      label.lines.forEach((text, row) => {
        // The middle of a line of text is about a third of its size over the line that it stands on.
        write(text, at[0] + label.dx, at[1] + label.dy + row * LEADING * label.size + 0.36 * label.size);
      });
    }
  };
  set((text, x, y) => surface.strokeText(text, x, y));
  set((text, x, y) => surface.fillText(text, x, y));
}

function texts(surface: Surface, { scene, view, theme, labels, lineLabels }: Picture): void {
  const onLine = ({ owner }: Label) => {
    const line = scene.lines[owner];
    const found = line && way(scene, line, view, 0);
    return found ? half(found) : null;
  };
  words(surface, lineLabels, onLine, theme, theme.muted);
  const onNode = ({ owner }: Label) => {
    const node = scene.nodes[owner];
    return node ? ([node.x * view.k + view.x, node.y * view.k + view.y] as const) : null;
  };
  words(surface, labels, onNode, theme, theme.ink);
}

/** Draws all. */
export function paint(surface: Surface, picture: Picture): void {
  const { scene, view, size, theme } = picture;
  surface.fillStyle = theme.paper;
  surface.fillRect(0, 0, size.width, size.height);
  outlines(surface, picture);
  const lines = linesInView(scene, view, size);
  for (const group of byLook(lines)) looks(surface, picture, group, lines.length > DENSE);
  marks(
    surface,
    picture,
    inView(scene, view, size).flatMap((at) => scene.nodes[at] ?? []),
  );
  texts(surface, picture);
}

/** What stands out: the selected thing or line with what it touches, and where the keyboard or pointer is. */
export interface Standing {
  readonly nodes: readonly number[];
  readonly lines: readonly number[];
  /** Where the keyboard is, -1 for nowhere. */
  readonly cursor: number;
}

/** Draws what stands out over the rest, and over it again what it would cover. */
export function stress(surface: Surface, picture: Picture, standing: Standing): void {
  const { scene, view, size, theme } = picture;
  const lines = standing.lines.flatMap((at) => scene.lines[at] ?? []);
  // The lines of a thing keep their colours, which tell how far they carry; a line that is selected itself does not.
  const ink = standing.nodes.length === 1 ? "" : theme.accent;
  // The width of a line says who says it, so all grow alike; of a hub's many lines a little is enough to stand out.
  const thicker = lines.length > CROWD ? 0.5 : 1.2;
  for (const group of byLook(lines)) looks(surface, picture, group, false, ink, thicker);
  const ends = [...standing.nodes, ...lines.flatMap((line) => [line.start, line.end])];
  const seen = inView(scene, view, size);
  marks(
    surface,
    picture,
    [...new Set(seen.length > DENSE ? ends : seen)].flatMap((at) => scene.nodes[at] ?? []),
  );
  for (const at of standing.nodes) ring(surface, picture, at, false);
  if (standing.cursor >= 0) ring(surface, picture, standing.cursor, true);
  texts(surface, picture);
}

function ring(surface: Surface, { scene, view, theme }: Picture, at: number, cursor: boolean): void {
  const node = scene.nodes[at];
  if (!node) return;
  const radius = radiusOf(node, view.k) + (cursor ? 8 : 4);
  const [x, y] = [node.x * view.k + view.x, node.y * view.k + view.y];
  surface.setLineDash(cursor ? [3, 3] : []);
  surface.lineWidth = 2.5;
  surface.strokeStyle = cursor ? theme.ink : theme.accent;
  surface.beginPath();
  surface.moveTo(x + radius, y);
  surface.arc(x, y, radius, 0, 2 * Math.PI);
  surface.stroke();
  surface.setLineDash([]);
}

/** A thing in words, for a tooltip or somebody who listens. */
export function told(node: Node): string {
  return `${plain(node.thing.label)} (${node.look.name}), joined to ${node.degree} ${node.degree === 1 ? "other" : "others"}`;
}

/** What lies under the pointer, in words; "" for nothing. */
export function pointed(scene: Scene, hit: Hit | null): string {
  const node = hit?.kind === "node" ? scene.nodes[hit.at] : undefined;
  if (node) return told(node);
  const line = hit?.kind === "line" ? scene.lines[hit.at] : undefined;
  if (!line) return "";
  return plain(line.label) + (line.statements.length > 1 ? ` (${line.statements.length} statements)` : "");
}
