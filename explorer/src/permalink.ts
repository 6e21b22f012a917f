/** The state of a page as the fragment of its address, and back: so that a look at the graph can be cited. */

import { batch, effect, type Signal } from "@preact/signals";
import { asParameters, givenBy } from "./data/asked";
import { EVERYTHING, FIELDS, type Select } from "./data/select";
import { ALL, DEPTHS, PANELS, type Panel, type State } from "./state";

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
    put(state.panel, PANELS.includes(panel) ? panel : "graph");
    put(state.scope, {
      ...ALL,
      around: said.getAll("around").filter(known),
      depth: number("depth", DEPTHS.length, 1),
      listed: said.getAll("listed").filter((name) => data.statementById.has(name)),
    });
    put(state.choice, choice);
    const selected = text("selected");
    put(state.selected, known(selected) || data.statementById.has(selected) ? selected : "");
    put(state.search, {
      from: known(text("from")) ? text("from") : "",
      to: known(text("to")) ? text("to") : "",
      order: text("order") === "evidenced" ? "evidenced" : "shortest",
      count: number("count", 50, 5),
    });
    put(state.asked, {
      name: text("question"),
      given: givenBy(given.map(([name, value]) => [name.slice(1), value])),
    });
    put(state.query, text("query"));
  });
}

/** Sets a signal to a plain value; an equal one leaves it, and with it all that was made of it: zoom, drafts, answers. */
function put<T>(signal: Signal<T>, value: T): void {
  if (JSON.stringify(signal.peek()) !== JSON.stringify(value)) signal.value = value;
}

/** Milliseconds within which what a single action sets comes together. */
const AT_ONCE = 50;
/** Within these, letters that follow each other share an entry of the history, and so does a slider that is drawn. */
const TOGETHER = 800;
const FLOWING: ReadonlySet<string> = new Set(["query", "since", "until", "selected"]);

/** The names of the parameters in which two fragments differ. */
function changes(before: string, after: string): string[] {
  const [one, other] = [before, after].map((fragment) => new URLSearchParams(fragment.replace(/^#/, "")));
  const names = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
  return [...names].filter((name) => String(one?.getAll(name)) !== String(other?.getAll(name)));
}

/** Keeps state and address the same, back and forward too. Returns what ends it. */
export function follow(state: State, window: Window): () => void {
  const { history, location } = window;
  let last = 0;
  // What an address says in other words than ours is the same look: it gets no entry beside that.
  let reading = true;
  read(state, location.hash);
  // Browsers tell of a new fragment twice.
  const go = () => {
    if (write(state) === location.hash) return;
    reading = true;
    read(state, location.hash);
    keep(write(state));
    reading = false;
    last = 0;
  };
  window.addEventListener("popstate", go);
  window.addEventListener("hashchange", go);
  const keep = (fragment: string) => {
    if (fragment === location.hash || (!fragment && !location.hash)) return;
    const address = fragment || location.href.replace(/#.*/, "");
    const flows = changes(location.hash, fragment).every((name) => FLOWING.has(name));
    const soon = Date.now() - last < (flows ? TOGETHER : AT_ONCE);
    try {
      history[reading || soon ? "replaceState" : "pushState"](null, "", address);
    } catch {
      // A browser refuses an address that is too long, or too many in a short time: then this look has none.
    }
    if (!reading) last = Date.now();
  };
  const stop = effect(() => keep(write(state)));
  reading = false;
  return () => {
    stop();
    window.removeEventListener("popstate", go);
    window.removeEventListener("hashchange", go);
  };
}
