/** Places in texts with letters beyond U+FFFF, and the passage of a receipt in its sentence. */

import { expect, it } from "vitest";
import type { Receipt } from "../src/data/model";
import { passage, points, toPoints, toUnits } from "../src/data/offsets";

const TEXT = "a𝔸b😀c"; // code points 0 1 2 3 4, units 0 1 3 4 6

it.each([
  [0, 0],
  [1, 1],
  [2, 3],
  [3, 4],
  [4, 6],
  [5, 7],
])("code point %i is at unit %i, and back", (point, unit) => {
  expect(toUnits(TEXT, point)).toBe(unit);
  expect(toPoints(TEXT, unit)).toBe(point);
});

it("counts as Python does", () => {
  expect([points(""), points(TEXT), points("\ud83d"), points("é"), points("e\u0301")]).toEqual([0, 5, 1, 1, 2]);
});

it("stays in the text", () => {
  expect(toUnits(TEXT, 99)).toBe(7);
  expect(toPoints(TEXT, 99)).toBe(5);
  expect(toPoints(TEXT, 2)).toBe(1); // amid the pair: the letter that it belongs to
});

function receipt(sentence: string, head: string, tail: string, length: number): Receipt {
  return { source: "src:a", title: "A", start: 100, end: 100 + length, head, tail, whole: false, link: "", sentence };
}

const marked = (of: Receipt) => {
  const stretch = passage(of);
  return stretch && of.sentence.slice(...stretch);
};

it("finds the passage after letters that a browser counts twice", () => {
  expect(marked(receipt("😀😀 In May, 𝔸cme joined the Forum.", "In May", "the Forum", 26))).toBe(
    "In May, 𝔸cme joined the Forum",
  );
});

it("takes the stretch that is as long as the passage", () => {
  const sentence = "the 😀 cat, the dog, the cat";
  expect(marked(receipt(sentence, "the", "cat", 16))).toBe("the dog, the cat");
  expect(marked(receipt(sentence, "the", "cat", 9))).toBe("the 😀 cat");
  expect(marked(receipt(sentence, "the", "cat", 27))).toBe(sentence);
  expect(marked(receipt(sentence, "the", "cat", 5))).toBe("the 😀 cat"); // none: the first
});

it("takes the words with any space between them", () => {
  expect(marked(receipt("He said: a  b\nc.", "a b c", "", 6))).toBe("a  b\nc");
});

it("does not read the words as a pattern", () => {
  expect(marked(receipt("Costs (a.b)* [x] more", "(a.b)*", "[x]", 10))).toBe("(a.b)* [x]");
  expect(marked(receipt("Costs aab more", "a.b", "", 3))).toBe(null);
  for (const sign of "\\^$.*+?()[]{}|/-#&~'\"") {
    expect(marked(receipt(`A cutting${sign}edge tool`, `cutting${sign}edge`, "tool", 17))).toBe(
      `cutting${sign}edge tool`,
    );
  }
});

it("is null without a sentence or words", () => {
  expect(passage(receipt("", "a", "b", 3))).toBe(null);
  expect(passage(receipt("abc", "", "", 3))).toBe(null);
});
