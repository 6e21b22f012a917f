"""Which statements are shown: one choice, meant the same by views, paths, timelines and networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.statements import Statement

__all__ = ["Select", "select"]


@dataclass(frozen=True, slots=True)
class Select:
    """What must hold of a statement; an empty field asks nothing, several values of one field are alternatives.

    `sources`, `roles` and `claimed_by` are CURIEs, `relations` CURIEs of properties, `status`, `modality` and `reading`
    words of the closed lists. `since` and `until` (ISO 8601 days) keep statements whose period overlaps theirs;
    what no date is known for is then left out. `contradicted` False leaves out what is contradicted.
    """

    sources: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    modality: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    claimed_by: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    contradicted: bool = True

    @property
    def dated(self) -> bool:
        """Whether it asks for a time."""
        return bool(self.since or self.until)

    @property
    def words(self) -> str:
        """The choice in words, "" when it asks nothing."""
        named = (
            ("", self.status), ("", self.modality), ("read", self.reading), ("from", self.sources),
            ("in the role", self.roles), ("by the relation", self.relations), ("said by", self.claimed_by),
        )  # fmt: skip
        parts = [f"{name} {' or '.join(values)}".strip() for name, values in named if values]
        parts += [f"since {self.since}"] if self.since else []
        parts += [f"until {self.until}"] if self.until else []
        parts += [] if self.contradicted else ["not contradicted"]
        return ", ".join(parts)

    def keeps(self, statement: Statement, period: tuple[str, str] | None = None) -> bool:
        """Whether a statement is wanted; `period` is its earliest and latest day, "" where open."""
        wanted = (
            (self.sources, statement.sources),
            (self.status, (statement.status,)),
            (self.modality, (statement.modality,)),
            (self.reading, (statement.reading,)),
            (self.roles, (statement.role.id,) if statement.role else ()),
            (self.relations, (statement.predicate,)),
            (self.claimed_by, tuple(thing.id for thing in statement.claimed_by)),
        )
        if any(choice and not set(choice) & set(values) for choice, values in wanted):
            return False
        return (self.contradicted or not statement.contradicted) and self._in_time(period)

    def _in_time(self, period: tuple[str, str] | None) -> bool:
        if not self.dated:
            return True
        if period is None:
            return False
        earliest, latest = period
        return not (self.until and earliest > self.until) and not (self.since and latest and latest < self.since)


def select(
    statements: Iterable[Statement], choice: Select, periods: Mapping[str, tuple[str, str]] | None = None
) -> tuple[Statement, ...]:
    """The statements that the choice keeps, in their order; `periods` is wanted when it asks for a time."""
    known = periods or {}
    return tuple(one for one in statements if choice.keeps(one, known.get(one.id)))
