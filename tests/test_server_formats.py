"""The W3C's tests of the result formats over HTTP: their data is a named graph, asked as the default one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
from conforming import data_name
from manifests import Asking, asking
from serving import Serving

from kg.stores.values import by_value

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

JSON = ("jsonres01", "jsonres02", "jsonres03", "jsonres04")
CSV = ("csv01", "csv02", "csv03")
TSV = ("tsv01", "tsv02", "tsv03")
FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}

Found = bool | list[dict[str, str | None]]


@pytest.fixture(scope="module")
def client(conforming: Serving) -> Iterator[httpx.Client]:
    with conforming.client() as made:
        yield made


def cases() -> dict[str, Asking]:
    found = asking("json-res", "QueryEvaluationTest") | asking("csv-tsv-res", "QueryEvaluationTest")
    return found | asking("csv-tsv-res", "CSVResultFormatTest")


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Asking:
    return cases()[request.param]


def test_each_test_of_the_manifests_is_run() -> None:
    assert set(cases()) == {*JSON, *CSV, *TSV}


def solutions(content: bytes, form: ox.QueryResultsFormat) -> Found:
    """Rows by column, which the engine orders by name for `SELECT *`; literals by value, blank nodes in order."""
    found = ox.parse_query_results(content, format=form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    known: dict[str, str] = {}

    def shown(term: object) -> str | None:
        if isinstance(term, ox.BlankNode):
            return known.setdefault(term.value, f"_:{len(known)}")
        return None if term is None else str(by_value(term) if isinstance(term, ox.Literal) else term)

    return [{name: shown(row[place]) for place, name in enumerate(names)} for row in found]


def ask(client: httpx.Client, case: Asking, media: str) -> bytes:
    """The answer to the query of a test, asked as the tests want it: its data is the default graph."""
    given = {"query": case.query, "default-graph-uri": data_name(case.data)}
    answer = client.get("sparql", params=given, headers={"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media
    return answer.content


@pytest.mark.parametrize("media", FORMATS)
@pytest.mark.parametrize("case", [*JSON, *TSV], indirect=True)
def test_the_answer_is_the_expected_one_in_every_format(client: httpx.Client, case: Asking, media: str) -> None:
    expected = {".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}[case.answer.suffix]
    wanted = solutions(case.answer.read_bytes(), expected)
    if isinstance(wanted, bool) and media == "text/tab-separated-values":  # TSV has no truth values: a table of one
        assert ask(client, case, media).decode() == f"?boolean\n{str(wanted).lower()}\n"
    else:
        assert solutions(ask(client, case, media), FORMATS[media]) == wanted


def number(cell: str) -> object:
    """A cell's number where it is one: CSV has no datatypes, and 1.0E6 is 1000000."""
    try:
        return float(cell)
    except ValueError:
        return "_:" if cell.startswith("_:") else cell


@pytest.mark.parametrize("case", CSV, indirect=True)
def test_the_answer_in_csv_is_the_expected_one(client: httpx.Client, case: Asking) -> None:
    said = ask(client, case, "text/csv").decode("utf-8")
    assert said.endswith("\r\n")
    assert said.count("\r\n") == said.count("\n")  # RFC 4180
    wanted = case.answer.read_text(encoding="utf-8")
    made, expected = (list(csv.DictReader(io.StringIO(text, newline=""))) for text in (said, wanted))
    assert expected
    assert [{k: number(v) for k, v in row.items()} for row in made] == [
        {k: number(v) for k, v in row.items()} for row in expected
    ]


def test_what_the_engine_writes_otherwise_are_numbers(client: httpx.Client) -> None:
    """The known difference from the W3C's third test: datatypes derived from integer, and how a double is written."""
    known = cases()["tsv03"]
    texts = known.answer.read_text(encoding="utf-8"), ask(client, known, "text/tab-separated-values").decode("utf-8")
    expected, made = (list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)) for text in texts)
    other = [(one["?o"], two["?o"]) for one, two in zip(expected, made, strict=True) if one != two]
    assert other == [
        ('"-3"^^<http://www.w3.org/2001/XMLSchema#negativeInteger>', "-3"),
        ("1.0e6", '"1000000"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ]
