"""What the graph says of one node as plain JSON, for those who want neither HTML nor RDF: its card as a record.

The same records are what a server of these pages answers with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kg import terms
from kg.cards import Card
from kg.lookup import Graph
from kg.statements import Receipt, Statement, Thing

__all__ = ["card_record", "evidence_record", "statement_record", "thing_record", "written"]


def written(record: object) -> bytes:
    """JSON as the site writes it: UTF-8, one more line at the end."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def thing_record(thing: Thing) -> dict[str, str]:
    """What a statement names: CURIE, IRI, label, class; of a value, the label alone."""
    if not thing.id:
        return {"label": thing.label}
    made = {"id": thing.id, "iri": terms.iri(thing.id), "label": thing.label}
    return made | ({"type": thing.type} if thing.type else {})


def _several(things: Iterable[Thing]) -> list[dict[str, str]]:
    return [thing_record(thing) for thing in things]


def _receipt(one: Receipt) -> dict[str, Any]:
    made: dict[str, Any] = {"id": one.id, "source": one.source, "title": one.title}
    if one.whole:
        return made | {"whole": True, "link": one.link}
    span = {"start": one.start, "end": one.end, "startsWith": one.head, "endsWith": one.tail}
    return made | span | {"digest": one.digest, "link": one.link}


def statement_record(one: Statement) -> dict[str, Any]:
    """A statement with who says it, how far it carries, its conflicts and its evidence."""
    made: dict[str, Any] = {
        "id": one.id, "iri": terms.iri(one.id), "subject": thing_record(one.subject), "predicate": one.predicate,
        "relation": one.relation, "object": thing_record(one.object), "status": one.status, "modality": one.modality,
        "reading": one.reading, "contradicted": one.contradicted, "claimedBy": _several(one.claimed_by),
    }  # fmt: skip
    optional = {
        "role": one.role and thing_record(one.role), "constituency": _several(one.constituency),
        "inCapacityOf": one.in_capacity_of and thing_record(one.in_capacity_of),
        "onBehalfOf": _several(one.on_behalf_of), "whenText": one.when_text,
        "review": one.review and thing_record(one.review), "note": one.note,
        "conflicts": [
            {"kind": clash.kind, "relation": clash.relation, "statement": clash.other, "text": clash.text,
             "note": clash.note}
            for clash in one.conflicts
        ],
    }  # fmt: skip
    made |= {key: value for key, value in optional.items() if value}
    return made | {"evidence": [_receipt(receipt) for receipt in one.receipts]}


def evidence_record(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A piece of evidence with the statements that rest on it, as its page has them."""
    return _receipt(shown["receipt"]) | {
        "iri": shown["iri"], "statements": [statement_record(one) for one in shown["statements"]]
    }  # fmt: skip


def card_record(graph: Graph, card: Card) -> dict[str, Any]:
    """A node with its names, the statements that name it and what follows from them."""
    stated = {one.statement.id: one.statement for _, group in card.groups for one in group}
    names = graph.names.get(terms.iri(card.id), set()) - {card.label}
    return {
        "id": card.id, "iri": terms.iri(card.id), "label": card.label, "type": card.type, "note": card.note,
        "names": sorted(names),
        "statements": [statement_record(stated[name]) for name in sorted(stated)],
        "inferred": [
            {"text": one.text, "rule": one.rule, "summary": one.summary, "premises": list(one.premises)}
            for one in card.derived
        ],
    }  # fmt: skip
