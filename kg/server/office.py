"""The front's side of a keeper: jobs go out, answers come back, and one release of the graph gives way to the next."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import signal
import socket
import time
from multiprocessing import resource_tracker
from typing import Any

from kg.errors import BadUse
from kg.server.frames import HEAD, framed
from kg.server.limits import ENDING, Order
from kg.server.reply import Refused, Reply, problem, unpacked

__all__ = ["Desk", "Office"]

_GRACE = 0.6
"""Seconds that an answer may come later than its time, since ending a query takes some too."""
_LAST = 65.0
"""Seconds that the last answers of a graph which gave way to another may take: no job of ours takes longer."""
_AGAIN = 1.0
"""Seconds before a keeper that ended at once is started again."""

_BUFFER = 1 << 20
"""Bytes that may wait to be read here."""

_WAIT = {"Retry-After": "5"}


def _keep(front: socket.socket, order: Order) -> None:
    """What the keeper's process runs; the front does not load what only that needs."""
    from kg.server.keeper import main

    main(front, order)


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next frame. Raises EOFError where the keeper has ended."""
    number, size = HEAD.unpack(await reader.readexactly(HEAD.size))
    return number, await reader.readexactly(size)


class Office:
    """One keeper. `told` is what it says of its release: version, number of statements, what was withdrawn."""

    def __init__(self, order: Order) -> None:
        context = multiprocessing.get_context("spawn")
        self._near, far = socket.socketpair()
        self._keeper = context.Process(target=_keep, args=(far, order), name="kg-keeper")
        resource_tracker.ensure_running()  # as a part of the keeper's start it would unblock signals
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # a keeper that begins must not end of them
        try:
            self._keeper.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        far.close()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._last = 0
        self.told: dict[str, Any] = {}
        self.ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def open(self) -> None:
        """Waits until the graph is there. Raises `BadUse` when it can't be read."""
        reader, self._writer = await asyncio.open_connection(sock=self._near, limit=_BUFFER)
        try:
            said = json.loads((await _frame(reader))[1])
        except (EOFError, OSError):
            raise BadUse("the graph could not be opened: its process ended (too little memory?)") from None
        if "error" in said:
            raise BadUse(said["error"])
        self.told = said
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            with contextlib.suppress(EOFError, OSError):
                while True:
                    self._came(*await _frame(reader))
        finally:
            self._broke()

    def _came(self, number: int, content: bytes) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None or waiting.done():
            return
        try:
            waiting.set_result(unpacked(content))
        except ValueError:  # a worker is trusted with no more than its own answer
            waiting.set_result(problem(Refused(500, "the server failed at this request")))

    def _broke(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(problem(Refused(503, "the graph is opened again: try again", _WAIT)))
        self._waiting.clear()
        self.ended.set()

    @property
    def busy(self) -> int:
        """How many jobs wait for an answer."""
        return len(self._waiting)

    async def ask(self, lane: str, job: dict[str, Any], seconds: float) -> Reply:
        """The answer to a job; 503 when it does not come in time."""
        if self.ended.is_set():
            return problem(Refused(503, "the graph is opened again: try again", _WAIT))
        self._last += 1
        number = self._last
        waiting: asyncio.Future[Reply] = self._loop.create_future()
        self._waiting[number] = waiting
        assert self._writer is not None
        self._writer.write(framed(number, f"{lane}\n{seconds:.3f}\n{json.dumps(job)}".encode()))
        try:
            async with asyncio.timeout(seconds + _GRACE):
                return await waiting
        except TimeoutError:
            return problem(Refused(503, "no answer came in time: try again", _WAIT))
        finally:
            self._waiting.pop(number, None)

    async def close(self, patience: float = 0.0) -> None:
        """Ends the keeper once its last answers have come, at the latest after `patience` seconds."""
        until = time.monotonic() + patience
        while self._waiting and time.monotonic() < until:
            await asyncio.sleep(0.05)
        if self._writer is not None:
            self._writer.close()
        await self._loop.run_in_executor(None, self._keeper.join, 3.0)
        if self._keeper.is_alive():
            self._keeper.kill()
            await self._loop.run_in_executor(None, self._keeper.join)

    def kill(self) -> None:
        """Ends the keeper at once; its workers end with it."""
        self._keeper.kill()
        (self._writer or self._near).close()


class Desk:
    """The office that is asked now; another takes its place at `reload`, or when it breaks."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._changing = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        self._retired: dict[asyncio.Task[None], Office] = {}
        self.office: Office | None = None
        self.release = 0
        """How many graphs were opened so far: answers of one are no answers of another."""
        self.restarts = 0
        self.on_change: list[Any] = []

    async def open(self) -> None:
        """Opens the graph. Raises `BadUse` when it can't be read; what was open before stays."""
        async with self._changing:
            office = Office(self._order)
            try:
                await office.open()
            except BaseException:
                office.kill()
                raise
            before, self.office = self.office, office
            self.release += 1
            for told in self.on_change:
                told()
            if self._watch:
                self._watch.cancel()
            self._watch = asyncio.create_task(self._mind(office))
            if before is not None:
                retiring = asyncio.create_task(before.close(_LAST))
                self._retired[retiring] = before
                retiring.add_done_callback(self._retired.pop)

    async def _mind(self, office: Office) -> None:
        """Opens the graph again when its keeper ended without being told to."""
        await office.ended.wait()
        self.restarts += 1
        while True:
            self._watch = None
            try:
                await self.open()
            except (BadUse, OSError):
                await asyncio.sleep(_AGAIN)
            else:
                return

    async def ask(self, lane: str, job: dict[str, Any], seconds: float | None = None) -> Reply:
        """The answer of the graph that is open."""
        if self.office is None:
            return problem(Refused(503, "the graph is being opened: try again", {"Retry-After": "1"}))
        return await self.office.ask(lane, job, seconds or self._order.limits.seconds)

    async def close(self) -> None:
        """Ends all keepers."""
        if self._watch:
            self._watch.cancel()
        for task, office in list(self._retired.items()):
            task.cancel()
            office.kill()  # multiprocessing would wait for it at the end
        if self.office is not None:
            await self.office.close()
