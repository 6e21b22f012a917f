"""The layout of large graphs: neighbours near, twins and leaves apart, the same every time, fast enough."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from test_layout import graph, tree

from kg import sparse, stress
from kg.layout import HEIGHT, WIDTH, draw

ROOT = Path(__file__).parent.parent


def near(pairs: list[tuple[int, int]]) -> list[list[int]]:
    return stress.neighbours(1 + max(max(pair) for pair in pairs), pairs)


GRID = [(10 * y + x, 10 * y + x + 1) for y in range(10) for x in range(9)] + [(at, at + 10) for at in range(90)]


def test_a_grid_is_drawn_as_a_grid() -> None:
    """As far apart on paper as by the way between them, as nearly as a plane allows."""
    places = sparse.placed(near(GRID), range(100))
    pairs = [(a, b) for a, b in itertools.combinations(range(100), 2)]
    drawn = np.array([np.hypot(*(places[a] - places[b])) for a, b in pairs])
    steps = np.array([abs(a % 10 - b % 10) + abs(a // 10 - b // 10) for a, b in pairs])
    assert np.corrcoef(drawn, steps)[0, 1] > 0.95
    assert 0.5 < np.median(drawn[steps == 1]) < 3


def test_leaves_stand_around_their_node_and_not_on_each_other() -> None:
    places = sparse.placed(near([(0, at) for at in range(1, 60)]), range(60))
    reach = np.hypot(*(places[1:] - places[0]).T)
    assert reach.min() > 0.3 and reach.max() < 5
    assert min(np.hypot(*(places[a] - places[b])) for a, b in itertools.combinations(range(60), 2)) > 0.2


def test_twins_do_not_stand_at_one_point() -> None:
    """Things that have the same neighbours are as far from all others as each other."""
    pairs = [(hub, at) for hub in (0, 1, 2) for at in range(3, 150)]
    places = sparse.placed(near(pairs), range(150))
    assert len(np.unique(places, axis=0)) == 150
    found = sparse.apart(places, np.full(150, 0.2), 200)
    assert min(np.hypot(*(found[a] - found[b])) for a, b in itertools.combinations(range(150), 2)) > 0.3


def test_what_is_apart_stays_and_what_overlaps_parts() -> None:
    places = np.array(((0.0, 0.0), (0.0, 0.0), (30.0, 0.0), (31.0, 0.0), (90.0, 90.0)))
    radii = np.array((2.0, 2.0, 3.0, 1.0, 5.0))
    found = sparse.apart(places, radii)
    assert found[4].tolist() == [90, 90]
    assert np.hypot(*(found[0] - found[1])) >= 3.99
    assert np.hypot(*(found[2] - found[3])) >= 3.99
    assert found[3, 0] > found[2, 0]


def test_close_pairs_are_those_of_all_pairs() -> None:
    chance = np.random.default_rng(4)
    places = chance.uniform(-9, 9, (120, 2))
    first, second = sparse._close(places, 2.0)
    found = {frozenset(pair) for pair in zip(first.tolist(), second.tolist(), strict=True)}
    assert len(found) == len(first)
    assert all(len(pair) == 2 for pair in found)
    wanted = {
        frozenset((a, b)) for a, b in itertools.combinations(range(120), 2) if np.hypot(*(places[a] - places[b])) < 2
    }
    assert wanted <= found


@pytest.fixture(scope="module")
def large() -> list[tuple[int, int]]:
    return tree(stress.LARGE + 500) + [(at, at + 40) for at in range(5, 900, 7)] + [(9001, 9002)]


@pytest.mark.slow
def test_five_thousand_things_take_seconds() -> None:
    nodes, edges = graph(tree(5000) + [(at, at + 40) for at in range(5, 4000, 7)])
    begun = time.process_time()
    drawing = draw(nodes, edges)
    assert time.process_time() - begun < 40
    places = np.array(list(drawing.places.values()))
    assert (places >= 0).all() and (places <= (WIDTH, HEIGHT)).all()


@pytest.mark.slow
def test_very_many_things_are_drawn_the_same_in_any_order(large: list[tuple[int, int]]) -> None:
    nodes, edges = graph(large)
    drawing = draw(nodes, edges)
    assert draw(nodes[::-1], edges[::-1]).places == drawing.places
    assert set(drawing.edge_sizes) == {0.0}
    sized = [name for name, one in drawing.labels.items() if one.size]
    assert 0 < len(sized) <= stress.LARGE
    heavy = {node.id for node in sorted(nodes, key=lambda node: (-node.weight, node.id))[: stress.LARGE]}
    assert heavy.issuperset(sized)


def test_neighbours_are_nearer_than_others(large: list[tuple[int, int]]) -> None:
    nodes, edges = graph(large)
    places = draw(nodes, edges).places
    joined = [np.hypot(*np.subtract(places[edge.start], places[edge.end])) for edge in edges]
    assert np.median(joined) < 0.15 * WIDTH


@pytest.mark.slow
def test_another_processor_draws_the_same() -> None:
    code = (
        "import json, random\n"
        "from kg import sparse, stress\n"
        "chance, made = random.Random(5), []\n"
        "for shape in range(4):\n"
        "    pairs = [(chance.randrange(at), at) for at in range(1, 300)]\n"
        "    pairs += [tuple(chance.sample(range(300), 2)) for _ in range(150 * shape)]\n"
        "    near = stress.neighbours(300, pairs)\n"
        "    made.append(sparse.placed(near, range(300)).tolist())\n"
        "print(json.dumps(made))\n"
    )
    drawn = []
    for kernel in ("Prescott", "Haswell"):
        env = os.environ | {"OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        drawn.append(done.stdout)
    assert len(drawn[0]) > 1000
    assert drawn[0] == drawn[1]
