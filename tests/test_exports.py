"""RDF files: every form says the same in two parsers, and the bytes are those of the canonical form."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, Dataset, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.compare import to_canonical_graph
from rdflib.term import Node

from kg import folders, terms
from kg.build import Prepared
from kg.exports import rdf_files
from kg.graphs import GRAPHS, Graphs, canonical, graph_name, quad

# rdflib's parsers of quads warn of rdflib's own past.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")

FORMATS = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
}
IN_RDFLIB = {"nq": "nquads", "trig": "trig", "nt": "nt", "ttl": "turtle"}

HOSTILE = (
    "quote \" apostrophe ' backslash \\ end",
    "tab\tnewline\nreturn\rbell\x07delete\x7f",
    "</script><img onerror=alert(1)>\u2028\u2029 \u202eright to left\u202c",
    "𝄞 人工智能 é e\u0301 \ufeff",
    "ends with a backslash\\",
    "",
)

Row = tuple[str, ...]


def shown(term: Node) -> str:
    if isinstance(term, Literal):
        kind = (
            f"@{term.language}" if term.language else f"^^{term.datatype or 'http://www.w3.org/2001/XMLSchema#string'}"
        )
        return f'"{term}"{kind}'
    assert isinstance(term, URIRef)
    return str(term)


def shown_ox(term: object) -> str:
    if isinstance(term, ox.Literal):
        return f'"{term.value}"' + (f"@{term.language}" if term.language else f"^^{term.datatype.value}")
    assert isinstance(term, ox.NamedNode)
    return term.value


def by_rdflib(name: str, content: bytes) -> set[Row]:
    text, form = content.decode("utf-8"), IN_RDFLIB[name.rpartition(".")[2]]
    if name.endswith((".nq", ".trig")):
        data = Dataset()
        data.parse(data=text, format=form)
        return {(*map(shown, (s, p, o)), str(g)) for s, p, o, g in data.quads()}
    return {tuple(map(shown, triple)) for triple in Graph().parse(data=text, format=form)}


def by_pyoxigraph(name: str, content: bytes) -> set[Row]:
    quads = ox.parse(content, format=FORMATS[name.rpartition(".")[2]])
    if name.endswith((".nq", ".trig")):
        return {tuple(map(shown_ox, (*q.triple, q.graph_name))) for q in quads}
    return {tuple(map(shown_ox, q.triple)) for q in quads}


def expected(graphs: Graphs, name: str) -> set[Row]:
    """What a file must say, taken from the graphs."""
    if name.endswith((".nq", ".trig")):
        return {(*map(shown_ox, t), graph_name(g).value) for g in GRAPHS for t in graphs[g]}
    wanted = GRAPHS if name.endswith(".nt") else (name.partition(".")[0],)
    return {tuple(map(shown_ox, t)) for g in wanted for t in graphs[g]}


@pytest.fixture(scope="module")
def hostile(built: Prepared) -> Graphs:
    """The small project's graphs with names that no loader would let in."""
    node, label = ox.NamedNode(terms.expand("agent:iqm")), ox.NamedNode(terms.expand("skos:altLabel"))
    more = {ox.Triple(node, label, ox.Literal(text)) for text in HOSTILE}
    more |= {ox.Triple(node, label, ox.Literal(text, language="en")) for text in HOSTILE}
    return built.graphs | {"facts": built.graphs["facts"] | more}


NAMES = ["aigov-kg.nq", "aigov-kg.trig", "aigov-kg.nt", "facts.ttl", "inferred.ttl", "statements.ttl", "evidence.ttl"]
RDF12 = "aigov-kg-rdf12.trig"


def test_the_files_are_these(built: Prepared) -> None:
    files = [*NAMES, "ontology.ttl", "ontology.rdf"]
    assert sorted(rdf_files(built.graphs)) == sorted(files)
    assert sorted(rdf_files(built.graphs, rdf12=True)) == sorted([*files, RDF12])


@pytest.mark.parametrize("name", NAMES)
def test_both_parsers_read_what_the_graphs_say(name: str, hostile: Graphs) -> None:
    content = rdf_files(hostile)[name]
    assert by_pyoxigraph(name, content) == expected(hostile, name)
    assert by_rdflib(name, content) == expected(hostile, name)


