import { screen, waitFor } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pageOf } from "../src/site/address";
import { searchBox } from "../src/site/find";
import { createNames, type Names } from "../src/site/names";
import { BOX, LIST, names, none, page } from "./site";

const go = vi.fn();
const submitted = vi.fn((event: Event) => {
  event.preventDefault();
  return new FormData(event.target as HTMLFormElement).get("q");
});
const plain = () => screen.getByLabelText<HTMLInputElement>("Find");
const box = () => screen.findByRole<HTMLInputElement>("combobox", { name: "Find" });
const shown = () => screen.queryAllByRole("option").map((option) => option.textContent);

function open(known: Names = names, more = ""): void {
  page(BOX + more);
  document.querySelector("form")?.addEventListener("submit", submitted);
  searchBox(document, known, go);
}

afterEach(() => {
  document.body.replaceChildren();
  vi.clearAllMocks();
});

test.each([
  ["../../", "agent:undp", "../../id/agent/undp.html"],
  ["./", "st:a.b-1", "./id/st/a.b-1.html"],
  ["/x/", "aig:Agent", "/x/ns.html#Agent"],
  ["./", "https://example.org/", ""],
  ["./", "javascript:alert(1)", ""],
  ["./", "agent:../../x", ""],
  ["./", "", ""],
])("from %s the page of %s is %j", (root, id, address) => expect(pageOf(root, id)).toBe(address));

describe("the search box", () => {
  test("is a plain field until it is used", async () => {
    const asked = vi.fn(names);
    open(asked);
    expect([asked.mock.calls.length, plain().type, plain().getAttribute("role")]).toEqual([0, "search", null]);
    plain().focus();
    expect(await box()).toBe(document.activeElement);
    expect([asked.mock.calls.length, document.querySelectorAll("form.find input").length]).toEqual([1, 1]);
  });

  test("suggests, and goes to the thing that is chosen", async () => {
    open();
    plain().focus();
    await userEvent.type(await box(), "undp");
    await waitFor(() => expect(shown()).toEqual(["United Nations Development ProgrammeOrganizations · UNDP"]));
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(go.mock.calls).toEqual([["../../id/agent/undp.html"]]);
    expect(submitted).not.toHaveBeenCalled();
  });

  test("goes to what is clicked", async () => {
    open();
    plain().focus();
    await userEvent.type(await box(), "zoe");
    await userEvent.click(await screen.findByRole("option", { name: /Zoë/ }));
    expect(go.mock.calls).toEqual([["../../id/agent/zoe-marsh.html"]]);
  });

  test("submits what is written by Enter, and keeps it when it is left", async () => {
    open();
    plain().focus();
    await userEvent.type(await box(), "United Nations");
    await waitFor(() => expect(shown()).toHaveLength(3));
    expect((await box()).hasAttribute("aria-activedescendant")).toBe(false);
    await userEvent.keyboard("{Enter}");
    expect(submitted.mock.results[0]?.value).toBe("United Nations");
    await userEvent.tab();
    expect([document.activeElement?.tagName, (await box()).value, shown()]).toEqual(["BUTTON", "United Nations", []]);
    expect(go).not.toHaveBeenCalled();
  });

  test("takes over what is being written, and suggests for it", async () => {
    let have: () => void = () => {};
    open(async () => {
      await new Promise<void>((done) => (have = done));
      return names();
    });
    plain().focus();
    await userEvent.keyboard("zoe m{ArrowLeft}");
    vi.spyOn(plain(), "offsetWidth", "get").mockReturnValue(240);
    have();
    const field = await box();
    expect(document.querySelector<HTMLElement>(".suggesting")?.style.width).toBe("240px");
    expect([field.value, field.selectionStart]).toEqual(["zoe m", 4]);
    await waitFor(() => expect(shown()).toEqual(["Zoë MarshPeople"]));
  });

  test("waits for the end of a character that takes several keys", async () => {
    open();
    const field = plain();
    field.dispatchEvent(new Event("compositionstart"));
    field.focus();
    await new Promise((done) => setTimeout(done, 20));
    expect([field.isConnected, screen.queryByRole("combobox")]).toEqual([true, null]);
    field.dispatchEvent(new Event("compositionend"));
    expect(await box()).toBe(document.activeElement);
  });

  test("shows no answer to an earlier text", async () => {
    const answers = new Map<string, (found: string) => void>();
    open(() =>
      Promise.resolve((text) =>
        new Promise<string>((done) => answers.set(text, done)).then((label) => [{ id: "agent:x", label }]),
      ),
    );
    plain().focus();
    await userEvent.type(await box(), "ab");
    answers.get("ab")?.("for ab");
    await waitFor(() => expect(shown()).toEqual(["for ab"]));
    answers.get("a")?.("for a");
    await new Promise((done) => setTimeout(done, 20));
    expect(shown()).toEqual(["for ab"]);
  });

  test("stays a form without names", async () => {
    open(none);
    const field = plain();
    await userEvent.type(field, "zoe{Enter}");
    await new Promise((done) => setTimeout(done, 20));
    expect([plain(), field.type, submitted.mock.results[0]?.value]).toEqual([field, "search", "zoe"]);
  });

  test("is where “/” leads", async () => {
    open(none, `<button id="other">other</button>`);
    document.getElementById("other")?.focus();
    await userEvent.keyboard("/");
    expect([document.activeElement, plain().value]).toEqual([plain(), ""]);
  });
});

describe("the list of names", () => {
  let scripts: HTMLScriptElement[] = [];
  beforeEach(() => {
    scripts = [];
    vi.spyOn(document.head, "append").mockImplementation((node) => void scripts.push(node as HTMLScriptElement));
    page("");
  });
  afterEach(() => {
    vi.restoreAllMocks();
    globalThis.kgNames = undefined;
    delete document.documentElement.dataset.live;
  });

  test("is loaded once, by a script", async () => {
    const known = createNames(document);
    expect(scripts).toEqual([]);
    const [first, second] = [known(), known()];
    expect(scripts.map((script) => script.getAttribute("src"))).toEqual(["../../assets/names.js"]);
    globalThis.kgNames = LIST;
    scripts[0]?.dispatchEvent(new Event("load"));
    expect(await first).toBe(await second);
    expect((await (await first)("united", ["event"])).map(({ id }) => id)).toEqual(["event:un-day"]);
    expect((await (await first)("united", [], 2)).map(({ id }) => id)).toEqual(["agent:un", "agent:undp"]);
  });

  test.each(["error", "load"])("is not there when its script ends in %s without it", async (ends) => {
    const asked = createNames(document)();
    scripts[0]?.dispatchEvent(new Event(ends));
    await expect(asked).rejects.toThrow(/list|loaded/);
  });

  test("is not asked for where a server answers", async () => {
    document.documentElement.dataset.live = "";
    const asked = createNames(document)();
    await expect(asked).resolves.toBeTypeOf("function");
    expect(scripts).toEqual([]);
  });
});
