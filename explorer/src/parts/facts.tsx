/** The facts about a thing: by relation, each with its marks, who says it and the words. */

import { useState } from "preact/hooks";
import { card, type Fact, type Group } from "../data/card";
import { says } from "../data/cite";
import type { Statement, Thing } from "../data/model";
import type { State } from "../state";
import { Marks } from "./marks";
import { Receipts } from "./receipts";
import { ThingName } from "./thing";

/** So many facts of a group are shown before the user asks for all. */
const FIRST = 5;

/** Role, capacity, and on whose behalf, each named as the ontology names it. */
export function qualifiers(statement: Statement): [name: string, thing: Thing][] {
  const { role, constituency, inCapacityOf, onBehalfOf } = statement;
  return [
    ...(role ? [["role", role] as [string, Thing]] : []),
    ...constituency.map((thing): [string, Thing] => ["constituency", thing]),
    ...(inCapacityOf ? [["in capacity of", inCapacityOf] as [string, Thing]] : []),
    ...onBehalfOf.map((thing): [string, Thing] => ["on behalf of", thing]),
  ];
}

/** Qualifiers in one line. */
export function Qualifiers({ statement, state }: { statement: Statement; state: State }) {
  const found = qualifiers(statement);
  if (!found.length) return null;
  return (
    <p class="qualifiers">
      {found.map(([name, thing], place) => (
        <span key={place}>
          {place > 0 && "; "}
          {name} <ThingName thing={thing} state={state} />
        </span>
      ))}
    </p>
  );
}

/** How far a statement carries and who says it, with the way to all of it. */
export function Told({ statement, state }: { statement: Statement; state: State }) {
  return (
    <p class="told">
      <Marks statement={statement} /> says <bdi>{says(statement)}</bdi>{" "}
      <button
        type="button"
        class="link"
        aria-label={`Statement ${statement.id}`}
        onClick={() => (state.selected.value = statement.id)}
      >
        Statement
      </button>
    </p>
  );
}

function FactItem({ fact, state }: { fact: Fact; state: State }) {
  const { statement, other, date } = fact;
  return (
    <li class={statement.contradicted ? "fact against" : "fact"}>
      <p class="other">
        <ThingName thing={other} state={state} />
        {date && `: ${date}`}
      </p>
      <Qualifiers statement={statement} state={state} />
      <Told statement={statement} state={state} />
      <Receipts statement={statement} data={state.data} />
    </li>
  );
}

/** The id of a group's heading; letters that an id can't have are numbers. */
function headingId(name: string): string {
  return `facts-${name.replace(/[^a-z0-9]/gi, (sign) => `_${sign.codePointAt(0)}_`)}`;
}

/** The relations of a thing, to go to one of many. */
function Contents({ groups }: { groups: readonly Group[] }) {
  const go = (name: string) => {
    const heading = document.getElementById(headingId(name));
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };
  return (
    <nav class="contents" aria-label="Relations">
      <ul>
        {groups.map(({ name, facts }) => (
          <li key={name}>
            <button type="button" class="link" onClick={() => go(name)}>
              {name}
            </button>{" "}
            <span class="count">{facts.length}</span>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function FactGroup({ group: { name, facts }, state }: { group: Group; state: State }) {
  const [all, showAll] = useState(false);
  const shown = all ? facts : facts.slice(0, FIRST);
  return (
    <section class="facts">
      <h3 tabIndex={-1} id={headingId(name)}>
        {name} <span class="count">{facts.length}</span>
      </h3>
      <ul>
        {shown.map((fact) => (
          <FactItem key={fact.statement.id} fact={fact} state={state} />
        ))}
      </ul>
      {shown.length < facts.length && (
        <button type="button" class="link" onClick={() => showAll(true)}>
          Show all {facts.length}: {name}
        </button>
      )}
    </section>
  );
}

/** All facts about a thing. */
export function Facts({ thing, state }: { thing: Thing; state: State }) {
  const groups = card(state.data, thing);
  if (!groups.length) return <p>No statement of this file is about it; it is named in others.</p>;
  return (
    <>
      {groups.length > 2 && <Contents groups={groups} />}
      {groups.map((group) => (
        <FactGroup key={`${thing.id} ${group.name}`} group={group} state={state} />
      ))}
    </>
  );
}
