"""What goes between front, keeper and workers: a number, a length, and so many bytes. No pickle: what comes from a
process that ran a query of anybody's is read, not run.
"""

from __future__ import annotations

import socket
import struct
import time

__all__ = ["ANSWER", "FAULT", "HEAD", "MOST", "framed", "received"]

ANSWER = 0
"""The number of what a worker sends: it has one job at a time."""
MOST = 1 << 28
"""Bytes that a frame may have: more than any answer."""
FAULT = 1
"""The number in its place when a worker failed; the content says at what."""
HEAD = struct.Struct(">QI")
"""The number that a frame goes by, and the length of its content."""


def framed(number: int, content: bytes) -> bytes:
    """A frame as it is sent."""
    return HEAD.pack(number, len(content)) + content


def _exactly(connection: socket.socket, size: int, until: float | None) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)
    while view:
        if until is not None:
            connection.settimeout(max(0.001, until - time.monotonic()))
        got = connection.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return content


def received(connection: socket.socket, most: int = MOST, seconds: float | None = None) -> tuple[int, bytes]:
    """The next frame, of at most `most` bytes, all of it within `seconds`. Raises EOFError where the other side has
    ended or sends something else, TimeoutError where it is late.
    """
    until = None if seconds is None else time.monotonic() + seconds
    number, size = HEAD.unpack(_exactly(connection, HEAD.size, until))
    if size > most:
        raise EOFError
    return number, bytes(_exactly(connection, size, until))
