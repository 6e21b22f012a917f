"""What goes between front, keeper and workers: a number, a length, and so many bytes. No pickle: what comes from a
process that ran a query of anybody's is read, not run.
"""

from __future__ import annotations

import socket
import struct

__all__ = ["ANSWER", "FAULT", "HEAD", "MOST", "framed", "received"]

ANSWER = 0
"""The number of what a worker sends: it has one job at a time."""
MOST = 1 << 29
"""Bytes that a frame may have: far more than any answer."""
FAULT = 1
"""The number in its place when a worker failed; the content says at what."""
HEAD = struct.Struct(">QI")
"""The number that a frame goes by, and the length of its content."""


def framed(number: int, content: bytes) -> bytes:
    """A frame as it is sent."""
    return HEAD.pack(number, len(content)) + content


def _exactly(connection: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)
    while view:
        got = connection.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return content


def received(connection: socket.socket, most: int = MOST) -> tuple[int, bytes]:
    """The next frame, of `most` bytes. Raises EOFError where the other side has ended or sends something else."""
    number, size = HEAD.unpack(_exactly(connection, HEAD.size))
    if size > most:
        raise EOFError
    return number, bytes(_exactly(connection, size))
