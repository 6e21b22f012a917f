"""The command line: help with examples, exit codes, one-line messages, the graph that is read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result
from processes import READERS, uncover

from kg.cli import main
from kg.folders import version

ROOT = Path(__file__).parent.parent


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    """The names of all commands, with the groups that they are in."""
    for name in group.list_commands(click.Context(group)):
        yield (*names, name)
        found = group.get_command(click.Context(group), name)
        if isinstance(found, click.Group):
            yield from commands(found, *names, name)


COMMANDS = list(commands(main))
Run = Callable[..., Result]


# ---------------------------------------------------------------- help


def test_the_commands_are_these() -> None:
    assert [" ".join(names) for names in COMMANDS] == [
        "find", "show", "path", "timeline", "query", "query list", "query run", "query show", "query sparql", "view",
        "explore", "site", "serve", "load", "verify", "unload", "build", "check", "coverage", "agreement", "anchor",
    ]  # fmt: skip


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_names_the_command(names: tuple[str, ...], run: Run) -> None:
    done = run(*names, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == run(*names, "-h").stdout
    assert re.search(rf" Examples?: (echo .* \| )?kg {' '.join(names)}\b", " ".join(done.stdout.split()))
    assert "\nOptions:\n" in done.stdout


def test_the_help_of_all_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert (done.exit_code, done.stderr) == (0, "")
    listed = re.findall(r"^  (\w+)  +\S", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == [names[0] for names in COMMANDS if len(names) == 1]
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
        ("qurey", "there is no command 'qurey': did you mean kg query?"),
        ("a\nb", r"there is no command 'a\nb': see kg --help"),
        ("xyzzy", "there is no command 'xyzzy': see kg --help"),
    ],
)
def test_an_unknown_command_is_answered(typed: str, said: str, run: Run) -> None:
    done = run(typed)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {said}\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--nope"], r"No such option:? '?--nope'? \(see kg --help\)"),
        (["find"], r"Missing argument 'TEXT' \(see kg find --help\)"),
        (["find", "a", "b\nc"], r"Got unexpected extra argument \(b\\nc\) \(see kg find --help\)"),
        (["path", "a"], r"Missing argument 'B' \(see kg path --help\)"),
        (["path", "a", "b", "--routes", "0"], r"Invalid value for '--routes': 0 is not in .* \(see kg path --help\)"),
        (["timeline", "-f", "xlsx"], r"Invalid value for '-f' / '--format': 'xlsx' .* \(see kg timeline --help\)"),
        (["query", "run"], r"Missing argument 'NAME' \(see kg query run --help\)"),
        (["view", "--depth", "x"], r"Invalid value for '--depth': 'x' is not a valid .* \(see kg view --help\)"),
        (["show", "x", "--graph", "no\nfile"], r"there is no graph at no\\nfile: run kg build, or correct --graph"),
        (["check", "--data", "\x1b[31m"], r"\\x1b\[31m is no project folder, .*: name one with --data DIR"),
    ],
)
def test_a_wrong_call_is_one_line_that_says_what_to_do(args: list[str], said: str, run: Run) -> None:
    done = run(*args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(f"Error: {said}\n", done.stderr), done.stderr


def test_a_group_alone_shows_its_help(run: Run) -> None:
    done = run("query")
    assert done.exit_code == 2
    assert "Usage: " in done.output and "\n  sparql " in done.output


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


CALLS = READERS | {name: [name] for name in ("build", "check", "coverage", "agreement", "anchor")}


@pytest.mark.parametrize("name", CALLS)
def test_a_folder_that_is_no_project_is_2(name: str, tmp_path: Path, run: Run) -> None:
    done = run(*CALLS[name], "--data", tmp_path / "absent")
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


# ---------------------------------------------------------------- which graph


# One change each to the lines of a built graph, after which a card can't be made.
DAMAGES = {
    "a statement without its relation": ("-ns#predicate> ", None),
    "evidence without its source": ("hasSource> ", None),
    "an offset that is no number": ('oa#start> "', "x"),
    "a line that is none": ("lantern-report-001> <", "@@"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_graph_is_said_so(damage: str, graph: Path, tmp_path: Path, run: Run) -> None:
    mark, new = DAMAGES[damage]
    lines = graph.read_text(encoding="utf-8").splitlines()
    changed = [
        line if mark not in line else None if new is None
        else line.replace(mark, mark + new)
        for line in lines
    ]  # fmt: skip
    damaged = tmp_path / "aigov-kg.nq"
    damaged.write_text("".join(f"{line}\n" for line in changed if line is not None), encoding="utf-8")
    done = run("show", "agent:zoe-marsh", "--graph", damaged)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    read = "is no graph of this version" if new != "@@" else "can't be read as N-Quads"
    assert re.fullmatch(rf"Error: \S*aigov-kg\.nq {read} \(.*\): (run kg build|build it again)\n", done.stderr)


@pytest.mark.parametrize("name", CALLS)
def test_a_project_is_found_by_the_environment_too(
    name: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KG_DATA names the project: one that is absent is complained about."""
    monkeypatch.setenv("KG_DATA", str(small / "absent"))
    done = run(*CALLS[name])
    assert done.exit_code == 2 and "absent" in done.stderr


@pytest.mark.parametrize("name", READERS)
def test_a_graph_is_found_by_the_environment_too(
    name: str, graph: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_GRAPH", str(graph))
    assert run(*READERS[name]).exit_code == 0
    monkeypatch.setenv("KG_GRAPH", str(tmp_path / "absent.nq"))
    done = run(*READERS[name])
    said = f"Error: there is no graph at {tmp_path / 'absent.nq'}: run kg build, or correct --graph\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


# ---------------------------------------------------------------- an old graph, or none


@pytest.fixture
def here(small: Path, graph: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project as the current folder, with a graph in `dist/` that was not built from it."""
    (small / "dist").mkdir()
    shutil.copy(graph, small / "dist")
    monkeypatch.chdir(small)
    return small


@pytest.mark.parametrize("name", READERS)
def test_an_old_graph_is_told_once(name: str, here: Path, run: Run) -> None:
    done = run(*READERS[name])
    said = f"dist/aigov-kg.nq was not built from {here} as it is now: run kg build\n"
    assert done.exit_code == 0 and done.stderr.startswith(said) and done.stderr.count(said) == 1


def test_a_graph_of_the_data_as_they_are_is_not_old(here: Path, run: Run) -> None:
    shutil.rmtree(here / "dist")
    assert run("build").exit_code == 0
    assert run("timeline").stderr == ""
    (here / "sources.yaml").write_text(
        (here / "sources.yaml").read_text(encoding="utf-8") + "# more\n", encoding="utf-8"
    )
    assert "was not built from" in run("timeline").stderr


@pytest.mark.parametrize("name", READERS)
def test_without_a_graph_one_is_built_once(name: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(small.parent / "cache"))
    first, second = (run(*READERS[name], "--data", small) for _ in range(2))
    assert first.stderr == "building the graph once (kg build keeps it in dist/)\n" + second.stderr
    assert first.exit_code == second.exit_code == 0 and first.stdout == second.stdout


def test_the_list_of_commands_says_what_each_help_says_first(run: Callable[..., Result]) -> None:
    from kg.cli import _COMMANDS

    for name, (_, said) in _COMMANDS.items():
        first = " ".join(run(name, "--help").stdout.split("\n\n")[1].split())
        assert first.startswith(said.removesuffix(".")), name
