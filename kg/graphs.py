"""The five graphs of a dataset, and their names.

ontology    terms and closed lists, as authored (list nodes under a skolem IRI, RDF 1.1 section 3.5)
facts       types, labels, direct triples and descriptions; with the ontology all that is reasoned over
inferred    what the rules make of the two
statements  the cited statements, conflicts, and descriptions that only an unvouched statement introduces
evidence    spans and the metadata of the sources
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from kg import terms

__all__ = ["GRAPHS", "Graphs", "canonical", "graph_name", "quad", "written"]

GRAPHS = ("ontology", "facts", "inferred", "statements", "evidence")
Graphs = dict[str, set[ox.Triple]]


@cache
def graph_name(name: str) -> ox.NamedNode:
    """The IRI of one of the five graphs."""
    return ox.NamedNode(terms.prefixes()["aig"].removesuffix("ns#") + "graph/" + name)


def quad(triple: ox.Triple, name: str) -> ox.Quad:
    """The triple in one of the five graphs."""
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph_name(name))


def written(
    statements: Iterable[ox.Triple] | Iterable[ox.Quad], form: ox.RdfFormat, prefixes: dict[str, str] | None = None
) -> bytes:
    """The statements in the order given, serialised."""
    made = ox.serialize(statements, format=form, prefixes=prefixes)
    assert made is not None
    return made


def canonical(graphs: Graphs) -> bytes:
    """The artefact of record: canonical N-Quads (RDFC-1.0; trivial, there is no blank node), lines sorted."""
    quads = (quad(triple, name) for name, triples in graphs.items() for triple in triples)
    return b"".join(sorted(written(quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)))
