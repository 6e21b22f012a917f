"""Tables of terms, and their forms: the W3C's own examples, spreadsheets, Markdown, terminals."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from needs import missing

from kg import terms
from kg.results import (
    FORMATS,
    SUFFIXES,
    Table,
    Term,
    of_solutions,
    parsed,
    plain,
    python_value,
    serialize,
    shown,
    table,
)

XSD = "http://www.w3.org/2001/XMLSchema#"
SRX = "{http://www.w3.org/2005/sparql-results#}"
A, B = ox.NamedNode("http://example.org/a"), ox.BlankNode("b")
# One row for each kind of term.
KINDS = Table(
    ("x", "y"),
    (
        (A, ox.Literal("plain")),
        (B, ox.Literal("grün", language="de")),
        (None, ox.Literal("4", datatype=ox.NamedNode(f"{XSD}integer"))),
        (ox.Literal(""), None),
        (None, None),
    ),
)


def typed(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))


def one(value: str) -> Table:
    return Table(("x",), ((ox.Literal(value),),))


# The W3C's examples.

# query, data, result
W3C = [
    ("csv-tsv-res/csvtsv01.rq", "data.ttl", "csvtsv01.csv"),
    ("csv-tsv-res/csvtsv01.rq", "data.ttl", "csvtsv01.tsv"),
    ("csv-tsv-res/csvtsv02.rq", "data.ttl", "csvtsv02.csv"),
    ("csv-tsv-res/csvtsv02.rq", "data.ttl", "csvtsv02.tsv"),
    ("csv-tsv-res/csvtsv01.rq", "data2.ttl", "csvtsv03.csv"),
    ("csv-tsv-res/csvtsv01.rq", "data2.ttl", "csvtsv03.tsv"),
    ("json-res/jsonres01.rq", "data.ttl", "jsonres01.srj"),
    ("json-res/jsonres02.rq", "data.ttl", "jsonres02.srj"),
    ("json-res/jsonres03.rq", "data.ttl", "jsonres03.srj"),
    ("json-res/jsonres04.rq", "data.ttl", "jsonres04.srj"),
]
RESULTS = [f"{query.split('/')[0]}/{result}" for query, _, result in W3C]


@pytest.fixture(scope="module")
def w3c() -> Path:
    """The result formats of rdf-tests: beside the five texts, or beside the checkout."""
    texts = os.environ.get("KG_TEXTS")
    homes = [Path(texts).resolve().parent] if texts else []
    homes.append(Path(__file__).resolve().parents[2] / "shared")
    found = [home / "conformance" / "sparql11" for home in homes if (home / "conformance" / "sparql11").is_dir()]
    if not found:
        missing("the W3C's tests of SPARQL 1.1: ../shared/conformance/sparql11")
    return found[0]


def asked(w3c: Path, query: str, data: str) -> Table:
    """The answer of a store to a query, as `kg query sparql` hands it on."""
    file = (w3c / query).parent / data
    if data == "data2.ttl":  # a store keeps numbers by value (1.0E6 is 1000000): all triples, as they are written
        triples = sorted(ox.parse(path=str(file), format=ox.RdfFormat.TURTLE), key=str)
        content = ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.N_TRIPLES)
        return parsed("triples", content or b"")._replace(columns=("s", "p", "o"))
    store = ox.Store()
    store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    found = store.query((w3c / query).read_text(encoding="utf-8"))
    assert not isinstance(found, ox.QueryTriples)
    return parsed("rows", found.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def arranged(found: Table) -> Table:
    """The columns as the W3C has them: which order `*` means is left to the store."""
    order = sorted(
        range(len(found.columns)), key=lambda n: ("s", "p", "o", "p2", "o2", "boolean").index(found.columns[n])
    )
    return found._replace(
        columns=tuple(found.columns[n] for n in order), rows=tuple(tuple(row[n] for n in order) for row in found.rows)
    )


def renamed(text: str) -> str:
    """Blank nodes by their first place, since their labels mean nothing."""
    labels: dict[str, str] = {}
    return re.sub(r"_:\w+", lambda found: labels.setdefault(found[0], f"_:{len(labels)}"), text)


def read(content: bytes, form: str) -> object:
    """A result as values that are equal when the results say the same."""
    text = content.decode("utf-8")
    if form == "csv":
        return list(csv.reader(io.StringIO(renamed(text), newline="")))
    if form == "tsv":
        # The terms are read from their shorthand; 1.0e6 and 1.0E6 are one double.
        found = ox.parse_query_results(content, format=ox.QueryResultsFormat.TSV)
        assert isinstance(found, ox.QuerySolutions)
        made = of_solutions(found)
        return made.columns, [[renamed(str(term)).replace("1.0e6", "1.0E6") for term in row] for row in made.rows]
    said = json.loads(text)
    for row in said.get("results", {}).get("bindings", ()):
        for term in row.values():
            term["value"] = "_" if term["type"] == "bnode" else term["value"]
    return said


@pytest.mark.parametrize(("query", "data", "result"), W3C, ids=RESULTS)
def test_the_w3cs_examples_come_out_as_printed(w3c: Path, query: str, data: str, result: str) -> None:
    expected = (w3c / query).parent / result
    form = SUFFIXES[expected.suffix]
    made = serialize(arranged(asked(w3c, query, data)), form)
    assert read(made, form) == read(expected.read_bytes(), form)


def test_no_example_of_the_w3c_is_left_out(w3c: Path) -> None:
    files = {
        path.relative_to(w3c).as_posix()
        for folder in ("csv-tsv-res", "json-res")
        for path in (w3c / folder).iterdir()
        if path.suffix in SUFFIXES
    }
    assert files == set(RESULTS)


@pytest.mark.parametrize("result", [name for name in RESULTS if name.endswith((".tsv", ".srj"))])
def test_what_the_w3c_wrote_is_written_again_and_in_xml(w3c: Path, result: str) -> None:
    content, form = (w3c / result).read_bytes(), SUFFIXES[Path(result).suffix]
    kind = ox.QueryResultsFormat.TSV if form == "tsv" else ox.QueryResultsFormat.JSON
    found = ox.parse_query_results(content, format=kind)
    made = of_solutions(found) if isinstance(found, ox.QuerySolutions) else parsed("boolean", content)
    assert read(serialize(made, form), form) == read(content, form)
    assert of_xml(serialize(made, "xml")) == made


def of_xml(content: bytes) -> Table:
    """A table of SPARQL XML results, read by the specification alone (sections 2.2 and 2.3)."""
    root = ElementTree.fromstring(content)
    head, body = root
    assert (root.tag, head.tag) == (f"{SRX}sparql", f"{SRX}head")
    if body.tag == f"{SRX}boolean":
        assert len(head) == 0
        return Table(("boolean",), ((typed(body.text or "", "boolean"),),), truth=True)
    assert body.tag == f"{SRX}results"
    columns = tuple(variable.attrib["name"] for variable in head)
    rows = ({binding.attrib["name"]: of_binding(binding[0]) for binding in row} for row in body)
    return Table(columns, tuple(tuple(row.get(name) for name in columns) for row in rows))


def of_binding(term: ElementTree.Element) -> Term:
    text = term.text or ""
    if term.tag != f"{SRX}literal":
        assert term.tag in (f"{SRX}uri", f"{SRX}bnode")
        return ox.NamedNode(text) if term.tag == f"{SRX}uri" else ox.BlankNode(text)
    language = term.get("{http://www.w3.org/XML/1998/namespace}lang")
    kind = term.get("datatype")
    return ox.Literal(text, language=language, datatype=ox.NamedNode(kind) if kind else None)


# The formats, on terms of every kind.


def test_json_says_the_kind_of_each_term() -> None:
    assert json.loads(serialize(KINDS, "json")) == {
        "head": {"vars": ["x", "y"]},
        "results": {
            "bindings": [
                {"x": {"type": "uri", "value": "http://example.org/a"}, "y": {"type": "literal", "value": "plain"}},
                {"x": {"type": "bnode", "value": "b"}, "y": {"type": "literal", "value": "grün", "xml:lang": "de"}},
                {"y": {"type": "literal", "value": "4", "datatype": f"{XSD}integer"}},
                {"x": {"type": "literal", "value": ""}},
                {},
            ]
        },
    }


def test_csv_has_values_alone_and_tsv_has_terms() -> None:
    assert serialize(KINDS, "csv").decode().split("\r\n") == [
        "x,y", "http://example.org/a,plain", "_:b,grün", ",4", ",", ",", "",
    ]  # fmt: skip
    assert serialize(KINDS, "tsv").decode().split("\n") == [
        "?x\t?y", '<http://example.org/a>\t"plain"', '_:b\t"grün"@de', "\t4", '""\t', "\t", "",
    ]  # fmt: skip


def test_xml_says_the_same_as_the_table() -> None:
    assert of_xml(serialize(KINDS, "xml")) == KINDS


@pytest.mark.parametrize("truth", [True, False])
def test_a_truth_value_has_its_own_form_in_json_and_xml(truth: bool) -> None:
    answer = parsed("boolean", f'{{"head": {{}}, "boolean": {str(truth).lower()}}}'.encode())
    assert answer.columns == ("boolean",) and python_value(answer.rows[0][0]) is truth
    assert json.loads(serialize(answer, "json")) == {"head": {}, "boolean": truth}
    assert of_xml(serialize(answer, "xml")) == answer
    assert serialize(answer, "csv").decode() == f"boolean\r\n{str(truth).lower()}\r\n"
    assert serialize(answer, "tsv").decode() == f"?boolean\n{str(truth).lower()}\n"


@pytest.mark.parametrize("form", FORMATS)
def test_no_rows_and_no_columns_are_results_too(form: str) -> None:
    empty, bare = serialize(Table(("x",), ()), form), serialize(Table((), ((),)), form)
    assert b"x" in empty and isinstance(bare, bytes)
    if form == "json":
        assert json.loads(bare) == {"head": {"vars": []}, "results": {"bindings": [{}]}}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("found", [KINDS, parsed("boolean", b'{"head": {}, "boolean": true}')], ids=["rows", "truth"])
def test_every_format_ends_its_last_line(form: str, found: Table) -> None:
    assert serialize(found, form).endswith(b"\n")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_from_every_format(text: str) -> None:
    asked = one(text)
    assert json.loads(serialize(asked, "json"))["results"]["bindings"][0]["x"]["value"] == text
    read = ox.parse_query_results(serialize(asked, "tsv"), format=ox.QueryResultsFormat.TSV)
    assert isinstance(read, ox.QuerySolutions)
    assert of_solutions(read) == asked
    held = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)  # XML 1.0, section 2.2
    assert of_xml(serialize(asked, "xml")) == one(held)
    if "\x00" not in text:  # which Python's reader refuses
        rows = list(csv.reader(io.StringIO(serialize(asked, "csv").decode(), newline="")))
        assert rows == [["x"], [text] if text else []]


def test_xml_keeps_what_is_around_a_character_that_it_cannot_hold() -> None:
    strange = Table(("x",), ((ox.Literal("a\x1bb\rc", language="en"),), (typed("\x00", "token"),)))
    expected = Table(("x",), ((ox.Literal("a\ufffdb\rc", language="en"),), (typed("\ufffd", "token"),)))
    assert of_xml(serialize(strange, "xml")) == expected


# What a store answers.


def test_triples_come_as_rows_with_blank_nodes_kept() -> None:
    found = parsed(
        "triples", b'<http://example.org/a> <http://example.org/p> "v"@en .\n_:x <http://example.org/p> _:x .\n'
    )
    assert found.columns == ("subject", "predicate", "object")
    assert found.rows[0] == (A, ox.NamedNode("http://example.org/p"), ox.Literal("v", language="en"))
    assert isinstance(found.rows[1][0], ox.BlankNode) and found.rows[1][0] == found.rows[1][2]


def test_a_triple_as_a_term_is_told_as_text() -> None:
    found = ox.Store().query("SELECT (<<( <http://a> <http://b> 1 )>> AS ?x) {}")
    assert isinstance(found, ox.QuerySolutions)
    (cell,) = of_solutions(found).rows[0]
    assert isinstance(cell, ox.Literal) and "<http://b>" in cell.value


def test_a_table_of_plain_values_has_things_numbers_and_gaps() -> None:
    made = table(("id", "name", "count"), [("agent:iqm", "agent:iqm", 3), ("elsewhere:x", "", 0)], nodes=("id",))
    assert made.rows == (
        (ox.NamedNode(terms.expand("agent:iqm")), ox.Literal("agent:iqm"), typed("3", "integer")),
        (ox.NamedNode("elsewhere:x"), None, typed("0", "integer")),
    )


# Terms as text and as values.


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (None, ""),
        (ox.NamedNode(terms.expand("agent:iqm")), "agent:iqm"),
        (A, "http://example.org/a"),
        (B, "_:b"),
        (ox.Literal("a\nb"), "a\nb"),
        (typed("007", "integer"), "007"),
    ],
)
def test_a_term_as_text(term: Term, text: str) -> None:
    assert plain(term) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\tc", "a b c"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m\x07\x00\x7f\r", r"\x9b31m\x07\x00\x7f\r"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\u2028b\x85", r"a\u2028b\x85"),
        ("上海 Zoë 𝄞", "上海 Zoë 𝄞"),
    ],
)
def test_nothing_that_is_shown_steers_a_terminal(text: str, expected: str) -> None:
    assert shown(ox.Literal(text)) == expected


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (typed("12", "integer"), 12),
        (typed("-1.5", "decimal"), -1.5),
        (typed("1e3", "double"), 1000.0),
        (typed("true", "boolean"), True),
        (typed("0", "boolean"), False),
        (typed("2030-05-04", "date"), date(2030, 5, 4)),
        (ox.Literal("12"), "12"),
        (typed("twelve", "integer"), "twelve"),
        (typed("9" * 5000, "integer"), "9" * 5000),
        (typed("2030-05-04Z", "date"), "2030-05-04Z"),
        (typed("-0044-03-15", "date"), "-0044-03-15"),
        (typed("2030-05", "gYearMonth"), "2030-05"),
        (B, "_:b"),
    ],
)
def test_a_term_as_a_value_of_python(term: Term, value: object) -> None:
    assert python_value(term) == value and type(python_value(term)) is type(value)


# Spreadsheets.


def cells(found: Iterable[Term]) -> list[str]:
    content = serialize(Table(("x",), tuple((term,) for term in found)), "csv", spreadsheet=True)
    assert content.startswith(b"\xef\xbb\xbfx\r\n")
    return [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%x", " =1", "\xa0=1", "\x01=1", "＝1", "－1",
        "\ttext", '=HYPERLINK("http://example.org","x")', "-",
    ],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_is_marked(text: str) -> None:
    assert cells([ox.Literal(text)]) == [f"'{text}"]
    assert cells([ox.Literal(text, language="en")]) == [f"'{text}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;=1", "a;'=1"),
        ("a; -1;@b", "a;' -1;'@b"),
        ("a\t+1", "a\t'+1"),
        ("a\n=1", "a\n'=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
    ],
)
def test_a_formula_behind_another_separator_is_marked_too(text: str, expected: str) -> None:
    assert cells([ox.Literal(text)]) == [expected]


@pytest.mark.parametrize("text", ["a=1", "a-b", "1-2", "Zoë, (IQM)", "a;b", "'=1", "a\nb", "x | y", "50 %"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert cells([ox.Literal(text), A]) == [text, A.value]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (typed("-3", "integer"), "-3"),
        (typed("+2.5", "decimal"), "+2.5"),
        (typed("-1.0E-6", "double"), "-1.0E-6"),
        (typed("-7", "negativeInteger"), "-7"),
        (typed("=1+1", "integer"), "'=1+1"),
        (typed("-1+cmd|' /C calc'!A0", "decimal"), "'-1+cmd|' /C calc'!A0"),
        (typed("-0044-03-15", "date"), "'-0044-03-15"),
        (typed("-INF", "double"), "'-INF"),
    ],
)
def test_only_what_is_a_number_stays_a_number(term: Term, expected: str) -> None:
    assert cells([term]) == [expected]


def test_without_spreadsheet_nothing_is_added() -> None:
    assert serialize(one("=1+1"), "csv") == b"x\r\n=1+1\r\n"


# Markdown, read by a reader of Markdown.


def of_markdown(content: bytes) -> list[list[str]]:
    """The texts of the cells as a page shows them; anything but text (emphasis, code, links, HTML) is a mark."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    rows: list[list[str]] = []
    for token in reader.parse(content.decode("utf-8")):
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            kinds = {child.type for child in token.children or ()} - {"text", "text_special"}
            rows[-1].append(f"!{sorted(kinds)}" if kinds else "".join(c.content for c in token.children or ()))
    return rows


