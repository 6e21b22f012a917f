"""Saved questions: SPARQL files of `queries/questions` that say what they ask, what one can set, and what comes back.

A file is valid as it stands. A header of `#+` lines (YAML, as grlc does) describes it; each parameter is a line
`VALUES ?name { default } #@param name`, whose braces alone are replaced, by terms that pyoxigraph has written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import folders, terms
from kg.errors import UNFIT, BadData, BadUse
from kg.lookup import Graph, Pattern, bearing, named, resolve
from kg.results import Table, of_solutions
from kg.strict import Node, parse

__all__ = [
    "TYPES", "Parameter", "Question", "answer", "bind", "chosen", "contradicted", "names", "question", "questions",
    "relation", "run", "statements", "values", "view",
]  # fmt: skip

TYPES = ("entity", "concept", "source", "statement", "class", "date", "integer", "text")
"""What a parameter takes: a thing by any name, or a value."""

_LINE = re.compile(
    r"^(?P<head>\s*VALUES \?(?P<name>\w+) \{)(?P<default>[^{}]*)(?P<tail>\} #@param (?P=name))$", re.MULTILINE
)
_MAX_VALUES = 200
_FEW = 25
"""Choices that a message lists."""

_Bound = ox.NamedNode | ox.Literal


class Parameter(NamedTuple):
    """What one can set: its type, what it means, the class or scheme of the things it takes, its default as written.

    Without a default (`UNDEF`) it is `optional`: left out, it asks nothing.
    """

    name: str
    type: str
    about: str
    of: str
    optional: bool
    default: str

    @property
    def takes(self) -> str:
        """Type and class in words, for help and messages."""
        return f"{self.type} ({self.of})" if self.of else self.type


class Question(NamedTuple):
    """A saved question: `answers` names the competency questions, `columns` and `params` are in order."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    answers: tuple[str, ...]
    params: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]
    text: str


def _folder(kind: str) -> Path:
    return folders.queries(kind)


def names(kind: str = "questions") -> tuple[str, ...]:
    """The names of all saved questions (or `views`), sorted."""
    return tuple(sorted(path.stem for path in _folder(kind).glob("*.rq")))


def question(name: str, kind: str = "questions") -> Question:
    """One saved question. Raises `BadUse` with suggestions when there is none of that name."""
    wanted = name.strip().removesuffix(".rq")
    if wanted not in names(kind):
        import difflib

        close = difflib.get_close_matches(wanted, names(kind), n=3) or [
            n for n in names(kind) if wanted and wanted in n
        ]
        hint = "did you mean " + " or ".join(close[:3]) + "?" if close else "kg query list shows them all"
        raise BadUse(f"there is no question {name!r}: {hint}")
    return _read(_folder(kind) / f"{wanted}.rq")


def questions(kind: str = "questions") -> tuple[Question, ...]:
    """All saved questions, by name."""
    return tuple(_read(_folder(kind) / f"{name}.rq") for name in names(kind))


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    header = [line[2:].removeprefix(" ") for line in lines if line.startswith("#+")]
    try:
        said = _plain(parse("\n".join(header) + "\n", path.name))
        return _question(path.stem, said, text)
    except (BadData, KeyError, TypeError, AttributeError) as error:
        raise BadUse(f"the header of {path.name} can't be read: {error}") from None


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {name: _plain(inner) for name, inner in node.value.items()}
    return [_plain(inner) for inner in node.value] if isinstance(node.value, list) else node.value


def _question(name: str, said: object, text: str) -> Question:
    if not isinstance(said, dict):
        raise TypeError("it is no list of names and values")
    defaults = {found["name"]: found["default"].strip() for found in _LINE.finditer(text)}
    params = tuple(
        Parameter(
            key, str(given["type"]), str(given["about"]), str(given.get("class") or given.get("scheme") or ""),
            bool(given.get("optional", False)), defaults[key],
        )
        for key, given in said.get("params", {}).items()
    )  # fmt: skip
    columns = tuple((key, str(about)) for key, about in said.get("columns", {}).items())
    return Question(
        name, str(said["summary"]), str(said["description"]), tuple(said.get("tags", ())),
        tuple(said.get("answers", ())), params, columns, text,
    )  # fmt: skip


