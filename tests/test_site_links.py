"""Where names are on the site, and links from page to page."""

from __future__ import annotations

import pytest

from kg.site.links import Links, anchored, name_at, place
from kg.statements import Thing

BASE = "https://w3id.org/aigov-kg/"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("agent:undp", "id/agent/undp"), ("st:igf-2021-ws49-017", "id/st/igf-2021-ws49-017"),
        (f"{BASE}id/std/iso-27001", "id/std/iso-27001"), (f"{BASE}id/ev/a-1#selector", "id/ev/a-1"),
        ("aig:hasParticipant", ""), ("skos:exactMatch", ""), (f"{BASE}ns#Person", ""),
        ("https://example.org/id/agent/undp", ""), ("Ünnamed", ""), ("", ""),
    ],
)  # fmt: skip
def test_names_of_ours_have_a_place(name: str, found: str) -> None:
    assert place(name) == found
    assert not found or name_at(found) in (name, name.replace(f"{BASE}id/", "").replace("/", ":").partition("#")[0])


@pytest.mark.parametrize(
    "path", ["", "index", "id/agent", "id/nothing/undp", "id/agent/UNDP", "id/agent/a/b", "id/agent/../../etc", "ns"]
)
def test_other_places_are_of_nobody(path: str) -> None:
    assert name_at(path) == ""


@pytest.mark.parametrize(
    ("page", "name", "address"),
    [
        ("index.html", "agent:undp", "id/agent/undp.html"),
        ("id/st/a-001.html", "agent:undp", "../../id/agent/undp.html"),
        ("things/Person.html", "aig:Person", "../ns.html#Person"),
        ("id/st/a-001.html", "skos:note", "../../ns.html#skos-note"),
        ("index.html", "skos:broader", "http://www.w3.org/2004/02/skos/core#broader"),
        ("index.html", "https://example.org/x", "https://example.org/x"),
        ("index.html", "javascript:alert(1)", ""),
        ("index.html", "mailto:a@example.org", ""),
    ],
)
def test_links_lead_from_any_page(page: str, name: str, address: str) -> None:
    links = Links("../" * page.count("/"), frozenset({"aig:Person", "skos:note"}))
    assert links.name(name) == address


def test_a_value_leads_nowhere() -> None:
    assert Links("", frozenset()).thing(Thing("", "agent:undp")) == ""


def test_files_are_quoted_and_keep_their_fragment() -> None:
    assert Links("../", frozenset()).to("data/ä b.csv#x=1") == "../data/%C3%A4%20b.csv#x=1"


def test_terms_of_ours_go_by_their_names() -> None:
    assert (anchored("aig:Person"), anchored("skos:note")) == ("Person", "skos-note")
