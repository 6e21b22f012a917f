"""Whose name the server answers to, and what pages of other sites can make a browser do with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from serving import Serving, serving

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

FRIEND = "https://friend.example"
ASK = "SELECT ?name { agent:zoe-marsh rdfs:label ?name }"
FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update",
)  # fmt: skip
INSERT = "INSERT DATA { <x:a> <x:b> <x:c> }"


@pytest.fixture(scope="module")
def client(served: Serving) -> Iterator[httpx.Client]:
    with served.client() as made:
        yield made


def status(server: Serving, target: str, *headers: tuple[str, str]) -> int:
    """The status of an answer to a request with exactly these headers."""
    with closing(HTTPConnection(urlsplit(server.address).netloc, timeout=30)) as connection:
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status


HOSTS = [
    (["localhost"], 200), (["localhost:8000"], 200), (["LOCALHOST"], 200), (["localhost."], 200), (["127.0.0.1"], 200),
    (["127.0.0.1:1"], 200), (["[::1]"], 200), (["[::1]:8000"], 200), (["LocalHost.:9"], 200), ([], 421), ([""], 421),
    (["localhost", "localhost"], 421), (["localhost", "evil.example"], 421), (["evil.example"], 421),
    (["evil.example:80"], 421),
    (["localhost.evil.example"], 421), (["evil.example.localhost"], 421), (["localhost@evil.example"], 421),
    (["evil.example@localhost"], 421), (["localhost:80@evil.example"], 421), (["localhost:evil.example"], 421),
    (["localhost:"], 200),
    (["[::1]evil.example"], 421), (["[::1].evil.example"], 421), (["[::1"], 421), (["[::1]:x"], 421),
    (["localhost/"], 421),
    (["localhost:80/x"], 421), (["localhost:80?x"], 421), (["localhost:80#x"], 421), (["localhost:80\\x"], 421),
    (["localhost:1 2"], 421),
    (['localhost:"><script>'], 421), (["localhost:999999"], 421), (["127.0.0.2"], 421), (["127.1"], 421),
    (["2130706433"], 421), (["0.0.0.0"], 421),
    (["localhost,evil.example"], 421), (["169.254.169.254"], 421), (["[::ffff:127.0.0.1]"], 421),
    (["localhos\xb5t"], 421), (["localhost.."], 421),
]  # fmt: skip
"""Host headers of a request, and its status. Names that others could lead to this machine (DNS rebinding) are none."""


@pytest.mark.parametrize(("hosts", "expected"), HOSTS, ids=lambda value: str(value))
@pytest.mark.parametrize("target", ["/health", "/sparql", "/api"])
def test_a_request_is_answered_under_a_name_of_this_machine_only(
    served: Serving, hosts: list[str], expected: int, target: str
) -> None:
    assert status(served, target, *(("Host", host) for host in hosts)) in ((200,) if expected == 200 else (400, 421))


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost/health",
        "http://evil.example/health",
        "https://evil.example:99/health",
        "//evil.example/health",
        "evil.example:80",
    ],
)
@pytest.mark.parametrize(("host", "known"), [("localhost", True), ("evil.example", False)])
def test_an_address_in_the_request_line_is_no_host(served: Serving, target: str, host: str, known: bool) -> None:
    assert status(served, target, ("Host", host)) in ((200, 400, 404) if known else (400, 421))


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "X-Host",
        "Forwarded",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
    ],
)
def test_no_other_header_names_the_server(client: httpx.Client, header: str) -> None:
    for place in ("api/openapi.json", "sparql", "index.html", "robots.txt"):
        answer = client.get(
            place, headers={header: "evil.example", "Accept": "application/json, text/turtle, */*;q=0.1"}
        )
        assert answer.status_code == 200
        assert "evil.example" not in answer.text + str(answer.headers)


def test_the_address_that_it_was_told_to_listen_on_is_a_name_of_it(graph: Path) -> None:
    with serving(graph, "--host", "127.0.0.2") as server:
        assert status(server, "/health", ("Host", urlsplit(server.address).netloc)) == 200
        assert status(server, "/health", ("Host", "127.0.0.3")) == 421


def test_further_names_are_answered_when_told(graph: Path) -> None:
    with serving(graph, "--host-name", "Graph.Example.org") as server:
        for host, expected in (
            ("graph.example.org", 200),
            ("GRAPH.example.org:443", 200),
            ("localhost", 200),
            ("example.org", 421),
        ):
            assert status(server, "/health", ("Host", host)) == expected


# Origin.

OWN = "http://{own}"
ORIGINS = [
    ({}, True), ({"Origin": OWN}, True), ({"Sec-Fetch-Site": "same-origin"}, True), ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "null"}, False), ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://{own}.evil.example"}, False),
    ({"Origin": "http://localhost"}, False), ({"Origin": ""}, False), ({"Origin": "{own}"}, False),
    ({"Origin": "http://127.0.0.1:1"}, False),
    ({"Origin": "http://evil.example://{own}"}, False), ({"Origin": "file://"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ({"Referer": "https://evil.example/"}, True),
]  # fmt: skip
"""Headers of a post, and whether it is answered. A page of ours sends its own origin; a browser always sends one."""


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS, ids=lambda value: str(value))
def test_a_post_of_another_site_is_refused(
    served: Serving, client: httpx.Client, headers: dict[str, str], allowed: bool
) -> None:
    own = urlsplit(served.address).netloc
    made = {name: value.format(own=own) for name, value in headers.items()}
    assert client.post("sparql", data={"query": ASK}, headers=made).status_code == (200 if allowed else 403)
    read = client.get("sparql", params={"query": ASK}, headers=made)
    assert read.status_code == 200  # that a page may ask is no harm: it can't read the answer
    assert not [name for name in read.headers if name.startswith("access-control-")]
    assert read.headers["cross-origin-resource-policy"] == "same-origin"


def digest(client: httpx.Client) -> str:
    return hashlib.sha256(client.get("graphs?default", headers={"Accept": "application/n-quads"}).content).hexdigest()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, OWN])
@pytest.mark.parametrize(
    ("method", "place", "kind", "body"),
    [
        ("POST", "sparql", FORM, f"update={INSERT}"), ("POST", "sparql", FORM, f"query={ASK}&update={INSERT}"),
        ("POST", "sparql", FORM, f"query={INSERT}"), ("POST", "sparql", UPDATE, INSERT),
        ("POST", "sparql", QUERY, INSERT),
        ("POST", "sparql", "text/plain", INSERT),
        ("POST", "sparql", "multipart/form-data; boundary=x", f"--x\r\n\r\n{INSERT}\r\n--x--"),
        ("POST", f"sparql?update={INSERT}", FORM, ""), ("GET", f"sparql?update={INSERT}", FORM, ""),
        ("GET", f"sparql?query={INSERT}", FORM, ""),
        ("POST", "graphs?default", "text/turtle", "<x:a> <x:b> <x:c> ."), ("PUT", "graphs?default", "text/turtle", ""),
        ("DELETE", "graph/facts", "text/turtle", ""), ("PATCH", "graphs?default", UPDATE, INSERT),
        ("POST", "graph/facts", "text/plain", "<x:a> <x:b> <x:c> ."),
        ("POST", "api/entities", "application/json", "{}"), ("DELETE", "id/agent/zoe-marsh.ttl", FORM, ""),
        ("PUT", "index.html", "text/html", "x"),
    ],
)  # fmt: skip
def test_nothing_changes_whatever_is_posted(
    served: Serving,
    client: httpx.Client,
    graph: Path,
    origin: str | None,
    method: str,
    place: str,
    kind: str,
    body: str,
) -> None:
    before, file = digest(client), graph.read_bytes()
    sent = {"Content-Type": kind} | ({"Origin": origin.format(own=urlsplit(served.address).netloc)} if origin else {})
    assert client.request(method, place, content=body, headers=sent).status_code in (400, 403, 405, 415)
    assert digest(client) == before
    assert graph.read_bytes() == file


# Reading from other sites, where that is asked for.


def shared(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


READ = "ETag, Link, Retry-After"
FLIGHT = {
    "access-control-allow-methods": "GET, POST", "access-control-max-age": "600",
    "access-control-allow-headers": "Accept, Authorization, Content-Type",
}  # fmt: skip


@pytest.fixture(scope="module", params=["one", "all"])
def friendly(graph: Path, request: pytest.FixtureRequest) -> Iterator[tuple[bool, httpx.Client]]:
    with serving(graph, "--cors", "*" if request.param == "all" else FRIEND) as server, server.client() as made:
        yield request.param == "all", made


@pytest.mark.parametrize(
    "origin", [FRIEND, "https://evil.example", "null", f"{FRIEND}.evil.example", "http://friend.example", None]
)
def test_only_the_site_that_was_named_reads_answers(friendly: tuple[bool, httpx.Client], origin: str | None) -> None:
    everybody, client = friendly
    sent = {"Origin": origin} if origin else {}
    welcome = everybody or origin == FRIEND
    allowed = (
        {"access-control-allow-origin": "*" if everybody else FRIEND, "access-control-expose-headers": READ}
        if welcome
        else {}
    )
    for place, method in (
        ("sparql", "GET"),
        ("sparql", "POST"),
        ("id/agent/zoe-marsh.ttl", "GET"),
        ("nothing-here", "GET"),
        ("health", "GET"),
    ):
        values = {"query": ASK} if place == "sparql" else {}
        if method == "POST":
            answer = client.post(place, headers=sent, data=values)
        else:
            answer = client.get(place, headers=sent, params=values)
        assert shared(answer.headers) == allowed
        assert "Origin" in answer.headers["vary"]
        assert answer.headers["cross-origin-resource-policy"] == ("cross-origin" if welcome else "same-origin")
        if method == "POST":
            assert answer.status_code == (200 if welcome or origin is None else 403)
    flight = client.options("sparql", headers=sent | {"Access-Control-Request-Method": "POST"})
    assert flight.status_code == 204
    assert shared(flight.headers) == FLIGHT | allowed
