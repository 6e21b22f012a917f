"""The graph as CSV for `neo4j-admin database import full`: things as nodes, each statement as a relationship.

Header fields, types and quoting as Neo4j's operations manual has them (Import, CSV header format). The cells are for a
database, not for a spreadsheet, so that nothing is put before a sign that a formula could begin with; every value is
quoted, and an empty cell is a property that is not there. Line ends and control characters, which no text of ours
holds, would break a line, and become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.errors import UNFIT
from kg.graphs import graph_name
from kg.lookup import Graph, named
from kg.statements import Statement, Thing, periods

__all__ = ["neo4j_files"]

_Cell = str | bool | tuple[str, ...]

_THING = ("id:ID", "iri", "label", "note", "earliest:date", "latest:date")
_MORE: dict[str, dict[str, str]] = {
    "concept": {"scheme": "skos:inScheme"},
    "fig": {
        "measure": "aig:measure", "value:double": "aig:value", "unit": "aig:unit",
        "valueQualifier": "aig:valueQualifier", "population": "aig:population", "vouched:boolean": "",
    },
    "ident": {"scheme": "aig:identifierScheme", "notation": "skos:notation"},
    "src": {
        "url": "schema:url", "archivedAt": "schema:archivedAt", "publisher": "dcterms:publisher",
        "issued": "dcterms:issued", "digest": "aig:digest",
    },
}  # fmt: skip
"""What things of a kind have beside `_THING`: header field -> property ("": whether it is vouched for)."""

_TOLD = (
    "relation", "predicate", "status", "modality", "reading", "contradicted:boolean", "vouched:boolean", "says",
    "saysIds:string[]", "role", "roleId", "constituency", "constituencyIds:string[]", "inCapacityOf", "inCapacityOfId",
    "onBehalfOf", "onBehalfOfIds:string[]", "earliest:date", "latest:date", "whenText", "review", "note", "source",
    "sources:string[]", "words", "link",
)  # fmt: skip
"""What is told of a statement, on its relationship and on its node; of several passages the first has words and link.

`earliest` and `latest` are those of `statements.periods`. Labels may hold any character and are one text; arrays are
of ids, which hold no `;`.
"""

_ENDS = (":START_ID", ":END_ID", ":TYPE")
_NOBODY = Thing("", "")


class _Told(NamedTuple):
    """A statement with the cells that `_TOLD` names."""

    one: Statement
    cells: tuple[_Cell, ...]


def _cell(value: _Cell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not value:
        return ""
    text = value if isinstance(value, str) else ";".join(value)
    return '"' + text.replace('"', '""') + '"'


def _file(header: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> bytes:
    lines = (UNFIT.sub("\ufffd", ",".join(map(_cell, row))) for row in rows)
    return "".join(f"{line}\n" for line in (",".join(header), *lines)).encode("utf-8")


def _ids(things: Iterable[Thing]) -> tuple[str, ...]:
    return tuple(thing.id for thing in things)


def _labels(things: Iterable[Thing]) -> str:
    return ", ".join(thing.label for thing in things)


def _cells(one: Statement, period: tuple[str, str], vouched: bool) -> tuple[_Cell, ...]:
    role, capacity, first = one.role or _NOBODY, one.in_capacity_of or _NOBODY, one.receipts[0]
    return (
        one.relation, one.predicate, one.status, one.modality, one.reading, one.contradicted, vouched, one.says,
        _ids(one.claimed_by), role.label, role.id, _labels(one.constituency), _ids(one.constituency), capacity.label,
        capacity.id, _labels(one.on_behalf_of), _ids(one.on_behalf_of), *period, one.when_text,
        one.review.label if one.review else "", one.note, first.source, one.sources, first.words, first.link,
    )  # fmt: skip


def _is_node(thing: Thing) -> bool:
    """Whether it is a thing of ours; values, addresses elsewhere and statements are not."""
    return terms.is_curie(thing.id) and thing.kind != "st"


@cache
def _type(name: str) -> str:
    """A property or kind of conflict as Neo4j's users write types: `hasSpeaker` -> `HAS_SPEAKER`."""
    return terms.words(terms.local(name)).upper().replace(" ", "_")


def _told(graph: Graph, statements: Sequence[Statement]) -> list[_Told]:
    """Vouched for is what stands as a plain triple; the date of a relation only when the relation does."""
    known = periods(graph, statements)
    sound = {
        one.id for one in statements if one.status != "attributed" and one.modality == "actual" and not one.contradicted
    }
    return [
        _Told(
            one,
            _cells(
                one,
                known.get(one.id, ("", "")),
                vouched=one.id in sound and (one.subject.kind != "st" or one.subject.id in sound),
            ),
        )
        for one in statements
    ]


def _things(graph: Graph) -> dict[str, bytes]:
    """A file for each kind of thing that there is."""
    names = sorted(terms.shorten(iri) for iri in graph.names)
    return {
        f"nodes-{kind}.csv": _file((*_THING, *_MORE.get(kind, ()), ":LABEL"), [_thing(graph, name) for name in group])
        for kind, group in groupby(names, lambda name: name.partition(":")[0])
    }


