"""Where the server listens, and how it reads HTTP: a socket, connections that are not waited for without end, and the
loop that takes them.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import BadUse

__all__ = ["Listening", "bound", "configured"]

_HEADERS = 15.0
"""Seconds that a client may take to send the headers of a request."""
_HEADER_BYTES = 64 << 10
"""Bytes of headers that are waited for, beside what came with their begin."""
_CONNECTIONS = 1000
_LOOK = 15.0
_STALLED = 60.0
"""Seconds that a client may take none of an answer; it is looked every `_LOOK`."""
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Connection(HttpToolsProtocol):
    """Reads requests within bounds. uvicorn itself waits for ever for the first one, for headers of any size, and for
    a client to take what is written, also when it closes the connection; and its answer to what can't be read overtakes
    those to the requests before it.
    """

    _timer: asyncio.TimerHandle | None = None
    _watch: asyncio.TimerHandle | None = None
    _left = 0
    _stuck = 0.0
    _heading = _begun = _spoilt = False
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; its headers are waited for."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(_LOOK, self._look)
        if len(self.connections) > _CONNECTIONS:
            transport.write(_FULL)
            transport.close()
            return
        self._timer = self.loop.call_later(_HEADERS, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Bytes came: some of a request, or of several."""
        if self._spoilt:
            return
        self._begun = False
        super().data_received(data)
        if not self._heading:
            return
        self._head = 0 if self._begun else self._head + len(data)
        if self._head > _HEADER_BYTES:
            self.send_400_response("The headers are too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._heading = self._begun = True

    def on_headers_complete(self) -> None:
        """The headers of a request are there; it is answered from here on."""
        self._heading = False
        super().on_headers_complete()
        if self.parser.should_upgrade():  # we speak no other protocol, and the parser reads no further request
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """What came is no request. The ones before it are answered first, as far as they are whole."""
        self._spoilt = True
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and not self.cycle.more_body:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
        elif self.pipeline:
            self.transport.close()
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def _give_up(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and not self.transport.is_closing():
            self.transport.close()

    def _look(self) -> None:
        """Drops a client that has long taken nothing of what waits for it."""
        left = self.transport.get_write_buffer_size()
        self._stuck = self._stuck + _LOOK if left and left >= self._left else 0.0
        self._left = left
        if self._stuck >= _STALLED:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(_LOOK, self._look)

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_HEADERS, self._give_up)

    def on_response_complete(self) -> None:
        """The next request on the connection has its time again."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._rearm()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        for timer in (self._timer, self._watch):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)


class Listening(uvicorn.Server):
    """Says when it listens. Signals are left to whoever runs it."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, and says so."""
        await super().startup(sockets)
        self._on_start()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leaves signals alone: uvicorn would raise again, at the end, what ended it."""
        yield

    def end(self, number: int) -> None:
        """Ends once the last answers are given; asked a second time by Ctrl-C, at once."""
        self.force_exit = self.should_exit and number == signal.SIGINT
        self.should_exit = True


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises `BadUse` when the address is in use, not this machine's, or not permitted."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else asyncio leaves Nagle on
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(512)
    except socket.gaierror:
        made.close()
        raise BadUse(f"{host} is no address of this machine: leave out --host, or correct it") from None
    except OSError as error:
        made.close()
        reasons = {
            errno.EADDRINUSE: f"port {port} is in use: choose another with --port",
            errno.EACCES: f"port {port} may not be opened by this user: choose one above 1023 with --port",
            errno.EADDRNOTAVAIL: f"{host} is no address of this machine: leave out --host, or correct it",
        }
        raise BadUse(reasons.get(error.errno or 0, f"can't listen on {host} port {port} ({error.strerror})")) from None
    except OverflowError:
        made.close()
        raise BadUse(f"{port} is no port: choose one from 1 to 65535") from None
    return made


def configured(app: Any, patience: float) -> uvicorn.Config:
    """How uvicorn serves an application; at its end it waits `patience` seconds for the last answers."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return uvicorn.Config(
        app, http=_Connection, ws="none", lifespan="off", log_config=None,
        access_log=False, server_header=False, date_header=True, proxy_headers=False, timeout_keep_alive=15,
        timeout_graceful_shutdown=int(patience),
    )  # fmt: skip
