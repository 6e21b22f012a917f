/** The page for an address that leads nowhere: what may have been meant. */

import { render } from "preact";
import { rootOf } from "./address";
import { Links } from "./links";
import type { Names } from "./names";

const MOST = 5;

/** The last name in a path as words, without the suffix of a file. */
export function wordsOf(path: string): string {
  const last = path.split("/").filter(Boolean).at(-1) ?? "";
  let text = last;
  try {
    text = decodeURIComponent(last);
  } catch {
    // What is written so stands for nothing else.
  }
  return text.replace(/\.[a-z][a-z0-9]*$/i, "").replace(/[-_]+/g, " ").trim(); // prettier-ignore
}

/** Suggests what the address looks like, where anything does. */
export async function instead(page: Document, names: Names): Promise<void> {
  const place = page.getElementById("instead");
  const text = wordsOf(page.defaultView?.location.pathname ?? "");
  if (!place || !text) return;
  const options = await names().then(
    (suggestions) => suggestions(text, [], MOST),
    () => [],
  );
  if (!options.length) return;
  const list = (
    <>
      <p>Perhaps you look for:</p>
      <ul>
        <Links root={rootOf(page)} options={options} />
      </ul>
    </>
  );
  render(list, place);
  place.hidden = false;
}
