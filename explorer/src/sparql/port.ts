/** The worker of queries, made of the blocks of a page. */

import { sealed, unpacked } from "../data/blocks";
import type { Port } from "./client";
import type { Prefixes } from "./terms";

/** Starts the worker with the engine and the triples of the page. Rejects with `Damaged`. */
export async function spawn(page: Document, prefixes: Prefixes): Promise<Port> {
  const [wasm, triples] = [sealed(page, "wasm"), sealed(page, "triples")];
  const script = await unpacked(sealed(page, "worker"));
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  worker.postMessage({ open: { wasm, triples, prefixes } });
  return worker as Port;
}
