"""JSON-LD: what two other libraries read is the dataset, and each value is written as PyLD would compact it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld as pyld
from test_exports import HOSTILE, shown, shown_ox

from kg import jsonld, terms
from kg.build import Prepared, prepare
from kg.graphs import GRAPHS, Graphs, canonical, graph_name, rows

ROOT = Path(__file__).parent.parent

# Words that mean something in JSON, in JSON-LD or as names.
WORDS = ("@id", "@type", "@none", "id", "type", "true", "null", "1", "", "agent:iqm", "_:b0", "https://example.org/a")
# PyLD brings the strings of doubles, of which the data has none, into their canonical form: this is one.
TYPED = (
    ("140.0", "xsd:decimal"), ("140", "xsd:integer"), ("007", "xsd:integer"), ("1.0E3", "xsd:double"),
    ("1", "xsd:boolean"), ("2030-06-01", "xsd:date"), ("2030-06/..", "edtf:EDTF"), ("words", "xsd:anyURI"),
    ("{}", "rdf:JSON"), ("<b/>", "rdf:XMLLiteral"),
)  # fmt: skip
PROPERTIES = (
    "aig:value", "aig:when", "aig:earliest", "aig:hostedBy", "aig:wholeDocument", "rdf:object", "rdfs:label",
    "skos:altLabel", "rdfs:seeAlso", "https://example.org/vocabulary/unheard-of",
)  # fmt: skip
ADDRESSES = (
    "https://example.org/a?b=c&d#e", "https://example.org/日本", "urn:uuid:1", "https://w3id.org/aigov-kg/ns#",
    "https://w3id.org/aigov-kg/id/agent/", "https://w3id.org/aigov-kg/id/agent///x", "https://w3id.org/aigov-kg/id/agent/iqm",
)  # fmt: skip


def refuse(address: str, options: object) -> NoReturn:
    """No document names another, so nothing is ever loaded."""
    raise AssertionError(f"{address} was asked for")


OPTIONS: dict[str, Any] = {"documentLoader": refuse}


def named(name: str) -> ox.NamedNode:
    return ox.NamedNode(terms.expand(name) if name.partition(":")[0] in terms.prefixes() else name)


def values() -> list[ox.NamedNode | ox.Literal]:
    """Every kind of value that a property may have."""
    made: list[ox.NamedNode | ox.Literal] = [ox.Literal(text) for text in (*HOSTILE, *WORDS)]
    made += [ox.Literal(text, language=tag) for text in (*HOSTILE, "words") for tag in ("en", "en-GB", "zh-Hant")]
    made += [ox.Literal(text, datatype=named(kind)) for text, kind in TYPED]
    return made + [ox.NamedNode(address) for address in ADDRESSES]


@pytest.fixture(scope="module")
def hostile(built: Prepared) -> Graphs:
    """The small project's graphs with all sorts of values under properties of all sorts."""
    node = named("agent:iqm")
    more = {ox.Triple(node, named(name), value) for name in PROPERTIES for value in values()}
    more |= {ox.Triple(ox.NamedNode(address), named("rdfs:label"), ox.Literal("x")) for address in ADDRESSES}
    more.add(ox.Triple(node, named("rdf:type"), named("https://example.org/Unheard-of")))
    return built.graphs | {"facts": built.graphs["facts"] | more}


def nodes(graphs: Graphs) -> dict[str, dict[str, jsonld.Node]]:
    return {name: jsonld.nodes(found) for name, found in rows(canonical(graphs)).items()}


def dataset(graphs: Graphs) -> bytes:
    return jsonld.dataset(nodes(graphs))


def quads(content: bytes | str, form: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(content, format=form))


def by_pyld(content: bytes) -> set[ox.Quad]:
    found = pyld.to_rdf(json.loads(content), {**OPTIONS, "format": "application/n-quads"})
    return quads(found, ox.RdfFormat.N_QUADS)


def alike(value: Any) -> Any:
    """The value with its arrays sorted, which are sets."""
    if isinstance(value, dict):
        return {key: alike(inner) for key, inner in value.items() if key != "@context"}
    if isinstance(value, list):
        return sorted(map(alike, value), key=lambda inner: json.dumps(inner, sort_keys=True))
    return value


# ---------------------------------------------------------------- it says the same


def test_pyoxigraph_reads_the_dataset(hostile: Graphs) -> None:
    assert quads(dataset(hostile), ox.RdfFormat.JSON_LD) == quads(canonical(hostile), ox.RdfFormat.N_QUADS)


