/** Days of the calendar as numbers: milliseconds from 1970, as every scale of time counts. */

export const DAY = 86_400_000;

/** Beginning of the first day and of the last one. */
export type Span = readonly [first: number, last: number];

/** The beginning of a day that ISO 8601 names. */
export function dayOf(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`);
}

const CALENDAR = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;

/** The days that a year, month or day may mean; null for anything else. */
function spanOf(text: string): Span | null {
  const [, year, month, day] = CALENDAR.exec(text) ?? [];
  if (!year) return null;
  const first = dayOf(`${year}-${month ?? "01"}-${day ?? "01"}`);
  if (Number.isNaN(first)) return null; // a season, say
  if (day) return [first, first];
  const last = !month || month === "12" ? dayOf(`${year}-12-31`) : dayOf(`${year}-${after(month)}-01`) - DAY;
  return [first, last];
}

function after(month: string): string {
  return String(Number(month) + 1).padStart(2, "0");
}

/** The two parts of an EDTF expression, one and the same where it is no interval; null for what is open or no date. */
export function parts(written: string): readonly [Span | null, Span | null] {
  const [first = "", last = first] = written.split("/");
  return [spanOf(first), spanOf(last)];
}
