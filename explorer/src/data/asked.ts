/** A saved question in the fragment of an address: its name, and each value under its parameter's name after a dash. */

import type { Asked } from "../state";

/** The parameters of the fragment; what is empty is left out. */
export function asParameters({ name, given }: Asked): [name: string, value: string][] {
  const all: [string, string][] = [
    ["question", name],
    ...Object.entries(given).map(([of, value]): [string, string] => [`-${of}`, value]),
  ];
  return all.filter(([, value]) => value);
}
