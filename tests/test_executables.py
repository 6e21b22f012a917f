"""The saved questions in RDF: the very text of each, its parameters, and the same answers from what stands there."""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from test_questions import graph, key

from kg import folders, queries, terms
from kg.build import Prepared
from kg.executables import executables
from kg.graphs import Graphs, Quads
from kg.queries import Parameter, Question

BASE = "https://w3id.org/aigov-kg/"
SCHEMA = rdflib.Namespace("https://schema.org/")
QUESTIONS = {asked.name: asked for asked in queries.questions()}
VIEWS = {asked.name: asked for asked in queries.questions("views")}
EVERY = [("questions", name) for name in QUESTIONS] + [("views", name) for name in VIEWS]


@cache
def said() -> rdflib.Graph:
    return rdflib.Graph().parse(data=executables(), format="turtle")


def iri(kind: str, name: str) -> URIRef:
    return URIRef(f"{BASE}{kind}/{name}")


def text(kind: str, name: str) -> str:
    """The query as it stands in the file."""
    [found] = said().objects(iri(kind, name), SH.select if kind == "questions" else SH.construct)
    return str(found)


def asked(kind: str, name: str) -> Question:
    return (QUESTIONS if kind == "questions" else VIEWS)[name]


def in_rdflib(graphs: Graphs) -> rdflib.Graph:
    triples = {triple for found in graphs.values() for triple in found}
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return rdflib.Graph().parse(data=content, format="nt")


@pytest.fixture(scope="module")
def small(built: Prepared) -> rdflib.Graph:
    return in_rdflib(built.graphs)


# ---------------------------------------------------------------- what is there


def test_every_question_and_view_is_there_once() -> None:
    assert len(QUESTIONS) >= 40 and len(VIEWS) >= 5
    assert set(said().subjects(RDF.type, SH.SPARQLExecutable)) == {iri(*one) for one in EVERY}
    selects = {iri("questions", name) for name in QUESTIONS}
    assert set(said().subjects(RDF.type, SH.SPARQLSelectExecutable)) == set(said().subjects(SH.select)) == selects
    assert len(set(said().subjects(RDF.type, SH.SPARQLConstructExecutable))) == len(VIEWS)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_it_has_the_text_title_and_tags_of_its_file(kind: str, name: str) -> None:
    node, question = iri(kind, name), asked(kind, name)
    assert text(kind, name) == folders.queries(f"{kind}/{name}.rq").read_text(encoding="utf-8")
    assert list(said().objects(node, RDFS.label)) == [Literal(question.summary, lang="en")]
    assert list(said().objects(node, RDFS.comment)) == [Literal(question.description, lang="en")]
    assert set(said().objects(node, SCHEMA.keywords)) == {Literal(tag) for tag in question.tags}
    assert not list(said().objects(node, SCHEMA.target))


def test_there_are_no_blank_nodes() -> None:
    assert not [term for triple in said() for term in triple if isinstance(term, BNode)]


# ---------------------------------------------------------------- parameters

PARAMETERS = [(kind, name, parameter.name) for kind, name in EVERY for parameter in asked(kind, name).params]
VALUES = {"date": XSD.date, "integer": XSD.integer, "text": XSD.string}
CLASSES = {
    "concept": SKOS.Concept, "source": URIRef(terms.aig("SourceText")), "statement": URIRef(terms.aig("Statement")),
    "class": rdflib.OWL.Class,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_its_parameters_are_the_marked_lines_of_the_text(kind: str, name: str) -> None:
    marked = re.findall(r"#@param (\w+)$", text(kind, name), re.MULTILINE)
    found = list(said().objects(iri(kind, name), SH.parameter))
    assert sorted(str(said().value(node, SH.name)) for node in found) == sorted(marked)
    for node in found:
        path = said().value(node, SH.path)
        assert isinstance(path, URIRef)
        assert path.fragment == str(said().value(node, SH.name))  # SHACL names a variable by the end of its path


def defaults(question: Question, parameter: Parameter) -> set[object]:
    """The default of a parameter as rdflib reads it."""
    lines = [line for line in question.text.splitlines() if line.startswith("PREFIX")]
    query = "\n".join([*lines, f"SELECT ?x WHERE {{ VALUES ?x {{ {parameter.default} }} }}"])
    return {row[0] for row in rdflib.Graph().query(query) if row[0] is not None}  # type: ignore[index]


@pytest.mark.parametrize(("kind", "name", "parameter"), PARAMETERS)
def test_a_parameter_says_what_it_takes(kind: str, name: str, parameter: str) -> None:
    node, question = URIRef(f"{iri(kind, name)}#parameter-{parameter}"), asked(kind, name)
    [one] = [one for one in question.params if one.name == parameter]
    assert said().value(node, SH.description) == Literal(one.about, lang="en")
    assert said().value(node, SH.optional) == Literal(one.optional)
    assert said().value(node, SH.datatype) == VALUES.get(one.type)
    named = URIRef(terms.classes()[one.of]) if one.type == "entity" and one.of else None
    assert said().value(node, SH["class"]) == CLASSES.get(one.type, named)
    scheme = said().value(said().value(node, SH.property), SH.hasValue)
    assert scheme == (URIRef(terms.expand(f"concept:scheme-{one.of}")) if one.type == "concept" and one.of else None)
    assert set(said().objects(node, SH.defaultValue)) == defaults(question, one)


# ---------------------------------------------------------------- what they answer


Row = tuple[tuple[str, str, str] | None, ...]


def rows(found: Quads, query: str) -> list[Row]:
    answer = found.query(query, use_default_graph_as_union=True)
    if isinstance(answer, ox.QueryTriples):
        return sorted((tuple(map(key, triple)) for triple in answer), key=str)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(map(key, row)) for row in answer]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_two_engines_run_it_as_it_stands(kind: str, name: str, small: rdflib.Graph, built: Prepared) -> None:
    prepareQuery(text(kind, name))
    answer = [tuple(map(key, row)) for row in small.query(text(kind, name))]  # type: ignore[arg-type]
    found = rows(built.loaded, text(kind, name))
    assert (answer if kind == "questions" else sorted(answer, key=str)) == found


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_that_of_the_command(name: str) -> None:
    wanted = [tuple(map(key, row)) for row in queries.run(graph(), name, {}).rows]
    assert rows(graph().store, text("questions", name)) == wanted


@pytest.mark.parametrize("name", VIEWS)
def test_what_a_view_draws_is_what_pictures_show(name: str) -> None:
    made = graph().store.query(text("views", name), use_default_graph_as_union=True)
    assert isinstance(made, ox.QueryTriples)
    assert sorted({str(triple.subject) for triple in made}) == [str(node) for node in queries.view(graph(), name, {})]


def test_most_have_an_answer() -> None:
    answered = [name for name in QUESTIONS if rows(graph().store, text("questions", name))]
    assert len(answered) > len(QUESTIONS) * 0.9
