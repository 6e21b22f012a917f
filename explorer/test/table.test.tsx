// @vitest-environment happy-dom
/** The table: sorting, search, keyboard, selection, and a long list of which little is in the page. */

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { cells, COLUMNS, matching, rowOf, sorted } from "../src/data/columns";
import { TablePanel } from "../src/panels/table";
import { createState } from "../src/state";
import { data, statement, thing } from "./given";

afterEach(cleanup);

const FEW = [
  statement("1", "agent:b", "agent:x", { role: thing("concept:r", "Speaker"), reading: "inferred" }),
  statement("2", "agent:a", "agent:y10", { status: "attributed" }),
  statement("3", "agent:c", "agent:y9", { subject: thing("agent:c", "Zoë Marsh") }),
];

function shown(statements = FEW) {
  const state = createState(data(statements));
  const { container } = render(<TablePanel state={state} />);
  const subjects = () => [...container.querySelectorAll("tbody th")].map((one) => one.textContent);
  return { state, container, subjects };
}

it("has the cells of the columns", () => {
  const row = Object.fromEntries(COLUMNS.map((column, place) => [column, cells(FEW[0]!)[place]]));
  expect(row).toEqual({
    subject: "agent:b", relation: "works with", object: "agent:x", role: "Speaker", status: "asserted",
    modality: "actual", reading: "inferred", contradicted: "", says: "The Sayer", source: "The source",
    words: "first words … last words", link: "https://example.org/a#:~:text=first", statement: "st:1",
  }); // prettier-ignore
});

it("sorts as people do, empty cells last either way", () => {
  const rows = FEW.map(rowOf);
  const ids = (column: "object" | "role", down: boolean) => sorted(rows, { column, down }).map((row) => row.statement.id); // prettier-ignore
  expect(ids("object", false)).toEqual(["st:1", "st:3", "st:2"]);
  expect(ids("object", true)).toEqual(["st:2", "st:3", "st:1"]);
  expect([ids("role", false)[0], ids("role", true)[0]]).toEqual(["st:1", "st:1"]);
});

it("finds words in any cell, without case and accents", () => {
  const rows = FEW.map(rowOf);
  expect(matching(rows, "ZOE works").map((row) => row.statement.id)).toEqual(["st:3"]);
  expect(matching(rows, "nobody")).toEqual([]);
  expect(matching(rows, "  ")).toHaveLength(3);
});

it("is a table with heads of columns and rows, and says how it is sorted", () => {
  const { subjects } = shown();
  const table = screen.getByRole("table");
  expect(table.getAttribute("aria-rowcount")).toBe("4");
  expect(within(table).getAllByRole("columnheader")).toHaveLength(13);
  expect(within(table).getAllByRole("rowheader")).toHaveLength(3);
  const head = screen.getByRole("columnheader", { name: /Subject/ });
  expect(head.getAttribute("aria-sort")).toBe("none");
  fireEvent.click(within(head).getByRole("button"));
  expect([head.getAttribute("aria-sort"), subjects()]).toEqual(["ascending", ["agent:a", "agent:b", "Zoë Marsh"]]);
  fireEvent.click(within(head).getByRole("button"));
  expect([head.getAttribute("aria-sort"), subjects()]).toEqual(["descending", ["Zoë Marsh", "agent:b", "agent:a"]]);
});

it("searches, says how many there are, and when there are none", () => {
  const { subjects } = shown();
  const field = screen.getByRole("searchbox");
  fireEvent.input(field, { target: { value: "zoe" } });
  expect([subjects(), screen.getByRole("status").textContent]).toEqual([["Zoë Marsh"], "1 of 3 statements"]);
  fireEvent.input(field, { target: { value: "<b>" } });
  expect(screen.getByText("No statement has “<b>”.")).toBeTruthy();
});

it("goes by arrow keys, one row at a time in the order of tabs", () => {
  const { state, container } = shown();
  const buttons = () => [...container.querySelectorAll<HTMLElement>("tbody th button")];
  expect(buttons().map((one) => one.tabIndex)).toEqual([0, -1, -1]);
  buttons()[0]!.focus();
  fireEvent.keyDown(buttons()[0]!, { key: "ArrowDown" });
  expect(document.activeElement).toBe(buttons()[1]);
  fireEvent.keyDown(document.activeElement!, { key: "End" });
  expect(document.activeElement).toBe(buttons()[2]);
  fireEvent.keyDown(document.activeElement!, { key: "ArrowDown" });
  expect(document.activeElement).toBe(buttons()[2]);
  fireEvent.click(document.activeElement!);
  expect(state.selected.value).toBe("st:3");
});

it("marks what is selected elsewhere: a statement, and those that name a thing", async () => {
  const { state, container } = shown();
  state.selected.value = "st:2";
  await waitFor(() => expect(container.querySelector("tr[aria-current]")?.getAttribute("data-index")).toBe("1"));
  state.selected.value = "agent:y9";
  await waitFor(() => expect(container.querySelector("tr.names")?.getAttribute("data-index")).toBe("2"));
  expect(container.querySelector("tr[aria-current]")).toBe(null);
});

it("has of many rows only some in the page, numbered among all", () => {
  const many = Array.from({ length: 2000 }, (_, number) => statement(`${number}`, `agent:${number}`, "agent:x"));
  const { container } = shown(many);
  const rows = [...container.querySelectorAll("tbody tr[data-index]")];
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.length).toBeLessThan(100);
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("2001");
  expect(rows.map((row) => Number(row.getAttribute("aria-rowindex")))).toEqual(rows.map((_, place) => place + 2));
});

it("makes no link of a hostile address", () => {
  const receipts = [{ ...FEW[0]!.receipts[0]!, link: "javascript:alert(1)" }];
  const { container } = shown([statement("1", "agent:a", "agent:b", { receipts })]);
  expect(container.querySelectorAll("a")).toHaveLength(0);
});
