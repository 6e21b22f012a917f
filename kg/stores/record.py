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

__all__ = ["RECORD", "Record", "begin", "end", "read", "remove", "staging"]

RECORD = graph_name("ontology").value.removesuffix("ontology") + "loaded"
"""The IRI of the record's own graph."""

_STAGING = RECORD.removesuffix("loaded") + "staging/"
_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class Record:
    """Graph -> the digests that it may have, the staging graphs of loads that did not end, and which of these belong to
    loads that a later one has taken over.
    """

    digests: dict[str, frozenset[str]] = field(default_factory=dict)
    staging: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

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
    staged: dict[str, set[str]] = {"dcterms:hasPart": set(), "dcterms:replaces": set()}
    ours = {graph_name(name).value for name in GRAPHS}
    for triple in store.triples(RECORD):
        subject, value = triple.subject, triple.object
        if triple.predicate == named("dcterms:identifier") and isinstance(value, ox.Literal):
            if isinstance(subject, ox.NamedNode) and subject.value in ours:
                digests.setdefault(subject.value, set()).add(value.value.removeprefix(_PREFIX))
        # Whatever the record says, a graph with another name is not ours to drop.
        elif isinstance(value, ox.NamedNode) and value.value.startswith(_STAGING):
            for name, stages in staged.items():
                if triple.predicate == named(name):
                    stages.add(value.value)
    staging, replaced = (tuple(sorted(stages)) for stages in staged.values())
    return Record({graph: frozenset(some) for graph, some in digests.items()}, staging, replaced)


def staging(names: list[str]) -> dict[str, str]:
    """Graph -> a staging graph that no other load uses."""
    run = uuid.uuid4().hex[:12]
    return {graph_name(name).value: f"{_STAGING}{run}/{name}" for name in names}


def _lines(digests: dict[str, str], stages: Iterable[str], others: Iterable[str]) -> bytes:
    made = [
        ox.Triple(ox.NamedNode(graph), named("dcterms:identifier"), ox.Literal(_PREFIX + digest))
        for graph, digest in digests.items()
    ]
    for name, listed in (("dcterms:hasPart", stages), ("dcterms:replaces", others)):
        made += [ox.Triple(ox.NamedNode(RECORD), named(name), ox.NamedNode(stage)) for stage in listed]
    return written(made, ox.RdfFormat.N_TRIPLES)


def begin(store: Store, digests: dict[str, str], stages: Iterable[str], others: Iterable[str] = ()) -> None:
    """Notes what is about to be loaded, and the staging graphs of other loads that this one takes over.

    Nothing is taken away, so that an interruption leaves no gap.
    """
    store.add(RECORD, _lines(digests, stages, others))


def end(store: Store, digests: dict[str, str], old: Record) -> None:
    """Forgets what an older record has and was not loaded now; what has been added since, another load has to say."""
    gone = {graph: some - {digests.get(graph, "")} for graph, some in old.digests.items()}
    stale = b"".join(_lines({graph: digest}, (), ()) for graph, some in gone.items() for digest in sorted(some))
    stale += _lines({}, old.staging, old.replaced)
    if stale and store.at.update:
        store.update(f"DELETE DATA {{ GRAPH <{RECORD}> {{\n{stale.decode()}}} }}", again=True)
    elif stale:
        store.replace(RECORD, _lines(digests, (), ()))


def remove(store: Store) -> None:
    """Removes the record and the staging graphs that it lists."""
    for graph in read(store).staging:
        store.drop(graph)
    store.drop(RECORD)
