"""kg find, kg show, kg path, kg timeline."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Look = Callable[..., Result]


@pytest.fixture
def look(graph: Path, run: Run) -> Look:
    """Calls a command on the small graph."""
    return lambda *args: run(*args, "--graph", graph)


def rows(done: Result) -> list[dict[str, str]]:
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(StringIO(done.stdout)))


def steps(done: Result) -> list[tuple[str, str, str, str]]:
    return [(row["route"], row["from"], row["direction"], row["to"]) for row in rows(done)]


# ---------------------------------------------------------------- find


@pytest.mark.parametrize(
    ("text", "names", "match"),
    [
        ("Zoë Marsh", ["agent:zoe-marsh"], "exact"),
        ("ZOE MARSH", ["agent:zoe-marsh"], "same letters"),
        ("IQM", ["agent:iqm"], "initials"),
        ("agent:iqm", ["agent:iqm"], "exact"),
        ("https://w3id.org/aigov-kg/id/agent/iqm", ["agent:iqm"], "exact"),
        ("gull", ["agent:gull-foundation"], "start"),
        ("Zoe Marhs", ["agent:zoe-marsh"], "similar"),
    ],
)
def test_things_are_found_by_name(text: str, names: list[str], match: str, look: Look) -> None:
    found = rows(look("find", text))
    assert [row["id"] for row in found] == names
    assert found[0]["match"] == match


def test_the_best_match_comes_first(look: Look) -> None:
    """The edition is called exactly so; the figure only holds the words."""
    found = rows(look("find", "harbor forum 2030"))
    assert [(row["id"], row["match"]) for row in found] == [
        ("event:harbor-forum-2030", "exact"),
        ("fig:forum-delegates", "word"),
    ]


def test_a_name_that_is_the_label_is_not_printed_twice(look: Look) -> None:
    assert look("find", "gull", "-f", "table").stdout.split("\n")[0].split() == ["id", "label", "class", "match"]
    assert "Zoë Marsh" in look("find", "marsh", "-f", "csv").stdout.partition("Person,")[2]


@pytest.mark.parametrize("text", ["zzzqqq", "清华", "a\nb", "\x1b[31m", "x" * 2000])
def test_what_is_not_found_is_said_with_what_to_do(text: str, look: Look) -> None:
    done = look("find", text)
    assert (done.exit_code, done.stdout) == (0, "id,label,class,name,match\n")
    assert done.stderr == f"nothing in the graph is called {text!r}, or nearly so: try a part of the name\n"


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_an_empty_text_finds_nothing_and_is_refused(text: str, look: Look) -> None:
    done = look("find", text)
    said = "Error: TEXT is empty: give a name or part of one (see kg find --help)\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


# ---------------------------------------------------------------- show


def test_show_prints_the_card(small: Path, look: Look) -> None:
    done = look("show", "zoë marsh")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Zoë Marsh  Person, agent:zoe-marsh\n\nholds\n  Chair of the Lantern Council\n")
    assert "      “Zoë … council” (src:lantern-report, 38-84)\n" in done.stdout
    assert "\ninferred\n" in done.stdout
    assert "\ninferred\n" not in look("show", "zoë marsh", "--no-inferred").stdout
    texts = look("show", "zoë marsh", "--texts", small / "texts").stdout
    assert "“Zoë Marsh has been in the chair of our council since 2028, and all members are glad of it.”" in texts


def test_show_marks_what_is_contradicted_and_planned(look: Look) -> None:
    assert "[self-reported, actual, CONTRADICTED] says" in look("show", "Harbor Forum 2030").stdout
    assert "[self-reported, planned] says" in look("show", "doc:charter").stdout


def test_the_rows_of_a_card_are_its_statements(look: Look, tmp_path: Path) -> None:
    """Zoë Marsh holds a post since 2028 and spoke at the workshop: three statements, one about another."""
    found = rows(look("show", "zoe marsh", "-f", "csv"))
    place = "https://w3id.org/aigov-kg/id/st/"
    assert [row["statement"].removeprefix(place) for row in found] == [
        "harbor-forum-005", "lantern-report-001", "lantern-report-002",
    ]  # fmt: skip
    assert [row["relation"] for row in found] == ["has speaker", "holds", "when"]
    assert look("show", "zoe marsh", "-o", tmp_path / "a.csv").output == ""
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").count("\n") == 4


def test_a_card_goes_to_a_file_where_a_table_is_asked_for(look: Look, tmp_path: Path) -> None:
    assert look("show", "zoe marsh", "-f", "table", "-o", tmp_path / "a.txt").output == ""
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == look("show", "zoe marsh").stdout


@pytest.mark.parametrize("name", ["show", "timeline"])
def test_a_misspelt_thing_is_answered_with_the_right_one(name: str, look: Look) -> None:
    done = look(name, "Zoe Mrsh")
    said = "Error: nothing in the graph is called 'Zoe Mrsh': did you mean agent:zoe-marsh (Zoë Marsh)?\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    "name", ["", " ", "nobody at all", "agent:", "agent:nobody", "https://example.org/x", "\udcff"]
)
def test_a_thing_that_there_is_not_is_2(name: str, look: Look) -> None:
    for args in (["show", name], ["timeline", name], ["path", name, "agent:iqm"], ["path", "agent:iqm", name]):
        done = look(*args)
        assert (done.exit_code, done.stdout) == (2, ""), args
        assert done.stderr.startswith("Error: nothing in the graph is called ") and done.stderr.count("\n") == 1


# ---------------------------------------------------------------- path


def test_a_route_shows_each_step_with_its_receipt(look: Look) -> None:
    done = look("path", "Zoë Marsh", "Harbor Forum 2030", "--routes", "1", "-f", "table")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Route 1: 2 steps, the weakest is self-reported\n"
        "  It rests on one document; Institute of Quiet Machines alone says so.\n"
        "Zoë Marsh\n"
        "  ← has speaker — Workshop on Tidal Algorithms, role Speaker\n"
        "      [self-reported, actual, inferred] says Institute of Quiet Machines; st:harbor-forum-005\n"
        "      “Zoë … Foundation” (src:harbor-forum, 384-473)\n"
        "      https://example.org/harbor-forum#:~:text=Zo%C3%AB,Foundation\n"
        '      note: The words "and there" point to the workshop.\n'
        "  — part of event → Harbor Forum 2030\n"
        "      [self-reported, actual] says Institute of Quiet Machines; st:harbor-forum-004\n"
        "      “The Workshop … forum” (src:harbor-forum, 287-372)\n"
        "      https://example.org/harbor-forum#:~:text=The%20Workshop,forum\n"
    )


def test_a_route_shows_the_sentences_of_texts(small: Path, look: Look) -> None:
    args = ("path", "agent:zoe-marsh", "post:lantern-chair", "-f", "table", "--texts", small / "texts")
    assert "“Zoë Marsh has been in the chair of our council since 2028, and" in look(*args).stdout


def test_routes_come_as_rows_one_for_each_step(look: Look) -> None:
    """Both sources name a host of the forum."""
    assert steps(look("path", "agent:iqm", "agent:gull-foundation", "--routes", "1")) == [
        ("1", "Institute of Quiet Machines", "←", "Harbor Forum 2030"),
        ("1", "Harbor Forum 2030", "→", "Gull Foundation"),
    ]


def test_the_best_evidenced_route_avoids_what_is_contradicted(look: Look) -> None:
    """By its contradicted hosting the foundation is one step from the forum; by whom Zoë Marsh spoke for, three."""
    ends = ("path", "agent:gull-foundation", "event:harbor-forum-2030", "--routes", "1")
    assert len(steps(look(*ends))) == 1
    assert [to for *_, to in steps(look(*ends, "--by", "evidenced"))] == [
        "Zoë Marsh", "Workshop on Tidal Algorithms", "Harbor Forum 2030",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        ["--no-contradicted"], ["--source", "lantern-report"], ["--role", "Speaker"], ["--status", "attributed"],
        ["--modality", "planned"], ["--reading", "inferred"], ["--relation", "issued by"],
        ["--says", "lantern council"], ["--until", "2029-12-31"], ["--since", "2031-01-01"],
    ],
)  # fmt: skip
def test_filters_that_leave_no_route_are_told(asked: list[str], look: Look) -> None:
    """The institute is joined to the foundation by the forum alone, of May 2030, through two hosts."""
    done = look("path", "agent:iqm", "agent:gull-foundation", *asked, "-f", "table")
    said = "nothing connects Institute of Quiet Machines and Gull Foundation over the statements asked for\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", said)


@pytest.mark.parametrize(
    "asked",
    [
        ["--role", "host"], ["--relation", "hosted by"], ["--relation", "hostedBy"], ["--until", "2030-05-04"],
        ["--source", "harbor-forum", "--source", "src:lantern-report"], ["--status", "asserted", "--status",
        "self-reported"], ["--modality", "actual"], ["--since", "2030-05-06", "--until", "2030-05-06"],
    ],
)  # fmt: skip
def test_filters_that_the_route_passes_leave_it(asked: list[str], look: Look) -> None:
    assert len(steps(look("path", "agent:iqm", "agent:gull-foundation", "--routes", "1", *asked))) == 2


def test_routes_lead_through_propositions_where_asked(small: Path, run: Run) -> None:
    """Both bodies call for the same in a copy of the project, and nothing else joins them."""
    facts = small / "facts" / "lantern-report.yaml"
    text = facts.read_text(encoding="utf-8")
    called = "id: lantern-report-004\n    subject: agent:lantern-council\n    predicate: callsFor\n"
    called += "    object: prop:open-registers"
    span = text.partition("  - id: lantern-report-003")[2].partition("evidence:")[2]
    facts.write_text(f"{text.rstrip()}\n  - {called}\n    status: self-reported\n    evidence:{span}", encoding="utf-8")
    assert run("build", "--data", small, "--out", small / "dist").exit_code == 0
    args = ("path", "agent:iqm", "agent:lantern-council", "--graph", small / "dist", "--routes", "1")
    assert "prop:" not in run(*args).stdout
    assert [to for *_, to in steps(run(*args, "--through", "prop", "--relation", "calls for"))] == [
        "Every port should list its machines openly", "Lantern Council",
    ]  # fmt: skip
    assert rows(run(*args, "--relation", "calls for")) == []


def test_a_thing_and_itself_are_no_two(look: Look) -> None:
    done = look("path", "Zoë Marsh", "agent:zoe-marsh")
    said = "'Zoë Marsh' and 'agent:zoe-marsh' are the same thing (agent:zoe-marsh): name two (see kg path --help)"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {said}\n")


# ---------------------------------------------------------------- timeline


def dates(done: Result) -> list[tuple[str, str]]:
    return [(row["date"], row["what"]) for row in rows(done)]


CHAIR = ("2028/..", "Zoë Marsh holds Chair of the Lantern Council")
FORUM = ("2030-05-04/2030-05-06", "Harbor Forum 2030")


def test_dates_come_in_order_of_time(look: Look) -> None:
    assert dates(look("timeline")) == [CHAIR, FORUM]
    first = rows(look("timeline"))[0]
    assert (first["earliest"], first["latest"], first["asWritten"]) == ("2028-01-01", "", "since 2028")


def test_a_timeline_for_people_is_short(look: Look) -> None:
    assert look("timeline", "-f", "table").stdout.splitlines()[0].split() == [
        "date", "what", "says", "marks", "statement",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["Zoë Marsh"], [CHAIR]), (["agent:iqm"], [FORUM]), (["gull foundation"], [FORUM]), (["doc:charter"], []),
        (["--since", "2031-01-01"], [CHAIR]), (["--until", "2029-12-31"], [CHAIR]), (["--until", "2027-12-31"], []),
        (["--source", "harbor-forum"], [FORUM]), (["--says", "Lantern Council"], [CHAIR]),
        (["--status", "asserted"], []),
    ],
)  # fmt: skip
def test_a_timeline_is_of_what_was_asked_for(asked: list[str], found: list[tuple[str, str]], look: Look) -> None:
    done = look("timeline", *asked)
    assert dates(done) == found
    assert done.stderr == ("" if found else "no date is known for what was asked\n")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--role", "host"], [FORUM]), (["--relation", "holds"], [CHAIR]), (["--role", "speaker"], []),
        (["agent:iqm", "--role", "host"], [FORUM]), (["agent:iqm", "--relation", "issued by"], []),
        (["Zoë Marsh", "--relation", "holds"], [CHAIR]), (["Zoë Marsh", "--role", "host"], []),
        (["agent:iqm", "--role", "host", "--until", "2029-12-31"], []),
    ],
)  # fmt: skip
def test_roles_and_relations_choose_what_the_dates_are_of(
    asked: list[str], found: list[tuple[str, str]], look: Look
) -> None:
    """The two hosts are of the forum, the speaker of a workshop that has no date."""
    assert dates(look("timeline", *asked)) == found


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize("day", ["2021", "", "2021-02-30", "yesterday", "2021-01-01T00:00"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_day_is_written_like_this(option: str, day: str, look: Look) -> None:
    done = look("timeline", option, day)
    said = (
        f"Error: Invalid value for '{option}': {day!r} is no day: write one like 2021-07-08 (see kg timeline --help)\n"
    )
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--source", "zzz"), ("--role", "zzz"), ("--relation", "zzz"), ("--says", "zzz"), ("--role", "agent:iqm")],
)
def test_a_filter_that_the_graph_does_not_have_is_2(option: str, value: str, look: Look) -> None:
    done = look("timeline", option, value)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"Error: .*(zzz|--role).*\n", done.stderr)


# ---------------------------------------------------------------- graphs that are none


@pytest.mark.parametrize(
    "args",
    [
        ["find", "zoe"], ["show", "zoe marsh"], ["show", "agent:zoe-marsh", "-f", "csv"], ["timeline"],
        ["path", "agent:iqm", "agent:zoe-marsh"], ["path", "agent:iqm", "agent:gull-foundation", "-f", "csv"],
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"Error: \S+ is empty: build it again"), (b"%PDF", r"Error: \S+ can't be read as N-Quads .*: build .*"),
        (None, r"Error: there is no graph at \S+: run kg build, or correct --graph"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_graph_is_said_so(
    args: list[str], content: bytes | None, said: str, tmp_path: Path, run: Run
) -> None:
    file = tmp_path / "some.nq"
    if content is not None:
        file.write_bytes(content)
    done = run(*args, "--graph", file)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert re.fullmatch(said + "\n", done.stderr)


@pytest.mark.parametrize(
    "args",
    [
        ["show", "agent:iqm"], ["show", "agent:iqm", "-f", "csv"], ["path", "agent:iqm", "agent:gull-foundation"],
        ["path", "agent:iqm", "agent:gull-foundation", "-f", "table"], ["timeline"], ["timeline", "-f", "table"],
    ],
)  # fmt: skip
def test_statements_without_evidence_are_of_another_version(
    args: list[str], graph: Path, tmp_path: Path, run: Run
) -> None:
    kept = [line for line in graph.read_text(encoding="utf-8").splitlines() if "/ns#evidence> " not in line]
    file = tmp_path / "old.nq"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = run(*args, "--graph", file)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert re.fullmatch(r"Error: \S+ is no graph of this version \(.*\): run kg build\n", done.stderr)
