import { describe, expect, it } from "vitest";
import { contrast, css, mix, parse, visible } from "../src/draw/colors";
import { fit, pull, radiusOf, showing, zoomed } from "../src/draw/camera";
import { Finder } from "../src/draw/hit";
import { breaks } from "../src/draw/labels";
import { paint, stress, type Picture } from "../src/draw/paint";
import { scene } from "../src/draw/scene";
import { labelled } from "../src/draw/setting";
import { SvgSurface } from "../src/draw/svg";
import { sample, type Said } from "./sample";

const theme = { ink: "#111111", muted: "#555555", paper: "#ffffff", accent: "#0000ff", face: "sans-serif" };
const size = { width: 800, height: 600 };
const measure = (text: string) => text.length * 0.55;

function picture(said: readonly Said[]): Picture {
  const data = sample(said);
  const drawn = scene(data, data.statements);
  const view = fit(drawn.nodes, size);
  return { scene: drawn, view, size, theme, hulls: [], ...labelled(drawn, view, size, breaks(measure), [], new Set()) };
}

function svg(said: readonly Said[]): string {
  const surface = new SvgSurface();
  paint(surface, picture(said));
  return surface.document(size.width, size.height, "A & B");
}

describe("colours", () => {
  it("are read as style sheets and browsers write them", () => {
    expect([parse("#0af"), parse("#00AAFF"), parse("rgb(0, 170, 255)")].map(css)).toEqual(Array(3).fill("#00aaff"));
    expect(mix([0, 0, 0], [255, 255, 255], 0.5)).toEqual([128, 128, 128]);
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  });

  it.each(["#ffffff", "#14171b", "#777777"])("stand out from paper of %s", (paper) => {
    for (const color of ["#1f5a96", "#6f7d93", "#a66f00", "#ffffff", "#000000"]) {
      expect(contrast(parse(visible(color, paper, 4)), parse(paper))).toBeGreaterThanOrEqual(4);
    }
  });

  it("stay as they are where they stand out", () => {
    expect(visible("#1f5a96", "#ffffff", 4)).toBe("#1f5a96");
  });
});

describe("views", () => {
  const corners = [
    { x: -500, y: 20 },
    { x: 900, y: 700 },
    { x: 0, y: 0 },
  ];

  it("fit everything with room at the edges", () => {
    const { x, y, k } = fit(corners, size);
    for (const point of corners) {
      expect(point.x * k + x).toBeGreaterThan(40);
      expect(point.x * k + x).toBeLessThan(size.width - 40);
      expect(point.y * k + y).toBeGreaterThan(30);
      expect(point.y * k + y).toBeLessThan(size.height - 30);
    }
    expect(fit([], size).k).toBeGreaterThan(0);
    expect(fit([{ x: 3, y: 3 }], size).k).toBeLessThanOrEqual(1.6);
  });

  it("are pulled along the side that a screen has to spare, never squeezed", () => {
    expect(pull(corners, { width: 1000, height: 1000 })).toEqual([1, 2]);
    expect(pull(corners, { width: 4000, height: 1000 })[1]).toBe(1);
    expect(pull([{ x: 1, y: 1 }], size)).toEqual([1, 1]);
  });

  it("zoom around a point that stays where it is", () => {
    const before = { x: 30, y: -20, k: 0.7 };
    const after = zoomed(before, 2, [200, 100], 0.1);
    expect(after.k).toBeCloseTo(1.4);
    expect((200 - after.x) / after.k).toBeCloseTo((200 - before.x) / before.k);
    expect(zoomed(before, 1000, [0, 0], 0.1).k).toBe(12);
    expect(zoomed(before, 0.0001, [0, 0], 0.1).k).toBe(0.1);
  });

  it("move only for what is out of sight", () => {
    const view = { x: 0, y: 0, k: 1 };
    expect(showing(view, size, { x: 400, y: 300 })).toEqual(view);
    expect(showing(view, size, { x: 900, y: 300 })).toEqual({ k: 1, x: -190, y: 0 });
  });
});

