"""Requests as bytes: large, slow, lying, torn and glued together; one answer each, or a closed connection."""

from __future__ import annotations

import gzip
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving import Serving, serving
from timing import in_time, within

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

BODY = 1 << 20
QUERY = b"SELECT ?name { agent:zoe-marsh rdfs:label ?name }"
QUICK = """
import kg.server.listening as r, kg.server.guard as g
r._HEADERS = r._STALLED = g._SLOW = 1.0
r._LOOK = 0.2
"""
"""The same bounds, but of a second."""
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def connect(server: Serving) -> socket.socket:
    place = urlsplit(server.address)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=30)


def heard(connection: socket.socket, patience: float = 10.0) -> bytes:
    """All that comes until the server closes; fails when it does not in time."""
    connection.settimeout(patience)
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except ConnectionError:  # it had not read all that was sent
        pass
    return found


def told(server: Serving, *pieces: bytes, patience: float = 10.0) -> list[int]:
    """The status of each answer to bytes that are sent as they are; the last request asks to close."""
    with closing(connect(server)) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except ConnectionError:  # it has closed already
            pass
        return [int(code) for code in STATUS.findall(heard(connection, patience))]


def request(line: str = "GET /health", *headers: str, body: bytes = b"", version: str = "HTTP/1.1") -> bytes:
    """The bytes of a request."""
    lines = [f"{line} {version}", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def posted(body: bytes, *headers: str) -> bytes:
    """A query that is sent in a body."""
    return request("POST /sparql", "Content-Type: application/sparql-query", *headers, body=body)


def padded(size: int) -> bytes:
    return QUERY + b"#" + b"x" * (size - len(QUERY) - 1)


def chunked(body: bytes, size: int) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture(autouse=True)
def _lives(served: Serving) -> Iterator[None]:
    yield
    assert served.process.poll() is None
    served.healthy(10)


# Size.


@pytest.mark.parametrize("size", [BODY - 1, BODY])
@pytest.mark.parametrize("in_chunks", [False, True], ids=["whole", "chunked"])
def test_a_body_up_to_the_limit_is_read(served: Serving, size: int, in_chunks: bool) -> None:
    body = padded(size)
    sent = (
        posted(chunked(body, 60_000), "Transfer-Encoding: chunked") if in_chunks else posted(body,
        f"Content-Length: {size}")
    )  # fmt: skip
    assert told(served, sent) == [200]


@pytest.mark.parametrize(
    "headers",
    [(f"Content-Length: {BODY + 1}",), ("Content-Length: 99999999999999999999",), ("Content-Length: 9" + "9" * 18,)],
)
def test_a_body_that_says_that_it_is_larger_is_refused_before_it_comes(
    served: Serving, headers: tuple[str, ...]
) -> None:
    assert told(served, posted(b"", *headers)) in ([413], [400])


@pytest.mark.parametrize("size", [BODY + 1, 3 * BODY])
def test_a_body_that_grows_larger_is_refused_on_the_way(served: Serving, size: int) -> None:
    with closing(connect(served)) as connection:
        connection.sendall(posted(b"", "Transfer-Encoding: chunked"))
        body = chunked(b"x" * size, 65_536)[: -len(b"0\r\n\r\n")]  # it never ends
        try:
            connection.sendall(body)
        except ConnectionError:
            return
        assert [int(code) for code in STATUS.findall(heard(connection))] in ([413], [])


def test_a_form_has_its_limit_too(served: Serving) -> None:
    kind = "Content-Type: application/x-www-form-urlencoded"
    for count, status in ((400, 200), (600, 400)):
        body = b"query=" + QUERY.replace(b" ", b"+") + b"&x=1" * count
        assert told(served, request("POST /sparql", kind, f"Content-Length: {len(body)}", body=body)) == [status]


@pytest.mark.parametrize("code", ["gzip", "deflate", "br", "identity, gzip", "x"])
def test_a_compressed_body_is_not_unpacked(served: Serving, code: str) -> None:
    body = gzip.compress(QUERY + b"#" * 10_000_000)
    assert told(served, posted(body, f"Content-Encoding: {code}", f"Content-Length: {len(body)}")) == [415]


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        ("GET /health?" + "x" * 60_000, (), [200]), ("GET /health?" + "x" * 70_000, (), [414]),
        ("GET /" + "x" * 2_000_000, (), [400]), ("GET /" + "x" * 60_000, (), [404]),
        ("GET /sparql?query=ASK%20%7B%7D&" + "x=1&" * 490, (), [200]),
        ("GET /sparql?query=ASK%20%7B%7D&" + "x=1&" * 510, (), [400]),
        ("GET /health", ("X-Long: " + "x" * 70_000,), [431]), ("GET /health", ("X: y",) * 30_000, [431]),
        ("GET /health", ("X-Long: " + "x" * 2_000_000,), [400]),
        ("GET /health", ("Accept: " + "a/b," * 12_000,), [200]),
        ("GET /id/agent/zoe-marsh", ("Accept: " + "a/b;q=0.5," * 6_000,), [406]),
        ("GET /index.html", ('If-None-Match: "' + '","' * 18_000 + '"',), [200]),
        ("GET /sparql", ("Accept: " + ";" * 60_000,), [406]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_long_lines_and_headers_are_read_or_refused_at_once(
    served: Serving, line: str, headers: tuple[str, ...], status: list[int]
) -> None:
    with within(3):
        codes = told(served, request(line, *headers))
    assert codes == status or (codes == [400] and status in ([414], [431]))  # as much as comes at once is read


# Shapes that two readers could read in two ways.

_TWICE = b"5\r\nASK{}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
_PLAIN = "Content-Type: application/sparql-query"


@pytest.mark.parametrize(
    "sent",
    [
        request("POST /sparql", _PLAIN, "Content-Length: 5", "Transfer-Encoding: chunked", body=_TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: chunked", "Content-Length: 5", body=_TWICE),
        request("POST /sparql", _PLAIN, "Content-Length: 5", "Content-Length: 70", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Content-Length: 5, 70", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Content-Length: +5", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Content-Length: -1", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Content-Length: 0x5", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Content-Length : 5", body=b"ASK{}" + _TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: identity, chunked", body=_TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: xchunked", body=_TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding:\x0bchunked", body=_TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: chunked", "Transfer-Encoding: x", body=_TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: chunked", body=b"5;x\n\r\nASK{}\r\n-1\r\n" + _TWICE),
        request("POST /sparql", _PLAIN, "Transfer-Encoding: chunked", body=b"fffffffffffffffffffff\r\nASK{}" + _TWICE),
        request("GET /health", "X: a", " Content-Length: 70", body=_TWICE),
        request("GET /health", "X: a\n\tb", body=_TWICE),
        request("GET /health", "Content-Length: 0", body=_TWICE), request("GET /health", "X: a\rY: b", body=_TWICE),
        request("GET /health", "X: a\0b", body=_TWICE), request("GET /health HTTP/1.1\r\nX: y\r\nGET /health"),
        b"GET /health HTTP/1.1\nHost: localhost\nConnection: close\n\nGET /smuggled HTTP/1.1\nHost: localhost\n\n",
    ],
    ids=lambda sent: str(sent[11:120]),
)  # fmt: skip
def test_a_doubtful_request_has_one_answer(served: Serving, sent: bytes) -> None:
    codes = told(served, sent)
    assert codes in ([200], [400], [413]), codes
    assert "/smuggled" not in {line["path"] for line in served.lines()}


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00" * 1000, b"\r\n\r\n\r\n\r\nx\r\n\r\n",
        b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"{}" * 40_000,
        b"\xff" * 70_000,
    ],
    ids=lambda sent: str(sent[:20]),
)  # fmt: skip
def test_what_is_no_request_is_refused_and_closed(served: Serving, sent: bytes) -> None:
    codes = told(served, sent, patience=25)
    assert codes in ([400], [421], [421, 400]), codes


def test_requests_glued_together_are_answered_each_and_in_order(served: Serving) -> None:
    one = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
    sent = one % b"health" + one % b"nothing-here" + one % b"robots.txt" + request("GET /metrics")
    assert told(served, sent) == [200, 404, 200, 200]


def test_rubbish_behind_a_request_takes_no_answer_away(served: Serving) -> None:
    sent = (
        posted(QUERY, f"Content-Length: {len(QUERY)}").replace(b"Connection: close\r\n", b"") + b"\x00\x01\x02\r\n\r\n"
    )
    assert told(served, sent) in ([200, 400], [200])


def test_upgrades_and_expectations_are_borne(served: Serving) -> None:
    body = f"Content-Length: {len(QUERY)}"
    assert told(
        served, request("GET /health", "Upgrade: websocket", "Sec-WebSocket-Key: eA==", "Sec-WebSocket-Version: 13")
    ) == [200]
    assert told(served, posted(QUERY, body, "Expect: 100-continue")) in ([100, 200], [200])
    assert told(served, posted(QUERY, body, "Expect: the-unexpected")) in ([200], [400], [417])


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "PROPFIND", "BREW", "GET" * 3000, "get", "PRI"])
def test_a_method_that_there_is_not_is_refused(served: Serving, method: str) -> None:
    assert told(served, request(f"{method} /sparql")) in ([405], [400])


