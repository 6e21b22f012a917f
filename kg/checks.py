"""What must hold of the built graph: the shapes of `ontology/shapes.ttl` and the queries of `queries/checks`.
Beside them, every inferred triple must be explained by a rule.

SHACL is run by the `shacl` library (Rust), a hundred times faster here than pySHACL; a test holds the
two to the same results. A check query selects `?subject` (and `?other`) of everything that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg import folders, rules, terms
from kg.errors import Issue
from kg.facts import Project, Where
from kg.graphs import GRAPHS, Graphs, quad, written

__all__ = ["Check", "checks", "read_check", "run", "run_queries", "run_shapes", "store"]


@dataclass(frozen=True, slots=True)
class Check:
    """A check query: its name, what must hold, what it says of a failure, the query."""

    name: str
    summary: str
    message: str
    remedy: str
    severity: str
    query: str


def read_check(path: Path) -> Check:
    """A check of a file with a `#+` header. Raises ValueError when a line of the header is missing."""
    text = path.read_text(encoding="utf-8")
    header = dict(re.findall(r"^#\+ (\w+): (.+)$", text, re.MULTILINE))
    try:
        return Check(path.stem, header["summary"], header["message"], header["remedy"], header["severity"], text)
    except KeyError as missing:
        raise ValueError(f"{path.name} has no line #+ {missing.args[0]}:") from None


@cache
def checks() -> tuple[Check, ...]:
    """All check queries, by name."""
    return tuple(read_check(path) for path in sorted(folders.queries("checks").glob("*.rq")))


def store(graphs: Graphs) -> ox.Store:
    """The graphs as a store, each under its name."""
    made = ox.Store()
    for name in GRAPHS:
        made.extend(quad(triple, name) for triple in graphs[name])
    return made


def _places(project: Project | None) -> dict[str, Where]:
    """Identifier -> where the data says it; statements and evidence by the line of their fact."""
    found: dict[str, Where] = {}
    if project is None:
        return found
    found |= {source.id: source.where for source in project.sources.values()}
    found |= {entity.id: entity.where for entity in project.entities.values()}
    found |= {conflict.id: conflict.where for conflict in project.conflicts}
    for fact in project.facts:
        found[f"st:{fact.id}"] = fact.where
        if fact.introduces:
            found[fact.introduces.node] = fact.where
        for number, span in enumerate(fact.evidence, 1):
            found[f"ev:{fact.id}-{number}"] = span.where
    return found


def _issue(places: dict[str, Where], rule: str, subject: str, message: str, remedy: str, severity: str) -> Issue:
    where = places.get(subject.partition("#")[0], Where("", 0))
    return Issue(where.file, where.line, rule, message, remedy, subject, severity)


def run_queries(graphs: Graphs, project: Project | None = None) -> list[Issue]:
    """The findings of all check queries over the merged graphs."""
    return _queried(store(graphs), _places(project))


def _queried(loaded: ox.Store, places: dict[str, Where]) -> list[Issue]:
    return [issue for check in checks() for issue in _findings(loaded, check, places)]


def _unexplained(loaded: ox.Store, inferred: set[ox.Triple], places: dict[str, Where]) -> Iterator[Issue]:
    """Inferred triples that no rule yields from what is stated."""
    for triple in inferred - rules.explain(loaded, inferred).keys():
        named = terms.shorten(triple.subject.value) if isinstance(triple.subject, ox.NamedNode) else str(triple.subject)
        said = f"{terms.shorten(triple.predicate.value)} {triple.object}"
        message = f"{said} is inferred of it, but no rule explains that"
        yield _issue(places, "unexplained-triple", named, message, "build the graph again from the data", "error")


def _findings(loaded: ox.Store, check: Check, places: dict[str, Where]) -> Iterator[Issue]:
    solutions = loaded.query(check.query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    other = any(variable.value == "other" for variable in solutions.variables)
    for solution in solutions:
        found = solution["other"] if other else None
        name = "" if found is None else terms.shorten(found.value) if isinstance(found, ox.NamedNode) else str(found)
        subject = solution["subject"]
        named = terms.shorten(subject.value) if isinstance(subject, ox.NamedNode) else str(subject)
        yield _issue(places, check.name, named, check.message.replace("?other", name), check.remedy, check.severity)


def run_shapes(graphs: Graphs, project: Project | None = None) -> list[Issue]:
    """The violations of the shapes in the merged graphs."""
    import shacl

    merged = {triple for triples in graphs.values() for triple in triples}
    text = written(merged, ox.RdfFormat.N_TRIPLES).decode("utf-8")
    shapes = shacl.Shapes.from_file(str(folders.ontology("shapes.ttl")))
    places = _places(project)
    return [_violation(places, result) for result in shapes.validate_text(text, "ntriples").results]


def _violation(places: dict[str, Where], result: object) -> Issue:
    focus = str(getattr(result, "focus_node", "")).strip("<>")
    shape = terms.local(str(getattr(result, "root_shape", "") or "").strip("<>"))
    message = (getattr(result, "message", None) or f"violates {shape}").rstrip(".")
    value = getattr(result, "value_plain", None)
    shown = f" (found {terms.shorten(value)[:80]})" if value and value != focus else ""
    severity = "error" if getattr(result, "severity", "") == "Violation" else "warning"
    return _issue(places, shape, terms.shorten(focus), message + shown, "", severity)


def run(graphs: Graphs, project: Project | None = None, loaded: ox.Store | None = None) -> list[Issue]:
    """All findings, errors and warnings, sorted by place; `loaded` is the store of the graphs when there is one."""
    loaded, places = loaded or store(graphs), _places(project)
    unexplained = _unexplained(loaded, graphs["inferred"], places)
    return sorted({*run_shapes(graphs, project), *_queried(loaded, places), *unexplained})
