/** What the file holds, where it is from, how to cite it and how to use it. */

import { useState } from "preact/hooks";
import { holds, sealed, unpacked } from "../data/blocks";
import type { Data } from "../data/model";
import { save } from "../parts/download";
import { Outside } from "../parts/thing";
import type { State } from "../state";

const number = (value: number) => value.toLocaleString("en");

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["/"], "go to the search"],
  [["Tab", "Shift+Tab"], "go on and back; every control can be reached so"],
  [["←", "→"], "change the view, when one of the view names is in focus"],
  [["↑", "↓", "Enter"], "go through suggestions and take one"],
  [["Esc"], "close suggestions, a list or the evidence"],
  [["Alt+←", "Alt+→"], "back and forward through what was looked at"],
  [["Ctrl+Enter"], "run the query, in the SPARQL editor"],
  [["Ctrl+Space"], "complete a name, in the SPARQL editor"],
];

const FIRST = ["statements", "things", "sources"];

/** What is counted, the main things first. */
function counts({ about }: Data): [name: string, value: number][] {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.entries(about.counts).sort(([one], [other]) => place(one) - place(other));
}

function Coverage({ data }: { data: Data }) {
  const { coverage } = data.about;
  if (!coverage.length) return null;
  return (
    <section>
      <h2>Coverage</h2>
      <div class="results-scroll" role="region" aria-label="Coverage" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Document</th>
              <th scope="col" class="number">
                Statements
              </th>
              <th scope="col" class="number">
                Characters cited
              </th>
            </tr>
          </thead>
          <tbody>
            {coverage.map(([source, statements, cited]) => (
              <tr key={source}>
                <th scope="row">
                  <bdi>{data.sources.find(({ id }) => id === source)?.title ?? source}</bdi>
                </th>
                <td class="number">{number(statements)}</td>
                <td class="number">{number(cited)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Sources({ data }: { data: Data }) {
  return (
    <section>
      <h2>Documents</h2>
      <ul class="about-sources">
        {data.sources.map(({ id, title, address, publisher, issued }) => (
          <li key={id}>
            <Outside address={address} text={title} />
            {[publisher, issued].filter(Boolean).map((said) => (
              <span key={said}>, {said}</span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Triples({ data }: { data: Data }) {
  const [fault, setFault] = useState("");
  const { outside } = data.about;
  if (outside) {
    return (
      <section>
        <h2>The data of this file</h2>
        <p>
          Its triples are not in it, and so neither the saved questions nor SPARQL: {number(Math.ceil(outside / 1e6))}{" "}
          MB are too many for a page. Graph, table, timeline, paths and evidence hold all statements.
        </p>
      </section>
    );
  }
  if (!holds(document, "triples")) return null;
  const give = () =>
    unpacked(sealed(document, "triples")).then(
      (bytes) => save("aigov-kg.nq", "application/n-quads", bytes),
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error)),
    );
  return (
    <section>
      <h2>The data of this file</h2>
      <p>
        All triples as N-Quads, a W3C format that RDF tools read.{" "}
        <button type="button" onClick={() => void give()}>
          Save the triples
        </button>
      </p>
      {fault && (
        <p role="alert" class="fault">
          The triples can't be read: {fault}.
        </p>
      )}
    </section>
  );
}

/** The panel about the file. */
export function AboutPanel({ state }: { state: State }) {
  const { data } = state;
  const { about } = data;
  return (
    <article class="about">
      <section>
        <h2>What this file holds</h2>
        <p>{data.summary}</p>
        {!data.whole && <p class="partial">It holds a selection of the graph, not all of it.</p>}
        <dl class="about-counts">
          {counts(data).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{number(value)}</dd>
            </div>
          ))}
        </dl>
        <dl class="about-facts">
          <dt>Version</dt>
          <dd>{data.version}</dd>
          {data.date && (
            <>
              <dt>Date of the data</dt>
              <dd>{data.date}</dd>
            </>
          )}
          <dt>Licence</dt>
          <dd>
            <Outside address={about.licence} />
          </dd>
          <dt>How to cite</dt>
          <dd class="quote">{about.cite}</dd>
          <dt>How to build it again</dt>
          <dd>
            <code>{about.build}</code>
          </dd>
        </dl>
        <p class="hint">
          The page works without a network and connects to nothing; only a link that you open leads elsewhere. It says
          what documents say, who says it and where: not what is true.
        </p>
      </section>
      <Coverage data={data} />
      <Triples data={data} />
      <section>
        <h2>Keys</h2>
        <dl class="about-keys">
          {KEYS.map(([keys, does]) => (
            <div key={does}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Sources data={data} />
    </article>
  );
}
