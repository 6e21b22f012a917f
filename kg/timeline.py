"""What is dated, in order of time: events, documents and relations, each with the statement that dates it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.results import Table, table
from kg.statements import Statement

__all__ = ["concerning", "rows"]

_COLUMNS = (
    "earliest", "latest", "date", "what", "asWritten", "status", "modality", "contradicted", "says", "source",
    "statement",
)  # fmt: skip


def concerning(statements: Iterable[Statement], name: str) -> list[Statement]:
    """The dates that concern a thing (a CURIE): its own, and those of relations, events and documents that it has to
    do with.
    """
    listed = list(statements)
    near = {name}
    for one in listed:
        sides = (one.subject.id, one.object.id, *(body.id for body in one.on_behalf_of))
        if name in sides:
            near |= {one.id, *(side for side in sides[:2] if side.startswith(("event:", "doc:", "cert:")))}
    return [one for one in listed if one.predicate == "aig:when" and one.subject.id in near]


def rows(statements: Iterable[Statement], periods: Mapping[str, tuple[str, str]]) -> Table:
    """The dates among the statements, by their earliest and then latest day; an open beginning comes first."""
    dates = [one for one in statements if one.predicate == "aig:when"]
    ordered = sorted(dates, key=lambda one: (*periods.get(one.id, ("", "")), one.subject.label, one.id))
    return table(
        _COLUMNS,
        [
            (
                *periods.get(one.id, ("", "")), one.object.label, one.subject.label, one.when_text, one.status,
                one.modality, "yes" if one.contradicted else "", one.says, one.receipts[0].title, one.id,
            )
            for one in ordered
        ],
        nodes=("statement",),
    )  # fmt: skip
