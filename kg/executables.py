"""Saved questions and views described in RDF, as SHACL has executables: text, title, tags, parameters.

The vocabulary is that of the SPARQL examples of many endpoints (sh:SPARQLExecutable with sh:select or sh:construct,
schema:keywords), so that editors which offer those offer these. A parameter is an sh:Parameter: its path ends in the
name of the variable, class, datatype and scheme say what it takes. No endpoint is named, since there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kg import queries, terms
from kg.queries import Parameter, Question
from kg.turtle import Sheet

__all__ = ["executables"]

_FORMS = {
    "questions": ("sh:SPARQLSelectExecutable", "sh:select"),
    "views": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
"""Folder of queries -> what its queries are, and the property that has their text."""

_CLASSES = {"concept": "skos:Concept", "source": "aig:SourceText", "statement": "aig:Statement", "class": "owl:Class"}
_DATATYPES = {"date": "xsd:date", "integer": "xsd:integer", "text": "xsd:string"}
"""Type of a parameter -> class or datatype of its values; those of type entity have the class that they name."""

_PREFIX = re.compile(r"^PREFIX .*$", re.MULTILINE)


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _defaults(asked: Question, parameter: Parameter) -> Iterable[ox.Literal | str]:
    """The terms that stand in the text of the question for the parameter."""
    values = f"SELECT ?x {{ VALUES ?x {{ {parameter.default} }} }}"
    found = ox.Store().query("\n".join([*_PREFIX.findall(asked.text), values]))
    for [value] in found:  # type: ignore[union-attr]
        if isinstance(value, ox.NamedNode):
            yield value.value
        elif isinstance(value, ox.Literal):
            yield value


def _parameter(sheet: Sheet, asked: Question, iri: str, parameter: Parameter) -> None:
    node = f"{iri}#parameter-{parameter.name}"
    sheet.say(iri, "sh:parameter", node)
    sheet.say(node, "rdf:type", "sh:Parameter")
    sheet.say(node, "sh:path", f"{iri}#{parameter.name}")
    sheet.say(node, "sh:name", ox.Literal(parameter.name))
    sheet.say(node, "sh:description", _english(parameter.about))
    sheet.say(node, "sh:optional", ox.Literal(parameter.optional))
    sheet.say(node, "sh:defaultValue", *_defaults(asked, parameter))
    if parameter.type in _DATATYPES:
        sheet.say(node, "sh:datatype", _DATATYPES[parameter.type])
        return
    sheet.say(node, "sh:nodeKind", "sh:IRI")
    if parameter.type in _CLASSES:
        sheet.say(node, "sh:class", _CLASSES[parameter.type])
    elif parameter.of:
        sheet.say(node, "sh:class", terms.classes()[parameter.of])
    if parameter.type == "concept" and parameter.of:
        sheet.say(node, "sh:property", f"{node}-scheme")
        sheet.say(f"{node}-scheme", "rdf:type", "sh:PropertyShape")
        sheet.say(f"{node}-scheme", "sh:path", "skos:inScheme")
        sheet.say(f"{node}-scheme", "sh:hasValue", f"concept:scheme-{parameter.of}")


def executables() -> bytes:
    """The text of `queries.ttl`."""
    sheet = Sheet({})
    base = terms.prefixes()["aig"].removesuffix("ns#")
    for folder, (form, text) in _FORMS.items():
        for asked in queries.questions(folder):
            iri = f"{base}{folder}/{asked.name}"
            sheet.say(iri, "rdf:type", "sh:SPARQLExecutable", form)
            sheet.say(iri, "rdfs:label", _english(asked.summary))
            sheet.say(iri, "rdfs:comment", _english(asked.description))
            sheet.say(iri, "schema:keywords", *map(ox.Literal, asked.tags))
            sheet.say(iri, text, ox.Literal(asked.text))
            for parameter in asked.params:
                _parameter(sheet, asked, iri, parameter)
    return sheet.written()
