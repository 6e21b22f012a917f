/** The facts about a thing, grouped by relation as kg/cards.py groups them, and the conflicts among them. */

import type { Clash, Data, Statement, Thing } from "./model";

/** A statement about the thing; `other` stands at its other end. */
export interface Fact {
  readonly statement: Statement;
  readonly other: Thing;
  /** The date, where a relation of the thing is dated; else "". */
  readonly date: string;
}

/** Facts of one relation; an arrow before its name says that the thing is its object. */
export interface Group {
  readonly name: string;
  readonly facts: readonly Fact[];
}

/** Two statements that disagree, from the first one's side. `other` is null when the file does not hold it. */
export interface Disagreement {
  readonly statement: Statement;
  readonly clash: Clash;
  readonly other: Statement | null;
}

/** The facts about a thing, its own relations first. */
export function card(data: Data, thing: Thing): Group[] {
  const found = new Map<string, Map<string, Fact>>();
  const put = (name: string, fact: Fact) => {
    const group = found.get(name) ?? new Map<string, Fact>();
    found.set(name, group.set(fact.statement.id, fact));
  };
  for (const statement of data.naming.get(thing.id) ?? []) {
    const { subject, object, relation } = statement;
    if (subject.id === thing.id) put(relation, { statement, other: object, date: "" });
    if (object.id === thing.id) put(`← ${relation}`, { statement, other: subject, date: "" });
    if (subject.id !== thing.id && object.id !== thing.id)
      put("← on its behalf", { statement, other: object, date: "" });
    for (const dated of data.naming.get(statement.id) ?? []) {
      if (dated.subject.id !== statement.id) continue;
      put("when (of a relation)", { statement: dated, other: dated.subject, date: dated.object.label });
    }
  }
  return [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, facts]) => ({ name, facts: [...facts.values()].sort(byId) }));
}

function byId(one: Fact, other: Fact): number {
  return one.statement.id < other.statement.id ? -1 : 1;
}

/** The statements of a card, each once: those that name the thing, and the dates of those. */
export function statements(groups: readonly Group[]): Statement[] {
  return [...new Set(groups.flatMap(({ facts }) => facts.map(({ statement }) => statement)))];
}

/** The conflicts that statements are in, each once. */
export function disagreements(data: Data, statements: readonly Statement[]): Disagreement[] {
  const seen = new Set<string>();
  return statements.flatMap((statement) =>
    statement.conflicts.flatMap((clash) => {
      const pair = [statement.id, clash.other].sort().join(" ");
      if (seen.has(pair)) return [];
      seen.add(pair);
      return [{ statement, clash, other: data.statementById.get(clash.other) ?? null }];
    }),
  );
}
