"""What each request passes before it is answered, and each answer on its way out.

Whose name the server is called by, who may ask, what another site may make a browser ask, how large and how slow a
request may be; the headers that tell a browser to be careful; the log and the counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.server.metrics import Metrics
from kg.server.readable import for_reader
from kg.server.reply import Refused, Reply, problem

__all__ = ["CSP", "Guard", "Rules"]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_CAREFUL = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": CSP, "Cache-Control": "no-store",
}  # fmt: skip
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in _CAREFUL.items()]
_HOST = re.compile(r"(?P<name>[a-z0-9.-]*[a-z0-9]|\[[0-9a-f:.]+\])\.?(:(?P<port>[0-9]{0,5}))?", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_SLOW = 20.0
"""Seconds that a client may take to send a body."""
_HEAD = 64 << 10
"""Bytes that an address may have, and all headers together."""
_BETWEEN = len(b": \r\n")
_OPEN = ("/health",)
"""What is answered without the token: whether the server lives, for whoever watches over it."""


class Rules(NamedTuple):
    """By which names the server is known beside those of this machine, who may read it from another site, what a
    client must bring (`token`), how large a request may be, whether addresses of clients are logged, and where the
    front page is (`home`).
    """

    hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    token: str = ""
    body: int = 1 << 20
    clients: bool = False
    home: str = "/"


def _name(host: str) -> str:
    """The host of a Host header, without its port, in lower case; "" for what is no host with a port.

    Addresses in answers begin with the header as it came, so nothing else may stand in it.
    """
    found = _HOST.fullmatch(host.strip().lower())
    return found["name"] if found and int(found["port"] or 0) < 1 << 16 else ""


class Guard:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, rules: Rules, metrics: Metrics, log: TextIO | None) -> None:
        self._app, self._rules, self._metrics, self._log = app, rules, metrics, log
        self._hosts = {*_LOOPBACK, *map(str.lower, rules.hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        passing = _Passing(scope, headers, send, self._rules)
        begun = time.perf_counter()
        self._metrics.begun()
        try:
            if refused := self._refusal(scope, headers):
                await passing.answer(problem(refused))
            else:
                await self._app(scope, _Body(receive, headers, self._rules.body).receive, passing.send)
        except Refused as refused:
            await passing.answer(problem(refused))
        except (TimeoutError, ConnectionError, ClientDisconnect):
            passing.status = passing.status or 499  # the client is gone, or as good as gone
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.ended(scope["path"], passing.status, seconds)
            self._note(scope, passing, seconds)

    def _refusal(self, scope: Scope, headers: Headers) -> Refused | None:
        """Why a request is not even looked at."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return Refused(421, "this server is not known by that name: --host-name says under which it may be asked")
        if len(scope["raw_path"]) + len(scope["query_string"]) > _HEAD:
            return Refused(414, f"the address is longer than {_HEAD:,} bytes: send the query in a body")
        if sum(len(name) + len(value) + _BETWEEN for name, value in scope["headers"]) > _HEAD:
            return Refused(431, f"the headers are larger than {_HEAD:,} bytes")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._rules.body:
            return Refused(413, f"the request is larger than {self._rules.body:,} bytes", {"Connection": "close"})
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and (told := self._foreign(headers)):
            return told
        asks_first = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        if asks_first and self._rules.cors:  # a browser sends no token with that, and hears of no data
            return None
        if self._rules.token and scope["path"] not in _OPEN and not self._known(headers):
            return Refused(401, "a bearer token is wanted", {"WWW-Authenticate": 'Bearer realm="graph"'})
        return None

    def _foreign(self, headers: Headers) -> Refused | None:
        """Whether a page of another site made a browser send this."""
        origin = headers.get("origin")
        if origin is None:
            own = headers.get("sec-fetch-site", "none") not in ("cross-site", "same-site")
        else:
            own = origin in self._rules.cors or "*" in self._rules.cors
            own = own or origin.partition("://")[2].lower() == headers["host"].strip().lower()
        return None if own else Refused(403, "a page of another site may not post here")

    def _known(self, headers: Headers) -> bool:
        given = headers.get("authorization", "")
        kind, _, token = given.partition(" ")
        same = hmac.compare_digest(token.strip().encode(), self._rules.token.encode())
        return kind.lower() == "bearer" and same

    def _note(self, scope: Scope, passing: _Passing, seconds: float) -> None:
        """A line of the log: no header, no query, no body. Of what was asked a digest, to tell requests apart."""
        if self._log is None:
            return
        path = scope["path"].replace(self._rules.token, "…") if self._rules.token else scope["path"]
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "method": scope["method"], "path": path[:300],
            "status": passing.status, "bytes": passing.size,
            "ms": round(1000 * seconds, 1),
        }  # fmt: skip
        if scope["query_string"]:
            line["query"] = hashlib.sha256(scope["query_string"]).hexdigest()[:12]
        if self._rules.clients and scope.get("client"):
            line["client"] = scope["client"][0]
        with suppress(OSError):  # a full disk must not break off answers
            print(json.dumps(line), file=self._log, flush=True)


class _Passing:
    """An answer on its way out."""

    def __init__(self, scope: Scope, headers: Headers, send: Send, rules: Rules) -> None:
        self._scope, self._headers, self._send, self._rules = scope, headers, send, rules
        self.status, self.size = 0, 0

    async def send(self, message: Message) -> None:
        """Sends a part, with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._careful(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b"")) if self._scope["method"] != "HEAD" else 0
        await self._send(message)

    def _careful(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with those that each has unless it has its own; names are in lower case (ASGI)."""
        headers = list(given)
        own = {name for name, _ in headers}
        headers += [each for each in _HEADERS if each[0] not in own]
        if self._rules.token or self._rules.cors:
            made = MutableHeaders(raw=headers)
            if self._rules.token:
                made["Cache-Control"] = made["Cache-Control"].replace("public", "private")
            self._shared(made)
        return headers

    def _shared(self, made: MutableHeaders) -> None:
        """Lets pages of other sites read the answer, where that was asked for; never with their users' credentials."""
        if not self._rules.cors:
            return
        origin = self._headers.get("origin", "")
        made.add_vary_header("Origin")
        if "*" in self._rules.cors or origin in self._rules.cors:
            made["Access-Control-Allow-Origin"] = "*" if "*" in self._rules.cors else origin
            made["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
            made["Cross-Origin-Resource-Policy"] = "cross-origin"

    async def answer(self, reply: Reply) -> None:
        """Answers in place of the application, unless it has begun to."""
        if self.status:
            return
        reply = for_reader(reply, self._headers.get("accept", ""), self._rules.home)
        raw = {"content-type": reply.media, "content-length": str(len(reply.body)), **reply.headers}
        headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in raw.items()]
        await self.send({"type": "http.response.start", "status": reply.status, "headers": headers})
        body = b"" if self._scope["method"] == "HEAD" else reply.body
        await self.send({"type": "http.response.body", "body": body})


class _Body:
    """A request's body as it comes: not more than allowed, and not slower."""

    def __init__(self, receive: Receive, headers: Headers, most: int) -> None:
        self._receive, self._left, self._most = receive, most, most
        self._until = time.monotonic() + _SLOW
        self._whole = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers

    async def receive(self) -> Message:
        """The next part. Raises `Refused` beyond the limits."""
        if self._whole:  # what is waited for now is that the client goes away
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, "the request came too slowly", {"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._left < 0:
                raise Refused(413, f"the request is larger than {self._most:,} bytes", {"Connection": "close"})
        return message
