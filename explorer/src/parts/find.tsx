/** The search box of the page: finds a thing by any of its names and selects it. */

import { useEffect } from "preact/hooks";
import type { Data, Thing } from "../data/model";
import { createSearch, fold, nearness } from "../data/search";
import type { State } from "../state";
import { Combobox, type Option } from "./combobox";

/** What tells a thing from others: its class, and the other name that was looked for, if it was one. */
function hint(data: Pick<Data, "types">, thing: Thing, wanted: string): string {
  const near = (name: string) => nearness(fold(name), wanted);
  const [other] = thing.names.filter((name) => near(name) < near(thing.label)).sort((a, b) => near(a) - near(b));
  return [data.types[thing.type] ?? thing.type, other].filter(Boolean).join(" · ");
}

/** Things as options of a combobox; `text` is what they were found by. */
export function asOptions(data: Pick<Data, "types">, things: readonly Thing[], text = ""): Option[] {
  return things.map((thing) => ({ id: thing.id, label: thing.label, hint: hint(data, thing, fold(text)) }));
}

/** The id of the search box. */
export const FIELD = "find";

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

/** Lets “/” go to the search box from anywhere that does not take text. Returns what ends it. */
export function slash(page: Document): () => void {
  const go = (event: KeyboardEvent) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    // In a shadow tree, such as that of the editor, the target is its host.
    if (event.composedPath().some(isField)) return;
    const field = page.getElementById(FIELD);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  page.addEventListener("keydown", go);
  return () => page.removeEventListener("keydown", go);
}

/** The search box. */
export function Find({ state }: { state: State }) {
  const { data } = state;
  useEffect(() => slash(document), []);
  return (
    <search class="find">
      <Combobox
        label="Find a person, organization, event, document …"
        labelHidden
        inputId={FIELD}
        placeholder="Find a name, in any script   ( / )"
        suggest={(text) => (text.trim() ? asOptions(data, createSearch(data)(text), text) : [])}
        value=""
        clears
        onChange={(id) => {
          if (id) state.selected.value = id;
        }}
      />
    </search>
  );
}
