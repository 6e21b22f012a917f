/** A store of the page's triples and its answers; the engine is passed in, so that this runs in a worker and a test. */

import { type Prefixes, type Term, written, XSD } from "./terms";
import { bounded, flaw, look, Refused } from "./words";

/** What is used of Oxigraph's store. */
export interface Engine {
  load(data: string | Uint8Array, options: { format: string; lenient: boolean; no_transaction: boolean }): void;
  query(text: string, options: { results_format?: string }): unknown;
}

/** Cells of a row; null where nothing is bound. */
export type Row = readonly (Term | null)[];

export interface Answer {
  readonly kind: "rows" | "boolean" | "triples";
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** There are more rows than these. */
  readonly cut: boolean;
}

export interface Asker {
  /** The answer, of at most so many rows. Throws `Refused` for a query that is malformed or not asked. */
  ask(text: string, most: number): Answer;
}

interface Found {
  readonly head: { readonly vars?: readonly string[] };
  readonly boolean?: boolean;
  readonly results?: { readonly bindings: readonly Readonly<Record<string, RawTerm>>[] };
}
type RawTerm = { readonly type: string; readonly value: unknown };

/** A term of the results; a triple as a term, which SPARQL 1.1 does not have, as its text. */
function known(term: RawTerm | undefined): Term | null {
  if (!term) return null;
  if (term.type !== "triple") return term as Term;
  const { subject, predicate, object } = term.value as Readonly<Record<"subject" | "predicate" | "object", RawTerm>>;
  const parts = [subject, predicate, object].map(known).flatMap((part) => (part ? [written(part)] : []));
  return { type: "literal", value: `<<( ${parts.join(" ")} )>>` };
}

interface RdfTerm {
  readonly termType: string;
  readonly value: string;
  readonly language?: string;
  readonly datatype?: { readonly value: string };
}
interface RdfTriple {
  readonly subject: RdfTerm;
  readonly predicate: RdfTerm;
  readonly object: RdfTerm;
}

function term(of: RdfTerm): Term {
  if (of.termType === "NamedNode") return { type: "uri", value: of.value };
  if (of.termType === "BlankNode") return { type: "bnode", value: of.value };
  if (of.termType !== "Literal") return { type: "literal", value: String(of) };
  if (of.language) return { type: "literal", value: of.value, "xml:lang": of.language };
  const datatype = of.datatype?.value ?? "";
  return datatype && datatype !== `${XSD}string`
    ? { type: "literal", value: of.value, datatype }
    : { type: "literal", value: of.value };
}

function triples(found: Iterable<RdfTriple>): Row[] {
  const each = new Map<string, Row>();
  for (const { subject, predicate, object } of found) {
    const row = [term(subject), term(predicate), term(object)];
    each.set(JSON.stringify(row), row);
  }
  return [...each].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

function rows(text: string): Answer {
  const found = JSON.parse(text) as Found;
  if (found.boolean !== undefined) {
    const value: Term = { type: "literal", value: String(found.boolean), datatype: `${XSD}boolean` };
    return { kind: "boolean", columns: ["boolean"], rows: [[value]], cut: false };
  }
  const columns = found.head.vars ?? [];
  const list = (found.results?.bindings ?? []).map((binding) => columns.map((column) => known(binding[column])));
  return { kind: "rows", columns, rows: list, cut: false };
}

/**
 * What Oxigraph says of a malformed query, with its place in the text. The words that it would have taken are not
 * told: its parser tries many ways, and names those of the way that led furthest, which is seldom what was meant.
 */
export function misread(said: string, text: string, back: (place: number) => number): Refused {
  const found = /^error at (\d+):(\d+): expected (?:one of )?(.*)/s.exec(said);
  if (!found) return new Refused(`the query can't be answered: ${said.replace(/\s+/g, " ").slice(0, 200)}`);
  const [line, column, rest] = [Number(found[1]), Number(found[2]), found[3] ?? ""];
  const reason = rest.split(", ").find((piece) => /^\w[^[\]]*[a-z] [a-z]/.test(piece));
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  // Columns count characters, a text of JavaScript counts halves of them.
  const within = [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  return new Refused(reason ?? "the query can't be read near here", back(before + within));
}

/**
 * A store with the triples of N-Quads, ready to be asked. The default graph is the merge of all graphs, as the
 * command has it; the graphs by name are loaded when a query first asks for one, which few do.
 */
export function open(create: () => Engine, quads: Uint8Array, prefixes: Prefixes): Asker {
  const text = new TextDecoder().decode(quads);
  const graphs = new Set<string>();
  const merged = text.replace(/ <([^<>]*)> \.$/gm, (_, graph: string) => {
    graphs.add(graph);
    return " .";
  });
  const options = { lenient: true, no_transaction: true };
  const engine = create();
  engine.load(merged, { format: "nt", ...options });
  let named = false;
  return {
    ask(query, most) {
      const wording = look(query, prefixes, [...graphs]);
      if ((wording.graph || wording.from) && !named) {
        engine.load(text, { format: "nq", ...options });
        named = true;
      }
      const sent = bounded(query, wording, prefixes, most + 1);
      const isTriples = wording.form === "CONSTRUCT" || wording.form === "DESCRIBE";
      let answer: Answer;
      try {
        if (isTriples) {
          const found = triples(engine.query(sent.text, {}) as Iterable<RdfTriple>);
          answer = { kind: "triples", columns: ["subject", "predicate", "object"], rows: found, cut: false };
        } else {
          answer = rows(engine.query(sent.text, { results_format: "json" }) as string);
        }
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "Error") throw error;
        throw flaw(wording, prefixes) ?? misread(error.message, sent.text, sent.back);
      }
      return answer.rows.length > most ? { ...answer, rows: answer.rows.slice(0, most), cut: true } : answer;
    },
  };
}
