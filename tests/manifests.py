"""The W3C's manifests of SPARQL 1.1 as plain values: what is asked over HTTP, and what must come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from needs import missing

__all__ = [
    "FOLDER", "Asking", "Case", "Request", "asking", "described", "graph_store", "old_graph_store", "protocol",
    "triples",
]  # fmt: skip

FOLDER = Path(__file__).parents[2] / "shared" / "conformance" / "sparql11"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_NAMED = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}


class Request(NamedTuple):
    """A request as it goes out, and what must come back.

    `statuses` are three digits, or the first one and two times x. `boolean` and `form` (boolean, tabular, RDF) say
    what is in the answer, `triples` which ones (Turtle), `media` as which media type; all "" or None where nothing is
    said of it.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statuses: tuple[str, ...]
    boolean: bool | None = None
    form: str = ""
    triples: str = ""
    media: str = ""

    def fits(self, status: int) -> bool:
        """Whether the manifest expects such a status."""
        return str(status) in self.statuses or f"{status // 100}xx" in self.statuses


class Case(NamedTuple):
    """A test of a manifest: its requests in order, and the graphs it wants (IRI -> N-Triples)."""

    name: str
    requests: tuple[Request, ...]
    data: dict[str, bytes]


class Asking(NamedTuple):
    """A test of a query's answer: the file of the data, of the query, and of the answer."""

    name: str
    data: Path
    query: str
    answer: Path


class _Manifest:
    """The triples of a manifest, and how one walks them."""

    def __init__(self, path: str) -> None:
        if not FOLDER.is_dir():
            missing(f"the W3C's tests in {FOLDER}")
        self.file = FOLDER / path
        base = f"file://{self.file}"
        self._known: dict[tuple[object, str], list[Term]] = {}
        self.subjects: dict[Term, None] = {}
        for one in ox.parse(path=self.file, format=ox.RdfFormat.TURTLE, base_iri=base):
            self._known.setdefault((one.subject, one.predicate.value), []).append(one.object)
            self.subjects.setdefault(one.subject, None)

    def all(self, node: object, name: str) -> list[Term]:
        return self._known.get((node, name), [])

    def one(self, node: object, name: str) -> Term | None:
        found = self.all(node, name)
        assert len(found) <= 1, f"{name} of {node} is said more than once"
        return found[0] if found else None

    def text(self, node: object, name: str, default: str = "") -> str:
        found = self.one(node, name)
        return default if found is None else _value(found)

    def items(self, node: object) -> Iterator[Term]:
        """The members of a list."""
        while node is not None and node != ox.NamedNode(f"{_RDF}nil"):
            first = self.one(node, f"{_RDF}first")
            assert first is not None
            yield first
            node = self.one(node, f"{_RDF}rest")

    def tests(self, kind: str) -> list[tuple[str, Term]]:
        """All tests of a kind with their names, whether the manifest lists them among its entries or forgets it."""
        wanted = ox.NamedNode(f"{_MF}{kind}")
        return [
            (_value(node).rpartition("#")[2], node) for node in self.subjects if wanted in self.all(node, f"{_RDF}type")
        ]


def _value(term: Term) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value


def _path(term: Term | None) -> Path:
    assert isinstance(term, ox.NamedNode)
    return Path(term.value.removeprefix("file://"))


def _headers(known: _Manifest, node: object) -> tuple[tuple[str, str], ...]:
    listed = known.items(known.one(node, f"{_HT}headers"))
    return tuple((known.text(one, f"{_HT}fieldName"), known.text(one, f"{_HT}fieldValue")) for one in listed)


def _status(term: Term) -> str:
    name = _value(term).rpartition("#")[2]
    return _NAMED.get(name, name.removeprefix("StatusCode"))


