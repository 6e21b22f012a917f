/** What is dated, in order of time: things and relations, each with its days, how sure they are, and what says so. */

import { DAY, dayOf, parts, type Span } from "./days";
import type { Data, Period, Statement, Thing } from "./model";

export const WHEN = "aig:when";

export type Kind = "actual" | "planned" | "contradicted";

/** A thing at a date. Sources that date it differently, or as planned, make moments of their own. */
export interface Moment {
  readonly key: string;
  readonly thing: Thing;
  /** The date as the source gives it (EDTF), "" when only its bounds are known. */
  readonly written: string;
  readonly period: Period;
  /** The days that it surely takes, as numbers; null when it is some time between the bounds. */
  readonly sure: Span | null;
  readonly kind: Kind;
  /** The statements that give the date. */
  readonly dates: readonly Statement[];
  /** The statements that are dated by it. */
  readonly others: readonly Statement[];
}

/** The days that an EDTF expression surely takes: one day, or what lies between two; null for some time within. */
export function sure(written: string): Span | null {
  const [first, last] = parts(written);
  if (!first || !last || first[1] > last[0]) return null;
  return [first[1], last[0]];
}

interface Draft {
  readonly thing: Thing;
  readonly written: string;
  readonly period: Period;
  readonly planned: boolean;
  readonly dates: Statement[];
  readonly others: Statement[];
}

function givers(data: Data, name: string): Statement[] {
  return (data.naming.get(name) ?? []).filter((one) => one.predicate === WHEN && one.subject.id === name);
}

/** What a dated statement has its date from: the relation itself, else the thing that it names (kg/statements.py). */
function bearer(data: Data, statement: Statement): Thing {
  const own = givers(data, statement.id)[0];
  if (own) return own.subject;
  const { subject, object } = statement;
  return [subject, object].find((thing) => thing.id && givers(data, thing.id).length) ?? subject;
}

function same(one: Period, other: Period): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function kindOf({ dates, others }: Draft): Kind {
  const listed = dates.length ? dates : others;
  if (listed.some((one) => one.contradicted)) return "contradicted";
  return listed.every((one) => one.modality === "planned") ? "planned" : "actual";
}

function moment(draft: Draft): Moment {
  const { thing, written, period, planned, dates, others } = draft;
  const key = [thing.id, written, ...period, planned].join(" ");
  return { key, thing, written, period, dates, others, kind: kindOf(draft), sure: sure(written) };
}

/** The moments of statements, by their earliest day and then their latest; an open beginning comes first. */
export function moments(data: Data, statements: readonly Statement[]): Moment[] {
  const found = new Map<string, Draft[]>();
  const open = (thing: Thing, written: string, period: Period, planned: boolean): Draft => {
    const draft = { thing, written, period, planned, dates: [], others: [] };
    found.set(thing.id, [...(found.get(thing.id) ?? []), draft]);
    return draft;
  };
  for (const one of statements) {
    if (one.predicate !== WHEN || !one.period) continue;
    const [period, planned, written] = [one.period, one.modality === "planned", one.object.label];
    const known = found.get(one.subject.id)?.find((draft) => draft.written === written && draft.planned === planned);
    (known ?? open(one.subject, written, period, planned)).dates.push(one);
  }
  for (const one of statements) {
    if (one.predicate === WHEN || !one.period) continue;
    const [period, planned, thing] = [one.period, one.modality === "planned", bearer(data, one)];
    const known = found.get(thing.id) ?? [];
    const draft =
      known.find((known) => known.planned === planned && same(known.period, period)) ??
      known.find((known) => same(known.period, period)) ??
      known.find((known) => known.dates.length);
    const written = givers(data, thing.id).find((giver) => giver.period && same(giver.period, period))?.object.label;
    (draft ?? open(thing, written ?? "", period, planned)).others.push(one);
  }
  const order = (one: Moment) => [...one.period, one.thing.label, one.key].join("\n");
  return [...found.values()].flat().map(moment).sort((one, other) => (order(one) < order(other) ? -1 : 1)); // prettier-ignore
}

/** The days of a moment as numbers, end exclusive; an open side is infinite. */
export function extent({ period: [earliest, latest] }: Moment): Span {
  return [earliest ? dayOf(earliest) : -Infinity, latest ? dayOf(latest) + DAY : Infinity];
}
