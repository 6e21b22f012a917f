/** The legend of the graph: what marks and lines mean, and which of them are shown. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Class, Data, Look } from "../data/model";
import { valuesOf, type Select } from "../data/select";
import { visible } from "../draw/colors";
import { CONTRAST } from "../draw/paint";
import { head, HEADS, mark } from "../draw/shapes";
import { SvgSurface } from "../draw/svg";
import { themeOf } from "../draw/theme";
import { Count, Tick } from "../parts/tick";
import type { State } from "../state";
import { ANY_LOOK, counts, lookCounts } from "./counts";

// ---------------------------------------------------------------- samples

function outline(draw: (surface: SvgSurface) => void): string {
  const surface = new SvgSurface();
  surface.beginPath();
  draw(surface);
  return surface.outline;
}

function Mark({ look, paper }: { look: Class; paper: string }) {
  const color = visible(look.color, paper, CONTRAST);
  const d = outline((surface) => mark(surface, look.shape, 9, 9, 6));
  return (
    <svg width="18" height="18" aria-hidden="true">
      <path d={d} fill={look.filled ? color : "none"} stroke={color} stroke-width="1.6" />
    </svg>
  );
}

function Sample({ look, paper }: { look: Look; paper: string }) {
  const color = visible(look.color, paper, CONTRAST);
  const back = look.head === "arrow" || look.head === "circle" ? 6 : 0;
  return (
    <svg width="46" height="14" aria-hidden="true">
      <path
        d={`M1 7H${43 - back}`}
        stroke={color}
        stroke-width={look.width * 0.8}
        stroke-dasharray={look.dashes.join(" ")}
      />
      <path
        d={outline((surface) => head(surface, look.head, 43, 7, 1, 0))}
        fill={HEADS[look.head]?.filled ? color : "none"}
        stroke={color}
        stroke-width="1.6"
      />
    </svg>
  );
}

/** The colour of the paper, as the reader has it. */
export function usePaper(): string {
  const paper = useSignal(themeOf(document.body).paper);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const read = () => (paper.value = themeOf(document.body).paper);
    read();
    dark.addEventListener("change", read);
    return () => dark.removeEventListener("change", read);
  }, [paper]);
  return paper.value;
}

// ---------------------------------------------------------------- classes

interface Row {
  readonly name: string;
  readonly keys: readonly string[];
  readonly look: Class | null;
}

/** The classes of the legend, and one row for all things that no picture shows. */
function rows(data: Data): Row[] {
  const known = new Set(data.classes.map((look) => look.key));
  const others = new Set(data.statements.flatMap((one) => valuesOf(one, "classes")).filter((key) => !known.has(key)));
  const named = data.classes.map((look): Row => ({ name: look.name, keys: [look.key], look }));
  return others.size ? [...named, { name: "Topics, claims, figures", keys: [...others].sort(), look: null }] : named;
}

/** Classes are ticked while they are shown; all of them is no filter. */
export function Classes({ state, paper }: { state: State; paper: string }) {
  const { data, choice } = state;
  const listed = useMemo(() => rows(data), [data]);
  const found = counts(state, "classes");
  const chosen = choice.value.classes;
  const on = (row: Row) => !chosen.length || row.keys.some((key) => chosen.includes(key));
  const shown = listed.filter(on);
  const put = (kept: readonly Row[]) => {
    const classes = kept.length === listed.length ? [] : kept.flatMap((row) => row.keys);
    choice.value = { ...choice.value, classes };
  };
  return (
    <fieldset class="legend">
      <legend>Things</legend>
      {listed.map((row) => {
        const count = row.keys.reduce((sum, key) => sum + (found.get(key) ?? 0), 0);
        const alone = on(row) && shown.length === 1;
        const turned = (kept: boolean) => put(listed.filter((one) => (one === row ? kept : on(one))));
        return (
          <Tick key={row.name} on={on(row)} count={count} disabled={alone} onChange={turned}>
            {row.look ? <Mark look={row.look} paper={paper} /> : <span class="no-mark" />}
            {row.name}
          </Tick>
        );
      })}
    </fieldset>
  );
}

// ---------------------------------------------------------------- looks

function all(data: Data, field: "status" | "modality"): string[] {
  return [...new Set(data.statements.map((one) => one[field]))].sort();
}

/** What is to be chosen for the statements of one look to be left. */
export function lookChoice(data: Data, look: string): Pick<Select, "status" | "modality" | "contradicted"> {
  switch (look) {
    case "contradicted":
      return { ...ANY_LOOK, contradicted: "only" };
    case "attributed":
      return { ...ANY_LOOK, status: ["attributed"], contradicted: "without" };
    case "planned": {
      const status = all(data, "status").filter((value) => value !== "attributed");
      return { status, modality: all(data, "modality").filter((value) => value !== "actual"), contradicted: "without" };
    }
    default:
      return { status: [look], modality: ["actual"], contradicted: "without" };
  }
}

const alike = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));

/** One look of lines alone, or all; a line is drawn for all that is said alike between the same two things. */
export function Looks({ state, paper }: { state: State; paper: string }) {
  const { data, choice } = state;
  const found = lookCounts(state);
  return (
    <fieldset class="legend">
      <legend>Lines: show only</legend>
      {data.looks.map((look) => {
        const wanted = lookChoice(data, look.key);
        const { status, modality, contradicted } = choice.value;
        const pressed =
          alike(status, wanted.status) && alike(modality, wanted.modality) && contradicted === wanted.contradicted;
        return (
          <button
            key={look.key}
            type="button"
            class="look"
            aria-pressed={pressed}
            onClick={() => (choice.value = { ...choice.value, ...(pressed ? ANY_LOOK : wanted) })}
          >
            <Sample look={look} paper={paper} />
            <span class="tick-name">{look.name}</span>
            <Count of={found.get(look.key) ?? 0} />
          </button>
        );
      })}
    </fieldset>
  );
}
