"""How fast the server answers, beside two others on the same data, and whether hostile queries keep it from doing so.

`python benchmarks/serve.py [--seconds N] [--minutes N] [--rdflib-endpoint PYTHON] [--short]` starts `kg serve`, the
oxigraph server and rdflib-endpoint (in an environment of its own, which is made where none is named), asks each with
wrk (20 clients, after three seconds that are not measured), and then lets 50 clients ask `kg serve` for `--minutes`,
one query in a hundred a hostile one. Exits 1 when a bound is broken: first page within 3 s of the start; pages of
things at 300 a second and more with a 99th percentile of 100 ms; saved questions with one of 150 ms; look-ups at five
times the rate of rdflib-endpoint; no healthy request failed, health with a 99th percentile of 500 ms, less than 5 %
more memory. `--short` takes seconds for all: they are too few to hold it to times, so only a failed request, a
hostile query over its time and a keeper that broke are faults then.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

import httpx  # noqa: E402
from serving import Serving, serving  # noqa: E402
from stores.servers import _free_ports  # noqa: E402

from kg.cache import graph_file, indexed  # noqa: E402
from kg.lookup import find  # noqa: E402

CLIENTS, MANY = 20, 50
HOSTILE_SHARE = 0.01
SECONDS_OF_A_QUERY = 10.0
_PATIENCE = 60.0
_ALWAYS = ("requests failed", "a hostile query", "no hostile query", "the keeper")
"""How the faults begin that a short run tells too."""
_WARM = 3
"""Seconds in which a server is asked before it is measured: what it makes once is made then."""

HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?a (!<x:y>)* ?b . ?c (!<x:z>)* ?d }",
    "SELECT * {" + "{" * 80 + " ?s ?p ?o " + "}" * 80 + " ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?s ?p ?o FILTER(" + "+".join(["1"] * 60_000) + " > 1) }",
    "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '(a+)+b') ?t ?q ?r FILTER REGEX(STR(?r), '(.*)*x') }",
    "SELECT (SHA512(CONCAT(STR(?a), STR(?d))) AS ?x) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "CONSTRUCT { ?a ?e ?c } { ?a ?b ?c . ?d ?e ?f }",
)


# ---------------------------------------------------------------- what is asked


class Asked(NamedTuple):
    """Paths with their Accept header, asked in turn; `fresh`: each time with another comment, which nobody has kept."""

    name: str
    accept: str
    paths: tuple[str, ...]
    fresh: bool = False


def _lookup(name: str) -> str:
    return f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?l {{ <{name}> rdfs:label ?l }}"


@dataclass
class Wanted:
    """What there is to ask of the graph: pages, questions, look-ups."""

    things: list[str] = field(default_factory=list)
    iris: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, graph: Path) -> Wanted:
        """The things that most have a page of."""
        known = indexed(graph)
        found = [one for text in ("un", "ai", "forum", "iso", "tsinghua", "se") for one in find(known, text)]
        ids = sorted({one.id for one in found if one.id.partition(":")[0] in ("agent", "event", "std", "doc")})
        return cls(["id/" + one.replace(":", "/") + ".html" for one in ids], [_iri(one) for one in ids])

    def pages(self) -> Asked:
        """A page of each thing."""
        return Asked("page of a thing", "text/html", tuple(self.things))

    def questions(self) -> Asked:
        """Saved questions with values: more of them than what is kept of one."""
        actors = [iri for iri in self.iris if "/agent/" in iri]
        asked = [f"question/events-of-an-actor.csv?{urlencode({'actor': iri})}" for iri in actors]
        return Asked("saved question", "text/csv", tuple(asked))

    def lookups(self, endpoint: str, fresh: bool = False) -> Asked:
        """The label of each thing, in SPARQL."""
        paths = tuple(f"{endpoint}?query={quote(_lookup(iri))}" for iri in self.iris)
        return Asked("look-up", "application/sparql-results+json", paths, fresh)


def _iri(name: str) -> str:
    return "https://w3id.org/aigov-kg/id/" + name.replace(":", "/", 1)


class Rate(NamedTuple):
    """Answers a second, median and 99th percentile (milliseconds), and how many were no 2xx or none at all."""

    rate: float
    median: float
    high: float
    failed: int


_LUA = """
local paths = {{{paths}}}
local place, count = 0, 0
wrk.headers["Accept"] = "{accept}"
request = function()
  place = place % #paths + 1
  count = count + 1
  return wrk.format("GET", paths[place] .. ({fresh} and "%20%23{mark}x" .. count or ""))
