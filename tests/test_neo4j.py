"""CSV for Neo4j: held to the header format of its manual, read back as a graph, and that graph to the facts."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import pandas as pd
import pyoxigraph as ox
import pytest

from kg import terms
from kg.build import Prepared, prepare
from kg.checks import store
from kg.errors import UNFIT
from kg.evidence import link
from kg.facts import Fact, Project
from kg.graph import assertable
from kg.graph import build as graphs_of
from kg.graphs import graph_name
from kg.lookup import Graph
from kg.neo4j import neo4j_files
from kg.statements import Reader, periods
from kg.vocabulary import load as vocabulary

ROOT = Path(__file__).parent.parent
Files = dict[str, bytes]

# ---------------------------------------------------------------- the header format, as the manual has it

TYPES = {
    "int", "long", "float", "double", "boolean", "byte", "short", "char", "string", "point", "date", "localtime",
    "time", "localdatetime", "datetime", "duration",
}  # fmt: skip
READ: dict[str, Callable[[str], object]] = {
    "boolean": "true".__eq__, "date": date.fromisoformat, "double": float,
}  # fmt: skip
NODES, RELATIONSHIPS = {":LABEL", "ID"}, {":START_ID", ":END_ID", ":TYPE"}


def typed(field: str) -> tuple[str, str]:
    """Name and type of a property's field; without a type it is a string."""
    name, _, kind = field.partition(":")
    return name, kind or "string"


def rows(content: bytes) -> list[list[str]]:
    """Records as RFC 4180 and Neo4j read them: a quote inside is doubled, a record is a line."""
    lines = content.decode("utf-8").split("\n")
    assert lines.pop() == ""
    found = list(csv.reader(lines, strict=True))
    if len(found) != len(lines):
        raise csv.Error("a record of several lines, which is read only when asked for")
    return found


def faults(files: Files) -> list[str]:
    """What `neo4j-admin database import full` would refuse, by its manual; [] when nothing."""
    arguments = files["neo4j/import.txt"].decode("utf-8").split()
    sources = [re.fullmatch(r"--(nodes|relationships)=(\S+\.csv)", argument) for argument in arguments]
    named = {match[2]: match[1] for match in sources if match}
    found = [f"import.txt: {argument}" for argument, match in zip(arguments, sources, strict=True) if not match]
    if {f"neo4j/{name}" for name in named} | {"neo4j/import.txt"} != set(files):
        found.append("import.txt: names other files")
    ids: Counter[str] = Counter()
    ends: set[str] = set()
    for name, kind in named.items():
        header, *body = rows(files[f"neo4j/{name}"])
        found += [f"{name}: {fault}" for fault in (*wrong_header(kind, header), *wrong_rows(header, body))]
        for at, field in enumerate(header):
            if field.endswith(":ID"):
                ids.update(row[at] for row in body)
            elif field in (":START_ID", ":END_ID"):
                ends |= {row[at] for row in body}
    found += [f"twice the node {name}" for name, count in ids.items() if count > 1]
    return found + [f"no node {name}" for name in sorted(ends - ids.keys())]


def wrong_header(kind: str, header: list[str]) -> list[str]:
    special = [field for field in header if field.startswith(":") or field.endswith(":ID")]
    wanted = RELATIONSHIPS if kind == "relationships" else NODES
    shown = {"ID" if field.endswith(":ID") else field for field in special}
    found = [] if shown == wanted and len(special) == len(wanted) else [f"special fields {special}"]
    properties = [typed(field) for field in header if field not in special]
    found += [f"type {kind}" for _, kind in properties if kind.removesuffix("[]") not in TYPES]
    names = Counter(name for name, _ in properties)
    names += Counter(field.removesuffix(":ID") for field in special if field.endswith(":ID"))
    return found + [f"field {name}" for name, count in names.items() if count > 1 or not name.isidentifier()]


