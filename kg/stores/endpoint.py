"""Questions to somebody's SPARQL endpoint (SPARQL 1.1 Protocol): an answer comes whole and well-formed, or is an error.

Each question names the five graphs, as default graph and as named graphs: it means the same whatever else a store has.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pyoxigraph as ox

from kg import terms
from kg.errors import BadUse, StoreFailed
from kg.graphs import GRAPHS, graph_name, written
from kg.sandbox import Answer
from kg.sparql import look, short
from kg.stores.values import duration
from kg.stores.web import Reply, Web

__all__ = ["Cut", "Endpoint"]

_T = TypeVar("_T")

_RESULTS = "application/sparql-results+json"
_FORMS = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}
_TRIPLES = "application/n-triples, text/turtle;q=0.5"
_MOST = 256
"""Megabytes of an answer that are read."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_REWRITTEN = re.compile(rb"XMLSchema#(?:boolean|\w*[dD]uration)\"")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})")


class Cut(StoreFailed):
    """The store has left something out of its answer."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A query endpoint; `seconds` bounds the whole of an answer, 0 its pauses only."""

    web: Web
    url: str
    seconds: float = 0.0

    def solutions(self, text: str, graphs: Iterable[str] = GRAPHS) -> ox.QuerySolutions | ox.QueryBoolean:
        """What a SELECT or an ASK finds in the merge of the graphs.

        Raises `Cut` when the store gave only part of it, `StoreFailed` when it gave no such answer.
        """
        content, asks = self._results(text, graphs), look(text).form == "ASK"
        self._read(lambda: _rows(content, asks))  # pyoxigraph parses each row when it is taken
        return _parsed(content)

    def rows(self, text: str) -> list[ox.QuerySolution]:
        """The rows of a SELECT. Raises as `solutions` does."""
        content = self._results(text, GRAPHS)
        return self._read(lambda: _rows(content, False))

    def triples(self, text: str, graphs: Iterable[str] = GRAPHS) -> set[ox.Triple]:
        """What a CONSTRUCT or a DESCRIBE makes of the merge of the graphs. Raises as `solutions` does."""
        reply, content = self._send(text, _TRIPLES, graphs)
        form = _FORMS.get(reply.media_type)
        if form is None:
            raise self._nonsense(reply, content, "N-Triples")
        found = self._read(lambda: {_legible(quad.triple) for quad in ox.parse(content, format=form)})
        if len(found) > 1 and reply.headers.get("server", "").lower().startswith("virtuoso"):
            self._check_room(len(found) - 1)
        return found

    def _check_room(self, rows: int) -> None:
        """Raises `Cut` when a Virtuoso gives not even so many rows: of triples it cuts off the rest without a word."""
        text = f"SELECT (1 AS ?row) WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {rows}"
        with self._open(text, _RESULTS, GRAPHS) as reply:
            _check_whole(reply, self.url)

    def answer(self, text: str) -> Answer:
        """What a query of anybody's finds. Its prefixes need no declaration; FROM may name some of the graphs.

        Raises `BadUse` when it asks what is refused or the store can't read it, else as `solutions` does.
        """
        said = look(text)
        plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        if plain != text:
            look(plain)  # what escapes hide
        asked = "".join(f"PREFIX {name}: <{terms.prefixes()[name]}> " for name in said.prefixes) + text
        graphs = () if said.graphs else GRAPHS
        try:
            if said.form in ("CONSTRUCT", "DESCRIBE"):
                lines = written(self.triples(asked, graphs), ox.RdfFormat.N_TRIPLES)
                return Answer("triples", b"".join(sorted(lines.splitlines(keepends=True))))
            found = self.solutions(asked, graphs)
        except StoreFailed as error:
            if error.status == 400:
                raise BadUse(str(error)) from None
            raise
        kind = "boolean" if isinstance(found, ox.QueryBoolean) else "rows"
        return Answer(kind, found.serialize(format=ox.QueryResultsFormat.JSON) or b"")

    def _results(self, text: str, graphs: Iterable[str]) -> bytes:
        reply, content = self._send(text, _RESULTS, graphs)
        if reply.media_type not in (_RESULTS, "application/json"):
            raise self._nonsense(reply, content, "SPARQL JSON results")
        return _rewritten(content)

    @contextmanager
    def _open(self, text: str, accept: str, graphs: Iterable[str]) -> Iterator[Reply]:
        names = [graph_name(name).value for name in graphs]
        form: dict[str, str | list[str]] = {"query": text, "default-graph-uri": names, "named-graph-uri": names}
        with self.web.open("POST", self.url, form=form, headers={"Accept": accept}, again=True) as reply:
            yield reply

    def _send(self, text: str, accept: str, graphs: Iterable[str]) -> tuple[Reply, bytes]:
        begun, pieces, size = time.monotonic(), [], 0
        with self._open(text, accept, graphs) as reply:
            _check_whole(reply, self.url)
            for piece in reply.chunks:
                pieces.append(piece)
                size += len(piece)
                if size > _MOST << 20:
                    raise BadUse(f"{self.url} gives more than {_MOST} MB: ask for less, or LIMIT it")
                if self.seconds and time.monotonic() - begun > self.seconds:
                    raise StoreFailed(
                        f"{self.url} took longer than {self.seconds:g} s for its answer: allow more (--seconds)"
                    )
        return reply, b"".join(pieces)

    def _nonsense(self, reply: Reply, content: bytes, wanted: str) -> StoreFailed:
        line = short(content[:400].decode("utf-8", "replace")) if reply.media_type == "text/plain" else ""
        what = reply.media_type or "something unnamed"
        said = f" ({line})" if line else ""
        return StoreFailed(f"{self.url} answers {what}{said}, not {wanted}: is it the address for queries?")

    def _read(self, parse: Callable[[], _T]) -> _T:
        try:
            return parse()
        except (SyntaxError, ValueError) as error:
            said = short(str(error)) or "no reason given"
        raise StoreFailed(f"{self.url} answers what can't be read ({said}): see its log, or ask again")


