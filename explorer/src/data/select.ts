/** Which statements are shown: the same choice as kg/select.py makes. */

import { sourcesOf, type Day, type Statement } from "./model";

/**
 * What must hold of a statement; an empty field asks nothing, several values of one field are alternatives.
 * `since` and `until` keep statements whose period overlaps theirs; what no date is known for is then left out.
 */
export interface Select {
  readonly sources: readonly string[];
  readonly status: readonly string[];
  readonly modality: readonly string[];
  readonly reading: readonly string[];
  readonly roles: readonly string[];
  readonly relations: readonly string[];
  readonly claimedBy: readonly string[];
  /** Classes as the picture has them: both things of a line must be of one of them. */
  readonly classes: readonly string[];
  readonly since: Day;
  readonly until: Day;
  /** "" both, "only" what is contradicted, "without" what is. */
  readonly contradicted: "" | "only" | "without";
}

export const EVERYTHING: Select = {
  sources: [],
  status: [],
  modality: [],
  reading: [],
  roles: [],
  relations: [],
  claimedBy: [],
  classes: [],
  since: "",
  until: "",
  contradicted: "",
};

/** The fields that hold alternatives. */
export type Field = Exclude<keyof Select, "since" | "until" | "contradicted">;

export const FIELDS: readonly Field[] = [
  "classes", "sources", "status", "modality", "reading", "roles", "relations", "claimedBy",
]; // prettier-ignore

/** The class of a thing in pictures: its kind, but people are a class of their own. */
export function classOf(thing: { readonly kind: string; readonly type: string }): string {
  return thing.type === "Person" ? "person" : thing.kind;
}

/** The values of a statement in a field. */
export function valuesOf(statement: Statement, field: Field): string[] {
  switch (field) {
    case "sources":
      return sourcesOf(statement);
    case "status":
      return [statement.status];
    case "modality":
      return [statement.modality];
    case "reading":
      return [statement.reading];
    case "roles":
      return statement.role ? [statement.role.id] : [];
    case "relations":
      return [statement.predicate];
    case "claimedBy":
      return statement.claimedBy.map((thing) => thing.id);
    case "classes":
      return [statement.subject, statement.object].filter((thing) => thing.id).map(classOf);
  }
}

function inTime(statement: Statement, choice: Select): boolean {
  if (!choice.since && !choice.until) return true;
  if (!statement.period) return false;
  const [earliest, latest] = statement.period;
  return !(choice.until && earliest > choice.until) && !(choice.since && latest && latest < choice.since);
}

function has(statement: Statement, choice: Select, field: Field): boolean {
  const wanted = choice[field];
  if (!wanted.length) return true;
  const values = valuesOf(statement, field);
  return field === "classes"
    ? values.every((value) => wanted.includes(value))
    : values.some((value) => wanted.includes(value));
}

/** Whether a statement is wanted; `but` leaves one field out of account, to count what it offers. */
export function keeps(statement: Statement, choice: Select, but?: Field): boolean {
  if (choice.contradicted === "only" && !statement.contradicted) return false;
  if (choice.contradicted === "without" && statement.contradicted) return false;
  return inTime(statement, choice) && FIELDS.every((field) => field === but || has(statement, choice, field));
}

/** Whether a choice asks nothing. */
export function isEverything(choice: Select): boolean {
  return !choice.since && !choice.until && !choice.contradicted && FIELDS.every((field) => !choice[field].length);
}
