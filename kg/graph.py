"""Facts and ontology -> the five graphs (see `graphs`), as sets of triples without blank nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

import pyoxigraph as ox

from kg import dates, folders, terms
from kg.facts import Conflict, Entity, Fact, Introduction, Project, Source, Span
from kg.graphs import GRAPHS, Graphs, skolem
from kg.vocabulary import Vocabulary

__all__ = ["assertable", "build", "statement_iri"]

_Term = ox.NamedNode | ox.Literal
_MEMBERSHIPS = frozenset({"holds", "memberOf", "affiliation"})


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(name if name.startswith("http") else terms.expand(name))


def statement_iri(fact_id: str) -> ox.NamedNode:
    """The statement of a fact."""
    return _node(f"st:{fact_id}")


def _property(term: str) -> ox.NamedNode:
    return ox.NamedNode(terms.properties()[term].iri)


def _typed(value: str, term: str, lang: str | None = None) -> ox.Literal:
    datatype = terms.properties()[term].datatype
    if lang:
        return ox.Literal(value, language=lang)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Sink:
    """Collects triples of one graph, subject by subject."""

    def __init__(self, triples: set[ox.Triple]) -> None:
        self.triples = triples

    def link(self, subject: ox.NamedNode, term: str, name: str | None) -> None:
        if name:
            self.triples.add(ox.Triple(subject, _property(term), _node(name)))

    def say(self, subject: ox.NamedNode, term: str, value: str | None, lang: str | None = None) -> None:
        if value is not None and value != "":
            self.triples.add(ox.Triple(subject, _property(term), _typed(value, term, lang)))

    def type(self, subject: ox.NamedNode, *names: str) -> None:
        for name in names:
            iri = terms.classes().get(name) or terms.expand(name)
            self.triples.add(ox.Triple(subject, _RDF_TYPE, ox.NamedNode(iri)))


_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def assertable(project: Project) -> frozenset[str]:
    """The facts whose direct triple is stated: not merely attributed, not planned, not contradicted.

    The date of a relation is stated only when the relation is.
    """
    contradicted = project.contradicted()
    sound = {f.id for f in project.facts if f.status != "attributed" and f.modality == "actual"} - contradicted
    about = {fact.id: fact.subject for fact in project.facts}
    return frozenset(name for name in sound if about[name] not in about or about[name] in sound)


def _subject(fact: Fact, facts: set[str]) -> ox.NamedNode:
    return statement_iri(fact.subject) if fact.subject in facts else _node(fact.subject)


def _object(fact: Fact) -> _Term:
    if fact.object is not None:
        return _node(fact.object)
    return _typed(fact.value or "", fact.predicate, fact.lang)


def _describe(sink: _Sink, made: Introduction) -> None:
    node = _node(made.node)
    sink.say(node, "measure", made.measure)
    sink.say(node, "unit", made.unit)
    sink.say(node, "population", made.population)
    sink.say(node, "notation", made.notation)
    sink.link(node, "identifierScheme", made.scheme)
    if made.value is not None:
        sink.say(node, "value", _decimal(made.value))
        sink.link(node, "valueQualifier", f"concept:{made.value_qualifier}")


def _entity(sink: _Sink, entity: Entity) -> None:
    node = _node(entity.id)
    sink.type(node, entity.type)
    sink.say(node, "label", entity.label, "en")
    sink.say(node, "note", entity.note, "en")
    for other in entity.distinct_from:
        sink.link(node, "distinctFrom", other)
    if entity.scheme:
        sink.link(node, "inScheme", f"concept:scheme-{entity.scheme}")


def _source(facts: _Sink, evidence: _Sink, source: Source) -> None:
    node = _node(source.id)
    facts.type(node, "SourceText")
    facts.say(node, "label", source.title, "en")
    evidence.say(node, "url", source.url)
    evidence.say(node, "archivedAt", source.archived)
    evidence.link(node, "publisher", source.publisher)
    evidence.say(node, "issued", source.published)
    evidence.say(node, "digest", source.digest)
    evidence.say(node, "note", source.note, "en")


def _span(sink: _Sink, node: ox.NamedNode, span: Span) -> None:
    sink.type(node, "EvidenceSpan")
    sink.link(node, "hasSource", span.source)
    if span.whole:
        sink.say(node, "wholeDocument", "true")
        return
    selector = ox.NamedNode(f"{node.value}#selector")
    sink.link(node, "hasSelector", selector.value)
    sink.type(selector, "oa:TextPositionSelector")
    sink.say(selector, "start", str(span.start))
    sink.say(selector, "end", str(span.end))
    sink.say(node, "digest", span.digest)
    sink.say(node, "startsWith", span.head)
    sink.say(node, "endsWith", span.tail)


def _bounds(sink: _Sink, node: ox.NamedNode, earliest: date | None, latest: date | None) -> None:
    sink.say(node, "earliest", earliest.isoformat() if earliest else None)
    sink.say(node, "latest", latest.isoformat() if latest else None)


def _narrowest(found: list[tuple[date | None, date | None]]) -> tuple[date | None, date | None]:
    """The stretch that all the dates of a thing share; where they share none, the one that holds them all."""
    lows = [low for low, _ in found if low]
    highs = [high for _, high in found if high]
    low, high = max(lows, default=None), min(highs, default=None)
    if low and high and low > high:
        closed = len(lows) == len(found), len(highs) == len(found)
        return min(lows) if closed[0] else None, max(highs) if closed[1] else None
    return low, high


class _Builder:
    def __init__(self, project: Project, vocabulary: Vocabulary) -> None:
        self.project, self.vocabulary = project, vocabulary
        self.graphs: Graphs = {name: set() for name in GRAPHS}
        self.ids = {fact.id for fact in project.facts}
        self.stated = assertable(project)
        self.facts, self.statements, self.evidence = (
            _Sink(self.graphs[name]) for name in ("facts", "statements", "evidence")
        )

    def kinds(self, fact: Fact) -> list[str]:
        """The classes of a statement beside rdf:Statement and aig:Statement."""
        if self.vocabulary.is_participation(fact.predicate):
            return ["Participation"]
        return ["Membership"] if fact.predicate in _MEMBERSHIPS else []

    def statement(self, fact: Fact) -> None:
        sink, node = self.statements, statement_iri(fact.id)
        sink.type(node, "rdf:Statement", "Statement", *self.kinds(fact))
        subject, predicate, target = _subject(fact, self.ids), _property(fact.predicate), _object(fact)
        sink.link(node, "subject", subject.value)
        sink.link(node, "predicate", predicate.value)
        sink.triples.add(ox.Triple(node, _property("object"), target))
        for term, names in self._qualifiers(fact):
            for name in names:
                sink.link(node, term, name)
        sink.say(node, "whenText", fact.when_text)
        sink.say(node, "note", fact.note, "en")
        if fact.predicate == "when":
            _bounds(sink, node, *dates.bounds(fact.value or ""))
        for number, span in enumerate(fact.evidence, 1):
            evidence = _node(f"ev:{fact.id}-{number}")
            sink.link(node, "evidence", evidence.value)
            _span(self.evidence, evidence, span)
        stated = fact.id in self.stated
        if stated:
            self.facts.triples.add(ox.Triple(subject, predicate, target))
        if fact.introduces:
            self._introduce(fact.introduces, self.facts if stated else self.statements)

    @staticmethod
    def _qualifiers(fact: Fact) -> list[tuple[str, Iterable[str]]]:
        one: Callable[[str | None], tuple[str, ...]] = lambda name: (name,) if name else ()  # noqa: E731
        return [
            ("status", (f"concept:{fact.status}",)), ("modality", (f"concept:{fact.modality}",)),
            ("reading", (f"concept:{fact.reading}",)), ("claimedBy", fact.claimed_by), ("role", one(fact.role)),
            ("constituency", fact.constituency), ("inCapacityOf", one(fact.in_capacity_of)),
            ("onBehalfOf", fact.on_behalf_of), ("review", one(fact.review)),
        ]  # fmt: skip

    def _introduce(self, made: Introduction, sink: _Sink) -> None:
        node = _node(made.node)
        self.facts.type(node, made.type)
        self.facts.say(node, "label", made.label, "en")
        _describe(sink, made)

    def conflict(self, conflict: Conflict) -> None:
        sink, node = self.statements, _node(conflict.id)
        sink.type(node, "Conflict")
        sink.link(node, "conflictKind", f"concept:{conflict.kind}")
        sink.say(node, "note", conflict.note, "en")
        for fact_id in conflict.between:
            sink.link(node, "between", statement_iri(fact_id).value)
        sink.link(node, "challenges", statement_iri(conflict.between[1]).value)

    def withdrawn(self, fact_id: str, reason: str) -> None:
        """What is left of a statement that was taken back: that its name is out of use, and why."""
        node = statement_iri(fact_id)
        deprecated = ox.NamedNode(terms.expand("owl:deprecated"))
        self.statements.triples.add(ox.Triple(node, deprecated, ox.Literal(True)))
        self.statements.say(node, "note", reason, "en")

    def dates_of_things(self) -> None:
        found: dict[str, list[tuple[date | None, date | None]]] = defaultdict(list)
        for fact in self.project.facts:
            if fact.predicate == "when" and fact.subject not in self.ids and fact.id in self.stated:
                found[fact.subject].append(dates.bounds(fact.value or ""))
        for name, pairs in found.items():
            _bounds(self.facts, _node(name), *_narrowest(pairs))


def _ontology() -> set[ox.Triple]:
    with folders.ontology("aigov.ttl").open("rb") as file:
        dataset = ox.Dataset(ox.parse(file, format=ox.RdfFormat.TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: _Term | ox.BlankNode) -> _Term:
        return ox.NamedNode(skolem() + term.value) if isinstance(term, ox.BlankNode) else term

    return {ox.Triple(named(q.subject), q.predicate, named(q.object)) for q in dataset}  # type: ignore[arg-type]


def build(project: Project, vocabulary: Vocabulary) -> Graphs:
    """The five graphs of a project; `inferred` is empty until `rules.infer` fills it."""
    builder = _Builder(project, vocabulary)
    builder.graphs["ontology"] = _ontology()
    for entity in project.entities.values():
        _entity(builder.facts, entity)
    for source in project.sources.values():
        _source(builder.facts, builder.evidence, source)
    for fact in project.facts:
        builder.statement(fact)
    for conflict in project.conflicts:
        builder.conflict(conflict)
    for fact_id, reason in project.withdrawn.items():
        builder.withdrawn(fact_id, reason)
    builder.dates_of_things()
    return builder.graphs
