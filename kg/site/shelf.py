"""What all pages are made from: the graph with its statements, and what the project says of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg import terms
from kg.facts import About
from kg.lookup import Graph, named
from kg.statements import Reader, Statement, Thing, periods

__all__ = ["Shelf"]


@dataclass(frozen=True)
class Shelf:
    """The graph and its release; `coverage` has the reports of coverage.json by source, `files` what else can be had.

    `address` is where the site will stand ("" if it is not known): only then are there a sitemap and a page for what
    is not found, which need whole addresses. `live` says that a server answers: questions with values, searches and
    SPARQL have pages then. `texts` are those of the sources by their digests, for pages of one's own use only.
    """

    graph: Graph
    version: str
    about: About | None = None
    coverage: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    address: str = ""
    explorer: bool = True
    live: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the whole is called."""
        return self.about.title if self.about else "AI governance: who did what"

    @cached_property
    def reader(self) -> Reader:
        """Reads statements, each thing once."""
        return Reader(self.graph)

    @cached_property
    def statements(self) -> Mapping[str, Statement]:
        """Every statement by its id."""
        return {one.id: one for one in self.reader.all()}

    @cached_property
    def periods(self) -> Mapping[str, tuple[str, str]]:
        """Statement -> earliest and latest day, where a date is known."""
        return periods(self.graph, self.statements.values())

    @cached_property
    def uses(self) -> Mapping[str, int]:
        """CURIE -> how many statements name it at either end."""
        return Counter(thing.id for one in self.statements.values() for thing in {one.subject, one.object} if thing.id)

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """Everything that has a name of its own and a page: no statements and parts of statements; by CURIE."""
        found = {terms.shorten(iri) for iri in self.graph.names}
        kept = (self.reader.thing(named(name)) for name in sorted(found) if terms.is_curie(name))
        return tuple(thing for thing in kept if thing.kind not in ("st", "ev", "conflict"))

    @cached_property
    def withdrawn(self) -> Mapping[str, str]:
        """Statement that was taken back -> why."""
        found = self.graph.store.quads_for_pattern(None, named("owl:deprecated"), None)
        nodes = sorted({quad.subject for quad in found if isinstance(quad.subject, ox.NamedNode)}, key=str)
        names = [(terms.shorten(node.value), node) for node in nodes]
        return {name: self.graph.text(node, "skos:note") for name, node in names if name.startswith("st:")}

    @cached_property
    def conflicts(self) -> tuple[str, ...]:
        """The CURIEs of all conflicts."""
        found = self.graph.subjects("rdf:type", named("aig:Conflict"))
        return tuple(terms.shorten(node.value) for node in found)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The CURIEs of the classes and properties that the page of the ontology tells of."""
        kinds = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        nodes = (node for kind in kinds for node in self.graph.subjects("rdf:type", named(f"owl:{kind}")))
        return frozenset(terms.shorten(node.value) for node in nodes)
