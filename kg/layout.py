"""Where the things of a picture go, and how large each label may be, so that no two labels overlap.

Stress majorization (Gansner, Koren, North: Graph Drawing by Stress Majorization, 2004) of each component from
a radial tree, components packed into a landscape canvas, boxes pushed apart, labels grown in the order of
weight while there is room. One unit is one pixel of the first screen at 1600 by 1000.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg import sparse, stress
from kg.room import Room

__all__ = [
    "HEIGHT",
    "SIZES",
    "SMALL",
    "WIDTH",
    "Box",
    "Drawing",
    "Edge",
    "Label",
    "Node",
    "Set",
    "box",
    "draw",
    "edge_box",
    "label",
]

WIDTH = 1540.0
HEIGHT = 830.0
"""The canvas that a drawing fills at most."""

SMALL = 45
"""Up to so many nodes there is room for every label, those of edges too."""

SIZES = tuple(round(18.98 / 1.125**step, 2) for step in range(20))
"""The sizes of labels. vis-network fades a label in over one pixel: at 9 pixels that is less than one step."""

_Array = NDArray[np.float64]
Box = tuple[float, float, float, float]


class Label(NamedTuple):
    """A label in lines, and the width of the longest in em."""

    text: str
    width: float

    @property
    def rows(self) -> int:
        """How many lines it has."""
        return self.text.count("\n") + 1


class Node(NamedTuple):
    """A thing to be placed: radius of its mark, its label, the size that the label should have, its weight."""

    id: str
    label: Label
    radius: float
    size: float
    weight: float


class Edge(NamedTuple):
    """A line between two nodes; `bend` is the roundness of a curve to the right of its way, 0 is straight."""

    start: str
    end: str
    label: Label
    bend: float = 0.0


class Set(NamedTuple):
    """A label as set: its size (0: no room), and whether it stands above its mark."""

    size: float
    above: bool

    def lift(self, node: Node) -> float:
        """How far it is moved down from where vis-network draws it: close under its mark, or above it."""
        if not self.above:
            return round(-0.35 * self.size - 1, 1)
        return round(-(2 * node.radius + 0.5 * self.size + 6 + node.label.rows * self.size), 1)


class Drawing(NamedTuple):
    """The place and label of each node, the size of each edge's label (0: no room), the area that is used."""

    places: dict[str, tuple[float, float]]
    labels: dict[str, Set]
    edge_sizes: tuple[float, ...]
    area: Box


# ---------------------------------------------------------------- labels


@lru_cache(maxsize=4096)
def _width(letter: str) -> float:
    """An upper estimate, in em, for common sans-serif faces."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.04
    if letter in "ijlI.,:;'|!()[] ":
        return 0.33
    if letter in "mwMW@%—…&":
        return 0.93
    return 0.71 if letter.isupper() else 0.57


def _measure(text: str) -> float:
    return sum(map(_width, text))


def _wrap(words: Sequence[str], limit: float) -> list[str]:
    lines, line = [], ""
    for word in words:
        joined = f"{line} {word}" if line else word
        if line and _measure(joined) > limit:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line]


def _broken(word: str, limit: float) -> list[str]:
    """A word in pieces that are no wider than the limit."""
    pieces, piece = [], ""
    for letter in word:
        if piece and _measure(piece + letter) > limit:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


@lru_cache(maxsize=4096)
def label(text: str, wide: float = 11.0, rows: int = 5) -> Label:
    """A text as lines of like length, about `wide` em each; what is longer than `rows` lines ends in an ellipsis."""
    words = [piece for word in text.split() for piece in _broken(word, wide * 1.4)] or [""]
    lines = _wrap(words, wide)
    if len(lines) > rows:
        lines = [*lines[: rows - 1], f"{lines[rows - 1]}…"]
    else:
        # The narrowest width with as many lines.
        low, high, count = wide / 2, wide, len(lines)
        while high - low > 0.25:
            middle = (low + high) / 2
            low, high = (low, middle) if len(_wrap(words, middle)) <= count else (middle, high)
        lines = _wrap(words, high)
    return Label("\n".join(lines), max(map(_measure, lines)))


# ---------------------------------------------------------------- boxes


def _extent(node: Node, one: Set) -> tuple[float, float, float]:
    """Half the width, height above and height below the centre of a node with its label."""
    reach = node.radius + 3 + (1.15 * 0.1 + node.label.rows) * one.size + 1 if one.size else node.radius
    half = max(node.radius, node.label.width * one.size / 2)
    return (half, reach, node.radius) if one.above else (half, node.radius, reach)


def box(node: Node, place: tuple[float, float], one: Set) -> Box:
    """Left, top, right, bottom of a node with its label."""
    half, above, below = _extent(node, one)
    return place[0] - half, place[1] - above, place[0] + half, place[1] + below


def edge_box(edge: Edge, places: Mapping[str, tuple[float, float]], size: float) -> Box:
    """Left, top, right, bottom of an edge's label, which stands in the middle of the curve."""
    (x, y), (u, v) = places[edge.start], places[edge.end]
    reach, turn = 0.5 + 0.5 * abs(edge.bend), edge.bend * math.pi / 2
    dx, dy = u - x, v - y
    across = x + reach * (dx * math.cos(turn) + dy * math.sin(turn))
    along = y + reach * (dy * math.cos(turn) - dx * math.sin(turn))
    middle = (x + 2 * across + u) / 4, (y + 2 * along + v) / 4
    half, tall = edge.label.width * size / 2, edge.label.rows * size / 2
    return middle[0] - half, middle[1] - tall, middle[0] + half, middle[1] + tall


