"""The texts of cited documents, when they are at hand."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from kg.errors import BadData, BadUse, Issue
from kg.evidence import MAX_END_WORDS, digest, fold, locate
from kg.facts import Project, Source, Span

__all__ = ["by_digest", "check_spans", "file_digest", "read_text", "read_texts"]


def file_digest(content: bytes) -> str:
    """SHA-256 of a text file's bytes as they stand."""
    return hashlib.sha256(content).hexdigest()


def by_digest(folder: Path) -> dict[str, str]:
    """Digest -> text of the files of a folder that are UTF-8."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            content = path.read_bytes()
            with suppress(UnicodeDecodeError):
                found[file_digest(content)] = content.decode("utf-8")
    return found


def read_text(folder: Path, source: Source) -> str | None:
    """The text of a source, or None when the folder does not hold it.

    Raises `BadData` when it is empty, no UTF-8, or not the text that was read (its digest differs).
    """
    if source.text is None or not (folder / source.text).is_file():
        return None
    content = (folder / source.text).read_bytes()
    if not content.strip():
        raise _bad(source, f"the text {source.text} is empty", "restore it")
    if source.digest is not None and file_digest(content) != source.digest:
        message = f"the text {source.text} is not the one that was read (its SHA-256 differs)"
        remedy = "restore it, or run kg anchor --again after reading what changed"
        raise _bad(source, message, remedy)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _bad(source, f"the text {source.text} is no UTF-8", "save it as UTF-8") from None


def _bad(source: Source, message: str, remedy: str) -> BadData:
    return BadData([Issue(source.where.file, source.where.line, "text", message, remedy, source.id)])


def read_texts(folder: Path, project: Project) -> tuple[dict[str, str], list[Issue]]:
    """Source id -> text for those at hand; what is missing or wrong comes as issues.

    Raises `BadUse` when the folder holds none of the texts that the sources name.
    """
    texts: dict[str, str] = {}
    issues: list[Issue] = []
    for source in project.sources.values():
        if source.text is None:
            continue
        try:
            text = read_text(folder, source)
        except BadData as error:
            issues.extend(error.issues)
            continue
        if text is None:
            message = f"its text {source.text} is not in the folder of texts: its spans stay unchecked"
            issues.append(Issue(source.where.file, source.where.line, "text", message, "", source.id, "warning"))
        else:
            texts[source.id] = text
    named = [source.text for source in project.sources.values() if source.text]
    if named and not texts and all(issue.severity == "warning" for issue in issues):
        raise BadUse(f"{folder} holds none of the texts ({named[0]} …) that the sources name: correct --texts")
    return texts, issues


def check_spans(project: Project, texts: dict[str, str]) -> list[Issue]:
    """Every recorded span against its text: extent, digest, end words."""
    return [
        Issue(span.where.file, span.where.line, "evidence", problem, "run kg anchor for this fact again", fact.id)
        for fact in project.facts
        for span in fact.evidence
        if not span.whole and span.source in texts and (problem := _problem(span, texts[span.source]))
    ]


def _problem(span: Span, text: str) -> str:
    words = text[span.start : span.end]
    if span.end > len(text):
        return f"its span ends at {span.end}, the text at {len(text)}"
    if digest(words) != span.digest:
        return f"the words at {span.start}-{span.end} are not those that were cited (the digest differs)"
    if max(len(span.head.split()), len(span.tail.split())) > MAX_END_WORDS:
        return "it stores more than four words at an end"
    folded = fold(words)
    if not folded.startswith(span.head) or not folded.endswith(span.tail):
        return "its end words are not the words at its ends"
    if locate(text, span.head, span.tail) != (span.start, span.end):
        return "its end words find another stretch first"
    return ""
