"""Loads killed at random moments: is each graph of a real server old or new afterwards, and does the same command end?

`python benchmarks/faults.py [--rounds N] [--store oxigraph|virtuoso] [--seed S] [--triples N]` kills the server, then
the client, N times each with SIGKILL: half the times while a first load runs, half while one release replaces another.
Half of the moments are spread evenly over a load, half over its short phases. After each the server is started again,
the graphs are compared by digest with those of loads that nobody disturbed, the same command is repeated and
`kg verify` must find nothing. Every other time somebody loads the other release first. Meanwhile a reader counts all
five graphs by one query over and over. Prints how many kills fell into which phase and what they left; exits 1 when
something was wrong.

Virtuoso 7.2 stops answering once in some dozens of fresh databases, undisturbed, with nothing but a plain PUT (three
of its threads wait for each other; its log says so): it is then ended and started again, and that is counted too.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import httpx

HERE = Path(__file__).parent
sys.path[:0] = [one for one in map(str, (HERE.parent, HERE.parent / "tests")) if one not in sys.path]

from stores.servers import Oxigraph, Server, Virtuoso, running  # noqa: E402

from benchmarks.larger import main as larger  # noqa: E402
from kg.graphs import GRAPHS, graph_name  # noqa: E402
from kg.stores.record import RECORD  # noqa: E402

__all__ = ["FOREIGN", "Campaign", "Client", "Ended", "main", "newer"]

NAMES = {name: graph_name(name).value for name in GRAPHS}
FOREIGN = {
    f"urn:example:{name}": b"".join(b"<urn:a:%d> <urn:b> %s .\n" % (n, value) for n in range(200))
    for name, value in (("others", b'"140.0"'), ("theirs", b"<urn:c>"))
} | {RECORD.removesuffix("loaded") + "mine": b"<urn:a> <urn:b> <urn:c> .\n"}
"""Graphs of others, one of them with a name much like ours."""
PHASES = ("look", "begin", "drop", "put", "count", "move", "end")
_SHORT = ("begin", "drop", "count", "move", "end")
_WAY_ON = 30.0
"""A server goes on with the request of a killed client: seconds until what is read at once must fit together."""

_CLIENT = """
import os, sys, time
import httpx
from kg.cli import run
trace, send = open(int(os.environ["TRACE"]), "w", buffering=1), httpx.Client.send
def told(client, request, **kinds):
    body = b"".join(request.stream) if isinstance(request.stream, httpx.ByteStream) else b""
    said = "MOVE" if b"MOVE GRAPH" in body else body[:6].decode()
    print(time.monotonic(), request.method, request.url, said, file=trace)
    try:
        return send(client, request, **kinds)
    finally:
        print(time.monotonic(), "ended", file=trace)
