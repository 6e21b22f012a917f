import { fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { Store } from "oxigraph";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decode, type Parameter, type Payload, type Question } from "../src/data/model";
import { QuestionsPanel } from "../src/panels/questions";
import { open, type Engine } from "../src/sparql/answer";
import { createChoices } from "../src/sparql/choices";
import { createClient, Stopped, type Client, type Port } from "../src/sparql/client";
import type { FromWorker, ToWorker } from "../src/sparql/messages";
import { csv, json, ntriples, spreadsheet, tsv } from "../src/sparql/results";
import { filled } from "../src/sparql/run";
import { bind, choicesQuery, Unfit, usualThing, usualValue, value, type Choice } from "../src/sparql/saved";
import { XSD } from "../src/sparql/terms";
import { Refused } from "../src/sparql/words";
import { createState, type State } from "../src/state";
import fixture from "./fixture.json";

const parameter = (said: Partial<Parameter>): Parameter => ({
  name: "who", type: "entity", about: "the person", of: "", optional: false, default: "agent:zoe-marsh", ...said,
}); // prettier-ignore

const TEXT = `#+ summary: Who?
PREFIX agent: <https://w3id.org/aigov-kg/id/agent/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?person ?statement ?since WHERE {
  VALUES ?who { agent:zoe-marsh } #@param who
  VALUES ?since { "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> } #@param since
  ?statement rdf:subject|rdf:object ?who .
  ?who rdfs:label ?person .
}
ORDER BY ?statement
`;

const QUESTION: Question = {
  name: "who-is-it", summary: "Who is it?", description: "It is somebody quixotic.", tags: ["people"], answers: [],
  params: [
    parameter({ of: "Person" }),
    parameter({ name: "since", type: "date", about: "the day", default: `"2020-01-01"^^<${XSD}date>` }),
  ],
  columns: [["person", "the name"]], text: TEXT,
}; // prettier-ignore

const BODIES: Question = {
  ...QUESTION, name: "which-bodies", summary: "Which bodies are these?", description: "Of bodies.",
  params: [parameter({ of: "Organization", about: "the body", default: "agent:iqm" })],
}; // prettier-ignore

const PAYLOAD = fixture as unknown as Payload;
const DATA = decode({ ...PAYLOAD, questions: [...PAYLOAD.questions, QUESTION, BODIES] });
const iri = (name: string) => `<${name.replace(/^(\w+):/, (_, prefix: string) => DATA.base[prefix] ?? "")}>`;

/** Labels and classes of all things, subjects and objects of all statements, as the graph has them. */
function quads(): string {
  const line = (s: string, p: string, o: string) =>
    `${iri(s)} ${iri(p)} ${o} <https://w3id.org/aigov-kg/graph/facts> .\n`;
  const things = DATA.things.filter((thing) => thing.id).map((thing) =>
    line(thing.id, "rdfs:label", JSON.stringify(thing.label)) + line(thing.id, "rdf:type", iri(`aig:${thing.type}`))); // prettier-ignore
  const statements = DATA.statements.map((one) =>
    line(one.id, "rdf:subject", iri(one.subject.id)) + (one.object.id ? line(one.id, "rdf:object", iri(one.object.id)) : "")); // prettier-ignore
  return [...things, ...statements].join("");
}

/** A worker that answers in the page's own process, each answer later. */
class Near implements Port {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror = null;
  ended = false;
  readonly #asker = open(() => new Store() as unknown as Engine, new TextEncoder().encode(quads()), DATA.base);

  say(data: FromWorker): void {
    setTimeout(() => this.ended || this.onmessage?.({ data } as MessageEvent<FromWorker>));
  }

  postMessage(message: ToWorker): void {
    if (!("ask" in message)) return;
    const { number, text, most } = message.ask;
    if (text.includes("endless")) return;
    try {
      const found = this.#asker.ask(text, most);
      this.say({ kind: "columns", number, of: found.kind, columns: found.columns });
      this.say({ kind: "rows", number, rows: found.rows });
      this.say({ kind: "end", number, cut: found.cut, milliseconds: 1 });
    } catch (error) {
      if (error instanceof Refused) this.say({ kind: "refused", number, message: error.message, at: error.at });
      else this.say({ kind: "failed", number, message: String(error) });
    }
  }

  terminate(): void {
    this.ended = true;
  }
}

function client(seconds = 30): { client: Client; ports: Near[] } {
  const ports: Near[] = [];
  const spawn = () => {
    const port = new Near();
    ports.push(port);
    port.say({ kind: "ready" });
    return Promise.resolve(port);
  };
  return { client: createClient(spawn, seconds), ports };
}

