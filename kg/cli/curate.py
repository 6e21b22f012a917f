"""kg anchor."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import data_option, texts_option

__all__ = ["anchor"]


@click.command()
@data_option
@texts_option
@click.option("--again", is_flag=True, help="Find anchored spans anew, in a text that has changed.")
def anchor(data: Path | None, texts: Path | None, again: bool) -> None:
    """Turn the words that a curator wrote into spans with digest and end words.

    Writes nothing while any words match nowhere or more than once.

    Example: kg anchor --texts ../texts
    """
    from kg import folders
    from kg.anchor import anchor as make
    from kg.errors import BadUse

    project, folder = folders.data_folder(data), folders.texts_folder(texts)
    if folder is None:
        raise BadUse("anchoring needs the texts: name their folder with --texts DIR or KG_TEXTS")
    if folders.is_packaged(project):
        raise BadUse("the data inside the package is read only: name a project folder with --data DIR")
    for file, count in make(project, folder, again, tell=click.echo).items():
        click.echo(f"{file}: {count} anchored")
