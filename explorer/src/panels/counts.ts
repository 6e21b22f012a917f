/** How many statements each value of a filter would leave. */

import { keeps, valuesOf, type Field, type Select } from "../data/select";
import { lookOf } from "../draw/scene";
import type { State } from "../state";

export type Counts = ReadonlyMap<string, number>;

/** For each value of a field the statements that it would leave; what is chosen in the field itself doesn't count. */
export function counts(state: State, field: Field): Counts {
  const choice = state.choice.value;
  const left = choice[field].length ? state.scoped.value.filter((one) => keeps(one, choice, field)) : state.shown.value;
  const found = new Map<string, number>();
  for (const one of left) {
    for (const value of new Set(valuesOf(one, field))) found.set(value, (found.get(value) ?? 0) + 1);
  }
  return found;
}

/** A choice without what the looks of lines go by: status, modality and contradiction. */
export const ANY_LOOK = { status: [], modality: [], contradicted: "" } as const satisfies Partial<Select>;

/** The same for the looks of lines, which go by status, modality and contradiction together. */
export function lookCounts(state: State): Counts {
  const choice = { ...state.choice.value, ...ANY_LOOK };
  const found = new Map<string, number>();
  for (const one of state.scoped.value) {
    if (keeps(one, choice)) found.set(lookOf(one)[0], (found.get(lookOf(one)[0]) ?? 0) + 1);
  }
  return found;
}
