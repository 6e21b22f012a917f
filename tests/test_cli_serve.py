"""`kg serve` on the command line: what it says when it can't serve, one clear line each, and how it then ends."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from processes import command, environment
from serving import serving

from kg.errors import BadUse
from kg.server import listening
from kg.server import run as running

_Run = Callable[..., Result]
_OUTSIDE = "0.0.0.0"


@pytest.fixture(autouse=True)
def nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is not refused listens nowhere."""
    monkeypatch.setattr(running, "serve", lambda *given: pytest.fail("it was not refused"))


def _said(result: Result) -> str:
    """The one line that a refused command says."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1
    return result.stderr.strip()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "Invalid value for '--port': 70000 is not in the range 0<=x<=65535"),
        (["--port", "http"], "Invalid value for '--port': 'http' is not a valid integer range"),
        (["--seconds", "0"], "Invalid value for '--seconds': 0.0 is not in the range 0.5<=x<=600"),
        (["--memory", "1"], "Invalid value for '--memory': 1 is not in the range"),
        (["--rows", "0"], "Invalid value for '--rows': 0 is not in the range"),
        (["--workers", "0"], "Invalid value for '--workers': 0 is not in the range 1<=x<=64"),
        (["--host-name", "a b"], "'a b' is no name of a host: write one like graph.example.org"),
        (["--host-name", "http://a.example"], "'http://a.example' is no name of a host"),
        (["--host-name", ""], "'' is no name of a host"),
        (["--cors", "example.org"], "'example.org' is no origin: write one like https://example.org"),
        (["--cors", "null"], "'null' is no origin"),
        (["--cors", "https://a.example/page"], "'https://a.example/page' is no origin"),
        (["--address", "example.org"], "'example.org' is no address: write one like https://example.org/graph/"),
        (["--log", "/nowhere/log"], "Invalid value for '--log': '/nowhere/log': No such file or directory"),
        (["--prot", "1"], "No such option '--prot'"),
        (["--host", _OUTSIDE], "0.0.0.0 can be reached from outside: say with --host-name by which name"),
        (["--host", "::"], ":: can be reached from outside"),
        (["--host", "graph.example.org"], "graph.example.org can be reached from outside"),
        (["--host", ""], "--host is empty: leave it out, or name an address of this machine"),
        (["--token-file", "/nowhere/token"], "the token in /nowhere/token can't be read (No such file or directory)"),
        (["--graph", "/nowhere"], "there is no graph at /nowhere: run kg build, or correct --graph"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(run: _Run, graph: Path, options: list[str], said: str) -> None:
    assert said in _said(run("serve", "--graph", graph, *options))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"short", b"fifteen-letters", b"two words of which one is long", b"\xff" * 20, b"\xc3\xa4" * 20],
)
def test_a_token_that_is_none_is_refused_and_not_repeated(
    run: _Run, graph: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    said = _said(run("serve", "--graph", graph, "--token-file", file))
    assert said == f"Error: {file} holds no token: one word of at least 16 letters, digits or signs is wanted"


def test_a_short_token_of_the_environment_is_refused(run: _Run, graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_SERVE_TOKEN", "secret")
    said = _said(run("serve", "--graph", graph))
    assert said.startswith("Error: KG_SERVE_TOKEN holds no token") and "secret" not in said


@pytest.mark.parametrize("library", ["httptools", "prometheus_client", "starlette", "uvicorn"])
def test_without_the_extra_it_says_what_to_install(graph: Path, library: str) -> None:
    hidden = f"import sys; sys.modules[{library!r}] = None; from kg.cli import run; run()"
    words = [sys.executable, "-c", hidden, "serve", "--graph", str(graph), "--port", "0"]
    ended = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr == f"Error: the server needs {library}: pip install 'aigov-kg[serve]'\n"


def test_a_system_without_fork_is_told_what_else_there_is(
    run: _Run, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    assert "kg explore and kg site need none" in _said(run("serve", "--graph", graph))


# ---------------------------------------------------------------- listening


def test_a_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadUse, match=rf"port {port} is in use: choose another with --port"):
            listening.bound("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "nosuch.invalid", "a b"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(BadUse, match=rf"{re.escape(host)} is no address of this machine"):
        listening.bound(host, 0)


def test_a_port_below_1024_is_named_to_those_who_may_not_open_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forbidden(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket, "socket", Forbidden)
    with pytest.raises(BadUse, match=r"port 80 may not be opened by this user: choose one above 1023"):
        listening.bound("127.0.0.1", 80)


# ---------------------------------------------------------------- the graph


def _version(content: bytes) -> bytes:
    return re.sub(rb'(versionInfo> )"[^"]*"', rb'\1"9.9.9"', content)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: b"", "g.nq is empty: build it again"),
        (lambda content: content[:3000], r"g.nq can't be read as N-Quads \(.*\): build it again"),
        (lambda content: b"<http://a> <http://b> <http://c> .\n", "g.nq is none of ours: run kg build"),
        (
            lambda content: re.sub(rb"(?m)^.*rdf-syntax-ns#subject>.*\n", b"", content),
            "g.nq can't be read as a graph of ours .*",
        ),
        (_version, r"g.nq is of version 9.9.9 of the ontology, this is [0-9.]+: run kg build"),
    ],
    ids=["empty", "cut", "foreign", "partial", "version"],
)
def test_a_graph_that_can_not_be_opened_is_one_line(
    graph: Path, tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    file = tmp_path / "g.nq"
    file.write_bytes(change(graph.read_bytes()))
    _refused(file, said)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that refuses to be read")
def test_a_graph_that_can_not_be_read_is_one_line() -> None:
    _refused(Path("/proc/self/mem"), r"/proc/self/mem can't be read \(.+\): build it again")


@pytest.mark.slow
def test_files_beside_the_graph_that_can_not_be_read_are_one_line(graph: Path, tmp_path: Path) -> None:
    file = tmp_path / "aigov-kg.nq"
    file.write_bytes(graph.read_bytes())
    (tmp_path / "coverage.json").write_text("[", encoding="utf-8")
    (tmp_path / "SHA256SUMS").write_text("0  aigov-kg.nq\n0  coverage.json\n", encoding="utf-8")
    _refused(file, r"the files of the build beside \S+ can't be read \(.+\): build it again")


def _refused(graph: Path, said: str) -> None:
    words = command("serve", "--graph", graph, "--port", "0")
    ended = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(rf"Error: .*{said}\n", ended.stderr), ended.stderr


# ---------------------------------------------------------------- what it says when it serves


@pytest.mark.slow
def test_it_says_where_it_is_and_that_nobody_else_reaches_it(graph: Path) -> None:
    with serving(graph) as server:
        first, second, third, *more = server.told().splitlines()
        assert re.fullmatch(rf"[\d,]+ statements, version [\d.]+: open {server.address}", first)
        assert second == f"SPARQL {server.address}sparql, API {server.address}api; Ctrl-C ends it"
        assert third == "Only this machine reaches it; to expose it: docs/serve.md"
        assert set(more) <= {"workers keep the network: this system gives them no namespace of their own"}


@pytest.mark.slow
def test_exposed_it_does_not_say_that_only_this_machine_reaches_it(graph: Path) -> None:
    with serving(graph, "--host", _OUTSIDE, "--host-name", "graph.example.org") as server, server.client() as client:
        assert "Only this machine" not in server.told()
        assert client.get("health", headers={"Host": "graph.example.org"}).status_code == 200
        assert client.get("health", headers={"Host": "other.example.org"}).status_code == 421


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_can_not_be_written_breaks_off_no_answer(graph: Path) -> None:
    with serving(graph, "--log", "/dev/full") as server, server.client() as client:
        assert [client.get("id/agent/iqm.ttl").status_code for _ in range(20)] == [200] * 20
        assert "Traceback" not in server.told() and "Error" not in server.told()