# ---------------------------------------------------------------- room for labels


def _spread(places: _Array, longest: float) -> _Array:
    """Scaled into the canvas, and evened out: half-way between where a thing is and its rank in the row."""
    low, high = places.min(0), places.max(0)
    reach = np.maximum(high - low, 1e-9)
    shares = np.where(high - low > 1e-6, (places - low) / reach, 0.5)
    if len(places) > 12:
        # Out of the oval into the corners.
        out = 2 * shares - 1
        largest = np.maximum(np.abs(out).max(1, keepdims=True), 1e-9)
        shares = (1 + out * (np.sqrt((out * out).sum(1, keepdims=True)) / largest) ** 0.7) / 2
        shares = (shares - shares.min(0)) / np.maximum(shares.max(0) - shares.min(0), 1e-9)
        rank = np.argsort(np.argsort(places, axis=0, kind="stable"), axis=0, kind="stable") / (len(places) - 1)
        shares = 0.55 * shares + 0.45 * rank
    size = np.minimum((WIDTH, HEIGHT), reach * longest)
    return np.asarray((shares * size + (np.array((WIDTH, HEIGHT)) - size) / 2).round(3))


def _aims(nodes: Sequence[Node], order: Sequence[int]) -> list[float]:
    """The label sizes to make room for: as wanted, by weight, until the boxes fill the canvas well enough."""
    small = min(8.5, 6.5 * math.sqrt(160 / len(nodes)))
    sizes = [min(small, node.size) for node in nodes]

    def area(at: int, size: float) -> float:
        half, above, below = _extent(nodes[at], Set(size, False))
        return (2 * half + 8) * (above + below + 8)

    left = 0.62 * WIDTH * HEIGHT - sum(area(at, size) for at, size in enumerate(sizes))
    for at in order:
        left -= area(at, nodes[at].size) - area(at, sizes[at])
        if left < 0:
            break
        sizes[at] = nodes[at].size
    return sizes


def _above(nodes: Sequence[Node], sizes: Sequence[float], places: _Array, lines: NDArray[np.intp]) -> list[bool]:
    """For each node, whether fewer of its lines would run through its label above the mark than below it."""
    crossed = [[0, 0] for _ in nodes]
    for start, end in lines.tolist():
        for here, there in ((start, end), (end, start)):
            dx, dy = (places[there] - places[here]).tolist()
            half, _, _ = _extent(nodes[here], Set(sizes[here], False))
            if abs(dx) * (nodes[here].radius + 6) < half * abs(dy):
                crossed[here][dy < 0] += 1
    return [over < under for under, over in crossed]


