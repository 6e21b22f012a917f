"""Inference: the rules of `queries/rules`, run to a fixpoint by pyoxigraph, and the way back from an
inferred triple to its rule and premises.

A rule is `CONSTRUCT { one triple } WHERE { triple patterns }`; the patterns are its premises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import folders, terms
from kg.graphs import Graphs, Quads, graph_name, quad

__all__ = ["Explanation", "Rule", "explain", "infer", "rules"]

_SHAPE = re.compile(r"CONSTRUCT \{ (?P<head>[^{}]+) \}\s*WHERE \{(?P<body>.*)\}\s*$", re.DOTALL)
_MAX_ROUNDS = 50
_REASONED_OVER = ("ontology", "facts", "inferred")


class Rule(NamedTuple):
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


class Explanation(NamedTuple):
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


def explain(store: Quads, triples: Iterable[ox.Triple]) -> dict[ox.Triple, Explanation]:
    """For each triple a rule that yields it from ontology, facts and what is inferred, with its premises.

    No premise rests on the triple itself, at whatever depth: reasons are found from what is stated
    upwards. A triple that no rule yields is left out.
    """
    wanted = set(triples)
    ways = _ways(store, wanted)
    found: dict[ox.Triple, Explanation] = {}
    while step := {triple: why for triple in ways.keys() - found.keys() if (why := _grounded(ways, found, triple))}:
        found |= step
    return {triple: why for triple, why in found.items() if triple in wanted}


def _grounded(
    ways: dict[ox.Triple, list[Explanation]], found: dict[ox.Triple, Explanation], triple: ox.Triple
) -> Explanation | None:
    """The first way whose premises are stated or explained already."""
    return next((why for why in ways[triple] if all(p not in ways or p in found for p in why.premises)), None)


def _ways(store: Quads, triples: set[ox.Triple]) -> dict[ox.Triple, list[Explanation]]:
    """All ways to the triples and, in turn, to those of their premises that are inferred themselves."""
    made: dict[ox.Triple, list[Explanation]] = {}
    left = set(triples)
    while left:
        made |= {triple: [] for triple in left}
        for rule in rules():
            fitting = {bound: triple for triple in left if (bound := _bound(rule, triple)) is not None}
            for triple, why in _explained(store, rule, fitting) if fitting else ():
                made[triple].append(why)
        premises = {premise for triple in left for why in made[triple] for premise in why.premises}
        left = {premise for premise in premises - made.keys() if quad(premise, "inferred") in store}
    return made


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


def _explained(
    store: Quads, rule: Rule, fitting: dict[tuple[str, ...], ox.Triple]
) -> list[tuple[ox.Triple, Explanation]]:
    """The ways of one rule to the triples, in the order of their premises."""
    names = list(dict.fromkeys(part for part in rule.head.split() if part != "a"))
    rows = " ".join(f"({' '.join(bound)})" for bound in fitting)
    query = f"SELECT * WHERE {{ VALUES ({' '.join(names)}) {{ {rows} }} {rule.body} }}"
    solutions = store.query(query, default_graph=[graph_name(name) for name in _REASONED_OVER])
    assert isinstance(solutions, ox.QuerySolutions)
    found = []
    for solution in solutions:
        triple = fitting[tuple(str(solution[name[1:]]) for name in names)]
        found.append((triple, Explanation(rule, tuple(_filled(pattern, solution) for pattern in rule.premises))))
    return sorted(found, key=lambda pair: str(pair[1].premises))


def _filled(pattern: str, solution: ox.QuerySolution) -> ox.Triple:
    parts = [_term(part, solution) for part in pattern.split()]
    return ox.Triple(*parts)


def _term(part: str, solution: ox.QuerySolution) -> Any:
    if part.startswith("?"):
        return solution[part[1:]]
    return ox.NamedNode(terms.expand("rdf:type") if part == "a" else part.strip("<>"))
