"""What the ontology file says, as plain sets: classes, property hierarchy, members of closed lists.

Read with pyoxigraph straight from `ontology/aigov.ttl`; reasoning proper is in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg import folders, terms

__all__ = ["Vocabulary", "load"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`members`: scheme -> ids of its concepts; `above`: property IRI -> itself and all it is a sub-property of."""

    members: dict[str, frozenset[str]]
    above: dict[str, frozenset[str]]
    iris: frozenset[str]

    def choices(self, scheme: str) -> tuple[str, ...]:
        """The plain words of a closed list (`asserted`, …), sorted."""
        return tuple(sorted(terms.local(name) for name in self.members.get(f"concept:scheme-{scheme}", ())))

    def is_participation(self, term: str) -> bool:
        """Whether a property says who took part: `hasParticipant` or one below it."""
        iri = terms.properties()[term].iri
        return terms.aig("hasParticipant") in self.above.get(iri, (iri,))

    @property
    def concepts(self) -> frozenset[str]:
        """The ids of all concepts that the ontology itself defines."""
        return frozenset().union(*self.members.values()) if self.members else frozenset()


def _closure(pairs: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    direct: dict[str, set[str]] = {}
    for low, high in pairs:
        direct.setdefault(low, set()).add(high)
    found: dict[str, frozenset[str]] = {}
    for name in {part for pair in pairs for part in pair}:
        seen: set[str] = set()
        queue = [name]
        while queue:
            at = queue.pop()
            if at not in seen:
                seen.add(at)
                queue.extend(direct.get(at, ()))
        found[name] = frozenset(seen)
    return found


@cache
def load() -> Vocabulary:
    """The vocabulary of the ontology that stands beside the package."""
    scheme = terms.expand("skos:inScheme")
    above = terms.expand("rdfs:subPropertyOf")
    members: dict[str, set[str]] = {}
    pairs: list[tuple[str, str]] = []
    iris: set[str] = set()
    with folders.ontology("aigov.ttl").open("rb") as file:
        for triple in ox.parse(file, format=ox.RdfFormat.TURTLE):
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode):
                continue
            iris.add(subject.value)
            if predicate == scheme:
                members.setdefault(terms.shorten(value.value), set()).add(terms.shorten(subject.value))
            elif predicate == above:
                pairs.append((subject.value, value.value))
    return Vocabulary({name: frozenset(ids) for name, ids in members.items()}, _closure(pairs), frozenset(iris))
