"""Dates: Extended Date/Time Format (EDTF, ISO 8601-2:2019), and the two plain bounds that filters use.

Years, months and days are read here; everything else of levels 0 and 1 by the `edtf` library, which
needs 25 ms a date (a test holds the two to the same answers). Text is never guessed into dates.
"""

from __future__ import annotations

import contextlib
import io
import re
from calendar import monthrange
from datetime import date
from functools import cache
from time import struct_time
from typing import Any

__all__ = ["Bounds", "bounds", "is_edtf"]

Bounds = tuple[date | None, date | None]
_CALENDAR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_LEVELS_0_AND_1 = {"Date", "DateAndTime", "LongYear", "Season", "UncertainOrApproximate", "Unspecified"}
_ONE_DATE = re.compile(r"[!-.0-~]+")  # ASCII without space and slash, which the library would overlook
_MAX_LENGTH = 40


def is_edtf(text: str) -> bool:
    """Whether this is an EDTF date or interval with at least one bound that is a day of the calendar."""
    try:
        return 0 < len(text) <= _MAX_LENGTH and any(bounds(text))
    except ValueError:
        return False


def bounds(text: str) -> Bounds:
    """The earliest and the latest day of an EDTF expression; None on the open side of an interval.

    Raises ValueError for what is no EDTF, or when the end lies before the beginning.
    """
    first, slash, last = text.partition("/")
    earliest = _part(first)[0]
    latest = _part(last if slash else first)[1]
    if earliest and latest and latest < earliest:
        raise ValueError(f"{text!r} ends before it begins")
    return earliest, latest


def _part(text: str) -> Bounds:
    if text in ("..", ""):
        return None, None
    match = _CALENDAR.fullmatch(text)
    if match is None:
        return _by_library(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if month > 12:
        return _by_library(text)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def _day(moment: struct_time) -> date:
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday)


@cache
def _by_library(text: str) -> Bounds:
    """Levels 0 and 1 by the edtf library. Raises ValueError."""
    if not _ONE_DATE.fullmatch(text):
        raise ValueError(f"{text!r} is no EDTF date")
    # Costs a quarter of a second to import, and plain dates don't need it.
    from edtf import EDTFParseException, parse_edtf

    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it can't read
            parsed: Any = parse_edtf(text)
        if type(parsed).__name__ not in _LEVELS_0_AND_1:
            raise ValueError(f"{text!r} is of EDTF level 2")
        return _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (EDTFParseException, ValueError, AttributeError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"{text!r} is no EDTF date with bounds") from error
