"""HTTP to a triplestore: credentials, redirects, retries of what is safe to repeat, and one message for each failure.

Credentials come from the environment (KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN) or from netrc. They are
sent when the server asks for them, to the server named and to no other, and stand in no message.
"""

from __future__ import annotations

import netrc
import os
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import SplitResult, urlsplit

import httpx

from kg.errors import UNFIT, BadUse, StoreFailed

__all__ = ["Credentials", "Params", "Reply", "Web", "WrongAddress", "address", "credentials"]

Params = Mapping[str, str | list[str]]

_TRIES = 4
_PAUSE = 0.5
"""Seconds before the second try; each further pause is twice as long."""
_LONGEST_PAUSE = 30.0
_HOPS = 5
_BUSY = {429, 502, 503, 504}
"""Answers that say: again, later."""
_SHOWN = 200
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WrongAddress(BadUse):
    """What answers at an address does not do what was asked."""


class Credentials(NamedTuple):
    """Who we are to a server: name and password, or a token (RFC 6750)."""

    user: str = ""
    password: str = ""
    token: str = ""

    def hidden(self, text: str) -> str:
        """A text without the password and the token, should a server repeat them."""
        pair = b64encode(f"{self.user}:{self.password}".encode()).decode() if self.password else ""
        for secret in filter(None, (pair, self.password, self.token)):
            text = text.replace(secret, "…")
        return text


class Reply(NamedTuple):
    """A server's answer, its body still to be read."""

    status: int
    headers: httpx.Headers
    chunks: Iterator[bytes]

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in small letters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)


def address(text: str, option: str = "URL") -> str:
    """An address as the user wrote it. Raises `BadUse` when it is none of the web, or holds a password."""
    text = text.strip().partition("#")[0]
    parts = _parts(text)
    # What is no address may have a password anywhere.
    if "@" in (parts.netloc if parts else text):
        raise BadUse(f"{option} holds a name or password: take it out, and set KG_STORE_USER and KG_STORE_PASSWORD")
    guess = text.partition("://")[2] or text.lstrip("/")
    if parts is None and (not guess or text.lower().startswith(("http:", "https:"))):
        raise BadUse(f"{option} {text!r} is no address: write one like http://localhost:7878")
    if parts is None:
        raise BadUse(f"{option} {text!r} has no http:// or https:// before it: did you mean http://{guess}?")
    return text


def _parts(text: str) -> SplitResult | None:
    """The parts of an address that the web, the library and the resolver of names all understand."""
    try:
        parts = urlsplit(text)
        named = str(parts.hostname or "").encode("idna")
        fine = parts.scheme in ("http", "https") and named and parts.port != 0 and " " not in parts.netloc
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL):
        return None
    return parts if fine else None


def credentials(url: str) -> Credentials:
    """The credentials for a server: the environment's, else those that netrc has for its host, else none.

    Raises `BadUse` when netrc (NETRC, else in the home folder) can't be read, or half of a pair is missing, or when
    what is set can stand in no request.
    """
    user, password, token = (os.environ.get(f"KG_STORE_{name}", "") for name in ("USER", "PASSWORD", "TOKEN"))
    if bool(user) != bool(password):
        raise BadUse(f"KG_STORE_{'PASSWORD' if user else 'USER'} is not set, but its other half is: set both")
    for name, value in (("USER", user), ("PASSWORD", password), ("TOKEN", token)):
        # The library would tell the value.
        if UNFIT.search(value) or (name == "TOKEN" and (value != value.strip() or not value.isascii())):
            raise BadUse(f"KG_STORE_{name} has a line break, or what else fits in no request: set it again without")
    if user or token:
        return Credentials(user, password, token)
    path = Path(os.environ.get("NETRC") or "~/.netrc")
    try:
        path = path.expanduser()
        found = netrc.netrc(str(path)).authenticators(urlsplit(url).hostname or "") if path.is_file() else None
    except RuntimeError:  # whose home it is, is not known
        return Credentials()
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        raise BadUse(f"{path} can't be read as netrc: mend it, or set KG_STORE_USER and KG_STORE_PASSWORD") from None
    return Credentials(found[0], found[2] or "") if found else Credentials()


class _Answer(httpx.Auth):
    """Gives the credentials that a server asks for: digest where it offers that, else basic; a token at once."""

    def __init__(self, known: Credentials) -> None:
        self._known = known
        self._basic = httpx.BasicAuth(known.user, known.password)
        self._digest = httpx.DigestAuth(known.user, known.password)
        self._wants_basic = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._known.token:
            request.headers["Authorization"] = f"Bearer {self._known.token}"
            yield request
        elif self._wants_basic:
            yield from self._basic.auth_flow(request)
        else:
            flow = self._digest.auth_flow(request)
            response = yield next(flow)  # without a name, until there was a challenge
            if response.status_code != 401:
                return
            asked = [one.lower() for one in response.headers.get_list("www-authenticate")]
            if any(one.startswith("digest ") for one in asked):
                yield from _answered(flow, response)
            elif "basic" in " ".join(asked):
                self._wants_basic = True
                yield from self._basic.auth_flow(request)


