"""Where the nodes of a graph go: stress majorization of each component, components packed side by side.

Gansner, Koren, North: Graph Drawing by Stress Majorization (2004), started from radial trees; the packing is that of
Freivalds, Dogrusoz, Kikusts: Disconnected Graph Layout and the Polyomino Packing Approach (2001). Graphs are lists of
neighbours by number; an edge is about one long. The same graph gives the same places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kg import sparse

__all__ = ["LARGE", "components", "crossings", "neighbours", "packed"]

LARGE = 1000
"""Nodes of a component above which not all pairs are looked at."""

_Array = NDArray[np.float64]
_SHAPE = 16 / 9


def neighbours(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The neighbours of each node, both ways, none its own."""
    found: list[set[int]] = [set() for _ in range(count)]
    for start, end in pairs:
        if start != end:
            found[start].add(end)
            found[end].add(start)
    return [sorted(one) for one in found]


def components(near: Sequence[Sequence[int]]) -> list[list[int]]:
    """The nodes of each component, the largest first."""
    seen: set[int] = set()
    found = []
    for first in range(len(near)):
        if first in seen:
            continue
        part, queue = [], [first]
        seen.add(first)
        while queue:
            at = queue.pop()
            part.append(at)
            queue += [one for one in near[at] if one not in seen]
            seen.update(near[at])
        found.append(sorted(part))
    return sorted(found, key=lambda part: (-len(part), part))


def _distances(near: Sequence[Sequence[int]], part: Sequence[int]) -> _Array:
    """Lengths of the shortest ways; an edge is the longer, the more neighbours its ends do not share."""
    place = {node: number for number, node in enumerate(part)}
    far = np.full((len(part), len(part)), 1e6)
    np.fill_diagonal(far, 0)
    for node in part:
        for other in near[node]:
            alone = len(set(near[node]) ^ set(near[other]))
            far[place[node], place[other]] = 0.75 + 0.25 * math.sqrt(alone)
    by_way = np.empty_like(far)
    for node in part:
        # No way leads through a node with one neighbour.
        if len(near[node]) > 1:
            np.add(far[:, place[node], None], far[place[node]], out=by_way)
            np.minimum(far, by_way, out=far)
    return far


def _radial(near: Sequence[Sequence[int]], part: Sequence[int], root: int) -> _Array:
    """A tree drawn around its root, each branch in an angle that goes by its leaves."""
    children: dict[int, list[int]] = {}
    order, seen = [root], {root}
    for at in order:
        children[at] = [one for one in near[at] if one not in seen]
        seen.update(children[at])
        order += children[at]
    leaves: dict[int, float] = {}
    for at in reversed(order):
        leaves[at] = sum(leaves[one] for one in children[at]) or 1.0
    angle, depth = {root: (0.0, 2 * math.pi)}, {root: 0}
    for at in order:
        begun, width = angle[at]
        for one in children[at]:
            share = width * leaves[one] / leaves[at]
            angle[one], depth[one] = (begun, share), depth[at] + 1
            begun += share
    middle = {at: begun + width / 2 for at, (begun, width) in angle.items()}
    return np.array([(depth[at] * math.cos(middle[at]), depth[at] * math.sin(middle[at])) for at in part])


def _majorized(far: _Array, starts: Sequence[_Array], rounds: int) -> list[_Array]:
    """Each start with less stress, by Guttman transforms with weights 1 / distance squared."""
    count = len(far)
    weight = 1 / np.maximum(far, 1e-9) ** 2
    np.fill_diagonal(weight, 0)
    inverse = (np.linalg.inv(np.diag(weight.sum(1)) - weight + 1 / count) - 1 / count).round(12)
    pull, found = weight * far, []
    for places in starts:
        for _ in range(rounds):
            dx, dy = (places[:, axis, None] - places[None, :, axis] for axis in (0, 1))
            ratio = pull / np.maximum(np.sqrt(dx * dx + dy * dy), 1e-9)
            np.fill_diagonal(ratio, 0)
            # Rounded each time: the last digits are the processor's own, and a saddle would make much of them.
            places = (inverse @ (ratio.sum(1)[:, None] * places - ratio @ places)).round(9)
        found.append(places.round(6))
    return found


def crossings(places: _Array, lines: _Array) -> int:
    """How many pairs of lines cross."""
    begin, end = places[lines[:, 0]], places[lines[:, 1]]

    def side(a: _Array, b: _Array, c: _Array) -> _Array:
        """On which side of the line a-b the point c is."""
        way, other = b - a, c - a
        return np.sign(way[..., 0] * other[..., 1] - way[..., 1] * other[..., 0])

    first, last = (begin[:, None], end[:, None]), (begin[None], end[None])
    cross = (side(*first, last[0]) * side(*first, last[1]) < 0) & (side(*last, first[0]) * side(*last, first[1]) < 0)
    return int(cross.sum()) // 2


