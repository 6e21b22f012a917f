"""kg find, kg show, kg path, kg timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.completion import complete_entity
from kg.cli.options import Asked, select_options, texts_option
from kg.cli.output import Output, drawn, output_options
from kg.cli.receipts import receipt_lines, texts_by_digest
from kg.cli.where import Where, where_options

if TYPE_CHECKING:
    from kg.cards import Card
    from kg.lookup import Graph
    from kg.paths import Route
    from kg.results import Table
    from kg.select import Select
    from kg.statements import Statement

__all__ = ["find", "path", "show", "timeline"]


@click.command()
@click.argument("text")
@where_options
@output_options
def find(text: str, where: Where, out: Output) -> None:
    """Find things by a name or part of one, best match first.

    Labels, other names and initials are searched, without regard to case, accents and hyphens; a CURIE or IRI
    works too.

    Examples: kg find tsinghua, kg find "cedric o", kg find 商汤
    """
    from kg import lookup
    from kg.results import table

    if not text.strip():
        raise click.UsageError("TEXT is empty: give a name or part of one")
    with where.opened() as opened:
        found = lookup.find(opened, text)
    columns = ("id", "label", "class", "name", "match")
    # A name that is the label is not printed twice for people.
    brief = [one._replace(name="" if one.name == one.label else one.name) for one in found]
    out.emit(table(columns, found), lambda: drawn(table(columns, brief)))
    if not found:
        click.echo(f"nothing in the graph is called {text!r}, or nearly so: try a part of the name", err=True)


@click.command()
@click.argument("entity", shell_complete=complete_entity)
@where_options
@texts_option
@output_options
@click.option("--inferred/--no-inferred", default=True, help="Show inferred facts with rule and premises.")
def show(entity: str, where: Where, texts: Path | None, out: Output, inferred: bool) -> None:
    """Print what the graph says of ENTITY, with who says it and the words.

    ENTITY is a label, a name as written, a CURIE or an IRI. With -f or -o its statements come as rows.

    Examples: kg show SenseTime, kg show agent:undp -f csv, kg show "Xu Li" --texts ../texts
    """
    from kg import folders
    from kg.cards import card
    from kg.lookup import resolve
    from kg.statements import rows

    folder = folders.texts_folder(texts)
    words = texts_by_digest(folder)
    # A card is for reading, on a pipe too.
    reads = out.form in (None, "table") and not out.spreadsheet and (out.file is None or out.form is not None)
    with where.opened() as opened:
        made = card(opened, resolve(opened, entity), inferred)
        stated = {fact.statement.id: fact.statement for _, facts in made.groups for fact in facts}
        lines = list(_lines(made, words)) if reads else []
        found = rows(() if reads else (stated[name] for name in sorted(stated)))
    receipts = [receipt for one in stated.values() for receipt in one.receipts if not receipt.whole]
    if words and receipts and not any(receipt.digest in words for receipt in receipts):
        click.echo(f"{folder} holds none of the texts that these statements were read from", err=True)
    if reads:
        Output("table", out.file, False).emit(found, lambda: lines)
    else:
        out.emit(found)


def _lines(made: Card, texts: dict[str, str]) -> Iterator[str]:
    yield f"{click.style(made.label, bold=True)}  {made.type}{made.type and ', '}{made.id}"
    if made.note:
        yield f"  note: {made.note}"
    for relation, facts in made.groups:
        yield "\n" + click.style(relation, fg="cyan")
        for fact in facts:
            extra = "".join(f", {name} {value}" for name, value in fact.statement.qualifiers)
            yield f"  {fact.text}{extra}"
            # In a long card an address for each statement would bury the rest: that of one statement opens its words.
            yield from receipt_lines(fact.statement, texts, links=made.type in ("Statement", "Conflict"))
    if made.derived:
        yield "\n" + click.style("inferred", fg="cyan")
    for derived in made.derived:
        yield f"  {derived.text}"
        yield f"      {derived.summary} (rule {derived.rule}), from: " + "; ".join(derived.premises)


@click.command()
@click.argument("start", metavar="A", shell_complete=complete_entity)
@click.argument("end", metavar="B", shell_complete=complete_entity)
@where_options
@texts_option
@select_options
@output_options
@click.option("--routes", "count", type=click.IntRange(1, 50), default=3, show_default=True, help="Routes shown.")
@click.option(
    "--by",
    "order",
    type=click.Choice(("shortest", "evidenced")),
    default="shortest",
    show_default=True,
    help="Fewest steps first, or the strongest weakest step first.",
)
@click.option(
    "--through",
    multiple=True,
    help="Also lead through this kind: place, concept, prop or fig.",
    type=click.Choice(("place", "concept", "prop", "fig")),
)
def path(
    start: str,
    end: str,
    where: Where,
    texts: Path | None,
    asked: Asked,
    out: Output,
    count: int,
    order: str,
    through: tuple[str, ...],
) -> None:
    """Show how A and B are connected, each step with its statement, who says it and the words.

    Routes lead over statements, planned, attributed and contradicted ones too; these are marked, and the filters leave
    them out. Without --through, no route leads through a country, place or topic: too many things share one.

    Examples: kg path SenseTime "United Nations", kg path UNDP UNESCO --by evidenced --modality actual
    """
    from kg import folders, paths, terms
    from kg.lookup import resolve

    words = texts_by_digest(folders.texts_folder(texts))
    with where.opened(whole=True) as opened:
        ends = [terms.shorten(resolve(opened, name).value) for name in (start, end)]
        if ends[0] == ends[1]:
            raise click.UsageError(f"{start!r} and {end!r} are the same thing ({ends[0]}): name two")
        statements = _chosen(opened, asked.select(opened))
        found = paths.routes(statements, ends[0], ends[1], count, order, (*paths.THROUGH, *through))
        steps = paths.rows(found)
        names = " and ".join(map(opened.name, ends))
    out.emit(steps, lambda: _routes(found, words))
    if not found:
        click.echo(f"nothing connects {names} over the statements asked for", err=True)


def _chosen(opened: Graph, choice: Select) -> tuple[Statement, ...]:
    """The statements that the filters keep."""
    from kg.select import select
    from kg.statements import Reader, periods

    every = Reader(opened).all()
    return select(every, choice, periods(opened, every) if choice.dated else None)


def _routes(found: list[Route], words: dict[str, str]) -> Iterator[str]:
    for number, route in enumerate(found, 1):
        steps = len(route.steps)
        head = f"Route {number}: {steps} step{'s' if steps > 1 else ''}, the weakest is {route.weakest}"
        yield ("\n" if number > 1 else "") + click.style(head, fg="cyan")
        yield f"  {route.rests}"
        yield click.style(route.steps[0].start.label, bold=True)
        for step in route.steps:
            arrow = f"— {step.relation} →" if step.forward else f"← {step.relation} —"
            role = "".join(f", {name} {value}" for name, value in step.statement.qualifiers if name == "role")
            yield f"  {arrow} {click.style(step.end.label, bold=True)}{role}"
            yield from receipt_lines(step.statement, words, links=True)


@click.command()
@click.argument("entity", required=False, shell_complete=complete_entity)
@where_options
@select_options
@output_options
def timeline(entity: str | None, where: Where, asked: Asked, out: Output) -> None:
    """List what is dated, in order of time; with ENTITY, what has to do with it.

    A date stands as the source gives it (EDTF), with the earliest and latest day it may mean, and who gives it. Two
    sources that date the same thing differently are two rows.

    Examples: kg timeline, kg timeline SenseTime --since 2021-01-01 -o sensetime.csv
    """
    from kg import terms
    from kg import timeline as dated
    from kg.lookup import resolve
    from kg.statements import periods

    with where.opened(whole=True) as opened:
        name = None if entity is None else terms.shorten(resolve(opened, entity).value)
        statements = _datable(opened, asked.select(opened))
        wanted = dated.concerning(statements, name) if name else statements
        found = dated.rows(wanted, periods(opened, wanted))
    out.emit(found, lambda: _dates(found, wanted))
    if not found.rows:
        click.echo("no date is known for what was asked", err=True)


def _datable(opened: Graph, choice: Select) -> list[Statement]:
    """The statements that the filters keep, and the dates that belong to them: a date has no role of its own."""
    from dataclasses import replace

    kept = _chosen(opened, choice)
    if not (choice.roles or choice.relations):
        return list(kept)
    near = {name for one in kept for name in (one.id, one.subject.id, one.object.id)}
    dates = _chosen(opened, replace(choice, roles=(), relations=("aig:when",)))
    return [*kept, *(one for one in dates if one.subject.id in near and one not in kept)]


def _dates(found: Table, statements: Iterable[Statement]) -> list[str]:
    """The dates for people: as the source gives them, without the days that they may mean."""
    from kg import terms
    from kg.results import table

    known = {one.id: one for one in statements}
    listed = [known[terms.shorten(row[-1].value)] for row in found.rows if row[-1]]
    rows = [(one.object.label, one.subject.label, one.says, ", ".join(one.marks), one.id) for one in listed]
    return drawn(table(("date", "what", "says", "marks", "statement"), rows, nodes=("statement",)))
