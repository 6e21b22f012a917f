"""From the fields of a YAML mapping to the records of `model`: one function for each kind of record."""

from __future__ import annotations

import re
from datetime import date

from kg import dates, terms
from kg.errors import Issue
from kg.facts.fields import Fields, suggest
from kg.facts.model import About, Conflict, Entity, Fact, Gap, Introduction, Source, Span
from kg.strict import Node
from kg.vocabulary import Vocabulary

__all__ = [
    "COMPUTED", "FILE_NAME", "INTRODUCED", "STRUCTURE", "about", "brought", "conflict", "entity", "fact", "gap",
    "source", "tombstone",
]  # fmt: skip

INTRODUCED = {"prop": "Proposition", "fig": "Observation", "ident": "Identifier"}
STRUCTURE = {
    "subject": "fact", "predicate": "fact", "object": "fact", "status": "fact", "modality": "fact", "reading": "fact",
    "claimedBy": "fact", "evidence": "fact", "role": "fact", "constituency": "fact", "inCapacityOf": "fact",
    "onBehalfOf": "fact", "review": "fact", "whenText": "fact", "note": "fact",
    "hasSource": "span", "hasSelector": "span", "start": "span", "end": "span", "digest": "span",
    "startsWith": "span", "endsWith": "span", "wholeDocument": "span",
    "between": "conflict", "challenges": "conflict", "conflictKind": "conflict",
    "publisher": "source", "issued": "source", "archivedAt": "source",
    "label": "entity", "inScheme": "entity", "distinctFrom": "entity",
    "measure": "description", "unit": "description", "population": "description", "value": "description",
    "valueQualifier": "description", "notation": "description", "identifierScheme": "description",
}  # fmt: skip
"""Properties by which the graph describes its own records -> the record whose keys give them. No fact may state them:
it would forge who says a statement, or what another record says of itself."""

COMPUTED = frozenset({
    "participatedIn", "inSeries", "adoptedBy", "certifiedFor", "expresses", "transitiveSubOrganizationOf",
    "earliest", "latest",
})  # fmt: skip
"""Properties that only the rules and the dates give."""

