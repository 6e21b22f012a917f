"""A project folder -> `Project`: every file read, every record linked, every problem reported at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg import terms
from kg.errors import BadData, Issue
from kg.facts import records
from kg.facts.fields import Fields, suggest, suggest_concept
from kg.facts.model import About, Conflict, Coverage, Entity, Fact, Gap, Project, Source
from kg.strict import Node, read
from kg.vocabulary import Vocabulary

__all__ = ["Files", "find_files", "load"]

_FOLDERS = ("entities", "facts", "coverage")
_OTHERS = ("conflicts.yaml", "dataset.yaml", "names.yaml")
_BESIDE = (".md", ".py", ".pyc")
_SOURCES = re.compile(r"sources(-.*)?\.yaml")


@dataclass(slots=True)
class Files:
    """The data files of a project by the reader that takes them, and what no reader takes."""

    sources: list[Path] = field(default_factory=list)
    entities: list[Path] = field(default_factory=list)
    facts: list[Path] = field(default_factory=list)
    coverage: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    unread: list[Issue] = field(default_factory=list)

    def refuse(self, file: str, remedy: str, message: str = "this file is not read") -> None:
        """Notes a file that no reader takes."""
        self.unread.append(Issue(file, 0, "file", message, remedy))


def find_files(data: Path) -> Files:
    """Every data file of the folder; none is opened, so that links to nothing and pipes do no harm."""
    found = Files(sources=[data / "sources.yaml"])
    for path in sorted(data.iterdir()) if data.is_dir() else []:
        if path.name.startswith(".") or path.name == "sources.yaml":
            continue
        if path.name in _FOLDERS:
            _find_in(found, path)
        elif _SOURCES.fullmatch(path.name):
            found.sources.append(path)
        elif path.name in _OTHERS:
            found.others.append(path)
        elif path.suffix.lower() in (".yaml", ".yml"):
            found.refuse(path.name, _meant(path))
        elif path.is_dir() and path.name not in ("readings", "texts") and (hint := suggest(path.name, _FOLDERS)):
            found.refuse(path.name, hint, "this folder is not read")
    return found


def _meant(path: Path) -> str:
    """The name that a file at the top should have."""
    more = path.stem.removeprefix("sources").strip("-_ ")
    if path.stem.startswith("sources"):
        return f"did you mean sources-{more}.yaml?" if more else "did you mean sources.yaml?"
    return suggest(path.stem + ".yaml", ("sources.yaml", *_OTHERS)) or "move it into entities/, facts/ or coverage/"


def _find_in(found: Files, folder: Path) -> None:
    taken: list[Path] = getattr(found, folder.name)
    if not folder.is_dir():
        found.refuse(folder.name, "make it a folder", "this is no folder")
        return
    for at, folders, names in os.walk(folder, onerror=lambda error: found.refuse(*_refusal(error, folder))):
        place = Path(at)
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        entries = [*(name for name in folders if name.endswith(".yaml") or (place / name).is_symlink()), *names]
        folders[:] = [name for name in folders if name not in entries]
        for path in (place / name for name in sorted(entries)):
            if place == folder and path.suffix == ".yaml" and path.stem and not path.name.startswith("."):
                taken.append(path)
            elif not path.name.startswith(".") and path.suffix.lower() not in _BESIDE:
                yaml = path.suffix.lower() in (".yaml", ".yml")
                remedy = f"did you mean {folder.name}/{path.stem}.yaml?" if yaml else "take it out of this folder"
                found.refuse(path.relative_to(folder.parent).as_posix(), remedy)
    taken.sort()


def _refusal(error: OSError, folder: Path) -> tuple[str, str, str]:
    return folder.name, "mend its permissions", f"can't be read ({error.strerror})"


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
    about: About | None = None
    wrong: set[str] = field(default_factory=set)
    """Names of records that are there, but were rejected with a message of their own."""
    lost: list[str] = field(default_factory=list)
    """Files that could not be read: of what they hold nothing is known."""

    def lacks(self, *starts: str) -> bool:
        """Whether a file that begins so could not be read."""
        return any(file.startswith(starts) for file in self.lost)

    def report(self, file: str, line: int, rule: str, message: str, remedy: str, subject: str = "") -> None:
        self.issues.append(Issue(file, line, rule, message, remedy, subject))


def _open(draft: _Draft, path: Path, file: str) -> Node | None:
    try:
        return read(path, file)
    except BadData as error:
        draft.issues.extend(error.issues)
        draft.lost.append(file)
        return None


def _entries(draft: _Draft, path: Path, file: str) -> Iterator[tuple[str, Node]]:
    node = _open(draft, path, file)
    if node is None:
        return
    if not isinstance(node.value, dict):
        draft.report(file, node.line, "type", "the file must map ids to records", "write <id>: {…}")
        draft.lost.append(file)
        return
    yield from node.value.items()


def _read_sources(draft: _Draft, paths: list[Path]) -> None:
    for path in paths:
        for name, node in _entries(draft, path, path.name):
            made = records.source(name, node, path.name, draft.issues)
            if name in draft.sources:
                draft.report(path.name, node.line, "id", "this source is described twice", "keep one", name)
            elif made:
                draft.sources[name] = made
            else:
                draft.wrong.add(name)


def _read_entities(draft: _Draft, paths: list[Path]) -> None:
    for path in paths:
        file = f"entities/{path.name}"
        for name, node in _entries(draft, path, file):
            made = records.entity(name, node, file, draft.issues)
            if name in draft.entities:
                first = draft.entities[name].where
                draft.report(file, node.line, "id", f"stands in {first.file}:{first.line} too", "keep one", name)
            elif made:
                draft.entities[name] = made
            else:
                draft.wrong.add(name)


def _read_fact_file(draft: _Draft, path: Path, vocabulary: Vocabulary) -> None:
    file = f"facts/{path.name}"
    node = _open(draft, path, file)
    if node is None:
        return
    fields = Fields(node, file, draft.issues)
    slug = (fields.text("source") or "").removeprefix("src:") or None
    if slug is not None and not _has_source(draft, f"src:{slug}"):
        fields.report(f"the source {slug!r} is unknown", "describe it in sources.yaml", rule="source")
    told = len(draft.issues)
    items = fields.items("facts", required=True)
    if len(draft.issues) > told:
        draft.lost.append(file)
    for item in items:
        _read_fact(draft, item, file, path.stem, f"src:{slug}" if slug else None, vocabulary)
    fields.done()


def _has_source(draft: _Draft, name: str) -> bool:
    return name in draft.sources or name in draft.wrong or draft.lacks("sources")


def _read_fact(draft: _Draft, node: Node, file: str, stem: str, default: str | None, vocabulary: Vocabulary) -> None:
    if isinstance(node.value, dict) and "withdrawn" in node.value:
        _read_tombstone(draft, node, file, stem)
        return
    made = records.fact(node, file, default, vocabulary, draft.issues)
    if made is None:
        draft.wrong |= records.brought(node)
        return
    if made.id in draft.facts or made.id in draft.withdrawn:
        draft.report(file, node.line, "id", "this id is used twice", "mint a new one", made.id)
    _check_prefix(draft, made.id, stem, file, node.line)
    draft.facts[made.id] = made


def _read_tombstone(draft: _Draft, node: Node, file: str, stem: str) -> None:
    made = records.tombstone(node, file, draft.issues)
    if made is None:
        return
    name, reason = made
    if name in draft.withdrawn or name in draft.facts:
        draft.report(file, node.line, "id", "this id is used twice", "a withdrawn id is never used again", name)
    _check_prefix(draft, name, stem, file, node.line)
    draft.withdrawn[name] = reason


def _check_prefix(draft: _Draft, name: str, stem: str, file: str, line: int) -> None:
    if not name.startswith(f"{stem}-"):
        draft.report(file, line, "id", f"its id does not begin with {stem}-", "ids follow the file", name)


def _read_coverage_file(draft: _Draft, path: Path) -> None:
    file = f"coverage/{path.name}"
    node = _open(draft, path, file)
    if node is None:
        return
    fields = Fields(node, file, draft.issues)
    name = f"src:{path.stem}"
    if not _has_source(draft, name):
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


def _read_conflicts(draft: _Draft, path: Path, vocabulary: Vocabulary) -> None:
    for name, node in _entries(draft, path, path.name):
        if made := records.conflict(name, node, path.name, vocabulary, draft.issues):
            draft.conflicts[name] = made


def _read_names(draft: _Draft, path: Path) -> None:
    if opened := _open(draft, path, path.name):
        fields = Fields(opened, path.name, draft.issues)
        draft.names = list(fields.texts("names", required=True))
        fields.done()


class _Links:
    """The second pass: every id that a record names must exist."""

    def __init__(self, draft: _Draft, vocabulary: Vocabulary) -> None:
        self.draft = draft
        self.introduced: dict[str, str] = {}
        self.known = {*draft.entities, *draft.sources, *draft.wrong, *vocabulary.concepts}
        self.facts_lost = draft.lacks("facts")

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
        introduced = name.partition(":")[0] in records.INTRODUCED
        if self.facts_lost and (introduced or (facts_too and ":" not in name)):
            return
        if facts_too and name in self.draft.withdrawn:
            self._at(record, f"{name} was withdrawn: {self.draft.withdrawn[name]}", "name what stands instead")
            return
        if introduced:
            self._at(record, f"{name} is not introduced by any fact", "add introduces: to the fact that brings it")
            return
        pool = [*self.known, *self.draft.facts] if facts_too else list(self.known)
        remedy = suggest_concept(name, pool) or suggest(name, pool) or "describe it in entities/"
        self._at(record, f"{name!r} is unknown", remedy)

    def facts(self) -> None:
        for fact in self.draft.facts.values():
            self._name(fact, fact.subject, facts_too=True)
            self._about(fact)
            for name in fact.things[1:]:
                if not (name == fact.object and fact.predicate == "exactMatch" and name.startswith("http")):
                    self._name(fact, name)
            if fact.review:
                self._name(fact, fact.review)
            for source in fact.sources:
                self._source(fact, source)
            if fact.introduces and fact.introduces.scheme:
                self._name(fact, fact.introduces.scheme)

    def _about(self, fact: Fact) -> None:
        """Of a statement only its date is said, and of a date nothing: so no circle can arise."""
        subject = self.draft.facts.get(fact.subject)
        if subject is None or subject is fact:
            return
        if fact.predicate != "when":
            message = f"{fact.predicate} can't be said of a statement ({subject.id})"
            self._at(fact, message, "only its date can, with the predicate when: name a thing", "subject")
        elif subject.subject in self.draft.facts:
            self._at(fact, f"{subject.id} is a date itself", "name the relation that was so dated", "subject")

    def _source(self, record: Fact, name: str) -> None:
        found = self.draft.sources.get(name)
        if found is None and _has_source(self.draft, name):
            return
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
                self._statement(conflict, name)

    def _statement(self, conflict: Conflict, name: str) -> None:
        if name in self.draft.facts or name in self.draft.wrong or self.facts_lost:
            return
        if name in self.draft.withdrawn:
            self._at(conflict, f"{name} was withdrawn: {self.draft.withdrawn[name]}", "name what stands instead")
            return
        remedy = suggest(name, self.draft.facts) or "name the ids of two facts"
        self._at(conflict, f"the statement {name!r} is unknown", remedy)


def _with_voice(fact: Fact, sources: dict[str, Source]) -> Fact:
    """Who says it, when the fact names nobody: the voice of its source, else the source itself."""
    if fact.claimed_by:
        return fact
    voices = (sources[name].voice or name for name in fact.sources)
    return replace(fact, claimed_by=tuple(dict.fromkeys(voices)))


def _read_all(files: Files, vocabulary: Vocabulary) -> _Draft:
    draft = _Draft(issues=list(files.unread), lost=[issue.file for issue in files.unread])
    _read_sources(draft, files.sources)
    _read_entities(draft, files.entities)
    if not files.facts:
        draft.report("facts", 0, "file", "there are no fact files", "add facts/<source>.yaml")
    for path in files.facts:
        _read_fact_file(draft, path, vocabulary)
    for path in files.coverage:
        _read_coverage_file(draft, path)
    for path in files.others:
        if path.name == "names.yaml":
            _read_names(draft, path)
        elif path.name == "conflicts.yaml":
            _read_conflicts(draft, path, vocabulary)
        elif opened := _open(draft, path, path.name):
            draft.about = records.about(opened, path.name, draft.issues)
    return draft


def load(data: Path, vocabulary: Vocabulary) -> Project:
    """The project in the folder `data`.

    Raises `BadData` with all issues found: of syntax, of single records, and of links between them.
    """
    draft = _read_all(find_files(data), vocabulary)
    # Of a file that can't be read every name would be unknown, which says nothing.
    if not draft.lacks("sources", "entities"):
        links = _Links(draft, vocabulary)
        links.introductions()
        links.facts()
        links.rest()
    if draft.issues:
        raise BadData(dict.fromkeys(draft.issues))
    facts = tuple(_with_voice(fact, draft.sources) for fact in draft.facts.values())
    return Project(
        draft.sources, draft.entities, facts, draft.withdrawn, tuple(draft.conflicts.values()),
        draft.coverage, tuple(draft.names), draft.about,
    )  # fmt: skip
