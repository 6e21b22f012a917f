"""The statements of a built graph as plain values: what cards, tables, paths, networks and pictures are made of.

Statements, not direct triples: nothing planned, attributed or contradicted is lost from sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.evidence import link
from kg.lookup import Graph, named
from kg.results import Table, table

__all__ = ["COLUMNS", "Clash", "Reader", "Receipt", "Statement", "Thing", "periods", "rows"]

_PASSIVE = {"contradicts": "contradicted by", "corrects": "corrected by", "narrows": "narrowed by"}
_Value = ox.NamedNode | ox.Literal


class Thing(NamedTuple):
    """What a statement names: CURIE (an address elsewhere stays whole, a value has ""), label, class."""

    id: str
    label: str
    type: str = ""

    @property
    def kind(self) -> str:
        """The prefix of the CURIE: agent, event, doc …"""
        return self.id.partition(":")[0]


class Receipt(NamedTuple):
    """Where the words are: source id, title and digest, offsets, end words; `whole` for a document without a text.

    `id` is the CURIE of the evidence itself.
    """

    source: str
    title: str
    start: int
    end: int
    head: str
    tail: str
    whole: bool
    address: str
    digest: str
    id: str = ""

    @property
    def words(self) -> str:
        """The end words, or that the document as a whole is meant."""
        return "the document as a whole" if self.whole else " … ".join(filter(None, (self.head, self.tail)))

    @property
    def link(self) -> str:
        """The address that a browser opens at the words, "" when there is none."""
        return link(self.address, self.head, self.tail)


class Clash(NamedTuple):
    """A conflict from one statement's side: its kind, how that reads here, the other statement, the note."""

    kind: str
    relation: str
    other: str
    text: str
    note: str


