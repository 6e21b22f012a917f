/** Fields of CSV: quoted (RFC 4180), and kept from being run by a spreadsheet. */

/** Where a formula would begin: a cell's start, or what a program that splits at `;` or tabs makes one (OWASP). */
const FORMULA = /(^|[;\t\r\n])(?=[\s\x00-\x1f]*[=+\-@\uff0b\uff0d\uff1d\uff20|%])|^(?=[\t\r\n])/g;

/** A text as a field. */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text with an apostrophe before what would be taken for a formula. */
export function harmless(text: string): string {
  return text.replace(FORMULA, "$1'");
}
