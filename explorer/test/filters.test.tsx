import { cleanup, render, screen, within } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { valuesOf } from "../src/data/select";
import { counts, lookCounts } from "../src/panels/counts";
import { Filters, months } from "../src/panels/filters";
import { lookChoice } from "../src/panels/legend";
import { createState, type State } from "../src/state";
import { sample } from "./sample";

afterEach(cleanup);

const start = (): State =>
  createState(
    sample([
      {
        from: "event:e",
        to: "agent:a",
        role: "concept:speaker",
        period: ["2019-03-01", "2019-03-02"],
        source: "src:a",
      },
      { from: "event:e", to: "agent:b!", role: "concept:host", status: "self-reported", source: "src:a" },
      { from: "event:f", to: "agent:a", modality: "planned", period: ["2024-02-01", "2024-02-29"], source: "src:b" },
      { from: "event:f", to: "agent:b!", status: "attributed", contradicted: true, source: "src:b" },
      { from: "doc:d", to: "concept:topic", status: "attributed", period: ["2021-07-01", ""], source: "src:b" },
    ]),
  );

const show = (state: State) => {
  render(<Filters state={state} />);
  return userEvent.setup();
};
const left = () => screen.getByRole("status").textContent;

describe("counts", () => {
  it("say what each value would leave, whatever is chosen in the same field", () => {
    const state = start();
    state.choice.value = { ...state.choice.value, status: ["asserted"] };
    expect(Object.fromEntries(counts(state, "status"))).toEqual({ asserted: 2, "self-reported": 1, attributed: 2 });
    expect(Object.fromEntries(counts(state, "sources"))).toEqual({ "src:a": 1, "src:b": 1 });
    for (const [value, count] of counts(state, "status")) {
      state.choice.value = { ...state.choice.value, status: [value] };
      expect(state.shown.value).toHaveLength(count);
    }
  });

  it("of looks are what choosing the look leaves", () => {
    const state = start();
    const found = lookCounts(state);
    expect(Object.fromEntries(found)).toEqual({
      asserted: 1,
      "self-reported": 1,
      planned: 1,
      attributed: 1,
      contradicted: 1,
    });
    for (const [look, count] of found) {
      state.choice.value = { ...state.choice.value, ...lookChoice(state.data, look) };
      expect(state.shown.value, look).toHaveLength(count);
    }
  });
});

describe("the legend", () => {
  it("takes a class away and brings it back", async () => {
    const state = start();
    const user = show(state);
    const people = screen.getByRole("checkbox", { name: /^People/ });
    expect(people).toHaveProperty("checked", true);
    await user.click(people);
    expect(state.shown.value.every((one) => !valuesOf(one, "classes").includes("person"))).toBe(true);
    expect(left()).toBe("3 of 5 statements");
    await user.click(people);
    expect(state.choice.value.classes).toEqual([]);
    expect(left()).toBe("5 of 5 statements");
  });

  it("keeps what no picture shows as a row of its own", async () => {
    const state = start();
    const user = show(state);
    await user.click(screen.getByRole("checkbox", { name: /^Topics/ }));
    expect(left()).toBe("4 of 5 statements");
  });

  it("shows one look of lines alone, then all again", async () => {
    const state = start();
    const user = show(state);
    const planned = screen.getByRole("button", { name: /^planned/ });
    await user.click(planned);
    expect(planned.getAttribute("aria-pressed")).toBe("true");
    expect(state.shown.value.map((one) => one.modality)).toEqual(["planned"]);
    await user.click(planned);
    expect(left()).toBe("5 of 5 statements");
  });
});

describe("the filters", () => {
  it("of one field add up, those of several narrow down, and all are cleared at once", async () => {
    const state = start();
    const user = show(state);
    await user.click(screen.getByText("Role"));
    const roles = within(screen.getByRole("group", { name: "Role" }));
    await user.click(roles.getByRole("checkbox", { name: /^speaker/ }));
    expect(left()).toBe("1 of 5 statements");
    await user.click(roles.getByRole("checkbox", { name: /^host/ }));
    expect(left()).toBe("2 of 5 statements");
    await user.click(screen.getByText("Status"));
    await user.click(within(screen.getByRole("group", { name: "Status" })).getByRole("checkbox", { name: /^self/ }));
    expect(left()).toBe("1 of 5 statements");
    await user.click(screen.getByRole("button", { name: "Clear all" }));
    expect(left()).toBe("5 of 5 statements");
    expect(screen.getByRole("button", { name: "Clear all" })).toHaveProperty("disabled", true);
  });

  it("name sources by their titles and keep what is chosen in sight when nothing is left of it", async () => {
    const state = start();
    state.choice.value = { ...state.choice.value, sources: ["src:a"], roles: ["concept:none"] };
    show(state);
    expect(screen.getByRole("checkbox", { name: /^About src:a/ })).toHaveProperty("checked", true);
    expect(screen.getByRole("checkbox", { name: /^concept:none/ })).toHaveProperty("checked", true);
  });

  it("tell contradicted statements from others", async () => {
    const state = start();
    const user = show(state);
    await user.click(screen.getByRole("radio", { name: /^Contradicted only/ }));
    expect(state.shown.value.map((one) => one.contradicted)).toEqual([true]);
    await user.click(screen.getByRole("radio", { name: /^Not contradicted/ }));
    expect(left()).toBe("4 of 5 statements");
  });
});

describe("time", () => {
  const slide = (name: RegExp, to: number) => {
    const thumb = screen.getByRole<HTMLInputElement>("slider", { name });
    thumb.value = String(to);
    thumb.dispatchEvent(new Event("input", { bubbles: true }));
    return thumb;
  };

  it("has a step for each month in which something begins or ends", () => {
    expect(months(start().data.statements)).toEqual(["2019-03", "2021-07", "2024-02"]);
  });

  it("keeps what overlaps, open ends too, and leaves out what has no date", async () => {
    const state = start();
    show(state);
    slide(/from/, 1);
    expect(state.choice.value).toMatchObject({ since: "2021-07-01", until: "" });
    expect(state.shown.value.map((one) => one.id)).toEqual(["st:s02", "st:s04"]);
    slide(/from/, 0);
    slide(/until/, 1);
    expect(state.choice.value).toMatchObject({ since: "", until: "2021-07-31" });
    expect(state.shown.value.map((one) => one.id)).toEqual(["st:s00", "st:s04"]);
  });

  it("never lets one thumb pass the other, and says the dates in words", async () => {
    const state = start();
    state.choice.value = { ...state.choice.value, until: "2021-07-31" };
    show(state);
    const thumb = slide(/from/, 2);
    expect(state.choice.value.since).toBe("2021-07-01");
    await Promise.resolve();
    expect(thumb.value).toBe("1");
    expect(screen.getByRole("slider", { name: /until/ }).getAttribute("aria-valuetext")).toBe("Jul 2021");
  });

  it("is as wide as it was when a thumb went there and back at once", () => {
    const state = start();
    show(state);
    slide(/until/, 1);
    slide(/until/, 2);
    expect(state.choice.value.until).toBe("");
  });

  it("knows how long a February is", () => {
    const days = ["2023-01-01", "2024-02-01", "2025-01-01"];
    const state = createState(sample(days.map((day) => ({ from: "event:e", to: "agent:a", period: [day, day] }))));
    show(state);
    slide(/until/, 1);
    expect(state.choice.value.until).toBe("2024-02-29");
  });
});
