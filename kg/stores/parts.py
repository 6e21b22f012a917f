"""Graphs as sorted files of canonical lines, in constant memory: a graph file split into its five, a store's answer.

The digest of a graph is the SHA-256 of its canonical N-Triples (RDFC-1.0, trivial without blank nodes), literals by
value. Lines are sorted in runs that fit into memory, which are then merged.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice, pairwise
from multiprocessing import current_process, get_context
from pathlib import Path
from shutil import copyfileobj
from typing import NamedTuple

from kg.errors import BadUse
from kg.graphs import GRAPHS, graph_name
from kg.stores.values import Malformed, normal

__all__ = ["Content", "Part", "Sorter", "changes", "lines", "split"]

_RUN = 24 << 20
"""Bytes of lines that are sorted at once; objects of Python take about twice as much."""
_LARGE = 16 << 20
"""Bytes of a file from which it is worth a second process."""
_BATCH = 2000
_BLOCK = 1 << 20
_GRAPH = re.compile(rb"<([^<>]*)>[ \t]*\.[ \t]*\r?\n?")


@dataclass(frozen=True, slots=True)
class Content:
    """What a graph holds: its triples, counted, with their digest, and the sorted file of their canonical lines."""

    count: int
    digest: str
    path: Path


@dataclass(frozen=True, slots=True)
class Part:
    """One of the five graphs of a file: the N-Triples as the file has them, their size in bytes, and the content."""

    name: str
    path: Path
    size: int
    content: Content

    @property
    def graph(self) -> str:
        """The IRI of the graph."""
        return graph_name(self.name).value


def lines(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines of a stream of bytes, as many at once as a chunk ends; each has its line feed, but perhaps the last."""
    rest = b""
    for chunk in chunks:
        block = (rest + chunk).splitlines(keepends=True)
        rest = b"" if not block or block[-1].endswith(b"\n") else block.pop()
        yield block
    if rest:
        yield [rest]


