/**
 * The forms of saved questions. A page from disk asks them in the explorer, which has the engine; one of a server asks
 * that, as forms do.
 */

import { asParameters, givenBy } from "../data/asked";
import { rootOf, type Go } from "./address";
import { upgrade } from "./field";
import { live, type Names } from "./names";

/** The fragment of the explorer's address that asks what a form says. */
function fragment(form: HTMLFormElement): string {
  const given = [...new FormData(form)].map(([name, value]): [string, string] => [name, String(value).trim()]);
  const asked = { name: form.dataset.question ?? "", given: givenBy(given) };
  return new URLSearchParams([["panel", "questions"], ...asParameters(asked)]).toString();
}

/** Leaves out of what is sent the fields that were left empty: they ask nothing, and addresses stay short. */
function withoutEmpty({ formData: sent }: FormDataEvent): void {
  const given = [...sent].filter(([, value]) => String(value).trim());
  for (const name of new Set(sent.keys())) sent.delete(name);
  for (const [name, value] of given) sent.append(name, value);
}

type Ready = (input: HTMLInputElement) => void;

/** Puts a button beside a field that adds another one below, for a second value. */
function addable(button: HTMLButtonElement, ready: Ready): void {
  const line = button.closest("p");
  const field = line?.querySelector<HTMLInputElement>("input");
  if (!line || !field) return;
  // A field with suggestions takes its place later: what is copied is the plain one.
  const { id, name, type, dataset } = field;
  const label = line.querySelector("label")?.textContent ?? name;
  const described = field.getAttribute("aria-describedby") ?? "";
  let count = 1;
  let last = line;
  button.addEventListener("click", () => {
    const page = button.ownerDocument;
    const made = page.createElement("p");
    const words = Object.assign(page.createElement("label"), { textContent: `${label}, or` });
    const input = Object.assign(page.createElement("input"), { id: `${id}-more-${++count}`, name, type });
    words.htmlFor = input.id;
    if (dataset.kinds !== undefined) input.dataset.kinds = dataset.kinds;
    if (described) input.setAttribute("aria-describedby", described);
    made.append(words, input);
    last.after(made);
    last = made;
    ready(input);
    input.focus();
  });
  button.hidden = false;
}

/** Lets the forms ask, and their fields suggest things. */
export function askForms(page: Document, names: Names, go: Go): void {
  const ready: Ready = (input) => {
    if (input.dataset.kinds === undefined) return;
    const kinds = input.dataset.kinds.split(" ").filter(Boolean);
    upgrade(input, names, { kinds, choose: (id, write, name) => write(name || id) });
  };
  for (const form of page.querySelectorAll<HTMLFormElement>("form.ask[data-question]")) {
    if (live(page)) form.addEventListener("formdata", withoutEmpty);
    else {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        go(`${rootOf(page)}explorer.html#${fragment(form)}`);
      });
    }
    const heading = page.querySelector("#answer h2")?.firstChild;
    form.addEventListener(
      "input",
      () => heading && live(page) && (heading.nodeValue = "The answer with the values before "),
      { once: true },
    );
    for (const input of form.querySelectorAll("input")) ready(input);
    for (const button of form.querySelectorAll<HTMLButtonElement>("button.another")) addable(button, ready);
  }
}
