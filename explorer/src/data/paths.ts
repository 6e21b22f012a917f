/**
 * How two things are connected: routes over the statements, with the same answers as kg/paths.py.
 *
 * Two orders: `shortest` by the number of steps, `evidenced` by the weakest step first. Things are tried in the order of
 * their CURIEs, as on the other side: where there are more routes than are compared, both compare the same ones. CURIEs
 * are ASCII, so that both sort them alike.
 */

import { ends, sourcesOf, type End, type Statement, type Thing } from "./model";

/** One step of a route by a statement; `forward` when the statement reads in that order. */
export interface Step {
  readonly start: Thing;
  readonly end: Thing;
  readonly relation: string;
  readonly forward: boolean;
  readonly statement: Statement;
}

export interface Route {
  readonly steps: readonly Step[];
  /** The strength of the weakest step. */
  readonly weakest: string;
}

/** Of more who say the steps of a route, these are named and the others counted. */
const VOICES = 3;

/** On how many documents a route rests and who says it, in words: steps of one voice don't confirm each other. */
export function rests({ steps }: Pick<Route, "steps">): string {
  const documents = new Set(steps.flatMap(({ statement }) => sourcesOf(statement)));
  const voices = [...new Set(steps.flatMap(({ statement }) => statement.claimedBy.map((thing) => thing.label)))];
  const on = documents.size === 1 ? "one document" : `${documents.size} documents`;
  if (voices.length === 1) return `It rests on ${on}; ${voices[0]} alone says so.`;
  const more = voices.length - VOICES;
  const listed = more > 1 ? voices.slice(0, VOICES) : voices.slice(0, -1);
  return `It rests on ${on}; ${listed.join(", ")} and ${more > 1 ? `${more} others` : voices.at(-1)} say so.`;
}

export type Order = "shortest" | "evidenced";

/** Shortest routes compared; two things of a dense graph have more than anybody could read. */
const COMPARED = 1000;

/** The place of a statement among the strengths: what is contradicted or planned is that, whoever says it. */
export function strength(statement: Statement, strengths: readonly string[]): number {
  if (statement.contradicted) return strengths.indexOf("contradicted");
  return strengths.indexOf(statement.modality === "planned" ? "planned" : statement.status);
}

/** The best statement between two things, with its edge as it reads. */
interface Joint extends End {
  readonly statement: Statement;
  readonly level: number;
}

/** Things by number; `near` are those beside each, in the order of CURIEs, and `best` what joins it to greater ones. */
interface Net {
  readonly numbers: ReadonlyMap<string, number>;
  readonly near: readonly (readonly number[])[];
  readonly best: readonly ReadonlyMap<number, Joint>[];
}

function joint({ best }: Net, one: number, other: number): Joint {
  return best[Math.min(one, other)]!.get(Math.max(one, other))!;
}

function inferred(statement: Statement): number {
  return statement.reading === "inferred" ? 1 : 0;
}

function better(one: Joint, other: Joint): boolean {
  const by = one.level - other.level || inferred(one.statement) - inferred(other.statement);
  return by ? by < 0 : one.statement.id < other.statement.id;
}

/** Edges that lead over what is wanted; the ends themselves may be of any kind. */
function* edges(
  statements: Iterable<Statement>,
  wanted: readonly string[],
  through: readonly string[],
  strengths: readonly string[],
): Generator<Joint> {
  const allowed = [...through, ...wanted.map((name) => name.split(":", 1)[0] ?? "")];
  const fits = (thing: Thing) => through.includes(thing.kind) || wanted.includes(thing.id);
  for (const statement of statements) {
    for (const { start, end, relation } of ends(statement, allowed)) {
      if (!fits(start) || !fits(end) || start.id === end.id) continue;
      yield { start, end, relation, statement, level: strength(statement, strengths) };
    }
  }
}

