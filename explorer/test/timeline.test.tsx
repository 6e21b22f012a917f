// @vitest-environment happy-dom
/** What is dated: its days, how sure they are, where it stands; and the panel by keyboard. */

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import { dayOf } from "../src/data/days";
import { lanes } from "../src/data/lanes";
import { extent, moments, sure } from "../src/data/moments";
import { TimelinePanel } from "../src/panels/timeline";
import { createState } from "../src/state";
import { data, dated, statement, thing } from "./given";

afterEach(cleanup);

const DAYS = 86_400_000;

describe("the days that a date surely takes", () => {
  it.each([
    ["2021-07-08", "2021-07-08", "2021-07-08"],
    ["2021-07-08/2021-07-10", "2021-07-08", "2021-07-10"],
    ["2014/2023", "2014-12-31", "2023-01-01"],
    ["2020-01/2020-12", "2020-01-31", "2020-12-01"],
  ])("%s from %s to %s", (written, first, last) => expect(sure(written)).toEqual([dayOf(first), dayOf(last)]));
  it.each(["2021", "2021-07", "2018/..", "../2024-08-16", "2021-07/2021-07", "2021-21", "1984?", ""])(
    "none of %s",
    (written) => expect(sure(written)).toBe(null),
  );
});

const CONTRA = [{ kind: "contradicts", relation: "contradicts", other: "st:y", text: "", note: "" }];
const KNOWN = [
  dated("held", "event:e", "2021-12-06/2021-12-10", ["2021-12-06", "2021-12-10"]),
  dated("held-too", "event:e", "2021-12-06/2021-12-10", ["2021-12-06", "2021-12-10"]),
  dated("plan", "event:e", "2021-11", ["2021-11-01", "2021-11-30"], { modality: "planned" }),
  dated("wrong", "event:f", "2014-10", ["2014-10-01", "2014-10-31"], { conflicts: CONTRA }),
  dated("since", "st:rel", "2018/..", ["2018-01-01", ""]),
  dated("recent", "event:g", "../2024-08-16", ["", "2024-08-16"]),
  statement("rel", "agent:a", "agent:b", { period: ["2018-01-01", ""] }),
  statement("part", "event:e", "agent:a", { period: ["2021-11-01", "2021-12-10"] }),
  statement("undated", "agent:a", "agent:b"),
];

it("are in order of time, dates of one thing together only when they are the same", () => {
  const found = moments(data(KNOWN), KNOWN);
  expect(found.map(({ thing, written, kind, dates, others }) => [thing.id, written, kind, dates.length, others.length])).toEqual([
    ["event:g", "../2024-08-16", "actual", 1, 0],
    ["event:f", "2014-10", "contradicted", 1, 0],
    ["st:rel", "2018/..", "actual", 1, 1],
    ["event:e", "2021-11", "planned", 1, 0],
    ["event:e", "2021-12-06/2021-12-10", "actual", 2, 1],
  ]); // prettier-ignore
});

