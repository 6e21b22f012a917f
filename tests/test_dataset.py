"""The description of the dataset: what it counts, SPARQL counts; what it lists of files, is on disk."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, SDO, VOID, XSD, BNode, Graph, Literal, Namespace, URIRef

from kg import folders, terms, vocabulary
from kg.build import build, prepare
from kg.checks import store
from kg.dataset import claimed, description
from kg.facts import Project, load
from kg.graphs import GRAPHS, Graphs, canonical, graph_name, rows

ROOT = Path(__file__).parent.parent
REAL = ROOT / "kg" / "data"
BASE = "https://w3id.org/aigov-kg/"
WHOLE = URIRef(f"{BASE}dataset")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
COUNTS = {
    VOID.triples: "COUNT(*)", VOID.distinctSubjects: "COUNT(DISTINCT ?s)", VOID.distinctObjects: "COUNT(DISTINCT ?o)",
    VOID.properties: "COUNT(DISTINCT ?p)",
}  # fmt: skip

# Media types as IANA has them; for GraphML and GEXF, which it does not have, that of XML.
MEDIA = {
    "nq": "application/n-quads", "trig": "application/trig", "nt": "application/n-triples", "ttl": "text/turtle",
    "rdf": "application/rdf+xml", "jsonld": "application/ld+json", "json": "application/json", "csv": "text/csv",
    "html": "text/html", "graphml": "application/xml", "gexf": "application/xml", "txt": "text/plain",
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built."""
    folder = tmp_path_factory.mktemp("dataset") / "out"
    build(ROOT / "tests" / "small", None, folder, rdf12=True)
    return folder


@pytest.fixture(scope="module")
def said(out: Path) -> Graph:
    return Graph().parse(out / "void.ttl")


def described(project: Project, graphs: Graphs) -> Graph:
    """The description of a project without other files than the graph."""
    content = canonical(graphs)
    return Graph().parse(data=description(project, rows(content), {"aigov-kg.nq": content}), format="turtle")


# ---------------------------------------------------------------- what it counts


def asked(found: ox.Store, query: str, union: bool = True) -> list[tuple[str, ...]]:
    answer = found.query(query, use_default_graph_as_union=union)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in answer]


@pytest.mark.slow
@pytest.mark.parametrize("data", [ROOT / "tests" / "small", REAL], ids=["small", "real"])
def test_the_counts_are_those_of_sparql(data: Path) -> None:
    made = prepare(data, None)
    found, graph = store(made.graphs), described(made.project, made.graphs)
    for node, where in [(WHOLE, "?s ?p ?o")] + [
        (URIRef(graph_name(name).value), f"GRAPH <{graph_name(name).value}> {{ ?s ?p ?o }}") for name in GRAPHS
    ]:
        for name, count in COUNTS.items():
            # In the union a triple of two graphs counts twice for pyoxigraph's COUNT(*).
            query = f"SELECT ({count} AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {where} }} }}"
            assert str(graph.value(node, name)) == asked(found, query)[0][0], (node, name)
        query = f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {where} FILTER (?p = <{RDF.type}>) }}"
        assert str(graph.value(node, VOID.classes)) == asked(found, query)[0][0]
    by_class = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c"
    parts = {
        (str(graph.value(p, VOID["class"])), str(graph.value(p, VOID.entities)))
        for p in graph.objects(WHOLE, VOID.classPartition)
    }
    assert parts == set(asked(found, by_class))
    by_property = "SELECT ?p (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } GROUP BY ?p"
    parts = {
        (str(graph.value(p, VOID.property)), str(graph.value(p, VOID.triples)))
        for p in graph.objects(WHOLE, VOID.propertyPartition)
    }
    assert parts == set(asked(found, by_property))
    own = f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER (STRSTARTS(STR(?s), "{BASE}id/")) }}'
    assert str(graph.value(WHOLE, VOID.entities)) == asked(found, own)[0][0]


