"""The application: which address asks what, and how an answer is sent. It reads no graph."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.server.accept import chosen
from kg.server.asking import graph, sparql
from kg.server.memory import Kept, keep
from kg.server.metrics import MEDIA
from kg.server.reply import Refused, Reply, problem
from kg.server.sending import Server, base, given_of, header, kept_or_made, plain, sent
from kg.site.links import DATA, TOLD

__all__ = ["OPERATIONS", "application"]

_OWN_POLICY = "frame-ancestors 'none'"
"""For pages that carry a policy of their own, with the digests of their scripts."""
_PAGE = "text/html"
_NODE = re.compile(r"(id/[a-z]+/[a-z0-9.-]+|ns)")
_EXPLORER_SECONDS = 60.0
_READ_ONLY = "this server only answers questions: nothing is changed here"


# ---------------------------------------------------------------- pages and data

OPERATIONS = {
    "/api/about": "about", "/api/entities": "entities", "/api/entities/{name}": "entity",
    "/api/statements": "statements", "/api/statements/{name}": "statement", "/api/search": "search",
    "/api/questions": "questions", "/api/questions/{name}": "question", "/api/questions/{name}/answer": "answer",
    "/api/paths": "paths",
}  # fmt: skip
"""Address of the API -> operation."""

_Handler = Callable[[Request, Server], Awaitable[Response]]


async def _file(request: Request, server: Server) -> Response:
    """Any page or file by its path; a name without a suffix leads to the one that the client wants."""
    path = request.path_params.get("path", "") or "index.html"
    accept = header(request, "accept")
    if _NODE.fullmatch(path) and path.rpartition(".")[2] not in ("html", *DATA):
        return _see(path, accept)
    given = given_of(request)
    here = base(request, server)
    if path == "search.html" and given.get("q"):
        text = given["q"][-1][:200]
        return sent(request, await kept_or_made(server, ("search", text), {"do": "search", "text": text}))
    html = "html" in accept
    if path.startswith("question/") and (given or path.endswith(".html")):
        name, _, form = path.removeprefix("question/").rpartition(".")
        job = {"do": "question", "name": name, "form": form, "given": given, "accept": accept[:200], "here": here}
        return sent(request, await kept_or_made(server, (path, json.dumps(given), here, html), job))
    seconds = _EXPLORER_SECONDS if path == "explorer.html" else None
    job = {"do": "file", "path": path, "accept": accept[:200], "here": here}
    kept = await kept_or_made(server, (path, html, here if path in TOLD else ""), job, seconds)
    own = path == "explorer.html" or path.startswith("data/")
    headers = {"Content-Security-Policy": _OWN_POLICY} if own and kept.reply.status == 200 else {}
    if _NODE.match(path) and kept.reply.status == 200:
        headers["Link"] = _links(path)
    return sent(request, kept, headers)


def _see(path: str, accept: str) -> Response:
    """See other (303): from the name of a thing to what tells of it."""
    forms = {_PAGE: "html"} | {media.partition(";")[0]: suffix for suffix, media in DATA.items()}
    if path == "ns":
        forms = {media: suffix for media, suffix in forms.items() if suffix in ("html", "ttl", "nt", "rdf")}
    media = chosen(accept, list(forms))
    if media is None:
        raise Refused(406, f"there is {', '.join(forms)}", offered=list(forms))
    last = path.rpartition("/")[2]
    return Response(status_code=303, headers={"Location": f"{last}.{forms[media]}", "Vary": "Accept"})


def _links(path: str) -> str:
    """The other forms of what is at a path (RFC 8288)."""
    own, _, suffix = path.rpartition("/")[2].rpartition(".")
    known = (
        {"html": _PAGE, **DATA}
        if path.startswith("id/")
        else {"html": _PAGE, **{s: DATA[s] for s in ("ttl", "nt", "rdf")}}
    )
    others = (
        f'<{own}.{other}>; rel="alternate"; type="{media.partition(";")[0]}"'
        for other, media in known.items()
        if other != suffix
    )
    return ", ".join(others)


# ---------------------------------------------------------------- API and upkeep


def _call(operation: str) -> _Handler:
    async def answered(request: Request, server: Server) -> Response:
        given, name = given_of(request), request.path_params.get("name")
        job = {"do": "api", "call": operation, "given": given, "name": name}
        return sent(request, await kept_or_made(server, ("api", operation, name, json.dumps(given)), job))

    return answered


async def _openapi(request: Request, server: Server) -> Response:
    here = base(request, server)
    key = ("openapi", here)
    found = server.memory.get(key)
    if found is None:
        found = await asyncio.to_thread(_openapi_of, here)
        server.memory.put(key, found)
    return sent(request, found)


def _openapi_of(here: str) -> Kept:
    from kg.server import openapi  # reads the saved questions, which no page waits for

    content = json.dumps(openapi.description(here, OPERATIONS), ensure_ascii=False, indent=1).encode() + b"\n"
    return keep(Reply(200, "application/json", content))


async def _health(request: Request, server: Server) -> Response:
    office = server.desk.office
    told: dict[str, Any] = {
        "status": "ok" if office and not office.ended.is_set() else "opening",
        "release": server.desk.release,
    }
    if office:
        told |= {"version": office.told.get("version"), "statements": office.told.get("statements")}
    content = json.dumps(told).encode() + b"\n"
    return Response(content, 200 if told["status"] == "ok" else 503, {"Content-Type": "application/json"})


async def _metrics(request: Request, server: Server) -> Response:
    return Response(server.metrics.written(), headers={"Content-Type": MEDIA})


async def _robots(request: Request, server: Server) -> Response:
    lines = "User-agent: *\nDisallow: /sparql\nDisallow: /api/\nDisallow: /graphs\n"
    found = f"Sitemap: {server.address}sitemap.xml\n" if server.address else ""
    return Response(lines + found, headers={"Content-Type": "text/plain; charset=utf-8"})


async def _icon(request: Request, server: Server) -> Response:
    """There is none; browsers ask for one wherever they show data."""
    return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400"})


class _PagePath(Convertor[str]):
    """A path that is no place of its own. Pages are asked for most, and so looked for first."""

    regex = r"(?!(?:sparql|graphs|graph|api|health|metrics)(?:/|$)|robots\.txt$|favicon\.ico$).*"

    def convert(self, value: str) -> str:
        """The path as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The path as it is."""
        return value


register_url_convertor("page", _PagePath())
_PLACES: tuple[tuple[str, _Handler, tuple[str, ...]], ...] = (
    ("/{path:page}", _file, ("GET",)),
    ("/sparql", sparql, ("GET", "POST")), ("/sparql/", sparql, ("GET", "POST")),
    ("/graphs", graph, ("GET",)), ("/graph/{name}", graph, ("GET",)),
    ("/api/openapi.json", _openapi, ("GET",)), ("/api", _openapi, ("GET",)),
    *(
        (path.replace("ies/{name}", "ies/{name:path}"), _call(operation), ("GET",))  # an IRI has slashes
        for path, operation in OPERATIONS.items()
    ),
    ("/health", _health, ("GET",)), ("/metrics", _metrics, ("GET",)), ("/robots.txt", _robots, ("GET",)),
    ("/favicon.ico", _icon, ("GET",)),
    ("/{path:path}", _file, ("GET",)),
)  # fmt: skip
"""Address, what answers there, and to which methods (to HEAD where to GET)."""


def application(server: Server) -> Starlette:
    """The application for a server's parts."""

    def route(path: str, handler: _Handler, methods: tuple[str, ...]) -> Route:
        async def endpoint(request: Request) -> Response:
            allowed = ", ".join((*methods, "HEAD", "OPTIONS"))
            if request.method == "OPTIONS":
                more = {"Access-Control-Allow-Methods": ", ".join(methods), "Access-Control-Max-Age": "600",
                        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type"}  # fmt: skip
                return Response(status_code=204, headers={"Allow": allowed} | more)
            if request.method not in (*methods, "HEAD"):
                raise Refused(405, _READ_ONLY, {"Allow": allowed})
            return await handler(request, server)

        every = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"]
        return Route(path, endpoint, methods=every)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return plain(request, problem(error))

    def unknown(request: Request, error: Exception) -> Response:
        """What starlette itself refuses: methods that nobody knows, and paths that are none."""
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            return refused(request, Refused(405, _READ_ONLY, {"Allow": "GET, HEAD, OPTIONS"}))
        return refused(request, Refused(error.status_code, "there is nothing at this address"))

    def left(request: Request, error: Exception) -> Response:
        return Response(status_code=499)  # nobody hears it but the log

    made = Starlette(
        routes=[route(*place) for place in _PLACES],
        exception_handlers={Refused: refused, HTTPException: unknown, ClientDisconnect: left},
    )
    made.state.home = server.address or "/"
    return made
