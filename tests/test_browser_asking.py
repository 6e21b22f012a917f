"""The saved questions and SPARQL of one's own in a browser: forms, answers, files, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.opened import Open, Watched
from click.testing import Result
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""

MODIFIER = "ControlOrMeta"


# ---------------------------------------------------------------- questions


def test_questions_are_found_and_asked_with_a_thing(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page)
    at.tab("Questions")
    at.panel.get_by_role("searchbox", name="Find a question").fill("certifications somebody")
    at.panel.get_by_role("button", name="Which certifications does somebody have").click()
    expect(at.panel.get_by_role("heading", level=2)).to_be_focused()
    box = at.panel.get_by_role("combobox", name="the holder")
    expect(box).to_have_attribute("placeholder", "SenseTime")
    rows = at.panel.get_by_role("table").get_by_role("row")
    expect(rows.nth(1)).to_be_visible()
    usual = rows.count()
    box.fill("tsinghua univ")
    at.panel.get_by_role("option", name="Tsinghua University").first.click()
    at.button("Ask").click()
    expect(at.panel).to_contain_text("No rows: the sources in this file do not say.")
    assert usual > 3
    box.fill("no such body")
    at.button("Ask").click()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(at.panel.locator(".fault")).to_be_visible()
    at.button("← All questions").click()
    expect(at.panel.get_by_role("searchbox", name="Find a question")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("certifications-of-an-actor", {"actor": "agent:sensetime"}),
        ("events-of-an-actor", {}),
        ("contradictions", {}),
    ],
)
def test_rows_are_those_of_the_command(
    name: str, given: dict[str, str], whole_page: Path, whole_graph: Path, open_page: Open, run: Callable[..., Result]
) -> None:
    fragment = "".join(f"&-{key}={value}" for key, value in given.items())
    at = open_page(whole_page, f"#panel=questions&question={name}{fragment}")
    _, found = at.saved(at.button("CSV").click)
    asked = [part for pair in given.items() for part in ("-p", "=".join(pair))]
    done = run("query", "run", name, *asked, "--graph", whole_graph, "-f", "csv")
    assert done.exit_code == 0 and len(found.splitlines()) > 2
    assert found == done.stdout_bytes


def test_an_answer_leads_to_evidence_and_to_the_graph(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#panel=questions&question=certifications-of-an-actor")
    statement = at.panel.get_by_role("table").get_by_role("button", name="st:").first
    name = statement.inner_text()
    statement.click()
    expect(at.evidence.locator("code").first).to_have_text(name)
    show = at.panel.get_by_role("button", name="in the graph")
    expect(show).to_contain_text("statements")
    show.click()
    expect(at.panel).to_contain_text("The statements of a list.")


def test_a_question_opens_as_sparql(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=questions&question=certifications-of-an-actor&-actor=agent:iqm")
    at.button("Open as SPARQL").click()
    expect(at.page.get_by_role("tab", name="SPARQL")).to_have_attribute("aria-selected", "true")
    expect(at.panel.get_by_role("textbox", name="SPARQL query")).to_contain_text(
        "VALUES ?actor { <https://w3id.org/aigov-kg/id/agent/iqm> }"
    )


# ---------------------------------------------------------------- SPARQL


def query(at: Watched, text: str) -> None:
    """Writes a query in place of what is there, and asks it."""
    editor = at.panel.get_by_role("textbox", name="SPARQL query")
    editor.click()
    at.page.keyboard.press(f"{MODIFIER}+a")
    at.page.keyboard.insert_text(text)
    at.page.keyboard.press("Control+Enter")


def test_a_query_runs_and_is_saved(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.tab("SPARQL")
    at.button("Run").click()
    expect(at.panel.get_by_role("columnheader")).to_have_text(["actor", "events"])
    query(at, "SELECT ?label WHERE { agent:iqm rdfs:label ?label }")
    expect(at.panel.get_by_role("cell")).to_have_text(["Institute of Quiet Machines"])
    _, content = at.saved(at.button("JSON").click)
    assert json.loads(content)["results"]["bindings"] == [
        {"label": {"type": "literal", "value": "Institute of Quiet Machines", "xml:lang": "en"}}
    ]
    query(at, "ASK { ?s rdfs:label 'Zoë Marsh'@en }")
    expect(at.panel.get_by_role("region", name="Answer").get_by_role("status")).to_have_text("Yes.")
    query(at, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c ; rdfs:label 'Zoë Marsh'@en }")
    expect(at.button("N-Triples")).to_be_visible()


def test_what_was_typed_before_the_names_came_is_completed(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=sparql")
    at.panel.get_by_role("textbox", name="SPARQL query").click()
    at.page.keyboard.press(f"{MODIFIER}+a")
    at.page.keyboard.type("SELECT * WHERE { agent:zoe")
    expect(at.page.get_by_role("option", name="agent:zoe-marsh")).to_be_visible()


def test_the_editor_completes_names_by_keys(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=sparql")
    expect(at.panel.get_by_text("Ready.")).to_be_visible()
    editor = at.panel.get_by_role("textbox", name="SPARQL query")
    editor.click()
    at.page.keyboard.press(f"{MODIFIER}+a")
    at.page.keyboard.type("SELECT * WHERE { agent:zoe")
    expect(at.page.get_by_role("option", name="agent:zoe-marsh")).to_be_visible()
    at.page.wait_for_timeout(150)
    at.page.keyboard.press("Enter")
    expect(editor).to_contain_text("agent:zoe-marsh")
    at.page.keyboard.press("Escape")
    at.page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * WHERE {\n  ?s ?p ?o", "Line 1, column 16: this { is not closed"),
        ("SELECT * WHERE {\n  ?s foo:bar ?o }", "Line 2, column 6: the prefix “foo:” is not declared"),
        ("SELECT * WHERE { SERVICE <https://example.org/> { ?s ?p ?o } }", "SERVICE would send the query elsewhere"),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", "this page only asks"),
        ("hello", "this is no query"),
        ("SELECT * WHERE { ?s ?p ?o } LIMIT many", "Line 1, column 35"),
    ],
    ids=["open", "prefix", "service", "update", "words", "limit"],
)
def test_a_query_that_can_t_be_asked_says_why_and_where(
    text: str, said: str, small_page: Path, open_page: Open
) -> None:
    at = open_page(small_page, "#panel=sparql")
    query(at, text)
    expect(at.panel.get_by_role("alert")).to_contain_text(said)
    query(at, "ASK {}")
    expect(at.panel.get_by_role("region", name="Answer").get_by_role("status")).to_have_text("Yes.")


ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.mark.slow
def test_an_endless_query_is_stopped_and_the_page_stays_alive(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#panel=sparql")
    query(at, ENDLESS)
    expect(at.button("Stop")).to_be_enabled()
    at.find("SenseTime")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("SenseTime")
    at.button("Stop").click()
    expect(at.panel.get_by_role("alert")).to_contain_text("the query was stopped")
    query(at, "ASK {}")
    expect(at.panel.get_by_role("region", name="Answer").get_by_role("status")).to_have_text("Yes.", timeout=15_000)


@pytest.mark.slow
def test_an_endless_query_is_stopped_in_time(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=sparql")
    query(at, ENDLESS)
    expect(at.panel.get_by_role("alert")).to_contain_text("took longer than 30 s", timeout=45_000)


MILLION = """SELECT ?a ?b ?c WHERE { VALUES ?x { 0 1 2 3 4 5 6 7 8 9 } VALUES ?y { 0 1 2 3 4 5 6 7 8 9 } VALUES ?z {
0 1 2 3 4 5 6 7 8 9 } VALUES ?u { 0 1 2 3 4 5 6 7 8 9 } VALUES ?v { 0 1 2 3 4 5 6 7 8 9 } VALUES ?w { 0 1 2 3 4 5 6 7
8 9 } BIND (?x + 10 * ?y AS ?a) BIND (?z + 10 * ?u AS ?b) BIND (?v + 10 * ?w AS ?c) }"""


def test_a_million_rows_are_partial_and_said_to_be(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=sparql")
    query(at, MILLION)
    told = at.panel.get_by_role("region", name="Answer").get_by_role("status").first
    expect(told).to_contain_text("Partial: the first 10,000 rows, there are more.", timeout=20_000)
    assert at.panel.get_by_role("row").count() == 101
    at.panel.get_by_role("button", name="Show 100 more of 10,000").click()
    expect(at.panel.get_by_role("row")).to_have_count(201)
    _, content = at.saved(at.button("CSV").click)
    assert len(content.splitlines()) == 10_001
