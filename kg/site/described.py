"""What the graph says of one node as RDF: a document in JSON-LD, and the same triples in the other forms.

A thing's document holds the statements that name it with who says them, their evidence and conflicts, and the label
of everything named (`kg.documents`), so that whoever follows a name has all that its page shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from kg import terms
from kg.documents import Framer
from kg.graphs import in_lines, rows, written
from kg.jsonld import nodes
from kg.lookup import Graph, named
from kg.turtle import ordered, prefixes

__all__ = ["FORMS", "document", "serialized", "triples"]

FORMS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
"""Suffix -> form of RDF, beside JSON-LD."""
_EMBEDDED = ("st", "ev", "conflict")


def document(graph: Graph, name: str) -> bytes:
    """The JSON-LD document of a node (a CURIE). Raises KeyError for a name that the graph does not have.

    Made of the quads around the node, so that it takes no longer in a larger graph.
    """
    found = rows(in_lines(map(_as_declared, _near(graph, named(name)))))
    return Framer(nodes(triples) for triples in found.values()).document(name)


def triples(jsonld: bytes, name: str) -> list[ox.Triple]:
    """The triples of the document of a node, in order; what is said of the node itself stands first."""
    own = named(name)
    found = ordered({quad.triple for quad in ox.parse(jsonld, format=ox.RdfFormat.JSON_LD)})
    return sorted(found, key=lambda triple: triple.subject != own)


def serialized(found: list[ox.Triple], form: str) -> bytes:
    """Triples as `ttl`, `nt` or `rdf`."""
    return written(found, FORMS[form], None if form == "nt" else prefixes(found))


def _kind(node: ox.NamedNode) -> str:
    return terms.shorten(node.value).partition(":")[0]


def _said_of(graph: Graph, node: ox.NamedNode) -> set[ox.NamedNode]:
    """The statements that name a node, the conflicts that a statement is in, and both sides of these."""
    near = {one for position in ("rdf:subject", "rdf:object") for one in graph.subjects(position, node)}
    if _kind(node) == "st":
        near |= set(graph.subjects("aig:between", node))
    return near


@cache
def _declared() -> dict[str, str]:
    """Property -> the datatype of its values."""
    return {term.iri: term.datatype for term in terms.properties().values() if term.datatype}


def _as_declared(quad: ox.Quad) -> ox.Quad:
    """The quad with the datatype that the context declares: stores keep a non-negative integer as an integer."""
    value, wanted = quad.object, _declared().get(quad.predicate.value)
    if wanted and isinstance(value, ox.Literal) and value.datatype.value == terms.expand("xsd:integer") != wanted:
        return ox.Quad(
            quad.subject, quad.predicate, ox.Literal(value.value, datatype=ox.NamedNode(wanted)), quad.graph_name
        )
    return quad


def _near(graph: Graph, node: ox.NamedNode) -> Iterator[ox.Quad]:
    """All quads that the document of a node may hold: what is said of it and of the parts of that, and the outline of
    what those name.
    """
    frontier, seen, outlined = {node}, {node}, set()
    while frontier:
        found = [quad for one in frontier for quad in graph.store.quads_for_pattern(one, None, None)]
        yield from found
        ends = {quad.object for quad in found if isinstance(quad.object, ox.NamedNode)}
        near = {end for end in ends if _kind(end) in _EMBEDDED}
        near |= {other for one in frontier if one == node or _kind(one) == "st" for other in _said_of(graph, one)}
        outlined |= ends - near
        frontier = near - seen
        seen |= frontier
    for other in outlined - seen:
        yield from graph.store.quads_for_pattern(other, None, None)
