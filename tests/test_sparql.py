"""The words of a query. What is refused is tested with the queries that must be answered, in test_sandbox."""

from __future__ import annotations

import pytest

from kg.errors import BadUse
from kg.sparql import look, short


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT"),
        ("# ASK\nPREFIX ask: <select> construct { ?s ?p 'DESCRIBE' } where { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <http://example.org/ASK>", "DESCRIBE"),
        ("BASE <http://x/> ASK {}", "ASK"),
    ],
)
def test_the_form_is_the_first_word_that_is_one(text: str, form: str) -> None:
    assert look(text).form == form


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("SELECT * { ?s aig:when ?o }", ("aig",)),
        ("SELECT * { ?s aig:when ?o ; ^rdf:subject|!(aig:status) ?x . ?x a skos:Concept }", ("aig", "skos", "rdf")),
        ("PREFIX aig: <http://x/> SELECT * { ?s aig:when ?o ; rdf:object st:a }", ("st", "rdf")),
        ("prefix rdf:<x> SELECT * { ?s rdf:type ?o }", ()),
        ("SELECT * { ?s <aig:x> 'aig:x' # aig:x\n }", ()),
        ("SELECT * { ?aig ?p _:aig . ?p nobody:knows 1 }", ()),
        ("SELECT * { ?s ?p 5 . FILTER(?p = aig:) }", ("aig",)),
    ],
)
def test_prefixes_that_are_used_and_not_declared(text: str, prefixes: tuple[str, ...]) -> None:
    assert set(look(text).prefixes) == set(prefixes)


def test_whether_graphs_are_named() -> None:
    facts = "<https://w3id.org/aigov-kg/graph/facts>"
    assert look(f"SELECT * FROM {facts} {{ ?s ?p ?o }}").graphs
    assert not look(f"SELECT * {{ GRAPH {facts} {{ ?s ?p ?o }} }}").graphs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "INSERT changes a graph"),
        ("SELECT * { SERVICE <http://x/> {} }", "SERVICE would send the query elsewhere"),
        ("SELECT * FROM <http://x/> {}", "FROM <http://x/> is none of the graph's five"),
        ("hello", "this is no query"),
        ("SELECT * { ?s ?p 'x }", "line 1 is not closed"),
    ],
)
def test_what_is_refused_is_told(text: str, said: str) -> None:
    with pytest.raises(BadUse) as caught:
        look(text)
    assert said in str(caught.value)


def test_what_a_message_repeats_is_one_short_line() -> None:
    assert short(" a\n b\x1b[1m ") == "a b\\x1b[1m"
    assert short("x" * 200) == "x" * 99 + "…"
