"""The network of things: which statements join what, and a layout that is the same for the same graph."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest

from kg import vocabulary
from kg.build import Prepared
from kg.facts import Entity, Fact, Project, Span, Where, load
from kg.network import DRAWN, layout, network

HERE = Where("x.yaml", 1)


def edges(project: Project) -> set[tuple[str, str, str, str]]:
    return {(start, data["predicate"], end, data["fact"].id) for start, end, data in network(project).edges(data=True)}


def joined(*pairs: tuple[str, str]) -> Project:
    """A project of people with one fact for each pair of names."""
    names = sorted({name for pair in pairs for name in pair})
    entities = {f"agent:{name}": Entity(f"agent:{name}", "Person", name, HERE) for name in names}
    span = Span("src:a", HERE, whole=True)
    facts = tuple(
        Fact(f"a-{number:03}", f"agent:{one}", "cooperatesWith", HERE, "asserted", (span,), object=f"agent:{two}")
        for number, (one, two) in enumerate(pairs, 1)
    )
    return Project({}, entities, facts)


def test_each_statement_between_two_things_is_an_edge(built: Prepared) -> None:
    assert edges(built.project) == {
        ("event:harbor-forum-2030", "editionOf", "event:harbor-forum-series", "harbor-forum-001"),
        ("event:harbor-forum-2030", "hostedBy", "agent:iqm", "harbor-forum-003"),  # contradicted
        ("event:tidal-workshop", "partOfEvent", "event:harbor-forum-2030", "harbor-forum-004"),
        ("event:tidal-workshop", "hasSpeaker", "agent:zoe-marsh", "harbor-forum-005"),
        ("agent:zoe-marsh", "onBehalfOf", "agent:gull-foundation", "harbor-forum-005"),
        ("doc:charter", "issuedBy", "agent:iqm", "harbor-forum-008"),  # planned
        ("agent:zoe-marsh", "holds", "post:lantern-chair", "lantern-report-001"),
        ("event:harbor-forum-2030", "hostedBy", "agent:gull-foundation", "lantern-report-003"),  # contradicted
    }


def test_nodes_carry_label_and_type(built: Prepared) -> None:
    graph = network(built.project)
    assert set(graph) == {
        "event:harbor-forum-2030", "event:harbor-forum-series", "event:tidal-workshop", "agent:iqm", "agent:zoe-marsh",
        "agent:gull-foundation", "doc:charter", "post:lantern-chair",
    }  # fmt: skip
    assert graph.nodes["agent:zoe-marsh"] == {"label": "Zoë Marsh", "type": "Person"}


def test_two_statements_of_one_relation_are_two_edges() -> None:
    graph = network(joined(("a", "b"), ("a", "b"), ("b", "a")))
    assert graph.number_of_edges("agent:a", "agent:b") == 2
    assert graph.number_of_edges("agent:b", "agent:a") == 1


def test_figures_propositions_topics_and_addresses_are_not_drawn(built: Prepared) -> None:
    assert {name.partition(":")[0] for name in network(built.project)} <= set(DRAWN)
    assert not [
        edge for edge in edges(built.project) if edge[1] in ("exactMatch", "callsFor", "observationAbout", "when")
    ]


def test_a_party_spoken_for_by_nobody_drawn_is_left_out(built: Prepared) -> None:
    speaker = next(fact for fact in built.project.facts if fact.id == "harbor-forum-005")
    alone = replace(built.project, facts=(replace(speaker, object="concept:role-host"),))
    assert edges(alone) == set()


# ---------------------------------------------------------------- layout


def test_the_layout_is_the_same_whatever_the_order(built: Prepared) -> None:
    facts = list(built.project.facts)
    random.Random(3).shuffle(facts)
    shuffled = replace(built.project, facts=tuple(facts))
    assert layout(network(shuffled)) == layout(network(built.project))


def test_every_thing_has_its_own_place(built: Prepared) -> None:
    places = layout(network(built.project))
    assert set(places) == set(network(built.project))
    assert len(set(places.values())) == len(places)
    assert all(isinstance(x, int) and isinstance(y, int) for x, y in places.values())
    assert list(places) == sorted(places)


def test_parts_that_are_not_joined_do_not_overlap() -> None:
    places = layout(network(joined(("a", "b"), ("b", "c"), ("c", "d"), ("e", "f"), ("g", "h"))))

    def box(*names: str) -> tuple[int, int, int, int]:
        xs, ys = zip(*(places[f"agent:{name}"] for name in names), strict=True)
        return min(xs), max(xs), min(ys), max(ys)

    boxes = [box("a", "b", "c", "d"), box("e", "f"), box("g", "h")]
    for number, one in enumerate(boxes):
        for two in boxes[number + 1 :]:
            assert one[1] < two[0] or two[1] < one[0] or one[3] < two[2] or two[3] < one[2]


@pytest.mark.parametrize("count", [0, 1])
def test_a_tiny_graph_has_a_layout(count: int) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from([f"agent:{number}" for number in range(count)])
    assert len(layout(graph)) == count


def test_a_line_of_many_things_keeps_them_apart() -> None:
    names = [f"n{number:02}" for number in range(60)]
    places = layout(network(joined(*pairwise(names))))
    points = list(places.values())
    gaps = [abs(a - c) + abs(b - d) for i, (a, b) in enumerate(points) for c, d in points[i + 1 :]]
    assert min(gaps) > 10


def test_the_real_project_has_a_network() -> None:
    project = load(Path(__file__).parent.parent / "kg" / "data", vocabulary.load())
    graph = network(project)
    assert len(layout(graph)) == len(graph) > 100
