"""The ontology as its page shows it: classes, properties and lists of concepts, each with how often it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.graphs import graph_name
from kg.lookup import named
from kg.site.shelf import Shelf

__all__ = ["Term", "classes", "properties", "schemes"]

_RELATED = (
    ("rdfs:subClassOf", "is a kind of"), ("rdfs:subPropertyOf", "is a kind of"), ("rdfs:domain", "said of"),
    ("rdfs:range", "takes"), ("owl:inverseOf", "is the other way round of"),
    ("owl:disjointWith", "shares nothing with"),
    ("owl:equivalentClass", "is the same as"), ("owl:equivalentProperty", "is the same as"),
)  # fmt: skip
_NATURES = (
    ("owl:TransitiveProperty", "transitive"), ("owl:SymmetricProperty", "symmetric"),
    ("owl:FunctionalProperty", "has one value"), ("owl:DatatypeProperty", "takes a value"),
    ("owl:AnnotationProperty", "annotation"),
)  # fmt: skip


class Term(NamedTuple):
    """A class, a property or a list: CURIE, label, definition, what it is related to, and how often it is used."""

    id: str
    label: str
    definition: str
    note: str
    natures: tuple[str, ...]
    related: tuple[tuple[str, tuple[str, ...]], ...]
    uses: int

    @property
    def own(self) -> bool:
        """Whether it is of our ontology; others are only made use of."""
        return self.id.startswith("aig:")


def _related(shelf: Shelf, node: ox.NamedNode) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for prefixed, words in _RELATED:
        quads = shelf.graph.store.quads_for_pattern(node, named(prefixed), None, graph_name("ontology"))
        ends = {terms.shorten(quad.object.value) for quad in quads if isinstance(quad.object, ox.NamedNode)}
        named_ends = sorted(end for end in ends if "genid" not in end)
        if named_ends:
            found.setdefault(words, []).extend(named_ends)
    narrower = (
        "rdfs:subClassOf" if node in shelf.graph.subjects("rdf:type", named("owl:Class")) else "rdfs:subPropertyOf"
    )
    below = [terms.shorten(one.value) for one in shelf.graph.subjects(narrower, node) if one != node]
    direct = [name for name in below if _directly(shelf, name, narrower, node)]
    if direct:
        found["has the kinds"] = direct
    return tuple((words, tuple(ends)) for words, ends in found.items())


def _directly(shelf: Shelf, name: str, relation: str, node: ox.NamedNode) -> bool:
    """Whether the ontology itself says so, not only what follows from it."""
    return ox.Quad(named(name), named(relation), node, graph_name("ontology")) in shelf.graph.store


def _term(shelf: Shelf, name: str, uses: int) -> Term:
    node, graph = named(name), shelf.graph
    natures = {value.value for value in graph.values(node, "rdf:type")}
    definition = graph.text(node, "skos:definition") or graph.text(node, "rdfs:comment")
    return Term(
        name, graph.text(node, "rdfs:label") or terms.words(terms.local(name)), definition,
        graph.text(node, "skos:scopeNote") or graph.text(node, "skos:example"),
        tuple(words for of, words in _NATURES if terms.expand(of) in natures), _related(shelf, node), uses,
    )  # fmt: skip


def _listed(shelf: Shelf, kinds: Iterable[str], uses: Counter[str]) -> list[Term]:
    nodes = {node for kind in kinds for node in shelf.graph.subjects("rdf:type", named(f"owl:{kind}"))}
    names = sorted((terms.shorten(node.value) for node in nodes), key=lambda name: (not name.startswith("aig:"), name))
    return [_term(shelf, name, uses[name]) for name in names]


def classes(shelf: Shelf) -> list[Term]:
    """The classes, ours first; used as often as there are things of them, what follows included."""
    counts = Counter(
        terms.shorten(quad.object.value)
        for graph in ("facts", "inferred", "statements", "evidence")
        for quad in shelf.graph.store.quads_for_pattern(None, named("rdf:type"), None, graph_name(graph))
        if isinstance(quad.object, ox.NamedNode)
    )
    return _listed(shelf, ("Class",), counts)


def properties(shelf: Shelf) -> list[Term]:
    """The properties, ours first; used as often as statements have them as relation, or triples as predicate."""
    stated = Counter(one.predicate for one in shelf.statements.values())
    found = _listed(shelf, ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"), stated)
    return [one if one.uses else one._replace(uses=_triples(shelf, one.id)) for one in found]


def _triples(shelf: Shelf, name: str) -> int:
    return sum(1 for _ in shelf.graph.store.quads_for_pattern(None, named(name), None))


def schemes(shelf: Shelf) -> list[tuple[Term, list[Term]]]:
    """The lists of concepts with their members; a concept is used as often as anything but its list names it."""
    graph, found = shelf.graph, []
    for node in graph.subjects("rdf:type", named("skos:ConceptScheme")):
        members = [terms.shorten(one.value) for one in graph.subjects("skos:inScheme", node)]
        listed = [_term(shelf, name, _named(shelf, name)) for name in members]
        found.append((_term(shelf, terms.shorten(node.value), len(listed)), listed))
    return found


def _named(shelf: Shelf, name: str) -> int:
    return sum(1 for _ in shelf.graph.store.quads_for_pattern(None, None, named(name)))
