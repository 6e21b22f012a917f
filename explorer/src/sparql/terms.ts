/** RDF terms as SPARQL's JSON results have them, their CURIEs, and how a query or a file writes them. */

export interface Term {
  readonly type: "uri" | "literal" | "bnode";
  readonly value: string;
  readonly "xml:lang"?: string;
  readonly datatype?: string;
}

/** Prefix -> beginning of IRIs. */
export type Prefixes = Readonly<Record<string, string>>;

export const XSD = "http://www.w3.org/2001/XMLSchema#";

const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\\ud800-\udfff]*$/u;

/** An IRI between angle brackets. Throws a RangeError for what is none: nothing else comes into a query. */
export function writtenIri(iri: string): string {
  if (!IRI.test(iri)) throw new RangeError(`this is no IRI: ${iri}`);
  return `<${iri}>`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** A text between quotation marks, whatever it holds; halves of surrogate pairs become U+FFFD. */
export function writtenText(text: string): string {
  const inner = text
    .replace(
      /[\x00-\x1f\x7f"\\]/g,
      (letter) => ESCAPED[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replace(/[\ud800-\udfff]/gu, "\ufffd");
  return `"${inner}"`;
}

/** A term as N-Triples and SPARQL write it. */
export function written(term: Term): string {
  if (term.type === "uri") return writtenIri(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  const text = writtenText(term.value);
  if (term["xml:lang"]) return `${text}@${term["xml:lang"]}`;
  return term.datatype && term.datatype !== `${XSD}string` ? `${text}^^${writtenIri(term.datatype)}` : text;
}

/** The CURIE of an IRI by the longest prefix that fits, or the IRI itself. */
export function shorten(iri: string, prefixes: Prefixes): string {
  let best = "";
  let length = 0;
  for (const [prefix, start] of Object.entries(prefixes)) {
    if (start.length > length && iri.startsWith(start)) [best, length] = [prefix, start.length];
  }
  return length ? `${best}:${iri.slice(length)}` : iri;
}

/** The IRI of a CURIE with a known prefix; any other name as it stands. */
export function expand(name: string, prefixes: Prefixes): string {
  const colon = name.indexOf(":");
  const prefix = name.slice(0, colon);
  return colon > 0 && Object.hasOwn(prefixes, prefix) ? prefixes[prefix] + name.slice(colon + 1) : name;
}

/** A term as text for a reader: a CURIE, a literal as written, "" for nothing. */
export function plain(term: Term | null, prefixes: Prefixes): string {
  if (!term) return "";
  return term.type === "uri" ? shorten(term.value, prefixes) : term.type === "bnode" ? `_:${term.value}` : term.value;
}
