"""Servers in a thread of the tests: one that answers as it is told, and a triplestore in memory that can misbehave."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import struct
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import certifi
import pyoxigraph as ox
import pytest

from kg.graphs import GRAPHS, graph_name, written

__all__ = [
    "HANG_UP", "RESET", "Answer", "Asked", "Fake", "Listener", "Trouble", "fake", "fakes", "few_certificates",
    "listening", "nquads",
]  # fmt: skip

NONE: Mapping[str, str] = MappingProxyType({})


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    url: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the address."""
        return {name: some[-1] for name, some in parse_qs(urlsplit(self.url).query, keep_blank_values=True).items()}

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a form."""
        return {name: some[-1] for name, some in parse_qs(self.body.decode()).items()}


class Answer(NamedTuple):
    """What is sent back: status 0 sends the body instead of HTTP and hangs up, -1 resets the connection.

    `kept` bytes that were announced never come; `waits` seconds pass before.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = NONE
    kept: int = 0
    waits: float = 0.0


HANG_UP, RESET = Answer(0), Answer(-1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 20
    server: Listener

    def _serve(self) -> None:
        asked = Asked(self.command, self.path, self.headers, b"")
        answer = self.server.early(asked) if self.server.early else None
        if answer:  # what is still to come is not read
            self.close_connection = True
        else:
            asked = asked._replace(body=self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.server.asked.append(asked)
        try:
            answer = answer or self.server.answer(asked)
        except Exception as error:
            self.server.faults.append(error)
            raise
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.waits)
        if answer.status < 100:
            self.close_connection = True
            if answer.status < 0:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self.wfile.write(answer.body)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + answer.kept))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection |= bool(answer.kept)

    def version_string(self) -> str:
        return self.server.software

    def log_message(self, *args: Any) -> None:
        pass


