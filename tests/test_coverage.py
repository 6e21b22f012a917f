"""How much of a text its statements cover, worked out by hand on a text of numbered characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from kg.coverage import LONG_RUN, Report, Stretch, as_json, check, report
from kg.facts import Coverage, Fact, Gap, Project, Source, Span, Where

WHERE = Where("facts/a.yaml", 1)
Pairs = list[tuple[int, int]]
PAIRS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80)).map(lambda p: (p[0], p[0] + p[1])), max_size=8)


def _fact(number: int, *spans: tuple[int, int], source: str = "src:a") -> Fact:
    evidence = tuple(Span(source, WHERE, start, end) for start, end in spans)
    return Fact(f"a-{number:03}", "agent:x", "claims", WHERE, "asserted", evidence, object="prop:p")


def _project(spans: Pairs, sentences: Pairs, gaps: Pairs | None = None, **more: Fact) -> Project:
    """One source, one fact for each span, each gap with its number as reason."""
    facts = tuple(_fact(number, span) for number, span in enumerate(spans, 1)) + tuple(more.values())
    reasons = tuple(Gap(*gap, f"reason {n}", Where("coverage/a.yaml", n + 2)) for n, gap in enumerate(gaps or [], 1))
    source = Source("src:a", "T", Where("sources.yaml", 4), text="a.txt")
    return Project({"src:a": source}, {}, facts, coverage={"src:a": Coverage("src:a", tuple(sentences), reasons)})


def _told(project: Project) -> list[str]:
    return [str(issue) for issue in check(project)]


def test_a_report_worked_out_by_hand() -> None:
    # Three sentences of 100, 60 and 20 characters; spans overlap, touch, and reach over a sentence's end.
    project = _project([(10, 30), (20, 40), (40, 50), (95, 110)], [(0, 100), (101, 161), (162, 182)], [(162, 182)])
    assert report(project) == [
        Report(
            "src:a",
            statements=4,
            characters=180,
            covered_characters=40 + 5 + 9,
            sentences=3,
            covered_sentences=2,
            remaining=(Stretch(50, 95, ""), Stretch(110, 161, ""), Stretch(162, 182, "reason 1")),
        )
    ]


def test_a_short_run_inside_a_covered_sentence_needs_no_reason() -> None:
    assert LONG_RUN == 40
    assert report(_project([(39, 60)], [(0, 60)]))[0].remaining == ()
    assert report(_project([(40, 60)], [(0, 60)]))[0].remaining == (Stretch(0, 40, ""),)


def test_an_uncovered_sentence_needs_a_reason_however_short() -> None:
    assert _told(_project([], [(0, 5)])) == [
        "coverage/a.yaml: nothing covers characters 0-5 of src:a: read them: add a fact, or a gap with its reason"
    ]


@pytest.mark.parametrize(
    ("gaps", "reason"),
    [
        ([(0, 100)], "reason 1"),
        ([(10, 90)], "reason 1"),  # its edges may be left
        ([(0, 50), (50, 100)], "reason 1; reason 2"),
        ([(0, 20), (55, 100)], "reason 1; reason 2"),  # 35 characters between two gaps are no clause
        ([(0, 20), (60, 100)], ""),
        ([(0, 60)], ""),
        ([(200, 300)], ""),
        ([(100, 150)], ""),  # touches, but holds nothing of it
        ([], ""),
    ],
)
def test_gaps_give_their_reasons(gaps: Pairs, reason: str) -> None:
    assert report(_project([], [(0, 100)], gaps))[0].remaining == (Stretch(0, 100, reason),)


def test_the_same_reason_is_given_once() -> None:
    reasons = tuple(Gap(start, start + 50, "boilerplate", WHERE) for start in (0, 50))
    project = _project([], [(0, 100)])
    project.coverage["src:a"] = Coverage("src:a", ((0, 100),), reasons)
    assert report(project)[0].remaining[0].reason == "boilerplate"


def test_everything_accounted_for_is_no_issue() -> None:
    assert _told(_project([(0, 50)], [(0, 50), (51, 60)], [(51, 60)])) == []


def test_a_text_without_a_coverage_file_is_told() -> None:
    project = _project([(0, 5)], [(0, 5)])
    project.coverage.clear()
    assert _told(project) == ["sources.yaml:4: src:a: it has a text but no coverage file: write coverage/a.yaml"]


def test_a_gap_that_statements_cover_is_told_at_its_line() -> None:
    assert _told(_project([(0, 30), (30, 50)], [(0, 50)], [(10, 40)])) == [
        "coverage/a.yaml:3: statements cover this gap (characters 10-40 of src:a): take it out"
    ]
    assert _told(_project([(0, 30), (31, 50)], [(0, 50)], [(10, 40)])) == []


def test_evidence_in_another_source_covers_nothing_here() -> None:
    other = _fact(9, (0, 50), source="src:b")
    made = report(_project([], [(0, 50)], other=other))[0]
    assert (made.statements, made.covered_characters) == (0, 0)


def test_a_statement_with_two_spans_counts_once() -> None:
    assert report(_project([], [(0, 50)], two=_fact(1, (0, 10), (20, 30))))[0].statements == 1


@given(PAIRS, PAIRS)
def test_covered_characters_are_those_in_both(spans: Pairs, gaps: Pairs) -> None:
    sentences = [(0, 90), (95, 200), (200, 250)]
    made = report(_project(spans, sentences, gaps))[0]
    inside = {place for start, end in sentences for place in range(start, end)}
    pointed = {place for start, end in spans for place in range(start, end)}
    assert made.covered_characters == len(inside & pointed)
    assert made.covered_sentences == sum(bool(pointed & set(range(*sentence))) for sentence in sentences)
    left = {place for stretch in made.remaining for place in range(stretch.start, stretch.end)}
    assert not left & pointed and left <= inside


def test_json_holds_all_reports_with_per_cent() -> None:
    made = json.loads(as_json(_project([(0, 1)], [(0, 3)])))
    assert made == [
        {
            "source": "src:a", "statements": 1, "characters": 3, "covered_characters": 1, "sentences": 1,
            "covered_sentences": 1, "remaining": [], "percent": 33.3,
        }
    ]  # fmt: skip
    assert json.loads(as_json(_project([], [])))[0]["percent"] == 0.0


SMALL = """\
src:lantern-report: 3 statements cover 44.4 % of the characters and 2 of 4 sentences; 3 stretches remain
  0-36{heading}: heading
  203-259{comment}: comment
  260-281{thanks}: thanks
