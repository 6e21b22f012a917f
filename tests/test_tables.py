"""CSV tables: header and rows, read back as written, no cell that a spreadsheet would run; what CSVW says of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import csvw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import evidence, folders, vocabulary
from kg.build import Prepared
from kg.facts import About, Conflict, Project, Source, Span, Where, load
from kg.tables import safe
from kg.tables import tables as make

HEADERS = {
    "entities": "id iri type label names_as_written statements note",
    "statements": "id subject subject_label predicate object object_label value language earliest latest status"
    " modality reading contradicted claimed_by claimed_by_label source review note",
    "participations": "id event event_label relation participant participant_label role constituency in_capacity_of"
    " on_behalf_of status modality claimed_by source",
    "evidence": "id statement source start end starts_with ends_with sha256 link",
    "conflicts": "id kind first second note",
}
HERE = Where("x.yaml", 1)
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-"]


def table(project: Project, name: str) -> list[list[str]]:
    content = make(project, vocabulary.load())[f"tables/{name}.csv"]
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def rows(project: Project, name: str) -> dict[str, dict[str, str]]:
    """The rows of a table by id."""
    header, *body = table(project, name)
    assert len({row[0] for row in body}) == len(body)
    return {row[0]: dict(zip(header, row, strict=True)) for row in body}


def project_of(data: Path) -> Project:
    return load(data, vocabulary.load())


# ---------------------------------------------------------------- form


def test_the_tables_are_these(built: Prepared) -> None:
    made = make(built.project, vocabulary.load())
    assert set(made) == {"tables/csv-metadata.json", *(f"tables/{name}.csv" for name in HEADERS)}


@pytest.mark.parametrize("name", HEADERS)
def test_header_rows_and_line_ends(name: str, built: Prepared) -> None:
    content = make(built.project, vocabulary.load())[f"tables/{name}.csv"]
    assert content.startswith(HEADERS[name].replace(" ", ",").encode() + b"\r\n")
    assert content.endswith(b"\r\n") and content.count(b"\n") == content.count(b"\r\n")
    header, *body = table(built.project, name)
    assert body and {len(row) for row in body} == {len(header)}


@pytest.mark.parametrize("cell", RISKY)
def test_what_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    assert safe(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "a=b", "1-2", "O'Neil", " =1", "静", "'=1"])
def test_other_cells_stay(cell: str) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize("text", RISKY)
def test_no_cell_of_any_table_is_run(text: str, built: Prepared) -> None:
    project = built.project
    hostile = replace(
        project,
        entities={name: replace(e, label=text, note=text) for name, e in project.entities.items()},
        sources={name: replace(s, title=text, note=text) for name, s in project.sources.items()},
        facts=tuple(
            replace(
                fact,
                note=text,
                value=text if fact.value and fact.predicate != "when" else fact.value,
                introduces=replace(fact.introduces, label=text) if fact.introduces else None,
                evidence=tuple(replace(span, head=text, tail=text) for span in fact.evidence),
            )
            for fact in project.facts
        ),
        conflicts=tuple(replace(conflict, note=text) for conflict in project.conflicts),
    )
    cells = [cell for name in HEADERS for row in table(hostile, name) for cell in row]
    assert "'" + text in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_a_cell_is_read_back_as_written(text: str) -> None:
    conflict = Conflict("conflict:a", "narrows", ("a-001", "b-001"), text, HERE)
    header, *body = table(Project({}, {}, (), conflicts=(conflict,)), "conflicts")
    assert header[-1] == "note"
    assert body == [["conflict:a", "narrows", "a-001", "b-001", safe(text)]]


# ---------------------------------------------------------------- rows


def test_entities_have_names_and_counts(small: Path) -> None:
    with (small / "facts" / "port-register.yaml").open("a", encoding="utf-8") as file:
        for number, name in ((101, "Gulls"), (102, "鸥基金会"), (103, "Gulls")):
            file.write(
                f"  - {{id: port-register-{number}, source: src:port-register, subject: agent:gull-foundation,"
                f" predicate: altLabel, value: {name}, status: asserted, evidence: [{{document: true}}]}}\n"
            )
    found = rows(project_of(small), "entities")
    assert found["agent:gull-foundation"] == {
        "id": "agent:gull-foundation",
        "iri": "https://w3id.org/aigov-kg/id/agent/gull-foundation",
        "type": "Organization",
        "label": "Gull Foundation",
        "names_as_written": "Gulls | 鸥基金会",
        "statements": "6",  # speaks for it, is claimed by it, hosts; and three names
        "note": "",
    }
    assert found["event:tidal-workshop"]["statements"] == "2"
    assert found["agent:lantern-council"]["note"] == "Both are named beside the forum."
    assert found["fig:forum-delegates"]["type"] == "Observation"
    assert found["prop:open-registers"]["label"] == "Every port should list its machines openly"
    assert found["src:port-register"]["label"] == "Register of the ports"
    assert list(found) == sorted(found)


def test_a_statement_is_one_row(built: Prepared) -> None:
    found = rows(built.project, "statements")
    assert len(found) == 12
    assert found["lantern-report-003"] == {
        "id": "lantern-report-003", "subject": "event:harbor-forum-2030", "subject_label": "Harbor Forum 2030",
        "predicate": "hostedBy", "object": "agent:gull-foundation", "object_label": "Gull Foundation", "value": "",
        "language": "", "earliest": "", "latest": "", "status": "asserted", "modality": "actual", "reading": "literal",
        "contradicted": "yes", "claimed_by": "agent:lantern-council", "claimed_by_label": "Lantern Council",
        "source": "src:lantern-report", "review": "", "note": "",
    }  # fmt: skip
    assert {name for name, row in found.items() if row["contradicted"] == "yes"} == {
        "harbor-forum-003",
        "lantern-report-003",
    }
    assert found["harbor-forum-008"]["modality"] == "planned"


def test_a_date_has_its_bounds(built: Prepared) -> None:
    found = rows(built.project, "statements")
    event, relation = found["harbor-forum-002"], found["lantern-report-002"]
    assert (event["value"], event["earliest"], event["latest"]) == (
        "2030-05-04/2030-05-06", "2030-05-04", "2030-05-06",
    )  # fmt: skip
    assert (relation["subject"], relation["earliest"], relation["latest"]) == ("lantern-report-001", "2028-01-01", "")


def test_participations_have_role_capacity_and_party(built: Prepared) -> None:
    found = rows(built.project, "participations")
    assert set(found) == {"harbor-forum-003", "harbor-forum-005", "lantern-report-003"}
    assert found["harbor-forum-005"] == {
        "id": "harbor-forum-005", "event": "event:tidal-workshop", "event_label": "Workshop on Tidal Algorithms",
        "relation": "hasSpeaker", "participant": "agent:zoe-marsh", "participant_label": "Zoë Marsh", "role": "Speaker",
        "constituency": "", "in_capacity_of": "Chair of the Lantern Council", "on_behalf_of": "Gull Foundation",
        "status": "self-reported", "modality": "actual", "claimed_by": "Institute of Quiet Machines",
        "source": "src:harbor-forum",
    }  # fmt: skip


def test_evidence_opens_the_words(built: Prepared) -> None:
    found = rows(built.project, "evidence")
    assert found["harbor-forum-005-1"] == {
        "id": "harbor-forum-005-1", "statement": "harbor-forum-005", "source": "src:harbor-forum", "start": "384",
        "end": "473", "starts_with": "Zoë", "ends_with": "Foundation",
        "sha256": "a8aa21f033d027645cefa7fc801e611409f184517d52dc5450340d888246d082",
        "link": "https://example.org/harbor-forum#:~:text=Zo%C3%AB,Foundation",
    }  # fmt: skip
    whole = found["port-register-001-1"]
    assert (whole["start"], whole["end"], whole["sha256"]) == ("", "", "")
    assert whole["link"] == "https://example.org/register"
    assert found["lantern-report-001-1"]["link"] == ""


def test_conflicts_name_their_statements(built: Prepared) -> None:
    assert table(built.project, "conflicts")[1:] == [
        [
            "conflict:host-of-the-forum",
            "contradicts",
            "harbor-forum-003",
            "lantern-report-003",
            "The forum had one host; the two sources name different ones.",
        ]
    ]


@pytest.mark.parametrize(
    ("addresses", "link"),
    [
        ({"url": "https://a.org/x"}, "https://a.org/x#:~:text=well%2Dknown%2C%20it,is"),
        ({"url": "https://a.org/x", "archived": "https://b.org/y"}, "https://b.org/y#:~:text=well%2Dknown%2C%20it,is"),
        ({"url": "https://a.org/x#part"}, "https://a.org/x#part:~:text=well%2Dknown%2C%20it,is"),
        ({}, ""),
    ],
)
def test_a_link_has_one_fragment_with_the_end_words(addresses: dict[str, str], link: str, built: Prepared) -> None:
    source = replace(Source("src:a", "A", HERE), **addresses)  # type: ignore[arg-type]
    fact = replace(built.project.facts[0], evidence=(Span("src:a", HERE, 3, 40, "", "well-known, it", "is"),))
    project = Project({"src:a": source}, {}, (fact,))
    assert [row["link"] for row in rows(project, "evidence").values()] == [link]


def test_a_link_to_a_whole_document_is_its_address() -> None:
    assert evidence.link("https://a.org/x", "", "") == "https://a.org/x"
    assert evidence.link(None, "", "") == evidence.link("", "a", "b") == ""


def test_a_thing_that_a_fact_introduces_too_has_one_row(small: Path) -> None:
    with (small / "entities" / "things.yaml").open("a", encoding="utf-8") as file:
        file.write("prop:open-registers: {type: Proposition, label: Every port should list its machines openly}\n")
    assert rows(project_of(small), "entities")["prop:open-registers"]["type"] == "Proposition"


# ---------------------------------------------------------------- what describes them (CSVW)

ROOT = Path(__file__).parent.parent
DESCRIBED = json.loads(folders.ontology("csv-metadata.json").read_text(encoding="utf-8"))
COLUMNS = {
    table["url"].removesuffix(".csv"): {column["name"]: column for column in table["tableSchema"]["columns"]}
    for table in DESCRIBED["tables"]
}


def written(project: Project, folder: Path) -> Path:
    """The tables in a folder; the file that describes them."""
    for name, content in make(project, vocabulary.load()).items():
        (folder / Path(name).name).write_bytes(content)
    return folder / "csv-metadata.json"


def refused(file: Path) -> str:
    """What a reader of CSVW finds wrong with tables, keys and description, "" when nothing."""
    try:
        found = csvw.CSVW(str(file), validate=True)
        return "" if found.is_valid else f"{found.warnings}"
    except (ValueError, UserWarning) as error:
        return str(error) or "not valid"


@pytest.mark.parametrize("name", HEADERS)
def test_every_column_is_described(name: str) -> None:
    assert " ".join(COLUMNS[name]) == HEADERS[name]
    for column, described in COLUMNS[name].items():
        first, title = described["titles"]
        assert first == column and title[0].isupper()
        assert described["dc:description"].endswith(".")
        assert described["datatype"]
    assert next(t for t in DESCRIBED["tables"] if t["url"] == f"{name}.csv")["tableSchema"]["primaryKey"] == ["id"]


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("statements.status", "status"), ("statements.modality", "modality"), ("statements.reading", "reading"),
        ("participations.status", "status"), ("participations.modality", "modality"),
        ("conflicts.kind", "conflict-kind"),
    ],
)  # fmt: skip
def test_closed_lists_are_those_of_the_ontology(name: str, scheme: str) -> None:
    table, _, column = name.partition(".")
    assert COLUMNS[table][column]["datatype"]["format"] == "|".join(vocabulary.load().choices(scheme))


def test_several_values_have_a_separator(built: Prepared, tmp_path: Path) -> None:
    """Each column that the program joins, and no other."""
    joined = {(table, name) for table, columns in COLUMNS.items() for name, c in columns.items() if "separator" in c}
    assert {COLUMNS[table][name]["separator"] for table, name in joined} == {" | "}
    several = replace(
        built.project.facts[4], claimed_by=("agent:iqm", "agent:gull-foundation"),
        constituency=("concept:role-host", "concept:role-speaker"), on_behalf_of=("agent:iqm", "agent:gull-foundation"),
        evidence=tuple(Span(name, HERE, whole=True) for name in ("src:harbor-forum", "src:lantern-report")),
    )  # fmt: skip
    names = (
        replace(built.project.facts[0], id=f"a-{name}", predicate="altLabel", value=name, object=None)
        for name in ("one", "two")
    )
    project = replace(built.project, facts=(several, *names))
    cells = {
        (name, column)
        for name in HEADERS
        for row in rows(project, name).values()
        for column, cell in row.items()
        if " | " in cell
    }
    assert cells == joined
    row = next(iter(csvw.CSVW(str(written(project, tmp_path))).t.tabledict["participations.csv"]))
    assert row["on_behalf_of"] == ["Institute of Quiet Machines", "Gull Foundation"]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["built", "project"])
def test_a_reader_of_csvw_takes_all_tables(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """With types and keys, of the small project and of the real one."""
    project = request.getfixturevalue(which)
    project = project.project if isinstance(project, Prepared) else project
    file = written(project, tmp_path)
    assert refused(file) == ""
    tables = csvw.CSVW(str(file)).t.tabledict
    for name in HEADERS:
        plain = rows(project, name)
        read = {row["id"]: row for row in tables[f"{name}.csv"]}
        assert list(read) == list(plain)
        for key, row in read.items():
            for column, cell in plain[key].items():
                assert as_described(COLUMNS[name][column], cell) == row[column], (name, key, column)


def as_described(column: dict[str, object], cell: str) -> object:
    """The value of a cell, by its column's datatype."""
    if separator := column.get("separator"):
        return cell.split(str(separator)) if cell else []
    if not cell:
        return None
    kind = column["datatype"]
    if isinstance(kind, dict):
        return cell == "yes" if kind["base"] == "boolean" else cell
    if kind == "anyURI":
        return Address(cell)
    typed: dict[object, Callable[[str], object]] = {"nonNegativeInteger": int, "date": datetime.fromisoformat}
    return typed.get(kind, str)(cell)