httpx.Client.send = told
run()
"""
"""What `kg` runs, but each request is told beforehand."""


def newer(older: Path, path: Path) -> Path:
    """Another release: every fiftieth triple of each graph is gone, every third label reads otherwise."""
    counts: Counter[str] = Counter()
    with older.open(encoding="utf-8") as given, path.open("w", encoding="utf-8", newline="\n") as out:
        for line in given:
            graph = line[line.rfind("<") :]
            counts[graph] += 1
            if counts[graph] % 50 == 7:
                continue
            out.write(re.sub(r'(label> "[^"\\]*)', r"\1 *", line) if counts[graph] % 3 == 0 else line)
    return path


class Event(NamedTuple):
    """A request that the client has begun (its phase), or that has ended (""): when, by the clock that all share."""

    at: float
    phase: str


def _events(text: str) -> list[Event]:
    found: list[Event] = []
    begun = False
    for line in text.splitlines():
        at, method, *rest = line.split(" ", 3)
        url, said = unquote(rest[0]) if rest else "", rest[1] if len(rest) > 1 else ""
        begun = begun or (method == "POST" and url.endswith(RECORD))
        phase = {"PUT": "put", "DELETE": "drop"}.get(method, "count" if begun else "look")
        if said.startswith(("MOVE", "DELETE", "INSERT")):
            phase = "end" if said.startswith("DELETE") else "move"
        elif method == "POST" and url.endswith(RECORD):
            phase = "begin"
        found.append(Event(float(at), "" if method == "ended" else phase))
    return found


class Ended(NamedTuple):
    """How a command ended: its exit code (negative: the signal), what it printed, and its requests."""

    code: int
    out: str
    said: str
    events: list[Event]


class Client:
    """`kg` as a process that can be killed at its n-th request."""

    def __init__(self, server: Server, folder: Path, *arguments: str | Path) -> None:
        self._files = [tempfile.TemporaryFile("w+", dir=folder) for _ in range(2)]  # noqa: SIM115 (closed with it)
        self._read, trace = os.pipe()
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        known = {"KG_STORE_USER": server.user, "KG_STORE_PASSWORD": server.password} if server.user else {}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CLIENT, *map(str, arguments)], cwd=HERE.parent, pass_fds=[trace],
            stdout=self._files[0], stderr=self._files[1],
            env=ours | known | {"TRACE": str(trace), "TMPDIR": str(folder), "PYTHONPATH": str(HERE.parent)},
        )  # fmt: skip
        os.close(trace)
        self._told = b""

    def reach(self, number: int) -> bool:
        """Waits until the n-th request begins (from 0); False when it ends before."""
        while len([one for one in _events(self._whole()) if one.phase]) <= number:
            block = os.read(self._read, 1 << 12)
            if not block:
                return False
            self._told += block
        return True

    def _whole(self) -> str:
        return self._told[: self._told.rfind(b"\n") + 1].decode()

    def ended(self) -> Ended:
        """Waits until it has ended."""
        while block := os.read(self._read, 1 << 16):
            self._told += block
        os.close(self._read)
        code = self.process.wait(timeout=600)
        texts = []
        for file in self._files:
            file.seek(0)
            texts.append(file.read())
            file.close()
        return Ended(code, texts[0], texts[1], _events(self._whole()))


class Moment(NamedTuple):
    """When to kill: so many seconds after the n-th request has begun."""

    request: int
    seconds: float


def _moment(chance: random.Random, events: list[Event], even: bool) -> Moment:
    """A moment of a load like the one that was watched: all its moments evenly, or those of a short phase."""
    begun = [one for one in events if one.phase]
    ends = [one.at for one in begun[1:]] + [events[-1].at + 0.01]
    spans = [(number, end - one.at) for number, (one, end) in enumerate(zip(begun, ends, strict=True))]
    if not even:
        phase = chance.choice([name for name in _SHORT if any(one.phase == name for one in begun)])
        spans = [span for span in spans if begun[span[0]].phase == phase]
    (number, seconds), = chance.choices(spans, [length for _, length in spans])  # fmt: skip
    return Moment(number, chance.random() * seconds)


@dataclass
class Report:
    """What was found: kills and what they left, what `kg` and the reader saw, and all that was wrong."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        rows = sorted({row for row, _ in self.kills})
        yield (
            f"{'killed, while':32}"
            + "".join(f"{phase:>7}" for phase in (*PHASES, "after"))
            + "    all   old   new  part"
        )
        for row in rows:
            numbers = [self.kills[row, phase] for phase in (*PHASES, "after")]
            left = "".join(f"{self.left[row, state]:>6}" for state in ("old", "new", "part"))
            yield f"{row:32}" + "".join(f"{number:>7}" for number in numbers) + f"{sum(numbers):>7}" + left
        yield "read meanwhile: " + (
            ", ".join(f"{number} {state}" for state, number in sorted(self.reads.items())) or "-"
        )
        for said, number in self.said.most_common():
            yield f"{number:>5} times: {said}"
        yield from (f"WRONG: {one}" for one in self.wrong)


_STUCK = "Locks are held for a long time"
"""What Virtuoso writes into its log when its threads wait for each other."""
_RESTARTED = "the server stopped answering by itself, was ended and started again"


