/** A surface that makes SVG of what is drawn on it. */

import { xml } from "../data/files";
import type { Surface } from "./shapes";

const short = (value: number): string => String(Math.round(value * 10) / 10);

export class SvgSurface implements Surface {
  fillStyle: Surface["fillStyle"] = "#000";
  strokeStyle: Surface["strokeStyle"] = "#000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  lineCap: CanvasLineCap = "butt";
  font = "12px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  globalAlpha = 1;
  private path: string[] = [];
  private dashes: number[] = [];
  private readonly made: string[] = [];

  /** The outline so far, as the attribute `d` of a path. */
  get outline(): string {
    return this.path.join("");
  }

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`L${short(x)} ${short(y)}`);
  }

  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.path.push(`Q${short(cx)} ${short(cy)} ${short(x)} ${short(y)}`);
  }

  /** Whole circles only, from the point at the right: marks, heads and loops are no others. */
  arc(x: number, y: number, radius: number): void {
    // Were the two rounded each for itself, the halves would not meet in a circle.
    const r = short(radius);
    const across = short(2 * Number(r));
    this.path.push(`M${short(x + radius)} ${short(y)}a${r} ${r} 0 1 1-${across} 0a${r} ${r} 0 1 1 ${across} 0`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`);
  }

  closePath(): void {
    this.path.push("Z");
  }

  setLineDash(dashes: Iterable<number>): void {
    this.dashes = [...dashes];
  }

  fill(): void {
    if (this.path.length)
      this.made.push(`<path d="${this.outline}" fill="${this.ink(this.fillStyle)}"${this.faint()}/>`);
  }

  stroke(): void {
    if (!this.path.length) return;
    this.made.push(`<path d="${this.outline}" fill="none"${this.pen()}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.made.push(`<rect ${place} fill="${this.ink(this.fillStyle)}"${this.faint()}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    this.write(text, x, y, `fill="${this.ink(this.fillStyle)}"`);
  }

  strokeText(text: string, x: number, y: number): void {
    this.write(text, x, y, `fill="none"${this.pen()}`);
  }

  /** The picture as a document, with a title for those who can't see it. */
  document(width: number, height: number, title: string): string {
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
      `<title>${xml(title)}</title>`,
      ...this.made,
      "</svg>",
      "",
    ].join("\n");
  }

  private ink(style: Surface["fillStyle"]): string {
    return typeof style === "string" ? xml(style) : "none";
  }

  private faint(): string {
    return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : "";
  }

  private pen(): string {
    const dashes = this.dashes.length ? ` stroke-dasharray="${this.dashes.map(short).join(" ")}"` : "";
    const ends = `stroke-linejoin="${this.lineJoin}" stroke-linecap="${this.lineCap}"`;
    return ` stroke="${this.ink(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}" ${ends}${dashes}${this.faint()}`;
  }

  private write(text: string, x: number, y: number, paint: string): void {
    const [, weight = "", size = "12", family = "sans-serif"] = /^(\d+ )?([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const anchor = this.textAlign === "center" ? "middle" : "start";
    const face = `font-family="${xml(family)}" font-size="${size}" font-weight="${weight.trim() || "400"}"`;
    this.made.push(
      `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" ${face} ${paint}>${xml(text)}</text>`,
    );
  }
}
