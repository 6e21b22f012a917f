import { expect, test } from "vitest";
import { bounded, decode, type Payload } from "../src/data/model";
import fixture from "./fixture.json";

test("a text is bounded between characters, and says so", () => {
  expect(bounded("a".repeat(4000))).toBe("a".repeat(4000));
  expect(bounded("a".repeat(4001))).toBe(`${"a".repeat(4000)}… (cut off here, of 4,001 letters)`);
  expect(bounded(`${"a".repeat(3999)}𝄞b`)).toBe(`${"a".repeat(3999)}… (cut off here, of 4,002 letters)`);
});

test("names, notes and words are bounded, what is asked and what names things is not", () => {
  const given = structuredClone(fixture) as unknown as Payload;
  const long = "x".repeat(10_000);
  const { id } = decode(given).statements[0]!;
  const [question] = given.questions;
  const statement = given.statements[0]!;
  statement[14] = long;
  statement[16][0]![3] = long;
  given.things[statement[1]]![1] = long;
  const made = decode({ ...given, title: long, questions: [{ ...question!, summary: long, text: long, name: long }] });
  const [first] = made.statements;
  for (const text of [made.title, first!.note, first!.receipts[0]!.head, first!.subject.label])
    expect(text).toBe(bounded(long));
  expect(made.questions[0]).toMatchObject({ summary: bounded(long), text: long, name: long });
  expect(made.statementById.get(id)).toBe(first);
});