class Campaign:
    """One server that holds nothing, two releases, and the digests that each graph may have."""

    def __init__(self, server: Server, releases: tuple[Path, Path], folder: Path, seed: int = 1) -> None:
        self.report = Report()
        self._server, self._releases, self._folder = server, releases, folder
        self._chance = random.Random(seed)
        self._logged = 0
        for graph, triples in FOREIGN.items():
            server.put(graph, triples)
        self._foreign = {graph: self._digest(graph) for graph in FOREIGN}
        self._empty = self._state()
        self._events: dict[str, list[Event]] = {}
        self._states, self._counts = [self._empty, self._empty], [(0,) * len(NAMES)] * 2
        for way, target in (("first", 0), ("swap", 1), ("swap", 0)):
            self._watch(way, target)
        assert not set(self._states[0].values()) & set(self._states[1].values()), "two releases differ in each graph"
        self._holds = 0

    def _watch(self, way: str, target: int) -> None:
        """A load that nobody disturbs."""
        self._events[way] = self._kg("load", target).events
        self._states[target], self._counts[target] = self._state(), self._read()

    def _freed(self) -> bool:
        """Ends and starts a server that waits for itself; False where it does not say so."""
        log = self._server.folder / "v.log"
        text = log.read_text(encoding="utf-8", errors="replace")[self._logged :] if log.is_file() else ""
        if _STUCK not in text:
            return False
        self._server.kill()
        self._logged += len(text)
        self._server.start()
        self.report.said[_RESTARTED] += 1
        print(f"{time.strftime('%X')} {_RESTARTED}", flush=True)
        return True

    def _digest(self, graph: str) -> str:
        """The digest of what the server itself gives for a graph, sorted."""
        where, headers = {self._server.parameter: graph}, {"Accept": "application/n-triples"}
        url = self._server.base + self._server.graphs

        def given() -> httpx.Response:
            return httpx.get(url, params=where, headers=headers, auth=self._server.auth, timeout=100)

        try:
            reply = given()
        except httpx.TimeoutException:
            if not self._freed():
                raise
            reply = given()
        assert reply.status_code in (200, 404), reply.text
        lines = set(reply.content.split(b"\n")) if reply.status_code == 200 else set()
        kept = sorted(line for line in lines if line.strip() and not line.startswith(b"#"))
        return hashlib.sha256(b"\n".join(kept)).hexdigest()

    def _state(self) -> dict[str, str]:
        return {name: self._digest(graph) for name, graph in NAMES.items()}

    def _read(self) -> tuple[int, ...]:
        """The counts of the five graphs, by one query."""
        graphs = " ".join(f"<{graph}>" for graph in NAMES.values())
        query = f"SELECT ?g (COUNT(*) AS ?n) {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
        reply = httpx.get(
            self._server.base + self._server.query, params={"query": query}, headers={"Accept": "text/csv"}, timeout=100
        )
        reply.raise_for_status()
        rows = dict(line.replace('"', "").rsplit(",", 1) for line in reply.text.splitlines()[1:])
        return tuple(int(rows.get(graph, 0)) for graph in NAMES.values())

    @contextmanager
    def reader(self) -> Iterator[None]:
        """Somebody who reads all the while a release replaces another."""
        over = threading.Event()

        def read() -> None:
            while not over.is_set():
                with suppress(httpx.HTTPError):  # the server was killed
                    found = self._read()
                    self.report.reads["one release" if found in self._counts else "mixed"] += 1
                    # Virtuoso reads what is committed, row by row: a query may span the end of a transaction.
                    whole = not isinstance(self._server, Virtuoso)
                    if whole and found not in self._counts and len(self.report.wrong) < 100:
                        self._wrong(f"a reader saw {found}, neither of {self._counts}")

        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def start(self, *arguments: str | Path) -> Client:
        """`kg` with these arguments, begun."""
        return Client(self._server, self._folder, *arguments)

    def load(self, target: int) -> Client:
        """`kg load` of a release, begun."""
        return self.start("load", self._server.base, "--graph", self._releases[target], "--timeout", "60")

    def _wrong(self, what: str) -> None:
        self.report.wrong.append(what)
        print(f"WRONG: {what}", flush=True)

    def _kg(self, command: str, target: int, when: str = "undisturbed") -> Ended:
        """A command that must end well."""
        more = () if command == "unload" else ("--graph", self._releases[target])
        ended = self.start(command, self._server.base, *more, "--timeout", "60").ended()
        if "did not answer within" in ended.said and self._freed():
            ended = self.start(command, self._server.base, *more, "--timeout", "60").ended()
        if ended.code:
            self._wrong(f"{when}: kg {command} of {target} ends with {ended.code}: {_last(ended.said)}")
        return ended

    def round(self, victim: str, way: str, even: bool, back: bool = False, mind: bool = False) -> None:
        """Kills the `server` or the `client` during a load and looks what is left.

        `even`: at any moment, else in a short phase. `back`: the server is there again while the client still tries.
        `mind`: before the same command is repeated, somebody loads the other release.
        """
        target = 1 - self._holds
        if way == "first":
            self._kg("unload", target)
        before = self._empty if way == "first" else self._states[self._holds]
        moment = _moment(self._chance, self._events[way], even)
        with self.reader() if way == "swap" else nullcontext():
            client = self.load(target)
            reached = client.reach(moment.request)
            time.sleep(moment.seconds)
            at = time.monotonic()
            if victim == "server":
                self._server.kill()
                if back:
                    self._server.start()
            elif reached:
                client.process.send_signal(signal.SIGKILL)
            ended = client.ended()
        if victim == "server" and not back:
            self._server.start()
        phase = _phase(ended, at)
        row = f"{victim}{' back at once' if back else ''}, {'first load' if way == 'first' else 'replacing'}"
        when = f"{row}, {phase} ({moment.request}, {moment.seconds:.3f} s)"
        self.report.kills[row, phase] += 1
        self._ended(ended, when, victim)
        left = self._look(before, self._states[target], way, when)
        self.report.left[row, left] += 1
        if mind:
            self._mend(1 - target, f"{when}, then the other release")
        self._mend(target, when)
        self._holds = target
        print(f"{time.strftime('%X')} {when}: {left}", flush=True)

    def together(self, way: str, same: bool, pause: float) -> None:
        """Two loads at once, the second begun so many seconds after the first."""
        target = 1 - self._holds
        if way == "first":
            self._kg("unload", target)
        with self.reader() if way == "swap" else nullcontext():
            clients = [self.load(target)]
            time.sleep(pause)
            clients.append(self.load(target if same else 1 - target))
            ended = [client.ended() for client in clients]
        found = self._state()
        whole = found in self._states
        codes = " and ".join(str(one.code) for one in ended)
        if not whole and not any(one.code for one in ended):
            self._wrong("two loads at once leave a mixture, and both say that all is well")
        row = f"two loads, {'first' if way == 'first' else 'replacing'}, {'same' if same else 'two releases'}"
        print(f"{time.strftime('%X')} {row}, {pause:.2f} s: {codes}, {'whole' if whole else 'MIXED'}", flush=True)
        for one in ended:
            print("   ", _last(one.said), flush=True)
        self._mend(target, row)
        self._holds = target

    def _ended(self, ended: Ended, when: str, victim: str) -> None:
        """Whether a client that was disturbed says so by one line and its exit code."""
        errors = [line for line in ended.said.splitlines() if line.startswith("Error: ")]
        fine = (-signal.SIGKILL, 0) if victim == "client" else (0, 3)
        if ended.code not in fine or "Traceback" in ended.said or len(errors) != (ended.code > 0):
            self._wrong(f"{when}: kg load ends with {ended.code}: {_last(ended.said)}")
        for line in errors:
            self.report.said[re.sub(r"\d{4,5}", "N", line)] += 1

    def _look(self, old: dict[str, str], new: dict[str, str], way: str, when: str) -> str:
        """What the graphs hold: `old`, `new`, or of a first load `part` of them new."""
        end = time.monotonic() + _WAY_ON
        while True:
            found = self._state()
            if found in (old, new):
                return "old" if found == old else "new"
            if way == "first" and all(found[name] in (old[name], new[name]) for name in NAMES):
                return "part"
            if time.monotonic() > end:
                break
        states = {name: "old" if found[name] == old[name] else "new" if found[name] == new[name] else "neither"
                  for name in NAMES}  # fmt: skip
        self._wrong(f"{when}: the graphs are {states}, counts {self._read()}")
        return "wrong"

    def _mend(self, target: int, when: str) -> None:
        """The command (again), and everything must be as it should."""
        self._kg("load", target, when)
        self._kg("verify", target, when)
        if self._state() != self._states[target]:
            self._wrong(f"{when}: repeated, the graphs differ from those of a load that nobody disturbed")
        foreign = {graph: self._digest(graph) for graph in FOREIGN}
        if foreign != self._foreign:
            self._wrong(f"{when}: graphs of others have changed")
        extra = set(self._server.counts()) - set(NAMES.values()) - set(FOREIGN) - {RECORD}
        if extra:
            self._wrong(f"{when}: these graphs are left: {sorted(extra)}")


