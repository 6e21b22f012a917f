"""The texts of cited documents: digests, what is missing or changed, and every span against its words."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from kg import vocabulary
from kg.errors import BadData, BadUse
from kg.evidence import digest
from kg.facts import Fact, Project, Source, Span, Where, load
from kg.sources import by_digest, check_spans, file_digest, read_text, read_texts

WHERE = Where("facts/a.yaml", 5)
TEXT = "Ahoy: the 𝄞 ship and the Zoë boat met."
#       0123456789 etc.: "Ahoy:" 0-5, "the" 6-9, "𝄞" 10-11, "ship" 12-16, "and" 17-20, "the" 21-24, "Zoë" 25-28


def _span(start: int, end: int, head: str, tail: str = "", of: str | None = None) -> Span:
    return Span("src:a", WHERE, start, end, digest(TEXT[start:end] if of is None else of), head, tail)


def _project(span: Span) -> Project:
    source = Source("src:a", "T", Where("sources.yaml", 1), text="a.txt")
    return Project(
        {"src:a": source}, {}, (Fact("a-001", "agent:x", "claims", WHERE, "asserted", (span,), object="prop:p"),)
    )


def _problems(span: Span, text: str = TEXT) -> list[str]:
    return [str(issue) for issue in check_spans(_project(span), {"src:a": text})]


@pytest.mark.parametrize(
    "span",
    [
        _span(6, 16, "the", "ship"),
        _span(10, 11, "𝄞"),
        _span(0, len(TEXT), "Ahoy:", "met."),
        _span(21, 33, "the Zoë", "boat"),
        _span(21, 33, "the Zoë boat"),
        Span("src:a", WHERE, whole=True),
    ],
)
def test_sound_spans(span: Span) -> None:
    assert _problems(span) == []


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        (_span(6, 99, "the", "met."), f"its span ends at 99, the text at {len(TEXT)}"),
        (
            _span(6, 15, "the", "shi", of="the 𝄞 ship"),
            "the words at 6-15 are not those that were cited (the digest differs)",
        ),
        (_span(6, 16, "the", "boat"), "its end words are not the words at its ends"),
        (_span(6, 16, "a", "ship"), "its end words are not the words at its ends"),
        (_span(21, 33, "the", "boat"), "its end words find another stretch first"),
        (_span(17, 24, "and the", "the"), "its end words find another stretch first"),
        (_span(0, 28, "Ahoy: the 𝄞 ship and", "Zoë"), "it stores more than four words at an end"),
    ],
)
def test_unsound_spans(span: Span, problem: str) -> None:
    assert _problems(span) == [f"facts/a.yaml:5: a-001: {problem}: run kg anchor for this fact again"]


def test_white_space_and_normal_form_of_the_text_do_not_matter_to_a_digest() -> None:
    text = "The  cat\nsaw Zoe\u0308 here."
    span = Span("src:a", WHERE, 0, 17, digest("The cat saw Zo\u00eb"), "The", "Zo\u00eb")
    assert _problems(span, text) == []


def test_end_words_that_hold_an_ellipsis_are_found() -> None:
    text = "so... well ... then … this"
    span = Span("src:a", WHERE, 0, len(text), digest(text), "so... well ...", "this")
    assert _problems(span, text) == []


def test_spans_without_a_text_at_hand_stay_unchecked() -> None:
    assert check_spans(_project(_span(6, 99, "no", "such")), {}) == []


def test_the_small_project_is_sound(small: Path) -> None:
    project = load(small, vocabulary.load())
    texts, issues = read_texts(small / "texts", project)
    assert set(texts) == {"src:harbor-forum", "src:lantern-report"}
    assert issues == [] and check_spans(project, texts) == []


def _read(small: Path) -> tuple[dict[str, str], list[str]]:
    texts, issues = read_texts(small / "texts", load(small, vocabulary.load()))
    return texts, [f"{issue.severity} {issue}" for issue in issues]


def test_a_missing_text_is_a_warning(small: Path) -> None:
    (small / "texts" / "lantern-report.txt").unlink()
    texts, told = _read(small)
    assert set(texts) == {"src:harbor-forum"}
    assert told == [
        "warning sources.yaml:12: src:lantern-report: its text lantern-report.txt is not in the folder of texts: "
        "its spans stay unchecked"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the text lantern-report.txt is empty: restore it"),
        (b" \n", "the text lantern-report.txt is empty: restore it"),
        (b"other words", "the text lantern-report.txt is not the one that was read (its SHA-256 differs)"),
        (b"\xff\xfe", "the text lantern-report.txt is not the one that was read (its SHA-256 differs)"),
    ],
)
def test_a_changed_text_is_an_error(small: Path, content: bytes, message: str) -> None:
    (small / "texts" / "lantern-report.txt").write_bytes(content)
    texts, told = _read(small)
    assert set(texts) == {"src:harbor-forum"}
    assert len(told) == 1
    assert told[0].startswith(f"error sources.yaml:12: src:lantern-report: {message}")


def test_one_byte_more_is_a_changed_text(small: Path) -> None:
    path = small / "texts" / "lantern-report.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    assert "SHA-256 differs" in _read(small)[1][0]


def _source(**changes: str | None) -> Source:
    return replace(Source("src:a", "T", Where("s.yaml", 3), text="a.txt"), **changes)  # type: ignore[arg-type]


def test_a_text_comes_as_it_stands(tmp_path: Path) -> None:
    content = "\ufeffa\r\nZoe\u0308 𝄞\n".encode()
    (tmp_path / "a.txt").write_bytes(content)
    assert read_text(tmp_path, _source()) == "\ufeffa\r\nZoe\u0308 𝄞\n"
    assert read_text(tmp_path, _source(digest=file_digest(content))) == "\ufeffa\r\nZoe\u0308 𝄞\n"


def test_a_source_without_text_has_none(tmp_path: Path) -> None:
    assert read_text(tmp_path, _source(text=None)) is None
    assert read_text(tmp_path, _source()) is None


def test_a_text_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    with pytest.raises(BadData, match=r"s\.yaml:3: src:a: the text a\.txt is no UTF-8: save it as UTF-8"):
        read_text(tmp_path, _source())


def test_the_digest_of_a_file_is_sha256_of_its_bytes() -> None:
    assert file_digest(b"a\r\n") == hashlib.sha256(b"a\r\n").hexdigest() != file_digest(b"a\n")


def test_a_folder_without_any_of_the_texts_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadUse, match="holds none of the texts"):
        read_texts(tmp_path / "empty", load(small, vocabulary.load()))


def test_texts_are_found_by_their_digests(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\n")
    (tmp_path / "b.txt").write_bytes("Zo\u00eb \U0001d11e".encode())
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "folder").mkdir()
    assert by_digest(tmp_path) == {
        hashlib.sha256(b"one\r\n").hexdigest(): "one\r\n",
        hashlib.sha256("Zo\u00eb \U0001d11e".encode()).hexdigest(): "Zo\u00eb \U0001d11e",
    }