def test_a_triple_of_two_graphs_counts_once() -> None:
    made = prepare(ROOT / "tests" / "small", None)
    before = described(made.project, made.graphs)
    twice = next(iter(sorted(made.graphs["facts"], key=str)))
    after = described(made.project, made.graphs | {"evidence": made.graphs["evidence"] | {twice}})
    assert after.value(WHOLE, VOID.triples) == before.value(WHOLE, VOID.triples)
    evidence = URIRef(graph_name("evidence").value)
    assert int(str(after.value(evidence, VOID.triples))) == int(str(before.value(evidence, VOID.triples))) + 1


# ---------------------------------------------------------------- what it says


def test_it_claims_what_the_project_says_of_itself(said: Graph) -> None:
    assert said.value(WHOLE, DCTERMS.title) == Literal("Harbor Forum, a small project", lang="en")
    assert said.value(WHOLE, DCTERMS.license) == URIRef("https://example.org/licence")
    assert said.value(WHOLE, DCTERMS.issued) == Literal("2030-06-01", datatype=XSD.date)
    assert set(said.objects(WHOLE, DCAT.keyword)) == {Literal("harbor", lang="en"), Literal("machines", lang="en")}
    publisher = said.value(WHOLE, DCTERMS.publisher)
    assert said.value(publisher, FOAF.name) == Literal("Gull Foundation")
    assert said.value(WHOLE, URIRef(f"{DCAT}version")) == Literal(folders.version())
    assert said.value(WHOLE, DCTERMS.conformsTo) == URIRef(f"{BASE}ns/{folders.ontology_version()}")


def test_of_a_project_that_says_nothing_nothing_is_claimed(small: Path) -> None:
    (small / "dataset.yaml").unlink()
    made = prepare(small, None)
    found = described(made.project, made.graphs)
    assert not list(found.objects(WHOLE, DCTERMS.title | DCTERMS.license | DCTERMS.publisher | DCTERMS.issued))
    assert (WHOLE, RDF.type, VOID.Dataset) in found


