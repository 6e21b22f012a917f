"""GraphML and GEXF: read back by networkx and igraph they say what the network says, whatever its labels hold."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import igraph
import networkx as nx
import pytest
from test_statements import made

from kg.build import Prepared, prepare
from kg.checks import store
from kg.exchange import network_files
from kg.lookup import Graph
from kg.networks import network
from kg.statements import Reader, Statement, Thing

GRAPHML, GEXF = "network/aigov-kg.graphml", "network/aigov-kg.gexf"

Values = dict[str, object]
Read = tuple[dict[str, Values], list[tuple[str, str, Values]]]
"""Nodes with their attributes, and edges with theirs."""

# What a label holds, and what a reader of the file finds in its place.
HOSTILE = {
    "</node><node id='x'/> & \"quoted\" 'twice' ]]> <!-- -->": None,
    "&amp; &#65; &bogus; %s {0}": None,
    "上海科学技术政策研究所 公共服务": None,
    "e\u0301 é \U0001d11e \U0010fffd": None,
    "right \u202eto left\u202c \u2066isolated\u2069": None,
    "next\x85line\u2028separator\u2029 \x7f\x9f\ufeff": None,
    "tab\tline\nreturn\rboth\r\n": None,
    "  spaces  around  ": None,
    "nul\x00 bell\x07 escape\x1b unit\x1f": "nul\ufffd bell\ufffd escape\ufffd unit\ufffd",
    "\ufffe and \uffff": "\ufffd and \ufffd",
    "half \ud800 of a pair \udfff": "half \ufffd of a pair \ufffd",
}


@pytest.fixture
def known(built: Prepared) -> tuple[Statement, ...]:
    return Reader(Graph(store(built.graphs))).all()


def hostile(text: str) -> tuple[Statement, ...]:
    """Two statements whose names, words and relation are all the text; only identifiers are plain."""
    one, two = made("1", "event:e", "agent:a", text, on_behalf_of=("agent:b",)), made("2", "agent:a", "agent:b", text)
    named = {name: Thing(name, text, text) for name in ("event:e", "agent:a", "agent:b")}
    receipt = one.receipts[0]._replace(head=text, tail="", address="")
    return tuple(
        each._replace(
            subject=named[each.subject.id], object=named[each.object.id], role=Thing("concept:r", text),
            claimed_by=(Thing("agent:s", text),), receipts=(receipt,),
            on_behalf_of=tuple(named[body.id] for body in each.on_behalf_of),
        )
        for each in (one, two)
    )  # fmt: skip


def by_networkx(read: Callable[..., nx.MultiDiGraph[str]], content: bytes) -> Read:
    graph = read(io.BytesIO(content))
    edges = [(start, end, {k: v for k, v in data.items() if k not in ("id", "label")})
             for start, end, data in graph.edges(data=True)]  # fmt: skip
    assert graph.is_directed()
    return dict(graph.nodes(data=True)), edges


def by_igraph(content: bytes, folder: Path) -> Read:
    """igraph 1.0 gives edges the ids of nodes; nothing else of a file is lost to it."""
    file = folder / "x.graphml"
    file.write_bytes(content)
    graph = igraph.Graph.Read_GraphML(str(file))
    assert graph.is_directed()
    nodes = [vertex.attributes() for vertex in graph.vs]
    names = [str(node.pop("id")) for node in nodes]
    edges = [
        (names[edge.source], names[edge.target], {k: v for k, v in edge.attributes().items() if k != "id"})
        for edge in graph.es
    ]
    return dict(zip(names, nodes, strict=True)), edges


def by_each(statements: tuple[Statement, ...], folder: Path) -> dict[str, Read]:
    files = network_files(statements)
    return {
        "networkx, GraphML": by_networkx(nx.read_graphml, files[GRAPHML]),
        "igraph, GraphML": by_igraph(files[GRAPHML], folder),
        "networkx, GEXF": by_networkx(nx.read_gexf, files[GEXF]),
    }


def said(graph: nx.MultiDiGraph[str], replaced: dict[str, str]) -> Read:
    """What the network says, with the words that no XML can hold replaced."""

    def fit(data: Values) -> Values:
        return {name: replaced.get(value, value) if isinstance(value, str) else value for name, value in data.items()}

    nodes = {name: fit(data) for name, data in graph.nodes(data=True)}
    return nodes, [(start, end, fit(data)) for start, end, data in graph.edges(data=True)]


def ordered(read: Read) -> Read:
    return read[0], sorted(read[1], key=lambda edge: (edge[0], edge[1], str(edge[2]["statement"])))


def test_what_is_read_back_is_the_network(known: tuple[Statement, ...], tmp_path: Path) -> None:
    wanted = ordered(said(network(known), {}))
    assert len(wanted[0]) == 8 and len(wanted[1]) == 8
    for reader, found in by_each(known, tmp_path).items():
        assert ordered(found) == wanted, reader


def test_the_real_network_is_read_back(tmp_path: Path) -> None:
    prepared = prepare(Path(__file__).parent.parent / "kg" / "data", None)
    statements = Reader(Graph(store(prepared.graphs))).all()
    wanted = ordered(said(network(statements), {}))
    assert len(wanted[0]) > 100 and len(wanted[1]) > 200
    for reader, found in by_each(statements, tmp_path).items():
        assert ordered(found) == wanted, reader


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_every_label_is_read_back_or_replaced(text: str, tmp_path: Path) -> None:
    statements, fit = hostile(text), HOSTILE[text] or text
    wanted = ordered(said(network(statements), {text: fit}))
    assert wanted[0]["agent:a"] == {"label": fit, "type": fit}
    assert {edge[2]["words"] for edge in wanted[1]} == {fit}
    for reader, found in by_each(statements, tmp_path).items():
        assert ordered(found) == wanted, reader


def test_all_characters_survive_that_xml_has(tmp_path: Path) -> None:
    """Every code point up to U+2FFF and those around the gaps: kept, or one replacement for one."""
    points = [*range(0x3000), *range(0xD7F0, 0xD810), *range(0xDFF0, 0xE010), *range(0xFFF0, 0x10010), 0x10FFFF]
    text = "".join(map(chr, points))
    fit = "".join(
        letter if letter in "\t\n\r" or 0x20 <= ord(letter) < 0xD800 or 0xDFFF < ord(letter) < 0xFFFE
        or ord(letter) > 0xFFFF else "\ufffd"
        for letter in text
    )  # fmt: skip
    for reader, (nodes, _) in by_each(hostile(text), tmp_path).items():
        assert nodes["agent:a"]["label"] == fit, reader


def test_parallel_edges_stay_apart_and_every_edge_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Also where somebody speaks for two bodies, for himself, and where a statement joins a thing with itself."""
    statements = (
        made("1", "event:e", "agent:a", on_behalf_of=("agent:a", "agent:b", "agent:c")),
        made("2", "event:e", "agent:a"), made("3", "agent:a", "event:e"), made("4", "agent:a", "agent:a"),
    )  # fmt: skip
    for reader, (_, edges) in by_each(statements, tmp_path).items():
        assert len(edges) == 7, reader
    for name, content in network_files(statements).items():
        ids = [edge.get("id", "") for edge in ET.fromstring(content).iter() if edge.tag.endswith("}edge")]
        assert len(set(ids)) == len(ids) == 7, name
        assert ids == sorted(ids)
        assert all(one.replace(":", "").replace(".", "").replace("-", "").isalnum() for one in ids)  # NMTOKEN


