/**
 * What a page holds, as plain values: things, statements with their receipts, sources, questions.
 *
 * The payload names things by their place in a list, to be small; `decode` joins them again. Names are those of the
 * Python package (kg/statements.py), so that a word means the same on both sides.
 */

export type Day = string;
/** ISO 8601 day; "" is open. */
export type Period = readonly [earliest: Day, latest: Day];

export interface Thing {
  /** CURIE; an address elsewhere stays whole, a value has "". */
  readonly id: string;
  readonly label: string;
  readonly type: string;
  /** The prefix of the CURIE: agent, event, doc … */
  readonly kind: string;
  /** Other names, in any language. */
  readonly names: readonly string[];
  /** Where it stands in the picture of everything; null for what no picture shows. */
  readonly place: readonly [number, number] | null;
  /** The community that it belongs to, -1 for none. */
  readonly group: number;
  readonly weight: number;
}

export interface Receipt {
  readonly source: string;
  readonly title: string;
  /** Unicode code points from the beginning of the source's text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly head: string;
  readonly tail: string;
  /** The document as a whole is meant. */
  readonly whole: boolean;
  /** The address that a browser opens at the words, "" when there is none. */
  readonly link: string;
  /** The sentences of the passage, only in a file made for own use. */
  readonly sentence: string;
}

export interface Clash {
  readonly kind: string;
  /** How it reads from this statement's side. */
  readonly relation: string;
  readonly other: string;
  readonly text: string;
  readonly note: string;
}

export interface Statement {
  readonly id: string;
  readonly subject: Thing;
  readonly predicate: string;
  readonly relation: string;
  readonly object: Thing;
  readonly status: string;
  readonly modality: string;
  readonly reading: string;
  readonly claimedBy: readonly Thing[];
  readonly role: Thing | null;
  readonly constituency: readonly Thing[];
  readonly inCapacityOf: Thing | null;
  readonly onBehalfOf: readonly Thing[];
  readonly whenText: string;
  readonly review: Thing | null;
  readonly note: string;
  readonly conflicts: readonly Clash[];
  readonly receipts: readonly Receipt[];
  /** The days that its date spans, as far as known; null without a date. */
  readonly period: Period | null;
  readonly contradicted: boolean;
}

export interface Source {
  readonly id: string;
  readonly title: string;
  readonly address: string;
  readonly digest: string;
  readonly language: string;
  readonly issued: string;
  readonly publisher: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly about: string;
  /** The class or scheme of the things that it takes. */
  readonly of: string;
  readonly optional: boolean;
  /** Terms as SPARQL writes them. */
  readonly default: string;
}

export interface Question {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly answers: readonly string[];
  readonly params: readonly Parameter[];
  readonly columns: readonly (readonly [name: string, about: string])[];
  readonly text: string;
}

/** How things of a class look; `shape` is one of disc, diamond, square, triangle, star, hexagon, triangleDown. */
export interface Class {
  readonly key: string;
  readonly name: string;
  readonly shape: string;
  readonly color: string;
  readonly filled: boolean;
}

/** How a line looks. */
export interface Look {
  readonly key: string;
  readonly name: string;
  readonly dashes: readonly number[];
  readonly head: string;
  readonly width: number;
  readonly color: string;
}

export interface About {
  readonly counts: Readonly<Record<string, number>>;
  readonly coverage: readonly (readonly [source: string, statements: number, characters: number])[];
  readonly licence: string;
  /** Who made the graph; "" where nobody is named. */
  readonly publisher: string;
  readonly cite: string;
  readonly build: string;
  /** Bytes of the triples that are too many for a page, 0 when they are in it. */
  readonly outside: number;
}

export interface Data {
  readonly title: string;
  readonly summary: string;
  readonly version: string;
  readonly date: Day;
  /** Whether the file holds the whole graph, or a selection of it. */
  readonly whole: boolean;
  /** Whether sentences of the sources are in it: then it is for own use only. */
  readonly sentences: boolean;
  readonly base: Readonly<Record<string, string>>;
  readonly things: readonly Thing[];
  readonly statements: readonly Statement[];
  readonly sources: readonly Source[];
  readonly questions: readonly Question[];
  readonly classes: readonly Class[];
  readonly looks: readonly Look[];
  /** Class of the ontology -> its heading. */
  readonly types: Readonly<Record<string, string>>;
  /** Kinds (prefixes) of things that a picture shows. */
  readonly drawn: readonly string[];
  /** Kinds that a route leads through. */
  readonly through: readonly string[];
  /** How far a statement carries, best first. */
  readonly strengths: readonly string[];
  readonly about: About;
  readonly byId: ReadonlyMap<string, Thing>;
  readonly statementById: ReadonlyMap<string, Statement>;
  /** Thing -> the statements that have it as subject, object, or body on whose behalf. */
  readonly naming: ReadonlyMap<string, readonly Statement[]>;
}

type RawThing = [id: string, label: string, type: string, names: string[], place: [number, number] | null,
  group: number, weight: number]; // prettier-ignore
type RawClash = [kind: string, relation: string, other: string, text: string, note: string];
type RawReceipt = [source: number, start: number, end: number, head: string, tail: string, whole: number, link: string,
  sentence: string]; // prettier-ignore
type RawStatement = [id: string, subject: number, predicate: string, object: number, status: string, modality: string,
  reading: string, claimedBy: number[], role: number, constituency: number[], inCapacityOf: number,
  onBehalfOf: number[], whenText: string, review: number, note: string, conflicts: RawClash[], receipts: RawReceipt[],
  period: [Day, Day] | null]; // prettier-ignore
