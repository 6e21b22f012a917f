/** The page of search results: all that answers to the text in its address. */

import { render } from "preact";
import type { Option } from "../parts/combobox";
import { rootOf } from "./address";
import { fieldOf } from "./find";
import { Links } from "./links";
import type { Names } from "./names";

/** No more are listed: nobody reads on, and a longer text finds fewer. */
const MOST = 100;

function told(text: string, count: number): string {
  if (count >= MOST) return `The first ${MOST} things that answer to “${text}”. Write more of the name to find fewer.`;
  return `${count} ${count === 1 ? "thing answers" : "things answer"} to “${text}”.`;
}

function Found({ root, text, options }: { root: string; text: string; options: readonly Option[] }) {
  if (options.length) {
    return (
      <>
        <p role="status">{told(text, options.length)}</p>
        <ol>
          <Links root={root} options={options} />
        </ol>
      </>
    );
  }
  return (
    <>
      <p role="status">Nothing is called “{text}”.</p>
      <p>Try one word of the name, its first letters only, its initials, or the name in another language or script.</p>
    </>
  );
}

/** Lists what is found for the address's `q`; a list that the page has already stays. */
export async function results(page: Document, names: Names): Promise<void> {
  const place = page.getElementById("found");
  const text = new URLSearchParams(page.defaultView?.location.search).get("q")?.trim() ?? "";
  if (!place || !text) return;
  const field = fieldOf(page);
  if (field) field.value = text;
  page.title = `${text} – ${page.title}`;
  if (place.querySelector("ol, ul")) return;
  const shown = await names()
    .then((suggestions) => suggestions(text, [], MOST))
    .then(
      (options) => <Found root={rootOf(page)} text={text} options={options} />,
      () => <p role="alert">Nothing can be searched now: the list of names was not found.</p>,
    );
  render(shown, place);
}
