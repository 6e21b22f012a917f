"""The API described (OpenAPI 3.1), made from the saved questions and the closed lists, so that it can't fall behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg import folders, queries, terms
from kg.queries import Parameter

__all__ = ["description"]

_TEXT: dict[str, Any] = {"type": "string"}
_DAY: dict[str, Any] = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "maxLength": 0}]}
"""A day, or nothing, as a form sends what was left empty."""
_MANY: dict[str, Any] = {"type": "array", "items": _TEXT}


def _several(*choices: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(choices)}}


def _number(least: int, most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default}


def _in_query(name: str, about: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    made = {"name": name, "in": "query", "description": about, "required": required, "schema": schema}
    return made | ({"explode": True, "style": "form"} if schema.get("type") == "array" else {})


def _in_path(name: str, about: str, example: str) -> dict[str, Any]:
    return {
        "name": name, "in": "path", "required": True, "description": about, "example": example,
        "schema": {"type": "string", "minLength": 1},
    }  # fmt: skip


_PAGED = [
    _in_query("limit", "At most so many.", _number(1, 500, 100)),
    _in_query("offset", "Leave out so many at the beginning.", _number(0, 10**9 - 1, 0)),
]
_PARAMETERS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "about": ("What the graph is: version and counts.", []),
    "entities": ("All things, or those of a class.",
                 [_in_query("type", "Only things of this class of the ontology.", _MANY), *_PAGED]),
    "entity": ("A thing with its statements, who says them, and what follows.",
               [_in_path("name", "CURIE, IRI or any name.", "agent:undp")]),
    "statements": ("Statements, with who says them, how far they carry, and their evidence.", [
        _in_query("about", "Only statements that name this thing at either end.", _MANY),
        _in_query("source", "Only what this source says.", _MANY),
        _in_query("status", "Only statements of this status.", _several("asserted", "self-reported", "attributed")),
        _in_query("modality", "Only actual or planned.", _several("actual", "planned")),
        _in_query("reading", "Only literal or inferred.", _several("literal", "inferred")),
        _in_query("role", "Only participations in this role.", _MANY),
        _in_query("relation", "Only this relation, by its name or label.", _MANY),
        _in_query("says", "Only what this organization, person or source says.", _MANY),
        _in_query("since", "Only what is known to reach this day or later.", _DAY),
        _in_query("until", "Only what is known to begin by this day.", _DAY),
        _in_query("contradicted", "Whether what is contradicted is kept.",
                  {"type": "string", "enum": ["true", "false"], "default": "true"}), *_PAGED]),
    "statement": ("A statement.", [_in_path("name", "Its id, with or without st:.", "sensetime-waic-2021-041")]),
    "search": ("Things that answer to a name in any script, or part of one, best first.", [
        _in_query("q", "What is looked for.", {"type": "string", "maxLength": 200}),
        _in_query("kind", "Only things of these kinds, or of a class that is named by `type`.", _several(*terms.KINDS)),
        _in_query("type", "Only things of these classes, or of a kind that is named.", _MANY),
        _in_query("limit", "At most so many.", _number(1, 100, 20))]),
    "questions": ("The saved questions.", []),
    "question": ("A saved question with its SPARQL.", [_in_path("name", "Its name.", "participants-of-an-event")]),
    "paths": ("How two things are connected: routes over the statements, each step with its receipt.", [
        _in_query("from", "A thing, by any name.", {"type": "string", "minLength": 1}, required=True),
        _in_query("to", "Another.", {"type": "string", "minLength": 1}, required=True),
        _in_query("by", "Fewest steps first, or the strongest weakest step.",
                  {"type": "string", "enum": ["shortest", "evidenced"], "default": "shortest"}),
        _in_query("routes", "At most so many.", _number(1, 20, 3)),
        _in_query("through", "Also lead through this kind.", _several("place", "concept", "prop", "fig"))]),
}  # fmt: skip


def _responses(listed: bool) -> dict[str, Any]:
    """What comes back: an object, or a problem."""
    schema: dict[str, Any] = {"type": "object"}
    if listed:
        each = {"total": {"type": "integer", "minimum": 0}, "items": {"type": "array", "items": {"type": "object"}}}
        schema |= {"required": ["total", "items"], "properties": each}
    problem = {"description": "Why not (RFC 9457).", "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}  # fmt: skip
    return {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}},
        "304": {"description": "It has not changed."},
        "400": problem, "404": problem, "410": problem, "422": problem, "503": problem,
    }  # fmt: skip


def _takes(one: Parameter) -> dict[str, Any]:
    """A parameter of a question."""
    schema = {"date": {"type": "string", "format": "date"}, "integer": {"type": "string", "pattern": "^[0-9]{1,9}$"}}
    about = f"{one.about} ({one.takes})"
    return _in_query(one.name, about, {"type": "array", "items": schema.get(one.type, _TEXT), "maxItems": 200})


def description(address: str, places: Mapping[str, str]) -> dict[str, Any]:
    """The description of the API at an address; `places` are the paths of its operations."""
    paths: dict[str, Any] = {}
    for place, operation in places.items():
        if operation == "answer":
            continue
        about, parameters = _PARAMETERS[operation]
        listed = operation in ("entities", "statements", "search", "questions")
        found = {"operationId": operation, "summary": about, "parameters": parameters, "responses": _responses(listed)}
        paths[place] = {"get": found}
    for asked in queries.questions():
        paths[f"/api/questions/{asked.name}/answer"] = {"get": {
            "operationId": f"answer-{asked.name}", "summary": asked.summary, "description": asked.description,
            "tags": list(asked.tags), "parameters": [_takes(one) for one in asked.params],
            "responses": _responses(listed=False)}}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "AI-governance knowledge graph", "version": folders.version(),
                 "description": "Who did what in AI governance, who says so, and in which words."},
        "servers": [{"url": address.rstrip("/")}],
        "paths": paths,
        "components": {"schemas": {"Problem": {
            "type": "object", "required": ["title", "status", "detail"],
            "properties": {"title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT,
                           "suggestions": {"type": "array", "items": _TEXT}}}}},
    }  # fmt: skip
