/** The worker of queries: Oxigraph over the page's triples. It ends with the page, or when a query is stopped. */

import { initSync, Store } from "oxigraph/web.js";
import { Damaged, unpacked } from "../data/blocks";
import { open, type Asker, type Engine } from "./answer";
import { capped, PAGE } from "./memory";
import type { FromWorker, Opening, ToWorker } from "./messages";
import { Refused } from "./words";

/** Memory that a query may take, in bytes. */
const MOST_MEMORY = 1024 ** 3;
const CHUNK = 1000;

const say = (message: FromWorker) => postMessage(message);

async function opened({ wasm, triples, prefixes }: Opening["open"]): Promise<Asker> {
  const [module, quads] = await Promise.all([unpacked(wasm), unpacked(triples)]);
  initSync({ module: await WebAssembly.compile(capped(module, MOST_MEMORY / PAGE)) });
  return open(() => new Store() as unknown as Engine, quads, prefixes);
}

/** What ended the engine: a trap of WebAssembly tells no more than its kind. */
function failure(error: unknown): string {
  const said = String(error);
  if (/unreachable|out of memory|allocation/i.test(said))
    return "the query wanted more than 1 GB of memory and was stopped";
  if (/out of bounds|call stack|recursion/i.test(said)) return "the query is nested too deeply and was stopped";
  return `the query ended without an answer (${said})`;
}

function answer(asker: Asker, number: number, text: string, most: number): void {
  const start = performance.now();
  try {
    const found = asker.ask(text, most);
    say({ kind: "columns", number, of: found.kind, columns: found.columns });
    for (let place = 0; place < found.rows.length; place += CHUNK) {
      say({ kind: "rows", number, rows: found.rows.slice(place, place + CHUNK) });
    }
    say({ kind: "end", number, cut: found.cut, milliseconds: performance.now() - start });
  } catch (error) {
    if (error instanceof Refused) say({ kind: "refused", number, message: error.message, at: error.at });
    else say({ kind: "failed", number, message: failure(error) });
  }
}

let asker: Asker | null = null;

addEventListener("message", (event: MessageEvent<ToWorker>) => {
  const { data } = event;
  if ("open" in data) {
    opened(data.open).then(
      (made) => {
        asker = made;
        say({ kind: "ready" });
      },
      (error: unknown) => say({ kind: "broken", message: error instanceof Damaged ? error.message : String(error) }),
    );
  } else if (asker) answer(asker, data.ask.number, data.ask.text, data.ask.most);
});
