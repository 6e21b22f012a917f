"""The dataset as JSON-LD 1.1, with the prefixes, terms and value types of `ontology/context.jsonld`.

Every value is written as the compaction algorithm writes it (JSON-LD 1.1 API, section 6): under the term whose type is
its own, else under the prefixed name of the property. Numbers and dates stay strings, in the form they have in the
graph: a JSON number would turn 140.0 into 140. Read from canonical N-Quads, whose strings are JSON strings as they
stand (they escape less, and in no other way).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from kg import terms
from kg.graphs import Row, graph_name

__all__ = ["Node", "bare", "context", "dataset", "merged", "nodes"]

Node = dict[str, list[str]]
"""Key -> values as JSON. The keys are `id`, `type`, then terms and prefixed names; all in order."""

_TYPE = f"<{terms.expand('rdf:type')}>"


def context() -> dict[str, object]:
    """The context for a document that stands alone.

    Nothing is around it that could set a language, and PyLD 3.3 fails on `"@language": null` where none is set.
    """
    return {name: entry for name, entry in terms.context().items() if name != "@language"}


@cache
def _name(iri: str) -> str:
    """The prefixed name of `<iri>`, or the IRI where that would be read as something else."""
    short = terms.shorten(iri[1:-1])
    assert f"<{short}>" != iri or iri[1:].partition(":")[0] not in terms.prefixes(), f"{iri} reads as a prefixed name"
    rest = short.partition(":")[2]
    return short if rest and not rest.startswith("//") else iri[1:-1]


@cache
def _class(iri: str) -> str:
    return {iri: name for name, iri in terms.classes().items()}.get(iri[1:-1]) or _name(iri)


@cache
def _key(predicate: str, kind: str) -> tuple[str, bool]:
    """The key for a property's values of a kind (`@id`, a datatype, "" for text), and whether it says their type."""
    of = (predicate[1:-1], kind)
    found = {(t.iri, "@id" if t.takes_object else t.datatype or ""): name for name, t in terms.properties().items()}
    if kind and of in found:
        return found[of], True
    return found.get((predicate[1:-1], "")) or _name(predicate), False


@cache
def _entry(predicate: str, value: str) -> tuple[str, str]:
    """A property and a value of it, both as N-Quads has them, as a key and JSON."""
    if value.startswith("<"):
        if predicate == _TYPE:
            return "type", f'"{_class(value)}"'
        key, typed = _key(predicate, "@id")
        return key, f'"{_name(value)}"' if typed else f'{{"id":"{_name(value)}"}}'
    text, _, kind = value.rpartition('"')
    text += '"'
    if kind.startswith("@"):
        return _key(predicate, "")[0], f'{{"@language":"{kind[1:]}","@value":{text}}}'
    if not kind:
        return _key(predicate, "")[0], text
    key, typed = _key(predicate, kind[3:-1])
    return key, text if typed else f'{{"type":"{_name(kind[2:])}","@value":{text}}}'


def _place(key: str) -> tuple[bool, bool, str]:
    return key != "id", key != "type", key


def nodes(triples: Iterable[Row]) -> dict[str, Node]:
    """Name -> node object, in order. The triples are sorted and have no blank nodes."""
    found: dict[str, Node] = {}
    for subject, predicate, value in triples:
        name = _name(subject)
        node = found.get(name)
        if node is None:
            node = found[name] = {"id": [f'"{name}"']}
        key, text = _entry(predicate, value)
        node.setdefault(key, []).append(text)
    return {name: {key: node[key] for key in sorted(node, key=_place)} for name, node in found.items()}


def merged(graphs: Iterable[Mapping[str, Node]]) -> dict[str, Node]:
    """The nodes of several graphs as those of one, each value once."""
    made: dict[str, Node] = {}
    for found in graphs:
        for name, node in found.items():
            made[name] = _both(made[name], node) if name in made else node
    return made


def _both(one: Node, other: Node) -> Node:
    keys = sorted({*one, *other}, key=_place)
    return {key: sorted({*one.get(key, ()), *other.get(key, ())}) for key in keys}


def bare(values: Sequence[str]) -> str:
    """A single value, or an array."""
    return values[0] if len(values) == 1 else f"[{','.join(values)}]"


def dataset(graphs: Mapping[str, Mapping[str, Node]]) -> bytes:
    """The nodes of named graphs in one document that holds its context, a node in each line."""
    parts = []
    for graph, found in graphs.items():
        lines = (",".join(f'"{key}":{bare(values)}' for key, values in node.items()) for node in found.values())
        parts.append(f'{{"id":"{graph_name(graph).value}","@graph":[\n{{' + "},\n{".join(lines) + "}\n]}")
    head = json.dumps(context(), ensure_ascii=False, indent=1)
    return f'{{"@context":{head},\n"@graph":[\n{",".join(parts)}\n]}}\n'.encode()
