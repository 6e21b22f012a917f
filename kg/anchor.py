"""Words -> spans: rewrites a curator's `words:` in the data files as offset, digest and end words.

With `again`, spans that are anchored already are found anew in a text that has changed: by their place
when the digest still fits, else by their end words; what no longer stands there is reported. Only the
mapping that holds the words is replaced; everything else in the file stays as it was written. Nothing
is written while any words of the project match nowhere or more than once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg import evidence, writing
from kg.errors import BadData, BadUse, Issue
from kg.facts.records import FILE_NAME
from kg.facts.strict import Node, parse, read
from kg.sources import file_digest

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
class _Text:
    """A text at hand: its file's digest, its words, and the record of its source."""

    digest: str
    words: str
    record: dict[str, Node]
    flow: bool


def _read(path: Path) -> str:
    """A data file as it stands, line ends included."""
    return path.read_bytes().decode("utf-8")


def _texts(data: Path, folder: Path) -> dict[str, _Text]:
    """Slug -> text, for the texts at hand."""
    node, content = read(data / "sources.yaml", "sources.yaml"), _read(data / "sources.yaml")
    found = {}
    for name, record in (node.value if isinstance(node.value, dict) else {}).items():
        text = record.value.get("text") if isinstance(record.value, dict) else None
        if text is None or not isinstance(record.value, dict):
            continue
        if not FILE_NAME.fullmatch(text.raw):
            raise _bad(text, "'text' must be a plain file name", "letters, digits, dots and dashes; no folders", name)
        if (folder / text.raw).is_file():
            raw = (folder / text.raw).read_bytes()
            try:
                words = raw.decode("utf-8")
            except UnicodeDecodeError:
                raise _bad(text, f"the text {text.raw} is no UTF-8", "save it as UTF-8", name) from None
            flow = content[record.start] == "{"
            found[name.removeprefix("src:")] = _Text(file_digest(raw), words, record.value, flow)
    return found


def _bad(node: Node, message: str, remedy: str, source: str) -> BadData:
    return BadData([Issue("sources.yaml", node.line, "text", message, remedy, source)])


def _changed(texts: dict[str, _Text]) -> list[Issue]:
    """The texts that are no longer those that were read."""
    issues = []
    for slug, text in texts.items():
        recorded = text.record.get("digest")
        if recorded is not None and recorded.raw != text.digest:
            message = "the text is not the one that was read (its SHA-256 differs)"
            remedy = "restore it, or find all spans anew with kg anchor --again"
            issues.append(Issue("sources.yaml", recorded.line, "text", message, remedy, f"src:{slug}"))
    return issues


def _describe_sources(data: Path, texts: dict[str, _Text]) -> str:
    """sources.yaml with digest and length of each text at hand."""
    content = _read(data / "sources.yaml")
    edits = []
    for text in texts.values():
        for key, value in (("length", str(len(text.words))), ("digest", text.digest)):
            known = text.record.get(key)
            edits.append(_Edit(known.start, known.end, value) if known else _new_key(text, key, value, content))
    return _apply(content, edits)


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


def anchor(data: Path, folder: Path, again: bool = False) -> dict[str, int]:
    """Anchors all words of the project's fact and coverage files; file -> how many were anchored.

    With `again` the spans of the fact files are found anew too.

    Raises `BadData` with every place whose words match nowhere or are not told apart, `BadUse` when
    no text is at hand.
    """
    texts = _texts(data, folder)
    if not texts:
        raise BadUse(f"{folder} holds none of the texts that sources.yaml names: correct --texts")
    issues = [] if again else _changed(texts)
    written = {"sources.yaml": _describe_sources(data, texts)}
    counts: dict[str, int] = {}
    for kind in ("facts", "coverage"):
        for slug, text in texts.items():
            file = f"{kind}/{slug}.yaml"
            if (data / file).is_file():
                made, counts[file] = _anchored(data / file, file, text.words, again, issues)
                written[file] = _with_sentences(made, file, text.words) if kind == "coverage" else made
    if issues:
        raise BadData(issues)
    for file, content in written.items():
        parse(content, file)
    for file, content in written.items():
        if _read(data / file) != content:
            writing.replace_file(data / file, content.encode("utf-8"))
    return counts


def _anchored(path: Path, file: str, text: str, again: bool, issues: list[Issue]) -> tuple[str, int]:
    nodes, content = list(_mappings(read(path, file), again)), _read(path)
    edits = [edit for node in nodes if (edit := _edit(node, text, file, issues, content))]
    return _apply(content, edits), len(edits)
