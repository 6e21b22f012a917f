"""RDF files: every form says the same in two parsers, and the bytes are those of the canonical form."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, Dataset, Graph, Literal, URIRef
from rdflib.collection import Collection
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


def test_the_files_are_these(built: Prepared) -> None:
    assert sorted(rdf_files(built.graphs)) == sorted([*NAMES, "ontology.ttl"])


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
