// @vitest-environment node
import { Store } from "oxigraph";
import { describe, expect, test } from "vitest";
import { misread, open, type Asker, type Engine } from "../src/sparql/answer";
import { bounded, look, Refused, tokens } from "../src/sparql/words";
import { shorten, written, writtenIri, writtenText } from "../src/sparql/terms";

const PREFIXES = {
  ex: "https://example.org/",
  exid: "https://example.org/id/",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
};
const [FACTS, MORE] = ["https://example.org/graph/facts", "https://example.org/graph/more"];
const quad = (s: string, p: string, o: string, g = FACTS) =>
  `<https://example.org/${s}> <https://example.org/${p}> ${o} <${g}> .\n`;
const QUADS = [
  quad("id/a", "knows", "<https://example.org/id/b>"),
  quad("id/a", "knows", "<https://example.org/id/b>", MORE),
  quad("id/b", "knows", "<https://example.org/id/c>", MORE),
  quad("id/a", "name", '"A \\"quoted\\" <https://example.org/graph/none> ."'),
].join("");
const asker = (quads = QUADS): Asker =>
  open(() => new Store() as unknown as Engine, new TextEncoder().encode(quads), PREFIXES);
const values = (text: string, most = 100) =>
  asker()
    .ask(text, most)
    .rows.map((row) => row.map((term) => term?.value ?? ""));
