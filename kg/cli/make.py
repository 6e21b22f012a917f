"""kg build, kg check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import data_option, json_option, texts_option

if TYPE_CHECKING:
    from kg.build import Summary

__all__ = ["build", "check"]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Names the stage that runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda stage: status.update(stage)


@click.command()
@data_option
@texts_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default="dist", show_default=True, help="Output folder."
)
@click.option("--rdf12", is_flag=True, help="Write the dataset in RDF 1.2 too, its statements as reifiers.")
def build(data: Path | None, texts: Path | None, out: Path, rdf12: bool) -> None:
    """Build the graph: facts, inference, checks, then files.

    Nothing is replaced when a check fails.

    Example: kg build --texts ../texts --out dist
    """
    from kg import folders
    from kg.build import build as make

    with _progress() as stage:
        summary = make(folders.data_folder(data), folders.texts_folder(texts), out, stage, rdf12)
    for issue in summary.warnings:
        click.echo(f"warning: {issue}", err=True)
    _print(summary)


def _several(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _print(summary: Summary) -> None:
    for title, counts in summary.counts.items():
        click.echo(f"{title}: " + (", ".join(f"{name} {count}" for name, count in counts.items()) or "none"))
    if summary.checked:
        click.echo(f"spans compared with {_several(len(summary.checked), 'text')}")
    else:
        click.echo("spans not compared with the texts (none given: --texts DIR does it)")
    total = sum(summary.files.values())
    click.echo(f"{len(summary.files)} files, {total / 1e6:.1f} MB, in {summary.out}")
    if summary.missing:
        click.echo(f"no explorer.html, views/overview.html serves: {summary.missing}")
    first = summary.out / ("views/overview.html" if summary.missing else "explorer.html")
    click.echo(f"Next: open {first}, or try: kg show {summary.central!r}")


@click.command()
@data_option
@texts_option
@json_option
def check(data: Path | None, texts: Path | None, as_json: bool) -> None:
    """Check the data as a build would, and write nothing.

    Exit 0: no errors (there may be warnings), 1: errors.

    Example: kg check --json
    """
    from kg import folders
    from kg.build import prepare
    from kg.errors import BadData

    try:
        with _progress() as stage:
            made = prepare(folders.data_folder(data), folders.texts_folder(texts), stage)
        issues, checked = made.issues, made.texts
    except BadData as error:
        issues, checked = error.issues, ()
    if as_json:
        import json

        click.echo(json.dumps([issue._asdict() for issue in issues], indent=1, ensure_ascii=False))
    else:
        for issue in issues:
            click.echo(f"{issue.severity}: {issue}")
        errors = sum(issue.severity == "error" for issue in issues)
        compared = f"compared with {_several(len(checked), 'text')}" if checked else "not compared with the texts"
        found = f"{_several(errors, 'error')}, {_several(len(issues) - errors, 'warning')}"
        click.echo(f"{found}; spans {compared}", err=True)
    if any(issue.severity == "error" for issue in issues):
        raise click.exceptions.Exit(1)
