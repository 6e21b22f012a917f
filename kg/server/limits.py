"""What the server bears of one request, and of many."""

from __future__ import annotations

import signal
from typing import NamedTuple

__all__ = ["ENDING", "Limits", "Order"]

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that a terminal or a service manager may send to all processes of the server, and mean the front."""


class Limits(NamedTuple):
    """Of one query: time (`seconds`; `moment` is the processor time after which it must wait behind others), memory
    (`megabytes`), `rows` and size (`answer`, megabytes) of its answer, nesting (`depth`), size of a request (`body`,
    bytes).

    Of many: `workers` of each kind, and how many requests of a kind may wait for them (`queue`; for the long queries
    `long_queue`).
    """

    seconds: float = 10.0
    moment: float = 0.4
    megabytes: int = 512
    rows: int = 100_000
    answer: int = 32
    depth: int = 100
    body: int = 1 << 20
    workers: int = 2
    queue: int = 200
    long_queue: int = 8


class Order(NamedTuple):
    """Which graph is to be held, what its pages are to know, and what the workers bear.

    `texts` is the folder of the sources' texts, for pages of one's own use; "" for pages without sentences.
    """

    graph: str
    address: str
    limits: Limits
    texts: str = ""
