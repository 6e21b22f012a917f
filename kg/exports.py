"""The graphs as RDF files, the same bytes from every build.

pyoxigraph writes statements in the order given, so sorted triples are a stable serialisation.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg import folders, terms
from kg.graphs import GRAPHS, Graphs, canonical, quad, written

__all__ = ["rdf_files"]


def _ordered(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """By subject, type first, then by predicate and object."""
    first = terms.expand("rdf:type")

    def key(triple: ox.Triple) -> tuple[str, bool, str, str]:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        shown = value.value if isinstance(value, ox.NamedNode) else str(value)
        return getattr(subject, "value", ""), predicate != first, predicate, shown

    return sorted(triples, key=key)


def _prefixes(triples: Iterable[ox.Triple]) -> dict[str, str]:
    """The prefixes of the context whose namespaces occur."""
    names: set[str] = set()
    for triple in triples:
        names.update((triple.subject.value, triple.predicate.value))  # type: ignore[union-attr]
        value = triple.object
        names.add(value.datatype.value if isinstance(value, ox.Literal) else value.value)  # type: ignore[union-attr]
    used = {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in names}
    return {name: iri for name, iri in terms.prefixes().items() if iri in used}


def _turtle(ordered: list[ox.Triple]) -> bytes:
    return written(ordered, ox.RdfFormat.TURTLE, _prefixes(ordered))


def _trig(ordered: dict[str, list[ox.Triple]]) -> bytes:
    everything = [triple for triples in ordered.values() for triple in triples]
    quads = [quad(triple, name) for name, triples in ordered.items() for triple in triples]
    return written(quads, ox.RdfFormat.TRIG, _prefixes(everything))


def _n_triples(graphs: Graphs) -> bytes:
    merged = {triple for triples in graphs.values() for triple in triples}
    return b"".join(sorted(written(merged, ox.RdfFormat.N_TRIPLES).splitlines(keepends=True)))


def rdf_files(graphs: Graphs) -> dict[str, bytes]:
    """File name -> content: the dataset in three forms, and each graph as Turtle."""
    ordered = {name: _ordered(graphs[name]) for name in GRAPHS}
    made = {
        "aigov-kg.nq": canonical(graphs),
        "aigov-kg.trig": _trig(ordered),
        "aigov-kg.nt": _n_triples(graphs),
        "ontology.ttl": folders.ontology("aigov.ttl").read_bytes(),
    }
    return made | {f"{name}.ttl": _turtle(ordered[name]) for name in GRAPHS if name != "ontology"}
