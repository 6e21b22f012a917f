/** The legend that filters, and all other filters; each value with how many statements it would leave. */

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Data, Statement } from "../data/model";
import { EVERYTHING, isEverything, keeps, type Field, type Select } from "../data/select";
import { Range } from "../parts/range";
import { Count, number, Tick } from "../parts/tick";
import { ALL, type State } from "../state";
import { counts } from "./counts";
import { Classes, Looks, usePaper } from "./legend";

// ---------------------------------------------------------------- facets

const FACETS: readonly { readonly field: Field; readonly title: string }[] = [
  { field: "roles", title: "Role" },
  { field: "relations", title: "Relation" },
  { field: "claimedBy", title: "Said by" },
  { field: "sources", title: "Source" },
  { field: "status", title: "Status" },
  { field: "modality", title: "Modality" },
  { field: "reading", title: "Reading" },
];

/** CURIE or word -> how it reads. */
function names(data: Data, field: Field): ReadonlyMap<string, string> {
  if (field === "sources") return new Map(data.sources.map((one) => [one.id, one.title]));
  if (field === "relations") return new Map(data.statements.map((one) => [one.predicate, one.relation]));
  return new Map();
}

const FEW = 8;

function Facet({ state, field, title }: { state: State; field: Field; title: string }) {
  const { data, choice } = state;
  const open = useSignal(choice.value[field].length > 0);
  const whole = useSignal(false);
  const named = useMemo(() => names(data, field), [data, field]);
  const chosen = choice.value[field];
  return (
    <details class="facet" open={open.value} onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>
        {title}
        {chosen.length > 0 && <span class="chosen-count"> {chosen.length} chosen</span>}
      </summary>
      {open.value && (
        <Values {...{ state, field, title, named, whole: whole.value, more: () => (whole.value = true) }} />
      )}
    </details>
  );
}

interface ValuesProps {
  readonly state: State;
  readonly field: Field;
  readonly title: string;
  readonly named: ReadonlyMap<string, string>;
  readonly whole: boolean;
  readonly more: () => void;
}

function Values({ state, field, title, named, whole, more }: ValuesProps) {
  const { data, choice } = state;
  const chosen = choice.value[field];
  const found = new Map(counts(state, field));
  for (const value of chosen) if (!found.has(value)) found.set(value, 0);
  const text = (value: string) => named.get(value) ?? data.byId.get(value)?.label ?? value;
  const sorted = [...found].sort(([a, m], [b, n]) => n - m || (text(a) < text(b) ? -1 : 1));
  const listed = whole ? sorted : sorted.filter(([value], at) => at < FEW || chosen.includes(value));
  const put = (value: string, on: boolean) => {
    const values = on ? [...chosen, value] : chosen.filter((one) => one !== value);
    choice.value = { ...choice.value, [field]: values };
  };
  return (
    <fieldset>
      <legend class="unseen">{title}</legend>
      {listed.map(([value, count]) => (
        <Tick key={value} on={chosen.includes(value)} count={count} onChange={(on) => put(value, on)}>
          {text(value)}
        </Tick>
      ))}
      {listed.length < sorted.length && (
        <button type="button" class="plain" onClick={more}>
          All {number(sorted.length)}
        </button>
      )}
    </fieldset>
  );
}

const CONTRADICTED = [
  ["", "All"],
  ["only", "Contradicted only"],
  ["without", "Not contradicted"],
] as const;

function Contradicted({ state }: { state: State }) {
  const { choice, scoped } = state;
  const open = { ...choice.value, contradicted: "" } as const;
  const left = scoped.value.filter((one) => keeps(one, open));
  const count = (which: Select["contradicted"]) =>
    left.filter((one) => which === "" || one.contradicted === (which === "only")).length;
  return (
    <fieldset class="contradicted">
      <legend>Contradicted by another statement</legend>
      {CONTRADICTED.map(([value, name]) => (
        <label key={value} class="tick">
          <input
            type="radio"
            name="contradicted"
            checked={choice.value.contradicted === value}
            onChange={() => (choice.value = { ...choice.value, contradicted: value })}
          />
          <span class="tick-name">{name}</span>
          <Count of={count(value)} />
        </label>
      ))}
    </fieldset>
  );
}

