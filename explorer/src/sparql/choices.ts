/** The things that the parameters of saved questions take, asked of the page's triples when first wanted. */

import { sentence, type Data, type Parameter } from "../data/model";
import type { Client } from "./client";
import { choicesQuery, type Choice } from "./saved";
import { shorten } from "./terms";

/** Things that are looked through for a parameter. */
const MOST_CHOICES = 200_000;

export type Choices = (parameter: Parameter) => Promise<readonly Choice[]>;

async function found(client: Client, data: Data, query: string): Promise<readonly Choice[]> {
  const { rows } = await client.ask(query, MOST_CHOICES);
  const each = new Map<string, Choice>();
  for (const [thing, label] of rows) {
    const id = shorten(thing?.value ?? "", data.base);
    if (!each.has(id)) each.set(id, { id, label: label?.value ?? id, names: data.byId.get(id)?.names ?? [] });
  }
  return [...each.values()];
}

function made(client: Client, data: Data): Choices {
  const known = new Map<string, Promise<readonly Choice[]>>();
  const statements = data.statements.map((one): Choice => ({ id: one.id, label: one.id, names: [sentence(one)] }));
  return (parameter) => {
    if (parameter.type === "statement") return Promise.resolve(statements);
    const query = choicesQuery(parameter);
    if (!query) return Promise.resolve([]);
    const asked = known.get(query) ?? found(client, data, query);
    known.set(query, asked);
    // What could not be asked now, can be later.
    asked.catch(() => known.delete(query));
    return asked;
  };
}

const built = new WeakMap<Client, Choices>();

/** The choices of a page, each asked for once. */
export function createChoices(client: Client, data: Data): Choices {
  const known = built.get(client) ?? made(client, data);
  built.set(client, known);
  return known;
}
