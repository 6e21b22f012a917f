"""What is drawn: for each kind of picture the statements in it, chosen by the CONSTRUCT queries of `queries/views`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kg import queries, terms, views
from kg.lookup import Graph
from kg.networks import ends
from kg.select import Select, select
from kg.statements import Reader, Statement, periods

__all__ = ["Drawing", "Studio", "standard"]

_MAIN = {"agent": 6, "event": 5}
"""How many things of a kind get a picture of their own in every build: those with the most neighbours."""


class Drawing(NamedTuple):
    """A picture's title, what it shows in one sentence, its statements, and the CURIEs of what it is about."""

    title: str
    summary: str
    statements: tuple[Statement, ...]
    focus: tuple[str, ...] = ()

    def page(self, version: str) -> bytes:
        """The picture as one HTML file."""
        return views.page(self.statements, self.title, self.summary, version, self.focus)


class Studio:
    """Draws from one graph, reading each statement once."""

    def __init__(self, graph: Graph, choice: Select | None = None, known: Iterable[Statement] = ()) -> None:
        """`known`: statements that have been read already."""
        self.graph, self.choice = graph, choice or Select()
        self._reader = Reader(graph)
        self._read = {ox.NamedNode(terms.expand(one.id)): one for one in known}

    def _statements(self, nodes: Iterable[ox.NamedNode]) -> tuple[Statement, ...]:
        wanted = list(nodes)
        self._reader.ahead(node for node in wanted if node not in self._read)
        for node in wanted:
            if node not in self._read:
                self._read[node] = self._reader.read(node)
        found = [self._read[node] for node in wanted]
        return select(found, self.choice, periods(self.graph, found) if self.choice.dated else None)

    def _chosen(self, name: str, **given: Sequence[ox.NamedNode]) -> tuple[Statement, ...]:
        return self._statements(queries.view(self.graph, name, given))

    def _drawing(self, title: str, summary: str, found: tuple[Statement, ...], focus: tuple[str, ...] = ()) -> Drawing:
        """The drawing, whose summary tells what the filters left of it."""
        narrowed = f" Only: {self.choice.words}." if self.choice.words else ""
        return Drawing(title, summary + narrowed, found, focus)

    def everything(self) -> Drawing:
        """All actors, events, documents, standards, posts and places."""
        found = self._chosen("overview")
        return self._drawing(
            "AI governance: who did what, with receipts", "Everything that the statements join.", found
        )

    def things(self, names: Sequence[str], depth: int = 1) -> Drawing:
        """Things (CURIEs) and what is joined to them, `depth` steps far."""
        seen, frontier = set(names), tuple(names)
        found: dict[str, Statement] = {}
        for _ in range(depth):
            new = self._chosen("thing", thing=[ox.NamedNode(terms.iri(name)) for name in frontier]) if frontier else ()
            found |= {one.id: one for one in new}
            reached = {thing.id for one in new for edge in ends(one) for thing in edge[:2]}
            frontier = tuple(sorted(reached - seen))
            seen |= reached
        labels = " and ".join(self.graph.name(name) for name in names)
        steps = "one step" if depth == 1 else f"up to {depth} steps"
        ordered = tuple(found[name] for name in sorted(found))
        return self._drawing(labels, f"What is {steps} away from {labels}.", ordered, tuple(names))

    def source(self, name: str) -> Drawing:
        """What one source says of the things that a picture shows."""
        found = self._chosen("source", source=[ox.NamedNode(terms.iri(name))])
        title = self.graph.name(name)
        return self._drawing(title, f"What the document “{title}” says that joins two things.", found)

    def conflicts(self) -> Drawing:
        """Both sides of every conflict."""
        found = self._chosen("conflicts")
        return self._drawing(
            "Where sources disagree", "Statements that contradict, narrow or correct each other.", found
        )

    def listed(self, title: str, nodes: Iterable[ox.NamedNode | str], given: str = "") -> Drawing:
        """The statements given, such as those that a question returned; `given` are its parameters in words."""
        wanted = sorted({ox.NamedNode(terms.iri(n)) if isinstance(n, str) else n for n in nodes}, key=str)
        found = self._chosen("statements", statement=wanted) if wanted else ()
        asked = f", with {given}" if given else ""
        return self._drawing(title, f"The statements that answer the question{asked}.", found)


def standard(graph: Graph, known: Iterable[Statement] = ()) -> dict[str, Drawing]:
    """File name -> the pictures of every build: overview, each text, the main actors and events, conflicts.

    `known`: statements that have been read already.
    """
    studio = Studio(graph, known=known)
    everything = studio.everything()
    near: dict[str, set[str]] = {}
    for one in everything.statements:
        for start, end, _ in ends(one):
            near.setdefault(start.id, set()).add(end.id)
            near.setdefault(end.id, set()).add(start.id)
    made = {"overview": everything, "conflicts": studio.conflicts()}
    for name in graph.with_property("aig:digest", "src"):
        made[f"source-{terms.local(name)}"] = studio.source(name)
    for kind, count in _MAIN.items():
        main = sorted(name for name in near if name.startswith(f"{kind}:"))
        main.sort(key=lambda name: -len(near[name]))
        made |= {f"{kind}-{terms.local(name)}": studio.things([name]) for name in main[:count]}
    return made
