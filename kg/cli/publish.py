"""kg site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import graph_options

if TYPE_CHECKING:
    from kg.site.shelf import Shelf

__all__ = ["site"]

_LEFT_OUT = ("jsonld/", "explorer.html", "SHA256SUMS")
"""Files of a build that the site has in another form."""


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise click.BadParameter(f"{value!r} is no address: write one like https://example.org/graph/", ctx, param)
    return value.rstrip("/") + "/"


@click.command()
@graph_options
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), default="site", show_default=True,
    help="Output folder.",
)  # fmt: skip
@click.option(
    "--address", metavar="URL", callback=_address,
    help="Where the site will stand: adds a site map and a page for what is not found.",
)  # fmt: skip
@click.option("--with-sentences", is_flag=True, hidden=True)
def site(graph: Path | None, data: Path | None, out: Path, address: str, with_sentences: bool) -> None:
    """Write the graph as a site: a page and data for every thing, statement, source and term, for any file host.

    Links are relative, so that it works under any address and from disk. Every link is followed before anything is
    written.

    Examples: kg site -o public, kg site --address https://example.org/graph/
    """
    from kg.errors import BadUse, KgError
    from kg.site import Gone, Site, problems
    from kg.writing import publish, sums

    if with_sentences:
        raise BadUse(
            "a site is for others, and the sentences stay with their authors: "
            "kg explore --with-sentences makes a page for your own use"
        )
    shelf = _shelf(graph, data, address)
    made, files = Site(shelf), {}
    for path in made.paths():
        try:
            files[path] = made.file(path)
        except Gone:
            files[path] = made.gone(path)
    if wrong := problems(files):
        raise KgError(f"{len(wrong)} links lead nowhere; nothing was written: {'; '.join(wrong[:5])}")
    files["SHA256SUMS"] = sums(files)
    publish(out, files)
    count = sum(path.endswith(".html") for path in files)
    click.echo(f"{count:,} pages, {len(files):,} files, {sum(map(len, files.values())) / 1e6:.1f} MB, in {out}")
    if not shelf.explorer:
        from kg import explorer

        click.echo(f"no explorer.html: {explorer.MISSING}", err=True)
    click.echo(f"Next: open {out / 'index.html'}, or put the folder on any file host")


def _shelf(graph: Path | None, data: Path | None, address: str) -> Shelf:
    """The graph with what a build has put beside it."""
    import json

    from kg import dataset, explorer, folders
    from kg.cache import graph_file, loaded
    from kg.lookup import reading
    from kg.site.shelf import Shelf

    file = graph_file(graph, data)
    beside = _beside(file)
    coverage = json.loads(beside["coverage.json"]) if "coverage.json" in beside else []
    with reading(file):
        return Shelf(
            loaded(file), folders.version(), dataset.claimed(beside.get("void.ttl", b"")),
            {report["source"]: report for report in coverage}, beside, address, explorer.assets() is not None,
        )  # fmt: skip


def _beside(file: Path) -> dict[str, bytes]:
    """The files of the build that made a graph, as its checksums list them; else the graph alone."""
    folder, sums = file.parent, file.with_name("SHA256SUMS")
    listed = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    names = [line.partition("  ")[2] for line in listed]
    wanted = [name for name in names if not name.startswith((*_LEFT_OUT, "."))] or [file.name, "void.ttl"]
    return {name: (folder / name).read_bytes() for name in wanted if (folder / name).is_file()}
