/** Labels of constant size on the screen, set by weight where there is room: none ever overlaps another. */

/** The width of a text in em, in the face that labels have. */
export type Measure = (text: string) => number;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A text that wants a place beside its mark. */
export interface Wanted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly size: number;
}

/** A label as set, the middle of its first line relative to its mark. */
export interface Label {
  readonly owner: number;
  readonly lines: readonly string[];
  readonly dx: number;
  readonly dy: number;
  readonly size: number;
  readonly align: "center" | "left";
}

/** Height of a line, in em. */
export const LEADING = 1.16;
const ROWS = 3;
const LONGEST = 160;
/** Control characters and those that turn the direction of what follows them: a label can't reach into another. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** A text as one line without what can't be seen, and not longer than anybody reads on a picture. */
export function plain(text: string): string {
  const letters = [
    ...text
      .slice(0, 4 * LONGEST)
      .replace(UNSEEN, " ")
      .trim(),
  ];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : letters.join("");
}

/** Words, and the letters of scripts that are written without spaces. */
function pieces(text: string, measure: Measure, limit: number): string[] {
  const found: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let piece = "";
    for (const letter of word) {
      if (piece && measure(piece + letter) > limit) {
        found.push(piece, "");
        piece = "";
      }
      piece += letter;
    }
    found.push(piece, " ");
  }
  return found.slice(0, -1);
}

function wrap(parts: readonly string[], measure: Measure, limit: number): string[] {
  const lines: string[] = [];
  let line = parts[0] ?? "";
  for (let at = 2; at < parts.length; at += 2) {
    const joined = `${line}${parts[at - 1]}${parts[at]}`;
    if (measure(joined) <= limit) line = joined;
    else {
      lines.push(line);
      line = parts[at] ?? "";
    }
  }
  return [...lines, line];
}

/** A text in at most three lines of like length, about `wide` em each; what is longer ends in an ellipsis. */
export function broken(text: string, measure: Measure, wide = 11): string[] {
  const parts = pieces(plain(text), measure, wide * 1.3);
  const lines = wrap(parts, measure, wide);
  if (lines.length > ROWS) return [...lines.slice(0, ROWS - 1), `${lines[ROWS - 1]}…`];
  let [low, high] = [wide / 2, wide];
  // The narrowest width with as many lines.
  while (lines.length > 1 && high - low > 0.5) {
    const middle = (low + high) / 2;
    if (wrap(parts, measure, middle).length <= lines.length) high = middle;
    else low = middle;
  }
  return wrap(parts, measure, high);
}

/** A text as it is set: widths are in em. */
export interface Text {
  readonly lines: readonly string[];
  readonly width: number;
}

export type Breaks = (text: string, wide?: number) => Text;

/** Breaks texts in a face, each once. */
export function breaks(measure: Measure): Breaks {
  const known = new Map<string, Text>();
  return (text, wide = 11) => {
    const key = `${wide} ${text}`;
    let found = known.get(key);
    if (!found) {
      const lines = broken(text, measure, wide);
      found = { lines, width: Math.max(...lines.map(measure)) };
      known.set(key, found);
    }
    return found;
  };
}

const CELL = 64;

/** Boxes that are taken, found by their neighbourhood. */
export class Taken {
  private readonly cells = new Map<number, { owner: number; box: Box }[]>();

  private *near(box: Box): Generator<number> {
    for (let x = Math.floor(box.left / CELL); x <= Math.floor(box.right / CELL); x++) {
      for (let y = Math.floor(box.top / CELL); y <= Math.floor(box.bottom / CELL); y++) yield x * 100003 + y;
    }
  }

  /** Takes a box; what an owner takes is never in his own way. */
  add(owner: number, box: Box): void {
    for (const cell of this.near(box)) {
      const found = this.cells.get(cell);
      if (found) found.push({ owner, box });
      else this.cells.set(cell, [{ owner, box }]);
    }
  }

