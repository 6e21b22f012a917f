/** SPARQL of one's own: an editor, its answer, and what went wrong where. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Results } from "../parts/results";
import { MOST_ROWS, type Client, type Timed } from "../sparql/client";
import { createEditor, type Editor, type Name } from "../sparql/editor";
import { shorten } from "../sparql/terms";
import { Refused } from "../sparql/words";
import type { State } from "../state";

/** Line and column of a place in a text, from 1. */
export function position(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}

const TERMS = `SELECT DISTINCT ?term ?label ?isClass WHERE {
  { VALUES ?kind { owl:Class rdfs:Class } ?term a ?kind . BIND (true AS ?isClass) }
  UNION
  { VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty rdf:Property }
    ?term a ?kind . BIND (false AS ?isClass) }
  OPTIONAL { ?term rdfs:label ?label }
}`;

/** Classes and properties of the data, and its things. */
async function namesOf(client: Client, state: State): Promise<Name[]> {
  const { data } = state;
  const { rows } = await client.ask(TERMS);
  const terms = rows.map(([term, label, isClass]): Name => ({
    name: shorten(term?.value ?? "", data.base),
    label: label?.value ?? "",
    kind: isClass?.value === "true" ? "class" : "property",
  }));
  const used = [...new Map(data.statements.map((one) => [one.predicate, one.relation]))];
  const known = new Set(terms.map(({ name }) => name));
  const others = used.flatMap(([name, label]): Name[] => (known.has(name) ? [] : [{ name, label, kind: "property" }]));
  const things = data.things.flatMap(({ id, label }): Name[] => (id ? [{ name: id, label, kind: "thing" }] : []));
  return [...terms, ...others, ...things];
}

const FIRST = `# Who takes part in most events?
SELECT ?actor (COUNT(DISTINCT ?event) AS ?events) WHERE {
  ?event aig:hasParticipant ?who .
  ?who rdfs:label ?actor .
}
GROUP BY ?actor
ORDER BY DESC(?events) ?actor
LIMIT 20
`;

type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "asking" }
  | { readonly kind: "answer"; readonly answer: Timed }
  | { readonly kind: "wrong"; readonly message: string };

function Status({ client, shown }: { client: Client; shown: Shown }) {
  const words = {
    asleep: "",
    loading: "The query engine is starting …",
    ready: shown.kind === "nothing" ? "Ready." : "",
    busy: "Asking …",
    broken: `No query can be asked: ${client.trouble.value}.`,
  }[client.status.value];
  return (
    <p role="status" class={client.status.value === "broken" ? "fault" : "hint"}>
      {words}
    </p>
  );
}

function useEditor(state: State, ask: (text: string) => void) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const written = useRef(state.query.peek());
  const asks = useRef(ask);
  asks.current = ask;
  useEffect(() => {
    if (!place.current) return;
    // The editor is of use without them.
    const names = namesOf(state.client, state).catch((): Name[] => []);
    written.current = state.query.peek();
    const made = createEditor(place.current, {
      text: state.query.peek() || FIRST,
      label: "SPARQL query. Control and Enter ask it, Tab leaves the editor.",
      prefixes: async () => Object.keys(state.data.base),
      names: () => names,
      onChange: (text) => {
        written.current = text === FIRST ? "" : text;
        state.query.value = written.current;
      },
      onRun: () => asks.current(made.text()),
    });
    editor.current = made;
    return () => made.destroy();
  }, [state]);
  const text = state.query.value;
  useEffect(() => {
    // What was written here is here already, and maybe more of it by now.
    const now = state.query.peek();
    if (now === written.current) return;
    written.current = now;
    editor.current?.put(now || FIRST);
  }, [text]);
  return { place, editor };
}

/** The panel of queries. */
export function SparqlPanel({ state }: { state: State }) {
  const { client, data } = state;
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const asked = useRef(new AbortController());
  const overtake = (): AbortSignal => {
    asked.current.abort();
    asked.current = new AbortController();
    return asked.current.signal;
  };
  useEffect(() => () => asked.current.abort(), []);
  const ask = (text: string) => {
    const mine = overtake();
    const show = (next: Shown) => !mine.aborted && setShown(next);
    editor.current?.fault(-1, "");
    show({ kind: "asking" });
    client.ask(text, MOST_ROWS, mine).then(
      (answer) => show({ kind: "answer", answer }),
      (error: unknown) => {
        if (mine.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        const at = error instanceof Refused ? error.at : -1;
        const { line, column } = position(text, at);
        editor.current?.fault(at, message);
        show({ kind: "wrong", message: at < 0 ? message : `Line ${line}, column ${column}: ${message}` });
      },
    );
  };
  const { place, editor } = useEditor(state, ask);
  const example = (name: string) => {
    const question = data.questions.find((one) => one.name === name);
    if (!question) return;
    overtake();
    state.query.value = question.text;
    setShown({ kind: "nothing" });
  };
  return (
    <section class="sparql-panel" aria-label="SPARQL">
      <div ref={place} class="editor" />
      <div class="sparql-tools">
        <button type="button" class="main" onClick={() => ask(editor.current?.text() ?? "")}>
          Run
        </button>
        <button type="button" disabled={client.status.value !== "busy"} onClick={() => client.stop()}>
          Stop
        </button>
        <label>
          <span class="unseen">Example</span>
          <select value="" onChange={(event) => example(event.currentTarget.value)}>
            <option value="">Examples: the saved questions …</option>
            {data.questions.map((question) => (
              <option key={question.name} value={question.name}>
                {question.summary}
              </option>
            ))}
          </select>
        </label>
        <Status client={client} shown={shown} />
      </div>
      <p class="hint">
        Ctrl+Enter runs, Ctrl+Space completes, Tab leaves the editor. The default graph is the merge of all; the
        prefixes of this file need no declaration. A query is stopped after 30 seconds; nothing leaves this page.
      </p>
      {shown.kind === "wrong" && (
        <p role="alert" class="fault">
          {shown.message}
        </p>
      )}
      {shown.kind === "answer" && (
        <Results state={state} answer={shown.answer} title="Answer to the query" name="answer" />
      )}
    </section>
  );
}
