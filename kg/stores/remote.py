"""The graph in somebody's triplestore, asked as one in a file is: what looks things up need not know where it is.

What has been asked is kept, so that nothing is asked twice; what is going to be asked is fetched together (`ahead`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any

import pyoxigraph as ox

from kg import folders, terms
from kg.errors import BadUse, StoreFailed
from kg.graphs import GRAPHS, graph_name
from kg.lookup import Graph, Pattern, named
from kg.sandbox import Answer
from kg.sparql import look
from kg.stores.dialects import endpoints
from kg.stores.endpoint import Cut, Endpoint
from kg.stores.web import Web, WrongAddress

__all__ = ["Remote", "answer", "at", "opened"]

_TOGETHER = 500
"""Patterns of one request: Virtuoso takes a second for so many …"""
_WEIGHT = 16
"""… and as one pattern counts so many where it can't stand in a list: at 500 of these its stack overflows."""
_VALUES = (ox.NamedNode, ox.Literal)


class Remote:
    """A store elsewhere, with the methods of one of pyoxigraph's that a graph is read by."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._known = ox.Store()
        self._asked: set[Pattern] = set()

    def quads_for_pattern(
        self, subject: ox.NamedNode | None, predicate: ox.NamedNode | None,
        value: ox.NamedNode | ox.Literal | None, graph: ox.NamedNode | None = None, /,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """The quads that fit; None fits all."""
        self.ahead([(subject, predicate, value)])
        return self._known.quads_for_pattern(subject, predicate, value, graph)

    def __contains__(self, quad: ox.Quad, /) -> bool:
        if isinstance(quad.subject, ox.NamedNode):
            self.ahead([(quad.subject, None, None)])
        return quad in self._known

    def query(
        self, text: str, /, *, use_default_graph_as_union: bool = False,
        default_graph: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:  # fmt: skip
        """The answer over the merge of the five graphs, or of those named."""
        graphs = [name for node, name in _ours().items() if default_graph is None or node in default_graph]
        if look(text).form != "CONSTRUCT":
            return self._endpoint.solutions(text, graphs)
        made = ox.Store()
        made.extend(ox.Quad(*triple) for triple in self._endpoint.triples(text, graphs))
        return made.query("CONSTRUCT WHERE { ?s ?p ?o }")

    def ahead(self, patterns: Iterable[Pattern]) -> None:
        """Fetches what is going to be asked and is not known yet, in as few requests as can be.

        Of a thing everything is fetched, and so it is of those that a property and its value lead to.
        """
        wanted: dict[Pattern, None] = dict.fromkeys((one[0], None, None) if one[0] else one for one in patterns)
        left = [one for one in wanted if not self._has(one)]
        for whole in (True, False):
            some = [one for one in left if bool(one[0] or (one[1] and one[2])) is whole]
            for few in _together(some):
                self._fetch(few, whole)

    def _has(self, pattern: Pattern) -> bool:
        return any(one in self._asked for one in product(*((part, None) for part in pattern)))

    def _fetch(self, patterns: list[Pattern], whole: bool) -> None:
        """Asks for some patterns at once; in halves where the store gives only part of the answer."""
        try:
            self._take(patterns, _whole(patterns) if whole else _plain(patterns), whole)
        except Cut:
            half = len(patterns) // 2
            if half:
                self._fetch(patterns[:half], whole)
                self._fetch(patterns[half:], whole)
            elif whole and not patterns[0][0]:  # their things are asked for later
                self._take(patterns, _plain(patterns), False)
            else:
                raise

    def _take(self, patterns: list[Pattern], text: str, whole: bool) -> None:
        found = []
        for row in self._endpoint.rows(text):
            subject, predicate, value, graph = (row[name] for name in ("s", "p", "o", "g"))
            # No blank node is ours, nor a graph beside the five, should a store give more than was asked.
            if isinstance(subject, ox.NamedNode) and isinstance(value, _VALUES) and graph in _ours():
                found.append(ox.Quad(subject, predicate, value, graph))
        self._known.extend(found)
        self._asked |= set(patterns)
        if whole:
            self._asked |= {(quad.subject, None, None) for quad in found if isinstance(quad.subject, ox.NamedNode)}


def _together(patterns: Iterable[Pattern]) -> Iterator[list[Pattern]]:
    """The patterns of one request after the other."""
    few: list[Pattern] = []
    weight = 0
    for one in patterns:
        listed = one[0] or (one[1] and isinstance(one[2], ox.NamedNode))
        weight += 1 if listed else _WEIGHT
        if few and weight > _TOGETHER:
            yield few
            few, weight = [], 1 if listed else _WEIGHT
        few.append(one)
    if few:
        yield few


@cache
def _ours() -> dict[ox.NamedNode, str]:
    """The nodes of the five graphs, and what they are called here."""
    return {graph_name(name): name for name in GRAPHS}


def _whole(patterns: list[Pattern]) -> str:
    """A query for all that is said of things: those named, and those that a property and its value lead to."""
    things = " ".join(str(subject) for subject, _, _ in patterns if subject)
    listed: dict[ox.NamedNode, list[str]] = {}
    leading = []
    for subject, predicate, value in patterns:
        if subject is None and predicate and isinstance(value, ox.NamedNode):
            listed.setdefault(predicate, []).append(str(value))
        elif subject is None:  # Virtuoso joins VALUES with no text that has a language
            leading.append(f"?s {predicate} {value}")
    leading += [f"VALUES ?v {{ {' '.join(values)} }} ?s {name} ?v" for name, values in listed.items()]
    parts = [f"VALUES ?s {{ {things} }} GRAPH ?g {{ ?s ?p ?o }}"] if things else []
    # OPTIONAL leaves nothing out: it makes a Virtuoso that was loaded just now begin at the right end.
    return _union([*parts, *(f"{one} OPTIONAL {{ GRAPH ?g {{ ?s ?p ?o }} }}" for one in leading)])


def _plain(patterns: list[Pattern]) -> str:
    """A query for the triples that fit the patterns, and no more of their things."""
    parts = []
    for _, predicate, value in patterns:
        bound = "".join(f" BIND ({term} AS ?{name})" for name, term in (("p", predicate), ("o", value)) if term)
        parts.append(f"GRAPH ?g {{ ?s {predicate or '?p'} {value or '?o'} }}{bound}")
    return _union(parts)


def _union(parts: Iterable[str]) -> str:
    return f"SELECT ?g ?s ?p ?o WHERE {{ {{ {' } UNION { '.join(parts)} }} }}"


_HELD = """SELECT ?graph ?version ?there WHERE {
  { VALUES ?graph { %s } FILTER EXISTS { GRAPH ?graph { ?s ?p ?o } } }
  UNION { %s ?version } UNION { GRAPH %s { %s ?there } }
}"""
"""Which graphs there are, and the version of the ontology as it is told: in the merge of all, and in its own graph."""


def at(web: Web, seconds: float = 0.0) -> Endpoint:
    """The query endpoint of the store that the client is for, once it has shown that it holds this graph.

    Raises `BadUse` when it lacks one of the five graphs, or holds them of another version of the ontology: every
    answer would be wrong in silence.
    """
    told = f"<{terms.prefixes()['aig'].removesuffix('#')}> {named('owl:versionInfo')}"
    text = _HELD % (" ".join(map(str, _ours())), told, graph_name("ontology"), told)
    endpoint = Endpoint(web, web.url, seconds)
    try:
        found = endpoint.rows(text)
    except (BadUse, StoreFailed) as error:
        if isinstance(error, StoreFailed) and not 0 < error.status < 500:
            raise
        endpoint = Endpoint(web, _other(web, error), seconds)
        found = endpoint.rows(text)
    _check(endpoint.url, *({row[name] for row in found} - {None} for name in ("graph", "version", "there")))
    return endpoint


def _other(web: Web, error: BadUse | StoreFailed) -> str:
    """Where queries are asked when the client's address is the server's own, or another endpoint of the store.

    Raises the error that came of asking there when that is not so.
    """
    with suppress(WrongAddress):
        there = endpoints(web).query
        if there != web.url:
            return there
    if isinstance(error, WrongAddress):
        raise BadUse(
            f"{web.url} takes no queries: name the store's query endpoint, like http://localhost:3030/kg/sparql"
        )
    raise error


def _check(url: str, graphs: set[Any], versions: set[Any], there: set[Any]) -> None:
    missing = [name for node, name in _ours().items() if node not in graphs]
    told = sorted(one.value for one in versions)
    if missing == list(GRAPHS):
        raise BadUse(f"{url} holds no graph of ours: kg load {url} loads it")
    if missing:
        raise BadUse(f"{url} lacks the graph {' and '.join(missing)}: kg load {url} loads it")
    if there and not told:
        raise BadUse(
            f"{url} asks other graphs than a request names (default-graph-uri): no answer of it can be trusted"
        )
    if told != [folders.ontology_version()]:
        of = f"of version {' and '.join(told)} of the ontology" if told else "of no version that it names"
        raise BadUse(f"the graph in {url} is {of}, this is {folders.ontology_version()}: kg load {url} replaces it")


def answer(web: Web, text: str, seconds: float) -> Answer:
    """What the store answers to a query of anybody's, as `kg.sandbox.ask` answers it for a file.

    Raises `BadUse` when it asks what is refused, before the store is asked anything; else as `at` and `Endpoint` do.
    """
    look(text)
    return at(web, seconds).answer(text)


class _Far(Graph):
    far = True

    def __init__(self, remote: Remote) -> None:
        super().__init__(remote)
        self._remote = remote

    def ahead(self, patterns: Iterable[Pattern]) -> None:
        self._remote.ahead(patterns)


def opened(web: Web) -> Graph:
    """The graph in the store that the client is for. Raises as `at` does."""
    return _Far(Remote(at(web)))
