"""Reading the fields of one mapping: typed, with every problem collected instead of raised."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from decimal import Decimal

from kg.errors import UNFIT, Issue
from kg.facts.model import Where
from kg.strict import Node

__all__ = ["Fields", "suggest", "suggest_concept"]

_MAX_TEXT = 2000
_JOINERS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Soft hyphens, joiners and zero-width spaces: part of words in many scripts and on web pages, but no text alone."""


def suggest(name: str, known: Collection[str]) -> str:
    """`did you mean …`, or how to find out."""
    close = difflib.get_close_matches(name, known, n=2, cutoff=0.7)
    return "did you mean " + " or ".join(close) + "?" if close else ""


def suggest_concept(word: str, known: Collection[str]) -> str:
    """For a plain word, the concepts that end in it: `speaker` is `concept:role-speaker`."""
    if ":" in word:
        return ""
    found = [name for name in sorted(known) if name.startswith("concept:") and name.endswith((f":{word}", f"-{word}"))]
    return "did you mean " + " or ".join(found[:2]) + "?" if found else ""


class Fields:
    """The keys of a mapping, read once each; `done` reports what nobody asked for."""

    def __init__(self, node: Node, file: str, issues: list[Issue], subject: str = "") -> None:
        self.file, self.issues, self.subject = file, issues, subject
        self.where = Where(file, node.line)
        self._asked: set[str] = set()
        self._keys: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self._keys = node.value
        else:
            self.report("this must be a mapping of keys to values", "write key: value", rule="type")

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def report(self, message: str, remedy: str = "", line: int = 0, rule: str = "fact") -> None:
        """Adds an issue at this mapping, or at the line given."""
        self.issues.append(Issue(self.file, line or self.where.line, rule, message, remedy, self.subject))

    def node(self, key: str, required: bool = False) -> Node | None:
        """The node of a key, if it is there."""
        self._asked.add(key)
        found = self._keys.get(key)
        if found is None and required:
            self.report(f"the key {key!r} is missing", "add it", rule="key")
        return found

    def text(self, key: str, required: bool = False) -> str | None:
        """A text that is not empty; numbers count as written."""
        node = self.node(key, required)
        return None if node is None else self._text_of(key, node)

    def _text_of(self, key: str, node: Node) -> str | None:
        if isinstance(node.value, list | dict):
            self.report(f"{key!r} must be text", "write one value", node.line, "type")
        elif not node.raw.translate(_JOINERS).strip() or node.raw in ("~", "null"):
            self.report(f"{key!r} is empty", "fill it or leave the key out", node.line, "type")
        elif len(node.raw) > _MAX_TEXT:
            message = f"{key!r} is too long ({len(node.raw)} characters)"
            self.report(message, f"at most {_MAX_TEXT} are meant here", node.line, "type")
        elif unfit := UNFIT.search(node.raw):
            message = f"{key!r} holds the character U+{ord(unfit.group()):04X}"
            self.report(message, "take it out", node.line, "type")
        else:
            return node.raw
        return None

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """One text or a list of them."""
        node = self.node(key, required)
        if node is None:
            return ()
        parts = node.value if isinstance(node.value, list) else [node]
        if not parts:
            self.report(f"{key!r} is empty", "fill it or leave the key out", node.line, "type")
        return tuple(text for part in parts if (text := self._text_of(key, part)) is not None)

    def choice(self, key: str, options: Collection[str], default: str | None = None) -> str | None:
        """A word of a closed list."""
        text = self.text(key, required=default is None)
        if text is None:
            return default
        if text not in options:
            node = self._keys[key]
            self.report(f"{key!r} is {text!r}", "use one of " + ", ".join(sorted(options)), node.line, "choice")
            return default
        return text

    def number(self, key: str) -> Decimal | None:
        """An integer or decimal."""
        node = self.node(key)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
            self.report(f"{key!r} must be a number", "write digits only", node.line, "type")
            return None
        return Decimal(node.value)

    def pair(self, node: Node) -> tuple[int, int] | None:
        """A span `[start, end]` with 0 <= start < end."""
        parts = [part.value for part in node.value] if isinstance(node.value, list) else []
        if len(parts) == 2 and all(type(part) is int for part in parts):
            start, end = parts
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end < 10**9:
                return start, end
        self.report("a span must be [start, end] with start < end", "run kg anchor", node.line, "span")
        return None

    def items(self, key: str, required: bool = False) -> list[Node]:
        """The nodes of a list."""
        node = self.node(key, required)
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.report(f"{key!r} must be a list", "write - before each item", node.line, "type")
            return []
        return node.value

    def done(self) -> None:
        """Reports the keys that no reader asked for."""
        for key, node in self._keys.items():
            if key not in self._asked:
                remedy = suggest(key, self._asked) or "leave it out, see kg/data/FORMAT.md"
                self.report(f"the key {key!r} is unknown", remedy, node.line, "key")
