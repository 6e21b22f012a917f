"""Words -> spans: rewrites a curator's `words:` in the data files as offset, digest and end words.

Only the mapping that holds the words is replaced; everything else in the file stays as it was
written. Nothing is written while any words of the project match nowhere or more than once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg import evidence, writing
from kg.errors import BadData, BadUse, Issue
from kg.facts.strict import Node, parse, read
from kg.sources import file_digest

__all__ = ["anchor"]


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _mappings(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        if "words" in node.value:
            yield node
        for inner in node.value.values():
            yield from _mappings(inner)
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _mappings(inner)


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


def _span_text(text: str, start: int, end: int) -> str | None:
    ends = evidence.end_words(text, start, end)
    if ends is None:
        return None
    head, tail = ends
    last = f", to: {_quoted(tail)}" if tail else ""
    return f"{{at: [{start}, {end}], digest: {evidence.digest(text[start:end])}, from: {_quoted(head)}{last}}}"


def _edit(node: Node, text: str, file: str, issues: list[Issue], content: str) -> _Edit | None:
    assert isinstance(node.value, dict)
    place = _located(node, text, file, issues)
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
    end = node.start + len(content[node.start : node.end].rstrip())
    return _Edit(node.start, end, made)


def _apply(content: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, key=lambda e: -e.start):
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content


def _texts(data: Path, folder: Path) -> dict[str, tuple[bytes, Node]]:
    """Slug -> the text's bytes and the source's record, for the texts at hand."""
    node = read(data / "sources.yaml", "sources.yaml")
    found = {}
    for name, record in (node.value if isinstance(node.value, dict) else {}).items():
        text = record.value.get("text") if isinstance(record.value, dict) else None
        if text is not None and (folder / text.raw).is_file():
            found[name.removeprefix("src:")] = ((folder / text.raw).read_bytes(), record)
    return found


def _describe_sources(data: Path, texts: dict[str, tuple[bytes, Node]]) -> str:
    """sources.yaml with digest and length of each text at hand."""
    content = (data / "sources.yaml").read_text(encoding="utf-8")
    edits = []
    for raw, record in texts.values():
        assert isinstance(record.value, dict)
        digest, length = file_digest(raw), str(len(raw.decode("utf-8")))
        anchor = record.value["text"]
        missing = "".join(
            f"\n  {key}: {value}" for key, value in (("digest", digest), ("length", length)) if key not in record.value
        )
        edits.append(_Edit(anchor.end, anchor.end, missing))
        for key, value in (("digest", digest), ("length", length)):
            if key in record.value:
                edits.append(_Edit(record.value[key].start, record.value[key].end, value))
    return _apply(content, edits)


def _with_sentences(content: str, text: str) -> str:
    """A coverage file with the sentences of the text as they stand now."""
    lines = [line for line in content.splitlines() if not line.startswith("sentences:")]
    spans = ", ".join(f"[{start}, {end}]" for start, end in evidence.sentences(text))
    return "\n".join([f"sentences: [{spans}]", *lines]) + "\n"


def anchor(data: Path, folder: Path) -> dict[str, int]:
    """Anchors all words of the project's fact and coverage files; file -> how many were anchored.

    Raises `BadData` with every place whose words match nowhere or are not told apart, `BadUse` when
    no text is at hand.
    """
    texts = _texts(data, folder)
    if not texts:
        raise BadUse(f"{folder} holds none of the texts that sources.yaml names: correct --texts")
    issues: list[Issue] = []
    written: dict[Path, str] = {data / "sources.yaml": _describe_sources(data, texts)}
    counts: dict[str, int] = {}
    for kind in ("facts", "coverage"):
        for slug, (raw, _) in texts.items():
            path = data / kind / f"{slug}.yaml"
            if path.is_file():
                made, count = _anchored(path, f"{kind}/{path.name}", raw.decode("utf-8"), issues)
                counts[f"{kind}/{path.name}"] = count
                written[path] = _with_sentences(made, raw.decode("utf-8")) if kind == "coverage" else made
    if issues:
        raise BadData(issues)
    for path, content in written.items():
        if path.read_text(encoding="utf-8") != content:
            writing.replace_file(path, content.encode("utf-8"))
    return counts


def _anchored(path: Path, file: str, text: str, issues: list[Issue]) -> tuple[str, int]:
    content = path.read_bytes().decode("utf-8")
    nodes = list(_mappings(parse(content, file)))
    edits = [edit for node in nodes if (edit := _edit(node, text, file, issues, content))]
    return _apply(content, edits), len(edits)