def _request(known: _Manifest, node: object) -> Request:
    response, content = known.one(node, f"{_HT}resp"), known.one(node, f"{_HT}body")
    answered = known.one(response, f"{_HT}body")
    boolean = known.text(response, f"{_MF}expectedBoolean")
    encoding = known.text(content, f"{_CNT}characterEncoding", "utf-8") if content else "utf-8"
    return Request(
        known.text(node, f"{_HT}methodName"), known.text(node, f"{_HT}absolutePath"), _headers(known, node),
        known.text(content, f"{_CNT}chars").encode(encoding) if content else b"",
        tuple(map(_status, known.all(response, f"{_MF}expectedStatus"))),
        boolean == "true" if boolean else None, known.text(response, f"{_MF}expectedFormat"),
        known.text(answered, f"{_CNT}chars") if answered else "",
        dict(_headers(known, response)).get("content-type", ""),
    )  # fmt: skip


def _cases(path: str, kind: str) -> dict[str, Case]:
    known = _Manifest(path)
    found = {}
    for name, node in known.tests(kind):
        asked = known.one(known.one(node, f"{_MF}action"), f"{_HT}requests")
        data = {
            known.text(one, f"{_RDFS}label"): _path(known.one(one, f"{_UT}graph")).read_bytes()
            for one in known.all(node, f"{_UT}graphData")
        }
        found[name] = Case(name, tuple(_request(known, one) for one in known.items(asked)), data)
    return found


@cache
def protocol() -> dict[str, Case]:
    """Name -> test of the SPARQL 1.1 Protocol."""
    return _cases("protocol/manifest.ttl", "ProtocolTest")


@cache
def graph_store(way: str) -> dict[str, Case]:
    """Name -> test of the Graph Store Protocol; `way` is how a graph is named: direct or indirect."""
    return _cases(f"graph-store-protocol/manifest-{way}.ttl", "GraphStoreProtocolTest")


@cache
def old_graph_store(graphs: str) -> dict[str, Case]:
    """Name -> test of the deprecated manifest, whose requests stand in its comments; `graphs` is the path asked."""
    known = _Manifest("http-rdf-update/manifest.ttl")
    found = {}
    for name, node in known.tests("GraphStoreProtocolTest"):
        said = max((_value(one) for one in known.all(node, f"{_RDFS}comment")), key=len)
        said = said.replace("$GRAPHSTORE$", graphs).replace("$NEWPATH$", f"{graphs}/new").replace("$HOST$", "h.example")
        asked, _, answered = re.sub("^    ", "", said, flags=re.MULTILINE).partition("#### Response")
        head, _, body = asked.partition("#### Request")[2].strip().partition("\n\n")
        lines = head.splitlines()
        method, target, _ = lines[0].split()
        headers = tuple((one.partition(": ")[0], one.partition(": ")[2]) for one in lines[1:])
        kept = tuple(pair for pair in headers if pair[0] != "Host")
        request = Request(method, target, kept, body.encode(), (answered.split()[0],))
        found[name] = Case(name, (request,), {})
    return found


@cache
def asking(folder: str, kind: str) -> dict[str, Asking]:
    """Name -> test of a query's answer, of a kind, in a folder of the manifests."""
    known = _Manifest(f"{folder}/manifest.ttl")
    found = {}
    for name, node in known.tests(kind):
        action = known.one(node, f"{_MF}action")
        query = _path(known.one(action, f"{_QT}query")).read_text(encoding="utf-8")
        data, answer = _path(known.one(action, f"{_QT}data")), _path(known.one(node, f"{_MF}result"))
        found[name] = Asking(name, data, query, answer)
    return found


def triples(content: str | bytes, form: ox.RdfFormat) -> set[ox.Quad]:
    """The triples of a text, their blank nodes named by what they are (RDFC-1.0): equal sets are the same graph."""
    made = ox.Dataset(ox.parse(content, format=form))
    made.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(made)


@cache
def described() -> set[str]:
    """The names of the tests of the service description, which have no data."""
    return {name for name, _ in _Manifest("service-description/manifest.ttl").tests("ServiceDescriptionTest")}
