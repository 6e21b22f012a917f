"""Boxes pushed apart inside a canvas: those around points, and those in the middle of the lines between points.

Every box goes the shorter way out of each that it overlaps, and off the lines of others; so the picture keeps
its shape. Nothing here is random, and places are rounded at every step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Room"]

_Array = NDArray[np.float64]
_Numbers = NDArray[np.intp]


class Room:
    """A canvas with points, the lines between them, and boxes.

    `lines` are pairs of numbers of points; `middles` says that each line has a box in its middle too. `half` (half
    the width and height) and `offset` (from a point to the middle of its box) have one row for each point, then one
    for each line that has a box.
    """

    def __init__(self, places: _Array, lines: _Numbers, middles: bool, canvas: tuple[float, float]) -> None:
        self.places, self.lines, self.middles, self.canvas = places, lines, middles and len(lines) > 0, canvas
        self.half = np.zeros((len(places) + (len(lines) if self.middles else 0), 2))
        self.offset = np.zeros_like(self.half)

    def _centres(self) -> _Array:
        if not self.middles:
            return np.asarray(self.places + self.offset)
        return np.concatenate((self.places, self.places[self.lines].mean(1))) + self.offset

    def _close(self, margin: float) -> tuple[_Numbers, _Numbers]:
        """Pairs of boxes, the first ahead of the second, that overlap or soon may."""
        centres = self._centres()
        near = np.ones((len(centres), len(centres)), dtype=bool)
        for axis in (0, 1):
            side, half = centres[:, axis], self.half[:, axis]
            near &= np.abs(side[:, None] - side[None]) < half[:, None] + half[None] + margin
        first, second = np.nonzero(np.triu(near, 1))
        return first, second

    def _pushed(self, first: _Numbers, second: _Numbers) -> _Array:
        """How far each box is pushed by those that it overlaps, along the shorter way out."""
        centres = self._centres()
        gap = centres[second] - centres[first]
        deep = self.half[first] + self.half[second] - np.abs(gap)
        hit = (deep[:, 0] > 0.01) & (deep[:, 1] > 0.01)
        gap, deep, first, second = gap[hit], deep[hit], first[hit], second[hit]
        flat = deep[:, 0] < deep[:, 1]
        way = np.where(gap < 0, -1.0, 1.0) * deep * np.stack((flat, ~flat), 1)
        count = len(centres)
        crowd = np.bincount(first, minlength=count) + np.bincount(second, minlength=count)
        push = np.stack(
            [np.bincount(second, way[:, a], count) - np.bincount(first, way[:, a], count) for a in (0, 1)], 1
        )
        return np.asarray(push * 0.55 / np.sqrt(np.maximum(crowd, 1))[:, None])

    def crowded(self) -> NDArray[np.bool_]:
        """Which boxes overlap another one."""
        first, second = self._close(-1)
        found = np.zeros(len(self.half), dtype=bool)
        found[first] = found[second] = True
        return found

    def _beside(self, margin: float) -> tuple[_Numbers, _Numbers]:
        """Pairs of a node and a line of others that runs close to its box."""
        count = len(self.places)
        centres, half = self._centres()[:count], self.half[:count] + margin
        ends = self.places[self.lines]
        low, high = ends.min(1), ends.max(1)
        near = np.ones((count, len(self.lines)), dtype=bool)
        for axis in (0, 1):
            near &= (centres[:, axis] + half[:, axis])[:, None] > low[:, axis]
            near &= (centres[:, axis] - half[:, axis])[:, None] < high[:, axis]
        for end in (0, 1):
            near[self.lines[:, end], np.arange(len(self.lines))] = False
        node, line = np.nonzero(near)
        return node, line

    def _off_lines(self, node: _Numbers, line: _Numbers) -> _Array:
        """How far each node has to go so that no line of others runs through its box."""
        count = len(self.places)
        centres = self._centres()[node]
        begin = self.places[self.lines[line, 0]]
        way = self.places[self.lines[line, 1]] - begin
        length = np.maximum(np.sqrt((way * way).sum(1)), 1e-6)
        normal = np.stack((-way[:, 1], way[:, 0]), 1) / length[:, None]
        share = ((centres - begin) * way).sum(1) / length**2
        signed = ((centres - begin) * normal).sum(1)
        deep = (np.abs(normal) * self.half[node]).sum(1) - np.abs(signed)
        push = np.where((share > 0) & (share < 1) & (deep > 0), np.where(signed < 0, -deep, deep), 0)
        return np.stack([np.bincount(node, push * normal[:, axis], count) for axis in (0, 1)], 1)

    def settle(self, rounds: int, lines: float = 0.0) -> None:
        """Pushes boxes apart inside the canvas and, this hard, off the lines."""
        count = len(self.places)
        for number in range(rounds):
            if number % 6 == 0:
                pairs, beside = self._close(30), self._beside(20)
            push = self._pushed(*pairs)
            move = push[:count].copy()
            if self.middles:
                for end in (0, 1):
                    np.add.at(move, self.lines[:, end], push[count:])
            if lines and number < 0.75 * rounds:
                move += np.clip(self._off_lines(*beside) * lines, -5, 5)
            low = self.half[:count] - self.offset[:count]
            high = np.array(self.canvas) - self.half[:count] - self.offset[:count]
            before = self.places
            self.places = np.clip(before + np.clip(move, -30, 30), low, np.maximum(low, high)).round(3)
            if np.abs(self.places - before).max() < 0.05:
                break