def wrong_rows(header: list[str], body: list[list[str]]) -> list[str]:
    found = [f"a row of {len(row)} fields" for row in body if len(row) != len(header)]
    for at, field in enumerate(header):
        values = [row[at] for row in body if len(row) == len(header)]
        if field.startswith(":") or field.endswith(":ID"):
            found += [f"{field} {value!r}" for value in values if not value]
            names = (one for value in values for one in value.split(";") if field in (":LABEL", ":TYPE"))
            found += [f"{field} {one!r}" for one in names if not re.fullmatch(r"[A-Za-z_]+", one)]
        else:
            kind = typed(field)[1]
            found += [f"{field} {value!r}" for value in values if value and not fits(kind, value)]
    return found


def fits(kind: str, value: str) -> bool:
    try:
        READ.get(kind, str)(value)
    except ValueError:
        return False
    return kind != "boolean" or value in ("true", "false")


# ---------------------------------------------------------------- the files, and the graph that they hold


def made(prepared: Prepared) -> Files:
    graph = Graph(store(prepared.graphs))
    return neo4j_files(graph, Reader(graph).all())


class Case(NamedTuple):
    """A project, its files, and the graph that they hold."""

    prepared: Prepared
    files: Files
    graph: nx.MultiDiGraph[str]

    @property
    def project(self) -> Project:
        return self.prepared.project


def case(prepared: Prepared) -> Case:
    files = made(prepared)
    return Case(prepared, files, imported(files))


@pytest.fixture(scope="session")
def small_case(built: Prepared) -> Case:
    return case(built)


@pytest.fixture(scope="session")
def whole() -> Case:
    """The real project."""
    return case(prepare(ROOT / "kg" / "data", None))


@pytest.fixture(params=["small_case", "whole"])
def each(request: pytest.FixtureRequest) -> Case:
    """The small project, and the real one."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Case)
    return found


def value(kind: str, text: str) -> object:
    if kind.endswith("[]"):
        return tuple(text.split(";"))
    return READ.get(kind, str)(text)


def imported(files: Files) -> nx.MultiDiGraph[str]:
    """The graph as an import would make it: what a cell does not hold is no property."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for argument in files["neo4j/import.txt"].decode("utf-8").split():
        header, *body = rows(files[f"neo4j/{argument.partition('=')[2]}"])
        for row in body:
            cells = dict(zip(header, row, strict=True))
            data = {
                typed(field)[0]: value(typed(field)[1], cell)
                for field, cell in cells.items()
                if cell and not field.startswith(":") and not field.endswith(":ID")
            }
            if ":TYPE" in cells:
                graph.add_edge(cells[":START_ID"], cells[":END_ID"], type=cells[":TYPE"], **data)
            else:
                graph.add_node(cells["id:ID"], labels=set(cells[":LABEL"].split(";")), **data)
    return graph


def told(graph: nx.MultiDiGraph[str], behalf: bool = False) -> dict[str, list[tuple[str, str, dict[str, object]]]]:
    """Statement -> its relationships, or those to the bodies that somebody acts for."""
    found: dict[str, list[tuple[str, str, dict[str, object]]]] = {}
    for start, end, data in graph.edges(data=True):
        if "statement" in data and (data["type"] == "ON_BEHALF_OF") == behalf:
            found.setdefault(data["statement"], []).append((start, end, data))
    return found


# ---------------------------------------------------------------- form


def test_an_import_would_take_them(each: Case) -> None:
    assert faults(each.files) == []


def test_the_files_of_the_small_project(small_case: Case) -> None:
    kinds = ("agent", "concept", "doc", "event", "fig", "post", "prop", "src", "statement")
    names = [f"nodes-{kind}.csv" for kind in kinds]
    names += [f"relationships-{kind}.csv" for kind in ("about", "behalf", "conflict", "statement")]
    files = small_case.files
    assert list(files) == [f"neo4j/{name}" for name in (*names, "import.txt")]
    assert files["neo4j/import.txt"].startswith(b"--nodes=nodes-agent.csv\n--nodes=nodes-concept.csv\n")
    assert files["neo4j/nodes-agent.csv"].startswith(b"id:ID,iri,label,note,earliest:date,latest:date,:LABEL\n")


