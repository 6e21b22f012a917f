/** How a statement is cited: in words, as BibTeX and as RIS, always with its IRI, the version, and where the words are. */

import { sentence, type Data, type Period, type Receipt, type Statement } from "./model";

/** The IRI of a CURIE; an address stays as it is. */
export function iri(data: Data, id: string): string {
  const [prefix = "", ...rest] = id.split(":");
  const base = data.base[prefix];
  return base === undefined ? id : base + rest.join(":");
}

/** An address that a browser may open, else "": of a hostile one nothing is made. */
export function web(address: string): string {
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : "";
}

/** The end words of a receipt, or that the document as a whole is meant. */
export function words({ whole, head, tail }: Receipt): string {
  return whole ? "the document as a whole" : [head, tail].filter(Boolean).join(" … ");
}

/** The days of a period in words. */
export function days([earliest, latest]: Period): string {
  if (!earliest) return `until ${latest}`;
  if (!latest) return `from ${earliest}`;
  return earliest === latest ? earliest : `${earliest} to ${latest}`;
}

/** Who makes a statement, in words. */
export function says(statement: Statement): string {
  return statement.claimedBy.map((thing) => thing.label).join(", ");
}

/** Where the words of a receipt are: title, address, and the span in code points. */
function source(data: Data, receipt: Receipt): string {
  const address = data.sources.find((one) => one.id === receipt.source)?.address ?? "";
  const where = receipt.whole ? words(receipt) : `“${words(receipt)}”, code points ${receipt.start}–${receipt.end}`;
  return [receipt.title, address, where].filter(Boolean).join(", ");
}

/** One line: controls and line ends would end a field, or begin one. */
function line(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ").trim();
}

function marks({ status, modality, reading, contradicted }: Statement): string {
  return [status, modality, reading, contradicted && "contradicted"].filter(Boolean).join(", ");
}

/** In words. What it says is said in ours: no quotation marks. */
export function plain(data: Data, statement: Statement): string {
  const read = statement.receipts.map((receipt) => source(data, receipt)).join("; ");
  return line(
    `${sentence(statement)} (in the words of the graph; ${marks(statement)}; says ${says(statement)}). ` +
      `${data.title}, version ${data.version}, ${data.date}, statement ${statement.id}. ${iri(data, statement.id)}. ` +
      `Read from: ${read}.`,
  );
}

const TEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

function tex(text: string): string {
  return line(text).replace(/[\\~^{}$&#%_]/g, (sign) => TEX[sign] ?? `\\${sign}`);
}

/** As a BibTeX entry of the kind `misc`. */
export function bibtex(data: Data, statement: Statement): string {
  const [year = "", month = ""] = data.date.split("-");
  const address = line(iri(data, statement.id)).replace(/[{}\\ ]/g, encodeURIComponent);
  const read = statement.receipts.map((receipt) => source(data, receipt)).join("; ");
  const fields = [
    // In braces: the name of a body is no first and last name.
    ["author", data.about.publisher && `{${tex(data.about.publisher)}}`],
    ["title", `{${tex(sentence(statement))}}`],
    ["howpublished", `${tex(data.title)}, version ${tex(data.version)}, statement ${tex(statement.id)}`],
    ["year", year],
    ["month", String(Number(month) || "")],
    ["version", tex(data.version)],
    ["url", address],
    ["note", tex(`${marks(statement)}; says ${says(statement)}. Read from: ${read}`)],
  ];
  const said = fields.filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{${statement.id.replace(/[^A-Za-z0-9-]+/g, "-")},\n${said.join(",\n")}\n}\n`;
}

/** As a RIS record of a data set. */
export function ris(data: Data, statement: Statement): string {
  const fields = [
    ["TY", "DATA"],
    ["ID", statement.id],
    ["AU", data.about.publisher],
    ["TI", sentence(statement)],
    ["T2", data.title],
    ["ET", data.version],
    ["PB", data.about.publisher],
    ["PY", data.date.slice(0, 4)],
    ["DA", data.date.replaceAll("-", "/")],
    ["UR", iri(data, statement.id)],
    ["N1", `${marks(statement)}; says ${says(statement)}`],
    ...statement.receipts.map((receipt) => ["N1", `Read from: ${source(data, receipt)}`]),
  ];
  const said = fields.map(([tag = "", value = ""]) => [tag, line(value)]).filter(([, value]) => value);
  return [...said.map(([tag, value]) => `${tag}  - ${value}`), "ER  - ", ""].join("\r\n");
}
