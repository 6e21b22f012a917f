"""What an answer is, on its way from a worker to the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["PROBLEM", "Refused", "Reply", "packed", "problem", "unpacked"]

PROBLEM = "application/problem+json"
"""RFC 9457."""
_NONE: Mapping[str, str] = MappingProxyType({})


class Reply(NamedTuple):
    """Status, media type, body and further headers of a response."""

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str] = _NONE


class Refused(Exception):
    """A request that is not answered: status, reason, and what else a client may want to know (`line`, `column`)."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] = _NONE, **more: Any) -> None:
        self.status, self.detail, self.headers, self.more = status, detail, headers, more
        super().__init__(detail)


_TITLES = {
    400: "Bad request", 401: "Not authorized", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 408: "Request timeout", 410: "Gone", 413: "Content too large",
    414: "Address too long", 415: "Unsupported media type", 421: "Misdirected request", 422: "Beyond a limit",
    431: "Headers too large", 500: "Internal error", 503: "Busy",
}  # fmt: skip


def problem(refused: Refused) -> Reply:
    """A refusal as problem details (RFC 9457)."""
    told = {"title": _TITLES.get(refused.status, "Error"), "status": refused.status, "detail": refused.detail}
    body = json.dumps(told | refused.more, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    return Reply(refused.status, PROBLEM, body, refused.headers)


def packed(reply: Reply) -> bytes:
    """A reply as bytes: a line of JSON, then the body. No pickle: what comes from a worker is read, not run."""
    head = {"status": reply.status, "media": reply.media, "headers": dict(reply.headers)}
    return json.dumps(head).encode() + b"\n" + reply.body


def unpacked(content: bytes) -> Reply:
    """The reply that `packed` wrote. Raises ValueError for anything else."""
    head, _, body = content.partition(b"\n")
    told = json.loads(head)
    match told:
        case {"status": int(status), "media": str(media), "headers": dict(headers)} if 200 <= status < 600:
            if all(isinstance(text, str) for text in headers.values()):
                return Reply(status, media, body, headers)
    raise ValueError("this is no reply")
