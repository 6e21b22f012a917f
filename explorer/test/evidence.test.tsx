// @vitest-environment happy-dom
/** The evidence of things and statements, conflicts side by side, citations, and the panel for paths. */

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { card, disagreements, statements } from "../src/data/card";
import { EVERYTHING } from "../src/data/select";
import { EvidencePanel } from "../src/panels/evidence";
import { PathsPanel } from "../src/panels/paths";
import { createState } from "../src/state";
import { data, dated, RECEIPT, statement, thing } from "./given";

afterEach(cleanup);

const clash = (other: string, relation: string) => ({ kind: "contradicts", relation, other, text: "the other", note: "Not both." }); // prettier-ignore
const KNOWN = [
  statement("1", "agent:a", "agent:b", {
    role: thing("concept:r", "Speaker"), onBehalfOf: [thing("agent:z")], inCapacityOf: thing("post:p", "Chair"),
    constituency: [thing("concept:c", "Industry")], whenText: "last May", note: "A note.", modality: "planned",
    period: ["2021-05-01", "2021-05-31"],
  }),
  statement("2", "agent:a", "agent:c", { conflicts: [clash("st:3", "contradicts")], relation: "leads" }),
  statement("3", "agent:c", "agent:a", { conflicts: [clash("st:2", "contradicts")] }),
  dated("4", "st:1", "2021-05", ["2021-05-01", "2021-05-31"]),
  statement("5", "agent:q", "agent:r", { status: "attributed" }),
]; // prettier-ignore
const DATA = data(KNOWN);

function opened(selected: string, given = DATA) {
  const state = createState(given);
  state.selected.value = selected;
  const { container } = render(<EvidencePanel state={state} />);
  return { state, container };
}

it("groups the facts about a thing as its card does", () => {
  const groups = card(DATA, thing("agent:a")).map(({ name, facts }) => [name, facts.map((fact) => [fact.statement.id, fact.other.id, fact.date])]); // prettier-ignore
  expect(groups).toEqual([
    ["leads", [["st:2", "agent:c", ""]]],
    ["when (of a relation)", [["st:4", "st:1", "2021-05"]]],
    ["works with", [["st:1", "agent:b", ""]]],
    ["← works with", [["st:3", "agent:c", ""]]],
  ]);
  expect(card(DATA, thing("agent:z")).map(({ name }) => name)).toEqual(["when (of a relation)", "← on its behalf"]);
});

it("finds the disagreements about the dates of what a thing is in", () => {
  const clash = { kind: "contradicts", relation: "contradicts", other: "st:8", text: "otherwise", note: "" } as const;
  const of = data([
    statement("1", "agent:a", "agent:b"),
    dated("4", "st:1", "2021-05", ["2021-05-01", "2021-05-31"], { conflicts: [clash] }),
  ]);
  expect(disagreements(of, of.naming.get("agent:a") ?? [])).toEqual([]);
  const found = disagreements(of, statements(card(of, thing("agent:a"))));
  expect(found.map((one) => [one.statement.id, one.clash.other])).toEqual([["st:4", "st:8"]]);
});

it("tells each disagreement once", () => {
  expect(disagreements(DATA, KNOWN).map(({ statement, other }) => [statement.id, other?.id])).toEqual([["st:2", "st:3"]]); // prettier-ignore
});

describe("of a thing", () => {
  it("offers its surroundings and its paths", () => {
    const { state } = opened("agent:a");
    fireEvent.click(screen.getByRole("button", { name: "Show what is around it" }));
    expect([state.scope.value.around, state.panel.value]).toEqual([["agent:a"], "graph"]);
    fireEvent.click(screen.getByRole("button", { name: "Find paths from here" }));
    expect([state.search.value.from, state.panel.value]).toEqual(["agent:a", "paths"]);
  });

  it("shows all of a long group when asked", () => {
    const many = Array.from({ length: 30 }, (_, number) => statement(`m${number}`, "agent:a", `agent:${number}`));
    const { container } = opened("agent:a", data(many));
    expect(container.querySelectorAll(".fact")).toHaveLength(5);
    fireEvent.click(screen.getByRole("button", { name: /Show all 30/ }));
    expect(container.querySelectorAll(".fact")).toHaveLength(30);
  });
});

