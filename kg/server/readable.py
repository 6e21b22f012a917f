"""Refusals for those who read them in a browser: a small page in place of problem details. It needs no graph."""

from __future__ import annotations

import json
from typing import Any

from kg import pages
from kg.server.accept import chosen
from kg.server.reply import PROBLEM, Reply
from kg.site.links import HTML, place

__all__ = ["for_reader"]

_PAGE = "text/html"
_KNOWN = ("title", "status", "detail", "parameter", "suggestions")


def for_reader(reply: Reply, accept: str, home: str) -> Reply:
    """Problem details as a page, if the client would rather have one; any other reply as it is.

    `home` is the address of the front page. Programs that take anything get the details.
    """
    if reply.media != PROBLEM:
        return reply
    headers = {**reply.headers, "Vary": "Accept"}
    if chosen(accept, [PROBLEM, "application/json", _PAGE]) != _PAGE:
        return reply._replace(headers=headers)
    told: dict[str, Any] = json.loads(reply.body)
    near = [(name, f"{home}{place(name)}.html") for name in told.get("suggestions", ()) if place(name)]
    shown = {name: told.get(name) or "" for name in _KNOWN} | {"suggestions": near}
    wait = reply.headers.get("Retry-After", "")
    page = pages.rendered("site/problem.html.j2", **shown, home=home, wait=wait)
    return Reply(reply.status, HTML, page, headers)
