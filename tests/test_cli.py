"""The command line: help with examples, exit codes, JSON, what goes to which stream, colours and pipes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from kg.cli import main
from kg.folders import version

ROOT = Path(__file__).parent.parent
REAL = ROOT / "kg" / "data"
COMMANDS = main.list_commands(click.Context(main))

Run = Callable[..., Result]


@pytest.fixture
def graph(small: Path, run: Run) -> Path:
    """The built graph of the small project."""
    out = small.parent / "built"
    assert run("build", "--data", small, "--out", out).exit_code == 0
    return out / "aigov-kg.nq"


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_") and name != "NO_COLOR"}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | settings


def command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "kg", *map(str, args)]


def uncover(data: Path) -> None:
    path = data / "coverage" / "harbor-forum.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('  - {at: [799, 858], reason: "scenery"}\n', ""), encoding="utf-8")


# ---------------------------------------------------------------- help


def test_the_commands_are_these() -> None:
    assert COMMANDS == ["build", "check", "coverage", "agreement", "anchor", "show"]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_that_names_the_command(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == run(name, "-h").stdout
    assert re.search(rf"^  Examples?: kg {name}\b", done.stdout, re.MULTILINE)
    assert "\nOptions:\n" in done.stdout


def test_the_help_of_all_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert (done.exit_code, done.stderr) == (0, "")
    listed = re.findall(r"^  (\w+)  +\S", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == COMMANDS
    assert "Example: kg " in done.stdout


def test_without_a_command_help_is_shown(run: Run) -> None:
    done = run()
    assert done.exit_code == 2
    assert "Commands:" in done.output


def test_the_version_needs_no_installation(run: Run) -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"kg, version {version()}\n", "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("biuld", "there is no command 'biuld': did you mean kg build?"),
        ("shwo", "there is no command 'shwo': did you mean kg show?"),
        ("xyzzy", "there is no command 'xyzzy': see kg --help"),
    ],
)
def test_an_unknown_command_is_answered(typed: str, said: str, run: Run) -> None:
    done = run(typed)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


# ---------------------------------------------------------------- exit codes


def test_good_data_is_0(small: Path, run: Run) -> None:
    for args in (("check",), ("check", "--json"), ("coverage",), ("build", "--out", small / "out")):
        assert run(*args, "--data", small).exit_code == 0


def test_bad_data_is_1(small: Path, run: Run) -> None:
    uncover(small)
    for args in (
        ("check",),
        ("check", "--json"),
        ("coverage",),
        ("coverage", "--json"),
        ("build", "--out", small / "o"),
    ):
        done = run(*args, "--data", small)
        assert done.exit_code == 1, args
        assert "Traceback" not in done.output


@pytest.mark.parametrize("name", ["build", "check", "coverage", "agreement", "anchor", "show"])
def test_a_folder_that_is_no_project_is_2(name: str, tmp_path: Path, run: Run) -> None:
    done = run(name, *(["Anybody"] if name == "show" else []), "--data", tmp_path / "absent")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ") and "absent" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ["coverage", "--source", "nothing"],
            "there is no source 'nothing' with a text: use one of harbor-forum, lantern",
        ),
        (["agreement"], "holds no pair of readings"),
        (["anchor"], "anchoring needs the texts: name their folder with --texts DIR or KG_TEXTS"),
        (["anchor", "--texts", "absent"], "the folder of texts absent does not exist"),
        (["check", "--texts", "absent"], "the folder of texts absent does not exist"),
        (["show", "Nobody At All"], "nothing in the graph is called 'Nobody At All'"),
        (
            ["show", "Zoë Marsh", "--graph", "absent.nq"],
            "there is no graph at absent.nq: run kg build, or correct --graph",
        ),
    ],
)
def test_a_wrong_use_is_2(args: list[str], said: str, small: Path, run: Run) -> None:
    done = run(*args, "--data", small)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr and "Traceback" not in done.stderr


# ---------------------------------------------------------------- streams


def test_check_prints_issues_on_one_stream_and_the_count_on_the_other(small: Path, run: Run) -> None:
    clean = run("check", "--data", small, "--texts", small / "texts")
    assert clean.stdout == ""
    assert clean.stderr == "0 errors, 0 warnings; spans compared with 2 texts\n"
    uncover(small)
    faulty = run("check", "--data", small)
    assert faulty.stdout.startswith("error: coverage/harbor-forum.yaml: nothing covers characters 799-858")
    assert faulty.stdout.count("\n") == 1
    assert faulty.stderr.endswith("0 warnings; spans not compared with the texts\n")


def test_coverage_prints_the_report_on_one_stream_and_problems_on_the_other(small: Path, run: Run) -> None:
    done = run("coverage", "--data", small, "--texts", small / "texts", "--source", "lantern-report")
    assert done.stderr == ""
    assert done.stdout.startswith("src:lantern-report: 3 statements cover ")
    assert "260-281 'We thank our readers.': thanks" in done.stdout
    assert "harbor" not in done.stdout
    bare = run("coverage", "--data", small)
    assert bare.stderr == "No texts at hand: offsets are those recorded; --texts DIR shows the words.\n"
    uncover(small)
    assert "error: coverage/harbor-forum.yaml: nothing covers" in run("coverage", "--data", small).stderr


def test_show_prints_the_card(graph: Path, small: Path, run: Run) -> None:
    done = run("show", "zoë marsh", "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Zoë Marsh  Person, agent:zoe-marsh\n\nholds\n  Chair of the Lantern Council\n")
    assert "      “Zoë … council” (src:lantern-report, 38-84)\n" in done.stdout
    assert "\ninferred\n" in done.stdout
    assert "\ninferred\n" not in run("show", "zoë marsh", "--graph", graph, "--no-inferred").stdout
    texts = run("show", "zoë marsh", "--graph", graph, "--texts", small / "texts").stdout
    assert "“Zoë Marsh has been in the chair of our council since 2028, and all members are glad of it.”" in texts


@pytest.mark.parametrize(
    "text", [b"Quite another text, long enough to reach the places of the spans. " * 9, b"\xff" * 900]
)
def test_show_takes_no_words_from_another_text(text: bytes, graph: Path, small: Path, run: Run) -> None:
    (small / "texts" / "lantern-report.txt").write_bytes(text)
    done = run("show", "zoë marsh", "--graph", graph, "--texts", small / "texts")
    assert done.exit_code == 0
    assert "      “Zoë … council” (src:lantern-report, 38-84)\n" in done.stdout


def test_show_marks_what_is_contradicted_and_planned(graph: Path, run: Run) -> None:
    assert "[self-reported, actual, CONTRADICTED] says" in run("show", "Harbor Forum 2030", "--graph", graph).stdout
    assert "[self-reported, planned] says" in run("show", "doc:charter", "--graph", graph).stdout


def test_show_builds_a_graph_once_and_says_so_aside(small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(small.parent / "cache"))
    first, second = (run("show", "agent:iqm", "--data", small) for _ in range(2))
    assert first.stderr == "building the graph once (kg build keeps it in dist/)\n"
    assert second.stderr == ""
    assert first.stdout == second.stdout and first.stdout.startswith("Institute of Quiet Machines  Organization")


# ---------------------------------------------------------------- JSON


def test_json_of_check(small: Path, run: Run) -> None:
    assert json.loads(run("check", "--json", "--data", small).stdout) == []
    uncover(small)
    done = run("check", "--json", "--data", small)
    [issue] = json.loads(done.stdout)
    assert done.stderr == ""
    assert issue["file"] == "coverage/harbor-forum.yaml" and issue["severity"] == "error"
    assert set(issue) == {"file", "line", "rule", "message", "remedy", "subject", "severity"}


def test_json_of_check_when_the_data_can_not_be_loaded(small: Path, run: Run) -> None:
    (small / "names.yaml").write_text("names: [a\n", encoding="utf-8")
    done = run("check", "--json", "--data", small)
    assert done.exit_code == 1
    assert {(issue["file"], issue["rule"]) for issue in json.loads(done.stdout)} == {("names.yaml", "yaml")}


def test_json_of_coverage(small: Path, run: Run) -> None:
    reports = json.loads(run("coverage", "--json", "--data", small).stdout)
    assert [report["source"] for report in reports] == ["src:harbor-forum", "src:lantern-report"]
    assert [report["statements"] for report in reports] == [8, 3]
    assert [report["sentences"] for report in reports] == [9, 4]


def test_json_of_agreement(run: Run) -> None:
    done = run("agreement", "--json", "--data", REAL)
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(0 <= one["shared"] <= 1 and one["kappas"].keys() >= {"status"} for one in json.loads(done.stdout))


# ---------------------------------------------------------------- terminals and pipes


def on_terminal(args: list[str], **settings: str) -> str:
    """What a command writes when its standard output is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(args, stdout=theirs, stderr=subprocess.DEVNULL, env=environment(**settings)) as process:
        os.close(theirs)
        found = b""
        try:
            while part := os.read(ours, 65536):
                found += part
        except OSError:  # the terminal is gone when the command is
            pass
        finally:
            os.close(ours)
        assert process.wait(timeout=60) == 0
    return found.decode("utf-8")


