import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { useState } from "preact/hooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Combobox, matching, type Option } from "../src/parts/combobox";

const OPTIONS: Option[] = [
  { id: "agent:un", label: "United Nations", names: ["联合国"] },
  { id: "agent:unesco", label: "UNESCO", hint: "Organizations" },
  { id: "agent:o", label: "Cédric O" },
];

const heard = vi.fn();
function Page({ free = false, value = "" }: { free?: boolean; value?: string }) {
  const [now, setNow] = useState(value);
  return (
    <form onSubmit={(event) => (event.preventDefault(), heard("submitted"))}>
      <Combobox
        label="Who"
        options={OPTIONS}
        value={now}
        free={free}
        onChange={(next) => {
          heard(next);
          setNow(next);
        }}
      />
      <button type="button" onClick={() => setNow("agent:o")}>
        from elsewhere
      </button>
    </form>
  );
}
const field = () => screen.getByRole<HTMLInputElement>("combobox", { name: "Who" });
const active = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent;
const shown = () => screen.queryAllByRole("option").map((option) => option.textContent);

afterEach(() => {
  cleanup();
  heard.mockClear();
});

describe("a field with suggestions", () => {
  test("the key that ends a composition takes nothing", async () => {
    render(<Page />);
    await userEvent.type(field(), "un");
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect([field().value, shown().length]).toEqual(["un", 2]);
  });

  test("shows what answers, the best first and active; Enter takes it", async () => {
    render(<Page />);
    await userEvent.type(field(), "un");
    expect(shown()).toEqual(["United Nations", "UNESCOOrganizations"]);
    expect([field().getAttribute("aria-expanded"), active()]).toEqual(["true", "United Nations"]);
    await userEvent.keyboard("{Enter}");
    expect([field().value, field().getAttribute("aria-expanded")]).toEqual(["United Nations", "false"]);
    expect(heard.mock.calls).toEqual([["agent:un"]]);
  });

  test("arrows go round, and open the list of all", async () => {
    render(<Page />);
    field().focus();
    await userEvent.keyboard("{ArrowDown}");
    expect([shown().length, active()]).toEqual([3, "United Nations"]);
    await userEvent.keyboard("{ArrowUp}");
    expect(active()).toBe("Cédric O");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(field().value).toBe("UNESCO");
  });

  test("a click opens the list, but Enter then submits the form", async () => {
    render(<Page />);
    await userEvent.click(field());
    expect([shown().length, active()]).toEqual([3, undefined]);
    await userEvent.keyboard("{Enter}");
    expect(heard.mock.calls).toEqual([["submitted"]]);
  });

  test("Escape closes the list, then empties the field", async () => {
    render(<Page value="agent:un" />);
    await userEvent.type(field(), "{ArrowDown}{Escape}");
    expect([field().value, shown()]).toEqual(["United Nations", []]);
    await userEvent.keyboard("{Escape}");
    expect([field().value, heard.mock.calls]).toEqual(["", [[""]]]);
  });

  test("what names nothing is put back when the field is left, what names one is taken", async () => {
    render(<Page value="agent:un" />);
    await userEvent.clear(field());
    await userEvent.type(field(), "nobody");
    await userEvent.tab();
    expect(field().value).toBe("");
    await userEvent.type(field(), "cedric o");
    await userEvent.tab();
    expect(field().value).toBe("Cédric O");
    expect(heard).toHaveBeenLastCalledWith("agent:o");
  });

  test("a free one keeps what was written, until another value comes from elsewhere", async () => {
    render(<Page free />);
    await userEvent.type(field(), "<b>");
    await userEvent.tab();
    expect(field().value).toBe("<b>");
    expect(heard).toHaveBeenLastCalledWith("<b>");
    await userEvent.click(screen.getByRole("button"));
    expect(field().value).toBe("Cédric O");
  });

  test("how many there are is told", async () => {
    render(<Page />);
    await userEvent.type(field(), "un");
    expect(screen.getByRole("status").textContent).toBe("2 suggestions");
    await userEvent.type(field(), "qq");
    expect(screen.getByRole("status").textContent).toBe("Nothing is called so.");
  });
});

describe("options", () => {
  test.each([
    ["联合", ["agent:un"]],
    ["cedric", ["agent:o"]],
    ["nations", ["agent:un"]],
    ["agent:o", ["agent:o"]],
    ["", ["agent:un", "agent:unesco", "agent:o"]],
    ["!!", []],
  ])("%j finds %j", (text, ids) => expect(matching(OPTIONS, text).map((option) => option.id)).toEqual(ids));
});
