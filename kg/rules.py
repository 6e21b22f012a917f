"""Inference: the rules of `queries/rules`, run to a fixpoint by pyoxigraph, and the way back from an
inferred triple to its rule and premises.

A rule is `CONSTRUCT { one triple } WHERE { triple patterns }`; the patterns are its premises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg import folders, terms
from kg.graphs import Graphs

__all__ = ["Explanation", "Rule", "explain", "infer", "rules"]

_SHAPE = re.compile(r"CONSTRUCT \{ (?P<head>[^{}]+) \}\s*WHERE \{(?P<body>.*)\}\s*$", re.DOTALL)
_MAX_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule file: its name, what it says in words, its text, its head and its body."""

    name: str
    summary: str
    text: str
    head: str
    body: str

    @property
    def premises(self) -> tuple[str, ...]:
        """The triple patterns of the body."""
        lines = (line.strip() for line in self.body.splitlines())
        return tuple(line.removesuffix(".").strip() for line in lines if line and not line.startswith("FILTER"))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a triple was inferred: the rule, and the triples it rests on."""

    rule: Rule
    premises: tuple[ox.Triple, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by name."""
    found = []
    for path in sorted(folders.queries("rules").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        shape = _SHAPE.search(text)
        summary = re.search(r"^#\+ summary: (.+)$", text, re.MULTILINE)
        if shape is None or summary is None:
            raise ValueError(f"{path.name} is no rule: one CONSTRUCT triple, a WHERE of triple patterns, a summary")
        found.append(Rule(path.stem, summary[1], text, shape["head"].strip(), shape["body"].strip()))
    return tuple(found)


def infer(graphs: Graphs) -> set[ox.Triple]:
    """All that follows from ontology and facts and is not said there already.

    Left out: triples about terms of a vocabulary, owl:Thing, owl:sameAs. Equal on the rest to the
    closure under OWL 2 RL (tested against owlrl). Raises RuntimeError when no fixpoint is reached.
    """
    known = graphs["ontology"] | graphs["facts"]
    vocabulary = {triple.subject for triple in graphs["ontology"]}
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in known)
    seen = set(known)
    for _ in range(_MAX_ROUNDS):
        new = {triple for rule in rules() for triple in _apply(store, rule)} - seen
        if not new:
            break
        seen |= new
        store.extend(ox.Quad(*triple) for triple in new)
    else:
        raise RuntimeError(f"the rules reach no fixpoint in {_MAX_ROUNDS} rounds")
    return {triple for triple in seen - known if triple.subject not in vocabulary and not _trivial(triple)}


def _apply(store: ox.Store, rule: Rule) -> Iterator[ox.Triple]:
    result = store.query(rule.text)
    assert isinstance(result, ox.QueryTriples)
    yield from result


def _trivial(triple: ox.Triple) -> bool:
    return triple.object == ox.NamedNode(terms.expand("owl:Thing"))


def explain(store: ox.Store, triple: ox.Triple) -> Explanation | None:
    """The first rule that yields the triple from the merged graphs of the store, with its premises.

    Premises that are the triple itself don't count. None when no rule yields it.
    """
    for rule in rules():
        head = rule.head.removesuffix(".").split()
        pairs = zip(head, (triple.subject, triple.predicate, triple.object), strict=True)
        bound = {name: str(term) for name, term in pairs if name.startswith("?")}
        fixed = [(name, str(term)) for name, term in pairs if not name.startswith("?")]
        if any(name != "a" and name != term for name, term in fixed):
            continue
        if head[1] == "a" and triple.predicate.value != terms.expand("rdf:type"):
            continue
        for premises in _premises(store, rule, bound):
            if triple not in premises:
                return Explanation(rule, premises)
    return None


def _premises(store: ox.Store, rule: Rule, bound: dict[str, str]) -> Iterator[tuple[ox.Triple, ...]]:
    names, values = " ".join(bound), " ".join(bound.values())
    query = f"SELECT * WHERE {{ VALUES ({names}) {{ ({values}) }} {rule.body} }} LIMIT 20"
    result = store.query(query, use_default_graph_as_union=True)
    assert isinstance(result, ox.QuerySolutions)
    found = []
    for solution in result:
        found.append(tuple(_filled(pattern, solution) for pattern in rule.premises))
    yield from sorted(found, key=str)


def _filled(pattern: str, solution: ox.QuerySolution) -> ox.Triple:
    parts = [_term(part, solution) for part in pattern.split()]
    return ox.Triple(*parts)


def _term(part: str, solution: ox.QuerySolution) -> Any:
    if part.startswith("?"):
        return solution[part[1:]]
    return ox.NamedNode(terms.expand("rdf:type") if part == "a" else part.strip("<>"))
