"""What `kg load` put into a store, kept in the store itself: so that its own graphs can be told from those of others.

A sixth graph names, for each of the five, the digests that it may have. Before a load the new ones are added, after it
the old ones are taken away: whenever it is interrupted, what a graph holds is recorded. Staging graphs are listed too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.graphs import GRAPHS, graph_name, written
from kg.lookup import named
from kg.stores.store import Store

__all__ = ["RECORD", "Record", "begin", "end", "read", "remove", "staging", "take_over"]

RECORD = graph_name("ontology").value.removesuffix("ontology") + "loaded"
"""The IRI of the record's own graph."""

_STAGING = RECORD.removesuffix("loaded") + "staging/"
_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class Record:
    """Graph -> the digests that it may have, and the staging graphs of loads that did not end."""

    digests: dict[str, frozenset[str]] = field(default_factory=dict)
    staging: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether a load has begun and not ended."""
        return bool(self.staging) or any(len(some) > 1 for some in self.digests.values())

    def ours(self, graph: str, digest: str) -> bool:
        """Whether a graph with this digest is one that was loaded."""
        return digest in self.digests.get(graph, ())


def read(store: Store) -> Record:
    """The record of a store, empty where nothing was loaded."""
    digests: dict[str, set[str]] = {}
    staging = set()
    ours = {graph_name(name).value for name in GRAPHS}
    for triple in store.triples(RECORD):
        subject, value = triple.subject, triple.object
        if triple.predicate == named("dcterms:identifier") and isinstance(value, ox.Literal):
            if isinstance(subject, ox.NamedNode) and subject.value in ours:
                digests.setdefault(subject.value, set()).add(value.value.removeprefix(_PREFIX))
        # Whatever the record says, a graph with another name is not ours to drop.
        elif isinstance(value, ox.NamedNode) and value.value.startswith(_STAGING):
            staging.add(value.value)
    return Record({graph: frozenset(some) for graph, some in digests.items()}, tuple(sorted(staging)))


def staging(names: list[str]) -> dict[str, str]:
    """Graph -> a staging graph that no other load uses."""
    run = uuid.uuid4().hex[:12]
    return {graph_name(name).value: f"{_STAGING}{run}/{name}" for name in names}


def _lines(digests: dict[str, str], stages: tuple[str, ...]) -> bytes:
    made = [
        ox.Triple(ox.NamedNode(graph), named("dcterms:identifier"), ox.Literal(_PREFIX + digest))
        for graph, digest in digests.items()
    ]
    made += [ox.Triple(ox.NamedNode(RECORD), named("dcterms:hasPart"), ox.NamedNode(name)) for name in stages]
    return written(made, ox.RdfFormat.N_TRIPLES)


def begin(store: Store, digests: dict[str, str], stages: tuple[str, ...]) -> None:
    """Notes what is about to be loaded; nothing is taken away, so that an interruption leaves no gap."""
    store.add(RECORD, _lines(digests, stages))


def take_over(store: Store, stages: Iterable[str]) -> None:
    """Drops staging graphs of other loads, then their names: a load that is not dead sees that, and gives up."""
    stages = tuple(stages)
    for graph in stages:
        store.drop(graph)
    if stages and store.at.update:
        _forget(store, _lines({}, stages))


def end(store: Store, digests: dict[str, str]) -> None:
    """Forgets all but what was loaded. What is to stay is never taken away, not even for a moment."""
    old = read(store)
    gone = {graph: some - {digests.get(graph, "")} for graph, some in old.digests.items()}
    stale = b"".join(_lines({graph: digest}, ()) for graph, some in gone.items() for digest in sorted(some))
    stale += _lines({}, old.staging)
    if stale and store.at.update:
        _forget(store, stale)
    elif stale:
        store.replace(RECORD, _lines(digests, ()))


def _forget(store: Store, stale: bytes) -> None:
    store.update(f"DELETE DATA {{ GRAPH <{RECORD}> {{\n{stale.decode()}}} }}", again=True)


def remove(store: Store) -> None:
    """Removes the record and the staging graphs that it lists."""
    for graph in read(store).staging:
        store.drop(graph)
    store.drop(RECORD)
