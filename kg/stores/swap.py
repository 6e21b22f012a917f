"""The update request that puts staging graphs in the place of others, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Stage", "differences", "moves"]


class Stage(NamedTuple):
    """A graph that is ready, the one that it is to become, and how many triples it has."""

    graph: str
    target: str
    triples: int


def moves(stages: Iterable[Stage]) -> str:
    """A MOVE for each, after which the staging graphs are gone (SPARQL 1.1 Update, section 3.2.4)."""
    return " ;\n".join(f"MOVE GRAPH <{one.graph}> TO GRAPH <{one.target}>" for one in stages)


def differences(stages: Iterable[Stage]) -> str:
    """For Virtuoso: what a target has and its staging graph has not is deleted, the reverse is inserted.

    Virtuoso 7.2.5 answers a MOVE (COPY, or CLEAR and ADD) and still loses it: triples that one transaction deletes and
    inserts again are missing once a killed server has replayed its log. Here no triple is both. It stops a request
    whose client is gone, and keeps the operations that are done: so all graphs are changed by one. And where a staging
    graph is gone a change would empty its target, so that the request begins by failing unless all are as large as
    they should be. The staging graphs stay.
    """
    stages = list(stages)
    graphs = ", ".join(f"<{one.graph}>" for one in stages)
    triples = sum(one.triples for one in stages)
    check = (
        f"INSERT {{ GRAPH <{stages[0].graph}> {{ <{stages[0].graph}> <{stages[0].graph}> ?n }} }} WHERE {{\n"
        f"  {{ SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g IN ({graphs})) }} }}\n"
        f'  FILTER (IF(?n = {triples}, 0, bif:signal("KG001", "staging graphs are gone")))\n}}'
    )
    ways = " UNION\n".join(
        way
        for one in stages
        for way in (_only("d", one.target, one.graph, one.target), _only("i", one.graph, one.target, one.target))
    )
    change = f"DELETE {{ GRAPH ?dg {{ ?ds ?dp ?do }} }} INSERT {{ GRAPH ?ig {{ ?is ?ip ?io }} }} WHERE {{\n{ways}\n}}"
    return f"{check} ;\n{change}"


def _only(letter: str, here: str, there: str, target: str) -> str:
    """What one graph has and the other has not, by variables that begin with a letter, to change the target by."""
    triple = f"?{letter}s ?{letter}p ?{letter}o"
    return (
        f"  {{ GRAPH <{here}> {{ {triple} }} FILTER NOT EXISTS {{ GRAPH <{there}> {{ {triple} }} }} "
        f"BIND (<{target}> AS ?{letter}g) }}"
    )
