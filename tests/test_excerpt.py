"""A part of the graph by itself: what belongs to the statements chosen, and the triples that they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import terms
from kg.build import Prepared, prepare
from kg.checks import store
from kg.excerpt import around, everything, rounded, triples
from kg.graphs import canonical, graph_name
from kg.lookup import Graph
from kg.rules import explain
from kg.statements import Reader, Statement

REAL = Path(__file__).parent.parent / "kg" / "data"
HOSTS = {"st:harbor-forum-003", "st:lantern-report-003"}


@pytest.fixture(scope="module")
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


@pytest.fixture(scope="module")
def known(opened: Graph) -> tuple[Statement, ...]:
    return Reader(opened).all()


def ids(found: list[Statement]) -> list[str]:
    return [one.id.removeprefix("st:") for one in found]


def test_a_thing_is_named_as_subject_object_or_body(known: tuple[Statement, ...]) -> None:
    assert ids(around(known, ["agent:zoe-marsh"])) == ["harbor-forum-005", "lantern-report-001"]
    assert "harbor-forum-005" in ids(around(known, ["agent:gull-foundation"]))  # on whose behalf
    assert ids(around(known, ["st:harbor-forum-002"])) == ["harbor-forum-002"]
    assert around(known, ["agent:nobody"]) == []


def test_conflicts_come_whole_and_events_with_their_dates(known: tuple[Statement, ...]) -> None:
    chosen = [one for one in known if one.id == "st:harbor-forum-003"]
    found = rounded(known, chosen)
    assert {"st:harbor-forum-003", "st:lantern-report-003"} <= {one.id for one in found}
    dates = [one for one in found if one.predicate == "aig:when"]
    assert [(one.subject.id, one.object.label) for one in dates] == [
        ("event:harbor-forum-2030", "2030-05-04/2030-05-06")
    ]
    assert found == [one for one in known if one in found]


def test_what_is_said_of_a_statement_comes_with_it(known: tuple[Statement, ...]) -> None:
    about = [one for one in known if one.subject.id.startswith("st:")]
    assert about, "the small project dates a relation"
    for one in about:
        base = [other for other in known if other.id == one.subject.id]
        assert one in rounded(known, base)


def test_the_triples_of_all_statements_are_the_graph(opened: Graph, known: tuple[Statement, ...]) -> None:
    withdrawn = b"<https://w3id.org/aigov-kg/id/st/harbor-forum-009> "
    rest = {line for line in everything(opened).splitlines() if not line.startswith(withdrawn)}
    assert set(triples(opened, known).splitlines()) == rest


def test_everything_is_the_graph(opened: Graph, built: Prepared) -> None:
    again = ox.Store()
    again.load(everything(opened), ox.RdfFormat.N_QUADS)
    assert set(again) == set(store(built.graphs))
    assert everything(opened) == b"".join(sorted(everything(opened).splitlines(keepends=True)))
    assert len(everything(opened).splitlines()) == len(canonical(built.graphs).splitlines())


def loaded(content: bytes) -> Graph:
    made = ox.Store()
    made.load(content, ox.RdfFormat.N_QUADS)
    return Graph(made)


@pytest.fixture(scope="module")
def real() -> tuple[Graph, tuple[Statement, ...]]:
    graph = Graph(store(prepare(REAL, None).graphs))
    return graph, Reader(graph).all()


def test_the_triples_of_a_part_read_as_the_same_statements(real: tuple[Graph, tuple[Statement, ...]]) -> None:
    graph, known = real
    chosen = rounded(known, around(known, ["agent:sensetime"]))
    part = loaded(triples(graph, chosen))
    assert Reader(part).all() == tuple(chosen)
    assert 0 < len(chosen) < len(known) / 2


def facts(found: Iterable[Statement]) -> set[tuple[str, str, str]]:
    """The plain triples that statements would make, of those between two things."""
    return {
        (terms.expand(one.subject.id), terms.expand(one.predicate), terms.expand(one.object.id))
        for one in found
        if terms.is_curie(one.object.id)
    }


def of_graph(graph: Graph, name: str) -> list[ox.Triple]:
    return [quad.triple for quad in graph.store.quads_for_pattern(None, None, None, graph_name(name))]


def test_a_part_says_nothing_that_its_statements_do_not(real: tuple[Graph, tuple[Statement, ...]]) -> None:
    """Plain triples of other statements stay out, and what is inferred follows from what is there."""
    graph, known = real
    chosen = rounded(known, around(known, ["agent:unesco"]))
    part = loaded(triples(graph, chosen))
    there = {tuple(str(term)[1:-1] for term in triple) for triple in of_graph(part, "facts")}
    others = facts(one for one in known if one not in chosen) - facts(chosen)
    assert there & facts(chosen)
    assert others & {tuple(str(term)[1:-1] for term in triple) for triple in of_graph(graph, "facts")}
    assert not others & there
    inferred = of_graph(part, "inferred")
    assert inferred and set(explain(part.store, inferred[:50])) == set(inferred[:50])


def test_the_other_side_of_a_conflict_comes_with_it(opened: Graph, known: tuple[Statement, ...]) -> None:
    both = [one for one in known if one.id in HOSTS]
    assert [one for one in rounded(known, both[:1]) if one.conflicts] == both


def test_what_is_contradicted_is_so_without_the_other_side(opened: Graph, known: tuple[Statement, ...]) -> None:
    (one, other) = (one for one in known if one.id in HOSTS)
    (read,) = Reader(loaded(triples(opened, [one]))).all()
    assert read.contradicted and read.conflicts[0].other == other.id
    assert read._replace(conflicts=()) == one._replace(conflicts=())
