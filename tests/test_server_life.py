"""The life of a server: it opens a new build while it answers, survives the end of its parts, and ends when told to."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import socket
import subprocess
import termios
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import httpx
import pytest
from processes import command, environment
from serving import Serving, heeding, launched, serving
from timing import Late, in_time

pytestmark = pytest.mark.slow

_LOAD = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that never ends by itself."""


@pytest.fixture
def own(graph: Path, tmp_path: Path) -> Path:
    """A graph's file that the test may change."""
    file = tmp_path / "own" / "aigov-kg.nq"
    file.parent.mkdir()
    file.write_bytes(graph.read_bytes())
    return file


def _replace(file: Path, content: bytes) -> None:
    """Puts another file in its place, as a build does."""
    staged = file.with_name(".staged")
    staged.write_bytes(content)
    staged.replace(file)


def _until(reached: Callable[[], bool], what: str, seconds: float = 30.0) -> float:
    """Waits for something; the seconds that it took."""
    begun = time.monotonic()
    while not reached():
        in_time(time.monotonic() - begun, seconds, what)
        time.sleep(0.05)
    return time.monotonic() - begun


def _direct(process: int) -> set[int]:
    """The children of a process (Linux)."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text(encoding="ascii").split()}


def _children(process: int) -> set[int]:
    """The processes below one, as far down as they go."""
    found = _direct(process)
    return found.union(*map(_children, found))


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] != "Z"


def _keepers(server: Serving) -> list[int]:
    """The processes that hold a graph, which is one but for the moment in which one gives way to the next."""
    children = filter(_lives, _direct(server.process.pid))
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _in_progress(client: httpx.Client) -> float:
    """How many requests are not answered yet, this one among them."""
    [told] = re.findall(r"^kg_requests_in_progress (\S+)$", client.get("metrics").text, re.MULTILINE)
    return float(told)


def _health(server: Serving) -> dict[str, object]:
    with server.client() as client:
        found: dict[str, object] = client.get("health").json()
    return found


@dataclass
class Asked:
    """What clients got: how often each status, and which refusals did not say when to come again."""

    statuses: Counter[int] = field(default_factory=Counter)
    silent: int = 0
    broken: list[str] = field(default_factory=list)


@contextmanager
def _asking(server: Serving, clients: int = 4) -> Iterator[Asked]:
    """Clients that ask one after the other: a page, the API, a question, SPARQL; no two ask for the same."""
    found, stop = Asked(), Event()

    def one(number: int) -> None:
        asked = 0
        with server.client() as client:
            while not stop.is_set():
                asked += 1
                mark = {"q": f"zoe {number}-{asked}"}
                calls: list[tuple[str, str, dict[str, str]]] = [
                    ("GET", "search.html", mark), ("GET", "api/search", mark), ("GET", "id/agent/zoe-marsh.ttl", {}),
                    ("POST", "sparql", {"query": f"SELECT ({number} AS ?a) ({asked} AS ?b) {{ }}"}),
                ]  # fmt: skip
                method, path, sent = calls[asked % len(calls)]
                try:
                    how = "data" if method == "POST" else "params"
                    answer = client.request(method, path, **{how: sent})  # type: ignore[arg-type]
                except httpx.HTTPError as error:
                    found.broken.append(repr(error))
                    continue
                found.statuses[answer.status_code] += 1
                found.silent += answer.status_code == 503 and "retry-after" not in answer.headers

    threads = [Thread(target=one, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# ---------------------------------------------------------------- a new build


@pytest.mark.parametrize("way", ["by itself", "SIGHUP"])
def test_a_new_build_is_opened_and_no_request_fails(own: Path, way: str) -> None:
    options = ["--no-watch"] if way == "SIGHUP" else []
    with serving(own, *options) as server, server.client() as client:
        old = client.get("id/agent/zoe-marsh.html")
        tag = old.headers["etag"]
        with _asking(server) as found:
            time.sleep(0.5)
            _replace(own, own.read_bytes().replace(b"Zo\xc3\xab Marsh", b"Zo\xc3\xab Marshal"))
            if way == "SIGHUP":
                time.sleep(4.5)  # two looks
                assert _health(server)["release"] == 1, "it is not opened before it is said"
                server.process.send_signal(signal.SIGHUP)
            _until(lambda: _health(server)["release"] == 2, "the new graph is opened")
            new = client.get("id/agent/zoe-marsh.html", headers={"If-None-Match": tag})
            before = found.statuses[200]
            _until(lambda: found.statuses[200] > before + 20, "they are answered")
        assert set(found.statuses) == {200} and not found.broken and before > 20
        assert "Marshal" not in old.text
        assert new.status_code == 200 and "Zoë Marshal" in new.text
        assert "opened again: " in server.told()
        _until(lambda: len(_keepers(server)) == 1, "the keeper before has ended")


_BROKEN = {
    b"<http://a> <http://b> <http://c": "can't be read as N-Quads",
    b"": "is empty",
    b"<http://a> <http://b> <http://c> .\n": "is none of ours",
}
"""What a graph's file may become by accident, and what is said of it."""


