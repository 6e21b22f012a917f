"""kg load, kg verify, kg unload."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.options import graph_options
from kg.cli.output import Output, output_options

if TYPE_CHECKING:
    from kg.stores.load import Plan, Tell
    from kg.stores.parts import Part
    from kg.stores.store import Store
    from kg.stores.verify import Verdict

__all__ = ["load", "unload", "verify"]

_F = TypeVar("_F", bound=Callable[..., Any])
_SHOWN, _WIDE = 20, 500
"""Differences printed when a store differs, and letters of each triple; --differences prints them whole."""
_LARGE = 16 << 20
"""Bytes of a graph file that is worth a process of its own."""


def _store_options(command: _F) -> _F:
    """URL, and what the store does not tell of itself."""
    for option in (
        click.option("--timeout", type=click.IntRange(1, 1_000_000), default=300, show_default=True,
                     help="Seconds to wait for the store's next answer; large requests get more by themselves."),
        click.option("--update", default="", help="The store's update endpoint, where --dialect does not tell it."),
        click.option("--graph-store", default="",
                     help="The store's Graph Store Protocol endpoint, where --dialect does not tell it."),
        click.option("--dialect", type=click.Choice(("oxigraph", "virtuoso", "generic")),
                     help="The kind of store [default: as it says itself]."),
        click.argument("url"),
    ):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def _opened(url: str, dialect: str | None, graph_store: str, update: str, timeout: int) -> Iterator[Store]:
    """The store at an address, once it has answered."""
    from kg.errors import BadUse

    try:
        from kg.stores.dialects import endpoints
        from kg.stores.store import Store
        from kg.stores.web import Web, address
    except ImportError as error:
        raise BadUse(f'{error.name} is not installed: pip install "aigov-kg[load]"') from None
    with Web(address(url), timeout) as web:
        if web.bare:
            click.echo(f"warning: name and password go to {web.url} unencrypted: https would protect them", err=True)
        yield Store(web, endpoints(web, dialect or "", graph_store, update))


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder for graphs as sorted files, three times the size of the graph; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="kg-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _parts(graph: Path | None, data: Path | None, folder: Path) -> dict[str, Part]:
    from kg.cache import graph_file
    from kg.stores.parts import split

    return split(graph_file(graph, data), folder)


@contextmanager
def _meanwhile(graph: Path | None, data: Path | None, folder: Path) -> Iterator[Callable[[], dict[str, Part]]]:
    """What gives the parts of a graph; a large file is split by a process of its own while the store is read."""
    from kg.cache import graph_file
    from kg.stores.parts import split

    file = graph_file(graph, data)
    if not file.is_file() or file.stat().st_size < _LARGE:
        parts = split(file, folder)
        yield lambda: parts
        return
    from multiprocessing import get_context

    with get_context("spawn").Pool(1) as pool:  # leaving it ends the process, whatever it is at
        yield pool.apply_async(split, (file, folder)).get


@click.command()
@_store_options
@graph_options
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--verify", "check", is_flag=True, help="Read everything back at the end and compare it.")
@click.option("--force", is_flag=True, help="Replace a graph even if it holds triples that kg load did not put there.")
@click.option("--files", type=click.Path(path_type=Path, file_okay=False),
              help="Write files for the store's own loader into this folder, and say what to type.")  # fmt: skip
def load(
    url: str, dialect: str | None, graph_store: str, update: str, timeout: int, graph: Path | None,
    data: Path | None, dry_run: bool, check: bool, force: bool, files: Path | None,
) -> None:  # fmt: skip
    """Load the five graphs into the triplestore at URL.

    Each goes by one request where it is empty; where an older load stands, all are put beside it and moved in at once.
    A graph that is there already is left alone, one that holds what others put there is refused. When it was
    interrupted, repeat it. Name and password come from KG_STORE_USER and KG_STORE_PASSWORD (or a token from
    KG_STORE_TOKEN), else from netrc.

    Examples: kg load http://localhost:7878, kg load http://localhost:8890 --dry-run, kg load
    http://localhost:3030/kg/sparql --graph-store http://localhost:3030/kg/data --update http://localhost:3030/kg/update
    """
    with _workplace() as folder:
        parts = _parts(graph, data, folder)
        if files is not None:
            _write_files(parts, files, dialect or "generic")
            return
        with _opened(url, dialect, graph_store, update, timeout) as store:
            from kg.stores import load as loading

            made = loading.plan(store, parts.values(), folder, force)
            _tell_plan(made, store)
            if dry_run:
                return
            begun = time.monotonic()
            with _progress(parts) as tell:
                loading.carry_out(store, made, tell)
            if made.todo:
                triples = sum(step.part.content.count for step in made.todo)
                click.echo(f"loaded {triples:,} triples in {time.monotonic() - begun:.1f} s")
            if check:
                _compare(store, lambda: parts, folder, Output(None, None, False))


def _write_files(parts: dict[str, Part], files: Path, dialect: str) -> None:
    from kg.stores import bulk

    bulk.write(parts.values(), files)
    for line in bulk.instructions(parts.values(), files, dialect):
        click.echo(line)


_STATES = {
    "empty": "load it by one request",
    "same": "is there already",
    "ours": "replace an older load, or a piece of this one",
    "foreign": "replace what others put there",
}


def _tell_plan(made: Plan, store: Store) -> None:
    click.echo(f"{store.at.name} ({store.at.dialect.name})")
    if made.interrupted:
        click.echo("an earlier load was interrupted, this one ends it", err=True)
    for step in made.steps:
        there = f", {step.there:,} there" if step.there and step.state != "same" else ""
        size = f"{step.part.content.count:>10,} triples, {step.part.size / 1e6:8.1f} MB"
        click.echo(f"  {step.part.name:10} {size}: {_STATES[step.state]}{there}")
    if made.way == "swap":
        click.echo("  all beside the old ones, then moved in by one request")
    elif any(step.there for step in made.todo):
        click.echo("  one after the other, since no update endpoint is known (--update)")
    counts = [step.part.content.count for step in made.todo]
    wanted = store.at.dialect.gigabytes * (sum(counts) if made.way == "swap" else max(counts, default=0)) / 1e6
    if wanted > 1:
        said = f"the server will need some {wanted:.0f} GB of memory for it: --files DIR is for its own loader"
        click.echo(f"  {said}", err=True)
    if made.way == "nothing":
        click.echo("nothing to do")


@contextmanager
def _progress(parts: dict[str, Part]) -> Iterator[Tell]:
    """Bytes and triples as they go; on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda name, sent, size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = ("{task.description:10}", BarColumn(), DownloadColumn(), TextColumn("{task.fields[triples]:,} triples"),
               TransferSpeedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(name: str, sent: int, size: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=size, triples=0)
            count = parts[name].content.count
            # Sent is not stored: the last bytes wait for the store's answer.
            bars.update(tasks[name], completed=sent, triples=count * sent // size if size else count)

        yield tell


@click.command()
@_store_options
@graph_options
@output_options
@click.option("--differences", is_flag=True, help="Print every triple that differs, with its statement, as rows.")
def verify(
    url: str, dialect: str | None, graph_store: str, update: str, timeout: int, graph: Path | None,
    data: Path | None, out: Output, differences: bool,
) -> None:  # fmt: skip
    """Compare the triplestore at URL with the graph: counts, digests, and what differs.

    Every triple is read back. Literals are compared by value (140.0 is 140), since stores write them in ways of
    their own. The digest is the SHA-256 of a graph's canonical N-Triples. Exit code 1 when something differs.

    Examples: kg verify http://localhost:7878, kg verify http://localhost:8890 --differences -o differences.csv
    """
    with (
        _workplace() as folder,
        _meanwhile(graph, data, folder) as parts,
        _opened(url, dialect, graph_store, update, timeout) as store,
    ):
        _compare(store, parts, folder, out, differences)


def _compare(
    store: Store, parts: Callable[[], dict[str, Part]], folder: Path, out: Output, every: bool = False
) -> None:
    from kg.errors import UNFIT, StoreDiffers
    from kg.results import table
    from kg.stores.verify import compare, differences, read

    there = read(store, folder)
    found = compare(parts().values(), there)
    if every:
        out.emit(table(("change", "graph", "statement", "triple"), differences(found)))
    else:
        out.emit(table(("graph", "triples", "there", "missing", "extra", "digest", "equal"), map(_row, found)))
    unlike = [one for one in found if not one.equal]
    if not unlike:
        return
    if not every:
        for one in differences(found, _SHOWN):
            place = f"{one.graph} {one.statement}".rstrip()
            said = UNFIT.sub(lambda found: ascii(found.group())[1:-1], one.triple)  # anybody's words
            short = said if len(said) <= _WIDE else said[: _WIDE - 1] + "…"
            click.echo(f"{one.change} {place}: {short}", err=True)
    count = sum(one.missing + one.extra for one in unlike)
    shown = f", {_SHOWN} shown (--differences prints all)" if count > _SHOWN and not every else ""
    names = ", ".join(one.part.name for one in unlike)
    mends = "kg load mends it (with --force, if others changed it)"
    raise StoreDiffers(f"{store.at.name} differs by {count:,} triples in {names}{shown}: {mends}")


def _row(one: Verdict) -> tuple[str | int, ...]:
    equal = "yes" if one.equal else "no"
    return (one.part.name, one.part.content.count, one.there.count, one.missing, one.extra, one.there.digest, equal)


@click.command()
@_store_options
@click.option("--force", is_flag=True, help="Remove a graph even if it is not as kg load left it.")
def unload(url: str, dialect: str | None, graph_store: str, update: str, timeout: int, force: bool) -> None:
    """Remove the five graphs from the triplestore at URL.

    The record that kg load keeps there goes too. Other graphs are not touched. A graph that was changed since it
    was loaded is refused.

    Example: kg unload http://localhost:7878
    """
    from kg.graphs import GRAPHS, graph_name

    with _workplace() as folder, _opened(url, dialect, graph_store, update, timeout) as store:
        from kg.stores.load import unload as remove

        gone = remove(store, [graph_name(name).value for name in GRAPHS], folder, force)
    click.echo(f"removed {sum(gone.values()):,} triples in {sum(map(bool, gone.values()))} graphs from {store.at.name}")