PLANTED: list[tuple[str, str, str, str]] = [
    ("nodes-agent.csv", '"agent:iqm",', '"agent:zoe-marsh",', "twice the node agent:zoe-marsh"),
    ("nodes-agent.csv", '"agent:iqm",', '"agent:other",', "no node agent:iqm"),
    ("nodes-agent.csv", '"agent:iqm",', ",", "nodes-agent.csv: id:ID ''"),
    ("nodes-agent.csv", "id:ID", "id", "nodes-agent.csv: special fields [':LABEL']"),
    ("nodes-agent.csv", "note", "label", "nodes-agent.csv: field label"),
    ("nodes-agent.csv", "earliest:date", "earliest:day", "nodes-agent.csv: type day"),
    ("nodes-agent.csv", '"Thing;', '"Thing;;', "nodes-agent.csv: :LABEL ''"),
    ("nodes-agent.csv", '"Zoë Marsh"', '"Zoë, "Marsh"', ""),
    ("nodes-agent.csv", '"Zoë Marsh"', "Zoë, Marsh", "nodes-agent.csv: a row of 8 fields"),
    ("nodes-agent.csv", "Zoë Marsh", "Zoë\nMarsh", ""),
    ("nodes-event.csv", '"2030-05-04"', '"2030-05"', "nodes-event.csv: earliest:date '2030-05'"),
    ("nodes-fig.csv", '"120"', '"many"', "nodes-fig.csv: value:double 'many'"),
    ("nodes-fig.csv", ",false,", ",no,", "nodes-fig.csv: vouched:boolean 'no'"),
    ("relationships-about.csv", ":TYPE", "type", "relationships-about.csv: special fields [':START_ID', ':END_ID']"),
    ("relationships-about.csv", '"SUBJECT"', '"SUB JECT"', "relationships-about.csv: :TYPE 'SUB JECT'"),
    ("import.txt", "--nodes=nodes-agent.csv", "--node=nodes-agent.csv", "import.txt: --node=nodes-agent.csv"),
    ("import.txt", "--nodes=nodes-fig.csv\n", "", "import.txt: names other files"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), PLANTED)
def test_what_an_import_would_refuse_is_seen(name: str, old: str, new: str, said: str, small_case: Case) -> None:
    files = dict(small_case.files)
    text = files[f"neo4j/{name}"].decode("utf-8")
    assert old in text
    files[f"neo4j/{name}"] = text.replace(old, new, 1).encode()
    if said:
        assert said in faults(files)
    else:  # no CSV at all
        with pytest.raises(csv.Error):
            faults(files)


def test_pandas_reads_the_same_rows(whole: Case) -> None:
    for name, content in whole.files.items():
        if name.endswith(".csv"):
            table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
            assert [list(table.columns), *table.to_numpy().tolist()] == rows(content), name


def test_two_readings_are_the_same_bytes(small_case: Case) -> None:
    assert made(small_case.prepared) == small_case.files


# ---------------------------------------------------------------- nodes


def test_every_thing_is_a_node_with_its_classes(each: Case) -> None:
    graph = each.graph
    project = each.project
    wanted = {name: (entity.label, entity.note, entity.type) for name, entity in project.entities.items()}
    wanted |= {name: (source.title, source.note, "SourceText") for name, source in project.sources.items()}
    made_by = [fact.introduces for fact in project.facts if fact.introduces]
    wanted |= {one.node: (one.label, None, one.type) for one in made_by if one.node not in wanted}
    for name, (label, note, kind) in wanted.items():
        data = graph.nodes[name]
        assert (data["label"], data.get("note"), data["iri"]) == (label, note, terms.expand(name))
        assert {"Thing", kind} <= data["labels"]
    others = {name for name in graph if name not in wanted and not name.startswith("st:")}
    assert others == {name for name in others if name.startswith("concept:")}  # those of the ontology


def test_classes_above_are_labels_too(small_case: Case) -> None:
    graph = small_case.graph
    assert graph.nodes["agent:zoe-marsh"]["labels"] == {"Thing", "Agent", "Person"}
    assert graph.nodes["event:tidal-workshop"]["labels"] == {"Thing", "Event", "Session"}
    assert graph.nodes["event:harbor-forum-series"]["labels"] == {"Thing", "EventSeries"}
    assert graph.nodes["src:lantern-report"]["labels"] == {"Thing", "Document", "SourceText"}