@pytest.mark.slow
def test_the_real_project_is_cited_as_it_describes_itself() -> None:
    project = prepare(REAL, None).project
    assert project.about is not None
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"date-released: {project.about.published}\n" in citation
    assert f"- name: {project.about.publisher}\n" in citation
    licence = (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")
    assert f"{project.about.license}legalcode" in licence


@pytest.mark.slow
def test_sources_examples_and_vocabularies_are_named() -> None:
    made = prepare(REAL, None)
    found = described(made.project, made.graphs)
    sources = {URIRef(terms.expand(name)) for name in made.project.sources}
    assert set(found.objects(WHOLE, DCTERMS.source)) == sources
    examples = {terms.shorten(str(node)) for node in found.objects(WHOLE, VOID.exampleResource)}
    assert examples >= {"agent:sensetime", "event:igf-2021-ws49"}
    assert len({name.partition(":")[0] for name in examples}) == len(examples) == 9
    spaces = {str(space) for space in found.objects(WHOLE, VOID.vocabulary)}
    names = {iri for triples in made.graphs.values() for t in triples for iri in (t.predicate.value,)}
    assert all(any(name.startswith(space) for space in spaces) for name in names)
    assert str(SDO) in spaces and BASE + "ns#" in spaces and BASE + "id/agent/" not in spaces


def test_each_graph_is_a_named_graph_and_a_subset(said: Graph) -> None:
    nodes = {URIRef(graph_name(name).value) for name in GRAPHS}
    assert set(said.objects(WHOLE, VOID.subset)) == nodes
    named = list(said.objects(WHOLE, SD.namedGraph))
    assert {said.value(one, SD.name) for one in named} == {said.value(one, SD.graph) for one in named} == nodes
    assert all((one, RDF.type, SD.NamedGraph) in said for one in named)


def test_there_are_no_blank_nodes_and_no_clock(said: Graph) -> None:
    assert not [term for triple in said for term in triple if isinstance(term, BNode)]
    days = {
        str(term) for term in said.objects() if isinstance(term, Literal) and term.datatype in (XSD.date, XSD.dateTime)
    }
    assert days == {"2030-06-01"}


# ---------------------------------------------------------------- the files


def files(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def test_each_file_is_a_distribution_with_its_size_and_digest(out: Path, said: Graph) -> None:
    lines = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {}
    for node in said.subjects(RDF.type, DCAT.Distribution):
        name = str(said.value(node, DCTERMS.identifier))
        checksum = said.value(node, SPDX.checksum)
        assert node == URIRef(f"{BASE}file/{name}")
        assert said.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        value, size = said.value(checksum, SPDX.checksumValue), said.value(node, DCAT.byteSize)
        assert isinstance(value, Literal) and value.datatype == XSD.hexBinary
        assert isinstance(size, Literal) and size.datatype == XSD.nonNegativeInteger
        kind = "application/csvm+json" if name.endswith("-metadata.json") else MEDIA[name.rpartition(".")[2]]
        assert said.value(node, DCAT.mediaType) == URIRef(f"https://www.iana.org/assignments/media-types/{kind}")
        found[name] = (int(size), str(value).lower())
    listed = {name: content for name, content in files(out).items() if name not in ("void.ttl", "SHA256SUMS")}
    listed = {name: content for name, content in listed.items() if not name.startswith(".")}
    assert found == {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in listed.items()}
    assert {name: digest for name, (_, digest) in found.items()} == {
        name: digest for name, digest in sums.items() if name != "void.ttl" and not name.startswith(".")
    }


def test_a_file_belongs_to_a_graph_to_the_whole_or_to_its_folder(said: Graph) -> None:
    def of(node: str) -> set[str]:
        return {
            str(said.value(file, DCTERMS.identifier)) for file in said.objects(URIRef(BASE + node), DCAT.distribution)
        }

    assert of("graph/ontology") == {"ontology.ttl", "ontology.rdf"}
    assert of("graph/facts") == {"facts.ttl"}
    assert {"aigov-kg.nq", "aigov-kg.jsonld", "aigov-kg-rdf12.trig", "queries.ttl"} <= of("dataset")
    assert not [name for name in of("dataset") if "/" in name]
    parts = {str(part).rpartition("/")[2] for part in said.objects(WHOLE, DCTERMS.hasPart)}
    assert {"jsonld", "tables", "views"} <= parts
    assert all(name.startswith("jsonld/") for name in of("dataset/jsonld")) and len(of("dataset/jsonld")) > 60
    holders = Counter(file for file in said.objects(None, DCAT.distribution))
    assert set(holders.values()) == {1}


def test_a_file_of_a_kind_that_is_not_known_is_told() -> None:
    made = prepare(ROOT / "tests" / "small", None)
    with pytest.raises(ValueError, match=r"no media type is known for a\.unheard-of"):
        description(made.project, rows(canonical(made.graphs)), {"a.unheard-of": b""})


def test_what_the_project_says_of_itself_is_read_back(out: Path) -> None:
    about = load(ROOT / "tests" / "small", vocabulary.load()).about
    assert about is not None
    found = claimed((out / "void.ttl").read_bytes())
    assert found == replace(about, keywords=())


@pytest.mark.parametrize("contact", ["mailto:desk@example.org", "https://example.org/desk"])
def test_where_objections_go_is_read_back(contact: str, small: Path) -> None:
    with (small / "dataset.yaml").open("a", encoding="utf-8") as file:
        file.write(f"contact: {contact}\n")
    made = prepare(small, None)
    assert not made.errors
    said = claimed(description(made.project, rows(canonical(made.graphs)), {}))
    assert said is not None
    assert said.contact == contact


@pytest.mark.parametrize("text", [b"", b"no turtle", b"<https://a.org> a <https://b.org> .", b"\xff\xfe"])
def test_a_file_that_claims_nothing(text: bytes) -> None:
    assert claimed(text) is None
