/**
 * The words of a query of anybody's: what it asks, what is refused, which prefixes it takes for granted, and where a
 * limit of rows goes. Read without a parser, as kg/sparql.py does, which says the same.
 */

import type { Prefixes } from "./terms";

/** A query is not asked, or not understood; `at` is where in its text, -1 for nowhere in particular. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly at = -1,
  ) {
    super(message);
  }
}

export interface Token {
  readonly kind: "iri" | "name" | "word" | "mark";
  readonly value: string;
  readonly start: number;
}

const TOKEN =
  /<(?<iri>[^<>"{}|^`\\\x00-\x20]*)>|(?<quote>"""|'''|"|')|#[^\r\n]*|[?$@][\p{L}\p{N}_]+|(?<name>(?:[\p{L}\p{N}_][\p{L}\p{N}_.-]*)?:(?:[\p{L}\p{N}_.:%-]|\\.)*)|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_.-]*)|(?<mark>[{}()[\]])/gu;
const UPDATES = ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"];
const FORMS = ["SELECT", "CONSTRUCT", "DESCRIBE", "ASK"];

/** The place after a string that begins with `quote` before `from`; -1 when it is not closed. */
function closed(text: string, quote: string, from: number): number {
  for (let place = from; place < text.length; place++) {
    const letter = text[place];
    if (letter === "\\") place++;
    else if (quote.length === 1 && (letter === "\n" || letter === "\r")) return -1;
    else if (text.startsWith(quote, place)) return place + quote.length;
  }
  return -1;
}

/** IRIs, prefixed names, keywords and brackets, without what stands in strings and comments. Throws `Refused`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  const reader = new RegExp(TOKEN);
  for (let match = reader.exec(text); match; match = reader.exec(text)) {
    const { iri, quote, name, word, mark } = match.groups ?? {};
    const start = match.index;
    if (quote !== undefined) {
      const end = closed(text, quote, start + quote.length);
      if (end < 0) throw new Refused("the string that begins here is not closed", start);
      reader.lastIndex = end;
    } else if (iri !== undefined) found.push({ kind: "iri", value: iri, start });
    else if (name !== undefined) found.push({ kind: "name", value: name, start });
    else if (word !== undefined) found.push({ kind: "word", value: word, start });
    else if (mark !== undefined) found.push({ kind: "mark", value: mark, start });
  }
  return found;
}

const is = (token: Token | undefined, word: string) => token?.kind === "word" && token.value.toUpperCase() === word;

/** Prefixes that a query declares, and those of ours that it uses as if it had. */
function prefixesOf(list: readonly Token[], known: Prefixes): { declared: Prefixes; missing: string[] } {
  const declared: Record<string, string> = {};
  const used = new Set<string>();
  list.forEach((token, place) => {
    const [name, iri] = [list[place + 1], list[place + 2]];
    if (token.kind === "name") used.add(token.value.split(":", 1)[0] ?? "");
    if (is(token, "PREFIX") && name?.kind === "name") declared[name.value.slice(0, -1)] = iri?.value ?? "";
  });
  const missing = Object.keys(known).filter((prefix) => used.has(prefix) && !Object.hasOwn(declared, prefix));
  return { declared, missing };
}

/** The IRIs after FROM and FROM NAMED, with their places. */
function namedGraphs(list: readonly Token[], prefixes: Prefixes): [iri: string, start: number][] {
  const found: [string, number][] = [];
  list.forEach((token, place) => {
    const next = list[place + 1];
    const graph = is(next, "NAMED") ? list[place + 2] : next;
    if (!is(token, "FROM") || !graph) return;
    const colon = graph.value.indexOf(":");
    const prefix = prefixes[graph.value.slice(0, colon)];
    const iri = graph.kind === "name" && prefix !== undefined ? prefix + graph.value.slice(colon + 1) : graph.value;
    found.push([iri, graph.start]);
  });
  return found;
}

export interface Wording {
  readonly form: string;
  /** Whether it names its graphs (FROM), or asks them by name (GRAPH). */
  readonly from: boolean;
  readonly graph: boolean;
  /** Prefixes of ours that it uses without declaring them. */
  readonly missing: readonly string[];
  readonly tokens: readonly Token[];
}

