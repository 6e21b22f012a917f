"""The five graphs into a triplestore: looked at first, then put in place so that each is old or new, never half.

Into empty graphs each goes by one PUT. Where an older load stands, all are put beside it (staging graphs) and moved in
by one update request, which Oxigraph and Virtuoso carry out whole or not at all: who asks meanwhile sees the old
dataset or the new one. A graph that holds triples of others is not touched. Where a store is known to need a large
graph in pieces, a first load that was interrupted leaves some of them; the same command ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import BadUse, StoreDiffers, StoreFailed
from kg.stores import record, swap
from kg.stores.parts import Part, changes
from kg.stores.store import Store

__all__ = ["Plan", "Step", "Tell", "carry_out", "plan", "unload"]

Tell = Callable[[str, int, int], None]
"""Told the name of a graph, the bytes sent of it, and all of its bytes."""

_TOO_LARGE = 413
_LATER = (429, 503)
"""Refused before anything was done."""
_TRIES = 3
_SMALL_LOG = "SR325"
"""What Virtuoso calls it when what a transaction writes is more than it keeps (50 MB, unless told)."""
_CHUNK, _SMALLEST = 8 << 20, 1 << 14
"""Bytes of a request where a store takes no whole graph: at first, and at the least."""
_FEW, _SHOWN = 3, 200
"""Triples of others that a message names, and letters of each."""


class Step(NamedTuple):
    """One graph: how it stands in the store (`empty`, `same`, `ours`: of an older load or a piece of this one,
    `foreign`), how many triples it has there, and a few that are not ours.
    """

    part: Part
    state: str
    there: int
    foreign: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What a load would do: a step for each graph, and the way: `nothing`, `put` or `swap`."""

    steps: tuple[Step, ...]
    way: str
    interrupted: bool

    @property
    def todo(self) -> tuple[Step, ...]:
        """The graphs that are not yet as they should be."""
        return tuple(step for step in self.steps if step.state != "same")


def plan(store: Store, parts: Iterable[Part], folder: Path, force: bool = False) -> Plan:
    """Looks at the store, and changes nothing.

    Raises `StoreDiffers` when a graph holds triples that no load put there, unless `force`d, and `BadUse` when the
    store has no place to write to.
    """
    if not store.at.graphs:
        raise BadUse(
            f"{store.at.name}: where are its graphs? Name its Graph Store Protocol endpoint with --graph-store"
        )
    known = record.read(store)
    steps = tuple(_step(store, part, known, folder, force) for part in parts)
    foreign = [step for step in steps if step.state == "foreign"]
    if foreign and not force:
        step = foreign[0]
        raise StoreDiffers(
            f"<{step.part.graph}> holds {step.there:,} triples that kg load did not put there, such as "
            f"{' , '.join(step.foreign)}: choose another store, or replace them with --force"
        )
    todo = [step for step in steps if step.state != "same"]
    swaps = bool(store.at.update) and any(step.there for step in todo)
    return Plan(steps, "swap" if swaps else "put" if todo else "nothing", known.interrupted)


def _step(store: Store, part: Part, known: record.Record, folder: Path, force: bool) -> Step:
    there = store.count(part.graph)
    if not there:
        return Step(part, "same" if not part.content.count else "empty", there)
    try:
        found = store.content(part.graph, folder / f"{part.name}.there", there)
    except StoreFailed:
        if not force:
            raise
        return Step(part, "foreign", there)
    if found.digest == part.content.digest:
        return Step(part, "same", there)
    if known.ours(part.graph, found.digest):
        return Step(part, "ours", there)
    extra = tuple(_extra(part, found.path))
    # Another load may have put it there after the record was read.
    theirs = bool(extra) and not record.read(store).ours(part.graph, found.digest)
    return Step(part, "foreign", there, extra) if theirs else Step(part, "ours", there)


