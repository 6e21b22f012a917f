"""Saved questions as pages: what one asks and can set, and the answer that its defaults give, in all formats."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from kg import queries, results, terms
from kg.errors import BadUse
from kg.queries import Parameter, Question
from kg.site.shelf import Shelf

__all__ = ["FORMATS", "answer", "files", "model", "topics"]

FORMATS = {
    "csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml",
    "md": "text/markdown; charset=utf-8",
}  # fmt: skip
"""Suffix of an answer's file -> media type."""

_KINDS = {
    "Agent": "agent place", "Organization": "agent", "Person": "agent", "Event": "event", "Document": "doc",
    "Standard": "std", "Country": "place", "Place": "place", "Post": "post",
}  # fmt: skip
"""Class that a parameter takes -> the kinds of its things, for suggestions."""


def topics() -> list[tuple[str, list[Question]]]:
    """The questions by their first tag."""
    found: dict[str, list[Question]] = {}
    for one in queries.questions():
        found.setdefault(one.tags[0] if one.tags else "other", []).append(one)
    return sorted(found.items())


def answer(shelf: Shelf, name: str) -> results.Table | None:
    """The answer with the defaults; None where the graph lacks what a default names."""
    try:
        return queries.run(shelf.graph, name, {})
    except BadUse:
        return None


def files(shelf: Shelf, name: str, form: str) -> bytes:
    """The answer with the defaults in one of `FORMATS`."""
    found = answer(shelf, name) or results.Table(tuple(column for column, _ in queries.question(name).columns), ())
    return results.serialize(found, form)


def _field(shelf: Shelf, parameter: Parameter) -> dict[str, Any]:
    """A field of the form: what is suggested, the choices of a short list, and its default as a reader writes it."""
    default = parameter.default.removeprefix("UNDEF")
    if terms.is_curie(default):
        default = shelf.graph.name(default)
    elif default.startswith('"'):
        default = default[1 : default.rindex('"')]  # no default has a quote within
    kinds = {"source": "src", "concept": "concept", "statement": "st"}.get(parameter.type, "")
    return {
        "parameter": parameter, "default": default,
        "kinds": kinds or _KINDS.get(parameter.of, ""), "thing": parameter.type in ("entity", "source", "concept"),
    }  # fmt: skip


def model(shelf: Shelf, name: str) -> dict[str, Any]:
    """What the page of a question shows."""
    asked = queries.question(name)
    found = answer(shelf, name)
    stated = queries.contradicted(shelf.graph, found) if found else []
    return {
        "asked": asked, "fields": [_field(shelf, one) for one in asked.params], "found": found,
        "rows": [[_cell(term) for term in row] for row in found.rows] if found else [],
        "contradicted": frozenset(stated),
    }  # fmt: skip


def _cell(term: results.Term) -> tuple[str, str]:
    """A cell: its text, and the IRI or CURIE that it links to."""
    text = results.shown(term)
    return text, text if isinstance(term, ox.NamedNode) else ""
