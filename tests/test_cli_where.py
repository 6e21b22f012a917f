"""`--endpoint`: each command that asks a graph asks one in a triplestore alike."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result
from processes import READERS, environment
from stores.elsewhere import Elsewhere

from kg.cli.completion import complete_entity
from kg.cli.look import show
from kg.lookup import named

Run = Callable[..., Result]


@pytest.mark.parametrize("name", READERS)
def test_the_answer_is_that_of_the_file(name: str, run: Run, graph: Path, elsewhere: Elsewhere) -> None:
    there = run(*READERS[name], "--endpoint", elsewhere.url)
    here = run(*READERS[name], "--graph", graph)
    assert (there.exit_code, there.stdout, there.stderr) == (here.exit_code, here.stdout, here.stderr)
    assert here.exit_code == 0
    assert here.stdout
    assert elsewhere.queries


@pytest.mark.parametrize("name", READERS)
def test_a_store_without_the_graph_is_told_in_one_line(name: str, run: Run, elsewhere: Elsewhere) -> None:
    elsewhere.store.clear()
    result = run(*READERS[name], "--endpoint", elsewhere.url)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"Error: {elsewhere.url} holds no graph of ours: kg load {elsewhere.url} loads it\n"


@pytest.mark.parametrize("name", READERS)
def test_where_nobody_answers_is_told_in_one_line(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.web.time.sleep", lambda seconds: None)
    result = run(*READERS[name], "--endpoint", "http://127.0.0.1:9/query")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: nothing answers at http://127.0.0.1:9/query")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("option", "value"), [("--graph", "x.nq"), ("--data", "folder")])
def test_a_file_and_a_store_are_not_asked_at_once(option: str, value: str, run: Run, elsewhere: Elsewhere) -> None:
    result = run("find", "zoe", option, value, "--endpoint", elsewhere.url)
    assert result.exit_code == 2
    assert "--endpoint asks a triplestore, --graph and --data a file: give one of them" in result.stderr
    assert elsewhere.queries == []


def test_the_option_beats_the_variables(run: Run, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_GRAPH", "absent.nq")
    monkeypatch.setenv("KG_DATA", "absent")
    assert run("find", "zoe", "--endpoint", elsewhere.url).exit_code == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:7878", "did you mean http://localhost:7878?"),
        ("http://zoe:secret@localhost/", "holds a name or password"),
        ("", "is no address: write one like"),
    ],
)
def test_what_is_no_address_is_told(url: str, said: str, run: Run) -> None:
    result = run("find", "zoe", "--endpoint", url)
    assert result.exit_code == 2
    assert "--endpoint" in result.stderr
    assert said in result.stderr
    assert "secret" not in result.stderr


def test_a_query_that_takes_too_long_names_the_option(run: Run, elsewhere: Elsewhere) -> None:
    right = elsewhere.listener.answer
    elsewhere.listener.answer = lambda asked: right(asked)._replace(waits=1.0)
    result = run(*READERS["query sparql"], "--endpoint", elsewhere.url, "--seconds", "0.3")
    assert result.exit_code == 3
    assert "did not answer within 0.3 s: look whether it is still at work, or allow more (--seconds)" in result.stderr


def test_memory_is_not_bounded_elsewhere(run: Run, elsewhere: Elsewhere) -> None:
    result = run(*READERS["query sparql"], "--endpoint", elsewhere.url, "--memory", "100")
    assert result.exit_code == 2
    assert "--memory bounds a process of this machine: leave it out with --endpoint" in result.stderr


def test_triples_go_into_a_file_as_they_come(run: Run, elsewhere: Elsewhere, tmp_path: Path) -> None:
    query, out = tmp_path / "query.rq", tmp_path / "out.nt"
    query.write_text("CONSTRUCT { ?x a aig:Event } { ?x a aig:Event }")
    assert run("query", "sparql", query, "--endpoint", elsewhere.url, "-o", out).exit_code == 0
    assert out.read_text().splitlines() == sorted(set(out.read_text().splitlines())) != []


def test_a_graph_that_lacks_what_is_read_is_told(run: Run, elsewhere: Elsewhere) -> None:
    for quad in list(elsewhere.store.quads_for_pattern(None, named("aig:status"), None)):
        elsewhere.store.remove(quad)
    result = run("timeline", "--endpoint", elsewhere.url)
    assert result.exit_code == 2
    assert f"{elsewhere.url} is no graph of this version" in result.stderr
    assert f"kg load {elsewhere.url} replaces it" in result.stderr


def test_without_the_library_it_is_told_how_to_get_it() -> None:
    code = "import sys; sys.modules['httpx'] = None; from kg.cli import run; run()"
    words = [sys.executable, "-c", code, "find", "zoe", "--endpoint", "http://127.0.0.1:9/"]
    ended = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr == 'Error: httpx is not installed: pip install "aigov-kg[load]"\n'


def test_a_password_that_goes_unencrypted_is_told(
    run: Run, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_STORE_USER", "zoe")
    monkeypatch.setenv("KG_STORE_PASSWORD", "secret")
    assert run("find", "zoe", "--endpoint", elsewhere.url).stderr == ""
    monkeypatch.setattr("kg.stores.web._LOOPBACK", ())
    said = run("find", "zoe", "--endpoint", elsewhere.url).stderr
    assert said.startswith("warning: name and password go to http://127.0.0.1")
    assert "secret" not in said


def test_a_key_does_not_wait_for_a_network(graph: Path) -> None:
    with click.Context(show) as ctx:
        ctx.params = {"graph": graph}
        assert complete_entity(ctx, show.params[0], "Zo")
        ctx.params = {"graph": graph, "endpoint": "http://127.0.0.1:9/"}
        assert complete_entity(ctx, show.params[0], "Zo") == []