@pytest.mark.parametrize("way", ["by itself", "SIGHUP"])
def test_a_broken_file_leaves_the_graph_before(own: Path, way: str) -> None:
    good = own.read_bytes()
    told = iter(range(1, 9))

    def change(server: Serving, content: bytes) -> None:
        _replace(own, content)
        if way == "SIGHUP":
            server.process.send_signal(signal.SIGHUP)

    with serving(own, *(["--no-watch"] if way == "SIGHUP" else [])) as server, server.client() as client:
        for broken, reason in _BROKEN.items() if way == "SIGHUP" else [*_BROKEN.items()][:1]:
            change(server, broken)
            count = next(told)
            _until(lambda count=count: server.told().count("can't be opened") == count, "it says so")  # type: ignore[misc]
            line = [line for line in server.told().splitlines() if "can't be opened" in line][-1]
            assert reason in line and line.endswith("the one before is served on")
            assert "Traceback" not in server.told()
            assert _health(server)["release"] == 1
            assert client.get("api/search", params={"q": f"iqm {count}"}).status_code == 200
        change(server, good)
        _until(lambda: _health(server)["release"] == 2, "it is opened again once it is mended")


def test_a_file_that_is_still_being_written_is_not_opened(own: Path) -> None:
    lines = own.read_bytes().splitlines(keepends=True)
    # The rest alone is a graph too, one without statements.
    later = {line for line in lines if b"/graph/statements>" in line or b"/graph/evidence>" in line}
    first, rest = [line for line in lines if line not in later], sorted(later)
    with serving(own) as server:
        whole = _health(server)["statements"]
        with own.open("wb", buffering=0) as out:
            for part in (first, *[[b"# to be continued\n"]] * 5, rest):
                out.write(b"".join(part))
                time.sleep(0.8)
                told = _health(server)
                assert (told["release"], told["statements"]) == (1, whole)
        _until(lambda: _health(server)["release"] == 2, "it is opened at last")
        assert _health(server)["statements"] == whole


# ---------------------------------------------------------------- parts that end


def test_when_the_keeper_is_killed_clients_are_told_to_come_again_and_soon_are_answered(graph: Path) -> None:
    with serving(graph) as server:
        with _asking(server) as found:
            time.sleep(0.5)
            before = _keepers(server)[0]
            below = _children(before)
            os.kill(before, signal.SIGKILL)
            _until(lambda: _health(server)["status"] == "opening", "its end is seen", 5)
            _until(lambda: _health(server)["status"] == "ok", "another is there", 15)
            well = found.statuses.copy()
            _until(lambda: found.statuses[200] > well[200] + 20, "they are answered")
        assert not found.broken
        assert set(found.statuses) == {200, 503} and found.silent == 0
        assert found.statuses[503] == well[503]
        assert _keepers(server)[0] != before
        _until(lambda: not any(map(_lives, below)), "its workers have ended too", 5)
        with server.client() as client:
            assert "kg_keeper_restarts 1.0" in client.get("metrics").text


def test_health_says_503_while_no_graph_is_open(graph: Path) -> None:
    with serving(graph) as server, server.client() as client:
        os.kill(_keepers(server)[0], signal.SIGKILL)
        _until(lambda: client.get("health").status_code == 503, "its end is seen", 5)
        _until(lambda: client.get("health").status_code == 200, "another is there", 15)


def test_nothing_is_left_of_a_server_that_was_killed(graph: Path) -> None:
    with launched(graph) as server, httpx.Client(trust_env=False, timeout=1) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.address}sparql", data={"query": _LOAD})
        below = _children(server.process.pid)
        assert len(below) >= 4, "keeper, two workers, and what minds their semaphores"
        server.process.kill()
        server.process.wait()
        _until(lambda: not any(map(_lives, below)), "all its processes have ended", 5)


