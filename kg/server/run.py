"""The server as a process: it opens the graph, listens, reloads on SIGHUP or when the graph's file changes, and ends
without breaking off an answer.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from kg import confine
from kg.errors import KgError
from kg.server.limits import Limits, Order
from kg.server.listening import Listening, bound, configured
from kg.server.office import Desk

if TYPE_CHECKING:
    from kg.server.guard import Rules

__all__ = ["Plan", "serve"]

_KEPT = 96 << 20
"""Bytes of answers that are kept: of pages and questions."""
_KEPT_QUERIES = 32 << 20
_FILES = 4096
"""Files and connections that the front may want: 1,000 clients, and more that are told to come again."""
_LOOK = 2.0
"""Seconds between looks at the graph's file."""


class Plan(NamedTuple):
    """What is served, where, and by which rules; `watch` opens a new build by itself.

    `texts` is a folder of texts whose sentences pages show, for one's own use.
    """

    graph: Path
    host: str
    port: int
    address: str
    limits: Limits
    rules: Rules
    watch: bool
    log: TextIO | None
    texts: Path | None = None


class _Failed(KgError):
    """The server can't be what it was asked to be."""


def _stamp(graph: Path) -> tuple[int, int] | None:
    try:
        found = graph.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


async def _follow(graph: Path, reload: Callable[[], Any]) -> None:
    """Reloads when the graph's file has become another, and stays so for a look."""
    known = before = _stamp(graph)
    while True:
        await asyncio.sleep(_LOOK)
        now = _stamp(graph)
        if now is not None and now == before and now != known:  # else it may still be written
            known = now
            await reload()
        before = now


def serve(plan: Plan, told: Callable[[str, dict[str, Any]], None]) -> int:
    """Serves until a signal ends it, and returns that. `told` hears what happens: `open`, `reloaded`, `kept` (a reload
    failed).

    Raises `BadUse` when the graph can't be read or the port not be had.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a client that goes away must not end the server
    confine.many_files(_FILES)
    listening = bound(plan.host, plan.port)
    try:
        return asyncio.run(_serve(plan, listening, told))
    finally:
        listening.close()


def _on_terminal() -> bool:
    """Whether the process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


class _Signals:
    """What signals mean to the server: some end it, also while the graph is still being opened; one reloads."""

    server: Listening | None = None
    reload: Callable[[], Any] | None = None

    def __init__(self, opening: asyncio.Task[None]) -> None:
        self._opening = opening
        self._terminal = _on_terminal()
        self._reloading: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self.ended_by = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._end, number)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
            self._loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def _end(self, number: int) -> None:
        self.ended_by = self.ended_by or number
        self._opening.cancel()
        if self.server:
            self.server.end(number)

    def _hang_up(self) -> None:
        """Reloads, unless the signal means that the terminal is gone."""
        if self._terminal and not _on_terminal():
            self._end(signal.SIGHUP)
            return
        if self.reload:  # else it is being opened now
            task = self._loop.create_task(self.reload())
            self._reloading.add(task)
            task.add_done_callback(self._reloading.discard)


async def _serve(plan: Plan, listening: socket.socket, told: Callable[[str, dict[str, Any]], None]) -> int:
    desk = Desk(Order(str(plan.graph), plan.address, plan.limits, str(plan.texts or "")))
    opening = asyncio.create_task(desk.open())
    signals = _Signals(opening)
    await asyncio.sleep(0)  # the keeper's process starts, and reads the graph while the rest is loaded here
    from kg.server.app import application
    from kg.server.guard import Guard
    from kg.server.memory import Memory
    from kg.server.metrics import Metrics
    from kg.server.sending import Server

    memory, answers = Memory(_KEPT), Memory(_KEPT_QUERIES)
    metrics = Metrics({
        "kg_jobs_waiting": ("Jobs that wait for a worker's answer", lambda: desk.office.busy if desk.office else 0),
        "kg_kept_bytes": ("Bytes of answers kept", lambda: memory.size + answers.size),
        "kg_release": ("How many graphs were opened since the start", lambda: desk.release),
        "kg_keeper_restarts": ("How often the process that holds the graph ended unasked", lambda: desk.restarts),
    })  # fmt: skip
    desk.on_change += [memory.clear, answers.clear]
    app = application(Server(desk, plan.limits, memory, answers, metrics, plan.address, {}))
    config = configured(Guard(app, plan.rules, metrics, plan.log), plan.limits.seconds + 2)

    def known() -> dict[str, Any]:
        return {"port": listening.getsockname()[1]} | (desk.office.told if desk.office else {})

    async def reload() -> None:
        try:
            await desk.open()
        except (KgError, OSError) as error:
            told("kept", {"reason": str(error)})
        else:
            told("reloaded", known())

    server, following = Listening(config, lambda: told("open", known())), None
    signals.server, signals.reload = server, reload
    try:
        await asyncio.wait([opening])
        if signals.ended_by:
            return signals.ended_by
        opening.result()
        following = asyncio.ensure_future(_follow(plan.graph, reload)) if plan.watch else None
        await server.serve([listening])
    finally:
        if following:
            following.cancel()
        await desk.close()
    if not server.started:
        raise _Failed("the server could not start")
    return signals.ended_by
