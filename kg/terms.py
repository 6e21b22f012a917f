"""Names: prefixes and terms of `ontology/context.jsonld`, the one list of both.

A term is what a fact file calls a property or class (`hostedBy`); a CURIE is a prefixed name
(`agent:undp`); both expand to an IRI.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import NamedTuple

from kg import folders

__all__ = [
    "KINDS",
    "Term",
    "aig",
    "classes",
    "context",
    "expand",
    "iri",
    "is_curie",
    "local",
    "prefixes",
    "properties",
    "shorten",
    "words",
]

KINDS = (
    "agent", "event", "doc", "std", "cert", "place", "post", "fig",
    "prop", "concept", "ident", "src", "st", "ev", "conflict",
)  # fmt: skip
_CURIE = re.compile(r"([a-z]+):([a-z0-9]+(?:[-.][a-z0-9]+)*)")


class Term(NamedTuple):
    """A property: its term, its IRI, and what it takes (`datatype` is None for plain text)."""

    name: str
    iri: str
    takes_object: bool
    datatype: str | None


@cache
def context() -> dict[str, object]:
    """The JSON-LD context as its file has it; not to be changed."""
    loaded = json.loads(folders.ontology("context.jsonld").read_text(encoding="utf-8"))
    found: dict[str, object] = loaded["@context"]
    return found


@cache
def prefixes() -> dict[str, str]:
    """Prefix -> namespace IRI, in the order of the context."""
    found = {}
    for name, entry in context().items():
        if isinstance(entry, dict) and entry.get("@prefix"):
            found[name] = entry["@id"]
        elif isinstance(entry, str) and entry.startswith("http"):
            found[name] = entry
    return found


def expand(name: str) -> str:
    """The IRI of a CURIE. Raises KeyError for a prefix that the context does not have."""
    prefix, _, rest = name.partition(":")
    return prefixes()[prefix] + rest


def iri(name: str) -> str:
    """The IRI of a CURIE of ours; any other name as it stands."""
    return expand(name) if is_curie(name) else name


@cache
def _longest_first() -> list[tuple[str, str]]:
    return sorted(prefixes().items(), key=lambda item: -len(item[1]))


@cache
def shorten(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself when no prefix fits."""
    for prefix, namespace in _longest_first():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def local(iri: str) -> str:
    """What stands behind the last `#`, `/` or `:`."""
    return re.split(r"[#/:]", iri)[-1]


def words(name: str) -> str:
    """A term as words: `hasParticipant` -> `has participant`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def aig(name: str) -> str:
    """The IRI of a term of our own ontology."""
    return prefixes()["aig"] + name


def is_curie(name: str) -> bool:
    """Whether this is a well-formed identifier of one of our kinds (`agent:undp`)."""
    match = _CURIE.fullmatch(name)
    return match is not None and match[1] in KINDS


@cache
def properties() -> dict[str, Term]:
    """Term -> property, for every property of the context."""
    found = {}
    for name, entry in context().items():
        if isinstance(entry, dict) and "@id" in entry and not entry.get("@prefix"):
            kind = entry.get("@type")
            datatype = expand(kind) if kind and kind != "@id" else None
            found[name] = Term(name, expand(entry["@id"]), kind == "@id", datatype)
    return found


@cache
def classes() -> dict[str, str]:
    """Term -> IRI, for every class of the context."""
    return {name: expand(entry) for name, entry in context().items() if name[0].isupper() and isinstance(entry, str)}
