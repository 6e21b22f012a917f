"""kg view: which statements a page shows; the page itself is tested in test_views."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from processes import on_terminal

Run = Callable[..., Result]
View = Callable[..., Result]

ALL = {
    "harbor-forum-001", "harbor-forum-003", "harbor-forum-004", "harbor-forum-005", "harbor-forum-008",
    "lantern-report-001", "lantern-report-003",
}  # fmt: skip
"""What joins two things that pictures show: no dates, figures, propositions and identities."""

HOSTS = {"harbor-forum-003", "lantern-report-003"}


@pytest.fixture
def view(graph: Path, run: Run) -> View:
    """`kg view …` of the small graph."""
    return lambda *args: run("view", *args, "--graph", graph)


def drawn(done: Result) -> set[str]:
    """The statements that a page lists."""
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("<!doctype html>")
    return set(re.findall(r'id="st[:-]([\w-]+)"', done.stdout))


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (["--all"], ALL),
        (["--conflicts"], HOSTS),
        (["--query", "contradictions"], HOSTS),
        (["--query", "participants-of-an-event", "-p", "event=event:tidal-workshop"], {"harbor-forum-005"}),
        (["doc:charter"], {"harbor-forum-008"}),
        (["zoe marsh", "charter of quiet machines"], {"harbor-forum-005", "harbor-forum-008", "lantern-report-001"}),
        (["--all", "--modality", "planned"], {"harbor-forum-008"}),
        (["--all", "--source", "lantern-report"], {"lantern-report-001", "lantern-report-003"}),
        (["--all", "--role", "host", "--status", "asserted"], {"lantern-report-003"}),
        (["agent:iqm", "--no-contradicted"], {"harbor-forum-008"}),
    ],
)  # fmt: skip
def test_a_page_shows_the_statements_asked_for(asked: list[str], wanted: set[str], view: View) -> None:
    done = view(*asked)
    assert drawn(done) == wanted
    assert done.stderr == ""


def test_a_source_alone_is_drawn(view: View) -> None:
    done = view("--source", "lantern-report")
    assert drawn(done) == {"lantern-report-001", "lantern-report-003"}
    assert "<title>Yearly report of the Lantern Council</title>" in done.stdout
    assert drawn(view("--source", "lantern-report", "--source", "harbor-forum")) == ALL


def test_depth_goes_further(view: View) -> None:
    """From the charter to the institute, from there to the forum, from there to all that joins it."""
    assert drawn(view("doc:charter", "--depth", "2")) == {"harbor-forum-008", "harbor-forum-003"}
    assert drawn(view("doc:charter", "--depth", "3")) == {
        "harbor-forum-008", "harbor-forum-003", "harbor-forum-001", "harbor-forum-004", "lantern-report-003",
    }  # fmt: skip


def test_a_page_without_statements_is_made_and_said_so(view: View, tmp_path: Path) -> None:
    done = view("agent:iqm", "--until", "1999-12-31", "-o", tmp_path / "a.html")
    said = "no statement joins what was asked for: the page says so\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", said)
    assert "There is no statement to show." in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_the_page_goes_to_a_file_or_to_standard_output(view: View, tmp_path: Path) -> None:
    printed = view("--conflicts")
    assert view("--conflicts", "-o", tmp_path / "a.html").output == ""
    assert (tmp_path / "a.html").read_bytes() == printed.stdout_bytes == view("--conflicts", "-o", "-").stdout_bytes


def test_a_terminal_is_spared_a_page(graph: Path) -> None:
    said = "Error: name a file for the page: -o view.html (see kg view --help)\n"
    assert on_terminal("view", "--all", "--graph", graph, code=2, errors=True) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "say what to draw: one of ENTITY, --query, --conflicts, --all, or a --source (see kg view --help)"),
        (["agent:iqm", "--all"], "say what to draw: one of .*"),
        (["--conflicts", "--query", "contradictions"], "say what to draw: one of .*"),
        (["agent:iqm", "-p", "a=b"], r"-p sets a parameter of --query NAME \(see kg view --help\)"),
        (["--query", "contradictons"], "there is no question 'contradictons': did you mean contradictions.*"),
        (["--query", "participants-of-an-event", "-p", "event"], "-p 'event' is no KEY=VALUE, .*"),
        (["--query", "actors-in-several-sources"], "actors-in-several-sources returns no statements to draw: .*"),
        (["Zoe Mash"], r"nothing in the graph is called 'Zoe Mash': did you mean agent:zoe-marsh \(Zoë Marsh\)\?"),
        ([""], "nothing in the graph is called ''.*"),
        (["agent:iqm", "--depth", "5"], "Invalid value for '--depth': 5 is not in the range .*"),
        (["--source", "zzz"], "--source is 'zzz': it takes one of harbor-forum, lantern-report"),
    ],
)
def test_a_wrong_use_is_one_line(asked: list[str], said: str, view: View) -> None:
    done = view(*asked)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    pattern = said if ".*" in said or "\\" in said else re.escape(said)
    assert re.fullmatch(f"Error: {pattern}\n", done.stderr), done.stderr


@pytest.mark.parametrize(("place", "said"), [("", "is a folder"), ("absent/a.html", "there is no folder")])
def test_a_place_that_can_not_be_written_is_said_so(place: str, said: str, view: View, tmp_path: Path) -> None:
    done = view("--conflicts", "-o", tmp_path / place)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ") and said in done.stderr and done.stderr.count("\n") == 1
