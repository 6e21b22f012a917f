"""Where things are on the site, and links between its pages.

A name of ours `<base>id/agent/undp` is at `id/agent/undp`: the page at `id/agent/undp.html`, the data beside it under
other suffixes. Links are relative, so that the pages work under any address and from disk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from kg import terms
from kg.evidence import around
from kg.statements import Receipt, Thing

__all__ = ["DATA", "HTML", "TOLD", "Links", "anchored", "base", "name_at", "place"]

HTML = "text/html; charset=utf-8"
DATA = {
    "ttl": "text/turtle; charset=utf-8", "jsonld": "application/ld+json", "nt": "application/n-triples",
    "rdf": "application/rdf+xml", "json": "application/json",
}  # fmt: skip
"""Suffix of a file of data -> its media type, the one that most ask for first."""

TOLD = ("index.html", "data.html")
"""Pages that show how a program asks, where a server answers; so do those of questions."""

_PLACE = re.compile(r"id/([a-z]+)/([a-z0-9.-]+)")


def base() -> str:
    """What the addresses of the site begin with where the names themselves lead to it."""
    return terms.prefixes()["aig"].removesuffix("ns#")


def place(name: str) -> str:
    """Where a name of ours is on the site, without a suffix; "" for any other. Takes a CURIE or an IRI."""
    prefix, _, slug = name.partition(":")
    if prefix in terms.KINDS:
        return f"id/{prefix}/{slug}"
    iri = terms.expand(name) if prefix in terms.prefixes() else name
    return iri.removeprefix(base()).partition("#")[0] if iri.startswith(f"{base()}id/") else ""


def name_at(place: str) -> str:
    """The CURIE of what is at a place, "" for any other place."""
    found = _PLACE.fullmatch(place)
    return f"{found[1]}:{found[2]}" if found and found[1] in terms.KINDS else ""


def anchored(name: str) -> str:
    """A term of a vocabulary as the id of its place on the page of the ontology: of ours, its local name."""
    return name.removeprefix("aig:").replace(":", "-")


class Links(NamedTuple):
    """Links from one page; `root` leads from it to the top of the site, "" from a page that stands there.

    `terms` are those that the page of the ontology tells of; `texts`, on pages for own use, the texts of the sources by
    their digests.
    """

    root: str
    terms: frozenset[str]
    texts: Mapping[str, str] = MappingProxyType({})

    def to(self, path: str) -> str:
        """A file of the site."""
        return self.root + quote(path, safe="/#:?=&")

    def name(self, name: str) -> str:
        """The page of a thing (CURIE or IRI); of a term its place among the others; an address elsewhere as it is."""
        if found := place(name):
            return self.to(f"{found}.html")
        if name in self.terms:
            return self.to(f"ns.html#{anchored(name)}")
        iri = terms.expand(name) if name.partition(":")[0] in terms.prefixes() else name
        return iri if re.match(r"https?://", iri) else ""

    def sentence(self, receipt: Receipt) -> str:
        """The sentences that a passage touches, "" where its text is not at hand."""
        text = self.texts.get(receipt.digest)
        return around(text, receipt.start, receipt.end) if text is not None and not receipt.whole else ""

    def thing(self, thing: Thing) -> str:
        """The page of what a statement names, "" for a value."""
        return self.name(thing.id) if thing.id else ""