/** The best statement between any two things; which way it reads doesn't matter. */
function net(found: Iterable<Joint>): Net {
  const numbers = new Map<string, number>();
  const near: number[][] = [];
  const best: Map<number, Joint>[] = [];
  const number = ({ id }: Thing): number => {
    const known = numbers.get(id) ?? near.length;
    if (known === near.length) {
      numbers.set(id, known);
      near.push([]);
      best.push(new Map());
    }
    return known;
  };
  for (const one of found) {
    const [from, to] = [number(one.start), number(one.end)];
    const [less, more] = from < to ? [from, to] : [to, from];
    const known = best[less]!.get(more);
    if (!known) {
      near[from]!.push(to);
      near[to]!.push(from);
    }
    if (!known || better(one, known)) best[less]!.set(more, one);
  }
  const rank: number[] = [];
  for (const [place, name] of [...numbers.keys()].sort().entries()) rank[numbers.get(name)!] = place;
  for (const beside of near) beside.sort((one, other) => rank[one]! - rank[other]!);
  return { numbers, near, best };
}

/** The same with the joints alone that are at most so weak. */
function strongest(all: Net, level: number): Net {
  const near = all.near.map((beside, from) => beside.filter((to) => joint(all, from, to).level <= level));
  return { ...all, near };
}

/** All paths with the fewest steps, in the order in which breadth-first search comes to them. */
function* fewest({ near }: Net, start: number, end: number): Generator<number[]> {
  const seen = new Map([[start, 0]]);
  const before = new Map<number, number[]>([[start, []]]);
  let reached = [start];
  for (let level = 1; reached.length && !before.has(end); level++) {
    const next: number[] = [];
    for (const from of reached) {
      for (const to of near[from]!) {
        if (!seen.has(to)) {
          seen.set(to, level);
          before.set(to, [from]);
          next.push(to);
        } else if (seen.get(to) === level) before.get(to)!.push(from);
      }
    }
    reached = next;
  }
  function* back(path: readonly number[]): Generator<number[]> {
    const last = path[path.length - 1]!;
    if (last === start) yield [...path].reverse();
    else for (const from of before.get(last)!) yield* back([...path, from]);
  }
  if (before.has(end)) yield* back([end]);
}

/** One path with the fewest steps around some things and first steps, by search from both ends. */
class Detours {
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly closed: Uint8Array;

  constructor(
    private readonly near: readonly (readonly number[])[],
    private readonly end: number,
  ) {
    this.from = new Int32Array(near.length);
    this.to = new Int32Array(near.length);
    this.closed = new Uint8Array(near.length);
  }

  /** A path from the last of `root`, not over the others of it, nor beginning with a step to one of `taken`. */
  find(root: readonly number[], taken: ReadonlySet<number>): number[] | null {
    const start = root[root.length - 1]!;
    for (const name of root.slice(0, -1)) this.closed[name] = 1;
    const middle = this.meet(start, taken);
    for (const name of root.slice(0, -1)) this.closed[name] = 0;
    const path: number[] = [];
    if (middle >= 0) {
      for (let at = middle; ; at = this.from[at]! - 1) {
        path.unshift(at);
        if (at === start) break;
      }
      for (let at = middle; at !== this.end;) path.push((at = this.to[at]! - 1));
    }
    this.from.fill(0);
    this.to.fill(0);
    return middle >= 0 ? path : null;
  }

  /** Where the searches from both ends meet, -1 when they don't; `from` and `to` hold numbers from 1. */
  private meet(start: number, taken: ReadonlySet<number>): number {
    const { near, from, to, closed, end } = this;
    from[start] = start + 1;
    to[end] = end + 1;
    let [ahead, behind] = [[start], [end]];
    while (ahead.length && behind.length) {
      const forward = ahead.length <= behind.length;
      const [mine, theirs] = forward ? [from, to] : [to, from];
      const next: number[] = [];
      for (const one of forward ? ahead : behind) {
        for (const other of near[one]!) {
          if (closed[other] || (one === start && taken.has(other)) || (other === start && taken.has(one))) continue;
          if (!mine[other]) {
            next.push(other);
            mine[other] = one + 1;
          }
          if (theirs[other]) return other;
        }
      }
      if (forward) ahead = next;
      else behind = next;
    }
    return -1;
  }
}

