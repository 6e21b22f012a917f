"""A part of the graph that can be read alone: statements with what belongs to them, and the triples they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

import pyoxigraph as ox

from kg import rules, terms
from kg.graphs import GRAPHS, canonical, graph_name, in_lines
from kg.lookup import Graph, named
from kg.statements import Statement

__all__ = ["around", "everything", "rounded", "triples"]

_PARTS = ("st", "ev", "conflict")
_OUTLINE = ("rdf:type", "rdfs:label", "skos:prefLabel")


def around(known: Iterable[Statement], names: Iterable[str]) -> list[Statement]:
    """The statements that name one of the things (CURIEs): as subject, object, or body on whose behalf; or are one."""
    wanted = set(names)
    return [
        one for one in known
        if not wanted.isdisjoint((one.id, one.subject.id, one.object.id, *(body.id for body in one.on_behalf_of)))
    ]  # fmt: skip


def rounded(known: Sequence[Statement], chosen: Iterable[Statement]) -> list[Statement]:
    """The chosen ones with the dates of events and documents that they name, what is said of any of them, and the other
    sides of all their conflicts; in the order of `known`.
    """
    listed = list(chosen)
    things = {thing.id for one in listed for thing in (one.subject, one.object)}
    kept = {one.id for one in listed}
    kept |= {one.id for one in known if one.predicate == "aig:when" and one.subject.id in things}
    count = 0
    while count != len(kept):
        count = len(kept)
        kept |= {one.id for one in known if one.subject.id in kept}
        kept |= {clash.other for one in known if one.id in kept for clash in one.conflicts}
    return [one for one in known if one.id in kept]


def everything(graph: Graph) -> bytes:
    """All five graphs as canonical N-Quads."""
    return in_lines(graph.store.quads_for_pattern(None, None, None))


def triples(graph: Graph, statements: Iterable[Statement]) -> bytes:
    """What the statements say and rest on, as canonical N-Quads: the same five graphs as a build has.

    The ontology is there as it is; of facts what describes the things named, and the triples of these statements;
    inferred is what follows from that. What is left of withdrawn statements is not in it.
    """
    wanted = sorted(terms.expand(one.id) for one in statements)
    quads = set(_parts(graph, [ox.NamedNode(iri) for iri in wanted]))
    things = {node for node in map(_thing, quads) if node}
    said = {tuple(graph.values(ox.NamedNode(iri), f"rdf:{part}")[0] for part in ("subject", "predicate", "object"))
            for iri in wanted}  # fmt: skip
    graph.ahead((node, None, None) for node in sorted(things, key=str))
    for node in things:
        quads |= set(_described(graph, node, said))
    others = {node for node in map(_thing, quads) if node} - things
    graph.ahead((node, None, None) for node in sorted(others, key=str))
    outline = {named(name) for name in _OUTLINE}
    for node in others:
        found = graph.store.quads_for_pattern(node, None, None, graph_name("facts"))
        quads |= {quad for quad in found if quad.predicate in outline}
    made = {name: {quad.triple for quad in quads if quad.graph_name == graph_name(name)} for name in GRAPHS}
    vocabulary = graph.store.quads_for_pattern(None, None, None, graph_name("ontology"))
    made["ontology"] = {quad.triple for quad in vocabulary}
    made["inferred"] = rules.infer(made)
    return canonical(made)


def _kind(node: ox.NamedNode) -> str:
    return terms.shorten(node.value).partition(":")[0]


def _thing(quad: ox.Quad) -> ox.NamedNode | None:
    """The thing that a quad leads to: no part of a statement, no term of a vocabulary, no address elsewhere."""
    node = quad.object
    if isinstance(node, ox.NamedNode) and _kind(node) in terms.KINDS and _kind(node) not in _PARTS:
        return node
    return None


def _parts(graph: Graph, statements: Sequence[ox.NamedNode]) -> Iterator[ox.Quad]:
    """What is said of statements, their evidence and their conflicts, though the other side be none of them."""
    graph.ahead((None, named("aig:between"), node) for node in statements)
    conflicts = {node for one in statements for node in graph.subjects("aig:between", one)}
    frontier, seen = [*statements, *sorted(conflicts, key=str)], conflicts.union(statements)
    while frontier:
        graph.ahead((node, None, None) for node in frontier)
        found = [quad for node in frontier for quad in graph.store.quads_for_pattern(node, None, None)]
        yield from found
        ends = {quad.object for quad in found if isinstance(quad.object, ox.NamedNode)}
        frontier = sorted((node for node in ends - seen if _kind(node) == "ev"), key=str)
        seen |= ends


def _described(graph: Graph, node: ox.NamedNode, said: Set[tuple[object, ...]]) -> Iterator[ox.Quad]:
    """What is said of a thing, but for plain triples that only statements elsewhere vouch for."""
    graph.ahead([(None, named("rdf:subject"), node)])
    stated = {
        (node, *(graph.values(one, f"rdf:{part}")[0] for part in ("predicate", "object")))
        for one in graph.subjects("rdf:subject", node)
    }
    for quad in graph.store.quads_for_pattern(node, None, None):
        triple = (quad.subject, quad.predicate, quad.object)
        if quad.graph_name != graph_name("inferred") and (triple not in stated or triple in said):
            yield quad
