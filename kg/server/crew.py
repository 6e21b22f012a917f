"""The workers of a keeper, in lanes: forked when one is missing, given one job at a time, ended when they are late.

One thread does it all. A process with several may not fork safely, and what a worker costs beside its work is four
passages of a frame.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from kg import confine
from kg.server import worker
from kg.server.frames import ANSWER, framed, received
from kg.server.limits import Limits
from kg.server.reply import Refused, packed, problem

__all__ = ["Crew", "Job"]

_GRACE = 0.25
"""Seconds after which a worker is ended that the kernel should have ended already."""
_STALLED = 5.0
"""Seconds that a worker may take none of a job, or give no more of an answer that it has begun."""
_PAUSE = 0.5
"""Seconds before another takes the place of a worker that ended before it did anything."""
_FULL = problem(Refused(503, "too many are asking: try again", {"Retry-After": "5"}))
_FAILED = problem(Refused(500, "the server failed at this request"))


class Job(NamedTuple):
    """What is to be answered under a number; it `came` at a moment of the monotonic clock, and has so many seconds, of
    which some may be spent with a worker before (`ran`).
    """

    number: int
    content: bytes
    came: float
    seconds: float
    ran: float = 0.0

    @property
    def until(self) -> float:
        """When its time is over."""
        return self.came + self.seconds


@dataclass(eq=False)
class _Worker:
    """A process; `job` is what it is at work on."""

    process: int
    connection: socket.socket
    lane: _Lane
    job: Job | None = None
    begun: float = 0.0
    jobs: int = 0
    late: bool = False


@dataclass(eq=False)
class _Lane:
    """The workers of a kind, and what waits for them."""

    name: str
    size: int
    most: int
    waiting: deque[Job] = field(default_factory=deque)
    idle: list[_Worker] = field(default_factory=list)
    workers: set[_Worker] = field(default_factory=set)
    wanted: float = 0.0


class Crew:
    """All workers of a keeper. `tell` sends an answer to the front; `ours` is closed in each worker."""

    def __init__(self, limits: Limits, tell: Callable[[int, bytes], None], ours: tuple[socket.socket, ...]) -> None:
        self._limits, self._tell, self._ours = limits, tell, ours
        sizes = {"site": limits.workers, "query": limits.workers, "long": max(1, limits.workers // 2)}
        queues = {"site": limits.queue, "query": limits.queue, "long": limits.long_queue}
        self._lanes = {name: _Lane(name, sizes[name], queues[name]) for name in worker.LANES}
        self._selector = selectors.DefaultSelector()
        for one in ours:
            self._selector.register(one, selectors.EVENT_READ)
        self._fill()

    def begin(self, lane: str, job: Job) -> None:
        """Gives a job to a lane, or refuses it when too many wait there already."""
        at = self._lanes[lane]
        if not at.idle and len(at.waiting) >= at.most:
            self._tell(job.number, packed(_FULL))
            return
        at.waiting.append(job)
        self._go_on(at)

    def turn(self) -> list[socket.socket]:
        """Waits for what comes, at most a second, and sees to the workers; returns those of `ours` to be read."""
        found = self._selector.select(self._patience())
        mine = []
        for key, _ in found:
            if isinstance(key.data, _Worker):
                self._heard(key.data)
            else:
                mine.append(key.fileobj)
        self._hurry()
        self._fill()
        return mine  # type: ignore[return-value]

    def end(self) -> None:
        """Ends all workers."""
        for lane in self._lanes.values():
            for one in lane.workers:
                os.kill(one.process, signal.SIGKILL)
                os.waitpid(one.process, 0)
                one.connection.close()
            lane.workers.clear()
        self._selector.close()

    # ---------------------------------------------------------------- workers

    def _fill(self) -> None:
        """Starts the workers that are missing."""
        for lane in self._lanes.values():
            while len(lane.workers) < lane.size and time.monotonic() >= lane.wanted:
                try:
                    self._start(lane)
                except OSError as error:  # no process or socket is to be had now
                    print(f"no worker: {error.strerror}", file=sys.stderr, flush=True)
                    lane.wanted = time.monotonic() + _PAUSE
                    break

    def _start(self, lane: _Lane) -> None:
        near, far = socket.socketpair()
        try:
            process = os.fork()
        except OSError:
            near.close()
            far.close()
            raise
        if process == 0:
            self._become(lane.name, far)
        far.close()
        made = _Worker(process, near, lane)
        self._selector.register(near, selectors.EVENT_READ, made)
        lane.workers.add(made)
        lane.idle.append(made)
        self._go_on(lane)

    def _become(self, lane: str, far: socket.socket) -> None:
        """What the forked process does: it has nothing that the keeper has open, and never comes back."""
        code = 1
        try:
            confine.only(far.fileno())
            worker.live(lane, far)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _go_on(self, lane: _Lane) -> None:
        """Gives what waits to those who wait."""
        while lane.waiting and lane.idle:
            job = lane.waiting.popleft()
            if job.until <= time.monotonic():
                self._tell(job.number, packed(_FULL))
                continue
            one = lane.idle.pop()
            one.job, one.begun = job, time.monotonic()
            one.connection.settimeout(_STALLED)
            with suppress(OSError):  # it has ended: that is heard of next
                one.connection.sendall(framed(job.number, f"{job.until!r}\n".encode() + job.content))

    def _heard(self, one: _Worker) -> None:
        """A worker has answered, or has ended."""
        try:
            kind, content = received(one.connection, seconds=_STALLED)
        except (EOFError, OSError):
            self._ended(one)
            return
        job, one.job = one.job, None
        one.jobs += 1
        if job is None:  # nobody asked: it is not what it was
            os.kill(one.process, signal.SIGKILL)
            return
        if kind == ANSWER:
            self._tell(job.number, content)
        else:  # a fault of ours: our log hears of it, the client only that
            print(content.decode("utf-8", "replace"), file=sys.stderr, flush=True)
            self._tell(job.number, packed(_FAILED))
        if not one.late:  # else its end is on the way
            one.lane.idle.append(one)
            self._go_on(one.lane)

    def _ended(self, one: _Worker) -> None:
        """A worker has ended: its job is told to be beyond a limit, or begins among the long ones."""
        lane = one.lane
        self._selector.unregister(one.connection)
        one.connection.close()
        os.kill(one.process, signal.SIGKILL)  # one that only stopped speaking would be waited for without end
        lane.workers.discard(one)
        if one in lane.idle:
            lane.idle.remove(one)
        code = os.waitstatus_to_exitcode(os.waitpid(one.process, 0)[1])
        job = one.job
        if job is None:
            if not one.jobs:
                lane.wanted = time.monotonic() + _PAUSE
            return
        if code == 0:  # it made room for a new one just when this came
            lane.waiting.appendleft(job)
            return
        what = "time" if one.late else confine.ending(code)
        now = time.monotonic()
        ran = job.ran + now - one.begun
        if what == "slice":
            self.begin("long", job._replace(ran=ran))
        elif what == "time" and ran < now - job.came - ran:
            self._tell(job.number, packed(_FULL))  # it waited for longer than it ran: that is no fault of the query
        else:
            self._tell(job.number, packed(problem(worker.beyond(what, self._limits))))

    def _patience(self) -> float:
        """Seconds until somebody is late, at most one."""
        now = time.monotonic()
        until = [one.job.until + _GRACE - now for lane in self._lanes.values() for one in lane.workers if one.job]
        return max(0.0, min([1.0, *until]))

    def _hurry(self) -> None:
        """Ends those who are late."""
        now = time.monotonic()
        for lane in self._lanes.values():
            for one in lane.workers:
                if one.job and not one.late and now > one.job.until + _GRACE:
                    one.late = True
                    os.kill(one.process, signal.SIGKILL)