def test_nothing_said_is_an_empty_file_of_each_form(tmp_path: Path) -> None:
    for reader, found in by_each((), tmp_path).items():
        assert found == ({}, []), reader


def test_the_order_of_statements_does_not_matter(known: tuple[Statement, ...]) -> None:
    assert network_files(known) == network_files(tuple(reversed(known)))


def test_neither_a_date_nor_a_library_is_named(known: tuple[Statement, ...]) -> None:
    for content in network_files(known).values():
        text = content.decode("utf-8")
        assert "lastmodified" not in text and "networkx" not in text.lower()
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n') and text.endswith("\n")
        assert "\r" not in text


def test_gephi_finds_its_labels_and_kinds(known: tuple[Statement, ...]) -> None:
    """A GEXF edge has its relation as label and kind; no GraphML key is named as Gephi names those of yEd."""
    files = network_files(known)
    space = "{http://gexf.net/1.3}"
    root = ET.fromstring(files[GEXF])
    assert (root.tag, root.get("version")) == (f"{space}gexf", "1.3")
    edges = {edge.get("id"): (edge.get("label"), edge.get("kind")) for edge in root.iter(f"{space}edge")}
    assert edges["st:harbor-forum-005.event:tidal-workshop.agent:zoe-marsh"] == ("has speaker", "has speaker")
    assert edges["st:harbor-forum-005.agent:zoe-marsh.agent:gull-foundation"] == ("on behalf of", "on behalf of")
    assert b'<data key="edge-contradicted">true</data>' in files[GRAPHML]
    assert b'<attvalue for="contradicted" value="true"/>' in files[GEXF]
    keys = {key.get("id") for key in ET.fromstring(files[GRAPHML]).iter() if key.tag.endswith("}key")}
    assert {"node-label", "node-type", "edge-relation", "edge-source"} < keys and not keys & {"d3", "d7"}


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Zo\xc3\xab Marsh", b"Zoe Marsh"), (b"self-reported", b"asserted"), (b"true", b"false"), (b"Speaker", b"")],
)
def test_a_changed_file_would_be_seen(old: bytes, new: bytes, known: tuple[Statement, ...]) -> None:
    wanted = ordered(said(network(known), {}))
    for name, read in ((GRAPHML, nx.read_graphml), (GEXF, nx.read_gexf)):
        content = network_files(known)[name]
        changed = content.replace(old, new, 1)
        assert changed != content
        assert ordered(by_networkx(read, changed)) != wanted
