"""Answers that are kept: pages and data of the graph that is open, the latest ones, up to a size."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from typing import NamedTuple

from kg.server.reply import Reply

__all__ = ["Kept", "Memory", "keep"]

_WORTH = 1024
"""Bytes from which on compressing is worth its time."""
_TEXTS = (
    "text/", "application/json", "application/ld+json", "application/rdf+xml", "application/n-", "application/xml",
    "application/trig", "application/sparql-results+", "application/problem+",
)  # fmt: skip


class Kept(NamedTuple):
    """A reply with its entity tag, its body compressed ("" where that is no gain), and the headers it is sent with,
    plain and compressed, once they were made.
    """

    reply: Reply
    tag: str
    packed: bytes
    ready: dict[bool, list[tuple[bytes, bytes]]]


def _size(key: tuple[object, ...], kept: Kept) -> int:
    """What an answer takes with what it was asked by: that may be the longer one."""
    asked = sum(len(part) for part in key if isinstance(part, str | bytes))
    return asked + len(kept.reply.body) + len(kept.packed) + 500


def keep(reply: Reply, compress: bool = True) -> Kept:
    """A reply with what responses to it want."""
    worth = compress and len(reply.body) >= _WORTH and reply.media.startswith(_TEXTS)
    made = gzip.compress(reply.body, 6, mtime=0) if worth else b""
    tag = hashlib.sha256(reply.body).hexdigest()[:24]
    return Kept(reply, tag, made if len(made) < len(reply.body) else b"", {})


class Memory:
    """The latest answers, by what was asked; together they take at most `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Kept | None:
        """What is kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], kept: Kept) -> None:
        """Keeps an answer, and lets go of those that were not asked for longest."""
        if _size(key, kept) > self._most // 4:
            return
        if before := self._kept.pop(key, None):
            self._size -= _size(key, before)
        self._size += _size(key, kept)
        self._kept[key] = kept
        while self._size > self._most:
            self._size -= _size(*self._kept.popitem(last=False))

    def clear(self) -> None:
        """Lets go of everything."""
        self._kept.clear()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes taken."""
        return self._size
