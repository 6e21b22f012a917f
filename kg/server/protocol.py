"""SPARQL 1.1 Protocol, the part of a worker: a query with its dataset is read, run within its limits, and written."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import IO, Any, NamedTuple, cast

import pyoxigraph as ox

from kg import results, terms
from kg.errors import BadUse, plain
from kg.sandbox import check_keywords, misread
from kg.server.accept import ROWS, TRIPLES, chosen
from kg.server.limits import Limits
from kg.server.reply import Refused, Reply
from kg.sparql import depth, look, short
from kg.turtle import ordered, prefixes

__all__ = ["Query", "answer", "graph_reply", "typed"]

_RDF = {
    "ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG,
}  # fmt: skip
_TEXTS = ("text/csv", "text/tab-separated-values", "text/turtle", "text/n3", "text/plain", "text/xml")
_BRIEF = 3
"""Bytes that a row takes at least in JSON: `{},`."""


class Query(NamedTuple):
    """A query with the dataset that the protocol gives it (None: the query's own) and the forms its client takes.

    Its relative IRIs begin with `base`.
    """

    text: str
    default: Sequence[str] | None
    named: Sequence[str] | None
    accept: str
    form: str
    base: str | None = None


class _Sink(io.RawIOBase):
    """Where an answer is written: bytes up to a bound."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._left = most

    def write(self, piece: Any) -> int:
        """Takes a piece. Raises OverflowError beyond the bound."""
        self._left -= len(piece)
        if self._left < 0:
            raise OverflowError
        self._pieces.append(bytes(piece))
        return len(piece)

    def content(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)


def _media(form: str, accept: str, known: Mapping[str, str]) -> str:
    """The media type of the answer: that of the form asked for by name, else the one that the client wants most."""
    if form:
        named = next((media for media, name in known.items() if name == form), None)
        if named is None:
            raise Refused(
                400, f"there is no format {short(form)!r} for this query: {', '.join(dict.fromkeys(known.values()))}"
            )
        return named
    media = chosen(accept, list(known))
    if media is None:
        raise Refused(406, f"this query is answered as {', '.join(known)}", offered=list(known))
    return media


def typed(media: str) -> str:
    """A media type with its charset, where it is one of text."""
    return f"{media}; charset=utf-8" if media in _TEXTS else media


def _graphs(names: Sequence[str] | None) -> list[Any] | None:
    try:
        return None if names is None else [ox.NamedNode(name) for name in names]
    except ValueError as error:
        raise Refused(400, f"a graph is named by an IRI: {short(str(error))}") from None


def _too_large(limits: Limits) -> Refused:
    return Refused(422, f"the answer is larger than {limits.answer} MB: ask for less, or LIMIT it")


def _rows_of(content: bytes, limits: Limits) -> None:
    """Raises when an answer in JSON has too many rows."""
    if len(content) <= _BRIEF * limits.rows:
        return
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QuerySolutions) and sum(1 for _ in found) > limits.rows:
        raise Refused(422, f"the answer has more than {limits.rows:,} rows: ask for less, or LIMIT it", limit="rows")


def answer(store: ox.Store, asked: Query, limits: Limits, known: frozenset[str]) -> Reply:
    """The answer to a query. Raises `Refused` for what is malformed, refused or beyond a limit."""
    if (deep := depth(asked.text)) > limits.depth:
        raise Refused(400, f"the query nests {deep} deep: at most {limits.depth} is read")
    try:
        worded = look(asked.text, known)
    except BadUse as error:
        raise Refused(400, plain(str(error))) from None
    tabular = worded.form in ("SELECT", "ASK")
    media = _media(asked.form, asked.accept, ROWS if tabular else TRIPLES)
    default, named = _graphs(asked.default), _graphs(asked.named)
    given = default is not None or named is not None
    sink = _Sink(limits.answer * 2**20)
    try:
        check_keywords(asked.text, "SERVICE" if worded.graphs else "SERVICE|FROM", asked.base)
        found = store.query(
            asked.text, base_iri=asked.base, prefixes=terms.prefixes(),
            use_default_graph_as_union=not (given or worded.graphs),
            default_graph=(default or []) if given else None, named_graphs=(named or []) if given else None,
        )  # fmt: skip
        if isinstance(found, ox.QueryTriples):
            found.serialize(cast("IO[bytes]", sink), format=ox.RdfFormat.N_TRIPLES)
        else:
            found.serialize(cast("IO[bytes]", sink), format=ox.QueryResultsFormat.JSON)
    except SyntaxError as error:
        raise _malformed(str(error), asked.text) from None
    except OverflowError:
        raise _too_large(limits) from None
    except (ValueError, RuntimeError, OSError) as error:
        raise Refused(400, f"the query can't be answered: {short(str(error))}") from None
    content = sink.content()
    if isinstance(found, ox.QueryTriples):
        return graph_reply(content, media, limits)
    _rows_of(content, limits)
    if (form := ROWS[media]) != "json":
        content = results.serialize(results.parsed("rows", content), form)
    return Reply(200, typed(media), content, {"Vary": "Accept"})


def _malformed(said: str, text: str) -> Refused:
    told = misread(said, text)
    place = re.search(r"at line (\d+), column (\d+)", told)
    more: dict[str, Any] = {"line": int(place[1]), "column": int(place[2])} if place else {}
    return Refused(400, told, **more)


def graph_reply(lines: bytes, media: str, limits: Limits) -> Reply:
    """Triples, given as N-Triples in any order, in the form of a media type: each once, in order."""
    kept = sorted(set(lines.splitlines(keepends=True)))
    if len(kept) > limits.rows:
        raise Refused(422, f"the answer has more than {limits.rows:,} triples: ask for less, or LIMIT it", limit="rows")
    content, form = b"".join(kept), TRIPLES[media]
    if form not in ("nt", "nq"):
        triples = ordered(quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES))
        # Prefixes are for the eye: blank nodes have none.
        named = [t for t in triples if isinstance(t.subject, ox.NamedNode) and not isinstance(t.object, ox.BlankNode)]
        made = ox.serialize(triples, format=_RDF[form], prefixes=None if form == "jsonld" else prefixes(named))
        content = made or b""
        if len(content) > limits.answer * 2**20:
            raise _too_large(limits)
    return Reply(200, typed(media), content, {"Vary": "Accept"})
