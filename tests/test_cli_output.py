"""-f, -o and --spreadsheet: the same for every command that has rows."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result
from processes import command, environment, on_terminal

from kg.cli.output import Output, drawn
from kg.errors import BadUse
from kg.results import table

Run = Callable[..., Result]

# `kg find zoe`: one thing, by the beginning of its name.
CSV = "id,label,class,name,match\r\nagent:zoe-marsh,Zoë Marsh,Person,Zoë Marsh,start\r\n"
TSV = (
    '?id\t?label\t?class\t?name\t?match\n"agent:zoe-marsh"\t"Zoë Marsh"\t"Person"\t"Zoë Marsh"\t"start"\n'
)  # fmt: skip
MD = "| id | label | class | name | match |\n| --- | --- | --- | --- | --- |\n"
MD += "| agent:zoe-marsh | Zoë Marsh | Person | Zoë Marsh | start |\n"
TABLE = "id               label      class   match\n" + "─" * 41 + "\nagent:zoe-marsh  Zoë Marsh  Person  start\n"

# Every command that has rows, with rows to give in the small project.
ROWS: dict[str, list[str]] = {
    "find": ["find", "zoe"],
    "show": ["show", "agent:zoe-marsh"],
    "path": ["path", "agent:zoe-marsh", "agent:gull-foundation"],
    "timeline": ["timeline"],
    "query list": ["query", "list"],
    "query run": ["query", "run", "contradictions"],
    "query sparql": ["query", "sparql", "QUERY"],
}


@pytest.fixture
def called(graph: Path, tmp_path: Path, run: Run) -> Callable[..., Result]:
    """Calls one of `ROWS` with more options."""
    (tmp_path / "some.rq").write_text("SELECT ?x { ?x a aig:Person }", encoding="utf-8")

    def call(name: str, *args: str | Path) -> Result:
        words = [str(tmp_path / "some.rq") if word == "QUERY" else word for word in ROWS[name]]
        return run(*words, *args, *([] if name == "query list" else ["--graph", graph]))

    return call


def rows(text: str) -> int:
    return text.count("\n") - 1


def test_a_pipe_gets_csv(graph: Path, run: Run) -> None:
    done = run("find", "zoe", "--graph", graph)
    assert (done.exit_code, done.stdout_bytes.decode(), done.stderr) == (0, CSV, "")


@pytest.mark.parametrize(("form", "text"), [("csv", CSV), ("tsv", TSV), ("md", MD), ("table", TABLE)])
def test_the_format_named_is_printed(form: str, text: str, graph: Path, run: Run) -> None:
    assert run("find", "zoe", "-f", form, "--graph", graph).stdout_bytes.decode() == text


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("a.csv", CSV), ("a.tsv", TSV), ("a.md", MD), ("A.TSV", TSV), ("plain", CSV), ("a.csv.tsv", TSV),
        ("a.json", '{"head": {"vars": ["id", "label", "class", "name", "match"]}'), ("a.srj", '{"head": {"vars"'),
        ("a.xml", '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'),
        ("a.srx", '<?xml version="1.0"?><sparql '),
    ],
)  # fmt: skip
def test_the_name_of_a_file_tells_the_format(name: str, begin: str, graph: Path, tmp_path: Path, run: Run) -> None:
    done = run("find", "zoe", "--graph", graph, "-o", tmp_path / name)
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / name).read_bytes().decode().startswith(begin)


def test_a_format_that_is_named_goes_before_the_name_of_the_file(graph: Path, tmp_path: Path, run: Run) -> None:
    run("find", "zoe", "--graph", graph, "-o", tmp_path / "a.json", "-f", "tsv")
    assert (tmp_path / "a.json").read_bytes().decode() == TSV
    run("find", "zoe", "--graph", graph, "-o", tmp_path / "a.csv", "-f", "table")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == TABLE


def test_a_hyphen_is_standard_output(graph: Path, run: Run) -> None:
    assert run("find", "zoe", "--graph", graph, "-o", "-").stdout_bytes.decode() == CSV


@pytest.mark.parametrize("name", ROWS)
def test_formats_and_files_mean_the_same_everywhere(name: str, called: Callable[..., Result], tmp_path: Path) -> None:
    printed = called(name, "-f", "csv")
    assert printed.exit_code == 0 and rows(printed.stdout) > 0
    assert (printed.stderr == "") == (name != "query run")  # which tells its defaults
    assert called(name, "-o", tmp_path / "a.csv").stdout == ""
    assert (tmp_path / "a.csv").read_bytes() == printed.stdout_bytes
    assert called(name, "--spreadsheet").stdout_bytes[:3] == b"\xef\xbb\xbf"
    marked = called(name, "-f", "md").stdout
    assert marked.startswith("| ") and rows(marked) - 1 == rows(printed.stdout)
    drawn_rows = called(name, "-f", "table")
    assert drawn_rows.exit_code == 0 and "\x1b" not in drawn_rows.stdout and "," not in drawn_rows.stdout[:4]


# ---------------------------------------------------------------- spreadsheets


@pytest.mark.parametrize("form", ["json", "tsv", "xml", "md", "table"])
def test_a_spreadsheet_is_csv(form: str, graph: Path, tmp_path: Path, run: Run) -> None:
    done = run("find", "zoe", "--graph", graph, "--spreadsheet", "-f", form, "-o", tmp_path / "a.csv")
    said = f"Error: --spreadsheet makes CSV safe for spreadsheets, not {form}: leave one of them out\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)
    assert not (tmp_path / "a.csv").exists()


def test_formulas_are_made_harmless_where_asked(graph: Path, tmp_path: Path, run: Run) -> None:
    query = tmp_path / "formula.rq"
    query.write_text('SELECT ("=HYPERLINK()" AS ?a) (-1 AS ?b) {}', encoding="utf-8")
    args = ("query", "sparql", query, "--graph", graph)
    assert run(*args).stdout_bytes == b"a,b\r\n=HYPERLINK(),-1\r\n"
    assert run(*args, "--spreadsheet").stdout_bytes == b"\xef\xbb\xbfa,b\r\n'=HYPERLINK(),-1\r\n"


# ---------------------------------------------------------------- places


def test_an_earlier_file_is_replaced_and_nothing_is_left_beside_it(graph: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.csv").write_text("x" * 9999, encoding="utf-8")
    run("find", "zoe", "--graph", graph, "-o", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().decode() == CSV
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "Error: {0} is a folder: name a file with -o"),
        ("absent/a.csv", "Error: there is no folder {0}/absent to write a.csv to"),
        ("full", "Error: can't write {0}/full (No space left on device): choose another place"),
        ("/proc/a.csv", "Error: can't write /proc/a.csv (No such file or directory): choose another place"),
    ],
)
def test_a_place_that_can_not_be_written_is_said_so(
    place: str, said: str, graph: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "full").symlink_to("/dev/full")  # a link: were it replaced, the device would stay
    done = run("find", "zoe", "--graph", graph, "-o", tmp_path / place)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said.format(tmp_path) + "\n")


def test_what_is_no_plain_file_is_written_to_and_stays(graph: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    assert run("find", "zoe", "--graph", graph, "-o", tmp_path / "null").exit_code == 0
    assert (tmp_path / "null").is_char_device()
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run("find", "zoe", "--graph", graph, "-o", pipe).exit_code == 0
    reader.join(timeout=30)
    assert read == [CSV.encode()] and pipe.is_fifo()


@pytest.mark.parametrize("args", [["find", "zoe"], ["find", "zoe", "-f", "table"], ["show", "agent:zoe-marsh"]])
def test_a_full_disk_behind_standard_output_is_one_line(args: list[str], graph: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*args, "--graph", graph), stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    said = b"Error: can't write the result (No space left on device): make room or choose another place\n"
    assert (done.returncode, done.stderr) == (2, said)


# ---------------------------------------------------------------- terminals


def test_a_terminal_gets_a_table_of_its_width(graph: Path) -> None:
    wide = click.unstyle(on_terminal("find", "zoe", "--graph", graph))
    assert wide == TABLE
    narrow = click.unstyle(on_terminal("find", "zoe", "--graph", graph, width=26))
    assert narrow == "label      class   match\n" + "─" * 24 + "\nZoë Marsh  Person  start\n  agent:zoe-marsh\n"
    assert click.unstyle(on_terminal("find", "zoe", "--graph", graph, width=200, COLUMNS="26")) == narrow
    blocks = click.unstyle(on_terminal("find", "zoe", "--graph", graph, width=12))
    assert blocks.splitlines() == [
        "Row 1", "id     agent:zoe-marsh", "label  Zoë", "       Marsh", "class  Person", "match  start",
    ]  # fmt: skip


def test_the_table_of_a_file_has_the_same_width_everywhere(
    graph: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ("timeline", "--graph", graph, "-f", "table", "-o")
    run(*args, tmp_path / "a.txt")
    monkeypatch.setenv("COLUMNS", "20")
    run(*args, tmp_path / "b.txt")
    made = (tmp_path / "a.txt").read_bytes()
    assert made == (tmp_path / "b.txt").read_bytes()
    assert made.decode().startswith("date                   what  ")


def test_no_color_takes_all_style_away(graph: Path) -> None:
    assert "\x1b[1m" in on_terminal("find", "zoe", "--graph", graph)
    assert on_terminal("find", "zoe", "--graph", graph, NO_COLOR="1") == TABLE


def test_the_locale_without_letters_is_no_trouble(graph: Path) -> None:
    args = command("find", "zoe", "--graph", graph, "-f", "table")
    plain = subprocess.run(args, env=environment(LC_ALL="C"), capture_output=True, check=True)
    assert (plain.stdout.decode(), plain.stderr) == (TABLE, b"")
    latin = subprocess.run(args, env=environment(PYTHONIOENCODING="latin-1"), capture_output=True, check=True)
    assert (latin.stdout.decode("latin-1"), latin.stderr) == (TABLE.replace("─", "-"), b"")


def test_a_text_can_not_steer_the_terminal() -> None:
    made = drawn(table(("a",), [("red \x1b[31m\nnext\u202e",)]))
    assert made[-1] == "red \\x1b[31m next\\u202e"


def test_values_that_do_not_match_their_type_are_shown_as_they_are(graph: Path, tmp_path: Path, run: Run) -> None:
    query = tmp_path / "typed.rq"
    query.write_text('SELECT (STRDT("x", xsd:integer) AS ?a) (STRDT("y", xsd:date) AS ?b) {}', encoding="utf-8")
    done = run("query", "sparql", query, "--graph", graph, "-f", "table")
    assert (done.exit_code, done.stdout) == (0, "a  b\n────\nx  y\n")


def test_the_format_is_found_from_what_was_asked() -> None:
    assert Output(None, None, False).format == "csv"
    assert Output(None, Path("x.md"), False).format == "md"
    assert Output("xml", Path("x.md"), False).format == "xml"
    assert Output(None, Path("x.md"), True).format == "md"  # and then refused: it is no CSV
    with pytest.raises(BadUse, match=r"x\.txt ends in none of \.csv"):
        _ = Output(None, Path("x.txt"), True).format
