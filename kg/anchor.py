"""Words -> spans: rewrites a curator's `words:` in the data files as offset, digest and end words.

With `again`, spans that are anchored already are found anew in a text that has changed: by their place
when the digest still fits, else by their end words; what no longer stands there is reported. Only the
mapping that holds the words is replaced; everything else in the file stays as it was written. Nothing
is written while any words of the project match nowhere or more than once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg import evidence, writing
from kg.errors import BadData, BadUse, Issue
from kg.facts.load import find_files
from kg.facts.records import FILE_NAME
from kg.sources import file_digest
from kg.strict import Node, parse, read

__all__ = ["anchor"]

_SPAN = {"at", "digest", "from"}


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _mappings(node: Node, again: bool) -> Iterator[Node]:
    if isinstance(node.value, dict):
        if "words" in node.value or (again and node.value.keys() >= _SPAN):
            yield node
        for inner in node.value.values():
            yield from _mappings(inner, again)
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _mappings(inner, again)


def _located(node: Node, text: str, file: str, issues: list[Issue]) -> tuple[int, int] | None:
    assert isinstance(node.value, dict)
    words = node.value["words"].raw
    occurrence = node.value.get("occurrence")
    found = evidence.matches(text, words)
    if not found:
        issues.append(Issue(file, node.line, "anchor", f"the words match nowhere: {words}", "copy them from the text"))
        return None
    if occurrence is None and len(found) > 1:
        message = f"the words match {len(found)} times: {words}"
        issues.append(Issue(file, node.line, "anchor", message, "add occurrence: 1, 2 … or more words"))
        return None
    number = occurrence.value if occurrence else 1
    if not isinstance(number, int) or not 1 <= number <= len(found):
        message = f"there is no occurrence {number} of these words: {words}"
        issues.append(Issue(file, node.line, "anchor", message, f"there are {len(found)}"))
        return None
    return found[number - 1]


def _found_again(node: Node, text: str, file: str, issues: list[Issue]) -> tuple[int, int] | None:
    """Where an anchored span stands now: its digest decides."""
    assert isinstance(node.value, dict)
    at, digest = node.value["at"].value, node.value["digest"].raw
    places = [(at[0].value, at[1].value)] if isinstance(at, list) and len(at) == 2 else []
    head, tail = node.value["from"].raw, node.value["to"].raw if "to" in node.value else ""
    for start, end in [*places, *evidence.stretches(text, head, tail)]:
        if isinstance(start, int) and isinstance(end, int) and evidence.digest(text[start:end]) == digest:
            return start, end
    message = f"the words cited here ({head} …) no longer stand in the text"
    issues.append(Issue(file, node.line, "anchor", message, "read it again and write words: for this fact"))
    return None


def _span_text(text: str, start: int, end: int) -> str | None:
    ends = evidence.end_words(text, start, end)
    if ends is None:
        return None
    head, tail = ends
    last = f", to: {_quoted(tail)}" if tail else ""
    return f"{{at: [{start}, {end}], digest: {evidence.digest(text[start:end])}, from: {_quoted(head)}{last}}}"


def _edit(node: Node, text: str, file: str, issues: list[Issue], content: str) -> _Edit | None:
    assert isinstance(node.value, dict)
    place = (_located if "words" in node.value else _found_again)(node, text, file, issues)
    if place is None:
        return None
    if "reason" in node.value:
        made: str | None = f"{{at: [{place[0]}, {place[1]}], reason: {_quoted(node.value['reason'].raw)}}}"
    else:
        made = _span_text(text, *place)
    if made is None:
        message = "four words at each end do not find this stretch"
        issues.append(Issue(file, node.line, "anchor", message, "begin or end it a word earlier or later"))
        return None
    return _Edit(node.start, _end(node, content), made)


def _end(node: Node, content: str) -> int:
    """Where a node ends; the parser ends a block behind the comments that follow it."""
    inside = list(node.value.values()) if isinstance(node.value, dict) else node.value
    if isinstance(inside, list) and inside and content[node.start] not in "{[":
        return max(_end(inner, content) for inner in inside)
    return node.start + len(content[node.start : node.end].rstrip())


def _apply(content: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, key=lambda e: -e.start):
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content


@dataclass(frozen=True, slots=True)
class _File:
    """A data file: its name in the project, its tree, and its content as it stands, line ends included."""

    name: str
    root: Node
    content: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A text at hand: its file's digest, its words, and the record of its source in the file of sources."""

    digest: str
    words: str
    record: dict[str, Node]
    file: _File
    flow: bool


