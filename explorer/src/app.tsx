/** The page around the panels: title, search, tabs, filters, and the evidence of what is selected. */

import type { FunctionComponent } from "preact";
import { AboutPanel } from "./panels/about";
import { EvidencePanel } from "./panels/evidence";
import { Filters } from "./panels/filters";
import { GraphPanel } from "./panels/graph";
import { PathsPanel } from "./panels/paths";
import { QuestionsPanel } from "./panels/questions";
import { SparqlPanel } from "./panels/sparql";
import { TablePanel } from "./panels/table";
import { TimelinePanel } from "./panels/timeline";
import { Find } from "./parts/find";
import { PANELS, type Panel, type State } from "./state";

const NAMES: Readonly<Record<Panel, string>> = {
  graph: "Graph",
  table: "Table",
  timeline: "Timeline",
  paths: "Paths",
  questions: "Questions",
  sparql: "SPARQL",
  about: "About",
};

const SHOWN: Readonly<Record<Panel, FunctionComponent<{ state: State }>>> = {
  graph: GraphPanel,
  table: TablePanel,
  timeline: TimelinePanel,
  paths: PathsPanel,
  questions: QuestionsPanel,
  sparql: SparqlPanel,
  about: AboutPanel,
};

/** Panels whose statements the filters choose. */
const FILTERED: readonly Panel[] = ["graph", "table", "timeline", "paths"];

function Tabs({ state, panels, shown }: { state: State; panels: readonly Panel[]; shown: Panel }) {
  const go = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -panels.length, End: panels.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const here = panels.indexOf(shown);
    const to = Math.abs(step) === 1 ? (here + step + panels.length) % panels.length : step < 0 ? 0 : panels.length - 1;
    const next = panels[to] ?? "graph";
    state.panel.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Views" class="tabs" onKeyDown={go}>
      {panels.map((panel) => (
        <button
          key={panel}
          type="button"
          role="tab"
          id={`tab-${panel}`}
          aria-selected={shown === panel}
          aria-controls="panel"
          tabIndex={shown === panel ? 0 : -1}
          onClick={() => (state.panel.value = panel)}
        >
          {NAMES[panel]}
        </button>
      ))}
    </div>
  );
}

/** The whole page. */
export function App({ state }: { state: State }) {
  const { data } = state;
  const panels = PANELS.filter((panel) => data.questions.length || (panel !== "questions" && panel !== "sparql"));
  const panel = panels.includes(state.panel.value) ? state.panel.value : "graph";
  const Panel = SHOWN[panel];
  return (
    <div class="page">
      <header>
        <h1>{data.title}</h1>
        <Find state={state} />
        <Tabs state={state} panels={panels} shown={panel} />
      </header>
      {data.sentences && <p class="own-use">This file holds sentences of the sources: it is for your own use only.</p>}
      <div class={FILTERED.includes(panel) ? "body filtered" : "body"}>
        {FILTERED.includes(panel) && <Filters state={state} />}
        <main>
          <div
            id="panel"
            role="tabpanel"
            aria-labelledby={`tab-${panel}`}
            tabIndex={-1}
            class="panel"
            data-panel={panel}
          >
            <Panel state={state} />
          </div>
        </main>
        <EvidencePanel state={state} />
      </div>
    </div>
  );
}
