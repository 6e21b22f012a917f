"""kg explore."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.completion import complete_entity, complete_question
from kg.cli.options import Asked, select_options
from kg.cli.output import write_bytes
from kg.cli.where import Where, where_options

if TYPE_CHECKING:
    from kg.explorer import Content
    from kg.facts import About
    from kg.lookup import Graph

__all__ = ["explore"]

_PRIVATE = ("graph", "data", "endpoint", "texts", "output")
"""Options that tell of a machine, not of the page."""


@click.command()
@click.argument("entity", nargs=-1, shell_complete=complete_entity)
@click.option("--query", "question", shell_complete=complete_question, help="Only the statements a question returns.")
@click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="Set a parameter of the question.")
@click.option("--without-sparql", is_flag=True, help="Leave out the questions and the engine: the file is smaller.")
@click.option("--with-sentences", is_flag=True, help="Put the sentences cited into the file, for your own use only.")
@click.option(
    "--texts", type=click.Path(path_type=Path), envvar="KG_TEXTS", show_envvar=True,
    help="Folder with the sources' texts, for --with-sentences.",
)  # fmt: skip
@where_options
@select_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="HTML file [default: standard output of a pipe].")
def explore(
    entity: tuple[str, ...],
    question: str | None,
    params: tuple[str, ...],
    without_sparql: bool,
    with_sentences: bool,
    texts: Path | None,
    where: Where,
    asked: Asked,
    output: Path | None,
) -> None:
    """Write the explorer: one HTML file to look around in, ask and cite. It opens from disk and asks no network.

    It holds all of the graph, or what is said of each ENTITY, what a question returns, or what the filters keep; dates
    and other sides of conflicts come with that.

    Examples: kg explore -o explorer.html, kg explore SenseTime UNESCO --without-sparql -o two.html
    """
    from dataclasses import replace

    from kg import explorer
    from kg.errors import BadUse

    if entity and question is not None:
        raise click.UsageError("name ENTITY or --query, not both")
    if params and question is None:
        raise click.UsageError("-p sets a parameter of --query NAME")
    if output is None and sys.stdout.isatty():
        raise click.UsageError("name a file for the page: -o explorer.html")
    if output is not None and output.suffix.lower() not in ("", ".html", ".htm") and not output.is_char_device():
        raise click.UsageError(f"the page is HTML: name it {output.stem}.html")
    parts = explorer.assets()
    if parts is None:
        raise BadUse(f"{explorer.MISSING}; kg view draws pictures without them")
    with where.opened(whole=True) as opened:
        content = _content(opened, entity, question, params, asked, _about(where))
        content = replace(content, asking=not without_sparql, texts=_texts(texts, content) if with_sentences else {})
        triples = _triples(opened, where, content)
        content = explorer.fitting(content, len(triples))
        data = explorer.payload(opened, content)
    if content.outside:
        click.echo(
            f"the page has neither questions nor SPARQL: {content.outside / 1e6:,.0f} MB of triples are too many for "
            "one; name entities or filters for a smaller one, or ask with kg query",
            err=True,
        )
    if not content.statements:
        click.echo("no statement is left: the page says so", err=True)
    page = explorer.page(data, triples, parts)
    write_bytes(None if output is None or str(output) == "-" else output, page)


def _triples(opened: Graph, where: Where, content: Content) -> bytes:
    from kg import excerpt

    if not content.whole:
        return excerpt.triples(opened, content.statements)
    # The file as it stands: a store keeps values, not how they are written.
    return excerpt.everything(opened) if where.endpoint else where.file.read_bytes()


def _content(
    opened: Graph,
    entity: tuple[str, ...],
    question: str | None,
    params: tuple[str, ...],
    asked: Asked,
    about: About | None,
) -> Content:
    from kg import excerpt, explorer, queries, terms
    from kg.cli.ask import given
    from kg.lookup import resolve
    from kg.select import Select, select
    from kg.statements import Reader, periods

    choice = asked.select(opened)
    known = Reader(opened).all()
    everything = explorer.whole(known, about, _command())
    if not entity and question is None and choice == Select():
        return everything
    found, title = list(known), everything.title
    summary = "A part of the graph."
    if entity:
        names = [terms.shorten(resolve(opened, name).value) for name in entity]
        found = excerpt.rounded(known, excerpt.around(known, names))
        title = " and ".join(map(opened.name, names))
        summary = f"What the graph says of {title}."
    elif question is not None:
        stated = {
            terms.shorten(node.value) for node in queries.statements(queries.run(opened, question, given(params)))
        }
        found = excerpt.rounded(known, [one for one in known if one.id in stated])
        title = queries.question(question).summary
        summary = "The statements that answer the question" + (f", with {', '.join(params)}." if params else ".")
    elif len(choice.sources) == 1:
        title = opened.name(choice.sources[0])
    kept = select(found, choice, periods(opened, found) if choice.dated else None)
    narrowed = f" Only: {choice.words}." if choice.words else ""
    return explorer.part(everything, kept, title, summary + narrowed)


def _command() -> str:
    """The command as it was given, without what is of this machine only."""
    context = click.get_current_context()
    words = ["kg", "explore"]
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if not value or parameter.name in _PRIVATE:
            continue
        listed = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            words += listed
        else:
            name = parameter.opts[-1]
            words += [word for one in listed for word in ((name,) if one is True else (name, one))]
    return shlex.join([*words, "-o", "explorer.html"])


def _about(where: Where) -> About | None:
    """What the project says of itself, from the description that a build puts beside its graph."""
    from kg import dataset

    if where.endpoint is not None:
        return None
    try:
        return dataset.claimed(where.file.with_name("void.ttl").read_bytes())
    except OSError:
        return None


def _texts(chosen: Path | None, content: Content) -> dict[str, str]:
    """Digest -> text, of the texts at hand that the statements cite."""
    from kg import folders, sources
    from kg.errors import BadUse

    folder = folders.texts_folder(chosen)
    if folder is None:
        raise BadUse("--with-sentences takes them from the sources' texts: say where they are with --texts DIR")
    cited = {receipt.digest for one in content.statements for receipt in one.receipts}
    found = {digest: text for digest, text in sources.by_digest(folder).items() if digest in cited}
    if not found:
        raise BadUse(f"{folder} holds none of the texts that these statements cite: correct --texts")
    return found