class Listener(ThreadingHTTPServer):
    """A server on a port of its own; `asked` holds all requests, `early` may answer before a body is read."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Callable[[Asked], Answer], tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.tls = answer, tls
        self.early: Callable[[Asked], Answer | None] | None = None
        self.asked: list[Asked] = []
        self.faults: list[Exception] = []
        self.software = "test"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls:  # the handshake must not hold up the others
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"


@contextmanager
def listening(answer: Callable[[Asked], Answer] | Answer, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """A server that answers so; what goes wrong in it fails the test."""
    with Listener(answer if callable(answer) else lambda asked: answer, tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
        assert not server.faults, server.faults


# ---------------------------------------------------------------- a triplestore


class Trouble(NamedTuple):
    """An answer to some requests instead of the right one, which is found out nevertheless if `done`."""

    when: Callable[[Asked], bool]
    answer: Answer
    done: bool = False


PATHS = {
    "oxigraph": ("/query", "/update", "/store"),
    "virtuoso": ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
    "generic": ("/kg/sparql", "/kg/update", "/kg/data"),
}
SOFTWARE = {"oxigraph": "Oxigraph/0.5.13", "virtuoso": "Virtuoso/07.20.3236 (Linux) x86_64", "generic": "Jetty(12.1)"}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SIGNAL = ox.NamedNode("x:signal")
"""What Virtuoso calls bif:signal: a function that ends a request as failed."""


@dataclass
class Fake:
    """A triplestore as the dialects know it (SPARQL 1.1 Protocol, Graph Store Protocol), and what it does wrong."""

    dialect: str = "oxigraph"
    user: tuple[str, str] | None = None
    """Who may write; on Virtuoso whoever asks an address that ends in -auth must say it, by digest."""
    cut: int = 0
    """Triples that an answer holds at most."""
    loses: int = 0
    """Triples that each PUT and POST drops in silence."""
    lies: int = 0
    """What is added to every count."""
    form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES
    writes_as: Callable[[ox.Literal], ox.Literal] = lambda literal: literal
    """How it shows the literals that it was given."""
    store: ox.Store = field(default_factory=ox.Store)
    troubles: list[Trouble] = field(default_factory=list)
    listener: Listener = field(init=False)

    @property
    def url(self) -> str:
        """The address that a user gives."""
        return self.listener.url + (PATHS[self.dialect][0] if self.dialect == "generic" else "")

    def endpoint(self, which: int) -> str:
        """The address of query (0), update (1) or graph store (2)."""
        return self.listener.url + PATHS[self.dialect][which]

    def trouble(
        self, when: Callable[[Asked], bool] | str, answer: Answer | int, done: bool = False, times: int = 1
    ) -> None:
        """Answers the next requests of that method, or those that are chosen, in another way."""
        chosen = when if callable(when) else lambda asked: asked.method == when
        made = answer if isinstance(answer, Answer) else Answer(answer, b"said so", {"Content-Type": "text/plain"})
        self.troubles += [Trouble(chosen, made, done)] * times

    def put(self, graph: str, triples: str) -> None:
        """What others put there before, past the network."""
        self.store.load(triples.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))

    def graphs(self) -> dict[str, set[str]]:
        """All that it holds, as lines; names shortened to what follows `graph/`."""
        found: dict[str, set[str]] = {}
        for quad in self.store:
            name = quad.graph_name.value.removeprefix(graph_name("").value)
            found.setdefault(name, set()).add(str(quad.triple))
        return found

    def did(self, *methods: str) -> list[str]:
        """The requests so far, told shortly: `PUT facts`, `UPDATE MOVE`; only some methods if named."""
        told = [self._told(asked) for asked in self.listener.asked]
        return [one for one in told if not methods or one.split()[0] in methods]

    @property
    def writes(self) -> list[str]:
        return self.did("PUT", "POST", "DELETE", "UPDATE")

    def _told(self, asked: Asked) -> str:
        if asked.headers.get_content_type() == "application/sparql-update":
            return f"UPDATE {asked.body.split()[0].decode()}"
        if "query" in asked.form:
            return f"QUERY {asked.form['query'].split()[0]}"
        graph = self._graph(asked).removeprefix(graph_name("").value)
        return f"{asked.method} {re.sub(r'staging/[0-9a-f]{12}', 'staging', graph)}"

    def _graph(self, asked: Asked) -> str:
        return asked.params.get("graph-uri" if self.dialect == "virtuoso" else "graph", "")

    def answer(self, asked: Asked) -> Answer:
        for number, one in enumerate(self.troubles):
            if one.when(asked):
                del self.troubles[number]
                if one.done:
                    self._right(asked)
                return one.answer
        return self._right(asked)

    def _right(self, asked: Asked) -> Answer:
        query, update, graphs = PATHS[self.dialect]
        open_too = self.dialect == "virtuoso" and asked.path == "/sparql-graph-crud"
        updates = asked.headers.get_content_type() == "application/sparql-update"
        if self.user and (asked.path.endswith("-auth") or updates or asked.method in ("PUT", "DELETE")):
            refused = self.refuses(asked, *self.user)
            if refused:
                return refused
        if asked.path == update or (self.dialect == "virtuoso" and asked.path == query and updates):
            return self._update(asked.body.decode())
        if asked.path == query and asked.method == "POST":
            return self._query(asked.form.get("query", ""))
        if asked.path == graphs or open_too:
            if not self._graph(asked):
                assert asked.method == "GET", "no graph is named: a real store would take all of them"
                return Answer(200, b"the whole dataset", kept=1 << 30)
            return self._graph_store(asked.method, ox.NamedNode(self._graph(asked)), asked.body)
        return Answer(404, b"<html>no such page", {"Content-Type": "text/html"})

    def refuses(self, asked: Asked, user: str, password: str) -> Answer | None:
        """The refusal of who is not the user: digest on Virtuoso, else basic."""
        said = asked.headers.get("Authorization", "")
        if self.dialect != "virtuoso":
            right = said == "Basic " + b64encode(f"{user}:{password}".encode()).decode()
            return None if right else Answer(401, b"who?", {"WWW-Authenticate": 'Basic realm="store"'})
        parts = {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^ ,]+))', said)}
        ha1, ha2 = (_md5(one) for one in (f"{user}:SPARQL:{password}", f"{asked.method}:{asked.url}"))
        words = (ha1, *(parts.get(name, "") for name in ("nonce", "nc", "cnonce", "qop")), ha2)
        if parts.get("uri") == asked.url and parts.get("response") == _md5(":".join(words)):
            return None
        return Answer(
            401, b"who?", {"WWW-Authenticate": 'Digest realm="SPARQL", nonce="0a", qop="auth", algorithm=MD5'}
        )

    def _query(self, text: str) -> Answer:
        try:
            found = self.store.query(text)
        except SyntaxError as error:
            return Answer(400, str(error).encode(), {"Content-Type": "text/plain"})
        if isinstance(found, ox.QueryTriples):
            return self._triples(iter(found))
        made = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
        if self.lies and b'"n"' in made:
            made = re.sub(rb'"value":"(\d+)"', lambda one: b'"value":"%d"' % (int(one[1]) + self.lies), made)
        return Answer(200, made, {"Content-Type": "application/sparql-results+json"})

    def _triples(self, found: Iterator[ox.Triple]) -> Answer:
        some = islice(found, self.cut) if self.cut else found
        made = written([ox.Triple(t.subject, t.predicate, self._shown(t.object)) for t in some], self.form)
        kind = {ox.RdfFormat.N_TRIPLES: "application/n-triples", ox.RdfFormat.TURTLE: "text/turtle;charset=UTF-8"}
        return Answer(200, made, {"Content-Type": kind[self.form]})

    def _shown(self, term: Any) -> Any:
        return self.writes_as(term) if isinstance(term, ox.Literal) else term

    def _graph_store(self, method: str, graph: ox.NamedNode, body: bytes) -> Answer:
        there = self.store.contains_named_graph(graph)
        if method in ("GET", "DELETE") and not there:
            return Answer(404, b"no such graph", {"Content-Type": "text/plain"})
        if method == "GET":
            return self._triples(quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))
        if method == "DELETE":
            self.store.remove_graph(graph)
            return Answer(204)
        try:
            triples = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            return Answer(400, str(error).encode(), {"Content-Type": "text/plain"})
        if method == "PUT":
            self.store.clear_graph(graph)
        self.store.add_graph(graph)
        for one in triples[self.loses :]:
            self.store.add(ox.Quad(one.subject, one.predicate, one.object, graph))
        return Answer(204 if there else 201)

    def _update(self, text: str) -> Answer:
        before, signals = list(self.store), list[str]()
        if self.dialect == "virtuoso":  # it empties the target of a graph that is not there
            text = text.replace("MOVE GRAPH", "MOVE SILENT GRAPH").replace("bif:signal(", f"{_SIGNAL}(")
        try:
            self.store.update(text, custom_functions={_SIGNAL: lambda *said: signals.append(said[1].value)})
        except (SyntaxError, RuntimeError) as error:
            return Answer(500, str(error).encode(), {"Content-Type": "text/plain"})
        if signals:
            self.store.clear()
            self.store.extend(before)
            return Answer(500, signals[0].encode(), {"Content-Type": "text/plain"})
        return Answer(204)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def _started(one: Fake) -> Iterator[Fake]:
    with listening(one.answer) as listener:
        one.listener = listener
        listener.software = SOFTWARE[one.dialect]
        yield one


@pytest.fixture(scope="session")
def _one_certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("trusted") / "one.pem"
    mark = "-----END CERTIFICATE-----\n"
    file.write_text(Path(certifi.where()).read_text(encoding="utf-8").partition(mark)[0] + mark)
    return str(file)


@pytest.fixture
def few_certificates(_one_certificate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One authority to trust: reading all that there are takes a quarter of a second for each client."""
    monkeypatch.setenv("SSL_CERT_FILE", _one_certificate)


@pytest.fixture
def fake(few_certificates: None) -> Iterator[Fake]:
    """An empty triplestore that calls itself Oxigraph."""
    with _started(Fake()) as one:
        yield one


@pytest.fixture(params=PATHS)
def fakes(request: pytest.FixtureRequest, few_certificates: None) -> Iterator[Fake]:
    """The same for each dialect; Virtuoso has a user."""
    user = ("dba", "geheim!") if request.param == "virtuoso" else None
    with _started(Fake(request.param, user)) as one:
        yield one


def nquads(**graphs: str) -> bytes:
    """A graph file: lines of triples without their ends by the name of the graph; the others get one triple each."""
    texts = {name: f"<x:{name}> <x:is> <x:thing>" for name in GRAPHS} | graphs
    lines = [(line, name) for name, text in texts.items() for line in text.splitlines() if line.strip()]
    return "".join(f"{line.strip()} {graph_name(name)} .\n" for line, name in lines).encode()
