"""Words and spans: from a curator's words to a span, its digest and its end words, and back.

Offsets are Unicode code points of the text as it stands, end exclusive (Web Annotation's
TextPositionSelector counts the same way). The end words follow the Text Fragments reading of
`#:~:text=first,last`: the first match of the first words, then the first match of the last words after them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

__all__ = [
    "MAX_END_WORDS", "around", "digest", "end_words", "fold", "fragment", "link", "locate", "matches", "merged",
    "sentences", "stretches", "with_fragment",
]  # fmt: skip

MAX_END_WORDS = 4
_GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
_MANY = 50


def fold(text: str) -> str:
    """NFC with each run of white space as one space: what digests are taken of."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(text: str) -> str:
    """SHA-256 of the folded text, as 64 hex digits."""
    return hashlib.sha256(fold(text).encode("utf-8")).hexdigest()


def _pattern(words: str) -> re.Pattern[str]:
    """The words with any white space between them, composed or decomposed: end words are stored in NFC."""
    return re.compile(r"\s+".join(_either_form(word) for word in words.split()))


def _either_form(word: str) -> str:
    forms = dict.fromkeys((word, unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)))
    return "(?:" + "|".join(re.escape(form) for form in forms) + ")"


def _fragment_pattern(words: str) -> re.Pattern[str]:
    """As a browser matches a text fragment: without case, and only at the bounds of words."""
    before = r"(?<!\w)" if words[:1].isalnum() else ""
    after = r"(?!\w)" if words[-1:].isalnum() else ""
    return re.compile(before + _pattern(words).pattern + after, re.IGNORECASE)


def _stretches(text: str, first: re.Pattern[str], last: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    """For each match of `first`, the stretch up to the end of the nearest `last` (if any) behind it."""
    for match in first.finditer(text):
        if last is None:
            yield match.span()
            continue
        found = last.search(text, match.end())
        if found is None:
            return
        yield match.start(), found.end()


def stretches(text: str, head: str, tail: str) -> Iterator[tuple[int, int]]:
    """The stretches that end words find, as a browser does; `tail` is empty when `head` is all of them."""
    return _stretches(text, _fragment_pattern(head), _fragment_pattern(tail) if tail else None)


def locate(text: str, head: str, tail: str) -> tuple[int, int] | None:
    """The stretch that end words find first."""
    return next(stretches(text, head, tail), None)


def matches(text: str, words: str) -> list[tuple[int, int]]:
    """Every stretch of the text that `first words … last words` (or the whole words) can mean, in order."""
    parts = [part for part in _GAP.split(words.strip()) if part.strip()]
    if not parts or len(parts) > 2:
        return []
    patterns = [_pattern(part) for part in parts]
    return list(islice(_stretches(text, patterns[0], patterns[1] if len(patterns) == 2 else None), _MANY))


def end_words(text: str, start: int, end: int) -> tuple[str, str] | None:
    """The fewest words at each end, at most four, with which the span is found; None when four are too few.

    A span of up to four words that is found by them keeps them together, with an empty last part.
    """
    words = [match.span() for match in re.finditer(r"\S+", text[start:end])]
    choices = sorted(
        (first + last, last, first)
        for first in range(1, MAX_END_WORDS + 1)
        for last in range(MAX_END_WORDS + 1)
        if (first + last <= len(words) and last) or (first == len(words) and not last)
    )
    for _, last, first in choices:
        head = fold(text[start : start + words[first - 1][1]])
        tail = fold(text[start + words[-last][0] : end]) if last else ""
        if locate(text, head, tail) == (start, end):
            return head, tail
    return None


def fragment(head: str, tail: str) -> str:
    """The text directive of a URL (`:~:text=first,last`) that a browser scrolls to and highlights."""
    from urllib.parse import quote

    parts = [quote(part, safe="").replace("-", "%2D") for part in (head, tail) if part]
    return ":~:text=" + ",".join(parts)


def with_fragment(address: str, head: str, tail: str) -> str:
    """The address that opens at the words; a fragment that it has already stays before the directive."""
    return address + ("" if "#" in address else "#") + fragment(head, tail)


def link(address: str | None, head: str, tail: str) -> str:
    """Where a browser opens the words; the plain address for a document as a whole, "" when there is none."""
    return with_fragment(address, head, tail) if address and head else address or ""


_SENTENCE_END = re.compile(r"(?<=[.!?])(?P<closing>[\"”’)]*)\s+(?=[\"“(A-Z])|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|H\.E|i\.e|e\.g|No|vs|O)\.|^\s*\d+\.)[\"”’)]*$")


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap or meet as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences and headings: split at line ends and at `.!?` before a capital letter."""
    spans: list[tuple[int, int]] = []
    begun = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        stop = match.start() + len(match["closing"] or "") if match else len(text)
        newline = match is not None and "\n" in match.group()
        if match and not newline and _ABBREVIATION.search(text[begun:stop]):
            continue
        stretch = text[begun:stop]
        if stretch.strip():
            lead = len(stretch) - len(stretch.lstrip())
            spans.append((begun + lead, begun + len(stretch.rstrip())))
        begun = match.end() if match else stop
    return spans


@lru_cache(maxsize=32)
def _split(text: str) -> list[tuple[int, int]]:
    """The sentences of a text: found once, asked for by each of its hundreds of spans."""
    return sentences(text)


def around(text: str, start: int, end: int) -> str:
    """The sentences that a span touches, on one line; "" when it touches none."""
    touched = [span for span in _split(text) if span[0] < end and span[1] > start]
    return " ".join(text[touched[0][0] : touched[-1][1]].split()) if touched else ""