def test_pyld_reads_the_dataset(hostile: Graphs) -> None:
    assert by_pyld(dataset(hostile)) == quads(canonical(hostile), ox.RdfFormat.N_QUADS)


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
def test_rdflib_reads_the_dataset(built: Prepared) -> None:
    data = rdflib.Dataset()
    data.parse(data=dataset(built.graphs).decode("utf-8"), format="json-ld")
    wanted = {(*map(shown_ox, triple), graph_name(g).value) for g in GRAPHS for triple in built.graphs[g]}
    assert {(*map(shown, (s, p, o)), str(g)) for s, p, o, g in data.quads()} == wanted


@pytest.mark.slow
def test_both_read_the_real_dataset() -> None:
    graphs = prepare(ROOT / "kg" / "data", None).graphs
    content, wanted = dataset(graphs), quads(canonical(graphs), ox.RdfFormat.N_QUADS)
    assert len(wanted) > 30_000
    assert quads(content, ox.RdfFormat.JSON_LD) == wanted
    assert by_pyld(content) == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"value":"120"', b'"aig:value":"120"'), (b'"edtf:EDTF"', b'"xsd:date"'), (b'"@language":"en",', b""),
        (b'"status":"concept:asserted"', b'"aig:status":"concept:asserted"'), (b"graph/inferred", b"graph/facts"),
    ],
)  # fmt: skip
def test_a_changed_byte_would_be_seen(old: bytes, new: bytes, built: Prepared) -> None:
    content = dataset(built.graphs)
    assert old in content
    assert by_pyld(content.replace(old, new)) != quads(canonical(built.graphs), ox.RdfFormat.N_QUADS)


# ---------------------------------------------------------------- as the specification writes it


def test_each_node_is_as_pyld_compacts_it(hostile: Graphs) -> None:
    made = json.loads(dataset(hostile))
    compacted = pyld.compact(pyld.expand(made, OPTIONS), {"@context": made["@context"]}, {**OPTIONS, "graph": True})
    # The one name that PyLD writes so that nobody, it included, reads it as it was.
    mended = json.dumps(compacted).replace('"agent://x"', f'"{terms.expand("agent://x")}"')
    assert alike(json.loads(mended)) == alike(made)


def test_numbers_and_dates_keep_their_form_without_a_type_beside_them(hostile: Graphs) -> None:
    node = nodes(hostile)["facts"]["agent:iqm"]
    assert '"140.0"' in node["value"] and '"2030-06/.."' in node["when"] and '"2030-06-01"' in node["earliest"]
    assert '{"type":"xsd:integer","@value":"140"}' in node["aig:value"]
    assert '{"id":"agent:iqm"}' in node["aig:value"]
    assert '"agent:iqm"' in node["hostedBy"] and '"agent:iqm"' in node["aig:hostedBy"]  # the thing, and the words
    graphs = json.loads(dataset(hostile))["@graph"]
    assert {type(value) for graph in graphs for node in graph["@graph"] for value in node.values()} == {str, dict, list}


def test_a_document_stands_alone(built: Prepared) -> None:
    """PyLD 3.3 can't read a context that takes away a language that nobody set; if it can, ours needs no change."""
    assert jsonld.context() == {name: entry for name, entry in terms.context().items() if name != "@language"}
    assert terms.context()["@language"] is None
    with pytest.raises(KeyError):
        pyld.expand({"@context": terms.context(), "label": "x"}, OPTIONS)
    assert json.loads(dataset(built.graphs))["@context"] == jsonld.context()


def test_an_address_that_reads_as_a_prefixed_name_is_refused() -> None:
    with pytest.raises(AssertionError, match="reads as a prefixed name"):
        jsonld.nodes([("<doc:charter>", "<https://example.org/p>", '"x"')])


def test_nodes_of_several_graphs_become_one() -> None:
    one = {"agent:a": {"id": ['"agent:a"'], "type": ['"Agent"'], "label": ['"A"']}, "agent:b": {"id": ['"agent:b"']}}
    two = {"agent:a": {"id": ['"agent:a"'], "altLabel": ['"B"'], "label": ['"A"', '"C"']}}
    both = jsonld.merged([one, two])
    assert both == {
        "agent:a": {"id": ['"agent:a"'], "type": ['"Agent"'], "altLabel": ['"B"'], "label": ['"A"', '"C"']},
        "agent:b": {"id": ['"agent:b"']},
    }
    assert list(both["agent:a"]) == ["id", "type", "altLabel", "label"]


# ---------------------------------------------------------------- the file


def test_a_node_stands_in_a_line_with_its_name_and_type_first(built: Prepared) -> None:
    lines = dataset(built.graphs).decode("utf-8").split("\n")
    [line] = [line for line in lines if line.startswith('{"id":"agent:zoe-marsh","type":"Person"')]
    assert list(json.loads(line.rstrip(",")))[:2] == ["id", "type"]
