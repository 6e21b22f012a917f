import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { placeOf, queryEditor } from "../src/site/query";
import { page } from "./site";

const TEXT = "SELECT *\n{ ?s a 𝒳 x }";
const field = () => document.getElementById("query") as HTMLTextAreaElement;
const shadow = () => document.querySelector(".editor")?.shadowRoot as ShadowRoot;
const content = () => shadow().querySelector(".cm-content") as HTMLElement;

function open(more = ""): void {
  page(`<form class="sparql"><p><label for="query">The query</label></p><textarea id="query" name="query">${TEXT}</textarea>
    <button>Ask</button></form>${more}`);
  queryEditor(document);
}

beforeEach(() => vi.spyOn(HTMLFormElement.prototype, "requestSubmit").mockImplementation(() => {}));
afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test.each([
  [1, 1, 0],
  [2, 1, 9],
  [2, 10, 19],
  [3, 1, -1],
  [2, 0, -1],
  [Number.NaN, 1, -1],
])("line %d, column %d is at %d", (line, column, at) => expect(placeOf(TEXT, line, column)).toBe(at));

test("the editor takes the field's place, and the field what is written", () => {
  open();
  expect([field().hidden, content().textContent]).toEqual([true, TEXT.replace("\n", "")]);
  expect(new FormData(field().form as HTMLFormElement).get("query")).toBe(TEXT);
});

test("Control and Enter ask", () => {
  open();
  const enter = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
  content().dispatchEvent(new KeyboardEvent("keydown", enter));
  expect(HTMLFormElement.prototype.requestSubmit).toHaveBeenCalledOnce();
});

test("what is wrong is marked in its place", () => {
  open(`<p id="wrong" data-line="2" data-column="10"><bdi>no x here</bdi></p>`);
  expect(shadow().querySelector(".cm-lintRange-error")?.textContent).toBe("x");
});

test("a page without a query has no editor", () => {
  page("<form><textarea name=query></textarea></form>");
  queryEditor(document);
  expect(document.querySelector(".editor")).toBeNull();
});
