"""A triplestore's graphs: counted, read, replaced, added to, moved, dropped (SPARQL 1.1 Graph Store HTTP Protocol)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import StoreFailed
from kg.graphs import written
from kg.stores.dialects import Endpoints
from kg.stores.parts import Content, Sorter, lines
from kg.stores.values import Malformed, normal
from kg.stores.web import Params, Reply, Web

__all__ = ["Body", "Sent", "Store"]

_CHUNK = 1 << 18
_SLOWEST = 2000
"""Triples a second that the slowest server is thought to write: a large request may take so much longer."""
_ACCEPT = "application/n-triples, text/turtle;q=0.5"
_FORMS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}
_DIGITS = "0123456789abcdef"
_FAILED, _MUCH = 500, 1_000_000
"""The status of a store that failed by itself, and triples of a graph from which it may be asked for less at once."""

_Piece = tuple[str, str]
"""A property, and how the MD5 of the subject begins (hex digits; "" for any)."""

Sent = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a file, or of a piece of it, read anew each time they are sent; `sent` is told how many are gone.

    A client keeps what it was given to send for longer than it takes to send it, so that a file is given, not bytes.
    """

    path: Path
    sent: Sent
    start: int = 0
    end: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            gone = self.start
            while block := file.read(_CHUNK if self.end is None else min(_CHUNK, self.end - gone)):
                yield block
                gone += len(block)
                self.sent(gone)


