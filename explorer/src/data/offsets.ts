/**
 * Places in a text: code points in the data, UTF-16 units in the browser.
 *
 * The two part ways after the first letter beyond U+FFFF, which a browser counts twice.
 */

import type { Receipt } from "./model";

/** The UTF-16 offset of a code point; the end of the text for one that lies behind it. */
export function toUnits(text: string, point: number): number {
  let unit = 0;
  for (let count = 0; count < point && unit < text.length; count++) unit += width(text, unit);
  return unit;
}

/** How many code points come before a UTF-16 offset; one amid a pair of surrogates is its letter's beginning. */
export function toPoints(text: string, unit: number): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    at += width(text, at);
    if (at > unit) break;
  }
  return count;
}

/** How many code points a text has. A lone surrogate is one, as it is in Python. */
export function points(text: string): number {
  return toPoints(text, text.length);
}

function width(text: string, unit: number): number {
  return (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
}

/** A stretch of a text in UTF-16 offsets, end exclusive. */
export type Stretch = readonly [start: number, end: number];

function pattern(words: string): RegExp {
  const escaped = words.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(escaped.join("\\s+"), "gu");
}

/**
 * Where the passage of a receipt stands in its sentence: from the first end words to the last ones behind them. Of
 * several such stretches the one that is as long as the passage; null where the words are not in the sentence.
 */
export function passage({ sentence, head, tail, start, end }: Receipt): Stretch | null {
  if (!sentence || !head) return null;
  let first: Stretch | null = null;
  for (const match of sentence.matchAll(pattern(head))) {
    const begin = match.index;
    const rest = begin + match[0].length;
    const stops = tail ? [...sentence.slice(rest).matchAll(pattern(tail))] : [null];
    for (const stop of stops) {
      const stretch = [begin, stop ? rest + stop.index + stop[0].length : rest] as const;
      if (points(sentence.slice(...stretch)) === end - start) return stretch;
      first ??= stretch;
    }
  }
  return first;
}