describe("a question's text", () => {
  const CHOICES: Choice[] = [
    { id: "agent:zoe-marsh", label: "Zoë Marsh", names: ["Z. Marsh"] },
    { id: "agent:twin-1", label: "Twin", names: [] },
    { id: "agent:twin-2", label: "twin", names: [] },
    { id: "src:a-text", label: "A text", names: [] },
  ];
  const written = (said: Partial<Parameter>, text: string) => value(parameter(said), text, CHOICES, DATA.base).term;
  const ZOE = "<https://w3id.org/aigov-kg/id/agent/zoe-marsh>";

  test("keeps its defaults where nothing is given", () => expect(bind(QUESTION, {})).toBe(TEXT));

  test("gets values in its braces alone", () => {
    const made = bind(QUESTION, { who: [ZOE, "<https://x/$&$1>"], nobody: ["1"] });
    expect(made).toBe(TEXT.replace("{ agent:zoe-marsh }", () => `{ ${ZOE} <https://x/$&$1> }`));
  });

  test("all saved questions have a line for each of their parameters, and no other", () => {
    expect(PAYLOAD.questions.length).toBeGreaterThan(60);
    for (const question of PAYLOAD.questions) {
      for (const { name, default: usual } of question.params) {
        const made = bind(question, { [name]: ["<https://example.org/x>"] });
        expect(made).toContain(`VALUES ?${name} { <https://example.org/x> } #@param ${name}`);
        expect(made).not.toContain(`{ ${usual} } #@param ${name}\n`);
      }
      expect(question.text.match(/#@param/g)?.length ?? 0).toBe(question.params.length);
    }
  });

  test.each(["Zoë Marsh", "zoe marsh", "Z. Marsh", "agent:zoe-marsh", " Zoë Marsh "])("%s is the person", (text) =>
    expect(written({}, text)).toBe(ZOE),
  );

  test.each([
    [{}, "nobody", /nothing here is called/],
    [{}, "TWIN", /several things: agent:twin-1, agent:twin-2/],
    [{ type: "source" }, "b-text", /nothing here/],
    [{ type: "date" }, "2021-02-30", /a day like/],
    [{ type: "date" }, "2021", /a day like/],
    [{ type: "integer" }, "-1", /whole number/],
    [{ type: "integer" }, "1234567890", /whole number/],
    [{ type: "text" }, "two\nlines", /characters/],
    [{ type: "text" }, "\u202eturned", /characters/],
    [{ type: "text" }, "\ud800", /characters/],
  ] as const)("%o does not take %j", (said, text, message) => {
    expect(() => written(said, text)).toThrow(Unfit);
    expect(() => written(said, text)).toThrow(message);
  });

  test("slugs, days, numbers and words become terms", () => {
    expect(written({ type: "source" }, "a-text")).toBe("<https://w3id.org/aigov-kg/id/src/a-text>");
    expect(written({ type: "date" }, "2020-02-29")).toBe(`"2020-02-29"^^<${XSD}date>`);
    expect(written({ type: "integer" }, "007")).toBe(`"7"^^<${XSD}integer>`);
    expect(written({ type: "text" }, "first")).toBe('"first"');
  });

  test.each([
    '" } } # ',
    '"} #@param words\n',
    "\\",
    '\\" . ?s ?p ?o',
    "'''",
    '"""',
    "} UNION { ?a ?b ?c }",
    "{}",
    "$&",
    "#@param words",
  ])("%j stays one text in one query", (hostile) => {
    const question = { ...QUESTION, text: 'SELECT ?words {\n  VALUES ?words { "x" } #@param words\n}' };
    if (hostile.includes("\n")) {
      expect(() => written({ type: "text" }, hostile)).toThrow(Unfit);
      return;
    }
    const sparql = bind(question, { words: [written({ type: "text" }, hostile)] });
    const asker = open(() => new Store() as unknown as Engine, new Uint8Array(), DATA.base);
    expect(asker.ask(sparql, 10).rows).toEqual([[{ type: "literal", value: hostile }]]);
  });

  test("defaults are told as a user would write them", () => {
    expect(usualThing(parameter({}))).toBe("agent:zoe-marsh");
    expect(usualValue(parameter({ default: '"2021-12-31"^^xsd:date' }))).toBe("2021-12-31");
    expect(usualValue(parameter({ default: "2" }))).toBe("2");
    expect([usualThing(parameter({ default: "UNDEF" })), usualValue(parameter({ default: "UNDEF" }))]).toEqual([
      "",
      "",
    ]);
  });

  test("a class or scheme that is no name asks nothing", () => {
    expect(choicesQuery(parameter({ of: "Person } # " }))).toBe("");
    expect(choicesQuery(parameter({ type: "date" }))).toBe("");
  });
});

describe("the client", () => {
  test("asks one query at a time, in order", async () => {
    const { client: ask } = client();
    const done: string[] = [];
    await Promise.all(
      ["ASK {}", "SELECT * {} LIMIT 1", "ASK {}"].map((text) => ask.ask(text).then(({ kind }) => done.push(kind))),
    );
    expect(done).toEqual(["boolean", "rows", "boolean"]);
    expect(ask.status.value).toBe("ready");
  });

  test("a query that is stopped ends its worker; the next is answered by another", async () => {
    const { client: ask, ports } = client();
    const endless = ask.ask("SELECT * { ?endless ?p ?o }");
    const next = ask.ask("ASK {}");
    await waitFor(() => expect(ask.status.value).toBe("busy"));
    ask.stop();
    await expect(endless).rejects.toThrow(Stopped);
    expect((await next).rows[0]?.[0]?.value).toBe("true");
    expect(ports.map((port) => port.ended)).toEqual([true, false]);
  });

  test("a query that takes too long is stopped", async () => {
    const { client: ask, ports } = client(0.05);
    await expect(ask.ask("SELECT * { ?endless ?p ?o }")).rejects.toThrow(/longer than 0.05 s/);
    expect(ports[0]?.ended).toBe(true);
  });

  test("a query that nobody wants any more gives way, whether it waits or runs", async () => {
    const { client: ask, ports } = client();
    const [running, waiting, late] = [new AbortController(), new AbortController(), new AbortController()];
    const endless = ask.ask("SELECT * { ?endless ?p ?o }", 10, running.signal);
    const second = ask.ask("SELECT * { ?endless ?p ?o }", 10, waiting.signal);
    const last = ask.ask("ASK {}");
    await waitFor(() => expect(ask.status.value).toBe("busy"));
    waiting.abort();
    await expect(second).rejects.toThrow(Stopped);
    running.abort();
    await expect(endless).rejects.toThrow(Stopped);
    expect((await last).rows[0]?.[0]?.value).toBe("true");
    expect(ports.map((port) => port.ended)).toEqual([true, false]);
    late.abort();
    await expect(ask.ask("ASK {}", 10, late.signal)).rejects.toThrow(Stopped);
  });

  test("one that ends soon by itself keeps its worker", async () => {
    const { client: ask, ports } = client();
    const unwanted = new AbortController();
    const end = ask.status.subscribe((status) => status === "busy" && unwanted.abort());
    const first = ask.ask("ASK {}", 10, unwanted.signal);
    await expect(first).rejects.toThrow(Stopped);
    expect((await ask.ask("ASK {}")).kind).toBe("boolean");
    expect([ports.length, unwanted.signal.aborted]).toEqual([1, true]);
    end();
  });

  test("a worker that can't be had is told to all who ask", async () => {
    const ask = createClient(() => Promise.reject(new Error("no worker")));
    await expect(Promise.all([ask.ask("ASK {}"), ask.ask("ASK {}")])).rejects.toThrow("no worker");
    await expect(ask.ask("ASK {}")).rejects.toThrow("no worker");
    expect([ask.status.value, ask.trouble.value]).toEqual(["broken", "no worker"]);
  });

  test("a malformed query tells where, and the worker goes on", async () => {
    const { client: ask, ports } = client();
    await expect(ask.ask("SELECT * { ?s nope:x ?o }")).rejects.toMatchObject({ at: 14 });
    await ask.ask("ASK {}");
    expect(ports).toHaveLength(1);
  });
});

describe("what a question is asked with", () => {
  test("a default that the file lacks must be given", async () => {
    const { client: ask } = client();
    const question = {
      ...QUESTION,
      params: [parameter({ default: "agent:nobody" }), parameter({ name: "kind", default: "concept:none" })],
    };
    const made = await filled(ask, createChoices(ask, DATA), DATA, question, { who: ["zoe marsh"] });
    expect(made).toEqual({ faults: { kind: expect.stringMatching(/concept:none is not in this file/) } });
  });

  test("things of another class are not taken", async () => {
    const { client: ask } = client();
    const made = await filled(ask, createChoices(ask, DATA), DATA, QUESTION, {
      who: ["Gull Foundation"],
      since: ["x"],
    });
    expect(made).toEqual({
      faults: { who: expect.stringMatching(/nothing here is called/), since: expect.stringMatching(/a day/) },
    });
  });
});

describe("answers as files", () => {
  const table = {
    kind: "rows" as const,
    columns: ["a", "b"],
    rows: [
      [
        { type: "uri" as const, value: "https://x/a" },
        { type: "literal" as const, value: 'says "a, b"\nc' },
      ],
      [null, { type: "literal" as const, value: "7", datatype: `${XSD}integer` }],
      [
        { type: "bnode" as const, value: "n" },
        { type: "literal" as const, value: "=1+1", "xml:lang": "en" },
      ],
      [null, { type: "literal" as const, value: "-5", datatype: `${XSD}integer` }],
    ],
  };

  test("CSV", () => expect(csv(table)).toBe('a,b\r\nhttps://x/a,"says ""a, b""\nc"\r\n,7\r\n_:n,=1+1\r\n,-5\r\n'));
  test("CSV for spreadsheets", () =>
    expect(spreadsheet(table)).toBe('\ufeffa,b\r\nhttps://x/a,"says ""a, b""\nc"\r\n,7\r\n_:n,\'=1+1\r\n,-5\r\n'));
  test("TSV", () =>
    expect(tsv(table)).toBe('?a\t?b\n<https://x/a>\t"says \\"a, b\\"\\nc"\n\t7\n_:n\t"=1+1"@en\n\t-5\n'));
  test("JSON", () => {
    expect(JSON.parse(json(table)).results.bindings[1]).toEqual({
      b: { type: "literal", value: "7", datatype: `${XSD}integer` },
    });
    expect(
      JSON.parse(json({ kind: "boolean", columns: ["boolean"], rows: [[{ type: "literal", value: "false" }]] })),
    ).toEqual({
      head: {},
      boolean: false,
    });
  });
  test("N-Triples", () => {
    const [s, o] = table.rows[0]!;
    expect(ntriples({ kind: "triples", columns: [], rows: [[s!, s!, o!]] })).toBe(
      '<https://x/a> <https://x/a> "says \\"a, b\\"\\nc" .\n',
    );
  });
});

describe("the panel", () => {
  let state: State;
  beforeEach(() => {
    state = createState(DATA, client().client);
    state.panel.value = "questions";
  });
  afterEach(() => document.body.replaceChildren());

  test("finds a question by its words and opens it", async () => {
    render(<QuestionsPanel state={state} />);
    await userEvent.type(screen.getByLabelText("Find a question"), "quixotic who");
    expect(screen.getByText("1 question of 71")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Find a question"), " sensetime");
    expect(screen.getByRole("status").textContent).toBe(
      "No question has all these words. With most of them: 1 question of 71",
    );
    await userEvent.click(screen.getByRole("button", { name: "Who is it?" }));
    expect(state.asked.value).toEqual({ name: "who-is-it", given: {} });
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Who is it?"));
  });

  test("asks with the defaults, then with what is written", async () => {
    state.asked.value = { name: "who-is-it", given: {} };
    render(<QuestionsPanel state={state} />);
    const table = await screen.findByRole("table");
    const told = () => document.querySelector(".asked-with")?.textContent;
    expect(told()).toBe("Asked with who: Zoë Marsh (person), by default; since: 2020-01-01, by default."); // prettier-ignore
    expect(within(table).getAllByRole("button", { name: "Zoë Marsh" }).length).toBeGreaterThan(0);

    const field = screen.getByRole("combobox", { name: "the person" });
    await waitFor(() => expect(field.getAttribute("placeholder")).toBe("Zoë Marsh"));
    await userEvent.type(field, "zoe");
    await userEvent.click(screen.getByRole("option", { name: /Zoë Marsh/ }));
    await userEvent.type(screen.getByLabelText("the day"), "2021-01-02");
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect(state.asked.value.given).toEqual({ who: ["agent:zoe-marsh"], since: ["2021-01-02"] });
    await waitFor(() => expect(screen.getAllByText("2021-01-02").length).toBeGreaterThan(0));
    await waitFor(() => expect(told()).toBe("Asked with who: Zoë Marsh (person); since: 2021-01-02."));
    expect(document.activeElement?.textContent).toBe("Ask");
  });

  test("asks about several things at once", async () => {
    state.asked.value = { name: "which-bodies", given: { who: ["agent:iqm", " ", "Gull Foundation"] } };
    render(<QuestionsPanel state={state} />);
    await screen.findByRole("table");
    const told = () => document.querySelector(".asked-with")?.textContent;
    const names = "Institute of Quiet Machines (organization) or Gull Foundation (organization)";
    expect(told()).toBe(`Asked with who: ${names}.`);
    for (const name of ["Institute of Quiet Machines", "Gull Foundation"]) {
      expect(screen.getAllByRole("button", { name }).length).toBeGreaterThan(1); // above the table, and in it
    }
  });

  test("another field is added to one that is filled, and one that is emptied asks nothing", async () => {
    state.asked.value = { name: "which-bodies", given: {} };
    render(<QuestionsPanel state={state} />);
    await screen.findByRole("table");
    const another = () => screen.queryByRole("button", { name: "Add another" });
    expect(another()).toBeNull();
    await userEvent.type(screen.getByRole("combobox", { name: "the body" }), "Gull Foundation");
    await userEvent.keyboard("{Escape}");
    await userEvent.click(another()!);
    expect(another()).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("combobox", { name: "the body, or" }));
    await userEvent.keyboard("agent:iqm{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect(state.asked.value.given).toEqual({ who: ["agent:gull-foundation", "agent:iqm"] });
    await userEvent.clear(screen.getByRole("combobox", { name: "the body" }));
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    expect(state.asked.value.given).toEqual({ who: ["agent:iqm"] });
    await waitFor(() => expect(screen.queryByRole("combobox", { name: "the body, or" })).toBeNull());
  });

  test("says at the field what is wrong with it", async () => {
    state.asked.value = { name: "who-is-it", given: { who: ["<script>"], since: ["yesterday"] } };
    render(<QuestionsPanel state={state} />);
    await screen.findByText(/nothing here is called “<script>”/);
    const day = screen.getByLabelText<HTMLInputElement>("the day");
    expect(day.value).toBe("yesterday");
    expect(day.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(day.getAttribute("aria-describedby") ?? "")?.textContent).toMatch(/a day like/);
    expect(screen.queryByRole("table")).toBeNull();
    expect(screen.getAllByRole("alert").map((one) => one.textContent)[1]).toMatch(/a day like/);
  });

  test("who asks what is wrong goes on at the first wrong field", async () => {
    state.asked.value = { name: "who-is-it", given: {} };
    render(<QuestionsPanel state={state} />);
    await screen.findByRole("table");
    await userEvent.type(screen.getByLabelText("the day"), "yesterday");
    await userEvent.click(screen.getByRole("button", { name: "Ask" }));
    await screen.findByText(/a day like/, { selector: "[role=alert]" });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("the day")));
  });

  test("who has left meanwhile is not taken to SPARQL", async () => {
    state.asked.value = { name: "who-is-it", given: { who: ["zoe marsh"] } };
    render(<QuestionsPanel state={state} />);
    fireEvent.click(screen.getByRole("button", { name: "Open as SPARQL" }));
    state.panel.value = "table";
    await new Promise((done) => setTimeout(done, 200));
    expect([state.panel.value, state.query.value]).toEqual(["table", ""]);
  });

  test("shows the statements of an answer in the graph, selects one, saves all", async () => {
    state.asked.value = { name: "who-is-it", given: {} };
    render(<QuestionsPanel state={state} />);
    const table = await screen.findByRole("table");
    const [first] = within(table).getAllByRole("button", { name: /^st:/ });
    await userEvent.click(first!);
    expect(state.selected.value).toBe(first!.textContent);
    const made = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    await userEvent.click(screen.getByRole("button", { name: "CSV" }));
    expect(await (made.mock.calls[0]![0] as Blob).text()).toMatch(/^person,statement,since\r\nZoë Marsh,https:/);
    made.mockRestore();
    fireEvent.click(screen.getByRole("button", { name: /statements? in the graph/ }));
    expect(state.panel.value).toBe("graph");
    expect(state.scope.value.listed).toContain(first!.textContent);
  });

  test("opens as SPARQL with what was asked", async () => {
    state.asked.value = { name: "who-is-it", given: { since: ["2021-01-02"] } };
    render(<QuestionsPanel state={state} />);
    await screen.findByRole("table");
    await userEvent.click(screen.getByRole("button", { name: "Open as SPARQL" }));
    await waitFor(() => expect(state.panel.value).toBe("sparql"));
    expect(state.query.value).toContain('"2021-01-02"^^<');
  });

  test("says so of a question that is not there", () => {
    state.asked.value = { name: "__proto__", given: {} };
    render(<QuestionsPanel state={state} />);
    expect(screen.getByRole("alert").textContent).toMatch(/no question “__proto__”/);
  });
});
