"""Saved questions as a mechanism: headers read, values bound, names resolved, answers to rows."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import folders, queries
from kg.build import Prepared
from kg.checks import store
from kg.errors import BadUse
from kg.lookup import Graph
from kg.queries import Parameter, bind, question, run, values
from kg.results import plain

WHO = """#+ summary: Who took part?
#+ description: >-
#+   Everybody who took part,
#+   by any relation.
#+ tags: [participation]
#+ answers: [CQ1]
#+ params:
#+   event: {type: entity, class: Event, about: the event}
#+   role: {type: concept, scheme: role, about: "the role: any", optional: true}
#+ columns:
#+   who: who took part
#+   statement: the statement
PREFIX aig: <https://w3id.org/aigov-kg/ns#>
PREFIX event: <https://w3id.org/aigov-kg/id/event/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT (STR(?label) AS ?who) ?statement WHERE {
  VALUES ?event { event:tidal-workshop } #@param event
  VALUES ?role { UNDEF } #@param role
  ?statement a aig:Participation ; rdf:subject ?event ; rdf:object/rdfs:label ?label .
  OPTIONAL { ?statement aig:role ?given }
  FILTER (!BOUND(?role) || ?role = ?given)
}
ORDER BY ?who ?statement
"""
TYPED = """#+ summary: What is typed?
#+ description: Nothing.
#+ tags: [x]
#+ params:
#+   day: {type: date, about: a day}
#+   count: {type: integer, about: a number}
#+   words: {type: text, about: words}
#+   source: {type: source, about: a source}
#+   statement: {type: statement, about: a statement}
#+   kind: {type: class, about: a class}
#+ columns: {day2: a day}
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?day2 WHERE {
  VALUES ?day { "2020-01-01"^^xsd:date } #@param day
  VALUES ?count { 2 } #@param count
  VALUES ?words { "x" } #@param words
  VALUES ?source { UNDEF } #@param source
  VALUES ?statement { UNDEF } #@param statement
  VALUES ?kind { UNDEF } #@param kind
  BIND (?day AS ?day2)
}
ORDER BY ?day2
"""


@pytest.fixture(autouse=True)
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A queries folder with two questions."""
    folder = tmp_path / "queries" / "questions"
    folder.mkdir(parents=True)
    (folder / "who.rq").write_text(WHO, encoding="utf-8")
    (folder / "typed.rq").write_text(TYPED, encoding="utf-8")
    monkeypatch.setattr(folders, "queries", lambda name="": tmp_path / "queries" / name)
    return folder


@pytest.fixture
def graph(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


def told(name: str, graph: Graph, **given: str) -> str:
    """The message that a bad value brings."""
    with pytest.raises(BadUse) as caught:
        values(graph, question(name), {key: [value] for key, value in given.items()})
    message = str(caught.value)
    assert "\n" not in message
    return message


# ---------------------------------------------------------------- files


def test_a_header_says_what_a_question_is() -> None:
    asked = question("who")
    assert (asked.name, asked.summary, asked.tags, asked.answers) == (
        "who",
        "Who took part?",
        ("participation",),
        ("CQ1",),
    )
    assert asked.description == "Everybody who took part, by any relation."
    assert asked.params == (
        Parameter("event", "entity", "the event", "Event", False, "event:tidal-workshop"),
        Parameter("role", "concept", "the role: any", "role", True, "UNDEF"),
    )
    assert asked.columns == (("who", "who took part"), ("statement", "the statement"))
    assert [parameter.takes for parameter in asked.params] == ["entity (Event)", "concept (role)"]


def test_the_names_are_the_files_in_order(saved: Path) -> None:
    (saved / "notes.txt").write_text("x")
    assert queries.names() == ("typed", "who")
    assert [asked.name for asked in queries.questions()] == ["typed", "who"]


def test_a_name_may_end_as_its_file_does() -> None:
    assert question(" who.rq ").name == "who"


@pytest.mark.parametrize(
    ("name", "hint"), [("wo", "did you mean who?"), ("zzzzzz", "kg query list"), ("", "kg query list")]
)
def test_a_misspelt_question_is_told_with_what_may_be_meant(name: str, hint: str) -> None:
    with pytest.raises(BadUse, match="there is no question") as caught:
        question(name)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    "header", ["#+ summary: x\n", "#+ summary: [\n", "", "#+ - a\n", "#+ summary: a\n#+ summary: b\n",
               "#+ summary: a\n#+ description: b\n#+ params:\n#+   gone: {type: date, about: x}\n"],
)  # fmt: skip
def test_a_broken_header_is_told_with_its_file(header: str, saved: Path) -> None:
    (saved / "bad.rq").write_text(header + "SELECT ?x WHERE { ?x ?y ?z }\n")
    with pytest.raises(BadUse, match=r"the header of bad\.rq"):
        question("bad")


# ---------------------------------------------------------------- values


def test_a_question_runs_as_it_stands(graph: Graph) -> None:
    found = run(graph, "who", {})
    assert found.columns == ("who", "statement")
    assert [tuple(map(plain, row)) for row in found.rows] == [("Zoë Marsh", "st:harbor-forum-005")]


