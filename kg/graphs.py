"""The five graphs of a dataset, and their names.

ontology    terms and closed lists, as authored (list nodes under a skolem IRI, RDF 1.1 section 3.5)
facts       types, labels, direct triples and descriptions; with the ontology all that is reasoned over
inferred    what the rules make of the two
statements  the cited statements, conflicts, and descriptions that only an unvouched statement introduces
evidence    spans and the metadata of the sources
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Protocol

import pyoxigraph as ox

from kg import terms

__all__ = [
    "GRAPHS", "Graphs", "Quads", "Row", "canonical", "graph_name", "in_lines", "quad", "quads", "rows", "skolem",
    "written",
]  # fmt: skip

GRAPHS = ("ontology", "facts", "inferred", "statements", "evidence")
Graphs = dict[str, set[ox.Triple]]

Row = tuple[str, str, str]
"""Subject, predicate and object as N-Quads writes them."""


class Quads(Protocol):
    """What a graph is read from: a store of pyoxigraph's, or one elsewhere that has these methods of it."""

    def quads_for_pattern(
        self, subject: ox.NamedNode | None, predicate: ox.NamedNode | None,
        value: ox.NamedNode | ox.Literal | None, graph: ox.NamedNode | None = None, /,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """The quads that fit; None fits all."""

    def __contains__(self, quad: ox.Quad, /) -> bool:
        """Whether it has the quad."""

    def query(
        self, text: str, /, *, use_default_graph_as_union: bool = False,
        default_graph: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:  # fmt: skip
        """The answer to a query, over the merge of all graphs or of those named."""


@cache
def graph_name(name: str) -> ox.NamedNode:
    """The IRI of one of the five graphs."""
    return ox.NamedNode(terms.prefixes()["aig"].removesuffix("ns#") + "graph/" + name)


@cache
def skolem() -> str:
    """What the IRI of a list node begins with (RDF 1.1 Concepts, section 3.5); the node's label stands behind."""
    return terms.prefixes()["aig"].removesuffix("ns#") + ".well-known/genid/"


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


def quads(graphs: Mapping[str, Iterable[ox.Triple]]) -> list[ox.Quad]:
    """The triples of all graphs, in their order."""
    return [quad(triple, name) for name, triples in graphs.items() for triple in triples]


def in_lines(found: Iterable[ox.Quad]) -> bytes:
    """Canonical N-Quads (RDFC-1.0; trivial, there is no blank node), lines sorted."""
    return b"".join(sorted(written(found, ox.RdfFormat.N_QUADS).splitlines(keepends=True)))


def canonical(graphs: Graphs) -> bytes:
    """The artefact of record."""
    return in_lines(quads(graphs))


def rows(n_quads: bytes) -> dict[str, list[Row]]:
    """Name of a graph -> its triples, of canonical lines; reading them so is several times faster than parsing."""
    found: dict[str, list[Row]] = {f"{graph_name(name).value}> .": [] for name in GRAPHS}
    for line in n_quads.decode("utf-8").split("\n")[:-1]:
        triple, _, graph = line.rpartition(" <")
        subject, predicate, value = triple.split(" ", 2)
        found[graph].append((subject, predicate, value))
    return dict(zip(GRAPHS, found.values(), strict=True))
