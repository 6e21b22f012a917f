"""SPARQL 1.1 Protocol and Graph Store reads, the part of the application: what is asked, and what is kept of it."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.graphs import GRAPHS, graph_name
from kg.server.accept import ROWS, TRIPLES, chosen
from kg.server.memory import keep
from kg.server.reply import PROBLEM, Refused, Reply
from kg.server.sending import Server, base, fields, given_of, header, kept_or_made, plain, sent

__all__ = ["graph", "sparql"]

_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update",
)  # fmt: skip
_PAGE = "text/html"
_EACH_TIME = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\b|\\u", re.IGNORECASE)
"""What may make the answer to a query another one each time it is asked, or an escape that may hide it."""


async def _asked(request: Request) -> dict[str, list[str]]:
    """The parameters of a protocol operation, wherever it has them. Raises `Refused` for what is none."""
    given = given_of(request)
    if request.method != "POST":
        return given
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "the request is compressed: send it as it is")
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise Refused(415, f"a query is sent in UTF-8, not {charset[1]}")
    body = await request.body()
    if kind == _FORM:
        for name, values in fields(body).items():
            given.setdefault(name, []).extend(values)
        return given
    if kind not in (_QUERY, _UPDATE):
        raise Refused(415, f"a query is sent as {_QUERY} or as a form ({_FORM})")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the query is no UTF-8 text (at byte {error.start})") from None
    given.setdefault("query" if kind == _QUERY else "update", []).append(text)
    return given


async def sparql(request: Request, server: Server) -> Response:
    """SPARQL 1.1 Protocol: queries; without one, the service description, or the page where one writes one."""
    accept = header(request, "accept")
    endpoint = f"{base(request, server)}sparql"
    key = (server.desk.release, request.scope["query_string"], accept, endpoint)
    if request.method != "POST" and (found := server.answers.get(key)):
        return sent(request, found, {"Vary": "Accept"})
    given = await _asked(request)
    page = request.method in ("GET", "HEAD") and not given.get("format") and (
        chosen(accept, (*ROWS, *TRIPLES, _PAGE)) == _PAGE
    )  # fmt: skip
    if "update" in given:
        raise Refused(
            403 if request.method == "POST" else 400, "this endpoint only answers queries: nothing is changed"
        )
    texts = given.get("query", [])
    if not texts and request.method != "POST":
        return await _described(request, server, endpoint, page)
    if len(texts) != 1:
        raise Refused(400, "send one query" if texts else "there is no query")
    if len(texts[0].encode("utf-8", "replace")) > server.limits.body:
        raise Refused(413, f"the query is larger than {server.limits.body:,} bytes")
    job: dict[str, Any] = {
        "do": "page" if page else "sparql", "text": texts[0], "endpoint": endpoint, "accept": accept[:500],
        "form": given.get("format", [""])[-1], "default": given.get("default-graph-uri"),
        "named": given.get("named-graph-uri"),
    }  # fmt: skip
    reply = await server.desk.ask("query", job)
    if page and reply.media == PROBLEM:
        reply = await _mended(server, texts[0], endpoint, reply)
    if reply.status != 200:
        return plain(request, reply)
    made = keep(reply, compress=False)
    if request.method != "POST" and not page and not _EACH_TIME.search(texts[0]):
        server.answers.put(key, made)
    return sent(request, made, {"Vary": "Accept"})


async def _described(request: Request, server: Server, endpoint: str, page: bool) -> Response:
    """The endpoint itself: as a page where one writes a query, or as what it can do."""
    if page:
        shown = await server.desk.ask("site", {"do": "page", "text": "", "endpoint": endpoint})
        if shown.media == PROBLEM:
            return plain(request, shown)
        return sent(request, keep(shown), {"Vary": "Accept"})
    accept = header(request, "accept")[:500]
    asked = {"do": "service", "endpoint": endpoint, "accept": accept}
    return sent(request, await kept_or_made(server, ("service", endpoint, accept), asked))


async def _mended(server: Server, text: str, endpoint: str, reply: Reply) -> Reply:
    """The page of a query that was ended: its text is shown again, to be mended."""
    told = {"wrong": json.loads(reply.body)["detail"], "status": reply.status}
    shown = await server.desk.ask("site", {"do": "page", "text": text, "endpoint": endpoint, **told})
    return shown._replace(headers={**reply.headers, **shown.headers}) if shown.media != PROBLEM else reply


async def graph(request: Request, server: Server) -> Response:
    """Graph Store Protocol: a graph by `?graph=`, the default one by `?default`, ours by their own addresses."""
    given, name = given_of(request), request.path_params.get("name")
    if name is not None and name not in GRAPHS:
        raise Refused(404, f"there is no graph {name[:100]!r}: there are {', '.join(GRAPHS)}")
    graphs = [graph_name(name).value] if name else given.get("graph", [])
    accept = header(request, "accept")[:500]
    job = {"do": "graph", "graphs": graphs, "default": "default" in given, "accept": accept}
    return sent(request, await kept_or_made(server, ("graph", *graphs, "default" in given, accept), job))
