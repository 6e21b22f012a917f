/** The evidence of what is selected: of a thing its facts, of a statement who says it and where the words are. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { card, disagreements, statements } from "../data/card";
import { days } from "../data/cite";
import { sentence, type Statement, type Thing } from "../data/model";
import { spaced } from "../data/words";
import { Citation } from "../parts/citation";
import { Conflicts } from "../parts/conflicts";
import { Facts } from "../parts/facts";
import { Marks } from "../parts/marks";
import { Receipts } from "../parts/receipts";
import { ThingName, ThingNames } from "../parts/thing";
import { ALL, type State } from "../state";

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ThingEvidence({ thing, state }: { thing: Thing; state: State }) {
  const { data, scope, search, panel } = state;
  const around = () => {
    scope.value = { ...ALL, around: [thing.id] };
    if (panel.value !== "table" && panel.value !== "timeline") panel.value = "graph";
  };
  const from = () => {
    search.value = { ...search.value, from: thing.id };
    panel.value = "paths";
  };
  return (
    <>
      <h2 tabIndex={-1}>
        <bdi>{thing.label}</bdi>
      </h2>
      <p class="kind">
        {spaced(thing.type)} <code>{thing.id}</code>
      </p>
      {thing.names.length > 0 && (
        <p class="names">
          Also{" "}
          {thing.names.map((name, place) => (
            <span key={name}>
              {place > 0 && " · "}
              <bdi>{name}</bdi>
            </span>
          ))}
        </p>
      )}
      <p class="actions">
        <button type="button" onClick={around}>
          Show what is around it
        </button>{" "}
        <button type="button" onClick={from}>
          Find paths from here
        </button>
      </p>
      <Conflicts found={disagreements(data, statements(card(data, thing)))} state={state} />
      <Facts thing={thing} state={state} />
    </>
  );
}

function Parts({ statement, state }: { statement: Statement; state: State }) {
  const { subject, object, role, constituency, inCapacityOf, onBehalfOf, claimedBy, review, whenText } = statement;
  const dates = (state.data.naming.get(statement.id) ?? []).filter((one) => one.subject.id === statement.id);
  return (
    <dl>
      <Row name="Says">
        <ThingNames things={claimedBy} state={state} />
      </Row>
      <Row name="About">
        <ThingName thing={subject} state={state} />
      </Row>
      <Row name="Relation">{statement.relation}</Row>
      <Row name="Object">
        <ThingName thing={object} state={state} />
      </Row>
      {role && <Row name="Role">{<ThingName thing={role} state={state} />}</Row>}
      {inCapacityOf && <Row name="In capacity of">{<ThingName thing={inCapacityOf} state={state} />}</Row>}
      {onBehalfOf.length > 0 && <Row name="On behalf of">{<ThingNames things={onBehalfOf} state={state} />}</Row>}
      {constituency.length > 0 && <Row name="Constituency">{<ThingNames things={constituency} state={state} />}</Row>}
      <Row name="Status">{statement.status}</Row>
      <Row name="Modality">{statement.modality}</Row>
      <Row name="Reading">{statement.reading}</Row>
      {whenText && <Row name="Date as written">{<bdi>{whenText}</bdi>}</Row>}
      {statement.period && <Row name="Date resolved">{days(statement.period)}</Row>}
      {dates.length > 0 && (
        <Row name="Dated by">
          {dates.map((one) => (
            <button key={one.id} type="button" class="thing" onClick={() => (state.selected.value = one.id)}>
              {one.relation} {one.object.label}
            </button>
          ))}
        </Row>
      )}
      {review && <Row name="Review">{<ThingName thing={review} state={state} />}</Row>}
      {statement.note && <Row name="Note">{<bdi>{statement.note}</bdi>}</Row>}
    </dl>
  );
}

function StatementEvidence({ statement, state }: { statement: Statement; state: State }) {
  const { data } = state;
  return (
    <>
      <h2 tabIndex={-1}>
        <bdi>{sentence(statement)}</bdi>
      </h2>
      <p class="kind">
        statement <code>{statement.id}</code>
      </p>
      <p>
        <Marks statement={statement} />
      </p>
      <section aria-labelledby="evidence-words">
        <h3 id="evidence-words">The words</h3>
        <Receipts statement={statement} data={data} />
      </section>
      <p class="actions">
        <Citation data={data} statement={statement} />
      </p>
      <Conflicts found={disagreements(data, [statement])} state={state} />
      <Parts statement={statement} state={state} />
    </>
  );
}

function Selected({ state }: { state: State }) {
  const { data, selected } = state;
  const statement = data.statementById.get(selected.value);
  if (statement) return <StatementEvidence key={statement.id} statement={statement} state={state} />;
  const thing = data.byId.get(selected.value);
  if (!thing) return <p class="hint">Choose a thing or a statement: here is who says so, and where the words are.</p>;
  return <ThingEvidence key={thing.id} thing={thing} state={state} />;
}

/** Whether the focus was in the panel when what it shows was changed: then it goes on to the new heading. */
function useFocus(place: { readonly current: HTMLElement | null }, selected: string) {
  const inside = useRef(false);
  const before = useRef<HTMLElement | null>(null);
  const last = useRef(selected);
  if (last.current !== selected && typeof document !== "undefined") {
    const focused = document.activeElement;
    inside.current = Boolean(place.current?.contains(focused));
    if (!last.current && focused instanceof HTMLElement) before.current = focused;
    last.current = selected;
  }
  useLayoutEffect(() => {
    if (place.current) place.current.scrollTop = 0;
    if (!inside.current) return;
    inside.current = false;
    if (selected) place.current?.querySelector<HTMLElement>("h2")?.focus();
    else if (before.current?.isConnected) before.current.focus();
  }, [selected]);
}

/** The panel beside the others; on a narrow page a sheet over them while something is selected. */
export function EvidencePanel({ state }: { state: State }) {
  const place = useRef<HTMLElement>(null);
  const selected = state.selected.value;
  useFocus(place, selected);
  const close = () => (state.selected.value = "");
  const escape = (event: KeyboardEvent) => {
    const inside = event.target instanceof Element && event.target.closest("dialog");
    if (event.key === "Escape" && !inside) close();
  };
  return (
    <aside
      ref={place}
      class={selected ? "evidence" : "evidence empty"}
      aria-label="Evidence"
      tabIndex={-1}
      onKeyDown={escape}
    >
      {selected && (
        <button type="button" class="close" onClick={close}>
          Close<span class="unseen"> evidence</span>
        </button>
      )}
      <Selected state={state} />
    </aside>
  );
}