type RawSource = [id: string, title: string, address: string, digest: string, language: string, issued: string,
  publisher: string]; // prettier-ignore

/** What stands in the page's block `data`. */
export interface Payload extends Omit<Data, "things" | "statements" | "sources" | "byId" | "statementById" | "naming"> {
  readonly format: number;
  readonly relations: Readonly<Record<string, string>>;
  readonly things: readonly RawThing[];
  readonly statements: readonly RawStatement[];
  readonly sources: readonly RawSource[];
}

export const FORMAT = 1;

/** No name, note or passage is longer; a browser takes minutes to break a word of a million letters into lines. */
const LONGEST = 4000;

/** A text as far as anybody reads it; what is cut off is told. */
export function bounded(text: string): string {
  if (text.length <= LONGEST) return text;
  // Not between the halves of a character.
  const kept = text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
  return `${kept}… (cut off here, of ${text.length.toLocaleString("en")} letters)`;
}

/** All texts of a value, bounded. */
function all<T>(value: T): T {
  if (typeof value === "string") return bounded(value) as T;
  if (Array.isArray(value)) return value.map(all) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, all(one)])) as T;
}

/** Joins what a payload names by number. Throws a RangeError when a number leads nowhere. */
export function decode(payload: Payload): Data {
  if (payload.format !== FORMAT)
    throw new RangeError(`this page wants data of format ${FORMAT}, not ${payload.format}`);
  const things = payload.things.map(
    ([id, label, type, names, place, group, weight]): Thing => ({
      id, label: bounded(label), type, kind: id.split(":", 1)[0] ?? "", names: names.map(bounded), place, group, weight,
    }), // prettier-ignore
  );
  const sources = payload.sources.map(
    ([id, title, address, digest, language, issued, publisher]): Source => ({
      id, title: bounded(title), address, digest, language, issued, publisher: bounded(publisher),
    }), // prettier-ignore
  );
  const relations = all(payload.relations);
  const at = <T>(list: readonly T[], place: number): T => {
    const found = list[place];
    if (found === undefined) throw new RangeError(`the data name a thing that they do not have: ${place}`);
    return found;
  };
  const one = (place: number): Thing | null => (place < 0 ? null : at(things, place));
  const many = (places: readonly number[]): Thing[] => places.map((place) => at(things, place));
  const statements = payload.statements.map((raw): Statement => {
    const [id, subject, predicate, object, status, modality, reading, claimedBy, role, constituency, capacity, behalf,
      whenText, review, note, conflicts, receipts, period] = raw; // prettier-ignore
    const clashes = conflicts.map(([kind, relation, other, text, said]): Clash => ({
      kind,
      relation: bounded(relation),
      other,
      text: bounded(text),
      note: bounded(said),
    }));
    return {
      id, subject: at(things, subject), predicate, relation: relations[predicate] ?? predicate,
      object: at(things, object), status, modality, reading, claimedBy: many(claimedBy), role: one(role),
      constituency: many(constituency), inCapacityOf: one(capacity), onBehalfOf: many(behalf), whenText: bounded(whenText),
      review: one(review), note: bounded(note), conflicts: clashes, period,
      receipts: receipts.map(([source, start, end, head, tail, whole, link, sentence]): Receipt => {
        const from = at(sources, source);
        const words = { head: bounded(head), tail: bounded(tail) };
        return { source: from.id, title: from.title, start, end, ...words, whole: whole === 1, link, sentence };
      }),
      contradicted: clashes.some((clash) => clash.kind === "contradicts"),
    }; // prettier-ignore
  });
  const naming = new Map<string, Statement[]>();
  for (const statement of statements) {
    for (const id of new Set([statement.subject, statement.object, ...statement.onBehalfOf].map((thing) => thing.id))) {
      const known = naming.get(id);
      if (known) known.push(statement);
      else if (id) naming.set(id, [statement]);
    }
  }
  return {
    ...payload, things, statements, sources, naming,
    title: bounded(payload.title), summary: bounded(payload.summary), about: all(payload.about),
    // What is asked stays whole.
    questions: payload.questions.map((question) => ({ ...all(question), name: question.name, text: question.text })),
    byId: new Map(things.filter((thing) => thing.id).map((thing) => [thing.id, thing])),
    statementById: new Map(statements.map((statement) => [statement.id, statement])),
  }; // prettier-ignore
}

/** The sources that a statement is read from, each once. */
export function sourcesOf(statement: Statement): string[] {
  return [...new Set(statement.receipts.map((receipt) => receipt.source))];
}

/** A statement in words. */
export function sentence(statement: Statement): string {
  return `${statement.subject.label} ${statement.relation} ${statement.object.label}`;
}

/** An edge of a statement. */
export interface End {
  readonly start: Thing;
  readonly end: Thing;
  readonly relation: string;
}

/**
 * The edges of a statement: its own, and from whoever takes part to the body that he acts for (kg/networks.py).
 * Identities are no edges.
 */
export function ends(statement: Statement, kinds: readonly string[]): End[] {
  const { subject, object } = statement;
  if (statement.predicate === "skos:exactMatch" || !object.id) return [];
  const pairs = [{ start: subject, end: object, relation: statement.relation }];
  pairs.push(...statement.onBehalfOf.map((body) => ({ start: object, end: body, relation: "on behalf of" })));
  return pairs.filter((pair) => kinds.includes(pair.start.kind) && kinds.includes(pair.end.kind));
}