/** What a query says of itself; `graphs` are the IRIs of the graphs that are here. Throws `Refused`. */
export function look(text: string, known: Prefixes, graphs: readonly string[]): Wording {
  const list = tokens(text);
  const words = list.filter((token) => token.kind === "word");
  const first = words.find((token) => [...UPDATES, ...FORMS].includes(token.value.toUpperCase()));
  if (!first) throw new Refused("this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE");
  const form = first.value.toUpperCase();
  if (UPDATES.includes(form)) {
    throw new Refused(`${form} changes a graph: this page only asks (SELECT, ASK, CONSTRUCT, DESCRIBE)`, first.start);
  }
  const service = words.find((token) => token.value.toUpperCase().includes("SERVICE"));
  if (service)
    throw new Refused("SERVICE would send the query elsewhere: this page connects to nothing", service.start);
  const { declared, missing } = prefixesOf(list, known);
  const from = namedGraphs(list, { ...known, ...declared });
  const foreign = from.find(([iri]) => !graphs.includes(iri));
  if (foreign) {
    throw new Refused(`FROM names none of the graphs of this file: without FROM all of them are asked`, foreign[1]);
  }
  return { form, from: from.length > 0, graph: list.some((token) => is(token, "GRAPH")), missing, tokens: list };
}

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/**
 * Where a query that can't be read is wrong for certain: a bracket without its like, a prefix that nobody declares.
 * Null when neither is the case.
 */
export function flaw({ tokens: list }: Wording, known: Prefixes): Refused | null {
  const open: Token[] = [];
  for (const token of list) {
    if (token.kind !== "mark") continue;
    if (CLOSING[token.value]) open.push(token);
    else if (CLOSING[open.pop()?.value ?? ""] !== token.value) {
      return new Refused(`this ${token.value} closes nothing`, token.start);
    }
  }
  const last = open.pop();
  if (last) return new Refused(`this ${last.value} is not closed`, last.start);
  const { declared } = prefixesOf(list, known);
  const strange = list.find(({ kind, value }, place) => {
    const prefix = value.split(":", 1)[0] ?? "";
    const declares = is(list[place - 1], "PREFIX");
    return kind === "name" && !declares && !Object.hasOwn(known, prefix) && !Object.hasOwn(declared, prefix);
  });
  if (!strange) return null;
  return new Refused(`the prefix “${strange.value.split(":", 1)[0]}:” is not declared`, strange.start);
}

/** A query as it is sent: with the prefixes that it lacks, and a limit of rows where it has none. */
export interface Sent {
  readonly text: string;
  /** The place in the query as written for one in the query as sent. */
  readonly back: (place: number) => number;
}

/** Where text is put in place of other text. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function limit(text: string, wording: Wording, most: number): Change | null {
  if (wording.form === "ASK") return null;
  let depth = 0;
  let values: Token | null = null;
  for (const [place, token] of wording.tokens.entries()) {
    if (token.value === "{" || token.value === "}") depth += token.value === "{" ? 1 : -1;
    if (depth) continue;
    const next = wording.tokens[place + 1];
    if (is(token, "LIMIT") && next) {
      const asked = /^\d+$/.test(next.value) && Number(next.value) > most;
      return asked ? { start: next.start, end: next.start + next.value.length, text: String(most) } : null;
    }
    if (is(token, "VALUES")) values = token;
  }
  // On a line of its own: a comment may end the query.
  return values
    ? { start: values.start, end: values.start, text: `LIMIT ${most} ` }
    : { start: text.length, end: text.length, text: `\nLIMIT ${most}` };
}

/** A query with its prefixes and at most so many rows. */
export function bounded(text: string, wording: Wording, known: Prefixes, most: number): Sent {
  const head = wording.missing.map((prefix) => `PREFIX ${prefix}: <${known[prefix]}>\n`).join("");
  const change = limit(text, wording, most);
  const back = (place: number) => {
    const inner = Math.max(0, place - head.length);
    if (!change || inner <= change.start) return Math.min(inner, text.length);
    const past = inner - change.start - change.text.length;
    return past < 0 ? change.start : Math.min(change.end + past, text.length);
  };
  const body = change ? text.slice(0, change.start) + change.text + text.slice(change.end) : text;
  return { text: head + body, back };
}
