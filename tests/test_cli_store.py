"""kg load, kg verify, kg unload: what they print, where, and how they end."""

from __future__ import annotations

import csv
import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import click
import pyoxigraph as ox
import pytest
from click.testing import Result
from processes import command, environment, on_terminal
from stores.fake import PATHS, Answer, Asked, Fake, nquads
from timing import within

from kg.cli import main
from kg.graphs import GRAPHS, graph_name
from kg.stores.record import RECORD

ROOT = Path(__file__).parent.parent
Run = Callable[..., Result]
OTHERS = "<x:not> <x:our> <x:own> ."


@pytest.fixture
def named(fakes: Fake, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The address of a store of each dialect with the options that it needs; credentials where it wants them."""
    if fakes.user:
        for name, value in zip(("USER", "PASSWORD"), fakes.user, strict=True):
            monkeypatch.setenv(f"KG_STORE_{name}", value)
    generic = ["--graph-store", fakes.endpoint(2), "--update", fakes.endpoint(1)]
    return [fakes.url, *(generic if fakes.dialect == "generic" else [])]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A graph of few triples."""
    file = tmp_path / "other.nq"
    file.write_bytes(nquads(facts='<x:a> <x:b> "c"\n<x:a> <x:b> "d"'))
    return file


def failed(done: Result, code: int) -> str:
    """The one line that a command says when it fails."""
    assert done.exit_code == code, (done.output, done.exception)
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), (
        done.stderr
    )
    return done.stderr.removeprefix("Error: ").removesuffix("\n")


def fill(fake: Fake, graph: Path) -> None:
    """Puts a graph file into a store, past the network and without a record."""
    quads = list(ox.parse(graph.read_bytes(), format=ox.RdfFormat.N_QUADS))
    fake.store.extend(quads)


def rows(done: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(done.stdout)))


def reads(asked: Asked) -> bool:
    """Whether a request changes nothing."""
    return asked.method == "GET" or b"query=" in asked.body[:6]


# ---------------------------------------------------------------- loading


