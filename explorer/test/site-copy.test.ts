import { screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyButtons } from "../src/site/copy";
import { page } from "./site";

const write = vi.fn<(text: string) => Promise<void>>();
const run = vi.fn<(name: string) => boolean>();
const said = () => screen.getAllByRole("status").map((status) => status.textContent);

beforeEach(() => {
  page(`<button type="button" class="copy" data-copy="agent:undp" hidden>Copy</button>
    <button type="button" class="copy" data-copy="a &quot;b&quot;" hidden>Copy</button>`);
  vi.stubGlobal("navigator", { clipboard: { writeText: write } });
  Object.assign(document, { execCommand: run });
  copyButtons(document);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
  document.body.replaceChildren();
});
const press = (at: number) => screen.getAllByRole("button")[at]?.click();

test("a button shows itself, copies its text, and says so for two seconds", async () => {
  vi.useFakeTimers();
  write.mockResolvedValue();
  expect(said()).toEqual(["", ""]);
  press(1);
  await vi.advanceTimersByTimeAsync(1900);
  expect([write.mock.calls, said()]).toEqual([[['a "b"']], ["", "Copied"]]);
  // Pressed again, it is said for as long again.
  press(1);
  await vi.advanceTimersByTimeAsync(1900);
  expect(said()).toEqual(["", "Copied"]);
  await vi.advanceTimersByTimeAsync(200);
  expect(said()).toEqual(["", ""]);
});

test("without the right to, or the means, it copies the old way", async () => {
  const seen: (string | undefined)[] = [];
  run.mockImplementation((name) => {
    const field = document.querySelector("textarea");
    seen.push(name, field?.value.slice(field.selectionStart, field.selectionEnd));
    return true;
  });
  write.mockRejectedValue(new Error("denied"));
  press(0);
  await waitFor(() => expect(said()).toEqual(["Copied", ""]));
  vi.stubGlobal("navigator", {});
  press(1);
  await waitFor(() => expect(said()).toEqual(["Copied", "Copied"]));
  expect(seen).toEqual(["copy", "agent:undp", "copy", 'a "b"']);
  expect([document.querySelector("textarea"), document.activeElement]).toEqual([
    null,
    screen.getAllByRole("button")[1],
  ]);
});

test("what could not be copied is not said to be", async () => {
  write.mockRejectedValue(new Error("denied"));
  run.mockReturnValue(false);
  press(0);
  await waitFor(() => expect(said()[0]).toContain("Not copied"));
});
