/** Small data for tests: things and statements with what a test asks for, the rest empty. */

import { decode, type Data, type Payload, type Receipt, type Statement, type Thing } from "../src/data/model";

export const BASE = { agent: "https://example.org/id/agent/", st: "https://example.org/id/st/" };

export function thing(id: string, label = id): Thing {
  return { id, label, type: "Agent", kind: id.split(":", 1)[0] ?? "", names: [], place: null, group: -1, weight: 1 };
}

export const RECEIPT: Receipt = {
  source: "src:a", title: "The source", start: 10, end: 42, head: "first words", tail: "last words", whole: false,
  link: "https://example.org/a#:~:text=first", sentence: "",
}; // prettier-ignore

export function statement(id: string, subject: string, object: string, said: Partial<Statement> = {}): Statement {
  return {
    id: `st:${id}`, subject: thing(subject), predicate: "aig:worksWith", relation: "works with", object: thing(object),
    status: "asserted", modality: "actual", reading: "literal", claimedBy: [thing("agent:s", "The Sayer")], role: null,
    constituency: [], inCapacityOf: null, onBehalfOf: [], whenText: "", review: null, note: "", conflicts: [],
    receipts: [RECEIPT], period: null,
    contradicted: said.conflicts?.some((clash) => clash.kind === "contradicts") ?? false, ...said,
  }; // prettier-ignore
}

/** A date that a statement gives for something. */
export function dated(
  id: string,
  of: string,
  written: string,
  period: [string, string],
  said: Partial<Statement> = {},
) {
  const value = { ...thing("", written), type: "" };
  return statement(id, of, "x", { predicate: "aig:when", relation: "when", object: value, period, ...said });
}

/** Data of which the statements name the things. */
export function data(statements: readonly Statement[], said: Partial<Data> = {}): Data {
  const things = new Map<string, Thing>();
  const naming = new Map<string, Statement[]>();
  for (const one of statements) {
    for (const each of [one.subject, one.object, ...one.onBehalfOf, ...one.claimedBy]) if (each.id) things.set(each.id, each); // prettier-ignore
    for (const id of new Set([one.subject, one.object, ...one.onBehalfOf].map((each) => each.id))) {
      if (id) naming.set(id, [...(naming.get(id) ?? []), one]);
    }
  }
  const empty: Payload = {
    format: 1, title: "A graph", summary: "", version: "1.2.0", date: "2026-03-09", whole: true, sentences: false,
    base: BASE, things: [], statements: [], sources: [], questions: [], classes: [], looks: [], types: {},
    drawn: ["agent", "event", "doc"], through: ["agent", "event", "doc"],
    strengths: ["asserted", "self-reported", "attributed", "planned", "contradicted"], relations: {},
    about: { counts: {}, coverage: [], licence: "", publisher: "", cite: "", build: "", outside: 0 },
  }; // prettier-ignore
  return {
    ...decode(empty), statements, naming, byId: things,
    things: [...things.values()], statementById: new Map(statements.map((one) => [one.id, one])),
    sources: [{ id: "src:a", title: "The source", address: "https://example.org/a", digest: "", language: "en", issued: "", publisher: "" }],
    ...said,
  }; // prettier-ignore
}
