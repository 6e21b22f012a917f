"""Events in time: their order, the calendar, and iCalendar that another library reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from icalendar import Calendar

from kg.site.events import Happening, by_year, happenings, icalendar, months
from kg.site.shelf import Shelf
from kg.statements import Statement, Thing


@pytest.fixture
def dated(shelf: Shelf) -> Statement:
    return shelf.statements["st:harbor-forum-002"]


def event(name: str, earliest: str = "", latest: str = "", dates: tuple[Statement, ...] = ()) -> Happening:
    return Happening(Thing(f"event:{name}", name, "Event"), earliest, latest, dates, (), ())


def test_every_event_is_there_once_and_by_its_days(shelf: Shelf) -> None:
    found = happenings(shelf)
    assert [one.thing.id for one in found] == [
        "event:harbor-forum-2030", "event:harbor-forum-series", "event:tidal-workshop",
    ]  # fmt: skip
    assert (found[0].earliest, found[0].latest) == ("2030-05-04", "2030-05-06")
    assert [one.id for one in found[0].dates] == ["st:harbor-forum-002"]
    assert (found[1].earliest, found[1].dates) == ("", ())


def test_years_come_in_order_and_what_has_no_date_last() -> None:
    found = by_year([event("a", "2030-01-01"), event("b"), event("c", "", "2021-03-01"), event("d", "2030-05-01")])
    assert [(year, [one.thing.label for one in some]) for year, some in found] == [
        ("2021", ["c"]), ("2030", ["a", "d"]), ("", ["b"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edtf", "days"),
    [
        ("2030-05-04", (date(2030, 5, 4), date(2030, 5, 4))),
        ("2030-05-04/2030-05-06", (date(2030, 5, 4), date(2030, 5, 6))),
        ("2030-05", None), ("2030", None), ("2028-01-01/..", None), ("2030-05-04~", None), ("2030-05-04/2030-06", None),
    ],
)  # fmt: skip
def test_only_what_is_dated_to_the_day_has_days(edtf: str, days: tuple[date, date] | None, dated: Statement) -> None:
    assert event("a", dates=(dated._replace(object=Thing("", edtf)),)).days == days


def test_a_contradicted_date_gives_no_days(shelf: Shelf, dated: Statement) -> None:
    clash = shelf.statements["st:harbor-forum-003"].conflicts
    assert clash[0].kind == "contradicts"
    assert event("a", dates=(dated._replace(conflicts=clash),)).days is None
    assert event("a", dates=(dated._replace(conflicts=clash), dated)).days == (date(2030, 5, 4), date(2030, 5, 6))


def test_the_calendar_has_the_days_of_an_event(shelf: Shelf) -> None:
    [may] = months(happenings(shelf))
    assert may.name == "May 2030"
    busy = [number for week in may.weeks for number, found in week if found]
    assert busy == [4, 5, 6]
    assert [number for number, _ in may.weeks[0]] == [0, 0, 1, 2, 3, 4, 5]  # 1 May 2030 is a Wednesday
    assert max(number for week in may.weeks for number, _ in week) == 31


def test_a_calendar_is_not_filled_by_what_takes_very_long(dated: Statement) -> None:
    long = dated._replace(object=Thing("", "2030-01-01/2030-12-31"))
    assert list(months([event("a", dates=(long,))])) == []
    two = dated._replace(object=Thing("", "2030-01-30/2030-02-02"))
    assert [one.name for one in months([event("a", dates=(two,))])] == ["January 2030", "February 2030"]


def test_icalendar_can_be_read_and_says_what_the_graph_says(shelf: Shelf) -> None:
    made = icalendar(shelf, happenings(shelf))
    assert made == icalendar(shelf, happenings(shelf))
    read = Calendar.from_ical(made)
    assert isinstance(read, Calendar)
    [entry] = read.walk("VEVENT")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (date(2030, 5, 4), date(2030, 5, 7))
    assert entry["uid"] == "https://w3id.org/aigov-kg/id/event/harbor-forum-2030"
    assert entry["summary"] == "Harbor Forum 2030"
    assert entry["status"] == "CONFIRMED"
    assert entry.decoded("dtstamp").date() == date(2030, 6, 1)
    assert "says Institute of Quiet Machines" in str(entry["description"])
    assert "self-reported" in str(entry["description"])


@pytest.mark.parametrize(
    ("modality", "realized", "status"),
    [("planned", (), "TENTATIVE"), ("actual", ("cancelled",), "CANCELLED"), ("actual", ("held",), "CONFIRMED"),
     ("planned", ("cancelled",), "CANCELLED")],
)  # fmt: skip
def test_what_is_planned_or_cancelled_says_so(
    modality: str, realized: tuple[str, ...], status: str, shelf: Shelf, dated: Statement
) -> None:
    one = event("a", dates=(dated._replace(modality=modality),))._replace(realizations=realized)
    assert f"STATUS:{status}\r\n".encode() in icalendar(shelf, [one])


def test_without_a_day_of_release_the_stamp_is_fixed(shelf: Shelf, dated: Statement) -> None:
    made = icalendar(replace(shelf, about=None), [event("a", dates=(dated,))])
    assert b"DTSTAMP:19700101T000000Z" in made