def _answered(
    flow: Generator[httpx.Request, httpx.Response, None], challenge: httpx.Response
) -> Generator[httpx.Request, httpx.Response, None]:
    """The request with the answer to a challenge. Raises for what the library raises of a challenge or a name."""
    try:
        yield flow.send(challenge)
    except StopIteration:
        return
    except UnicodeEncodeError:
        raise BadUse("a name beyond ASCII can't be sent by digest: choose another for KG_STORE_USER") from None
    except (LookupError, ValueError, NotImplementedError):
        raise StoreFailed(f"{challenge.url} asks for digest authentication of an unknown kind: use a token") from None


def _origin(url: str) -> tuple[str, str, int]:
    parts = httpx.URL(url)
    return parts.scheme, parts.host, parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)


def _ours(text: str) -> str:
    """A server's words as a message may show them: their first line, shortened, harmless to a terminal."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    line = UNFIT.sub(lambda found: ascii(found.group())[1:-1], line)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


class Web:
    """A client for one server.

    `seconds` is how long it waits for the next piece of an answer, `option` what a user sets that by.
    """

    def __init__(
        self, url: str, seconds: float = 300.0, known: Credentials | None = None, option: str = "--timeout"
    ) -> None:
        self.url = url
        self._known = credentials(url) if known is None else known
        self._seconds, self._option = seconds, option
        self._answers: dict[str, _Answer] = {}
        # Proxies and CA files of the environment count; its netrc does not, it is read above for one host.
        try:
            self._client = httpx.Client(follow_redirects=False, headers={"User-Agent": "aigov-kg"})
        except OSError:
            place = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
            raise BadUse(f"{place} holds no certificates that can be read: correct SSL_CERT_FILE") from None
        except (ValueError, ImportError, httpx.InvalidURL):
            raise BadUse(
                "the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names can't be used: unset them"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *gone: object) -> None:
        self._client.close()

    @property
    def known(self) -> bool:
        """Whether there are credentials for this server."""
        return self._known != Credentials()

    @property
    def bare(self) -> bool:
        """Whether a password or token would cross a network unencrypted."""
        parts = urlsplit(self.url)
        return self.known and parts.scheme == "http" and parts.hostname not in _LOOPBACK

    def ask(
        self, method: str, url: str, *, params: Params | None = None, form: Params | None = None,
        body: bytes | Iterable[bytes] | None = None, headers: Mapping[str, str] | None = None,
        again: bool = False, fine: Iterable[int] = (), seconds: float = 0.0,
    ) -> Reply:  # fmt: skip
        """The answer, read whole; `again` says that the request may be repeated, `fine` which errors the caller takes.

        Raises `BadUse` for what the user can mend (credentials, a wrong address) and `StoreFailed` for the rest.
        """
        with self.open(
            method, url, params=params, form=form, body=body, headers=headers, again=again, fine=fine, seconds=seconds
        ) as reply:
            return reply._replace(chunks=iter((reply.read(),)))

    @contextmanager
    def open(
        self, method: str, url: str, *, params: Params | None = None, form: Params | None = None,
        body: bytes | Iterable[bytes] | None = None, headers: Mapping[str, str] | None = None,
        again: bool = False, fine: Iterable[int] = (), seconds: float = 0.0,
    ) -> Iterator[Reply]:  # fmt: skip
        """The same, as a stream. `seconds` allows more time than the client's."""
        waits = max(seconds, self._seconds)

        def send(target: str, ours: bool) -> httpx.Response:
            # A redirect's address holds its own parameters.
            whole = httpx.URL(target).copy_merge_params(params) if params and target == url else target
            asked = self._client.build_request(
                method, whole, data=form, content=body, headers=headers,
                timeout=httpx.Timeout(waits, connect=min(waits, 10.0)),
            )  # fmt: skip
            return self._client.send(asked, auth=self._auth(target) if ours else None, stream=True)

        with _told(url, waits, self._option):
            response = self._patiently(lambda: self._followed(send, method, url), again)
            try:
                status = response.status_code
                if status >= 300 and status not in set(fine):
                    response.read()
                    raise _refusal(status, url, response, self._known)
                yield Reply(status, response.headers, response.iter_bytes())
            finally:
                response.close()

    def _auth(self, url: str) -> _Answer | None:
        if not self.known:
            return None
        return self._answers.setdefault(urlsplit(url).path, _Answer(self._known))

    def _followed(self, send: Callable[[str, bool], httpx.Response], method: str, url: str) -> httpx.Response:
        """The answer at the end of redirects. What writes follows none to another server, nor one that changes it, or
        loses its parameters: a PUT that names no graph may replace them all.
        """
        target = url
        for _ in range(_HOPS + 1):
            response = send(target, _origin(target) == _origin(url))
            if response.status_code not in (301, 302, 303, 307, 308) or "location" not in response.headers:
                return response
            response.close()
            there = httpx.URL(target).join(response.headers["location"])
            following = str(there)
            kept = response.status_code in (307, 308) and _origin(following) == _origin(url)
            kept = kept and there.params == response.request.url.params
            if there.scheme not in ("http", "https") or (method != "GET" and not kept):
                raise BadUse(f"{target} sends {method} on to {_ours(following)}: name that address itself")
            target = following
        raise BadUse(f"{url} redirects in a loop: name the address of the endpoint itself")

    def _patiently(self, once: Callable[[], httpx.Response], again: bool) -> httpx.Response:
        """Tries a repeatable request some times, with longer and longer pauses, or those that the server asks for."""
        for number in range(1, _TRIES):
            pause = _PAUSE * 2 ** (number - 1)
            try:
                response = once()
                if not again or response.status_code not in _BUSY:
                    return response
                asked = response.headers.get("retry-after", "")
                pause = min(float(asked), _LONGEST_PAUSE) if asked.isdecimal() else pause
                response.close()
            except httpx.TimeoutException:
                raise  # it had its time
            except httpx.TransportError as error:
                if not again or _tls(error):
                    raise
            time.sleep(pause)
        return once()


