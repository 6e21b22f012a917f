"""Reading the keys of one mapping: types, defaults, and every problem collected with its line."""

from __future__ import annotations

import contextlib
import re
from decimal import Decimal
from pathlib import Path

import pytest

from kg import vocabulary
from kg.errors import BadData, Issue
from kg.facts import load
from kg.facts.fields import Fields, suggest, suggest_concept
from kg.strict import Node, parse


def _fields(text: str) -> tuple[Fields, list[Issue]]:
    issues: list[Issue] = []
    return Fields(parse(text, "facts/a.yaml"), "facts/a.yaml", issues, "a-001"), issues


def _told(issues: list[Issue]) -> list[str]:
    return [str(issue) for issue in issues]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("agent:undpp", "did you mean agent:undp?"),
        ("agent:who-europ", "did you mean agent:who-europe?"),
        ("wholly-different", ""),
        ("", ""),
    ],
)
def test_suggest(name: str, hint: str) -> None:
    assert suggest(name, ["agent:undp", "agent:who-europe", "event:igf"]) == hint


def test_two_close_names_are_both_suggested() -> None:
    assert suggest("role-hosts", ["role-host", "role-hosted"]) in (
        "did you mean role-host or role-hosted?",
        "did you mean role-hosted or role-host?",
    )


def test_good_fields_are_read_without_an_issue() -> None:
    fields, issues = _fields("{a: x y, b: 12, c: [p, q], d: one, e: 1.5, f: true, g: [3, 7], h: [k, {}]}")
    assert fields.text("a") == "x y"
    assert fields.text("b") == "12"
    assert (fields.texts("c"), fields.texts("d"), fields.texts("z")) == (("p", "q"), ("one",), ())
    assert fields.number("e") == Decimal("1.5") and fields.number("b") == 12 and fields.number("z") is None
    assert fields.choice("f", ("true",)) == "true"
    pair = fields.node("g")
    assert pair and fields.pair(pair) == (3, 7)
    assert [node.raw for node in fields.items("h")] == ["k", ""]
    assert "a" in fields and "z" not in fields
    fields.done()
    assert issues == []


def test_a_missing_key_is_told_when_it_is_required() -> None:
    fields, issues = _fields("\n\n{a: 1}")
    assert fields.text("b", required=True) is None
    assert fields.text("c") is None
    assert _told(issues) == ["facts/a.yaml:3: a-001: the key 'b' is missing: add it"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[x]", "'a' must be text: write one value"),
        ("{x: y}", "'a' must be text: write one value"),
        ("''", "'a' is empty: fill it or leave the key out"),
        ("'  '", "'a' is empty: fill it or leave the key out"),
        ("", "'a' is empty: fill it or leave the key out"),
        ("~", "'a' is empty: fill it or leave the key out"),
        ("null", "'a' is empty: fill it or leave the key out"),
        ('"\\u200b\\u200d"', "'a' is empty: fill it or leave the key out"),
        ('"x\\ny"', "'a' holds the character U+000A: take it out"),
        ('"\\u202ex"', "'a' holds the character U+202E: take it out"),
        ('"x\\u2066"', "'a' holds the character U+2066: take it out"),
        ('"x\\u2028y"', "'a' holds the character U+2028: take it out"),
        ('"\\x1b[0m"', "'a' holds the character U+001B: take it out"),
        ('"x\\x85y"', "'a' holds the character U+0085: take it out"),
        ("x" * 2001, "'a' is too long (2001 characters): at most 2000 are meant here"),
    ],
)
def test_what_is_no_text(value: str, message: str) -> None:
    fields, issues = _fields(f"b: 1\na: {value}")
    assert fields.text("a") is None
    assert _told(issues) == [f"facts/a.yaml:2: a-001: {message}"]


@pytest.mark.parametrize(
    "value",
    [
        "x" * 2000,
        "Zoë 𝄞",
        "习近平",
        "क्\u200dष",
        "می\u200cخواهم",
        "👩\u200d💻",
        "co\u00adop",
        "10\u00a0000",
        "a\u202fb",
        "國\u3000家",
    ],
)
def test_what_is_text(value: str) -> None:
    fields, issues = _fields(f"a: {value}")
    assert fields.text("a") == value
    assert issues == []


def test_each_bad_item_of_a_list_is_told_at_its_own_line() -> None:
    fields, issues = _fields("a:\n  - x\n  - [y]\n  - ''\n")
    assert fields.texts("a") == ("x",)
    assert [issue.line for issue in issues] == [3, 4]


def test_a_choice_outside_the_list_names_the_list() -> None:
    fields, issues = _fields("a: 1\nb: maybe")
    assert fields.choice("b", ("yes", "no")) is None
    assert fields.choice("b", ("yes", "no"), "no") == "no"
    assert _told(issues) == ["facts/a.yaml:2: a-001: 'b' is 'maybe': use one of no, yes"] * 2


def test_a_choice_without_default_is_required() -> None:
    fields, issues = _fields("a: 1")
    assert fields.choice("b", ("yes",), "yes") == "yes"
    assert issues == []
    assert fields.choice("b", ("yes",)) is None
    assert _told(issues) == ["facts/a.yaml:1: a-001: the key 'b' is missing: add it"]