const refused = (text: string, ask = asker()): Refused => {
  try {
    ask.ask(text, 10);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error("it was answered");
};

describe("the store of a page", () => {
  test("asks the merge of all graphs, a triple of two graphs once", () => {
    expect(values("SELECT ?s ?o { ?s ex:knows ?o } ORDER BY ?s")).toEqual([
      ["https://example.org/id/a", "https://example.org/id/b"],
      ["https://example.org/id/b", "https://example.org/id/c"],
    ]);
  });

  test("asks graphs by name, and those of FROM alone", () => {
    const ask = asker();
    const rows = (text: string) => ask.ask(text, 100).rows.map((row) => row[0]?.value);
    expect(rows(`SELECT ?o { GRAPH <${MORE}> { ?s ex:knows ?o } } ORDER BY ?o`)).toEqual([
      "https://example.org/id/b",
      "https://example.org/id/c",
    ]);
    expect(rows(`SELECT ?o FROM <${FACTS}> { ?s ex:knows ?o }`)).toEqual(["https://example.org/id/b"]);
    expect(rows("SELECT (COUNT(*) AS ?n) { ?s ex:knows ?o }")).toEqual(["2"]);
  });

  test("keeps what stands in a string, even what looks like the end of a line", () => {
    expect(values("SELECT ?n { ?s ex:name ?n }")).toEqual([['A "quoted" <https://example.org/graph/none> .']]);
  });

  test("says that an answer is cut", () => {
    const ask = asker();
    expect(ask.ask("SELECT * { ?s ?p ?o }", 2)).toMatchObject({ cut: true, rows: { length: 2 } });
    expect(ask.ask("SELECT * { ?s ?p ?o }", 3)).toMatchObject({ cut: false, rows: { length: 3 } });
    expect(ask.ask("SELECT * { ?s ?p ?o } LIMIT 2 # two", 2)).toMatchObject({ cut: false, rows: { length: 2 } });
    expect(ask.ask("SELECT * { ?s ?p ?o } LIMIT 100", 2)).toMatchObject({ cut: true, rows: { length: 2 } });
  });

  test("answers ASK, CONSTRUCT and DESCRIBE", () => {
    expect(asker().ask("ASK { ?s ex:knows exid:c }", 5)).toMatchObject({
      kind: "boolean",
      rows: [[{ value: "true" }]],
    });
    const made = asker().ask("CONSTRUCT { exid:z ex:p ?o , 'x'@en , 5 } WHERE { ?s ex:knows ?o }", 10);
    expect(made.kind).toBe("triples");
    expect(made.rows.map((row) => row[2])).toEqual([
      { type: "literal", value: "5", datatype: "http://www.w3.org/2001/XMLSchema#integer" },
      { type: "literal", value: "x", "xml:lang": "en" },
      { type: "uri", value: "https://example.org/id/b" },
      { type: "uri", value: "https://example.org/id/c" },
    ]);
    expect(asker().ask("DESCRIBE exid:b", 10).rows).toHaveLength(1);
  });

  test("writes a triple that stands as a term as its text", () => {
    expect(values("SELECT (TRIPLE(exid:a, ex:p, 'x') AS ?t) {}")).toEqual([
      ['<<( <https://example.org/id/a> <https://example.org/p> "x" )>>'],
    ]);
  });
});

describe("what is refused", () => {
  test.each([
    "INSERT DATA { ex:a ex:b 1 }",
    "LOAD <http://x/>",
    "PREFIX q: <http://q/> delete where { ?s ?p ?o }",
    "CLEAR ALL",
  ])("%s changes a graph", (text) => expect(refused(text).message).toMatch(/changes a graph/));

  test("SERVICE in any letters, but not in a string, comment or name", () => {
    const error = refused("SELECT * {\n seRvice <http://x/> { ?s ?p ?o } }");
    expect(error.message).toMatch(/connects to nothing/);
    expect(error.at).toBe(12);
    expect(values("SELECT ('SERVICE' AS ?service) { } # SERVICE")).toEqual([["SERVICE"]]);
  });

  test("a graph from elsewhere", () => {
    expect(refused("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }").message).toMatch(/none of the graphs/);
    expect(refused("SELECT * FROM NAMED ex:other { ?s ?p ?o }").at).toBe(20);
  });

  test("what is no query", () => {
    expect(refused("").message).toMatch(/no query/);
    expect(refused("hello").message).toMatch(/no query/);
    expect(refused('SELECT * { ?s ?p "open }').at).toBe(17);
  });

  test.each([
    ["SELECT ?x WHERE {\n ?x a nope:Person }", 24],
    ["SELECT ?s { ?s ex:knows ?o", 10],
    ["SELECT ?s { ?s ex:knows [ ?o ) }", 29],
    ["SELECT ?s { ?s ex:knows ?o } }", 29],
    ["SELECT ('😀' AS ?x) WERE { ?x ex:knows ?o }", 25],
    ["SELECT ?s { ?s ex:knows ?o } ORDER BY", 37],
  ])("%s has its fault at %d", (text, at) => expect(refused(text).at).toBe(at));

  test("a message of no place is told as it is", () => {
    expect(misread("something else", "", (place) => place)).toMatchObject({ at: -1 });
  });
});

describe("words of a query", () => {
  const sent = (text: string) => bounded(text, look(text, PREFIXES, []), PREFIXES, 7).text;

  test("strings of all kinds are passed over", () => {
    const text = `"a\\"{" 'b{' """c"{\n""" '''d'{''' # {\n <x{y> < { ?v{`;
    expect(tokens(text).filter((token) => token.kind === "mark")).toHaveLength(3);
  });

  test.each([
    ["SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }\nLIMIT 7"],
    ["SELECT * { ?s ?p ?o } limit 3", "SELECT * { ?s ?p ?o } limit 3"],
    ["SELECT * { ?s ?p ?o } OFFSET 2 LIMIT 30 # x", "SELECT * { ?s ?p ?o } OFFSET 2 LIMIT 7 # x"],
    ["SELECT * { { SELECT * { ?s ?p ?o } LIMIT 1 } }", "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 1 } }\nLIMIT 7"],
    ["SELECT * { ?limit ?p ?o } VALUES ?p { 1 }", "SELECT * { ?limit ?p ?o } LIMIT 7 VALUES ?p { 1 }"],
    ["ASK { ?s ?p ?o }", "ASK { ?s ?p ?o }"],
    ["SELECT * { ?s ?p ?o } LIMIT", "SELECT * { ?s ?p ?o } LIMIT\nLIMIT 7"],
    ["SELECT * { ?s ex:p 'LIMIT 3' }", "PREFIX ex: <https://example.org/>\nSELECT * { ?s ex:p 'LIMIT 3' }\nLIMIT 7"],
  ])("%s gets its limit", (text, wanted) => expect(sent(text)).toBe(wanted));

  test("a megabyte of anything is read in time", () => {
    for (const piece of ['"', "'", '"""', "a", "a:", "{", "\\", "<", "😀", "#", "a.", "?x"]) {
      const start = performance.now();
      try {
        tokens(piece.repeat(1_000_000 / piece.length));
      } catch (error) {
        expect(error).toBeInstanceOf(Refused);
      }
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });
});

describe("terms", () => {
  const hostile = [
    '"',
    "\\",
    "\n",
    "\r",
    '" } DROP ALL #',
    "\\u0022",
    "'''",
    "\u0000",
    "😀",
    "\ud800",
    "} #@param x",
    "</script>",
  ];

  test.each(hostile)("%j is one string, whatever it holds", (text) => {
    const whole = text.replace("\ud800", "\ufffd");
    expect(values(`SELECT ?x { VALUES ?x { ${writtenText(text)} } }`)).toEqual([[whole]]);
  });

  test.each([
    "https://x/ y",
    "https://x/>",
    "https://x/\\u003e",
    "x",
    "https://x/\n",
    'https://x/"',
    "https://x/{",
    "https://x/\ud800",
  ])("%j is no IRI", (iri) => expect(() => writtenIri(iri)).toThrow(RangeError));

  test("are written as N-Triples write them", () => {
    expect(written({ type: "literal", value: "a", "xml:lang": "zh-Hans" })).toBe('"a"@zh-Hans');
    expect(written({ type: "literal", value: "1", datatype: "http://x/y" })).toBe('"1"^^<http://x/y>');
    expect(written({ type: "bnode", value: "b" })).toBe("_:b");
  });

  test("the longest prefix makes the CURIE", () => {
    expect(shorten("https://example.org/id/a", PREFIXES)).toBe("exid:a");
    expect(shorten("https://elsewhere.org/a", PREFIXES)).toBe("https://elsewhere.org/a");
  });
});
