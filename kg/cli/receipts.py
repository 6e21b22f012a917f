"""How a statement and its words are printed: the same under a card and along a path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.statements import Receipt, Statement

__all__ = ["receipt_lines", "texts_by_digest"]


def receipt_lines(said: Statement, texts: dict[str, str], links: bool = False) -> Iterator[str]:
    """Status, who says it, the words, notes and conflicts of a statement, indented; with `links` where to open them."""
    yield f"      [{', '.join(said.marks)}] says {said.says}; {said.id}"
    for receipt in said.receipts:
        yield f"      {_words(receipt, texts)}"
        if links and receipt.link and not receipt.whole:
            yield f"      {receipt.link}"
    if said.note:
        yield f"      note: {said.note}"
    for clash in said.conflicts:
        yield f"      {clash.relation} {clash.other} ({clash.text}): {clash.note}"


def _words(receipt: Receipt, texts: dict[str, str]) -> str:
    from kg.evidence import around

    if receipt.whole:
        return f"{receipt.title} (the document as a whole) {receipt.address}"
    place = f"({receipt.source}, {receipt.start}-{receipt.end})"
    text = texts.get(receipt.digest)
    if text is None:
        return f"“{receipt.words}” {place}"
    return f"“{around(text, receipt.start, receipt.end)}” {place}"


def texts_by_digest(folder: Path | None) -> dict[str, str]:
    """The texts of a folder under their SHA-256: only the text that was read has the words that were cited."""
    if folder is None:
        return {}
    from kg.sources import file_digest

    files = (path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    return {file_digest(content): content.decode("utf-8", errors="replace") for content in files}
