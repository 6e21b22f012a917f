/** An answer as a table, with what can be done with it: open, show in the graph, save. */

import { batch } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { Data, Thing } from "../data/model";
import { EVERYTHING } from "../data/select";
import { spaced } from "../data/words";
import type { Timed } from "../sparql/client";
import { csv, json, ntriples, spreadsheet, tsv } from "../sparql/results";
import { shorten, type Term, XSD } from "../sparql/terms";
import { ALL, type State } from "../state";
import { Downloads, type File } from "./download";
import { Outside, ThingName } from "./thing";

const PIECE = 100;
/** Letters of a cell that are shown. */
const MOST_LETTERS = 600;

/** The things of a picture whose label nobody else has: a text that is one of these means the thing. */
function byLabel(data: Data): ReadonlyMap<string, Thing | null> {
  const found = new Map<string, Thing | null>();
  for (const thing of data.things) {
    if (thing.id) found.set(thing.label, found.has(thing.label) || !data.drawn.includes(thing.kind) ? null : thing);
  }
  return found;
}

interface CellProps {
  readonly term: Term | null;
  readonly state: State;
  readonly labels: ReadonlyMap<string, Thing | null> | null;
}

function Cell({ term, state, labels }: CellProps) {
  const { data, selected } = state;
  if (!term) return null;
  if (term.type !== "uri") {
    const thing = labels?.get(term.value);
    if (thing) return <ThingName thing={thing} state={state} />;
    const long = term.value.length > MOST_LETTERS;
    return <bdi>{long ? `${term.value.slice(0, MOST_LETTERS)}…` : term.value}</bdi>;
  }
  const id = shorten(term.value, data.base);
  const thing = data.byId.get(id);
  if (thing) return <ThingName thing={thing} state={state} />;
  const statement = data.statementById.get(id);
  if (!statement) return <bdi>{id === term.value ? <Outside address={id} /> : id}</bdi>;
  return (
    <>
      <button
        type="button"
        class="thing statement"
        aria-current={selected.value === id ? "true" : undefined}
        onClick={() => (selected.value = id)}
      >
        {id}
      </button>
      {statement.contradicted && <span class="against"> contradicted</span>}
    </>
  );
}

/** The ids of the statements that an answer names, each once. */
export function statementsOf(data: Data, answer: Pick<Timed, "rows">): string[] {
  const found = new Set<string>();
  for (const row of answer.rows) {
    for (const term of row) {
      const id = term?.type === "uri" ? shorten(term.value, data.base) : "";
      if (data.statementById.has(id)) found.add(id);
    }
  }
  return [...found];
}

function files(name: string, answer: Timed): File[] {
  const table = [
    { label: "CSV", name: `${name}.csv`, type: "text/csv", content: () => csv(answer) },
    { label: "CSV for spreadsheets", name: `${name}.csv`, type: "text/csv", content: () => spreadsheet(answer) },
    { label: "TSV", name: `${name}.tsv`, type: "text/tab-separated-values", content: () => tsv(answer) },
    { label: "JSON", name: `${name}.json`, type: "application/sparql-results+json", content: () => json(answer) },
  ];
  if (answer.kind !== "triples") return table;
  return [
    { label: "N-Triples", name: `${name}.nt`, type: "application/n-triples", content: () => ntriples(answer) },
    ...table,
  ];
}

const count = (number: number, word: string) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

/** What an answer is, in a sentence. */
export function told(answer: Timed): string {
  const { rows, cut, kind } = answer;
  const word = kind === "triples" ? "triple" : "row";
  if (kind === "boolean") return rows[0]?.[0]?.value === "true" ? "Yes." : "No.";
  if (!rows.length) return "No rows: the sources in this file do not say.";
  if (cut)
    return `Partial: the first ${count(rows.length, word)}, there are more. A narrower question, or LIMIT and OFFSET, gets the rest.`;
  return `${count(rows.length, word)}, in ${Math.max(1, Math.round(answer.milliseconds))} ms.`;
}

interface Props {
  readonly state: State;
  readonly answer: Timed;
  /** What the table is called, and its files. */
  readonly title: string;
  readonly name: string;
  /** A saved question: texts that are labels lead to their things, and columns are named in words. */
  readonly labelled?: boolean;
}

/** See `Props`. Long answers come in pieces of a hundred rows. */
export function Results({ state, answer, title, name, labelled = false }: Props) {
  const { data } = state;
  const [pieces, setPieces] = useState({ of: answer, many: 1 });
  const labels = useMemo(() => (labelled ? byLabel(data) : null), [data, labelled]);
  const listed = useMemo(() => statementsOf(data, answer), [data, answer]);
  const shown = (pieces.of === answer ? pieces.many : 1) * PIECE;
  const rows = answer.rows.slice(0, shown);
  const isNumber = (column: number) => rows.some((row) => row[column]?.datatype === `${XSD}integer`);
  const show = () =>
    batch(() => {
      state.choice.value = EVERYTHING;
      state.scope.value = { ...ALL, listed };
      state.panel.value = "graph";
    });
  return (
    <section class="results" aria-label="Answer">
      <div class="results-head">
        <p role="status" class={answer.cut ? "told partial" : "told"}>
          {told(answer)}
        </p>
        {answer.rows.length > 0 && (
          <p class="results-tools">
            {listed.length > 0 && (
              <button type="button" onClick={show}>
                Show {count(listed.length, "statement")} in the graph
              </button>
            )}
            <Downloads files={files(name, answer)} />
          </p>
        )}
      </div>
      {answer.rows.length > 0 && answer.kind !== "boolean" && (
        <div class="results-scroll" role="region" aria-label={title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {answer.columns.map((column, place) => (
                  <th key={column} scope="col" class={isNumber(place) ? "number" : undefined}>
                    {labelled ? spaced(column) : column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                <tr key={place}>
                  {row.map((term, column) => (
                    <td key={column} class={isNumber(column) ? "number" : undefined}>
                      <Cell term={term} state={state} labels={labels} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {answer.rows.length > shown && (
        <p>
          <button type="button" onClick={() => setPieces({ of: answer, many: shown / PIECE + 1 })}>
            Show {Math.min(PIECE, answer.rows.length - shown)} more of {answer.rows.length.toLocaleString("en")}
          </button>
        </p>
      )}
    </section>
  );
}
