"""The graphs as RDF files, the same bytes from every build.

pyoxigraph writes statements in the order given, so sorted triples are a stable serialisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kg import folders, terms
from kg.graphs import GRAPHS, Graphs, canonical, quad, written

__all__ = ["rdf_files"]


def _ordered(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Type first, then by predicate and object; numbers in ids in their order."""
    first = terms.expand("rdf:type")

    def key(triple: ox.Triple) -> tuple[str, bool, str, str]:
        return str(triple.subject), triple.predicate.value != first, triple.predicate.value, str(triple.object)

    return sorted(triples, key=key)


def _prefixes(text: Iterable[ox.Triple]) -> dict[str, str]:
    used = set()
    for triple in text:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                used.add(re.sub(r"[^#/]*$", "", term.value))
            elif isinstance(term, ox.Literal):
                used.add(re.sub(r"[^#/]*$", "", term.datatype.value))
    return {name: iri for name, iri in terms.prefixes().items() if iri in used}


def _turtle(triples: set[ox.Triple]) -> bytes:
    ordered = _ordered(triples)
    return written(ordered, ox.RdfFormat.TURTLE, _prefixes(ordered))


def _trig(graphs: Graphs) -> bytes:
    everything = [triple for name in GRAPHS for triple in graphs[name]]
    quads = [quad(triple, name) for name in GRAPHS for triple in _ordered(graphs[name])]
    return written(quads, ox.RdfFormat.TRIG, _prefixes(everything))


def _n_triples(graphs: Graphs) -> bytes:
    merged = {triple for triples in graphs.values() for triple in triples}
    return b"".join(sorted(written(merged, ox.RdfFormat.N_TRIPLES).splitlines(keepends=True)))


def rdf_files(graphs: Graphs) -> dict[str, bytes]:
    """File name -> content: the dataset in three forms, and each graph as Turtle."""
    made = {
        "aigov-kg.nq": canonical(graphs),
        "aigov-kg.trig": _trig(graphs),
        "aigov-kg.nt": _n_triples(graphs),
        "ontology.ttl": folders.ontology("aigov.ttl").read_bytes(),
    }
    return made | {f"{name}.ttl": _turtle(graphs[name]) for name in GRAPHS if name != "ontology"}
