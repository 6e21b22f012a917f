"""The saved questions: well-formed, safe, the same answer from two engines and from a reader of the texts.

Beside each question stands `<name>.expected.yaml`, written from the texts (docs/questions.md says how).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg import queries, terms, vocabulary
from kg.build import prepare
from kg.checks import store
from kg.errors import BadUse
from kg.lookup import Graph
from kg.queries import TYPES, Question
from kg.results import Table, plain

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "queries" / "questions"
QUESTIONS = {name: queries.question(name) for name in queries.names()}
FORBIDDEN = re.compile(
    r"(?<![?$:\w])(GRAPH|FROM|SERVICE|LIMIT|OFFSET|GROUP_CONCAT|SAMPLE|RAND|NOW|UUID|STRUUID|BNODE)\b|\*\s*(WHERE|\{)",
    re.IGNORECASE,
)


@cache
def graph() -> Graph:
    """The real project, built in memory."""
    return Graph(store(prepare(ROOT / "kg" / "data", None).graphs))


@cache
def oracle() -> rdflib.Graph:
    """The same in rdflib, as one graph."""
    made = rdflib.Graph()
    triples = {quad.triple for quad in graph().store.quads_for_pattern(None, None, None)}
    made.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")
    return made


@cache
def expected(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.expected.yaml").read_text(encoding="utf-8"))
    return loaded


def cases(name: str) -> list[dict[str, Any]]:
    return list(expected(name)["cases"])


def given(case: dict[str, Any]) -> dict[str, list[str]]:
    """The parameters of a case as a user would type them."""
    listed = {key: value if isinstance(value, list) else [value] for key, value in case["params"].items()}
    return {key: [str(one) for one in values] for key, values in listed.items()}


CASES = [(name, number) for name in QUESTIONS for number in range(len(cases(name)))]


def body(asked: Question) -> str:
    """The query without header, comments, strings and IRIs."""
    lines = [line for line in asked.text.splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r'"[^"\n]*"|<[^>\s]*>|#@param \w+$', " ", "\n".join(lines), flags=re.MULTILINE)


# ---------------------------------------------------------------- what is there


def test_there_are_at_least_forty_and_each_has_an_expected_answer() -> None:
    assert len(QUESTIONS) >= 40
    assert {path.name.removesuffix(".expected.yaml") for path in FOLDER.glob("*.yaml")} == set(QUESTIONS)
    assert {path.suffix for path in FOLDER.iterdir()} == {".rq", ".yaml"}


def test_every_competency_question_of_the_ontology_is_answered() -> None:
    asked = set(
        re.findall(r"^- (CQ\d+)\.", (ROOT / "ontology" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(asked) > 30
    answered = {name for question in QUESTIONS.values() for name in question.answers}
    # A path of any length is what `kg path` finds; the saved question has paths of two statements.
    assert answered == asked


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_header_says_what_is_asked_and_what_comes_back(name: str) -> None:
    asked = QUESTIONS[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert asked.summary.endswith("?") and asked.description.endswith(".") and asked.tags
    assert len({question.summary for question in QUESTIONS.values()}) == len(QUESTIONS)
    lines = [line for line in asked.text.splitlines() if line.startswith("#+")]
    keys = [found[1] for line in lines if (found := re.match(r"#\+ (\w+):", line))]
    order = [key for key in ("summary", "description", "tags", "answers", "params", "columns") if key in keys]
    assert keys == order and {"summary", "description", "tags", "answers", "columns"} <= set(keys)
    assert asked.text.startswith(lines[0]) and asked.text.endswith("\n") and "\t" not in asked.text
    assert max(len(line) for line in asked.text.splitlines()) <= 120


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_parameter_is_one_line_with_one_default(name: str) -> None:
    asked = QUESTIONS[name]
    marked = re.findall(r"#@param (\w+)", asked.text)
    assert marked == [parameter.name for parameter in asked.params]
    for parameter in asked.params:
        assert parameter.type in TYPES and parameter.about
        assert (parameter.default == "UNDEF") == parameter.optional
        assert parameter.name not in dict(asked.columns)
        if parameter.type == "entity" and parameter.of:
            assert parameter.of in terms.classes()
        if parameter.type == "concept" and parameter.of:
            schemes = {name.removeprefix("concept:scheme-") for name in vocabulary.load().members} | {"topic", "role"}
            assert parameter.of in schemes


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_leaves_the_default_graph_or_depends_on_chance(name: str) -> None:
    assert FORBIDDEN.findall(body(QUESTIONS[name])) == []


@pytest.mark.parametrize(
    "text", ["GRAPH ?g { }", "SELECT * WHERE", "service <x> {", "FROM <x>", "SELECT *{", "LIMIT 3", "NOW()"]
)
def test_a_forbidden_word_is_seen(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_prefixes_are_those_used_and_those_of_the_context(name: str) -> None:
    text = QUESTIONS[name].text
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]+)>$", text, re.MULTILINE))
    assert {prefix: terms.prefixes()[prefix] for prefix in declared} == declared
    used = re.findall(r"(?<![\w<?])([a-z]+):(?=[\w-])", re.sub(r"^(PREFIX .*|#.*)$", "", text, flags=re.MULTILINE))
    used = [prefix for prefix in used if prefix not in ("http", "https")]
    assert set(declared) == set(used)


def parts(node: object) -> list[CompValue]:
    """All nodes of rdflib's parse tree or algebra."""
    if isinstance(node, CompValue):
        return [node, *(found for value in node.values() for found in parts(value))]
    if isinstance(node, Iterable) and not isinstance(node, str):
        return [found for value in node for found in parts(value)]
    return []


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_columns_are_named_and_the_order_is_total(name: str) -> None:
    asked = QUESTIONS[name]
    algebra = translateQuery(parseQuery(asked.text)).algebra
    columns = [str(variable) for variable in algebra.PV]
    assert columns == [column for column, _ in asked.columns]
    [order] = [part for part in parts(algebra) if part.name == "OrderBy"]
    conditions = [condition.expr for condition in order.expr]
    assert set(columns) <= {str(one) for one in conditions if isinstance(one, rdflib.Variable)}