def test_an_event_has_the_days_that_are_vouched_for(small_case: Case) -> None:
    data = small_case.graph.nodes["event:harbor-forum-2030"]
    assert (data["earliest"], data["latest"]) == (date(2030, 5, 4), date(2030, 5, 6))


def test_a_figure_says_whether_anybody_vouches_for_it(each: Case) -> None:
    graph, stated = each.graph, assertable(each.project)
    figures = [fact for fact in each.project.facts if fact.introduces and fact.introduces.value is not None]
    assert figures
    for fact in figures:
        made_by = fact.introduces
        assert made_by is not None and made_by.value is not None
        data = graph.nodes[made_by.node]
        assert (data["measure"], data["value"]) == (made_by.measure, float(made_by.value))
        assert (data.get("unit"), data.get("population")) == (made_by.unit, made_by.population)
        assert data["valueQualifier"] == f"concept:{made_by.value_qualifier}"
        assert data["vouched"] == (fact.id in stated)


def test_identifiers_topics_and_sources_have_what_describes_them(whole: Case) -> None:
    graph = whole.graph
    for fact in whole.project.facts:
        if fact.introduces and fact.introduces.notation:
            data = graph.nodes[fact.introduces.node]
            assert (data["scheme"], data["notation"]) == (fact.introduces.scheme, fact.introduces.notation)
    for name, source in whole.project.sources.items():
        data = graph.nodes[name]
        found = tuple(data.get(part) for part in ("url", "archivedAt", "publisher", "issued", "digest"))
        assert found == (source.url, source.archived, source.publisher, source.published, source.digest)
    topics = [entity for entity in whole.project.entities.values() if entity.scheme == "topic"]
    assert topics and {graph.nodes[topic.id]["scheme"] for topic in topics} == {"concept:scheme-topic"}


# ---------------------------------------------------------------- relationships


