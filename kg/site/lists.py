"""The pages that list: the front page, things by class, sources, conflicts, questions, files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import queries, terms
from kg.evidence import merged
from kg.lookup import named
from kg.scene import HEADINGS
from kg.site import answers
from kg.site.shelf import Shelf
from kg.site.things import Disagreement, disagreements
from kg.statements import Statement, Thing

__all__ = [
    "ABOUT", "Source", "by_class", "class_model", "conflicts_model", "data_model", "heading", "home_model",
    "questions_model", "source", "source_model", "sources_model", "things_model",
]  # fmt: skip

_FEW, _SEVERAL = 6, 12
"""Things under each door of the front page, and under each class of the list."""
_DOORS = (("Organizations", "agent", ("Organization",)), ("People", "agent", ("Person",)), ("Events", "event", ()),
          ("Standards", "std", ("Standard",)), ("Documents", "doc", ("Document",)))  # fmt: skip
_OWN_LISTS = {"event": "events.html"}
"""Kinds whose things have a page that lists them all, whatever their class."""

ABOUT = {
    "aigov-kg.nq": "the artefact of record: all five graphs, canonical N-Quads", "aigov-kg.nt": "without graphs",
    "aigov-kg.trig": "all five graphs, with prefixes", "aigov-kg.jsonld": "all five graphs as JSON-LD",
    "ontology.ttl": "what the words mean", "ontology.rdf": "the ontology as RDF/XML, for OWL tools",
    "facts.ttl": "types, names and the plain facts that sources vouch for",
    "inferred.ttl": "what follows from the facts by rule", "statements.ttl": "every statement, with who says it",
    "evidence.ttl": "where the words are", "queries.ttl": "the saved questions as SHACL executables",
    "void.ttl": "the dataset described (VoID, DCAT), with checksums",
    "coverage.json": "how much of each text is cited, and why the rest is not", "SHA256SUMS": "checksums of all files",
    "tables/": "tables (CSV) with a description (CSVW)", "network/": "a network for graph tools",
    "neo4j/": "tables for Neo4j’s bulk import", "views/": "pictures as pages",
}  # fmt: skip
"""File, or the folder of a file -> what it is."""


def heading(type_: str) -> str:
    """A class as the heading of its things."""
    return HEADINGS.get(type_) or terms.words(type_).strip().capitalize() or "Other things"


def by_class(shelf: Shelf) -> dict[str, list[tuple[Thing, int]]]:
    """Class -> its things with how many statements name each, by name; the classes in the order of `HEADINGS`."""
    found: dict[str, list[tuple[Thing, int]]] = defaultdict(list)
    for thing in shelf.things:
        found[thing.type].append((thing, shelf.uses[thing.id]))
    order = list(HEADINGS)
    place = {name: order.index(name) if name in order else len(order) for name in found}
    return {
        name: sorted(found[name], key=lambda pair: (pair[0].label.casefold(), pair[0].id))
        for name in sorted(found, key=lambda name: (place[name], name))
    }


def _foremost(found: Iterable[tuple[Thing, int]], most: int) -> list[tuple[Thing, int]]:
    """Those that most statements name."""
    return sorted(found, key=lambda pair: (-pair[1], pair[0].label.casefold(), pair[0].id))[:most]


def home_model(shelf: Shelf) -> dict[str, Any]:
    """The front page: counts, and a way in for each kind of reader."""
    listed = by_class(shelf)
    doors = []
    for title, kind, types in _DOORS:
        found = [pair for name, few in listed.items() for pair in few
                 if pair[0].kind == kind and (not types or name in types)]  # fmt: skip
        to = f"things/{types[0]}.html" if types else _OWN_LISTS.get(kind, "things.html")
        doors += [(title, to, _foremost(found, _FEW))] if found else []
    count = sum(thing.kind not in ("concept", "src", "ident") for thing in shelf.things)
    tally = [
        (len(shelf.statements), "statements", "things.html"), (count, "things", "things.html"),
        (len(listed.get("SourceText", ())), "sources", "sources.html"),
        (len(shelf.conflicts), "conflicts", "conflicts.html"),
        (len(queries.names()), "questions", "questions.html"),
    ]  # fmt: skip
    shown = [_conflict(shelf, name) for name in shelf.conflicts]
    contradicting = [one for one in shown if one and one.clash.kind == "contradicts"]
    return {
        "doors": doors, "tally": tally, "disagreements": contradicting[:_FEW], "questions": len(queries.names()),
        "asked": [found[0] for _, found in answers.topics()][:_FEW],
        "example": doors[0][2][0][0] if doors else None,
    }  # fmt: skip


def things_model(shelf: Shelf) -> dict[str, Any]:
    """The classes, each with those of its things that most statements name."""
    return {
        "classes": [
            (name, heading(name), _foremost(found, _SEVERAL), len(found)) for name, found in by_class(shelf).items()
        ]
    }


def class_model(shelf: Shelf, name: str) -> dict[str, Any]:
    """All things of a class. Raises LookupError for a class without any."""
    return {"heading": heading(name), "found": by_class(shelf)[name]}


class Source(NamedTuple):
    """A cited document: where it is, who published it when; of one with a text, digest and report of coverage.json."""

    id: str
    title: str
    address: str
    publisher: Thing | None
    issued: str
    digest: str
    statements: int
    report: Mapping[str, Any] | None


def source(shelf: Shelf, name: str) -> Source:
    """What is known of a source."""
    node, text = named(name), shelf.graph.text
    publisher = next(iter(shelf.graph.values(node, "dcterms:publisher")), None)
    return Source(
        name, shelf.graph.label(node), text(node, "schema:archivedAt") or text(node, "schema:url"),
        shelf.reader.thing(publisher) if isinstance(publisher, ox.NamedNode) else None, text(node, "dcterms:issued"),
        text(node, "aig:digest"), len(_read(shelf, name)), shelf.coverage.get(name),
    )  # fmt: skip


def _read(shelf: Shelf, name: str) -> list[Statement]:
    """The statements that are read from a source, in the order of their passages."""
    spans = shelf.graph.subjects("oa:hasSource", named(name))
    nodes = {one for span in spans for one in shelf.graph.subjects("aig:evidence", span)}
    found = [shelf.reader.read(node) for node in nodes]
    return sorted(found, key=lambda one: (min(r.start for r in one.receipts if r.source == name), one.id))


def sources_model(shelf: Shelf) -> dict[str, Any]:
    """All sources: those whose text was read, and those that are cited as a whole."""
    found = [source(shelf, thing.id) for thing in shelf.things if thing.kind == "src"]
    ordered = sorted(found, key=lambda one: (-one.statements, one.title.casefold(), one.id))
    return {"texts": [one for one in ordered if one.digest], "others": [one for one in ordered if not one.digest]}


def source_model(shelf: Shelf, name: str) -> dict[str, Any]:
    """What the page of a source shows beside what the page of any thing does."""
    known, read = source(shelf, name), _read(shelf, name)
    return {"source": known, "read": read, "strip": _strip(name, read) if known.digest else []}


def _strip(name: str, read: Iterable[Statement]) -> list[tuple[float, float]]:
    """The cited stretches of a text as starts and widths, of a thousand; what overlaps is one."""
    spans = merged({(r.start, r.end) for one in read for r in one.receipts if r.source == name and not r.whole})
    whole = spans[-1][1] if spans else 1
    return [(round(1000 * start / whole, 1), round(1000 * (end - start) / whole, 1)) for start, end in spans]


def _conflict(shelf: Shelf, name: str) -> Disagreement | None:
    """The two sides of a conflict: the one that challenges first."""
    node, graph = named(name), shelf.graph
    challenged = set(graph.values(node, "aig:challenges"))
    sides = [side for side in graph.values(node, "aig:between") if isinstance(side, ox.NamedNode)]
    first = next((side for side in sides if side not in challenged), None)
    found = disagreements(shelf, [shelf.reader.read(first)]) if first else []
    names = {terms.shorten(side.value) for side in sides}
    return next((one for one in found if {one.first.id, one.second.id} == names), None)


def conflicts_model(shelf: Shelf) -> dict[str, Any]:
    """All conflicts by their kinds, with what each kind means."""
    kinds = []
    for kind in ("contradicts", "corrects", "narrows"):
        found = [(name, one) for name in shelf.conflicts if (one := _conflict(shelf, name)) and one.clash.kind == kind]
        meaning = shelf.graph.text(named(f"concept:{kind}"), "skos:definition")
        kinds += [(kind, meaning, found)] if found else []
    return {"kinds": kinds}


def questions_model(shelf: Shelf) -> dict[str, Any]:
    """All saved questions by their topics."""
    return {"topics": answers.topics(), "count": len(queries.names())}


def data_model(shelf: Shelf) -> dict[str, Any]:
    """The files of the build, those of the documents that pages have beside them left out."""
    listed = []
    for name, content in shelf.files.items():
        folder = f"{name.partition('/')[0]}/" if "/" in name else name
        listed.append((name, ABOUT.get(folder, ""), _size(len(content))))
    order = list(ABOUT)
    listed.sort(key=lambda row: (order.index(row[0]) if row[0] in order else len(order), row[0]))
    return {"files": listed}


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB" if count >= 1000 else f"{count} B"
