import { screen, waitFor } from "@testing-library/preact";
import { afterEach, describe, expect, test } from "vitest";
import { results } from "../src/site/found";
import { instead, wordsOf } from "../src/site/instead";
import { listed } from "../src/site/names";
import { BOX, names, none, page } from "./site";

afterEach(() => document.body.replaceChildren());

const links = () => screen.queryAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")]);

describe("the page of results", () => {
  const open = (query: string, found = "<p>Write a name.</p>") =>
    page(`${BOX}<div id="found">${found}</div>`, "./", `/search.html?${new URLSearchParams({ q: query })}`);

  test("lists what answers, with class and the name that does, in order", async () => {
    open("united nations");
    await results(document, names);
    expect(links()).toEqual([
      ["United Nations", "./id/agent/un.html"],
      ["United Nations Development Programme", "./id/agent/undp.html"],
      ["United Nations Day", "./id/event/un-day.html"],
    ]);
    expect(screen.getByRole("status").textContent).toBe("3 things answer to “united nations”.");
    expect(screen.getByRole("list").tagName).toBe("OL");
    expect(screen.queryByText("Write a name.")).toBeNull();
    open("undp");
    await results(document, names);
    expect(screen.getByRole("listitem").textContent).toContain("Organizations · UNDP");
    expect(screen.getByRole("status").textContent).toBe("1 thing answers to “undp”.");
  });

  test("has the text in its box and its title", async () => {
    open(" zoe ");
    await results(document, names);
    expect([screen.getByLabelText<HTMLInputElement>("Find").value, document.title]).toEqual(["zoe", "zoe – A page"]);
  });

  test("says so when nothing is called so, as text", async () => {
    open("<img src=x onerror=alert(1)>");
    await results(document, names);
    expect(screen.getByRole("status").textContent).toBe("Nothing is called “<img src=x onerror=alert(1)>”.");
    expect([document.querySelector("img"), document.getElementById("found")?.textContent]).toEqual([
      null,
      expect.stringContaining("Try one word"),
    ]);
  });

  test("lists a hundred at most, and says so", async () => {
    const things = Array.from(
      { length: 150 },
      (_, at) => [`agent:a${at}`, `Thermometalpha ${at}`, "Person", [], 0] as const,
    );
    open("talpha");
    await results(document, () => listed({ types: {}, things }));
    expect(links()).toHaveLength(100);
    expect(screen.getByRole("status").textContent).toContain("The first 100 things");
  });

  test("finds words in another order among very many, at once", async () => {
    const things = Array.from({ length: 2500 }, (_, at) => [`agent:a${at}`, `Alpha B${at}`, "Person", [], 0] as const);
    open("b2499 alpha");
    await results(document, () => listed({ types: {}, things }));
    expect(links()[0]?.[0]).toBe("Alpha B2499");
  });

  test("says why it can't search, and leaves a list that is there", async () => {
    open("zoe");
    await results(document, none);
    expect(screen.getByRole("alert").textContent).toContain("not found");
    open("zoe", "<ol><li>Zoë</li></ol>");
    await results(document, names);
    expect(document.getElementById("found")?.textContent).toBe("Zoë");
  });

  test("stays as it is without a text", async () => {
    open(" ");
    await results(document, names);
    expect([document.getElementById("found")?.textContent, document.title]).toEqual(["Write a name.", "A page"]);
  });
});

describe("an address that leads nowhere", () => {
  test.each([
    ["/x/id/agent/united-nations.html", "united nations"],
    ["/x/id/agent/zo%C3%AB_marsh/", "zoë marsh"],
    ["/a/v1.0.ttl", "v1.0"],
    ["/%E0%A4%A", "%E0%A4%A"],
    ["/", ""],
  ])("%s is read as %j", (path, words) => expect(wordsOf(path)).toBe(words));

  test("suggests what it looks like", async () => {
    page(`<div id="instead" hidden></div>`, "/x/", "/x/id/agent/zoe-marsch.html");
    await instead(document, names);
    expect(links()).toEqual([["Zoë Marsh", "/x/id/agent/zoe-marsh.html"]]);
    expect(document.getElementById("instead")?.hidden).toBe(false);
  });

  test("suggests five things at most", async () => {
    const things = Array.from({ length: 9 }, (_, at) => [`agent:a${at}`, `Alpha ${at}`, "Person", [], 0] as const);
    page(`<div id="instead" hidden></div>`, "/", "/alpha");
    await instead(document, () => listed({ types: {}, things }));
    expect(links()).toHaveLength(5);
  });

  test.each([
    ["/qqqqqqqq", names],
    ["/zoe-marsh", none],
  ])("says nothing of %s", async (path, known) => {
    page(`<div id="instead" hidden></div>`, "/", path);
    await instead(document, known);
    await waitFor(() => expect(document.getElementById("instead")?.hidden).toBe(true));
    expect(document.getElementById("instead")?.textContent).toBe("");
  });
});
