"""The workers of a keeper: whatever one ends with, somebody is told, and another takes its place."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from timing import in_time, within

from kg.server import crew, worker
from kg.server.crew import Crew, Job
from kg.server.frames import HEAD, framed, received
from kg.server.limits import Limits
from kg.server.office import Office
from kg.server.reply import Reply, packed, unpacked

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked"),
    # A test run has threads, a keeper has none.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that have no graph and keep their rights; a job is the name of what they do."""
    monkeypatch.setattr(worker, "_begin", lambda lane: None)
    monkeypatch.setattr(worker, "work", lambda lane, job, until: WORK[job](lane))
    monkeypatch.setattr(crew, "_PAUSE", 0.0)
    monkeypatch.setattr(crew, "_GRACE", 0.1)


def _answer(text: str) -> bytes:
    return packed(Reply(200, "text/plain", text.encode()))


def _fails(lane: str) -> bytes:
    raise ValueError(f"in {lane}")


def _ends(number: signal.Signals) -> Callable[[str], bytes]:
    def end(lane: str) -> bytes:
        faulthandler.disable()
        os.kill(os.getpid(), number)
        raise AssertionError

    return end


def _long(lane: str) -> bytes:
    if lane != "long":
        os.kill(os.getpid(), signal.SIGPROF)
    return _answer("at last")


def _slow(lane: str) -> bytes:
    if lane != "long":
        time.sleep(0.8)
        os.kill(os.getpid(), signal.SIGPROF)
    time.sleep(60)
    return b""


def _leaves(lane: str) -> bytes:
    os._exit(3)


def _sleeps(lane: str) -> bytes:
    time.sleep(60)
    return b""


def _what(number: int) -> str:
    """What the process has open under a number (Linux)."""
    return str(Path(f"/proc/self/fd/{number}").readlink())


def _open() -> list[str]:
    """All that the process has open."""
    return [str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]


WORK: dict[str, Callable[[str], bytes]] = {
    "answers": lambda lane: _answer(lane), "process": lambda lane: _answer(str(os.getpid())), "fails": _fails,
    "large": lambda lane: _answer("x" * 3_000_000), "long": _long, "sleeps": _sleeps, "slow": _slow, "leaves": _leaves,
    "open": lambda lane: _answer(json.dumps(_open())),
    "alarm": _ends(signal.SIGALRM), "abort": _ends(signal.SIGABRT), "fault": _ends(signal.SIGSEGV),
}  # fmt: skip


class Front:
    """A crew with what it tells."""

    def __init__(self, limits: Limits) -> None:
        self.told: dict[int, Reply] = {}
        self.crew = Crew(limits, self._hear, ())

    def _hear(self, number: int, content: bytes) -> None:
        assert number not in self.told, "told twice"
        self.told[number] = unpacked(content)

    def ask(self, number: int, job: str, lane: str = "query", seconds: float = 10.0) -> None:
        self.crew.begin(lane, Job(number, job.encode(), time.monotonic(), seconds))

    def wait(self, *numbers: int) -> None:
        until = time.monotonic() + 20
        while not set(numbers) <= set(self.told):
            assert time.monotonic() < until, f"not told: {set(numbers) - set(self.told)}"
            self.crew.turn()


@pytest.fixture
def front() -> Iterator[Front]:
    made = Front(Limits(workers=2, queue=3, long_queue=1))
    yield made
    made.crew.end()


@pytest.mark.parametrize(
    ("job", "status", "told"),
    [
        ("answers", 200, "query"), ("large", 200, "x" * 3_000_000), ("long", 200, "at last"), ("fails", 500, "failed"),
        ("alarm", 422, "longer than"), ("abort", 422, "more than 512 MB"), ("fault", 422, "nested too deeply"),
        ("leaves", 422, "without an answer"),
    ],
    ids=lambda value: str(value)[:9],
)  # fmt: skip
def test_every_job_is_answered_and_so_is_the_next(front: Front, job: str, status: int, told: str) -> None:
    for number in range(6):
        front.ask(number, job)
        front.wait(number)
        assert front.told[number].status == status
        assert told in front.told[number].body.decode()
    front.ask(99, "answers")
    front.wait(99)
    assert front.told[99].body == b"query"


def test_what_waited_for_longer_than_it_ran_is_not_told_that_it_took_too_long(front: Front) -> None:
    for number in range(2):
        front.ask(number, "sleeps", lane="query", seconds=1.0)
    front.ask(2, "sleeps", seconds=1.6)  # has half a second, once there is room
    front.wait(0, 1, 2)
    assert [front.told[number].status for number in range(3)] == [422, 422, 503]
    assert front.told[2].headers["Retry-After"]


def test_what_ran_before_in_another_lane_has_not_waited(front: Front) -> None:
    front.ask(1, "slow", seconds=1.4)
    front.wait(1)
    assert front.told[1].status == 422


def test_what_a_worker_fails_at_is_told_to_our_log_only(front: Front, capfd: pytest.CaptureFixture[str]) -> None:
    front.ask(1, "fails")
    front.wait(1)
    assert "ValueError: in query" in capfd.readouterr().err
    assert "ValueError" not in front.told[1].body.decode()


