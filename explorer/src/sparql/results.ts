/** Answers as files, by the formats of SPARQL 1.1 (W3C: CSV, TSV, JSON), and CSV that a spreadsheet does not run. */

import { harmless, quoted } from "../data/csv";
import type { Answer, Row } from "./answer";
import { type Term, written, XSD } from "./terms";

/** What a file is made of. */
export type Rows = Pick<Answer, "kind" | "columns" | "rows">;

function lines(
  table: Rows,
  head: (column: string) => string,
  cell: (term: Term | null) => string,
  between: string,
  end: string,
) {
  const row = (cells: readonly string[]) => cells.join(between) + end;
  return row(table.columns.map(head)) + table.rows.map((terms) => row(terms.map(cell))).join("");
}

const bare = (term: Term | null) => (term?.type === "bnode" ? `_:${term.value}` : (term?.value ?? ""));

/** SPARQL 1.1 Query Results CSV Format. */
export function csv(table: Rows): string {
  return lines(table, (column) => column, (term) => quoted(bare(term)), ",", "\r\n"); // prettier-ignore
}

const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

function tamed(term: Term | null): Term | null {
  if (!term || term.type !== "literal") return term;
  const isText = term["xml:lang"] || !term.datatype || term.datatype === `${XSD}string`;
  return !isText && NUMBER.test(term.value) ? term : { ...term, value: harmless(term.value) };
}

/** CSV whose texts no spreadsheet takes for formulas, and which tells that it is UTF-8. */
export function spreadsheet(table: Rows): string {
  return `\ufeff${csv({ ...table, rows: table.rows.map((row): Row => row.map(tamed)) })}`;
}

const PLAIN_NUMBER: Readonly<Record<string, RegExp>> = {
  [`${XSD}integer`]: /^[+-]?[0-9]+$/,
  [`${XSD}decimal`]: /^[+-]?[0-9]*\.[0-9]+$/,
  [`${XSD}double`]: /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+$/,
};

/** SPARQL 1.1 Query Results TSV Format. */
export function tsv(table: Rows): string {
  const cell = (term: Term | null) => {
    if (!term) return "";
    const isNumber = term.type === "literal" && PLAIN_NUMBER[term.datatype ?? ""]?.test(term.value);
    return isNumber ? term.value : written(term);
  };
  return lines(table, (column) => `?${column}`, cell, "\t", "\n");
}

/** SPARQL 1.1 Query Results JSON Format. */
export function json(table: Rows): string {
  if (table.kind === "boolean")
    return `${JSON.stringify({ head: {}, boolean: table.rows[0]?.[0]?.value === "true" })}\n`;
  const bindings = table.rows.map((row) =>
    Object.fromEntries(row.flatMap((term, place) => (term ? [[table.columns[place] ?? "", term]] : []))),
  );
  return `${JSON.stringify({ head: { vars: table.columns }, results: { bindings } })}\n`;
}

/** Triples as N-Triples. */
export function ntriples(table: Rows): string {
  return table.rows.map((row) => `${row.map((term) => (term ? written(term) : "")).join(" ")} .\n`).join("");
}
