"""Hostile texts on a running server: in its data, in queries, parameters and paths. None becomes part of a page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from browser.opened import Open
from hostile import CONTROLS, HOSTILE
from playwright.sync_api import Error, Page
from serving import Serving, serving
from test_browser_server import BROWSER
from test_site_pages import outline
from test_site_pages import poisoned as poisoned_site

from kg import terms
from kg.graphs import written
from kg.site.links import DATA
from kg.site.shelf import Shelf

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

FEW = 12


def some(size: int) -> list[object]:
    """The payloads in groups; the first, of two, is tried by default."""
    groups = [HOSTILE[:2], *(HOSTILE[at : at + size] for at in range(2, len(HOSTILE), size))]
    return [
        pytest.param(" ".join(group), id=str(number), marks=pytest.mark.slow if number else ())
        for number, group in enumerate(groups)
    ]


SHOWN = (
    "", "things.html", "events.html", "sources.html", "conflicts.html", "data.html", "corrections.html",
    "things/Person.html", "id/agent/zoe-marsh.html", "id/st/harbor-forum-003.html", "id/ev/harbor-forum-003-1.html",
    "id/conflict/host-of-the-forum.html", "id/src/harbor-forum.html", "id/st/harbor-forum-009.html",
    "question/contradictions.html", "question/who-says-what-about.html?thing=agent:zoe-marsh", "id/agent/zoe.html",
    "sparql?query=SELECT+*+%7B+?s+rdfs:label+?l+%7D", "sparql?query=DESCRIBE+agent:iqm", "search.html?q=agent:iqm",
)  # fmt: skip
"""Pages that show what others wrote."""
TAKING = {
    "search": "search.html?q={}", "query": "sparql?query={}", "text": "sparql?query=SELECT+({quoted}+AS+?x)+%7B%7D",
    "comment": "sparql?query=SELECT+*+%7B%7D+%23{}", "graph": "graphs?graph={}",
    "day": "question/events-in-a-period.html?from={}",
    "thing": "question/who-says-what-about.html?thing={}", "other": "question/who-says-what-about.html?{}=x",
    "page": "id/agent/{}.html", "file": "{}", "turtle": "id/agent/{}.ttl", "json": "id/agent/{}.json",
    "answer": "question/{}.csv?from=x", "api": "api/search?q={}", "kind": "api/search?kind={}",
    "entity": "api/entities/{}", "statement": "api/statements/{}",
}  # fmt: skip
"""Where a request says something that its answer may say again; {} stands for it."""


def literal(text: str) -> str:
    return str(ox.Literal(text))


def addresses(payload: str) -> Iterator[tuple[str, str]]:
    for name, form in TAKING.items():
        said = quote(payload, safe="") if payload not in (".", "..") else "x"
        yield name, form.replace("{quoted}", quote(literal(payload), safe="")).replace("{}", said)


@pytest.fixture(scope="module")
def benign(served: Serving) -> set[object]:
    """What elements and attributes pages have for texts without any guile."""
    texts = (
        "plain",
        "a b\n c",
        "zoe",
        "iqm",
        "{",
        "2030-01-01",
        "x " * 60,
        "SELECT * {}",
        "contradictions",
        "1 2",
        "/x",
    )
    with served.client(headers={"Accept": BROWSER}) as client:
        return {one for text in texts for _, address in addresses(text) for one in elements(client.get(address))}


def elements(answer: httpx.Response) -> set[object]:
    """Elements and their attributes, of a page; anything else must not be taken for one."""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'; script-src 'self';" in answer.headers["content-security-policy"]
    media = answer.headers.get("content-type", "text/plain").partition(";")[0]
    assert media in ("text/html", "text/csv", "text/turtle", "text/plain", "application/json", "text/xml",
                     "application/xml", "application/rdf+xml")  # fmt: skip
    return set(outline(answer.content)) if media == "text/html" else set()


@pytest.mark.parametrize("payload", [
    pytest.param(payload, id=str(number), marks=() if number < FEW else pytest.mark.slow)
    for number, payload in enumerate((*HOSTILE, *CONTROLS))
])  # fmt: skip
def test_no_element_comes_of_a_request(payload: str, served: Serving, benign: set[object]) -> None:
    with served.client(headers={"Accept": BROWSER}) as client:
        for _, address in addresses(payload):
            answer = client.get(address)
            assert answer.status_code < 500, address
            assert elements(answer) <= benign, address


def quiet(page: Page, address: str) -> None:
    """Goes to an address; what is data may be saved instead of shown."""
    with contextlib.suppress(Error):
        page.goto(address)
    assert page.evaluate("window.pwned") is None, address


@pytest.mark.parametrize("text", some(8))
def test_no_text_of_a_request_runs(text: str, served: Serving, open_page: Open) -> None:
    at = open_page(served.address, expected=False)
    for _, address in addresses(text):
        quiet(at.page, served.address + address)


@pytest.mark.parametrize("text", some(19))
def test_no_text_of_the_data_runs(text: str, shelf: Shelf, open_page: Open, tmp_path: Path) -> None:
    """Every text of others is some payloads, one after the other; on pages, in suggestions and as data."""
    site = poisoned_site(shelf, text)
    graph = tmp_path / "aigov-kg.nq"
    quads = written(site.shelf.graph.store.quads_for_pattern(None, None, None), ox.RdfFormat.N_QUADS)
    graph.write_bytes(quads)
    whole = f"<{terms.prefixes()['aig'].removesuffix('ns#')}dataset>"
    said = "; ".join(
        f"<{terms.expand(f'dcterms:{name}')}> {literal(text)}" for name in ("title", "description", "issued")
    )
    (tmp_path / "void.ttl").write_text(f"{whole} {said} .\n", encoding="utf-8")
    with serving(graph) as server:
        at = open_page(server.address, expected=False)
        for path in SHOWN:
            quiet(at.page, server.address + path)
        at.page.goto(server.address)
        assert " ".join(text[:60].split()) in " ".join(at.page.inner_text("h1").split())
        at.page.get_by_role("searchbox", name="Find").click()
        at.page.get_by_role("combobox", name="Find").fill("agent:iqm")
        at.page.get_by_role("option").first.wait_for()
        assert at.page.evaluate("window.pwned") is None
        for suffix in DATA:
            quiet(at.page, f"{server.address}id/agent/zoe-marsh.{suffix}")
        for suffix in ("csv", "json", "xml", "md"):
            quiet(at.page, f"{server.address}question/contradictions.{suffix}")
        quiet(at.page, f"{server.address}api/entities/agent:zoe-marsh")


def test_a_text_that_ran_would_be_seen(open_page: Open) -> None:
    page = open_page(b"<!doctype html><title>x</title><img src=data:, onerror=window.pwned=1>", expected=False).page
    page.wait_for_function("window.pwned === 1")


def test_nothing_that_others_wrote_is_sent_as_a_page(served: Serving) -> None:
    names = ("id/agent/zoe-marsh", "id/st/harbor-forum-003", "id/ev/harbor-forum-003-1")
    files = [f"{name}.{suffix}" for name in names for suffix in DATA]
    files += [f"question/contradictions.{suffix}" for suffix in ("csv", "tsv", "json", "xml", "md")]
    files += ["events.ics", "ns.ttl", "assets/names.js", "assets/terms.js", "api/search?q=a", "api/about", "robots.txt"]
    with served.client(headers={"Accept": BROWSER}) as client:
        for file in files:
            answer = client.get(file)
            assert answer.status_code == 200, file
            assert "html" not in answer.headers["content-type"], file
            assert answer.headers["x-content-type-options"] == "nosniff", file
            assert "script-src 'self'" in answer.headers["content-security-policy"], file
