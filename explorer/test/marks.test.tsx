// @vitest-environment happy-dom
/** Marks, and names of things. */

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { marks, Marks } from "../src/parts/marks";
import { ThingName } from "../src/parts/thing";
import { createState } from "../src/state";
import { data, statement, thing } from "./given";

afterEach(cleanup);

const ONE = statement("1", "agent:a", "agent:b");

it("says only what is out of the ordinary besides status and modality", () => {
  expect(marks(ONE)).toEqual(["asserted", "actual"]);
  expect(marks({ ...ONE, status: "attributed", modality: "planned", reading: "inferred", contradicted: true })).toEqual(
    ["attributed", "planned", "inferred", "contradicted"],
  );
});

it("are words, not colours alone", () => {
  const { container } = render(<Marks statement={{ ...ONE, contradicted: true }} />);
  expect([...container.querySelectorAll(".mark")].map((one) => one.textContent)).toEqual(["asserted", "actual", "contradicted"]); // prettier-ignore
});

it("selects a thing by its name", () => {
  const state = createState(data([ONE]));
  const { rerender } = render(<ThingName thing={ONE.subject} state={state} />);
  fireEvent.click(screen.getByRole("button", { name: "agent:a" }));
  expect(state.selected.value).toBe("agent:a");
  rerender(<ThingName thing={ONE.subject} state={state} />);
  expect(screen.getByRole("button").getAttribute("aria-current")).toBe("true");
});

it("links an address elsewhere, and nothing that a browser must not open", () => {
  const state = createState(data([ONE]));
  const { container } = render(
    <>
      <ThingName thing={thing("https://example.org/x")} state={state} />
      <ThingName thing={thing("", "javascript:alert(1)")} state={state} />
      <ThingName thing={thing("", "<img src=x onerror=alert(1)>")} state={state} />
      <ThingName thing={thing("agent:unknown")} state={state} />
    </>,
  );
  const [link, ...more] = container.querySelectorAll("a");
  expect([link!.href, link!.target, link!.rel, more.length]).toEqual(["https://example.org/x", "_blank", "noopener noreferrer", 0]); // prettier-ignore
  expect(container.querySelectorAll("img, button")).toHaveLength(0);
});