def _thing(graph: Graph, name: str) -> tuple[_Cell, ...]:
    node, more = ox.NamedNode(terms.expand(name)), _MORE.get(name.partition(":")[0], {})
    found = (_value(graph, node, of) if of else _described(graph, node) for of in more.values())
    return (
        name, node.value, graph.label(node), graph.text(node, "skos:note"), graph.text(node, "aig:earliest"),
        graph.text(node, "aig:latest"), *found, ("Thing", *_classes(graph, node)),
    )  # fmt: skip


def _value(graph: Graph, node: ox.NamedNode, name: str) -> str:
    """A value as written, of a thing its id."""
    first = next(iter(graph.values(node, name)), ox.Literal(""))
    return terms.shorten(first.value) if isinstance(first, ox.NamedNode) else first.value


def _classes(graph: Graph, node: ox.NamedNode) -> list[str]:
    """The classes of a thing, those above included, by name; only our own have names."""
    found = {value.value for value in graph.values(node, "rdf:type")}
    return sorted(name for name, iri in terms.classes().items() if iri in found)


def _described(graph: Graph, node: ox.NamedNode) -> bool:
    """Whether somebody vouches for what a figure's node says: what is only attributed is no fact of the facts graph."""
    return any(graph.store.quads_for_pattern(node, named("aig:measure"), None, graph_name("facts")))


def _statement_nodes(graph: Graph, told: Iterable[_Told]) -> bytes:
    header = ("id:ID", "iri", "label", "value", "language", *_TOLD, ":LABEL")
    rows: list[tuple[_Cell, ...]] = []
    for each in told:
        one = each.one
        node = ox.NamedNode(terms.expand(one.id))
        target = graph.values(node, "rdf:object")[0]
        value = "" if _is_node(one.object) else target.value
        language = target.language or "" if isinstance(target, ox.Literal) else ""
        rows.append((one.id, node.value, one.text, value, language, *each.cells, "Statement"))
    return _file(header, rows)


def _relationships(told: Iterable[_Told]) -> bytes:
    """Each statement once; one with a value ends at its own node."""
    rows = (
        (each.one.subject.id, each.one.object.id if _is_node(each.one.object) else each.one.id,
         _type(each.one.predicate), each.one.id, *each.cells)
        for each in told
    )  # fmt: skip
    return _file((*_ENDS, "statement", *_TOLD), rows)


def _behalf(told: Iterable[_Told]) -> bytes:
    """From whoever takes part to the body that he acts for, with all that is told of the participation."""
    rows = (
        (each.one.object.id, body.id, "ON_BEHALF_OF", each.one.id, "on behalf of", *each.cells[1:])
        for each in told
        for body in each.one.on_behalf_of
    )
    return _file((*_ENDS, "statement", *_TOLD), rows)


def _about(told: Iterable[_Told]) -> bytes:
    """From the node of a statement that joins two things to both."""
    rows = (
        (each.one.id, end.id, kind)
        for each in told
        if _is_node(each.one.object)
        for kind, end in (("SUBJECT", each.one.subject), ("OBJECT", each.one.object))
    )
    return _file(_ENDS, rows)


def _conflict(graph: Graph, node: ox.NamedNode) -> tuple[str, ...]:
    """From the statement that contradicts, narrows or corrects to the one that it challenges."""
    challenged = graph.values(node, "aig:challenges")[0]
    first = next(one for one in graph.values(node, "aig:between") if one != challenged)
    ends = (terms.shorten(end.value) for end in (first, challenged))
    kind, note = graph.text(node, "aig:conflictKind"), graph.text(node, "skos:note")
    return *ends, _type(kind), terms.shorten(node.value), note


def neo4j_files(graph: Graph, statements: Sequence[Statement]) -> dict[str, bytes]:
    """File name -> content: nodes of each kind, relationships, and `import.txt`, the arguments that import them all.

    A statement is a relationship. No relationship of Neo4j can end at another one or at a value: so a statement that
    has a value, is dated by another, or is in a conflict, is a node (`Statement`) as well. There is no file without
    a row.
    """
    told = _told(graph, statements)
    dated = {one.subject.id for one in statements}
    spoken = [each for each in told if each.one.conflicts or each.one.id in dated or not _is_node(each.one.object)]
    nodes = graph.subjects("rdf:type", named("aig:Conflict"))
    made = {
        **_things(graph),
        "nodes-statement.csv": _statement_nodes(graph, spoken),
        "relationships-about.csv": _about(spoken),
        "relationships-behalf.csv": _behalf(told),
        "relationships-conflict.csv": _file((*_ENDS, "conflict", "note"), [_conflict(graph, node) for node in nodes]),
        "relationships-statement.csv": _relationships(told),
    }
    filled = {name: content for name, content in made.items() if content.count(b"\n") > 1}
    arguments = "".join(f"--{name.partition('-')[0]}={name}\n" for name in filled)
    return {f"neo4j/{name}": content for name, content in (filled | {"import.txt": arguments.encode()}).items()}
