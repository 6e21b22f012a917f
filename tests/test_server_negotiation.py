"""Which form of an answer the endpoint sends, how a request brings its query, and what a cache may keep."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from serving import Serving

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

SELECT = "SELECT ?s { ?s a aig:Person } ORDER BY ?s"
ASK = "ASK { ?s a aig:Person }"
MAKE = "CONSTRUCT { ?s a aig:Person } { ?s a aig:Person }"
JSON, XML, CSV, TSV = (
    "application/sparql-results+json", "application/sparql-results+xml", "text/csv; charset=utf-8",
    "text/tab-separated-values; charset=utf-8",
)  # fmt: skip
TURTLE, NT, RDF, LD = (
    "text/turtle; charset=utf-8", "application/n-triples", "application/rdf+xml", "application/ld+json",
)  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def client(served: Serving) -> Iterator[httpx.Client]:
    """A client that sends no header of its own but those of the connection."""
    with served.client() as made:
        for name in ("accept", "accept-encoding", "user-agent"):
            del made.headers[name]
        yield made


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, None, JSON), (SELECT, "*/*", JSON), (SELECT, "application/*", JSON), (SELECT, "text/*", CSV),
        (SELECT, JSON, JSON), (SELECT, XML, XML), (SELECT, "text/csv", CSV), (SELECT, "text/tab-separated-values", TSV),
        (SELECT, "application/json", "application/json"), (SELECT, "application/xml", "application/xml"),
        (SELECT, "text/xml", "text/xml; charset=utf-8"), (SELECT, f"{JSON};q=0.1, {XML};q=0.2", XML),
        (SELECT, f"*/*, {XML}", XML), (SELECT, f"{JSON};q=0, */*", XML), (SELECT, f"text/*;q=0.4, {XML};q=0.3", CSV),
        (SELECT, f"text/*;q=0.9, text/csv;q=0, {XML};q=0.3", TSV), (SELECT, f"text/turtle, {XML};q=0.1", XML),
        (SELECT, f"gibberish, {XML}", XML), (SELECT, "text/html;q=0.1, text/csv", CSV),
        (ASK, None, JSON), (ASK, XML, XML), (ASK, "text/csv", CSV), (ASK, "text/tab-separated-values", TSV),
        (MAKE, None, TURTLE), (MAKE, "*/*", TURTLE), (MAKE, "application/*", NT), (MAKE, RDF, RDF), (MAKE, LD, LD),
        (MAKE, "text/turtle;q=0.5, application/n-triples", NT), (MAKE, "application/trig", "application/trig"),
        (MAKE, "application/n-quads", "application/n-quads"), (MAKE, "text/plain", "text/plain; charset=utf-8"),
        (MAKE, f"{JSON}, {LD};q=0.2", LD), ("DESCRIBE agent:iqm", None, TURTLE), ("DESCRIBE agent:iqm", NT, NT),
    ],
)  # fmt: skip
def test_the_form_is_the_one_wanted_most(client: httpx.Client, query: str, accept: str | None, media: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get("sparql", params={"query": query}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert answer.headers["vary"] == "Accept"
    posted = client.post("sparql", content=query, headers=headers | DIRECT)
    assert (posted.status_code, posted.headers["content-type"]) == (200, media)


@pytest.mark.parametrize("query", [SELECT, ASK, MAKE])
@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/*;q=0, application/*;q=0", "gibberish", "text/"])
def test_what_there_is_not_is_not_acceptable_and_what_there_is_is_listed(
    client: httpx.Client, query: str, accept: str
) -> None:
    answer = client.get("sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 406
    told = answer.json()
    kinds = {"text/turtle", RDF, LD} if query == MAKE else {JSON, XML, "text/csv"}
    assert kinds <= set(told["offered"])
    assert all(kind in told["detail"] for kind in kinds)
    for media in told["offered"]:
        again = client.get("sparql", params={"query": query}, headers={"Accept": media})
        assert again.headers["content-type"].partition(";")[0] == media


@pytest.mark.parametrize("lines", [["image/png", XML], [XML, "image/png"], [f"{JSON};q=0.1", f"{XML};q=0.2"]])
def test_a_header_on_two_lines_is_one_list(client: httpx.Client, lines: list[str]) -> None:
    """RFC 9110, section 5.3."""
    answer = client.get("sparql", params={"query": SELECT}, headers=[("Accept", line) for line in lines])
    assert (answer.status_code, answer.headers["content-type"]) == (200, XML)
    data = [("Accept", line.replace(XML, "text/turtle").replace(JSON, NT)) for line in lines]
    assert client.get("graph/facts", headers=data).headers["content-type"] == TURTLE
    assert client.get("id/agent/zoe-marsh", headers=data).headers["location"] == "zoe-marsh.ttl"


@pytest.mark.parametrize(
    ("query", "name", "media"),
    [
        (SELECT, "json", JSON), (SELECT, "xml", XML), (SELECT, "csv", CSV), (SELECT, "tsv", TSV), (ASK, "xml", XML),
        (MAKE, "ttl", TURTLE), (MAKE, "nt", NT), (MAKE, "rdf", RDF), (MAKE, "jsonld", LD),
    ],
)  # fmt: skip
@pytest.mark.parametrize("accept", ["", BROWSER, "image/png"])
def test_a_form_asked_for_by_name_wins(client: httpx.Client, query: str, name: str, media: str, accept: str) -> None:
    answer = client.get("sparql", params={"query": query, "format": name}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)


@pytest.mark.parametrize(
    ("query", "name"), [(SELECT, "ttl"), (MAKE, "csv"), (ASK, "html"), (SELECT, "<b>"), (MAKE, "JSON")]
)
def test_a_form_by_a_name_that_there_is_not_is_refused(client: httpx.Client, query: str, name: str) -> None:
    answer = client.get("sparql", params={"query": query, "format": name})
    assert answer.status_code == 400
    assert ("ttl, nt" if query == MAKE else "json, xml, csv, tsv") in answer.json()["detail"]


@pytest.mark.parametrize("query", ["", SELECT, ASK, MAKE])
@pytest.mark.parametrize("path", ["sparql", "sparql/"])
def test_a_browser_gets_a_page(client: httpx.Client, path: str, query: str) -> None:
    given = {"query": query} if query else {}
    answer = client.get(path, params=given, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "accept" in answer.headers["vary"].lower()
    assert b"<textarea" in answer.content
    told = client.head(path, params=given, headers={"Accept": BROWSER})
    assert (told.status_code, told.headers["content-type"], told.content) == (200, answer.headers["content-type"], b"")


def test_a_browser_that_posts_gets_the_answer(client: httpx.Client) -> None:
    answer = client.post("sparql", content=f"query={quote(SELECT)}", headers=FORM | {"Accept": BROWSER})
    assert answer.headers["content-type"] in ("application/xml", JSON)


# ---------------------------------------------------------------- requests


def everywhere(client: httpx.Client, query: str, more: str = "") -> list[httpx.Response]:
    """The same query in each way that the protocol has."""
    encoded = f"query={quote(query, safe='')}{more}"
    return [
        client.get(f"sparql?{encoded}"), client.get(f"sparql/?{encoded}"),
        client.post("sparql", content=encoded, headers=FORM),
        client.post(f"sparql?{more.removeprefix('&')}", content=f"query={quote(query, safe='')}", headers=FORM),
        client.post("sparql", content=encoded, headers={"Content-Type": f"{FORM['Content-Type']}; charset=UTF-8"}),
        client.post(f"sparql?{more.removeprefix('&')}", content=query.encode(), headers=DIRECT),
        client.post(f"sparql/?{more.removeprefix('&')}", content=query.encode(),
                    headers={"Content-Type": 'Application/SPARQL-Query; charset="utf-8"'}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "more"),
    [
        (SELECT, ""), (ASK, ""), (MAKE, ""), (SELECT, "&format=tsv"), (SELECT, "&x=y&z"),
        (SELECT, "&default-graph-uri=https://w3id.org/aigov-kg/graph/facts"),
        ("SELECT ?g { GRAPH ?g { ?s a aig:Person } }",
         "&named-graph-uri=https%3A%2F%2Fw3id.org%2Faigov-kg%2Fgraph%2Ffacts"),
        ('SELECT (" + & = ; % é 静 😀 \\"" AS ?x) {}', ""), ("SELECT *\r\n{\t?s a aig:Person } # a comment", ""),
    ],
)  # fmt: skip
def test_each_way_to_ask_gives_the_same_answer(client: httpx.Client, query: str, more: str) -> None:
    answers = everywhere(client, query, more)
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["content-type"] for answer in answers}) == 1


def test_a_plus_is_a_space_in_a_form_and_a_plus_in_a_body(client: httpx.Client) -> None:
    for headers, body in ((FORM, "query=SELECT+(1%2B1+AS+?x)+{}"), (DIRECT, "SELECT (1+1 AS ?x) {}")):
        answer = client.post("sparql?format=csv", content=body, headers=headers)
        assert answer.text == "x\r\n2\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (DIRECT, ASK.encode("utf-16"), 400), (DIRECT, b"ASK {} # \xff", 400), (FORM, b"query=ASK%7B%7D%23%ff", 400),
        (FORM, b"query=ASK%7B%7D%23\xff", 400), (DIRECT, b"", 400), (FORM, b"", 400), (FORM, b"query=", 400),
        (FORM, b"quer=ASK%7B%7D", 400), (FORM, b"query=ASK%7B%7D&query=ASK%7B%7D", 400),
        (DIRECT | {"Content-Type": "application/sparql-query; charset=iso-8859-1"}, b"ASK {}", 415),
        (FORM | {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}, b"query=ASK%7B%7D", 415),
        (DIRECT | {"Content-Encoding": "gzip"}, gzip.compress(b"ASK {}", mtime=0), 415), ({}, b"ASK {}", 415),
        ({"Content-Type": "application/json"}, b'{"query": "ASK {}"}', 415),
        ({"Content-Type": "application/sparql-querys"}, b"ASK {}", 415), ({"Content-Type": ""}, b"ASK {}", 415),
    ],
)  # fmt: skip
def test_a_body_that_is_no_query_is_refused(
    client: httpx.Client, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = client.post("sparql", content=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_query_in_address_and_body_is_one_too_many(client: httpx.Client) -> None:
    assert client.post("sparql?query=ASK%7B%7D", content=ASK, headers=DIRECT).status_code == 400


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize(
    ("iri", "status"), [("", 400), ("no iri", 400), ("facts", 400), ("http://x.example/none", 200)]
)
def test_a_graph_of_the_protocol_is_an_iri_and_one_that_is_not_there_is_empty(
    client: httpx.Client, name: str, iri: str, status: int
) -> None:
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    answer = client.get("sparql", params={"query": query, name: iri})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["results"]["bindings"] == []


@pytest.mark.parametrize(
    ("query", "line", "column"), [("ASK {", 1, 6), ("SELECT *\n{ ?s ?p }", 2, 10), ("SELECT ?x { } LIMIT x", 1, 21)]
)
def test_a_query_that_can_not_be_read_is_refused_with_its_place(
    client: httpx.Client, query: str, line: int, column: int
) -> None:
    for answer in everywhere(client, query):
        assert answer.status_code == 400
        assert (answer.json()["line"], answer.json()["column"]) == (line, column)


# ---------------------------------------------------------------- caches


@pytest.mark.parametrize(
    "address", ["sparql", f"sparql?query={quote(SELECT)}", "graph/facts", "graphs?default", "api/about"]
)
def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[^"]+"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b""), known
        for name in ("etag", "cache-control", "vary"):
            assert again.headers.get(name) == first.headers.get(name)
    split = client.get(address, headers=[("If-None-Match", '"other"'), ("If-None-Match", tag)])
    assert split.status_code == 304
    assert client.get(address, headers={"If-None-Match": '"other"'}).content == first.content
    assert client.head(address, headers={"If-None-Match": tag}).status_code == 304


def test_each_form_has_a_tag_of_its_own(client: httpx.Client) -> None:
    tags = {
        client.get("sparql", params={"query": SELECT}, headers={"Accept": media}).headers["etag"]
        for media in (JSON, XML, "text/csv", "text/tab-separated-values", "text/html")
    }
    assert len(tags) == 5


def test_an_answer_to_a_post_is_sent_whole(client: httpx.Client) -> None:
    first = client.post("sparql", content=SELECT, headers=DIRECT)
    again = client.post("sparql", content=SELECT, headers=DIRECT | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize("query", [SELECT, ASK, MAKE, "ASK {"])
def test_head_says_what_get_does_without_a_body(client: httpx.Client, query: str) -> None:
    got, told = (client.request(method, "sparql", params={"query": query}) for method in ("GET", "HEAD"))
    assert got.content
    assert told.content == b""
    assert told.status_code == got.status_code
    differ = {"date"}
    assert {k: v for k, v in told.headers.items() if k not in differ} == {
        k: v for k, v in got.headers.items() if k not in differ
    }


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (None, False), ("", False), ("identity", False), ("gzip", True), ("deflate, gzip;q=0.5", True), ("GZIP", True),
        ("gzip;q=0", False), ("gzip;q=0.000, deflate", False), ("br, deflate", False), ("x-gzipped", False),
    ],
)  # fmt: skip
def test_an_answer_is_packed_only_for_who_takes_that(client: httpx.Client, encoding: str | None, packed: bool) -> None:
    """RFC 9110, section 12.5.3."""
    headers = {} if encoding is None else {"Accept-Encoding": encoding}
    with client.stream("GET", "graph/ontology", headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert (gzip.decompress(raw) if packed else raw) == client.get("graph/ontology").content
    assert ("-gzip" in answer.headers["etag"]) == packed


@pytest.mark.parametrize("address", ["sparql?query=x", "graphs", "sparql?query=ASK%7B%7D&format=x", "nothing.here"])
def test_a_refusal_is_not_kept(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no-store" in answer.headers["cache-control"] or "no-cache" in answer.headers["cache-control"]


@pytest.mark.parametrize("address", ["graphs?graph=http://x.example/none", "id/agent/nobody.ttl", "api/entity/nobody"])
def test_what_is_not_there_has_not_stayed_the_same_either(client: httpx.Client, address: str) -> None:
    """RFC 9110, section 13.2.1: conditions are for what would succeed."""
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 404


def test_the_api_takes_a_name_with_slashes(client: httpx.Client) -> None:
    name = "https://w3id.org/aigov-kg/id/agent/zoe-marsh"
    for written in (quote(name, safe=""), name, "agent:zoe-marsh"):
        answer = client.get(f"api/entities/{written}")
        assert answer.status_code == 200 and answer.json()["label"] == "Zoë Marsh", written


@pytest.mark.parametrize("method", ["PROPFIND", "PURGE", "TRACE", "DELETE"])
@pytest.mark.parametrize("place", ["sparql", "id/agent/zoe-marsh", "api/about"])
def test_what_is_not_done_here_is_told_as_a_problem(client: httpx.Client, method: str, place: str) -> None:
    answer = client.request(method, place)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    allowed = set(answer.headers["allow"].split(", "))
    assert {"GET", "HEAD", "OPTIONS"} <= allowed <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_path_that_is_none_is_told_as_a_problem(client: httpx.Client) -> None:
    answer = client.get("a%0Ab")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
