/** What the page shows, as signals, and what follows from it. One state for each page; panels read and set it. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { ends, type Data, type Statement } from "./data/model";
import { EVERYTHING, keeps, type Select } from "./data/select";
import { createClient, type Client } from "./sparql/client";

export const PANELS = ["graph", "table", "timeline", "paths", "questions", "sparql", "about"] as const;
export type Panel = (typeof PANELS)[number];

/** What statements are looked at before the filters: all, those around things, or those of a list. */
export interface Scope {
  /** CURIEs of things; empty for everything. */
  readonly around: readonly string[];
  readonly depth: number;
  /** Ids of statements, such as those that a question returned; empty for no such list. */
  readonly listed: readonly string[];
}

/** How many steps around things may be asked for. */
export const DEPTHS = [1, 2, 3] as const;

export const ALL: Scope = { around: [], depth: 1, listed: [] };

/** The two things of a search for paths, its order and how many are wanted. */
export interface Search {
  readonly from: string;
  readonly to: string;
  readonly order: "shortest" | "evidenced";
  readonly count: number;
}

/** What is set of parameters, as the user writes it; of several values each is asked about. */
export type Given = Readonly<Record<string, readonly string[]>>;

/** A saved question with what is set of its parameters. */
export interface Asked {
  readonly name: string;
  readonly given: Given;
}

export interface State {
  readonly data: Data;
  readonly panel: Signal<Panel>;
  readonly scope: Signal<Scope>;
  readonly choice: Signal<Select>;
  /** The CURIE of the thing or statement whose evidence is open; "" for none. */
  readonly selected: Signal<string>;
  readonly search: Signal<Search>;
  readonly asked: Signal<Asked>;
  /** The text in the SPARQL editor. */
  readonly query: Signal<string>;
  /** Answers queries; broken in a page that has no engine. */
  readonly client: Client;
  /** The statements in scope, whatever the filters say; paths lead over all. */
  readonly scoped: ReadonlySignal<readonly Statement[]>;
  /** The statements in scope that the filters keep: what graph, table and timeline show. */
  readonly shown: ReadonlySignal<readonly Statement[]>;
}

/** The statements around things, so many steps far; steps lead over what a picture draws. */
export function around(data: Data, names: readonly string[], depth: number): Statement[] {
  const found = new Set<Statement>();
  const seen = new Set(names);
  let frontier = [...names];
  for (let step = 0; step < depth && frontier.length; step++) {
    const next: string[] = [];
    for (const name of frontier) {
      for (const statement of data.naming.get(name) ?? []) {
        found.add(statement);
        for (const { start, end } of ends(statement, data.drawn)) {
          for (const thing of [start, end]) {
            if (!seen.has(thing.id)) {
              seen.add(thing.id);
              next.push(thing.id);
            }
          }
        }
      }
    }
    frontier = next;
  }
  return data.statements.filter((statement) => found.has(statement));
}

function scopeOf(data: Data, scope: Scope): readonly Statement[] {
  if (scope.listed.length) {
    const listed = new Set(scope.listed);
    return data.statements.filter((statement) => listed.has(statement.id));
  }
  return scope.around.length ? around(data, scope.around, scope.depth) : data.statements;
}

/** For a page without an engine. */
function noClient(): Client {
  return createClient(() => Promise.reject(new Error("this file was made without SPARQL")));
}

/** The state of a page that was just opened. */
export function createState(data: Data, client: Client = noClient()): State {
  const scope = signal(ALL);
  const choice = signal(EVERYTHING);
  const panel = signal<Panel>("graph");
  const within = computed(() => scopeOf(data, scope.value));
  const scoped = computed(() => (panel.value === "paths" ? data.statements : within.value));
  return {
    data,
    client,
    panel,
    scope,
    choice,
    selected: signal(""),
    search: signal<Search>({ from: "", to: "", order: "shortest", count: 5 }),
    asked: signal<Asked>({ name: "", given: {} }),
    query: signal(""),
    scoped,
    shown: computed(() => scoped.value.filter((statement) => keeps(statement, choice.value))),
  };
}
