"""The page of a thing, a statement, a piece of evidence or a conflict: what is said, who says it, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.cards import Card, Stated, card
from kg.explorer import picture
from kg.lookup import named
from kg.networks import ends
from kg.site.shelf import Shelf
from kg.statements import Clash, Statement, periods

__all__ = ["Disagreement", "disagreements", "evidence", "kinds", "model", "surroundings"]

_NEAR = 60
"""Neighbours that the small picture has room for."""
_LISTED = 60
"""Statements in which a thing only has a part (as a role, as who speaks) that its page lists."""
_PARTS = (
    ("aig:onBehalfOf", "On behalf of it"), ("aig:inCapacityOf", "In the capacity of it"), ("aig:role", "In this role"),
    ("aig:constituency", "Of this constituency"), ("aig:claimedBy", "Said by it"),
    ("aig:review", "Marked so by a reviewer"), ("aig:status", "Of this status"), ("aig:modality", "Of this modality"),
    ("aig:reading", "Read so"),
)  # fmt: skip


class Disagreement(NamedTuple):
    """Two statements that don't go together; the first stands to the second as `clash` says."""

    first: Statement
    clash: Clash
    second: Statement


class _Part(NamedTuple):
    """Statements in which a thing has a part that is neither subject nor object: the first of them, and how many."""

    title: str
    statements: tuple[Statement, ...]
    size: int


def kinds(name: str) -> str:
    """Which page a CURIE has: `statement`, `evidence`, `conflict`, `source` or `thing`."""
    return {"st": "statement", "ev": "evidence", "conflict": "conflict", "src": "source"}.get(
        name.partition(":")[0], "thing"
    )


def disagreements(shelf: Shelf, statements: Iterable[Statement]) -> list[Disagreement]:
    """The conflicts that the statements are in, each pair once."""
    found: dict[frozenset[str], Disagreement] = {}
    for one in statements:
        for clash in one.conflicts:
            other = shelf.reader.read(named(clash.other))
            found.setdefault(frozenset((one.id, clash.other)), Disagreement(one, clash, other))
    return list(found.values())


def _parts(shelf: Shelf, node: ox.NamedNode) -> Iterator[_Part]:
    for prefixed, title in _PARTS:
        found = shelf.graph.subjects(prefixed, node)
        if found:
            yield _Part(title, tuple(map(shelf.reader.read, found[:_LISTED])), len(found))


def _names(shelf: Shelf, node: ox.NamedNode, label: str) -> list[tuple[str, str]]:
    """The names that it bears beside its label, each with its language."""
    found = [value for of in ("skos:prefLabel", "skos:altLabel") for value in shelf.graph.values(node, of)]
    pairs = {(value.value, value.language or "") for value in found if isinstance(value, ox.Literal)}
    return sorted(pair for pair in pairs if pair[0] != label)


def _dates(shelf: Shelf, statements: Sequence[Statement]) -> list[tuple[tuple[str, str], Statement]]:
    """The dated ones among the statements, by day; what is a date itself stands for its statement."""
    found = periods(shelf.graph, statements)
    dated = [(found[one.id], one) for one in statements if one.id in found]
    return sorted(dated, key=lambda pair: (pair[0], pair[1].id))


def surroundings(shelf: Shelf, name: str, statements: Iterable[Statement]) -> tuple[dict[str, Any] | None, int]:
    """The data of the small picture of what a thing is joined to, and how many things that are in all.

    None where it is joined to nothing that pictures show. Of very many those come that most statements name.
    """
    joining = [one for one in statements if any(name in (start.id, end.id) for start, end, _ in ends(one))]
    near = {thing.id for one in joining for pair in ends(one) for thing in pair[:2]} - {name}
    if not near:
        return None, 0
    kept = {name, *sorted(near, key=lambda other: (-shelf.uses[other], other))[:_NEAR]}
    drawn = [one for one in joining if all({pair[0].id, pair[1].id} <= kept for pair in ends(one))]
    return picture(shelf.graph, drawn) | {"focus": name}, len(near)


_Groups = list[tuple[str, tuple[Stated, ...]]]


def _sides(made: Card) -> tuple[_Groups, _Groups]:
    """The groups of a card: what is said of the thing, and where it is what others are said to relate to."""
    own: _Groups = []
    incoming: _Groups = []
    for relation, facts in made.groups:
        (own if all(fact.outgoing for fact in facts) else incoming).append((relation.removeprefix("← "), facts))
    return own, incoming


def model(shelf: Shelf, name: str) -> dict[str, Any]:
    """What the page of a node shows, for the template of its kind. Raises LookupError when the graph lacks it."""
    node = named(name)
    if not shelf.graph.holds(node):
        raise LookupError(name)
    made = card(shelf.graph, node)
    stated = list({one.statement.id: one.statement for _, group in made.groups for one in group}.values())
    own, incoming = _sides(made)
    shown: dict[str, Any] = {
        "card": made, "own": own, "incoming": incoming, "iri": terms.iri(name),
        "names": _names(shelf, node, made.label), "parts": list(_parts(shelf, node)),
        "dates": _dates(shelf, stated), "conflicts": disagreements(shelf, stated),
        "classes": sorted(terms.shorten(value.value) for value in shelf.graph.values(node, "rdf:type")),
        "statements": len(stated),
    }  # fmt: skip
    if name.startswith("st:"):
        shown["one"] = shelf.reader.read(node)
        shown["conflicts"] = disagreements(shelf, [shown["one"]])
    shown["around"], shown["near"] = surroundings(shelf, name, stated)
    return shown


def evidence(shelf: Shelf, name: str) -> dict[str, Any]:
    """What the page of a piece of evidence shows: the passage, and the statements that rest on it."""
    node = named(name)
    if not shelf.graph.holds(node):
        raise LookupError(name)
    resting = [shelf.reader.read(one) for one in shelf.graph.subjects("aig:evidence", node)]
    return {
        "receipt": shelf.reader.receipt(node), "statements": resting, "iri": terms.iri(name), "name": name,
        "words_digest": shelf.graph.text(node, "aig:digest"),
    }  # fmt: skip
