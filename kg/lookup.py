"""Finding things in a built graph: what is said of a node, and names resolved to things."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.errors import UNFIT, BadUse
from kg.graphs import Quads, graph_name

__all__ = ["Found", "Graph", "Pattern", "bearing", "find", "named", "reading", "resolve", "starting"]

_VALUES = (ox.NamedNode, ox.Literal)
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel")
_CLOSE = 0.6
"""How alike two names must be (difflib's ratio) to be suggested for one another."""

Pattern = tuple[ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | ox.Literal | None]
"""Subject, property and value of what is looked for; None for any."""


@cache
def named(name: str) -> ox.NamedNode:
    """The node of a CURIE of a vocabulary."""
    return ox.NamedNode(terms.expand(name))


def _address(name: str) -> str:
    """The IRI of a name with any prefix that we know; any other name as it stands."""
    return terms.expand(name) if name.partition(":")[0] in terms.prefixes() else name


class Graph:
    """A store of the five graphs, with the few look-ups that cards and statements need; reads each node once."""

    far = False
    """Whether each look-up is a request over a network."""

    def __init__(self, store: Quads) -> None:
        self.store = store
        self._known: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}

    def ahead(self, patterns: Iterable[Pattern]) -> None:
        """Says what will be looked for next: a graph that is far away fetches it together."""

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """IRI of a thing -> the names that it bears; statements and evidence have none."""
        found: dict[str, set[str]] = defaultdict(set)
        self.ahead((None, named(name), None) for name in _NAMES)
        for name in _NAMES:
            for quad in self.store.quads_for_pattern(None, named(name), None):
                bearer, value = quad.subject, quad.object
                if isinstance(value, ox.Literal) and isinstance(bearer, ox.NamedNode) and "/id/" in bearer.value:
                    found[bearer.value].add(value.value)
        return found

    def holds(self, node: ox.NamedNode) -> bool:
        """Whether anything is said of the node itself."""
        return next(iter(self.store.quads_for_pattern(node, None, None)), None) is not None

    def subjects(self, name: str, value: ox.NamedNode) -> list[ox.NamedNode]:
        """The nodes that have this value of a property, sorted."""
        quads = self.store.quads_for_pattern(None, named(name), value)
        return sorted({quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}, key=_iri)

    def with_property(self, name: str, kind: str) -> list[str]:
        """The CURIEs of the things of a kind that have a property at all, sorted."""
        quads = self.store.quads_for_pattern(None, named(name), None)
        found = {terms.shorten(quad.subject.value) for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        return sorted(name for name in found if name.startswith(f"{kind}:"))

    def values(self, subject: ox.NamedNode, name: str) -> list[ox.NamedNode | ox.Literal]:
        """The objects of a property, over all graphs."""
        known = self._known.get(subject.value)
        if known is None:
            found: dict[str, set[ox.NamedNode | ox.Literal]] = {}
            for quad in self.store.quads_for_pattern(subject, None, None):
                value = quad.object
                if isinstance(value, _VALUES):
                    found.setdefault(quad.predicate.value, set()).add(value)
            # Most properties have one value, and a build asks for all of them.
            known = {name: sorted(few, key=str) if len(few) > 1 else list(few) for name, few in found.items()}
            self._known[subject.value] = known
        return known.get(named(name).value, [])

    def text(self, subject: ox.NamedNode, name: str) -> str:
        """The first value as plain text, "" when there is none."""
        return next((value.value for value in self.values(subject, name)), "")

    def label(self, term: ox.NamedNode | ox.Literal) -> str:
        """The label of a thing, or a value as written."""
        if isinstance(term, ox.Literal):
            return term.value
        return self.text(term, "rdfs:label") or terms.shorten(term.value)

    def name(self, curie: str) -> str:
        """The label of the thing of a CURIE."""
        return self.label(ox.NamedNode(_address(curie)))

    def type(self, node: ox.NamedNode) -> str:
        """The class that the facts give a thing, as its local name; "" when none does."""
        quads = self.store.quads_for_pattern(node, named("rdf:type"), None, graph_name("facts"))
        found = (quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))
        return terms.local(min(found, default=""))


def _iri(node: ox.NamedNode) -> str:
    return node.value


@contextmanager
def reading(place: Path | str, remedy: str = "run kg build") -> Iterator[None]:
    """What goes wrong in reading because a graph lacks what every build of this version writes is a `BadUse`."""
    try:
        yield
    except (LookupError, ValueError) as error:
        raise BadUse(f"{place} is no graph of this version ({error}): {remedy}") from error


class Found(NamedTuple):
    """A thing found by a name: CURIE, label, class, the name that matched, and how (exact, start, word …)."""

    id: str
    label: str
    type: str
    name: str
    match: str


@lru_cache(maxsize=1 << 16)
def _fold(name: str) -> str:
    """A name without case, accents and punctuation, so that `Cedric O` finds `Cédric O` and `IAIIG` `I-AIIG`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", letters.replace("-", "").replace(".", "")).split())


def _initials(name: str) -> set[str]:
    """The first letters of a name's words, with and without the small ones; a number stays whole (`WAIC 2021`)."""
    words = [word for word in re.split(r"[\W_]+", name) if word]
    if len(words) < 2:
        return set()
    parts = [word if word.isdigit() else word[0] for word in words]
    return {"".join(parts).casefold(), "".join(part for part in parts if not part.islower()).casefold()}


