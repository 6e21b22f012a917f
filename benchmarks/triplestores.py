"""Loading, verifying and asking real servers, beside what they do by themselves in the same run.

`python benchmarks/triplestores.py [--triples N] [--store oxigraph|virtuoso] [--graph FILE] [--short]` makes a larger
graph and prints for each server: a plain PUT of the same bytes, `kg load` into an empty store, `kg verify` beside a
plain GET, `kg load` over an older load beside the server's own MOVE, some saved questions, and the server's own bulk
loader. Exits 1 when a bound is broken: the load within 1.5 times the plain PUT, at most 300 MB in the client, and a
verification of 100,000 triples a second, or within 1.5 times the plain GET where the server itself gives fewer.

The bounds of time are for half a million triples and more: below that (`--short`) the start of a process counts for
most of it. Beyond two million the plain requests and the second load are left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

from larger import main as larger  # noqa: E402
from stores.servers import Oxigraph, Server, Virtuoso, installed, running  # noqa: E402

from kg.graphs import GRAPHS, graph_name  # noqa: E402
from kg.stores.parts import Part, split  # noqa: E402

KG = (sys.executable, "-c", "from kg.cli import run; run()")  # what the installed command does
QUESTIONS = (
    ("participants-of-an-event", "-p", "event=event:roadmap-dialogue-2020-000000"),
    ("contradictions",),
    ("only-self-reported", "-p", "actor=agent:unesco-000000"),
    ("coverage-by-source",),
)
ENOUGH = 100_000
"""Triples a second that a verification must reach."""
LARGE, BRIEF = 500_000, 2_000_000
"""Triples from which the bounds of time hold, and beyond which only what must be measured is."""
_BLOCK = 1 << 18
_PATIENCE = 600.0
"""Seconds that a plain request waits for its answer."""


_T = TypeVar("_T")


class _Failed(Exception):
    """A command did not end well."""


class _Virtuoso(Virtuoso):
    """With the memory and the limits that its documentation gives for graphs of this size."""

    settings = tuple(
        {"NumberOfBuffers = 10000": "NumberOfBuffers = 340000", "MaxDirtyBuffers = 7500": "MaxDirtyBuffers = 250000",
         "CaseMode = 2": "CaseMode = 2\nTransactionAfterImageLimit = 2000000000"}
        .get(line, line) for line in Virtuoso.settings
    )  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _kg(server: Server, *arguments: str) -> tuple[float, float]:
    """Seconds and megabytes of one command."""
    known = {"KG_STORE_USER": server.user, "KG_STORE_PASSWORD": server.password} if server.user else {}
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([*KG, *arguments], env=os.environ | known, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise _Failed(f"kg {' '.join(arguments)}: exit code {process.returncode}: {said.read().decode()[-2000:]}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def _fresh(kind: type[Server], folder: Path, work: Callable[[Server], _T]) -> _T:
    """What `work` gives in a new server; in another where that stops answering, as Virtuoso does once in a while."""
    try:
        with running(kind(folder)) as server:
            return work(server)
    except (httpx.TimeoutException, _Failed) as error:
        print(f"  once more, in a new server: {error}", flush=True)
    with running(kind(folder.with_name(f"{folder.name}-again"))) as server:
        return work(server)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


class _Plain:
    """The same requests without us."""

    def __init__(self, server: Server, patience: float = _PATIENCE) -> None:
        self._server = server
        self._client = httpx.Client(auth=server.auth, timeout=patience)
        self._where = server.base + server.graphs

    def _named(self, graph: str) -> dict[str, str]:
        return {self._server.parameter: graph}

    def put(self, parts: dict[str, Part]) -> None:
        # A body that is read once can't be sent again, so the server's challenge is met first.
        self._client.get(self._where, params=self._named(graph_name("ontology").value))
        for part in parts.values():
            headers = {"Content-Type": "application/n-triples", "Content-Length": str(part.size)}
            reply = self._client.put(
                self._where, params=self._named(part.graph), content=_blocks(part.path), headers=headers
            )
            reply.raise_for_status()

    def get(self) -> None:
        for name in GRAPHS:
            headers = {"Accept": "application/n-triples"}
            where = self._named(graph_name(name).value)
            with self._client.stream("GET", self._where, params=where, headers=headers) as reply:
                reply.raise_for_status()
                for _ in reply.iter_raw(_BLOCK):
                    pass

    def move(self) -> None:
        """All five to names beside them, and nothing else."""
        moves = " ; ".join(f"MOVE <{graph_name(name).value}> TO <{graph_name(name).value}-aside>" for name in GRAPHS)
        headers = {"Content-Type": "application/sparql-update"}
        self._client.post(self._server.base + self._server.update, content=moves, headers=headers).raise_for_status()


def _bulk(kind: type[Server], parts: dict[str, Part], folder: Path) -> float:
    """Seconds of the server's own loader, on a store of its own."""
    if kind is Oxigraph:
        program, store = installed(Oxigraph.program), str(folder / "bulk")
        commands = [
            [program, "load", "--location", store, "--file", str(part.path), "--graph", part.graph]
            for part in parts.values()
        ]
        return _timed(lambda: [subprocess.run(one, check=True, capture_output=True) for one in commands])
    other = _Virtuoso(folder / "bulk")
    for part in parts.values():
        os.link(part.path, other.folder / f"{part.name}.nt")
        (other.folder / f"{part.name}.nt.graph").write_text(part.graph + "\n")
    with running(other):
        text = "ld_dir('.', '*.nt', NULL); rdf_loader_run(); checkpoint;"
        isql = ["isql-vt", f"127.0.0.1:{other.ports[1]}", "dba", "dba", "VERBOSE=OFF", f"EXEC={text}"]
        seconds = _timed(lambda: subprocess.run(isql, check=True, capture_output=True))
        assert sum(other.counts().values()) > 0, "the bulk loader loaded nothing"
    return seconds


