import { screen, waitFor } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askForms } from "../src/site/ask";
import { searchBox } from "../src/site/find";
import { createNames, served } from "../src/site/names";
import { BOX, page } from "./site";

const ITEMS = [
  { id: "agent:zoe-marsh", label: "Zoë Marsh", type: "Person", name: "Zoë Marsh" },
  { id: "agent:undp", label: "United Nations Development Programme", type: "Organization", name: "UNDP" },
  { id: "concept:x", label: "A concept", type: "", name: "concept:x" },
];
const go = vi.fn<(address: string) => void>();
const asked = vi.fn<typeof fetch>();
const addresses = () => asked.mock.calls.map(([address]) => String(address));
const answer = (items: unknown, status = 200) => new Response(JSON.stringify({ total: 3, items }), { status });

beforeEach(() => {
  asked.mockImplementation(async () => answer(ITEMS));
  vi.stubGlobal("fetch", asked);
  page("");
  document.documentElement.dataset.live = "";
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
  delete document.documentElement.dataset.live;
  document.body.replaceChildren();
});

describe("suggestions of the server", () => {
  test("are asked for from the root of the site, by text, kinds and number", async () => {
    const found = await served(document)(" Ü & ? ", ["agent", "place"], 3);
    expect(addresses()).toEqual(["../../api/search?q=%C3%9C+%26+%3F&kind=agent&kind=place&limit=3"]);
    expect(found).toEqual([
      { id: "agent:zoe-marsh", label: "Zoë Marsh", hint: "person" },
      { id: "agent:undp", label: "United Nations Development Programme", hint: "organization · UNDP" },
      { id: "concept:x", label: "A concept", hint: "" },
    ]);
  });

  test("are asked for whole characters, and no more than a name has", async () => {
    await served(document)("𝒳".repeat(300));
    expect(new URL(addresses()[0] ?? "", "http://x/").searchParams.get("q")).toBe("𝒳".repeat(200));
  });

  test("are asked for only once nobody writes on", async () => {
    const suggest = served(document);
    const early = suggest("z").catch((error: Error) => error.name);
    await suggest("zo");
    expect([await early, addresses().length]).toEqual(["AbortError", 1]);
  });

  test("give up the request before", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    asked.mockImplementation((_, more) => {
      signals.push(more?.signal);
      return signals.length > 1 ? Promise.resolve(answer([])) : new Promise(() => {});
    });
    const suggest = served(document);
    void suggest("z").catch(() => undefined);
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    await suggest("zo");
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  test.each([400, 404, 503])("are none when it says %d", async (status) => {
    asked.mockImplementation(async () => answer([], status));
    await expect(served(document)("z")).rejects.toThrow(`${status}`);
  });
});

test("the search box suggests what the server finds, and leads there", async () => {
  page(BOX);
  searchBox(document, createNames(document), go);
  screen.getByLabelText("Find").focus();
  await userEvent.type(await screen.findByRole("combobox", { name: "Find" }), "zoe");
  await userEvent.click(await screen.findByRole("option", { name: /Zoë/ }));
  expect(go.mock.calls).toEqual([["../../id/agent/zoe-marsh.html"]]);
});

test("the search box stays one where the server fails", async () => {
  asked.mockRejectedValue(new TypeError("no network"));
  page(BOX);
  searchBox(document, createNames(document), go);
  screen.getByLabelText("Find").focus();
  const field = await screen.findByRole<HTMLInputElement>("combobox", { name: "Find" });
  await userEvent.type(field, "zoe");
  await waitFor(() => expect(asked).toHaveBeenCalled());
  expect([field.value, field.name, screen.queryAllByRole("option").length]).toEqual(["zoe", "q", 0]);
});

describe("the form of a question", () => {
  const form = () => document.querySelector<HTMLFormElement>("form.ask") as HTMLFormElement;
  const fields = () => [...form().querySelectorAll("input")].map(({ id, name }) => [id, name]);

  beforeEach(() => {
    page(`<form class="ask" data-question="who"><p><label for="p-a">Actor</label><input id="p-a" name="a" type="text"
      data-kinds="agent Person" aria-describedby="a-a"><button type="button" class="another" hidden>Add another</button>
      <span id="a-a">entity</span></p><p><label for="p-t">Words</label><input id="p-t" name="t"></p>
      <button>Ask</button></form>`);
    askForms(document, createNames(document), go);
  });

  test("is sent to the server, not to the explorer", async () => {
    const left = vi.fn((event: Event) => event.defaultPrevented);
    // What happy-dom would do next is to leave.
    document.addEventListener("submit", (event) => { left(event); event.preventDefault(); }, { once: true }); // prettier-ignore
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect([left.mock.results[0]?.value, go.mock.calls]).toEqual([false, []]);
  });

  test("leaves out what is empty, and keeps several values in order", () => {
    const sent = new FormData();
    for (const [name, value] of [["a", "x"], ["t", "  "], ["a", ""], ["a", "y"]] as const) sent.append(name, value); // prettier-ignore
    const event = Object.assign(new Event("formdata"), { formData: sent });
    form().dispatchEvent(event);
    expect([...sent]).toEqual([["a", "x"], ["a", "y"]]); // prettier-ignore
  });

  test("takes another value beside the first, with suggestions of its kinds", async () => {
    const button = screen.getByRole("button", { name: "Add another" });
    await userEvent.click(button);
    await userEvent.click(button);
    const added = await screen.findAllByRole("combobox", { name: "Actor, or" });
    expect(fields().slice(0, 3)).toEqual([["p-a", "a"], ["p-a-more-2", "a"], ["p-a-more-3", "a"]]); // prettier-ignore
    await userEvent.type(added[0] as HTMLElement, "zoe");
    await userEvent.click(await screen.findByRole("option", { name: /Zoë/ }));
    expect(addresses().at(-1)).toContain("kind=agent&type=Person");
    expect(added.map((one) => (one as HTMLInputElement).value)).toEqual(["Zoë Marsh", ""]);
  });
});
