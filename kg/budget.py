"""How much of a source's wording the project stores: the two budgets of ARCHITECTURE.md.

Words are counted as runs of non-space characters. A word is stored when it is an end word of an
evidence span. Names and titles are facts: they may stand elsewhere at length, but count here too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.errors import Issue
from kg.facts import Project

__all__ = ["MAX_RUN", "MAX_SHARE", "Stored", "check", "names", "runs", "stored"]

MAX_SHARE = 0.35
MAX_RUN = 10

_WORD = re.compile(r"\S+")
_NAMES = frozenset({"prefLabel", "altLabel", "title", "theme", "designation", "url", "email"})


@dataclass(frozen=True, slots=True)
class Stored:
    """Of a text: its words, how many are stored as end words, the longest run of stored words."""

    source: str
    words: int
    stored: int
    longest: int

    @property
    def share(self) -> float:
        """Stored words over all words."""
        return self.stored / self.words if self.words else 0.0


def _end_places(text: str, start: int, end: int, head: str, tail: str) -> Iterator[int]:
    """The offsets at which the stored words of a span begin."""
    inside = [match.start() + start for match in _WORD.finditer(text[start:end])]
    yield from inside[: len(head.split())]
    yield from inside[len(inside) - len(tail.split()) :] if tail else ()


def names(project: Project) -> tuple[str, ...]:
    """Names and titles that may stand at length: stated as such, or listed in names.yaml; longest first."""
    stated = {fact.value for fact in project.facts if fact.predicate in _NAMES and fact.value}
    titles = {source.title for source in project.sources.values()}
    labels = {entity.label for entity in project.entities.values()}
    return tuple(sorted(stated | titles | labels | set(project.names), key=lambda name: (-len(name), name)))


def stored(project: Project, texts: dict[str, str]) -> list[Stored]:
    """The measure for each text, names included."""
    made = []
    for source, text in sorted(texts.items()):
        places = {
            place
            for fact in project.facts
            for span in fact.evidence
            if span.source == source
            for place in _end_places(text, span.start, span.end, span.head, span.tail)
        }
        marks = [not places.isdisjoint(range(*match.span())) for match in _WORD.finditer(text)]
        made.append(Stored(source, len(marks), sum(marks), _longest(marks)))
    return made


def _longest(marks: Sequence[bool]) -> int:
    best = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        best = max(best, run)
    return best


def check(project: Project, texts: dict[str, str]) -> list[Issue]:
    """The texts of which more is stored than the budget allows."""
    issues = []
    for made in stored(project, texts):
        if made.share > MAX_SHARE or made.longest > MAX_RUN:
            where = project.sources[made.source].where
            message = f"{made.share:.0%} of its words are stored, {made.longest} in a row"
            remedy = f"share spans between facts; the budget is {MAX_SHARE:.0%} and {MAX_RUN} in a row"
            issues.append(Issue(where.file, where.line, "budget", message, remedy, made.source))
    return issues


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", unicodedata.normalize("NFC", text).casefold())


def runs(content: str, texts: Iterable[str], listed: Iterable[str], longest: int = 7) -> list[str]:
    """The runs of more than `longest` words of any of the texts that stand in `content` too.

    Words are compared without case and punctuation. A run inside a listed name or title is allowed, and one made of
    nothing but such names and numbers: the cells of a table stand side by side. With one word between them it is not.
    """
    size = longest + 1
    names = list(listed)
    found = {window for text in texts for window in _windows(_plain(text), size)}
    found -= {window for name in names for window in _windows(_plain(name), size)}
    words = _plain(content)
    own = [bool(word) for word in _without_names(words, names)]
    windows = enumerate(_windows(words, size))
    return [" ".join(window) for at, window in windows if window in found and any(own[at : at + size])]


def _without_names(words: list[str], listed: Iterable[str]) -> list[str]:
    """The words, those empty that are numbers or stand inside a listed name."""
    by_first: dict[str, list[list[str]]] = defaultdict(list)
    for name in listed:
        if parts := _plain(name):
            by_first[parts[0]].append(parts)
    left = ["" if word.isdigit() else word for word in words]
    for at, word in enumerate(words):
        for parts in by_first.get(word, ()):
            if words[at : at + len(parts)] == parts:
                left[at : at + len(parts)] = [""] * len(parts)
    return left


def _windows(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[i : i + size]) for i in range(len(words) - size + 1))