def test_a_changed_byte_would_be_seen(hostile: Graphs) -> None:
    content = rdf_files(hostile)["aigov-kg.trig"].replace(b"Zo\xc3\xab Marsh", b"Zoe Marsh", 1)
    assert by_pyoxigraph("aigov-kg.trig", content) != expected(hostile, "aigov-kg.trig")


def test_the_three_forms_of_the_dataset_agree(hostile: Graphs) -> None:
    files = rdf_files(hostile)
    quads = by_pyoxigraph("aigov-kg.nq", files["aigov-kg.nq"])
    assert by_pyoxigraph("aigov-kg.trig", files["aigov-kg.trig"]) == quads
    assert by_pyoxigraph("aigov-kg.nt", files["aigov-kg.nt"]) == {row[:3] for row in quads}


def outline(ontology: Graph) -> tuple[set[Row], dict[str, list[str]]]:
    """What it says outside lists, and the lists of its chains by property; names of list nodes play no part."""
    links = set(ontology.subjects(RDF.first))
    said = {tuple(map(str, triple)) for triple in ontology if not links & set(triple)}
    chains = ontology.subject_objects(OWL.propertyChainAxiom)
    return said, {str(name): [str(item) for item in Collection(ontology, head)] for name, head in chains}


def test_the_ontology_file_is_the_one_that_was_written_by_hand(built: Prepared) -> None:
    content = rdf_files(built.graphs)["ontology.ttl"]
    assert content == folders.ontology("aigov.ttl").read_bytes()
    lines = "".join(f"{triple} .\n" for triple in built.graphs["ontology"])
    said, chains = outline(Graph().parse(data=lines, format="nt"))
    assert (said, chains) == outline(Graph().parse(data=content, format="turtle"))
    assert len(chains) == 4 and all(len(chain) == 2 for chain in chains.values())


def canonical_form(content: bytes, form: ox.RdfFormat) -> set[ox.Triple]:
    """The triples with the names that RDFC-1.0 gives to blank nodes."""
    found = ox.Dataset(ox.parse(content, format=form))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in found}


def same_in_rdflib(one: Graph, other: Graph) -> bool:
    """Whether two graphs differ at most in names of blank nodes and in the case of language tags.

    rdflib's `isomorphic` takes "x"@en-gb and "x"@en-GB, which are equal to it, for different.
    """
    return set(to_canonical_graph(one)) == set(to_canonical_graph(other))


def test_the_ontology_in_rdf_xml_is_the_same_graph_lists_included(built: Prepared) -> None:
    content, turtle = rdf_files(built.graphs)["ontology.rdf"], folders.ontology("aigov.ttl").read_bytes()
    assert canonical_form(content, ox.RdfFormat.RDF_XML) == canonical_form(turtle, ox.RdfFormat.TURTLE)
    by_rdflib = Graph().parse(data=content, format="xml")
    assert same_in_rdflib(by_rdflib, Graph().parse(data=turtle, format="turtle"))
    assert not [name for name in by_rdflib.all_nodes() if ".well-known/genid" in str(name)]
    assert len(set(by_rdflib.subjects(RDF.first))) == 8


def test_another_order_in_a_list_would_be_seen(built: Prepared) -> None:
    content, turtle = rdf_files(built.graphs)["ontology.rdf"], folders.ontology("aigov.ttl").read_bytes()
    [place] = re.findall(rb'<rdf:first rdf:resource="[^"]*#partOfEvent"/>', content)
    spoilt = content.replace(place, place.replace(b"partOfEvent", b"editionOf"))
    assert canonical_form(spoilt, ox.RdfFormat.RDF_XML) != canonical_form(turtle, ox.RdfFormat.TURTLE)
    assert not same_in_rdflib(Graph().parse(data=spoilt, format="xml"), Graph().parse(data=turtle, format="turtle"))


def turned_back(content: bytes) -> set[ox.Quad]:
    """RDF 1.2 -> RDF 1.1: each reifier is an rdf:Statement again."""
    made = set()
    for found in ox.parse(content, format=ox.RdfFormat.TRIG):
        said = found.object
        if not isinstance(said, ox.Triple):
            made.add(found)
            continue
        assert found.predicate.value == f"{RDF}reifies"
        parts = {"subject": said.subject, "predicate": said.predicate, "object": said.object, "type": None}
        for name, term in parts.items():
            value = term or ox.NamedNode(str(RDF.Statement))
            made.add(ox.Quad(found.subject, ox.NamedNode(str(RDF) + name), value, found.graph_name))
    return made