def _upright(places: _Array) -> _Array:
    """Turned so that the longest stretch lies flat, and centred."""
    centred = places - places.mean(0)
    xx, xy, yy = (float((centred[:, a] * centred[:, b]).sum()) for a, b in ((0, 0), (0, 1), (1, 1)))
    # What is as long as it is wide stays as it is: its angle would be noise.
    even = math.hypot(2 * xy, xx - yy) < 1e-3 * (xx + yy)
    angle = 0.0 if even else round(0.5 * math.atan2(2 * xy, xx - yy), 4)
    turn = np.array(((math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))))
    return np.asarray((centred @ turn).round(4))


def _component(near: Sequence[Sequence[int]], part: Sequence[int]) -> _Array:
    """Places of the nodes of a component, an edge about one long: the start with the fewest crossings wins."""
    if len(part) == 1:
        return np.zeros((1, 2))
    if len(part) == 2:
        return np.array(((-0.5, -0.35), (0.5, 0.35)))
    if len(part) > LARGE:
        return _upright(sparse.placed(near, part))
    far = _distances(near, part)
    number = {node: at for at, node in enumerate(part)}
    lines = np.array([(number[a], number[b]) for a in part for b in near[a] if a < b])
    roots = sorted(part, key=lambda node: (-len(near[node]), node))[
        : 10 if len(part) <= 60 else 4 if len(part) <= 250 else 1
    ]
    rounds = 90 if len(part) <= 250 else 40
    tried = _majorized(far, [_radial(near, part, root) for root in roots], rounds)
    few = lines[:2000]
    best = min(range(len(tried)), key=lambda one: (crossings(tried[one], few), one))
    return _upright(tried[best])


def _covered(places: _Array, lines: Sequence[tuple[int, int]], step: float) -> NDArray[np.bool_]:
    """The cells that a component covers, one more on every side; the first cell holds its upper left corner."""
    points = [places]
    for start, end in lines:
        parts = np.linspace(0, 1, 2 + int(np.abs(places[end] - places[start]).max() / step))[:, None]
        points.append(places[start] + parts * (places[end] - places[start]))
    cells = np.floor((np.concatenate(points) - places.min(0)) / step).astype(int) + 1
    grid = np.zeros(cells.max(0) + 2, dtype=bool)
    for right in (-1, 0, 1):
        for down in (-1, 0, 1):
            grid[cells[:, 0] + right, cells[:, 1] + down] = True
    return grid


def _spots(side: int) -> NDArray[np.intp]:
    """Cells of a landscape grid around its middle, the nearest first, by a distance that goes with its shape."""
    x, y = (one.ravel() for one in np.mgrid[-2 * side : 2 * side, -side:side])
    far = np.maximum(np.abs(x) * 1 / _SHAPE, np.abs(y)).round(6)
    return np.stack((x, y), 1)[np.lexsort((y, x, np.abs(x) + np.abs(y), far))]


def packed(near: Sequence[Sequence[int]]) -> _Array:
    """Places of all nodes: components put side by side, from the middle outwards, as close as their cells allow."""
    parts, step = components(near), 0.5
    shapes = [_component(near, part) * (1.35, 1) for part in parts]
    if len(parts) == 1:
        return shapes[0]
    total = np.zeros((len(near), 2))
    grids = []
    for part, places in zip(parts, shapes, strict=True):
        number = {node: at for at, node in enumerate(part)}
        grids.append(_covered(places, [(number[a], number[b]) for a in part for b in near[a] if a < b], step))
    largest = max(max(grid.shape[0] // 2, grid.shape[1]) for grid in grids)
    side = 8 + largest + int(math.sqrt(sum(grid.size for grid in grids[1:])))
    taken = np.zeros((4 * side, 2 * side), dtype=bool)
    spots, begun, before = _spots(side), 0, 0
    for part, places, grid in zip(parts, shapes, grids, strict=True):
        wide, tall = grid.shape
        # What is as large as the one before it fits nowhere nearer than that one did.
        begun, before = begun if len(part) == before else 0, len(part)
        for at in range(begun, len(spots)):
            left, top = spots[at] + (2 * side - wide // 2, side - tall // 2)
            if left < 0 or top < 0 or left + wide > 4 * side or top + tall > 2 * side:
                continue
            spot = taken[left : left + wide, top : top + tall]
            if not (spot & grid).any():
                spot |= grid
                begun = at
                total[part] = places - places.min(0) + (np.array((left, top)) + 1) * step
                break
    return total
