"""What happened when: events by day, a calendar of the months in which something is dated to the day, and iCalendar."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from kg import terms
from kg.site.shelf import Shelf
from kg.statements import Statement, Thing

__all__ = ["Happening", "Month", "by_year", "happenings", "icalendar", "months"]

_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/(\d{4}-\d{2}-\d{2}))?")
"""EDTF that says which days: one, or an interval of them."""
_LONGEST = 31
"""Days beyond which a calendar would only fill its cells with the same thing."""


class Happening(NamedTuple):
    """An event with the statements that date it: its earliest and latest day ("" where open), places, realizations."""

    thing: Thing
    earliest: str
    latest: str
    dates: tuple[Statement, ...]
    places: tuple[Statement, ...]
    realizations: tuple[str, ...]

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day, where a date says both to the day and no other statement contradicts it."""
        for one in self.dates:
            found = _DAYS.fullmatch(one.object.label)
            if found and not one.contradicted:
                return date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1])
        return None

    @property
    def planned(self) -> bool:
        """Whether every source has it as a plan only."""
        return bool(self.dates) and all(one.modality == "planned" for one in self.dates)

    @property
    def standing(self) -> str:
        """What iCalendar calls its status."""
        return "CANCELLED" if "cancelled" in self.realizations else "TENTATIVE" if self.planned else "CONFIRMED"


class Month(NamedTuple):
    """A month as weeks of days, Monday first; a day is its number (0 outside the month) and what falls on it."""

    year: int
    month: int
    weeks: tuple[tuple[tuple[int, tuple[Happening, ...]], ...], ...]

    @property
    def name(self) -> str:
        """The month in words."""
        return f"{calendar.month_name[self.month]} {self.year}"


def happenings(shelf: Shelf) -> list[Happening]:
    """All events, by their earliest and then latest day; those without a date come last."""
    about: dict[Thing, list[Statement]] = defaultdict(list)
    for thing in shelf.things:
        if thing.kind == "event":
            about[thing] = []
    for one in shelf.statements.values():
        if one.subject in about:
            about[one.subject].append(one)
    found = [_happening(shelf, thing, said) for thing, said in about.items()]
    return sorted(found, key=lambda one: (one.earliest or one.latest or "9", one.latest, one.thing.label, one.thing.id))


def _happening(shelf: Shelf, thing: Thing, said: Sequence[Statement]) -> Happening:
    dates = tuple(one for one in said if one.predicate == "aig:when")
    known = [shelf.periods[one.id] for one in dates if one.id in shelf.periods]
    lows, highs = [low for low, _ in known if low], [high for _, high in known if high]
    places = tuple(one for one in said if one.predicate == "aig:heldIn")
    realized = sorted({one.object.label for one in said if one.predicate == "aig:realization"})
    return Happening(thing, min(lows, default=""), max(highs, default=""), dates, places, tuple(realized))


def by_year(found: Iterable[Happening]) -> list[tuple[str, list[Happening]]]:
    """The events under the year in which they begin, or by which they were over; "" for those without a date."""
    years: dict[str, list[Happening]] = defaultdict(list)
    for one in found:
        years[(one.earliest or one.latest)[:4]].append(one)
    return sorted(years.items(), key=lambda pair: (not pair[0], pair[0]))


def _on(found: Iterable[Happening]) -> dict[date, list[Happening]]:
    days: dict[date, list[Happening]] = defaultdict(list)
    for one in found:
        if one.days and one.days[1] - one.days[0] <= timedelta(_LONGEST):
            first, last = one.days
            for number in range((last - first).days + 1):
                days[first + timedelta(number)].append(one)
    return days


def months(found: Iterable[Happening]) -> Iterator[Month]:
    """The months in which something falls on a day, in order."""
    days = _on(found)
    for year, month in sorted({(day.year, day.month) for day in days}):
        weeks = (
            tuple((number, tuple(days.get(date(year, month, number), ())) if number else ()) for number in week)
            for week in calendar.Calendar().monthdayscalendar(year, month)
        )
        yield Month(year, month, tuple(weeks))


def icalendar(shelf: Shelf, found: Iterable[Happening]) -> bytes:
    """The events that are dated to the day as iCalendar (RFC 5545), each for whole days; what is planned is tentative.

    The stamp is the day of the release, so that the same release gives the same bytes.
    """
    from icalendar import Calendar, Event

    released = date.fromisoformat(shelf.about.published) if shelf.about and shelf.about.published else date(1970, 1, 1)
    made = Calendar()
    made.add("prodid", f"-//aigov-kg//{shelf.version}//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", shelf.title)
    for one in found:
        if one.days is None:
            continue
        entry = Event()
        entry.add("uid", terms.iri(one.thing.id))
        entry.add("dtstamp", datetime(released.year, released.month, released.day, tzinfo=UTC))
        entry.add("dtstart", one.days[0])
        entry.add("dtend", one.days[1] + timedelta(1))
        entry.add("summary", one.thing.label)
        entry.add("url", terms.iri(one.thing.id))
        entry.add("status", one.standing)
        if one.places:
            entry.add("location", ", ".join(sorted({place.object.label for place in one.places})))
        entry.add("description", "\n".join(_told(date_) for date_ in one.dates))
        made.add_component(entry)
    return bytes(made.to_ical())


def _told(one: Statement) -> str:
    return f"{one.object.label} ({', '.join(one.marks)}), says {one.says}: {one.receipts[0].words}. {terms.iri(one.id)}"