def test_a_store_is_filled_checked_and_emptied(fakes: Fake, named: list[str], graph: Path, run: Run) -> None:
    done = run("load", *named, "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "")
    head, *lines, last = done.stdout.splitlines()
    assert head == f"{fakes.endpoint(0)} ({fakes.dialect})"
    assert [line.split()[0] for line in lines] == list(GRAPHS)
    assert lines[1] == "  facts              46 triples,      0.0 MB: load it by one request"
    assert re.fullmatch(r"loaded 1,401 triples in \d+\.\d s", last)
    done = run("verify", *named, "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [row["equal"] for row in rows(done)] == ["yes"] * 5
    done = run("unload", *named)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"removed 1,401 triples in 5 graphs from {fakes.endpoint(0)}\n"
    assert fakes.graphs() == {}
    assert run("unload", *named).stdout == f"removed 0 triples in 0 graphs from {fakes.endpoint(0)}\n"


def test_loading_twice_says_so_and_writes_nothing(fakes: Fake, named: list[str], graph: Path, run: Run) -> None:
    run("load", *named, "--graph", graph)
    before = len(fakes.writes)
    done = run("load", *named, "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "")
    _, *lines, last = done.stdout.splitlines()
    assert all(line.endswith(" MB: is there already") for line in lines) and last == "nothing to do"
    assert len(fakes.writes) == before


@pytest.mark.parametrize("there", ["nothing", "the same", "older", "others"])
def test_a_dry_run_says_what_would_be_done_and_changes_nothing(
    there: str, fakes: Fake, named: list[str], graph: Path, other: Path, run: Run
) -> None:
    if there in ("the same", "older"):
        run("load", *named, "--graph", graph if there == "the same" else other)
    if there == "others":
        fakes.put(graph_name("facts").value, OTHERS)
    before = fakes.graphs()
    asked = len(fakes.listener.asked)
    done = run("load", *named, "--graph", graph, "--dry-run")
    assert fakes.graphs() == before and all(map(reads, fakes.listener.asked[asked:]))
    if there == "others":
        assert "holds 1 triples that kg load did not put there, such as <x:not> <x:our> <x:own>: " in failed(done, 1)
        done = run("load", *named, "--graph", graph, "--dry-run", "--force")
        assert fakes.graphs() == before and "facts" in before
    assert (done.exit_code, done.stderr) == (0, "")
    says = {"nothing": ": load it by one request", "the same": ": is there already",
            "older": ": replace an older load, or a piece of this one, 2 there",
            "others": ": replace what others put there, 1 there"}[there]  # fmt: skip
    (facts,) = re.findall(r"^  facts +46 triples, +0\.0 MB(.*)$", done.stdout, re.MULTILINE)
    assert facts == says
    last = done.stdout.splitlines()[-1]
    moved = "  all beside the old ones, then moved in by one request"
    assert last == {"older": moved, "others": moved, "the same": "nothing to do"}.get(there, last)
    assert "loaded" not in done.stdout


def test_without_an_update_endpoint_that_is_said(fake: Fake, graph: Path, other: Path, run: Run) -> None:
    fake.dialect = "generic"
    args = (fake.url, "--graph-store", fake.endpoint(2), "--graph")
    assert run("load", *args, other).exit_code == 0
    done = run("load", *args, graph)
    assert done.exit_code == 0
    assert "\n  one after the other, since no update endpoint is known (--update)\n" in done.stdout
    assert run("verify", *args, graph).exit_code == 0


def test_an_interrupted_load_is_told_and_ended(fake: Fake, graph: Path, other: Path, run: Run) -> None:
    run("load", fake.url, "--graph", other)
    fake.trouble(lambda asked: asked.body.startswith(b"MOVE"), 500)
    said = failed(run("load", fake.url, "--graph", graph), 3)
    assert said == f"{fake.endpoint(1)} failed inside (500: said so); repeat the command to end the load"
    done = run("load", fake.url, "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "an earlier load was interrupted, this one ends it\n")
    assert {name.split("/")[0] for name in fake.graphs()} == {*GRAPHS, "loaded"}


def test_load_can_verify_at_once(fake: Fake, graph: Path, run: Run) -> None:
    done = run("load", fake.url, "--graph", graph, "--verify")
    assert (done.exit_code, done.stderr) == (0, "")
    table = done.stdout.partition("\ngraph,")[2]
    assert table.count(",yes") == 5
    fake.put(graph_name("facts").value, OTHERS)
    fake.trouble(lambda asked: asked.method == "PUT", 500, times=0)
    assert run("verify", fake.url, "--graph", graph).exit_code == 1


def test_force_replaces_what_others_put_there(fake: Fake, graph: Path, run: Run) -> None:
    fake.put(graph_name("facts").value, OTHERS)
    said = failed(run("load", fake.url, "--graph", graph), 1)
    assert said.endswith("choose another store, or replace them with --force")
    assert fake.writes == []
    assert run("load", fake.url, "--graph", graph, "--force").exit_code == 0
    assert run("verify", fake.url, "--graph", graph).exit_code == 0
    fake.put(graph_name("facts").value, OTHERS)
    said = failed(run("unload", fake.url), 1)
    assert said == f"<{graph_name('facts').value}> is not as kg load left it (47 triples): remove it with --force"
    assert run("unload", fake.url, "--force").exit_code == 0
    assert fake.graphs() == {}


def test_a_large_load_is_told_what_memory_it_takes(
    fake: Fake, graph: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from kg.stores.dialects import DIALECTS

    monkeypatch.setitem(DIALECTS, "oxigraph", replace(DIALECTS["oxigraph"], gigabytes=10_000.0))
    said = run("load", fake.url, "--graph", graph, "--dry-run").stderr
    assert said == "  the server will need some 11 GB of memory for it: --files DIR is for its own loader\n"


def test_progress_is_for_terminals(fake: Fake, graph: Path) -> None:
    told = on_terminal("load", fake.url, "--graph", graph, errors=True)
    assert "1,058 triples" in told and "━" in told and "loaded 1,401 triples in" in told


def test_the_graph_is_built_where_there_is_none(
    fake: Fake, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(small.parent / "cache"))
    done = run("load", fake.url, "--data", small)
    assert (done.exit_code, done.stderr) == (0, "building the graph once (kg build keeps it in dist/)\n")
    assert run("verify", fake.url, "--data", small).exit_code == 0


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("dialect", [*PATHS, ""])
def test_files_for_the_loader_of_a_store(dialect: str, fake: Fake, graph: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "it's a place" / "below"
    done = run("load", fake.url, "--graph", graph, "--files", folder, *(["--dialect", dialect] if dialect else []))
    assert (done.exit_code, done.stderr) == (0, "")
    assert fake.listener.asked == [], "the store is not asked"
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        f"{name}.nt{end}" for name in GRAPHS for end in ("", ".graph")
    )
    lines = graph.read_text(encoding="utf-8").splitlines()
    for name in GRAPHS:
        assert (folder / f"{name}.nt.graph").read_text() == f"{graph_name(name).value}\n"
        ours = [
            line.removesuffix(f"{graph_name(name)} .") + "." for line in lines if line.endswith(f"{graph_name(name)} .")
        ]
        assert (folder / f"{name}.nt").read_text(encoding="utf-8").splitlines() == ours
    head, *commands = done.stdout.splitlines()
    place = str(folder).replace("'", "''")
    assert head == {
        "oxigraph": "Stop the server, then for its folder DB:",
        "virtuoso": f"With {place} under DirsAllowed of virtuoso.ini, in isql as dba:",
    }.get(dialect, "With the store's own loader (docs/stores has a page for each), each file into its graph:")
    if dialect == "virtuoso":
        assert commands == [f"  ld_dir('{place}', '*.nt', NULL);", "  rdf_loader_run();", "  checkpoint;"]
        return
    words = [shlex.split(line) for line in commands]
    files = [str(folder / f"{name}.nt") for name in GRAPHS]
    graphs = [graph_name(name).value for name in GRAPHS]
    if dialect == "oxigraph":
        assert words == [
            ["oxigraph", "load", "--location", "DB", "--file", file, "--graph", one]
            for file, one in zip(files, graphs, strict=True)
        ]
    else:
        assert words == [[file, "->", one] for file, one in zip(files, graphs, strict=True)]


def test_files_go_nowhere_else(fake: Fake, graph: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").touch()
    said = failed(run("load", fake.url, "--graph", graph, "--files", tmp_path / "file" / "below"), 2)
    assert said == f"can't write to {tmp_path / 'file' / 'below'} (Not a directory): choose another folder with --files"
    assert run("load", fake.url, "--graph", graph, "--files", tmp_path / "file").exit_code == 2


# ---------------------------------------------------------------- verifying

COLUMNS = ["graph", "triples", "there", "missing", "extra", "digest", "equal"]


@pytest.fixture
def unlike(fake: Fake, graph: Path) -> Fake:
    """A store that lacks the inferred triples, and has two facts of others."""
    fill(fake, graph)
    fake.store.remove_graph(graph_name("inferred"))
    fake.put(graph_name("facts").value, f'{OTHERS}\n<x:a> <x:b> "\u202ec\x9b31m" .')
    return fake


def test_what_differs_is_told_and_ends_with_1(unlike: Fake, graph: Path, run: Run) -> None:
    done = run("verify", unlike.url, "--graph", graph)
    assert done.exit_code == 1
    told = {row["graph"]: [row[name] for name in COLUMNS if name not in ("graph", "digest")] for row in rows(done)}
    assert list(rows(done)[0]) == COLUMNS
    assert told == {
        "ontology": ["1058", "1058", "0", "0", "yes"],
        "facts": ["46", "48", "0", "2", "no"],
        "inferred": ["39", "0", "39", "0", "no"],
        "statements": ["148", "148", "0", "0", "yes"],
        "evidence": ["110", "110", "0", "0", "yes"],
    }
    *some, last = done.stderr.splitlines()
    assert len(some) == 20
    assert some[0] == r'extra facts: <x:a> <x:b> "\u202ec\x9b31m"', "harmless to a terminal"
    assert some[1] == "extra facts: <x:not> <x:our> <x:own>"
    assert some[2].startswith("missing inferred: <https://w3id.org/aigov-kg/id/agent/")
    assert last == (
        f"Error: {unlike.endpoint(0)} differs by 41 triples in facts, inferred, 20 shown (--differences prints all): "
        "kg load mends it (with --force, if others changed it)"
    )
    assert unlike.writes == []


def test_a_long_triple_is_told_by_its_beginning_and_whole_among_all(fake: Fake, graph: Path, run: Run) -> None:
    fill(fake, graph)
    fake.put(graph_name("facts").value, f'<x:a> <x:b> "{"é" * 100_000}" .')
    told = run("verify", fake.url, "--graph", graph).stderr.splitlines()[0]
    assert told.startswith('extra facts: <x:a> <x:b> "éé') and told.endswith("éé…") and len(told) == 500 + 13
    assert "é" * 100_000 in run("verify", fake.url, "--graph", graph, "--differences").stdout


def test_the_digests_are_those_of_the_files(fake: Fake, graph: Path, run: Run) -> None:
    run("load", fake.url, "--graph", graph)
    recorded = {line.split()[0]: line.split('"')[1] for line in fake.graphs()["loaded"]}
    for row in rows(run("verify", fake.url, "--graph", graph)):
        assert recorded[str(graph_name(row["graph"]))] == f"sha256:{row['digest']}"


@pytest.mark.parametrize("form", ["csv", "json", "table", "md", "tsv", "xml"])
def test_the_result_has_every_form(form: str, unlike: Fake, graph: Path, tmp_path: Path, run: Run) -> None:
    done = run("verify", unlike.url, "--graph", graph, "-f", form)
    assert done.exit_code == 1
    for word in (*GRAPHS, "1058", "39"):
        assert word in done.stdout
    file = tmp_path / f"out.{form}" if form != "table" else tmp_path / "out.csv"
    saved = run("verify", unlike.url, "--graph", graph, "--dialect", "oxigraph", "-f", form, "-o", file)
    assert (saved.exit_code, saved.stdout) == (1, "") and file.read_text(
        encoding="utf-8"
    ).strip() == done.stdout.strip()
    if form == "json":
        made = json.loads(done.stdout)
        assert made["head"]["vars"] == COLUMNS and len(made["results"]["bindings"]) == 5


def test_every_difference_can_be_had_as_rows(unlike: Fake, graph: Path, tmp_path: Path, run: Run) -> None:
    done = run("verify", unlike.url, "--graph", graph, "--differences")
    found = rows(done)
    assert list(found[0]) == ["change", "graph", "statement", "triple"]
    assert len(found) == 41
    assert [row["change"] for row in found] == ["extra"] * 2 + ["missing"] * 39
    assert found[1] == {"change": "extra", "graph": "facts", "statement": "", "triple": OTHERS.removesuffix(" .")}
    assert failed(done, 1) == (
        f"{unlike.endpoint(0)} differs by 41 triples in facts, inferred: kg load mends it (with --force, if others "
        "changed it)"
    )
    file = tmp_path / "differences.csv"
    assert run("verify", unlike.url, "--graph", graph, "--differences", "-o", file).stdout == ""
    assert file.read_bytes() == done.stdout_bytes


def test_no_difference_is_no_row(fake: Fake, graph: Path, run: Run) -> None:
    fill(fake, graph)
    done = run("verify", fake.url, "--graph", graph, "--differences")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "change,graph,statement,triple\n", "")


def test_few_differences_are_all_shown(fake: Fake, graph: Path, run: Run) -> None:
    fill(fake, graph)
    text = "<https://w3id.org/aigov-kg/id/agent/iqm> <https://w3id.org/aigov-kg/ns#callsFor>"
    fake.store.update(f"DELETE WHERE {{ GRAPH {graph_name('facts')} {{ {text} ?o }} }}")
    done = run("verify", fake.url, "--graph", graph)
    first, last = done.stderr.splitlines()
    assert first == (f"missing facts st:harbor-forum-007: {text} <https://w3id.org/aigov-kg/id/prop/open-registers>")
    assert last.endswith("differs by 1 triples in facts: kg load mends it (with --force, if others changed it)")
    assert run("load", fake.url, "--graph", graph).exit_code == 0
    assert run("verify", fake.url, "--graph", graph).exit_code == 0


def test_an_empty_store_differs_in_all(fake: Fake, graph: Path, run: Run) -> None:
    done = run("verify", fake.url, "--graph", graph)
    assert done.exit_code == 1
    assert "differs by 1,401 triples in ontology, facts, inferred, statements, evidence, 20 shown" in done.stderr


# ---------------------------------------------------------------- how they end


@pytest.mark.parametrize("name", ["load", "verify", "unload"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:7878", "URL 'localhost:7878' has no http:// or https:// before it: did you mean http://localhost:7878?"),
        ("http://", "URL 'http://' is no address: write one like http://localhost:7878"),
        ("http://me:s3cr3t@localhost", "URL holds a name or password: take it out, and set KG_STORE_USER and "
                                       "KG_STORE_PASSWORD"),
        ("me:s3cr3t@localhost:7878", "URL holds a name or password: take it out, and set KG_STORE_USER and "
                                     "KG_STORE_PASSWORD"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_ends_with_2(name: str, url: str, said: str, graph: Path, run: Run) -> None:
    assert failed(run(name, url, *([] if name == "unload" else ["--graph", graph])), 2) == said


@pytest.mark.parametrize("name", ["load", "verify", "unload"])
@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        (Answer(503, b"busy", {"Content-Type": "text/plain"}), 3, "has too much to do, or is starting (503: busy)"),
        (Answer(500, b"<html>", {"Content-Type": "text/html"}), 3, "failed inside (500: its log may say why)"),
        (Answer(0), 3, "broke off, or does not speak HTTP"),
        (Answer(401), 2, "wants a name and password: set KG_STORE_USER and KG_STORE_PASSWORD, or netrc"),
        (Answer(403, b"\x1b[31mno", {"Content-Type": "text/plain"}), 2, r"KG_STORE_PASSWORD, or netrc: \x1b[31mno"),
        (Answer(404), 2, "is no SPARQL endpoint (it answers 404, nothing): "),
        (Answer(200, b"<html>", {"Content-Type": "text/html"}), 2, "is no SPARQL endpoint (it answers 200, text/html)"),
        (
            Answer(302, b"", {"Location": "https://h.invalid/query"}),
            2,
            "sends POST on to https://h.invalid/query: name",
        ),
    ],
)
def test_a_server_that_can_not_be_used_ends_with_one_line(
    name: str, trouble: Answer, code: int, said: str, fake: Fake, graph: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    fake.trouble(lambda asked: True, trouble, times=9)
    done = run(name, fake.url, "--dialect", "oxigraph", *([] if name == "unload" else ["--graph", graph]))
    assert said in failed(done, code)
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["load", "verify", "unload"])
def test_where_nobody_listens_ends_with_3(
    name: str, fake: Fake, graph: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    said = failed(run(name, "http://127.0.0.1:9", *([] if name == "unload" else ["--graph", graph])), 3)
    assert re.fullmatch(r"nothing answers at http://127\.0\.0\.1:9 \(.*\): is the server running\?", said)


def test_a_store_without_a_place_for_graphs_ends_with_2(fake: Fake, graph: Path, run: Run) -> None:
    args = (fake.endpoint(0), "--dialect", "generic")
    for name in ("load", "unload"):
        said = failed(run(name, *args, *([] if name == "unload" else ["--graph", graph])), 2)
        assert said == (
            f"{fake.endpoint(0)}: where are its graphs? Name its Graph Store Protocol endpoint with --graph-store"
        )
    assert run("verify", *args, "--graph", graph).exit_code == 1, "reading needs none"


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e99", "x", ""])
def test_a_time_that_is_none_is_refused(value: str, fake: Fake, run: Run) -> None:
    said = failed(run("unload", fake.url, "--timeout", value), 2)
    assert said.startswith("Invalid value for '--timeout': ") and said.endswith("(see kg unload --help)")


@pytest.mark.parametrize("name", ["load", "verify"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty: build it again"),
        (b"\x1f\x8b\x08\x00", ":1: this is no quad of the five graphs: build it again"),
        (b"<x:a> <x:b> <x:c> .\n", ":1: this is no quad of the five graphs: build it again"),
        (
            f"_:b <x:b> <x:c> {graph_name('facts')} .\n".encode(),
            ":1: this is no triple of ours (it has a blank node, or",
        ),
    ],
)
def test_a_file_that_is_no_graph_is_told_before_the_store_is_asked(
    name: str, content: bytes, said: str, fake: Fake, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "bad.nq").write_bytes(content)
    assert said in failed(run(name, fake.url, "--graph", tmp_path / "bad.nq"), 2)
    assert fake.listener.asked == []


def test_a_large_file_is_split_while_the_store_is_read(
    fake: Fake, unlike: Fake, graph: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.nq").write_bytes(b"<x:a> <x:b> <x:c> .\n")
    usual = run("verify", unlike.url, "--graph", graph)
    monkeypatch.setattr("kg.cli.store._LARGE", 0)
    large = run("verify", unlike.url, "--graph", graph)
    assert (large.exit_code, large.stdout, large.stderr) == (1, usual.stdout, usual.stderr)
    assert ":1: this is no quad of the five graphs" in failed(
        run("verify", fake.url, "--graph", tmp_path / "bad.nq"), 2
    )
    fake.trouble(lambda asked: True, Answer(500), times=9)
    with within(20):
        failed(run("verify", fake.url, "--graph", graph, "--dialect", "oxigraph"), 3)


def test_no_password_is_ever_written(fakes: Fake, named: list[str], graph: Path, run: Run) -> None:
    """Nor does it stand in what is asked, but as an answer to who wants it."""
    for args in (["load", *named, "--graph", graph], ["verify", *named, "--graph", graph], ["unload", *named]):
        done = run(*args)
        assert "geheim" not in done.output
    for number in (401, 403, 500):
        fakes.trouble(lambda asked: True, Answer(number, b"geheim! is wrong", {"Content-Type": "text/plain"}), times=3)
        said = run("load", *named, "--graph", graph).output
        assert "geheim" not in said or not fakes.user
        fakes.troubles.clear()
    assert not any("geheim" in str(asked) for asked in fakes.listener.asked)


def test_a_password_in_clear_is_warned_of(fake: Fake, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_USER", "u")
    monkeypatch.setenv("KG_STORE_PASSWORD", "s3cr3t")
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    said = run("unload", "http://h.invalid:7878").stderr.splitlines()
    assert said[0] == ("warning: name and password go to http://h.invalid:7878 unencrypted: https would protect them")
    assert len(said) == 2 and run("unload", fake.url).stderr == ""


# ---------------------------------------------------------------- help, and what is not installed


def examples(name: str) -> list[list[str]]:
    """The examples of a help text, before it is broken into lines."""
    told = main.get_command(click.Context(main), name)
    assert told is not None and told.help is not None
    text = " ".join(told.help.split()).partition("Example")[2].partition(": ")[2]
    return [shlex.split(one) for one in re.split(r", (?=kg )", text)]


@pytest.mark.parametrize("name", ["load", "verify", "unload"])
def test_the_examples_of_the_help_run(
    name: str, graph: Path, run: Run, fakes: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the address of a store of its kind."""
    ports = {"oxigraph": "7878", "virtuoso": "8890", "generic": "3030"}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_GRAPH", str(graph))
    if fakes.user:
        monkeypatch.setenv("KG_STORE_USER", fakes.user[0])
        monkeypatch.setenv("KG_STORE_PASSWORD", fakes.user[1])
    ran = 0
    for words in examples(name):
        mine = [word.replace(f"http://localhost:{ports[fakes.dialect]}", fakes.listener.url) for word in words]
        if mine == words:
            continue
        done = run(*mine[1:])
        assert done.exit_code == (1 if name == "verify" else 0), done.output
        ran += 1
    assert ran == {"load": 1, "verify": fakes.dialect != "generic", "unload": fakes.dialect == "oxigraph"}[name]


BARE = "import sys; sys.modules['httpx'] = None; import kg.cli; sys.argv[0] = 'kg'; kg.cli.run()"


@pytest.mark.parametrize("name", ["load", "verify", "unload"])
def test_without_the_library_one_line_says_what_to_install(name: str, graph: Path, fake: Fake) -> None:
    args = [name, fake.url, *([] if name == "unload" else ["--graph", str(graph)])]
    done = subprocess.run([sys.executable, "-c", BARE, *args], env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'Error: httpx is not installed: pip install "aigov-kg[load]"\n'


def test_files_and_help_need_no_library(graph: Path, tmp_path: Path) -> None:
    for args in (["load", "--help"], ["load", "http://h", "--files", str(tmp_path / "f"), "--graph", str(graph)]):
        done = subprocess.run([sys.executable, "-c", BARE, *args], env=environment(), capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_an_interrupted_process_leaves_nothing_behind_and_the_next_load_ends_it(
    fake: Fake, graph: Path, tmp_path: Path, run: Run
) -> None:
    fake.trouble(lambda asked: asked.method == "PUT" and asked.url.endswith("facts"), Answer(500, waits=1.0), done=True)
    settings = environment(TMPDIR=str(tmp_path))
    with subprocess.Popen(
        command("load", fake.url, "--graph", graph), env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 30
        while "PUT facts" not in fake.did() and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, b"")
    assert list(tmp_path.iterdir()) == [], "its sorted files are gone"
    done = run("load", fake.url, "--graph", graph)
    assert (done.exit_code, done.stderr) == (0, "an earlier load was interrupted, this one ends it\n")
    assert run("verify", fake.url, "--graph", graph).exit_code == 0
    assert set(fake.graphs()) == {*GRAPHS, RECORD.rpartition("/")[2]}