def test_colours_are_for_terminals(graph: Path) -> None:
    args = command("show", "agent:zoe-marsh", "--graph", graph)
    piped = subprocess.run(args, env=environment(), capture_output=True, text=True, check=True)
    assert "\x1b" not in piped.stdout + piped.stderr and "Zoë Marsh" in piped.stdout
    assert "\x1b[" in on_terminal(args)
    plain = on_terminal(args, NO_COLOR="1")
    assert "\x1b" not in plain
    assert plain.replace("\r\n", "\n") == piped.stdout


def test_a_build_that_is_piped_draws_nothing(small: Path, tmp_path: Path) -> None:
    args = command("build", "--data", small, "--out", tmp_path / "out")
    done = subprocess.run(args, env=environment(), capture_output=True, text=True, check=True)
    assert done.stderr == "" and "\x1b" not in done.stdout


@pytest.mark.parametrize("name", ["show", "check", "coverage", "build", "--help"])
def test_a_closed_pipe_is_quiet(name: str, small: Path, graph: Path, tmp_path: Path) -> None:
    uncover(small)
    calls: dict[str, list[str | Path]] = {
        "show": ["show", "agent:zoe-marsh", "--graph", graph],
        "check": ["check", "--json", "--data", small],
        "coverage": ["coverage", "--json", "--data", small],
        "build": ["build", "--data", ROOT / "tests" / "small", "--out", tmp_path / "out"],
        "--help": ["--help"],
    }
    with subprocess.Popen(
        command(*calls[name]), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()  # the reader goes away before anything is written
        said = process.stderr.read().decode()
        process.wait(timeout=60)
    assert "Traceback" not in said and "Broken" not in said and "Exception ignored" not in said
    assert process.returncode == -signal.SIGPIPE
    if name in ("show", "--help"):
        assert said == ""


def test_the_head_of_a_card_is_quiet(graph: Path) -> None:
    line = f'"{sys.executable}" -m kg show agent:zoe-marsh --graph "{graph}" | head -n 1'
    done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("Zoë Marsh  Person, agent:zoe-marsh\n", "")


def test_a_reader_that_reads_nothing_is_no_failure(graph: Path) -> None:
    shown = f'"{sys.executable}" -m kg show agent:zoe-marsh --graph "{graph}"'
    line = f"{shown} | (exec <&-; sleep 1); exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (141, b"", b"")


def test_what_an_encoding_lacks_is_escaped(graph: Path) -> None:
    args = command("show", "agent:zoe-marsh", "--graph", graph)
    done = subprocess.run(args, env=environment(PYTHONIOENCODING="latin-1"), capture_output=True, check=True)
    assert done.stderr == b""
    assert b"\\u201c" in done.stdout and "Zoë Marsh" in done.stdout.decode("latin-1")


def test_one_is_not_several(run: Run) -> None:
    from kg.cli.make import _several

    assert [_several(count, "text") for count in (0, 1, 2)] == ["0 texts", "1 text", "2 texts"]


# One change each to the lines of a built graph, after which a card can't be made.
DAMAGES = {
    "a statement without its relation": ("-ns#predicate> ", None),
    "evidence without its source": ("hasSource> ", None),
    "an offset that is no number": ('oa#start> "', "x"),
    "a line that is none": ("lantern-report-001> <", "@@"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_graph_is_said_so(damage: str, graph: Path, run: Run) -> None:
    mark, new = DAMAGES[damage]
    lines = graph.read_text(encoding="utf-8").splitlines()
    changed = [
        line if mark not in line else None if new is None
        else line.replace(mark, mark + new)
        for line in lines
    ]  # fmt: skip
    graph.write_text("".join(f"{line}\n" for line in changed if line is not None), encoding="utf-8")
    done = run("show", "agent:zoe-marsh", "--graph", graph)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert re.search(r"^Error: .*aigov-kg\.nq is no graph of this version \(.*\): run kg build$", done.stderr, re.M)


def test_offsets_behind_a_text_are_said_so(small: Path, graph: Path, run: Run) -> None:
    lines = graph.read_text(encoding="utf-8")
    graph.write_text(re.sub(r'(oa#(?:start|end)> ")', r"\g<1>9999", lines), encoding="utf-8")
    done = run("show", "agent:zoe-marsh", "--graph", graph, "--texts", small / "texts")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "is no graph of this version" in done.stderr


def test_names_that_the_locale_can_not_write_are_no_trouble(graph: Path) -> None:
    args = command("show", "agent:zoe-marsh", "--graph", graph)
    done = subprocess.run(args, env=environment(LC_ALL="C", PYTHONIOENCODING="ascii"), capture_output=True, check=True)
    assert done.stderr == b"" and b"agent:zoe-marsh" in done.stdout


@pytest.mark.parametrize("name", ["build", "check", "coverage", "agreement", "anchor", "show"])
def test_commands_are_found_by_the_environment_too(
    name: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KG_DATA names the project: one that is absent is complained about."""
    monkeypatch.setenv("KG_DATA", str(small / "absent"))
    done = run(name, *(["Anybody"] if name == "show" else []))
    assert done.exit_code == 2 and "absent" in done.stderr
