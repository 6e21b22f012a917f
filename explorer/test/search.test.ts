import { describe, expect, test } from "vitest";
import { decode, type Data, type Payload } from "../src/data/model";
import { createSearch, fold, initials, words } from "../src/data/search";
import fixture from "./fixture.json";

const PAYLOAD = fixture as unknown as Payload;
type Raw = [id: string, label: string, names: string[], weight: number];

function data(raws: readonly Raw[]): Data {
  const things = raws.map(([id, label, names, weight]) => [id, label, "Organization", names, null, -1, weight]);
  return decode({ ...PAYLOAD, things, statements: [], sources: [] } as unknown as Payload);
}

const DATA = data([
  ["agent:sensetime", "SenseTime", ["商汤科技", "Sensetime Group Ltd."], 90],
  ["agent:sensetime-institute", "SenseTime Institute", ["Institute of SenseTime"], 5],
  ["agent:cedric-o", "Cédric O", [], 3],
  ["agent:i-aiig", "Institute for AI International Governance", ["I-AIIG"], 8],
  ["agent:un", "United Nations", ["联合国"], 70],
  ["agent:undp", "United Nations Development Programme", ["UNDP"], 30],
  ["event:waic-2021", "World Artificial Intelligence Conference 2021", [], 12],
  ["agent:union", "European Union", [], 60],
  ["agent:azoulay", "Audrey Azoulay", [], 9],
  ["agent:zhong", "钟睿", ["Rui Zhong"], 2],
]);
const search = createSearch(DATA);
const found = (text: string, kinds?: readonly string[]) => search(text, kinds).map((thing) => thing.id);

describe("suggestions", () => {
  test.each([
    ["SenseTime", "agent:sensetime"],
    ["sensetime", "agent:sensetime"],
    ["sense", "agent:sensetime"],
    ["institute of s", "agent:sensetime-institute"],
    ["cedric", "agent:cedric-o"],
    ["CEDRIC O", "agent:cedric-o"],
    ["iaiig", "agent:i-aiig"],
    ["I-AIIG", "agent:i-aiig"],
    ["un", "agent:un"],
    ["WAIC 2021", "event:waic-2021"],
    ["waic2021", "event:waic-2021"],
    ["Azoulay Audrey", "agent:azoulay"],
    ["sensetme", "agent:sensetime"],
    ["azulay", "agent:azoulay"],
    ["商汤", "agent:sensetime"],
    ["汤科", "agent:sensetime"],
    ["联合", "agent:un"],
    ["睿", "agent:zhong"],
    ["agent:undp", "agent:undp"],
  ])("%s finds %s first", (text, id) => expect(found(text)[0]).toBe(id));

  test("what is called so comes first, then what begins so, whatever is said most of", () => {
    expect(found("united nations")).toEqual(["agent:un", "agent:undp"]);
    expect(found("un")).toEqual(["agent:un", "agent:undp", "agent:union"]);
  });

  test("kinds and classes leave others out", () => {
    expect(found("un", ["Organization"])).toEqual(found("un"));
    expect(found("un", ["Person"])).toEqual([]);
    expect(found("un", ["event", "Organization"])).toEqual(found("un"));
    expect(found("waic 2021", ["agent"])).toEqual([]);
    expect(found("event:waic-2021", ["agent"])).toEqual([]);
  });

  test.each(["", "  ", "!!!", "\u202e", "qqqqqq", "("])("%j finds nothing, and does no harm", (text) =>
    expect(found(text)).toEqual([]),
  );

  test("a text of a megabyte is answered", () => expect(found("a".repeat(1_000_000))).toEqual([]));

  test("at most ten", () => {
    const many = data(
      Array.from({ length: 50 }, (_, number): Raw => [`agent:a${number}`, `Alpha ${number}`, [], number]),
    );
    const listed = createSearch(many)("alpha");
    expect(listed).toHaveLength(10);
    expect(listed[0]?.id).toBe("agent:a49");
  });

  test("20,000 things are ready and answered in time", async () => {
    const many = data(
      Array.from({ length: 20_000 }, (_, number): Raw => {
        const name = `Body ${(number * 7919) % 20_000} of ${["Trade", "Research", "Standards"][number % 3]}`;
        return [`agent:b${number}`, name, [`商会${number}`], number % 50];
      }),
    );
    const start = performance.now();
    const look = createSearch(many);
    look("body");
    expect(performance.now() - start).toBeLessThan(1500);
    for (const text of ["b", "body 77", "reserch 1234", "商会77", "of trade"]) {
      const before = performance.now();
      look(text);
      expect(performance.now() - before).toBeLessThan(300);
    }
    expect(look("body 77 of")[0]?.label).toMatch(/^Body 77 of/);
  });
});

describe("names", () => {
  test("are folded", () => {
    expect(fold("Cédric O")).toBe("cedric o");
    expect(fold("I-AIIG (U.N.)")).toBe("iaiig un");
    expect(fold("ＡＩ　联合国")).toBe("ai 联合国");
  });

  test("of scripts without spaces are characters and pairs", () => {
    expect(words("ai 联合国 x")).toEqual(["ai", "联", "合", "国", "联合", "合国", "x"]);
  });

  test("have initials, with and without the small ones", () => {
    expect(initials("United Nations")).toEqual(["un"]);
    expect(initials("World Conference 2021")).toEqual(["wc2021"]);
    expect(initials("University of the Arts")).toEqual(["uota", "ua"]);
    expect(initials("UNESCO")).toEqual([]);
  });
});
