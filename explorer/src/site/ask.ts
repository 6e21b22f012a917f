/** The forms of saved questions: they are asked in the explorer, which has the engine. */

import { asParameters } from "../data/asked";
import { rootOf, type Go } from "./address";
import { upgrade } from "./field";
import type { Names } from "./names";

/** The fragment of the explorer's address that asks what a form says. */
function fragment(form: HTMLFormElement): string {
  const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  const asked = { name: form.dataset.question ?? "", given: Object.fromEntries(given) };
  return new URLSearchParams([["panel", "questions"], ...asParameters(asked)]).toString();
}

/** Lets the forms ask, and their fields suggest things. */
export function askForms(page: Document, names: Names, go: Go): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form.ask[data-question]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(`${rootOf(page)}explorer.html#${fragment(form)}`);
    });
    for (const input of form.querySelectorAll<HTMLInputElement>("input[data-kinds]")) {
      const kinds = (input.dataset.kinds ?? "").split(" ").filter(Boolean);
      upgrade(input, names, { kinds, choose: (id, write) => write(id) });
    }
  }
}
