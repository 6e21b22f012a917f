/** The saved questions: a list to choose from, and the one that was chosen as a form with its answer. */

import { batch } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { givenBy } from "../data/asked";
import type { Data, Parameter, Question } from "../data/model";
import { fold } from "../data/search";
import { spaced } from "../data/words";
import { Combobox, type Option } from "../parts/combobox";
import { Results } from "../parts/results";
import { ThingName } from "../parts/thing";
import { createChoices } from "../sparql/choices";
import { filled, run, valuesOf, type Faults, type Outcome, type Understood } from "../sparql/run";
import { usualThing, usualValue, type Choice } from "../sparql/saved";
import type { State } from "../state";

function List({ state }: { state: State }) {
  const [text, setText] = useState("");
  const field = useId();
  const { questions } = state.data;
  const wanted = fold(text).split(" ").filter(Boolean);
  const has = (question: Question): number => {
    const said = fold([question.summary, question.description, ...question.tags, ...question.answers].join(" "));
    return wanted.filter((word) => said.includes(word)).length;
  };
  // With words that none has all of, such as a name, those that have most of them.
  const most = Math.max(...questions.map(has), wanted.length ? 1 : 0);
  const found = questions.filter((question) => has(question) >= most);
  const some = most < wanted.length && found.length > 0;
  const tags = [...new Set(found.map((question) => question.tags[0] ?? "other"))].sort();
  return (
    <section class="question-list">
      <div class="question-find">
        <label for={field}>Find a question</label>
        <input id={field} type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <p role="status" class="hint">
          {some && "No question has all these words. With most of them: "}
          {found.length === 1 ? "1 question" : `${found.length} questions`}
          {text.trim() && ` of ${questions.length}`}
        </p>
      </div>
      {found.length === 0 && (
        <p class="hint">
          No question has these words. What is asked about, such as an organization, goes into the fields of a question.
        </p>
      )}
      <div class="question-groups">
        {tags.map((tag) => (
          <section key={tag}>
            <h2>{tag}</h2>
            <ul>
              {found
                .filter((question) => (question.tags[0] ?? "other") === tag)
                .map((question) => (
                  <li key={question.name}>
                    <button
                      type="button"
                      class="plain"
                      onClick={() => (state.asked.value = { name: question.name, given: {} })}
                    >
                      {question.summary}
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}

/** What kind of value a parameter takes, in words. */
function takes(data: Data, { type, of }: Parameter): string {
  if (type === "entity") return of ? (data.types[of] ?? of) : "any thing";
  return { date: "a day, like 2021-07-08", integer: "a whole number", text: "words", source: "a document", class: "a class" }[type] ?? of; // prettier-ignore
}

interface FieldProps {
  readonly state: State;
  readonly parameter: Parameter;
  readonly values: readonly string[];
  readonly fault: string;
  readonly onChange: (values: readonly string[]) => void;
}

/** The things that a parameter takes; none until they are known. */
function useChoices(state: State, parameter: Parameter): readonly Choice[] {
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  useEffect(() => {
    let wanted = true;
    createChoices(
      state.client,
      state.data,
    )(parameter).then(
      (found) => wanted && setChoices(found),
      () => undefined, // told where the question is asked
    );
    return () => {
      wanted = false;
    };
  }, [state, parameter]);
  return choices;
}

/** The fields of a parameter: one, and another for each further thing that is asked about too. */
function Field({ state, parameter, values, fault, onChange }: FieldProps) {
  const { data } = state;
  const [field, told] = [useId(), useId()];
  const group = useRef<HTMLDivElement>(null);
  const shown = values.length ? values : [""];
  const adding = useRef(false);
  useLayoutEffect(() => {
    if (adding.current) [...(group.current?.querySelectorAll("input") ?? [])].pop()?.focus();
    adding.current = false;
  }, [shown.length]);
  const add = () => {
    adding.current = true;
    onChange([...shown, ""]);
  };
  const choices = useChoices(state, parameter);
  const usual = usualThing(parameter);
  const usualName = choices.find(({ id }) => id === usual)?.label ?? data.byId.get(usual)?.label ?? usual;
  const placeholder = parameter.optional ? "left open" : usualName || usualValue(parameter);
  const isValue = ["date", "integer", "text"].includes(parameter.type);
  const options = choices.map(({ id, label, names }): Option => {
    const type = data.types[data.byId.get(id)?.type ?? ""];
    return { id, label, names, hint: parameter.type === "statement" ? (names[0] ?? "") : (type ?? "") };
  });
  return (
    <div class="field" ref={group}>
      {shown.map((value, place) => {
        const id = place ? `${field}-or-${place}` : field;
        const label = place ? `${parameter.about}, or` : parameter.about;
        const change = (text: string) => onChange(shown.map((one, at) => (at === place ? text : one)));
        return isValue ? (
          <Fragment key={place}>
            <label for={id}>{label}</label>
            <input
              id={id}
              type="text"
              inputMode={parameter.type === "integer" ? "numeric" : "text"}
              dir="auto"
              autocomplete="off"
              value={value}
              placeholder={placeholder}
              aria-describedby={told}
              aria-invalid={fault ? "true" : undefined}
              onInput={(event) => change(event.currentTarget.value)}
            />
          </Fragment>
        ) : (
          <Combobox
            key={place}
            label={label}
            options={options}
            value={value}
            onChange={change}
            placeholder={place ? "" : placeholder}
            free
            inputId={id}
            describedBy={told}
            invalid={fault !== ""}
          />
        );
      })}
      {!isValue && shown.every((text) => text.trim()) && (
        <button type="button" class="plain another" onClick={add}>
          Add another
        </button>
      )}
      <p id={told} class={fault ? "fault" : "hint"} role={fault ? "alert" : undefined}>
        {fault || takes(data, parameter)}
      </p>
    </div>
  );
}

type Shown = Outcome | { readonly kind: "waiting" } | { readonly kind: "failed"; readonly message: string };

/** The answer to what is asked; a later question overtakes an earlier one. */
function useOutcome(state: State, question: Question): Shown {
  const [shown, setShown] = useState<Shown>({ kind: "waiting" });
  const { client, data } = state;
  const { given } = state.asked.value;
  // Asked before the page is painted: an effect would wait for a frame first, as long as most answers take.
  useLayoutEffect(() => {
    const overtaken = new AbortController();
    const show = (next: Shown) => !overtaken.signal.aborted && setShown(next);
    show({ kind: "waiting" });
    run(client, createChoices(client, data), data, question, given, overtaken.signal).then(show, (error: unknown) =>
      show({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
    );
    return () => overtaken.abort();
  }, [client, data, question, given]);
  return shown;
}

/** Says that an answer is awaited, if it takes long enough to be noticed, and offers to stop. */
export function Waiting({ state }: { state: State }) {
  const { status } = state.client;
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p role="status" class="waiting">
      {long && (status.value === "loading" ? "The query engine is starting …" : "Asking …")}
      {long && status.value === "busy" && (
        <button type="button" onClick={() => state.client.stop()}>
          Stop
        </button>
      )}
    </p>
  );
}

function Meanings({ question }: { question: Question }) {
  return (
    <details class="meanings">
      <summary>What the columns mean</summary>
      <dl>
        {question.columns.map(([name, about]) => (
          <div key={name}>
            <dt>{spaced(name)}</dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Form({ state, question, faults }: { state: State; question: Question; faults: Faults }) {
  const { given } = state.asked.value;
  const [draft, setDraft] = useState(given);
  useEffect(() => setDraft(given), [given]);
  const form = useRef<HTMLFormElement>(null);
  // Who has just asked goes on at what is wrong.
  useLayoutEffect(() => {
    if (Object.keys(faults).length && form.current?.contains(document.activeElement)) {
      form.current.querySelector<HTMLElement>("[aria-invalid]")?.focus();
    }
  }, [faults]);
  const ask = (event: Event) => {
    event.preventDefault();
    const pairs = Object.entries(draft).flatMap(([name, values]) =>
      values.filter((text) => text.trim()).map((text): [string, string] => [name, text]),
    );
    state.asked.value = { name: question.name, given: givenBy(pairs) };
  };
  return (
    <form class="question-form" onSubmit={ask} noValidate ref={form}>
      {question.params.map((parameter) => (
        <Field
          key={parameter.name}
          state={state}
          parameter={parameter}
          values={Object.hasOwn(draft, parameter.name) ? (draft[parameter.name] ?? []) : []}
          fault={Object.hasOwn(faults, parameter.name) ? (faults[parameter.name] ?? "") : ""}
          onChange={(values) => setDraft((now) => ({ ...now, [parameter.name]: values }))}
        />
      ))}
      <button type="submit" class="main">
        Ask
      </button>
    </form>
  );
}

/** With what a question was asked: the things that were meant by names, and what stood for fields left empty. */
function AskedWith({ state, question, understood }: { state: State; question: Question; understood: Understood }) {
  const { data } = state;
  const about = question.params.flatMap((parameter) => {
    const { name } = parameter;
    const found = Object.hasOwn(understood, name) ? understood[name] : undefined;
    const written = valuesOf(state.asked.value.given, name);
    if (found) {
      return found.map(({ thing }, place) => {
        const text = thing?.label ?? written[place]?.trim() ?? "";
        return { name: place ? "or" : name, id: thing?.id ?? "", text, usual: false, more: place > 0 };
      });
    }
    if (parameter.optional) return [];
    const id = usualThing(parameter);
    const text = data.byId.get(id)?.label ?? (usualValue(parameter) || parameter.default);
    return [{ name, id, text, usual: true, more: false }];
  });
  if (!about.length) return null;
  return (
    <p class="asked-with">
      Asked with{" "}
      {about.map(({ name, id, text, usual, more }, place) => {
        const thing = data.byId.get(id);
        return (
          <span key={place}>
            {place > 0 && (more ? " " : "; ")}
            {name}
            {more ? " " : ": "}
            {thing ? <ThingName thing={thing} state={state} /> : <bdi>{text}</bdi>}
            {thing && ` (${spaced(thing.type)})`}
            {usual && ", by default"}
          </span>
        );
      })}
      .
    </p>
  );
}

function One({ state, question }: { state: State; question: Question }) {
  const shown = useOutcome(state, question);
  const heading = useRef<HTMLHeadingElement>(null);
  const { given } = state.asked.value;
  useEffect(() => heading.current?.focus({ preventScroll: true }), [question]);
  const edit = async () => {
    const asked = state.asked.value;
    const made = await filled(state.client, createChoices(state.client, state.data), state.data, question, given).catch(
      () => null,
    );
    // Who went elsewhere meanwhile is left there.
    if (state.panel.value !== "questions" || state.asked.value !== asked) return;
    batch(() => {
      state.query.value = made && "sparql" in made ? made.sparql : question.text;
      state.panel.value = "sparql";
    });
  };
  return (
    <article class="question">
      <p class="question-back">
        <button type="button" class="plain" onClick={() => (state.asked.value = { name: "", given: {} })}>
          ← All questions
        </button>
        <button type="button" class="plain" onClick={edit}>
          Open as SPARQL
        </button>
      </p>
      <h2 ref={heading} tabIndex={-1}>
        {question.summary}
      </h2>
      <p class="description">{question.description}</p>
      {question.params.length > 0 && (
        <Form state={state} question={question} faults={shown.kind === "faults" ? shown.faults : {}} />
      )}
      {shown.kind === "answer" && <AskedWith state={state} question={question} understood={shown.understood} />}
      {shown.kind === "waiting" && <Waiting state={state} />}
      {shown.kind === "failed" && (
        <p role="alert" class="fault">
          {shown.message}
        </p>
      )}
      {shown.kind === "answer" && (
        <>
          <Meanings question={question} />
          <Results state={state} answer={shown.answer} title={question.summary} name={question.name} labelled />
        </>
      )}
    </article>
  );
}

/** The panel of saved questions. */
export function QuestionsPanel({ state }: { state: State }) {
  const { name } = state.asked.value;
  const question = state.data.questions.find((one) => one.name === name);
  if (question) return <One key={question.name} state={state} question={question} />;
  return (
    <>
      {name && (
        <p role="alert" class="fault">
          There is no question “{name}” in this file.
        </p>
      )}
      <List state={state} />
    </>
  );
}
