/** Small data for tests: things and statements in a few words each. */

import { decode, type Data, type Payload } from "../src/data/model";

export interface Said {
  readonly from: string;
  readonly to: string;
  readonly by?: string;
  readonly status?: string;
  readonly modality?: string;
  readonly reading?: string;
  readonly role?: string;
  readonly behalf?: readonly string[];
  readonly contradicted?: boolean;
  readonly period?: [string, string];
  readonly source?: string;
  readonly predicate?: string;
}

const TYPES: Readonly<Record<string, string>> = { agent: "Organization", event: "Event", doc: "Document" };

/** A thing is named as `kind:name`, a person as `agent:name!`, a value as `=text`. */
export function sample(said: readonly Said[], more: Partial<Payload> = {}): Data {
  const things: Payload["things"][number][] = [];
  const sources: Payload["sources"][number][] = [];
  const number = (name: string): number => {
    const id = name.startsWith("=") ? "" : name.replace("!", "");
    const label = name.replace(/^(=|\w+:)/, "").replace("!", "");
    const known = things.findIndex((thing) => thing[0] === id && thing[1] === label);
    if (known >= 0) return known;
    const type = name.endsWith("!") ? "Person" : (TYPES[name.split(":")[0] ?? ""] ?? "");
    const at = things.length;
    return things.push([id, label, type, [], id ? [100 * (at % 5), 80 * Math.floor(at / 5)] : null, -1, 0]) - 1;
  };
  const source = (name: string): number => {
    const known = sources.findIndex((one) => one[0] === name);
    return known >= 0 ? known : sources.push([name, `About ${name}`, "https://example.org/", "", "en", "", ""]) - 1;
  };
  const statements = said.map((one, at): Payload["statements"][number] => {
    const id = `st:s${String(at).padStart(2, "0")}`;
    return [
      id, number(one.from), one.predicate ?? "aig:tookPartIn", number(one.to), one.status ?? "asserted",
      one.modality ?? "actual", one.reading ?? "literal", [number(one.by ?? "agent:press")],
      one.role ? number(one.role) : -1, [], -1, (one.behalf ?? []).map(number), "", -1, "",
      one.contradicted ? [["contradicts", "contradicts", "st:other", "the other", ""]] : [],
      [[source(one.source ?? "src:a"), 0, 9, "head", "tail", 0, "https://example.org/#x", ""]], one.period ?? null,
    ]; // prettier-ignore
  });
  const look = (key: string, head: string, dashes: number[]) => ({
    key,
    name: key,
    dashes,
    head,
    width: 2,
    color: "#6f7d93",
  });
  return decode({
    format: 1, title: "Sample", summary: "", version: "0.1.0", date: "2026-01-01", whole: true, sentences: false,
    base: { st: "https://example.org/id/st/" }, things, statements, sources, relations: { "aig:tookPartIn": "took part in" },
    questions: [], types: {}, drawn: ["agent", "event", "doc"], through: ["agent", "event"], strengths: [],
    classes: [
      { key: "agent", name: "Organizations", shape: "disc", color: "#1f5a96", filled: true },
      { key: "person", name: "People", shape: "disc", color: "#0b7285", filled: false },
      { key: "event", name: "Events", shape: "diamond", color: "#c0392b", filled: true },
      { key: "doc", name: "Documents", shape: "square", color: "#a66f00", filled: true },
    ],
    looks: [
      look("asserted", "arrow", []), look("self-reported", "arrow", []), look("planned", "vee", [9, 6]),
      look("attributed", "circle", [2, 5]), look("contradicted", "bar", [12, 4, 2, 4]),
    ],
    about: { counts: {}, coverage: [], licence: "", cite: "", build: "", outside: 0 }, ...more,
  } as unknown as Payload); // prettier-ignore
}
