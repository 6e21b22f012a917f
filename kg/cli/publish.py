"""kg site."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import address_option, graph_options

__all__ = ["site"]


@click.command()
@graph_options
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), default="site", show_default=True,
    help="Output folder.",
)  # fmt: skip
@address_option("Where the site will stand: adds a site map and a page for what is not found.")
@click.option("--with-sentences", is_flag=True, hidden=True)
def site(graph: Path | None, data: Path | None, out: Path, address: str, with_sentences: bool) -> None:
    """Write the graph as a site: a page and data for every thing, statement, source and term, for any file host.

    Links are relative, so that it works under any address and from disk. Every link is followed before anything is
    written.

    Examples: kg site -o public, kg site --address https://example.org/graph/
    """
    from kg.cache import graph_file
    from kg.errors import BadUse, KgError
    from kg.release import opened
    from kg.site.check import problems
    from kg.site.pages import Gone, Site
    from kg.writing import publish, sums

    if with_sentences:
        raise BadUse(
            "a site is for others, and the sentences stay with their authors: "
            "kg explore --with-sentences makes a page for your own use"
        )
    shelf = opened(graph_file(graph, data), address)
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
