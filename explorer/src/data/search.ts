/**
 * Finds things by label, other name, initials and CURIE, in any script: what is called so, then what begins so, then
 * what has such words or ones like them. Of equals, the one that most is said of comes first.
 */

import MiniSearch from "minisearch";
import type { Data, Thing } from "./model";

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const RUNS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s]+/gu;

/** Most names are of these letters, for which the short way is a quarter of the time. */
const ASCII = /^[\x00-\x7f]*$/;

/** A name without case, accents and punctuation, so that `cedric o` finds `Cédric O` and `IAIIG` `I-AIIG`. */
export function fold(name: string): string {
  const lower = name.toLowerCase();
  if (ASCII.test(lower)) {
    return lower
      .replace(/[.-]/g, "")
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  }
  return lower
    .normalize("NFKD")
    .replace(/[\p{M}.\-]/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Words of a folded name; of scripts without spaces, each character and each two that stand together. */
export function words(folded: string): string[] {
  return (folded.match(RUNS) ?? []).flatMap((run) => {
    if (!CJK.test(run)) return [run];
    const letters = [...run];
    return [...letters, ...letters.slice(1).map((letter, place) => `${letters[place]}${letter}`)];
  });
}

/** First letters of the words of a name, with and without the small ones; a number stays whole (`WAIC 2021`). */
export function initials(name: string): string[] {
  const found = name.match(ASCII.test(name) ? /[A-Za-z0-9]+/g : /[\p{L}\p{N}]+/gu) ?? [];
  if (found.length < 2) return [];
  const parts = found.map((word) => (/^\d+$/.test(word) ? word : String.fromCodePoint(word.codePointAt(0) ?? 0)));
  const great = parts.filter((part) => part.toLowerCase() !== part || /\d/.test(part));
  return [...new Set([parts, great].map((list) => list.join("").toLowerCase()))].filter((made) => made.length > 1);
}

export const NOT_AT_ALL = 9;

/** How a name answers to a text, from 0 (is it) to 4 (has it within a word). */
export function nearness(folded: string, wanted: string): number {
  const at = folded.indexOf(wanted);
  if (at < 0) return NOT_AT_ALL;
  if (at === 0) return folded.length === wanted.length ? 0 : 2;
  return folded.includes(` ${wanted}`, at - 1) ? 3 : 4;
}

/** What is searched: of a page's data, only this. */
export type Named = Pick<Data, "things" | "byId">;

/** Suggestions for a text, best first, of the kinds or classes that are wanted (all without them), at most so many. */
export interface Search {
  (text: string, kinds?: readonly string[], most?: number): Thing[];
  /** When names whose words are in another order, or amiss, are found too. */
  readonly ready: Promise<void>;
}

export const MOST_SUGGESTIONS = 10;
/** Letters of a text that are looked at: no name is longer. */
const LONGEST = 200;
/** More things than these are indexed in pieces, between which the page answers. */
const AT_ONCE = 2000;
const PIECE = 250;

interface Entry {
  readonly thing: Thing;
  readonly folded: readonly string[];
  readonly initials: readonly string[];
}

/** How a thing answers to a text by any of its names; the label counts a little more than another name. */
function rank({ folded, initials: short }: Entry, wanted: string): number {
  let best = short.includes(wanted.replaceAll(" ", "")) ? 1 : NOT_AT_ALL;
  for (const [place, name] of folded.entries()) {
    const near = nearness(name, wanted);
    if (near < NOT_AT_ALL) best = Math.min(best, near + (place ? 0.5 : 0));
  }
  return best;
}

function index(weight: (id: number) => number): MiniSearch<{ id: number; text: string }> {
  return new MiniSearch({
    fields: ["text"],
    tokenize: words,
    processTerm: (term) => term,
    searchOptions: {
      boostDocument: (id) => 1 + Math.log1p(weight(id as number)),
      combineWith: "AND",
      prefix: true,
      fuzzy: (term) => (term.length > 3 && !CJK.test(term) ? 0.25 : false),
    },
  });
}

function entriesOf(data: Named): Entry[] {
  // A statement about a statement has no name of its own.
  const known = data.things.filter((thing) => thing.id && thing.kind !== "st");
  known.sort((one, other) => other.weight - one.weight || (one.label < other.label ? -1 : 1));
  return known.map((thing) => {
    const names = [thing.label, ...thing.names];
    return { thing, folded: names.map(fold), initials: names.flatMap(initials) };
  });
}

function build(data: Named): Search {
  const entries = entriesOf(data);
  const documents = entries.map(({ folded }, id) => ({ id, text: folded.join(" ") }));
  const ofWords = index((id) => entries[id]?.thing.weight ?? 0);
  let ready = Promise.resolve();
  if (documents.length <= AT_ONCE) ofWords.addAll(documents);
  else ready = ofWords.addAllAsync(documents, { chunkSize: PIECE });

  const search = (text: string, kinds?: readonly string[], most = MOST_SUGGESTIONS): Thing[] => {
    const wanted = fold(text.slice(0, LONGEST));
    const wants = ({ kind, type }: Thing) => !kinds || kinds.includes(kind) || kinds.includes(type);
    const fits = ({ thing }: Entry) => wants(thing);
    const known = data.byId.get(text.trim());
    if (known && wants(known)) return [known];
    if (!wanted) return [];
    // The entries stand in the order of their weight: of each rank the first are the best.
    const ranks = new Map<number, Entry[]>();
    for (const entry of entries) {
      const near = rank(entry, wanted);
      if (near === NOT_AT_ALL || !fits(entry)) continue;
      const same = ranks.get(near);
      if (!same) ranks.set(near, [entry]);
      else if (same.length < most) same.push(entry);
    }
    const found = new Set([...ranks].sort(([one], [other]) => one - other).flatMap(([, same]) => same));
    // Words in another order, or a letter amiss: only where few are called so, and what was typed has some length.
    if (found.size < most && wanted.length > 1) {
      for (const { id } of ofWords.search(wanted).slice(0, 200)) {
        const entry = entries[id as number];
        if (entry && fits(entry)) found.add(entry);
      }
    }
    return [...found].slice(0, most).map(({ thing }) => thing);
  };
  return Object.assign(search, { ready });
}

const built = new WeakMap<Named, Search>();

/** The search over the things of a page; made once for each, when first asked for. */
export function createSearch(data: Named): Search {
  const known = built.get(data) ?? build(data);
  built.set(data, known);
  return known;
}