end
"""


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text.strip()).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def wrk(address: str, asked: Asked, seconds: int) -> Rate:
    """What wrk measures of an address with `CLIENTS` clients."""
    paths = ", ".join('"/' + path.replace("\\", "\\\\").replace('"', '\\"') + '"' for path in asked.paths)
    said = ""
    for mark, length in enumerate((_WARM, seconds)):
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(_LUA.format(paths=paths, accept=asked.accept, fresh=str(asked.fresh).lower(), mark=mark))
            script.flush()
            command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{length}s", "--timeout", "15s", "--latency", "-s"]
            said = subprocess.run([*command, script.name, address], capture_output=True, text=True, check=True).stdout
    found = {name: re.search(rf"^\s*{name}\s+(\S+)", said, re.MULTILINE) for name in ("50%", "99%", "Requests/sec:")}
    failed = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", said))
    failed += sum(int(n) for line in re.findall(r"Socket errors: (.*)", said) for n in re.findall(r"\d+", line))
    values = {name: one[1] if one else "0s" for name, one in found.items()}
    return Rate(float(values["Requests/sec:"]), _milliseconds(values["50%"]), _milliseconds(values["99%"]), failed)


# ---------------------------------------------------------------- the other servers


@contextmanager
def _started(command: list[str], address: str, folder: Path) -> Iterator[str]:
    """A server that runs until the block ends, once it answers at its address."""
    with (folder / "said").open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=folder) as process:
        try:
            until = time.monotonic() + _PATIENCE
            while True:
                try:
                    httpx.get(address, timeout=5, trust_env=False)
                    break
                except httpx.HTTPError:
                    if process.poll() is not None or time.monotonic() > until:
                        raise SystemExit((folder / "said").read_text()) from None
                    time.sleep(0.1)
            yield address
        finally:
            process.kill()


@contextmanager
def oxigraph(graph: Path) -> Iterator[str]:
    """The oxigraph server with the graph, reading only."""
    with tempfile.TemporaryDirectory() as folder:
        program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") or "oxigraph"
        store = f"{folder}/store"
        subprocess.run([program, "load", "-l", store, "-f", str(graph)], check=True, capture_output=True)
        port = _free_ports(1)[0]
        command = [program, "serve-read-only", "-l", store, "-b", f"127.0.0.1:{port}", "--union-default-graph"]
        with _started(command, f"http://127.0.0.1:{port}/", Path(folder)) as address:
            yield address


@contextmanager
def rdflib_endpoint(graph: Path, python: str | None) -> Iterator[str]:
    """rdflib-endpoint with the triples, in an environment of its own: it wants other versions than we do."""
    with tempfile.TemporaryDirectory() as folder:
        if python is None:
            subprocess.run([sys.executable, "-m", "venv", f"{folder}/venv"], check=True)
            python = f"{folder}/venv/bin/python"
            wanted = ["-q", "--disable-pip-version-check", "rdflib-endpoint[cli]==0.6.3", "uvicorn"]
            alone = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
            subprocess.run([python, "-m", "pip", "install", *wanted], check=True, env=alone)
        port = _free_ports(1)[0]
        program = str(Path(python).with_name("rdflib-endpoint"))
        triples = str(graph.with_name("aigov-kg.nt").resolve())
        command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), triples]
        with _started(command, f"http://127.0.0.1:{port}/", Path(folder)) as address:
            yield address


# ---------------------------------------------------------------- the soak


@dataclass
class Seen:
    """What the clients saw."""

    healthy: int = 0
    failed: list[str] = field(default_factory=list)
    hostile: dict[int, int] = field(default_factory=dict)
    late: float = 0.0
    health: list[float] = field(default_factory=list)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one response that says its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(" ", 2)[1]), body


class _Client:
    """One client with one connection, which it opens again when it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, accept: str, body: str = "") -> tuple[int, bytes]:
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        sent = body.encode()
        kind = f"Content-Type: application/sparql-query\r\nContent-Length: {len(sent)}\r\n" if body else ""
        method = "POST" if body else "GET"
        head = f"{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept: {accept}\r\n{kind}\r\n"
        writer.write(head.encode() + sent)
        try:
            return await _answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            return 0, b""

    async def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