class _Stream:
    """An iterator of bytes as a file that a parser reads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            self._rest = next(self._chunks, b"")
            if not self._rest:
                return b""
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return taken


@dataclass(frozen=True, slots=True)
class Store:
    """One triplestore, through its endpoints."""

    web: Web
    at: Endpoints

    def _where(self, graph: str) -> Params:
        return {self.at.dialect.parameter: graph}

    def _seconds(self, triples: int) -> float:
        return triples / _SLOWEST

    def count(self, graph: str) -> int:
        """How many triples the store says a graph has. Raises `StoreFailed` when it says no number."""
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        headers = {"Accept": "application/sparql-results+json"}
        reply = self.web.ask("POST", self.at.query, form={"query": query}, headers=headers, again=True)
        try:
            found = int(json.loads(reply.read())["results"]["bindings"][0]["n"]["value"])
        except (ValueError, LookupError, TypeError):
            found = -1
        if found < 0:
            raise StoreFailed(f"{self.at.query} answers a question for a count with no number: see its log")
        return found

    def content(self, graph: str, path: Path, expected: int) -> Content:
        """What a graph holds, read whole; `expected` is the count that the store gave.

        A store that cuts long answers is asked in pieces. Raises `StoreFailed` when it can't be read, or when what
        comes is not what was counted.
        """
        sorter, given = Sorter(path), _MUCH
        try:
            self._read(graph, sorter, expected)
            found = sorter.content()
            given = found.count
        except StoreFailed as error:
            # Virtuoso fails where a graph of several million triples is wanted at once.
            if error.status != _FAILED or expected <= _MUCH:
                raise
            found = Content(0, "", path)
        if given < expected and (pieces := _pieces(self._properties(graph), given)):
            sorter = Sorter(path)
            for piece in pieces:
                self._construct(graph, sorter, expected, piece)
            found = sorter.content()
        if found.count != expected:
            raise StoreFailed(
                f"{self.at.query} counts {expected:,} triples in <{graph}> but gives {found.count:,}: it cuts long "
                "answers (Virtuoso: ResultSetMaxRows), or was changed meanwhile"
            )
        return found

    def _read(self, graph: str, into: Sorter, count: int) -> None:
        if not self.at.graphs:
            self._construct(graph, into, count)
            return
        with self.web.open(
            "GET", self.at.graphs, params=self._where(graph), headers={"Accept": _ACCEPT}, again=True, fine=(404,),
            seconds=self._seconds(count),
        ) as reply:  # fmt: skip
            if reply.status != 404:
                self._take(reply, into, graph)

    def _properties(self, graph: str) -> dict[str, int]:
        """Property -> its triples in a graph. Raises `StoreFailed` for an answer that is none."""
        query = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} GROUP BY ?p"
        headers = {"Accept": "application/sparql-results+json"}
        reply = self.web.ask("POST", self.at.query, form={"query": query}, headers=headers, again=True)
        try:
            rows = json.loads(reply.read())["results"]["bindings"]
            return {ox.NamedNode(row["p"]["value"]).value: int(row["n"]["value"]) for row in rows}
        except (ValueError, LookupError, TypeError):
            raise StoreFailed(f"{self.at.query} answers a question for counts with no numbers: see its log") from None

    def _construct(self, graph: str, into: Sorter, count: int, piece: _Piece | None = None) -> None:
        name, digits = piece or ("", "")
        pattern = f"?s {f'<{name}>' if name else '?p'} ?o"
        condition = f' FILTER(STRSTARTS(MD5(STR(?s)), "{digits}"))' if digits else ""
        query = f"CONSTRUCT {{ {pattern} }} WHERE {{ GRAPH <{graph}> {{ {pattern} }}{condition} }}"
        with self.web.open(
            "POST", self.at.query, form={"query": query}, headers={"Accept": _ACCEPT}, again=True,
            seconds=self._seconds(count),
        ) as reply:  # fmt: skip
            self._take(reply, into, graph)

    def _take(self, reply: Reply, into: Sorter, graph: str) -> None:
        """The triples of an answer, each as a canonical line."""
        form = _FORMS.get(reply.media_type)
        if form is None:
            what = reply.media_type or "nothing"
            raise StoreFailed(f"{self.at.name} gives <{graph}> as {what}, not as N-Triples or Turtle")
        found = lines(reply.chunks) if form == ox.RdfFormat.N_TRIPLES else _rewritten(_Stream(reply.chunks), form)
        try:
            for block in found:
                into.add([made for line in block if (made := normal(line))])
        except (Malformed, SyntaxError) as error:
            raise StoreFailed(
                f"{self.at.name} gives <{graph}> with what can't be read: {error}; kg load --force replaces it"
            ) from None

    def put(self, graph: str, body: Path, triples: int, sent: Sent = lambda gone: None) -> None:
        """Replaces a graph by a file of N-Triples; done twice, it is as done once."""
        self._send("PUT", graph, Body(body, sent), body.stat().st_size, triples)

    def replace(self, graph: str, body: bytes) -> None:
        """The same for a few triples."""
        self._send("PUT", graph, body, len(body), 0)

    def add(self, graph: str, body: bytes) -> None:
        """Adds a few N-Triples to a graph; without blank nodes, done twice is as done once."""
        self._send("POST", graph, body, len(body), 0)

    def add_piece(self, graph: str, body: Path, span: tuple[int, int], triples: int, sent: Sent) -> None:
        """The same for what stands between two bytes of a file; `sent` counts from the beginning of the file."""
        self._send("POST", graph, Body(body, sent, *span), span[1] - span[0], triples)

    def _send(self, method: str, graph: str, body: bytes | Iterable[bytes], size: int, triples: int) -> None:
        headers = {"Content-Type": "application/n-triples", "Content-Length": str(size)}
        self.web.ask(
            method, self.at.graphs, params=self._where(graph), body=body, headers=headers, again=True,
            seconds=self._seconds(triples),
        )  # fmt: skip

    def drop(self, graph: str) -> None:
        """Removes a graph, if it is there."""
        self.web.ask("DELETE", self.at.graphs, params=self._where(graph), again=True, fine=(404,))

    def update(self, text: str, again: bool, triples: int = 0) -> None:
        """One update request; `again` says that it may be repeated."""
        self.web.ask(
            "POST", self.at.update, body=text.encode(), headers={"Content-Type": "application/sparql-update"},
            again=again, seconds=self._seconds(triples),
        )  # fmt: skip

    def triples(self, graph: str) -> list[ox.Triple]:
        """The triples of a small graph; none when it is not there. The first request that wants credentials."""
        reply = self.web.ask(
            "GET", self.at.graphs, params=self._where(graph), headers={"Accept": _ACCEPT}, again=True, fine=(404,)
        )
        form = _FORMS.get(reply.media_type)
        if reply.status == 404:
            return []
        if form is None:
            what = reply.media_type or "nothing"
            raise StoreFailed(f"{self.at.graphs} is no graph store: it gives a graph as {what}, not as N-Triples")
        try:
            return [quad.triple for quad in ox.parse(reply.read(), format=form)]
        except SyntaxError as error:
            raise StoreFailed(f"{self.at.graphs} gives a graph that can't be read: {error}") from None


def _rewritten(stream: _Stream, form: ox.RdfFormat) -> Iterator[list[bytes]]:
    for quad in ox.parse(cast("IO[bytes]", stream), format=form):
        yield [written([quad.triple], ox.RdfFormat.N_TRIPLES)]


def _pieces(properties: Mapping[str, int], given: int) -> list[_Piece]:
    """What to ask for in turn, so that no answer is larger than what a store gives at once: each property, which all
    stores find by an index; of one with more triples, parts well below that. None when there would be too many.
    """
    found: list[_Piece] = []
    for name, count in sorted(properties.items()):
        letters = 0 if count <= given else next((n for n in (1, 2, 3) if count / 16**n < 0.6 * given), None)
        if letters is None:
            return []
        found += [(name, "".join(digits)) for digits in product(_DIGITS, repeat=letters)]
    return found
