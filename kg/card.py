"""An entity's card: its facts grouped, each with who says it and where, read from a built graph.

What `kg show`, pages, explorer and review render; needs pyoxigraph alone, so that it opens fast. Its values
are named tuples, since making five frozen dataclasses takes a twentieth of the whole command.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.graphs import graph_name
from kg.lookup import Graph, named
from kg.rules import Explanation, explain

__all__ = ["Card", "Clash", "Derived", "Receipt", "Stated", "card"]

_PASSIVE = {"contradicts": "contradicted by", "corrects": "corrected by", "narrows": "narrowed by"}


class Receipt(NamedTuple):
    """Where the words are: source id, title and digest, offsets, end words; `whole` for a document without a text."""

    source: str
    title: str
    start: int
    end: int
    head: str
    tail: str
    whole: bool
    address: str
    digest: str


class Clash(NamedTuple):
    """A conflict from one statement's side: its kind, how that reads here, the other statement, the note."""

    kind: str
    relation: str
    other: str
    text: str
    note: str


class Stated(NamedTuple):
    """A statement about the entity. `text` is said from the entity's side; `qualifiers` are role, capacity …"""

    id: str
    relation: str
    outgoing: bool
    other: str
    text: str
    status: str
    modality: str
    reading: str
    claimed_by: tuple[str, ...]
    qualifiers: tuple[tuple[str, str], ...]
    note: str
    conflicts: tuple[Clash, ...]
    receipts: tuple[Receipt, ...]


class Derived(NamedTuple):
    """An inferred fact, with its rule and premises in words."""

    text: str
    rule: str
    summary: str
    premises: tuple[str, ...]


class Card(NamedTuple):
    """An entity: id, label, class, note, its statements by relation, and what was inferred."""

    id: str
    label: str
    type: str
    note: str
    groups: tuple[tuple[str, tuple[Stated, ...]], ...]
    derived: tuple[Derived, ...]


