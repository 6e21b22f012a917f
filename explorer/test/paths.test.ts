/** Routes: the same as kg/paths.py finds (paths.json, see make_paths.py), and soon enough for a large graph. */

import { describe, expect, it } from "vitest";
import type { Statement, Thing } from "../src/data/model";
import { rests, routes, type Order, type Route } from "../src/data/paths";
import given from "./paths.json";

type Row = [
  id: string,
  subject: string,
  predicate: string,
  object: string,
  status: string,
  modality: string,
  reading: string,
  bodies: string[],
  contradicted: number,
];
type Case = [start: string, end: string, count: number, order: Order, routes: string[][]];

function thing(id: string): Thing {
  return { id, label: id, type: "", kind: id.split(":", 1)[0]!, names: [], place: null, group: -1, weight: 1 };
}

function made([id, subject, predicate, object, status, modality, reading, bodies, contradicted]: Row): Statement {
  return {
    id,
    subject: thing(subject),
    predicate,
    relation: "works with",
    object: thing(object),
    status,
    modality,
    reading,
    claimedBy: [],
    role: null,
    constituency: [],
    inCapacityOf: null,
    onBehalfOf: bodies.map(thing),
    whenText: "",
    review: null,
    note: "",
    conflicts: [],
    receipts: [],
    period: null,
    contradicted: contradicted === 1,
  };
}

function told(found: Route[]): string[][] {
  return found.map(({ steps, weakest }) => [
    weakest,
    steps[0]!.start.id,
    ...steps.flatMap((step) => [step.forward ? ">" : "<", step.statement.id, step.end.id]),
  ]);
}

describe.each(Object.entries(given.graphs))("in the graph %s", (_, graph) => {
  const statements = (graph.statements as Row[]).map(made);
  it.each(graph.cases as Case[])("%s to %s, %i, %s", (start, end, count, order, wanted) => {
    for (const listed of [statements, [...statements].reverse()]) {
      expect(told(routes(listed, start, end, count, order, given.through, given.strengths))).toEqual(wanted);
    }
  });
});

/** A graph of so many things in which few have many neighbours, as in real ones. */
function large(size: number): Statement[] {
  let seed = 7;
  const chance = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  return Array.from({ length: 3 * size }, (_, number) => {
    const start = Math.floor(number / 3) + 1;
    const end = chance(chance(start) + 1);
    const status = given.strengths[chance(3)]!;
    const modality = chance(5) ? "actual" : "planned";
    return made([`st:${number}`, `agent:${start}`, "p", `agent:${end}`, status, modality, "literal", [], 0]);
  });
}

describe("with 20,000 things", { timeout: 30_000 }, () => {
  const statements = large(20000);
  // Less than a second of one free core; the bound leaves room for a machine that others use too.
  it.each(["shortest", "evidenced"] as const)("answers soon: %s", (order) => {
    const pairs = [["agent:19999", "agent:15000"], ["agent:0", "agent:1"], ["agent:7", "agent:nobody"]] as const; // prettier-ignore
    for (const [start, end] of pairs) {
      const begun = performance.now();
      const found = routes(statements, start, end, 5, order, given.through, given.strengths);
      expect(performance.now() - begun).toBeLessThan(4000);
      expect(found.length).toBe(end === "agent:nobody" ? 0 : 5);
    }
  });
});

it.each([
  ["A A A", "x x x", "It rests on one document; A alone says so."],
  ["A A A", "x y x", "It rests on 2 documents; A alone says so."],
  ["A B A", "x y y", "It rests on 2 documents; A and B say so."],
  ["A B C D", "x x x x", "It rests on one document; A, B, C and D say so."],
  ["A B C D E", "a b c d e", "It rests on 5 documents; A, B, C and 2 others say so."],
])("a route said by %s, from %s, says what it rests on", (said, sources, words) => {
  const from = sources.split(" ");
  const steps = said.split(" ").map((voice, place) => {
    const statement = made([
      `st:${place}`,
      "agent:a",
      "agent:b",
      "asserted",
      "actual",
      "literal",
      0,
      [],
    ] as unknown as Row);
    const receipt = {
      source: from[place]!,
      title: "",
      start: 0,
      end: 1,
      head: "",
      tail: "",
      whole: false,
      link: "",
      sentence: "",
    };
    const claimedBy = [{ ...statement.subject, id: `agent:${voice}`, label: voice }];
    const shown = { ...statement, claimedBy, receipts: [receipt] };
    return { start: shown.subject, end: shown.object, relation: "works with", forward: true, statement: shown };
  });
  expect(rests({ steps })).toBe(words);
});
