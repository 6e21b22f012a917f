/** The state of a page as the fragment of its address, and back: so that a look at the graph can be cited. */

import { batch, effect } from "@preact/signals";
import { asParameters, givenBy } from "./data/asked";
import { EVERYTHING, FIELDS, type Select } from "./data/select";
import { ALL, PANELS, type Panel, type State } from "./state";

/** The fragment for a state, without what is as it was when the page was opened. */
export function write(state: State): string {
  const said = new URLSearchParams();
  const put = (name: string, value: string | number) => {
    if (value) said.append(name, String(value));
  };
  const { scope, choice, search, asked } = state;
  if (state.panel.value !== "graph") put("panel", state.panel.value);
  for (const name of scope.value.around) put("around", name);
  if (scope.value.depth !== 1) put("depth", scope.value.depth);
  for (const name of scope.value.listed) put("listed", name);
  for (const field of FIELDS) for (const value of choice.value[field]) put(field, value);
  put("since", choice.value.since);
  put("until", choice.value.until);
  put("contradicted", choice.value.contradicted);
  put("selected", state.selected.value);
  put("from", search.value.from);
  put("to", search.value.to);
  if (search.value.order !== "shortest") put("order", search.value.order);
  if (search.value.count !== 5) put("count", search.value.count);
  for (const [name, value] of asParameters(asked.value)) put(name, value);
  put("query", state.query.value);
  return said.size ? `#${said.toString()}` : "";
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Sets a state to what a fragment says; what can't be understood is as when the page was opened. */
export function read(state: State, fragment: string): void {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const text = (name: string) => said.get(name) ?? "";
  const day = (name: string) => (DAY.test(text(name)) ? text(name) : "");
  const number = (name: string, most: number, usual: number) => {
    const found = Number.parseInt(text(name), 10);
    return found >= 1 && found <= most ? found : usual;
  };
  const { data } = state;
  const known = (name: string) => data.byId.has(name);
  const panel = text("panel") as Panel;
  const contradicted = text("contradicted");
  const choice: Select = {
    ...EVERYTHING,
    ...Object.fromEntries(FIELDS.map((field) => [field, said.getAll(field)])),
    since: day("since"),
    until: day("until"),
    contradicted: contradicted === "only" || contradicted === "without" ? contradicted : "",
  };
  const given = [...said].filter(([name]) => name.startsWith("-"));
  // All at once: half of it would be a look that nobody had, with an address of its own.
  batch(() => {
    state.panel.value = PANELS.includes(panel) ? panel : "graph";
    state.scope.value = {
      ...ALL,
      around: said.getAll("around").filter(known),
      depth: number("depth", 4, 1),
      listed: said.getAll("listed").filter((name) => data.statementById.has(name)),
    };
    state.choice.value = choice;
    const selected = text("selected");
    state.selected.value = known(selected) || data.statementById.has(selected) ? selected : "";
    state.search.value = {
      from: known(text("from")) ? text("from") : "",
      to: known(text("to")) ? text("to") : "",
      order: text("order") === "evidenced" ? "evidenced" : "shortest",
      count: number("count", 50, 5),
    };
    state.asked.value = {
      name: text("question"),
      given: givenBy(given.map(([name, value]) => [name.slice(1), value])),
    };
    state.query.value = text("query");
  });
}

/** Where letters follow each other quickly, one entry of the history holds them. */
const TOGETHER = 800;

/** Keeps state and address the same, back and forward too. Returns what ends it. */
export function follow(state: State, window: Window): () => void {
  const { history, location } = window;
  let last = 0;
  read(state, location.hash);
  // Browsers tell of a new fragment twice.
  const go = () => {
    if (write(state) !== location.hash) read(state, location.hash);
  };
  window.addEventListener("popstate", go);
  window.addEventListener("hashchange", go);
  const stop = effect(() => {
    const fragment = write(state);
    if (fragment === location.hash || (!fragment && !location.hash)) return;
    const address = fragment || location.href.replace(/#.*/, "");
    const soon = Date.now() - last < TOGETHER;
    try {
      history[soon ? "replaceState" : "pushState"](null, "", address);
    } catch {
      // A browser refuses an address that is too long, or too many in a short time: then this look has none.
    }
    last = Date.now();
  });
  return () => {
    stop();
    window.removeEventListener("popstate", go);
    window.removeEventListener("hashchange", go);
  };
}
