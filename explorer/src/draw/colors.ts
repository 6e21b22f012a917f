/** Colours as numbers: marks keep their hue, and stand out from the paper whatever it is. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour written as #rgb, #rrggbb or rgb(…); what is written otherwise is taken for black. */
export function parse(text: string): Rgb {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text.trim());
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})/i.exec(text.trim());
  const found =
    short?.slice(1).map((digit) => parseInt(digit + digit, 16)) ?? long?.slice(1, 4).map((two) => parseInt(two, 16));
  const [red = 0, green = 0, blue = 0] = found ?? (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** WCAG 2.2, relative luminance. */
function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A colour between two: at 0 the first, at 1 the second. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share);
  return [part(0), part(1), part(2)];
}

export function css([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour, made lighter or darker until it has the contrast with the paper. */
export function visible(color: string, paper: string, least: number): string {
  const [mark, ground] = [parse(color), parse(paper)];
  const away: Rgb = luminance(ground) < 0.18 ? [255, 255, 255] : [0, 0, 0];
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(mark, away, share);
    if (contrast(tried, ground) >= least) return css(tried);
  }
  return css(away);
}