def _extra(part: Part, there: Path) -> Iterator[str]:
    shown = 0
    for kind, line in changes(part.content.path, there):
        if kind == "extra" and shown < _FEW:
            shown += 1
            text = line.decode().strip().removesuffix(" .")
            yield text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def carry_out(store: Store, made: Plan, tell: Tell = lambda name, sent, size: None) -> None:
    """Does what a plan says. Interrupted at any moment, the same command ends it.

    Raises `StoreFailed` when the store fails, `StoreDiffers` when it does not hold what it was given.
    """
    parts = [step.part for step in made.todo]
    run = _Run(
        store,
        {step.part.graph: step.part.content.digest for step in made.steps},
        record.staging([part.name for part in parts]),
        record.read(store).staging,
    )
    try:
        if parts or run.others:
            record.begin(store, run.digests, run.stages.values(), run.others)
        for graph in run.others:
            store.drop(graph)
        if parts and (made.way == "swap" or not _put(run, parts, tell)):
            _swap(run, parts, tell)
    except StoreFailed as error:
        helps = "repeat the command" not in str(error) and error.status != _TOO_LARGE
        hint = "; repeat the command to end the load" if helps else ""
        raise StoreFailed(f"{error}{hint}", error.status) from None
    _end(run, [step.part for step in made.steps])


class _Run(NamedTuple):
    """A load under way: what it brings and its staging graphs, by graph, and those of the loads that it took over."""

    store: Store
    digests: dict[str, str]
    stages: dict[str, str]
    others: tuple[str, ...]

    def look(self) -> record.Record:
        """The record, while this load may go on. Of two at once, the one that began later goes on.

        That one has noted whose place it takes; of two that did not see each other the names decide. Raises
        `StoreFailed` when this one is to give up: its digests are noted again, so that what it has put is not foreign.
        """
        found, mine = record.read(self.store), set(self.stages.values())
        listed = set(found.staging)
        if mine <= listed and not mine & set(found.replaced) and max(listed - set(self.others)) in mine:
            return found
        for stage in mine:
            self.store.drop(stage)
        record.begin(self.store, self.digests, ())
        raise StoreFailed(f"another load into {self.store.at.name} has begun: let it end, then repeat the command")


def _end(run: _Run, parts: list[Part]) -> None:
    """Forgets what was before, once all is there. Where another load was at work, or may be, counts are not enough."""
    found = run.look() if run.stages else record.read(run.store)
    others = set(found.staging) - set(run.stages.values())
    for part in parts:
        _counted(run.store, part, part.graph)
        if others:
            there = run.store.content(part.graph, part.content.path.with_suffix(".ended"), part.content.count)
            if there.digest != part.content.digest:
                raise StoreDiffers(f"<{part.graph}> was changed meanwhile: repeat the command")
    for graph in others:  # again: what was under way when they were dropped may have come after
        run.store.drop(graph)
    record.end(run.store, run.digests, found)


def _counted(store: Store, part: Part, graph: str) -> None:
    found = store.count(graph)
    if found != part.content.count:
        raise StoreDiffers(
            f"{store.at.name} says that <{graph}> has {found:,} triples, not {part.content.count:,}: repeat the "
            "command, then kg verify tells what differs"
        )


def _put(run: _Run, parts: list[Part], tell: Tell) -> bool:
    """All graphs at once where they belong; whether the store takes requests of this size."""
    store = run.store
    for part in parts:
        run.look()
        try:
            _fill(store, part.graph, part, tell)
        except StoreFailed as error:
            if error.status != _TOO_LARGE:
                raise
            if not store.at.update:
                raise StoreFailed(
                    f"{error}; without an update endpoint (--update) it can't be sent in pieces: "
                    "load files with the store's own loader (--files DIR)",
                    _TOO_LARGE,
                ) from None
            return False
    return True


def _fill(store: Store, graph: str, part: Part, tell: Tell) -> None:
    """A graph that has nothing yet, by one request; a large one in pieces where the store is known to need that."""
    most = store.at.dialect.request
    if most and part.size > most:
        _add(store, graph, part, tell, most)
    else:
        store.put(graph, part.path, part.content.count, _teller(tell, part))


