import { describe, expect, test } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { EVERYTHING } from "../src/data/select";
import { ALL, around, createState } from "../src/state";
import fixture from "./fixture.json";

const DATA = decode(fixture as unknown as Payload);
const EVENT = DATA.statements[0]!.subject.id;

describe("what a page shows", () => {
  test("is everything at first", () => {
    const state = createState(DATA);
    expect(state.shown.value).toEqual(DATA.statements);
    expect([state.panel.value, state.selected.value]).toEqual(["graph", ""]);
  });

  test("is what is around a thing, then what is around that", () => {
    const near = around(DATA, [EVENT], 1);
    expect(near).toEqual(DATA.statements.filter((one) => DATA.naming.get(EVENT)?.includes(one)));
    expect(around(DATA, [EVENT], 2).length).toBeGreaterThan(near.length);
    expect(around(DATA, ["agent:nobody"], 3)).toEqual([]);
    expect(around(DATA, [], 3)).toEqual([]);
  });

  test("is a list, in the order of the data and without what is not there", () => {
    const state = createState(DATA);
    const [first, , third] = DATA.statements;
    state.scope.value = { ...ALL, listed: [third!.id, "st:nothing", first!.id] };
    expect(state.shown.value).toEqual([first, third]);
  });

  test("is what the filters keep of the scope", () => {
    const state = createState(DATA);
    state.choice.value = { ...EVERYTHING, status: ["asserted"] };
    const kept = state.shown.value;
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.every((one) => one.status === "asserted")).toBe(true);
    expect(state.scoped.value).toEqual(DATA.statements);
  });

  test("has no answers in a file without an engine, and says so", async () => {
    const state = createState(DATA);
    await expect(state.client.ask("ASK {}")).rejects.toThrow(/without SPARQL/);
    expect(state.client.status.value).toBe("broken");
  });
});