def _open(data: Path, paths: list[Path], issues: list[Issue]) -> list[_File]:
    """The files that can be read; the others become issues."""
    found = []
    for path in paths:
        name = path.relative_to(data).as_posix()
        try:
            found.append(_File(name, read(path, name), path.read_bytes().decode("utf-8")))
        except BadData as error:
            issues.extend(error.issues)
    return found


def _texts(sources: list[_File], folder: Path, issues: list[Issue]) -> dict[str, _Text]:
    """Slug -> text, for the texts at hand."""
    found = {}
    for file in sources:
        for name, record in (file.root.value if isinstance(file.root.value, dict) else {}).items():
            if isinstance(record.value, dict) and (made := _text(file, name, record, folder, issues)):
                found[name.removeprefix("src:")] = made
    return found


def _text(file: _File, name: str, node: Node, folder: Path, issues: list[Issue]) -> _Text | None:
    record = node.value if isinstance(node.value, dict) else {}
    text = record.get("text")
    if text is None:
        return None
    if not FILE_NAME.fullmatch(text.raw):
        remedy = "letters, digits, dots and dashes; no folders"
        issues.append(Issue(file.name, text.line, "text", "'text' must be a plain file name", remedy, name))
    elif (folder / text.raw).is_file():
        raw = (folder / text.raw).read_bytes()
        try:
            return _Text(file_digest(raw), raw.decode("utf-8"), record, file, file.content[node.start] == "{")
        except UnicodeDecodeError:
            message = f"the text {text.raw} is no UTF-8"
            issues.append(Issue(file.name, text.line, "text", message, "save it as UTF-8", name))
    return None


def _changed(texts: dict[str, _Text]) -> list[Issue]:
    """The texts that are no longer those that were read."""
    issues = []
    for slug, text in texts.items():
        recorded = text.record.get("digest")
        if recorded is not None and recorded.raw != text.digest:
            message = "the text is not the one that was read (its SHA-256 differs)"
            remedy = "restore it, or find all spans anew with kg anchor --again"
            issues.append(Issue(text.file.name, recorded.line, "text", message, remedy, f"src:{slug}"))
    return issues


def _described(file: _File, texts: dict[str, _Text]) -> str:
    """A file of sources with digest and length of each text at hand."""
    edits = []
    for text in (text for text in texts.values() if text.file is file):
        for key, value in (("length", str(len(text.words))), ("digest", text.digest)):
            known = text.record.get(key)
            edit = _Edit(known.start, known.end, value) if known else _new_key(text, key, value, file.content)
            edits.append(edit)
    return _apply(file.content, edits)


def _new_key(text: _Text, key: str, value: str, content: str) -> _Edit:
    """The key behind `text:`, in the form of its mapping."""
    named = text.record["text"]
    if text.flow:
        return _Edit(named.end, named.end, f", {key}: {value}")
    line = content.rfind("\n", 0, named.start) + 1
    indent = content[line : line + len(content[line:]) - len(content[line:].lstrip(" "))]
    end = content.find("\n", named.end)
    end = len(content) if end < 0 else end - (content[end - 1] == "\r")
    return _Edit(end, end, f"{_line_end(content)}{indent}{key}: {value}")


def _line_end(content: str) -> str:
    return "\r\n" if "\r\n" in content else "\n"


def _with_sentences(content: str, file: str, text: str) -> str:
    """A coverage file with the sentences of the text as they stand now."""
    spans = "[" + ", ".join(f"[{start}, {end}]" for start, end in evidence.sentences(text)) + "]"
    root = parse(content, file)
    node = root.value.get("sentences") if isinstance(root.value, dict) else None
    if node is None:
        return f"sentences: {spans}{_line_end(content)}{content}"
    space = "" if content[node.start - 1].isspace() else " "
    return _apply(content, [_Edit(node.start, _end(node, content), space + spans)])