class _Reader:
    def __init__(self, graph: Graph, node: ox.NamedNode) -> None:
        self.graph, self.node = graph, node

    def statements(self, position: str) -> Iterable[ox.NamedNode]:
        quads = self.graph.store.quads_for_pattern(None, named(position), self.node)
        return (quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode))

    def receipt(self, evidence: ox.NamedNode) -> Receipt:
        text = self.graph.text
        source = ox.NamedNode(text(evidence, "oa:hasSource"))
        selector = text(evidence, "oa:hasSelector")
        node = ox.NamedNode(selector) if selector else evidence
        return Receipt(
            terms.shorten(source.value), self.graph.label(source), int(text(node, "oa:start") or 0),
            int(text(node, "oa:end") or 0), text(evidence, "aig:startsWith"), text(evidence, "aig:endsWith"),
            not selector, text(source, "schema:archivedAt") or text(source, "schema:url"), text(source, "aig:digest"),
        )  # fmt: skip

    def qualifiers(self, statement: ox.NamedNode) -> tuple[tuple[str, str], ...]:
        names = ("role", "constituency", "inCapacityOf", "onBehalfOf", "whenText", "review")
        return tuple(
            ("as written" if name == "whenText" else terms.words(name), self.graph.label(value))
            for name in names
            for value in self.graph.values(statement, terms.shorten(terms.properties()[name].iri))
        )

    def conflicts(self, statement: ox.NamedNode) -> tuple[Clash, ...]:
        between = named("aig:between")
        found = (quad.subject for quad in self.graph.store.quads_for_pattern(None, between, statement))
        nodes = sorted({node for node in found if isinstance(node, ox.NamedNode)}, key=str)
        return tuple(clash for node in nodes for clash in self._clashes(node, statement))

    def _clashes(self, node: ox.NamedNode, statement: ox.NamedNode) -> Iterable[Clash]:
        kind = terms.local(self.graph.text(node, "aig:conflictKind"))
        challenged = statement in self.graph.values(node, "aig:challenges")
        relation = _PASSIVE.get(kind, kind) if challenged else kind
        for other in self.graph.values(node, "aig:between"):
            if other != statement and isinstance(other, ox.NamedNode):
                said = self.sentence(other)
                yield Clash(kind, relation, terms.shorten(other.value), said, self.graph.text(node, "skos:note"))

    def stated(self, statement: ox.NamedNode, outgoing: bool) -> Stated:
        graph = self.graph
        ends = [graph.values(statement, name)[0] for name in ("rdf:subject", "rdf:predicate", "rdf:object")]
        other = ends[2] if outgoing else ends[0]
        relation = self.relation(ends[1])
        name = graph.label(other) if "/id/st/" not in other.value else self.sentence(ox.NamedNode(other.value))
        evidence = (ox.NamedNode(value.value) for value in graph.values(statement, "aig:evidence"))
        return Stated(
            terms.shorten(statement.value), relation, outgoing, other.value, name,
            terms.local(graph.text(statement, "aig:status")), terms.local(graph.text(statement, "aig:modality")),
            terms.local(graph.text(statement, "aig:reading")),
            tuple(graph.label(value) for value in graph.values(statement, "aig:claimedBy")),
            self.qualifiers(statement), graph.text(statement, "skos:note"), self.conflicts(statement),
            tuple(self.receipt(node) for node in evidence),
        )  # fmt: skip

    def sentence(self, statement: ox.NamedNode) -> str:
        """A statement as words: subject, relation, object."""
        ends = [self.graph.values(statement, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")]
        if not all(ends):
            return terms.shorten(statement.value)
        return f"{self.graph.label(ends[0][0])} {self.relation(ends[1][0])} {self.graph.label(ends[2][0])}"

    def groups(self) -> tuple[tuple[str, tuple[Stated, ...]], ...]:
        found: dict[str, list[Stated]] = defaultdict(list)
        for position, outgoing in (("rdf:subject", True), ("rdf:object", False)):
            for statement in self.statements(position):
                one = self.stated(statement, outgoing)
                found[one.relation if outgoing else f"← {one.relation}"].append(one)
                found["when (of a relation)"].extend(self._about(statement))
        return tuple(
            (name, tuple(sorted(set(found[name]), key=lambda s: s.id))) for name in sorted(found) if found[name]
        )

    def _about(self, statement: ox.NamedNode) -> Iterable[Stated]:
        quads = self.graph.store.quads_for_pattern(None, named("rdf:subject"), statement)
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode):
                dated = self.stated(quad.subject, False)
                yield dated._replace(text=f"{dated.text}: {self.graph.text(quad.subject, 'rdf:object')}")

    def derived(self) -> tuple[Derived, ...]:
        quads = list(self.graph.store.quads_for_pattern(self.node, None, None, graph_name("inferred")))
        quads += self.graph.store.quads_for_pattern(None, None, self.node, graph_name("inferred"))
        wanted = [q for q in quads if q.predicate != named("rdf:type") or self._own_type(q)]
        reasons = explain(self.graph.store, (quad.triple for quad in wanted))
        found = {quad.triple: self._derived(quad.triple, reasons.get(quad.triple)) for quad in wanted}
        kinds = {quad.triple for quad in wanted if quad.predicate == named("rdf:type")}
        ordered = sorted(found.items(), key=lambda item: (item[0] in kinds, item[1].text))
        return tuple(derived for _, derived in ordered)

    def _own_type(self, quad: ox.Quad) -> bool:
        """Whether it types the thing by a class of ours; the classes of other vocabularies follow from it."""
        own = isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(terms.prefixes()["aig"])
        return own and quad.subject == self.node

    def _derived(self, triple: ox.Triple, why: Explanation | None) -> Derived:
        if why is None:
            return Derived(self.said(triple), "", "no rule explains it", ())
        premises = tuple(self.said(premise) for premise in why.premises)
        return Derived(self.said(triple), why.rule.name, why.rule.summary, premises)

    def said(self, triple: ox.Triple) -> str:
        """A triple in words."""
        ends = (triple.subject, triple.object)
        shown = [self.graph.label(end) if isinstance(end, ox.NamedNode | ox.Literal) else str(end) for end in ends]
        if triple.predicate == named("rdf:type"):
            return f"{shown[0]} is {'an' if shown[1][:1] in 'AEIOU' else 'a'} {shown[1]}"
        return f"{shown[0]} {self.relation(triple.predicate)} {shown[1]}"

    def relation(self, predicate: ox.NamedNode | ox.Literal) -> str:
        """A property in words: its label in the ontology, else its name taken apart."""
        label = self.graph.text(ox.NamedNode(predicate.value), "rdfs:label")
        return label or terms.words(terms.local(predicate.value))


def card(graph: Graph, node: ox.NamedNode, inferred: bool = True) -> Card:
    """The card of an entity; without `inferred` the (slower) explanations are left out."""
    graph.gather(node)
    reader = _Reader(graph, node)
    if graph.text(node, "rdf:predicate"):
        said = (("statement", (reader.stated(node, True),)),)
        return Card(terms.shorten(node.value), reader.sentence(node), "Statement", "", said + reader.groups(), ())
    if sides := graph.values(node, "aig:between"):
        stated = tuple(reader.stated(ox.NamedNode(side.value), True) for side in sides)
        groups = tuple((reader.sentence(ox.NamedNode(s.value)), (one,)) for s, one in zip(sides, stated, strict=True))
        kind = terms.local(graph.text(node, "aig:conflictKind"))
        return Card(
            terms.shorten(node.value), f"Conflict: {kind}", "Conflict", graph.text(node, "skos:note"), groups, ()
        )
    kinds = graph.store.quads_for_pattern(node, named("rdf:type"), None, graph_name("facts"))
    kind = min((quad.object.value for quad in kinds if isinstance(quad.object, ox.NamedNode)), default="")
    return Card(
        terms.shorten(node.value), graph.label(node), terms.local(kind), graph.text(node, "skos:note"),
        reader.groups(), reader.derived() if inferred else (),
    )  # fmt: skip
