import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { beforeEach, describe, expect, test } from "vitest";
import { Damaged, holds, opened, payload, sealed, unpacked } from "../src/data/blocks";

function put(id: string, text: string): void {
  const block = document.createElement("script");
  block.type = "text/plain";
  block.id = id;
  block.textContent = text;
  document.body.append(block);
}
const digest = (text: string) => bytesToHex(sha256(new TextEncoder().encode(text)));
/** “aé😀” as gzip in base64, by Python. */
const PACKED = "H4sIAAAAAAACA0s8vPLD/BkNAIpj734HAAAA";

function page(blocks: Readonly<Record<string, string>>, digests = blocks): void {
  document.body.replaceChildren();
  const list = Object.fromEntries(Object.entries(digests).map(([name, text]) => [name, digest(text)]));
  put("manifest", JSON.stringify({ format: 1, digests: list }));
  for (const [name, text] of Object.entries(blocks)) put(name, text);
}

beforeEach(() => document.body.replaceChildren());

describe("the blocks of a page", () => {
  test("are read as they were written", async () => {
    page({ data: '{"a": "\\u2028 ü"}', triples: PACKED });
    expect(payload(document)).toEqual({ a: "\u2028 ü" });
    expect(new TextDecoder().decode(await unpacked(sealed(document, "triples")))).toBe("aé😀");
    expect([holds(document, "triples"), holds(document, "wasm")]).toEqual([true, false]);
  });

  test("one letter changed is told, with the name of the part", async () => {
    page({ data: '{"a": 2}', triples: PACKED }, { data: '{"a": 1}', triples: `${PACKED} ` });
    expect(() => payload(document)).toThrow(/“data” was cut off or changed/);
    expect(() => opened(sealed(document, "triples"))).toThrow(Damaged);
    await expect(unpacked(sealed(document, "triples"))).rejects.toThrow(/“triples”/);
  });

  test("one that is missing is told", () => {
    page({ data: "{}" }, { data: "{}", triples: "x" });
    expect(() => sealed(document, "triples")).toThrow(/“triples” is missing/);
    expect(() => sealed(document, "wasm")).toThrow(Damaged);
  });

  test.each(["", "{", "null", '{"digests": 5}'])("a manifest like %j is none", (text) => {
    put("manifest", text);
    expect(() => holds(document, "data")).toThrow(/list of parts/);
  });
});
