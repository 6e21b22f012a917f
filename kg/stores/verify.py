"""A triplestore compared with a graph file: counts, canonical digests, and what differs, told by statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from kg import terms
from kg.graphs import GRAPHS, graph_name
from kg.stores.parts import Content, Part, changes
from kg.stores.store import Store

__all__ = ["Difference", "Verdict", "compare", "differences", "read"]

_TRIPLE = re.compile(r"<([^>]*)> <([^>]*)> (.*) \.\n")
_EVIDENCE = re.compile(r"(.+)-[0-9]+(?:#selector)?")


class Verdict(NamedTuple):
    """One graph: what the file has, what the store gave, and how many triples only one of them has."""

    part: Part
    there: Content
    missing: int
    extra: int

    @property
    def equal(self) -> bool:
        """Whether both hold the same triples, by value."""
        return self.part.content.digest == self.there.digest


class Difference(NamedTuple):
    """A triple that is `missing` in the store or `extra` there, its graph, and the statement that it belongs to."""

    change: str
    graph: str
    statement: str
    triple: str


def read(store: Store, folder: Path) -> dict[str, Content]:
    """The five graphs of a store, by name, as sorted files in a folder.

    Raises `StoreFailed` when they can't be read, or the store contradicts itself about its counts.
    """
    graphs = {name: graph_name(name).value for name in GRAPHS}
    return {name: store.content(graph, folder / name, store.count(graph)) for name, graph in graphs.items()}


def compare(parts: Iterable[Part], there: Mapping[str, Content]) -> list[Verdict]:
    """The graphs of a file beside those that were read from a store."""
    return [_verdict(part, there[part.name]) for part in parts]


def _verdict(part: Part, there: Content) -> Verdict:
    counts = {"missing": 0, "extra": 0}
    if part.content.digest != there.digest:
        for change, _ in changes(part.content.path, there.path):
            counts[change] += 1
    return Verdict(part, there, counts["missing"], counts["extra"])


def differences(verdicts: Iterable[Verdict], most: int | None = None) -> list[Difference]:
    """What differs, at most so many: in the order of the graphs, then of the triples."""
    verdicts = list(verdicts)
    every = (
        (change, one.part.name, line.decode())
        for one in verdicts if not one.equal for change, line in changes(one.part.content.path, one.there.path)
    )  # fmt: skip
    found = list(islice(every, most))
    direct = {line for _, name, line in found if name == "facts"}
    stated = {} if not direct else _stated(next(one.part for one in verdicts if one.part.name == "statements"), direct)
    return [
        # A date of a statement is itself a statement: what says a triple comes before what it is about.
        Difference(change, name, stated.get(line) or _statement(line), line.removesuffix(" .\n"))
        for change, name, line in found
    ]


def _statement(line: str) -> str:
    """The statement, or conflict, that a triple describes or gives the evidence of; "" for any other triple."""
    found = _TRIPLE.fullmatch(line)
    kind, _, name = terms.shorten(found[1]).partition(":") if found else ("", "", "")
    if kind in ("st", "conflict"):
        return f"{kind}:{name}"
    span = _EVIDENCE.fullmatch(name) if kind == "ev" else None
    return f"st:{span[1]}" if span else ""


def _stated(statements: Part, direct: set[str]) -> dict[str, str]:
    """Direct triple -> the first statement that says it, read from the sorted triples of the statements."""
    found: dict[str, str] = {}
    for name, ends in _ends(statements.content.path):
        line = " ".join(ends) + " .\n"
        if line in direct:
            found.setdefault(line, terms.shorten(name))
    return found


def _ends(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each statement with its subject, predicate and object."""
    wanted = [f"<{terms.expand(f'rdf:{end}')}>" for end in ("subject", "predicate", "object")]
    current, ends = "", ["", "", ""]
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            name, predicate, value = line.split(" ", 2)
            if name != current:
                if all(ends):
                    yield current[1:-1], ends
                current, ends = name, ["", "", ""]
            if predicate in wanted:
                ends[wanted.index(predicate)] = value.removesuffix(" .\n")
    if all(ends):
        yield current[1:-1], ends
