"""kg view."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.completion import complete_entity, complete_question
from kg.cli.options import Asked, select_options
from kg.cli.output import write_bytes
from kg.cli.where import Where, where_options

if TYPE_CHECKING:
    from kg.pictures import Drawing, Studio

__all__ = ["view"]


@click.command()
@click.argument("entity", nargs=-1, shell_complete=complete_entity)
@click.option(
    "--query", "question", shell_complete=complete_question, help="Draw the statements that a question returns."
)
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="Set a parameter of the question.")
@click.option("--conflicts", is_flag=True, help="Draw both sides of every conflict.")
@click.option("--all", "everything", is_flag=True, help="Draw everything.")
@click.option("--depth", type=click.IntRange(1, 4), default=1, show_default=True, help="Steps around ENTITY.")
@where_options
@select_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="HTML file [default: standard output of a pipe].")
def view(
    entity: tuple[str, ...],
    question: str | None,
    params: tuple[str, ...],
    conflicts: bool,
    everything: bool,
    depth: int,
    where: Where,
    asked: Asked,
    output: Path | None,
) -> None:
    """Draw statements as one HTML page that opens from disk and asks nothing of any network.

    Below the picture every statement stands in words, with who says it and a link to the passage. The filters leave
    statements out.

    Examples: kg view SenseTime -o sensetime.html, kg view UNDP UNESCO --depth 2 -o both.html,
    kg view --query contradictions -o disputed.html
    """
    from kg import folders
    from kg.pictures import Studio

    ways = [bool(entity), question is not None, conflicts, everything]
    if sum(ways) > 1 or not (any(ways) or asked.sources):
        raise click.UsageError("say what to draw: one of ENTITY, --query, --conflicts, --all, or a --source")
    if depth != 1 and not entity:
        raise click.UsageError("--depth counts steps around ENTITY: name one")
    if params and question is None:
        raise click.UsageError("-p sets a parameter of --query NAME")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("name a file for the page: -o view.html")
    if output is not None and output.suffix.lower() not in ("", ".html", ".htm") and not output.is_char_device():
        raise click.UsageError(f"the page is HTML: name it {output.stem}.html")
    with where.opened(whole=True) as opened:
        studio = Studio(opened, asked.select(opened))
        drawing = _drawing(studio, entity, depth, question, params, conflicts, everything)
    page = drawing.page(folders.version())
    if not drawing.statements:
        click.echo("no statement joins what was asked for: the page says so", err=True)
    write_bytes(None if output is None or str(output) == "-" else output, page)


def _drawing(
    studio: Studio,
    entity: tuple[str, ...],
    depth: int,
    question: str | None,
    params: tuple[str, ...],
    conflicts: bool,
    everything: bool,
) -> Drawing:
    from kg import queries, terms
    from kg.cli.ask import given
    from kg.errors import BadUse
    from kg.lookup import resolve
    from kg.networks import DRAWN

    if entity:
        names = [terms.shorten(resolve(studio.graph, name).value) for name in entity]
        if all(name.startswith("st:") for name in names):
            return studio.listed(" and ".join(names), names)
        for name in names:
            if name.partition(":")[0] not in DRAWN:
                raise BadUse(
                    f"no picture has things like {name} ({studio.graph.name(name)}): see it with kg show {name}"
                )
        return studio.things(names, depth)
    if question is not None:
        asked = queries.question(question)
        found = queries.run(studio.graph, question, given(params))
        stated = queries.statements(found)
        if found.rows and not stated:
            raise BadUse(f"{asked.name} returns no statements to draw: see its rows with kg query run {asked.name}")
        return studio.listed(asked.summary, stated, ", ".join(params))
    if conflicts:
        return studio.conflicts()
    sources = studio.choice.sources
    return studio.source(sources[0]) if len(sources) == 1 and not everything else studio.everything()
