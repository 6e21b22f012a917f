"""YAML read strictly: what is refused, where, and what plain scalars become."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import BadData
from kg.strict import Node, parse, read


def _refusal(text: str) -> str:
    with pytest.raises(BadData) as error:
        parse(text, "facts/a.yaml")
    assert len(error.value.issues) == 1
    return str(error.value)


def _value(text: str) -> object:
    """The tree as plain values."""

    def plain(node: Node) -> object:
        if isinstance(node.value, dict):
            return {key: plain(inner) for key, inner in node.value.items()}
        return [plain(inner) for inner in node.value] if isinstance(node.value, list) else node.value

    return plain(parse(text, "a.yaml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "facts/a.yaml:2: the key 'a' stands twice: keep one of them"),
        ("a: 1\n'a': 2", "facts/a.yaml:2: the key 'a' stands twice: keep one of them"),
        ("b:\n  - {a: 1, a: 2}", "facts/a.yaml:2: the key 'a' stands twice: keep one of them"),
        ("a: &x 1\nb: *x", "facts/a.yaml:1: anchors and aliases are not allowed: write the value out"),
        ("a: &x {b: 1}", "facts/a.yaml:1: anchors and aliases are not allowed: write the value out"),
        ("\n- *x", "facts/a.yaml:2: anchors and aliases are not allowed: write the value out"),
        ("a: !!str 1", "facts/a.yaml:1: the tag 'str' is not allowed: leave it out"),
        ("a: !!python/object/apply:os.system [ls]", "the tag 'python/object/apply:os.system' is not allowed"),
        ("\na: !mine {b: 1}", "facts/a.yaml:2: the tag '!mine' is not allowed: leave it out"),
        ("a: 1\n---\nb: 2", "facts/a.yaml:2: a second document begins: one document a file"),
        ("? [a]\n: 1", "facts/a.yaml:1: a list or mapping stands where a key is expected: write a plain word"),
        ("? {a: 1}\n: 1", "facts/a.yaml:1: a list or mapping stands where a key is expected: write a plain word"),
        ("[" * 13 + "]" * 13, "facts/a.yaml:1: nested too deeply: at most 12 levels are meant here"),
        ("a:\n  [1\n  b: 2]", "facts/a.yaml:3: no YAML: "),
        ("a: 'x", "facts/a.yaml:1: no YAML: "),
        ("a: 1\n\tb: 2", "facts/a.yaml:2: no YAML: "),
        ("a: b: c", "facts/a.yaml:1: no YAML: "),
        ("a: \x00", "facts/a.yaml: no YAML: "),
        ("", "facts/a.yaml: the file is empty: fill it or delete it"),
        ("# only a comment\n", "facts/a.yaml: the file is empty: fill it or delete it"),
        ("---\n...", "facts/a.yaml: the file is empty: fill it or delete it"),
        ("\ufeffa: 1", "facts/a.yaml:1: begins with a byte order mark: save it as UTF-8 without one"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    assert message in _refusal(text)


def test_no_alias_bomb_goes_off() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(9)
    )
    assert "anchors and aliases" in _refusal(bomb)


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    assert "nested too deeply" in _refusal("[" * 100_000)
    assert "nested too deeply" in _refusal("- " * 50_000)


def test_twelve_levels_are_read() -> None:
    assert _value("[" * 12 + "]" * 12) == [[[[[[[[[[[[]]]]]]]]]]]]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("True", "True"), ("null", "null"), ("~", "~"),
        ("true", True), ("false", False), ("12:30:45", "12:30:45"), ("2021-07-08", "2021-07-08"), ("2021", 2021),
        ("0", 0), ("-3", -3), ("-0", 0), ("007", "007"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("+1", "+1"),
        ("1.50", Decimal("1.50")), ("-0.5", Decimal("-0.5")), (".5", ".5"), ("1e3", "1e3"), (".nan", ".nan"),
        (".inf", ".inf"), ("'1'", "1"), ('"true"', "true"), ("9" * 30, int("9" * 30)), ("9" * 31, "9" * 31),
        ("٣", "٣"), ("<<", "<<"), ("=", "="), ("𝄞", "𝄞"),
    ],
)  # fmt: skip
def test_plain_scalars(scalar: str, value: object) -> None:
    found = _value(f"a: {scalar}")
    assert found == {"a": value}
    assert isinstance(found, dict) and type(found["a"]) is type(value)


def test_an_absent_value_is_an_empty_text() -> None:
    assert _value("a:\nb: ''") == {"a": "", "b": ""}


def test_nodes_know_their_place_among_characters_of_any_width() -> None:
    text = "# 𝄞 Zoë\né: [𝄞𝄞, 'x']\nk: {a: 1}\n"
    root = parse(text, "a.yaml")
    assert isinstance(root.value, dict)
    listed, inner = root.value["é"], root.value["k"]
    assert (listed.line, text[listed.start : listed.end]) == (2, "[𝄞𝄞, 'x']")
    assert (inner.line, text[inner.start : inner.end]) == (3, "{a: 1}")
    assert isinstance(listed.value, list)
    assert [text[node.start : node.end] for node in listed.value] == ["𝄞𝄞", "'x'"]
    assert [node.raw for node in listed.value] == ["𝄞𝄞", "x"]


def test_lines_are_counted_from_one_in_every_kind_of_file_end() -> None:
    for newline in ("\n", "\r\n"):
        root = parse(newline.join(["a: 1", "b:", "  - x", "  - y"]), "a.yaml")
        assert isinstance(root.value, dict)
        nodes = root.value["b"].value
        assert isinstance(nodes, list)
        assert [node.line for node in nodes] == [3, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "a.yaml: the file is missing: restore it"),
        (b"", "a.yaml: the file is empty: fill it or delete it"),
        (b"a: \xff\xfe", "a.yaml: is no UTF-8 (byte 3): save it as UTF-8"),
        ("a: 1".encode("utf-16"), "a.yaml: is no UTF-8 (byte 0): save it as UTF-8"),
        ("a: 1".encode("utf-16-le"), "a.yaml: no YAML: "),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.yaml: is no UTF-8 (byte 0): save it as UTF-8"),
        (b"a: \x07", "a.yaml: no YAML: "),
        ("\ufeffa: 1".encode(), "a.yaml:1: begins with a byte order mark"),
        (b"a: \xed\xa0\x80", "a.yaml: is no UTF-8 (byte 3)"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "a.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadData) as error:
        read(path, "a.yaml")
    assert message in str(error.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"a\.yaml: can't be read \(Is a directory\): mend its permissions"):
        read(tmp_path, "a.yaml")


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!'\"#|>%@\n 1\t?,.𝄞\x00\x85\u2028"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadData):
        assert isinstance(parse(text, "a.yaml"), Node)


@given(st.recursive(st.text("abé𝄞 ", max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=10))
def test_what_json_writes_is_read_back(value: object) -> None:
    assert _value(json.dumps({"k": value}, ensure_ascii=False)) == {"k": value}
