"""The keeper: a process that holds one release of the graph, and the workers that are forked from it.

It has no connection but the one to the front. Jobs come as frames of text and go to one of three kinds of workers;
a query that has used up its moment is ended and begins again among the long ones, so that those never keep the short
ones waiting.
"""

from __future__ import annotations

import gc
import json
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import confine, pages
from kg.errors import KgError
from kg.lookup import named
from kg.release import opened
from kg.server import worker
from kg.server.crew import Crew, Job
from kg.server.frames import framed, received
from kg.server.limits import ENDING, Order
from kg.site.pages import Site

__all__ = ["main"]


def _load(order: Order) -> Site:
    shelf = opened(Path(order.graph), order.address, live=True, texts=Path(order.texts) if order.texts else None)
    site = Site(shelf)
    pages.read()
    for path in ("index.html", "things.html"):  # reads all statements, and fills what the libraries keep
        site.file(path)
    _ = shelf.periods, site.nodes, shelf.graph.names
    return site


def main(front: socket.socket, order: Order) -> None:
    """The keeper's life: it tells what it holds, works off jobs, and ends when the front closes the connection.

    A job comes under a number as the lane, the seconds left, and JSON, each a line; its answer goes back under the
    number. What it holds, or why that can't be loaded, is told under number 0.
    """
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)  # the front decides
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    confine.parentless()
    apart = confine.alone()
    try:
        site = _load(order)
    except KgError as error:
        with suppress(OSError):  # the front is gone
            front.sendall(framed(0, json.dumps({"error": str(error)}).encode()))
        return
    except Exception as error:
        said = f"{order.graph} can't be read as a graph of ours ({type(error).__name__}: {error}): build it again"
        with suppress(OSError):
            front.sendall(framed(0, json.dumps({"error": said}).encode()))
        return
    store = site.shelf.graph.store
    assert isinstance(store, ox.Store)
    graphs = frozenset(node.value for node in store.named_graphs() if isinstance(node, ox.NamedNode))
    worker.hold(worker.Held(site, order.limits, graphs))
    gc.collect()
    gc.freeze()  # what is kept is not written to by looking for cycles, and so stays shared with the workers
    crew = Crew(order.limits, lambda number, content: front.sendall(framed(number, content)), (front,))
    told: dict[str, Any] = {
        "version": site.shelf.version, "statements": len(site.shelf.graph.subjects("rdf:type", named("aig:Statement"))),
        "network": not apart, "withdrawn": sorted(site.shelf.withdrawn),
    }  # fmt: skip
    with suppress(EOFError, OSError):  # the front is gone, or wants no more
        front.sendall(framed(0, json.dumps(told).encode()))
        while True:
            if crew.turn():
                number, content = received(front)
                lane, seconds, job = content.split(b"\n", 2)
                crew.begin(lane.decode(), Job(number, job, time.monotonic(), float(seconds)))
    crew.end()
