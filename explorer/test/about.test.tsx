import { render, screen } from "@testing-library/preact";
import { userEvent } from "@testing-library/user-event";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { decode, type Payload } from "../src/data/model";
import { AboutPanel } from "../src/panels/about";
import { createState } from "../src/state";
import fixture from "./fixture.json";

const DATA = decode(fixture as unknown as Payload);
/** “<a:b> <a:c> 1 .” as gzip in base64, by Python. */
const TRIPLES = "H4sIAAAAAAACA7NJtEqyU7BJtEq2UzBU0AMAwWSyBw8AAAA=";

function block(id: string, text: string): void {
  const made = document.createElement("script");
  made.type = "text/plain";
  made.id = id;
  made.textContent = text;
  document.head.append(made);
}

function page(triples: string): void {
  block("manifest", JSON.stringify({ digests: { triples: bytesToHex(sha256(new TextEncoder().encode(TRIPLES))) } }));
  block("triples", triples);
}

afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

describe("what the file holds", () => {
  test("is told: version, date, counts, licence, how to cite and build", () => {
    page(TRIPLES);
    render(<AboutPanel state={createState(DATA)} />);
    const text = document.body.textContent ?? "";
    for (const said of [DATA.summary, DATA.version, DATA.date, DATA.about.cite, DATA.about.build, DATA.about.licence]) {
      expect(text).toContain(said);
    }
    expect(text).toContain(`${DATA.statements.length}`);
    expect(text).not.toContain("selection");
    for (const source of DATA.sources) expect(text).toContain(source.title);
  });

  test("a selection says that it is one", () => {
    page(TRIPLES);
    render(<AboutPanel state={createState({ ...DATA, whole: false })} />);
    expect(screen.getByText(/a selection of the graph/)).toBeTruthy();
  });

  test("triples that are too many for a page are said to be outside", () => {
    render(<AboutPanel state={createState({ ...DATA, about: { ...DATA.about, outside: 812_300_000 } })} />);
    expect(screen.getByText(/not in it, and so neither the saved questions nor SPARQL: 813 MB/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Save the triples" })).toBeNull();
  });

  test("the triples are saved as they were written", async () => {
    page(TRIPLES);
    const made = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    render(<AboutPanel state={createState(DATA)} />);
    await userEvent.click(screen.getByRole("button", { name: "Save the triples" }));
    await vi.waitFor(() => expect(made).toHaveBeenCalled());
    expect(await (made.mock.calls[0]![0] as Blob).text()).toBe("<a:b> <a:c> 1 .");
    made.mockRestore();
  });

  test("triples that were changed are not saved", async () => {
    page(`${TRIPLES}A`);
    render(<AboutPanel state={createState(DATA)} />);
    await userEvent.click(screen.getByRole("button", { name: "Save the triples" }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/was cut off or changed/);
  });

  test("an address that a browser must not open is no link", () => {
    page(TRIPLES);
    const sources = [{ ...DATA.sources[0]!, address: "javascript:alert(1)", title: "<img src=x onerror=alert(1)>" }];
    render(
      <AboutPanel
        state={createState({ ...DATA, sources, about: { ...DATA.about, licence: "javascript:alert(2)" } })}
      />,
    );
    expect(document.querySelectorAll('a[href^="javascript"], img')).toHaveLength(0);
    expect(document.body.textContent).toContain("<img src=x onerror=alert(1)>");
  });
});
