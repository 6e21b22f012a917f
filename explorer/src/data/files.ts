/** What is shown as files for other programs: CSV, GEXF 1.3, GraphML; columns and attributes as `kg` writes them. */

import { iri, says, words } from "./cite";
import { cells, COLUMNS } from "./columns";
import { harmless, quoted } from "./csv";
import { ends, type Data, type Statement, type Thing } from "./model";

/** The end words of the first passage. */
function said(one: Statement): string {
  const first = one.receipts[0];
  return first ? words(first) : "";
}

/**
 * Statements as CSV (RFC 4180) for spreadsheets: with a byte order mark, and with an apostrophe before what would be
 * taken for a formula. Of several passages the first is given.
 */
export function csv(data: Data, statements: readonly Statement[]): string {
  const rows = statements.map((one) => [...cells(one).slice(0, -1), iri(data, one.id)]);
  return `\ufeff${[[...COLUMNS], ...rows].map((row) => `${row.map((text) => quoted(harmless(text))).join(",")}\r\n`).join("")}`;
}

// ---------------------------------------------------------------- networks

interface Edge {
  readonly id: string;
  readonly start: string;
  readonly end: string;
  readonly data: Readonly<Record<string, string>>;
}

interface Network {
  readonly nodes: readonly Thing[];
  readonly edges: readonly Edge[];
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function network(data: Data, statements: readonly Statement[]): Network {
  const nodes = new Map<string, Thing>();
  const edges: Edge[] = [];
  for (const one of statements) {
    const first = one.receipts[0];
    for (const { start, end, relation } of ends(one, data.drawn)) {
      nodes.set(start.id, start).set(end.id, end);
      const about = {
        relation, statement: one.id, predicate: one.predicate, role: one.role?.label ?? "", status: one.status,
        modality: one.modality, reading: one.reading, says: says(one), source: first?.source ?? "", words: said(one),
        link: first?.link ?? "", contradicted: String(one.contradicted),
      }; // prettier-ignore
      edges.push({ id: `${one.id}.${start.id}.${end.id}`, start: start.id, end: end.id, data: about });
    }
  }
  return {
    nodes: [...nodes.values()].sort((a, b) => compare(a.id, b.id)),
    edges: edges.sort((a, b) => compare(a.id, b.id)),
  };
}

const NOTE = "Each edge is a cited statement: what is planned, attributed or contradicted is there too, and says so.";
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation';
const NONE = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}; // prettier-ignore

/** A text as an attribute or content of XML may hold it; what XML 1.0 has no place for becomes U+FFFD. */
export function xml(text: string): string {
  return text.replace(NONE, "\ufffd").replace(/[&<>"\t\n\r]/g, (sign) => ESCAPES[sign] ?? "");
}

const ATTRIBUTES = [
  "relation", "statement", "predicate", "role", "status", "modality", "reading", "says", "source", "words", "link",
  "contradicted",
] as const; // prettier-ignore

const typeOf = (name: string): string => (name === "contradicted" ? "boolean" : "string");

/** GraphML, as `kg build` writes it to network/. */
export function graphml(data: Data, statements: readonly Statement[]): string {
  const { nodes, edges } = network(data, statements);
  const space = "http://graphml.graphdrawing.org/xmlns";
  const key = (kind: string, name: string, type: string) =>
    `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${type}"/>`;
  const datum = (kind: string, name: string, value: string) => `<data key="${kind}-${name}">${xml(value)}</data>`;
  return [
    HEAD,
    `<graphml xmlns="${space}" ${XSI}="${space} ${space}/1.0/graphml.xsd">`,
    `<desc>${xml(NOTE)}</desc>`,
    key("node", "label", "string"),
    key("node", "type", "string"),
    ...ATTRIBUTES.map((name) => key("edge", name, typeOf(name))),
    '<graph id="aigov-kg" edgedefault="directed">',
    ...nodes.map(
      (one) =>
        `<node id="${xml(one.id)}">${datum("node", "label", one.label)}${datum("node", "type", one.type)}</node>`,
    ),
    ...edges.map((edge) => {
      const about = ATTRIBUTES.map((name) => datum("edge", name, edge.data[name] ?? "")).join("");
      return `<edge id="${xml(edge.id)}" source="${xml(edge.start)}" target="${xml(edge.end)}">${about}</edge>`;
    }),
    "</graph>",
    "</graphml>",
    "",
  ].join("\n");
}

/** GEXF 1.3: an edge's relation is its label, and its kind too, since Gephi merges parallel edges of one kind. */
export function gexf(data: Data, statements: readonly Statement[]): string {
  const { nodes, edges } = network(data, statements);
  const space = "http://gexf.net/1.3";
  const attribute = (name: string) => `<attribute id="${name}" title="${name}" type="${typeOf(name)}"/>`;
  const value = (name: string, text: string) => `<attvalue for="${name}" value="${xml(text)}"/>`;
  return [
    HEAD,
    `<gexf xmlns="${space}" ${XSI}="${space} ${space}/gexf.xsd" version="1.3">`,
    `<meta><creator>aigov-kg ${xml(data.version)}</creator><description>${xml(NOTE)}</description></meta>`,
    '<graph defaultedgetype="directed" mode="static">',
    `<attributes class="node" mode="static">${attribute("type")}</attributes>`,
    `<attributes class="edge" mode="static">${ATTRIBUTES.map(attribute).join("")}</attributes>`,
    "<nodes>",
    ...nodes.map(
      (one) =>
        `<node id="${xml(one.id)}" label="${xml(one.label)}"><attvalues>${value("type", one.type)}</attvalues></node>`,
    ),
    "</nodes>",
    "<edges>",
    ...edges.map((edge) => {
      const relation = xml(edge.data.relation ?? "");
      const joins = `source="${xml(edge.start)}" target="${xml(edge.end)}" label="${relation}" kind="${relation}"`;
      const about = ATTRIBUTES.map((name) => value(name, edge.data[name] ?? "")).join("");
      return `<edge id="${xml(edge.id)}" ${joins}><attvalues>${about}</attvalues></edge>`;
    }),
    "</edges>",
    "</graph>",
    "</gexf>",
    "",
  ].join("\n");
}
