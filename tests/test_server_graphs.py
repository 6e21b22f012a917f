"""The Graph Store Protocol of the server, which only reads: the W3C's tests, and what else the recommendation says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
import pyoxigraph as ox
import pytest
from conforming import contents, digest, parted, place, reads, send
from manifests import Case, graph_store, old_graph_store, triples
from serving import Serving

from kg.graphs import GRAPHS, graph_name
from kg.stores.values import by_value

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

INDIRECT = (
    "put_get_repeat_indirect", "put_get_default", "put_delete_get_delete_indirect", "post_get_post_get_indirect",
    "head_existing_indirect", "head_non_existing_indirect", "put_get_uri_pct_encoded_indirect",
    "put_get_uri_pct_encoded_twice",
)  # fmt: skip
DIRECT = (
    "put_get_repeat_direct", "put_delete_get_delete_direct", "post_get_post_get_direct", "head_existing_direct",
    "head_non_existing_direct",
)  # fmt: skip
NOT_APPLICABLE = ("post_get_new_graph",)
"""The graph that it reads is one that the service itself was to name."""
WRITING = ("PUT", "POST", "DELETE", "PATCH")
FORMS = {
    "text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML, "application/ld+json": ox.RdfFormat.JSON_LD,
}  # fmt: skip


class Held(NamedTuple):
    """A server with a client, and the digest of what it held at first."""

    client: httpx.Client
    digest: str


@pytest.fixture(scope="module")
def held(conforming: Serving) -> Iterator[Held]:
    with conforming.client() as client:
        yield Held(client, digest(client))


@pytest.fixture(scope="module")
def client(held: Held) -> httpx.Client:
    return held.client


@pytest.fixture(scope="module")
def loaded(graph: Path) -> dict[str, set[ox.Quad]]:
    """Name of a graph -> its triples, as the file has them but for the spelling of typed values."""
    found: dict[str, set[ox.Quad]] = {}
    for quad in ox.parse(path=graph):
        assert isinstance(quad.graph_name, ox.NamedNode)
        found.setdefault(quad.graph_name.value, set()).add(valued(quad))
    return found


def valued(quad: ox.Quad) -> ox.Quad:
    """The triple with its literal by value: the engine keeps no datatype that is derived from integer."""
    subject, predicate, value = quad.triple
    return ox.Quad(subject, predicate, by_value(value) if isinstance(value, ox.Literal) else value)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    return (graph_store("indirect") | graph_store("direct"))[request.param]


# ---------------------------------------------------------------- the manifests


def test_each_test_of_the_manifests_is_run_or_named_as_not_applicable() -> None:
    assert set(graph_store("direct")) == set(DIRECT)
    assert set(graph_store("indirect")) == {*INDIRECT, *NOT_APPLICABLE}


def expect(case: Case, number: int, answer: httpx.Response, state: list[ox.Triple] | None) -> None:
    """The answer is what the manifest says of a step, and is the graph that was loaded."""
    request = case.requests[number]
    assert request.fits(answer.status_code), answer.text
    if request.media:
        assert answer.headers["content-type"] == request.media
    if request.method == "HEAD":
        assert answer.content == b""
    elif request.triples:
        found = triples(answer.content, ox.RdfFormat.TURTLE)
        assert found == triples(request.triples, ox.RdfFormat.TURTLE) == contents(state or [])


@pytest.mark.parametrize("case", [name for name in INDIRECT if name != "put_get_default"], indirect=True)
def test_a_graph_is_read_by_its_name(client: httpx.Client, case: Case) -> None:
    steps = list(reads(case))
    assert steps
    for number, request, state in steps:
        expect(case, number, send(client, request, place(case, number, request.target)), state)


@pytest.mark.parametrize("case", ["put_get_default"], indirect=True)
def test_the_default_graph_is_read(client: httpx.Client, case: Case) -> None:
    """Here it is the merge of all: beside the named graphs it has what was put into the default one."""
    ((number, request, state),) = reads(case)
    answer = send(client, request, place(case, number, request.target))
    assert answer.headers["content-type"] == request.media
    named = client.get("sparql", params={"query": "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }", "format": "nt"})
    rest = {*ox.parse(answer.content, format=ox.RdfFormat.TURTLE)}
    rest -= {*ox.parse(named.content, format=ox.RdfFormat.N_TRIPLES)}
    assert contents([quad.triple for quad in rest]) == triples(request.triples, ox.RdfFormat.TURTLE)
    assert contents(state or []) == triples(request.triples, ox.RdfFormat.TURTLE)


@pytest.mark.parametrize("case", DIRECT, indirect=True)
def test_a_graph_is_read_at_its_own_address(direct: tuple[Serving, Mapping[str, str]], case: Case) -> None:
    server, paths = direct
    steps = list(reads(case))
    assert steps
    with server.client() as client:
        for number, request, state in steps:
            expect(case, number, send(client, request, paths[f"{case.name}-{number}"]), state)


@pytest.mark.parametrize("case", [*INDIRECT, *DIRECT, *NOT_APPLICABLE], indirect=True)
def test_a_writing_request_is_refused_and_changes_nothing(held: Held, case: Case) -> None:
    writing = [request for request in case.requests if request.method in WRITING]
    assert writing or case.name.startswith("head_non_existing")
    for request in writing:
        assert request.method == "DELETE" or parted(request)
        targets = {request.target.replace("/gsp", "/graphs", 1), "/graph/facts", "/graphs?default", "/sparql"}
        for target in targets - ({"/sparql"} if request.method == "POST" else set()):
            answer = send(held.client, request, target)
            assert answer.status_code == 405, (target, answer.text)
            assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))
            assert not set(WRITING[:1] + WRITING[2:]) & set(answer.headers["allow"].split(", "))
    assert digest(held.client) == held.digest


def test_the_writing_requests_of_the_deprecated_manifest_are_refused(held: Held) -> None:
    found = {name: case.requests[0] for name, case in old_graph_store("/graphs").items()}
    assert len(found) == 18
    writing = {name: one for name, one in found.items() if one.method in WRITING}
    assert len(writing) == 8
    for name, request in writing.items():
        answer = send(held.client, request)
        assert (answer.status_code, "allow" in answer.headers) == (405, True), name
    absent = {name: one for name, one in found.items() if one.statuses == ("404",) and name not in writing}
    assert set(absent) == {"get_of_delete__existing_graph", "head_on_a_nonexisting_graph"}
    for request in absent.values():
        assert send(held.client, request).status_code == 404
    assert digest(held.client) == held.digest


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize("path", ["graphs", "graphs?default", "graphs?graph=http://x.example/new", "graph/facts"])
def test_no_way_of_naming_a_graph_lets_one_write(held: Held, method: str, path: str) -> None:
    body = b"<http://x.example/s> <http://x.example/p> 1 ."
    answer = held.client.request(method, path, content=body, headers={"Content-Type": "text/turtle"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert digest(held.client) == held.digest


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("name", GRAPHS)
def test_each_graph_is_read_whole_in_each_form(
    client: httpx.Client, loaded: dict[str, set[ox.Quad]], name: str, media: str
) -> None:
    iri = graph_name(name).value
    by_name = client.get("graphs", params={"graph": iri}, headers={"Accept": media})
    assert by_name.status_code == 200
    assert by_name.headers["content-type"].partition(";")[0] == media
    assert by_name.headers["vary"].startswith("Accept")
    assert set(map(valued, ox.parse(by_name.content, format=FORMS[media]))) == loaded[iri]
    assert client.get(f"graph/{name}", headers={"Accept": media}).content == by_name.content


@pytest.mark.parametrize("media", FORMS)
def test_the_default_graph_is_the_merge_of_all(served: Serving, loaded: dict[str, set[ox.Quad]], media: str) -> None:
    with served.client() as client:
        answer = client.get("graphs?default", headers={"Accept": media})
    assert set(map(valued, ox.parse(answer.content, format=FORMS[media]))) == set().union(*loaded.values())


@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("path", ["graphs?default", "graph/facts"])
def test_head_says_what_get_does_without_a_body(client: httpx.Client, path: str, media: str) -> None:
    asked = {"Accept": media, "Accept-Encoding": "identity"}
    got, told = client.get(path, headers=asked), client.head(path, headers=asked)
    assert (got.status_code, told.status_code, told.content) == (200, 200, b"")
    assert int(told.headers["content-length"]) == int(got.headers["content-length"]) == len(got.content)
    drop = {"date"}
    assert {k: v for k, v in told.headers.items() if k not in drop} == {
        k: v for k, v in got.headers.items() if k not in drop
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("graphs", 400), ("graphs?default&graph=http://x.example/a", 400), ("graphs?graph=", 400),
        ("graphs?graph=http://x.example/a&graph=http://x.example/b", 400), ("graphs?graph=no%20iri", 400),
        ("graphs?graph=facts", 400), ("graphs?graph=%ff", 400), ("graphs?graph=http://x.example/a", 404),
        ("graph/unknown", 404), ("graph/facts%2Fx", 404),
        ("graphs?graph=https%253A%252F%252Fw3id.org%252Faigov-kg%252Fgraph%252Ffacts", 400),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_no_graph_is_not_read(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status, answer.text
    if method == "GET":
        assert answer.json()["status"] == status


@pytest.mark.parametrize("path", ["graphs?default", "graph/facts"])
def test_a_form_that_there_is_not_is_not_acceptable(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png, text/css"})
    assert answer.status_code == 406
    assert set(FORMS) <= set(answer.json()["offered"])