"""


def test_the_command_without_texts_shows_offsets(small: Path, run: Callable[..., Result]) -> None:
    # 46 + 10 characters of the second sentence and 67 of the third, of 36 + 90 + 130 + 21 in all: 123 of 277.
    result = run("coverage", "--data", small, "--source", "lantern-report")
    assert result.exit_code == 0
    assert result.stdout == SMALL.format(heading="", comment="", thanks="")
    assert "No texts at hand" in result.stderr


def test_the_command_with_texts_shows_the_words(small: Path, run: Callable[..., Result]) -> None:
    result = run("coverage", "--data", small, "--source", "src:lantern-report", "--texts", small / "texts")
    words = {
        "heading": " 'Yearly report of the Lantern Council'",
        "comment": " ', whatever may be told about it elsewhere and by others.'",
        "thanks": " 'We thank our readers.'",
    }
    assert (result.exit_code, result.stdout, result.stderr) == (0, SMALL.format(**words), "")


def test_the_command_gives_the_same_json_with_and_without_texts(small: Path, run: Callable[..., Result]) -> None:
    without = run("coverage", "--data", small, "--json").stdout
    assert run("coverage", "--data", small, "--json", "--texts", small / "texts").stdout == without
    assert [made["source"] for made in json.loads(without)] == ["src:harbor-forum", "src:lantern-report"]


def test_the_command_fails_on_an_uncovered_stretch_without_a_reason(small: Path, run: Callable[..., Result]) -> None:
    path = small / "coverage" / "lantern-report.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if "thanks" not in line), encoding="utf-8")
    result = run("coverage", "--data", small)
    assert result.exit_code == 1
    assert "  260-281: NO REASON RECORDED\n" in result.stdout
    assert (
        "error: coverage/lantern-report.yaml: nothing covers characters 260-281 of src:lantern-report" in result.stderr
    )


def test_the_command_names_the_sources_there_are(small: Path, run: Callable[..., Result]) -> None:
    result = run("coverage", "--data", small, "--source", "port-register")
    assert result.exit_code == 2
    assert "there is no source 'port-register' with a text: use one of harbor-forum, lantern-report" in result.stderr


def test_a_sentence_left_out_is_seen_with_the_text(small: Path) -> None:
    from kg.build import prepare

    file = small / "coverage" / "harbor-forum.yaml"
    content = file.read_text(encoding="utf-8")
    file.write_text(content.replace("sentences: [[", "sentences: [[0, 1], [", 1), encoding="utf-8")
    found = [issue.message for issue in prepare(small, small / "texts").issues]
    assert "the recorded sentences are not those of the text" in found


def test_json_of_one_source(small: Path, run: Callable[..., Result]) -> None:
    done = run("coverage", "--data", small, "--json", "--source", "lantern-report")
    assert [report["source"] for report in json.loads(done.stdout)] == ["src:lantern-report"]


def test_a_source_named_where_there_is_none(small: Path, run: Callable[..., Result]) -> None:
    for path in (small / "coverage").iterdir():
        path.unlink()
    told = run("coverage", "--data", small, "--source", "zzz").stderr
    assert "there is no source 'zzz' with a text: no source has a coverage file, so leave --source out" in told