def _teller(tell: Tell, part: Part) -> Callable[[int], None]:
    return lambda gone: tell(part.name, gone, part.size)


def _swap(run: _Run, parts: list[Part], tell: Tell) -> None:
    """All graphs beside the old ones, then in their place by one request."""
    store, stages = run.store, run.stages
    for part in parts:
        run.look()
        stage = stages[part.graph]
        try:
            _fill(store, stage, part, tell)
        except StoreFailed as error:
            if error.status != _TOO_LARGE:
                raise
            store.drop(stage)
            _add(store, stage, part, tell)
        _counted(store, part, stage)
    run.look()
    _move(store, parts, stages)
    if not store.at.dialect.moves:
        for stage in stages.values():
            store.drop(stage)


def _add(store: Store, graph: str, part: Part, tell: Tell, most: int = _CHUNK) -> None:
    """A graph in pieces of so many bytes, or as large as the store takes them."""
    gone = 0
    while gone < part.size:
        end, lines = _piece(part.path, gone, most)
        try:
            store.add_piece(graph, part.path, (gone, end), lines, _teller(tell, part))
        except StoreFailed as error:
            if error.status != _TOO_LARGE:
                raise
            if most <= _SMALLEST:
                raise StoreFailed(
                    f"{error}, be it of {end - gone:,} bytes: load files with the store's own loader (--files DIR)",
                    _TOO_LARGE,
                ) from None
            most = min(most, end - gone) // 2
        else:
            gone = end


def _piece(path: Path, start: int, most: int) -> tuple[int, int]:
    """Where the lines end that begin within so many bytes from a start, and how many they are."""
    with path.open("rb") as file:
        file.seek(start)
        block = file.read(most)
        rest = b"" if block.endswith(b"\n") else file.readline()
        return start + len(block) + len(rest), block.count(b"\n") + bool(rest)


def _move(store: Store, parts: list[Part], stages: dict[str, str]) -> None:
    """All staging graphs into place. Never repeated without looking: the first may still be at work.

    Only a request that was refused before it began is tried again.
    """
    ready = [swap.Stage(stages[part.graph], part.graph, part.content.count) for part in parts]
    text = swap.moves(ready) if store.at.dialect.moves else swap.differences(ready)
    triples = sum(part.content.count for part in parts)
    for number in range(_TRIES):
        try:
            store.update(text, again=False, triples=triples)
        except StoreFailed as error:
            if _SMALL_LOG in str(error):
                raise StoreFailed(
                    f"{store.at.name}: too much changes for one transaction: raise TransactionAfterImageLimit (bytes, "
                    "in [Parameters] of its ini file), or kg unload first; repeat the command then", error.status,
                ) from None  # fmt: skip
            if error.status not in _LATER or number == _TRIES - 1:
                raise
            time.sleep(2.0**number)
            for part in parts:
                _counted(store, part, stages[part.graph])
        else:
            return


def unload(store: Store, graphs: Iterable[str], folder: Path, force: bool = False) -> dict[str, int]:
    """Removes the graphs that were loaded, and the record of it; graph -> how many triples it had.

    Raises `StoreDiffers` when one of them holds triples that no load put there, unless `force`d.
    """
    if not store.at.graphs:
        raise BadUse(
            f"{store.at.name}: where are its graphs? Name its Graph Store Protocol endpoint with --graph-store"
        )
    known = record.read(store)
    counts = {graph: store.count(graph) for graph in graphs}
    for graph, count in counts.items():
        if count and not force:
            found = store.content(graph, folder / "there", count)
            if not known.ours(graph, found.digest):
                raise StoreDiffers(f"<{graph}> is not as kg load left it ({count:,} triples): remove it with --force")
    for graph, count in counts.items():
        if count:
            store.drop(graph)
    record.remove(store)
    return counts