it("are two where the same days are planned by one and held by another", () => {
  const period: [string, string] = ["2021-12-06", "2021-12-10"];
  const both = [dated("plan", "event:e", "2021-12-06/2021-12-10", period, { modality: "planned" }), dated("held", "event:e", "2021-12-06/2021-12-10", period)]; // prettier-ignore
  expect(
    moments(data(both), both)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(["actual", "planned"]);
});

it("are dated by what the file knows, when the filters leave the date itself out", () => {
  const [only] = moments(data(KNOWN), [KNOWN[6]!]);
  expect([only!.thing.id, only!.written, only!.dates.length]).toEqual(["st:rel", "2018/..", 0]);
});

it("stand on lanes where nothing meets", () => {
  const found = moments(data(KNOWN), KNOWN);
  const begin = dayOf("2014-01-01");
  const scale = (time: number) => (time - begin) / DAYS / 5;
  const placed = lanes(found, { width: 900, scale, measure: () => [150, 150] });
  expect(placed).toHaveLength(5);
  for (const one of placed) {
    expect(one.label[0]).toBeGreaterThanOrEqual(0);
    expect(one.label[1]).toBeLessThanOrEqual(900);
    for (const other of placed) {
      if (one === other || one.lane !== other.lane) continue;
      const span = ({ bar, label }: typeof one) => [Math.min(bar[0], label[0]), Math.max(bar[1], label[1])] as const;
      const [[a, b], [c, d]] = [span(one), span(other)];
      expect(b <= c || d <= a).toBe(true);
    }
  }
  expect(new Set(placed.map(({ lane }) => lane)).size).toBeGreaterThan(1);
});

describe("a label", () => {
  const scale = (time: number) => (time - dayOf("2014-01-01")) / DAYS / 5;
  const labels = (width: number) => lanes(moments(data(KNOWN), KNOWN), { width, scale, measure: () => [150, 400] });

  it("takes the room that nobody else wants, and no more", () => {
    const placed = labels(2000);
    expect(placed.some(({ label }) => label[1] - label[0] === 400)).toBe(true);
    for (const one of placed) {
      expect(one.label[1] - one.label[0]).toBeGreaterThanOrEqual(150);
      const after = placed.filter((other) => other.lane === one.lane && other.label[0] > one.label[0]);
      for (const other of after) expect(one.label[1]).toBeLessThan(Math.min(other.label[0], other.bar[0]));
    }
  });

  it("begins before its bar where that stands at the right edge", () => {
    const latest = labels(600).filter(({ moment }) => moment.thing.id === "event:e");
    expect(latest.map(({ label }) => label[1])).toEqual([595, 595]);
    for (const { label, bar } of latest) expect(label[0]).toBeLessThan(bar[0]);
  });
});

it("has of thousands of dates only those near the window in the page, numbered among all", () => {
  const many = Array.from({ length: 3000 }, (_, at) => dated(`d${at}`, `event:${at}`, "2021-12-06", ["2021-12-06", "2021-12-06"])); // prettier-ignore
  render(<TimelinePanel state={createState(data(many))} />);
  const items = [...document.querySelectorAll(".moment")];
  expect(items.length).toBeGreaterThan(5);
  expect(items.length).toBeLessThan(200);
  expect(items[0]!.parentElement!.getAttribute("aria-setsize")).toBe("3000");
  expect(screen.getByRole("status").textContent).toBe("3,000 dates");
  (items[0] as HTMLElement).focus();
  fireEvent.keyDown(items[0]!, { key: "End" });
  expect(document.activeElement?.parentElement?.getAttribute("aria-posinset")).toBe("3000");
});

it("has room for what is known only", () => {
  const [recent] = moments(data(KNOWN), [KNOWN[5]!]);
  expect(extent(recent!)).toEqual([-Infinity, dayOf("2024-08-16") + DAYS]);
});

describe("the panel", () => {
  const shown = () => {
    const state = createState(data(KNOWN));
    render(<TimelinePanel state={state} />);
    return state;
  };
  const names = () => screen.getAllByRole("button").filter((one) => one.classList.contains("moment"));

  it("names each item with its days and how sure they are", () => {
    shown();
    expect(names().map((one) => one.textContent)).toEqual([
      "event:g ../2024-08-16, open until 2024-08-16, actual, given by The Sayer",
      "event:f 2014-10 · contradicted, some time within 2014-10-01 to 2014-10-31, contradicted, given by The Sayer",
      "st:rel 2018/.., open from 2018-01-01, actual, given by The Sayer, 1 statement dated by it",
      "event:e 2021-11 · planned, some time within 2021-11-01 to 2021-11-30, planned, given by The Sayer",
      "event:e 2021-12-06/2021-12-10, 2021-12-06 to 2021-12-10, actual, given by The Sayer, 1 statement dated by it",
    ]);
  });

  it("goes by arrow keys and opens what is chosen", () => {
    const state = shown();
    const first = names()[0]!;
    first.focus();
    fireEvent.keyDown(first, { key: "ArrowRight" });
    expect(document.activeElement).toBe(names()[1]);
    fireEvent.keyDown(document.activeElement!, { key: "End" });
    expect(document.activeElement).toBe(names()[4]);
    fireEvent.click(document.activeElement!);
    expect(state.selected.value).toBe("st:held");
    expect(names().filter((one) => one.tabIndex === 0)).toHaveLength(1);
  });

  it("says when nothing is dated", () => {
    const state = createState(data([statement("a", "agent:a", "agent:b")]));
    render(<TimelinePanel state={state} />);
    expect(screen.getByText("No date is known for what is shown.")).toBeTruthy();
  });
});

it("is the thing when several statements are dated by it", () => {
  const many = [statement("a", "event:e", "agent:a", { period: ["2020-01-01", "2020-01-02"] }), statement("b", "event:e", "agent:b", { period: ["2020-01-01", "2020-01-02"] })]; // prettier-ignore
  const state = createState(data(many));
  render(<TimelinePanel state={state} />);
  fireEvent.click(screen.getByRole("button", { name: /^event:e / }));
  expect(state.selected.value).toBe(thing("event:e").id);
});
