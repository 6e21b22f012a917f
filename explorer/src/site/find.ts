/** The search box of each page: a suggestion leads to the thing's page, Enter to all that is found. */

import { FIELD, slash } from "../parts/find";
import { pageOf, rootOf, type Go } from "./address";
import { upgrade } from "./field";
import type { Names } from "./names";

/** The field of the search box. */
export function fieldOf(page: Document): HTMLInputElement | null {
  return page.querySelector<HTMLInputElement>(`form.find input#${FIELD}`);
}

/** Upgrades the search box, and lets “/” lead to it. */
export function searchBox(page: Document, names: Names, go: Go): void {
  const field = fieldOf(page);
  if (!field) return;
  slash(page);
  upgrade(field, names, { kinds: [], choose: (id) => go(pageOf(rootOf(page), id)) });
}
