"""What the endpoint says of itself: the W3C's three tests of SPARQL 1.1 Service Description, and VoID."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pyoxigraph as ox
import pytest
from manifests import described
from serving import Serving, serving

from kg import dataset
from kg.build import Prepared
from kg.graphs import rows
from kg.server import Limits
from kg.server.store import described as description

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

FORMS = {
    "text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML, "application/ld+json": ox.RdfFormat.JSON_LD,
}  # fmt: skip
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FORMATS = "http://www.w3.org/ns/formats/"


class Property(NamedTuple):
    """Classes of subject and object ("" for any resource), and how often a subject has it at least and at most."""

    domain: str
    range: str
    least: int = 0
    most: int | None = None


PROPERTIES = {
    "endpoint": Property("Service", "", 1), "feature": Property("Service", "Feature"),
    "defaultEntailmentRegime": Property("Service", "EntailmentRegime", 0, 1),
    "defaultSupportedEntailmentProfile": Property("Service", "EntailmentProfile"),
    "entailmentRegime": Property("NamedGraph", "EntailmentRegime", 0, 1),
    "supportedEntailmentProfile": Property("NamedGraph", "EntailmentProfile"),
    "extensionFunction": Property("Service", "Function"), "extensionAggregate": Property("Service", "Aggregate"),
    "languageExtension": Property("Service", "Feature"), "supportedLanguage": Property("Service", "Language"),
    "propertyFeature": Property("Service", "Feature"), "defaultDataset": Property("Service", "Dataset", 0, 1),
    "availableGraphs": Property("Service", "GraphCollection"), "resultFormat": Property("Service", "Format"),
    "inputFormat": Property("Service", "Format"), "defaultGraph": Property("Dataset", "Graph", 0, 1),
    "namedGraph": Property("GraphCollection", "NamedGraph"), "name": Property("NamedGraph", "", 1, 1),
    "graph": Property("NamedGraph", "Graph", 0, 1),
}  # fmt: skip
"""Section 3.4 of the recommendation."""
CLASSES = {
    "Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile",
    "GraphCollection", "Dataset", "Graph", "NamedGraph",
}  # fmt: skip
"""Section 3.2."""
ABOVE = {"Dataset": {"GraphCollection"}}
INSTANCES = {
    "Language": {f"{SD}{name}" for name in ("SPARQL10Query", "SPARQL11Query", "SPARQL11Update")},
    "Feature": {
        f"{SD}{name}"
        for name in ("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery")
    },
    "Format": {
        f"{FORMATS}{name}"
        for name in (
            "SPARQL_Results_XML", "SPARQL_Results_JSON", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "RDF_XML",
            "Turtle", "N-Triples", "N-Quads", "TriG", "N3", "JSON-LD", "RDFa",
        )
    },
}  # fmt: skip
"""Section 3.3, and the W3C's list of file formats."""