# ---------------------------------------------------------------- the end


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_at_a_signal_and_nothing_is_left(graph: Path, number: signal.Signals, code: int) -> None:
    with launched(graph) as server:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        with server.client() as client:
            assert client.get("").status_code == 200
            below = _children(server.process.pid)
            begun = time.monotonic()
            os.killpg(server.process.pid, number) if number == signal.SIGINT else server.process.send_signal(number)
            assert server.process.wait(timeout=20) == code
            in_time(time.monotonic() - begun, 3)
        _until(lambda: not any(map(_lives, below)), "all its processes have ended", 2)
        assert server.told().count("\n") == 3 and "Traceback" not in server.told()
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
            again.bind(("127.0.0.1", port))


def test_it_ends_while_nobody_waits_any_more_for_what_the_graph_before_is_asked(own: Path) -> None:
    with launched(own, "--seconds", "6") as server, httpx.Client(trust_env=False, timeout=1) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.address}sparql", data={"query": _LOAD})
        _replace(own, own.read_bytes().replace(b"Zo\xc3\xab Marsh", b"Zo\xc3\xab Marshal"))
        _until(lambda: _health(server)["release"] == 2, "the new graph is opened")
        below = _children(server.process.pid)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
        _until(lambda: not any(map(_lives, below)), "all its processes have ended", 5)


def test_an_answer_under_way_is_given_before_the_end(graph: Path) -> None:
    with launched(graph, "--seconds", "3") as server, server.client() as client:
        got: list[httpx.Response] = []
        asking = Thread(target=lambda: got.append(client.post("sparql", data={"query": _LOAD})))
        asking.start()
        _until(lambda: _in_progress(client) > 1, "the query is under way")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
        asking.join()
        if got[0].status_code == 503:
            raise Late("it waited for longer than it ran")
        assert got[0].status_code == 422 and got[0].json()["limit"] == "time"


def test_a_second_ctrl_c_ends_it_at_once(graph: Path) -> None:
    with launched(graph) as server, server.client() as client:

        def ask() -> None:
            with suppress(httpx.HTTPError):
                client.post("sparql", data={"query": _LOAD})

        asking = Thread(target=ask)
        asking.start()
        _until(lambda: _in_progress(client) > 1, "the query is under way")
        begun = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=20) == 130
        in_time(time.monotonic() - begun, 5)
        asking.join()
        assert "Traceback" not in server.told()


def _heeds(process: int, number: signal.Signals) -> bool:
    """Whether a signal would do something to a process now: it neither waits nor is ignored (Linux)."""
    told = dict(line.split(":\t") for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return not (int(told["SigBlk"], 16) | int(told["SigIgn"], 16)) >> (number - 1) & 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_while_the_graph_is_opened(graph: Path, tmp_path: Path, number: signal.Signals) -> None:
    said = tmp_path / "said"
    words = command("serve", "--graph", graph, "--port", "0")
    with (
        said.open("wb") as out,
        subprocess.Popen(words, stdout=out, stderr=out, env=environment(), start_new_session=True) as process,
    ):
        _until(lambda: len(_children(process.pid)) > 1, "the keeper begins")
        below = _children(process.pid)
        heeded = [one for one in below if _heeds(one, number)]
        os.killpg(process.pid, number)
        assert process.wait(timeout=20) == (130 if number == signal.SIGINT else 0)
        _until(lambda: not any(map(_lives, below)), "all its processes have ended", 2)
    assert said.read_text(encoding="utf-8") == ""
    assert not heeded, "only the front may end of it"


def _of_a_terminal(theirs: int) -> None:
    """Makes a terminal that of a process that is about to begin."""
    heeding()
    os.setsid()
    fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)


def _reads(terminal: int, wanted: bytes) -> None:
    """Reads until something is told; fails when it is not."""
    told, until = b"", time.monotonic() + 60
    while wanted not in told:
        assert select.select([terminal], [], [], max(0.0, until - time.monotonic()))[0], told
        told += os.read(terminal, 1000)


def test_it_ends_with_its_terminal(graph: Path) -> None:
    ours, theirs = pty.openpty()
    words = command("serve", "--graph", graph, "--port", "0")
    with subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(), preexec_fn=lambda: _of_a_terminal(theirs)
    ) as process:
        os.close(theirs)
        _reads(ours, b"to expose it")
        process.send_signal(signal.SIGHUP)  # the terminal is there: this one means a reload
        _reads(ours, b"opened again")
        below = _children(process.pid)
        os.close(ours)
        assert process.wait(timeout=20) == 0
        _until(lambda: not any(map(_lives, below)), "all its processes have ended", 2)


def test_a_client_that_goes_away_does_not_end_it(graph: Path) -> None:
    asked = f"GET /sparql?query={quote('ASK { ?s ?p ?o }')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with serving(graph) as server:
        host, _, port = server.address.removeprefix("http://").rstrip("/").partition(":")
        for _ in range(200):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(asked * 3)
        server.healthy()