def _tls(error: BaseException) -> bool:
    return isinstance(error.__cause__ or error.__context__, ssl.SSLError) or "SSL" in str(error)


def _where(url: str, error: Exception) -> str:
    """The address that failed: the one that was asked, with where it sent on to."""
    request = getattr(error, "_request", None)
    there = request.url.copy_with(query=None) if isinstance(request, httpx.Request) else None
    return url if there is None or _origin(str(there)) == _origin(url) else f"{url} (sent on to {_ours(str(there))})"


@contextmanager
def _told(url: str, seconds: float, option: str) -> Iterator[None]:
    """What httpx raises, as messages; while an answer is read too."""
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise StoreFailed(_failure(_where(url, error), error, seconds, option)) from None


def _failure(url: str, error: Exception, seconds: float, option: str) -> str:
    said = _ours(str(error)) or type(error).__name__
    if isinstance(error, httpx.ConnectTimeout):
        # A server that expects no encryption waits for the rest of what it takes for a request.
        perhaps = "; is it http://?" if url.startswith("https:") else ""
        return f"{url} can't be reached: no connection in time{perhaps}"
    if isinstance(error, httpx.TimeoutException):
        more = f", or allow more ({option})" if option else ""
        return f"{url} did not answer within {seconds:g} s: look whether it is still at work{more}"
    if isinstance(error, httpx.ConnectError) and _tls(error):
        return (
            f"{url}: no trusted encrypted connection ({said}): name its certificate authority by SSL_CERT_FILE, or "
            "correct the address (is it http://?)"
        )
    if isinstance(error, httpx.ConnectError):
        return f"nothing answers at {url} ({said}): is the server running?"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"{url} broke off, or does not speak HTTP ({said}): see its log, then repeat the command"
    if isinstance(error, httpx.InvalidURL | httpx.DecodingError):
        return f"{url} answers what can't be read ({said})"
    return f"the connection to {url} broke ({said}): repeat the command"


_REASONS = {
    413: "takes no body of this size",
    429: "has too much to do",
    500: "failed inside",
    503: "has too much to do, or is starting",
    507: "has no room left",
}


def _refusal(status: int, url: str, response: httpx.Response, ours: Credentials) -> BadUse | StoreFailed:
    """The error of a refused request, with the first line of what the server says, unless that is a web page."""
    said, known = _ours(ours.hidden(response.text)), ours != Credentials()
    said = "" if said.startswith("<") else said
    detail = f": {said}" if said else ""
    if status == 401 and known and _origin(str(response.url)) != _origin(url):
        return BadUse(f"{url} sends on to {_ours(str(response.url))}, which wants a name: give that address itself")
    if status == 401:
        if known:
            return BadUse(f"{url} refuses the name and password, or the token: correct KG_STORE_USER and "
                          "KG_STORE_PASSWORD, KG_STORE_TOKEN, or netrc")  # fmt: skip
        return BadUse(f"{url} wants a name and password: set KG_STORE_USER and KG_STORE_PASSWORD, or netrc")
    if status == 403:
        who = "this user" if known else "anybody without a name: set KG_STORE_USER and KG_STORE_PASSWORD, or netrc"
        return BadUse(f"{url} does not allow this to {who}{detail}")
    if status in (404, 405, 406, 415, 501):
        return WrongAddress(f"{url} does not do this ({status}{detail}): is it the right address, and --dialect?")
    reason = _REASONS.get(status, "refused")
    return StoreFailed(f"{url} {reason} ({status}{detail or ': its log may say why'})", status)
