"""Real triplestores on ports of this machine: each in a folder of its own, killed and started again as a test wants.

A server ends with the tests whatever becomes of these: a shell watches over both. Virtuoso takes seconds to start, so
that the workers of a test run share two: one that holds the real graph, and one to write to, for one test at a time.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

import httpx
import pyoxigraph as ox
import pytest
from filelock import FileLock
from needs import missing

from kg.build import prepare
from kg.graphs import GRAPHS, Graphs, graph_name, written

__all__ = [
    "Oxigraph", "Server", "Virtuoso", "empty_oxigraph", "empty_virtuoso", "full_oxigraph", "full_virtuoso", "installed",
    "new_virtuoso", "real", "running", "shared",
]  # fmt: skip

ROOT = Path(__file__).parent.parent.parent

# The inner shell reaps the server, so that its number tells whether it lives; the last loop outlives no test run.
_WATCH = """
owner=$1; shift
( "$@" </dev/null >>out.log 2>&1 & server=$!
  echo $server >pid.new; mv pid.new pid
  ( while kill -0 $server; do kill -0 $owner || kill -9 $server; sleep 1; done ) 2>/dev/null &
  wait $server 2>/dev/null
) &
"""
_PATIENCE = 120.0
"""Seconds until a server must answer: the first start of Virtuoso takes 5, or 20 on a busy machine."""


def _owner() -> int:
    """The process that lives as long as the test run: of a worker, the one that started it."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _listens(process: int, port: int) -> bool:
    """Whether the process itself has the port; taken for granted where the system does not tell (no Linux)."""
    if sys.platform != "linux":
        return True
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "0A"}
    with suppress(OSError):
        return any(str(one.readlink()) in sockets for one in Path(f"/proc/{process}/fd").iterdir())
    return False


