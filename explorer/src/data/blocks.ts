/** The blocks of text that the page carries: data, triples, worker and engine, each with its digest in the manifest. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Payload } from "./model";

/** A block is not as it was written: the file was cut off, or changed. */
export class Damaged extends Error {}

/** A block as it stands in the page, and the digest that its text must have. */
export interface Sealed {
  readonly name: string;
  readonly text: string;
  readonly digest: string;
}

interface Manifest {
  readonly digests: Readonly<Record<string, string>>;
}

function manifest(page: Document): Manifest {
  try {
    const found = JSON.parse(page.getElementById("manifest")?.textContent ?? "") as Manifest;
    if (typeof found.digests === "object") return found;
  } catch {
    // told below
  }
  throw new Damaged("its list of parts is missing");
}

/** Whether the page has a block of that name. */
export function holds(page: Document, name: string): boolean {
  return name in manifest(page).digests;
}

/** A block of the page, not checked yet. Throws `Damaged` when there is none. */
export function sealed(page: Document, name: string): Sealed {
  const digest = manifest(page).digests[name];
  const text = page.getElementById(name)?.textContent ?? null;
  if (!digest || text === null) throw new Damaged(`its part “${name}” is missing`);
  return { name, text, digest };
}

/** The text of a block. Throws `Damaged` when it is not what the manifest says. */
export function opened({ name, text, digest }: Sealed): string {
  if (bytesToHex(sha256(new TextEncoder().encode(text))) !== digest) {
    throw new Damaged(`its part “${name}” was cut off or changed`);
  }
  return text;
}

/** The data of the page. Throws `Damaged`. */
export function payload(page: Document): Payload {
  return JSON.parse(opened(sealed(page, "data"))) as Payload;
}

/** What a block of base64 of gzip holds. Throws `Damaged`; takes no page, so that a worker can do it. */
export async function unpacked(block: Sealed): Promise<Uint8Array<ArrayBuffer>> {
  const letters = atob(opened(block).trim());
  const packed = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place++) packed[place] = letters.charCodeAt(place);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
