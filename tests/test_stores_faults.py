"""What goes wrong with real servers: killed, stopped, full, of another password. `benchmarks/faults.py` kills more.

After each fault the graphs are the old ones or the new ones, one line says what to do, and doing it ends the load.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from stores.servers import Oxigraph, Server, Virtuoso, new_virtuoso, running

from benchmarks.faults import Campaign, newer
from benchmarks.larger import main as larger

Run = Callable[..., Result]
pytestmark = pytest.mark.slow
TRIPLES = 3_000


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two releases of a graph."""
    folder = tmp_path_factory.mktemp("releases")
    older = folder / "older.nq"
    assert larger([str(older), "--triples", str(TRIPLES)]) == 0
    return older, newer(older, folder / "newer.nq")


@pytest.fixture(params=["empty_oxigraph", "empty_virtuoso"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Each of the real servers, empty; its user is known to the command."""
    found: Server = request.getfixturevalue(request.param)
    _known(found, monkeypatch)
    return found


def _known(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    if server.user:
        monkeypatch.setenv("KG_STORE_USER", server.user)
        monkeypatch.setenv("KG_STORE_PASSWORD", server.password)


def _said(done: Result, code: int) -> str:
    """The one line that a command that fails says."""
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0].removeprefix("Error: ")


def _loaded(run: Run, server: Server, graph: Path) -> None:
    """That the command ends well, that nothing differs, and that nothing else is left."""
    done = run("load", server.base, "--graph", graph)
    assert done.exit_code == 0, done.stderr
    assert run("verify", server.base, "--graph", graph).exit_code == 0
    assert {name.rpartition("/")[2] for name in server.counts()} == {
        "ontology", "facts", "inferred", "statements", "evidence", "loaded",
    }  # fmt: skip


@pytest.mark.parametrize("victim", ["server", "client"])
def test_killed_during_a_load_each_graph_is_old_or_new(
    victim: str, server: Server, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    campaign = Campaign(server, releases, tmp_path, seed=7)
    campaign.round(victim, "first", even=True)
    campaign.round(victim, "swap", even=False, back=victim == "server", mind=True)
    assert campaign.report.wrong == []
    assert sum(campaign.report.left.values()) == 2


def test_of_two_loads_at_once_one_is_whole(server: Server, releases: tuple[Path, Path], tmp_path: Path) -> None:
    campaign = Campaign(server, releases, tmp_path)
    campaign.together("swap", same=False, pause=0.1)
    assert campaign.report.wrong == []


def test_a_server_that_stands_still_is_given_up(
    server: Server, releases: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    _loaded(run, server, releases[0])
    os.kill(server.process, signal.SIGSTOP)
    try:
        said = _said(run("load", server.base, "--graph", releases[1], "--timeout", "1"), 3)
    finally:
        os.kill(server.process, signal.SIGCONT)
    assert said.startswith(f"{server.base}"), said
    assert "did not answer within 1 s" in said
    assert run("verify", server.base, "--graph", releases[0]).exit_code == 0
    _loaded(run, server, releases[1])


def test_an_encrypted_address_of_a_server_that_is_not_is_told(
    server: Server, releases: tuple[Path, Path], run: Run
) -> None:
    address = server.base.replace("http://", "https://")
    said = _said(run("load", address, "--graph", releases[0]), 3)
    assert said.startswith(f"{address}")
    assert "is it http://?" in said
    assert server.counts() == {}


@pytest.mark.parametrize("password", ["wrong", ""])
@pytest.mark.parametrize("command", ["load", "unload"])
def test_a_password_that_is_refused_is_told_and_changes_nothing(
    command: str, password: str, empty_virtuoso: Virtuoso, releases: tuple[Path, Path], run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    _known(empty_virtuoso, monkeypatch)
    _loaded(run, empty_virtuoso, releases[0])
    before = empty_virtuoso.counts()
    if password:
        monkeypatch.setenv("KG_STORE_PASSWORD", password)
    else:
        monkeypatch.delenv("KG_STORE_USER")
        monkeypatch.delenv("KG_STORE_PASSWORD")
    graph = ["--graph", releases[1]] if command == "load" else []
    said = _said(run(command, empty_virtuoso.base, *graph), 2)
    assert "KG_STORE_PASSWORD" in said
    assert "wrong" not in said.replace("wrong password", "")
    assert empty_virtuoso.counts() == before


class _TightOxigraph(Oxigraph):
    """With files that can't grow beyond a size, when `full`."""

    full = False

    def restart(self, full: bool) -> None:
        self.kill()
        self.full = full
        self.start()

    def command(self) -> list[str]:
        if not self.full:
            return super().command()
        most = max(file.stat().st_size for file in self.folder.rglob("*") if file.is_file()) // 512 + 200
        # A file that grows too large ends a process by a signal, unless that is ignored: then writing fails.
        return ["sh", "-c", f"trap '' XFSZ; ulimit -f {most}; exec \"$@\"", "sh", *super().command()]


class _TightVirtuoso(Virtuoso):
    """With its log on a device that takes nothing, when `full`."""

    def restart(self, full: bool) -> None:
        if full:  # what is only in the log goes into the database
            asked = ["isql-vt", f"127.0.0.1:{self.ports[1]}", self.user, self.password, "EXEC=checkpoint;"]
            subprocess.run(asked, check=True, capture_output=True, timeout=60)
        self.kill()
        log = self.folder / "v.trx"
        log.unlink()
        if full:
            log.symlink_to("/dev/full")
        self.start()


_Tight = _TightOxigraph | _TightVirtuoso


@pytest.fixture(params=[_TightOxigraph, _TightVirtuoso])
def tight(
    request: pytest.FixtureRequest, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[_Tight]:
    """A server whose disk can be made full."""
    folder = tmp_path / "tight"
    if request.param is _TightVirtuoso:
        new_virtuoso(shared, folder)
    server: _Tight = request.param(folder)
    _known(server, monkeypatch)
    with running(server):
        yield server


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk is made full in ways of Linux")
def test_a_full_disk_is_told_and_leaves_the_old_graphs(
    tight: _Tight, releases: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    _loaded(run, tight, releases[0])
    tight.restart(full=True)
    said = _said(run("load", tight.base, "--graph", releases[1]), 3)
    assert "failed inside (500" in said or "broke off" in said
    tight.restart(full=False)
    assert run("verify", tight.base, "--graph", releases[0]).exit_code == 0
    _loaded(run, tight, releases[1])
