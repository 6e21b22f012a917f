/** The bar of a moment: hatched where it is some time within, solid where it is surely so, an arrow where it is open. */

import { useId } from "preact/hooks";
import type { Placed } from "../data/lanes";
import type { Kind } from "../data/moments";

const HEIGHT = 12;
/** A bar narrower than this is its mark alone, when it is sure. */
const POINT = 16;

/** The mark at a bar's beginning tells the kind by its shape: disc, hollow diamond, cross. What is not sure has no disc. */
function Mark({ kind, x }: { kind: Kind; x: number }) {
  if (kind === "planned") return <path class="shape hollow" d={`M${x},1l5,5l-5,5l-5,-5z`} />;
  if (kind === "contradicted") return <path class="shape cross" d={`M${x - 4},2l8,8m0,-8l-8,8`} />;
  return <circle class="shape" cx={x} cy={6} r={4.5} />;
}

type Shape = Pick<Placed, "bar" | "sure" | "open"> & { readonly kind: Kind };

/** A picture without words: what it says stands in the name of its moment. */
export function Bar({ bar, sure, open, kind }: Shape) {
  const hatch = useId();
  const width = bar[1] - bar[0];
  const solid = sure && ([Math.max(0, sure[0] - bar[0]), Math.min(width, sure[1] - bar[0])] as const);
  const [before, after] = open;
  const certain = solid && solid[1] - solid[0] >= width;
  const point = certain && width < POINT;
  return (
    <svg
      class={`bar bar-${kind}`}
      width={width + 12}
      height={HEIGHT}
      viewBox={`-6 0 ${width + 12} 12`}
      aria-hidden="true"
    >
      <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="hatch" d="M0,0V5" />
      </pattern>
      {!point && <rect class="unsure" x={0} y={2} width={width} height={8} fill={`url(#${hatch})`} />}
      {!before && !certain && <path class="whisker" d="M0,0V12" />}
      {!after && !certain && <path class="whisker" d={`M${width},0V12`} />}
      {before && <path class="arrow" d="M3,0l-7,6l7,6" />}
      {after && <path class="arrow" d={`M${width - 3},0l7,6l-7,6`} />}
      {solid && !point && <rect class="solid" x={solid[0]} y={2} width={Math.max(2, solid[1] - solid[0])} height={8} />}
      {(sure || kind !== "actual") && <Mark kind={kind} x={before ? width - 1 : width < POINT ? width / 2 : 1} />}
    </svg>
  );
}
