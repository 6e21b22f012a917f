/** The outlines of marks and arrow heads, for whatever can take a path. */

/** What drawing code needs of a canvas; the SVG surface has the same. */
export type Surface = Pick<
  CanvasRenderingContext2D,
  | "beginPath" | "moveTo" | "lineTo" | "quadraticCurveTo" | "arc" | "closePath" | "rect" | "fill" | "stroke"
  | "fillText" | "strokeText" | "setLineDash" | "fillStyle" | "strokeStyle" | "lineWidth" | "lineJoin" | "lineCap"
  | "font" | "textAlign" | "textBaseline" | "globalAlpha" | "fillRect"
>; // prettier-ignore

type Points = readonly (readonly [x: number, y: number])[];

function corners(count: number, turn: number, inner = 1): Points {
  return Array.from({ length: inner === 1 ? count : 2 * count }, (_, at, all = inner === 1 ? count : 2 * count) => {
    const angle = ((turn + (360 * at) / all) * Math.PI) / 180;
    const out = at % 2 ? inner : 1;
    return [out * Math.cos(angle), out * Math.sin(angle)] as const;
  });
}

/** Corners for a mark of radius 1; each covers about as much as a disc does. A disc has none. */
const MARKS: Readonly<Record<string, Points>> = {
  diamond: corners(4, -90).map(([x, y]) => [1.18 * x, 1.18 * y]),
  square: corners(4, -45).map(([x, y]) => [1.22 * x, 1.22 * y]),
  triangle: corners(3, -90).map(([x, y]) => [1.3 * x, 1.3 * y + 0.15]),
  triangleDown: corners(3, 90).map(([x, y]) => [1.3 * x, 1.3 * y - 0.15]),
  star: corners(5, -90, 0.45).map(([x, y]) => [1.4 * x, 1.4 * y]),
  hexagon: corners(6, 0).map(([x, y]) => [1.1 * x, 1.1 * y]),
};

function polygon(surface: Surface, points: Points, x: number, y: number, by: number): void {
  points.forEach(([across, along], at) => {
    if (at) surface.lineTo(x + by * across, y + by * along);
    else surface.moveTo(x + by * across, y + by * along);
  });
  surface.closePath();
}

/** Adds the outline of a mark to the path; an unknown shape is a disc. */
export function mark(surface: Surface, shape: string, x: number, y: number, radius: number): void {
  const points = MARKS[shape];
  if (points) polygon(surface, points, x, y, radius);
  else {
    surface.moveTo(x + radius, y);
    surface.arc(x, y, radius, 0, 2 * Math.PI);
    surface.closePath();
  }
}

/** How far a head reaches back from its tip, and whether it is filled. */
export const HEADS: Readonly<Record<string, { readonly length: number; readonly filled: boolean }>> = {
  arrow: { length: 8, filled: true },
  vee: { length: 8, filled: false },
  circle: { length: 6, filled: false },
  bar: { length: 2, filled: false },
};

/** Adds a head to the path, its tip at a point, looking along a unit vector. */
export function head(surface: Surface, kind: string, x: number, y: number, dx: number, dy: number): void {
  const at = (back: number, side: number): [number, number] => [x - back * dx - side * dy, y - back * dy + side * dx];
  switch (kind) {
    case "circle": {
      const [across, along] = at(3, 0);
      surface.moveTo(across + 3, along);
      surface.arc(across, along, 3, 0, 2 * Math.PI);
      break;
    }
    case "bar":
      surface.moveTo(...at(0, -5));
      surface.lineTo(...at(0, 5));
      break;
    default:
      surface.moveTo(...at(8, -3.6));
      surface.lineTo(x, y);
      surface.lineTo(...at(8, 3.6));
      if (kind === "arrow") surface.closePath();
  }
}
