"""The command `kg serve` as a process of its own, on a port that the system gave it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from processes import command, environment
from timing import within

__all__ = ["Serving", "heeding", "launched", "served", "serving"]

_PATIENCE = 60.0
_MAIN = "if __name__ == '__main__':\n    from kg.cli import run\n    run()\n"


@dataclass
class Serving:
    """A server that runs: its address with a slash at its end, its process, its log, and what it said."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    said: Path

    def client(self, **more: object) -> httpx.Client:
        """A client of this server; it follows no redirect, asks nobody else, and reads no certificates."""
        return httpx.Client(base_url=self.address, timeout=60, trust_env=False, verify=False, **more)  # type: ignore[arg-type]

    def healthy(self, seconds: float = 1.0) -> None:
        """Fails when it does not say in time that it is well."""
        with within(seconds), self.client() as client:
            assert client.get("health").json()["status"] == "ok"

    def lines(self) -> list[dict[str, object]]:
        """The log, line by line."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def told(self) -> str:
        """What it wrote to standard output and standard error."""
        return self.said.read_text(encoding="utf-8")


def heeding() -> None:
    """A process that is begun so heeds SIGHUP, even where the tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def launched(graph: Path, *options: str | Path, changed: str = "", **settings: str) -> Iterator[Serving]:
    """A server of a graph's file that answers; it is killed when the block ends, if it is still there.

    `changed` are lines that change the program in all its processes before it begins.
    """
    with tempfile.TemporaryDirectory(prefix="kg-serve-", ignore_cleanup_errors=True) as folder:
        yield from _started(Path(folder), graph, *options, changed=changed, **settings)


def _started(folder: Path, graph: Path, *options: str | Path, changed: str, **settings: str) -> Generator[Serving]:
    log, said = folder / "log", folder / "said"
    words = command("serve", "--graph", graph, "--port", "0", "--log", log, *options)
    if changed:  # a process that is spawned reads the main module again
        (folder / "main.py").write_text(f"{changed}\n{_MAIN}", encoding="utf-8")
        words[1:3] = [str(folder / "main.py")]
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    with (
        said.open("wb") as out,
        subprocess.Popen(
            words,
            stdout=out,
            stderr=out,
            env=environment(**cache, **settings),
            start_new_session=True,
            preexec_fn=heeding,
        ) as process,
    ):
        try:
            until = time.monotonic() + _PATIENCE
            while not (found := re.search(r"open (http://\S+/)", said.read_text(encoding="utf-8"))):
                assert process.poll() is None, said.read_text(encoding="utf-8")
                assert time.monotonic() < until, "it does not start"
                time.sleep(0.02)
            yield Serving(found[1], process, log, said)
        finally:
            process.kill()


@contextmanager
def serving(graph: Path, *options: str | Path, changed: str = "", **settings: str) -> Iterator[Serving]:
    """A server of a graph's file, until the block ends; it must then end by itself when it is asked to."""
    with launched(graph, *options, changed=changed, **settings) as server:
        yield server
        assert server.process.poll() is None, server.told()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0, server.told()


@pytest.fixture(scope="session")
def served(graph: Path) -> Iterator[Serving]:
    """A server of the small project's graph, shared by the tests of a worker."""
    with serving(graph) as server:
        yield server
