"""A table of RDF terms, and its forms: the SPARQL 1.1 result formats (W3C: CSV, TSV, JSON, XML) and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.errors import UNFIT

__all__ = [
    "FORMATS", "SUFFIXES", "Table", "Term", "of_solutions", "parsed", "plain", "python_value", "serialize", "shown",
    "table",
]  # fmt: skip

Term = ox.NamedNode | ox.Literal | ox.BlankNode | None

FORMATS = ("csv", "tsv", "json", "xml", "md")
SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".srj": "json", ".xml": "xml", ".srx": "xml", ".md": "md"}
"""What a file's name says of its format."""

_W3C = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[\s\x00-\x1f]*[=+\-@\uff0b\uff0d\uff1d\uff20|%])|^(?=[\t\r\n])")
"""Where a formula would begin: a cell's start, or what a program that takes `;` or tabs for separators makes one."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Table(NamedTuple):
    """Named columns, and rows of as many terms; None where nothing is bound.

    The answer to an ASK (`truth`) is a table of one cell, which JSON and XML write in a way of its own.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term, ...], ...]
    truth: bool = False


def table(columns: Sequence[str], rows: Iterable[Sequence[str | int]], nodes: Collection[str] = ()) -> Table:
    """A table of what a command found: texts and numbers as literals, in the columns `nodes` CURIEs as IRIs.

    An empty text means that nothing is bound.
    """

    def term(column: str, value: str | int) -> Term:
        if value == "":
            return None
        return ox.NamedNode(terms.iri(str(value))) if column in nodes else ox.Literal(value)

    return Table(tuple(columns), tuple(tuple(map(term, columns, row)) for row in rows))


def of_solutions(found: ox.QuerySolutions) -> Table:
    """The rows of a SELECT; triples as terms, which SPARQL 1.1 does not have, as their text."""
    columns = tuple(variable.value for variable in found.variables)
    rows = (tuple(_known(solution[place]) for place in range(len(columns))) for solution in found)
    return Table(columns, tuple(rows))


def _known(term: object) -> Term:
    return term if term is None or isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else ox.Literal(str(term))


def parsed(kind: str, content: bytes) -> Table:
    """Rows of what a store answered: `rows` and `boolean` as SPARQL JSON results, `triples` as N-Triples."""
    if kind == "triples":
        triples = ox.parse(content, format=ox.RdfFormat.N_TRIPLES)
        rows = (tuple(map(_known, (t.subject, t.predicate, t.object))) for t in triples)
        return Table(("subject", "predicate", "object"), tuple(rows))
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QuerySolutions):
        return of_solutions(found)
    return Table(("boolean",), ((ox.Literal(bool(found)),),), truth=True)


def plain(term: Term) -> str:
    """A term as text: an IRI shortened to its CURIE, a literal as written, "" for nothing."""
    if isinstance(term, ox.Literal):
        return term.value
    return "" if term is None else terms.shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)


def shown(term: Term) -> str:
    """The text of a term on one line, harmless to a terminal."""
    return UNFIT.sub(lambda found: " " if found.group() in "\n\t" else ascii(found.group())[1:-1], plain(term))


_PYTHON: dict[str, Callable[[str], object]] = {
    f"{_XSD}integer": int, f"{_XSD}nonNegativeInteger": int, f"{_XSD}decimal": float, f"{_XSD}double": float,
    f"{_XSD}boolean": lambda text: text in ("true", "1"), f"{_XSD}date": date.fromisoformat,
}  # fmt: skip


def python_value(term: Term) -> Any:
    """A term as a value of Python: number, boolean, date, else text; None for nothing.

    What is not written as its datatype wants (or is no date of Python's) stays text.
    """
    if isinstance(term, ox.Literal) and term.datatype.value in _PYTHON:
        with suppress(ValueError):
            return _PYTHON[term.datatype.value](term.value)
    return None if term is None else plain(term)


def _binding(term: ox.NamedNode | ox.Literal | ox.BlankNode) -> dict[str, str]:
    if not isinstance(term, ox.Literal):
        return {"type": "uri" if isinstance(term, ox.NamedNode) else "bnode", "value": term.value}
    made = {"type": "literal", "value": term.value}
    if term.language:
        return made | {"xml:lang": term.language}
    kind = term.datatype.value
    return made if kind == f"{_XSD}string" else made | {"datatype": kind}


def _json(found: Table) -> bytes:
    """SPARQL 1.1 Query Results JSON Format; pyoxigraph makes the other formats of it."""
    if found.truth:
        return json.dumps({"head": {}, "boolean": python_value(found.rows[0][0])}).encode() + b"\n"
    bindings = [
        {name: _binding(term) for name, term in zip(found.columns, row, strict=True) if term is not None}
        for row in found.rows
    ]
    made = {"head": {"vars": list(found.columns)}, "results": {"bindings": bindings}}
    return json.dumps(made, ensure_ascii=False).encode("utf-8") + b"\n"


def _xml(found: Table) -> bytes:
    """SPARQL Query Results XML Format; U+FFFD in place of what no XML can hold."""

    def fit(term: Term) -> Term:
        if isinstance(term, ox.Literal) and _NOT_XML.search(term.value):
            return ox.Literal(
                _NOT_XML.sub("\ufffd", term.value),
                language=term.language,
                datatype=None if term.language else term.datatype,
            )
        return term

    told = _json(found._replace(rows=tuple(tuple(map(fit, row)) for row in found.rows)))
    made = ox.parse_query_results(told, format=ox.QueryResultsFormat.JSON).serialize(format=ox.QueryResultsFormat.XML)
    return (made or b"").replace(b"\r", b"&#13;") + b"\n"  # a reader would take it for a line break


def _harmless(term: Term) -> Term:
    """A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    if not isinstance(term, ox.Literal):
        return term
    is_text = term.language or term.datatype.value == f"{_XSD}string"
    if not is_text and _NUMBER.fullmatch(term.value):
        return term
    return ox.Literal(_FORMULA.sub(r"\1'", term.value))


def _markdown(found: Table) -> bytes:
    def cell(text: str) -> str:
        return re.sub(r"([\\`*_\[\]|~])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")

    lines = [[cell(name) for name in found.columns], ["---"] * len(found.columns)]
    lines += [[cell(shown(term)) for term in row] for row in found.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).encode()


def serialize(found: Table, form: str, spreadsheet: bool = False) -> bytes:
    """A table in one of `FORMATS`.

    `spreadsheet` makes CSV safe and legible for spreadsheet programs: texts that they would run as formulas are
    marked (OWASP, CSV injection), and a byte order mark tells that it is UTF-8.
    """
    if form == "md":
        return _markdown(found)
    if spreadsheet:
        found = Table(found.columns, tuple(tuple(_harmless(term) for term in row) for row in found.rows))
    if form == "xml":
        return _xml(found)
    made = _json(found._replace(truth=found.truth and form == "json"))
    if form != "json":
        made = ox.parse_query_results(made, format=ox.QueryResultsFormat.JSON).serialize(format=_W3C[form]) or b""
    return b"\xef\xbb\xbf" + made if spreadsheet else made
