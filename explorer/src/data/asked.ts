/** A saved question in the fragment of an address: its name, and each value under its parameter's name after a dash. */

import type { Asked, Given } from "../state";

/** The parameters of the fragment; what is empty is left out. */
export function asParameters({ name, given }: Asked): [name: string, value: string][] {
  const all: [string, string][] = [
    ["question", name],
    ...Object.entries(given).flatMap(([of, values]) => values.map((value): [string, string] => [`-${of}`, value])),
  ];
  return all.filter(([, value]) => value);
}

/** What is given by pairs of a parameter's name and a value; what is empty is left out. */
export function givenBy(pairs: Iterable<readonly [name: string, value: string]>): Given {
  const found = new Map<string, string[]>();
  for (const [name, value] of pairs) if (value) found.set(name, [...(found.get(name) ?? []), value]);
  return Object.fromEntries(found);
}
