"""Checks of the graph: each query is silent on its passing example and finds what its failing one names,
and the fast SHACL library reports what pySHACL reports."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import shacl
from needs import missing
from rdflib import RDF, SH, BNode, Dataset, Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node

from kg import checks, folders, graph, rules, terms, vocabulary
from kg.build import Prepared
from kg.errors import BadData, Issue
from kg.facts import load
from kg.graphs import GRAPHS, Graphs, graph_name, written

EXAMPLES = Path(__file__).parent / "checks"
QUERIES = sorted(folders.queries("checks").glob("*.rq"))
NAMES = [path.stem for path in QUERIES]
REAL = Path(__file__).parent.parent / "kg" / "data"

PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in terms.prefixes().items())

# One change to the small project's graphs each, and the shape whose rule it breaks (by its focus node).
FAULTS = {
    "a status that is none": "DELETE { ?s aig:status ?v } INSERT { ?s aig:status concept:held } WHERE {"
    " VALUES ?s { st:harbor-forum-001 } ?s aig:status ?v }",
    "two statuses": "INSERT DATA { st:harbor-forum-002 aig:status concept:attributed }",
    "no claimant": "DELETE WHERE { st:harbor-forum-003 aig:claimedBy ?v }",
    "a claimant that is an event": "INSERT DATA { st:harbor-forum-004 aig:claimedBy event:tidal-workshop }",
    "an inferred reading without a note": "DELETE WHERE { st:harbor-forum-005 skos:note ?v }",
    "a participation without a role": "DELETE WHERE { st:lantern-report-003 aig:role ?v }",
    "two objects": "INSERT DATA { st:lantern-report-001 rdf:object agent:iqm }",
    "a post that is a person": "INSERT DATA { st:harbor-forum-005 aig:inCapacityOf agent:zoe-marsh }",
    "no evidence": "DELETE WHERE { st:harbor-forum-008 aig:evidence ?v }",
    "a conflict of three": "INSERT DATA { conflict:host-of-the-forum aig:between st:harbor-forum-004 }",
    "a conflict without a kind": "DELETE WHERE { conflict:host-of-the-forum aig:conflictKind ?v }",
    "a digest that is short": "DELETE { ?s aig:digest ?v } INSERT { ?s aig:digest 'abc' } WHERE {"
    " VALUES ?s { ev:harbor-forum-001-1 } ?s aig:digest ?v }",
    "a span and a whole document": "INSERT DATA { ev:harbor-forum-002-1 aig:wholeDocument true }",
    "five words at an end": "INSERT DATA { ev:harbor-forum-003-1 aig:endsWith 'a b c d e' }",
    "a span that ends before it starts": "DELETE { ?s oa:end ?v } INSERT { ?s oa:end 1 } WHERE {"
    " VALUES ?s { <https://w3id.org/aigov-kg/id/ev/harbor-forum-004-1#selector> } ?s oa:end ?v }",
    "a date that is none": "INSERT DATA { doc:charter aig:when 'next year'^^edtf:EDTF }",
    "a date of the wrong type": "INSERT DATA { doc:charter aig:when '2031' }",
    "bounds the wrong way round": "INSERT DATA { doc:charter aig:earliest '2031-01-02'^^xsd:date ;"
    " aig:latest '2031-01-01'^^xsd:date }",
    "two labels": "INSERT DATA { agent:iqm rdfs:label 'IQM'@en }",
    "no label": "DELETE WHERE { agent:gull-foundation rdfs:label ?v }",
    "a person that is an organization": "INSERT DATA { agent:zoe-marsh a aig:Organization }",
    "an event under a wrong address": "INSERT DATA { agent:iqm a aig:Event }",
    "a figure without a unit": "DELETE WHERE { fig:forum-delegates aig:unit ?v }",
    "a figure that is text": "INSERT DATA { fig:forum-delegates aig:value 'many' }",
    "a proposition of sixteen words": "DELETE { ?s rdfs:label ?v } INSERT { ?s rdfs:label"
    " 'a b c d e f g h i j k l m n o p'@en } WHERE { VALUES ?s { prop:open-registers } ?s rdfs:label ?v }",
    "a proposition that nobody utters": "INSERT DATA { prop:nobody a aig:Proposition ; rdfs:label 'x'@en }",
    "a concept without a scheme": "INSERT DATA { concept:loose a skos:Concept ; rdfs:label 'x'@en }",
    "an edition of no series": "DELETE { ?s rdf:object ?v } INSERT { ?s rdf:object doc:charter } WHERE {"
    " VALUES ?s { st:harbor-forum-001 } ?s rdf:object ?v }",
}


def example(name: str, kind: str) -> Graphs:
    graphs: Graphs = {graph: set() for graph in GRAPHS}
    content = (EXAMPLES / name / f"{kind}.trig").read_bytes()
    for quad in ox.parse(content, format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs[terms.local(quad.graph_name.value)].add(quad.triple)
    return graphs


def named(name: str) -> list[tuple[str, str]]:
    """What the failing example says is found: subject and other; a node without a name is `_:`."""
    text = (EXAMPLES / name / "fail.trig").read_text(encoding="utf-8")
    lines = re.findall(r"^# finds: (\S+) ?(\S*)$", text, re.MULTILINE)
    return sorted((subject, other) for subject, other in lines)


def found(name: str, kind: str) -> list[Issue]:
    return [issue for issue in checks.run_queries(example(name, kind)) if issue.rule == name]


# ---------------------------------------------------------------- query files


def test_every_query_has_its_two_examples() -> None:
    assert len(NAMES) >= 20
    assert sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.*")) == sorted(
        f"{name}/{kind}.trig" for name in NAMES for kind in ("fail", "pass")
    )
    assert [check.name for check in checks.checks()] == NAMES


@pytest.mark.parametrize("path", QUERIES, ids=NAMES)
def test_query_has_its_header_and_parses_twice(path: Path) -> None:
    check = checks.read_check(path)
    assert check.severity in ("error", "warning")
    assert all((check.summary, check.message, check.remedy))
    assert [str(v) for v in prepareQuery(check.query).algebra.PV] in (["subject"], ["subject", "other"])
    solutions = ox.Store().query(check.query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert ("?other" in check.message) <= ("other" in {v.value for v in solutions.variables})


@pytest.mark.parametrize("line", ["summary", "message", "remedy", "severity"])
def test_a_query_without_a_header_line_is_refused(line: str, tmp_path: Path) -> None:
    text = re.sub(rf"^#\+ {line}: .*\n", "", QUERIES[0].read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / "x.rq").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=line):
        checks.read_check(tmp_path / "x.rq")


@pytest.mark.parametrize("name", NAMES)
def test_passing_example_is_silent(name: str) -> None:
    assert any(example(name, "pass").values())
    assert found(name, "pass") == []


@pytest.mark.parametrize("name", NAMES)
def test_failing_example_is_found(name: str) -> None:
    check = next(check for check in checks.checks() if check.name == name)
    expected = [(subject, check.message.replace("?other", other)) for subject, other in named(name)]
    assert expected
    issues = found(name, "fail")
    said = sorted(("_:" if issue.subject.startswith("_:") else issue.subject, issue.message) for issue in issues)
    assert said == sorted(expected)
    assert {(issue.severity, issue.remedy) for issue in issues} == {(check.severity, check.remedy)}


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # rdflib warns of itself
@pytest.mark.parametrize("kind", ["pass", "fail"])
@pytest.mark.parametrize("name", NAMES)
def test_another_engine_finds_the_same(name: str, kind: str) -> None:
    data = Dataset(default_union=True)
    data.parse(data=(EXAMPLES / name / f"{kind}.trig").read_text(encoding="utf-8"), format="trig")
    rows = list(data.query((folders.queries("checks") / f"{name}.rq").read_text(encoding="utf-8")))
    shown = sorted(
        ("_:" if isinstance(row[0], BNode) else terms.shorten(str(row[0])), *map(terms.shorten, map(str, row[1:])))
        for row in rows
        if isinstance(row, tuple)
    )
    assert shown == ([] if kind == "pass" else [tuple(filter(None, pair)) for pair in named(name)])


# ---------------------------------------------------------------- file and line


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def issues_of(data: Path) -> list[Issue]:
    project = load(data, vocabulary.load())
    graphs = graph.build(project, vocabulary.load())
    graphs["inferred"] = rules.infer(graphs)
    return checks.run(graphs, project)


def test_the_small_project_is_clean(small: Path) -> None:
    assert issues_of(small) == []


def test_a_query_finding_carries_the_line_of_the_fact(small: Path) -> None:
    path = small / "facts" / "lantern-report.yaml"
    text = path.read_text(encoding="utf-8")
    twice = text[text.index("  - id: lantern-report-001") : text.index("  - id: lantern-report-002")]
    path.write_text(text + twice.replace("-001", "-004"), encoding="utf-8")
    [issue] = issues_of(small)
    assert (issue.rule, issue.subject, issue.file) == (
        "statement-said-twice", "st:lantern-report-001", "facts/lantern-report.yaml",
    )  # fmt: skip
    assert issue.line == line_of(path, "id: lantern-report-001")
    assert "st:lantern-report-004" in issue.message


def test_a_shape_finding_carries_the_line_of_the_fact(small: Path) -> None:
    path = small / "facts" / "lantern-report.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    role: concept:role-host\n", ""), encoding="utf-8")
    [issue] = issues_of(small)
    assert (issue.rule, issue.subject) == ("ParticipationShape", "st:lantern-report-003")
    assert (issue.file, issue.line) == ("facts/lantern-report.yaml", line_of(path, "id: lantern-report-003"))
    assert "role" in issue.message and issue.severity == "error"


def test_a_finding_about_a_thing_carries_the_line_of_the_thing(small: Path) -> None:
    path = small / "entities" / "things.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("place:nowhere: {type: Place, label: Nowhere}\n")
    [issue] = issues_of(small)
    assert (issue.rule, issue.file, issue.line) == (
        "unused-entity", "entities/things.yaml", line_of(path, "place:nowhere"),
    )  # fmt: skip


def test_a_finding_about_evidence_carries_the_line_of_the_span(built: Prepared) -> None:
    graphs = {name: set(triples) for name, triples in built.graphs.items()}
    extra = ox.Triple(
        ox.NamedNode(terms.expand("st:harbor-forum-001")), ox.NamedNode(terms.aig("evidence")),
        ox.NamedNode(terms.expand("ev:harbor-forum-002-1")),
    )  # fmt: skip
    graphs["statements"].add(extra)
    [issue] = [i for i in checks.run_queries(graphs, built.project) if i.rule == "evidence-without-statement"]
    fact = next(fact for fact in built.project.facts if fact.id == "harbor-forum-002")
    assert (issue.file, issue.line) == (fact.evidence[0].where.file, fact.evidence[0].where.line)


# ---------------------------------------------------------------- the fast validator and the reference


def shown_path(report: Graph, path: Node | None) -> str:
    """A path as text, so that two reports can be compared; blank nodes are written out."""
    if not isinstance(path, BNode):
        return str(path)
    first = report.value(path, RDF.first)
    if first is not None:
        return f"({shown_path(report, first)} {shown_path(report, report.value(path, RDF.rest))})"
    return " ".join(sorted(f"[{p} {shown_path(report, o)}]" for p, o in report.predicate_objects(path)))


def results(report: Graph) -> Counter[tuple[str, ...]]:
    """Focus node, constraint component, path, value, severity and message of each result."""
    made: Counter[tuple[str, ...]] = Counter()
    for result in report.objects(None, SH.result):
        kept = (SH.focusNode, SH.sourceConstraintComponent, SH.value, SH.resultSeverity)
        texts = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        path = shown_path(report, report.value(result, SH.resultPath))
        made[(*(str(report.value(result, name)) for name in kept), path, *texts)] += 1
    return made


def both_reports(merged: bytes) -> tuple[Graph, Graph]:
    text = merged.decode("utf-8")
    slow = pyshacl.validate(
        Graph().parse(data=text, format="nt"), shacl_graph=Graph().parse(folders.ontology("shapes.ttl")), inplace=True
    )[1]
    assert isinstance(slow, Graph)
    fast = shacl.Shapes.from_file(str(folders.ontology("shapes.ttl"))).validate_text(text, "ntriples")
    return slow, Graph().parse(data=fast.serialize("ntriples"), format="nt")


def merged(graphs: Graphs) -> bytes:
    return written({triple for triples in graphs.values() for triple in triples}, ox.RdfFormat.N_TRIPLES)


def conforms(report: Graph) -> bool:
    values = list(report.objects(None, SH.conforms))
    assert len(values) == 1
    return str(values[0]) == "true"


def test_both_validators_pass_the_small_project(built: Prepared) -> None:
    slow, fast = both_reports(merged(built.graphs))
    assert conforms(slow) and conforms(fast)
    assert not results(slow) and not results(fast)


def planted(built: Prepared, *names: str) -> Graph:
    """The merged graph of the small project after the changes named. (An Oxigraph store would change integers.)"""
    made = Graph().parse(data=merged(built.graphs).decode("utf-8"), format="nt")
    for name in names:
        before = set(made)
        made.update(PREFIXES + FAULTS[name])
        assert set(made) != before, f"{name} changes nothing"
    return made


def test_both_validators_report_the_same_faults(built: Prepared) -> None:
    slow, fast = both_reports(planted(built, *FAULTS).serialize(format="nt", encoding="utf-8"))
    assert not conforms(slow) and not conforms(fast)
    assert results(fast) == results(slow)
    assert len(results(slow)) >= len(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_alone_is_found_by_the_fast_validator(name: str, built: Prepared) -> None:
    text = planted(built, name).serialize(format="nt", encoding="utf-8")
    graphs: Graphs = {graph: set() for graph in GRAPHS}
    graphs["facts"] = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}
    assert [issue for issue in checks.run_shapes(graphs) if issue.severity == "error"]


@pytest.mark.slow
def test_both_validators_agree_on_the_real_project() -> None:
    try:
        project = load(REAL, vocabulary.load())
    except BadData as error:
        missing(f"kg/data does not load: {len(error.issues)} problems")
    graphs = graph.build(project, vocabulary.load())
    graphs["inferred"] = rules.infer(graphs)
    slow, fast = both_reports(merged(graphs))
    assert results(fast) == results(slow)
    assert conforms(fast) and conforms(slow)


def test_an_inferred_triple_that_no_rule_explains_is_found(built: Prepared) -> None:
    iqm, charter = (ox.NamedNode(terms.expand(name)) for name in ("agent:iqm", "doc:charter"))
    planted = ox.Triple(iqm, ox.NamedNode(terms.aig("callsFor")), charter)
    graphs = dict(built.graphs) | {"inferred": built.graphs["inferred"] | {planted}}
    [issue] = [issue for issue in checks.run(graphs, built.project) if issue.rule == "unexplained-triple"]
    assert (issue.subject, issue.severity, issue.file) == ("agent:iqm", "error", "entities/things.yaml")
    assert issue.message == f"aig:callsFor {charter} is inferred of it, but no rule explains that"
    assert checks.run(built.graphs, built.project) == []


def test_the_store_keeps_each_graph_under_its_name(built: Prepared) -> None:
    loaded = checks.store(built.graphs)
    for name in ("ontology", "facts", "inferred", "statements"):
        quads = loaded.quads_for_pattern(None, None, None, graph_name(name))
        assert {quad.triple for quad in quads} == built.graphs[name]