def test_an_old_client_is_answered(served: Serving) -> None:
    assert told(served, request(version="HTTP/1.0")) == [200]
    assert told(served, b"GET /health HTTP/1.0\r\n\r\n") == [421]  # a name is wanted, whatever the version


# Time.


@pytest.fixture(scope="module")
def hasty(graph: Path) -> Iterator[Serving]:
    with serving(graph, changed=QUICK) as server:
        yield server


def drops(server: Serving, begin: bytes, piece: bytes, every: float = 0.2) -> tuple[list[int], float]:
    """The answers to bytes that come in drops without end, and the seconds until the connection was closed."""
    begun, found = time.perf_counter(), b""
    with closing(connect(server)) as connection:
        connection.sendall(begin)
        connection.settimeout(every)
        while time.perf_counter() - begun < 10:
            try:
                connection.sendall(piece)
                if not (heard := connection.recv(65536)):
                    break
                found += heard
            except TimeoutError:
                continue
            except ConnectionError:
                break
    return [int(code) for code in STATUS.findall(found)], time.perf_counter() - begun


@pytest.mark.parametrize(
    "begin",
    [b"", b"GET /", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ",
    b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ids=["nothing", "line", "header", "second request"],
)  # fmt: skip
@pytest.mark.parametrize("piece", [b"", b"x"], ids=["silence", "drops"])
def test_headers_that_do_not_end_are_not_waited_for(hasty: Serving, begin: bytes, piece: bytes) -> None:
    # Where a method is waited for, letters that are none would be refused; empty lines are borne there.
    codes, seconds = drops(hasty, begin, b"\r\n" if piece and (not begin or begin.endswith(b"\r\n\r\n")) else piece)
    assert codes == ([200] if begin.endswith(b"\r\n\r\n") else [])
    assert seconds > 0.8
    in_time(seconds, 4)


@pytest.mark.parametrize("piece", [b"", b"x"], ids=["silence", "drops"])
@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_end_is_not_waited_for(hasty: Serving, piece: bytes, length: str) -> None:
    drop = b"1\r\nx\r\n" if piece and "chunked" in length else piece
    codes, seconds = drops(hasty, posted(b"", length), drop)
    assert codes == [408]
    assert seconds > 0.8
    in_time(seconds, 4)


def test_a_client_that_takes_nothing_is_not_waited_for(hasty: Serving) -> None:
    with closing(connect(hasty)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line = b"GET /explorer.html HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
        connection.sendall(line * 200)
        _until(lambda: _metric(hasty, "kg_requests_in_progress") > 1)  # more than this look
        _until(lambda: _metric(hasty, "kg_requests_in_progress") == 1)
        hasty.healthy()


def test_what_a_client_never_takes_is_let_go(hasty: Serving) -> None:
    line = b"GET /explorer.html HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    with closing(connect(hasty)) as connection:
        connection.sendall(line)
        whole = len(heard(connection))
    assert whole > 1 << 20
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        place = urlsplit(hasty.address)
        connection.connect((place.hostname or "", place.port or 0))
        connection.sendall(line)
        time.sleep(4)
        assert len(heard(connection)) < whole


def test_more_connections_than_there_may_be_are_told_to_come_again(graph: Path) -> None:
    changed = "import kg.server.listening as r\nr._CONNECTIONS = 5\nr._HEADERS = 2.0\n"
    with serving(graph, changed=changed) as server, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(closing(connect(server))).sendall(b"GET /")
        time.sleep(0.3)
        for _ in range(3):
            with closing(connect(server)) as connection:
                answer = heard(connection)
                assert answer.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 5\r\n" in answer
        _until(lambda: told(server, request()) == [200])


def _until(reached: Callable[[], bool]) -> None:
    """Waits for something, at most ten seconds."""
    until = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.02)


def _metric(server: Serving, name: str) -> float:
    with server.client() as client:
        found = re.search(rf"^{name} (\S+)$", client.get("metrics").text, re.MULTILINE)
    assert found
    return float(found[1])


def test_idle_connections_keep_nobody_waiting(served: Serving) -> None:
    with ExitStack() as stack:
        for number in range(200):
            connection = stack.enter_context(closing(connect(served)))
            connection.sendall(
                (b"", b"GET /", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")[number % 3]
            )
        with within(2):
            assert told(served, posted(QUERY, f"Content-Length: {len(QUERY)}")) == [200]
        served.healthy()


def test_a_client_that_leaves_early_leaves_nothing_behind(served: Serving) -> None:
    sent: Callable[[], bytes] = lambda: posted(QUERY, f"Content-Length: {len(QUERY)}")  # noqa: E731
    for cut in range(10, len(sent()), 40):
        with closing(connect(served)) as connection:
            connection.sendall(sent()[:cut])
    with closing(connect(served)) as connection:
        connection.sendall(sent())
    _until(lambda: _metric(served, "kg_requests_in_progress") == 1)
    assert "Traceback" not in served.told()
