/** What a picture of statements holds: things as nodes, what is said alike between the same two things as one line. */

import { ends, type Class, type Data, type Look, type Statement, type Thing } from "../data/model";
import { classOf } from "../data/select";

export interface Node {
  readonly thing: Thing;
  readonly look: Class;
  /** One unit is one pixel of the first screen at 1600 by 1000. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** How many other things it is joined to. */
  readonly degree: number;
  /** The lines that begin or end here, by number. */
  readonly lines: readonly number[];
}

export interface Line {
  /** Nodes by number. */
  readonly start: number;
  readonly end: number;
  readonly look: Look;
  readonly label: string;
  readonly statements: readonly Statement[];
  /** How round it is, to the right of its way; 0 is straight. */
  readonly bend: number;
}

export interface Scene {
  readonly nodes: readonly Node[];
  readonly lines: readonly Line[];
  /** CURIE of a thing -> its node. */
  readonly nodeOf: ReadonlyMap<string, number>;
  /** Id of a statement -> its first line. */
  readonly lineOf: ReadonlyMap<string, number>;
}

/** Places that a picture has of its own, instead of those of the file. */
export type Places = ReadonlyMap<string, readonly [x: number, y: number]>;

/** How round a line is that shares its two things with another. */
const BEND = 0.16;

/** The look of a statement, and the word that says the same in a label. */
export function lookOf(statement: Statement): readonly [look: string, word: string] {
  if (statement.contradicted) return ["contradicted", "contradicted: "];
  if (statement.status === "attributed") return ["attributed", "attributed: "];
  if (statement.modality !== "actual") return ["planned", `${statement.modality}: `];
  return [statement.status === "asserted" ? "asserted" : "self-reported", ""];
}

interface Said {
  readonly word: string;
  readonly text: string;
  readonly statement: Statement;
}

interface Group {
  readonly start: Thing;
  readonly end: Thing;
  readonly kind: string;
  readonly said: Said[];
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function groups(data: Data, statements: readonly Statement[]): Group[] {
  const found = new Map<string, Group>();
  for (const statement of statements) {
    const [look, word] = lookOf(statement);
    const kind = word ? look : "vouched";
    for (const { start, end, relation } of ends(statement, data.drawn)) {
      const text = statement.role && relation === statement.relation ? statement.role.label : relation;
      const key = `${start.id}\n${end.id}\n${kind}`;
      const group = found.get(key) ?? { start, end, kind, said: [] };
      found.set(key, group);
      group.said.push({ word, text, statement });
    }
  }
  return [...found.values()].sort(
    (a, b) => compare(a.start.id, b.start.id) || compare(a.end.id, b.end.id) || compare(a.kind, b.kind),
  );
}

/** The roles and relations of a line's statements, after the word that tells what kind they are. */
function label(said: readonly Said[]): string {
  const words = new Map<string, Set<string>>();
  for (const { word, text } of said) words.set(word, (words.get(word) ?? new Set()).add(text));
  const parts = [...words].sort(([a], [b]) => compare(a, b));
  return parts.map(([word, texts]) => word + [...texts].sort(compare).join(", ")).join("; ");
}

const pair = (group: Group): string => [group.start.id, group.end.id].sort(compare).join("\n");

/** To the right of the way from the lesser name to the greater, then to the left, then further out. */
function bends(found: readonly Group[]): number[] {
  const beside = new Map<string, number>();
  for (const group of found) beside.set(pair(group), (beside.get(pair(group)) ?? 0) + 1);
  const used = new Map<string, number>();
  return found.map((group) => {
    const key = pair(group);
    if ((beside.get(key) ?? 0) < 2) return 0;
    const number = used.get(key) ?? 0;
    used.set(key, number + 1);
    const side = (number + (group.start.id > group.end.id ? 1 : 0)) % 2 ? -1 : 1;
    return BEND * side * (1 + Math.floor(number / 2));
  });
}

/** Where a thing stands that the file has no place for: on a spiral around the middle, by its number. */
function aside(number: number): [number, number] {
  const angle = number * 2.399963;
  const out = 60 * Math.sqrt(number + 1);
  return [770 + out * Math.cos(angle), 415 + out * Math.sin(angle)];
}

/** The scene of some statements. The same statements in whatever order give the same scene. */
export function scene(data: Data, statements: readonly Statement[], places: Places = new Map()): Scene {
  const found = groups(data, statements);
  const things = new Map<string, Thing>();
  for (const { start, end } of found) things.set(start.id, start).set(end.id, end);
  const sorted = [...things.values()].sort((a, b) => compare(a.id, b.id));
  const nodeOf = new Map(sorted.map((thing, number) => [thing.id, number]));
  const number = (thing: Thing): number => nodeOf.get(thing.id) ?? 0;
  const looks = new Map(data.looks.map((look) => [look.key, look]));
  const plain: Look = { key: "", name: "", dashes: [], head: "arrow", width: 1.5, color: "#6f7d93" };
  const round = bends(found);
  const lines = found.map(({ start, end, kind, said }, at): Line => {
    const vouched = said.some((one) => one.statement.status === "asserted") ? "asserted" : "self-reported";
    const about = [...new Set(said.map((one) => one.statement))].sort((a, b) => compare(a.id, b.id));
    const look = looks.get(kind === "vouched" ? vouched : kind) ?? plain;
    return {
      start: number(start),
      end: number(end),
      look,
      label: label(said),
      statements: about,
      bend: round[at] ?? 0,
    };
  });
  const lineOf = new Map<string, number>();
  const touching: number[][] = sorted.map(() => []);
  const near = sorted.map(() => new Set<number>());
  lines.forEach((line, at) => {
    for (const { id } of line.statements) if (!lineOf.has(id)) lineOf.set(id, at);
    touching[line.start]?.push(at);
    if (line.end !== line.start) {
      touching[line.end]?.push(at);
      near[line.start]?.add(line.end);
      near[line.end]?.add(line.start);
    }
  });
  const classes = new Map(data.classes.map((one) => [one.key, one]));
  const shrink = Math.min(1, Math.sqrt(400 / Math.max(1, sorted.length)));
  const nodes = sorted.map((thing, at): Node => {
    const degree = near[at]?.size ?? 0;
    const key = classOf(thing);
    const look = classes.get(key) ?? { key, name: key, shape: "disc", color: "#636363", filled: true };
    const [x, y] = places.get(thing.id) ?? thing.place ?? aside(at);
    const radius = shrink * Math.min(15, 4.5 + 2 * Math.sqrt(degree));
    return { thing, look, x, y, radius, degree, lines: touching[at] ?? [] };
  });
  return { nodes, lines, nodeOf, lineOf };
}

/** The things that a thing is joined to, by number, in the order of its lines. */
export function neighbours(drawn: Scene, at: number): number[] {
  const found = new Set<number>();
  for (const number of drawn.nodes[at]?.lines ?? []) {
    const line = drawn.lines[number];
    if (line && line.start !== line.end) found.add(line.start === at ? line.end : line.start);
  }
  return [...found];
}
