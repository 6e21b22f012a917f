import { describe, expect, it } from "vitest";
import { csv, gexf, graphml, xml } from "../src/data/files";
import { sample } from "./sample";

const data = sample([
  { from: "event:Forum, first", to: "agent:ann!", role: "concept:speaker", behalf: ["agent:un"], contradicted: true },
  { from: "event:=1+1", to: "agent:<b>", status: "self-reported" },
  { from: "event:Forum, first", to: "=ten people" },
]);

describe("CSV", () => {
  const lines = csv(data, data.statements).split("\r\n");

  it("has the columns of kg and a byte order mark", () => {
    expect(lines[0]).toBe(
      "\ufeffsubject,relation,object,role,status,modality,reading,contradicted,says,source,words,link,statement",
    );
    expect(lines).toHaveLength(5);
  });

  it("has every statement, with values too, and quotes what must be", () => {
    expect(lines[1]).toBe(
      '"Forum, first",took part in,ann,speaker,asserted,actual,literal,yes,press,About src:a,head … tail,' +
        "https://example.org/#x,https://example.org/id/st/s00",
    );
    expect(lines[3]).toContain("ten people");
  });

  it("has no formula", () => {
    expect(lines[2]?.startsWith("'=1+1,")).toBe(true);
    for (const text of ["=1", "+1", "-1", "@x", "a\n=1", "\t=1", "＝1"]) {
      const row = csv(
        sample([{ from: `event:${text}`, to: "agent:a" }]),
        sample([{ from: `event:${text}`, to: "agent:a" }]).statements,
      );
      expect(row).toContain("'");
    }
  });
});

/** happy-dom takes no dot in an attribute's name, as GraphML's have. */
const parsed = (text: string): Document =>
  new DOMParser().parseFromString(text.replaceAll(" attr.", " attr-"), "application/xml");

describe.each([
  ["GEXF", gexf],
  ["GraphML", graphml],
])("%s", (name, write) => {
  const page = parsed(write(data, data.statements));

  it("has each thing once and an edge for each end of a statement", () => {
    expect([...page.querySelectorAll("node")].map((one) => one.getAttribute("id"))).toEqual([
      "agent:<b>",
      "agent:ann",
      "agent:un",
      "event:=1+1",
      "event:Forum, first",
    ]);
    expect([...page.querySelectorAll("edge")].map((one) => one.getAttribute("id"))).toEqual([
      "st:s00.agent:ann.agent:un",
      "st:s00.event:Forum, first.agent:ann",
      "st:s01.event:=1+1.agent:<b>",
    ]);
  });

  it("says of each edge who says so, how, and where", () => {
    const values = [...page.querySelectorAll("edge")[0]!.querySelectorAll(name === "GEXF" ? "attvalue" : "data")];
    const about = values.map((one) => one.getAttribute("value") ?? one.textContent);
    expect(about).toEqual([
      "on behalf of", "st:s00", "aig:tookPartIn", "speaker", "asserted", "actual", "literal", "press", "src:a",
      "head … tail", "https://example.org/#x", "true",
    ]); // prettier-ignore
  });

  it("declares each attribute that it uses", () => {
    const [declared, used] = name === "GEXF" ? ["attribute", "attvalue"] : ["key", "data"];
    const ids = new Set([...page.querySelectorAll(declared!)].map((one) => one.getAttribute("id")));
    for (const one of page.querySelectorAll(used!))
      expect(ids).toContain(one.getAttribute(name === "GEXF" ? "for" : "key"));
  });
});

it("XML has no character that it can't have", () => {
  expect(xml("a\u0000b\ufffe\ud800c😀\n")).toBe("a\ufffdb\ufffd\ufffdc😀&#10;");
});
