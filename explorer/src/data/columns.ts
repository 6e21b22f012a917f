/** Statements as rows of text: the columns of kg/statements.py. */

import { says, words } from "./cite";
import type { Statement } from "./model";

export const COLUMNS = [
  "subject", "relation", "object", "role", "status", "modality", "reading", "contradicted", "says", "source", "words",
  "link", "statement",
] as const; // prettier-ignore

export type Column = (typeof COLUMNS)[number];

/** The cells of a statement in the order of `COLUMNS`; of several passages the first is given. */
export function cells(statement: Statement): string[] {
  const { subject, relation, object, role, status, modality, reading, contradicted, receipts, id } = statement;
  const first = receipts[0];
  const source = first ? [first.title, words(first), first.link] : ["", "", ""];
  const marks = [status, modality, reading, contradicted ? "yes" : ""];
  return [subject.label, relation, object.label, role?.label ?? "", ...marks, says(statement), ...source, id];
}

/** A statement with its cells, and all of them folded for search. */
export interface Row {
  readonly statement: Statement;
  readonly cells: readonly string[];
  readonly folded: string;
}

/** Without case and accents. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function rowOf(statement: Statement): Row {
  const found = cells(statement);
  return { statement, cells: found, folded: fold(found.join("\n")) };
}

/** The rows that have all words of a text somewhere. */
export function matching(rows: readonly Row[], text: string): readonly Row[] {
  const wanted = fold(text).split(/\s+/).filter(Boolean);
  return wanted.length ? rows.filter((row) => wanted.every((word) => row.folded.includes(word))) : rows;
}

export interface Sorting {
  readonly column: Column;
  readonly down: boolean;
}

/** The rows by a column, as people sort: numbers by their value, no matter the case; empty cells last. */
export function sorted(rows: readonly Row[], { column, down }: Sorting): readonly Row[] {
  const place = COLUMNS.indexOf(column);
  const collator = new Intl.Collator("en", { numeric: true });
  const text = (row: Row) => row.cells[place] ?? "";
  return [...rows].sort((one, other) => {
    if (!text(one) !== !text(other)) return text(one) ? -1 : 1;
    return (down ? -1 : 1) * collator.compare(text(one), text(other));
  });
}
