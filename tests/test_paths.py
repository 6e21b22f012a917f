"""Routes between two things: both orders against brute force, what they lead through, and how a step is shown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, permutations, product
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_statements import made

from kg.build import Prepared
from kg.checks import store
from kg.lookup import Graph
from kg.paths import STRENGTHS, THROUGH, Route, Step, routes, rows, strength
from kg.results import plain
from kg.select import Select, select
from kg.statements import Reader, Statement, Thing
from kg.vocabulary import load

WORST = {"asserted": 0, "self-reported": 1, "attributed": 2, "planned": 3, "contradicted": 4}


@pytest.fixture
def known(built: Prepared) -> tuple[Statement, ...]:
    return Reader(Graph(store(built.graphs))).all()


def told(found: Iterable[Route]) -> list[list[str]]:
    """Each route as its things and statements, in turn."""
    return [
        [route.steps[0].start.id, *(part for step in route.steps for part in (step.statement.id, step.end.id))]
        for route in found
    ]


# ---------------------------------------------------------------- the small project


def test_the_shortest_route_of_the_small_project(known: tuple[Statement, ...]) -> None:
    [route] = routes(known, "agent:zoe-marsh", "agent:iqm")
    assert told([route]) == [[
        "agent:zoe-marsh", "st:harbor-forum-005", "event:tidal-workshop", "st:harbor-forum-004",
        "event:harbor-forum-2030", "st:harbor-forum-003", "agent:iqm",
    ]]  # fmt: skip
    assert [step.forward for step in route.steps] == [False, True, True]
    assert [step.relation for step in route.steps] == ["has speaker", "part of event", "hosted by"]
    assert route.weakest == "contradicted"


def test_the_other_route_leads_by_the_party_spoken_for(known: tuple[Statement, ...]) -> None:
    _, other, *more = routes(known, "agent:zoe-marsh", "agent:iqm", count=5)
    assert more == []
    assert told([other]) == [[
        "agent:zoe-marsh", "st:harbor-forum-005", "agent:gull-foundation", "st:lantern-report-003",
        "event:harbor-forum-2030", "st:harbor-forum-003", "agent:iqm",
    ]]  # fmt: skip
    assert [step.relation for step in other.steps] == ["on behalf of", "hosted by", "hosted by"]


def test_without_what_is_contradicted_there_is_no_route(known: tuple[Statement, ...]) -> None:
    kept = select(known, Select(contradicted=False))
    for order in ("shortest", "evidenced"):
        assert routes(kept, "agent:zoe-marsh", "agent:iqm", order=order) == []
    [route] = routes(kept, "agent:zoe-marsh", "event:harbor-forum-2030", order="evidenced")
    assert (len(route.steps), route.weakest) == (2, "self-reported")


def test_a_figure_is_no_way_but_may_be_an_end(known: tuple[Statement, ...]) -> None:
    [route] = routes(known, "fig:forum-delegates", "event:tidal-workshop")
    assert [step.statement.id for step in route.steps] == ["st:harbor-forum-006", "st:harbor-forum-004"]
    assert route.weakest == "attributed"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("agent:zoe-marsh", "agent:lantern-council"),  # of the council only a note and a name are said
        ("agent:zoe-marsh", "agent:nobody"),
        ("agent:nobody", "agent:zoe-marsh"),
        ("agent:iqm", "https://example.org/id/iqm"),  # the same thing, no connection
        ("agent:iqm", "agent:iqm"),
        ("", ""),
        ("event:harbor-forum-2030", ""),  # a date is no thing
    ],
)
def test_where_nothing_connects_there_is_no_route(start: str, end: str, known: tuple[Statement, ...]) -> None:
    assert routes(known, start, end) == routes(known, start, end, order="evidenced") == []


def test_nothing_connects_over_no_statements() -> None:
    assert routes((), "agent:a", "agent:b") == []


# ---------------------------------------------------------------- order


def test_a_longer_route_with_stronger_steps_is_better_evidenced() -> None:
    known = [
        made("1", "agent:a", "agent:z", strength="attributed"),
        made("2", "agent:a", "agent:m"),
        made("3", "agent:m", "agent:z", strength="self-reported"),
    ]
    assert told(routes(known, "agent:a", "agent:z")) == [["agent:a", "st:1", "agent:z"]]
    assert told(routes(known, "agent:a", "agent:z", 3, "evidenced")) == [
        ["agent:a", "st:2", "agent:m", "st:3", "agent:z"],
        ["agent:a", "st:1", "agent:z"],
    ]


@pytest.mark.parametrize(("strong", "weak"), tuple(pairwise(STRENGTHS)))
def test_one_degree_of_strength_outweighs_a_step(strong: str, weak: str) -> None:
    known = [
        made("1", "agent:a", "agent:z", strength=weak),
        made("2", "agent:a", "agent:m", strength=strong),
        made("3", "agent:m", "agent:z"),
    ]
    route, other = routes(known, "agent:a", "agent:z", 3, "evidenced")
    assert other.weakest == weak
    assert ([step.statement.id for step in route.steps], route.weakest) == (["st:2", "st:3"], strong)


def test_of_two_statements_the_stronger_is_the_step() -> None:
    known = [
        made("1", "agent:a", "agent:z", strength="planned"),
        made("2", "agent:z", "agent:a", strength="self-reported", reading="inferred"),
        made("3", "agent:a", "agent:z", strength="self-reported"),
        made("4", "agent:a", "agent:z", strength="self-reported"),
    ]
    assert told(routes(known, "agent:a", "agent:z", 9)) == [["agent:a", "st:3", "agent:z"]]


def test_longer_routes_of_one_length_come_in_order_too() -> None:
    """The direct one, then the two by m and n: the stronger first, whatever its name."""
    known = [
        made("1", "agent:a", "agent:z"),
        made("2", "agent:a", "agent:m", strength="contradicted"), made("3", "agent:m", "agent:z"),
        made("4", "agent:a", "agent:n"), made("5", "agent:n", "agent:z"),
    ]  # fmt: skip
    for listed in (known, known[::-1]):
        assert [route.weakest for route in routes(listed, "agent:a", "agent:z", 3)] == [
            "asserted", "asserted", "contradicted",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "place"), [("asserted", 0), ("self-reported", 1), ("attributed", 2), ("planned", 3), ("contradicted", 4)]
)
def test_how_far_a_statement_carries(kind: str, place: int) -> None:
    one = made("1", "agent:a", "agent:b", strength=kind)
    assert (strength(one), STRENGTHS[place]) == (place, kind)


def test_planned_or_contradicted_outweighs_who_says_it() -> None:
    planned = made("1", "agent:a", "agent:b", strength="planned")
    contradicted = made("1", "agent:a", "agent:b", strength="contradicted")
    assert strength(planned._replace(status="attributed")) == strength(planned) == 3
    assert strength(contradicted._replace(status="self-reported", modality="planned")) == 4


def test_every_status_of_the_ontology_has_a_strength() -> None:
    assert set(load().choices("status")) == set(STRENGTHS) - {"planned", "contradicted"}
    assert load().choices("modality") == ("actual", "planned")


# ---------------------------------------------------------------- what a route leads through


@pytest.mark.parametrize("kind", ["place", "concept", "prop", "fig"])
def test_a_place_or_a_topic_connects_nothing_unless_asked(kind: str) -> None:
    known = [made("1", "agent:a", f"{kind}:x"), made("2", f"{kind}:x", "agent:z")]
    assert routes(known, "agent:a", "agent:z") == []
    assert len(routes(known, "agent:a", "agent:z", kinds=(*THROUGH, kind))) == 1
    assert told(routes(known, "agent:a", f"{kind}:x")) == [["agent:a", "st:1", f"{kind}:x"]]


def test_between_two_places_no_third_one_is_a_way() -> None:
    known = [made("1", "place:a", "place:m"), made("2", "place:m", "place:z")]
    assert routes(known, "place:a", "place:z") == []
    assert len(routes(known, "place:a", "place:z", kinds=(*THROUGH, "place"))) == 1
    assert len(routes(known, "place:a", "place:m")) == 1


def test_the_party_spoken_for_may_be_an_end_of_any_kind() -> None:
    known = [made("1", "event:e", "agent:a", on_behalf_of=("place:x",))]
    assert told(routes(known, "agent:a", "place:x")) == [["agent:a", "st:1", "place:x"]]


def test_a_statement_of_a_thing_about_itself_is_no_step() -> None:
    assert routes([made("1", "agent:a", "agent:a")], "agent:a", "agent:a") == []


def test_identities_are_no_steps() -> None:
    known = [made("1", "agent:a", "agent:b", predicate="skos:exactMatch")]
    assert routes(known, "agent:a", "agent:b") == []


# ---------------------------------------------------------------- against brute force


class Fact(NamedTuple):
    start: str
    end: str
    strength: str
    inferred: bool
    body: str | None


NAMES = ("agent:a", "agent:b", "agent:c", "event:d", "doc:e", "place:x", "place:y")
facts = st.lists(
    st.builds(
        Fact, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(STRENGTHS), st.booleans(),
        st.none() | st.sampled_from(NAMES),
    ),
    max_size=11,
)  # fmt: skip
Key = tuple[int, list[int], int, list[str]]


def statements(of: list[Fact]) -> list[Statement]:
    return [
        made(
            f"{number:02}", one.start, one.end, strength=one.strength,
            reading="inferred" if one.inferred else "literal", on_behalf_of=(one.body,) if one.body else (),
        )
        for number, one in enumerate(of)
    ]  # fmt: skip


def every_route(of: list[Fact], start: str, end: str) -> list[Key]:
    """All routes over any things in between that are no places, each by its best statements, best first."""
    joins: dict[frozenset[str], list[tuple[int, int, str]]] = {}
    for number, one in enumerate(of):
        for pair in ((one.start, one.end), (one.end, one.body)):
            if pair[1] and pair[0] != pair[1]:
                said = (WORST[one.strength], int(one.inferred), f"st:{number:02}")
                joins.setdefault(frozenset(map(str, pair)), []).append(said)
    between = [name for name in NAMES if name not in (start, end) and not name.startswith("place:")]
    found = []
    for count in range(len(between) + 1):
        for middle in permutations(between, count):
            ways = [joins.get(frozenset(pair), []) for pair in pairwise((start, *middle, end))]
            keys = [
                (len(way), sorted((one[0] for one in way), reverse=True), sum(one[1] for one in way),
                 [one[2] for one in way])
                for way in product(*ways)
            ]  # fmt: skip
            found += [min(keys)] if keys else []
    return sorted(found)


def key(route: Route) -> Key:
    levels = sorted((WORST[STRENGTHS[strength(step.statement)]] for step in route.steps), reverse=True)
    inferred = sum(step.statement.reading == "inferred" for step in route.steps)
    return len(route.steps), levels, inferred, [step.statement.id for step in route.steps]


two_names = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])


@given(of=facts, names=two_names, count=st.integers(1, 6))
def test_the_shortest_are_those_of_brute_force(of: list[Fact], names: tuple[str, str], count: int) -> None:
    found = routes(statements(of), *names, count)
    assert [key(route) for route in found] == every_route(of, *names)[:count]


@given(of=facts, names=two_names, count=st.integers(1, 6))
def test_the_evidenced_are_those_of_brute_force(of: list[Fact], names: tuple[str, str], count: int) -> None:
    found = routes(statements(of), *names, count, "evidenced")
    every = every_route(of, *names)
    # By the weakest step, then as the shortest are: each route by its best statements.
    wanted = sorted(every, key=lambda one: (one[1][0], one))[:count]
    assert [key(route) for route in found] == wanted


@given(of=facts, names=two_names)
def test_steps_join_and_are_what_the_statements_say(of: list[Fact], names: tuple[str, str]) -> None:
    for route in routes(statements(of), *names, 4):
        assert (route.steps[0].start.id, route.steps[-1].end.id) == names
        assert all(one.end == two.start for one, two in pairwise(route.steps))
        for step in route.steps:
            said = step.statement
            ends = (step.start, step.end) if step.forward else (step.end, step.start)
            whole = (said.subject, said.object, said.relation)
            assert (*ends, step.relation) in {whole, *((said.object, b, "on behalf of") for b in said.on_behalf_of)}


@given(of=facts, names=two_names, random=st.randoms(use_true_random=False))
def test_a_route_is_the_same_backwards_and_in_any_order(of: list[Fact], names: tuple[str, str], random: object) -> None:
    listed = statements(of)
    there, back = routes(listed, *names, 1), routes(listed, names[1], names[0], 1)
    assert [key(route)[:3] for route in there] == [key(route)[:3] for route in back]
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [key(route) for route in routes(shuffled, *names, 3)] == [key(route) for route in routes(listed, *names, 3)]


def test_a_graph_with_very_many_routes_answers() -> None:
    """Six layers of eight things each, all joined: a quarter of a million shortest routes."""
    layers = [["agent:a"], *([f"agent:{layer}-{one}" for one in range(8)] for layer in range(6)), ["agent:z"]]
    pairs = [pair for one, two in pairwise(layers) for pair in product(one, two)]
    known = [made(f"{number:03}", *pair) for number, pair in enumerate(pairs)]
    assert [len(route.steps) for route in routes(known, "agent:a", "agent:z", 3)] == [7, 7, 7]
    straight = [*known, made("999", "agent:a", "agent:z")]
    assert [len(route.steps) for route in routes(straight, "agent:a", "agent:z", 3)] == [1, 7, 7]


# ---------------------------------------------------------------- rows


def test_routes_as_rows_number_route_and_step(known: tuple[Statement, ...]) -> None:
    found = rows(routes(known, "agent:zoe-marsh", "agent:iqm", 2))
    assert found.columns[:8] == ("route", "step", "from", "to", "direction", "subject", "relation", "object")
    assert found.columns[-1] == "statement"
    assert [[plain(term) for term in row[:5]] for row in found.rows] == [
        ["1", "1", "Zoë Marsh", "Workshop on Tidal Algorithms", "←"],
        ["1", "2", "Workshop on Tidal Algorithms", "Harbor Forum 2030", "→"],
        ["1", "3", "Harbor Forum 2030", "Institute of Quiet Machines", "→"],
        ["2", "1", "Zoë Marsh", "Gull Foundation", "→"],
        ["2", "2", "Gull Foundation", "Harbor Forum 2030", "←"],
        ["2", "3", "Harbor Forum 2030", "Institute of Quiet Machines", "→"],
    ]
    assert [plain(row[-1]) for row in found.rows[:2]] == ["st:harbor-forum-005", "st:harbor-forum-004"]
    assert all(len(row) == len(found.columns) for row in found.rows)


def test_no_route_is_a_table_without_rows() -> None:
    assert rows([]).rows == ()
    assert rows([]).columns[0] == "route"


def test_the_weakest_step_names_a_route() -> None:
    steps = [made(str(place), "agent:a", "agent:b", strength=kind) for place, kind in enumerate(STRENGTHS[:3])]
    route = Route(tuple(Step(one.subject, one.object, one.relation, True, one) for one in steps))
    assert route.weakest == "attributed"


@pytest.mark.parametrize(
    ("says", "sources", "words"),
    [
        ("A A A", "x x x", "It rests on one document; A alone says so."),
        ("A A A", "x y x", "It rests on 2 documents; A alone says so."),
        ("A B A", "x y y", "It rests on 2 documents; A and B say so."),
        ("A B C D", "x x x x", "It rests on one document; A, B, C and D say so."),
        ("A B C D E", "a b c d e", "It rests on 5 documents; A, B, C and 2 others say so."),
    ],
)
def test_a_route_says_what_it_rests_on(says: str, sources: str, words: str) -> None:
    """Steps that one voice or one document gives don't confirm each other."""
    steps = []
    for place, (voice, source) in enumerate(zip(says.split(), sources.split(), strict=True)):
        one = made(str(place), "agent:a", "agent:b")
        one = one._replace(
            claimed_by=(Thing(f"agent:{voice.lower()}", voice),), receipts=(one.receipts[0]._replace(source=source),)
        )
        steps.append(Step(one.subject, one.object, one.relation, True, one))
    assert Route(tuple(steps)).rests == words