def test_a_worker_that_is_late_is_ended(front: Front) -> None:
    begun = time.monotonic()
    front.ask(1, "sleeps", seconds=0.5)
    front.wait(1)
    assert (front.told[1].status, json.loads(front.told[1].body)["limit"]) == (422, "time")
    assert time.monotonic() - begun > 0.5
    in_time(time.monotonic() - begun, 5)


def test_what_is_too_much_is_refused_and_what_waited_too_long(front: Front) -> None:
    for number in range(6):  # two at work, three wait
        front.ask(number, "sleeps", seconds=0.5)
    assert list(front.told) == [5]
    assert (front.told[5].status, front.told[5].headers["Retry-After"]) == (503, "5")
    front.ask(7, "answers", lane="site")  # another lane has room
    front.wait(*range(6), 7)
    assert [front.told[number].status for number in range(5)] == [422, 422, 503, 503, 503]
    assert front.told[7].body == b"site"


def test_a_worker_makes_room_after_its_share(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_TASKS", 3)  # for those that begin from now on
    for number in range(2):
        front.ask(number, "leaves", lane="site")
    front.wait(0, 1)
    processes = []
    for number in range(2, 14):
        front.ask(number, "process", lane="site")
        front.wait(number)
        processes.append(front.told[number].body)
    assert len(set(processes)) >= 4
    assert max(map(processes.count, processes)) == 3


def test_a_worker_has_its_own_connection_and_no_other(front: Front) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        made = Crew(Limits(workers=2), front._hear, (theirs,))
        try:
            others = {one.connection for at in made._lanes.values() for one in at.workers} | {theirs}
            made.begin("query", Job(1, b"open", time.monotonic(), 10))
            while 1 not in front.told:
                made.turn()
            found = json.loads(front.told[1].body)
            assert front.told[1].status == 200
            assert not {_what(one.fileno()) for one in others} & set(found)
        finally:
            made.end()


def test_a_worker_has_nothing_of_what_the_keeper_has_open(front: Front) -> None:
    read, write = os.pipe()
    try:
        made = Crew(Limits(workers=1), front._hear, ())
        made.begin("query", Job(1, b"open", time.monotonic(), 10))
        while 1 not in front.told:
            made.turn()
        made.end()
        found = json.loads(front.told[1].body)
        assert _what(read) not in found
        assert len([one for one in found if one.startswith(("socket:", "pipe:"))]) <= 2, found  # its own, and errors
    finally:
        os.close(read)
        os.close(write)


def _stops(lane: str, keeper: socket.socket) -> None:
    received(keeper)
    keeper.close()
    time.sleep(60)


def _tears(lane: str, keeper: socket.socket) -> None:
    received(keeper)
    keeper.sendall(HEAD.pack(0, 100) + b"begun")
    time.sleep(60)


def _boasts(lane: str, keeper: socket.socket) -> None:
    received(keeper)
    keeper.sendall(HEAD.pack(0, 2**32 - 1))
    time.sleep(60)


def _takes_nothing(lane: str, keeper: socket.socket) -> None:
    time.sleep(60)


@pytest.mark.parametrize("live", [_stops, _tears, _boasts, _takes_nothing])
def test_a_worker_that_is_not_itself_any_more_stops_nobody(live: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "live", live)
    monkeypatch.setattr(crew, "_STALLED", 0.3)
    front = Front(Limits(workers=1))
    before = {one.process for at in front.crew._lanes.values() for one in at.workers}
    try:
        front.ask(1, "x" * 3_000_000, seconds=2)
        front.wait(1)
        assert front.told[1].status == 422
        now = {one.process for at in front.crew._lanes.values() for one in at.workers}
        assert len(before - now) == 1
        with pytest.raises(ProcessLookupError):
            os.kill((before - now).pop(), 0)
    finally:
        front.crew.end()


def test_frames_come_as_they_were_sent_and_an_end_is_seen() -> None:
    near, far = socket.socketpair()
    with near:
        far.sendall(framed(7, b"") + framed(2**63, b"\x00" * 1000) + framed(1, b"torn")[:-1])
        far.close()
        assert received(near) == (7, b"")
        assert received(near) == (2**63, b"\x00" * 1000)
        with pytest.raises(EOFError):
            received(near)


def test_a_frame_that_comes_in_drops_is_not_waited_for() -> None:
    near, far = socket.socketpair()
    enough = Event()

    def drip() -> None:
        far.sendall(HEAD.pack(0, 1000))
        while not enough.wait(0.05):
            far.sendall(b"x")

    with near, far:
        dripping = Thread(target=drip)
        dripping.start()
        try:
            with within(2), pytest.raises(TimeoutError):
                received(near, seconds=0.3)
        finally:
            enough.set()
            dripping.join()


@pytest.mark.parametrize("content", [
    b"", b"[]\n", b"{}\n", b"\xff\n", b'{"status": "200", "media": "a/b", "headers": {}}\n',
    b'{"status": 99, "media": "a/b", "headers": {}}\n', b'{"status": 200, "media": "a/b", "headers": {"a": 1}}\n',
])  # fmt: skip
def test_an_answer_that_is_none_is_a_fault_of_ours_and_stops_nobody(content: bytes) -> None:
    async def told() -> int:
        office = Office.__new__(Office)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        office._waiting = {1: future}
        office._came(1, content)
        return (await future).status

    assert asyncio.run(told()) == 500
