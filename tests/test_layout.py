"""Where a picture puts things: the same whatever the order, no box over another, inside the canvas, fast enough."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kg import stress
from kg.layout import HEIGHT, SIZES, SMALL, WIDTH, Box, Drawing, Edge, Label, Node, Set, box, draw, edge_box, label
from kg.room import Room


def graph(pairs: Sequence[tuple[int, int]], alone: int = 0, size: float = 13.33) -> tuple[list[Node], list[Edge]]:
    """Nodes with labels of unlike length, and edges that say so."""
    names = sorted({end for pair in pairs for end in pair})
    names += list(range(len(names), len(names) + alone))
    weight = {name: sum(name in pair for pair in pairs) for name in names}
    texts = {name: label(" ".join(["Assembly", "of", "the", "Harbour", "Institute"][: 1 + name % 5])) for name in names}
    nodes = [Node(f"agent:n{name:04}", texts[name], 5 + weight[name] ** 0.5, size, weight[name]) for name in names]
    return nodes, [Edge(f"agent:n{a:04}", f"agent:n{b:04}", label("participant")) for a, b in pairs]


def tree(count: int) -> list[tuple[int, int]]:
    """Hubs with many leaves, as the graphs of this project have."""
    return [(at, (at - 1) // 7) for at in range(1, count)]


def boxes(nodes: Sequence[Node], edges: Sequence[Edge], drawing: Drawing) -> dict[str, Box]:
    """The boxes of all labels that have room, with their marks."""
    found = {node.id: box(node, drawing.places[node.id], drawing.labels[node.id]) for node in nodes}
    for number, (edge, size) in enumerate(zip(edges, drawing.edge_sizes, strict=True)):
        if size:
            found[f"edge {number}"] = edge_box(edge, drawing.places, size)
    return found


def overlapping(found: dict[str, Box]) -> list[tuple[str, str]]:
    return [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(sorted(found.items()), 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


GRAPHS = {
    "pair": [(0, 1)],
    "path": [(at, at + 1) for at in range(12)],
    "star": [(0, at) for at in range(1, 25)],
    "ring": [(at, (at + 1) % 15) for at in range(15)],
    "complete": list(itertools.combinations(range(9), 2)),
    "grid": [(6 * y + x, 6 * y + x + 1) for y in range(5) for x in range(5)]
    + [(6 * y + x, 6 * y + x + 6) for y in range(4) for x in range(6)],
    "islands": [(2 * at, 2 * at + 1) for at in range(9)] + [(20, 21), (21, 22), (22, 23)],
    "tree": tree(40),
    "large": tree(160) + [(at, at + 40) for at in range(5, 100, 7)],
}


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize("text", ["SenseTime", "Tsinghua University International AI Cooperation and Governance Forum"])
def test_a_label_keeps_its_words(text: str) -> None:
    made = label(text)
    assert made.text.replace("\n", " ") == text
    assert made.rows <= 5 and made.width <= 11


def test_lines_of_a_label_are_alike() -> None:
    assert label("one two three four five six").text == "one two three\nfour five six"


def test_a_long_label_ends_in_an_ellipsis_and_a_long_word_is_broken() -> None:
    assert label("very " * 60).rows == 5 and label("very " * 60).text.endswith("…")
    assert label("x" * 80).rows > 1 and label("x" * 80).width <= 11 * 1.4 + 1
    assert label("静机研究所" * 8).rows > 1


def test_chinese_is_wider_than_latin() -> None:
    assert label("静机研究所").width > 1.6 * label("abcde").width


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_label_is_one_empty_line(text: str) -> None:
    assert label(text) == Label("", 0)


def test_a_label_above_ends_over_its_mark_and_one_below_begins_under_it() -> None:
    node = Node("agent:a", label("Harbour Institute of Quiet Machines"), 8, 15, 1)
    above, below = (box(node, (100, 100), Set(15, side)) for side in (True, False))
    assert above[3] == 108 and below[1] == 92
    assert above[1] == pytest.approx(200 - below[3])
    # vis-network begins a label half its size and four pixels under the mark.
    begun = {side: 100 + 8 + 4 + 7.5 + Set(15, side).lift(node) for side in (True, False)}
    rows = node.label.rows * 15
    assert above[1] <= begun[True] and begun[True] + rows <= 92
    assert begun[False] >= 108 and begun[False] + rows <= below[3]


def test_sizes_of_labels_are_steps_that_the_fading_cannot_bridge() -> None:
    assert all(large - small >= large / 9.1 for large, small in itertools.pairwise(SIZES) if small > 6)


# ---------------------------------------------------------------- drawings


@pytest.mark.parametrize("name", GRAPHS)
def test_no_label_lies_over_another_or_over_a_mark(name: str) -> None:
    nodes, edges = graph(GRAPHS[name], size=13.33 if len(GRAPHS[name]) < 60 else 10.53)
    assert overlapping(boxes(nodes, edges, draw(nodes, edges))) == []


def test_an_overlap_would_be_seen() -> None:
    nodes, edges = graph(GRAPHS["star"])
    drawing = draw(nodes, edges)
    places = drawing.places | {nodes[1].id: drawing.places[nodes[2].id]}
    assert overlapping(boxes(nodes, edges, drawing._replace(places=places)))


@pytest.mark.parametrize("name", GRAPHS)
def test_everything_is_in_the_canvas_and_in_the_area(name: str) -> None:
    nodes, edges = graph(GRAPHS[name])
    drawing = draw(nodes, edges)
    left, top, right, bottom = drawing.area
    assert left >= -30 and right <= WIDTH + 30 and top >= -30 and bottom <= HEIGHT + 30
    for one in boxes(nodes, [], drawing._replace(edge_sizes=())).values():
        assert left <= one[0] and one[2] <= right and top <= one[1] and one[3] <= bottom


@pytest.mark.parametrize("name", [name for name in GRAPHS if name not in ("large", "complete")])
def test_small_pictures_show_every_label_as_wanted(name: str) -> None:
    nodes, edges = graph(GRAPHS[name])
    assert len(nodes) <= SMALL
    drawing = draw(nodes, edges)
    assert {drawing.labels[node.id].size for node in nodes} == {13.33}
    assert sum(size > 9 for size in drawing.edge_sizes) >= 0.8 * len(edges)


def test_large_pictures_show_the_weightiest_labels() -> None:
    nodes, edges = graph(GRAPHS["large"], size=13.33)
    drawing = draw(nodes, edges)
    first = sorted(nodes, key=lambda node: -node.weight)[:20]
    assert sum(drawing.labels[node.id].size == 13.33 for node in first) >= 18


@pytest.mark.parametrize("name", ["tree", "islands", "large"])
def test_the_order_of_nodes_and_edges_does_not_matter(name: str) -> None:
    nodes, edges = graph(GRAPHS[name])
    drawing = draw(nodes, edges)
    shuffled_nodes, numbers = list(nodes), list(range(len(edges)))
    random.Random(7).shuffle(shuffled_nodes)
    random.Random(8).shuffle(numbers)
    other = draw(shuffled_nodes, [edges[number] for number in numbers])
    assert other.places == drawing.places and other.labels == drawing.labels and other.area == drawing.area
    assert list(other.edge_sizes) == [drawing.edge_sizes[number] for number in numbers]


def test_neighbours_are_nearer_than_others() -> None:
    nodes, edges = graph(GRAPHS["path"])
    places = draw(nodes, edges).places
    ways = {(a.id, b.id): np.hypot(*np.subtract(places[a.id], places[b.id])) for a in nodes for b in nodes}
    joined = [ways[edge.start, edge.end] for edge in edges]
    assert max(joined) < float(np.mean(list(ways.values())))


def test_a_tree_is_drawn_without_crossings() -> None:
    nodes, edges = graph(tree(30))
    drawing = draw(nodes, edges)
    number = {node.id: at for at, node in enumerate(nodes)}
    places = np.array([drawing.places[node.id] for node in nodes])
    assert stress.crossings(places, np.array([(number[e.start], number[e.end]) for e in edges])) <= 1


def test_crossings_are_counted() -> None:
    square = np.array([(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
    assert stress.crossings(square, np.array([(0, 1), (2, 3)])) == 1
    assert stress.crossings(square, np.array([(0, 2), (1, 3)])) == 0


def test_components_lie_apart() -> None:
    near = stress.neighbours(26, [(at, at + 1) for at in range(25) if at % 5 != 4])
    places = stress.packed(near)
    parts = stress.components(near)
    assert [len(part) for part in parts] == [5, 5, 5, 5, 5, 1]
    for one, other in itertools.combinations(parts, 2):
        assert np.sqrt(((places[one][:, None] - places[other][None]) ** 2).sum(2)).min() > 0.5


def test_two_lines_between_the_same_things_have_two_middles() -> None:
    places = {"a": (0.0, 0.0), "b": (200.0, 0.0)}
    bent = [edge_box(Edge("a", "b", label("x"), bend), places, 10) for bend in (-0.2, 0.0, 0.2)]
    heights = [one[1] for one in bent]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2]) and heights[0] - heights[1] > 15
    back = edge_box(Edge("b", "a", label("x"), -0.2), places, 10)
    assert back[1] == pytest.approx(bent[2][1])


# ---------------------------------------------------------------- nothing, little, much


def test_nothing_at_all() -> None:
    assert draw([], []) == Drawing({}, {}, (), (0, 0, 0, 0))


def test_one_thing_with_a_line_to_itself() -> None:
    node = Node("agent:a", label("A"), 6, 15, 0)
    drawing = draw([node], [Edge("agent:a", "agent:a", label("cooperates with"))])
    assert drawing.places["agent:a"] == pytest.approx((WIDTH / 2, HEIGHT / 2), abs=20)
    assert drawing.edge_sizes == (0.0,)


def test_things_without_lines_lie_apart() -> None:
    nodes, edges = graph([(0, 1)], alone=30)
    assert overlapping(boxes(nodes, edges, draw(nodes, edges))) == []


def test_things_at_one_place_are_pushed_apart() -> None:
    room = Room(np.full((6, 2), 50.0), np.empty((0, 2), dtype=np.intp), False, (400, 300))
    room.half[:] = (20, 10)
    room.settle(200)
    assert not room.crowded().any()
    assert (room.places >= (20, 10)).all() and (room.places <= (380, 290)).all()


def test_a_thing_moves_off_the_line_of_others() -> None:
    room = Room(np.array([(10.0, 50.0), (390.0, 50.0), (200.0, 52.0)]), np.array([(0, 1)]), False, (400, 300))
    room.half[:] = (8, 8)
    room.settle(80, 0.2)
    assert abs(room.places[2, 1] - 50) > 6


@pytest.mark.slow
def test_a_thousand_things_take_a_few_seconds() -> None:
    nodes, edges = graph(tree(1000), size=10.53)
    begun = time.process_time()
    drawing = draw(nodes, edges)
    assert time.process_time() - begun < 20
    assert overlapping(boxes(nodes, edges, drawing)) == []


def test_another_processor_draws_the_same(tmp_path: Path) -> None:
    """The linear algebra library takes other kernels for other processors, and their last digits differ."""
    code = (
        "import json, random\n"
        "from kg import stress\n"
        "chance, made = random.Random(11), []\n"
        "for shape in range(9):\n"
        "    count = 8 + 3 * shape\n"
        "    pairs = {(0, at) for at in range(1, count)} if shape % 3 == 0 else"
        " {(chance.randrange(at), at) for at in range(1, count)}\n"
        "    if shape % 3 == 2: pairs |= {tuple(sorted(chance.sample(range(count), 2))) for _ in range(shape)}\n"
        "    ends = [(a, b) for one, two in pairs for a, b in ((one, two), (two, one))]\n"
        "    near = [sorted({b for a, b in ends if a == at}) for at in range(count)]\n"
        "    made.append(stress._component(near, range(count)).tolist())\n"
        "print(json.dumps(made))\n"
    )
    drawn = {}
    for kernel in ("Prescott", "Haswell"):
        env = os.environ | {"OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(Path(__file__).parent.parent)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        drawn[kernel] = done.stdout
    assert len(drawn["Prescott"]) > 1000
    assert drawn["Prescott"] == drawn["Haswell"]
