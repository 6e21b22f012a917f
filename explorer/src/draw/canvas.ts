/**
 * The picture on a canvas: it moves, zooms, and says what lies under the pointer.
 *
 * A small scene is drawn anew for each frame while it moves. A large one is drawn once, somewhat beyond the screen's
 * edges; while it moves that bitmap is shown moved, with plain dots for what lies beyond it, and when it rests it is
 * drawn again.
 */

import { select } from "d3-selection";
import { zoom, ZoomTransform, type D3ZoomEvent, type ZoomBehavior } from "d3-zoom";
import { CLOSEST, fit, pull, showing, zoomed, type Size, type View } from "./camera";
import { visible } from "./colors";
import { Finder, type Hit } from "./hit";
import { hulls, type Hull } from "./hulls";
import { breaks, type Breaks } from "./labels";
import { inView, paint, stress, type Picture, type Standing, type Theme } from "./paint";
import type { Scene } from "./scene";
import { labelled, type Labels } from "./setting";
import { SvgSurface } from "./svg";
import { measureIn, themeOf } from "./theme";

export interface Listener {
  /** Something was clicked, or nothing; the point is of the canvas, in CSS pixels. */
  readonly pick: (hit: Hit | null, point: readonly [x: number, y: number]) => void;
  /** The pointer is over something else than before. */
  readonly over: (hit: Hit | null, point: readonly [x: number, y: number]) => void;
  /** The picture rests: so many labels of so many things on the screen. */
  readonly rests: (labels: number, things: number) => void;
  readonly moves: () => void;
}

const NOTHING: Standing = { nodes: [], lines: [], cursor: -1 };
const empty = ({ nodes, lines, cursor }: Standing): boolean => !nodes.length && !lines.length && cursor < 0;
/** A scene of more things and lines than these is large. */
const LARGE = 700;
/** How long the picture must have been still to be drawn again. */
const REST = 140;
/** How far beyond each edge the bitmap of a large scene goes, as a share of the side. */
const BEYOND = 0.2;
const GLIDE = 180;

/** Whether an event is for a picture within a page, and not for the page. */
function wanted(event: MouseEvent | WheelEvent | TouchEvent): boolean {
  if (event.type === "wheel") return event.ctrlKey || event.metaKey;
  if ("touches" in event) return event.touches.length > 1;
  return !event.ctrlKey && !event.button;
}

export class Canvas {
  private readonly bitmap: HTMLCanvasElement;
  private readonly zooming: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly watch: ResizeObserver;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private given: Scene | null = null;
  /** The scene that was given, pulled to fill the screen. */
  private scene: Scene | null = null;
  private finder: Finder | null = null;
  private grouped = false;
  private hulls: readonly Hull[] = [];
  private standing = NOTHING;
  private theme: Theme;
  private shape: Breaks;
  private view: View = { x: 0, y: 0, k: 1 };
  private size: Size = { width: 0, height: 0 };
  private pulled: readonly [x: number, y: number] = [1, 1];
  /** Where the picture is gliding to. */
  private goal: View | null = null;
  /** The view at which the bitmap was made, null when it is out of date. */
  private made: View | null = null;
  private margin: readonly [x: number, y: number] = [0, 0];
  private labels: Labels = { labels: [], lineLabels: [], present: 0 };
  private moving = false;
  /** Whether the view is the one that shows everything, to be kept so when the size changes. */
  private fitted = true;
  private frame = 0;
  private rest = 0;
  private under = "";

  /**
   * Null where the browser draws nothing. A picture within a page leaves the page its scrolling: there the wheel zooms
   * with Ctrl only, and it takes two fingers to move it.
   */
  static on(host: HTMLElement, listener: Listener, within = false): Canvas | null {
    const canvas = host.ownerDocument.createElement("canvas");
    const context = canvas.getContext("2d", { alpha: false });
    const made = context && new Canvas(host, listener, canvas, context);
    if (made && within) made.zooming.filter(wanted);
    return made;
  }