@pytest.mark.parametrize(
    "text",
    [
        "a | b", "a \\| b", "\\", "a\\", "`code`", "*bold* _low_ __x__ ~~gone~~", "<b>x</b>", "<script>", "&lt; &amp;",
        "[x](http://example.org)", "![x](y)", "[x]: y", "# no head", "---", "1. one", "> said", "<!-- -->", "||||",
        "a_b_c", "Zoë 上海 𝄞", "<http://example.org>", "$x$",
    ],
)  # fmt: skip
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    made = Table(("x_y", "z"), ((ox.Literal(text), ox.Literal("end")),))
    assert of_markdown(serialize(made, "md")) == [["x_y", "z"], [text, "end"]]


def test_markdown_has_one_line_for_each_row() -> None:
    made = serialize(Table(("x",), ((ox.Literal("a\nb\r\x1b"),), (None,), (B,))), "md").decode()
    assert made == "| x |\n| --- |\n| a b\\\\r\\\\x1b |\n|  |\n| \\_:b |\n"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"]), min_size=1))
def test_no_text_breaks_a_table_in_markdown(text: str) -> None:
    rows = of_markdown(serialize(Table(("x", "z"), ((ox.Literal(text), ox.Literal("end")),)), "md"))
    assert rows == [["x", "z"], [shown(ox.Literal(text)), "end"]]
