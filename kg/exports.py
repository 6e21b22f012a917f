"""The graphs as RDF files, the same bytes from every build.

pyoxigraph writes statements in the order given, so sorted triples are a stable serialisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg import folders, terms
from kg.graphs import GRAPHS, Graphs, in_lines, quads, skolem, written
from kg.turtle import ordered, prefixes

__all__ = ["rdf_files"]

_TYPE, _STATEMENT, _REIFIES, *_PARTS = (
    ox.NamedNode(terms.expand(f"rdf:{name}"))
    for name in ("type", "Statement", "reifies", "subject", "predicate", "object")
)


def _n_triples(n_quads: bytes) -> bytes:
    """The lines without their graph, each once."""
    lines = {line.rpartition(b" <")[0] for line in n_quads.splitlines()}
    return b"".join(line + b" .\n" for line in sorted(lines))


def _with_lists(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples with the blank nodes that OWL wants for the nodes of lists."""

    def blank(term: object) -> object:
        if isinstance(term, ox.NamedNode) and term.value.startswith(skolem()):
            return ox.BlankNode(term.value.removeprefix(skolem()))
        return term

    for triple in triples:
        yield ox.Triple(blank(triple.subject), triple.predicate, blank(triple.object))  # type: ignore[arg-type]


def _reified(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Statements as reifiers of RDF 1.2: `st:x rdf:reifies <<( s p o )>>` for type, subject, predicate and object.

    All else that is said of a statement is said of its reifier.
    """
    parts: dict[object, dict[ox.NamedNode, object]] = {}
    made = []
    for triple in triples:
        if triple.predicate in _PARTS:
            parts.setdefault(triple.subject, {})[triple.predicate] = triple.object
        elif triple.predicate != _TYPE or triple.object != _STATEMENT:
            made.append(triple)
    for node, found in parts.items():
        said = ox.Triple(*(found[part] for part in _PARTS))  # type: ignore[arg-type]
        made.append(ox.Triple(node, _REIFIES, said))  # type: ignore[arg-type]
    return made


def _trig(graphs: dict[str, list[ox.Triple]]) -> bytes:
    every = [triple for triples in graphs.values() for triple in triples]
    return written(quads(graphs), ox.RdfFormat.TRIG, prefixes(every))


def rdf_files(graphs: Graphs, rdf12: bool = False) -> dict[str, bytes]:
    """File name -> content: the dataset in three forms, each graph as Turtle, the ontology also as RDF/XML.

    With `rdf12` the dataset once more, its statements as reifiers of RDF 1.2.
    """
    sorted_ = {name: ordered(graphs[name]) for name in GRAPHS}
    used = {name: prefixes(triples) for name, triples in sorted_.items()}
    found = quads(sorted_)
    n_quads = in_lines(found)
    every = {name: iri for name, iri in terms.prefixes().items() if any(name in few for few in used.values())}
    made = {
        "aigov-kg.nq": n_quads,
        "aigov-kg.trig": written(found, ox.RdfFormat.TRIG, every),
        "aigov-kg.nt": _n_triples(n_quads),
        "ontology.ttl": folders.ontology("aigov.ttl").read_bytes(),
        "ontology.rdf": written(_with_lists(sorted_["ontology"]), ox.RdfFormat.RDF_XML, used["ontology"]),
    }
    if rdf12:
        turned = sorted_ | {"statements": ordered(_reified(sorted_["statements"]))}
        made["aigov-kg-rdf12.trig"] = b'VERSION "1.2"\n' + _trig(turned)
    for name in GRAPHS[1:]:
        made[f"{name}.ttl"] = written(sorted_[name], ox.RdfFormat.TURTLE, used[name])
    return made