@pytest.fixture(scope="module")
def published(built: Prepared, graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server of the small project's graph with its description beside it, as a build leaves them."""
    folder = tmp_path_factory.mktemp("published")
    content = graph.read_bytes()
    (folder / graph.name).write_bytes(content)
    (folder / "void.ttl").write_bytes(dataset.description(built.project, rows(content), {graph.name: content}))
    with serving(folder / graph.name, "--workers", "1") as server:
        yield server


@pytest.fixture(scope="module")
def client(published: Serving) -> Iterator[httpx.Client]:
    with published.client() as made:
        yield made


def read(client: httpx.Client, media: str = "application/n-triples", address: str = "sparql") -> set[ox.Quad]:
    answer = client.get(address, headers={"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media
    return set(ox.parse(answer.content, format=FORMS[media]))


def objects(found: set[ox.Quad], subject: object, name: str) -> list[str]:
    return sorted(
        q.object.value
        for q in found
        if q.subject == subject and q.predicate.value == name and isinstance(q.object, ox.NamedNode | ox.Literal)
    )


def test_all_tests_of_the_manifest_are_run() -> None:
    assert described() == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


@pytest.mark.parametrize("media", FORMS)
def test_a_get_on_the_endpoint_returns_rdf(client: httpx.Client, media: str) -> None:
    assert read(client, media) == read(client) != set()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_endpoint_is_the_address_asked(published: Serving, name: str) -> None:
    address = published.address.replace("127.0.0.1", name)
    with published.client(headers={"Host": address.split("/")[2]}) as client:
        found = read(client)
    (service,) = {quad.subject for quad in found if quad.predicate.value == f"{SD}endpoint"}
    assert objects(found, service, f"{SD}endpoint") == [f"{address}sparql"]
    assert objects(found, service, TYPE) == [f"{SD}Service"]


@pytest.fixture(params=["small", "foreign-graphs"])
def found(request: pytest.FixtureRequest) -> set[ox.Quad]:
    """What is said of the small project, and of one whose graphs have names of any kind beside."""
    server: Serving = request.getfixturevalue({"small": "published"}.get(request.param, "conforming"))
    with server.client() as client:
        return read(client)


def test_it_conforms_to_the_schema(found: set[ox.Quad]) -> None:
    types: dict[object, set[str]] = {}
    for quad in found:
        if quad.predicate.value == TYPE and isinstance(quad.object, ox.NamedNode):
            name = quad.object.value.removeprefix(SD)
            types.setdefault(quad.subject, set()).update({name, *ABOVE.get(name, ())})
    ours = {name for names in types.values() for name in names if ":" not in name}
    assert {"Service", "Dataset", "NamedGraph", "Graph"} <= ours <= CLASSES
    for quad in found:
        if quad.predicate.value.startswith(SD):
            known = PROPERTIES[quad.predicate.value.removeprefix(SD)]
            assert known.domain in types.get(quad.subject, ()), quad
            assert isinstance(quad.object, ox.NamedNode), quad
            if known.range in INSTANCES:
                assert quad.object.value in INSTANCES[known.range], quad
            elif known.range:
                assert known.range in types.get(quad.object, ()), quad
    for name, known in PROPERTIES.items():
        for node in (node for node, names in types.items() if known.domain in names):
            count = len(objects(found, node, f"{SD}{name}"))
            assert known.least <= count <= (known.most or count), (node, name, count)


def test_nothing_is_pointed_at_that_is_not_said(client: httpx.Client) -> None:
    """A node of the description's own, named under an address that it describes, is described."""
    found = read(client)
    said = {quad.subject for quad in found}
    own = tuple(f"{node.value}#" for node in said if isinstance(node, ox.NamedNode) and "#" not in node.value)
    pointed = {quad.object for quad in found if isinstance(quad.object, ox.NamedNode)}
    assert {node for node in pointed if node.value.startswith((*own, f"{client.base_url}"))} - said == {
        ox.NamedNode(f"{client.base_url}sparql")
    }


def test_only_what_it_does_is_promised(client: httpx.Client) -> None:
    found = read(client)
    (service,) = {quad.subject for quad in found if quad.predicate.value == f"{SD}endpoint"}
    assert objects(found, service, f"{SD}supportedLanguage") == [f"{SD}SPARQL11Query"]
    assert objects(found, service, f"{SD}feature") == [f"{SD}UnionDefaultGraph"]
    media = {
        "SPARQL_Results_JSON": "application/sparql-results+json", "SPARQL_Results_CSV": "text/csv",
        "SPARQL_Results_XML": "application/sparql-results+xml", "SPARQL_Results_TSV": "text/tab-separated-values",
        "Turtle": "text/turtle", "N-Triples": "application/n-triples", "RDF_XML": "application/rdf+xml",
        "JSON-LD": "application/ld+json",
    }  # fmt: skip
    promised = [name.removeprefix(FORMATS) for name in objects(found, service, f"{SD}resultFormat")]
    assert set(promised) == set(media)
    for name in promised:
        query = "ASK {}" if name.startswith("SPARQL") else "CONSTRUCT { <s:s> <p:p> 1 } {}"
        answer = client.get("sparql", params={"query": query}, headers={"Accept": media[name]})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media[name])


def counted(client: httpx.Client, where: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {where} }} }}"
    answer = client.get("sparql", params={"query": query})
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("which", ["published", "conforming"])
def test_the_counts_are_those_of_sparql(request: pytest.FixtureRequest, which: str) -> None:
    server: Serving = request.getfixturevalue(which)
    with server.client() as client:
        found = read(client)
        graphs = {q.subject: q.object for q in found if q.predicate.value == f"{SD}name"}
        listed = client.get("sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g {} }", "format": "csv"})
        ours = {node: name for node, name in graphs.items() if str(node).startswith(f"<{client.base_url}")}
        assert sorted(name.value for name in ours.values() if isinstance(name, ox.NamedNode)) == sorted(
            listed.text.split()[1:]
        )
        for node, name in ours.items():
            (graph,) = objects(found, node, f"{SD}graph")
            assert isinstance(name, ox.NamedNode)
            count = counted(client, f"GRAPH <{name.value}> {{ ?s ?p ?o }}")
            assert objects(found, ox.NamedNode(graph), f"{VOID}triples") == [str(count)]
        (default,) = {q.object for q in found if q.predicate.value == f"{SD}defaultGraph"}
        assert objects(found, default, f"{VOID}triples") == [str(counted(client, "?s ?p ?o"))]


def test_the_dataset_is_counted_whole(client: httpx.Client) -> None:
    found = read(client)
    (whole,) = {q.subject for q in found if q.predicate.value == f"{VOID}sparqlEndpoint"}
    assert objects(found, whole, f"{VOID}sparqlEndpoint") == [f"{client.base_url}sparql"]
    assert objects(found, whole, f"{VOID}triples") == [str(counted(client, "?s ?p ?o"))]
    subsets = objects(found, whole, f"{VOID}subset")
    assert len(subsets) == 5
    for name in subsets:
        expected = [str(counted(client, f"GRAPH <{name}> {{ ?s ?p ?o }}"))]
        assert objects(found, ox.NamedNode(name), f"{VOID}triples") == expected


def test_a_description_is_kept_by_its_tag_and_told_by_head(client: httpx.Client) -> None:
    asked = {"Accept": "text/turtle"}
    answer = client.get("sparql", headers=asked)
    again = client.get("sparql", headers=asked | {"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    told = client.head("sparql", headers=asked)
    assert (told.status_code, told.content, told.headers["etag"]) == (200, b"", answer.headers["etag"])


def test_a_form_of_the_description_that_there_is_not_is_not_acceptable(client: httpx.Client) -> None:
    answer = client.get("sparql", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert set(FORMS) <= set(answer.json()["offered"])


def test_the_limit_on_the_rows_of_an_answer_is_none_on_the_description() -> None:
    made = description(ox.Store(), "http://x.example/sparql", "text/turtle", b"", Limits(rows=1))
    assert made.status == 200