class Statement(NamedTuple):
    """A cited statement: subject, relation and object, who says so and how, and where the words are.

    `predicate` is a CURIE, `relation` its label; status, modality and reading are the words of the closed lists.
    """

    id: str
    subject: Thing
    predicate: str
    relation: str
    object: Thing
    status: str
    modality: str
    reading: str
    claimed_by: tuple[Thing, ...]
    role: Thing | None
    constituency: tuple[Thing, ...]
    in_capacity_of: Thing | None
    on_behalf_of: tuple[Thing, ...]
    when_text: str
    review: Thing | None
    note: str
    conflicts: tuple[Clash, ...]
    receipts: tuple[Receipt, ...]

    @property
    def text(self) -> str:
        """The statement in words: subject, relation, object."""
        return f"{self.subject.label} {self.relation} {self.object.label}"

    @property
    def says(self) -> str:
        """Who makes the statement, in words."""
        return ", ".join(thing.label for thing in self.claimed_by)

    @property
    def contradicted(self) -> bool:
        """Whether another statement contradicts it."""
        return any(clash.kind == "contradicts" for clash in self.conflicts)

    @property
    def marks(self) -> tuple[str, ...]:
        """Status, modality, and what is out of the ordinary."""
        extra = (self.reading if self.reading != "literal" else "", "CONTRADICTED" if self.contradicted else "")
        return (self.status, self.modality, *filter(None, extra))

    @property
    def qualifiers(self) -> tuple[tuple[str, str], ...]:
        """Role, capacity and so on, each named as the ontology names it."""
        named_things = [
            *(("role", thing) for thing in (self.role,)), *(("constituency", thing) for thing in self.constituency),
            ("in capacity of", self.in_capacity_of), *(("on behalf of", thing) for thing in self.on_behalf_of),
        ]  # fmt: skip
        found = [(name, thing.label) for name, thing in named_things if thing]
        found += [("as written", self.when_text)] if self.when_text else []
        return tuple(found + ([("review", self.review.label)] if self.review else []))

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources that it is read from, each once."""
        return tuple(dict.fromkeys(receipt.source for receipt in self.receipts))


def _has_parts(node: ox.NamedNode) -> bool:
    """Whether a statement is read with what this node names in turn; of a thing the label is enough."""
    return terms.shorten(node.value).partition(":")[0] in ("st", "ev", "conflict")


class Reader:
    """Reads statements from a graph, each thing once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._things: dict[_Value, Thing] = {}

    def thing(self, term: _Value) -> Thing:
        """A node or a value; of a statement, its words are the label."""
        if isinstance(term, ox.Literal):
            return Thing("", term.value)
        if term not in self._things:
            name = terms.shorten(term.value)
            stated = name.startswith("st:")
            label = self.sentence(term) if stated else self.graph.label(term)
            self._things[term] = Thing(name, label, "Statement" if stated else self.graph.type(term))
        return self._things[term]

    def relation(self, predicate: _Value) -> str:
        """A property in words: its label in the ontology, else its name taken apart."""
        label = self.graph.text(ox.NamedNode(predicate.value), "rdfs:label")
        return label or terms.words(terms.local(predicate.value))

    def sentence(self, statement: ox.NamedNode) -> str:
        """A statement as words: subject, relation, object."""
        ends = [self.graph.values(statement, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")]
        if not all(ends):
            return terms.shorten(statement.value)
        return f"{self.graph.label(ends[0][0])} {self.relation(ends[1][0])} {self.graph.label(ends[2][0])}"

    def receipt(self, evidence: ox.NamedNode) -> Receipt:
        """Where the words of one span stand."""
        text = self.graph.text
        source = ox.NamedNode(text(evidence, "oa:hasSource"))
        selector = text(evidence, "oa:hasSelector")
        node = ox.NamedNode(selector) if selector else evidence
        return Receipt(
            terms.shorten(source.value), self.graph.label(source), int(text(node, "oa:start") or 0),
            int(text(node, "oa:end") or 0), text(evidence, "aig:startsWith"), text(evidence, "aig:endsWith"),
            not selector, text(source, "schema:archivedAt") or text(source, "schema:url"), text(source, "aig:digest"),
            terms.shorten(evidence.value),
        )  # fmt: skip

    def clashes(self, statement: ox.NamedNode) -> tuple[Clash, ...]:
        """The conflicts that a statement is in."""
        nodes = self.graph.subjects("aig:between", statement)
        return tuple(clash for node in nodes for clash in self._clashes(node, statement))

    def _clashes(self, node: ox.NamedNode, statement: ox.NamedNode) -> Iterator[Clash]:
        kind = terms.local(self.graph.text(node, "aig:conflictKind"))
        challenged = statement in self.graph.values(node, "aig:challenges")
        relation = _PASSIVE.get(kind, kind) if challenged else kind
        for other in self.graph.values(node, "aig:between"):
            if other != statement and isinstance(other, ox.NamedNode):
                said = self.sentence(other)
                yield Clash(kind, relation, terms.shorten(other.value), said, self.graph.text(node, "skos:note"))

    def read(self, node: ox.NamedNode) -> Statement:
        """One statement. Raises LookupError when the graph lacks its parts."""
        graph = self.graph
        subject, predicate, target = (
            graph.values(node, name)[0] for name in ("rdf:subject", "rdf:predicate", "rdf:object")
        )

        def things(name: str) -> tuple[Thing, ...]:
            return tuple(self.thing(value) for value in graph.values(node, name))

        def one(name: str) -> Thing | None:
            return next(iter(things(name)), None)

        status, modality, reading = (
            terms.local(graph.values(node, f"aig:{name}")[0].value) for name in ("status", "modality", "reading")
        )
        receipts = tuple(self.receipt(ox.NamedNode(e.value)) for e in graph.values(node, "aig:evidence"))
        if not receipts:
            raise LookupError(f"{terms.shorten(node.value)} has no evidence")
        return Statement(
            id=terms.shorten(node.value),
            subject=self.thing(subject),
            predicate=terms.shorten(predicate.value),
            relation=self.relation(predicate),
            object=self.thing(target),
            status=status,
            modality=modality,
            reading=reading,
            claimed_by=things("aig:claimedBy"),
            role=one("aig:role"),
            constituency=things("aig:constituency"),
            in_capacity_of=one("aig:inCapacityOf"),
            on_behalf_of=things("aig:onBehalfOf"),
            when_text=graph.text(node, "aig:whenText"),
            review=one("aig:review"),
            note=graph.text(node, "skos:note"),
            conflicts=self.clashes(node),
            receipts=receipts,
        )

    def ahead(self, statements: Iterable[ox.NamedNode]) -> None:
        """Says which statements will be read: a graph that is far away is asked for each kind of part once."""
        if not self.graph.far:
            return
        frontier = list(statements)
        self.graph.ahead([(None, named("aig:between"), one) for one in frontier])
        frontier += [node for one in frontier for node in self.graph.subjects("aig:between", one)]
        seen = set(frontier)
        while frontier:
            self.graph.ahead([(node, None, None) for node in frontier])
            quads = (self.graph.store.quads_for_pattern(node, None, None) for node in frontier if _has_parts(node))
            near = {quad.object for some in quads for quad in some if isinstance(quad.object, ox.NamedNode)} - seen
            seen |= near
            frontier = sorted(near, key=str)

    def naming(self, node: ox.NamedNode) -> Iterator[tuple[ox.NamedNode, bool]]:
        """The statements with the node as subject (true) or as object (false)."""
        self.graph.ahead((None, named(position), node) for position in ("rdf:subject", "rdf:object"))
        for position, outgoing in (("rdf:subject", True), ("rdf:object", False)):
            for statement in self.graph.subjects(position, node):
                yield statement, outgoing

    def all(self) -> tuple[Statement, ...]:
        """Every statement, by id."""
        found = self.graph.subjects("rdf:type", named("aig:Statement"))
        self.ahead(found)
        return tuple(self.read(node) for node in found)


COLUMNS = (
    "subject", "relation", "object", "role", "status", "modality", "reading", "contradicted", "says", "source", "words",
    "link", "statement",
)  # fmt: skip


def rows(statements: Iterable[Statement]) -> Table:
    """Statements as a table of `COLUMNS`; of several passages the first is given."""
    return table(COLUMNS, [_row(one) for one in statements], nodes=("statement",))


def _row(one: Statement) -> tuple[str, ...]:
    first = one.receipts[0]
    return (
        one.subject.label, one.relation, one.object.label, one.role.label if one.role else "", one.status, one.modality,
        one.reading, "yes" if one.contradicted else "", one.says, first.title, first.words, first.link, one.id,
    )  # fmt: skip


def periods(graph: Graph, statements: Iterable[Statement]) -> dict[str, tuple[str, str]]:
    """Statement id -> its earliest and latest day (ISO 8601, "" where open), for those that a date is known for.

    The dates of the relation itself come first, whoever gives them (what holds them all), else that of the event or
    document which it names. Asked of the graph: the statements that give the dates need not be among those listed.
    """
    found: dict[str, tuple[str, str]] = {}
    listed = list(statements)
    graph.ahead((None, named("rdf:subject"), ox.NamedNode(terms.expand(one.id))) for one in listed)
    for one in listed:
        node = ox.NamedNode(terms.expand(one.id))
        own = [node] if one.predicate == "aig:when" else graph.subjects("rdf:subject", node)
        things = [thing.id for thing in (one.subject, one.object) if terms.is_curie(thing.id) and thing.kind != "st"]
        known = [[_bounds(graph, date) for date in own]]
        known += [[_bounds(graph, ox.NamedNode(terms.expand(name)))] for name in things]
        pair = next((_hull(pairs) for pairs in known if any(map(any, pairs))), None)
        if pair:
            found[one.id] = pair
    return found


def _bounds(graph: Graph, node: ox.NamedNode) -> tuple[str, str]:
    return graph.text(node, "aig:earliest"), graph.text(node, "aig:latest")


def _hull(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """What holds them all; open on a side where one of them is."""
    dated = [pair for pair in pairs if any(pair)]
    lows, highs = zip(*dated, strict=True)
    return min(lows), max(highs) if all(highs) else ""
