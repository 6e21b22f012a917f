"""The answers over HTTP are those that pyoxigraph itself gives: in each format, in its order where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from serving import Serving, serving

from kg import queries, terms
from kg.graphs import Graphs, canonical, graph_name

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

FORMATS = {
    "json": ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
    "xml": ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
    "tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
}
FACTS, STATEMENTS = graph_name("facts").value, graph_name("statements").value

ORDERED = {
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "count-distinct": "SELECT (COUNT(DISTINCT ?p) AS ?n) (COUNT(?l) AS ?m) { ?s ?p ?o OPTIONAL { ?s rdfs:label ?l } }",
    "group": "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t } GROUP BY ?t ORDER BY DESC(?n) ?t",
    "having": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 5) ORDER BY ?p",
    "sum-avg": "SELECT (SUM(?x) AS ?a) (AVG(?x) AS ?b) (MIN(?x) AS ?c) (MAX(?x) AS ?d) { VALUES ?x { 1 2.5 4e0 7 } }",
    "avg-of-integers": "SELECT (AVG(?x) AS ?a) { VALUES ?x { 1 2 2 } }",
    "concat-group": "SELECT (GROUP_CONCAT(?x; SEPARATOR=' | ') AS ?a)"
                    " (SAMPLE(?y) AS ?b) { VALUES (?x ?y) { ('a' 1) } }",
    "subselect": "SELECT ?l ?n { { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } ?s rdfs:label ?l }"
                 " ORDER BY DESC(?n) ?l LIMIT 20",
    "path-star": "SELECT ?c { aig:Person rdfs:subClassOf* ?c } ORDER BY ?c",
    "path-alternative": "SELECT ?s ?x { ?s (rdfs:label|skos:prefLabel) ?x } ORDER BY ?s ?x",
    "path-inverse": "SELECT ?a ?b { ?a ^rdfs:subClassOf/rdfs:label ?b } ORDER BY ?a ?b",
    "path-negated": "SELECT ?p ?o { agent:zoe-marsh !(rdf:type|^rdfs:label) ?o . agent:zoe-marsh ?p ?o }"
                    " ORDER BY ?p ?o",
    "path-optional": "SELECT ?x { aig:Person rdfs:subClassOf? ?x } ORDER BY ?x",
    "minus": "SELECT ?s { ?s a aig:Agent MINUS { ?s a aig:Person } } ORDER BY ?s",
    "exists": "SELECT ?s { ?s a aig:Person FILTER EXISTS { ?x ?p ?s . ?x a aig:Statement } } ORDER BY ?s",
    "not-exists": "SELECT ?s { ?s a aig:Event FILTER NOT EXISTS { ?s aig:latest ?d } } ORDER BY ?s",
    "bind": "SELECT ?s ?n { ?s rdfs:label ?l BIND (STRLEN(?l) AS ?n) } ORDER BY DESC(?n) ?s LIMIT 30",
    "values": "SELECT * { VALUES (?a ?b) { (1 'x'@en) (UNDEF 'y') (<s:s> UNDEF) } } ORDER BY ?a ?b",
    "graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "graph-named": f"SELECT ?s {{ GRAPH <{FACTS}> {{ ?s a aig:Person }} }} ORDER BY ?s",
    "from": f"SELECT ?p (COUNT(*) AS ?n) FROM <{FACTS}> {{ ?s ?p ?o }} GROUP BY ?p ORDER BY ?p",
    "from-named": f"SELECT ?g ?s FROM NAMED <{STATEMENTS}> {{ GRAPH ?g {{ ?s a aig:Statement }} }} ORDER BY ?s",
    "from-both": f"SELECT (COUNT(*) AS ?n) FROM <{FACTS}> FROM NAMED <{STATEMENTS}>"
                 " { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "from-named-leaves-no-default": f"SELECT * FROM NAMED <{FACTS}> {{ ?s ?p ?o }}",
    "union": "SELECT ?s ?k { { ?s a aig:Person BIND ('p' AS ?k) } UNION { ?s a aig:Event BIND ('e' AS ?k) } }"
             " ORDER BY ?k ?s",
    "optional": "SELECT ?s ?d { ?s a aig:Event OPTIONAL { ?s aig:latest ?d } } ORDER BY ?s ?d",
    "unbound": "SELECT ?s ?nothing { ?s a aig:Person } ORDER BY ?s",
    "all-unbound": "SELECT ?x ?y {}",
    "empty": "SELECT ?s ?o { ?s <p:none> ?o } ORDER BY ?s",
    "no-columns": "SELECT * {}",
    "offset": "SELECT ?s ?p { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 7 OFFSET 40",
    "order": "SELECT ?x { VALUES ?x { 3 'a' <s:s> 2.5 'b'@en true '2020-01-01'^^xsd:date UNDEF } } ORDER BY DESC(?x)",
    "distinct": "SELECT DISTINCT ?t { ?s a ?t } ORDER BY ?t",
    "languages": "SELECT ?l (LANG(?l) AS ?g) (DATATYPE(?l) AS ?d) { ?s rdfs:label ?l } ORDER BY ?l ?g LIMIT 50",
    "langmatches": "SELECT ?l { VALUES ?l { 'a'@en 'b'@en-GB 'c'@de 'd' }"
                   " FILTER LANGMATCHES(LANG(?l), 'en') } ORDER BY ?l",
    "texts": "SELECT (UCASE('äß') AS ?a) (SUBSTR('静机研究所', 2, 2) AS ?b) (REPLACE('abab', 'b', 'x') AS ?c)"
             " (CONCAT('a'@en, 'b'@en) AS ?d) (ENCODE_FOR_URI('a b/é') AS ?e) (STRBEFORE('a-b', '-') AS ?f)"
             " (STRAFTER('a-b', '-') AS ?g) (CONTAINS('abc', 'b') AS ?h) (REGEX('Abc', '^a', 'i') AS ?i) {}",
    "numbers": "SELECT (ABS(-2.5) AS ?a) (CEIL(2.1) AS ?b) (FLOOR(-2.1) AS ?c) (ROUND(2.5) AS ?d) (7 / 2 AS ?e)"
               " (1e0 / 3 AS ?f) (xsd:integer('12') AS ?g) (1 / 0 AS ?h) (1e0 / 0 AS ?i) (0e0 / 0 AS ?j) {}",
    "dates": "SELECT (YEAR(?d) AS ?y) (MONTH(?d) AS ?m) (TZ(?d) AS ?t) (?d + 'P1D'^^xsd:dayTimeDuration AS ?n)"
             " { BIND ('2024-02-29T10:00:00+01:00'^^xsd:dateTime AS ?d) }",
    "digests": "SELECT (MD5('a') AS ?a) (SHA1('a') AS ?b) (SHA256('a') AS ?c)"
               " (SHA384('a') AS ?d) (SHA512('a') AS ?e) {}",
    "terms": "SELECT (IRI('s:x') AS ?a) (STRDT('1', xsd:byte) AS ?b) (STRLANG('x', 'fr') AS ?c) (isIRI(<s:x>) AS ?d)"
             " (isBLANK(BNODE()) AS ?e) (isLITERAL(1) AS ?f) (isNUMERIC('1') AS ?g) (sameTerm(1, 1.0) AS ?h) {}",
    "choices": "SELECT (IF(1 < 2, 'y', 'n') AS ?a) (COALESCE(?none, 'z') AS ?b) (2 IN (1, 2) AS ?c)"
               " (2 NOT IN (1, 2) AS ?d) (BOUND(?none) AS ?e) (!true || false && true AS ?f) {}",
    "signs": r"""SELECT ("tab\t, \"quotes\", 'single', \\ <&> ; line\nfeed\r\n" AS ?a)
                 (" 静 😀 é \u202E" AS ?b) ("" AS ?c) {}""",
}  # fmt: skip
"""Queries whose rows are in one order."""
FREE = {
    "all": "SELECT * { ?s ?p ?o }", "types": "SELECT ?s ?t { ?s a ?t }",
    "product": "SELECT * { ?s a aig:Person . ?t a aig:Event }",
    "reduced": "SELECT REDUCED ?s { ?s a aig:Person }", "quads": "SELECT * { GRAPH ?g { ?s a ?t } }",
}  # fmt: skip
ASKED = {
    "yes": "ASK { ?s a aig:Person }", "no": "ASK { ?s a <c:none> }", "empty": "ASK {}",
    "from": f"ASK FROM <{FACTS}> {{ ?s a aig:Statement }}", "filter": "ASK { FILTER (1 > 2) }",
}  # fmt: skip
MADE = {
    "construct": "CONSTRUCT { ?s skos:prefLabel ?l } { ?s rdfs:label ?l }",
    "where": "CONSTRUCT WHERE { ?s a aig:Person }",
    "twice": "CONSTRUCT { ?t a <c:type> } { ?s a ?t }", "none": "CONSTRUCT { ?s ?p ?none } { ?s ?p ?o }",
    "describe": "DESCRIBE agent:zoe-marsh", "describe-found": "DESCRIBE ?s { ?s a aig:Event }",
    "describe-nothing": "DESCRIBE <s:none>", "limited": "CONSTRUCT { ?s a ?t } { ?s a ?t } ORDER BY ?s ?t LIMIT 9",
    "graph": f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{STATEMENTS}> {{ ?s ?p ?o }} }}",
}  # fmt: skip
TRIPLES = {
    "text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML, "application/ld+json": ox.RdfFormat.JSON_LD,
}  # fmt: skip


def own(store: ox.Store, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """What pyoxigraph says: over the merge of all graphs, unless the query names some."""
    return store.query(query, prefixes=terms.prefixes(), use_default_graph_as_union="FROM" not in query)


def rows(found: object) -> tuple[list[str], list[tuple[str | None, ...]]]:
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return names, [tuple(None if one is None else str(one) for one in row) for row in found]


def told(client: httpx.Client, query: str, media: str) -> bytes:
    answer = client.post("sparql", content=query, headers={"Accept": media, "Content-Type": "application/sparql-query"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media
    return answer.content


def native(store: ox.Store, query: str, form: ox.QueryResultsFormat) -> bytes:
    """pyoxigraph's answer as it writes it itself."""
    found = own(store, query)
    assert isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
    return found.serialize(format=form) or b""


