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
from kg.statements import Reader, Statement, Thing

__all__ = ["Card", "Derived", "Stated", "card"]


class Stated(NamedTuple):
    """A statement about the entity, said from its side: `text` is what stands at the other end."""

    statement: Statement
    outgoing: bool
    text: str

    @property
    def other(self) -> Thing:
        """What stands at the other end."""
        return self.statement.object if self.outgoing else self.statement.subject


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


class _Maker:
    def __init__(self, graph: Graph, node: ox.NamedNode) -> None:
        self.graph, self.node = graph, node
        self.reader = Reader(graph)

    def stated(self, statement: ox.NamedNode, outgoing: bool) -> Stated:
        read = self.reader.read(statement)
        return Stated(read, outgoing, read.object.label if outgoing else read.subject.label)

    def groups(self) -> tuple[tuple[str, tuple[Stated, ...]], ...]:
        found: dict[str, list[Stated]] = defaultdict(list)
        naming = list(self.reader.naming(self.node))
        self.reader.ahead(statement for statement, _ in naming)
        self.graph.ahead((None, named("rdf:subject"), statement) for statement, _ in naming)
        self.reader.ahead(date for statement, _ in naming for date in self.graph.subjects("rdf:subject", statement))
        for statement, outgoing in naming:
            one = self.stated(statement, outgoing)
            relation = one.statement.relation
            found[relation if outgoing else f"← {relation}"].append(one)
            found["when (of a relation)"].extend(self._about(statement))
        return tuple(
            (name, tuple(sorted(set(found[name]), key=lambda s: s.statement.id)))
            for name in sorted(found) if found[name]
        )  # fmt: skip

    def _about(self, statement: ox.NamedNode) -> Iterable[Stated]:
        for node in self.graph.subjects("rdf:subject", statement):
            dated = self.stated(node, False)
            yield dated._replace(text=f"{dated.text}: {dated.statement.object.label}")

    def derived(self) -> tuple[Derived, ...]:
        quads = list(self.graph.store.quads_for_pattern(self.node, None, None, graph_name("inferred")))
        quads += self.graph.store.quads_for_pattern(None, None, self.node, graph_name("inferred"))
        wanted = [q for q in quads if q.predicate != named("rdf:type") or self._own_type(q)]
        reasons = explain(self.graph.store, (quad.triple for quad in wanted))
        told = [quad.triple for quad in wanted] + [one for why in reasons.values() for one in why.premises]
        named_there = (end for triple in told for end in triple if isinstance(end, ox.NamedNode))
        self.graph.ahead((node, None, None) for node in named_there)
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
        return f"{shown[0]} {self.reader.relation(triple.predicate)} {shown[1]}"


def card(graph: Graph, node: ox.NamedNode, inferred: bool = True) -> Card:
    """The card of an entity; without `inferred` the (slower) explanations are left out."""
    made = _Maker(graph, node)
    name = terms.shorten(node.value)
    if graph.text(node, "rdf:predicate"):
        said = (("statement", (made.stated(node, True),)),)
        return Card(name, made.reader.sentence(node), "Statement", "", said + made.groups(), ())
    if sides := graph.values(node, "aig:between"):
        stated = (made.stated(ox.NamedNode(side.value), True) for side in sides)
        groups = tuple((one.statement.text, (one,)) for one in stated)
        kind = terms.local(graph.text(node, "aig:conflictKind"))
        return Card(name, f"Conflict: {kind}", "Conflict", graph.text(node, "skos:note"), groups, ())
    return Card(
        name, graph.label(node), graph.type(node), graph.text(node, "skos:note"), made.groups(),
        made.derived() if inferred else (),
    )  # fmt: skip