def _measured(kind: type[Server], graph: Path, newer: Path, parts: dict[str, Part], folder: Path) -> list[str]:
    """Prints one server's figures; the names of the bounds that are broken."""
    triples, size = sum(part.content.count for part in parts.values()), sum(part.size for part in parts.values())
    print(f"\n{kind.program}: {triples:,} triples, {size / 1e6:,.0f} MB", flush=True)

    def line(name: str, seconds: float, more: str = "") -> None:
        print(f"  {name:34} {seconds:8.1f} s {triples / seconds:10,.0f} triples/s{more}", flush=True)

    brief, plain = triples > BRIEF, 0.0
    if not brief:
        plain = _fresh(kind, folder / "plain", lambda server: _timed(lambda: _Plain(server).put(parts)))
        line("plain PUT", plain)

    def loaded(server: Server) -> tuple[float, float, float, float, float]:
        _kg(server, "load", server.base, "--graph", str(graph), "--dry-run")  # compiles what is imported
        load, most = _kg(server, "load", server.base, "--graph", str(graph))
        times = f", {load / plain:.2f} times plain PUT" if plain else ""
        line("kg load, empty store", load, f"  {most:.0f} MB{times}")
        got = 0.0
        if not brief:
            got = _timed(_Plain(server).get)
            line("plain GET", got)
        verify, used = _kg(server, "verify", server.base, "--graph", str(graph))
        line("kg verify", verify, f"  {used:.0f} MB" + (f", {verify / got:.2f} times plain GET" if got else ""))
        for question in QUESTIONS:
            asked, _ = _kg(server, "query", "run", *question, "--endpoint", server.base)
            print(f"  kg query run {question[0]:21} {asked:8.1f} s", flush=True)
        if not brief:
            again, peak = _kg(server, "load", server.base, "--graph", str(newer), "--timeout", "1200")
            line("kg load, over an older load", again, f"  {peak:.0f} MB")
            line("  of it the server's own MOVE", _timed(_Plain(server, 1200).move))
        return load, most, got, verify, used

    load, most, got, verify, used = _fresh(kind, folder / "loaded", loaded)
    line("its own bulk loader", _bulk(kind, parts, folder))
    timed = LARGE <= triples <= BRIEF
    slow = triples / got < ENOUGH if got else False  # the server itself gives no more
    bounds = {
        "300 MB in the client": max(most, used) <= 300,
        "the load within 1.5 times the plain PUT": not timed or load <= plain * 1.5,
        "the verification": not timed or triples / verify >= ENOUGH or (slow and verify <= got * 1.5),
    }
    return [f"{kind.program}: {name}" for name, held in bounds.items() if not held]


def main() -> int:
    """Prints the figures; 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--triples", type=int, default=1_000_000, help="the size of the graph")
    parser.add_argument("--store", choices=("oxigraph", "virtuoso"), help="only this server")
    parser.add_argument("--graph", type=Path, help="a graph made before, of any size")
    parser.add_argument("--short", action="store_true", help="50,000 triples")
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    os.environ["PYTHONPATH"] = str(HERE.parent)
    broken = []
    with tempfile.TemporaryDirectory(prefix="kg-stores-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.environ |= {"PYTHONPYCACHEPREFIX": f"{folder}/pyc", "XDG_CACHE_HOME": f"{folder}/cache"}
        graph = given.graph or folder / "graph.nq"
        if given.graph is None:
            larger([str(graph), "--triples", str(50_000 if given.short else given.triples)])
        newer = folder / "newer.nq"
        with newer.open("wb") as out:
            out.writelines(block.replace(b"larger", b"newest") for block in _lines(graph))
        (folder / "parts").mkdir()
        parts = split(graph, folder / "parts")
        for kind in (Oxigraph, _Virtuoso):
            if given.store in (None, kind.__name__.strip("_").lower()):
                here = folder / kind.__name__
                here.mkdir()
                broken += _measured(kind, graph, newer, parts, here)
    for name in broken:
        print(f"out of bounds: {name}")
    return int(bool(broken))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


if __name__ == "__main__":
    sys.exit(main())
