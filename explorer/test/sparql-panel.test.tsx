import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { cleanup, render, screen } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { position, SparqlPanel } from "../src/panels/sparql";
import { createClient, type Port } from "../src/sparql/client";
import { complete, createEditor, type Name } from "../src/sparql/editor";
import { capped } from "../src/sparql/memory";
import type { FromWorker, ToWorker } from "../src/sparql/messages";
import { createState } from "../src/state";
import fixture from "./fixture.json";

const DATA = decode(fixture as unknown as Payload);
const NAMES: Name[] = [
  { name: "aig:Person", label: "person", kind: "class" },
  { name: "aig:hasSpeaker", label: "has speaker", kind: "property" },
  { name: "agent:zoe", label: "Zoë", kind: "thing" },
];

function completions(text: string): string[] {
  const context = new CompletionContext(EditorState.create({ doc: text }), text.length, false);
  return complete(context, NAMES, ["aig", "agent"])?.options.map((option) => option.label) ?? [];
}

describe("completion", () => {
  test("after a prefix: its names", () =>
    expect(completions("SELECT * { ?s aig:")).toEqual(["aig:Person", "aig:hasSpeaker"]));
  test("without one: variables, prefixes, keywords", () => {
    const found = completions("SELECT ?who { ?event a");
    expect(found.slice(0, 4)).toEqual(["?who", "?event", "aig:", "agent:"]);
    expect(found).toContain("OPTIONAL");
  });
  test("of a prefix that is not known: nothing", () => expect(completions("SELECT * { ?s nope:")).toEqual([]));
});

describe("a place in a text", () => {
  test.each([
    ["abc", 0, 1, 1],
    ["abc\nde", 5, 2, 2],
    ["'😀' x", 5, 1, 5],
  ])("%j at %d is line %d, column %d", (text, at, line, column) =>
    expect(position(text, at)).toEqual({ line, column }),
  );
});

describe("memory of a module", () => {
  const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  // A type section, a memory of one page or more, an export of it.
  const MODULE = [...HEAD, 1, 4, 1, 0x60, 0, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 0x6d, 2, 0];
  const grow = (bytes: Uint8Array<ArrayBuffer>, pages: number) => {
    const { m } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { m: WebAssembly.Memory };
    return m.grow(pages);
  };

  test("is bounded, and what is else in it stays", () => {
    const bytes = new Uint8Array(MODULE);
    expect(grow(bytes, 300)).toBe(1);
    expect(() => grow(capped(bytes, 200), 300)).toThrow(RangeError);
    expect(grow(capped(bytes, 301), 300)).toBe(1);
  });

  test("a module without memory stays as it is", () => {
    const bytes = new Uint8Array(HEAD);
    expect(capped(bytes, 5)).toBe(bytes);
  });
});

/** A worker that refuses what has no brace and answers the rest with more rows than are shown. */
class Worker implements Port {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror = null;
  say(...all: FromWorker[]): void {
    for (const data of all) setTimeout(() => this.onmessage?.({ data } as MessageEvent<FromWorker>));
  }
  postMessage(message: ToWorker): void {
    if (!("ask" in message)) return;
    const { number, text } = message.ask;
    if (text.includes("wrong")) {
      this.say({ kind: "refused", number, message: "this is wrong", at: 8 });
      return;
    }
    const rows = Array.from({ length: 250 }, (_, row) => [{ type: "literal" as const, value: `row ${row} <i>` }]);
    this.say(
      { kind: "columns", number, of: "rows", columns: ["x"] },
      { kind: "rows", number, rows },
      { kind: "end", number, cut: true, milliseconds: 3 },
    );
  }
  terminate(): void {}
}

describe("the panel", () => {
  afterEach(cleanup);
  const panel = (query: string) => {
    const worker = new Worker();
    worker.say({ kind: "ready" });
    const state = createState(
      DATA,
      createClient(() => Promise.resolve(worker)),
    );
    state.query.value = query;
    render(<SparqlPanel state={state} />);
    return state;
  };

  test("says that an answer is partial, and shows it in pieces", async () => {
    panel("SELECT * { ?s ?p ?o }");
    await userEvent.click(screen.getByRole("button", { name: "Run" }));
    expect((await screen.findByText(/^Partial/)).textContent).toMatch(/the first 250 rows, there are more/);
    expect(screen.getAllByRole("row")).toHaveLength(101);
    await userEvent.click(screen.getByRole("button", { name: "Show 100 more of 250" }));
    expect(screen.getAllByRole("row")).toHaveLength(201);
    expect(screen.getByText("row 0 <i>")).toBeTruthy();
  });

  test("says where a query is wrong", async () => {
    panel("SELECT\n wrong");
    await userEvent.click(screen.getByRole("button", { name: "Run" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Line 2, column 2: this is wrong");
  });

  test("what is written faster than it is shown stays, what is set from elsewhere is put in its place", async () => {
    const state = panel("ASK {}");
    const root = document.querySelector(".editor")!.shadowRoot!;
    const view = EditorView.findFromDOM(root.querySelector<HTMLElement>(".cm-content")!)!;
    const text = () => view.state.doc.toString();
    for (const letter of " LIMIT") {
      view.dispatch({ changes: { from: view.state.doc.length, insert: letter } });
      // The panel is drawn anew for a text to which another letter comes before it is compared.
      await Promise.resolve();
    }
    await new Promise((go) => setTimeout(go, 100));
    expect(text()).toBe("ASK {} LIMIT");
    state.query.value = "ASK { ?s ?p ?o }";
    await vi.waitFor(() => expect(text()).toBe("ASK { ?s ?p ?o }"));
  });

  test("takes a saved question for an example", async () => {
    const state = panel("");
    const question = DATA.questions[0]!;
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Example" }), question.name);
    expect(state.query.value).toBe(question.text);
  });
});

test("the editor has a name, and stands where styles of its own are allowed", () => {
  const place = document.createElement("div");
  document.body.append(place);
  const changed: string[] = [];
  const editor = createEditor(place, {
    text: "ASK {}", label: "SPARQL query", prefixes: () => Promise.resolve([]), names: () => Promise.resolve([]), onRun: () => {}, onChange: (text) => changed.push(text),
  }); // prettier-ignore
  expect(place.shadowRoot?.querySelector("[role=textbox]")?.getAttribute("aria-label")).toBe("SPARQL query");
  expect(document.querySelector("style")).toBeNull();
  editor.put("ASK {}");
  editor.put("ASK { }");
  editor.fault(4, "wrong");
  expect([editor.text(), changed]).toEqual(["ASK { }", ["ASK { }"]]);
});
