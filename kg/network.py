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
_SPAN = 1400


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
    """Places in pixels, the same for the same graph: a force-directed drawing, each node in its own spot."""
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({tuple(sorted(edge[:2])) for edge in graph.edges}))
    if not plain:
        return {}
    places = nx.forceatlas2_layout(
        plain, max_iter=300, scaling_ratio=6.0, gravity=3.0, distributed_action=True, seed=_SEED
    )
    reach = max(max(abs(x), abs(y)) for x, y in places.values()) or 1.0
    return {name: (round(x / reach * _SPAN), round(y / reach * _SPAN)) for name, (x, y) in sorted(places.items())}
