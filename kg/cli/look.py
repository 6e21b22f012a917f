"""kg show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import data_option, graph_option, texts_option

if TYPE_CHECKING:
    from kg.card import Card, Receipt, Stated

__all__ = ["show"]


@click.command()
@click.argument("entity")
@graph_option
@data_option
@texts_option
@click.option("--inferred/--no-inferred", default=True, help="Show inferred facts with rule and premises.")
def show(entity: str, graph: Path | None, data: Path | None, texts: Path | None, inferred: bool) -> None:
    """Print what the graph says of ENTITY, with who says it and the words.

    ENTITY is a label, a name as written, a CURIE or an IRI.

    Examples: kg show SenseTime, kg show agent:undp, kg show "Xu Li" --texts ../texts
    """
    from kg import folders
    from kg.cache import graph_file
    from kg.card import card
    from kg.lookup import open_graph, reading, resolve

    folder = folders.texts_folder(texts)
    file = graph_file(graph, data)
    opened = open_graph(file)
    node = resolve(opened, entity)
    words = _by_digest(folder)
    with reading(file):
        made = card(opened, node, inferred)
        lines = list(_lines(made, words))
    spans = [r for _, facts in made.groups for fact in facts for r in fact.receipts if not r.whole]
    if words and spans and not any(receipt.digest in words for receipt in spans):
        click.echo(f"{folder} holds none of the texts that these statements were read from", err=True)
    # One write: a flush for each of five hundred lines takes a tenth of the whole command.
    click.echo("\n".join(lines))


def _lines(made: Card, texts: dict[str, str]) -> Iterator[str]:
    yield f"{click.style(made.label, bold=True)}  {made.type}{made.type and ', '}{made.id}"
    if made.note:
        yield f"  note: {made.note}"
    for relation, facts in made.groups:
        yield "\n" + click.style(relation, fg="cyan")
        for fact in facts:
            yield from _fact_lines(fact, texts)
    if made.derived:
        yield "\n" + click.style("inferred", fg="cyan")
    for derived in made.derived:
        yield f"  {derived.text}"
        yield f"      {derived.summary} (rule {derived.rule}), from: " + "; ".join(derived.premises)


def _fact_lines(fact: Stated, texts: dict[str, str]) -> Iterator[str]:
    marks = [fact.status, fact.modality]
    marks += [fact.reading] if fact.reading != "literal" else []
    marks += ["CONTRADICTED"] if any(clash.kind == "contradicts" for clash in fact.conflicts) else []
    extra = "".join(f", {name} {value}" for name, value in fact.qualifiers)
    yield f"  {fact.text}{extra}"
    yield f"      [{', '.join(marks)}] says {', '.join(fact.claimed_by)}; {fact.id}"
    for receipt in fact.receipts:
        yield f"      {_words(receipt, texts)}"
    if fact.note:
        yield f"      note: {fact.note}"
    for clash in fact.conflicts:
        yield f"      {clash.relation} {clash.other} ({clash.text}): {clash.note}"


def _words(receipt: Receipt, texts: dict[str, str]) -> str:
    if receipt.whole:
        return f"{receipt.title} (the document as a whole) {receipt.address}"
    place = f"({receipt.source}, {receipt.start}-{receipt.end})"
    text = texts.get(receipt.digest)
    if text is None:
        return f"“{' … '.join(filter(None, (receipt.head, receipt.tail)))}” {place}"
    inside = [s for s in _sentences(text) if s[0] < receipt.end and s[1] > receipt.start]
    sentence = text[min(s[0] for s in inside) : max(s[1] for s in inside)]
    return f"“{' '.join(sentence.split())}” {place}"


@cache
def _sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text: found once, asked for by each of its hundreds of spans."""
    from kg.evidence import sentences

    return sentences(text)


def _by_digest(folder: Path | None) -> dict[str, str]:
    """The texts of a folder under their SHA-256: only the text that was read has the words that were cited."""
    if folder is None:
        return {}
    from kg.sources import file_digest

    files = (path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    return {file_digest(content): content.decode("utf-8", errors="replace") for content in files}