_RECORDS = frozenset({"src", "st", "ev", "conflict"})
_FACT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9.]+)*-[0-9]{3,5}")
_HEX = re.compile(r"[0-9a-f]{64}")
_PART = r"(?:[^\s<>\"{}|\\^`\[\]#%]|%[0-9A-Fa-f]{2})*"
_URL = re.compile(rf"https?://[^\s<>\"{{}}|\\^`\[\]/?#%:@]+(?::[0-9]+)?(?:[/?]{_PART})?(?:#{_PART})?")
_DURATION = re.compile(r"P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _address(fields: Fields, key: str) -> str | None:
    text = fields.text(key)
    if text is not None and not _URL.fullmatch(text):
        fields.report(f"{key!r} is no http address: {text}", "write it with http:// or https://", rule="address")
        return None
    return text


def _contact(fields: Fields) -> str | None:
    """An address to write to: `mailto:` with one at sign, or a page."""
    text = fields.text("contact")
    if text is None or _URL.fullmatch(text) or re.fullmatch(r"mailto:[^\s@<>?&]+@[^\s@<>?&]+", text):
        return text
    fields.report(f"'contact' is no address: {text}", "write mailto:name@example.org or https://…", rule="address")
    return None


def _date(fields: Fields, text: str | None, line: int = 0) -> str | None:
    if text is not None and not dates.is_edtf(text):
        fields.report(f"{text!r} is no EDTF date", "write 2021-07, 2020-12-18/2020-12-19, 2018/..", line, "date")
        return None
    return text


def _day(fields: Fields, key: str) -> str | None:
    text = fields.text(key)
    try:
        return date.fromisoformat(text).isoformat() if text is not None else None
    except ValueError:
        fields.report(f"{key!r} is {text!r}, no day", "write it like 2026-11-22", rule="date")
        return None


def about(node: Node, file: str, issues: list[Issue]) -> About | None:
    """What the project says of itself."""
    fields = Fields(node, file, issues)
    title = fields.text("title", required=True)
    made = About(
        title or "", fields.text("description"), _address(fields, "license"), fields.text("publisher"),
        _day(fields, "published"), fields.texts("keywords"), _contact(fields),
    )  # fmt: skip
    fields.done()
    return made if title else None


def source(name: str, node: Node, file: str, issues: list[Issue]) -> Source | None:
    """A cited document, `src:<slug>`."""
    fields = Fields(node, file, issues, name)
    if not name.startswith("src:") or not terms.is_curie(name):
        fields.report("a source is called src:<slug>", "lower-case words with dashes", rule="id")
    title = fields.text("title", required=True)
    digest, length = fields.text("digest"), fields.number("length")
    if digest is not None and not _HEX.fullmatch(digest):
        fields.report("'digest' must be 64 hex digits", "run kg anchor", rule="digest")
    if length is not None and (length < 1 or length % 1):
        fields.report("'length' must be a whole number above 0", "run kg anchor", rule="digest")
    made = Source(
        id=name, title=title or "", where=fields.where, url=_address(fields, "url"),
        archived=_address(fields, "archived"), publisher=fields.text("publisher"), voice=fields.text("voice"),
        published=_date(fields, fields.text("published")), text=fields.text("text"), digest=digest,
        length=int(length) if length is not None else None, note=fields.text("note"),
    )  # fmt: skip
    if made.text is not None and not FILE_NAME.fullmatch(made.text):
        fields.report("'text' must be a plain file name", "letters, digits, dots and dashes; no folders", rule="file")
    fields.done()
    return made if title else None


def entity(name: str, node: Node, file: str, issues: list[Issue]) -> Entity | None:
    """A thing of the entity files."""
    fields = Fields(node, file, issues, name)
    if not terms.is_curie(name):
        fields.report("this is no identifier", "write <kind>:<lower-case-words>", rule="id")
    elif name.partition(":")[0] in _RECORDS:
        fields.report("this is the name of a record, not of a thing", "sources stand in sources.yaml", rule="id")
    kind = fields.choice("type", terms.classes())
    label = fields.text("label", required=True)
    made = Entity(
        id=name, type=kind or "", label=label or "", where=fields.where, note=fields.text("note"),
        distinct_from=fields.texts("distinctFrom"), scheme=fields.text("scheme"),
    )  # fmt: skip
    fields.done()
    return made if kind and label else None


def _introduction(fields: Fields, node: Node, fact_node: str, vocabulary: Vocabulary) -> Introduction | None:
    kind = INTRODUCED.get(fact_node.partition(":")[0])
    if kind is None:
        message = f"{fact_node} can't be introduced by a fact" if fact_node else "it names nothing to introduce"
        fields.report(message, "put it into entities/" if fact_node else "add object:", node.line)
        return None
    inner = Fields(node, fields.file, fields.issues, fact_node)
    if not terms.is_curie(fact_node):
        inner.report("this is no identifier", "write <kind>:<lower-case-words>", rule="id")
    label = inner.text("label", required=True) or ""
    made: dict[str, object] = {}
    if kind == "Observation":
        made = {
            "measure": inner.text("measure", required=True), "value": inner.number("value"),
            "unit": inner.text("unit"), "population": inner.text("population"),
            "value_qualifier": inner.choice("valueQualifier", vocabulary.choices("value-qualifier"), "exactly"),
        }  # fmt: skip
        if "value" not in inner:
            inner.report("the key 'value' is missing", "a figure has a number", rule="key")
    elif kind == "Identifier":
        made = {"scheme": inner.text("scheme", required=True), "notation": inner.text("notation", required=True)}
    if kind == "Proposition" and len(label.split()) > 15:
        inner.report("the proposition has more than 15 words", "say it shorter", rule="label")
    inner.done()
    return Introduction(node=fact_node, type=kind, label=label, **made)  # type: ignore[arg-type]


def _span(fields: Fields, node: Node, default: str) -> Span | None:
    inner = Fields(node, fields.file, fields.issues, fields.subject)
    if "words" in inner:
        inner.report("these words are not anchored", "run kg anchor", node.line, "anchor")
        return None
    if "document" in inner:
        whole = inner.choice("document", ("true",))
        inner.done()
        return Span(default, inner.where, whole=True) if whole else None
    at = inner.node("at", required=True)
    pair = inner.pair(at) if at else None
    digest = inner.text("digest", required=True) or ""
    head, tail = inner.text("from", required=True), inner.text("to") if "to" in inner else ""
    if not _HEX.fullmatch(digest):
        inner.report("the digest must be 64 hex digits", "run kg anchor", rule="digest")
    inner.done()
    return Span(default, inner.where, *(pair or (0, 1)), digest, head or "", tail or "") if pair else None


def _evidence(fields: Fields, default: str | None) -> tuple[Span, ...]:
    nodes = fields.items("evidence", required=True)
    named = fields.texts("source")
    if default and named and named != (default,):
        fields.report(f"its evidence lies in another source ({', '.join(named)})", f"this file cites {default}")
    sources = named or ((default,) if default else ())
    if not sources:
        fields.report("the key 'source' is missing", "name the document that says it", rule="key")
        return ()
    if len(sources) > 1 and len(sources) != len(nodes):
        fields.report("as many evidence entries as sources are needed", "list one span for each source")
        return ()
    if not nodes:
        fields.report("a statement needs evidence", "give the words that say it", rule="evidence")
    pairs = zip(nodes, sources * (1 if len(sources) > 1 else len(nodes)), strict=False)
    return tuple(span for node, name in pairs if (span := _span(fields, node, name)) is not None)


def _term(fields: Fields, predicate: str) -> terms.Term | None:
    """The property, when a fact may state it."""
    place = STRUCTURE.get(predicate)
    if place is not None:
        fields.report(f"{predicate} can't be stated by a fact", f"a key of the {place} gives it", rule="property")
    elif predicate in COMPUTED:
        fields.report(f"{predicate} is computed, not stated", "state what it follows from", rule="property")
    elif predicate not in terms.properties():
        known = terms.properties().keys() - STRUCTURE.keys() - COMPUTED
        remedy = suggest(predicate, sorted(known)) or "see ontology/context.jsonld"
        fields.report(f"the property {predicate!r} is unknown", remedy, rule="property")
    else:
        return terms.properties()[predicate]
    return None


def _object_and_value(fields: Fields, predicate: str) -> tuple[str | None, str | None]:
    term = _term(fields, predicate)
    if term is None:
        fields.text("object"), fields.text("value")
        return None, None
    if term.takes_object:
        if "value" in fields:
            fields.report(f"{predicate} takes a thing, not a value", "write object:", rule="object")
            fields.text("value")
        target = fields.text("object", required=True)
        if predicate == "exactMatch" and (target or "").startswith("http"):
            target = _address(fields, "object")
        return target, None
    if "object" in fields:
        fields.report(f"{predicate} takes a value, not a thing", "write value:", rule="object")
        fields.text("object")
    value = fields.text("value", required=True)
    if value is not None:
        _check_value(fields, term, value)
    return None, value


def _check_value(fields: Fields, term: terms.Term, value: str) -> None:
    kind = terms.local(term.datatype) if term.datatype else "string"
    if kind == "EDTF":
        _date(fields, value)
    elif kind == "anyURI":
        _address(fields, "value")
    elif kind == "duration" and not _DURATION.fullmatch(value):
        fields.report(f"{value!r} is no duration", "write PT90M or P3D", rule="value")


def _fact_id(fields: Fields) -> str:
    name = fields.text("id", required=True) or ""
    fields.subject = name
    if name and not _FACT_ID.fullmatch(name):
        fields.report("an id is <source>-NNN", "lower-case words, then three digits", rule="id")
    return name


def tombstone(node: Node, file: str, issues: list[Issue]) -> tuple[str, str] | None:
    """The id of a withdrawn fact, which is never used again, and the reason."""
    fields = Fields(node, file, issues)
    name, reason = _fact_id(fields), fields.text("withdrawn", required=True)
    fields.done()
    return (name, reason) if name and reason else None


def _language(fields: Fields, predicate: str | None) -> str | None:
    lang = fields.text("lang")
    term = terms.properties().get(predicate or "")
    if lang is not None and not _LANG.fullmatch(lang):
        fields.report(f"{lang!r} is no language tag", "write en, zh, fr …", rule="value")
    elif lang is not None and term and (term.takes_object or term.datatype):
        fields.report(f"{predicate} takes no words, so it has no language", "leave lang out", rule="value")
    return lang


def fact(node: Node, file: str, default: str | None, vocabulary: Vocabulary, issues: list[Issue]) -> Fact | None:
    """One statement; `default` is the source of its file."""
    fields = Fields(node, file, issues)
    name = _fact_id(fields)
    subject, predicate = fields.text("subject", required=True), fields.text("predicate", required=True)
    target, value = _object_and_value(fields, predicate) if predicate else (None, None)
    introduces = None
    if (inner := fields.node("introduces")) is not None:
        described = next((n for n in (target, subject) if n and n.partition(":")[0] in INTRODUCED), target or "")
        introduces = _introduction(fields, inner, described, vocabulary)
    made = Fact(
        id=name, subject=subject or "", predicate=predicate or "", where=fields.where, object=target, value=value,
        lang=_language(fields, predicate), introduces=introduces, role=fields.text("role"),
        constituency=fields.texts("constituency"), in_capacity_of=fields.text("inCapacityOf"),
        on_behalf_of=fields.texts("onBehalfOf"), when_text=fields.text("whenText"),
        status=fields.choice("status", vocabulary.choices("status")) or "",
        modality=fields.choice("modality", vocabulary.choices("modality"), "actual") or "",
        reading=fields.choice("reading", vocabulary.choices("reading"), "literal") or "",
        claimed_by=fields.texts("claimedBy"), review=fields.text("review"), note=fields.text("note"),
        evidence=_evidence(fields, default),
    )  # fmt: skip
    fields.done()
    _check_qualifiers(fields, made)
    return made if name and subject and predicate and (target or value) else None


def _check_qualifiers(fields: Fields, made: Fact) -> None:
    if made.status == "attributed" and not made.claimed_by:
        fields.report("an attributed statement names who says it", "add claimedBy", rule="claimedBy")
    if made.reading == "inferred" and not made.note:
        fields.report("an inferred reading gives its reason", "add a note", rule="note")
    if made.when_text and made.predicate != "when":
        fields.report("whenText goes with the predicate when", "move it to the date's own fact", rule="date")
    if made.id and made.subject == made.id:
        fields.report("it is its own subject", "name the thing or the fact that it is about")
    if made.subject == made.object:
        fields.report("subject and object are the same", "name two things")


def brought(node: Node) -> set[str]:
    """What a rejected fact would have brought: its id, and the thing that it introduces."""
    record = node.value if isinstance(node.value, dict) else {}
    keys = ("id", "object", "subject") if "introduces" in record else ("id",)
    names = {record[key].raw for key in keys if key in record}
    return {name for name in names if ":" not in name or name.partition(":")[0] in INTRODUCED}


def conflict(name: str, node: Node, file: str, vocabulary: Vocabulary, issues: list[Issue]) -> Conflict | None:
    """A pair of statements that don't go together, `conflict:<slug>`."""
    fields = Fields(node, file, issues, name)
    if not name.startswith("conflict:") or not terms.is_curie(name):
        fields.report("a conflict is called conflict:<slug>", "lower-case words with dashes", rule="id")
    kind = fields.choice("kind", vocabulary.choices("conflict-kind"))
    between = fields.texts("between")
    if len(set(between)) != 2:
        fields.report("a conflict is between two statements", "name two fact ids", rule="conflict")
    note = fields.text("note", required=True)
    fields.done()
    if kind and note and len(set(between)) == 2:
        return Conflict(name, kind, (between[0], between[1]), note, fields.where)
    return None


def gap(node: Node, file: str, issues: list[Issue]) -> Gap | None:
    """A stretch that holds no fact, with its reason."""
    fields = Fields(node, file, issues)
    if "words" in fields:
        fields.report("these words are not anchored", "run kg anchor", rule="anchor")
        return None
    at = fields.node("at", required=True)
    pair = fields.pair(at) if at else None
    reason = fields.text("reason", required=True)
    fields.done()
    return Gap(*pair, reason, fields.where) if pair and reason else None
