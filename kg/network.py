"""The statements as a networkx graph: things as nodes, each statement that joins two of them as an edge.

Drawn from the statements, not from the direct triples, so that what is planned, attributed or
contradicted stays in sight.
"""

from __future__ import annotations

import networkx as nx

from kg.facts import Fact, Project

__all__ = ["DRAWN", "layout", "network"]

DRAWN = ("agent", "event", "doc", "std", "cert", "place", "post")
"""Kinds of things that a picture shows; topics, propositions and figures would drown them."""

_SEED = 7
_ROOM = 72
"""Pixels that a component gets in each direction for the root of its number of things."""

_WIDE = 1.8


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _ends(fact: Fact) -> list[tuple[str, str, str]]:
    """The edges of a statement: its own, and from the participant to the body it acts for."""
    if fact.object is None or fact.predicate == "exactMatch":
        return []
    edges = [(fact.subject, fact.object, fact.predicate)]
    edges += [(fact.object, body, "onBehalfOf") for body in fact.on_behalf_of]
    return [edge for edge in edges if _kind(edge[0]) in DRAWN and _kind(edge[1]) in DRAWN]


def network(project: Project) -> nx.MultiDiGraph[str]:
    """Nodes carry `label` and `type`; edges, keyed by statement, `predicate` and `fact`."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for fact in project.facts:
        for start, end, predicate in _ends(fact):
            for name in (start, end):
                entity = project.entities[name]
                graph.add_node(name, label=entity.label, type=entity.type)
            graph.add_edge(start, end, key=f"{fact.id} {predicate}", predicate=predicate, fact=fact)
    return graph


def layout(graph: nx.MultiDiGraph[str]) -> dict[str, tuple[int, int]]:
    """Places in pixels, the same for the same graph.

    Each component is drawn by springs (Fruchterman and Reingold) long enough to keep labels apart; the
    largest stands on top, twice as wide as high, the others in a row below it.
    """
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({tuple(sorted(edge[:2])) for edge in graph.edges}))
    places: dict[str, tuple[int, int]] = {}
    left = top = 0.0
    for number, part in enumerate(sorted(nx.connected_components(plain), key=lambda c: (-len(c), min(c)))):
        half = _ROOM * len(part) ** 0.5
        if number == 1:
            left, top = -_ROOM * _WIDE * len(places) ** 0.5, max(y for _, y in places.values()) + 2 * half
        center = left + _WIDE * half if number else 0.0
        for name, (x, y) in _springs(plain, part).items():
            places[name] = (round(center + _WIDE * half * x), round(top + half * y))
        left += 2.5 * _WIDE * half if number else 0.0
    return dict(sorted(places.items()))


def _springs(plain: nx.Graph[str], part: set[str]) -> dict[str, tuple[float, float]]:
    """Places within a square of side 2 around the origin."""
    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(sorted(part))
    ordered.add_edges_from(edge for edge in sorted(plain.edges(part)))
    found = nx.spring_layout(ordered, k=20 / len(part) ** 0.5, iterations=400, seed=_SEED, method="force")
    return {name: (float(x), float(y)) for name, (x, y) in found.items()}
