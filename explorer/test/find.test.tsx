import { cleanup, render, screen } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, test } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { Find } from "../src/parts/find";
import { createState } from "../src/state";
import fixture from "./fixture.json";

const DATA = decode(fixture as unknown as Payload);
const field = () => screen.getByRole<HTMLInputElement>("combobox");

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
});

describe("the search of the page", () => {
  test("finds a thing without accents, says what it is, and selects it", async () => {
    const state = createState(DATA);
    render(<Find state={state} />);
    await userEvent.type(field(), "zoe m");
    expect(screen.getByRole("option").textContent).toBe(`Zoë Marsh${DATA.types["Person"]}`);
    await userEvent.keyboard("{Enter}");
    expect([state.selected.value, field().value]).toEqual(["agent:zoe-marsh", ""]);
  });

  test("is where “/” leads, except from where text is written", async () => {
    render(
      <>
        <Find state={createState(DATA)} />
        <textarea aria-label="text" />
        <button>other</button>
      </>,
    );
    await userEvent.type(screen.getByLabelText("text"), "a/b");
    expect(document.activeElement).toBe(screen.getByLabelText("text"));
    screen.getByRole("button").focus();
    await userEvent.keyboard("/");
    expect([document.activeElement, field().value]).toEqual([field(), ""]);
    await userEvent.keyboard("/");
    expect(field().value).toBe("/");
  });
});
