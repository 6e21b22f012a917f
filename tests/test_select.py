"""Which statements are shown: each filter alone, several together, and time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_statements import made

from kg.build import Prepared
from kg.checks import store
from kg.lookup import Graph
from kg.select import Select, select
from kg.statements import Reader, Statement, periods

HARBOR = {f"harbor-forum-00{number}" for number in range(1, 9)}
LANTERN = {f"lantern-report-00{number}" for number in range(1, 4)}
EVERY = HARBOR | LANTERN | {"port-register-001"}
OF_THE_FORUM = {"harbor-forum-001", "harbor-forum-002", "harbor-forum-003", "harbor-forum-004", "harbor-forum-006",
                "lantern-report-003"}  # fmt: skip
OF_THE_CHAIR = {"lantern-report-001", "lantern-report-002"}


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


def chosen(graph: Graph, choice: Select) -> set[str]:
    every = Reader(graph).all()
    return {one.id.removeprefix("st:") for one in select(every, choice, periods(graph, every))}


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        (Select(), EVERY),
        (Select(sources=("src:lantern-report",)), LANTERN),
        (Select(sources=("src:lantern-report", "src:port-register")), LANTERN | {"port-register-001"}),
        (Select(sources=("src:nobody",)), set()),
        (Select(status=("asserted",)), {"lantern-report-003", "port-register-001"}),
        (Select(status=("asserted", "attributed")), {"lantern-report-003", "port-register-001", "harbor-forum-006"}),
        (Select(modality=("planned",)), {"harbor-forum-008"}),
        (Select(modality=("actual", "planned")), EVERY),
        (Select(reading=("inferred",)), {"harbor-forum-005"}),
        (Select(roles=("concept:role-speaker",)), {"harbor-forum-005"}),
        (Select(roles=("concept:role-host",)), {"harbor-forum-003", "lantern-report-003"}),
        (Select(relations=("org:holds",)), {"lantern-report-001"}),
        (Select(claimed_by=("agent:lantern-council",)), LANTERN),
        (Select(claimed_by=("agent:gull-foundation",)), {"harbor-forum-006"}),
        (Select(contradicted=False), EVERY - {"harbor-forum-003", "lantern-report-003"}),
        # Fields narrow one another.
        (Select(sources=("src:harbor-forum",), status=("asserted",)), set()),
        (Select(roles=("concept:role-host",), status=("asserted",)), {"lantern-report-003"}),
        (Select(roles=("concept:role-host",), contradicted=False), set()),
    ],
)
def test_a_choice_keeps_what_it_says(choice: Select, kept: set[str], opened: Graph) -> None:
    assert chosen(opened, choice) == kept


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [
        ("", "2027-12-31", set()),
        ("", "2028-01-01", OF_THE_CHAIR),
        ("2028-01-01", "2029-12-31", OF_THE_CHAIR),
        ("2030-05-06", "", OF_THE_CHAIR | OF_THE_FORUM),
        ("2030-05-07", "", OF_THE_CHAIR),  # open: since 2028
        ("2030-05-05", "2030-05-05", OF_THE_CHAIR | OF_THE_FORUM),
        ("", "2030-05-03", OF_THE_CHAIR),
        ("", "2030-05-04", OF_THE_CHAIR | OF_THE_FORUM),
    ],
)
def test_time_keeps_what_overlaps(since: str, until: str, kept: set[str], opened: Graph) -> None:
    assert chosen(opened, Select(since=since, until=until)) == kept


def test_time_narrows_with_the_rest(opened: Graph) -> None:
    assert chosen(opened, Select(since="2029-01-01", relations=("org:holds",))) == {"lantern-report-001"}
    assert chosen(opened, Select(until="2029-01-01", relations=("aig:hostedBy",))) == set()


def test_without_known_periods_nothing_is_in_time() -> None:
    one = made("1", "agent:a", "agent:b")
    assert select([one], Select(since="1900-01-01")) == ()
    assert select([one], Select()) == (one,)


def test_an_open_beginning_reaches_back() -> None:
    one = made("1", "agent:a", "agent:b")
    assert select([one], Select(until="1000-01-01"), {"st:1": ("", "2020-12-31")}) == (one,)
    assert select([one], Select(since="2021-01-01"), {"st:1": ("", "2020-12-31")}) == ()


@pytest.mark.parametrize("asked", [{"since": "2020-01-01"}, {"until": "2020-01-01"}])
def test_a_choice_knows_whether_it_asks_for_a_time(asked: dict[str, str]) -> None:
    assert not Select(status=("asserted",)).dated
    assert Select(**asked).dated  # type: ignore[arg-type]


def test_one_of_several_passages_is_enough() -> None:
    one = made("1", "agent:a", "agent:b")
    more = one._replace(receipts=(*one.receipts, one.receipts[0]._replace(source="src:b")))
    assert select([one, more], Select(sources=("src:b",))) == (more,)


def test_the_order_is_kept_and_nothing_is_doubled() -> None:
    listed = [made(name, "agent:a", "agent:b") for name in ("3", "1", "2")]
    assert select(iter(listed), Select()) == tuple(listed)


days = st.dates().map(str)
spans = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))


@given(period=spans, asked=spans)
def test_a_closed_period_is_kept_when_a_day_is_in_both(period: tuple[str, str], asked: tuple[str, str]) -> None:
    one: Statement = made("1", "agent:a", "agent:b")
    kept = select([one], Select(since=asked[0], until=asked[1]), {"st:1": period})
    assert bool(kept) == (max(period[0], asked[0]) <= min(period[1], asked[1]))
