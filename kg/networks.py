"""The statements as a networkx graph: things as nodes, each statement that joins two of them as an edge.

Drawn from the statements, not from the direct triples, so that what is planned, attributed or
contradicted stays in sight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import networkx as nx

from kg.statements import Statement, Thing

__all__ = ["DRAWN", "communities", "ends", "network"]

DRAWN = ("agent", "event", "doc", "std", "cert", "place", "post")
"""Kinds of things that a picture shows; topics, propositions and figures would drown them."""


def ends(statement: Statement, kinds: Iterable[str] = DRAWN) -> Iterator[tuple[Thing, Thing, str]]:
    """The edges of a statement: its own, and from whoever takes part to the body that he acts for.

    Each with its name: the relation, or `on behalf of`. Identities are no edges.
    """
    allowed = set(kinds)
    subject, target = statement.subject, statement.object
    if statement.predicate == "skos:exactMatch" or not target.id:
        return
    pairs = [(subject, target, statement.relation)]
    pairs += [(target, body, "on behalf of") for body in statement.on_behalf_of]
    yield from (pair for pair in pairs if pair[0].kind in allowed and pair[1].kind in allowed)


def network(statements: Iterable[Statement], kinds: Iterable[str] = DRAWN) -> nx.MultiDiGraph[str]:
    """Nodes, named by CURIE, carry `label` and `type`; edges are keyed by statement and relation.

    An edge carries plain text, so that every format of networkx takes it: `statement`, `relation`, `predicate`, `role`,
    `status`, `modality`, `reading`, `says`, `source`, `words`, `link`, and whether it is `contradicted`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    allowed = tuple(kinds)
    for one in statements:
        for start, end, relation in ends(one, allowed):
            for thing in (start, end):
                graph.add_node(thing.id, label=thing.label, type=thing.type)
            graph.add_edge(start.id, end.id, key=f"{one.id} {relation}", relation=relation, **_plain(one))
    return graph


def _plain(one: Statement) -> dict[str, str | bool]:
    first = one.receipts[0]
    return {
        "statement": one.id, "predicate": one.predicate, "role": one.role.label if one.role else "",
        "status": one.status, "modality": one.modality, "reading": one.reading, "says": one.says,
        "source": first.source, "words": first.words, "link": first.link, "contradicted": one.contradicted,
    }  # fmt: skip


_SMALLEST = 3
"""Things that make a community."""


def communities(statements: Iterable[Statement], kinds: Iterable[str] = DRAWN) -> dict[str, int]:
    """CURIE -> the number of its community, the largest is 0; things of none are left out.

    Louvain (Blondel et al.: Fast unfolding of communities in large networks, 2008): two things are the closer, the
    more statements join them. The same statements give the same communities.
    """
    allowed = tuple(kinds)
    joined = Counter(
        frozenset((start.id, end.id))
        for one in statements
        for start, end, _ in ends(one, allowed)
        if start.id != end.id
    )
    names = sorted({name for pair in joined for name in pair})
    number = {name: at for at, name in enumerate(names)}
    # Numbers, in order: the method goes by both.
    lines = sorted((*sorted(number[name] for name in pair), count) for pair, count in joined.items())
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_weighted_edges_from(lines)
    found = nx.community.louvain_communities(graph, seed=1) if names else []
    found = sorted((some for some in found if len(some) >= _SMALLEST), key=lambda some: (-len(some), min(some)))
    return {names[at]: place for place, some in enumerate(found) for at in some}