def _last(text: str) -> str:
    """The last line of a text, shortened."""
    return text.strip().rpartition("\n")[2][:300]


def _phase(ended: Ended, at: float) -> str:
    """What the client was about at a moment."""
    begun = [one.phase for one in ended.events if one.phase and one.at <= at]
    if ended.code == 0 and ended.events[-1].at <= at:
        return "after"
    return begun[-1] if begun else "look"


def _rounds(campaign: Campaign, rounds: int) -> None:
    for number in range(rounds):
        for victim in ("server", "client"):
            way, even = ("first", "swap")[number % 2], number // 2 % 2 == 0
            back = victim == "server" and number % 3 == 2
            campaign.round(victim, way, even, back=back, mind=number % 4 >= 2)


def main(arguments: list[str] | None = None) -> int:
    """Prints the reports; 1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=50, help="kills of the server, and as many of the client")
    parser.add_argument("--store", choices=("oxigraph", "virtuoso"), help="one of the two only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--triples", type=int, default=30_000)
    given = parser.parse_args(arguments)
    kinds: list[type[Server]] = [
        kind for kind in (Oxigraph, Virtuoso) if kind.__name__.lower() == (given.store or kind.__name__.lower())
    ]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="kg-faults-") as name:
        folder = Path(name)
        if larger([str(folder / "older.nq"), "--triples", str(given.triples), "--seed", str(given.seed)]):
            return 2
        releases = folder / "older.nq", newer(folder / "older.nq", folder / "newer.nq")
        for kind in kinds:
            with running(kind(folder / kind.__name__)) as server:
                campaign = Campaign(server, releases, folder, given.seed)
                _rounds(campaign, given.rounds)
            print(f"{kind.__name__}, {given.triples:,} triples, seed {given.seed}")
            print("\n".join(campaign.report.lines()), flush=True)
            wrong += len(campaign.report.wrong)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
