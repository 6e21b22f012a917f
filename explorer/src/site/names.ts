/**
 * The names of all things, for suggestions: a script of the site holds them, since a page from disk may fetch nothing.
 * It is loaded when they are first asked for.
 */

import { bounded, type Thing } from "../data/model";
import { createSearch } from "../data/search";
import type { Option } from "../parts/combobox";
import { asOptions } from "../parts/find";
import { rootOf } from "./address";

/** Things that answer to a text, best first: of some kinds where any are given, at most so many. */
export type Suggestions = (text: string, kinds?: readonly string[], most?: number) => Promise<Option[]>;

/** The suggestions, once there are any; broken where the names can't be had. */
export type Names = () => Promise<Suggestions>;

/** What `assets/names.js` says. */
export interface List {
  /** Class of the ontology -> its heading. */
  readonly types: Readonly<Record<string, string>>;
  readonly things: readonly (readonly [id: string, label: string, type: string, names: readonly string[], weight: number])[]; // prettier-ignore
}

declare global {
  var kgNames: List | undefined;
}

/** Suggestions out of a list, as the explorer makes them. */
export async function listed({ types, things: raw }: List): Promise<Suggestions> {
  const things = raw.map(
    ([id, label, type, names, weight]): Thing => ({
      id, label: bounded(label), type, kind: id.split(":", 1)[0] ?? "", names: names.map(bounded), place: null,
      group: -1, weight,
    }), // prettier-ignore
  );
  const search = createSearch({ things, byId: new Map(things.map((thing) => [thing.id, thing])) });
  await search.ready;
  return (text, kinds, most) =>
    Promise.resolve(asOptions({ types }, search(text, kinds?.length ? kinds : undefined, most), text));
}

/** Loads a script of the site. */
function load(page: Document, address: string): Promise<void> {
  return new Promise((done, failed) => {
    const script = page.createElement("script");
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => failed(new Error(`${address} can't be loaded`)));
    script.src = address;
    page.head.append(script);
  });
}

async function fromList(page: Document): Promise<Suggestions> {
  if (!globalThis.kgNames) await load(page, `${rootOf(page)}assets/names.js`);
  if (!globalThis.kgNames) throw new Error("the list of names is empty");
  return listed(globalThis.kgNames);
}

/** Where the server is to be asked instead; until that is written, its forms stay forms. */
function fromServer(): Promise<Suggestions> {
  return Promise.reject(new Error("this server is not asked for names yet"));
}

/** The names of a page's site, or of the server that it says it comes from; got once. */
export function createNames(page: Document): Names {
  let known: Promise<Suggestions> | undefined;
  return () => (known ??= "live" in page.documentElement.dataset ? fromServer() : fromList(page));
}
