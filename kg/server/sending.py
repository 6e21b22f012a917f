"""What all addresses of the application share: what it has, what a request says, and how an answer is kept and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from kg.server.accept import takes
from kg.server.limits import Limits
from kg.server.memory import Kept, Memory, keep
from kg.server.metrics import Metrics
from kg.server.office import Desk
from kg.server.readable import for_reader
from kg.server.reply import PROBLEM, Refused, Reply

__all__ = ["Server", "base", "fields", "given_of", "header", "kept_or_made", "plain", "sent"]

_FIELDS = 500
"""Parameters that one request may have."""


class Server(NamedTuple):
    """What the application has: the desk that answers, the limits, what is kept (`memory`; of queries of anybody's
    `answers`, so that those drive out no page), counts, and its address.
    """

    desk: Desk
    limits: Limits
    memory: Memory
    answers: Memory
    metrics: Metrics
    address: str
    under_way: dict[tuple[object, ...], asyncio.Future[Kept]]


def given_of(request: Request) -> dict[str, list[str]]:
    """The parameters of an address. Raises `Refused` when they are no UTF-8, or too many."""
    return fields(request.scope["query_string"])


def fields(content: bytes) -> dict[str, list[str]]:
    """The parameters of a form, or behind an address. Raises `Refused` when they are no UTF-8, or too many."""
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS, separator="&"
        )
    except UnicodeError:
        raise Refused(400, "the parameters are no UTF-8 text") from None
    except ValueError:
        raise Refused(400, f"more than {_FIELDS} parameters") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def base(request: Request, server: Server) -> str:
    """The address of this server as its client sees it, with a slash at its end."""
    return server.address or f"{request.scope['scheme']}://{request.headers['host']}/"


def header(request: Request, name: str) -> str:
    """A header that is a list, of however many lines (RFC 9110, section 5.3); "" if there is none."""
    return ", ".join(request.headers.getlist(name))


class _Ready(Response):
    """A response whose headers were made before."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status_code, self.raw_headers, self.body, self.background = status, headers, body, None


def sent(request: Request, kept: Kept, headers: Mapping[str, str] | None = None) -> Response:
    """A kept answer: compressed where the client takes that, or that it has not changed.

    The headers are those of the first time: each answer that is kept has always the same.
    """
    reply = kept.reply
    if reply.media == PROBLEM:
        return plain(request, reply)
    packed = bool(kept.packed) and takes(header(request, "accept-encoding"), "gzip")
    tag = f'"{kept.tag}{"-gzip" if packed else ""}"'
    asked = header(request, "if-none-match")
    if asked and reply.status == 200 and request.method in ("GET", "HEAD"):
        known = {one.strip().removeprefix("W/") for one in asked.split(",")}
        if tag in known or "*" in known:
            return Response(status_code=304, headers=_told(kept, tag, headers))
    body = kept.packed if packed else reply.body
    ready = kept.ready.get(packed)
    if ready is None:
        coded = {"Content-Encoding": "gzip"} if packed else {}
        told = _told(kept, tag, headers) | coded | {"Content-Type": reply.media}
        ready = kept.ready[packed] = Response(body, reply.status, told).raw_headers
    return _Ready(reply.status, ready, body)


def _told(kept: Kept, tag: str, headers: Mapping[str, str] | None) -> dict[str, str]:
    more = {"Cache-Control": "public, no-cache", **kept.reply.headers, **(headers or {}), "ETag": tag}
    if kept.packed:
        more["Vary"] = ", ".join(filter(None, (more.get("Vary"), "Accept-Encoding")))
    return more


async def kept_or_made(
    server: Server, key: tuple[object, ...], job: dict[str, Any], seconds: float | None = None
) -> Kept:
    """The answer to a job of ours: kept, under way already for somebody else, or made now."""
    whole = (server.desk.release, *key)
    if found := server.memory.get(whole):
        return found
    if whole in server.under_way:
        return await asyncio.shield(server.under_way[whole])
    future: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
    server.under_way[whole] = future
    try:
        reply = await server.desk.ask("site", job, seconds)
        # Compressing lets go of the interpreter's lock.
        made = await asyncio.to_thread(keep, reply) if len(reply.body) > 1 << 16 else keep(reply)
        if reply.status == 200:
            server.memory.put(whole, made)
        future.set_result(made)
        return made
    except BaseException as error:
        future.set_exception(error if isinstance(error, Exception) else Refused(503, "try again"))
        future.exception()  # nobody else may be waiting
        raise
    finally:
        del server.under_way[whole]


def plain(request: Request, reply: Reply) -> Response:
    """A reply that is not kept; a problem as a page, where a browser asks."""
    reply = for_reader(reply, request.headers.get("accept", ""), request.app.state.home)
    return Response(reply.body, reply.status, dict(reply.headers) | {"Content-Type": reply.media})
