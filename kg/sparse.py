"""Where the nodes of a large component go: sparse stress, from a few pivots instead of all pairs.

Brandes, Pich: Eigensolver Methods for Progressive Multidimensional Scaling of Large Data (2007) for the start; Ortmann,
Klimenta, Brandes: A Sparse Stress Model (2017) for the rest. Nodes with one neighbour are left out and put around it
at the end, like the seeds of a sunflower. Time goes by nodes and edges, not by pairs. Nothing here is random, and
places are rounded in each round.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["apart", "placed"]

_Array = NDArray[np.float64]
_Numbers = NDArray[np.intp]
_Ways = list[list[tuple[int, float]]]
_PIVOTS = 60
_ROUNDS = 80
_SEED = 0.45
"""How far leaves of one node stand from each other."""
_GOLDEN = math.pi * (3 - math.sqrt(5))


def _ways(near: Sequence[Sequence[int]], core: Sequence[int]) -> _Ways:
    """The neighbours of each node of the core, with how long the edge should be: as in the stress of small graphs."""
    number = {node: at for at, node in enumerate(core)}
    known = [set(near[node]) for node in core]
    found: _Ways = [[] for _ in core]
    for at, node in enumerate(core):
        for other in near[node]:
            there = number.get(other, -1)
            if there > at:
                few, many = sorted((known[at], known[there]), key=len)
                alone = len(few) + len(many) - 2 * sum(one in many for one in few)
                length = 0.75 + 0.25 * math.sqrt(alone)
                found[at].append((there, length))
                found[there].append((at, length))
    return found


def _distances(ways: _Ways, start: int) -> _Array:
    """The lengths of the shortest ways from a node to all (Dijkstra)."""
    far = [math.inf] * len(ways)
    far[start] = 0.0
    queue = [(0.0, start)]
    while queue:
        reached, at = heapq.heappop(queue)
        if reached > far[at]:
            continue
        for other, length in ways[at]:
            if reached + length < far[other]:
                far[other] = reached + length
                heapq.heappush(queue, (far[other], other))
    return np.array(far).round(6)


def _pivots(ways: _Ways) -> tuple[list[int], _Array]:
    """Nodes far from each other, the first the one with the most neighbours, and the distances of all from them."""
    chosen = [max(range(len(ways)), key=lambda at: (len(ways[at]), -at))]
    far = [_distances(ways, chosen[0])]
    least = far[0].copy()
    while len(chosen) < min(_PIVOTS, len(ways)):
        chosen.append(int(least.argmax()))
        far.append(_distances(ways, chosen[-1]))
        least = np.minimum(least, far[-1])
    return chosen, np.stack(far, 1)


def _start(far: _Array) -> _Array:
    """Places by pivot MDS: the two main directions of the doubly centred distances, by power iteration."""
    square = far**2
    centred = square.mean(0) + square.mean(1)[:, None] - square.mean() - square
    spread = centred.T @ centred
    found: list[_Array] = []
    for turn in range(2):
        way = np.cos(np.arange(far.shape[1]) * (turn + 1.0))
        for _ in range(200):
            for one in found:
                way = way - (way * one).sum() * one
            way = spread @ way
            length = math.sqrt(float((way * way).sum()))
            way = (way / length).round(9) if length else way
        found.append(way)
    places = centred @ np.stack(found, 1)
    reach = np.abs(places).max()
    # Twins, as far from everything as each other, must not start at one point.
    turned = np.arange(len(far)) * _GOLDEN
    aside = 0.2 * np.stack((np.cos(turned), np.sin(turned)), 1)
    return np.asarray((places / max(reach, 1e-9) * far.max() / 2 + aside).round(6))


def _regions(far: _Array) -> _Array:
    """For each node and pivot, how many nodes the pivot stands for: of its region those half as far or less."""
    nearest, found = far.argmin(1), np.zeros_like(far)
    for at in range(far.shape[1]):
        within = np.sort(far[nearest == at, at])
        found[:, at] = np.searchsorted(within, far[:, at] / 2, side="right")
    return found


def _relaxed(places: _Array, ways: _Ways, chosen: Sequence[int], far: _Array) -> _Array:
    """The places with less stress along edges and to the pivots."""
    begin = np.array([at for at, some in enumerate(ways) for _ in some], dtype=np.intp)
    end = np.array([other for some in ways for other, _ in some], dtype=np.intp)
    length = np.array([length for some in ways for _, length in some])
    weight, count = 1 / length**2, len(places)
    held = np.where(far > 0, _regions(far) / np.maximum(far, 1e-9) ** 2, 0)
    total = np.bincount(begin, weight, count) + held.sum(1)
    for _ in range(_ROUNDS):
        gap = places[begin] - places[end]
        share = length / np.maximum(np.sqrt((gap * gap).sum(1)), 1e-6)
        moved = np.empty_like(places)
        wide = places[:, None] - places[chosen][None]
        pull = far / np.maximum(np.sqrt((wide * wide).sum(2)), 1e-6)
        for axis in (0, 1):
            aim = weight * (places[end, axis] + gap[:, axis] * share)
            far_aim = held * (places[chosen, axis][None] + wide[:, :, axis] * pull)
            moved[:, axis] = (np.bincount(begin, aim, count) + far_aim.sum(1)) / total
        places = (0.35 * places + 0.65 * moved).round(6)
    return places


def placed(near: Sequence[Sequence[int]], part: Sequence[int]) -> _Array:
    """Places of the nodes of a component of at least three, an edge about one long."""
    core = [node for node in part if len(near[node]) > 1]
    number = {node: at for at, node in enumerate(core)}
    ways = _ways(near, core)
    chosen, far = _pivots(ways)
    places = _relaxed(_start(far), ways, chosen, far) if len(core) > 1 else np.zeros((1, 2))
    found, seeds = np.empty((len(part), 2)), [0] * len(core)
    for at, node in enumerate(part):
        if node in number:
            found[at] = places[number[node]]
            continue
        home = number[near[node][0]]
        seeds[home] += 1
        reach, angle = _SEED * math.sqrt(seeds[home] + 1), _GOLDEN * seeds[home]
        found[at] = places[home] + (reach * math.cos(angle), reach * math.sin(angle))
    return found.round(4)


# ---------------------------------------------------------------- room


def _close(places: _Array, cell: float) -> tuple[_Numbers, _Numbers]:
    """Pairs of points in the same or in neighbouring cells of a grid."""
    spots = np.floor(places / cell).astype(np.intp)
    spots -= spots.min(0) - 1
    row = int(spots[:, 0].max()) + 2
    keys = spots[:, 1] * row + spots[:, 0]
    order = np.argsort(keys, kind="stable")
    sorted_ = keys[order]
    first, second = [], []
    for step in (0, 1, row - 1, row, row + 1):
        low = np.searchsorted(sorted_, sorted_ + step, side="left")
        high = np.searchsorted(sorted_, sorted_ + step, side="right")
        if step == 0:
            low = np.arange(1, len(order) + 1)
        count = np.maximum(high - low, 0)
        begin = np.repeat(np.arange(len(order)), count)
        within = np.arange(len(begin)) - np.repeat(np.cumsum(count) - count, count)
        first.append(order[begin])
        second.append(order[np.repeat(low, count) + within])
    return np.concatenate(first), np.concatenate(second)


def apart(places: _Array, radii: _Array, rounds: int = 60) -> _Array:
    """The places pushed apart until discs of these radii overlap as little as can be in so many rounds."""
    count, cell = len(places), 2 * float(radii.max())
    for _ in range(rounds):
        first, second = _close(places, cell)
        gap = places[second] - places[first]
        far = np.sqrt((gap * gap).sum(1))
        deep = radii[first] + radii[second] - far
        hit = deep > 1e-3
        if not hit.any():
            break
        first, second, gap, far, deep = first[hit], second[hit], gap[hit], far[hit], deep[hit]
        # What is at one point goes apart by its number.
        turned = np.stack((np.cos(_GOLDEN * second), np.sin(_GOLDEN * second)), 1)
        way = np.where(far[:, None] > 1e-9, gap / np.maximum(far, 1e-9)[:, None], turned)
        push = 0.5 * deep[:, None] * way
        crowd = np.bincount(first, minlength=count) + np.bincount(second, minlength=count)
        moves = [np.bincount(second, push[:, a], count) - np.bincount(first, push[:, a], count) for a in (0, 1)]
        places = (places + np.stack(moves, 1) / np.sqrt(np.maximum(crowd, 1))[:, None]).round(3)
    return places
