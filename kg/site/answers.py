"""Saved questions as pages: what one asks and can set, and the answer that its defaults give, in all formats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import queries, results, terms
from kg.errors import BadUse, plain
from kg.queries import Parameter, Question
from kg.site.shelf import Shelf

__all__ = ["FORMATS", "answer", "cells", "model", "topics", "written"]

FORMATS = {
    "csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml",
    "md": "text/markdown; charset=utf-8",
}  # fmt: skip
"""Suffix of an answer's file -> media type."""


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


def written(shelf: Shelf, name: str, form: str) -> bytes:
    """The answer with the defaults in one of `FORMATS`."""
    found = answer(shelf, name) or results.Table(tuple(column for column, _ in queries.question(name).columns), ())
    return results.serialize(found, form)


def _field(shelf: Shelf, parameter: Parameter, given: Sequence[str]) -> dict[str, Any]:
    """A field of the form: what is suggested, the choices of a short list, and its default as a reader writes it."""
    default = parameter.default.removeprefix("UNDEF")
    if terms.is_curie(default):
        default = shelf.graph.name(default)
    elif default.startswith('"'):
        default = default[1 : default.rindex('"')]  # no default has a quote within
    kinds = {"source": "src", "concept": "concept", "statement": "st"}.get(parameter.type, "")
    if parameter.type == "entity":
        kinds = " ".join(_types(shelf, parameter.of))
    return {
        "parameter": parameter, "default": default, "values": list(given) or [default],
        "kinds": kinds, "thing": parameter.type in ("entity", "source", "concept"),
        "input": _input(parameter, given), "hint": _hint(parameter),
    }  # fmt: skip


def _types(shelf: Shelf, name: str) -> list[str]:
    """The classes by which the things of a class are known: its own and narrower ones."""
    iri = terms.classes().get(name)
    found = shelf.graph.subjects("rdf:type", ox.NamedNode(iri)) if iri else []
    return sorted({shelf.graph.type(node) for node in found} - {""})


def _hint(parameter: Parameter) -> str:
    """What one writes into a field."""
    if parameter.type in ("entity", "source", "concept", "statement"):
        of = terms.words(parameter.of).strip() or {"entity": "thing"}.get(parameter.type, parameter.type)
        return f"a name or identifier ({of})"
    return {"date": "a day like 2021-07-08", "integer": "a whole number"}.get(parameter.type, parameter.takes)


def _input(parameter: Parameter, given: Sequence[str]) -> str:
    """The type of a field; a browser would leave out of one for days what is none, and nobody saw what is wrong."""
    kind = {"date": "date", "integer": "number"}.get(parameter.type, "text")
    forms = {"date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "number": r"[0-9]+", "text": r"(?s:.*)"}
    return kind if all(re.fullmatch(forms[kind], text) for text in given) else "text"


def model(shelf: Shelf, name: str, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the page of a question shows when it is asked with values; those not given keep their defaults.

    What is wrong with the values is `wrong`, and nothing is found then.
    """
    asked = queries.question(name)
    found, wrong = None, ""
    try:
        found = queries.run(shelf.graph, name, given)
    except BadUse as error:
        wrong = plain(str(error)) if given else ""
    stated = queries.contradicted(shelf.graph, found) if found else []
    pairs = [(name, text) for name, texts in given.items() for text in texts]
    return {
        "asked": asked, "fields": [_field(shelf, one, given.get(one.name, ())) for one in asked.params],
        "found": found, "rows": cells(found) if found else [],
        "contradicted": frozenset(stated), "wrong": wrong, "given": pairs,
        "faulty": next((one.name for one in asked.params if wrong.startswith(f"{one.name} ")), ""),
        "query": f"?{urlencode(pairs)}" if pairs else "",
    }  # fmt: skip


def cells(found: results.Table) -> list[list[tuple[str, str]]]:
    """The rows of a table as texts, each with the IRI or CURIE that it links to."""
    return [[_cell(term) for term in row] for row in found.rows]


def _cell(term: results.Term) -> tuple[str, str]:
    """A cell: its text, and the IRI or CURIE that it links to."""
    text = results.shown(term)
    return text, text if isinstance(term, ox.NamedNode) else ""
