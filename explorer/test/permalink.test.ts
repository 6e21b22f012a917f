import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { EVERYTHING } from "../src/data/select";
import { follow, read, write } from "../src/permalink";
import { ALL, createState, type State } from "../src/state";
import fixture from "./fixture.json";

const DATA = decode(fixture as unknown as Payload);
const [FIRST, SECOND] = DATA.statements;
const THING = FIRST!.subject.id;

function set(state: State): void {
  state.panel.value = "questions";
  state.scope.value = { around: [THING], depth: 2, listed: [] };
  state.choice.value = { ...EVERYTHING, status: ["asserted", "attributed"], since: "2020-01-01", contradicted: "only" };
  state.selected.value = SECOND!.id;
  state.search.value = { from: THING, to: FIRST!.object.id, order: "evidenced", count: 9 };
  state.asked.value = { name: "a-question", given: { event: ["a & b = c # ü 商", "x"], date: ["2020-01-01"] } };
  state.query.value = "SELECT * {\n  ?s ?p ?o # & }";
}

const values = ({ panel, scope, choice, selected, search, asked, query }: State) =>
  [panel, scope, choice, selected, search, asked, query].map((one) => one.value);

describe("the fragment of a state", () => {
  test("is empty at first", () => expect(write(createState(DATA))).toBe(""));

  test("makes the same state again", () => {
    const [state, other] = [createState(DATA), createState(DATA)];
    set(state);
    read(other, write(state));
    expect(values(other)).toEqual(values(state));
  });

  test("says so of a list of statements too", () => {
    const [state, other] = [createState(DATA), createState(DATA)];
    state.scope.value = { ...ALL, listed: [FIRST!.id, SECOND!.id] };
    read(other, write(state));
    expect(other.scope.value.listed).toEqual([FIRST!.id, SECOND!.id]);
  });

  test.each([
    "#panel=nothing&depth=99&selected=agent:nobody&since=yesterday&count=0&order=x&contradicted=maybe",
    "#panel=__proto__&-__proto__=x&around=%00&listed=st:nothing&from=constructor",
    "#%E0%A4%A",
    `#${"&".repeat(10_000)}`,
    "#<script>alert(1)</script>",
  ])("%.60s is read as far as it can be", (fragment) => {
    const state = createState(DATA);
    read(state, fragment);
    expect(state.panel.value).toBe("graph");
    expect(state.scope.value).toEqual(ALL);
    expect(state.choice.value).toEqual(EVERYTHING);
    expect(state.selected.value).toBe("");
    expect(Object.getPrototypeOf(state.asked.value.given)).toBe(Object.prototype);
  });
});

describe("the address of the page", () => {
  let stop = () => {};
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ["Date"] });
    history.replaceState(null, "", "#");
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  test("follows the state, and the state follows it", () => {
    location.hash = "#panel=table";
    const state = createState(DATA);
    stop = follow(state, window);
    expect(state.panel.value).toBe("table");
    state.selected.value = THING;
    expect(location.hash).toBe(`#panel=table&selected=${encodeURIComponent(THING)}`);
    history.replaceState(null, "", "#panel=paths");
    window.dispatchEvent(new Event("popstate"));
    expect([state.panel.value, state.selected.value]).toEqual(["paths", ""]);
  });

  test("is followed at once and only once, and gets no entry on the way", () => {
    const state = createState(DATA);
    stop = follow(state, window);
    state.panel.value = "table";
    vi.setSystemTime(1_010_000);
    const push = vi.spyOn(history, "pushState");
    const seen: unknown[] = [];
    const end = effect(() => void seen.push([state.panel.value, state.asked.value.name]));
    history.replaceState(null, "", "#panel=questions&question=contradictions");
    window.dispatchEvent(new Event("popstate"));
    const { asked } = state;
    const given = asked.value.given;
    window.dispatchEvent(new Event("hashchange"));
    expect(seen).toEqual([
      ["table", ""],
      ["questions", "contradictions"],
    ]);
    expect(asked.value.given).toBe(given);
    expect(push).not.toHaveBeenCalled();
    end();
    push.mockRestore();
  });

  test("gets a new entry for each look, one for what is typed together", () => {
    const state = createState(DATA);
    stop = follow(state, window);
    const push = vi.spyOn(history, "pushState");
    const replace = vi.spyOn(history, "replaceState");
    state.panel.value = "sparql";
    for (const text of ["S", "SE", "SEL"]) state.query.value = text;
    expect([push.mock.calls.length, replace.mock.calls.length]).toEqual([1, 3]);
    vi.setSystemTime(1_010_000);
    state.panel.value = "about";
    expect(push.mock.calls.length).toBe(2);
    push.mockRestore();
    replace.mockRestore();
  });

  test("an address in other words gets no entry beside it, so that back leads out", () => {
    location.hash = `#selected=${THING}&nobody=knows`;
    const push = vi.spyOn(history, "pushState");
    const state = createState(DATA);
    stop = follow(state, window);
    expect(location.hash).toBe(`#selected=${encodeURIComponent(THING)}`);
    history.replaceState(null, "", "#panel=table&depth=1");
    window.dispatchEvent(new Event("popstate"));
    expect([state.panel.value, location.hash, push.mock.calls.length]).toEqual(["table", "#panel=table", 0]);
    push.mockRestore();
  });

  test("back leaves alone what it does not change", () => {
    const state = createState(DATA);
    stop = follow(state, window);
    state.asked.value = { name: "a-question", given: { who: ["x"] } };
    const before = values(state);
    vi.setSystemTime(1_010_000);
    state.selected.value = THING;
    history.replaceState(null, "", "#question=a-question&-who=x");
    window.dispatchEvent(new Event("popstate"));
    expect(state.selected.value).toBe("");
    values(state).forEach((value, place) => expect(value).toBe(before[place]));
  });

  test("what follows a step back at once gets an entry, and so does each view", () => {
    const state = createState(DATA);
    stop = follow(state, window);
    const push = vi.spyOn(history, "pushState");
    state.panel.value = "table";
    vi.setSystemTime(1_000_300);
    state.panel.value = "timeline";
    history.replaceState(null, "", "#panel=table");
    window.dispatchEvent(new Event("popstate"));
    state.panel.value = "about";
    expect(push.mock.calls.map(([, , address]) => address)).toEqual([
      "#panel=table",
      "#panel=timeline",
      "#panel=about",
    ]);
    push.mockRestore();
  });

  test("stays as it is when the browser refuses it, and the page goes on", () => {
    const state = createState(DATA);
    stop = follow(state, window);
    const push = vi.spyOn(history, "pushState").mockImplementation(() => {
      throw new Error("too long");
    });
    state.panel.value = "table";
    expect(state.panel.value).toBe("table");
    push.mockRestore();
  });
});
