/** A thing by its name: a button that opens its evidence, a link for an address elsewhere, plain text for a value. */

import { web } from "../data/cite";
import type { Thing } from "../data/model";
import type { State } from "../state";

/** An address as a link that tells the other side nothing; as text when a browser must not open it. */
export function Outside({ address, text }: { address: string; text?: string }) {
  const safe = web(address);
  if (!safe) return <>{text ?? address}</>;
  return (
    <a class="outside" href={safe} target="_blank" rel="noopener noreferrer">
      {text ?? address}
    </a>
  );
}

/** A thing or a value. */
export function ThingName({ thing, state }: { thing: Thing; state: State }) {
  const { data, selected } = state;
  if (!thing.id || web(thing.id)) {
    return (
      <bdi>
        <Outside address={thing.id || thing.label} text={thing.label} />
      </bdi>
    );
  }
  if (!data.byId.has(thing.id) && !data.statementById.has(thing.id)) return <bdi>{thing.label}</bdi>;
  return (
    <button
      type="button"
      class="thing"
      aria-current={selected.value === thing.id ? "true" : undefined}
      onClick={() => (selected.value = thing.id)}
    >
      <bdi>{thing.label}</bdi>
    </button>
  );
}

/** Several things with commas between. */
export function ThingNames({ things, state }: { things: readonly Thing[]; state: State }) {
  return (
    <>
      {things.map((thing, place) => (
        <span key={thing.id || place}>
          {place > 0 && ", "}
          <ThingName thing={thing} state={state} />
        </span>
      ))}
    </>
  );
}
