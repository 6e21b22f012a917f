"""Turtle of our own: an order, the prefixes that are used, a sheet that says each thing once."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg import terms
from kg.turtle import Sheet, ordered, prefixes


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(terms.expand(name))


def test_a_subject_stands_together_with_its_type_first() -> None:
    label = ox.Triple(node("agent:b"), node("rdfs:label"), ox.Literal("B"))
    about = ox.Triple(node("agent:b"), node("aig:concerns"), node("concept:x"))
    kind = ox.Triple(node("agent:b"), node("rdf:type"), node("aig:Person"))
    other = ox.Triple(node("agent:a"), node("rdfs:label"), ox.Literal("A"))
    assert ordered([label, about, kind, other]) == [other, kind, label, about]


def test_the_prefixes_are_those_that_occur_within_triple_terms_too() -> None:
    said = ox.Triple(node("agent:a"), node("org:holds"), ox.Literal("2030", datatype=node("edtf:EDTF")))
    triple = ox.Triple(node("st:x"), ox.NamedNode("http://example.org/reifies"), said)
    assert prefixes([triple]) == {name: terms.prefixes()[name] for name in ("edtf", "org", "agent", "st")}


def test_a_sheet_writes_what_was_said_once_and_sorted() -> None:
    sheet = Sheet({"ex": "http://example.org/"})
    sheet.say("ex:b", "rdfs:label", ox.Literal("B", language="en"), ox.Literal("A"))
    sheet.say("ex:b", "rdf:type", "aig:Person")
    for _ in range(2):
        sheet.say("http://example.org/a", "ex:knows", "ex:b", "https://example.com/c d".replace(" ", "%20"))
    sheet.say("ex:b", "ex:empty")
    assert sheet.written().decode().splitlines() == [
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        "@prefix aig: <https://w3id.org/aigov-kg/ns#> .",
        "@prefix ex: <http://example.org/> .",
        "ex:a ex:knows ex:b , <https://example.com/c%20d> .",
        "ex:b a aig:Person ;",
        '\trdfs:label "A" , "B"@en .',
    ]


def test_a_name_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="IRI"):
        Sheet({}).say("no address", "rdf:type", "aig:Person")
