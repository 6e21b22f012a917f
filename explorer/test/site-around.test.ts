import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Payload } from "../src/data/model";
import { Canvas } from "../src/draw/canvas";
import { Finder, type Hit } from "../src/draw/hit";
import { SvgSurface } from "../src/draw/svg";
import { pictureAround } from "../src/site/around";
import fixture from "./fixture.json";
import { page } from "./site";

/** A canvas that draws into the void. */
class Void extends SvgSurface {
  setTransform(): void {}
  measureText(text: string): { width: number } {
    return { width: 55 * text.length };
  }
}

const PAYLOAD = fixture as unknown as Payload;
const FOCUS = "event:harbor-forum-2030";
const go = vi.fn();
const figure = () => document.getElementById("around") as HTMLElement;
const canvas = () => document.querySelector("canvas") as HTMLCanvasElement;
const tip = () => document.querySelector(".graph-tip")?.textContent;

/** What lies under the pointer, whatever its place. */
let under: Hit | null = null;
const press = () => fireEvent.click(canvas(), { clientX: 30, clientY: 40 });
const hover = (hit: Hit | null) => {
  under = hit;
  fireEvent.pointerMove(canvas(), { clientX: 30, clientY: 40 });
};

function open(said: object = {}): void {
  const block = JSON.stringify({ ...PAYLOAD, questions: [], focus: FOCUS, ...said }).replaceAll("<", "\\u003c");
  page(`<figure id="around" hidden><figcaption>Around</figcaption></figure>
    <script type="application/json" id="around-data">${block}</script>`);
  pictureAround(document, go);
}

const show = vi.spyOn(Canvas.prototype, "show");
const stress = vi.spyOn(Canvas.prototype, "stress");
/** The scene that was drawn. */
const drawn = () => show.mock.calls[0]![0];
const nodeOf = (id: string): Hit => ({ kind: "node", at: drawn().nodeOf.get(id) ?? -1 });
const lineOf = (statements: (count: number) => boolean): Hit => ({
  kind: "line",
  at: drawn().lines.findIndex((line) => statements(line.statements.length)),
});

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation((() => new Void()) as never);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(700);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(350);
  vi.spyOn(Finder.prototype, "at").mockImplementation(() => under);
  under = null;
});
afterEach(() => {
  document.body.replaceChildren();
  vi.clearAllMocks();
});

describe("the picture around a thing", () => {
  test("shows itself when it is drawn, arranged afresh, and lets its thing stand out", () => {
    open();
    expect([figure().hidden, figure().firstElementChild?.className]).toEqual([false, "around-place"]);
    const at = drawn().nodeOf.get(FOCUS) ?? -1;
    expect(stress.mock.calls).toEqual([[{ nodes: [at], lines: [], cursor: -1 }, false]]);
    const given = PAYLOAD.things.find(([id]) => id === FOCUS)?.[4];
    expect([drawn().nodes[at]?.x, drawn().nodes[at]?.y]).not.toEqual(given);
    expect(show.mock.calls[0]?.[1]).toBe(true);
  });

  test("is told in words, and no stop for the keyboard", () => {
    open();
    const told = screen.getByRole("img").getAttribute("aria-label");
    expect(told).toBe(
      "Picture of Harbor Forum 2030 and 7 things around it, joined by 8 lines. The page lists the same facts in words.",
    );
    expect(figure().querySelectorAll("[tabindex], button, a")).toHaveLength(0);
  });

  test.each([
    ["nothing is joined", { statements: [] }],
    ["its data are of another form", { format: 99 }],
    ["its data are broken", { things: [] }],
  ])("stays hidden when %s", (_, said) => {
    open(said);
    expect([figure().hidden, figure().querySelector("div")]).toEqual([true, null]);
  });

  test("stays hidden where the browser draws nothing", () => {
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
    open();
    expect([figure().hidden, figure().querySelector("div")]).toEqual([true, null]);
  });

  test("says what the pointer is over, and a click goes to its page", async () => {
    open();
    hover(nodeOf("agent:zoe-marsh"));
    await waitFor(() => expect(tip()).toMatch(/^Zoë Marsh \(People\), joined to/));
    press();
    expect(go.mock.calls).toEqual([["../../id/agent/zoe-marsh.html"]]);
    hover(null);
    await waitFor(() => expect(tip()).toBeUndefined());
  });

  test("a finger is told first, and goes by pressing once more", async () => {
    open();
    under = nodeOf("agent:zoe-marsh");
    press();
    await waitFor(() => expect(tip()).toMatch(/^Zoë Marsh .* – press again to open$/));
    expect(go).not.toHaveBeenCalled();
    fireEvent.pointerLeave(canvas());
    press();
    expect(go.mock.calls).toEqual([["../../id/agent/zoe-marsh.html"]]);
    under = null;
    press();
    await waitFor(() => expect(tip()).toBeUndefined());
  });

  test("the page's own thing leads nowhere", () => {
    open();
    hover(nodeOf(FOCUS));
    press();
    expect(go).not.toHaveBeenCalled();
  });

  test("a line leads to its statement", () => {
    open();
    const hit = lineOf((count) => count === 1);
    const id = drawn().lines[hit.at]?.statements[0]?.id ?? "";
    hover(hit);
    press();
    expect(go.mock.calls).toEqual([[`../../id/st/${id.replace("st:", "")}.html`]]);
  });

  test("a line of several statements opens them as links", async () => {
    const [first] = PAYLOAD.statements.filter((one) => PAYLOAD.things[one[3]]?.[0].startsWith("agent:"));
    const again = ["st:again", ...(first ?? []).slice(1)];
    open({ statements: [...PAYLOAD.statements, again] });
    const hit = lineOf((count) => count > 1);
    hover(hit);
    press();
    const dialog = await screen.findByRole("dialog", { name: "2 statements" });
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links.sort()).toEqual(
      drawn()
        .lines[hit.at]?.statements.map(({ id }) => `../../id/st/${id.replace("st:", "")}.html`)
        .sort(),
    );
    expect(go).not.toHaveBeenCalled();
    fireEvent.keyDown(dialog, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("leaves the page its wheel, unless Ctrl is pressed", () => {
    open();
    const turn = (ctrlKey: boolean) => {
      // Here a WheelEvent is no MouseEvent.
      const event = Object.assign(new WheelEvent("wheel", { deltaY: 5, cancelable: true }), { ctrlKey });
      canvas().dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect([turn(false), turn(true)]).toEqual([false, true]);
  });
});
