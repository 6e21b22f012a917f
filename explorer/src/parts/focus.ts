/** Keeps the focus in the page: what is pressed may go away with that, or can be pressed no more. */

const PLACES = "#panel, aside, dialog";

/** Lets the focus go to the part of the page that held what was pressed. Returns what ends it. */
export function keepFocus(page: Document): () => void {
  let place: HTMLElement | null = null;
  const came = ({ target }: FocusEvent) => {
    place = target instanceof Element ? target.closest<HTMLElement>(PLACES) : null;
  };
  const look = () => {
    if (page.activeElement !== page.body) return;
    for (const one of [place, page.getElementById("panel")]) {
      one?.focus({ preventScroll: true });
      if (page.activeElement !== page.body) return;
    }
  };
  // The page is drawn in between: only then does a browser take the focus from what is gone.
  const pressed = ({ target }: Event) => {
    if (place && target instanceof Element && target.closest("button, select, summary")) {
      requestAnimationFrame(() => setTimeout(look));
    }
  };
  page.addEventListener("focusin", came);
  page.addEventListener("click", pressed);
  return () => {
    page.removeEventListener("focusin", came);
    page.removeEventListener("click", pressed);
  };
}
