"""A worker: it has the graph of one release and answers jobs, until the kernel or the keeper ends it.

It is forked from the keeper, which holds all that is wanted already. Before it runs a query of anybody's it gives up
opening anything, and bounds its memory; each query has its time.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import pyoxigraph as ox

from kg import confine, queries, results
from kg.errors import BadUse
from kg.lookup import find
from kg.server import api, protocol, store
from kg.server.frames import ANSWER, FAULT, framed, received
from kg.server.limits import Limits
from kg.server.reply import Refused, Reply, packed, problem
from kg.site.answers import FORMATS, cells
from kg.site.links import HTML
from kg.site.pages import Gone, Site

__all__ = ["LANES", "Held", "beyond", "hold", "live", "work"]

LANES = ("site", "query", "long")
"""Kinds of workers: for our own pages and questions, for queries of anybody's, and for those that take long."""

_TASKS = 2000
"""Jobs after which a worker makes room for a new one, so that what libraries keep does not add up."""
_SPARE = 96
"""Megabytes with which a worker can still send its answer when the query took all that it had."""
_STANDARD_STREAMS = 3
_SHOWN = 2000
"""Rows that a page shows of an answer."""
_LINE = 1000
"""Letters of a line up to which a page shows it again, to point to a place in it."""
_EXAMPLE = """SELECT ?event ?label ?from ?to WHERE {
  ?event a aig:Event ; rdfs:label ?label ; aig:earliest ?from ; aig:latest ?to
} ORDER BY ?from ?label LIMIT 20"""


class Held(NamedTuple):
    """What the keeper holds for its workers."""

    site: Site
    limits: Limits
    graphs: frozenset[str]


_held: list[Held] = []
_Job = Mapping[str, Any]


def hold(held: Held) -> None:
    """Keeps what workers that are forked from now on have."""
    _held[:] = [held]


def live(lane: str, keeper: socket.socket) -> None:
    """A worker's life: job after job, until it has done its share or the keeper is gone."""
    _begin(lane)
    with suppress(EOFError, OSError):
        for _ in range(_TASKS):
            _, content = received(keeper)
            until, _, job = content.decode("utf-8").partition("\n")
            try:
                kind, made = ANSWER, work(lane, job, float(until))
            except Exception as error:
                kind, made = FAULT, f"{type(error).__name__}: {error}".encode("utf-8", "replace")
            keeper.sendall(framed(kind, made))


def _begin(lane: str) -> None:
    """What a new worker gives up; those for queries of anybody's give up most."""
    limits = _held[0].limits
    confine.parentless()
    confine.no_core()
    confine.memory(limits.megabytes + _SPARE)
    if lane != "site":
        # Its three standard streams and the keeper's connection stay.
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)  # an engine that runs out of memory writes a page about it
        os.close(quiet)
        confine.no_files(_STANDARD_STREAMS)
        os.nice(2 if lane == "query" else 10)  # long queries keep neither the front nor short ones waiting


def work(lane: str, written: str, until: float) -> bytes:
    """The answer to a job (JSON) as bytes; at `until`, by the monotonic clock, nobody waits for it any more."""
    held, job = _held[0], json.loads(written)
    left = until - time.monotonic()
    if left <= 0:
        return packed(problem(Refused(503, "too many are asking: try again", {"Retry-After": "5"})))
    confine.keep_back(_SPARE)
    confine.time_left(left)
    if lane == "query":
        confine.time_left(held.limits.moment, of_processor=True)
    try:
        reply = _JOBS[job["do"]](held, job)
    except Refused as refused:
        reply = problem(refused)
    except MemoryError:
        reply = problem(beyond("memory", held.limits))
    finally:
        confine.time_left(0)
        confine.time_left(0, of_processor=True)
        confine.keep_back(0)
    return packed(reply)


def beyond(what: str, limits: Limits) -> Refused:
    """A query that was ended at a limit."""
    said = {
        "time": f"this took longer than {limits.seconds:g} s and was stopped: ask for less",
        "memory": f"this wanted more than {limits.megabytes} MB and was stopped: ask for less",
        "depth": "the query is nested too deeply and was stopped",
    }
    return Refused(422, said.get(what, "the query ended without an answer"), limit=what or "unknown")


# ---------------------------------------------------------------- pages and files


def _file(held: Held, job: _Job) -> Reply:
    site, path = held.site, job["path"]
    try:
        return Reply(200, site.media(path), site.file(path, job.get("here", "")))
    except Gone:
        body = site.gone(path) if path.endswith(".html") else b"withdrawn\n"
        return Reply(410, HTML if path.endswith(".html") else "text/plain; charset=utf-8", body)
    except LookupError:
        return _missing(held, job)


def _missing(held: Held, job: _Job) -> Reply:
    words = re.sub(r"[-_]+", " ", job["path"].rpartition("/")[2].partition(".")[0])[:100]
    found = find(held.site.shelf.graph, words)[:5] if words.strip() else []
    if "html" in job.get("accept", ""):
        return Reply(404, HTML, held.site.missing(found), {"Vary": "Accept"})
    more: dict[str, Any] = {"suggestions": [one.id for one in found]} if found else {}
    return problem(Refused(404, f"there is nothing at /{job['path'][:200]}", **more))


