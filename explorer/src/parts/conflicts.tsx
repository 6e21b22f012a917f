/** Statements that disagree, side by side. */

import type { Disagreement } from "../data/card";
import { sentence, type Statement } from "../data/model";
import type { State } from "../state";
import { Told } from "./facts";
import { Receipts } from "./receipts";

function Side({ statement, text, state }: { statement: Statement | null; text: string; state: State }) {
  return (
    <div class="side">
      <p class="line">
        <bdi>{text}</bdi>
      </p>
      {statement ? (
        <>
          <Told statement={statement} state={state} />
          <Receipts statement={statement} data={state.data} />
        </>
      ) : (
        <p class="absent">Not in this file.</p>
      )}
    </div>
  );
}

function verb(relation: string): string {
  return relation.endsWith(" by") ? `is ${relation}` : relation;
}

/** A list of disagreements with their kind and what is noted about them, closed where it is long. */
export function Conflicts({ found, state }: { found: readonly Disagreement[]; state: State }) {
  if (!found.length) return null;
  return (
    <details class="conflicts" open={found.length === 1}>
      <summary>
        {found.length === 1 ? "Conflict" : "Conflicts"} <span class="count">{found.length}</span>
      </summary>
      {found.map(({ statement, clash, other }) => (
        <div key={`${statement.id} ${clash.other}`} class={`clash clash-${clash.kind}`}>
          <p class="kind">
            The first {verb(clash.relation)} the second{clash.note && <bdi>: {clash.note}</bdi>}
          </p>
          <div class="sides">
            <Side statement={statement} text={sentence(statement)} state={state} />
            <Side statement={other} text={clash.text} state={state} />
          </div>
        </div>
      ))}
    </details>
  );
}