def _check_whole(reply: Reply, url: str) -> None:
    """Raises `Cut` when a Virtuoso says that it has cut its answer: as many rows as it gives, or out of time."""
    rows, state = reply.headers.get("x-sparql-maxrows", ""), reply.headers.get("x-sql-state", "")
    if rows:
        raise Cut(
            f"{url} gives no more than {short(rows)} rows at once and may have left some out: raise ResultSetMaxRows "
            "in its configuration, or ask for less"
        )
    if state:
        said = short(reply.headers.get("x-sql-message", state))
        raise Cut(f"{url} gives part of the answer only ({said}): allow it more time in its configuration")


def _parsed(content: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    return ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)


def _rows(content: bytes, asks: bool) -> list[ox.QuerySolution]:
    """All rows, parsed; none for the answer to an ASK. Raises ValueError for the one in place of the other."""
    found = _parsed(content)
    if isinstance(found, ox.QueryBoolean) is not asks:
        raise ValueError("rows to a question of yes or no" if asks else "yes or no in place of rows")
    return list(found) if isinstance(found, ox.QuerySolutions) else []


def _rewritten(content: bytes) -> bytes:
    """SPARQL JSON results, with the literals that Virtuoso writes in a way of its own as everybody writes them."""
    if not _REWRITTEN.search(content):
        return content
    try:
        said = json.loads(content)
        for row in said["results"]["bindings"]:
            for term in row.values():
                term["value"] = _lexical(term["value"], term.get("datatype", ""))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return content  # the parser tells what is wrong with it
    return json.dumps(said).encode()


def _lexical(text: str, datatype: str) -> str:
    """Virtuoso's months and seconds as a duration (ISO 8601), its 1 and 0 as true and false; all else as it is."""
    if datatype == f"{_XSD}boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if datatype.startswith(_XSD) and datatype.lower().endswith("duration") and "P" not in text:
        return duration(text) or text
    return text


def _legible(triple: ox.Triple) -> ox.Triple:
    value = triple.object
    if isinstance(value, ox.Literal) and not value.language:
        kind = value.datatype
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(_lexical(value.value, kind.value), datatype=kind))
    return triple
