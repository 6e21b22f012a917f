/** Makes a plain field of a page one with suggestions, once it is used and the names are there. */

import { render } from "preact";
import { useRef, useState } from "preact/hooks";
import { Combobox, type Option } from "../parts/combobox";
import { fold } from "../data/search";
import type { Names, Suggestions } from "./names";

interface Wanted {
  /** The kinds of things that are suggested; empty for all. */
  readonly kinds: readonly string[];
  /**
   * What is done with the thing that was chosen; `write` puts a text into the field, `name` is what only it is called
   * of what was found, "" where others are called so too.
   */
  readonly choose: (id: string, write: (text: string) => void, name: string) => void;
}

interface Props {
  readonly input: HTMLInputElement;
  readonly id: string;
  readonly suggestions: Suggestions;
  readonly wanted: Wanted;
}

function Field({ input, id, suggestions, wanted }: Props) {
  const [text, setText] = useState(input.value);
  const [found, setFound] = useState<readonly Option[]>([]);
  const last = useRef(text);
  const write = (next: string): void => {
    setText(next);
    last.current = next;
    const asked = next.trim() ? suggestions(next, wanted.kinds) : Promise.resolve([]);
    // A later answer overtakes an earlier one; without an answer what was found stays.
    asked.then(
      (options) => last.current === next && setFound(options),
      () => undefined,
    );
  };
  const label = labelOf(input);
  return (
    <Combobox
      label={label?.textContent?.trim() || input.getAttribute("aria-label") || "Find"}
      labelElsewhere={label !== null}
      labelHidden
      inputId={id}
      name={input.name || undefined}
      placeholder={input.placeholder || undefined}
      describedBy={input.getAttribute("aria-describedby") ?? undefined}
      suggest={() => found}
      value={text}
      free
      onChange={write}
      onChoose={(chosen) => wanted.choose(chosen, write, nameOf(found, chosen))}
    />
  );
}

function nameOf(found: readonly Option[], id: string): string {
  const label = found.find((option) => option.id === id)?.label ?? "";
  return found.filter((option) => fold(option.label) === fold(label)).length === 1 ? label : "";
}

function labelOf(input: HTMLInputElement): HTMLLabelElement | null {
  const labels = [...input.ownerDocument.querySelectorAll("label")];
  return labels.find((label) => input.id && label.htmlFor === input.id) ?? null;
}

let count = 0;

/** Puts the new field in the old one's place, with its text; whoever writes there goes on writing. */
function replace(input: HTMLInputElement, typed: boolean, suggestions: Suggestions, wanted: Wanted): void {
  const page = input.ownerDocument;
  const focused = page.activeElement === input;
  const { selectionStart, selectionEnd } = input;
  const place = page.createElement("div");
  place.className = "suggesting";
  // As wide as before, whatever the page lays out around it.
  place.style.width = `${input.offsetWidth}px`;
  render(<Field input={input} id={input.id || `field-${++count}`} suggestions={suggestions} wanted={wanted} />, place);
  input.replaceWith(place);
  const field = place.querySelector("input");
  if (!field || !focused) return;
  field.focus();
  field.setSelectionRange(selectionStart, selectionEnd);
  if (typed) field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Upgrades a field when it gets the focus. Without names, or with its label around it, it stays as it is. */
export function upgrade(input: HTMLInputElement, names: Names, wanted: Wanted): void {
  if (input.closest("label")) return;
  let composing = false;
  input.addEventListener("compositionstart", () => (composing = true));
  input.addEventListener("compositionend", () => (composing = false));
  const begin = async (): Promise<void> => {
    const before = input.value;
    const suggestions = await names().catch(() => null);
    // A character that takes several keys would be lost.
    if (composing) await new Promise((done) => input.addEventListener("compositionend", done, { once: true }));
    if (suggestions && input.isConnected) replace(input, input.value !== before, suggestions, wanted);
  };
  if (input.ownerDocument.activeElement === input) void begin();
  else input.addEventListener("focus", () => void begin(), { once: true });
}
