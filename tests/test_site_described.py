"""The documents of nodes: what framing the whole graph gives, and the same triples in each form."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from rdflib import Graph as RdfGraph
from rdflib.compare import isomorphic

from kg import terms
from kg.build import Prepared
from kg.documents import Framer
from kg.graphs import canonical, rows
from kg.jsonld import nodes
from kg.site.described import FORMS, document, serialized, triples
from kg.site.pages import Site
from kg.site.shelf import Shelf


@pytest.fixture(scope="session")
def whole(built: Prepared) -> Framer:
    """What frames the whole graph at once."""
    return Framer(nodes(found) for found in rows(canonical(built.graphs)).values())


def test_the_quads_around_a_node_give_what_the_whole_graph_gives(site: Site, whole: Framer) -> None:
    assert len(site.nodes) > 50
    for name in site.nodes:
        assert document(site.shelf.graph, name) == whole.document(name), name


def test_every_form_has_the_same_triples(site: Site) -> None:
    for name in ("agent:iqm", "st:harbor-forum-005", "ev:harbor-forum-005-1", "conflict:host-of-the-forum"):
        held = triples(document(site.shelf.graph, name), name)
        assert held
        read = {form: RdfGraph().parse(data=serialized(held, form), format={"rdf": "xml"}.get(form, form))
                for form in FORMS}  # fmt: skip
        assert len(read["nt"]) == len(held)
        assert isomorphic(read["nt"], read["ttl"])
        assert isomorphic(read["nt"], read["rdf"])


def test_the_node_itself_comes_first(shelf: Shelf) -> None:
    held = triples(document(shelf.graph, "src:harbor-forum"), "src:harbor-forum")
    own = [triple.subject == ox.NamedNode(terms.expand("src:harbor-forum")) for triple in held]
    assert own[0]
    assert own == sorted(own, reverse=True)


def test_a_statement_brings_its_words_and_its_conflict(shelf: Shelf) -> None:
    made = json.loads(document(shelf.graph, "st:harbor-forum-003"))
    assert made["id"] == "st:harbor-forum-003"
    assert made["evidence"]["hasSource"]["label"] == {"@language": "en", "@value": "Harbor Forum opens its doors"}
    assert made["inConflict"][0]["conflictKind"] == "concept:contradicts"
    assert made["object"]["id"] == "agent:iqm"


def test_a_conflict_brings_both_sides(shelf: Shelf) -> None:
    made = json.loads(document(shelf.graph, "conflict:host-of-the-forum"))
    assert {side["id"] for side in made["between"]} == {"st:harbor-forum-003", "st:lantern-report-003"}
    assert all("evidence" in side for side in made["between"])


def test_an_unknown_node_has_no_document(shelf: Shelf) -> None:
    with pytest.raises(KeyError):
        document(shelf.graph, "agent:nobody")