async def _client(port: int, mix: list[Asked], until: float, seen: Seen, seed: int) -> None:
    chance, client = random.Random(seed), _Client(port)
    while time.monotonic() < until:
        begun = time.monotonic()
        if chance.random() < HOSTILE_SHARE:
            status, _ = await client.ask("sparql", "*/*", chance.choice(HOSTILE))
            seen.hostile[status] = seen.hostile.get(status, 0) + 1
            seen.late = max(seen.late, time.monotonic() - begun)
            continue
        asked = chance.choice(mix)
        path = chance.choice(asked.paths)
        status, body = await client.ask(path, asked.accept)
        seen.healthy += 1
        if status != 200 or not body:
            seen.failed.append(f"{status} {path[:80]} {body[:80]!r}")
    await client.close()


async def _health(port: int, until: float, seen: Seen) -> None:
    client = _Client(port)
    while time.monotonic() < until:
        begun = time.monotonic()
        status, _ = await client.ask("health", "*/*")
        seen.health.append(time.monotonic() - begun)
        if status != 200:
            seen.failed.append(f"{status} health")
        await asyncio.sleep(0.25)
    await client.close()


async def _soak(port: int, mix: list[Asked], seconds: float, weigh: Callable[[], float]) -> tuple[Seen, float, float]:
    """What is seen in so many seconds, and the server's memory after a sixth of them and at the end."""
    seen, until = Seen(), time.monotonic() + seconds
    tasks = [asyncio.create_task(_client(port, mix, until, seen, seed)) for seed in range(MANY)]
    tasks.append(asyncio.create_task(_health(port, until, seen)))
    await asyncio.sleep(seconds / 6)
    before = weigh()
    await asyncio.gather(*tasks)
    await asyncio.sleep(2.0)
    return seen, before, weigh()


def _tree(process: int) -> list[int]:
    """A process and all that it started."""
    found = [process]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _weight(process: int) -> float:
    """Megabytes that a process and its children have, what they share counted once (PSS)."""
    total = 0
    for one in _tree(process):
        try:
            total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.M)[1])  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return total / 1024


# ---------------------------------------------------------------- the run


def _line(name: str, rate: Rate) -> str:
    failed = f"  {rate.failed} FAILED" if rate.failed else ""
    return f"  {name:<46}{rate.rate:>10,.0f} /s   median {rate.median:7.1f} ms   p99 {rate.high:7.1f} ms{failed}"


def _first_page(graph: Path) -> float:
    begun = time.perf_counter()
    with serving(graph) as server, server.client() as client:
        assert client.get("", headers={"Accept": "text/html"}).status_code == 200
        return time.perf_counter() - begun


