/**
 * The page where one writes SPARQL: an editor takes the place of the plain field, which goes on being what is sent.
 * A script of its own, since no other page needs it.
 */

import { createEditor, type Name } from "../sparql/editor";
import { rootOf } from "./address";
import { load } from "./names";

/** What `assets/terms.js` says: prefixes, and the terms and things that stand behind them. */
export interface Terms {
  readonly prefixes: readonly string[];
  readonly names: readonly (readonly [name: string, label: string, kind: Name["kind"]])[];
}

declare global {
  var kgTerms: Terms | undefined;
}

const NONE: Terms = { prefixes: [], names: [] };

/** The terms, got once; the editor is of use without them. */
function termsOf(page: Document): () => Promise<Terms> {
  let known: Promise<Terms> | undefined;
  const get = async (): Promise<Terms> => {
    if (!globalThis.kgTerms) await load(page, `${rootOf(page)}assets/terms.js`).catch(() => undefined);
    return globalThis.kgTerms ?? NONE;
  };
  return () => (known ??= get());
}

/** The place in a text that a line and a column name, both from 1; -1 when there is none such. */
export function placeOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const there = lines[line - 1];
  if (there === undefined || !(column >= 1)) return -1;
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + [...there].slice(0, column - 1).join("").length;
}

/** Puts the editor into the form of the page. */
export function queryEditor(page: Document): void {
  const field = page.querySelector<HTMLTextAreaElement>("form.sparql textarea[name=query]");
  const form = field?.form;
  if (!field || !form) return;
  const terms = termsOf(page);
  const place = page.createElement("div");
  place.className = "editor";
  field.before(place);
  // The browser may have put back what was written here before.
  const editor = createEditor(place, {
    text: field.value,
    label: "SPARQL query. Control and Enter ask it, Tab leaves the editor.",
    prefixes: async () => (await terms()).prefixes,
    names: async () => (await terms()).names.map(([name, label, kind]) => ({ name, label, kind })),
    onChange: (text) => (field.value = text),
    onRun: () => form.requestSubmit(),
  });
  field.hidden = true;
  field.labels.forEach((label) =>
    label.addEventListener("click", (event) => {
      event.preventDefault();
      editor.focus();
    }),
  );
  const wrong = page.getElementById("wrong");
  const { line = "", column = "" } = wrong?.dataset ?? {};
  if (wrong && line) editor.fault(placeOf(field.value, Number(line), Number(column)), wrong.textContent?.trim() ?? "");
}