class Sorter:
    """Takes lines in any order, and writes them sorted and each once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: list[bytes] = []
        self._bytes = 0
        self._runs: list[Path] = []
        self._ends: list[tuple[bytes, bytes]] = []

    def add(self, lines: list[bytes]) -> None:
        """More lines, each ending in a line feed."""
        self._held += lines
        self._bytes += sum(map(len, lines))
        if self._bytes >= _RUN:
            self._put_by()

    def _put_by(self) -> None:
        run = self._path.with_name(f"{self._path.name}.{len(self._runs)}")
        self._held.sort()
        with run.open("wb") as file:
            file.writelines(self._held)
        self._runs.append(run)
        self._ends.append((self._held[0], self._held[-1]))
        self._held, self._bytes = [], 0

    def rest(self) -> None:
        """Puts by what it holds, to be taken by another."""
        if self._held:
            self._put_by()

    def take(self, other: Sorter) -> None:
        """The lines that another has put by."""
        self._runs += other._runs
        self._ends += other._ends

    def content(self) -> Content:
        """Writes the file, once all lines are there."""
        made, count, last = hashlib.sha256(), 0, b""
        self._held.sort()
        with ExitStack() as opened, self._path.open("wb") as out:
            runs = [opened.enter_context(run.open("rb", buffering=1 << 16)) for run in self._runs]
            # What came in order, as from a file of ours, is in order.
            ends = [*self._ends, *([(self._held[0], b"")] if self._held else [])]
            ordered = all(one[1] <= other[0] for one, other in pairwise(ends))
            merged = chain(*runs, self._held) if ordered else heapq.merge(*runs, self._held)
            while batch := list(islice(merged, _BATCH)):
                kept = [line for line, before in zip(batch, [last, *batch], strict=False) if line != before]
                last, count = batch[-1], count + len(kept)
                block = b"".join(kept)
                made.update(block)
                out.write(block)
        self._held = []
        for run in self._runs:
            run.unlink()
        return Content(count, made.hexdigest(), self._path)


def split(file: Path, folder: Path) -> dict[str, Part]:
    """The five graphs of an N-Quads file, written into a folder; a second process takes half of a large file.

    Raises `BadUse`, naming the line, when the file has a line that is no quad, a blank node, or another graph.
    """
    size = file.stat().st_size
    if size < _LARGE or current_process().daemon:  # which may have no process of its own
        halves = [_half(file, folder, (0, size))]
    else:
        middle = _line_after(file, size // 2)
        with get_context("spawn").Pool(1) as pool:
            other = pool.apply_async(_half, (file, folder, (middle, size)))
            halves = [_half(file, folder, (0, middle)), other.get()]
    wrong = [half for half in halves if half.wrong]
    if wrong:
        before = 0 if wrong[0] is halves[0] else halves[0].lines
        raise BadUse(f"{file}:{before + wrong[0].line}: {wrong[0].wrong}: build it again")
    contents = {name: _joined([half.sorters[name] for half in halves]) for name in GRAPHS}
    if not any(content.count for content in contents.values()):
        raise BadUse(f"{file} is empty: build it again")
    return {name: _part(name, folder, halves, contents[name]) for name in GRAPHS}


class _Half(NamedTuple):
    """What a process has made of its bytes: how many lines, the raw and the sorted triples, or what is wrong where."""

    begin: int
    lines: int
    sorters: dict[str, Sorter]
    line: int = 0
    wrong: str = ""


class _Wrong(Exception):
    """The line that is no quad of ours, and why."""


def _half(file: Path, folder: Path, span: tuple[int, int]) -> _Half:
    """The lines of a file between two bytes, which begin and end one."""
    begin, end = span
    number = 0
    sorters = {name: Sorter(folder / f"{name}.{begin}.sorted") for name in GRAPHS}
    with ExitStack() as opened:
        outs = {name: opened.enter_context((folder / f"{name}.{begin}.nt").open("wb")) for name in GRAPHS}
        given = opened.enter_context(file.open("rb"))
        given.seek(begin)
        while text := given.read(min(_BLOCK, end - begin)):
            text += given.readline() if begin + len(text) < end else b""
            begin += len(text)
            block = BytesIO(text).readlines()
            try:
                for name, triples in _by_graph(block).items():
                    outs[name].writelines(triples)
                    sorters[name].add(_normal(triples, block))
            except _Wrong as error:
                at, said = error.args
                return _Half(span[0], number, {}, number + at, said)
            number += len(block)
    for sorter in sorters.values():
        sorter.rest()
    return _Half(span[0], number, sorters)


def _line_after(file: Path, place: int) -> int:
    """Where the first line begins that begins behind a byte."""
    with file.open("rb") as given:
        given.seek(place)
        return place + len(given.readline())


def _joined(sorters: list[Sorter]) -> Content:
    first, *others = sorters
    for other in others:
        first.take(other)
    return first.content()


def _part(name: str, folder: Path, halves: list[_Half], content: Content) -> Part:
    """One graph, of whose triples each half has written some as the file has them."""
    path = folder / f"{name}.nt"
    pieces = [folder / f"{name}.{half.begin}.nt" for half in halves]
    pieces[0].replace(path)
    with path.open("ab") as out:
        for piece in pieces[1:]:
            with piece.open("rb") as given:
                copyfileobj(given, out, _BLOCK)
            piece.unlink()
    return Part(name, path, path.stat().st_size, content)


_ENDS = {b"<" + graph_name(name).value.encode() + b"> .\n": name for name in GRAPHS}


def _by_graph(block: list[bytes]) -> dict[str, list[bytes]]:
    """The triples of some quads, by graph."""
    found: dict[str, list[bytes]] = {name: [] for name in GRAPHS}
    for number, line in enumerate(block, 1):
        cut = line.rfind(b"<")  # looking for it from the left takes ten times as long
        name = _ENDS.get(line[cut:]) or _graph(line, cut)
        if name:
            found[name].append(line[:cut] + b".\n")
        elif line.strip() and not line.lstrip().startswith(b"#"):
            raise _Wrong(number, "this is no quad of the five graphs")
    return found


def _graph(line: bytes, cut: int) -> str:
    """The graph of a quad that is not written as we write it, "" for anything else."""
    found = _GRAPH.fullmatch(line, max(cut, 0))
    return _ENDS.get(b"<" + found[1] + b"> .\n", "") if found else ""


def _normal(triples: list[bytes], block: list[bytes]) -> list[bytes]:
    try:
        return [normal(triple) for triple in triples]
    except Malformed as error:
        wrong = next(triple for triple in triples if _is_malformed(triple))
        number = next(n for n, line in enumerate(block, 1) if line[: line.rfind(b"<")] == wrong[:-2])
        raise _Wrong(number, f"this is no triple of ours ({error})") from None


def _is_malformed(triple: bytes) -> bool:
    try:
        normal(triple)
    except Malformed:
        return True
    return False


def changes(here: Path, there: Path) -> Iterator[tuple[str, bytes]]:
    """The lines that only one of two sorted files has: `missing` there, or `extra`."""
    with here.open("rb") as ours, there.open("rb") as theirs:
        one, other = ours.readline(), theirs.readline()
        while one or other:
            if one == other:
                one, other = ours.readline(), theirs.readline()
            elif not other or (one and one < other):
                yield "missing", one
                one = ours.readline()
            else:
                yield "extra", other
                other = theirs.readline()
