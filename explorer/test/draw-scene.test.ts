import { describe, expect, it } from "vitest";
import { arrange } from "../src/draw/arrange";
import { hulls } from "../src/draw/hulls";
import { lookOf, neighbours, scene, type Scene } from "../src/draw/scene";
import { sample } from "./sample";

const said = (drawn: Scene) =>
  drawn.lines.map((line) => [
    drawn.nodes[line.start]?.thing.id,
    drawn.nodes[line.end]?.thing.id,
    line.look.key,
    line.label,
    line.statements.length,
  ]);

describe("lines", () => {
  it("fold what is said alike between the same two things, with roles in place of the relation", () => {
    const data = sample([
      { from: "event:e", to: "agent:a", role: "concept:speaker" },
      { from: "event:e", to: "agent:a", role: "concept:host", status: "self-reported" },
    ]);
    expect(said(scene(data, data.statements))).toEqual([["event:e", "agent:a", "asserted", "host, speaker", 2]]);
  });

  it("keep apart what is planned, attributed and contradicted, and say so in words", () => {
    const data = sample([
      { from: "event:e", to: "agent:a" },
      { from: "event:e", to: "agent:a", modality: "planned" },
      { from: "event:e", to: "agent:a", status: "attributed" },
      { from: "event:e", to: "agent:a", status: "attributed", contradicted: true },
    ]);
    const drawn = scene(data, data.statements);
    expect(said(drawn).map(([, , look, label]) => [look, label])).toEqual([
      ["attributed", "attributed: took part in"],
      ["contradicted", "contradicted: took part in"],
      ["planned", "planned: took part in"],
      ["asserted", "took part in"],
    ]);
    expect(new Set(drawn.lines.map((line) => line.bend)).size).toBe(4);
  });

  it("are self-reported only when nobody else says so", () => {
    const own = sample([{ from: "event:e", to: "agent:a", status: "self-reported" }]);
    expect(said(scene(own, own.statements))[0]?.[2]).toBe("self-reported");
  });

  it("lead on to the body that somebody acts for, by the same statement", () => {
    const data = sample([{ from: "event:e", to: "agent:ann!", role: "concept:speaker", behalf: ["agent:un"] }]);
    const drawn = scene(data, data.statements);
    expect(said(drawn)).toEqual([
      ["agent:ann", "agent:un", "asserted", "on behalf of", 1],
      ["event:e", "agent:ann", "asserted", "speaker", 1],
    ]);
    expect(drawn.lines[0]?.statements).toEqual(drawn.lines[1]?.statements);
  });

  it("to the two sides of a pair bend apart whichever way they lead", () => {
    const data = sample([
      { from: "agent:a", to: "agent:b" },
      { from: "agent:b", to: "agent:a" },
    ]);
    // Both to the right of their own way: then they are on different sides.
    expect(scene(data, data.statements).lines.map((line) => Math.sign(line.bend))).toEqual([1, 1]);
  });

  it("leave out values, identities and what no picture shows", () => {
    const data = sample([
      { from: "event:e", to: "=ten" },
      { from: "event:e", to: "concept:c" },
      { from: "agent:a", to: "agent:b", predicate: "skos:exactMatch" },
    ]);
    expect(scene(data, data.statements)).toMatchObject({ nodes: [], lines: [] });
  });
});

it("a scene is the same whatever the order of its statements", () => {
  const data = sample([
    { from: "event:e", to: "agent:a" },
    { from: "event:e", to: "agent:b", modality: "planned" },
    { from: "agent:b", to: "agent:a" },
    { from: "event:e", to: "agent:a", role: "concept:host" },
  ]);
  expect(scene(data, [...data.statements].reverse())).toEqual(scene(data, data.statements));
});

it("people are a class of their own", () => {
  const data = sample([{ from: "event:e", to: "agent:ann!" }]);
  const drawn = scene(data, data.statements);
  expect(drawn.nodes.map((node) => node.look.key)).toEqual(["person", "event"]);
  expect(neighbours(drawn, 0)).toEqual([1]);
});

it("contradicted goes before attributed before planned", () => {
  const [both, attributed] = sample([
    { from: "event:e", to: "agent:a", status: "attributed", modality: "planned", contradicted: true },
    { from: "event:e", to: "agent:a", status: "attributed", modality: "planned" },
  ]).statements;
  expect([both && lookOf(both)[0], attributed && lookOf(attributed)[0]]).toEqual(["contradicted", "attributed"]);
});

describe("arranging", () => {
  const many = Array.from({ length: 40 }, (_, at) => ({
    from: "event:hub",
    to: `agent:Some Organization Number ${at}`,
  }));

  it("gives the same places each time, and boxes of labels that do not overlap", () => {
    const data = sample(many);
    const drawn = scene(data, data.statements);
    const places = arrange(drawn);
    expect(arrange(drawn)).toEqual(places);
    const all = [...places.values()];
    const close = all.flatMap(([x, y], at) =>
      all.slice(at + 1).filter(([u, v]) => Math.abs(x - u) < 100 && Math.abs(y - v) < 25),
    );
    expect(close).toEqual([]);
  });

  it("parts things that stand at the same point", () => {
    const data = sample(many.slice(0, 2));
    const drawn = scene(data, data.statements, new Map([["event:hub", [5, 5]]]));
    const stacked = { ...drawn, nodes: drawn.nodes.map((node) => ({ ...node, x: 5, y: 5 })) };
    expect(new Set([...arrange(stacked).values()].map(String)).size).toBe(3);
  });
});

it("hulls hold communities of four and more and no smaller ones", () => {
  const data = sample([..."bcdef"].map((name) => ({ from: "agent:a", to: `agent:${name}` })));
  const drawn = scene(data, data.statements);
  const grouped = drawn.nodes.map((node, at) => ({ ...node, thing: { ...node.thing, group: at < 5 ? 3 : 1 } }));
  const found = hulls(grouped);
  expect(found.map((hull) => [hull.group, hull.count])).toEqual([[3, 5]]);
  expect(hulls(grouped.slice(0, 3))).toEqual([]);
});
