"""The files of a site: each can be made, all links hold, and pages say what the graph says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
from hostile import HOSTILE

from kg import folders
from kg.facts import About
from kg.lookup import Graph
from kg.site.check import problems
from kg.site.links import DATA
from kg.site.pages import MENU, Gone, Site
from kg.site.shelf import Shelf


@pytest.fixture(scope="session")
def files(site: Site) -> dict[str, bytes]:
    """All files but the explorer, which has tests of its own."""
    bare = Site(replace(site.shelf, explorer=False))
    gone = {path: bare.gone(path) for path in ("id/st/harbor-forum-009.html",)}
    return {path: bare.file(path) for path in bare.paths() if path not in gone} | gone


def text(page: bytes) -> str:
    """What a reader reads of a page."""
    shown = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    shown = re.sub(r"</?(?:d[ltd]|t[dhr]|[ou]l|li|p|h\d|section|div|header|summary|caption)\b[^>]*>", " ", shown)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", shown)).split())


# ---------------------------------------------------------------- all files


def test_every_link_leads_somewhere_and_every_page_is_reached(files: dict[str, bytes]) -> None:
    assert sum(path.endswith(".html") for path in files) > 150
    assert problems(files) == []


def test_paths_are_listed_once_and_safe(site: Site) -> None:
    paths = list(site.paths())
    assert len(paths) == len(set(paths))
    assert all(re.fullmatch(r"[\w/.-]+", path) and ".." not in path for path in paths)


def test_every_node_has_its_page_and_data(site: Site, files: dict[str, bytes]) -> None:
    for name in (
        "agent:iqm",
        "st:harbor-forum-003",
        "ev:harbor-forum-003-1",
        "conflict:host-of-the-forum",
        "src:harbor-forum",
    ):
        kind, _, slug = name.partition(":")
        assert {f"id/{kind}/{slug}.{suffix}" for suffix in ("html", *DATA)} <= files.keys()


def test_the_same_graph_gives_the_same_bytes(site: Site, files: dict[str, bytes]) -> None:
    again = Site(replace(site.shelf, explorer=False))
    assert {
        path: again.file(path) for path in reversed(files) if path != "id/st/harbor-forum-009.html"
    }.items() <= files.items()


def test_no_page_asks_anything_of_others_and_all_have_the_policy(files: dict[str, bytes]) -> None:
    for path, content in files.items():
        if path.endswith(".html"):
            page = content.decode()
            assert "default-src 'none'; script-src 'self'; style-src 'self';" in page, path
            loads = r'<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)="(?:https?:)?//'
            assert not re.search(loads, page), path
            assert not re.search(r'\sstyle="|\son[a-z]+="', page), path


@pytest.mark.parametrize(
    "path",
    ["nowhere.html", "id/agent/nobody.html", "id/agent/iqm.exe", "id/agent/iqm", "", "id/ev/x.json", "../etc/passwd",
     "question/nothing.html", "things/Nothing.html", "id/agent/nobody.ttl"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(path: str, site: Site) -> None:
    with pytest.raises(LookupError):
        site.file(path)


@pytest.mark.parametrize("suffix", ["html", "ttl", "json"])
def test_what_was_withdrawn_says_why(suffix: str, site: Site) -> None:
    with pytest.raises(Gone, match=r"Said the same as harbor-forum-004\."):
        site.file(f"id/st/harbor-forum-009.{suffix}")
    assert "Said the same as harbor-forum-004." in text(site.gone("id/st/harbor-forum-009.html"))


@pytest.mark.parametrize(
    ("path", "media"),
    [("index.html", "text/html"), ("id/agent/iqm.ttl", "text/turtle"), ("id/agent/iqm.jsonld", "application/ld+json"),
     ("id/agent/iqm.nt", "application/n-triples"), ("id/agent/iqm.rdf", "application/rdf+xml"),
     ("id/agent/iqm.json", "application/json"), ("events.ics", "text/calendar"), ("assets/site.js", "text/javascript"),
     ("question/contradictions.json", "application/sparql-results+json"),
     ("question/contradictions.xml", "application/sparql-results+xml"), ("question/contradictions.html", "text/html"),
     ("sitemap.xml", "application/xml")],
)  # fmt: skip
def test_files_have_media_types(path: str, media: str, site: Site) -> None:
    assert site.media(path).partition(";")[0] == media


# ---------------------------------------------------------------- pages


def test_a_thing_shows_who_says_what_and_where(files: dict[str, bytes]) -> None:
    shown = text(files["id/agent/zoe-marsh.html"])
    assert "Chair of the Lantern Council self-reported actual says Lantern Council" in shown
    capacity = "as Speaker in the capacity of Chair of the Lantern Council on behalf of Gull Foundation"
    assert f"Workshop on Tidal Algorithms {capacity}" in shown
    assert "Zoë … Foundation Harbor Forum opens its doors, evidence: characters 384–473 Open at these words" in shown
    assert "self-reported actual inferred says" in shown
    page = files["id/agent/zoe-marsh.html"].decode()
    assert "https://example.org/harbor-forum#:~:text=Zo%C3%AB,Foundation" in page
    assert 'href="../../id/ev/harbor-forum-005-1.html"' in page


def test_conflicts_stand_side_by_side(files: dict[str, bytes]) -> None:
    for path in ("id/event/harbor-forum-2030.html", "conflicts.html", "id/conflict/host-of-the-forum.html",
                 "id/st/harbor-forum-003.html"):  # fmt: skip
        page = files[path].decode()
        assert page.count('<div class="side">') == 2, path
        shown = text(files[path])
        assert "The forum had one host; the two sources name different ones." in shown
        assert "hosted by Institute of Quiet Machines" in shown
        assert "hosted by Gull Foundation" in shown


def test_what_is_only_planned_or_attributed_is_marked(files: dict[str, bytes]) -> None:
    assert '<span class="mark mark-planned">planned</span>' in files["id/doc/charter.html"].decode()
    assert "not in the facts: it is planned" in text(files["id/st/harbor-forum-008.html"])
    assert "not in the facts: it is only attributed" in text(files["id/st/harbor-forum-006.html"])
    assert "not in the facts: another statement contradicts it" in text(files["id/st/harbor-forum-003.html"])
    assert "in the facts" in text(files["id/st/harbor-forum-001.html"])


def test_a_statement_says_what_is_said_of_it(files: dict[str, bytes]) -> None:
    shown = text(files["id/st/lantern-report-001.html"])
    assert "What is said of this statement when 2028/.. written since 2028" in shown
    # At the top and in the citation; it is not listed again as said of itself.
    assert shown.count("holds Chair of the Lantern Council") == 2


def test_evidence_says_where_the_words_are(files: dict[str, bytes]) -> None:
    shown = text(files["id/ev/harbor-forum-005-1.html"])
    assert "characters 384 to 473 of its text" in shown
    assert "What rests on it Workshop on Tidal Algorithms has speaker Zoë Marsh" in shown


def test_a_source_says_how_much_of_it_is_read(files: dict[str, bytes]) -> None:
    shown = text(files["id/src/harbor-forum.html"])
    assert "91.5 % of the characters in sentences; 6 of 7 sentences" in shown
    assert "characters 0–9: a head" in shown
    assert "What is read from it 8" in shown
    rows = text(files["sources.html"])
    assert "Harbor Forum opens its doors Institute of Quiet Machines 2030-06 8 91.5 % 6 of 7" in rows
    assert "Register of the ports 1" in rows


def test_names_that_only_have_a_part_list_their_statements(files: dict[str, bytes]) -> None:
    shown = text(files["id/agent/gull-foundation.html"])
    assert "On behalf of it 1" in shown
    assert "Said by it 1" in shown
    assert "In this role 2" in text(files["id/concept/role-host.html"])


def test_jsonld_stands_in_the_page_and_can_not_leave_its_element(files: dict[str, bytes]) -> None:
    page = files["id/agent/iqm.html"].decode()
    [held] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    read = {quad.triple for quad in ox.parse(held.encode(), format=ox.RdfFormat.JSON_LD)}
    assert read == {quad.triple for quad in ox.parse(files["id/agent/iqm.nt"], format=ox.RdfFormat.N_TRIPLES)}


def test_data_are_named_by_the_page(files: dict[str, bytes]) -> None:
    page = files["id/agent/iqm.html"].decode()
    assert '<link rel="alternate" type="text/turtle" href="../../id/agent/iqm.ttl">' in page
    assert page.count('<link rel="alternate"') == len(DATA)


def test_the_small_picture_has_what_the_thing_is_joined_to(files: dict[str, bytes]) -> None:
    page = files["id/event/tidal-workshop.html"].decode()
    [held] = re.findall(r'id="around-data">(.*?)</script>', page, re.DOTALL)
    data = json.loads(held)
    assert data["focus"] == "event:tidal-workshop"
    assert {row[0] for row in data["things"]} >= {"event:tidal-workshop", "agent:zoe-marsh", "event:harbor-forum-2030"}
    assert [row[0] for row in data["statements"]] == ["st:harbor-forum-004", "st:harbor-forum-005"]
    assert "around-data" not in files["id/prop/open-registers.html"].decode()


def test_the_front_page_counts_and_leads_on(files: dict[str, bytes]) -> None:
    shown = text(files["index.html"])
    assert "12 statements" in shown
    assert "3 sources" in shown
    assert "1 conflicts" in shown
    for file, name in MENU:
        assert (f'<a href="{file}">{name}</a>' in files["index.html"].decode()) == (
            file not in ("explorer.html", "sparql")
        )


def test_the_ontology_tells_of_its_terms(files: dict[str, bytes]) -> None:
    page = files["ns.html"].decode()
    assert 'id="hasParticipant"' in page
    assert 'id="skos-note"' in page
    shown = text(files["ns.html"])
    assert "Conference aig:Conference An event to which people are invited" in shown
    assert "Has the kinds aig:Adoption, aig:Conference, aig:Session" in shown
    assert files["ns.ttl"] == folders.ontology("aigov.ttl").read_bytes()
    assert len(set(ox.parse(files["ns.nt"], format=ox.RdfFormat.N_TRIPLES))) == len(
        set(ox.parse(files["ns.rdf"], format=ox.RdfFormat.RDF_XML))
    )


def test_questions_have_their_answers_as_page_and_data(site: Site, files: dict[str, bytes]) -> None:
    page = files["question/contradictions.html"].decode()
    assert 'href="../id/st/harbor-forum-003.html"' in page
    assert page.count('<span class="mark mark-contradicted">contradicted</span>') >= 2
    rows = files["question/contradictions.csv"].decode().splitlines()
    assert len(rows) == 1 + len(re.findall("<tr>", page.partition("<tbody>")[2]))
    assert "kg query run contradictions" in page
    assert "This graph lacks what the question stands with" in text(files["question/certifications-of-an-actor.html"])


def test_corrections_tell_where_to_write_and_what_was_withdrawn(shelf: Shelf, files: dict[str, bytes]) -> None:
    shown = text(files["corrections.html"])
    assert "to whoever publishes this copy" in shown
    assert "st:harbor-forum-009 Said the same as harbor-forum-004." in shown
    named = Site(replace(shelf, about=About("T", contact="mailto:desk@example.org")))
    assert '<a href="mailto:desk@example.org">desk@example.org</a>' in named.file("corrections.html").decode()


def test_names_are_a_script_that_needs_no_request(files: dict[str, bytes]) -> None:
    code = files["assets/names.js"].decode()
    assert code.startswith("globalThis.kgNames=")
    assert code.endswith(";\n")
    held = json.loads(code[len("globalThis.kgNames=") : -2])
    assert ["agent:zoe-marsh", "Zoë Marsh", "Person", [], 2] in held["things"]
    assert held["types"]["Person"] == "People"


# ---------------------------------------------------------------- where it stands


def test_with_an_address_there_is_a_map_and_a_page_for_what_is_missing(shelf: Shelf, site: Site) -> None:
    there = Site(replace(shelf, address="https://example.org/graph/"))
    assert {"sitemap.xml", "404.html", "robots.txt"} == set(there.paths()) - set(site.paths())
    found = re.findall("<loc>(.*?)</loc>", there.file("sitemap.xml").decode())
    assert "https://example.org/graph/id/agent/iqm.html" in found
    assert len(found) == sum(path.endswith(".html") for path in site.paths())
    missing = there.file("404.html").decode()
    assert 'data-root="https://example.org/graph/"' in missing
    assert 'href="https://example.org/graph/assets/site.css"' in missing
    assert (
        '<link rel="canonical" href="https://example.org/graph/id/agent/iqm.html">'
        in there.file("id/agent/iqm.html").decode()
    )


# ---------------------------------------------------------------- hostile texts


FREE = ("label", "note", "startsWith", "endsWith", "whenText", "prefLabel", "altLabel", "url", "archivedAt")
"""Properties whose values somebody else wrote, by their local names."""
POISONED = (
    "index.html", "id/agent/zoe-marsh.html", "id/st/harbor-forum-003.html", "id/ev/harbor-forum-003-1.html",
    "id/conflict/host-of-the-forum.html", "id/src/harbor-forum.html", "events.html", "conflicts.html", "sources.html",
    "things/Person.html", "id/st/lantern-report-001.html", "things.html", "data.html", "corrections.html",
    "question/contradictions.html", "id/st/harbor-forum-009.html",
)  # fmt: skip


class Elements(HTMLParser):
    """The elements of a page with their attributes, as a browser takes them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def poisoned(shelf: Shelf, payload: str) -> Site:
    """The site of a graph in which every text of others is the payload."""
    store = ox.Store()
    for quad in shelf.graph.store.quads_for_pattern(None, None, None):
        value, graph = quad.object, str(quad.graph_name)
        free = re.split("[#/]", quad.predicate.value)[-1] in FREE and not graph.endswith("ontology>")
        if free and isinstance(value, ox.Literal):
            value = ox.Literal(payload, language=value.language) if value.language else ox.Literal(payload)
        store.add(ox.Quad(quad.subject, quad.predicate, value, quad.graph_name))
    about = About(payload, payload, payload, payload, contact=f"mailto:{payload}" if payload == "plain" else payload)
    return Site(replace(shelf, graph=Graph(store), about=about, explorer=False, version=payload))


def outline(page: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and the names of their attributes; of lists that go by the order of texts, only which there are."""
    return sorted({(tag, tuple(sorted(attrs))) for tag, attrs in Elements(page).found})


@pytest.mark.slow
@pytest.mark.parametrize("payload", HOSTILE)
def test_texts_stay_texts(payload: str, shelf: Shelf) -> None:
    """No element and no attribute of a page comes of a text, nor an address that a browser would run."""
    hostile, plain = poisoned(shelf, payload), poisoned(shelf, "plain")
    for path in POISONED:
        page, other = ((one.gone if path.endswith("009.html") else one.file)(path) for one in (hostile, plain))
        assert outline(page) == outline(other) or path == "corrections.html", path
        for tag, attrs in Elements(page).found:
            for name in ("href", "src", "action"):
                address = attrs.get(name) or ""
                assert not re.match(r"\s*(?:javascript|data:text|vbscript)", address, re.IGNORECASE), (path, tag)