// ---------------------------------------------------------------- time

/** The months in which a period of a statement begins or ends: the steps of the slider. Nothing happens between. */
export function months(statements: readonly Statement[]): string[] {
  const found = new Set<string>();
  for (const { period } of statements) for (const day of period ?? []) if (day) found.add(day.slice(0, 7));
  return [...found].sort();
}

function lastDay(month: string): string {
  const [year = 0, at = 0] = month.split("-").map(Number);
  // Day 0 of the next month.
  const date = new Date(Date.UTC(year, at, 0));
  return `${month}-${String(date.getUTCDate()).padStart(2, "0")}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const monthWords = (month: string): string => `${MONTHS[Number(month.slice(5)) - 1]} ${Number(month.slice(0, 4))}`;

function Time({ state }: { state: State }) {
  const { data, choice } = state;
  const steps = useMemo(() => months(data.statements), [data]);
  const words = useMemo(() => steps.map(monthWords), [steps]);
  if (steps.length < 2) return null;
  const { since, until } = choice.value;
  const last = steps.length - 1;
  const from = since ? steps.findIndex((month) => month >= since.slice(0, 7)) : 0;
  const to = until ? steps.findLastIndex((month) => month <= until.slice(0, 7)) : last;
  const [low, high] = [from < 0 ? last : from, to < 0 ? 0 : to];
  const put = (first: number, end: number) => {
    const [start, stop] = [steps[first] ?? "", steps[end] ?? ""];
    // The other end stays as it was written.
    choice.value = {
      ...choice.value,
      since: first === low ? since : first ? `${start}-01` : "",
      until: end === high ? until : end < last ? lastDay(stop) : "",
    };
  };
  return (
    <fieldset class="time">
      <legend>Time</legend>
      <Range label="Time" steps={words} low={low} high={Math.max(low, high)} onChange={put} />
      {(since || until) && <p class="hint">What no date is known for is left out.</p>}
    </fieldset>
  );
}

// ---------------------------------------------------------------- all together

const NARROW = "(max-width: 62rem)";

/** What the statements are taken from, where that is not all. */
function Within({ state }: { state: State }) {
  const { data, panel, scope } = state;
  const { around, depth, listed } = scope.value;
  if (panel.value === "paths" || (!around.length && !listed.length)) return null;
  const names = around.map((id) => data.byId.get(id)?.label ?? id);
  const few = names.length > 2 ? [`${names[0]} and ${names.length - 1} others`] : names;
  return (
    <p class="within">
      <span>
        {listed.length ? (
          "The statements of a list"
        ) : (
          <>
            Around <bdi>{few.join(" and ")}</bdi>
            {depth > 1 && `, ${depth} steps far`}
          </>
        )}
      </span>
      <button type="button" class="plain" onClick={() => (scope.value = ALL)}>
        Everything
      </button>
    </p>
  );
}

/** All filters of the page; on a narrow screen they are folded up at first. */
export function Filters({ state }: { state: State }) {
  const { choice, shown, scoped } = state;
  const open = useSignal(!matchMedia(NARROW).matches);
  const paper = usePaper();
  return (
    <aside class="filters" aria-label="Filters" tabIndex={-1}>
      <div class="filters-head">
        <p role="status" aria-live="polite">
          <strong>{number(shown.value.length)}</strong> of {number(scoped.value.length)} statements
        </p>
        <button
          type="button"
          class="plain"
          disabled={isEverything(choice.value)}
          onClick={() => (choice.value = EVERYTHING)}
        >
          Clear all
        </button>
      </div>
      <Within state={state} />
      <details
        class="all-filters"
        open={open.value}
        onToggle={({ currentTarget }) => (open.value = currentTarget.open)}
      >
        <summary>Legend and filters</summary>
        <p class="hint">Each number counts statements, not things.</p>
        <Classes state={state} paper={paper} />
        <Looks state={state} paper={paper} />
        <Time state={state} />
        {FACETS.map((facet) => (
          <Facet key={facet.field} state={state} {...facet} />
        ))}
        <Contradicted state={state} />
      </details>
    </aside>
  );
}
