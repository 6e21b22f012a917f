"""CSV tables: header and rows, read back as written, no cell that a spreadsheet would run, links to the words."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import evidence, vocabulary
from kg.build import Prepared
from kg.facts import Conflict, Project, Source, Span, Where, load
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
    assert set(make(built.project, vocabulary.load())) == {f"tables/{name}.csv" for name in HEADERS}


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