describe("of a statement", () => {
  const rows = (container: Element) =>
    Object.fromEntries([...container.querySelectorAll("dl > div")].map((row) => [row.querySelector("dt")!.textContent, row.querySelector("dd")!.textContent])); // prettier-ignore

  it("tells who says what, how, and when", () => {
    const { container } = opened("st:1");
    expect(rows(container)).toEqual({
      Says: "The Sayer", About: "agent:a", Relation: "works with", Object: "agent:b", Role: "Speaker",
      "In capacity of": "Chair", "On behalf of": "agent:z", Constituency: "Industry", Status: "asserted",
      Modality: "planned", Reading: "literal", "Date as written": "last May",
      "Date resolved": "2021-05-01 to 2021-05-31", "Dated by": "when 2021-05", Note: "A note.",
    }); // prettier-ignore
  });

  it("leads to the words", () => {
    const { container } = opened("st:1");
    expect(container.querySelector(".receipt")!.textContent).toBe("first words … last words The source, characters 10–42 Open at these words"); // prettier-ignore
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "Open at these words" });
    expect([link.getAttribute("href"), link.target, link.rel]).toEqual([RECEIPT.link, "_blank", "noopener noreferrer"]);
  });

  it("marks the passage in its sentence, letters beyond U+FFFF before it", () => {
    const receipts = [{ ...RECEIPT, start: 10, end: 32, sentence: "😀𝔸 So first words 😀 last words, they say." }];
    const { container } = opened("st:1", data([statement("1", "agent:a", "agent:b", { receipts })]));
    expect(container.querySelector("mark")!.textContent).toBe("first words 😀 last words");
  });

  it("puts both sides of a conflict side by side", () => {
    const { container } = opened("st:2");
    expect(container.querySelector(".clash .kind")!.textContent).toBe("The first contradicts the second: Not both.");
    expect([...container.querySelectorAll(".side .line")].map((one) => one.textContent)).toEqual(["agent:a leads agent:c", "the other"]); // prettier-ignore
    expect(container.querySelectorAll(".side .receipt")).toHaveLength(2);
  });

  it("says when the other side is not in the file", () => {
    const { container } = opened("st:2", data([KNOWN[1]!]));
    expect(container.querySelector(".absent")!.textContent).toBe("Not in this file.");
  });

  it("opens nothing hostile and shows it as text", () => {
    const receipts = [{ ...RECEIPT, link: "javascript:alert(1)", title: "<script>alert(1)</script>" }];
    const hostile = data([statement("1", "agent:a", "agent:b", { receipts })], { sources: [{ ...DATA.sources[0]!, address: "data:text/html,x" }] }); // prettier-ignore
    const { container } = opened("st:1", hostile);
    expect(container.querySelectorAll("a, script")).toHaveLength(0);
    expect(container.textContent).toContain("<script>alert(1)</script>");
  });
});

describe("closing", () => {
  it("is by button and by Escape, and leaves a hint", () => {
    const { state, container } = opened("agent:a");
    fireEvent.keyDown(screen.getByRole("complementary"), { key: "Escape" });
    expect(state.selected.value).toBe("");
    expect(container.querySelector("aside")!.className).toBe("evidence empty");
    expect(screen.queryByRole("button")).toBe(null);
  });

  it("keeps the focus in the panel when one thing leads to another", async () => {
    opened("st:1");
    const name = screen.getByRole("button", { name: "agent:b" });
    name.focus();
    fireEvent.click(name);
    await waitFor(() => expect(document.activeElement?.textContent).toBe("agent:b"));
    expect(document.activeElement!.tagName).toBe("H2");
  });
});

describe("the citation", () => {
  it("copies, or selects the text where copying is not allowed", async () => {
    opened("st:1");
    fireEvent.click(screen.getByRole("button", { name: "Cite" }));
    const dialog = screen.getByRole("dialog");
    const write = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText: write } });
    fireEvent.click(within(dialog).getByRole("button", { name: "Copy: RIS" }));
    await screen.findByText("Copied.");
    expect(write.mock.calls[0]).toEqual([expect.stringContaining("UR  - https://example.org/id/st/1\r\n")]);
    vi.stubGlobal("navigator", {});
    fireEvent.click(within(dialog).getByRole("button", { name: "Copy: In words" }));
    await screen.findByText(/^Selected: press Ctrl\+C/);
    expect(String(getSelection())).toContain("Read from: The source");
    vi.unstubAllGlobals();
  });
});

describe("paths", () => {
  const shown = (from: string, to: string, choice = {}) => {
    const state = createState(DATA);
    state.search.value = { ...state.search.value, from, to };
    state.choice.value = { ...EVERYTHING, ...choice };
    render(<PathsPanel state={state} />);
    return state;
  };
  const told = () => screen.getAllByRole("status").map((one) => one.textContent).filter(Boolean).join(" "); // prettier-ignore

  it("shows every hop with who says so, and the route in the graph", () => {
    const state = shown("agent:b", "agent:c");
    expect(told()).toBe("One route between agent:b and agent:c.");
    expect(screen.getByRole("heading").textContent).toBe("Route 1: 2 steps, the weakest is contradicted");
    expect(document.querySelectorAll(".hop .receipt")).toHaveLength(2);
    expect([...document.querySelectorAll(".hop .relation")].map((one) => one.textContent)).toEqual([
      "↑ agent:a works with agent:b, role Speaker", "↓ agent:a leads agent:c",
    ]); // prettier-ignore
    fireEvent.click(screen.getByRole("button", { name: /^Show in the graph ?: route 1$/ }));
    expect([state.scope.value.listed, state.panel.value]).toEqual([["st:1", "st:2"], "graph"]);
  });

  it("says that nothing connects the two", () => {
    shown("agent:b", "agent:q");
    expect(told()).toContain("Nothing connects agent:b and agent:q in the whole graph.");
  });

  it("says that the filters are why, and leaves them out when asked", async () => {
    const state = shown("agent:b", "agent:c", { contradicted: "without" });
    expect(told()).toContain("The filters are why: without them there is a route of 2 steps.");
    fireEvent.click(screen.getByRole("button", { name: "Leave the filters out" }));
    expect(state.choice.value).toBe(EVERYTHING);
    await waitFor(() => expect(told()).toBe("One route between agent:b and agent:c."));
  });

  it("does not blame the filters for what nothing connects", () => {
    shown("agent:b", "agent:q", { contradicted: "without" });
    expect(told()).not.toContain("filters");
  });

  it("asks for two things", () => {
    shown("agent:b", "agent:b");
    expect(told()).toContain("choose two different things");
  });
});
