"""The JSON API, the part of a worker: things, statements, search, questions and paths as plain records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kg import paths, queries, results, terms
from kg.cards import card
from kg.errors import BadUse, plain
from kg.lookup import find, named, resolve
from kg.paths import Route
from kg.queries import Question
from kg.select import Select, select
from kg.server.reply import Refused
from kg.site import records, things
from kg.site.shelf import Shelf

__all__ = ["CALLS", "Given", "asked_with", "bad_use"]

Given = Mapping[str, Sequence[str]]
"""Name of a parameter -> the values given, at least one each."""

_MOST = 500
"""Records of one answer."""
_VALUES = 200
"""Values that a parameter of a question takes."""
_FILTERS = ("source", "status", "modality", "reading", "role", "relation", "says")


def bad_use(error: BadUse) -> Refused:
    """A misuse as a refusal; what is not there is not found."""
    said = plain(str(error))
    missing = said.startswith(("nothing in the graph is called", "there is no question", "there is no relation"))
    return Refused(404 if missing else 400, said)


def _whole(given: Given, name: str, default: int, most: int, least: int = 0) -> int:
    text = given.get(name, [str(default)])[-1]
    if not (text.isascii() and text.isdigit() and len(text) < 10) or not least <= int(text) <= most:
        raise Refused(400, f"{name} is {text!r}: write a whole number from {least} to {most}", parameter=name)
    return int(text)


def _one_of(given: Given, name: str, choices: Iterable[str], default: str) -> str:
    text, listed = given.get(name, [default])[-1], list(choices)
    if text not in listed:
        raise Refused(400, f"{name} is {text!r}: it takes {' or '.join(listed)}", parameter=name)
    return text


def _expect(given: Given, *known: str) -> None:
    """Raises when a parameter is given that there is not: a misspelt filter must not widen an answer in silence."""
    for name in given:
        if name not in known:
            raise Refused(
                400, f"there is no parameter {name!r}: there are {', '.join(known) or 'none'}", parameter=name
            )


def _page(found: Sequence[Any], given: Given, default: int = 100) -> dict[str, Any]:
    """A stretch of what was found, with how much there is."""
    limit, offset = _whole(given, "limit", default, _MOST, 1), _whole(given, "offset", 0, 10**9 - 1)
    return {"total": len(found), "offset": offset, "items": list(found[offset : offset + limit])}


def _about(shelf: Shelf, given: Given) -> dict[str, Any]:
    """What the graph is: version, counts."""
    _expect(given)
    return {
        "title": shelf.title, "version": shelf.version,
        "published": (shelf.about.published if shelf.about else None) or None,
        "statements": len(shelf.statements), "things": len(shelf.things), "conflicts": len(shelf.conflicts),
        "questions": len(queries.names()),
    }  # fmt: skip


def _entities(shelf: Shelf, given: Given) -> dict[str, Any]:
    """All things, or those of a class."""
    _expect(given, "type", "limit", "offset")
    wanted = _classes(shelf, given)
    found = [thing for thing in shelf.things if not wanted or thing.type in wanted]
    page = _page(found, given)
    return page | {"items": [records.thing_record(one) | {"statements": shelf.uses[one.id]} for one in page["items"]]}


def _classes(shelf: Shelf, given: Given) -> Sequence[str]:
    """The classes that are asked for. Raises `Refused` for one without things."""
    classes = sorted({thing.type for thing in shelf.things if thing.type})
    wanted = given.get("type", ())
    for name in wanted:
        if name not in classes:
            raise Refused(400, f"no thing is of class {name!r}: there are {', '.join(classes)}", parameter="type")
    return wanted


def _node(shelf: Shelf, name: str) -> str:
    """The CURIE of a thing by any name. Raises `Refused` with suggestions."""
    try:
        return terms.shorten(resolve(shelf.graph, name).value)
    except BadUse as error:
        raise bad_use(error) from None


def _entity(shelf: Shelf, given: Given, name: str) -> dict[str, Any]:
    """A thing, a conflict or a piece of evidence with all that is said of it."""
    _expect(given)
    found = _node(shelf, name)
    if found in shelf.withdrawn:
        raise Refused(410, f"{found} was withdrawn: {shelf.withdrawn[found]}")
    if found.startswith("ev:"):
        return records.evidence_record(things.evidence(shelf, found))
    return records.card_record(shelf.graph, card(shelf.graph, named(found)))


def _statement(shelf: Shelf, given: Given, name: str) -> dict[str, Any]:
    """A statement with who says it and its evidence."""
    _expect(given)
    curie = name if name.startswith("st:") else f"st:{name}"
    if curie in shelf.withdrawn:
        raise Refused(410, f"{curie} was withdrawn: {shelf.withdrawn[curie]}")
    if curie not in shelf.statements:
        raise Refused(404, f"there is no statement {name!r}")
    return records.statement_record(shelf.statements[curie])


def _choice(shelf: Shelf, given: Given) -> Select:
    graph = shelf.graph
    day = {name: given.get(name, [""])[-1] for name in ("since", "until")}
    for name, text in day.items():
        if text:
            queries.values(graph, _DAY, {"day": [text]})
            day[name] = text
    return Select(
        sources=queries.chosen(graph, "source", given.get("source", ()), "source"),
        roles=queries.chosen(graph, "concept", given.get("role", ()), "role", of="role"),
        claimed_by=queries.chosen(graph, "entity", given.get("says", ()), "says"),
        relations=tuple(queries.relation(graph, text) for text in given.get("relation", ())),
        status=tuple(given.get("status", ())), modality=tuple(given.get("modality", ())),
        reading=tuple(given.get("reading", ())),
        contradicted=_one_of(given, "contradicted", ("true", "false"), "true") == "true", **day,
    )  # fmt: skip


_DAY = Question("day", "", "", (), (), (queries.Parameter("day", "date", "", "", True, ""),), (), "")
_LEVELS = {
    "status": ("asserted", "self-reported", "attributed"), "modality": ("actual", "planned"),
    "reading": ("literal", "inferred"),
}  # fmt: skip


def _statements(shelf: Shelf, given: Given) -> dict[str, Any]:
    """The statements that filters keep: who says it, how far it carries, in which role, when, about what."""
    _expect(given, *_FILTERS, "since", "until", "contradicted", "about", "limit", "offset")
    for name, levels in _LEVELS.items():
        for text in given.get(name, ()):
            _one_of({name: [text]}, name, levels, text)
    try:
        choice = _choice(shelf, given)
    except BadUse as error:
        raise bad_use(error) from None
    kept = select(shelf.statements.values(), choice, shelf.periods if choice.dated else None)
    about = {_node(shelf, name) for name in given.get("about", ())}
    found = [one for one in kept if not about or about & {one.subject.id, one.object.id}]
    page = _page(found, given)
    return page | {"items": [records.statement_record(one) for one in page["items"]]}


def _search(shelf: Shelf, given: Given) -> dict[str, Any]:
    """The things that answer to a name or part of one, best first."""
    _expect(given, "q", "kind", "type", "limit")
    text = given.get("q", [""])[-1]
    if len(text) > 200:
        raise Refused(400, "q has more than 200 letters: no name is so long", parameter="q")
    kinds = set(given.get("kind", ()))
    for kind in kinds:
        _one_of({"kind": [kind]}, "kind", terms.KINDS, kind)
    types = set(_classes(shelf, given))
    limit = _whole(given, "limit", 20, 100, 1)
    found = find(shelf.graph, text) if text.strip() else []
    kept = [one for one in found if not kinds | types or one.id.partition(":")[0] in kinds or one.type in types]
    items = [
        {"id": one.id, "iri": terms.iri(one.id), "label": one.label, "type": one.type, "name": one.name,
         "match": one.match, "statements": shelf.uses[one.id]}
        for one in kept[:limit]
    ]  # fmt: skip
    return {"total": len(kept), "items": items}


def _described(asked: Question) -> dict[str, Any]:
    return {
        "name": asked.name, "summary": asked.summary, "description": asked.description, "tags": list(asked.tags),
        "parameters": [
            {"name": one.name, "type": one.type, "of": one.of, "about": one.about, "optional": one.optional,
             "default": None if one.default == "UNDEF" else one.default}
            for one in asked.params
        ],
        "columns": [{"name": name, "about": about} for name, about in asked.columns],
    }  # fmt: skip


def _questions(shelf: Shelf, given: Given) -> dict[str, Any]:
    """All saved questions."""
    _expect(given)
    found = [_described(one) for one in queries.questions()]
    return {"total": len(found), "items": found}


def _asked(name: str) -> Question:
    try:
        return queries.question(name)
    except BadUse as error:
        raise bad_use(error) from None


def _question(shelf: Shelf, given: Given, name: str) -> dict[str, Any]:
    """A saved question: what it asks, what one can set, what comes back, and its SPARQL."""
    _expect(given)
    asked = _asked(name)
    return _described(asked) | {"sparql": asked.text}


def asked_with(name: str, given: Given) -> dict[str, list[str]]:
    """The parameters of a question without those left empty, as a form sends them."""
    _asked(name)
    for key, texts in given.items():
        if len(texts) > _VALUES:
            raise Refused(400, f"{key} has more than {_VALUES} values", parameter=key)
    return {key: kept for key, texts in given.items() if (kept := [text for text in texts if text.strip()])}


def _answer(shelf: Shelf, given: Given, name: str) -> dict[str, Any]:
    """The answer to a saved question as records: column -> value; other forms are at /question/NAME.csv."""
    asked, values = _asked(name), asked_with(name, given)
    try:
        found = queries.run(shelf.graph, name, values)
    except BadUse as error:
        raise bad_use(error) from None
    rows = [dict(zip(found.columns, map(results.plain, row), strict=True)) for row in found.rows]
    taken = {p.name: p.default for p in asked.params if p.name not in values and not p.optional}
    return {
        "question": asked.name, "asked": values, "defaults": taken, "columns": list(found.columns), "rows": rows,
        "contradicted": queries.contradicted(shelf.graph, found),
    }  # fmt: skip


def _route(route: Route) -> dict[str, Any]:
    steps = [
        {"from": records.thing_record(step.start), "to": records.thing_record(step.end), "relation": step.relation,
         "forward": step.forward, "statement": records.statement_record(step.statement)}
        for step in route.steps
    ]  # fmt: skip
    return {"weakest": route.weakest, "rests": route.rests, "steps": steps}


def _connections(shelf: Shelf, given: Given) -> dict[str, Any]:
    """How two things are connected: routes over the statements, each step with its statement."""
    _expect(given, "from", "to", "by", "routes", "through")
    texts = {name: given.get(name, [""])[-1] for name in ("from", "to")}
    for name, text in texts.items():
        if not text.strip():
            raise Refused(400, f"{name} is empty: name a thing", parameter=name)
    start, end = (_node(shelf, text) for text in texts.values())
    if start == end:
        raise Refused(400, f"{texts['from']!r} and {texts['to']!r} are the same thing ({start}): name two")
    order, count = _one_of(given, "by", ("shortest", "evidenced"), "shortest"), _whole(given, "routes", 3, 20, 1)
    more = [_one_of({"through": [kind]}, "through", ("place", "concept", "prop", "fig"), kind)
            for kind in given.get("through", ())]  # fmt: skip
    found = paths.routes(shelf.statements.values(), start, end, count, order, (*paths.THROUGH, *more))
    ends = [records.thing_record(shelf.reader.thing(named(name))) for name in (start, end)]
    return {"from": ends[0], "to": ends[1], "by": order, "routes": [_route(one) for one in found]}


CALLS: dict[str, Callable[..., dict[str, Any]]] = {
    "about": _about, "entities": _entities, "entity": _entity, "statements": _statements, "statement": _statement,
    "search": _search, "questions": _questions, "question": _question, "answer": _answer, "paths": _connections,
}  # fmt: skip
"""Operation of the API -> what answers it, given the parameters and, where a thing is named in the path, its name."""