def kind_of(fact: Fact) -> str:
    """As a reader of the type would have it: `hasSpeaker` -> `HAS_SPEAKER`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", fact.predicate).upper()


def expected(fact: Fact, project: Project) -> dict[str, object]:
    """What must be told of a fact, apart from words that the ontology has for it and from days."""
    labels = {name: entity.label for name, entity in project.entities.items()}
    labels |= {name: source.title for name, source in project.sources.items()}
    labels |= {one.introduces.node: one.introduces.label for one in project.facts if one.introduces}
    first = fact.evidence[0]
    source = project.sources[first.source]
    told: dict[str, object] = {
        "type": kind_of(fact), "statement": f"st:{fact.id}", "status": fact.status, "modality": fact.modality,
        "reading": fact.reading, "contradicted": fact.id in project.contradicted(),
        "vouched": fact.id in assertable(project), "says": ", ".join(labels[name] for name in sorted(fact.claimed_by)),
        "saysIds": tuple(sorted(fact.claimed_by)), "role": labels.get(fact.role or ""), "roleId": fact.role,
        "constituency": ", ".join(labels[name] for name in sorted(fact.constituency)),
        "constituencyIds": tuple(sorted(fact.constituency)), "inCapacityOf": labels.get(fact.in_capacity_of or ""),
        "inCapacityOfId": fact.in_capacity_of,
        "onBehalfOf": ", ".join(labels[name] for name in sorted(fact.on_behalf_of)),
        "onBehalfOfIds": tuple(sorted(fact.on_behalf_of)), "whenText": fact.when_text, "note": fact.note,
        "source": first.source, "sources": fact.sources,
        "words": "the document as a whole" if first.whole else " … ".join(filter(None, (first.head, first.tail))),
        "link": link(source.archived or source.url, first.head, first.tail),
    }  # fmt: skip
    return {name: part for name, part in told.items() if part is not None and part not in ("", ())}


COMPUTED = {"relation", "predicate", "review", "earliest", "latest"}


def test_every_statement_is_one_relationship_with_all_that_is_told_of_it(each: Case) -> None:
    graph = each.graph
    found = told(graph)
    project = each.project
    assert set(found) == {f"st:{fact.id}" for fact in project.facts}
    assert {len(relationships) for relationships in found.values()} == {1}
    ids = {fact.id for fact in project.facts}
    for fact in project.facts:
        [(start, end, data)] = found[f"st:{fact.id}"]
        wanted = expected(fact, project)
        assert {name: part for name, part in data.items() if name not in COMPUTED} == wanted
        assert start == (f"st:{fact.subject}" if fact.subject in ids else fact.subject)
        assert end == (fact.object if fact.object in graph else f"st:{fact.id}")
        assert data.get("review") == ("second look" if fact.review else None)
        assert terms.local(str(data["predicate"])) == fact.predicate and data["relation"]


def test_participations_keep_role_and_body(whole: Case) -> None:
    """The count by event, participant, role and body, taken from the data and from the files."""
    words = vocabulary()
    facts = [fact for fact in whole.project.facts if words.is_participation(fact.predicate)]
    wanted = Counter((f.subject, f.object, f.role, tuple(sorted(f.on_behalf_of))) for f in facts)
    found = told(whole.graph)
    counted = Counter(
        (start, end, data.get("roleId"), data.get("onBehalfOfIds", ()))
        for fact in facts
        for start, end, data in found[f"st:{fact.id}"]
    )
    assert len(facts) > 50 and counted == wanted


def test_who_acts_for_a_body_is_joined_with_it(each: Case) -> None:
    graph = each.graph
    wanted = {(f"st:{f.id}", f.object, body) for f in each.project.facts for body in f.on_behalf_of}
    joined = told(graph, behalf=True)
    assert {(name, start, end) for name, found in joined.items() for start, end, _ in found} == wanted
    for name, found in joined.items():
        [(_, _, whole)] = told(graph)[name]
        for _, _, data in found:
            assert data == whole | {"type": "ON_BEHALF_OF", "relation": "on behalf of"}


def test_a_value_is_the_end_of_its_relationship(each: Case) -> None:
    """Names, dates and addresses: a node of label Statement that holds the value, and all that is told of it."""
    graph = each.graph
    found = told(graph)
    for fact in each.project.facts:
        if fact.object is not None and fact.object in graph:
            continue
        data = graph.nodes[f"st:{fact.id}"]
        assert data["labels"] == {"Statement"}
        value = {"PT90M": "PT1H30M"}.get(fact.value or "", fact.value)  # as the store writes durations
        assert data["value"] == (value or fact.object)
        assert str(data["label"]).endswith(f" {data['value']}")
        assert data.get("language") == fact.lang
        [(_, end, relationship)] = found[f"st:{fact.id}"]
        assert end == f"st:{fact.id}"
        assert relationship.items() - {("type", relationship["type"]), ("statement", end)} <= data.items()


def test_the_date_of_a_relation_begins_at_its_node(small_case: Case) -> None:
    graph = small_case.graph
    [(start, end, data)] = told(graph)["st:lantern-report-002"]
    assert (start, data["type"], end) == ("st:lantern-report-001", "WHEN", "st:lantern-report-002")
    assert (data["earliest"], data.get("latest")) == (date(2028, 1, 1), None)
    [(_, _, holds)] = told(graph)["st:lantern-report-001"]
    assert (holds["type"], holds["earliest"]) == ("HOLDS", date(2028, 1, 1))
    about = {(data["type"], end) for _, end, data in graph.out_edges("st:lantern-report-001", data=True)}
    assert about == {
        ("SUBJECT", "agent:zoe-marsh"),
        ("OBJECT", "post:lantern-chair"),
        ("WHEN", "st:lantern-report-002"),
    }


def test_days_are_those_that_filters_use(whole: Case) -> None:
    opened = Graph(store(whole.prepared.graphs))
    known = periods(opened, Reader(opened).all())
    for name, [(_, _, data)] in told(whole.graph).items():
        shown = tuple(str(data.get(side, "")) for side in ("earliest", "latest"))
        assert shown == known.get(name, ("", ""))


def test_conflicts_join_the_two_statements(each: Case) -> None:
    graph = each.graph
    found = {
        (data["conflict"], data["type"], start, end, data["note"])
        for start, end, data in graph.edges(data=True) if "conflict" in data
    }  # fmt: skip
    assert found == {
        (c.id, c.kind.upper(), f"st:{c.between[0]}", f"st:{c.between[1]}", c.note) for c in each.project.conflicts
    }


def test_a_statement_node_is_about_two_things_or_has_a_value(each: Case) -> None:
    graph = each.graph
    found = told(graph)
    nodes = {name for name in graph if name.startswith("st:")}
    spoken = {f"st:{one}" for c in each.project.conflicts for one in c.between}
    spoken |= {start for [(start, _, _)] in found.values() if start.startswith("st:")}
    valued = {name for name, [(_, end, _)] in found.items() if end == name}
    assert nodes == spoken | valued
    for name in nodes:
        about = {data["type"]: end for _, end, data in graph.out_edges(name, data=True) if "statement" not in data
                 and "conflict" not in data}  # fmt: skip
        [(start, end, _)] = found[name]
        assert about == ({} if name in valued else {"SUBJECT": start, "OBJECT": end})
        assert ("value" in graph.nodes[name]) == (name in valued)


def test_a_plain_triple_stands_where_one_of_its_statements_is_vouched_for(whole: Case) -> None:
    opened = Graph(store(whole.prepared.graphs))
    facts = {str(quad.triple) for quad in opened.store.quads_for_pattern(None, None, None, graph_name("facts"))}
    vouched: dict[str, list[bool]] = {}
    for name, [(_, _, data)] in told(whole.graph).items():
        node = ox.NamedNode(terms.expand(name))
        parts = (opened.values(node, f"rdf:{part}")[0] for part in ("subject", "predicate", "object"))
        vouched.setdefault(str(ox.Triple(*parts)), []).append(bool(data["vouched"]))  # type: ignore[arg-type]
    assert {triple for triple, each in vouched.items() if any(each)} == vouched.keys() & facts
    assert sum(not any(each) for each in vouched.values()) > 50


def test_the_date_of_what_nobody_vouches_for_is_not_vouched_for(built: Prepared) -> None:
    facts = (replace(f, modality="planned") if f.id == "lantern-report-001" else f for f in built.project.facts)
    found = told(imported(files_of(replace(built.project, facts=tuple(facts)))))
    [(_, _, data)] = found["st:lantern-report-002"]
    assert (data["status"], data["modality"], data["vouched"]) == ("self-reported", "actual", False)


def test_there_is_no_file_without_a_row(built: Prepared) -> None:
    facts = tuple(replace(fact, on_behalf_of=()) for fact in built.project.facts)
    files = files_of(replace(built.project, facts=facts, conflicts=()))
    assert faults(files) == []
    assert {f"neo4j/relationships-{kind}.csv" for kind in ("behalf", "conflict")} == set(made(built)) - set(files)


def test_the_page_names_what_there_is(whole: Case) -> None:
    """Its labels, types, properties and files; its questions use no other."""
    page = (ROOT / "docs" / "stores" / "neo4j.md").read_text(encoding="utf-8")
    questions = "\n".join(re.findall(r"```cypher\n(.*?)```", page, re.DOTALL))
    assert questions.count("MATCH") == page.count("## Three questions") * 3
    labels = {label for _, found in whole.graph.nodes(data="labels") for label in found}
    types = {kind for _, _, kind in whole.graph.edges(data="type")}
    assert set(re.findall(r"\(\w*:(\w+)", questions)) <= labels
    named = re.findall(r"\[\w*:([A-Z_|]+)\]", questions)
    assert {kind for found in named for kind in found.split("|")} <= types
    properties = {name for *_, data in (*whole.graph.edges(data=True), *whole.graph.nodes(data=True)) for name in data}
    assert set(re.findall(r"\b[a-z]+\.([a-z]\w+)\b", questions)) <= properties
    told = {typed(field)[0] for field in rows(whole.files["neo4j/relationships-statement.csv"])[0][3:]}
    shown = set(re.findall(r"`(\w+)`", page[page.index("| property |") : page.index("`ON_BEHALF_OF` leads")]))
    assert {name.removesuffix("s").removesuffix("Id") if "Id" in name else name for name in told} <= shown
    assert {name for name in re.findall(r"[\w-]+\.csv", page) if not name.startswith("evidence")} <= {
        name.removeprefix("neo4j/") for name in whole.files
    }


# ---------------------------------------------------------------- text that means harm

HOSTILE = (
    '"', 'say ""this""', "a,b;c|d", "back\\slash \\", "'apostrophe", "=1+1", "@SUM(A1)", "-1", "+1",
    "}) DETACH DELETE n //", "静安区 公共服务", "\U0001d11e e\u0301 \ufffe", "  spaces  ", "null", "true",
    "--nodes=x.csv",
)  # fmt: skip
UNFIT_TEXT = ("line\nline\r\nline", "nul\x00 bell\x07 tab\t", "\u2028\u2029\x85", "\u202eleft\u202c", "\ud800")


def relabelled(project: Project, text: str) -> Project:
    """The project with the text for every label, note and passage."""
    return replace(
        project,
        entities={name: replace(one, label=text, note=text) for name, one in project.entities.items()},
        sources={name: replace(one, title=text, note=text) for name, one in project.sources.items()},
        facts=tuple(
            replace(
                fact,
                note=text,
                evidence=tuple(replace(span, head=text, tail="") for span in fact.evidence),
                introduces=replace(fact.introduces, label=text) if fact.introduces else None,
            )
            for fact in project.facts
        ),
        conflicts=tuple(replace(one, note=text) for one in project.conflicts),
    )


def files_of(project: Project) -> Files:
    opened = Graph(store(graphs_of(project, vocabulary())))
    return neo4j_files(opened, Reader(opened).all())


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_is_read_back_as_it_was(text: str, built: Prepared) -> None:
    """Also what a spreadsheet would run: a database runs no cell, and an apostrophe would change the label."""
    files = files_of(relabelled(built.project, text))
    assert faults(files) == []
    graph = imported(files)
    assert graph.nodes["agent:zoe-marsh"]["label"] == graph.nodes["agent:lantern-council"]["note"] == text
    [(_, _, data)] = told(graph)["st:harbor-forum-005"]
    assert data["says"] == data["role"] == data["onBehalfOf"] == data["note"] == data["words"] == text
    assert data["saysIds"] == ("agent:iqm",)
    assert {data["note"] for _, _, data in graph.edges(data=True) if "conflict" in data} == {text}


@pytest.mark.parametrize("text", UNFIT_TEXT, ids=ascii)
def test_what_would_break_a_line_is_replaced(text: str, built: Prepared) -> None:
    opened = Graph(store(built.graphs))
    statements = [one._replace(note=text) for one in Reader(opened).all()]
    files = neo4j_files(opened, statements)
    assert faults(files) == []
    fit = UNFIT.sub("\ufffd", text)
    assert {data["note"] for [(_, _, data)] in told(imported(files)).values()} == {fit}


@pytest.mark.parametrize(
    "fault",
    [
        lambda rows: [row.replace('"planned"', '"actual"') for row in rows],
        lambda rows: [row.replace(",true,false,", ",false,false,") for row in rows],
        lambda rows: [row.replace('"Speaker"', '"Host"') for row in rows],
        lambda rows: [row.replace('"agent:gull-foundation"', '"agent:iqm"') for row in rows],
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[-1]],
    ],
)
def test_a_relationship_that_says_something_else_is_seen(
    fault: Callable[[list[str]], list[str]], small_case: Case
) -> None:
    name = "neo4j/relationships-statement.csv"
    changed = "\n".join(fault(small_case.files[name].decode("utf-8").splitlines())) + "\n"
    assert changed.encode() != small_case.files[name]
    files = small_case.files | {name: changed.encode()}
    with pytest.raises(AssertionError):
        test_every_statement_is_one_relationship_with_all_that_is_told_of_it(small_case._replace(graph=imported(files)))