  private constructor(
    private readonly host: HTMLElement,
    private readonly listener: Listener,
    private readonly canvas: HTMLCanvasElement,
    private readonly context: CanvasRenderingContext2D,
  ) {
    this.bitmap = host.ownerDocument.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    host.append(this.canvas);
    this.theme = themeOf(host);
    this.shape = breaks(measureIn(context, this.theme.face));
    this.zooming = zoom<HTMLCanvasElement, unknown>()
      .clickDistance(4)
      .on("zoom", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) =>
        this.moved(event.transform, event.sourceEvent !== null),
      );
    select(this.canvas).call(this.zooming).on("dblclick.zoom", null);
    this.canvas.addEventListener("click", this.click);
    this.canvas.addEventListener("pointermove", this.point);
    this.canvas.addEventListener("pointerleave", this.leave);
    this.dark.addEventListener("change", this.restyle);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(host);
  }

  /** Ends it. */
  destroy(): void {
    this.watch.disconnect();
    this.dark.removeEventListener("change", this.restyle);
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.rest);
    this.canvas.remove();
  }

  /** Shows a scene, as a whole where `whole`, else from where the last one was looked at. It is drawn at once. */
  show(scene: Scene, whole: boolean): void {
    this.given = scene;
    this.standing = NOTHING;
    this.measured();
    if (whole || this.fitted) this.pulled = pull(scene.nodes, this.size);
    this.place();
    if (whole || this.fitted) this.set(fit(this.scene?.nodes ?? [], this.size), true);
    this.redraw();
  }

  /** Whether communities are surrounded. */
  surround(grouped: boolean): void {
    if (grouped === this.grouped) return;
    this.grouped = grouped;
    this.place();
    this.redraw();
  }

  private place(): void {
    const [x, y] = this.pulled;
    if (!this.given) return;
    this.scene = { ...this.given, nodes: this.given.nodes.map((node) => ({ ...node, x: node.x * x, y: node.y * y })) };
    this.finder = null;
    this.hulls = this.grouped ? hulls(this.scene.nodes) : [];
  }

  /** Lets things and lines stand out, and brings the first of them into view. */
  stress(standing: Standing, bring: boolean): void {
    const before = this.standing;
    this.standing = standing;
    if (empty(before) && empty(standing)) return;
    const at = standing.cursor >= 0 ? standing.cursor : (standing.nodes[0] ?? -1);
    const node = this.scene?.nodes[at];
    if (node && bring) {
      const next = showing(this.view, this.size, node);
      // What was pointed at keeps what was opened beside it.
      if (next.x !== this.view.x || next.y !== this.view.y) this.glide(next, false, true);
    }
    // What is selected has the first right to a label.
    if (standing.nodes.some((one) => !before.nodes.includes(one))) this.redraw();
    else this.ask();
  }

  fit(): void {
    if (this.scene) this.glide(fit(this.scene.nodes, this.size), true);
  }

  zoom(by: number): void {
    this.glide(zoomed(this.goal ?? this.view, by, [this.size.width / 2, this.size.height / 2], this.least()), false);
  }

  pan(x: number, y: number): void {
    this.goal = null;
    this.set({ k: this.view.k, x: this.view.x + x, y: this.view.y + y }, false);
    this.stir();
  }

  /** Where a node is on the canvas, in CSS pixels. */
  placeOf(at: number): [x: number, y: number] {
    const node = this.scene?.nodes[at];
    return [(node?.x ?? 0) * this.view.k + this.view.x, (node?.y ?? 0) * this.view.k + this.view.y];
  }

  /** What is on the screen as PNG, twice as fine. */
  async png(): Promise<Blob> {
    const sheet = this.host.ownerDocument.createElement("canvas");
    [sheet.width, sheet.height] = [2 * this.size.width, 2 * this.size.height];
    const context = sheet.getContext("2d");
    const picture = this.picture(this.view, this.size);
    if (!context || !picture) throw new Error("nothing is drawn");
    context.scale(2, 2);
    paint(context, picture);
    if (!empty(this.standing)) stress(context, picture, this.standing);
    return new Promise((done, failed) =>
      sheet.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"),
    );
  }

  /** What is on the screen as SVG. */
  svg(title: string): string {
    const surface = new SvgSurface();
    const picture = this.picture(this.view, this.size);
    if (picture) paint(surface, picture);
    return surface.document(this.size.width, this.size.height, title);
  }

  // ---------------------------------------------------------------- views

  private least(): number {
    return this.scene ? Math.min(0.25, fit(this.scene.nodes, this.size).k / 2) : 0.05;
  }

  /** Sets the view without a movement. */
  private set(view: View, fitted: boolean): void {
    this.view = view;
    this.fitted = fitted;
    this.zooming.scaleExtent([this.least(), CLOSEST]);
    // d3-zoom keeps the view on the element, from where the next gesture goes on.
    (this.canvas as unknown as { __zoom: ZoomTransform }).__zoom = new ZoomTransform(view.k, view.x, view.y);
  }

  private moved(view: View, byHand: boolean): void {
    this.goal = null;
    this.view = { x: view.x, y: view.y, k: view.k };
    if (byHand) this.fitted = false;
    this.stir();
  }

  private stir(quietly = false): void {
    if (!this.moving && !quietly) this.listener.moves();
    this.moving = true;
    this.ask();
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.settle(), REST);
  }

  private settle(): void {
    this.moving = false;
    this.redraw();
  }

  /** Goes over to a view, at once for those who asked for less motion. */
  private glide(to: View, fitted: boolean, quietly = false): void {
    const from = this.view;
    this.goal = to;
    const begin = performance.now();
    const short = matchMedia("(prefers-reduced-motion: reduce)").matches || this.large;
    const step = () => {
      if (this.goal !== to) return; // another movement took its place
      const share = short ? 1 : Math.min(1, (performance.now() - begin) / GLIDE);
      const part = (a: number, b: number) => a + (b - a) * share * (2 - share);
      this.set({ x: part(from.x, to.x), y: part(from.y, to.y), k: part(from.k, to.k) }, fitted);
      this.stir(quietly);
      if (share < 1) requestAnimationFrame(step);
      else this.goal = null;
    };
    step();
  }

  // ---------------------------------------------------------------- drawing

  /** Takes the size of its host; says whether it is another than before. */
  private measured(): boolean {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    const fine = devicePixelRatio || 1;
    this.size = { width, height };
    const [across, along] = [Math.round(width * fine), Math.round(height * fine)];
    if (this.canvas.width === across && this.canvas.height === along) return false;
    [this.canvas.width, this.canvas.height] = [across, along];
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.made = null;
    return true;
  }

  private resize(): void {
    if (!this.measured() || !this.scene) return;
    if (this.fitted && this.given) {
      this.pulled = pull(this.given.nodes, this.size);
      this.place();
      this.set(fit(this.scene.nodes, this.size), true);
    }
    this.redraw();
  }

  private readonly restyle = (): void => {
    this.theme = themeOf(this.host);
    this.redraw();
  };

  private picture(view: View, size: Size): Picture | null {
    const { scene, theme, hulls, labels } = this;
    return scene && { scene, view, size, theme, hulls, labels: labels.labels, lineLabels: labels.lineLabels };
  }

  /** Draws all anew, labels too. */
  private redraw(): void {
    if (!this.scene || !this.size.width || !this.size.height) return;
    const { nodes, lines } = this.standing;
    const near = new Set(lines.flatMap((at) => [this.scene?.lines[at]?.start ?? 0, this.scene?.lines[at]?.end ?? 0]));
    this.labels = labelled(this.scene, this.view, this.size, this.shape, nodes, near);
    if (this.large) this.render();
    this.compose();
    this.listener.rests(this.labels.labels.length, this.labels.present);
  }

  private get large(): boolean {
    return (this.scene?.nodes.length ?? 0) + (this.scene?.lines.length ?? 0) > LARGE;
  }

  /** Shows the scene in the present view, and what stands out over it. */
  private compose(): void {
    const picture = this.picture(this.view, this.size);
    if (!picture) return;
    const fine = devicePixelRatio || 1;
    this.context.setTransform(fine, 0, 0, fine, 0, 0);
    if (this.large) this.blit();
    else paint(this.context, picture);
    if (!empty(this.standing)) stress(this.context, picture, this.standing);
  }

  /** Makes the bitmap. */
  private render(): void {
    const fine = devicePixelRatio || 1;
    const { width, height } = this.size;
    const [x, y] = (this.margin = [Math.round(width * BEYOND), Math.round(height * BEYOND)]);
    const size = { width: width + 2 * x, height: height + 2 * y };
    const [across, along] = [Math.round(size.width * fine), Math.round(size.height * fine)];
    if (this.bitmap.width !== across || this.bitmap.height !== along) {
      [this.bitmap.width, this.bitmap.height] = [across, along];
    }
    const context = this.bitmap.getContext("2d", { alpha: false });
    const picture = this.picture({ k: this.view.k, x: this.view.x + x, y: this.view.y + y }, size);
    if (!context || !picture) return;
    context.setTransform(fine, 0, 0, fine, 0, 0);
    paint(context, picture);
    this.made = this.view;
  }

  /** Shows the bitmap where it belongs in the present view. */
  private blit(): void {
    const { context, view, made } = this;
    if (!made) return;
    const { width, height } = this.size;
    const by = view.k / made.k;
    const [x, y] = [view.x - (made.x + this.margin[0]) * by, view.y - (made.y + this.margin[1]) * by];
    const [wide, tall] = [(width + 2 * this.margin[0]) * by, (height + 2 * this.margin[1]) * by];
    if (x > 0 || y > 0 || x + wide < width || y + tall < height) this.dots();
    context.imageSmoothingEnabled = by !== 1;
    context.drawImage(this.bitmap, x, y, wide, tall);
  }

  /** All things as plain dots: what lies beyond the bitmap is not hidden while the picture moves. */
  private dots(): void {
    const { context, scene, view, theme } = this;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, this.size.width, this.size.height);
    if (!scene) return;
    const side = Math.max(2, 6 * Math.min(1, view.k));
    context.fillStyle = visible(theme.muted, theme.paper, 3);
    for (const at of inView(scene, view, this.size)) {
      const [x, y] = this.placeOf(at);
      context.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }

  private ask(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.compose();
    });
  }

  // ---------------------------------------------------------------- pointing

  private at(event: MouseEvent): { hit: Hit | null; point: [number, number] } {
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    if (this.scene) this.finder ??= new Finder(this.scene);
    return { hit: this.finder?.at(this.view, x, y) ?? null, point: [x, y] };
  }

  private readonly click = (event: MouseEvent): void => {
    const { hit, point } = this.at(event);
    this.listener.pick(hit, point);
  };

  private readonly point = (event: PointerEvent): void => {
    if (event.buttons || event.pointerType === "touch" || this.moving) return;
    const { hit, point } = this.at(event);
    const name = hit ? `${hit.kind} ${hit.at}` : "";
    if (name === this.under) return;
    this.under = name;
    this.canvas.style.cursor = hit ? "pointer" : "";
    this.listener.over(hit, point);
  };

  private readonly leave = (): void => {
    this.under = "";
    this.listener.over(null, [0, 0]);
  };
}