class Address:
    """An address as written, equal to what csvw takes apart."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return hasattr(other, "unsplit") and other.unsplit() == self.text

    def __hash__(self) -> int:
        return hash(self.text)


FAULTS = [
    ("statements", "harbor-forum-002,", "harbor-forum-001,"),  # an id twice
    ("statements", "2030-05-06,self", "2030-05-36,self"),  # no day
    ("statements", "self-reported", "said"),
    ("statements", ",planned,", ",hoped,"),
    ("statements", ",literal,", ",guessed,"),
    ("statements", ",yes,", ",maybe,"),
    ("statements", "actual,literal,no,", ",literal,no,"),  # not given
    ("statements", "src:lantern-report,", "src:lantern,"),  # no such source
    ("statements", "src:harbor-forum,", "src:harbor-forum | src:none,"),
    ("statements", "agent:lantern-council,", "agent:nobody,"),
    ("statements", ",reading,", ",read,"),  # a header that is not described
    ("entities", "Organization,Gull Foundation,,3", "Organization,Gull Foundation,,four"),
    ("entities", "Organization,Gull Foundation,,3", "Organization,Gull Foundation,,-3"),
    ("entities", "agent:iqm,", "iqm,"),
    ("entities", "Gull Foundation", ""),
    ("participations", "harbor-forum-005,", "harbor-forum-999,"),
    ("participations", ",agent:zoe-marsh,", ",agent:zoe,"),
    ("participations", "event:tidal-workshop,", "event:tidal,"),
    ("evidence", ",384,", ",-384,"),
    ("evidence", "a8aa21f0", "zzzz"),
    ("evidence", "harbor-forum-005-1,harbor-forum-005,", "harbor-forum-005-1,harbor-forum-000,"),
    ("evidence", ",src:port-register,", ",src:port,"),
    ("conflicts", ",contradicts,", ",denies,"),
    ("conflicts", ",lantern-report-003,", ",lantern-report-000,"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new"), FAULTS)
def test_a_fault_in_a_table_is_seen(name: str, old: str, new: str, built: Prepared, tmp_path: Path) -> None:
    description = written(built.project, tmp_path)
    file = tmp_path / f"{name}.csv"
    text = file.read_bytes().decode("utf-8")
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())
    assert refused(description)


def test_the_description_says_what_the_project_says_of_itself(built: Prepared) -> None:
    def of(about: About | None) -> dict[str, object]:
        content = make(replace(built.project, about=about), vocabulary.load())["tables/csv-metadata.json"]
        whole: dict[str, object] = json.loads(content)
        assert whole.pop("tables") == DESCRIBED["tables"]
        return whole

    plain = {name: part for name, part in DESCRIBED.items() if name != "tables"}
    assert of(None) == plain
    assert of(About("Größe", license="https://example.org/l")) == plain | {
        "dc:title": "Größe", "dc:license": {"@id": "https://example.org/l"},
    }  # fmt: skip
    whole = of(About("T", "D", "https://example.org/l", "P"))
    assert (whole["dc:description"], whole["dc:publisher"]) == ("D", "P")


def test_the_page_names_the_tables_and_columns_that_there_are() -> None:
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| (\w+)\.csv \| (.*) \|$", page, re.MULTILINE))
    assert list(shown) == list(HEADERS)
    for name, text in shown.items():
        named = set(re.findall(r"`(\w+)`", text)) - {"first", "second"}
        assert named <= COLUMNS[name].keys() and len(named) >= (name != "conflicts")
    assert "csv-metadata.json" in page
