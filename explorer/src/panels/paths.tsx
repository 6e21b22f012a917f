/** How two things are connected, over the whole file and not only what is drawn; the filters apply. */

import { useMemo } from "preact/hooks";
import { rests, routes, type Order, type Route, type Step } from "../data/paths";
import { createSearch } from "../data/search";
import { EVERYTHING, isEverything, keeps } from "../data/select";
import { Combobox } from "../parts/combobox";
import { Told } from "../parts/facts";
import { asOptions } from "../parts/find";
import { Receipts } from "../parts/receipts";
import { ThingName } from "../parts/thing";
import { ALL, type Search, type State } from "../state";

/** Kinds that a route does not lead through, but may begin or end at. */
const ENDS = ["place", "concept", "prop", "fig"];

const COUNTS = [1, 3, 5, 10, 20, 50];

const ORDERS: readonly (readonly [order: Order, name: string])[] = [
  ["shortest", "Shortest first"],
  ["evidenced", "Best evidenced first"],
];

function Hop({ step, state }: { step: Step; state: State }) {
  const { statement, relation, forward, start, end } = step;
  const [from, to] = forward ? [start, end] : [end, start];
  return (
    <li class={statement.contradicted ? "hop against" : "hop"}>
      <p class="relation">
        <span class="arrow" aria-hidden="true">
          {forward ? "↓" : "↑"}
        </span>{" "}
        <bdi>{from.label}</bdi> <strong>{relation}</strong> <bdi>{to.label}</bdi>
        {statement.role && <span class="role">, role {statement.role.label}</span>}
      </p>
      <Told statement={statement} state={state} />
      {statement.note && (
        <p class="note">
          <bdi>{statement.note}</bdi>
        </p>
      )}
      <Receipts statement={statement} data={state.data} />
      <p class="stop">
        <ThingName thing={end} state={state} />
      </p>
    </li>
  );
}

function steps(route: Route): string {
  return `${route.steps.length} step${route.steps.length === 1 ? "" : "s"}`;
}

function RouteItem({ route, number, state }: { route: Route; number: number; state: State }) {
  const first = route.steps[0];
  const show = () => {
    state.scope.value = { ...ALL, listed: [...new Set(route.steps.map((step) => step.statement.id))] };
    state.panel.value = "graph";
  };
  return (
    <li class="route">
      <header>
        <h2>
          Route {number}: {steps(route)}, the weakest is {route.weakest}
        </h2>
        <button type="button" onClick={show}>
          Show in the graph<span class="unseen">: route {number}</span>
        </button>
      </header>
      <p class="rests">{rests(route)}</p>
      {first && (
        <p class="stop">
          <ThingName thing={first.start} state={state} />
        </p>
      )}
      <ol class="hops">
        {route.steps.map((step, place) => (
          <Hop key={place} step={step} state={state} />
        ))}
      </ol>
    </li>
  );
}

/** Why there is no route: nothing connects the two, or only what the filters leave out. */
function None({ state, names, without }: { state: State; names: string; without: Route | undefined }) {
  const where = state.data.whole ? "in the whole graph" : "in this file, which holds a part of the graph";
  if (!without) {
    return (
      <p role="status" class="none">
        Nothing connects {names} {where}. No route leads through a place or a topic: too many things share one.
      </p>
    );
  }
  return (
    <div class="none">
      <p role="status">
        Nothing connects {names} over the statements that the filters keep. The filters are why: without them there is a
        route of {steps(without)}.
      </p>
      <button type="button" onClick={() => (state.choice.value = EVERYTHING)}>
        Leave the filters out
      </button>
    </div>
  );
}

/** The routes asked for; and, where there is none, one that the filters leave out. */
function find({ data, choice }: State, { from, to, order, count }: Search): [Route[], Route | undefined] {
  const ask = (filtered: boolean, count: number) => {
    const kept = filtered ? data.statements.filter((one) => keeps(one, choice.value)) : data.statements;
    return routes(kept, from, to, count, order, data.through, data.strengths);
  };
  const everything = isEverything(choice.value);
  const found = ask(!everything, count);
  return [found, found.length || everything ? undefined : ask(false, 1)[0]];
}

function Found({ state }: { state: State }) {
  const { data, choice } = state;
  const search = state.search.value;
  const [from, to] = [data.byId.get(search.from), data.byId.get(search.to)];
  const [found, without] = useMemo(() => find(state, search), [search, choice.value]);
  if (!from || !to) return <p class="hint">Choose two things: every step between them comes with who says so.</p>;
  if (from.id === to.id) return <p role="status" class="none">Both are {from.label}: choose two different things.</p>; // prettier-ignore
  const names = `${from.label} and ${to.label}`;
  if (!found.length) return <None state={state} names={names} without={without} />;
  return (
    <>
      <p role="status" class="told-routes">
        {found.length === 1 ? "One route" : `${found.length} routes`} between {names}
        {found.length === search.count && ", more may exist"}
        {!isEverything(choice.value) && ", over the statements that the filters keep"}.
      </p>
      <ol class="routes">
        {found.map((route, place) => (
          <RouteItem key={place} route={route} number={place + 1} state={state} />
        ))}
      </ol>
    </>
  );
}

/** The form for two things, and the routes between them. */
export function PathsPanel({ state }: { state: State }) {
  const { data, search } = state;
  const look = useMemo(() => createSearch(data), [data]);
  const suggest = (text: string) => (text.trim() ? asOptions(data, look(text, [...data.through, ...ENDS])) : []);
  const set = (changed: Partial<Search>) => (search.value = { ...search.value, ...changed });
  const { from, to, order, count } = search.value;
  return (
    <div class="paths-panel">
      <form onSubmit={(event) => event.preventDefault()}>
        <Combobox label="From" suggest={suggest} value={from} onChange={(id) => set({ from: id })} />
        <button type="button" class="swap" aria-label="Swap the two" onClick={() => set({ from: to, to: from })}>
          ⇄
        </button>
        <Combobox label="To" suggest={suggest} value={to} onChange={(id) => set({ to: id })} />
        <fieldset>
          <legend>Order</legend>
          {ORDERS.map(([value, name]) => (
            <label key={value}>
              <input type="radio" name="order" checked={order === value} onChange={() => set({ order: value })} />{" "}
              {name}
            </label>
          ))}
        </fieldset>
        <label class="most">
          At most{" "}
          <select value={String(count)} onChange={(event) => set({ count: Number(event.currentTarget.value) })}>
            {[...new Set([...COUNTS, count])]
              .sort((a, b) => a - b)
              .map((number) => (
                <option key={number} value={String(number)}>
                  {number} route{number === 1 ? "" : "s"}
                </option>
              ))}
          </select>
        </label>
      </form>
      <Found state={state} />
    </div>
  );
}