def _question(held: Held, job: _Job) -> Reply:
    """A question with values: a page, or its answer in one of the formats."""
    shelf, name, form = held.site.shelf, job["name"], job["form"]
    if name not in queries.names() or form not in ("html", *FORMATS):
        return _missing(held, {"path": f"question/{name}.{form}", "accept": job["accept"]})
    given = api.asked_with(name, job["given"])
    if form == "html":
        page, understood = held.site.question(name, given, job.get("here", ""))
        return Reply(200 if understood else 400, HTML, page)
    try:
        found = queries.run(shelf.graph, name, given)
    except BadUse as error:
        raise api.bad_use(error) from None
    return Reply(200, FORMATS[form], results.serialize(found, form))


def _search(held: Held, job: _Job) -> Reply:
    text = job["text"].strip()[:200]
    found = find(held.site.shelf.graph, text)[:100] if text else []
    return Reply(200, HTML, held.site.search(text, found))


# ---------------------------------------------------------------- SPARQL


def _query(job: _Job, accept: str, form: str = "") -> protocol.Query:
    return protocol.Query(job["text"], job.get("default"), job.get("named"), accept, form, job["endpoint"])


def _sparql(held: Held, job: _Job) -> Reply:
    native = cast(ox.Store, held.site.shelf.graph.store)
    return protocol.answer(native, _query(job, job["accept"], job["form"]), held.limits, held.graphs)


def _sparql_page(held: Held, job: _Job) -> Reply:
    """The page where one asks in SPARQL; of a query that was ended somewhere else already, what was wrong with it."""
    text, limits = job["text"], held.limits
    shown: dict[str, Any] = {
        "endpoint": job["endpoint"], "example": _EXAMPLE, "seconds": f"{limits.seconds:g}", "most": f"{limits.rows:,}",
    }  # fmt: skip
    if not text.strip():
        return Reply(200, HTML, held.site.sparql(shown))
    shown |= {"text": text, "query": f"?query={quote(text)}"}
    if wrong := job.get("wrong"):
        return Reply(job["status"], HTML, held.site.sparql(shown | {"wrong": wrong}))
    native = cast(ox.Store, held.site.shelf.graph.store)
    try:
        made = protocol.answer(native, _query(job, "application/sparql-results+json, text/turtle"), limits, held.graphs)
    except Refused as refused:
        shown |= {"wrong": refused.detail} | _pointed(text, refused.more)
        return Reply(refused.status, HTML, held.site.sparql(shown))
    if made.media.startswith("text/turtle"):
        lines = made.body.decode("utf-8").splitlines(keepends=True)
        shown |= {"triples": "".join(lines[:_SHOWN]), "total": len(lines)}
    else:
        table = results.parsed("rows", made.body)
        shown |= {"table": table, "rows": cells(table._replace(rows=table.rows[:_SHOWN])), "total": len(table.rows)}
    return Reply(200, HTML, held.site.sparql(shown | {"cut": _SHOWN if shown["total"] > _SHOWN else 0}))


def _pointed(text: str, place: Mapping[str, Any]) -> dict[str, Any]:
    """Where a query can't be read: line, column, that line, and one that points to the place."""
    lines = text.split("\n")
    number, column = place.get("line", 0), place.get("column", 1)
    if not 0 < number <= len(lines):
        return {}
    found = {"line": number, "column": column}
    line = lines[number - 1].rstrip("\r")
    return found | ({"at": line, "pointer": " " * (column - 1) + "^"} if len(line) <= _LINE else {})


def _graph(held: Held, job: _Job) -> Reply:
    native = cast(ox.Store, held.site.shelf.graph.store)
    return store.graph(native, job["graphs"], job["default"], job["accept"], held.limits)


def _service(held: Held, job: _Job) -> Reply:
    shelf = held.site.shelf
    claims = shelf.files.get("void.ttl", b"")
    return store.described(cast(ox.Store, shelf.graph.store), job["endpoint"], job["accept"], claims, held.limits)


# ---------------------------------------------------------------- API


def _api(held: Held, job: _Job) -> Reply:
    call: Callable[..., dict[str, Any]] = api.CALLS[job["call"]]
    named: Sequence[str] = (job["name"],) if job.get("name") is not None else ()
    try:
        found = call(held.site.shelf, job["given"], *named)
    except BadUse as error:
        raise api.bad_use(error) from None
    return Reply(200, "application/json", json.dumps(found, ensure_ascii=False).encode("utf-8") + b"\n")


_JOBS: dict[str, Callable[[Held, _Job], Reply]] = {
    "file": _file, "question": _question, "search": _search, "sparql": _sparql, "page": _sparql_page,
    "graph": _graph, "service": _service, "api": _api,
}  # fmt: skip
