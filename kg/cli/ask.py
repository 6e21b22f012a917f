"""kg query: saved questions, and SPARQL of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from kg.cli.completion import complete_question
from kg.cli.output import Output, output_options, write_bytes
from kg.cli.where import Where, where_options

if TYPE_CHECKING:
    from kg.lookup import Graph
    from kg.queries import Question
    from kg.results import Table
    from kg.sandbox import Answer

__all__ = ["given", "query"]

_NAMED = 12
"""Contradicted statements that a note names: a reader looks at these, or asks `contradictions`."""


@click.group()
def query() -> None:
    """Ask the graph: saved questions, or SPARQL of your own.

    Example: kg query list, then kg query run participants-of-an-event -p event="IGF 2021"
    """


@query.command("list")
@click.option("--tag", help="Only questions with this tag.")
@output_options
def _list(tag: str | None, out: Output) -> None:
    """List the saved questions.

    Example: kg query list --tag standards
    """
    from kg import queries
    from kg.errors import BadUse
    from kg.results import table

    every = queries.questions()
    tags = sorted({tag for question in every for tag in question.tags})
    if tag is not None and tag not in tags:
        raise BadUse(f"no question has the tag {tag!r}: there are {', '.join(tags)}")
    chosen = (question for question in every if tag is None or tag in question.tags)
    rows = [(q.name, q.summary, " ".join(p.name for p in q.params), " ".join(q.tags)) for q in chosen]
    out.emit(table(("name", "question", "parameters", "tags"), rows))


@query.command("show")
@click.argument("name", shell_complete=complete_question)
@click.option("--sparql", is_flag=True, help="Print the SPARQL alone, to run it elsewhere.")
def _show(name: str, sparql: bool) -> None:
    """Print what a saved question asks, what one can set, and what comes back.

    Example: kg query show participants-of-an-event
    """
    from kg import queries

    asked = queries.question(name)
    click.echo(asked.text if sparql else "\n".join(_described(asked)), nl=not sparql)


def _described(asked: Question) -> Iterator[str]:
    yield click.style(asked.summary, bold=True)
    yield f"  {asked.description}"
    yield f"  tags {', '.join(asked.tags)}; answers {', '.join(asked.answers) or 'no competency question'}"
    if asked.params:
        yield "\n" + click.style("parameters", fg="cyan")
    for parameter in asked.params:
        default = "left open" if parameter.default == "UNDEF" else parameter.default
        yield f"  {parameter.name}: {parameter.about}; {parameter.takes} [default: {default}]"
    yield "\n" + click.style("columns", fg="cyan")
    yield from (f"  {name}: {about}" for name, about in asked.columns)
    example = f" -p {asked.params[0].name}=…" if asked.params else ""
    yield f"\nTry: kg query run {asked.name}{example}; the SPARQL: kg query show {asked.name} --sparql"


@query.command("run")
@click.argument("name", shell_complete=complete_question)
@click.option(
    "-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="Set a parameter; twice for two values."
)
@click.option("--limit", type=click.IntRange(0), help="Print at most so many rows.")
@where_options
@output_options
def _run(name: str, params: tuple[str, ...], limit: int | None, where: Where, out: Output) -> None:
    """Ask a saved question.

    Things are named as in kg show: by a label, another name, a CURIE or an IRI.

    Examples: kg query run events-of-an-actor -p actor=UNDP, kg query run contradictions -f md
    """
    from kg import queries

    values = given(params)
    asked = queries.question(name)  # a misspelt name is told before a graph is looked for
    with where.opened() as opened:
        found = queries.run(opened, name, values)
        notes = _notes(opened, asked, values, found)
    if not found.rows:
        click.echo("no rows: the sources do not say", err=True)
    elif limit is not None and len(found.rows) > limit:
        click.echo(f"{limit} of {len(found.rows)} rows", err=True)
        found = found._replace(rows=found.rows[:limit])
    out.emit(found)
    for note in notes:
        click.echo(note, err=True)


def _notes(graph: Graph, asked: Question, values: dict[str, list[str]], found: Table) -> list[str]:
    """What a reader of the rows must know: which defaults were in force, and what of it another source contradicts."""
    from kg import queries

    taken = [f"{p.name}={p.default}" for p in asked.params if p.name not in values and not p.optional]
    notes = [f"asked with {', '.join(taken)}: -p sets {'it' if len(taken) == 1 else 'them'}"] if taken else []
    disputed = queries.contradicted(graph, found)
    if disputed:
        more = f" and {len(disputed) - _NAMED} more" if len(disputed) > _NAMED else ""
        notes.append(
            f"contradicted by another statement: {', '.join(disputed[:_NAMED])}{more} (kg show tells by which)"
        )
    return notes


def given(params: tuple[str, ...]) -> dict[str, list[str]]:
    """Parameter -> values, of KEY=VALUE as typed."""
    found: dict[str, list[str]] = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key.strip():
            raise click.UsageError(f'-p {param!r} is no KEY=VALUE, like event="IGF 2021"')
        found.setdefault(key.strip(), []).append(value)
    return found


@query.command("sparql")
@click.argument("file", metavar="FILE_OR_-", type=click.File("rb"))
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, help="Time allowed.")
@click.option("--memory", type=click.IntRange(64, 1 << 20), help="Megabytes allowed [default: 1024].")
@where_options
@output_options
def _sparql(file: BinaryIO, seconds: float, memory: int | None, where: Where, out: Output) -> None:
    """Ask a SPARQL query of your own, from a file or standard input.

    The default graph is the merge of the five; the prefixes of the ontology need no declaration. The query runs in a
    process of its own, which is stopped at the limits, and asks nothing elsewhere: SERVICE, updates and foreign FROM
    are refused. With --endpoint the triplestore runs it, as it stands, and --seconds is how long its answer is waited
    for. The triples of CONSTRUCT and DESCRIBE come as rows; as N-Triples with -o FILE.nt.

    Example: echo "SELECT ?c (COUNT(*) AS ?n) { ?x a ?c } GROUP BY ?c" | kg query sparql -
    """
    from kg import results
    from kg.errors import BadUse

    if where.endpoint is not None and memory is not None:
        raise click.UsageError("--memory bounds a process of this machine: leave it out with --endpoint")
    try:
        text = file.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadUse(f"the query is no UTF-8 text (at byte {error.start})") from None
    answer = _answer(text, where, seconds, memory or 1024)
    found = results.parsed(answer.kind, answer.content)
    if answer.kind == "triples" and out.file is not None and out.file.suffix == ".nt" and out.form is None:
        write_bytes(out.file, answer.content)
    else:
        out.emit(found)


def _answer(text: str, where: Where, seconds: float, memory: int) -> Answer:
    """What the graph answers: that of a file in a process of its own, that of a triplestore there."""
    from kg.sandbox import Limits, ask

    if where.endpoint is None:
        return ask(where.file, text, Limits(seconds, memory))
    with where.web(seconds, option="--seconds") as web:
        from kg.stores.remote import answer

        return answer(web, text, seconds)
