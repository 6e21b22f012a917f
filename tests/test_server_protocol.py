"""The W3C's tests of the SPARQL 1.1 Protocol against a running server, which only reads."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from conforming import digest, send
from manifests import Case, Request, protocol
from serving import Serving

ANSWERED = (
    "query_post_form", "query_dataset_default_graphs_get", "query_dataset_default_graphs_post",
    "query_dataset_named_graphs_post", "query_dataset_named_graphs_get", "query_dataset_full",
    "query_multiple_dataset", "query_get", "query_content_type_select", "query_content_type_ask",
    "query_content_type_describe", "query_content_type_construct", "query_post_direct",
)  # fmt: skip
REFUSED = {
    # A method that no operation has (RFC 9110, 15.5.6).
    "bad_query_method": 405,
    # A request that is no query: two of them, none that can be read, or an update where none can be (GET).
    "bad_multiple_queries": 400, "bad_query_syntax": 400, "bad_update_get": 400,
    # A body that is said to be something else, or not said to be anything, or not in UTF-8 (RFC 9110, 15.5.16).
    "bad_query_wrong_media_type": 415, "bad_query_missing_form_type": 415, "bad_query_missing_direct_type": 415,
    "bad_query_non_utf8": 415, "bad_update_wrong_media_type": 415, "bad_update_missing_form_type": 415,
    "bad_update_non_utf8": 415,
    # An update, well-formed or not: it is understood to be one and not allowed; it is not even read.
    "bad_multiple_updates": 403, "bad_update_syntax": 403, "bad_update_dataset_conflict": 403,
}  # fmt: skip
NOT_APPLICABLE = (
    "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
    "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
)  # fmt: skip
"""They want a service that changes graphs."""

TABULAR = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values; charset=utf-8": ox.QueryResultsFormat.TSV,
    "text/csv; charset=utf-8": ox.QueryResultsFormat.CSV,
}
RDF = {
    "text/turtle; charset=utf-8": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML, "application/ld+json": ox.RdfFormat.JSON_LD,
}  # fmt: skip


@pytest.fixture(scope="module")
def client(conforming: Serving) -> Iterator[httpx.Client]:
    with conforming.client() as made:
        yield made


@pytest.fixture(scope="module")
def before(client: httpx.Client) -> str:
    return digest(client)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    return protocol()[request.param]


def test_each_of_the_34_tests_is_passed_or_named_here_as_not_applicable() -> None:
    named = [*ANSWERED, *REFUSED, *NOT_APPLICABLE]
    assert len(named) == len(set(named)) == 34
    assert set(named) == set(protocol())


def expect(request: Request, answer: httpx.Response) -> None:
    """The answer is what the manifest says: status, format by content type, truth value."""
    assert request.fits(answer.status_code), answer.text
    media = answer.headers["content-type"]
    if request.form == "RDF":
        list(ox.parse(answer.content, format=RDF[media]))
    elif request.form:
        found = ox.parse_query_results(answer.content, format=TABULAR[media])
        assert isinstance(found, ox.QueryBoolean) == (request.form == "boolean")
        assert request.boolean is None or bool(found) == request.boolean


@pytest.mark.parametrize("case", ANSWERED, indirect=True)
def test_a_query_is_answered(client: httpx.Client, case: Case) -> None:
    assert [request.form for request in case.requests] != [""]
    for request in case.requests:
        expect(request, send(client, request))


@pytest.mark.parametrize("case", REFUSED, indirect=True)
def test_what_is_no_good_request_is_refused_and_changes_nothing(client: httpx.Client, case: Case, before: str) -> None:
    (request,) = case.requests
    answer = send(client, request)
    assert answer.status_code == REFUSED[case.name]
    assert request.fits(answer.status_code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert digest(client) == before


@pytest.mark.parametrize("case", NOT_APPLICABLE, indirect=True)
def test_an_update_is_refused_and_changes_nothing(client: httpx.Client, case: Case, before: str) -> None:
    update, *then = case.requests
    answer = send(client, update)
    assert answer.status_code == 403
    assert "nothing is changed" in answer.json()["detail"]
    for question in then:  # what it asks would be true after the update
        told = send(client, question)
        assert (told.status_code, told.json()["boolean"]) == (200, False)
    assert digest(client) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_no_operation_has_is_answered_by_those_that_there_are(client: httpx.Client, method: str) -> None:
    answer = client.request(method, "sparql", params={"query": "ASK {}"})
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


FORM = {"content-type": "application/x-www-form-urlencoded"}
DOORS = {
    "get-query": ("GET", "/sparql?query={}", {}, "", 400),
    "get-update": ("GET", "/sparql?update={}", {}, "", 400),
    "head-update": ("HEAD", "/sparql?update={}", {}, "", 400),
    "get-both": ("GET", "/sparql?query=ASK%7B%7D&update={}", {}, "", 400),
    "form-query": ("POST", "/sparql", FORM, "query={}", 400),
    "form-update": ("POST", "/sparql", FORM, "update={}", 403),
    "form-both": ("POST", "/sparql", FORM, "query=ASK%7B%7D&update={}", 403),
    "form-and-address": ("POST", "/sparql?update={}", FORM, "query=ASK%7B%7D", 403),
    "direct-query": ("POST", "/sparql", {"content-type": "application/sparql-query"}, "{}", 400),
    "direct-update": ("POST", "/sparql/", {"content-type": "application/sparql-update"}, "{}", 403),
    "multipart": ("POST", "/sparql", {"content-type": "multipart/form-data; boundary=x"}, "{}", 415),
    "put": ("PUT", "/sparql", {"content-type": "application/sparql-update"}, "{}", 405),
    "override": ("POST", "/sparql", FORM | {"x-http-method-override": "PUT"}, "update={}", 403),
    "another-site": ("POST", "/sparql", FORM | {"origin": "https://evil.example"}, "update={}", 403),
    "another-site-asking": ("POST", "/sparql", FORM | {"origin": "null"}, "query={}", 403),
}  # fmt: skip
"""Every way to bring an update -> method, target, headers, body, and the status that refuses it."""


def updates() -> list[str]:
    """The updates of the manifest, and those that need no data to do harm."""
    direct = {"content-type": "application/sparql-update"}
    told = [
        one.body.decode("utf-8") for case in protocol().values() for one in case.requests if dict(one.headers) == direct
    ]
    assert len(told) == 7
    return [*told, "CLEAR ALL", "DROP SILENT ALL", "DELETE WHERE { ?s ?p ?o }", "CREATE GRAPH <http://x.example/g>",
            "ADD DEFAULT TO <http://x.example/g>", "LOAD <file:///etc/hostname> INTO GRAPH <http://x.example/g>",
            "INSERT DATA { <s:s> <p:p> 1 }", "ASK {} ; CLEAR ALL"]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_no_update_comes_in_by_any_door(client: httpx.Client, door: str, before: str) -> None:
    method, target, headers, body, status = DOORS[door]
    for text in updates():
        sent = body.format(quote(text) if headers.get("content-type") == FORM["content-type"] else text)
        request = Request(method, target.format(quote(text)), tuple(headers.items()), sent.encode(), ())
        answer = send(client, request)
        assert answer.status_code == status, (text, answer.text)
    assert digest(client) == before


def test_the_digest_tells_another_dataset(client: httpx.Client, before: str, served: Serving) -> None:
    with served.client() as other:
        assert digest(other) != before


@pytest.mark.parametrize("path", ["sparql", "sparql/"])
@pytest.mark.parametrize(
    "text", ["CONSTRUCT { <s> <from> <#service> } {}", "BASE <http://x.example/> CONSTRUCT { <s> <a> <b> } {}"]
)
def test_a_relative_iri_begins_with_the_endpoint_unless_the_query_says_otherwise(
    client: httpx.Client, path: str, text: str
) -> None:
    answer = client.get(path, params={"query": text}, headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200, answer.text
    (quad,) = ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)
    root = "http://x.example/" if "BASE" in text else str(client.base_url)
    assert str(quad.subject) == f"<{root}s>"


def test_a_relative_name_is_no_way_around_the_graphs_that_from_may_name(client: httpx.Client) -> None:
    answer = client.get("sparql", params={"query": "SELECT * FROM <graph/facts> { ?s ?p ?o }"})
    assert answer.status_code == 400
    assert "FROM" in answer.json()["detail"]
