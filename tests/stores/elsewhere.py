"""A graph behind SPARQL 1.1 Protocol in a thread of the tests, which can be told to give only part of its answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from kg.graphs import written
from stores.fake import Answer, Asked, Listener, listening

__all__ = ["JSON", "LINES", "Elsewhere", "elsewhere", "form"]

JSON = {"Content-Type": "application/sparql-results+json"}
LINES = {"Content-Type": "application/n-triples; charset=UTF-8"}


def form(asked: Asked) -> dict[str, list[str]]:
    """All values of each parameter of a form."""
    return parse_qs(asked.body.decode(), keep_blank_values=True)


@dataclass
class Elsewhere:
    """The store, and how many rows it gives at most (as Virtuoso does: with a header, or of triples without one)."""

    store: ox.Store = field(default_factory=ox.Store)
    most: int = 0
    software: str = "test"
    path: str = "/query"
    listener: Listener = field(init=False)

    @property
    def url(self) -> str:
        """Where it takes queries."""
        return self.listener.url + self.path

    @property
    def queries(self) -> list[str]:
        """What it was asked so far."""
        return [form(asked)["query"][0] for asked in self.listener.asked if asked.method == "POST"]

    def answer(self, asked: Asked) -> Answer:
        """By the datasets that a request names, of which none is taken for granted."""
        if asked.path != self.path:
            return Answer(404, b"no such page", {"Content-Type": "text/plain"})
        given = form(asked)
        default, named = ([ox.NamedNode(one) for one in given.get(f"{kind}-graph-uri", [])] for kind in _KINDS)
        try:
            found = self.store.query(
                given["query"][0], default_graph=[*default] if default else None, named_graphs=[*named] or None
            )
        except SyntaxError as error:
            return Answer(400, str(error).encode(), {"Content-Type": "text/plain"})
        if isinstance(found, ox.QueryTriples):
            some = islice(found, self.most + 1 if self.most else None)
            return Answer(200, written(list(some), ox.RdfFormat.N_TRIPLES), LINES)
        if isinstance(found, ox.QuerySolutions) and self.most:
            return self._cut(found)
        return Answer(200, found.serialize(format=ox.QueryResultsFormat.JSON) or b"", JSON)

    def _cut(self, found: ox.QuerySolutions) -> Answer:
        names = [variable.value for variable in found.variables]
        rows = list(islice(found, self.most))
        values = " ".join(f"({' '.join(str(row[name] or 'UNDEF') for name in names)})" for row in rows)
        text = f"SELECT * {{ VALUES ({' '.join(f'?{name}' for name in names)}) {{ {values} }} }}"
        made = ox.Store().query(text)
        assert isinstance(made, ox.QuerySolutions)
        said = {"X-SPARQL-MaxRows": str(self.most)} if len(rows) == self.most else {}
        return Answer(200, made.serialize(format=ox.QueryResultsFormat.JSON) or b"", JSON | said)


_KINDS = ("default", "named")


@pytest.fixture
def elsewhere(graph: Path, few_certificates: None) -> Iterator[Elsewhere]:
    """The small graph, elsewhere."""
    made = Elsewhere()
    made.store.load(path=str(graph), format=ox.RdfFormat.N_QUADS)
    with listening(made.answer) as listener:
        made.listener = listener
        listener.software = made.software
        yield made
