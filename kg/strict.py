"""YAML read strictly, with the place of every value.

Refused: duplicate keys, anchors and aliases, tags, several documents, nesting deeper than a fact
needs. Plain scalars are integers, decimals, `true`/`false` or text, so that `NO` and `12:30` stay text.
The tree is built from the parser's events, without recursion: a hostile file can't exhaust the stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from kg.errors import BadData, Issue

__all__ = ["Node", "Value", "parse", "read"]

Value = str | int | bool | Decimal | list["Node"] | dict[str, "Node"]

_MAX_DEPTH = 12
_MAX_DIGITS = 30
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_PLAIN_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line (from 1), its text as written, and its extent in the file in characters."""

    value: Value
    line: int
    raw: str
    start: int
    end: int


class _Refused(Exception):
    def __init__(self, line: int, message: str, remedy: str) -> None:
        self.line, self.message, self.remedy = line, message, remedy


def _place(event: yaml.Event) -> tuple[int, int, int]:
    """Line from 1, first and last offset in characters."""
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None  # the parser sets both
    return start.line + 1, start.index, end.index


def _scalar(event: yaml.ScalarEvent) -> Value:
    text: str = event.value
    if event.style is None or event.style == "":
        if len(text) <= _MAX_DIGITS and _INTEGER.fullmatch(text):
            return int(text)
        if len(text) <= _MAX_DIGITS and _DECIMAL.fullmatch(text):
            return Decimal(text)
        if text in ("true", "false"):
            return text == "true"
    return text


class _Builder:
    """Turns parser events into nodes; `open` is the stack of unfinished collections."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[tuple[Value, yaml.Event, list[Node]]] = []

    def add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        holder, _, keys = self.open[-1]
        if isinstance(holder, list):
            holder.append(node)
        elif isinstance(holder, dict):
            self._into_mapping(holder, keys, node)

    @staticmethod
    def _into_mapping(holder: dict[str, Node], keys: list[Node], node: Node) -> None:
        if keys:
            holder[keys.pop().raw] = node
        elif isinstance(node.value, list | dict):
            raise _Refused(node.line, "a list or mapping stands where a key is expected", "write a plain word")
        elif node.raw in holder:
            raise _Refused(node.line, f"the key {node.raw!r} stands twice", "keep one of them")
        else:
            keys.append(node)

    def feed(self, event: yaml.Event) -> None:
        line, start, end = _place(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "anchors and aliases are not allowed", "write the value out")
        tag = getattr(event, "tag", None)
        if tag and not (isinstance(event, yaml.ScalarEvent) and event.implicit[0]):
            raise _Refused(line, f"the tag {tag.removeprefix(_PLAIN_TAG)!r} is not allowed", "leave it out")
        if isinstance(event, yaml.ScalarEvent):
            self.add(Node(_scalar(event), line, event.value, start, end))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self.open) >= _MAX_DEPTH:
                raise _Refused(line, "nested too deeply", f"at most {_MAX_DEPTH} levels are meant here")
            self.open.append(({} if isinstance(event, yaml.MappingStartEvent) else [], event, []))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            value, begun, _ = self.open.pop()
            first_line, first, _ = _place(begun)
            self.add(Node(value, first_line, "", first, end))


def parse(text: str, file: str) -> Node:
    """The tree of one YAML document.

    Raises `BadData` with file and line for anything that is no strict YAML, or no document at all.
    """
    if text.startswith("\ufeff"):  # the parser would skip it, and all offsets would be one too low
        message, remedy = "begins with a byte order mark", "save it as UTF-8 without one"
        raise BadData([Issue(file, 1, "yaml", message, remedy)])
    builder = _Builder()
    try:
        documents = 0
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _Refused(_place(event)[0], "a second document begins", "one document a file")
            builder.feed(event)
    except _Refused as refused:
        raise BadData([Issue(file, refused.line, "yaml", refused.message, refused.remedy)]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadData([Issue(file, line, "yaml", f"no YAML: {error.problem}", "mend the syntax")]) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise BadData([Issue(file, 0, "yaml", f"no YAML: {reason}", "mend the file")]) from None
    if builder.root is None or builder.root.value == "":
        raise BadData([Issue(file, 0, "yaml", "the file is empty", "fill it or delete it")])
    return builder.root


def read(path: Path, file: str) -> Node:
    """`parse` of a file. Raises `BadData` also when it is missing, unreadable or no UTF-8."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would hang
            raise BadData([Issue(file, 0, "file", "is no regular file", "replace it by one")])
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        if path.is_symlink():
            raise BadData([Issue(file, 0, "file", "is a link to nothing", "mend or remove it")]) from None
        raise BadData([Issue(file, 0, "file", "the file is missing", "restore it")]) from None
    except OSError as error:
        raise BadData([Issue(file, 0, "file", f"can't be read ({error.strerror})", "mend its permissions")]) from None
    except UnicodeDecodeError as error:
        raise BadData([Issue(file, 0, "file", f"is no UTF-8 (byte {error.start})", "save it as UTF-8")]) from None
    return parse(text, file)
