"""Single records: what each kind takes, and every message about what it does not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import terms, vocabulary
from kg.errors import Issue
from kg.facts import Conflict, Entity, Fact, Gap, Introduction, Project, Source, Span, Where, records
from kg.strict import parse

WORDS = vocabulary.load()
DIGEST = "0f" * 32
SPAN = f"{{at: [0, 5], digest: {DIGEST}, from: one, to: two}}"


def _source(text: str, name: str = "src:a") -> tuple[Source | None, list[str]]:
    issues: list[Issue] = []
    return records.source(name, parse(text, "s.yaml"), "s.yaml", issues), [str(issue) for issue in issues]


def _entity(text: str, name: str = "agent:a") -> tuple[Entity | None, list[str]]:
    issues: list[Issue] = []
    return records.entity(name, parse(text, "e.yaml"), "e.yaml", issues), [str(issue) for issue in issues]


def _fact(text: str, default: str | None = "src:a") -> tuple[Fact | None, list[str]]:
    issues: list[Issue] = []
    return records.fact(parse(text, "f.yaml"), "f.yaml", default, WORDS, issues), [str(issue) for issue in issues]


def _with(**changes: str | None) -> str:
    """A sound fact, with keys replaced, added, or (None) left out."""
    keys: dict[str, str | None] = {
        "id": "a-001", "subject": "event:x", "predicate": "hostedBy", "object": "agent:y", "status": "asserted",
        "evidence": f"[{SPAN}]",
    }  # fmt: skip
    return "{" + ", ".join(f"{key}: {value}" for key, value in (keys | changes).items() if value is not None) + "}"


def test_a_source_with_everything() -> None:
    made, told = _source(
        f"{{title: T, url: 'https://a.org/x', archived: 'http://b.org', publisher: agent:p, voice: agent:v, "
        f"published: 2021-07, text: a.txt, digest: {DIGEST}, length: 12, note: N}}"
    )
    assert told == []
    assert made == Source(
        "src:a", "T", Where("s.yaml", 1), "https://a.org/x", "http://b.org", "agent:p", "agent:v", "2021-07", "a.txt",
        DIGEST, 12, "N",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{note: N}", "s.yaml:1: src:a: the key 'title' is missing: add it"),
        ("{title: T, url: www.a.org}", "src:a: 'url' is no http address: www.a.org: write it with http:// or https://"),
        ("{title: T, url: 'ftp://a.org'}", "'url' is no http address"),
        ("{title: T, url: 'http://a b'}", "'url' is no http address"),
        ("{title: T, archived: 'javascript:x'}", "'archived' is no http address"),
        ("{title: T, published: July 2021}", "'July 2021' is no EDTF date: write 2021-07, 2020-12-18/2020-12-19"),
        ("{title: T, digest: abc}", "'digest' must be 64 hex digits: run kg anchor"),
        ("{title: T, length: long}", "'length' must be a number: write digits only"),
        ("{title: T, length: -5}", "'length' must be a whole number above 0: run kg anchor"),
        ("{title: T, length: 1.5}", "'length' must be a whole number above 0: run kg anchor"),
        ("{title: T, text: ../a.txt}", "'text' must be a plain file name: letters, digits, dots and dashes"),
        ("{title: T, text: 'a\\b.txt'}", "'text' must be a plain file name"),
        ("{title: T, text: .hidden}", "'text' must be a plain file name"),
        (f"{{title: T, text: {'x' * 300}}}", "'text' must be a plain file name"),
        ("{title: T, txt: a.txt}", "the key 'txt' is unknown: did you mean text?"),
        ("just words", "this must be a mapping of keys to values"),
    ],
)
def test_what_a_source_is_not(text: str, message: str) -> None:
    assert any(message in line for line in _source(text)[1])


@pytest.mark.parametrize("name", ["agent:a", "a", "src:A", "src:"])
def test_a_source_has_a_name_of_its_kind(name: str) -> None:
    assert (
        f"s.yaml:1: {name}: a source is called src:<slug>: lower-case words with dashes"
        in _source("{title: T}", name)[1]
    )


def test_an_entity_with_everything() -> None:
    made, told = _entity("{type: Person, label: L, note: N, distinctFrom: [agent:b, agent:c], scheme: role}")
    assert told == []
    assert made == Entity("agent:a", "Person", "L", Where("e.yaml", 1), "N", ("agent:b", "agent:c"), "role")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("{type: Person}", "agent:a", "e.yaml:1: agent:a: the key 'label' is missing: add it"),
        ("{label: L}", "agent:a", "the key 'type' is missing"),
        ("{type: Persn, label: L}", "agent:a", "'type' is 'Persn': use one of Adoption, Agent, Certification"),
        ("{type: hostedBy, label: L}", "agent:a", "'type' is 'hostedBy': use one of"),
        ("{type: Person, label: L}", "agent:A b", "this is no identifier: write <kind>:<lower-case-words>"),
        ("{type: Person, label: L}", "someone:a", "this is no identifier"),
        ("{type: Person, label: [L]}", "agent:a", "'label' must be text"),
        ("{type: Person, label: L}", "st:a-001", "this is the name of a record, not of a thing"),
    ],
)
def test_what_an_entity_is_not(text: str, name: str, message: str) -> None:
    made, told = _entity(text, name)
    assert any(message in line for line in told)
    assert made is None or name != "agent:a"


def test_a_fact_with_its_defaults() -> None:
    made, told = _fact(_with())
    assert told == []
    where = Where("f.yaml", 1)
    span = Span("src:a", where, 0, 5, DIGEST, "one", "two")
    assert made == Fact("a-001", "event:x", "hostedBy", where, "asserted", (span,), object="agent:y")
    assert (made.modality, made.reading, made.sources) == ("actual", "literal", ("src:a",))


def test_a_participation_with_all_its_qualifiers() -> None:
    made, told = _fact(
        _with(role="concept:r", constituency="[concept:c, concept:d]", inCapacityOf="post:p", onBehalfOf="agent:b",
              modality="planned", reading="inferred", note="why", status="attributed", claimedBy="[agent:k]",
              review="concept:second-look")
    )  # fmt: skip
    assert told == [] and made
    assert made.things == (
        "event:x", "agent:y", "concept:r", "concept:c", "concept:d", "post:p", "agent:b", "agent:k",
    )  # fmt: skip
    assert (made.modality, made.reading, made.review) == ("planned", "inferred", "concept:second-look")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_with(id=None), "f.yaml:1: the key 'id' is missing: add it"),
        (_with(id="A-1"), "f.yaml:1: A-1: an id is <source>-NNN: lower-case words, then three digits"),
        (_with(subject=None), "a-001: the key 'subject' is missing: add it"),
        (_with(predicate=None), "a-001: the key 'predicate' is missing: add it"),
        (_with(object=None), "a-001: the key 'object' is missing: add it"),
        (_with(status=None), "a-001: the key 'status' is missing: add it"),
        (_with(evidence=None), "a-001: the key 'evidence' is missing: add it"),
        (_with(evidence="[]"), "a-001: a statement needs evidence: give the words that say it"),
        (_with(evidence="words"), "a-001: 'evidence' must be a list: write - before each item"),
        (_with(status="true"), "'status' is 'true': use one of asserted, attributed, self-reported"),
        (_with(modality="maybe"), "'modality' is 'maybe': use one of actual, planned"),
        (_with(reading="free"), "'reading' is 'free': use one of inferred, literal"),
        (_with(predicate="hostdBy"), "the property 'hostdBy' is unknown: did you mean hostedBy"),
        (_with(predicate="zzzz"), "the property 'zzzz' is unknown: see ontology/context.jsonld"),
        (_with(value="v"), "hostedBy takes a thing, not a value: write object:"),
        (_with(predicate="title", value="v"), "title takes a value, not a thing: write value:"),
        (_with(predicate="title", object=None), "the key 'value' is missing: add it"),
        (_with(object="event:x"), "subject and object are the same: name two things"),
        (_with(status="attributed"), "an attributed statement names who says it: add claimedBy"),
        (_with(reading="inferred"), "an inferred reading gives its reason: add a note"),
        (_with(whenText="soon"), "whenText goes with the predicate when: move it to the date's own fact"),
        (_with(predicate="when", object=None, value="soon"), "'soon' is no EDTF date: write 2021-07"),
        (_with(predicate="url", object=None, value="a.org"), "'value' is no http address: a.org"),
        (_with(predicate="duration", object=None, value="90"), "'90' is no duration: write PT90M or P3D"),
        (
            _with(predicate="value", object=None, value="3"),
            "value can't be stated by a fact: a key of the description gives it",
        ),
        (
            _with(predicate="earliest", object=None, value="2021-01-01"),
            "earliest is computed, not stated: state what it follows from",
        ),
        (_with(predicate="exactMatch", object="'http://a b'"), "'object' is no http address: http://a b"),
        (_with(predicate="exactMatch", object="'https://a/%zz'"), "'object' is no http address"),
        (_with(subject="a-001"), "it is its own subject: name the thing or the fact that it is about"),
        (_with(predicate="claimedBy"), "claimedBy can't be stated by a fact: a key of the fact gives it"),
        (_with(predicate="participatedIn"), "participatedIn is computed, not stated"),
        (_with(predicate="claimdBy"), "the property 'claimdBy' is unknown"),
        (_with(lang="en"), "hostedBy takes no words, so it has no language: leave lang out"),
        (
            _with(predicate="when", object=None, value="2021", lang="en"),
            "when takes no words, so it has no language: leave lang out",
        ),
        (_with(lang="english please"), "'english please' is no language tag: write en, zh, fr"),
        (_with(predicate="title", object=None, value="v", lang="en-aa-bb"), "'en-aa-bb' is no language tag"),
        (_with(object=None, introduces="{label: L}"), "a-001: it names nothing to introduce"),
        (_with(introduces="{label: L}"), "agent:y can't be introduced by a fact: put it into entities/"),
        (_with(colour="blue"), "the key 'colour' is unknown: leave it out"),
        (_with(statu="x"), "the key 'statu' is unknown: did you mean status?"),
        (_with(source="src:b"), "its evidence lies in another source (src:b): this file cites src:a"),
        (_with(evidence="[{words: one … two}]"), "a-001: these words are not anchored: run kg anchor"),
        (_with(evidence="[[0, 5]]"), "this must be a mapping of keys to values"),
        (_with(evidence="[{at: [0, 5], from: one}]"), "the key 'digest' is missing"),
        (
            _with(evidence=f"[{{at: [5, 0], digest: {DIGEST}, from: one}}]"),
            "a span must be [start, end] with start < end",
        ),
        (_with(evidence=f"[{{at: [0, 5], digest: {DIGEST}}}]"), "the key 'from' is missing"),
        (_with(evidence="[{at: [0, 5], digest: xyz, from: one}]"), "the digest must be 64 hex digits: run kg anchor"),
        (_with(evidence="[{document: false}]"), "'document' is 'false': use one of true"),
        (_with(evidence="[{document: true, at: [0, 5]}]"), "the key 'at' is unknown"),
        (_with(evidence=f"[{SPAN[:-1]}, colour: blue}}]"), "the key 'colour' is unknown"),
        ("[a-001]", "f.yaml:1: this must be a mapping of keys to values: write key: value"),
    ],
)
def test_what_a_fact_is_not(text: str, message: str) -> None:
    told = _fact(text)[1]
    assert any(message in line for line in told), told


def test_all_that_is_wrong_with_a_fact_is_told_at_once() -> None:
    told = _fact(_with(id="x", status="no", modality="no", reading="no", colour="no", evidence="[]"))[1]
    assert len(told) == 6


@pytest.mark.parametrize("name", ["a-001", "igf-2021-ws49-017", "a-b-99999", "a-v1.2-001"])
def test_ids_of_facts(name: str) -> None:
    assert _fact(_with(id=name))[1] == []


@pytest.mark.parametrize(
    "name", ["a", "a-1", "a-01", "001", "a_b-001", "A-001", "a-001-x", "a-123456", "é-001", "a-٠٠١"]
)
def test_what_is_no_id_of_a_fact(name: str) -> None:
    assert any("an id is <source>-NNN" in line for line in _fact(_with(id=name))[1])


@pytest.mark.parametrize("tag", ["en", "zh", "zh-Hans", "zh-Hans-CN", "pt-BR", "es-419", "gsw"])
def test_language_tags_that_a_literal_takes(tag: str) -> None:
    made, told = _fact(_with(predicate="title", object=None, value="v", lang=tag))
    assert told == [] and made
    assert ox.Literal("v", language=made.lang).language == tag.lower()


@given(st.from_regex(records._LANG, fullmatch=True))
def test_every_language_tag_taken_is_one(tag: str) -> None:
    ox.Literal("v", language=tag)


@given(st.from_regex(records._URL, fullmatch=True))
def test_every_address_taken_is_an_iri(address: str) -> None:
    if address.isprintable():
        ox.NamedNode(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://a.org", "https://a.org/", "https://a.org:8080/b?c=d&e=%20#f", "https://zh.wikipedia.org/wiki/清华大学",
        "http://a.org/(x)/y;z,w", "https://a.org?x", "https://a.org#x", "https://web.archive.org/web/1/http://b.org/",
    ],
)  # fmt: skip
def test_addresses(address: str) -> None:
    assert _fact(_with(predicate="exactMatch", object=f"'{address}'"))[1] == []


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http://u@a.org",
        "https:///x",
        "http://[::1",
        "http://a/<b>",
        "http://a/#b#c",
        "http://a/%",
        "http://a/{b}",
        "http",
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert any(
        "is no http address" in line for line in _fact(_with(predicate="url", object=None, value=f"'{address}'"))[1]
    )


def test_evidence_in_several_sources() -> None:
    made, told = _fact(_with(source="[src:b, src:c]", evidence=f"[{{document: true}}, {SPAN}]"), default=None)
    assert told == [] and made
    assert [(span.source, span.whole) for span in made.evidence] == [("src:b", True), ("src:c", False)]


def test_evidence_in_one_source_of_its_own() -> None:
    made, told = _fact(_with(source="src:b", evidence=f"[{SPAN}, {{document: true}}]"), default=None)
    assert told == [] and made
    assert made.sources == ("src:b",) and len(made.evidence) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "the key 'source' is missing: name the document that says it"),
        ({"source": "[src:b, src:c]"}, "as many evidence entries as sources are needed: list one span for each source"),
    ],
)
def test_what_sources_of_a_fact_are_not(changes: dict[str, str], message: str) -> None:
    assert any(message in line for line in _fact(_with(**changes), default=None)[1])


FIGURE = "{label: L, measure: m, value: 12.50, unit: u, valueQualifier: around, population: p}"


@pytest.mark.parametrize(
    ("changes", "introduced"),
    [
        (
            {"subject": "fig:f", "introduces": FIGURE},
            Introduction("fig:f", "Observation", "L", "m", Decimal("12.50"), "u", "around", "p"),
        ),
        (
            {"subject": "fig:f", "introduces": "{label: L, measure: m, value: 3}"},
            Introduction("fig:f", "Observation", "L", "m", Decimal(3), value_qualifier="exactly"),
        ),
        ({"object": "prop:p", "introduces": "{label: L}"}, Introduction("prop:p", "Proposition", "L")),
        (
            {"object": "ident:i", "introduces": "{label: L, scheme: concept:wikidata, notation: Q1}"},
            Introduction("ident:i", "Identifier", "L", scheme="concept:wikidata", notation="Q1"),
        ),
    ],
)
def test_what_a_fact_introduces(changes: dict[str, str], introduced: Introduction) -> None:
    made, told = _fact(_with(**changes))
    assert told == [] and made
    assert made.introduces == introduced


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"object": "prop:p", "introduces": "{}"}, "f.yaml:1: prop:p: the key 'label' is missing: add it"),
        (
            {"object": "prop:p", "introduces": f"{{label: {'w ' * 16}}}"},
            "prop:p: the proposition has more than 15 words",
        ),
        ({"object": "prop:p", "introduces": "{label: L, value: 3}"}, "prop:p: the key 'value' is unknown"),
        ({"object": "prop:p", "introduces": "L"}, "prop:p: this must be a mapping"),
        ({"subject": "fig:f", "introduces": "{label: L, value: 3}"}, "fig:f: the key 'measure' is missing"),
        (
            {"subject": "fig:f", "introduces": "{label: L, measure: m}"},
            "fig:f: the key 'value' is missing: a figure has a",
        ),
        ({"subject": "fig:f", "introduces": "{label: L, measure: m, value: many}"}, "fig:f: 'value' must be a number"),
        ({"subject": "fig:f", "introduces": "{label: L, measure: m, value: .nan}"}, "fig:f: 'value' must be a number"),
        (
            {"subject": "fig:f", "introduces": "{label: L, measure: m, value: 3, valueQualifier: some}"},
            "fig:f: 'valueQualifier' is 'some': use one of around",
        ),
        ({"object": "ident:i", "introduces": "{label: L, notation: Q1}"}, "ident:i: the key 'scheme' is missing"),
        (
            {"object": "'prop:a b'", "introduces": "{label: L}"},
            "prop:a b: this is no identifier: write <kind>:<lower-case",
        ),
        (
            {"object": "'prop:'", "introduces": "{label: L}"},
            "prop:: this is no identifier: write <kind>:<lower-case-words>",
        ),
    ],
)
def test_what_no_fact_introduces(changes: dict[str, str], message: str) -> None:
    told = _fact(_with(**changes))[1]
    assert any(message in line for line in told), told


def test_a_proposition_of_fifteen_words_is_short_enough() -> None:
    assert _fact(_with(object="prop:p", introduces=f"{{label: {'w ' * 15}}}"))[1] == []


@pytest.mark.parametrize("duration", ["PT90M", "P3D", "P1DT2H", "PT1H30M5S"])
def test_durations(duration: str) -> None:
    assert _fact(_with(predicate="duration", object=None, value=duration))[1] == []


@pytest.mark.parametrize("duration", ["P", "PT", "P1DT", "90M", "PT5", "P1H"])
def test_what_is_no_duration(duration: str) -> None:
    assert any("is no duration" in line for line in _fact(_with(predicate="duration", object=None, value=duration))[1])


def _conflict(text: str, name: str = "conflict:c") -> tuple[Conflict | None, list[str]]:
    issues: list[Issue] = []
    return records.conflict(name, parse(text, "c.yaml"), "c.yaml", WORDS, issues), [str(issue) for issue in issues]


def test_a_conflict() -> None:
    made, told = _conflict("{kind: narrows, between: [a-001, b-002], note: N}")
    assert told == []
    assert made == Conflict("conflict:c", "narrows", ("a-001", "b-002"), "N", Where("c.yaml", 1))


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (
            "{kind: odd, between: [a-001, b-002], note: N}",
            "conflict:c",
            "'kind' is 'odd': use one of contradicts, corrects",
        ),
        ("{kind: narrows, between: [a-001, a-001], note: N}", "conflict:c", "a conflict is between two statements"),
        (
            "{kind: narrows, between: [a-001, b-002, c-003], note: N}",
            "conflict:c",
            "a conflict is between two statements",
        ),
        (
            "{kind: narrows, between: a-001, note: N}",
            "conflict:c",
            "a conflict is between two statements: name two fact ids",
        ),
        ("{kind: narrows, between: [a-001, b-002]}", "conflict:c", "the key 'note' is missing"),
        ("{kind: narrows, between: [a-001, b-002], note: N, x: y}", "conflict:c", "the key 'x' is unknown"),
        ("{kind: narrows, between: [a-001, b-002], note: N}", "c", "a conflict is called conflict:<slug>"),
    ],
)
def test_what_a_conflict_is_not(text: str, name: str, message: str) -> None:
    assert any(message in line for line in _conflict(text, name)[1])


def _gap(text: str) -> tuple[Gap | None, list[str]]:
    issues: list[Issue] = []
    return records.gap(parse(text, "g.yaml"), "g.yaml", issues), [str(issue) for issue in issues]


def test_a_gap() -> None:
    assert _gap("{at: [3, 9], reason: R}") == (Gap(3, 9, "R", Where("g.yaml", 1)), [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{words: one, reason: R}", "g.yaml:1: these words are not anchored: run kg anchor"),
        ("{at: [3, 9]}", "the key 'reason' is missing"),
        ("{reason: R}", "the key 'at' is missing"),
        ("{at: [9, 3], reason: R}", "a span must be [start, end]"),
        ("{at: [3, 9], reason: R, x: y}", "the key 'x' is unknown"),
    ],
)
def test_what_a_gap_is_not(text: str, message: str) -> None:
    made, told = _gap(text)
    assert any(message in line for line in told)
    assert made is None or "x:" in text


@pytest.mark.parametrize("read", [_source, _entity, _fact, _conflict, _gap])
@pytest.mark.parametrize("text", ["[]", "7", "true", "'x'", "{a: {b: {c: []}}}"])
def test_no_shape_of_yaml_is_a_crash(read: Callable[[str], tuple[object, list[str]]], text: str) -> None:
    assert read(text)[1]


def test_no_fact_states_what_describes_a_record(project: Project) -> None:
    """Whatever the context gives is stated, describes a record, or is computed; and the data uses the first only."""
    refused = records.STRUCTURE.keys() | records.COMPUTED
    assert refused <= terms.properties().keys()
    assert not {fact.predicate for fact in project.facts} & refused
    for predicate in refused:
        assert any("can't be stated" in one or "is computed" in one for one in _fact(_with(predicate=predicate))[1])
    stated = {"hostedBy", "hasParticipant", "when", "prefLabel", "identifier", "exactMatch", "url", "title", "level"}
    assert not stated & refused
