"""EDTF dates and their bounds: worked out by hand, and the fast path against the edtf library."""

from __future__ import annotations

import random
from calendar import isleap
from datetime import date, timedelta

import pytest

from kg import dates

OPEN = None


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2021-04", date(2021, 4, 1), date(2021, 4, 30)),
        ("2020-12-18", date(2020, 12, 18), date(2020, 12, 18)),
        ("2020-12-18/2020-12-19", date(2020, 12, 18), date(2020, 12, 19)),
        ("2020/2021-03", date(2020, 1, 1), date(2021, 3, 31)),
        ("2021/2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2018/..", date(2018, 1, 1), OPEN),
        ("../2018-06", OPEN, date(2018, 6, 30)),
        ("2018/", date(2018, 1, 1), OPEN),
        ("/2018", OPEN, date(2018, 12, 31)),
        ("2021~", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021-05?", date(2021, 5, 1), date(2021, 5, 31)),
        ("202X", date(2020, 1, 1), date(2029, 12, 31)),
        ("2021-21", date(2021, 3, 1), date(2021, 5, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_bounds(text: str, earliest: date | None, latest: date | None) -> None:
    assert dates.bounds(text) == (earliest, latest)
    assert dates.is_edtf(text)


@pytest.mark.parametrize(
    "text",
    [
        "2021-13", "2021-00", "2021-02-29", "2021-04-31", "2021-06-00", "2021-99", "0000", "21", "2021-1", "2021-1-1",
        "20211218", "2021/07/01", "18.12.2020", "December 18th to 19th", "July 2021", "last year", "unknown",
        "2021-07-30/2021-07-29", "2021/2020", "2020/2021/2022", "2020-12-18/19", "2021 ", " 2021", "2021\n", "２０２１",
        "٢٠٢١-٠٧", "-0100", "Y12021", "[2020..]", "NaN", "2021-07-01T25:00:00", "\ud800", "\x00",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.bounds(text)
    assert not dates.is_edtf(text)


@pytest.mark.parametrize("text", ["", "..", "../..", "/", "/..", "2021" + "-01" * 20])
def test_a_date_has_a_bound_and_an_end(text: str) -> None:
    assert not dates.is_edtf(text)


def _samples() -> list[str]:
    """Every month of some years, days about every month's end, and 150 days drawn by chance."""
    pick = random.Random(5)
    years = (1, 1582, 1752, 1900, 1969, 1999, 2000, 2023, 2024, 9999)
    chance = [str(date(1, 1, 1) + timedelta(days=pick.randrange(3_650_000))) for _ in range(150)]
    ends = [
        f"{year:04}-{month:02}-{day}" for year in (1900, 2000, 2023) for month in (2, 4, 12) for day in (28, 29, 30, 31)
    ]
    return [*chance, *ends, *(f"{y:04}" for y in years), *(f"{y:04}-{m:02}" for y in years[5:9] for m in range(1, 13))]


def _said(text: str, by_library: bool) -> object:
    try:
        return dates._by_library(text) if by_library else dates._part(text)
    except ValueError:
        return "no date"


@pytest.mark.slow
def test_the_fast_path_and_the_library_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = {text: _said(text, by_library=True) for text in _samples()}
    monkeypatch.setattr(dates, "_by_library", lambda text: pytest.fail(f"{text} did not take the fast path"))
    fast = {text: _said(text, by_library=False) for text in _samples()}
    differing = {text: (fast[text], slow[text]) for text in slow if fast[text] != slow[text]}
    assert len(slow) > 200
    assert not differing


def test_every_month_has_its_length() -> None:
    days = [(dates.bounds(f"{year}-02")[1] or date.min).day for year in range(1890, 2110)]
    assert days == [29 if isleap(year) else 28 for year in range(1890, 2110)]


@pytest.mark.parametrize("text", ["{2020,2021}", "[2020,2021]", "2021-41", "15XX-12-25", "2021-~06", "Y17E7"])
def test_level_two_is_refused(text: str) -> None:
    assert not dates.is_edtf(text)


@pytest.mark.parametrize("text", ["1985-X1", "19X5", "2021-XX-0X"])
def test_nothing_is_printed(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    dates.is_edtf(text)
    assert capfd.readouterr() == ("", "")
