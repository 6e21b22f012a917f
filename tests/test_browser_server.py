"""The pages of a running server in a browser: searching, asking, SPARQL, refusals; by keyboard and without a script."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx
import pytest
from browser.opened import Open, Watched
from needs import missing
from playwright.sync_api import Page, expect
from serving import Serving
from test_browser_access import NARROW, WIDE, violations

from kg import explorer

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def ask(query: str) -> str:
    return f"sparql?query={quote(query)}"


EVENTS = "SELECT ?event ?label { ?event a aig:Event ; rdfs:label ?label } ORDER BY ?event"
PAGES = {
    "home": "", "thing": "id/event/harbor-forum-2030.html", "statement": "id/st/harbor-forum-003.html",
    "evidence": "id/ev/harbor-forum-003-1.html", "data": "data.html",
    "question": "question/events-in-a-period.html?from=2030-01-01&to=2030-12-31",
    "wrong": "question/events-in-a-period.html?from=soon&to=2030-12-31",
    "several": "question/who-says-what-about.html?thing=Zoë Marsh&thing=Institute of Quiet Machines",
    "lacking": "question/who-says-what-about.html",
    "search": "search.html?q=machines", "nothing": "search.html?q=xyzzy", "sparql": "sparql", "rows": ask(EVENTS),
    "triples": ask("DESCRIBE agent:iqm"), "true": ask("ASK {}"), "error": ask("SELECT *\n{ ?s ?p }"),
    "missing": "id/agent/zoe-march.html", "gone": "id/st/harbor-forum-009.html", "problem": "graphs?graph=http://x/",
    "parameter": "api/search?kind=none",
}  # fmt: skip
"""Every kind of page that only a server has, and some that it shows in another way."""

Visit = Callable[..., Watched]


@pytest.fixture
def visit(served: Serving, open_page: Open) -> Visit:
    """Opens a page of the server by its name in `PAGES` or its path."""
    if not explorer.script().query:
        missing("kg/assets: npm ci and npm run build in explorer/ make them")

    def call(name: str, size: tuple[int, int] = WIDE, **more: Any) -> Watched:
        return open_page(served.address + PAGES.get(name, name), "", size, expected=False, **more)

    return call


def at(page: Page, served: Serving) -> str:
    """Where the page is, on the server."""
    return unquote_plus(page.url.removeprefix(served.address))


def rows(page: Page) -> list[list[str]]:
    """The table that the page shows."""
    found: list[list[str]] = page.locator("#answer tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )
    return found


# ---------------------------------------------------------------- everything at a glance


def looks() -> Iterator[Any]:
    """Every page narrow and dark, wide and light, a few of them by default; some in the other two ways too."""
    for name in PAGES:
        few = name in ("home", "several", "rows", "error", "problem")
        for size, scheme in product(("narrow", "wide"), ("light", "dark")):
            usual = (size == "narrow") == (scheme == "dark")
            if not usual and not few:
                continue
            marks = () if few and usual else pytest.mark.slow
            yield pytest.param(
                name, {"narrow": NARROW, "wide": WIDE}[size], scheme, id=f"{name}-{size}-{scheme}", marks=marks
            )


@pytest.mark.parametrize(("name", "size", "scheme"), list(looks()))
def test_axe_finds_nothing(name: str, size: tuple[int, int], scheme: str, visit: Visit) -> None:
    page = visit(name, size, color_scheme=scheme)
    assert violations(page) == []
    assert page.overflow() == 0


# ---------------------------------------------------------------- searching


def test_a_name_is_found_as_one_types_and_leads_to_its_page(visit: Visit, served: Serving) -> None:
    page = visit("statement").page
    page.keyboard.press("/")
    page.keyboard.type("zoe m")
    expect(page.get_by_role("option")).to_have_text([re.compile("Zoë Marsh")])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoë Marsh")
    assert at(page, served) == "id/agent/zoe-marsh.html"


def test_enter_leads_to_all_that_is_found(visit: Visit, served: Serving) -> None:
    page = visit("home").page
    page.get_by_label("Find").fill("machines")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    assert at(page, served) == "search.html?q=machines"


def test_what_is_missing_is_answered_with_what_may_be_meant(visit: Visit, served: Serving) -> None:
    page = visit("missing").page
    page.get_by_role("link", name="Zoë Marsh").click()
    assert at(page, served) == "id/agent/zoe-marsh.html"


# ---------------------------------------------------------------- asking


def curl(page: Page) -> str:
    """The address in the command line that the page shows."""
    words = shlex.split(page.get_by_text(re.compile("^curl ")).first.inner_text())
    assert words[0] == "curl"
    return words[-1]


def test_a_question_is_asked_with_other_values_and_gives_the_same_as_data(visit: Visit, served: Serving) -> None:
    page = visit("question/events-in-a-period.html").page
    assert rows(page) == []
    page.get_by_label("The first day of the period").fill("2030-05-01")
    page.get_by_label("The last day of the period").fill("2030-05-31")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/*?from=2030-05-01&to=2030-05-31")
    shown = rows(page)
    assert shown == [["Harbor Forum 2030", "2030-05-04", "2030-05-06", ""]]
    linked = page.get_by_role("link", name="CSV").evaluate("link => link.href")
    with served.client() as client:
        texts = [client.get(address).raise_for_status().text for address in (linked, curl(page))]
    assert texts[0] == texts[1]
    assert [text.split(",") for text in texts[0].splitlines()[1:]] == shown


def test_back_leads_to_the_values_before(visit: Visit) -> None:
    page = visit("question").page
    day = page.get_by_label("The first day of the period")
    day.fill("2031-01-01")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/*?from=2031-01-01*")
    assert rows(page) == []
    page.go_back()
    assert len(rows(page)) == 1
    page.go_forward()
    expect(day).to_have_value("2031-01-01")
    assert rows(page) == []


def test_a_suggestion_writes_its_name_and_several_can_be_asked_at_once(visit: Visit, served: Serving) -> None:
    page = visit("question/who-says-what-about.html").page
    page.get_by_label("What is spoken of").click()
    page.get_by_role("combobox", name="What is spoken of").fill("zoe")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("combobox", name="What is spoken of")).to_have_value("Zoë Marsh")
    for _ in range(2):
        page.get_by_role("button", name="Add another").click()
    more = page.get_by_role("combobox", name="What is spoken of, or")
    more.first.fill("institute of q")
    page.get_by_role("option").first.click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/*?thing=*")
    assert at(page, served) == "question/who-says-what-about.html?thing=Zoë Marsh&thing=Institute of Quiet Machines"
    found = {cell for row in rows(page) for cell in row}
    assert {"Zoë Marsh", "Institute of Quiet Machines"} <= found


def test_a_wrong_value_is_told_beside_what_was_written(visit: Visit) -> None:
    page = visit("wrong").page
    field = page.get_by_label("The first day of the period")
    expect(field).to_have_value("soon")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_have_text("from is 'soon': write a day like 2021-07-08")
    field.fill("2030-01-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*?from=2030-01-01*")
    assert len(rows(page)) == 1


# ---------------------------------------------------------------- SPARQL


def test_a_query_is_written_asked_and_had_as_data(visit: Visit, served: Serving) -> None:
    page = visit("sparql").page
    editor = page.get_by_role("textbox", name="SPARQL query")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(EVENTS)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sparql?query=*")
    assert at(page, served) == f"sparql?query={EVENTS}"
    assert [row[0] for row in rows(page)] == ["event:harbor-forum-2030", "event:tidal-workshop"]
    expect(page.get_by_role("textbox", name="SPARQL query")).to_contain_text("SELECT ?event ?label")
    with served.client() as client:
        linked = page.get_by_role("link", name="CSV").evaluate("link => link.href")
        assert len(client.get(linked).raise_for_status().text.splitlines()) == 3
    page.get_by_role("link", name="event:tidal-workshop").click()
    assert at(page, served) == "id/event/tidal-workshop.html"


def test_what_is_wrong_with_a_query_is_shown_in_its_place(visit: Visit) -> None:
    page = visit("error").page
    expect(page.get_by_role("alert")).to_contain_text("line 2, column 10")
    assert page.locator("pre.at").inner_text().splitlines() == ["{ ?s ?p }", "         ^"]
    marked = "document.querySelector('.editor').shadowRoot.querySelector('.cm-lint-marker-error') !== null"
    assert page.evaluate(marked)


def test_the_editor_completes_terms_and_things(visit: Visit) -> None:
    page = visit("sparql").page
    page.get_by_role("textbox", name="SPARQL query").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { agent:zoe")
    expect(page.get_by_role("option")).to_have_text([re.compile("agent:zoe-marsh")])


@pytest.mark.slow
def test_a_query_that_takes_too_long_is_shown_again(visit: Visit) -> None:
    product = " ".join(f"?a{place} ?b{place} ?c{place} ." for place in range(6))
    page = visit(ask(f"SELECT (COUNT(*) AS ?n) {{ {product} }}")).page
    expect(page.get_by_role("alert")).to_contain_text("took longer than")
    expect(page.get_by_role("textbox", name="SPARQL query")).to_contain_text("COUNT(*)")


# ---------------------------------------------------------------- in other ways


def test_the_keyboard_alone_is_enough(visit: Visit, served: Serving) -> None:
    page = visit("home").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("workshop")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/event/tidal-workshop.html")
    follow(page, "evidence: characters ")
    page.wait_for_url("**/id/ev/*")
    follow(page, "SPARQL")
    page.wait_for_url("**/sparql")
    until(page, lambda: page.get_by_role("textbox", name="SPARQL query").evaluate("one => one.matches(':focus')"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sparql?query=*")
    assert len(rows(page)) >= 1


def follow(page: Page, words: str) -> None:
    """Goes by Tab to the first link that begins with some words, and follows it."""
    until(page, lambda: page.evaluate("document.activeElement.textContent.trim()").startswith(words))
    page.keyboard.press("Enter")


def until(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if there():
            return
    raise AssertionError("the keyboard does not lead there")


def test_without_the_script_all_of_it_works(visit: Visit, served: Serving) -> None:
    page = visit("home", java_script_enabled=False).page
    page.get_by_label("Find").fill("zoe")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Zoë Marsh").click()
    page.get_by_role("link", name=re.compile("^evidence: characters")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Evidence")
    page.goto(f"{served.address}question/events-in-a-period.html")
    page.get_by_label("The first day of the period").fill("2030-05-01")
    page.get_by_label("The last day of the period").fill("2030-05-31")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer tbody tr")).to_have_count(1)
    page.goto(f"{served.address}sparql")
    page.get_by_label("The query").fill(EVENTS)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("api/search?kind=none", 400, "kind is 'none'"), ("api/entities/zoe-march", 404, "Nothing in the graph"),
     ("graphs?graph=http://x/", 404, "There is no graph"), ("id/agent/iqm.html?%ff", 400, "no UTF-8"),
     ("sparql?update=CLEAR+ALL", 400, "only answers queries"), ("graph/facts", 406, "text/turtle"),
     ("api/statements/harbor-forum-009", 410, "withdrawn")],
)  # fmt: skip
def test_a_refusal_is_a_page_for_browsers_and_details_for_programs(
    path: str, status: int, said: str, served: Serving
) -> None:
    with served.client() as client:
        page = client.get(path, headers={"Accept": "text/html" if status == 406 else BROWSER})
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert said in page.text.replace("&#39;", "'")
        assert "Accept" in page.headers["vary"]
        for accept in ("*/*", "application/json", ""):
            plain = client.get(path, headers={"Accept": accept})
            if plain.is_error:  # a graph is given to whoever takes anything
                assert plain.headers["content-type"] == "application/problem+json"
                assert plain.json()["status"] == status


@pytest.mark.parametrize("host", ["127.0.0.1:x", "127.0.0.1:1$(id)", "127.0.0.1 x", "[::1", "127.0.0.1:8000/../"])
def test_no_page_names_an_address_that_is_none(host: str, served: Serving) -> None:
    with served.client() as client:
        answer = client.get("", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert "curl" not in answer.text


def test_the_lines_for_programs_can_be_followed(visit: Visit, served: Serving) -> None:
    page = visit("home").page
    found = page.locator(".programs code").all_inner_texts()
    assert len(found) == 4
    for line in found:
        words = shlex.split(line)
        given = {"-H": "", "--data-urlencode": ""} | dict(pairwise(words))
        headers = dict([given["-H"].split(": ")]) if given["-H"] else {}
        form = dict([given["--data-urlencode"].split("=", 1)]) if given["--data-urlencode"] else None
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            answer = client.request("POST" if form else "GET", words[-1], headers=headers, data=form)
        assert answer.status_code == 200, line
        assert answer.content, line
        assert (
            headers.get("Accept", "text/csv" if ".csv" in line else "application/json")
            in answer.headers["content-type"]
        )
