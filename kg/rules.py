"""Inference: the rules of `queries/rules`, run to a fixpoint by pyoxigraph, and the way back from an
inferred triple to its rule and premises.

A rule is `CONSTRUCT { one triple } WHERE { triple patterns }`; the patterns are its premises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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


def explain(store: ox.Store, triples: Iterable[ox.Triple]) -> dict[ox.Triple, Explanation]:
    """For each triple the first rule that yields it from the merged graphs of the store, with its premises.

    Premises that are the triple itself don't count. A triple that no rule yields is left out.
    """
    found: dict[ox.Triple, Explanation] = {}
    left = set(triples)
    for rule in rules():
        fitting = {bound: triple for triple in left if (bound := _bound(rule, triple)) is not None}
        if fitting:
            found |= _explained(store, rule, fitting)
            left -= found.keys()
    return found


def _bound(rule: Rule, triple: ox.Triple) -> tuple[str, ...] | None:
    """The values of the head's variables that make it the triple; None when it can't be."""
    values: dict[str, str] = {}
    for part, term in zip(rule.head.split(), (triple.subject, triple.predicate, triple.object), strict=True):
        if part == "a":
            if term.value != terms.expand("rdf:type"):  # type: ignore[union-attr]
                return None
        elif values.setdefault(part, str(term)) != str(term):
            return None
    return tuple(values.values())


def _explained(store: ox.Store, rule: Rule, fitting: dict[tuple[str, ...], ox.Triple]) -> dict[ox.Triple, Explanation]:
    names = list(dict.fromkeys(part for part in rule.head.split() if part != "a"))
    rows = " ".join(f"({' '.join(bound)})" for bound in fitting)
    query = f"SELECT * WHERE {{ VALUES ({' '.join(names)}) {{ {rows} }} {rule.body} }}"
    solutions = store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    best: dict[ox.Triple, tuple[ox.Triple, ...]] = {}
    for solution in solutions:
        triple = fitting[tuple(str(solution[name[1:]]) for name in names)]
        premises = tuple(_filled(pattern, solution) for pattern in rule.premises)
        if triple not in premises and (triple not in best or str(premises) < str(best[triple])):
            best[triple] = premises
    return {triple: Explanation(rule, premises) for triple, premises in best.items()}


def _filled(pattern: str, solution: ox.QuerySolution) -> ox.Triple:
    parts = [_term(part, solution) for part in pattern.split()]
    return ox.Triple(*parts)


def _term(part: str, solution: ox.QuerySolution) -> Any:
    if part.startswith("?"):
        return solution[part[1:]]
    return ox.NamedNode(terms.expand("rdf:type") if part == "a" else part.strip("<>"))