class _Taken:
    """Boxes that are taken, found by their neighbourhood."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[int, Box]]] = {}

    def _near(self, one: Box) -> list[tuple[int, int]]:
        across, along = (range(int(one[a] // 64), int(one[a + 2] // 64) + 1) for a in (0, 1))
        return [(x, y) for x in across for y in along]

    def add(self, owner: int, one: Box) -> None:
        """Takes a box; what an owner takes is never in his own way."""
        for cell in self._near(one):
            self._cells.setdefault(cell, []).append((owner, one))

    def free(self, owner: int, one: Box, gap: float = 1.0) -> bool:
        """Whether no box of another owner overlaps, with a gap."""
        wide = one[0] - gap, one[1] - gap, one[2] + gap, one[3] + gap
        return not any(
            other != owner and wide[0] < b[2] and b[0] < wide[2] and wide[1] < b[3] and b[1] < wide[3]
            for cell in self._near(wide)
            for other, b in self._cells.get(cell, ())
        )


def _steps(wanted: float) -> Iterator[float]:
    return (size for size in SIZES if size <= wanted)


def _set(nodes: Sequence[Node], order: Sequence[int], above: Sequence[bool],
         places: Mapping[str, tuple[float, float]], taken: _Taken) -> dict[str, Set]:  # fmt: skip
    """The largest labels without an overlap, by weight; on the other side of the mark where it is larger there."""
    for at, node in enumerate(nodes):
        taken.add(at, box(node, places[node.id], Set(0, False)))
    found = {}
    for at in order:
        node = nodes[at]
        tried = (Set(size, side) for size in _steps(node.size) for side in (above[at], not above[at]))
        one = next((one for one in tried if taken.free(at, box(node, places[node.id], one))), Set(0.0, False))
        taken.add(at, box(node, places[node.id], one))
        found[node.id] = one
    return found


def _set_edges(edges: Sequence[Edge], size: float, places: Mapping[str, tuple[float, float]],
               taken: _Taken) -> tuple[float, ...]:  # fmt: skip
    """The largest labels of edges that overlap nothing; the shorter texts first."""
    found = [0.0] * len(edges)
    for at in sorted(range(len(edges)), key=lambda at: (edges[at].label.width * edges[at].label.rows, edges[at])):
        edge = edges[at]
        if edge.start != edge.end and edge.label.text:
            fits = (one for one in _steps(size) if taken.free(-1 - at, edge_box(edge, places, one)))
            found[at] = next(fits, 0.0)
            if found[at]:
                taken.add(-1 - at, edge_box(edge, places, found[at]))
    return tuple(found)


def _settled(
    nodes: Sequence[Node], edges: Sequence[Edge], order: Sequence[int], edge_size: float
) -> tuple[_Array, list[bool]]:
    """Places with room for the labels, as far as there is any, and which labels stand above."""
    number = {node.id: at for at, node in enumerate(nodes)}
    ends = [(number[edge.start], number[edge.end]) for edge in edges]
    texts = [edge.label for edge in edges if edge.start != edge.end]
    lines = np.array([pair for pair in ends if pair[0] != pair[1]], dtype=np.intp).reshape(-1, 2)
    start = _spread(stress.packed(stress.neighbours(len(nodes), ends)), 190.0)
    room = Room(start, lines, len(nodes) <= SMALL, (WIDTH, HEIGHT))
    aims, gap, above = _aims(nodes, order), 3.0, [False] * len(nodes)
    for share, press in ((0.35, 0.1), (0.7, 0.1), (1.0, 0.1), (1.0, 0.0), (1.0, 0.0)):
        above = _above(nodes, aims, room.places, lines) if share < 1 else above
        if not press:
            # Where there is no room, the label gives way.
            crowded = room.crowded()[: len(nodes)].tolist()
            aims = [min(aim, 6.0) if full else aim for aim, full in zip(aims, crowded, strict=True)]
        for at, node in enumerate(nodes):
            half, up, down = _extent(node, Set(aims[at] * share, above[at]))
            room.half[at], room.offset[at, 1] = (half + gap, (up + down) / 2 + gap), (down - up) / 2
        for at, text in enumerate(texts if room.middles else (), len(nodes)):
            room.half[at] = text.width * edge_size * share / 2 + gap, text.rows * edge_size * share / 2 + gap
        room.settle(50, press)
    return room.places, above


def _crowd(nodes: Sequence[Node], edges: Sequence[Edge]) -> _Array:
    """Places of very many things: in proportion, marks off each other; there is no room to make for labels."""
    number = {node.id: at for at, node in enumerate(nodes)}
    places = stress.packed(stress.neighbours(len(nodes), [(number[edge.start], number[edge.end]) for edge in edges]))
    radii = np.array([node.radius for node in nodes])
    places = _spread(places, 190.0)
    for _ in range(3):
        # Pushing apart makes it larger, and fitting it in pushes it together again.
        places = _fitted(sparse.apart(places, 1.25 * radii))
    return places.round(3)


def _fitted(places: _Array) -> _Array:
    """Scaled into the canvas, both ways alike, and centred."""
    low, high = places.min(0), places.max(0)
    scale = float(((WIDTH, HEIGHT) / np.maximum(high - low, 1e-9)).min())
    return np.asarray((places - (low + high) / 2) * scale + (WIDTH / 2, HEIGHT / 2))


def draw(nodes: Sequence[Node], edges: Sequence[Edge], edge_size: float = 10.53) -> Drawing:
    """Places and label sizes, the same whatever the order of nodes and edges, but for edges alike in all.

    Every end of an edge must be among the nodes. Of more than `stress.LARGE` nodes only so many, the weightiest, may
    get labels, and edges none. The sizes of `edge_sizes` stand in the order of `edges`.
    """
    if not nodes:
        return Drawing({}, {}, (), (0, 0, 0, 0))
    nodes = sorted(nodes, key=lambda node: node.id)
    order = sorted(range(len(nodes)), key=lambda at: (-nodes[at].weight, nodes[at].id))
    if len(nodes) > stress.LARGE:
        settled, above = _crowd(nodes, sorted(edges)), [False] * len(nodes)
    else:
        settled, above = _settled(nodes, sorted(edges), order, edge_size)
    places = {node.id: (x, y) for node, (x, y) in zip(nodes, settled.round(1).tolist(), strict=True)}
    taken = _Taken()
    labels = {node.id: Set(0.0, False) for node in nodes}
    labels |= _set(nodes, order[: stress.LARGE], above, places, taken)
    few = len(nodes) <= stress.LARGE
    edge_sizes = _set_edges(edges, edge_size, places, taken) if few else (0.0,) * len(edges)
    boxes = [box(node, places[node.id], labels[node.id]) for node in nodes]
    left, top = (min(one[side] for one in boxes) for side in (0, 1))
    right, bottom = (max(one[side] for one in boxes) for side in (2, 3))
    return Drawing(places, labels, edge_sizes, (left, top, right, bottom))
