/** The tools of the graph: looking at more or less of it, and saving what is shown. */

import { useSignal, type Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { csv, gexf, graphml } from "../data/files";
import { FEW } from "../draw/arrange";
import type { Canvas } from "../draw/canvas";
import { save } from "../parts/download";
import { ALL, DEPTHS, type State } from "../state";

export interface ToolsProps {
  readonly state: State;
  readonly canvas: RefObject<Canvas | null>;
  /** Whether the things are few enough to be arranged afresh, and whether they are. */
  readonly few: boolean;
  readonly arranged: boolean;
  readonly arrange: () => void;
  readonly grouped: Signal<boolean>;
  readonly focused: boolean;
  readonly expand: (ids: readonly string[]) => void;
}

/** The things that are selected: one, or the two of a statement. */
function chosen({ data, selected }: State): string[] {
  const statement = data.statementById.get(selected.value);
  const ids = statement ? [statement.subject.id, statement.object.id] : [selected.value];
  return ids.filter((id) => data.byId.has(id));
}

/** Around what is selected, or everything. */
function Scoping({ state, focused, expand }: ToolsProps) {
  const { data, scope } = state;
  const ids = chosen(state);
  const { around, depth } = scope.value;
  const only = around.length === ids.length && ids.every((id) => around.includes(id));
  const names = ids.map((id) => data.byId.get(id)?.label ?? id).join(" and ");
  return (
    <div role="group" aria-label="What is shown">
      <button
        type="button"
        disabled={!ids.length || only}
        title={ids.length ? `Show only ${names} and what is joined to it` : "Select a thing first"}
        onClick={() => (scope.value = { ...ALL, around: ids })}
      >
        Around the selected
      </button>
      {focused && (
        <>
          <button
            type="button"
            disabled={scope.value.listed.length > 0 || ids.every((id) => around.includes(id))}
            title={ids.length ? `Show what else ${names} is joined to` : "Select a thing first"}
            onClick={() => expand(ids)}
          >
            Expand
          </button>
          {around.length > 0 && (
            <label>
              Steps{" "}
              <select
                value={String(depth)}
                onChange={({ currentTarget }) => (scope.value = { ...scope.value, depth: Number(currentTarget.value) })}
              >
                {DEPTHS.map((one) => (
                  <option key={one} value={String(one)}>
                    {one}
                  </option>
                ))}
              </select>
            </label>
          )}
          <button type="button" onClick={() => (scope.value = ALL)}>
            Everything
          </button>
        </>
      )}
    </div>
  );
}

/** Gives the whole screen to the panels and the evidence, which goes on telling of what is selected. */
function FullScreen() {
  const on = useSignal(document.fullscreenElement !== null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const look = () => (on.value = document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [on]);
  const change = () => {
    const place = button.current?.closest(".body") ?? document.documentElement;
    const changed = on.value ? document.exitFullscreen() : place.requestFullscreen();
    changed.catch(() => undefined); // a browser may refuse it, as within a frame: then all stays as it is
  };
  return (
    <button type="button" ref={button} aria-pressed={on.value} onClick={change}>
      Full screen
    </button>
  );
}

/** The buttons over the picture. */
export function Tools(props: ToolsProps) {
  const { canvas, few, arranged, arrange, grouped, focused } = props;
  return (
    <>
      <div role="group" aria-label="View">
        <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => canvas.current?.zoom(1.4)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => canvas.current?.zoom(1 / 1.4)}>
          −
        </button>
        <button type="button" title="Show all that is drawn" onClick={() => canvas.current?.fit()}>
          Fit
        </button>
        {document.fullscreenEnabled && <FullScreen />}
      </div>
      <Scoping {...props} />
      <div role="group" aria-label="Arrangement">
        <button
          type="button"
          disabled={!few}
          title={few ? "Find new places for what is shown" : `Up to ${FEW} things can be arranged afresh`}
          onClick={arrange}
        >
          {arranged && !focused ? "Back to the first places" : "Arrange"}
        </button>
        <button type="button" aria-pressed={grouped.value} onClick={() => (grouped.value = !grouped.value)}>
          Communities
        </button>
      </div>
    </>
  );
}

const NAME = "aigov-kg-selection";

/** What is shown as a picture, a network or a table. */
export function Saving({ state, canvas }: { state: State; canvas: RefObject<Canvas | null> }) {
  const failed = useSignal("");
  const menu = useRef<HTMLDetailsElement>(null);
  const { data, shown } = state;
  const made: readonly (readonly [name: string, make: () => void | Promise<void>])[] = [
    ["PNG, the picture as on the screen", async () => {
      if (canvas.current) save(`${NAME}.png`, "image/png", await canvas.current.png());
    }],
    ["SVG, the same as lines and letters", () => {
      if (canvas.current) save(`${NAME}.svg`, "image/svg+xml", canvas.current.svg(data.title));
    }],
    ["GEXF, for Gephi", () => save(`${NAME}.gexf`, "application/gexf+xml", gexf(data, shown.value))],
    ["GraphML, for yEd and others", () => save(`${NAME}.graphml`, "application/graphml+xml", graphml(data, shown.value))],
    ["CSV, all statements shown", () => save(`${NAME}.csv`, "text/csv;charset=utf-8", csv(data, shown.value))],
  ]; // prettier-ignore
  const run = async (make: () => void | Promise<void>) => {
    failed.value = "";
    try {
      await make();
      if (!menu.current) return;
      menu.current.open = false;
      menu.current.querySelector("summary")?.focus();
    } catch (error) {
      failed.value = `That could not be saved: ${String(error)}`;
    }
  };
  return (
    <details
      class="graph-saving"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        menu.current.open = false;
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary>Save</summary>
      <div class="graph-saves">
        {made.map(([name, make]) => (
          <button key={name} type="button" onClick={() => void run(make)}>
            {name}
          </button>
        ))}
        {failed.value && <p role="alert">{failed.value}</p>}
      </div>
    </details>
  );
}
