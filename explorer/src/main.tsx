/** Opens the page: reads its blocks, says when one is damaged, and shows the rest. */

import { render } from "preact";
import { App } from "./app";
import { Damaged, holds, payload } from "./data/blocks";
import { decode } from "./data/model";
import { createSearch } from "./data/search";
import { keepFocus } from "./parts/focus";
import { follow } from "./permalink";
import { createClient } from "./sparql/client";
import { spawn } from "./sparql/port";
import { createState } from "./state";

/** Does a thing when the page has drawn its first frame and has nothing else to do. */
function later(work: () => void): void {
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 50));
  requestAnimationFrame(() => setTimeout(() => idle(work, { timeout: 500 })));
}

function start(): void {
  const place = document.getElementById("app");
  const warning = document.getElementById("damaged");
  if (!place || !warning) return;
  try {
    const data = decode(payload(document));
    const state = holds(document, "wasm")
      ? createState(
          data,
          createClient(() => spawn(document, data.base)),
        )
      : createState(data);
    follow(state, window);
    keepFocus(document);
    render(<App state={state} />, place);
    warning.remove();
    later(() => {
      createSearch(data);
      if (holds(document, "wasm")) state.client.wake();
    });
  } catch (error) {
    const said = error instanceof Damaged ? error.message : `its data can't be read (${String(error)})`;
    warning.textContent = `This file is damaged: ${said}. Ask for it again, or build it again with kg explore.`;
    warning.className = "shown";
  }
}

start();
