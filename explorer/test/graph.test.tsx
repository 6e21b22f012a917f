import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { scene } from "../src/draw/scene";
import { SvgSurface } from "../src/draw/svg";
import { GraphPanel, groupsTold, standing } from "../src/panels/graph";
import { ALL, createState, type State } from "../src/state";
import { sample } from "./sample";

/** A canvas that draws into the void. */
class Void extends SvgSurface {
  imageSmoothingEnabled = true;
  setTransform(): void {}
  drawImage(): void {}
  measureText(text: string): { width: number } {
    return { width: 55 * text.length };
  }
}

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation((() => new Void()) as never);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const start = (): State =>
  createState(
    sample([
      { from: "event:e", to: "agent:a", role: "concept:speaker" },
      { from: "event:e", to: "agent:a", role: "concept:host" },
      { from: "event:e", to: "agent:b" },
      { from: "event:f", to: "agent:b" },
      { from: "event:f", to: "=ten" },
    ]),
  );

const show = (state: State) => {
  render(<GraphPanel state={state} />);
  return userEvent.setup();
};
const picture = () => screen.getByRole("application");
const press = (...keys: string[]) => keys.forEach((key) => fireEvent.keyDown(picture(), { key }));
const said = () => screen.getByRole("status").textContent;
const told = () => document.querySelector(".graph-told")?.textContent;

describe("in words", () => {
  it("says what it shows and what it leaves to the table", () => {
    show(start());
    expect(picture().getAttribute("aria-label")).toBe("Graph of 4 things");
    expect(told()).toContain("4 things, 3 lines.");
    expect(told()).toContain("1 statement joins no two things that are drawn: see the table.");
  });

  it("names the communities that are surrounded, once they are", async () => {
    const data = sample([..."bcdef"].map((name) => ({ from: "agent:a", to: `agent:${name}` })));
    for (const thing of data.things) Object.assign(thing, { group: thing.id === "agent:f" ? 1 : 3 });
    const user = show(createState(data));
    expect(told()).not.toContain("communit");
    await user.click(screen.getByRole("button", { name: "Communities" }));
    expect(told()).toContain("1 community of things joined more to each other than to the rest, around a (5).");
  });

  it("says so when nothing forms a community", () => {
    expect(groupsTold([])).toBe("No four things here belong to one community.");
  });

  it("says around what it is, and when there is nothing", async () => {
    const state = start();
    show(state);
    state.scope.value = { ...ALL, around: ["agent:a"] };
    await waitFor(() => expect(told()).toContain("Around a, 1 step far."));
    state.choice.value = { ...state.choice.value, status: ["none"] };
    await waitFor(() => expect(screen.getByText("No statement here joins two things that are drawn.")).toBeTruthy());
  });
});

describe("by keyboard", () => {
  it("goes from thing to thing, most neighbours first, and selects", async () => {
    const state = start();
    show(state);
    press("n");
    await waitFor(() => expect(said()).toContain("1 of 4: b (Organizations), joined to 2 others"));
    press("Enter");
    expect(state.selected.value).toBe("agent:b");
    press("n");
    await waitFor(() => expect(said()).toContain("1 of 2: e (Events), joined to 2 others. took part in"));
    press("p");
    await waitFor(() => expect(said()).toContain("2 of 2: f"));
  });

  it("opens the line to a neighbour, and lets choose among its statements", async () => {
    const state = start();
    state.selected.value = "agent:a";
    const user = show(state);
    press("n");
    await waitFor(() => expect(said()).toContain("host, speaker"));
    press("l");
    const dialog = await screen.findByRole("dialog", { name: "2 statements" });
    expect(state.selected.value).toBe("st:s00");
    await user.click(screen.getByRole("button", { name: /as host/ }));
    expect(state.selected.value).toBe("st:s01");
    fireEvent.keyDown(dialog, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(picture());
    expect(state.selected.value).toBe("st:s01");
  });

  it("leaves alone what belongs to the browser", () => {
    show(start());
    expect(fireEvent.keyDown(picture(), { key: "+", ctrlKey: true })).toBe(true);
    expect(fireEvent.keyDown(picture(), { key: "Tab" })).toBe(true);
    expect(fireEvent.keyDown(picture(), { key: "+" })).toBe(false);
    expect(fireEvent.keyDown(picture(), { key: "ArrowLeft" })).toBe(false);
  });

  it("lets go of what is selected", () => {
    const state = start();
    state.selected.value = "agent:a";
    show(state);
    press("Escape");
    expect(state.selected.value).toBe("");
  });
});

describe("the tools", () => {
  it("look around what is selected, expand it, and come back to everything", async () => {
    const state = start();
    const user = show(state);
    expect(screen.getByRole("button", { name: "Around the selected" })).toHaveProperty("disabled", true);
    state.selected.value = "agent:a";
    await waitFor(() =>
      expect(screen.getByRole("button", { name: "Around the selected" })).toHaveProperty("disabled", false),
    );
    await user.click(screen.getByRole("button", { name: "Around the selected" }));
    expect(state.scope.value).toEqual({ around: ["agent:a"], depth: 1, listed: [] });
    state.selected.value = "event:e";
    await user.click(await screen.findByRole("button", { name: "Expand" }));
    expect(state.scope.value.around).toEqual(["agent:a", "event:e"]);
    await user.selectOptions(screen.getByRole("combobox", { name: "Steps" }), "2");
    expect(state.scope.value.depth).toBe(2);
    await user.click(screen.getByRole("button", { name: "Everything" }));
    expect(state.scope.value).toEqual(ALL);
  });

  it("look around both things of a statement", async () => {
    const state = start();
    state.selected.value = "st:s02";
    const user = show(state);
    await user.click(screen.getByRole("button", { name: "Around the selected" }));
    expect(state.scope.value.around).toEqual(["event:e", "agent:b"]);
  });

  it.each([
    ["SVG", "aigov-kg-selection.svg"],
    ["GEXF", "aigov-kg-selection.gexf"],
    ["GraphML", "aigov-kg-selection.graphml"],
    ["CSV", "aigov-kg-selection.csv"],
  ])("save %s", async (form, name) => {
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    const user = show(start());
    await user.click(screen.getByText("Save"));
    await user.click(screen.getByRole("button", { name: new RegExp(`^${form}`) }));
    expect(names).toEqual([name]);
  });
});

it("without a canvas the rest of the panel stands", () => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  show(start());
  expect(told()).toContain("4 things");
});

it("a statement stands out by its line and both ends, a thing by all its lines", () => {
  const { data } = start();
  const drawn = scene(data, data.statements);
  const name = (at: number) => drawn.nodes[at]?.thing.id;
  expect(standing(drawn, "st:s01", -1).nodes.map(name)).toEqual(["event:e", "agent:a"]);
  expect(standing(drawn, "agent:b", -1).lines).toHaveLength(2);
  expect(standing(drawn, "st:s04", 3)).toEqual({ nodes: [], lines: [], cursor: 3 });
});
