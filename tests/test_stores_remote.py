"""The graph in a triplestore, asked as one in a file: held to that, in a thread of ours and in two real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from stores.elsewhere import Elsewhere
from stores.fake import Answer, listening
from stores.servers import Oxigraph, Server, Virtuoso, new_virtuoso, running
from test_questions import QUESTIONS, cases, given

from kg import cards, lookup, queries, terms, timeline
from kg.build import Prepared
from kg.cache import loaded
from kg.checks import store
from kg.errors import BadUse, KgError, StoreFailed
from kg.graphs import GRAPHS, Graphs, graph_name, quad
from kg.lookup import Graph, find, named, resolve
from kg.paths import routes
from kg.pictures import Studio
from kg.results import Term
from kg.select import Select
from kg.statements import Reader, periods
from kg.stores import remote
from kg.stores.endpoint import Cut
from kg.stores.remote import at, opened
from kg.stores.values import by_value
from kg.stores.web import Credentials, Web

pytestmark = pytest.mark.usefixtures("few_certificates")

ZOE, FORUM = "agent:zoe-marsh", "event:harbor-forum-2030"


class Counting(Web):
    """A client that counts its requests."""

    count = 0

    def open(self, *args: Any, **rest: Any) -> Any:
        self.count += 1
        return super().open(*args, **rest)


@contextmanager
def far(url: str) -> Iterator[tuple[Graph, Counting]]:
    """The graph of a store, and the client that asks it."""
    with Counting(url, 100.0, Credentials()) as web:
        yield opened(web), web


@pytest.fixture
def local(graph: Path) -> Graph:
    """The small graph, read from its file."""
    return loaded(graph)


def error(url: str) -> KgError:
    """Why a store is not asked."""
    with pytest.raises(KgError) as caught, far(url):
        pass
    return caught.value


# ---------------------------------------------------------------- equal to the graph in a file


LOOKS: dict[str, Callable[[Graph], object]] = {
    "a card": lambda graph: cards.card(graph, resolve(graph, "Harbor Forum 2030")),
    "a card with inference": lambda graph: cards.card(graph, resolve(graph, ZOE)),
    "a card of a statement": lambda graph: cards.card(graph, resolve(graph, "st:harbor-forum-003")),
    "the statements": lambda graph: Reader(graph).all(),
    "their times": lambda graph: periods(graph, Reader(graph).all()),
    "what is dated": lambda graph: timeline.rows(Reader(graph).all(), periods(graph, Reader(graph).all())),
    "routes": lambda graph: routes(Reader(graph).all(), "agent:iqm", ZOE, 5),
    "everything drawn": lambda graph: Studio(graph).everything(),
    "a thing drawn": lambda graph: Studio(graph).things([ZOE], 3),
    "conflicts drawn": lambda graph: Studio(graph).conflicts(),
    "a time drawn": lambda graph: Studio(graph, Select(since="2030-01-01", until="2031-01-01")).everything(),
    "names": lambda graph: graph.names,
    "things that are found": lambda graph: [find(graph, text) for text in ("zoe", "harbor", "IQM", ZOE, "qqq")],
    "what begins so": lambda graph: lookup.starting(graph, "agent:"),
    "a relation": lambda graph: queries.relation(graph, "hosted by"),
    "sources": lambda graph: queries.chosen(graph, "source", ["harbor-forum"], "--source"),
    "what has a property": lambda graph: graph.with_property("aig:digest", "src"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_it_is_seen_as_in_a_file(name: str, elsewhere: Elsewhere, local: Graph) -> None:
    with far(elsewhere.url) as (there, _):
        assert LOOKS[name](there) == LOOKS[name](local) != ()


def test_every_thing_has_the_same_card(elsewhere: Elsewhere, local: Graph) -> None:
    with far(elsewhere.url) as (there, _):
        for iri in local.names:
            node = ox.NamedNode(iri)
            assert cards.card(there, node) == cards.card(local, node)


def test_patterns_of_all_shapes(elsewhere: Elsewhere, local: Graph) -> None:
    node, kind = ox.NamedNode(terms.expand(ZOE)), named("rdf:type")
    value = next(local.store.quads_for_pattern(node, named("rdfs:label"), None)).object
    assert isinstance(value, ox.Literal)
    facts = graph_name("facts")
    patterns: list[tuple[Any, ...]] = [
        (node, None, None), (node, kind, None), (node, kind, None, facts), (None, named("rdfs:label"), value),
        (None, None, node), (None, None, node, graph_name("inferred")), (None, kind, None),
        (None, named("rdf:subject"), node), (ox.NamedNode("https://example.org/nothing"), None, None),
    ]  # fmt: skip
    for pattern in patterns:
        with far(elsewhere.url) as (there, _):
            found = set(there.store.quads_for_pattern(*pattern))
            assert found == set(local.store.quads_for_pattern(*pattern)), pattern
            assert all(one in there.store for one in found)
            assert quad(ox.Triple(node, kind, node), "facts") not in there.store


def test_a_store_that_has_other_graphs_and_gives_them_too_changes_nothing(elsewhere: Elsewhere, local: Graph) -> None:
    node = ox.NamedNode(terms.expand(ZOE))
    for graph in (ox.NamedNode("https://example.org/theirs"), graph_name("facts")):  # a blank node is never ours
        elsewhere.store.add(ox.Quad(node, named("rdfs:seeAlso"), ox.BlankNode("b"), graph))
    theirs = ox.NamedNode("https://example.org/theirs")
    elsewhere.store.add(ox.Quad(node, named("rdfs:label"), ox.Literal("Eve"), theirs))
    right = elsewhere.answer
    # It doesn't mind which graphs are named.
    elsewhere.listener.answer = lambda asked: right(
        asked._replace(body=asked.body.partition(b"&")[0] if b"GRAPH+%3Fg+" in asked.body else asked.body)
    )
    with far(elsewhere.url) as (there, _):
        assert set(there.store.quads_for_pattern(node, None, None)) == set(
            local.store.quads_for_pattern(node, None, None)
        )


# ---------------------------------------------------------------- how often it is asked


def test_nothing_is_asked_twice(elsewhere: Elsewhere) -> None:
    with far(elsewhere.url) as (there, web):
        for look in LOOKS.values():
            look(there)
        once = web.count
        Reader(there).all()
        cards.card(there, resolve(there, ZOE), inferred=False)
        assert web.count == once


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("contradictions", {}), ("events-of-an-actor", {"actor": ["Zoë Marsh"]}),
        ("events-of-an-actor", {"actor": [ZOE]}),
        ("shared-events", {"first": ["Zoë Marsh"], "second": ["agent:iqm"]}),
    ],
)  # fmt: skip
def test_a_question_takes_few_requests(
    name: str, params: dict[str, list[str]], elsewhere: Elsewhere, local: Graph
) -> None:
    """Whose graph it is, the things that are named, the answer, what of it is contradicted."""
    with far(elsewhere.url) as (there, web):
        found = queries.run(there, name, params)
        assert found == queries.run(local, name, params)
        assert queries.contradicted(there, found) == queries.contradicted(local, found)
        assert web.count <= 4


def test_a_name_that_is_misspelt_takes_few_more(elsewhere: Elsewhere, local: Graph) -> None:
    said = []
    with far(elsewhere.url) as (there, web):
        for graph in (there, local):
            with pytest.raises(BadUse) as caught:
                queries.run(graph, "events-of-an-actor", {"actor": ["Zoe March"]})
            said.append(str(caught.value))
        assert web.count <= 4
    assert said[0] == said[1]
    assert "did you mean agent:zoe-marsh" in said[0]


def test_what_is_read_ahead_goes_in_parts(elsewhere: Elsewhere, local: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_TOGETHER", 5)
    with far(elsewhere.url) as (there, web):
        assert Reader(there).all() == Reader(local).all()
        assert web.count > 10


# ---------------------------------------------------------------- a store that gives only part of an answer


def test_what_is_cut_is_asked_again_in_halves(elsewhere: Elsewhere, local: Graph) -> None:
    elsewhere.most = 60
    with far(elsewhere.url) as (there, _):
        assert Reader(there).all() == Reader(local).all()
        assert cards.card(there, resolve(there, ZOE)) == cards.card(local, resolve(local, ZOE))


def test_what_can_not_be_halved_is_a_failure(elsewhere: Elsewhere) -> None:
    elsewhere.most = 8
    with far(elsewhere.url) as (there, _), pytest.raises(Cut, match="no more than 8 rows"):
        Reader(there).all()


def test_an_answer_that_is_cut_is_a_failure(elsewhere: Elsewhere) -> None:
    elsewhere.most = 9
    with far(elsewhere.url) as (there, _), pytest.raises(Cut):
        queries.answer(there, "SELECT * { ?s ?p ?o }")


def test_a_picture_that_a_virtuoso_cuts_is_a_failure(elsewhere: Elsewhere) -> None:
    elsewhere.most, elsewhere.listener.software = 9, "Virtuoso/07.20.3229"
    with far(elsewhere.url) as (there, _), pytest.raises(Cut):
        Studio(there).everything()


# ---------------------------------------------------------------- whether it is ours


def test_a_store_without_our_graphs_is_refused(elsewhere: Elsewhere) -> None:
    for name in GRAPHS:
        elsewhere.store.remove_graph(graph_name(name))
    elsewhere.store.add(ox.Quad(named("rdf:type"), named("rdf:type"), named("rdf:type"), ox.NamedNode("x:theirs")))
    found = error(elsewhere.url)
    assert isinstance(found, BadUse)
    assert str(found) == f"{elsewhere.url} holds no graph of ours: kg load {elsewhere.url} loads it"


@pytest.mark.parametrize("name", GRAPHS)
def test_a_store_that_lacks_a_graph_is_refused(name: str, elsewhere: Elsewhere) -> None:
    elsewhere.store.remove_graph(graph_name(name))
    assert f"lacks the graph {name}: kg load" in str(error(elsewhere.url))


@pytest.mark.parametrize(
    ("versions", "said"), [(["0.0.1"], "of version 0.0.1 of the"), ([], "of no version"), (["9", "8"], "8 and 9")]
)
def test_a_graph_of_another_version_is_refused(versions: list[str], said: str, elsewhere: Elsewhere) -> None:
    [known] = elsewhere.store.quads_for_pattern(None, named("owl:versionInfo"), None)
    elsewhere.store.remove(known)
    for version in versions:
        elsewhere.store.add(ox.Quad(known.subject, known.predicate, ox.Literal(version), known.graph_name))
    found = error(elsewhere.url)
    assert isinstance(found, BadUse)
    assert said in str(found)
    assert str(found).endswith(f"kg load {elsewhere.url} replaces it")


def test_a_store_that_does_not_ask_the_graphs_that_are_named_is_refused(elsewhere: Elsewhere) -> None:
    right = elsewhere.answer
    elsewhere.listener.answer = lambda asked: right(asked._replace(body=asked.body.partition(b"&")[0]))
    assert "asks other graphs than a request names (default-graph-uri)" in str(error(elsewhere.url))


def test_a_query_of_anybodys_is_not_asked_of_another_graph_either(elsewhere: Elsewhere) -> None:
    elsewhere.store.remove_graph(graph_name("facts"))
    with Web(elsewhere.url, 5.0) as web, pytest.raises(BadUse, match="lacks the graph facts"):
        remote.answer(web, "ASK {}", 5.0)


def test_what_is_refused_is_refused_before_anything_is_asked(elsewhere: Elsewhere) -> None:
    with Web(elsewhere.url, 5.0) as web, pytest.raises(BadUse, match="DROP changes a graph"):
        remote.answer(web, "DROP ALL", 5.0)
    assert elsewhere.queries == []


# ---------------------------------------------------------------- where it is


@pytest.mark.parametrize(("software", "query"), [("Oxigraph/0.5", "/query"), ("Virtuoso/07", "/sparql")])
@pytest.mark.parametrize("path", ["", "/", "/store", "/update", "/sparql-auth", "/query", "/sparql"])
def test_the_address_of_a_server_will_do(software: str, query: str, path: str, elsewhere: Elsewhere) -> None:
    elsewhere.listener.software, elsewhere.path = software, query
    theirs = ("", "/", "/query", "/update", "/store") if query == "/query" else ("", "/", "/sparql", "/sparql-auth")
    url = elsewhere.listener.url + path
    if path in theirs:
        with Web(url, 5.0) as web:
            assert at(web).url == elsewhere.url
    else:
        assert "takes no queries: name the store's query endpoint" in str(error(url))


def test_of_another_server_the_query_endpoint_must_be_named(elsewhere: Elsewhere) -> None:
    found = error(elsewhere.listener.url)
    assert isinstance(found, BadUse)
    assert "takes no queries" in str(found)
    assert "--dialect" not in str(found)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Answer(200, b"<html>", {"Content-Type": "text/html"}), StoreFailed, "answers text/html, not SPARQL JSON"),
        (Answer(401, b"who?", {"WWW-Authenticate": "Basic"}), BadUse, "wants a name and password"),
        (Answer(403, b"no", {"Content-Type": "text/plain"}), BadUse, "does not allow this"),
        (Answer(500, b"broken", {"Content-Type": "text/plain"}), StoreFailed, "failed inside (500: broken)"),
        (Answer(200, b"{}", {"Content-Type": "application/sparql-results+json"}), StoreFailed, "can't be read"),
    ],
)
def test_what_is_no_store_is_told_in_one_line(answer: Answer, kind: type[KgError], said: str) -> None:
    with listening(answer) as server:
        found = error(server.url + "/query")
    assert isinstance(found, kind)
    assert said in str(found)
    assert server.url in str(found)


# ---------------------------------------------------------------- real servers


@pytest.fixture(scope="session")
def whole(real: Graphs) -> Graph:
    """The real graph in memory."""
    return Graph(store(real))


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest) -> Server:
    """A server that holds the real graph."""
    found: Server = request.getfixturevalue(f"full_{request.param}")
    return found


def normal(term: Term) -> Term:
    return by_value(term) if isinstance(term, ox.Literal) else term


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_saved_question_has_the_same_answer(name: str, server: Server, whole: Graph) -> None:
    """All cases of the readers, each in at most five requests; the rows in the same order, the values equal."""
    for case in cases(name):
        with far(server.base + server.query) as (there, web):
            found = queries.run(there, name, given(case))
            disputed = queries.contradicted(there, found)
            assert web.count <= 5
        wanted = queries.run(whole, name, given(case))
        assert found.columns == wanted.columns
        assert [tuple(map(normal, row)) for row in found.rows] == [tuple(map(normal, row)) for row in wanted.rows]
        assert disputed == queries.contradicted(whole, wanted)


PICTURES: dict[str, Callable[[Studio], Any]] = {
    "everything": lambda studio: studio.everything(),
    "conflicts": lambda studio: studio.conflicts(),
    "a thing": lambda studio: studio.things(["agent:sensetime"], 3),
    "a source": lambda studio: studio.source("src:sensetime-waic-2021"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_the_same_and_take_few_requests(name: str, server: Server, whole: Graph) -> None:
    with far(server.base + server.query) as (there, web):
        found = PICTURES[name](Studio(there))
        assert web.count <= 40
    wanted = PICTURES[name](Studio(whole))
    assert len(found.statements) > 5
    assert found == wanted


@pytest.mark.slow
def test_all_statements_and_their_times_are_the_same(server: Server, whole: Graph) -> None:
    with far(server.base + server.query) as (there, web):
        found = Reader(there).all()
        times = periods(there, found)
        assert web.count <= 40
    wanted = Reader(whole).all()
    assert len(found) > 1000
    assert found == wanted
    assert times == periods(whole, wanted)


@pytest.mark.parametrize("name", ["SenseTime", "IGF 2021", "UNDP", "商汤科技", "st:sensetime-waic-2021-041"])
def test_cards_are_the_same(name: str, server: Server, whole: Graph) -> None:
    with far(server.base + server.query) as (there, web):
        assert cards.card(there, resolve(there, name)) == cards.card(whole, resolve(whole, name))
        assert web.count <= 40


@pytest.mark.slow
def test_names_are_found_letter_by_letter(server: Server, whole: Graph) -> None:
    """A text with a language is no plain text, and Virtuoso joins few of them."""
    borne = sorted({name for names in whole.names.values() for name in names})
    assert len(borne) > 500
    with far(server.base + server.query) as (there, _):
        there.ahead(pattern for name in borne[::3] for pattern in lookup.bearing(name))
        for name in borne[::3]:
            assert lookup._bearers(there, name) == lookup._bearers(whole, name), name


OWN = {
    "a count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "a type": "SELECT ?x { ?x a aig:Event } ORDER BY ?x LIMIT 50",
    "truth": "ASK { agent:sensetime ?p ?o }",
    "falsehood": "ASK { agent:nobody ?p ?o }",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "one graph": f"SELECT (COUNT(*) AS ?n) FROM {graph_name('facts')} {{ ?s ?p ?o }}",
    "triples": "CONSTRUCT { ?x rdfs:label ?l } { ?x a aig:Event ; rdfs:label ?l }",
    "text": "SELECT ?l { agent:sensetime rdfs:label|skos:altLabel ?l } ORDER BY STR(?l)",
}


@pytest.mark.parametrize("name", OWN)
def test_a_query_of_ones_own_has_the_same_answer(name: str, server: Server, whole: Graph) -> None:
    from kg.results import parsed
    from kg.sandbox import _answer
    from kg.sparql import look

    assert isinstance(whole.store, ox.Store)
    with Web(server.base + server.query, 60.0, Credentials()) as web:
        kind, content = remote.answer(web, OWN[name], 60.0)
    wanted = _answer(whole.store, OWN[name], look(OWN[name]).graphs)
    assert kind == wanted[0]
    found, right = parsed(kind, content), parsed(*wanted)
    assert [tuple(map(normal, row)) for row in found.rows] == [tuple(map(normal, row)) for row in right.rows]
    assert right.rows


def test_durations_and_truth_come_as_they_are_written(full_virtuoso: Virtuoso, whole: Graph) -> None:
    text = "SELECT DISTINCT ?v {{ ?s ?p ?v FILTER (DATATYPE(?v) = <http://www.w3.org/2001/XMLSchema#{}>) }} ORDER BY ?v"
    with Web(full_virtuoso.base + full_virtuoso.query, 60.0, Credentials()) as web:
        endpoint = at(web)
        for kind in ("duration", "decimal", "boolean", "gYear", "date"):
            found = {row["v"] for row in endpoint.rows(text.format(kind))}
            wanted = queries.answer(whole, text.format(kind)).rows
            assert {normal(one) for one in found} == {normal(one) for (one,) in wanted}
            assert all("P" in one.value for one in found if kind == "duration")


@pytest.fixture(scope="module")
def short_virtuoso(shared: Path, tmp_path_factory: pytest.TempPathFactory, built: Prepared) -> Iterator[Virtuoso]:
    """A Virtuoso that gives no more than 100 rows, with the small graph."""
    made = new_virtuoso(shared, tmp_path_factory.mktemp("short") / "virtuoso", "ResultSetMaxRows = 100")
    with running(made):
        made.hold(built.graphs)
        yield made


def test_a_virtuoso_that_cuts_is_found_out(short_virtuoso: Virtuoso, local: Graph) -> None:
    with Web(short_virtuoso.base + short_virtuoso.query, 60.0, Credentials()) as web:
        endpoint = at(web)
        for text in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 101"):
            with pytest.raises(Cut, match="no more than 100 rows"):
                endpoint.answer(text)
        assert len(endpoint.rows("SELECT * { ?s ?p ?o } LIMIT 99")) == 99
        assert len(endpoint.triples("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 100")) == 100
    with far(short_virtuoso.base) as (there, _):
        assert Reader(there).all() == Reader(local).all()


def test_a_server_that_dies_is_told(empty_oxigraph: Oxigraph, built: Prepared) -> None:
    empty_oxigraph.hold(built.graphs)
    with far(empty_oxigraph.base + empty_oxigraph.query) as (there, _):
        empty_oxigraph.kill()
        with pytest.raises(StoreFailed, match="is the server running"):
            Reader(there).all()
