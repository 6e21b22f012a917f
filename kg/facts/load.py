"""A project folder -> `Project`: every file read, every record linked, every problem reported at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg import terms
from kg.errors import BadData, Issue
from kg.facts import records
from kg.facts.fields import Fields, suggest
from kg.facts.model import Conflict, Coverage, Entity, Fact, Gap, Project, Source
from kg.facts.strict import Node, read
from kg.vocabulary import Vocabulary

__all__ = ["load"]


@dataclass
class _Draft:
    """What has been read so far; becomes a `Project` when nothing is wrong."""

    issues: list[Issue] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def report(self, file: str, line: int, rule: str, message: str, remedy: str, subject: str = "") -> None:
        self.issues.append(Issue(file, line, rule, message, remedy, subject))


def _open(draft: _Draft, path: Path, file: str) -> Node | None:
    try:
        return read(path, file)
    except BadData as error:
        draft.issues.extend(error.issues)
        return None


def _entries(draft: _Draft, path: Path, file: str) -> Iterator[tuple[str, Node]]:
    node = _open(draft, path, file)
    if node is None:
        return
    if not isinstance(node.value, dict):
        draft.report(file, node.line, "type", "the file must map ids to records", "write <id>: {…}")
        return
    yield from node.value.items()


def _read_sources(draft: _Draft, data: Path) -> None:
    for path in [data / "sources.yaml", *sorted(data.glob("sources-*.yaml"))]:
        for name, node in _entries(draft, path, path.name):
            made = records.source(name, node, path.name, draft.issues)
            if name in draft.sources:
                draft.report(path.name, node.line, "id", "this source is described twice", "keep one", name)
            elif made:
                draft.sources[name] = made


def _read_entities(draft: _Draft, data: Path) -> None:
    for path in sorted(data.glob("entities/*.yaml")):
        file = f"entities/{path.name}"
        for name, node in _entries(draft, path, file):
            made = records.entity(name, node, file, draft.issues)
            if name in draft.entities:
                first = draft.entities[name].where
                draft.report(file, node.line, "id", f"stands in {first.file}:{first.line} too", "keep one", name)
            elif made:
                draft.entities[name] = made


def _read_fact_file(draft: _Draft, path: Path, vocabulary: Vocabulary) -> None:
    file = f"facts/{path.name}"
    node = _open(draft, path, file)
    if node is None:
        return
    fields = Fields(node, file, draft.issues)
    slug = (fields.text("source") or "").removeprefix("src:") or None
    if slug is not None and f"src:{slug}" not in draft.sources:
        fields.report(f"the source {slug!r} is unknown", "describe it in sources.yaml", rule="source")
    for item in fields.items("facts", required=True):
        _read_fact(draft, item, file, path.stem, f"src:{slug}" if slug else None, vocabulary)
    fields.done()


def _read_fact(draft: _Draft, node: Node, file: str, stem: str, default: str | None, vocabulary: Vocabulary) -> None:
    if isinstance(node.value, dict) and "withdrawn" in node.value:
        fields = Fields(node, file, draft.issues)
        name, reason = fields.text("id", required=True), fields.text("withdrawn", required=True)
        fields.done()
        if name and reason:
            if name in draft.withdrawn or name in draft.facts:
                fields.report("this id is used twice", "a withdrawn id is never used again", rule="id")
            draft.withdrawn[name] = reason
        return
    made = records.fact(node, file, default, vocabulary, draft.issues)
    if made is None:
        return
    if made.id in draft.facts or made.id in draft.withdrawn:
        draft.report(file, node.line, "id", "this id is used twice", "mint a new one", made.id)
    if not made.id.startswith(f"{stem}-"):
        draft.report(file, node.line, "id", f"its id does not begin with {stem}-", "ids follow the file", made.id)
    draft.facts[made.id] = made


def _read_coverage_file(draft: _Draft, path: Path) -> None:
    file = f"coverage/{path.name}"
    node = _open(draft, path, file)
    if node is None:
        return
    fields = Fields(node, file, draft.issues)
    name = f"src:{path.stem}"
    if name not in draft.sources:
        fields.report(f"the source {name} is unknown", "name the file after a source", rule="source")
    if "sentences" not in fields:
        fields.report("the sentences of the text are not recorded", "run kg anchor", rule="anchor")
    spans = [span for item in fields.items("sentences") if (span := fields.pair(item))]
    gaps: list[Gap] = []
    for item in fields.items("gaps"):
        if made := records.gap(item, file, draft.issues):
            gaps.append(made)
    fields.done()
    draft.coverage[name] = Coverage(name, tuple(spans), tuple(gaps))


def _read_rest(draft: _Draft, data: Path, vocabulary: Vocabulary) -> None:
    for path in sorted(data.glob("conflicts.yaml")):
        for name, node in _entries(draft, path, path.name):
            if made := records.conflict(name, node, path.name, vocabulary, draft.issues):
                draft.conflicts[name] = made
    for path in sorted(data.glob("coverage/*.yaml")):
        _read_coverage_file(draft, path)
    for path in sorted(data.glob("names.yaml")):
        if opened := _open(draft, path, path.name):
            fields = Fields(opened, path.name, draft.issues)
            draft.names = list(fields.texts("names"))
            fields.done()


class _Links:
    """The second pass: every id that a record names must exist."""

    def __init__(self, draft: _Draft, vocabulary: Vocabulary) -> None:
        self.draft = draft
        self.introduced: dict[str, str] = {}
        self.known = {*draft.entities, *draft.sources, *vocabulary.concepts}

    def introductions(self) -> None:
        for fact in self.draft.facts.values():
            made = fact.introduces
            if made is None or not made.node:
                continue
            first = self.introduced.setdefault(made.node, fact.id)
            if first != fact.id:
                self._at(fact, f"{made.node} is introduced by {first} too", "introduce it once", "introduces")
            clash = self.draft.entities.get(made.node)
            if clash is not None and clash.type != made.type:
                self._at(fact, f"{made.node} is a {clash.type}", "introduce only what a fact may", "introduces")
        self.known |= self.introduced.keys()

    def _at(self, record: Fact | Conflict | Entity | Source, message: str, remedy: str, rule: str = "unknown") -> None:
        self.draft.report(record.where.file, record.where.line, rule, message, remedy, record.id)

    def _name(self, record: Fact | Conflict | Entity | Source, name: str, facts_too: bool = False) -> None:
        if name in self.known or (facts_too and name in self.draft.facts):
            return
        if name.partition(":")[0] in records.INTRODUCED:
            self._at(record, f"{name} is not introduced by any fact", "add introduces: to the fact that brings it")
            return
        pool = [*self.known, *self.draft.facts] if facts_too else list(self.known)
        self._at(record, f"{name!r} is unknown", suggest(name, pool) or "describe it in entities/")

    def facts(self) -> None:
        for fact in self.draft.facts.values():
            self._name(fact, fact.subject, facts_too=True)
            for name in fact.things[1:]:
                if not (name == fact.object and fact.predicate == "exactMatch" and name.startswith("http")):
                    self._name(fact, name)
            for source in fact.sources:
                self._source(fact, source)
            if fact.introduces and fact.introduces.scheme:
                self._name(fact, fact.introduces.scheme)

    def _source(self, record: Fact, name: str) -> None:
        found = self.draft.sources.get(name)
        if found is None:
            self._at(record, f"the source {name} is unknown", suggest(name, self.draft.sources) or "describe it")
        elif any(span.whole for span in record.evidence if span.source == name) and found.text:
            self._at(record, f"{name} has a text, so its evidence is a span", "give the words", "evidence")
        elif any(not span.whole for span in record.evidence if span.source == name) and not found.text:
            self._at(record, f"{name} has no text", "write {document: true}", "evidence")
        elif found.length and any(span.end > found.length for span in record.evidence if span.source == name):
            self._at(record, f"its span ends behind the end of {name}", "run kg anchor again", "evidence")

    def rest(self) -> None:
        for entity in self.draft.entities.values():
            for name in entity.distinct_from:
                self._name(entity, name)
            if entity.scheme and not terms.is_curie(f"concept:scheme-{entity.scheme}"):
                self._at(entity, f"the scheme {entity.scheme!r} is unknown", "see ontology/aigov.ttl")
        for source in self.draft.sources.values():
            for named in (source.publisher, source.voice):
                if named:
                    self._name(source, named)
        for conflict in self.draft.conflicts.values():
            for name in conflict.between:
                if name not in self.draft.facts:
                    self._at(conflict, f"the statement {name!r} is unknown", suggest(name, self.draft.facts))


def _with_voice(fact: Fact, sources: dict[str, Source]) -> Fact:
    """Who says it, when the fact names nobody: the voice of its source, else the source itself."""
    if fact.claimed_by:
        return fact
    voices = (sources[name].voice or name for name in fact.sources)
    return replace(fact, claimed_by=tuple(dict.fromkeys(voices)))


def load(data: Path, vocabulary: Vocabulary) -> Project:
    """The project in the folder `data`.

    Raises `BadData` with all issues found: of syntax, of single records, and of links between them.
    """
    draft = _Draft()
    _read_sources(draft, data)
    _read_entities(draft, data)
    paths = sorted(data.glob("facts/*.yaml"))
    if not paths:
        draft.report("facts", 0, "file", "there are no fact files", "add facts/<source>.yaml")
    for path in paths:
        _read_fact_file(draft, path, vocabulary)
    _read_rest(draft, data, vocabulary)
    # Of a file that can't be read every name would be unknown, which says nothing.
    if not any(issue.rule in ("yaml", "file") for issue in draft.issues):
        links = _Links(draft, vocabulary)
        links.introductions()
        links.facts()
        links.rest()
    if draft.issues:
        raise BadData(dict.fromkeys(draft.issues))
    facts = tuple(_with_voice(fact, draft.sources) for fact in draft.facts.values())
    return Project(
        draft.sources, draft.entities, facts, draft.withdrawn, tuple(draft.conflicts.values()),
        draft.coverage, tuple(draft.names),
    )  # fmt: skip
