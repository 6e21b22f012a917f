"""A question over HTTP, held to servers that answer wrongly in every way: no part may look like the whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
import pytest
from stores.elsewhere import JSON, LINES, form
from stores.fake import HANG_UP, RESET, Answer, Asked, Listener, listening

from kg import terms
from kg.errors import UNFIT, BadUse, KgError, StoreFailed
from kg.graphs import GRAPHS, graph_name
from kg.stores import endpoint as module
from kg.stores.endpoint import Cut, Endpoint
from kg.stores.web import Credentials, Web

pytestmark = pytest.mark.usefixtures("few_certificates")

XSD = "http://www.w3.org/2001/XMLSchema#"
TEXT = {"Content-Type": "text/plain"}
SELECT, CONSTRUCT = "SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"


def results(*terms: dict[str, Any]) -> bytes:
    """Rows of one column `x`."""
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": one} for one in terms]}}).encode()


RIGHT = results({"type": "uri", "value": "http://example.org/a"})
TRIPLE = b"<x:a> <x:b> <x:c> .\n"


@contextmanager
def asked_of(
    answer: Callable[[Asked], Answer] | Answer, seconds: float = 0.0, software: str = "test"
) -> Iterator[tuple[Endpoint, Listener]]:
    """An endpoint, and the server behind it."""
    with listening(answer) as server, Web(server.url + "/query", 5.0, Credentials()) as web:
        server.software = software
        yield Endpoint(web, server.url + "/query", seconds), server


def error(answer: Answer, text: str = SELECT, **how: Any) -> KgError:
    """What is raised, which is one line that names the address."""
    with asked_of(answer, **how) as (endpoint, server), pytest.raises(KgError) as caught:
        endpoint.answer(text)
    said = str(caught.value)
    assert server.url in said
    assert not UNFIT.search(said)
    assert len(said) < 400
    return caught.value


# ---------------------------------------------------------------- what is sent


def test_a_question_names_the_five_graphs_and_says_what_it_takes() -> None:
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, server):
        endpoint.answer(SELECT)
    [asked] = server.asked
    names = [graph_name(name).value for name in GRAPHS]
    assert form(asked) == {"query": [SELECT], "default-graph-uri": names, "named-graph-uri": names}
    assert asked.method == "POST"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.headers["Accept"] == "application/sparql-results+json"


def test_triples_are_asked_for_as_triples() -> None:
    with asked_of(Answer(200, TRIPLE, LINES)) as (endpoint, server):
        assert endpoint.answer(CONSTRUCT) == ("triples", TRIPLE)
    assert server.asked[0].headers["Accept"].startswith("application/n-triples")


def test_a_query_that_names_its_graphs_is_not_overruled() -> None:
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, server):
        endpoint.answer(f"SELECT ?x FROM {graph_name('facts')} {{ ?x ?p ?o }}")
    assert set(form(server.asked[0])) == {"query"}


def test_prefixes_of_ours_are_put_before_the_query_on_its_first_line() -> None:
    text = "# asks\nSELECT ?x { ?x a aig:Event }"
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, server):
        endpoint.answer(text)
    assert form(server.asked[0])["query"] == [f"PREFIX aig: <{terms.prefixes()['aig']}> {text}"]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        r"SELECT * { \u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        r"\U00000044ELETE WHERE { ?s ?p ?o }",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    ],
)
def test_what_is_refused_is_not_sent(text: str) -> None:
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, server), pytest.raises(BadUse):
        endpoint.answer(text)
    assert server.asked == []


def test_an_escape_that_hides_nothing_is_sent_as_it_is() -> None:
    text = r"SELECT * { ?s ?p '\u00e9\U0001F600\\uZZZZ' }"
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, server):
        endpoint.answer(text)
    assert form(server.asked[0])["query"] == [text]


# ---------------------------------------------------------------- what comes back


def test_rows_truth_and_triples() -> None:
    with asked_of(Answer(200, RIGHT, JSON)) as (endpoint, _):
        kind, content = endpoint.answer(SELECT)
        assert (kind, json.loads(content)) == ("rows", json.loads(RIGHT))
        assert [row["x"] for row in endpoint.rows(SELECT)] == [ox.NamedNode("http://example.org/a")]
    with asked_of(Answer(200, b'{"head": {}, "boolean": false}', JSON)) as (endpoint, _):
        kind, content = endpoint.answer("ASK {}")
        assert (kind, json.loads(content)["boolean"]) == ("boolean", False)
    with asked_of(Answer(200, TRIPLE * 2 + b"# a comment\n", LINES)) as (endpoint, _):
        assert endpoint.answer(CONSTRUCT) == ("triples", TRIPLE)


@pytest.mark.parametrize(
    "headers", [JSON, {"Content-Type": "application/json"}, {"Content-Type": "Application/SPARQL-Results+JSON;q=1"}]
)
def test_the_media_types_of_rows(headers: dict[str, str]) -> None:
    with asked_of(Answer(200, RIGHT, headers)) as (endpoint, _):
        assert endpoint.answer(SELECT).kind == "rows"


def test_turtle_is_taken_too_and_an_answer_may_be_compressed() -> None:
    turtle = Answer(200, b"@prefix x: <x:> . x:a x:b x:c , x:d .", {"Content-Type": "text/turtle"})
    with asked_of(turtle) as (endpoint, _):
        assert endpoint.answer(CONSTRUCT).content == TRIPLE + b"<x:a> <x:b> <x:d> .\n"
    with asked_of(Answer(200, gzip.compress(RIGHT), JSON | {"Content-Encoding": "gzip"})) as (endpoint, _):
        assert endpoint.answer(SELECT).kind == "rows"


def test_no_triples_are_an_answer() -> None:
    with asked_of(Answer(200, b"# Empty NT\n", LINES)) as (endpoint, _):
        assert endpoint.answer(CONSTRUCT) == ("triples", b"")


NOT_AN_ANSWER = {
    "a page": (Answer(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}), "answers text/html, not SPARQL"),
    "an error as text": (Answer(200, b"SR171: timed out\nat 5", TEXT), "answers text/plain (SR171: timed out"),
    "a page called text": (Answer(200, b"\x1b[2J<html>", TEXT), r"(\x1b[2J<html>)"),
    "rows in XML": (Answer(200, b"<sparql/>", {"Content-Type": "application/sparql-results+xml"}), "results+xml, not"),
    "no type": (Answer(200, RIGHT), "answers something unnamed"),
    "nothing": (Answer(200, b"", JSON), "can't be read"),
    "nonsense": (Answer(200, b"SELECT is not supported", JSON), "can't be read"),
    "other JSON": (Answer(200, b'{"error": "too many requests"}', JSON), "can't be read"),
    "a list": (Answer(200, b"[]", JSON), "can't be read"),
    "half of it": (Answer(200, RIGHT[:-20], JSON), "can't be read"),
    "half of it, of a length that was told": (Answer(200, RIGHT[:-20], JSON, kept=20), "broke off"),
    "an error behind the rows": (Answer(200, RIGHT + b"\nVirtuoso 42000 Error", JSON), "can't be read"),
    "an error between the rows": (Answer(200, RIGHT[:-3] + b", Error: out of memory", JSON), "can't be read"),
    "no text": (Answer(200, b"\xff\xfe\x00", JSON), "can't be read"),
    "a term of no kind": (Answer(200, results({"type": "guess", "value": "x"}), JSON), "can't be read"),
    "no IRI": (Answer(200, results({"type": "uri", "value": "not an IRI"}), JSON), "can't be read"),
    "deep brackets": (Answer(200, b'{"head": ' + b"[" * 200_000, JSON), "can't be read"),
    "deep brackets, with a duration": (
        Answer(200, f'{{"a": "{XSD}duration", "b": '.encode() + b"[" * 200_000, JSON), "can't be read"
    ),
    "durations of another shape": (Answer(200, f'{{"results": ["{XSD}duration"]}}'.encode(), JSON), "can't be read"),
    "no answer at all": (Answer(204, b""), "something unnamed"),
    "an error": (Answer(500, b"SQL error 4711\nstack", TEXT), "failed inside (500: SQL error 4711)"),
    "a hang-up": (HANG_UP, "broke off"),
    "a reset": (RESET, "broke"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_AN_ANSWER)
def test_what_is_no_answer_is_a_failure(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.web.time.sleep", lambda seconds: None)
    answer, said = NOT_AN_ANSWER[case]
    found = error(answer)
    assert isinstance(found, StoreFailed)
    assert said in str(found)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, RIGHT, JSON),
        Answer(200, b"<x:a> <x:b> <x:c> .\n<x:a> <x:b", LINES),
        Answer(200, b"Virtuoso 42000 Error", LINES),
        Answer(200, TRIPLE, LINES, kept=10),
        Answer(200, TRIPLE, {"Content-Type": "application/rdf+xml"}),
    ],
)
def test_what_is_no_triples_is_a_failure(answer: Answer) -> None:
    assert isinstance(error(answer, CONSTRUCT), StoreFailed)


@pytest.mark.parametrize(("text", "body"), [(SELECT, b'{"head": {}, "boolean": true}'), ("ASK {}", RIGHT)])
def test_the_answer_to_another_question_is_a_failure(text: str, body: bytes) -> None:
    assert "yes or no" in str(error(Answer(200, body, JSON), text))
    with asked_of(Answer(200, b'{"head": {}, "boolean": true}', JSON)) as (endpoint, _), pytest.raises(StoreFailed):
        endpoint.rows(SELECT)


def test_a_row_that_can_not_be_read_is_found_before_any_is_given() -> None:
    body = results({"type": "uri", "value": "http://example.org/a"}, {"type": "uri", "value": "no IRI"})
    with asked_of(Answer(200, body, JSON)) as (endpoint, _), pytest.raises(StoreFailed):
        endpoint.solutions(SELECT)


def test_a_query_that_the_store_can_not_read_is_the_users() -> None:
    found = error(Answer(400, b"error at 1:16: expected DISTINCT\n", TEXT))
    assert isinstance(found, BadUse)
    assert "expected DISTINCT" in str(found)


def test_a_question_of_ours_that_the_store_can_not_read_is_the_stores() -> None:
    with asked_of(Answer(400, b"no", TEXT)) as (endpoint, _), pytest.raises(StoreFailed):
        endpoint.solutions(SELECT)


# ---------------------------------------------------------------- parts of an answer


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-SPARQL-MaxRows": "10000"}, "no more than 10000 rows at once and may have left some out: raise ResultSetM"),
        (
            {"X-SQL-State": "S1TAT", "X-SQL-Message": "RC...: Returning incomplete results"},
            "part of the answer only (RC...: Returning incomplete results): allow it more time",
        ),
        ({"X-SQL-State": "S1TAT"}, "part of the answer only (S1TAT)"),
    ],
)
def test_a_virtuoso_that_cuts_its_answer_is_not_believed(headers: dict[str, str], said: str) -> None:
    found = error(Answer(200, RIGHT, JSON | headers))
    assert isinstance(found, Cut)
    assert isinstance(found, StoreFailed)
    assert said in str(found)
    assert isinstance(error(Answer(200, TRIPLE, LINES | headers), CONSTRUCT), Cut)


def cutting(most: int, triples: int) -> Callable[[Asked], Answer]:
    """A Virtuoso that gives so many rows at most, and has so many triples: it gives one more, and tells nothing."""

    def answer(asked: Asked) -> Answer:
        [text] = form(asked)["query"]
        if text.startswith("CONSTRUCT"):
            count = min(triples, most + 1)
            return Answer(200, b"".join(b"<x:a> <x:b> <x:%d> .\n" % number for number in range(count)), LINES)
        assert "LIMIT" in text
        rows = min(most, int(text.split()[-1]))
        return Answer(200, RIGHT, JSON | ({"X-SPARQL-MaxRows": str(most)} if rows == most else {}))

    return answer


@pytest.mark.parametrize(("most", "triples", "whole"), [(10, 11, False), (10, 50, False), (10, 10, True), (1, 1, True)])
def test_a_virtuoso_that_cuts_triples_without_a_word_is_found_out(most: int, triples: int, whole: bool) -> None:
    with asked_of(cutting(most, triples), software="Virtuoso/07.20.3229 (Linux)") as (endpoint, _):
        if whole:
            assert len(endpoint.triples(CONSTRUCT)) == triples
        else:
            with pytest.raises(Cut, match=f"no more than {most} rows"):
                endpoint.triples(CONSTRUCT)


def test_no_other_server_is_asked_twice() -> None:
    with asked_of(cutting(10, 5)) as (endpoint, server):
        assert len(endpoint.triples(CONSTRUCT)) == 5
    assert len(server.asked) == 1


def test_an_answer_that_would_fill_the_memory_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 1)
    body = results({"type": "literal", "value": "x" * (1 << 20)})
    assert "gives more than 1 MB: ask for less" in str(error(Answer(200, body, JSON)))


def test_an_answer_that_never_ends_is_given_up() -> None:
    """Each piece comes in time, the whole does not: the limit on pauses alone would wait for ever."""

    def drip(asked: Asked) -> Answer:
        return Answer(200, RIGHT, JSON, kept=1)

    clock = iter(range(0, 1000, 3))
    with asked_of(drip, seconds=2.0) as (endpoint, _), pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "time", type("Clock", (), {"monotonic": staticmethod(lambda: next(clock))}))
        with pytest.raises(StoreFailed, match=r"took longer than 2 s for its answer: allow more \(--seconds\)"):
            endpoint.answer(SELECT)


def test_who_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.web.time.sleep", lambda seconds: None)
    left = [Answer(503, b"later", TEXT), RESET, Answer(200, RIGHT, JSON)]
    with asked_of(lambda asked: left.pop(0)) as (endpoint, server):
        assert endpoint.answer(SELECT).kind == "rows"
    assert len(server.asked) == 3


# ---------------------------------------------------------------- values of Virtuoso's own


def literal(text: str, kind: str) -> dict[str, str]:
    """As Virtuoso writes it."""
    return {"type": "typed-literal", "datatype": XSD + kind, "value": text}


@pytest.mark.parametrize(
    ("kind", "theirs", "ours"),
    [
        ("duration", "5400.0", "PT1H30M"), ("duration", "345600.0", "P4D"), ("duration", "12", "P1Y"),
        ("duration", "-12", "-P1Y"), ("duration", "0.0", "PT0S"), ("duration", "P1Y2M3DT4H", "P1Y2M3DT4H"),
        ("duration", "PT90M", "PT90M"), ("duration", "soon", "soon"), ("dayTimeDuration", "60.0", "PT1M"),
        ("boolean", "1", "true"), ("boolean", "0", "false"), ("boolean", "true", "true"), ("integer", "12", "12"),
        ("decimal", "5400.0", "5400.0"), ("gYear", "2021", "2021"),
    ],
)  # fmt: skip
def test_durations_and_truth_are_written_as_everybody_writes_them(kind: str, theirs: str, ours: str) -> None:
    wanted = ox.Literal(ours, datatype=ox.NamedNode(XSD + kind))
    with asked_of(Answer(200, results(literal(theirs, kind), literal("5", "integer")), JSON)) as (endpoint, _):
        assert endpoint.rows(SELECT)[0]["x"] == wanted
    line = f'<x:a> <x:b> "{theirs}"^^<{XSD}{kind}> .\n'.encode()
    with asked_of(Answer(200, line, LINES)) as (endpoint, _):
        assert {triple.object for triple in endpoint.triples(CONSTRUCT)} == {wanted}


def test_a_text_with_a_language_and_one_of_no_type_stay() -> None:
    said = [{"type": "literal", "value": "12", "xml:lang": "en"}, {"type": "literal", "value": "1"}]
    with asked_of(Answer(200, results(*said, literal("12", "duration")), JSON)) as (endpoint, _):
        found = [row["x"] for row in endpoint.rows(SELECT)]
    assert found[:2] == [ox.Literal("12", language="en"), ox.Literal("1")]
