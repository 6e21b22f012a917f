/** Citations: what they hold, and that no text breaks out of its field. */

import { describe, expect, it } from "vitest";
import { bibtex, days, iri, plain, ris, web, words } from "../src/data/cite";
import { data, RECEIPT, statement, thing } from "./given";

const ONE = statement("one", "agent:a", "agent:b", { subject: thing("agent:a", "Acme & Co") });
const DATA = data([ONE]);

it("says it in words", () => {
  expect(plain(DATA, ONE)).toBe(
    "Acme & Co works with agent:b (in the words of the graph; asserted, actual, literal; says The Sayer). A graph, version 1.2.0, 2026-03-09, " +
      "statement st:one. https://example.org/id/st/one. Read from: The source, https://example.org/a, " +
      "“first words … last words”, code points 10–42.",
  );
});

it("is an entry of BibTeX", () => {
  expect(bibtex(DATA, ONE)).toBe(
    [
      "@misc{st-one,",
      "  title = {{Acme \\& Co works with agent:b}},",
      "  howpublished = {A graph, version 1.2.0, statement st:one},",
      "  year = {2026},",
      "  month = {3},",
      "  version = {1.2.0},",
      "  url = {https://example.org/id/st/one},",
      "  note = {asserted, actual, literal; says The Sayer. Read from: The source, https://example.org/a, " +
        "“first words … last words”, code points 10–42}",
      "}",
      "",
    ].join("\n"),
  );
});

it("is a record of RIS", () => {
  expect(ris(DATA, ONE).split("\r\n")).toEqual([
    "TY  - DATA",
    "ID  - st:one",
    "TI  - Acme & Co works with agent:b",
    "T2  - A graph",
    "ET  - 1.2.0",
    "PY  - 2026",
    "DA  - 2026/03/09",
    "UR  - https://example.org/id/st/one",
    "N1  - asserted, actual, literal; says The Sayer",
    "N1  - Read from: The source, https://example.org/a, “first words … last words”, code points 10–42",
    "ER  - ",
    "",
  ]);
});

it("names who made the graph, as a body, where that is known", () => {
  const known = { ...DATA, about: { ...DATA.about, publisher: "The Project & Co" } };
  expect(bibtex(known, ONE)).toContain("\n  author = {{The Project \\& Co}},\n");
  expect(ris(known, ONE)).toMatch(/\r\nAU  - The Project & Co\r\n[^]*\r\nPB  - The Project & Co\r\n/);
});

describe("hostile labels", () => {
  const hostile = statement("x", "agent:a", "agent:b", {
    subject: thing("agent:a", "A}\\input{x}%\r\nER  - \u2028TY  - B"),
  });

  it("end no line and no field", () => {
    expect(ris(data([hostile]), hostile).match(/^ER/gm)).toHaveLength(1);
    expect(plain(data([hostile]), hostile)).not.toMatch(/[\r\n\u2028]/);
  });

  it("are no commands of TeX", () => {
    const [, title] = bibtex(data([hostile]), hostile).split("\n");
    expect(title).toBe("  title = {{A\\}\\textbackslash{}input\\{x\\}\\% ER - TY - B works with agent:b}},");
  });
});

it("names every passage, and a document as a whole", () => {
  const whole = { ...RECEIPT, whole: true, head: "", tail: "" };
  const both = statement("two", "agent:a", "agent:b", { receipts: [RECEIPT, whole] });
  expect(plain(data([both]), both)).toContain("code points 10–42; The source, https://example.org/a, the document as a whole."); // prettier-ignore
});

it("expands what it knows", () => {
  expect(iri(DATA, "st:a:b")).toBe("https://example.org/id/st/a:b");
  expect(iri(DATA, "https://example.org/x")).toBe("https://example.org/x");
});

it.each(["javascript:alert(1)", "data:text/html,x", " https://x", "//x", "vbscript:x", "https://", ""])(
  "makes no link of %j",
  (address) => expect(web(address)).toBe(""),
);

it("makes a link of an address", () => {
  expect(web("https://example.org/a#:~:text=x")).toBe("https://example.org/a#:~:text=x");
});

it("tells words and days", () => {
  expect(words({ ...RECEIPT, tail: "" })).toBe("first words");
  expect([["2021-01-01", "2021-01-01"], ["2021-01-01", "2021-12-31"], ["", "2021-01-01"], ["2021-01-01", ""]].map((pair) => days(pair as [string, string]))).toEqual([
    "2021-01-01", "2021-01-01 to 2021-12-31", "until 2021-01-01", "from 2021-01-01",
  ]); // prettier-ignore
});
