"""How two things are connected: routes over the statements, each step with its receipt.

Two orders: `shortest` by the number of steps, `evidenced` by the weakest step first, since a chain holds as long as
its weakest link. Directions don't matter for a connection; each step shows its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, islice, pairwise
from typing import NamedTuple

import networkx as nx

from kg import statements
from kg.networks import ends
from kg.results import Table, table
from kg.statements import Statement, Thing

__all__ = ["STRENGTHS", "THROUGH", "Route", "Step", "routes", "rows", "strength"]

THROUGH = ("agent", "event", "doc", "std", "cert", "post")
"""Kinds that a route leads through: two things of one country or topic are hardly connected by it."""

STRENGTHS = ("asserted", "self-reported", "attributed", "planned", "contradicted")
"""How far a statement carries, best first."""

_COMPARED = 1000
"""Shortest routes compared; two things of a dense graph have more than anybody could read."""


_VOICES = 3
"""Of more who say the steps of a route, these are named and the others counted."""


class Step(NamedTuple):
    """One step of a route: from a thing to a thing by a statement; `forward` when the statement reads in that order."""

    start: Thing
    end: Thing
    relation: str
    forward: bool
    statement: Statement


class Route(NamedTuple):
    """Steps from the one thing to the other."""

    steps: tuple[Step, ...]

    @property
    def weakest(self) -> str:
        """The strength of the weakest step."""
        return STRENGTHS[max(strength(step.statement) for step in self.steps)]

    @property
    def rests(self) -> str:
        """On how many documents it rests and who says it, in words: steps of one voice don't confirm each other."""
        documents = {source for step in self.steps for source in step.statement.sources}
        voices = list(dict.fromkeys(thing.label for step in self.steps for thing in step.statement.claimed_by))
        on = "one document" if len(documents) == 1 else f"{len(documents)} documents"
        if len(voices) == 1:
            return f"It rests on {on}; {voices[0]} alone says so."
        named, more = voices[:_VOICES], len(voices) - _VOICES
        last = f"{more} others" if more > 1 else voices[-1]
        listed = named if more > 1 else voices[:-1]
        return f"It rests on {on}; {', '.join(listed)} and {last} say so."

    @property
    def key(self) -> tuple[object, ...]:
        """What orders routes of equal length: fewer weak steps first, then by the statements."""
        levels = sorted((strength(step.statement) for step in self.steps), reverse=True)
        inferred = sum(step.statement.reading == "inferred" for step in self.steps)
        return levels, inferred, [step.statement.id for step in self.steps]


def strength(statement: Statement) -> int:
    """The place of a statement in `STRENGTHS`: what is contradicted or planned is that, whoever says it."""
    if statement.contradicted:
        return STRENGTHS.index("contradicted")
    return STRENGTHS.index("planned" if statement.modality == "planned" else statement.status)


_Steps = dict[tuple[str, str], list[Step]]


def _steps(known: Iterable[Statement], kinds: tuple[str, ...], wanted: tuple[str, str]) -> _Steps:
    """All steps between two things, both ways; the ends themselves may be of any kind."""
    found: _Steps = {}
    allowed = {*kinds, *(name.partition(":")[0] for name in wanted)}
    for one in known:
        for start, end, relation in ends(one, allowed):
            fit = all(thing.kind in kinds or thing.id in wanted for thing in (start, end))
            if fit and start.id != end.id:
                found.setdefault((start.id, end.id), []).append(Step(start, end, relation, True, one))
                found.setdefault((end.id, start.id), []).append(Step(end, start, relation, False, one))
    return found


def _best(steps: list[Step]) -> Step:
    return min(steps, key=lambda step: Route((step,)).key)


def _graph(found: _Steps) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(sorted(pair for pair in found if pair[0] < pair[1]))
    return graph


def _along(found: _Steps, names: list[str]) -> Route:
    return Route(tuple(_best(found[pair]) for pair in pairwise(names)))


def _shortest(found: _Steps, start: str, end: str, count: int) -> list[Route]:
    """The shortest routes: all of one length, up to a bound, are compared before any is left out."""
    graph = _graph(found)
    if start == end or start not in graph or end not in graph or not nx.has_path(graph, start, end):
        return []
    # The least ones by breadth-first search, which is quick; longer ones are dear, and wanted when those are few.
    best = [_along(found, names) for names in islice(nx.all_shortest_paths(graph, start, end), _COMPARED)]
    best.sort(key=lambda route: route.key)
    if len(best) >= count:
        return best[:count]
    longer = islice(nx.shortest_simple_paths(graph, start, end), len(best), 20 * count + 200)
    for _, same in groupby(longer, key=len):
        best += sorted((_along(found, names) for names in same), key=lambda route: route.key)
        if len(best) >= count:
            break
    return best[:count]


def rows(found: Iterable[Route]) -> Table:
    """Routes as a table, a row for each step; the columns of the statement as in `statements.rows`."""
    named = [
        (number, place, step) for number, route in enumerate(found, 1) for place, step in enumerate(route.steps, 1)
    ]
    said = statements.rows(step.statement for _, _, step in named)
    steps = table(
        ("route", "step", "from", "to", "direction"),
        [
            (number, place, step.start.label, step.end.label, "→" if step.forward else "←")
            for number, place, step in named
        ],
    )
    return Table(steps.columns + said.columns, tuple(a + b for a, b in zip(steps.rows, said.rows, strict=True)))


def routes(
    known: Iterable[Statement], start: str, end: str, count: int = 1, order: str = "shortest",
    kinds: Iterable[str] = THROUGH,
) -> list[Route]:  # fmt: skip
    """Up to `count` routes between two CURIEs, best first; none when nothing connects them.

    `order` is `shortest`, or `evidenced`: the strongest weakest step first, and of those the shortest.
    """
    listed, allowed = list(known), tuple(kinds)
    if order == "shortest":
        return _shortest(_steps(listed, allowed, (start, end)), start, end, count)
    found: list[Route] = []
    for level in range(len(STRENGTHS)):
        strong = (one for one in listed if strength(one) <= level)
        more = _shortest(_steps(strong, allowed, (start, end)), start, end, count + len(found))
        ways = {tuple(step.end.id for step in route.steps) for route in found}
        found += [route for route in more if tuple(step.end.id for step in route.steps) not in ways]
        if len(found) >= count:
            break
    return found[:count]