def bind(asked: Question, given: Mapping[str, Sequence[_Bound]]) -> str:
    """The text of the question with the values of its parameters; those not given keep their default."""

    def filled(found: re.Match[str]) -> str:
        bound = given.get(found["name"])
        inner = f" {' '.join(str(term) for term in bound)} " if bound else found["default"]
        return found["head"] + inner + found["tail"]

    return _LINE.sub(filled, asked.text)


def values(graph: Graph, asked: Question, given: Mapping[str, Sequence[str]]) -> dict[str, tuple[_Bound, ...]]:
    """What the user wrote, as terms: names become the things that bear them.

    Raises `BadUse` for a parameter that the question does not have, a value of the wrong type, and a thing that the
    graph does not have or that is of another class.
    """
    known = {parameter.name: parameter for parameter in asked.params}
    found: dict[str, tuple[_Bound, ...]] = {}
    for name, texts in given.items():
        if name not in known:
            listed = ", ".join(known) or "no parameters"
            raise BadUse(f"{asked.name} has no parameter {name!r}: it has {listed}")
        if not texts:
            raise BadUse(f"{name} has no value: give one, or leave it out")
        if len(texts) > _MAX_VALUES:
            raise BadUse(f"{name} has {len(texts)} values: give at most {_MAX_VALUES}")
        found[name] = tuple(_value(graph, known[name], text) for text in texts)
    return found


def _value(graph: Graph, parameter: Parameter, text: str) -> _Bound:
    if not text.strip() or UNFIT.search(text):
        raise BadUse(f"{parameter.name} is {text!r}: give {_wanted(parameter)}")
    kind = parameter.type
    if kind == "date":
        try:
            return ox.Literal(date.fromisoformat(text).isoformat(), datatype=named("xsd:date"))
        except ValueError:
            raise BadUse(f"{parameter.name} is {text!r}: write a day like 2021-07-08") from None
    if kind == "integer":
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise BadUse(f"{parameter.name} is {text!r}: write a whole number")
        return ox.Literal(int(text))
    return ox.Literal(text) if kind == "text" else _node(graph, parameter, text.strip())


def _wanted(parameter: Parameter) -> str:
    return (
        f"a {parameter.takes}"
        if parameter.type != "entity"
        else f"the name or identifier of {parameter.of or 'a thing'}"
    )


def _curies(parameter: Parameter, text: str) -> list[str]:
    """What is taken for a CURIE in a text; of texts, statements and concepts the slug alone is enough."""
    prefix = {"source": "src:", "statement": "st:", "concept": "concept:"}.get(parameter.type)
    return [name for name in ([f"{prefix}{text}", text] if prefix else [text]) if terms.is_curie(name)]


def _node(graph: Graph, parameter: Parameter, text: str) -> ox.NamedNode:
    if parameter.type == "class":
        if text not in terms.classes():
            raise BadUse(f"{parameter.name} is {text!r}, no class of the ontology: write one like Person or Event")
        return ox.NamedNode(terms.classes()[text])
    for name in _curies(parameter, text):
        if graph.holds(ox.NamedNode(terms.expand(name))):
            text = name
            break
    try:
        node = resolve(graph, text, lambda node: _fits(graph, parameter, node))
    except BadUse as error:
        if listed := _choices(graph, parameter):
            raise BadUse(f"{parameter.name} is {text!r}: it takes one of {listed}") from None
        raise error from None
    if not _fits(graph, parameter, node):
        is_a = graph.type(node) or "statement"
        raise BadUse(f"{parameter.name} wants {_wanted(parameter)}: {graph.label(node)} is of class {is_a}")
    return node


def chosen(graph: Graph, kind: str, texts: Sequence[str], option: str, of: str = "") -> tuple[str, ...]:
    """The CURIEs of things as a user named them; `option` is what a message calls them."""
    wanted = Parameter(option, kind, "", of, True, "")
    return tuple(terms.shorten(_node(graph, wanted, text.strip()).value) for text in texts)