# ---------------------------------------------------------------- what they answer


def answered(name: str, case: dict[str, Any]) -> Table:
    return queries.run(graph(), name, given(case))


def key(term: object) -> tuple[str, str, str] | None:
    """A term the same from both engines."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode | rdflib.URIRef):
        return (str(getattr(term, "value", term)), "", "")
    if isinstance(term, ox.Literal):
        return (term.value, term.datatype.value, term.language or "")
    assert isinstance(term, rdflib.Literal)
    default = rdflib.RDF.langString if term.language else rdflib.XSD.string
    return (str(term), str(term.datatype or default), term.language or "")


def with_each_parameter_once(name: str) -> list[int]:
    """The case as the question stands, and for each parameter the first that sets it: rdflib is slow."""
    listed = cases(name)
    first = [next(number for number, case in enumerate(listed) if not case["params"])]
    for parameter in QUESTIONS[name].params:
        first += [next(number for number, case in enumerate(listed) if parameter.name in case["params"])]
    return sorted(set(first))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in QUESTIONS for number in with_each_parameter_once(name)]
)
def test_two_engines_agree_to_the_order_of_rows(name: str, number: int) -> None:
    asked = QUESTIONS[name]
    text = queries.bind(asked, queries.values(graph(), asked, given(cases(name)[number])))
    found = queries.answer(graph(), text)
    other = oracle().query(text)
    assert [str(variable) for variable in other.vars or []] == list(found.columns)
    rows = [tuple(map(key, row)) for row in other]  # type: ignore[arg-type]
    assert [tuple(map(key, row)) for row in found.rows] == rows


def written(value: object) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_the_answer_is_what_a_reader_of_the_texts_found(name: str, number: int) -> None:
    case = cases(name)[number]
    found = answered(name, case)
    places = [found.columns.index(column) for column in case["columns"]]
    rows = Counter(tuple(plain(row[place]) for place in places) for row in found.rows)
    assert rows == Counter(tuple(map(written, row)) for row in case["rows"])
    assert bool(found.rows) != bool(case.get("empty"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_expected_answer_covers_the_question(name: str) -> None:
    known = {path.stem for path in (ROOT / "kg" / "data" / "coverage").glob("*.yaml")} | {"outside"}
    said = expected(name)
    assert set(said) == {"read", "cases"} and set(said["read"]) <= known
    asked, columns = QUESTIONS[name], [column for column, _ in QUESTIONS[name].columns]
    plain_columns = {column for column in columns if not column.lower().endswith("statement")}
    for case in said["cases"]:
        assert set(case) <= {"params", "columns", "rows", "empty", "notes"}
        assert set(case["columns"]) <= plain_columns and case["columns"]
        assert all(len(row) == len(case["columns"]) for row in case["rows"])
    assert any(not case["params"] for case in said["cases"])
    for parameter in asked.params:
        values = {repr(case["params"].get(parameter.name, "")) for case in said["cases"]}
        assert len(values) > 1, f"{parameter.name} is never set to another value"


def test_only_few_columns_are_left_to_the_graph() -> None:
    said = sum(len(case["columns"]) for name in QUESTIONS for case in cases(name))
    every = sum(
        sum(not column.lower().endswith("statement") for column, _ in QUESTIONS[name].columns)
        for name in QUESTIONS for _ in cases(name)
    )  # fmt: skip
    assert said / every > 0.85


# ---------------------------------------------------------------- what a parameter can't do

HOSTILE = [
    '" } #', "x } UNION { ?s ?p ?o", "<http://example.org/>", '"@en', "\\", '"""', "'", "?x", "{}", "$where",
    "a } INSERT DATA { <a> <b> <c>", "％７ｄ", "} SERVICE <http://127.0.0.1:9/> { ?s ?p ?o", "UNDEF", "x\u2028y",
    "x\ny", "_:b", "\ud800",
]  # fmt: skip


def shape(node: object) -> object:
    """The parse tree with the values of VALUES masked."""
    if isinstance(node, CompValue):
        if node.name.startswith("InlineData"):
            return (node.name, str(node.var))
        return (node.name, [(name, shape(value)) for name, value in sorted(node.items())])
    if isinstance(node, Iterable) and not isinstance(node, str):
        return [shape(value) for value in node]
    return str(node)


def test_a_changed_shape_is_seen() -> None:
    one, two, three = (
        shape(parseQuery(f"SELECT ?x WHERE {{ VALUES ?x {{ {values} }} ?x ?y ?z {more} }}"))
        for values, more in (('"a"', ""), ('"b" "c"', ""), ('"a"', "OPTIONAL { ?x ?y 1 }"))
    )
    assert one == two != three


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_hostile_values_are_refused_or_stay_values(name: str) -> None:
    asked = QUESTIONS[name]
    for parameter in asked.params:
        for value in HOSTILE:
            try:
                bound = queries.values(graph(), asked, {parameter.name: [value]})
            except BadUse:
                continue
            assert parameter.type == "text", f"{parameter.name} takes {value!r}"
            text = queries.bind(asked, bound)
            assert str(ox.Literal(value)) in text
            assert shape(parseQuery(text)) == shape(parseQuery(asked.text))
            assert queries.answer(graph(), text).columns == tuple(column for column, _ in asked.columns)