describe("what is drawn", () => {
  it("differs by dashes and heads, not by colour alone", () => {
    const made = (more: Partial<Said>) => svg([{ from: "event:e", to: "agent:a", ...more }]);
    const plainly = made({});
    expect(plainly).not.toContain("stroke-dasharray");
    for (const [more, dashes] of [
      [{ modality: "planned" }, "9 6"],
      [{ status: "attributed" }, "2 5"],
      [{ contradicted: true }, "12 4 2 4"],
    ] as const) {
      expect(made(more)).toContain(`stroke-dasharray="${dashes}"`);
    }
    const shape = (text: string) => text.match(/<path/g)?.length;
    expect(shape(made({ modality: "planned" }))).toBe(shape(plainly));
  });

  it("has the names of things and lines, escaped", () => {
    const text = svg([{ from: "event:</text><script>x", to: "agent:a & b" }]);
    expect(text).toContain("&lt;/text&gt;&lt;script&gt;x");
    expect(text).toContain("a &amp; b");
    expect(text).toContain("<title>A &amp; B</title>");
    expect(text).toContain(">took part in</text>");
    expect(text).not.toContain("<script");
    expect(new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")).toBeNull();
  });

  it("shows what a thing has to do with itself as a loop", () => {
    expect(svg([{ from: "agent:a", to: "agent:a" }]).match(/a7 7 0 1 1-14 0/g)).toHaveLength(1);
  });

  it("has round circles in SVG whatever the radius", () => {
    for (const radius of [4.25, 5.7, 3.14159]) {
      const surface = new SvgSurface();
      surface.beginPath();
      surface.arc(0, 0, radius);
      const [, r, across] = /a([\d.]+) \S+ 0 1 1-([\d.]+) /.exec(surface.outline) ?? [];
      expect(Number(across)).toBeCloseTo(2 * Number(r), 9);
    }
  });

  it("lets what is selected stand out in the accent, and the keyboard's place by dashes", () => {
    const surface = new SvgSurface();
    const shown = picture([{ from: "event:e", to: "agent:a" }]);
    stress(surface, shown, { nodes: [0], lines: [0], cursor: 1 });
    const text = surface.document(800, 600, "");
    expect(text.match(/stroke="#0000ff"/g)).toHaveLength(1);
    expect(text).toContain('stroke-dasharray="3 3"');
  });
});

describe("labels of a view", () => {
  const spokes = Array.from({ length: 60 }, (_, at) => ({
    from: "event:The hub of all",
    to: `agent:Some spoke ${at}`,
  }));

  it("go to the hub even among many marks, and to what is selected", () => {
    const data = sample(spokes);
    const drawn = scene(data, data.statements);
    const view = fit(drawn.nodes, { width: 300, height: 200 });
    const last = drawn.nodes.length - 2;
    const { labels, present } = labelled(drawn, view, { width: 300, height: 200 }, breaks(measure), [last], new Set());
    expect(present).toBe(61);
    expect(labels.length).toBeLessThan(61);
    const owners = labels.map((label) => drawn.nodes[label.owner]?.thing.label);
    expect(owners).toContain("The hub of all");
    expect(owners[0]).toBe(drawn.nodes[last]?.thing.label);
    expect(Math.min(...labels.map((label) => label.size))).toBeGreaterThanOrEqual(11);
  });
});

describe("pointing", () => {
  const shown = picture([
    { from: "event:e", to: "agent:a" },
    { from: "event:e", to: "agent:b" },
    { from: "agent:b", to: "agent:b" },
  ]);
  const { scene: drawn, view } = shown;
  const finder = new Finder(drawn);
  const at = (number: number): [number, number] => {
    const node = drawn.nodes[number]!;
    return [node.x * view.k + view.x, node.y * view.k + view.y];
  };

  it("finds a thing before the lines that end at it", () => {
    drawn.nodes.forEach((_, number) => expect(finder.at(view, ...at(number))).toEqual({ kind: "node", at: number }));
  });

  it("finds lines and loops near the pointer, and nothing elsewhere", () => {
    const end = (number: number) => at(drawn.nodeOf.get(number ? "agent:a" : "event:e")!);
    const [[x, y], [u, v]] = [end(0), end(1)];
    const line = drawn.lines.findIndex((one) => one.end === drawn.nodeOf.get("agent:a"));
    expect(finder.at(view, (x + u) / 2, (y + v) / 2 + 3)).toEqual({ kind: "line", at: line });
    const b = drawn.nodeOf.get("agent:b")!;
    const top = at(b)[1] - radiusOf(drawn.nodes[b]!, view.k) - 12;
    expect(finder.at(view, at(b)[0], top)).toEqual({
      kind: "line",
      at: drawn.lines.findIndex((one) => one.start === one.end),
    });
    expect(finder.at(view, 5, 5)).toBeNull();
  });
});
