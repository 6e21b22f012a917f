import { describe, expect, it } from "vitest";
import { breaks, broken, plain, set, setLines, Taken, type Label, type Wanted } from "../src/draw/labels";

const measure = (text: string) => [...text].length * 0.55;

const boxOf = (label: Label, wanted: Wanted) => {
  const width = Math.max(...label.lines.map(measure)) * label.size;
  const left = wanted.x + (label.align === "center" ? -width / 2 : label.dx);
  const top = wanted.y + label.dy - 0.58 * label.size;
  return { left, right: left + width, top, bottom: top + label.lines.length * 1.16 * label.size };
};

function room(more: object = {}) {
  return {
    width: 1000,
    height: 800,
    taken: new Taken(),
    firm: new Taken(),
    chiefs: new Set<number>(),
    most: 999,
    ...more,
  };
}

describe("breaking", () => {
  it("makes lines of like length, at most three", () => {
    expect(broken("United Nations", measure)).toEqual(["United Nations"].flatMap((t) => (measure(t) <= 11 ? [t] : [])));
    const lines = broken("Recommendation on the Ethics of Artificial Intelligence of the General Conference", measure);
    expect(lines).toHaveLength(3);
    expect(lines[2]?.endsWith("…")).toBe(true);
    expect(Math.max(...lines.map(measure))).toBeLessThanOrEqual(15);
  });

  it("breaks words that are too long, and scripts without spaces", () => {
    for (const text of ["x".repeat(1_000_000), "全国信息安全标准化技术委员会人工智能安全标准特别工作组"]) {
      const lines = broken(text, measure);
      expect(lines.length).toBeLessThanOrEqual(3);
      for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(15.5);
    }
  });

  it("leaves out what turns or hides letters", () => {
    expect(plain("a\u202eb\u2028c\u0000d\u2066e")).toBe("a b c d e");
    expect(plain(" <script>alert(1)</script> ")).toBe("<script>alert(1)</script>");
  });
});

describe("setting", () => {
  const shape = breaks(measure);

  const crowd: Wanted[] = Array.from({ length: 300 }, (_, at) => ({
    text: `Thing number ${at} of the crowd`,
    x: (at * 137) % 1000,
    y: (at * 71) % 800,
    radius: 5,
    size: 12,
  }));

  it("never lets labels overlap, nor leave the screen", () => {
    const labels = set(
      crowd,
      crowd.map((_, at) => at),
      shape,
      room(),
    );
    expect(labels.length).toBeGreaterThan(30);
    const boxes = labels.map((label) => boxOf(label, crowd[label.owner]!));
    for (const [at, a] of boxes.entries()) {
      expect(a.left >= 0 && a.top >= 0 && a.right <= 1000 && a.bottom <= 800).toBe(true);
      for (const b of boxes.slice(at + 1)) {
        expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top).toBe(true);
      }
    }
  });

  it("gives the first right to those that come first", () => {
    const two = [0, 1].map((at) => ({ text: "A label", x: 500, y: 400 + at, radius: 4, size: 12 }));
    const [first] = set(two, [0, 1], shape, room({ most: 1 }));
    expect(first?.owner).toBe(0);
  });

  it("covers no mark, but for the foremost where there is no other place", () => {
    const blocked = () => {
      const taken = new Taken();
      taken.add(99, { left: 300, top: 200, right: 700, bottom: 600 });
      return taken;
    };
    const one = [{ text: "Hub", x: 500, y: 400, radius: 4, size: 12 }];
    expect(set(one, [0], shape, room({ taken: blocked() }))).toEqual([]);
    expect(set(one, [0], shape, room({ taken: blocked(), chiefs: new Set([0]) }))).toHaveLength(1);
    expect(set(one, [0], shape, room({ taken: blocked(), firm: blocked(), chiefs: new Set([0]) }))).toEqual([]);
  });

  it("labels no line that is shorter than its label", () => {
    const line = { text: "took part in", x: 500, y: 400, radius: 100, size: 11 };
    expect(setLines([line], shape, new Taken())).toHaveLength(1);
    expect(setLines([{ ...line, radius: 20 }], shape, new Taken())).toEqual([]);
  });
});
