/** How far a statement carries, in words. */

import type { Statement } from "../data/model";

/** Status, modality, and what is out of the ordinary: in the order of kg/statements.py. */
export function marks({ status, modality, reading, contradicted }: Statement): string[] {
  return [status, modality, reading === "literal" ? "" : reading, contradicted ? "contradicted" : ""].filter(Boolean);
}

/** The marks of a statement, each a word; the frame of each only helps the eye. */
export function Marks({ statement }: { statement: Statement }) {
  return (
    <span class="marks">
      {marks(statement).map((mark) => (
        <span key={mark} class={`mark mark-${mark}`}>
          {mark}
        </span>
      ))}
    </span>
  );
}