def _cited(root: Node, again: bool) -> Iterator[tuple[Node, str]]:
    """Each span of a fact file with the slug of its source: the fact's own `source`, else that of the file."""
    head = root.value if isinstance(root.value, dict) else {}
    facts = head["facts"].value if "facts" in head else []
    for fact in facts if isinstance(facts, list) else []:
        record = fact.value if isinstance(fact.value, dict) else {}
        if "evidence" not in record:
            continue
        evidence = record["evidence"]
        spans = evidence.value if isinstance(evidence.value, list) else [evidence]
        named = _slugs(record.get("source") or head.get("source"))
        for place, span in enumerate(spans):
            slug = named[0] if len(named) == 1 else named[place] if len(named) == len(spans) else ""
            yield from ((node, slug) for node in _mappings(span, again))


def _slugs(node: Node | None) -> list[str]:
    if node is None:
        return []
    return [part.raw.removeprefix("src:") for part in (node.value if isinstance(node.value, list) else [node])]


def _stays(file: str, line: int, slug: str) -> Issue:
    message = f"these words stay: no text of src:{slug} is at hand" if slug else "these words stay: they name no source"
    remedy = "put it into the folder of texts; a source without one takes {document: true}" if slug else "add source:"
    return Issue(file, line, "anchor", message, remedy)


class _Run:
    """One run over the files of a project: what was found wrong, what stays, and what is to be written."""

    def __init__(self, data: Path, folder: Path, again: bool) -> None:
        self.again = again
        self.issues: list[Issue] = []
        self.stay: list[Issue] = []
        self.written: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.said: list[str] = []
        files = find_files(data)
        self.sources, self.facts, self.coverage = (
            _open(data, paths, self.issues) for paths in (files.sources, files.facts, files.coverage)
        )
        self.texts = _texts(self.sources, folder, self.issues)

    def take(self) -> None:
        """Works out every file's new content."""
        self.issues += [] if self.again else _changed(self.texts)
        for file in self.sources:
            self._write(file, _described(file, self.texts), "digests and lengths of the texts")
        for file in self.facts:
            self._write(file, self._anchored(file, list(_cited(file.root, self.again))))
        for file in self.coverage:
            slug = Path(file.name).stem
            made = self._anchored(file, [(node, slug) for node in _mappings(file.root, self.again)])
            self.written[file.name] = made
            if slug in self.texts:
                described = _with_sentences(made, file.name, self.texts[slug].words)
                self._write(_File(file.name, file.root, made), described, "the sentences of the text")

    def _write(self, file: _File, content: str, what: str = "") -> None:
        self.written[file.name] = content
        if what and content != file.content:
            self.said.append(f"{file.name}: {what} written")

    def _anchored(self, file: _File, spans: list[tuple[Node, str]]) -> str:
        edits = []
        for node, slug in spans:
            text = self.texts.get(slug)
            if text is not None:
                edits.append(_edit(node, text.words, file.name, self.issues, file.content))
            elif isinstance(node.value, dict) and "words" in node.value:
                self.stay.append(_stays(file.name, node.line, slug))
        made = [edit for edit in edits if edit]
        if made or Path(file.name).stem in self.texts:
            self.counts[file.name] = len(made)
        return _apply(file.content, made)


def anchor(
    data: Path, folder: Path, again: bool = False, tell: Callable[[str], None] = lambda line: None
) -> dict[str, int]:
    """Anchors all words of the project's fact and coverage files; file -> how many were anchored.

    With `again` the spans of the fact files are found anew too. `tell` hears what else was written
    (digests of texts, sentences) and which words stay because their text is not at hand.

    Raises `BadUse` when no text is at hand, and `BadData` with every file that can't be read and every
    place whose words match nowhere or are not told apart: then nothing is written.
    """
    run = _Run(data, folder, again)
    if not run.texts and not run.issues:
        raise BadUse(f"{folder} holds none of the texts that sources.yaml names: correct --texts")
    run.take()
    if run.issues:
        raise BadData(run.issues)
    for file, content in run.written.items():
        parse(content, file)
    for known in (*run.sources, *run.facts, *run.coverage):
        if run.written[known.name] != known.content:
            writing.replace_file(data / known.name, run.written[known.name].encode("utf-8"))
    for line in (*run.said, *map(str, sorted(run.stay))):
        tell(line)
    return run.counts
