/** The button that shows how to cite a statement, and its dialog. */

import { useRef, useState } from "preact/hooks";
import { bibtex, plain, ris } from "../data/cite";
import type { Data, Statement } from "../data/model";

const FORMS = [
  { name: "In words", of: plain },
  { name: "BibTeX", of: bibtex },
  { name: "RIS", of: ris },
] as const;

/** Copies a text; without the right to do so (a page from disk may lack it) the text is selected for the user to. */
async function copy(text: string, place: HTMLElement | null): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    if (place) getSelection()?.selectAllChildren(place);
    return "Selected: press Ctrl+C, or ⌘C, to copy.";
  }
}

function Form({ name, text }: { name: string; text: string }) {
  const place = useRef<HTMLPreElement>(null);
  const [said, say] = useState("");
  return (
    <section>
      <h3>{name}</h3>
      <pre ref={place} tabIndex={0} aria-label={name}>
        {text}
      </pre>
      <p class="copy">
        <button type="button" aria-label={`Copy: ${name}`} onClick={() => void copy(text, place.current).then(say)}>
          Copy
        </button>{" "}
        <span role="status">{said}</span>
      </p>
    </section>
  );
}

/** A button that opens the citation of a statement in all forms. */
export function Citation({ data, statement }: { data: Data; statement: Statement }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const show = () => {
    setOpen(true);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" onClick={show}>
        Cite
      </button>
      <dialog ref={dialog} class="citation" aria-labelledby="citation-title" onClose={() => setOpen(false)}>
        {open && (
          <>
            <header>
              <h2 id="citation-title">Cite this statement</h2>
              <button type="button" onClick={() => dialog.current?.close()}>
                Close
              </button>
            </header>
            {FORMS.map(({ name, of }) => (
              <Form key={`${statement.id} ${name}`} name={name} text={of(data, statement)} />
            ))}
          </>
        )}
      </dialog>
    </>
  );
}
