import { screen, waitFor } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { read, write } from "../src/permalink";
import { askForms } from "../src/site/ask";
import { searchBox } from "../src/site/find";
import { createState } from "../src/state";
import fixture from "./fixture.json";
import { BOX, names, page } from "./site";

const go = vi.fn<(address: string) => void>();

beforeEach(() => {
  page(`${BOX}<form class="ask" data-question="who-spoke">
    <label for="p-event">Event</label><input id="p-event" name="event" data-kinds="event place">
    <label for="p-agent">Agent</label><input id="p-agent" name="agent" data-kinds="">
    <label for="p-text">Words</label><input id="p-text" name="text">
    <label for="p-how">How</label><select id="p-how" name="how"><option value="">any</option><option>host</option></select>
    <button>Ask</button></form>`);
  askForms(document, names, go);
});
afterEach(() => {
  go.mockReset();
  document.body.replaceChildren();
});
const field = (name: string) => screen.findByRole<HTMLInputElement>("combobox", { name });
const ask = () => userEvent.click(screen.getByRole("button", { name: "Ask" }));

test("a form asks in the explorer, by its own link, without what is empty", async () => {
  await userEvent.type(screen.getByLabelText("Words"), "a & b = c # ü 商 ");
  await userEvent.selectOptions(screen.getByLabelText("How"), "host");
  await ask();
  const [address = "", fragment = ""] = go.mock.calls[0]?.[0].split(/(?=#)/) ?? [];
  expect(address).toBe("../../explorer.html");
  const state = createState(decode(fixture as unknown as Payload));
  read(state, fragment);
  expect([state.panel.value, state.asked.value]).toEqual([
    "questions",
    { name: "who-spoke", given: { text: ["a & b = c # ü 商"], how: ["host"] } },
  ]);
  expect(write(state)).toBe(fragment);
});

test("one with nothing set asks with what is usual", async () => {
  const left = vi.fn((event: Event) => event.defaultPrevented);
  document.querySelector("form.ask")?.addEventListener("submit", left);
  await userEvent.type(screen.getByLabelText("Words"), "  ");
  await ask();
  expect(go.mock.calls).toEqual([["../../explorer.html#panel=questions&question=who-spoke"]]);
  expect(left.mock.results[0]?.value).toBe(true);
});

test("a field suggests things of its kinds, and takes the name of the chosen one", async () => {
  screen.getByLabelText("Event").focus();
  await userEvent.type(await field("Event"), "united");
  expect((await screen.findAllByRole("option", { name: /United/ })).map((option) => option.textContent)).toEqual([
    "United Nations DayConferences",
  ]);
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect((await field("Event")).value).toBe("United Nations Day");
  await ask();
  expect(go.mock.calls).toEqual([["../../explorer.html#panel=questions&question=who-spoke&-event=United+Nations+Day"]]);
});

test("one without kinds suggests all; what is written there and names nothing is asked as it stands", async () => {
  screen.getByLabelText("Agent").focus();
  await userEvent.type(await field("Agent"), "united");
  await waitFor(() => expect(screen.getAllByRole("option", { name: /United/ })).toHaveLength(3));
  await userEvent.type(await field("Agent"), " x{Enter}");
  expect(go.mock.calls).toEqual([["../../explorer.html#panel=questions&question=who-spoke&-agent=united+x"]]);
});

test("fields of one page have lists of their own", async () => {
  searchBox(document, names, go);
  for (const [label, name] of [
    ["Event", "Event"],
    ["Agent", "Agent"],
    ["Find", "Find"],
  ] as const) {
    // prettier-ignore
    screen.getByLabelText(label).focus();
    await field(name);
  }
  const lists = screen.getAllByRole("combobox").map((one) => one.getAttribute("aria-controls") ?? "");
  const fields = lists.filter(Boolean);
  expect([fields.length, new Set(fields).size]).toEqual([3, 3]);
  expect(fields.every((id) => document.querySelectorAll(`[id="${id}"]`).length === 1)).toBe(true);
});

test("where others are called so too it takes the CURIE", async () => {
  page(
    `<form class="ask" data-question="x"><p><label for="w">Who</label><input id="w" name="who" data-kinds=""></p></form>`,
  );
  const twins = ["agent:a", "place:a"].map((id) => ({ id, label: "Twin" }));
  askForms(document, () => Promise.resolve(() => Promise.resolve(twins)), go);
  screen.getByLabelText("Who").focus();
  await userEvent.type(await field("Who"), "twin");
  await userEvent.click((await screen.findAllByRole("option"))[1]!);
  expect((await field("Who")).value).toBe("place:a");
});

test("the answer of a server's page is said to be of before, once a value is changed", async () => {
  page(`<form class="ask" data-question="x"><input aria-label="Who" name="who"></form>
    <section id="answer"><h2>The answer with these values <span class="count">3</span></h2></section>`);
  document.documentElement.dataset.live = "";
  askForms(document, names, go);
  await userEvent.type(screen.getByLabelText("Who"), "x");
  delete document.documentElement.dataset.live;
  expect(screen.getByRole("heading").textContent).toBe("The answer with the values before 3");
});

test("a field within its label stays as it is", async () => {
  page(`<form class="ask" data-question="x"><label>Who <input name="who" data-kinds="agent"></label></form>`);
  askForms(document, names, go);
  const input = screen.getByLabelText("Who");
  input.focus();
  await new Promise((done) => setTimeout(done, 20));
  expect(input.isConnected).toBe(true);
});