@pytest.mark.parametrize("value", ["one", "true", "'1'", "[1]", "{}", ".nan", "1e3", "9" * 31, "''"])
def test_what_is_no_number(value: str) -> None:
    fields, issues = _fields(f"a: {value}")
    assert fields.number("a") is None
    assert _told(issues) == ["facts/a.yaml:1: a-001: 'a' must be a number: write digits only"]


@pytest.mark.parametrize(
    "value",
    ["[5, 5]", "[7, 3]", "[-1, 3]", "[1]", "[1, 2, 3]", "[1.0, 2]", "[true, 2]", "[a, b]", "3", f"[0, {10**9}]"],
)
def test_what_is_no_span(value: str) -> None:
    fields, issues = _fields(f"a: {value}")
    node = fields.node("a")
    assert node and fields.pair(node) is None
    assert _told(issues) == ["facts/a.yaml:1: a-001: a span must be [start, end] with start < end: run kg anchor"]


def test_items_want_a_list() -> None:
    fields, issues = _fields("a: 1\nb: 2")
    assert fields.items("b") == [] and fields.items("c") == []
    assert _told(issues) == ["facts/a.yaml:2: a-001: 'b' must be a list: write - before each item"]
    fields.items("c", required=True)
    assert "the key 'c' is missing" in str(issues[-1])


def test_unknown_keys_are_told_with_the_nearest_known_one() -> None:
    fields, issues = _fields("status: x\nstatsu: y\nzzz: [1]")
    fields.text("status")
    fields.done()
    assert _told(issues) == [
        "facts/a.yaml:2: a-001: the key 'statsu' is unknown: did you mean status?",
        "facts/a.yaml:3: a-001: the key 'zzz' is unknown: leave it out, see kg/data/FORMAT.md",
    ]


@pytest.mark.parametrize("text", ["[1]", "just words", "7"])
def test_what_is_no_mapping(text: str) -> None:
    fields, issues = _fields(text)
    assert "a" not in fields
    fields.done()
    assert _told(issues) == ["facts/a.yaml:1: a-001: this must be a mapping of keys to values: write key: value"]


def test_an_empty_list_is_told() -> None:
    fields, issues = _fields("a: []")
    assert fields.texts("a") == ()
    assert _told(issues) == ["facts/a.yaml:1: a-001: 'a' is empty: fill it or leave the key out"]


def test_a_plain_word_leads_to_the_concept_that_ends_in_it() -> None:
    known = ["concept:role-speaker", "agent:speaker", "concept:second-look"]
    assert suggest_concept("speaker", known) == "did you mean concept:role-speaker?"
    assert suggest_concept("second-look", known) == "did you mean concept:second-look?"
    assert suggest_concept("concept:speaker", known) == "" == suggest_concept("zzz", known)


FORMAT = Path(__file__).parent.parent / "kg" / "data" / "FORMAT.md"
# Section of FORMAT.md -> a key that only its reader asks for, the narrower readers first.
SECTIONS = {
    "A span": "document", "A gap": "reason", "A fact": "predicate", "A tombstone": "withdrawn",
    "The dataset": "license", "A source": "title", "An entity": "distinctFrom", "A conflict": "between",
    "A coverage file": "sentences", "A file of facts": "facts", "Names": "names", "What a fact introduces": "label",
}  # fmt: skip


def _documented() -> dict[str, set[str]]:
    """Section -> the keys of its table."""
    found: dict[str, set[str]] = {}
    for section in FORMAT.read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
        if rows:
            found[section.splitlines()[0]] = {key for row in rows[2:] for key in row.split(", ")}
    return found


def test_the_documented_keys_are_those_that_the_readers_ask_for(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Fields, set[str]]] = []
    begin, take, holds = Fields.__init__, Fields.node, Fields.__contains__

    def spy_begin(self: Fields, *args: object) -> None:
        made.append((self, set()))
        begin(self, *args)  # type: ignore[arg-type]

    def asked(self: Fields) -> set[str]:
        return next(keys for fields, keys in made if fields is self)

    def spy_take(self: Fields, key: str, required: bool = False) -> Node | None:
        asked(self).add(key)
        return take(self, key, required)

    def spy_holds(self: Fields, key: str) -> bool:
        asked(self).add(key)
        return holds(self, key)

    with (small / "facts" / "port-register.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  - {id: port-register-002, subject: agent:iqm, predicate: identifier, object: ident:iqm, "
            "introduces: {label: L, scheme: concept:role-host, notation: x}, source: port-register, "
            "status: asserted, evidence: [{document: true}]}\n"
        )
    monkeypatch.setattr(Fields, "__init__", spy_begin)
    monkeypatch.setattr(Fields, "node", spy_take)
    monkeypatch.setattr(Fields, "__contains__", spy_holds)
    with contextlib.suppress(BadData):
        load(small, vocabulary.load())
    read: dict[str, set[str]] = {name: set() for name in SECTIONS}
    for _, keys in made:
        read[next(name for name, mark in SECTIONS.items() if mark in keys)] |= keys
    # Only kg anchor reads which of several it is.
    read["A span"].add("occurrence")
    read["A gap"].add("occurrence")
    assert _documented() == read