  /** How much of what others have taken a box overlaps, 0 for nothing; what is large counts more than once. */
  covered(owner: number, box: Box): number {
    let count = 0;
    for (const cell of this.near(box)) {
      for (const { owner: other, box: taken } of this.cells.get(cell) ?? []) {
        const apart =
          other === owner ||
          box.left >= taken.right ||
          taken.left >= box.right ||
          box.top >= taken.bottom ||
          taken.top >= box.bottom;
        if (!apart) count++;
      }
    }
    return count;
  }
}

const GAP = 2;

/** The places that a label may have: under its mark, over it, to its right and its left, and at the corners. */
function* tried(one: Wanted, owner: number, text: Text): Generator<readonly [Label, Box]> {
  const width = text.width * one.size;
  const height = text.lines.length * LEADING * one.size;
  const off = one.radius + 3;
  const near = 0.6 * one.radius + 2;
  const usual = { owner, lines: text.lines, size: one.size };
  const half = (LEADING * one.size) / 2;
  for (const [dx, top, align] of [
    [0, off, "center"],
    [0, -off - height, "center"],
    [off + 1, -height / 2, "left"],
    [-off - 1 - width, -height / 2, "left"],
    [near, near, "left"],
    [near, -near - height, "left"],
    [-near - width, near, "left"],
    [-near - width, -near - height, "left"],
  ] as const) {
    const left = one.x + (align === "center" ? -width / 2 : dx);
    const box = { left: left - GAP, top: one.y + top - 1, right: left + width + GAP, bottom: one.y + top + height + 1 };
    yield [{ ...usual, dx, dy: top + half, align }, box];
  }
}

/** What is in the way of labels. */
export interface Room {
  /** The screen: no label is cut off by its edge. */
  readonly width: number;
  readonly height: number;
  /** All marks and labels. */
  readonly taken: Taken;
  /** Labels and large marks: the labels of `chiefs` may cover small marks where they find no place else. */
  readonly firm: Taken;
  /** Owners. */
  readonly chiefs: ReadonlySet<number>;
  readonly most: number;
}

/** The labels that find room, those wanted first before others; `owners` says whose each is. They are taken then. */
export function set(wanted: readonly Wanted[], owners: readonly number[], shape: Breaks, room: Room): Label[] {
  const found: Label[] = [];
  const { width, height, taken, firm } = room;
  const put = (one: Wanted, owner: number, text: Text, chief: boolean): void => {
    let best: readonly [Label, Box] | null = null;
    let least = chief ? Infinity : 1;
    for (const place of tried(one, owner, text)) {
      const box = place[1];
      const cut = box.left < 0 || box.top < 0 || box.right > width || box.bottom > height;
      if (cut || (chief && firm.covered(owner, box))) continue;
      const covered = taken.covered(owner, box);
      if (covered < least) [best, least] = [place, covered];
      if (!covered) break;
    }
    if (!best) return;
    taken.add(owner, best[1]);
    firm.add(owner, best[1]);
    found.push(best[0]);
  };
  wanted.forEach((one, at) => {
    if (found.length >= room.most) return;
    const text = shape(one.text);
    if (text.width) put(one, owners[at] ?? at, text, room.chiefs.has(owners[at] ?? at));
  });
  return found;
}

/** The labels of lines, each in the middle of its line, where they cover nothing; shorter ones first. */
export function setLines(wanted: readonly Wanted[], shape: Breaks, taken: Taken): Label[] {
  const found: Label[] = [];
  const order = wanted.map((one, at) => [one, at] as const).sort(([a], [b]) => a.text.length - b.text.length);
  for (const [one, owner] of order) {
    const { lines, width: wide } = shape(one.text, 13);
    const [width, height] = [wide * one.size, lines.length * LEADING * one.size];
    // Not wider than the line is long: else it couldn't be told which line it belongs to.
    if (!width || Math.max(width, height) > 2 * one.radius) continue;
    const box = {
      left: one.x - width / 2 - GAP, right: one.x + width / 2 + GAP, top: one.y - height / 2, bottom: one.y + height / 2,
    }; // prettier-ignore
    if (taken.covered(-1 - owner, box)) continue;
    taken.add(-1 - owner, box);
    found.push({ owner, lines, dx: 0, dy: (LEADING * one.size - height) / 2, size: one.size, align: "center" });
  }
  return found;
}
