"""No request makes the server reach another address or read a file: tried with a port and a file that would tell."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner
from needs import missing
from serving import Serving, serving

from kg.cli import main

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

SECRET = "the-canary-sings"


class Canary(NamedTuple):
    """A port that notes who comes, and a file whose only word nobody may repeat."""

    port: socket.socket
    file: Path

    @property
    def number(self) -> int:
        return int(self.port.getsockname()[1])

    def visits(self) -> int:
        """How many came since it was asked last."""
        count = 0
        while True:
            try:
                self.port.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def names(self) -> dict[str, str]:
        """Addresses of the port and of the file, by how they are written."""
        port, path = self.number, str(self.file)
        return {
            "address": f"http://127.0.0.1:{port}/x", "name": f"http://localhost:{port}/x",
            "v6": f"http://[::1]:{port}/x",
            "mapped": f"http://[::ffff:127.0.0.1]:{port}/x", "decimal": f"http://2130706433:{port}/x",
            "hex": f"http://0x7f000001:{port}/x",
            "octal": f"http://0177.0.0.1:{port}/x", "short": f"http://127.1:{port}/x",
            "zero": f"http://0.0.0.0:{port}/x",
            "user": f"http://example.org@127.0.0.1:{port}/x", "secure": f"https://127.0.0.1:{port}/x",
            "ftp": f"ftp://127.0.0.1:{port}/x",
            "upper": f"HTTP://LOCALHOST:{port}/x", "dot": f"http://localhost.:{port}/x",
            "share": f"//127.0.0.1:{port}/x", "own": f"http://127.0.0.1:{port}/sparql",
            "file": f"file://{path}", "file of host": f"file://localhost{path}", "file short": f"file:{path}",
            "path": path,
            "archive": f"jar:file://{path}!/x", "data": f"data:text/turtle,<x:a><x:b>%22{SECRET[::-1]}%22.",
            "up": "file:///tmp/../" + path.lstrip("/"),
        }  # fmt: skip


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    file = tmp_path_factory.mktemp("canary") / "canary.nt"
    file.write_text(f'<x:s> <x:p> "{SECRET}" .\n', encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0), backlog=128) as port:
        port.setblocking(False)
        yield Canary(port, file)


@pytest.fixture(scope="module")
def client(served: Serving) -> Iterator[httpx.Client]:
    with served.client() as made:
        yield made


NAMES = (
    "address", "name", "v6", "mapped", "decimal", "hex", "octal", "short", "zero", "user", "secure", "ftp", "upper",
    "dot", "share",
    "own", "file", "file of host", "file short", "path", "archive", "data", "up",
)  # fmt: skip
WAYS = {
    "service": "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "from": "SELECT * FROM <%s> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "graph": "SELECT * { GRAPH <%s> { ?s ?p ?o } }",
    "describe": "DESCRIBE <%s>",
    "load": "LOAD <%s>",
    "call": "SELECT (<%s>('x') AS ?x) {}",
}
SPELLINGS = (
    "SELECT * { service silent <%s> { ?s ?p ?o } }", "SELECT * { SeRvIcE\n# why\n<%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<%s> {} }", "SELECT * { SERVICE # '\n SILENT # \"\n <%s> {} # '\n}",
    "SELECT * { \\u0053ERVICE <%s> {} }", "SELECT * { S\\u0045RVICE <%s> {} }",
    "SELECT * { \\U00000053ERVICE SILENT <%s> {} }",
    "SELECT * { VALUES ?x { <%s> } SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { BIND(IRI('%s') AS ?x) SERVICE SILENT ?x { ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?service) SERVICE $service {} }", "PREFIX x: <%s> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "PREFIX x: <%s> SELECT * { SERVICE SILENT x: {} }", "PREFIX x: <%s> SELECT * { SERVICEx: {} }",
    "PREFIX service: <%s> SELECT * { service: {} }", "BASE <%s> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <y> {} }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <%s> {} } } } UNION {} }",
    "SELECT * { FILTER EXISTS { SERVICE <%s> {} } }",
    "SELECT * { FILTER NOT EXISTS { SERVICE SILENT <%s> {} } }", "SELECT (EXISTS { SERVICE <%s> {} } AS ?x) {}",
    "SELECT * { ?s ?p ?o MINUS { SERVICE <%s> { ?s ?p ?o } } }", "SELECT * { GRAPH ?g { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { LATERAL { SERVICE <%s> {} } }", "SELECT * { SERVICE SILENT <%s> { SERVICE SILENT <%s> {} } }",
    "ASK { SERVICE <%s> {} }",
    "DESCRIBE ?s { SERVICE <%s> { ?s ?p ?o } }", "CONSTRUCT { ?s ?p ?o } { SERVICE <%s> { ?s ?p ?o } }",
    "CONSTRUCT { <%s> ?p ?o } { ?s ?p ?o } LIMIT 1",
    "CONSTRUCT { ?s <http://www.w3.org/2002/07/owl#imports> <%s> } { ?s ?p ?o }",
    "DESCRIBE * { VALUES ?x { <%s> } }", "SELECT * { ?s ?p ''''x'''SERVICE<%s>{} }",
    "SELECT * { ?s ?p 1e5SERVICE<%s>{} }",
    "SELECT * from\nnamed\n<%s> { ?s ?p ?o }", "SELECT * FR\\u004fM <%s> { ?s ?p ?o }",
    "PREFIX x: <%s> SELECT * FROM x: { ?s ?p ?o }",
    "BASE <%s> SELECT * FROM <> { ?s ?p ?o }", "ASK {}; LOAD <%s>", "LOAD SILENT <%s> INTO GRAPH <x:g>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "INSERT { ?s ?p ?o } USING <%s> WHERE { ?s ?p ?o }", "SELECT * { ?s <http://jena.apache.org/text#query> <%s> }",
    "SELECT (<java:java.io.FileReader>('%s') AS ?x) {}",
    "SELECT (<http://www.w3.org/2005/xpath-functions#doc>('%s') AS ?x) {}",
    "SELECT * { BIND(<http://www.w3.org/2005/xpath-functions#unparsed-text>('%s') AS ?x) }",
    "SELECT (REGEX('x', '%s') AS ?x) {}",
    "SELECT (STRDT('x', <%s>) AS ?x) {}", "#pragma describe <%s>\nSELECT * {}",
    "DEFINE get:soft 'replace' SELECT * FROM <%s> {}",
    "@include <%s> SELECT * {}", "<?xml-stylesheet href='%s'?> SELECT * {}",
    "<!DOCTYPE x [<!ENTITY a SYSTEM '%s'>]><x>&a;</x>",
)  # fmt: skip
QUERIES = [pytest.param(text, name, id=f"{way}-{name}") for way, text in WAYS.items() for name in NAMES] + [
    pytest.param(text, name, id=f"spelling-{number}-{name}") for number,
    text in enumerate(SPELLINGS) for name in ("address", "file")
]  # fmt: skip


def silent(canary: Canary, said: str) -> None:
    assert SECRET not in said
    assert canary.visits() == 0


def test_there_are_ways_enough() -> None:
    assert len(QUERIES) >= 60


@pytest.mark.parametrize(("text", "name"), QUERIES)
def test_a_query_reaches_neither_an_address_nor_a_file(
    client: httpx.Client, canary: Canary, text: str, name: str
) -> None:
    answer = client.post("sparql", data={"query": text.replace("%s", canary.names()[name])})
    assert answer.status_code in (200, 400)
    silent(canary, answer.text)
    if "SERVICE <" in text:
        assert answer.status_code == 400


def by_command(graph: Path, text: str) -> str:
    """All that `kg query sparql -` says."""
    done = CliRunner().invoke(main, ["query", "sparql", "-", "--graph", str(graph), "--seconds", "5"], input=text)
    assert done.exit_code in (0, 2), done.output
    return done.output


@pytest.mark.parametrize("text", [WAYS["silent"], WAYS["from"], WAYS["describe"], SPELLINGS[4], SPELLINGS[12]])
@pytest.mark.parametrize("name", ["address", "file"])
def test_a_query_of_the_command_reaches_nothing(graph: Path, canary: Canary, text: str, name: str) -> None:
    silent(canary, by_command(graph, text.replace("%s", canary.names()[name])))


@pytest.mark.slow
def test_no_query_of_the_command_reaches_anything(graph: Path, canary: Canary) -> None:
    for text, name in ((str(one.values[0]), str(one.values[1])) for one in QUERIES):
        if name not in ("address", "file", "share", "path"):
            continue  # what the other names add was tried over HTTP: here each may take a process
        silent(canary, by_command(graph, text.replace("%s", canary.names()[name])))


@pytest.mark.parametrize(
    "parameter", ["default-graph-uri", "named-graph-uri", "using-graph-uri", "graph", "url", "stylesheet", "format"]
)
@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_fetched(client: httpx.Client, canary: Canary, parameter: str, name: str) -> None:
    given = {parameter: canary.names()[name]}
    for text in ("SELECT * { ?s ?p ?o } LIMIT 3", "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 3"):
        silent(canary, client.get("sparql", params={"query": text, **given}).text)
    silent(canary, client.get("graphs", params=given).text)


@pytest.mark.parametrize(
    "place", ["sparql?query=DESCRIBE%20agent:zoe-marsh", "id/agent/zoe-marsh", "search.html?q=zoe", "api/entities"]
)
@pytest.mark.parametrize("name", ["address", "file"])
@pytest.mark.parametrize(
    "header",
    ["Accept", "Referer", "Forwarded", "X-Forwarded-Host", "Link", "SOAPAction", "If-None-Match", "Content-Location",
    "Via", "Proxy"]
)  # fmt: skip
def test_no_header_is_followed(client: httpx.Client, canary: Canary, place: str, name: str, header: str) -> None:
    where = canary.names()[name]
    text = (
        f'application/ld+json; profile="{where}"'
        if header == "Accept"
        else f'<{where}>; rel="http://www.w3.org/ns/json-ld#context"'
    )
    answer = client.get(place, headers={header: text})
    assert answer.status_code < 500
    silent(canary, answer.text)


@pytest.mark.parametrize(
    "kind",
    [
        "application/ld+json",
        "text/turtle",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
        "application/json",
        "multipart/form-data",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_document_is_taken(client: httpx.Client, canary: Canary, kind: str, method: str) -> None:
    where = canary.names()
    sent = f"""<?xml version="1.0"?>
        <!DOCTYPE x [<!ENTITY a SYSTEM "{where["file"]}"><!ENTITY % b SYSTEM "{where["address"]}"> %b;]>
        <x xmlns:xi="http://www.w3.org/2001/XInclude">&a;<xi:include href="{where["file"]}"/></x>"""
    if "json" in kind:
        sent = f'{{"@context": "{where["address"]}", "@id": "{where["file"]}"}}'
    for place in ("sparql", "graphs?default", "graph/facts", "api/entities", "index.html"):
        answer = client.request(method, place, content=sent, headers={"Content-Type": kind})
        assert answer.status_code in (405, 415)
        silent(canary, answer.text)


@pytest.mark.parametrize(
    "before", ["", "data/", "assets/", "id/agent/", "question/", "graph/", "api/entities/", "api/questions/", "ns/"]
)
@pytest.mark.parametrize(
    "up",
    ["../" * 12, "..%2f" * 12, "%2e%2e/" * 12, "..%5c" * 12, "..%252f" * 12, "/", "//", "%2f", "....//" * 12,
    "..%c0%af" * 12, "./" * 12 + "../" * 12, "%00/../"]
)  # fmt: skip
def test_no_path_leads_to_a_file(served: Serving, canary: Canary, before: str, up: str) -> None:
    connection = HTTPConnection(urlsplit(served.address).netloc, timeout=30)  # it sends dots as they are
    with closing(connection):
        connection.request("GET", f"/{before}{up}{str(canary.file).lstrip('/')}")
        answer = connection.getresponse()
        assert answer.status in (400, 404)
        silent(canary, answer.read().decode("utf-8"))


# What holds when the reading of queries fails.

OPEN = """
import kg.server.protocol as p, kg.sparql
p.check_keywords = lambda *rest: None
p.look = lambda text, known: kg.sparql.Wording("SELECT", False, ())
"""
"""Nothing is read before a query is run."""
NO_NAMESPACE = "import kg.confine\nkg.confine.alone = lambda: False\n"
NO_LIMIT = "import kg.confine\nkg.confine.no_files = lambda kept=0: None\n"


@pytest.fixture
def linux() -> None:
    if not Path("/proc/self/statm").exists():
        missing("Linux, whose kernel has all of the limits")


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("without", "held"),
    [("", True), (NO_NAMESPACE, True), (NO_LIMIT, True), (NO_NAMESPACE + NO_LIMIT, False)],
    ids=["both", "limit alone", "namespace alone", "neither"],
)  # fmt: skip
@pytest.mark.slow
def test_a_worker_that_refuses_nothing_still_connects_to_nobody(
    graph: Path, canary: Canary, without: str, held: bool
) -> None:
    with serving(graph, "--seconds", "1", changed=OPEN + without) as server:
        no_namespace = "workers keep the network" in server.told()
        if without == NO_LIMIT and no_namespace:
            missing("a system that gives processes a namespace of their own; the limit of open files holds without one")
        with server.client() as client:
            where = canary.names()["address"]
            answers = [
                client.post("sparql", data={"query": WAYS[way] % where}) for way in ("service", "silent")
            ]  # fmt: skip
            assert client.post("sparql", data={"query": "ASK {}"}).json()["boolean"] is True
        assert (canary.visits() == 0) is held
        assert [answer.status_code for answer in answers] == ([400, 200] if held else [422, 422])


_TRIES = """
import errno, os, socket, subprocess
import kg.server.protocol as p
from kg.server.reply import Reply
def tried(*rest):
    said = []
    for attempt in (
        lambda: open({file!r}).read(), lambda: os.listdir("/"),
        lambda: socket.create_connection(("127.0.0.1", {port}), 1),
        lambda: socket.create_server(("127.0.0.1", 0)), lambda: socket.socket(socket.AF_UNIX), lambda: os.pipe(),
        lambda: subprocess.run(["true"]), lambda: os.memfd_create("x"),
    ):
        try:
            said.append(str(attempt()))
        except OSError as error:
            said.append(errno.errorcode[error.errno])
    return Reply(200, "text/plain", " ".join(said).encode())
p.answer = tried
"""


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("without", "opened"), [("", False), (NO_NAMESPACE, False), (NO_NAMESPACE + NO_LIMIT, True)],
    ids=["both", "limit", "neither"]
)  # fmt: skip
@pytest.mark.slow
def test_a_worker_can_open_nothing_whatever_runs_in_it(graph: Path, canary: Canary, without: str, opened: bool) -> None:
    tries = _TRIES.format(file=str(canary.file), port=canary.number)
    with serving(graph, changed=tries + without) as server, server.client() as client:
        answer = client.post("sparql", data={"query": "ASK {}"})
    assert answer.status_code == 200
    assert (SECRET in answer.text) is opened
    assert (canary.visits() > 0) is opened
    assert (answer.text == " ".join(["EMFILE"] * 8)) is not opened, answer.text
