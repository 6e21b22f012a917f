/** Saved questions: what can be set of them, and their text with it. Means the same as kg/queries.py. */

import type { Parameter, Question } from "../data/model";
import { fold } from "../data/search";
import { expand, type Prefixes, writtenIri, writtenText, XSD } from "./terms";

const LINE = /^(\s*VALUES \?(\w+) \{)([^{}]*)(\} #@param \2)$/gm;

/** Parameter -> terms as SPARQL writes them. */
export type Bound = Readonly<Record<string, readonly string[]>>;

/** The text of a question with the values of its parameters; those not given keep their default. */
export function bind(question: Question, given: Bound): string {
  return question.text.replace(LINE, (_, head: string, name: string, usual: string, tail: string) => {
    const terms = Object.hasOwn(given, name) ? (given[name] ?? []) : [];
    return head + (terms.length ? ` ${terms.join(" ")} ` : usual) + tail;
  });
}

/** A thing that a parameter takes. */
export interface Choice {
  /** CURIE. */
  readonly id: string;
  readonly label: string;
  readonly names: readonly string[];
}

/** Classes that are not ours stand in these vocabularies. */
const VOCABULARIES = ["aig", "org", "skos"];
const NAME = /^\w[\w-]*$/;

/**
 * The query for the things that a parameter takes, as ?thing and ?label; "" for one that takes a value or a statement.
 */
export function choicesQuery(parameter: Parameter): string {
  const { type, of } = parameter;
  if (of && !NAME.test(of)) return "";
  const labelled = "?thing rdfs:label ?label";
  const query = {
    entity: of
      ? `VALUES ?class { ${VOCABULARIES.map((prefix) => `${prefix}:${of}`).join(" ")} } ?thing a ?class . ${labelled}`
      : `${labelled} FILTER (CONTAINS(STR(?thing), "/id/"))`,
    concept: of ? `?thing skos:inScheme concept:scheme-${of} . ${labelled}` : `?thing a skos:Concept . ${labelled}`,
    source: `?thing a aig:SourceText . ${labelled}`,
    class: `[] a ?thing . ?thing a owl:Class ; rdfs:label ?label`,
  }[type];
  return query ? `SELECT DISTINCT ?thing ?label WHERE { ${query} } ORDER BY ?label ?thing` : "";
}

/** A value is not one that the parameter takes. */
export class Unfit extends Error {}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

function isDay(text: string): boolean {
  const found = DATE.exec(text);
  if (!found || found[1] === "0000") return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Characters that break a line or turn its direction, and halves of pairs: no text of ours holds them. */
const NOT_FIT = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

/** The one thing that is meant by a text. Throws `Unfit`. */
function meant(parameter: Parameter, text: string, choices: readonly Choice[]): Choice {
  const prefix = { source: "src:", statement: "st:", concept: "concept:" }[parameter.type] ?? "";
  const byId = choices.find(({ id }) => id === text || (prefix && id === prefix + text));
  if (byId) return byId;
  const wanted = fold(text);
  const ways: ((choice: Choice) => boolean)[] = [
    ({ label }) => label === text,
    ({ names }) => names.includes(text),
    ({ label, names }) => wanted !== "" && [label, ...names].some((name) => fold(name) === wanted),
  ];
  for (const way of ways) {
    const same = choices.filter(way);
    if (same.length === 1 && same[0]) return same[0];
    if (same.length) throw new Unfit(`“${text}” names several things: ${same.map(({ id }) => id).join(", ")}`);
  }
  throw new Unfit(`nothing here is called “${text}”: choose one of the suggestions`);
}

/** What a user wrote, as it was understood. */
export interface Value {
  /** As SPARQL writes it; no text can become anything but one term. */
  readonly term: string;
  /** The thing that is meant; null for a value. */
  readonly thing: Choice | null;
}

/** What a user wrote for a parameter. Throws `Unfit`. */
export function value(parameter: Parameter, given: string, choices: readonly Choice[], prefixes: Prefixes): Value {
  const text = given.trim();
  if (!text || NOT_FIT.test(given)) throw new Unfit("this has characters that no name or value has");
  switch (parameter.type) {
    case "date":
      if (!isDay(text)) throw new Unfit("write a day like 2021-07-08");
      return { term: `${writtenText(text)}^^${writtenIri(`${XSD}date`)}`, thing: null };
    case "integer":
      if (!/^[0-9]{1,9}$/.test(text)) throw new Unfit("write a whole number");
      return { term: `${writtenText(String(Number(text)))}^^${writtenIri(`${XSD}integer`)}`, thing: null };
    case "text":
      return { term: writtenText(given), thing: null };
    default: {
      const thing = meant(parameter, text, choices);
      return { term: writtenIri(expand(thing.id, prefixes)), thing };
    }
  }
}

/** The identifier that stands as default, "" for a value or none. */
export function usualThing(parameter: Parameter): string {
  return /^[a-z]+:[\w.-]+$/i.test(parameter.default) ? parameter.default : "";
}

/** The value that stands as default, as a user would write it; "" for a thing or none. */
export function usualValue(parameter: Parameter): string {
  const text = /^"([^"\\]*)"/.exec(parameter.default)?.[1] ?? parameter.default;
  return text === "UNDEF" || usualThing(parameter) ? "" : text;
}
