"""What is dated, in order of time: everything, or what has to do with one thing."""

from __future__ import annotations

import pytest
from test_statements import made

from kg.build import Prepared
from kg.checks import store
from kg.lookup import Graph
from kg.results import plain
from kg.statements import Reader, Statement, Thing, periods
from kg.timeline import concerning, rows


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


@pytest.fixture
def known(opened: Graph) -> tuple[Statement, ...]:
    return Reader(opened).all()


def dated(name: str, subject: str, date: str) -> Statement:
    return made(name, subject, "", predicate="aig:when")._replace(object=Thing("", date), when_text="then")


def test_the_dates_of_the_small_project(opened: Graph, known: tuple[Statement, ...]) -> None:
    found = rows(known, periods(opened, known))
    assert found.columns == (
        "earliest", "latest", "date", "what", "asWritten", "status", "modality", "contradicted", "says", "source",
        "statement",
    )  # fmt: skip
    assert [tuple(map(plain, row)) for row in found.rows] == [
        (
            "2028-01-01", "", "2028/..", "Zoë Marsh holds Chair of the Lantern Council", "since 2028", "self-reported",
            "actual", "", "Lantern Council", "Yearly report of the Lantern Council", "st:lantern-report-002",
        ),
        (
            "2030-05-04", "2030-05-06", "2030-05-04/2030-05-06", "Harbor Forum 2030", "4 to 6 May 2030",
            "self-reported", "actual", "", "Institute of Quiet Machines", "Harbor Forum opens its doors",
            "st:harbor-forum-002",
        ),
    ]  # fmt: skip


def test_a_contradicted_and_a_planned_date_are_marked() -> None:
    one, two = dated("1", "event:a", "2020"), dated("2", "event:b", "2021")
    clash = made("x", "event:a", "event:b", strength="contradicted").conflicts
    found = rows([one._replace(conflicts=clash), two._replace(modality="planned")], {})
    assert [[plain(term) for term in row[6:8]] for row in found.rows] == [["actual", "yes"], ["planned", ""]]


def test_the_order_is_by_first_day_then_last_then_name() -> None:
    known = [dated(str(number), f"event:{name}", "x") for number, name in enumerate("dcbafe")]
    spans = {
        "st:0": ("2021-01-01", "2021-12-31"),
        "st:1": ("2021-01-01", "2021-01-31"),
        "st:2": ("2020-06-01", "2022-01-01"),
        "st:3": ("2021-01-01", "2021-01-31"),
        "st:4": ("", "2030-01-01"),  # an open beginning comes first
        "st:5": ("2020-06-01", ""),
    }
    wanted = ["event:f", "event:e", "event:b", "event:a", "event:c", "event:d"]
    for listed in (known, known[::-1]):
        assert [plain(row[3]) for row in rows(listed, spans).rows] == wanted


def test_two_dates_of_one_thing_are_two_rows() -> None:
    known = [dated("1", "event:a", "2021"), dated("2", "event:a", "2020")]
    spans = {"st:1": ("2021-01-01", "2021-12-31"), "st:2": ("2020-01-01", "2020-12-31")}
    assert [plain(row[-1]) for row in rows(known, spans).rows] == ["st:2", "st:1"]


def test_what_is_no_date_is_no_row(known: tuple[Statement, ...]) -> None:
    assert rows([one for one in known if one.predicate != "aig:when"], {}).rows == ()
    assert rows((), {}).rows == ()


def test_a_date_without_known_bounds_is_shown_all_the_same() -> None:
    [row] = rows([dated("1", "event:a", "spring")], {}).rows
    assert [plain(term) for term in row[:4]] == ["", "", "spring", "event:a"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("event:harbor-forum-2030", ["st:harbor-forum-002"]),
        ("agent:iqm", ["st:harbor-forum-002"]),  # host of the forum
        ("agent:gull-foundation", ["st:harbor-forum-002"]),  # host too, says the other source
        ("event:tidal-workshop", ["st:harbor-forum-002"]),  # part of the forum
        ("event:harbor-forum-series", ["st:harbor-forum-002"]),
        ("fig:forum-delegates", ["st:harbor-forum-002"]),
        ("agent:zoe-marsh", ["st:lantern-report-002"]),  # speaks at a workshop without a date; holds a post since 2028
        ("post:lantern-chair", ["st:lantern-report-002"]),
        ("st:lantern-report-001", ["st:lantern-report-002"]),
        ("agent:lantern-council", []),
        ("doc:charter", []),
        ("agent:nobody", []),
    ],
)
def test_the_dates_that_concern_a_thing(name: str, found: list[str], known: tuple[Statement, ...]) -> None:
    assert [one.id for one in concerning(known, name)] == found


def test_the_dates_of_what_somebody_was_spoken_for_concern_him() -> None:
    spoke = made("1", "event:e", "agent:a", on_behalf_of=("agent:b",))
    known = [spoke, dated("2", "event:e", "2020"), dated("3", "st:1", "2021"), dated("4", "agent:a", "2022")]
    assert [one.id for one in concerning(known, "agent:b")] == ["st:2", "st:3"]


def test_only_events_documents_and_certificates_hand_their_dates_on() -> None:
    near = [made(str(number), "agent:a", f"{kind}:x") for number, kind in enumerate(("event", "doc", "cert", "agent"))]
    known = [*near, *(dated(f"of-{one.id[3:]}", one.object.id, "2020") for one in near)]
    assert [one.id for one in concerning(iter(known), "agent:a")] == ["st:of-0", "st:of-1", "st:of-2"]
