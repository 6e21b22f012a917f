"""Refusals as pages for browsers, as details for programs."""

from __future__ import annotations

import json
import re

import pytest
from hostile import HOSTILE
from serving import Serving
from test_site_pages import outline

from kg.server.readable import for_reader
from kg.server.reply import PROBLEM, Refused, Reply, problem

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BUSY = Refused(503, "too many are asking: try again", {"Retry-After": "5"})


@pytest.mark.parametrize(
    ("accept", "page"),
    [(BROWSER, True), ("text/html", True), ("", False), ("*/*", False), ("application/json, text/html;q=0.5", False),
     ("text/*", True), ("image/png", False), ("application/problem+json", False), ("text/html;q=0", False)],
)  # fmt: skip
def test_who_gets_a_page(accept: str, page: bool) -> None:
    made = for_reader(problem(BUSY), accept, "/")
    assert (made.media == "text/html; charset=utf-8") is page
    assert (made.media == PROBLEM) is not page
    assert made.status == 503
    assert made.headers == {"Retry-After": "5", "Vary": "Accept"}


def test_a_page_says_what_is_wrong_and_leads_on() -> None:
    refused = Refused(404, "there is nothing at /id/agent/x", suggestions=["agent:zoe-marsh", "javascript:x"])
    page = for_reader(problem(refused), BROWSER, "https://example.org/graph/").body.decode()
    assert "There is nothing at /id/agent/x." in page
    assert 'href="https://example.org/graph/id/agent/zoe-marsh.html"' in page
    assert 'href="https://example.org/graph/assets/site.css"' in page
    assert "javascript:" not in page
    assert "Try again in 5 seconds" in for_reader(problem(BUSY), BROWSER, "/").body.decode()


def test_the_name_of_a_parameter_stays_as_it_is() -> None:
    page = for_reader(problem(Refused(400, "kind is 'x'", parameter="kind")), BROWSER, "/").body.decode()
    assert "<bdi>kind is &#39;x&#39;.</bdi>" in page


def test_other_replies_stay_as_they_are() -> None:
    for media in ("application/json", "text/html; charset=utf-8"):
        reply = Reply(404, media, b"{}")
        assert for_reader(reply, BROWSER, "/") is reply


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_reason_stays_text(payload: str) -> None:
    told = for_reader(problem(Refused(400, payload, suggestions=[payload])), BROWSER, "/").body
    plain = for_reader(problem(Refused(400, "plain", suggestions=["plain"])), BROWSER, "/").body
    assert outline(told) == outline(plain)
    assert json.loads(for_reader(problem(Refused(400, payload)), "", "/").body)["detail"] == payload


@pytest.mark.parametrize(
    ("most", "told"), [(2000, ""), (2001, "The first 2,000 rows are shown; as data there are all.")]
)
def test_the_page_of_a_long_answer_shows_its_beginning_and_says_so(served: Serving, most: int, told: str) -> None:
    query = f"SELECT ?a ?b {{ ?a a ?c . ?b a ?d }} LIMIT {most}"
    with served.client(headers={"Accept": BROWSER}) as client:
        page = client.get("sparql", params={"query": query})
        data = client.get("sparql", params={"query": query, "format": "csv"})
    assert (page.status_code, page.text.count("<tr>") - 1) == (200, 2000)
    assert f"{most:,}</span>" in page.text and ("are shown; as data" in page.text) == bool(told) and told in page.text
    assert data.text.count("\n") == most + 1


def test_the_page_of_many_triples_shows_its_beginning_and_says_so(served: Serving) -> None:
    both = "?a a ?c . ?b a ?d BIND (IRI(CONCAT(STR(?a), '-', STR(?b))) AS ?both)"
    query = f"CONSTRUCT {{ ?both a ?d }} {{ {both} }} LIMIT 9000"
    with served.client(headers={"Accept": BROWSER}) as client:
        page = client.get("sparql", params={"query": query}).text
    found = re.search(r"The first 2,000 of ([\d,]+) lines are shown; as data there are all\.", page)
    assert found and int(found[1].replace(",", "")) > 2000
    shown = re.search(r'<pre class="triples"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    assert shown and shown[1].rstrip("\n").count("\n") + 1 == 2000