def test_in_rdf_1_2_statements_are_reifiers_and_nothing_is_lost(hostile: Graphs) -> None:
    content = rdf_files(hostile, rdf12=True)[RDF12]
    assert content.startswith(b'VERSION "1.2"\n')
    found = list(ox.parse(content, format=ox.RdfFormat.TRIG))
    statements = {t.subject for t in hostile["statements"] if t.predicate.value == str(RDF.subject)}
    assert {quad.subject for quad in found if isinstance(quad.object, ox.Triple)} == statements
    assert not {quad.predicate.value for quad in found} & {str(RDF.subject), str(RDF.predicate), str(RDF.object)}
    assert ox.NamedNode(str(RDF.Statement)) not in {quad.object for quad in found}
    assert turned_back(content) == set(ox.parse(canonical(hostile), format=ox.RdfFormat.N_QUADS))


def test_a_query_of_rdf_1_2_finds_what_is_said_of_a_reifier(hostile: Graphs) -> None:
    store = ox.Store()
    store.load(rdf_files(hostile, rdf12=True)[RDF12], format=ox.RdfFormat.TRIG)
    query = """PREFIX aig: <https://w3id.org/aigov-kg/ns#> PREFIX agent: <https://w3id.org/aigov-kg/id/agent/>
        SELECT ?host ?status WHERE { << ?event aig:hostedBy ?host >> aig:claimedBy agent:iqm ; aig:status ?status }"""
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert [[terms.shorten(str(term)[1:-1]) for term in row] for row in found] == [
        ["agent:iqm", "concept:self-reported"]
    ]


def test_the_canonical_form_is_that_of_rdfc_1_0(hostile: Graphs) -> None:
    dataset = ox.Dataset(quad(triple, name) for name, triples in hostile.items() for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert text is not None
    assert canonical(hostile) == b"".join(sorted(text.splitlines(keepends=True)))


def test_a_canonical_line_escapes_as_the_specification_says() -> None:
    graphs: Graphs = {name: set() for name in GRAPHS}
    thing = ox.NamedNode("http://x/a")
    graphs["facts"] = {ox.Triple(thing, thing, ox.Literal('\t\n\r\b\f"\\\x07\x7f\u2028é', language="en"))}
    body = '\\t\\n\\r\\b\\f\\"\\\\\\u0007\\u007F\u2028é'
    line = f'<http://x/a> <http://x/a> "{body}"@en <https://w3id.org/aigov-kg/graph/facts> .\n'
    assert canonical(graphs).decode("utf-8") == line


@pytest.mark.parametrize("name", ["aigov-kg.nq", "aigov-kg.nt"])
def test_lines_are_sorted_by_bytes_and_stand_once(name: str, hostile: Graphs) -> None:
    content = rdf_files(hostile)[name]
    lines = content.split(b"\n")
    assert lines.pop() == b""
    assert lines == sorted(set(lines))
    assert b"\r" not in content
    assert len(lines) == len(expected(hostile, name))


@pytest.mark.parametrize("name", ["facts.ttl", "statements.ttl", "aigov-kg.trig"])
def test_only_prefixes_that_are_used_are_declared(name: str, built: Prepared) -> None:
    text = rdf_files(built.graphs)[name].decode("utf-8")
    declared = dict(re.findall(r"^@prefix (\w+): <([^>]+)> \.$", text, re.MULTILINE))
    assert declared.items() <= terms.prefixes().items()
    body = re.sub(r"^@prefix .*$", "", text, flags=re.MULTILINE)
    assert {"rdf", "aig", "agent"} <= declared.keys()
    assert not [prefix for prefix in declared if f"{prefix}:" not in body and prefix != "rdf"]
    assert "<https://w3id.org/aigov-kg/id/agent/iqm>" not in body


def test_a_thing_stands_together_with_its_type_first(built: Prepared) -> None:
    text = rdf_files(built.graphs)["facts.ttl"].decode("utf-8")
    assert re.search(r"^agent:zoe-marsh a aig:Person ;\n", text, re.MULTILINE)
    subjects = re.findall(r"^(agent:\S+) ", text, re.MULTILINE)
    assert subjects == sorted(set(subjects))
