"""How a statement and its words are printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cache import loaded
from kg.cli.receipts import receipt_lines, texts_by_digest
from kg.statements import Reader, Statement


@pytest.fixture(scope="session")
def stated(graph: Path) -> dict[str, Statement]:
    """The statements of the small graph by id."""
    return {one.id: one for one in Reader(loaded(graph)).all()}


def test_a_statement_stands_with_who_says_it_and_its_end_words(stated: dict[str, Statement]) -> None:
    assert list(receipt_lines(stated["st:lantern-report-001"], {})) == [
        "      [self-reported, actual] says Lantern Council; st:lantern-report-001",
        "      “Zoë … council” (src:lantern-report, 38-84)",
    ]


def test_notes_and_conflicts_follow(stated: dict[str, Statement]) -> None:
    assert list(receipt_lines(stated["st:harbor-forum-003"], {}))[0::2] == [
        "      [self-reported, actual, CONTRADICTED] says Institute of Quiet Machines; st:harbor-forum-003",
        "      contradicts st:lantern-report-003 (Harbor Forum 2030 hosted by Gull Foundation): "
        "The forum had one host; the two sources name different ones.",
    ]
    assert '      note: The words "and there" point to the workshop.' in receipt_lines(
        stated["st:harbor-forum-005"], {}
    )


def test_a_document_without_a_text_is_cited_as_a_whole(stated: dict[str, Statement]) -> None:
    assert list(receipt_lines(stated["st:port-register-001"], {}))[1] == (
        "      Register of the ports (the document as a whole) https://example.org/register"
    )


def test_with_its_text_a_statement_stands_with_whole_sentences(small: Path, stated: dict[str, Statement]) -> None:
    """The first span lies in the second sentence; line breaks of a text are no matter."""
    words = texts_by_digest(small / "texts")
    assert list(receipt_lines(stated["st:lantern-report-001"], words))[1] == (
        "      “Zoë Marsh has been in the chair of our council since 2028, and all members are glad of it.” "
        "(src:lantern-report, 38-84)"
    )


@pytest.mark.parametrize(
    "text", [b"Quite another text, long enough to reach the places of the spans. " * 9, b"\xff" * 900, b""]
)
def test_another_text_of_that_name_gives_no_words(text: bytes, small: Path, stated: dict[str, Statement]) -> None:
    (small / "texts" / "lantern-report.txt").write_bytes(text)
    words = texts_by_digest(small / "texts")
    assert list(receipt_lines(stated["st:lantern-report-001"], words))[1].endswith(
        "“Zoë … council” (src:lantern-report, 38-84)"
    )


def test_texts_are_known_by_their_digest_under_any_name(small: Path) -> None:
    (small / "texts" / "lantern-report.txt").rename(small / "texts" / "other.dat")
    (small / "texts" / "folder").mkdir()
    assert set(texts_by_digest(small / "texts")) == {
        "de5ae9f06145ccb0acd80e2c2a42aaa9600af746f012699dec656a1541542a24",
        "ec0832b0665cb2c90c4c0b83f00b24b6c663fa86e0c944d08e71134d9c84e8b4",
    }
    assert texts_by_digest(None) == {}
