/** Asks a saved question with what a user wrote, and says at which parameter something is wrong. */

import type { Data, Parameter, Question } from "../data/model";
import type { Given } from "../state";
import type { Choices } from "./choices";
import { MOST_ROWS, type Client, type Timed } from "./client";
import { bind, Unfit, usualThing, value, type Value } from "./saved";
import { expand, writtenIri } from "./terms";

/** What is wrong, by parameter. */
export type Faults = Readonly<Record<string, string>>;

/** What was understood, by parameter; what was left to the default is missing. */
export type Understood = Readonly<Record<string, readonly Value[]>>;

export type Outcome =
  | { readonly kind: "faults"; readonly faults: Faults }
  | { readonly kind: "answer"; readonly answer: Timed; readonly understood: Understood };

/** The values that are given of a parameter; it may be called as something that every object has. */
export function valuesOf(given: Given, name: string): readonly string[] {
  return Object.hasOwn(given, name) ? (given[name] ?? []).filter((text) => text.trim()) : [];
}

/** Whether a default is missing: then the answer would say that the sources say nothing. */
async function lacksDefault(client: Client, data: Data, parameter: Parameter): Promise<boolean> {
  const usual = parameter.type === "class" ? "" : usualThing(parameter);
  if (!usual || data.byId.has(usual) || data.statementById.has(usual)) return false;
  const { rows } = await client.ask(`ASK { ${writtenIri(expand(usual, data.base))} ?property ?value }`);
  return rows[0]?.[0]?.value !== "true";
}

/** The text of a question with what a user wrote, or what is wrong with it. */
export async function filled(
  client: Client,
  choices: Choices,
  data: Data,
  question: Question,
  given: Given,
): Promise<{ readonly sparql: string; readonly understood: Understood } | { readonly faults: Faults }> {
  const understood: Record<string, readonly Value[]> = {};
  const faults: Record<string, string> = {};
  for (const parameter of question.params) {
    const texts = valuesOf(given, parameter.name);
    if (!texts.length) {
      if (await lacksDefault(client, data, parameter)) {
        faults[parameter.name] = `choose one: the usual ${parameter.default} is not in this file`;
      }
      continue;
    }
    try {
      const known = await choices(parameter);
      understood[parameter.name] = texts.map((text) => value(parameter, text, known, data.base));
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      faults[parameter.name] = error.message;
    }
  }
  if (Object.keys(faults).length) return { faults };
  const bound = Object.fromEntries(
    Object.entries(understood).map(([name, found]) => [name, found.map(({ term }) => term)]),
  );
  return { sparql: bind(question, bound), understood };
}

/** The answer to a saved question. Rejects with `Refused` or `Stopped`. */
export async function run(
  client: Client,
  choices: Choices,
  data: Data,
  question: Question,
  given: Given,
  unwanted?: AbortSignal,
): Promise<Outcome> {
  const made = await filled(client, choices, data, question, given);
  if ("faults" in made) return { kind: "faults", faults: made.faults };
  return { kind: "answer", answer: await client.ask(made.sparql, MOST_ROWS, unwanted), understood: made.understood };
}