_MATCHES = ("exact", "same letters", "same words", "initials", "start", "word", "part", "similar")


def _match(wanted: str, folded: str, name: str) -> str:
    """How a name answers to what was typed, "" when it does not."""
    if name.casefold() == wanted.casefold():
        return "exact"
    bare = _fold(name)
    if not folded:
        return ""
    if bare == folded:
        return "same letters"
    if " " in folded and sorted(bare.split()) == sorted(folded.split()):
        return "same words"  # a family name that stands first, or last
    if len(folded) > 1 and folded.replace(" ", "") in map(_fold, _initials(name)):
        return "initials"
    if bare.startswith(folded):
        return "start"
    if f" {folded}" in bare:
        return "word"
    return "part" if folded in bare else ""


def _node(name: str) -> ox.NamedNode | None:
    """The node of a CURIE or an IRI; None for any other name."""
    try:
        return ox.NamedNode(_address(name))
    except ValueError:
        return None


def find(graph: Graph, text: str, similar: bool = True) -> list[Found]:
    """The things that answer to a text, best first: by CURIE or IRI, name, name without accents, initials, part of
    a name and, when nothing else does, a name that looks alike.
    """
    wanted = text.strip()
    node = _node(wanted)
    if node is not None and graph.holds(node):
        return [_found(graph, node.value, wanted, "exact")]
    names, folded = graph.names, _fold(wanted)
    best: dict[str, tuple[int, int, str]] = {}
    for iri, borne in names.items():
        ways = ((_match(wanted, folded, name), name) for name in sorted(borne))
        ranked = [(_MATCHES.index(way), len(name), name) for way, name in ways if way]
        if ranked:
            best[iri] = min(ranked)
    if not best and similar:
        best = _alike(names, folded)
    ordered = sorted(best.items(), key=lambda item: (*item[1], item[0]))
    graph.ahead((ox.NamedNode(iri), None, None) for iri in best)
    return [_found(graph, iri, name, _MATCHES[rank]) for iri, (rank, _, name) in ordered]


def starting(graph: Graph, text: str) -> list[str]:
    """The names, and for a CURIE the CURIEs, that begin with a text: what a shell completes."""
    names, wanted = graph.names, text.casefold()
    found = {name for borne in names.values() for name in borne if name.casefold().startswith(wanted)}
    if ":" in text:
        found |= {name for name in map(terms.shorten, names) if name.startswith(text)}
    return sorted(found)


def _alike(names: dict[str, set[str]], folded: str) -> dict[str, tuple[int, int, str]]:
    import difflib

    bearers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for iri, borne in names.items():
        for name in borne:
            bearers[_fold(name)].append((iri, name))
    close = difflib.get_close_matches(folded, bearers, n=5, cutoff=_CLOSE)
    found: dict[str, tuple[int, int, str]] = {}
    for place, alike in enumerate(close):
        for iri, name in bearers[alike]:
            found.setdefault(iri, (_MATCHES.index("similar"), place, name))
    return found


def _found(graph: Graph, iri: str, name: str, match: str) -> Found:
    node = ox.NamedNode(iri)
    return Found(terms.shorten(iri), graph.label(node), graph.type(node), name, match)


def bearing(name: str) -> Iterator[Pattern]:
    """What is looked for to find the things of a CURIE, an IRI, or a name letter by letter."""
    node = _node(name)
    if node is not None:
        yield node, None, None
    written = (ox.Literal(name), ox.Literal(name, language="en")) if not UNFIT.search(name) else ()
    yield from ((None, named(of), value) for of in _NAMES for value in written)


def _bearers(graph: Graph, name: str) -> set[ox.NamedNode]:
    """The things of a CURIE, or that bear a name letter by letter; asked of the store, which reads no other name."""
    patterns = list(bearing(name))
    graph.ahead(patterns)
    for node, _, _ in patterns:
        if node is not None and graph.holds(node):
            return {node}
    found = {quad.subject for one in patterns if one[1] for quad in graph.store.quads_for_pattern(*one)}
    return {node for node in found if isinstance(node, ox.NamedNode) and "/id/" in node.value}


def resolve(graph: Graph, name: str, fits: Callable[[ox.NamedNode], bool] = lambda node: True) -> ox.NamedNode:
    """The one thing of a CURIE, an IRI, a label or a name as written; accents, case and hyphens don't matter.

    Of several things with the name, the one that `fits` is meant. Raises `BadUse` with suggestions when there is
    none, or when several are left.
    """
    bearers = [node for node in _bearers(graph, name.strip()) if fits(node)]
    if len(bearers) == 1:
        return bearers[0]
    found = find(graph, name)
    nodes = {one.id: ox.NamedNode(_address(one.id)) for one in found}
    # What fits is meant, even if something else bears the very name: of IGF the organization, not the meetings.
    for every in (False, True):
        for match in _MATCHES[:4]:
            same = [one for one in found if one.match == match and (every or fits(nodes[one.id]))]
            if len(same) == 1:
                return nodes[same[0].id]
            if same:
                shown = (f"{one.id} ({one.label})" for one in same)
                raise BadUse(f"{name!r} names several things: say " + " or ".join(shown))
    hint = ": kg find searches parts of names"
    fitting = [one for one in found if fits(nodes[one.id])] or found
    if fitting:
        hint = ": did you mean " + " or ".join(f"{one.id} ({one.label})" for one in fitting[:4]) + "?"
    raise BadUse(f"nothing in the graph is called {name!r}{hint}")