@pytest.mark.parametrize("event", ["Harbor Forum 2030", "event:harbor-forum-2030", "HARBOR forum 2030",
                                   "https://w3id.org/aigov-kg/id/event/harbor-forum-2030"])  # fmt: skip
def test_things_go_by_their_names(event: str, graph: Graph) -> None:
    statements = {plain(row[1]) for row in run(graph, "who", {"event": [event]}).rows}
    assert statements == {"st:harbor-forum-003", "st:lantern-report-003"}


def test_several_values_are_asked_together(graph: Graph) -> None:
    found = run(graph, "who", {"event": ["Harbor Forum 2030", "event:tidal-workshop"]})
    assert len(found.rows) == 3


def test_an_optional_parameter_narrows(graph: Graph) -> None:
    assert len(run(graph, "who", {"role": ["Speaker"]}).rows) == 1
    assert run(graph, "who", {"role": ["concept:role-host"]}).rows == ()


def test_values_become_terms_of_their_type(graph: Graph) -> None:
    given = {
        "day": ["2021-07-08"], "count": ["7"], "words": ['say "hi"\\'], "source": ["harbor-forum"],
        "statement": ["harbor-forum-005"], "kind": ["Person"],
    }  # fmt: skip
    bound = values(graph, question("typed"), given)
    assert [str(term) for (term,) in bound.values()] == [
        '"2021-07-08"^^<http://www.w3.org/2001/XMLSchema#date>',
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"say \\"hi\\"\\\\"',
        "<https://w3id.org/aigov-kg/id/src/harbor-forum>",
        "<https://w3id.org/aigov-kg/id/st/harbor-forum-005>",
        "<https://w3id.org/aigov-kg/ns#Person>",
    ]
    assert graph.store.query(bind(question("typed"), bound)) is not None


def test_only_the_braces_of_the_marked_line_change() -> None:
    asked = question("who")
    text = bind(asked, {"event": (ox.NamedNode("http://example.org/e"), ox.NamedNode("http://example.org/f"))})
    changed = [pair for pair in zip(asked.text.splitlines(), text.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [
        (
            "  VALUES ?event { event:tidal-workshop } #@param event",
            "  VALUES ?event { <http://example.org/e> <http://example.org/f> } #@param event",
        )
    ]
    assert bind(asked, {}) == asked.text


def test_a_value_that_looks_like_a_parameter_line_is_not_one(graph: Graph) -> None:
    bound = values(graph, question("typed"), {"words": ["x } #@param count"], "count": ["5"]})
    text = bind(question("typed"), bound)
    assert text.count('"x } #@param count"') == 1
    assert 'VALUES ?count { "5"^^' in text


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("who", {"evnt": "x"}, "who has no parameter 'evnt': it has event, role"),
        ("who", {"event": "Harbour Forum 2030"}, "did you mean event:harbor-forum-2030"),
        ("who", {"event": "Zoë Marsh"}, "event wants the name or identifier of Event: Zoë Marsh is of class Person"),
        (
            "who",
            {"role": "event:tidal-workshop"},
            "role wants a concept (role): Workshop on Tidal Algorithms is of class",
        ),
        ("who", {"event": "  "}, "give the name or identifier of Event"),
        ("who", {"event": "a\nb"}, "event is 'a\\nb'"),
        ("typed", {"day": "8 July 2021"}, "write a day like 2021-07-08"),
        ("typed", {"day": "2021-02-30"}, "write a day like"),
        ("typed", {"count": "-1"}, "write a whole number"),
        ("typed", {"count": "1e3"}, "write a whole number"),
        ("typed", {"source": "nowhere"}, "source is 'nowhere': it takes one of harbor-forum, lantern-report"),
        ("typed", {"source": "agent:zoe-marsh"}, "source wants a source"),
        ("typed", {"kind": "Persona"}, "no class of the ontology"),
    ],
)
def test_a_bad_value_is_told_in_one_line(name: str, given: dict[str, str], message: str, graph: Graph) -> None:
    assert message in told(name, graph, **given)


def test_too_many_values_are_refused(graph: Graph) -> None:
    with pytest.raises(BadUse, match="give at most"):
        values(graph, question("typed"), {"count": [str(number) for number in range(500)]})


# ---------------------------------------------------------------- relations and views


@pytest.mark.parametrize("text", ["hosted by", "hostedBy", "Hosted By", "aig:hostedBy"])
def test_a_relation_goes_by_label_or_name(text: str, graph: Graph) -> None:
    assert queries.relation(graph, text) == "aig:hostedBy"


def test_a_misspelt_relation_is_told(graph: Graph) -> None:
    with pytest.raises(BadUse, match="did you mean hosted by"):
        queries.relation(graph, "hostd by")


def test_the_statements_of_an_answer_are_those_it_names(graph: Graph) -> None:
    found = run(graph, "who", {})
    assert [plain(node) for node in queries.statements(found)] == ["st:harbor-forum-005"]
