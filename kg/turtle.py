"""Turtle that reads well: triples in an order, with the prefixes that they use; and a sheet to write some on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg import terms
from kg.graphs import written

__all__ = ["Sheet", "ordered", "prefixes"]

_TYPE = terms.expand("rdf:type")


def ordered(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """By subject, type first, then by predicate and object."""

    def key(triple: ox.Triple) -> tuple[str, bool, str, str]:
        return _place(getattr(triple.subject, "value", ""), triple.predicate.value, triple.object)

    return sorted(triples, key=key)


def _place(subject: str, predicate: str, value: object) -> tuple[str, bool, str, str]:
    return subject, predicate != _TYPE, predicate, value.value if isinstance(value, ox.NamedNode) else str(value)


def _names(triple: ox.Triple) -> Iterator[str]:
    """The IRIs of a triple, those within a triple term too."""
    yield from (triple.subject.value, triple.predicate.value)  # type: ignore[union-attr]
    value = triple.object
    if isinstance(value, ox.Triple):
        yield from _names(value)
    else:
        yield value.datatype.value if isinstance(value, ox.Literal) else value.value


def prefixes(triples: Iterable[ox.Triple]) -> dict[str, str]:
    """The prefixes of the context whose namespaces occur."""
    return _occurring({name for triple in triples for name in _names(triple)}, terms.prefixes())


def _occurring(names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    used = {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in names}
    return {name: iri for name, iri in known.items() if iri in used}


class Sheet:
    """Triples that a module makes, under prefixes of its own beside those of the context."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self._spaces = terms.prefixes() | dict(spaces)
        self._nodes: dict[str, ox.NamedNode] = {}
        self._triples: dict[tuple[str, bool, str, str], ox.Triple] = {}

    def node(self, name: str) -> ox.NamedNode:
        """The node of a prefixed name or of an address."""
        if name not in self._nodes:
            prefix, _, rest = name.partition(":")
            self._nodes[name] = ox.NamedNode(self._spaces[prefix] + rest if prefix in self._spaces else name)
        return self._nodes[name]

    def say(self, subject: str, predicate: str, *values: str | ox.Literal) -> None:
        """A triple for each value: a literal, or a node by its name."""
        start, name = self.node(subject), self.node(predicate)
        for value in values:
            end = self.node(value) if isinstance(value, str) else value
            self._triples[_place(start.value, name.value, end)] = ox.Triple(start, name, end)

    def written(self) -> bytes:
        """All of it as Turtle."""
        names = {node.value for node in self._nodes.values()}
        triples = [triple for _, triple in sorted(self._triples.items(), key=lambda item: item[0])]
        return written(triples, ox.RdfFormat.TURTLE, _occurring(names, self._spaces))
