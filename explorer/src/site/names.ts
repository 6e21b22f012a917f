/**
 * The names of all things, for suggestions: a script of the site holds them, since a page from disk may fetch nothing.
 * It is loaded when they are first asked for. A page of a server asks that instead.
 */

import { bounded, type Thing } from "../data/model";
import { createSearch } from "../data/search";
import { spaced } from "../data/words";
import type { Option } from "../parts/combobox";
import { asOptions } from "../parts/find";
import { rootOf } from "./address";

/** Things that answer to a text, best first: of some kinds or classes where any are given, at most so many. */
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
export function load(page: Document, address: string): Promise<void> {
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

/** How long nothing is asked after a letter, in milliseconds: another may follow. */
const PAUSE = 120;
/** Letters and suggestions that the server takes and gives at most. */
const LETTERS = 200;
const MOST = 10;

/** A thing as the server's search tells of it; `name` is the one that matched. */
interface Answer {
  readonly items: readonly { id: string; label: string; type: string; name: string }[];
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((done, failed) => {
    const timer = setTimeout(done, PAUSE);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      failed(signal.reason);
    });
  });

/** Suggestions of the server that a page comes from. The latest text is asked for; those before it are given up. */
export function served(page: Document): Suggestions {
  let latest = new AbortController();
  return async (text, kinds = [], most = MOST) => {
    latest.abort();
    const { signal } = (latest = new AbortController());
    await pause(signal);
    const letters = [...text.trim()].slice(0, LETTERS).join("");
    const of = kinds.map((kind) => [/^[A-Z]/.test(kind) ? "type" : "kind", kind]);
    const asked = new URLSearchParams([["q", letters], ...of, ["limit", `${most}`]]);
    const answer = await fetch(`${rootOf(page)}api/search?${asked}`, {
      signal,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(`the server says ${answer.status}`);
    const { items } = (await answer.json()) as Answer;
    return items.map(({ id, label, type, name }) => ({
      id,
      label: bounded(label),
      hint: [spaced(type), name === label || name === id ? "" : bounded(name)].filter(Boolean).join(" · "),
    }));
  };
}

/** Whether a server made the page, which answers at other addresses too. */
export function live(page: Document): boolean {
  return "live" in page.documentElement.dataset;
}

/** The names of a page's site, or of the server that it comes from; got once. */
export function createNames(page: Document): Names {
  let known: Promise<Suggestions> | undefined;
  return () => (known ??= live(page) ? Promise.resolve(served(page)) : fromList(page));
}