class Server:
    """A server in a folder: what it is called, where it listens, who may write."""

    program: ClassVar[str]
    count: ClassVar[int] = 1
    query: ClassVar[str]
    update: ClassVar[str]
    graphs: ClassVar[str]
    parameter: ClassVar[str]
    user = password = ""

    def __init__(self, folder: Path, *options: str) -> None:
        """In a folder that a server had before, the same one: its ports, its data, its process if that still runs."""
        self.folder, self.options = folder, options
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / "ports"
        self.ports: list[int] = json.loads(known.read_text()) if known.is_file() else []

    @property
    def base(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def auth(self) -> httpx.DigestAuth | None:
        """What httpx needs to write."""
        return httpx.DigestAuth(self.user, self.password) if self.user else None

    @property
    def process(self) -> int:
        """The number of its process, 0 when it does not run."""
        with suppress(OSError, ValueError):
            number = int((self.folder / "pid").read_text())
            os.kill(number, 0)
            return number
        return 0

    def command(self) -> list[str]:
        """How it is started."""
        raise NotImplementedError

    def start(self) -> None:
        """Starts it, again on the same ports and data, and waits until it answers."""
        assert not self.process, "it runs already"
        tries = 1 if self.ports else 3
        for _ in range(tries):
            self.ports = self.ports if tries == 1 else _free_ports(self.count)
            (self.folder / "ports").write_text(json.dumps(self.ports))
            (self.folder / "pid").unlink(missing_ok=True)
            subprocess.run(["sh", "-c", _WATCH, "sh", str(_owner()), *self.command()], cwd=self.folder, check=True)
            if self._answers():
                return
            self.kill()  # somebody else was quicker to take the port
        raise AssertionError(f"{self.program} does not start: {(self.folder / 'out.log').read_text()[-2000:]}")

    def _answers(self) -> bool:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and (self.process or not (self.folder / "pid").exists()):
            with suppress(httpx.TransportError):
                found = httpx.get(self.base + self.query, params={"query": "ASK {}"}, timeout=10)
                # The list of sockets is not read in one piece, so that one may be missing for a moment.
                if found.status_code == 200 and all(_listens(self.process, port) for port in self.ports):
                    return True
            time.sleep(0.1)
        return False

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends it at once (or as the signal says) and waits until it is gone."""
        process = self.process
        if process:
            with suppress(ProcessLookupError):
                os.kill(process, number)
            end = time.monotonic() + _PATIENCE
            while self.process == process:
                assert time.monotonic() < end, f"{self.program} does not end"
                time.sleep(0.02)

    def put(self, graph: str, triples: bytes) -> None:
        """Puts N-Triples into a graph, in place of what it holds."""
        reply = httpx.put(
            self.base + self.graphs, params={self.parameter: graph}, content=triples, auth=self.auth, timeout=100,
            headers={"Content-Type": "application/n-triples"},
        )  # fmt: skip
        assert reply.status_code < 300, reply.text

    def hold(self, graphs: Graphs) -> None:
        """Puts the five graphs of a dataset."""
        for name in GRAPHS:
            self.put(graph_name(name).value, written(sorted(graphs[name], key=str), ox.RdfFormat.N_TRIPLES))

    def counts(self) -> dict[str, int]:
        """IRI of a graph -> its triples, but for the server's own."""
        text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        reply = httpx.get(self.base + self.query, params={"query": text}, headers={"Accept": "text/csv"}, timeout=100)
        assert reply.status_code == 200, reply.text
        rows = (line.rsplit(",", 1) for line in reply.text.splitlines()[1:])
        found = {graph.strip('"'): int(number.strip('"')) for graph, number in rows}
        return {graph: number for graph, number in sorted(found.items()) if not self._own(graph)}

    def _own(self, graph: str) -> bool:
        return False

    def clear(self) -> None:
        """Empties it of all that the tests put there."""
        for graph in self.counts():
            httpx.delete(self.base + self.graphs, params={self.parameter: graph}, auth=self.auth, timeout=100)
        assert not self.counts()


class Oxigraph(Server):
    """`oxigraph serve`: starts in a moment, knows no users."""

    program = "oxigraph"
    query, update, graphs, parameter = "/query", "/update", "/store", "graph"

    def command(self) -> list[str]:
        """Options given are those of `oxigraph serve`."""
        return [installed(self.program), "serve", "-l", "data", "-b", f"127.0.0.1:{self.ports[0]}", *self.options]


class Virtuoso(Server):
    """Virtuoso 7, with its user dba; options given are lines of the section SPARQL of its configuration."""

    program, count = "virtuoso-t", 2
    query, update, graphs, parameter = "/sparql", "/sparql-auth", "/sparql-graph-crud-auth", "graph-uri"
    user = password = "dba"
    settings = (
        "[Database]", "DatabaseFile = v.db", "ErrorLogFile = v.log", "LockFile = v.lck", "TransactionFile = v.trx",
        "xa_persistent_file = v.pxa", "FileExtend = 200", "[TempDatabase]", "DatabaseFile = t.db",
        "TransactionFile = t.trx", "[Parameters]", "ServerPort = 127.0.0.1:{1}", "DisableUnixSocket = 1",
        "CaseMode = 2", "DirsAllowed = .", "NumberOfBuffers = 10000", "MaxDirtyBuffers = 7500", "ThreadsPerQuery = 2",
        "[HTTPServer]", "ServerPort = 127.0.0.1:{0}", "ServerThreads = 10", "Charset = UTF-8", "[SPARQL]",
    )  # fmt: skip

    def command(self) -> list[str]:
        """Writes its configuration."""
        lines = [line.format(*self.ports) for line in (*self.settings, *self.options)]
        (self.folder / "v.ini").write_text("\n".join(lines) + "\n")
        (self.folder / "v.lck").unlink(missing_ok=True)  # whoever was killed left it
        return [installed(self.program), "-f", "-c", "v.ini"]

    def _own(self, graph: str) -> bool:
        return graph.startswith(("http://www.openlinksw.com/", "http://www.w3.org/", "http://local"))


def installed(name: str) -> str:
    """Where a program is: beside Python, or on the path."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    return found or missing(f"the program {name} is not installed")


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server while it runs; it must be new, so that no test asks one that somebody else left."""
    server.start()
    try:
        assert not server.counts(), "this server holds something already"
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a test run have."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def real() -> Graphs:
    """The graphs of the real project."""
    return prepare(ROOT / "kg" / "data", None).graphs


def new_virtuoso(shared: Path, folder: Path, *options: str) -> Virtuoso:
    """A Virtuoso, not yet started, with a new database: making one takes three times longer than opening it."""
    installed(Virtuoso.program)
    with FileLock(shared / "virtuoso.lock"):
        made = shared / "virtuoso" / "v.db"
        if not made.is_file():
            with running(Virtuoso(shared / "virtuoso-draft")) as first:
                first.kill(signal.SIGTERM)  # it writes everything down
            (shared / "virtuoso").mkdir(exist_ok=True)
            (shared / "virtuoso-draft" / "v.db").rename(made)
    server = Virtuoso(folder, *options)
    shutil.copy(made, folder)
    return server


@contextmanager
def _used(shared: Path, name: str) -> Iterator[Virtuoso]:
    """The Virtuoso of that name; the first worker that wants it starts it, the last one ends it."""
    folder, users = shared / name, shared / f"{name}.users"
    with FileLock(shared / f"{name}.lock"):
        server = Virtuoso(folder) if folder.is_dir() else new_virtuoso(shared, folder)
        if not server.process:
            server.start()
        with users.open("a") as file:
            file.write(f"{os.getpid()}\n")
    try:
        yield server
    finally:
        with FileLock(shared / f"{name}.lock"):
            left = [line for line in users.read_text().split() if line != str(os.getpid()) and _lives(int(line))]
            users.write_text("".join(f"{line}\n" for line in left))
            if not left:
                server.kill()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def empty_oxigraph(tmp_path: Path) -> Iterator[Oxigraph]:
    """A new Oxigraph server of the test's own."""
    server = Oxigraph(tmp_path / "oxigraph")
    with running(server):
        yield server


@pytest.fixture(scope="session")
def full_oxigraph(tmp_path_factory: pytest.TempPathFactory, real: Graphs) -> Iterator[Oxigraph]:
    """An Oxigraph server that holds the real graph; no test writes to it."""
    server = Oxigraph(tmp_path_factory.mktemp("full") / "oxigraph")
    with running(server):
        server.hold(real)
        yield server


@pytest.fixture(scope="session")
def _scratch(shared: Path) -> Iterator[Virtuoso]:
    with _used(shared, "virtuoso-scratch") as server:
        yield server


@pytest.fixture
def empty_virtuoso(shared: Path, _scratch: Virtuoso) -> Iterator[Virtuoso]:
    """A Virtuoso that holds nothing, the test's own while it runs; it may be killed and started again."""
    with FileLock(shared / "virtuoso-scratch.lock"):
        if not _scratch.process:
            _scratch.start()
        _scratch.clear()
        yield _scratch


@pytest.fixture(scope="session")
def full_virtuoso(shared: Path, real: Graphs) -> Iterator[Virtuoso]:
    """A Virtuoso that holds the real graph; no test writes to it."""
    with _used(shared, "virtuoso-full") as server:
        with FileLock(shared / "virtuoso-full.lock"):
            if not server.counts():
                server.hold(real)
        yield server