class Pair:
    """A server, and pyoxigraph with the same graph."""

    def __init__(self, client: httpx.Client, store: ox.Store) -> None:
        self.client, self.store = client, store

    def same(self, query: str, form: str, ordered: bool) -> None:
        """Both give the same rows."""
        media, kind = FORMATS[form]
        names, made = rows(ox.parse_query_results(told(self.client, query, media), format=kind))
        columns, expected = rows(ox.parse_query_results(native(self.store, query, kind), format=kind))
        assert names == columns
        assert (made == expected) if ordered else (Counter(made) == Counter(expected))

    def same_text(self, query: str, ordered: bool) -> None:
        """Both write the same CSV."""
        made, expected = told(self.client, query, "text/csv"), native(self.store, query, ox.QueryResultsFormat.CSV)
        if ordered:
            assert made == expected
        else:
            assert sorted(made.split(b"\r\n")) == sorted(expected.split(b"\r\n"))


def opened(server: Serving, graph: Path) -> Iterator[Pair]:
    store = ox.Store()
    store.bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)
    with server.client() as client:
        yield Pair(client, store)


@pytest.fixture(scope="module")
def small(served: Serving, graph: Path) -> Iterator[Pair]:
    yield from opened(served, graph)


@pytest.fixture(scope="module")
def large(real: Graphs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    file = tmp_path_factory.mktemp("real") / "aigov-kg.nq"
    file.write_bytes(canonical(real))
    with serving(file, "--seconds", "60", "--rows", "1000000") as server:
        yield from opened(server, file)


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("form", FORMATS)
def test_rows_in_order_are_the_same(small: Pair, name: str, form: str) -> None:
    small.same(ORDERED[name], form, ordered=True)


@pytest.mark.parametrize("name", FREE)
@pytest.mark.parametrize("form", FORMATS)
def test_rows_in_no_order_are_the_same(small: Pair, name: str, form: str) -> None:
    small.same(FREE[name], form, ordered=False)


@pytest.mark.parametrize("name", ORDERED)
def test_csv_is_the_same_text(small: Pair, name: str) -> None:
    small.same_text(ORDERED[name], ordered=True)


@pytest.mark.parametrize("name", FREE)
def test_csv_has_the_same_lines(small: Pair, name: str) -> None:
    small.same_text(FREE[name], ordered=False)


@pytest.mark.parametrize("name", ASKED)
def test_a_truth_value_is_the_same(small: Pair, name: str) -> None:
    expected = bool(own(small.store, ASKED[name]))
    for media, kind in (FORMATS["json"], FORMATS["xml"]):
        found = ox.parse_query_results(told(small.client, ASKED[name], media), format=kind)
        assert isinstance(found, ox.QueryBoolean)
        assert bool(found) == expected
    word = str(expected).lower()
    assert told(small.client, ASKED[name], "text/csv").decode() == f"boolean\r\n{word}\r\n"
    assert told(small.client, ASKED[name], "text/tab-separated-values").decode() == f"?boolean\n{word}\n"


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("media", TRIPLES)
def test_triples_are_the_same(small: Pair, name: str, media: str) -> None:
    expected = own(small.store, MADE[name])
    assert isinstance(expected, ox.QueryTriples)
    found = list(ox.parse(told(small.client, MADE[name], media), format=TRIPLES[media]))
    assert {quad.triple for quad in found} == set(expected)
    assert len(found) == len(set(found))


def test_most_queries_find_something(small: Pair) -> None:
    """Equal answers that are empty would say little."""
    empty = {name for name, text in (ORDERED | FREE).items() if not rows(own(small.store, text))[1]}
    assert empty == {"empty", "from-named-leaves-no-default"}
    none = {name for name, text in MADE.items() if not set(own(small.store, text))}  # type: ignore[arg-type]
    assert none == {"none", "describe-nothing"}


# ---------------------------------------------------------------- the real graph


@pytest.mark.slow
@pytest.mark.parametrize("name", queries.names())
def test_saved_questions_are_answered_the_same(large: Pair, name: str) -> None:
    text = queries.question(name).text
    for form in FORMATS:
        large.same(text, form, ordered="ORDER BY" in text.rpartition("}")[2])
    large.same_text(text, ordered="ORDER BY" in text.rpartition("}")[2])


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ORDERED, "types", "quads"])
def test_the_real_graph_gives_the_same_rows(large: Pair, name: str) -> None:
    text = (ORDERED | FREE)[name]
    for form in FORMATS:
        large.same(text, form, ordered=name in ORDERED)
