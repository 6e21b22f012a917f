"""The one conductor: data -> graphs -> inference -> checks -> files. Nothing is replaced when a check fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import budget, coverage, folders, graph, rules, sources, vocabulary
from kg.errors import BadData, Issue
from kg.facts import Project, load
from kg.graphs import Graphs, rows

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["Prepared", "Stage", "Summary", "build", "prepare"]

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project with its graphs, also as one store, and everything that was found about it."""

    project: Project
    graphs: Graphs
    loaded: ox.Store
    issues: tuple[Issue, ...]
    texts: tuple[str, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The findings that forbid a build."""
        return tuple(issue for issue in self.issues if issue.severity == "error")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build made: counts by name, warnings, the sources whose spans were checked, the files.

    `central` is the label of what most statements name: whom to look at first. `missing` says why there is no
    explorer, "" when there is one.
    """

    counts: dict[str, dict[str, int]]
    warnings: tuple[Issue, ...]
    checked: tuple[str, ...]
    files: dict[str, int]
    out: Path
    central: str
    missing: str = ""


def prepare(data: Path, texts: Path | None, stage: Stage = lambda name: None) -> Prepared:
    """Loads, reasons and checks, and writes nothing. Raises `BadData` when the data can't be loaded."""
    # pyoxigraph and the SHACL engine are wanted only once the data is known to load.
    from kg import checks

    stage("reading the data")
    words = vocabulary.load()
    project = load(data, words)
    issues: list[Issue] = []
    at_hand: dict[str, str] = {}
    if texts is not None:
        stage("comparing spans with texts")
        at_hand, issues = sources.read_texts(texts, project)
        issues += sources.check_spans(project, at_hand)
        issues += budget.check(project, at_hand)
        issues += coverage.check_sentences(project, at_hand)
    stage("building the graphs")
    graphs = graph.build(project, words)
    stage("inferring")
    graphs["inferred"] = rules.infer(graphs)
    stage("checking")
    loaded = checks.store(graphs)
    issues += checks.run(graphs, project, loaded)
    issues += coverage.check(project)
    return Prepared(project, graphs, loaded, tuple(sorted(issues)), tuple(sorted(at_hand)))


def build(data: Path, texts: Path | None, out: Path, stage: Stage = lambda name: None, rdf12: bool = False) -> Summary:
    """Builds the project into the folder `out`; with `rdf12` also in RDF 1.2.

    Raises `BadData` with all errors found, and `BadUse` when `out` can't be written; the earlier
    output is untouched in both cases.
    """
    key = folders.inputs_key(data)
    made = prepare(data, texts, stage)
    if made.errors:
        raise BadData(made.errors)
    files = _files(made, stage, rdf12)
    from kg import explorer, writing

    stage("writing")
    files[folders.KEY_FILE] = f"{key}\n".encode()
    files["SHA256SUMS"] = writing.sums(files)
    writing.publish(out, files)
    warnings = tuple(issue for issue in made.issues if issue.severity != "error")
    sizes = {name: len(text) for name, text in files.items()}
    missing = "" if "explorer.html" in files else explorer.MISSING
    return Summary(_counts(made), warnings, made.texts, sizes, out, _central(made.project), missing)


def _central(project: Project) -> str:
    """The label of the organization or other thing that most statements name."""
    uses = Counter(name for fact in project.facts for name in fact.things[:2] if name in project.entities)
    kinds = {name: entity.type == "Organization" for name, entity in project.entities.items()}
    best = max(uses, key=lambda name: (kinds[name], uses[name], name), default="")
    return project.entities[best].label if best else ""


def _files(made: Prepared, stage: Stage, rdf12: bool) -> dict[str, bytes]:
    from kg import dataset, documents, exchange, executables, explorer, exports, jsonld, lookup, neo4j, pictures, tables
    from kg.statements import Reader

    stage("serialising")
    files = exports.rdf_files(made.graphs, rdf12)
    triples = rows(files[folders.GRAPH_FILE])
    nodes = {name: jsonld.nodes(found) for name, found in triples.items()}
    files["aigov-kg.jsonld"] = jsonld.dataset(nodes)
    files |= documents.documents(nodes.values())
    files["queries.ttl"] = executables.executables()
    files |= tables.tables(made.project, vocabulary.load())
    files["coverage.json"] = coverage.as_json(made.project)
    opened = lookup.Graph(made.loaded)
    statements = Reader(opened).all()
    files |= exchange.network_files(statements)
    files |= neo4j.neo4j_files(opened, statements)
    stage("drawing")
    drawings = pictures.standard(opened, statements)
    files |= {f"views/{name}.html": drawing.page(folders.version()) for name, drawing in drawings.items()}
    if parts := explorer.assets():
        quads = files[folders.GRAPH_FILE]
        content = explorer.fitting(explorer.whole(statements, made.project.about), len(quads))
        files["explorer.html"] = explorer.page(explorer.payload(opened, content), quads, parts)
    files["void.ttl"] = dataset.description(made.project, triples, files)
    return files


def _counts(made: Prepared) -> dict[str, dict[str, int]]:
    facts = made.project.facts
    classes = Counter(entity.type for entity in made.project.entities.values())
    classes += Counter(fact.introduces.type for fact in facts if fact.introduces)
    with_text = {name for name, source in made.project.sources.items() if source.text}
    return {
        "things by class": dict(classes.most_common()),
        "statements by status": dict(Counter(fact.status for fact in facts).most_common()),
        "statements by modality": dict(Counter(fact.modality for fact in facts).most_common()),
        "statements by reading": dict(Counter(fact.reading for fact in facts).most_common()),
        "statements by source": dict(
            Counter(fact.sources[0] if fact.sources[0] in with_text else "outside record" for fact in facts)
        ),
        "conflicts by kind": dict(Counter(conflict.kind for conflict in made.project.conflicts).most_common()),
        "triples by graph": {name: len(triples) for name, triples in made.graphs.items()},
    }
