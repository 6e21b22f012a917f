/** Answers as files, by the formats of SPARQL 1.1 (W3C: CSV, TSV, JSON), and CSV that a spreadsheet does not run. */

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

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const bare = (term: Term | null) => (term?.type === "bnode" ? `_:${term.value}` : (term?.value ?? ""));

/** SPARQL 1.1 Query Results CSV Format. */
export function csv(table: Rows): string {
  return lines(table, (column) => column, (term) => quoted(bare(term)), ",", "\r\n"); // prettier-ignore
}

/** Where a formula would begin: a cell's start, or what a program that splits at `;` or tabs makes one. */
const FORMULA = /(^|[;\t\r\n])(?=[\s\x00-\x1f]*[=+\-@\uff0b\uff0d\uff1d\uff20|%])|^(?=[\t\r\n])/g;
const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

function harmless(term: Term | null): Term | null {
  if (!term || term.type !== "literal") return term;
  const isText = term["xml:lang"] || !term.datatype || term.datatype === `${XSD}string`;
  return !isText && NUMBER.test(term.value) ? term : { ...term, value: term.value.replace(FORMULA, "$1'") };
}

/** CSV whose texts no spreadsheet takes for formulas, and which tells that it is UTF-8. */
export function spreadsheet(table: Rows): string {
  return `\ufeff${csv({ ...table, rows: table.rows.map((row): Row => row.map(harmless)) })}`;
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
