"""What pictures share: classes and looks, statements folded into lines, sizes, places."""

from __future__ import annotations

import random

import pytest
from test_statements import made

from kg import layout
from kg.networks import DRAWN
from kg.paths import STRENGTHS
from kg.scene import CLASSES, LOOKS, class_of, lines, scene
from kg.statements import Statement, Thing


def test_every_kind_that_is_drawn_has_a_class_and_every_strength_a_look() -> None:
    assert set(CLASSES) == {*DRAWN, "person"}
    assert set(LOOKS) == set(STRENGTHS)
    shapes = {"disc", "diamond", "square", "triangle", "star", "hexagon", "triangleDown"}
    assert {one.shape for one in CLASSES.values()} == shapes
    assert len({(one.shape, one.filled) for one in CLASSES.values()}) == len(CLASSES)
    assert len({(one.dashes, one.head, one.width) for one in LOOKS.values()}) == len(LOOKS)


def test_people_are_a_class_of_their_own() -> None:
    assert class_of(Thing("agent:a", "A", "Person")) == "person"
    assert class_of(Thing("agent:a", "A", "Organization")) == "agent"
    assert class_of(Thing("event:a", "A", "Person")) == "person"


def folded(*statements: Statement) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    return [line[:5] for line in lines(statements)]


def test_statements_alike_between_two_things_are_one_line() -> None:
    first, second = made("1", "agent:a", "agent:b"), made("2", "agent:a", "agent:b", "funds", strength="self-reported")
    assert folded(second, first) == [("agent:a", "agent:b", "asserted", "funds, works with", ("st:1", "st:2"))]
    assert folded(second) == [("agent:a", "agent:b", "self-reported", "funds", ("st:2",))]


@pytest.mark.parametrize(
    ("strength", "label"),
    [
        ("planned", "planned: works with"),
        ("attributed", "attributed: works with"),
        ("contradicted", "contradicted: works with"),
    ],
)
def test_what_is_not_vouched_for_has_a_line_of_its_own_and_says_so(strength: str, label: str) -> None:
    found = folded(made("1", "agent:a", "agent:b"), made("2", "agent:a", "agent:b", strength=strength))
    assert sorted(line[2:4] for line in found) == sorted([("asserted", "works with"), (strength, label)])


def test_lines_between_the_same_two_things_bend_apart() -> None:
    there, back = made("1", "agent:a", "agent:b"), made("2", "agent:b", "agent:a")
    assert [line.bend for line in lines([there])] == [0]
    assert [line.bend for line in lines([there, back])] == [0.16, 0.16]  # each to the right of its own way
    several = [made(name, "agent:a", "agent:b", strength=name) for name in STRENGTHS[1:]]
    assert len({line.bend for line in lines(several)}) == len(several) == 4


def test_acting_for_a_body_is_a_line() -> None:
    one = made("1", "event:e", "agent:p", "has speaker", on_behalf_of=("agent:o",))
    assert [line[:2] for line in folded(one)] == [("agent:p", "agent:o"), ("event:e", "agent:p")]


def test_things_lines_and_places_belong_together() -> None:
    known = [made(str(at), "agent:hub", f"event:n{at:02}") for at in range(9)] + [made("x", "agent:hub", "fig:a")]
    found = scene(known)
    assert [thing.id for thing in found.things] == ["agent:hub", *(f"event:n{at:02}" for at in range(9))]
    assert [node.id for node in found.nodes] == [thing.id for thing in found.things]
    assert [(edge.start, edge.end) for edge in found.edges] == [(line.start, line.end) for line in found.lines]
    assert found.weights == {"agent:hub": 9} | {f"event:n{at:02}": 1 for at in range(9)}
    assert found.places == found.drawing.places
    shuffled = list(known)
    random.Random(3).shuffle(shuffled)
    assert scene(shuffled).places == found.places


def test_what_is_looked_at_weighs_more() -> None:
    known = [made("1", "agent:a", "agent:b")]
    usual, main = scene(known).nodes[0], scene(known, ["agent:a"]).nodes[0]
    assert main.radius > usual.radius and main.weight > usual.weight


def test_nothing_makes_an_empty_scene() -> None:
    found = scene([])
    assert (found.things, found.lines, found.places, found.weights) == ((), (), {}, {})


def test_of_very_many_things_the_marks_keep_their_size_and_the_canvas_grows() -> None:
    """Twice as many things, twice the canvas: so that a page that draws them all has room for each."""
    found = scene([made(str(at), f"agent:n{at}", f"agent:n{(at - 1) // 3}") for at in range(1, 1600)])
    assert len(found.things) == 1600 > 400
    xs = [x for x, _ in found.places.values()]
    assert max(xs) - min(xs) <= 2 * layout.WIDTH
    for name in ("agent:n0", "agent:n77"):
        drawn = found.drawing.places[name]
        assert list(found.places[name]) == pytest.approx([2 * drawn[0], 2 * drawn[1]], abs=0.1)