/** All paths without a thing twice, by length; of one length in the order in which detours are found (Yen 1971). */
function* simple({ near }: Net, start: number, end: number): Generator<number[]> {
  const detours = new Detours(near, end);
  const done: number[][] = [];
  const waiting: number[][][] = [];
  const queued = new Set<string>();
  const queue = (path: number[]) => {
    const key = path.join();
    if (queued.has(key)) return;
    queued.add(key);
    (waiting[path.length] ??= []).push(path);
  };
  const first = detours.find([start], new Set());
  if (first) queue(first);
  for (;;) {
    const path = waiting.find((same) => same?.length)?.shift();
    if (!path) return;
    queued.delete(path.join());
    yield path;
    done.push(path);
    let alike = done;
    for (let size = 1; size < path.length; size++) {
      alike = alike.filter((other) => other[size - 1] === path[size - 1]);
      const root = path.slice(0, size);
      const spur = detours.find(root, new Set(alike.map((other) => other[size]!)));
      if (spur) queue([...root.slice(0, -1), ...spur]);
    }
  }
}

interface Ranked extends Route {
  /** Strengths of its steps, the weakest first; how many are inferred; its statements. */
  readonly key: readonly [levels: readonly number[], inferred: number, ids: readonly string[]];
}

function along(of: Net, path: readonly number[], strengths: readonly string[]): Ranked {
  const joints = path.slice(1).map((to, place) => joint(of, path[place]!, to));
  const steps = joints.map(({ start, end, relation, statement }, place): Step => {
    const forward = of.numbers.get(start.id) === path[place];
    return { start: forward ? start : end, end: forward ? end : start, relation, forward, statement };
  });
  const levels = joints.map(({ level }) => level).sort((a, b) => b - a);
  const count = joints.reduce((sum, { statement }) => sum + inferred(statement), 0);
  const key = [levels, count, joints.map(({ statement }) => statement.id)] as const;
  return { steps, weakest: strengths[levels[0] ?? 0] ?? "", key };
}

function order<T>(one: readonly T[], other: readonly T[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : one[place]! < other[place]! ? -1 : 1;
}

function ranked(one: Ranked, other: Ranked): number {
  return order(one.key[0], other.key[0]) || one.key[1] - other.key[1] || order(one.key[2], other.key[2]);
}

/** The first so many of something. */
function* first<T>(count: number, from: Iterable<T>): Generator<T> {
  let left = count;
  for (const one of from) {
    yield one;
    if (--left <= 0) return;
  }
}

/** The shortest routes: all of one length, up to a bound, are compared before any is left out. */
function shortest(of: Net, start: number, end: number, count: number, strengths: readonly string[]): Ranked[] {
  const told = (path: number[]) => along(of, path, strengths);
  const best = [...first(COMPARED, fewest(of, start, end))].map(told).sort(ranked);
  if (!best.length || best.length >= count) return best.slice(0, count);
  let same: number[][] = [];
  let place = 0;
  const close = () => best.push(...same.map(told).sort(ranked));
  const least = best.length;
  for (const path of first(20 * count + 200, simple(of, start, end))) {
    if (place++ < least) continue;
    if (same.length && same[0]!.length !== path.length) {
      close();
      same = [];
      if (best.length >= count) break;
    }
    same.push(path);
  }
  close();
  return best.slice(0, count);
}

/** What a route leads over, as a key. */
function way(route: Route): string {
  return route.steps.map((step) => step.end.id).join(" ");
}

/**
 * Up to `count` routes between two CURIEs, best first; none when nothing connects them.
 *
 * `by` is `shortest`, or `evidenced`: the strongest weakest step first, and of those the shortest. `through` are the
 * kinds of things that a route leads over, `strengths` how far a statement carries, best first.
 */
export function routes(
  statements: Iterable<Statement>,
  from: string,
  to: string,
  count: number,
  by: Order,
  through: readonly string[],
  strengths: readonly string[],
): Route[] {
  const all = net(edges(statements, [from, to], through, strengths));
  const [start, end] = [all.numbers.get(from), all.numbers.get(to)];
  if (start === undefined || end === undefined || start === end) return [];
  if (by === "shortest") return shortest(all, start, end, count, strengths);
  const found: Route[] = [];
  for (let level = 0; level < strengths.length && found.length < count; level++) {
    const more = shortest(strongest(all, level), start, end, count + found.length, strengths);
    const ways = new Set(found.map(way));
    found.push(...more.filter((route) => !ways.has(way(route))));
  }
  return found.slice(0, count);
}