def relation(graph: Graph, text: str) -> str:
    """The CURIE of a property, by its label or its name. Raises `BadUse` with suggestions."""
    import difflib

    graph.ahead((ox.NamedNode(term.iri), None, None) for term in terms.properties().values())
    labels = {name: graph.label(ox.NamedNode(term.iri)) for name, term in terms.properties().items()}
    wanted = text.strip().casefold()
    for name, label in labels.items():
        iri = terms.properties()[name].iri
        if wanted in (name.casefold(), label.casefold(), terms.words(name).casefold(), terms.shorten(iri).casefold()):
            return terms.shorten(iri)
    close = difflib.get_close_matches(wanted, [label.casefold() for label in labels.values()], n=3)
    hint = ": did you mean " + " or ".join(close) + "?" if close else ": kg show prints them"
    raise BadUse(f"there is no relation {text!r}{hint}")


def _choices(graph: Graph, parameter: Parameter) -> str:
    """The words of a short list that a parameter takes, "" when it is long: roles, kinds, the texts."""
    if parameter.type == "source":
        return ", ".join(terms.local(name) for name in graph.with_property("aig:digest", "src"))
    if parameter.type != "concept" or not parameter.of:
        return ""
    members = graph.subjects("skos:inScheme", ox.NamedNode(terms.iri(f"concept:scheme-{parameter.of}")))
    return ", ".join(map(graph.label, members)) if len(members) <= _FEW else ""


def _fits(graph: Graph, parameter: Parameter, node: ox.NamedNode) -> bool:
    """Whether a thing is of the class, in the scheme, or of the kind that the parameter takes."""
    kind = terms.shorten(node.value).partition(":")[0]
    if parameter.type in ("source", "statement"):
        return kind == {"source": "src", "statement": "st"}[parameter.type]
    if parameter.type == "concept":
        schemes = {terms.shorten(value.value) for value in graph.values(node, "skos:inScheme")}
        return f"concept:scheme-{parameter.of}" in schemes if parameter.of else kind == "concept"
    wanted = terms.classes().get(parameter.of)
    return wanted is None or wanted in {value.value for value in graph.values(node, "rdf:type")}


def answer(graph: Graph, text: str) -> Table:
    """The rows of a SELECT over the merge of the five graphs."""
    found = graph.store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return of_solutions(found)


def _needed(asked: Question, given: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    """What the things that are given, and those that stand as defaults, are found by."""
    for parameter in asked.params:
        if parameter.type in ("entity", "concept", "source", "statement"):
            for text in given.get(parameter.name, ()):
                yield from ((ox.NamedNode(terms.expand(name)), None, None) for name in _curies(parameter, text.strip()))
                yield from bearing(text.strip())
        if parameter.name not in given and terms.is_curie(parameter.default):
            yield ox.NamedNode(terms.expand(parameter.default)), None, None


def run(graph: Graph, name: str, given: Mapping[str, Sequence[str]]) -> Table:
    """The answer to a saved question, with parameters as the user wrote them."""
    asked = question(name)
    graph.ahead(_needed(asked, given))
    bound = values(graph, asked, given)
    for parameter in asked.params:
        # Without this a graph of other things would answer that the sources do not say.
        default = terms.is_curie(parameter.default) and parameter.name not in bound
        if default and not graph.holds(ox.NamedNode(terms.iri(parameter.default))):
            raise BadUse(f"give a value for {parameter.name}: its default {parameter.default} is not in this graph")
    return answer(graph, bind(asked, bound))


def view(graph: Graph, name: str, given: Mapping[str, Sequence[_Bound]]) -> Iterator[ox.NamedNode]:
    """The statements that a CONSTRUCT query of `queries/views` draws, sorted."""
    made = graph.store.query(bind(question(name, "views"), given), use_default_graph_as_union=True)
    assert isinstance(made, ox.QueryTriples)
    drawn = {t.subject for t in made if t.predicate == named("rdf:predicate") and isinstance(t.subject, ox.NamedNode)}
    yield from sorted(drawn, key=lambda node: node.value)


def statements(found: Table) -> list[ox.NamedNode]:
    """The statements that an answer names."""
    prefix = terms.prefixes()["st"]
    return [
        term for row in found.rows for term in row if isinstance(term, ox.NamedNode) and term.value.startswith(prefix)
    ]


def contradicted(graph: Graph, found: Table) -> list[str]:
    """The CURIEs of the statements of an answer that a conflict of kind contradicts names."""
    stated = set(statements(found))
    conflicts = graph.subjects("aig:conflictKind", named("concept:contradicts")) if stated else ()
    disputed = {side for conflict in conflicts for side in graph.values(conflict, "aig:between")}
    return sorted(terms.shorten(node.value) for node in stated & disputed)
