"""What the pages of a server have beyond those of a static site."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import unescape

import pytest
from test_site_pages import text

from kg.site.pages import Site
from kg.site.shelf import Shelf

HERE = "http://127.0.0.1:8000/"


@pytest.fixture(scope="module")
def live(shelf: Shelf) -> Site:
    return Site(replace(shelf, live=True))


def test_only_a_server_has_the_script_for_queries_and_its_terms(site: Site, live: Site) -> None:
    assert {"assets/query.js", "assets/terms.js"} == set(live.paths()) - set(site.paths())


def test_the_editor_knows_terms_and_things(live: Site) -> None:
    code = live.file("assets/terms.js").decode()
    held = json.loads(code.removeprefix("globalThis.kgTerms=").removesuffix(";\n"))
    assert {"aig", "agent", "rdfs"} <= set(held["prefixes"])
    assert ["agent:zoe-marsh", "Zoë Marsh", "thing"] in held["names"]
    kinds = {name: kind for name, _, kind in held["names"]}
    assert (kinds["aig:Event"], kinds["aig:hasParticipant"]) == ("class", "property")


@pytest.mark.parametrize("path", ["index.html", "data.html"])
def test_pages_tell_programs_how_to_ask_where_a_server_answers(path: str, site: Site, live: Site) -> None:
    assert live.file(path) != live.file(path, HERE)
    assert "curl" not in text(live.file(path))
    assert "OpenAPI" in text(live.file(path, HERE))
    assert "OpenAPI" not in text(site.file(path))


@pytest.mark.parametrize(
    ("given", "query"),
    [({"from": ["2030-05-01"]}, "?from=2030-05-01"), ({}, "?from=2021-01-01&to=2021-12-31"),
     ({"from": ["2030-05-01"], "to": ["2030-05-31", "2030-06-01"]}, "?from=2030-05-01&to=2030-05-31&to=2030-06-01")],
)  # fmt: skip
def test_a_question_shows_the_line_that_asks_the_same(
    given: Mapping[str, Sequence[str]], query: str, live: Site
) -> None:
    page, understood = live.question("events-in-a-period", given, HERE)
    assert understood
    assert f'curl "{HERE}question/events-in-a-period.csv{query}"' in unescape(page.decode())


def test_a_line_for_a_shell_has_no_way_out_of_its_quotes(live: Site) -> None:
    nasty = "x\"; `id` $(id) 'y' \\ !z %"
    page, understood = live.question("speaks-for-one-organizes-for-another", {"event": [nasty]}, HERE)
    assert not understood
    assert f"curl {HERE}" not in unescape(page.decode())
    asked = {"text": nasty, "example": "", "endpoint": f"{HERE}sparql", "seconds": "1", "most": "1"}
    shown = unescape(live.sparql(asked).decode())
    line = shown.partition("<code>curl")[2].partition("</code>")[0]
    assert shlex.split(line)[-2:] == [f"query={nasty}", f"{HERE}sparql"]


def test_days_that_are_none_are_shown_as_they_were_written(live: Site) -> None:
    page = live.question("events-in-a-period", {"from": ["soon"], "to": ["2030-01-01"]}, HERE)[0].decode()
    assert 'name="from" type="text" value="soon" aria-invalid="true" aria-describedby="a-from wrong"' in page
    assert 'name="to" type="date" value="2030-01-01" aria-describedby="a-to"' in page