def rates(server: Serving, graph: Path, seconds: int, python: str | None) -> list[str]:
    """Prints the rates, and tells which bounds are broken."""
    wanted, wrong = Wanted.of(graph), []
    print(f"\n{CLIENTS} clients, {seconds} s each; {len(wanted.things)} things asked for in turn")
    page, question = (wrk(server.address, asked, seconds) for asked in (wanted.pages(), wanted.questions()))
    ours, fresh = (wrk(server.address, wanted.lookups("sparql", new), seconds) for new in (False, True))
    print(_line("kg serve: page of a thing", page))
    print(_line("kg serve: saved question (CSV)", question))
    print(_line("kg serve: look-up (SPARQL)", ours))
    print(_line("kg serve: look-up, never asked before", fresh))
    with oxigraph(graph) as address:
        print(_line("oxigraph server: look-up", wrk(address, wanted.lookups("query"), seconds)))
    with rdflib_endpoint(graph, python) as address:
        other, theirs = (wrk(address, wanted.lookups("", new), seconds) for new in (False, True))
        print(_line("rdflib-endpoint: look-up", other))
        print(_line("rdflib-endpoint: look-up, never asked before", theirs))
    print(
        f"  look-ups: {ours.rate / other.rate:.1f} times the rate of rdflib-endpoint, "
        f"{fresh.rate / theirs.rate:.1f} times where none was asked before"
    )
    bounds = (
        (page.rate >= 300, "pages of things below 300 a second"), (page.high <= 100, "p99 of pages over 100 ms"),
        (question.high <= 150, "p99 of saved questions over 150 ms"),
        (ours.rate >= 5 * other.rate, "look-ups below five times rdflib-endpoint"),
        (not page.failed + question.failed + ours.failed + fresh.failed, "requests failed"),
    )  # fmt: skip
    return wrong + [said for held, said in bounds if not held]


def _told(server: Serving, name: str) -> str:
    """What the server's metrics say of one name."""
    found = re.search(rf"^{name} (\S+)", httpx.get(f"{server.address}metrics", trust_env=False).text, re.MULTILINE)
    return found[1] if found else "?"


def soak(server: Serving, graph: Path, seconds: float) -> list[str]:
    """Prints what 50 clients saw, and tells which bounds are broken."""
    wanted = Wanted.of(graph)
    mix = [wanted.pages(), wanted.questions(), wanted.lookups("sparql")]
    port = int(server.address.rstrip("/").rpartition(":")[2])
    seen, before, after = asyncio.run(_soak(port, mix, seconds, lambda: _weight(server.process.pid)))
    late = sorted(seen.health)[int(len(seen.health) * 0.99)]
    grown = after / before - 1
    count = sum(seen.hostile.values())
    print(f"\n{MANY} clients for {seconds:.0f} s, one query in a hundred hostile")
    print(f"  healthy   {seen.healthy:,} requests, {seen.healthy / seconds:.0f} a second, {len(seen.failed)} failed")
    print(f"  hostile   {count} queries, by status {dict(sorted(seen.hostile.items()))}, the longest {seen.late:.1f} s")
    print(f"  health    {len(seen.health)} looks, p99 {1000 * late:.0f} ms, longest {1000 * max(seen.health):.0f} ms")
    print(f"  memory    {before:.0f} MB, at the end {after:.0f} MB ({100 * grown:+.1f} %)")
    restarts = _told(server, "kg_keeper_restarts")
    print(f"  restarts  {restarts}")
    for line in seen.failed[:5]:
        print(f"    {line}")
    bounds = (
        (not seen.failed, f"requests failed that were healthy: {len(seen.failed)}"),
        (late <= 0.5, "p99 of health over 500 ms"),
        (grown < 0.05, "memory grew by 5 % or more"), (count > 0, "no hostile query was sent"),
        (restarts == "0.0", "the keeper broke"),
        (seen.late <= SECONDS_OF_A_QUERY + 1, "a hostile query took longer than its limit and a second"),
    )  # fmt: skip
    return [said for held, said in bounds if not held]


def main() -> int:
    """Measures all, and tells whether the bounds hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--rdflib-endpoint", metavar="PYTHON", help="a Python that has it")
    options.add_argument("--short", action="store_true")
    given = options.parse_args()
    seconds, minutes = (3, 0.5) if given.short else (given.seconds, given.minutes)
    graph = graph_file(None, None)
    wrong: list[str] = []
    starts = sorted(_first_page(graph) for _ in range(3))
    print(f"first page after {starts[1]:.2f} s (median of 3)")
    if starts[1] > 3.0:
        wrong.append("the first page comes later than 3 s after the start")
    with serving(graph) as server:
        wrong += rates(server, graph, seconds, given.rdflib_endpoint)
    with serving(graph) as server:
        wrong += soak(server, graph, 60 * minutes)
    for said in wrong:
        print(f"BOUND BROKEN: {said}", file=sys.stderr)
    return any(said.startswith(_ALWAYS) for said in wrong) if given.short else bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
