"""Content negotiation: which of the forms that there are a client wants (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["ROWS", "TRIPLES", "chosen", "takes"]

_XML, _JSON = "application/sparql-results+xml", "application/sparql-results+json"
ROWS = {
    _JSON: "json", _XML: "xml", "text/csv": "csv", "text/tab-separated-values": "tsv",
    "application/json": "json", "application/xml": "xml", "text/xml": "xml",
}  # fmt: skip
"""Media type -> form of a table or a truth value."""
TRIPLES = {
    "text/turtle": "ttl", "application/n-triples": "nt", "application/rdf+xml": "rdf", "application/ld+json": "jsonld",
    "application/n-quads": "nq", "application/trig": "trig", "text/n3": "ttl", "text/plain": "nt",
    "application/json": "jsonld", "application/xml": "rdf", "text/xml": "rdf",
}  # fmt: skip
"""Media type -> form of triples."""

_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(;[^,]*)?")
_WEIGHT = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)', re.DOTALL)
"""A text in quotes, whose commas and semicolons part nothing; one that is not closed goes on to the end."""
_MOST = 64
"""Ranges that are read of one header."""
_SHORT = 300
"""Letters of a header up to which what it says is remembered: browsers and programs send few different ones."""


def _ranges(header: str) -> list[tuple[str, str, float]]:
    """Type, subtype and weight of each range, first those without parameters; what can't be read is none."""
    found: list[tuple[str, str, float]] = []
    narrower: list[tuple[str, str, float]] = []
    for piece in _QUOTED.sub("_", header).split(",")[:_MOST]:
        read = _RANGE.fullmatch(piece.strip())
        if read:
            parts = [part.strip() for part in (read[3] or "").split(";") if part.strip()]
            weights = [w for part in parts if (w := _WEIGHT.fullmatch(part))]
            known = (read[1].lower(), read[2].lower(), float(weights[0][1]) if weights else 1.0)
            (narrower if len(parts) > len(weights) else found).append(known)
    return found + narrower


def chosen(header: str, offered: Iterable[str]) -> str | None:
    """Of the media types offered (without parameters, the preferred one first) the one wanted most; None if none is.

    The most specific range decides on a type; an empty header takes anything. Of several types of the same weight the
    one wins that a client names itself, then the first one offered.
    """
    return (_remembered if len(header) <= _SHORT else _chosen)(header, tuple(offered))


def _chosen(header: str, offered: tuple[str, ...]) -> str | None:
    if not header.strip():
        return offered[0]
    ranges = _ranges(header)
    weights = {(a, b): weight for a, b, weight in reversed(ranges)}
    best: tuple[float, bool, int] | None = None
    found = None
    for place, media in enumerate(offered):
        kind, _, subtype = media.partition("/")
        exact = weights.get((kind, subtype))
        weight = exact if exact is not None else weights.get((kind, "*"), weights.get(("*", "*"), 0.0))
        if weight and (best is None or (weight, exact is not None, -place) > best):
            best, found = (weight, exact is not None, -place), media
    return found


_remembered = lru_cache(1000)(_chosen)


def takes(header: str, coding: str) -> bool:
    """Whether a client takes a content coding, by its Accept-Encoding header (section 12.5.3)."""
    for name in (coding, "*"):
        for piece in header.lower().split(",")[:_MOST]:
            said, _, weight = piece.partition(";")
            if said.strip() == name:
                read = _WEIGHT.fullmatch(weight.strip())
                return not read or float(read[1]) > 0
    return False
