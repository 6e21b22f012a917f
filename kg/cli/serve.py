"""kg serve."""

from __future__ import annotations

import os
import re
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TextIO

import click

from kg.cli.options import address_option, graph_options, texts_option

__all__ = ["serve"]

_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]")
_ORIGIN = re.compile(r"\*|https?://[^\s/?#@,]+")
_LARGE = 64 << 20
"""Bytes of a graph that is not read in a moment."""
_LIBRARIES = ("httptools", "prometheus_client", "starlette", "uvicorn")
"""What the extra `serve` brings."""
_SHORTEST = 16
"""Characters that a token has at least."""


def _checked(pattern: re.Pattern[str], what: str, like: str) -> Any:
    def check(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not pattern.fullmatch(value):
                raise click.BadParameter(f"{value!r} is no {what}: write one like {like}", ctx, param)
        return values

    return check


@click.command()
@graph_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0: a free one.")
@click.option(
    "--host-name", "names", multiple=True, metavar="NAME",
    callback=_checked(_NAME, "name of a host", "graph.example.org"),
    help="Answer requests for this name too; without it, only those for this machine.",
)  # fmt: skip
@address_option("Where clients reach it, if not by its own host and port: whole addresses and the site map begin so.")
@click.option(
    "--cors", multiple=True, metavar="ORIGIN", callback=_checked(_ORIGIN, "origin", "https://example.org"),
    help="Let pages of this site read answers (* for all); never with their users' credentials.",
)  # fmt: skip
@click.option(
    "--token-file", type=click.Path(path_type=Path, dir_okay=False),
    help="Want this bearer token of every client [env var: KG_SERVE_TOKEN].",
)  # fmt: skip
@click.option("--seconds", type=click.FloatRange(0.5, 600), default=10.0, show_default=True, help="Time of a query.")
@click.option("--memory", type=click.IntRange(64, 1 << 20), default=512, show_default=True, help="Its memory, in MB.")
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows of its answer.")
@click.option("--workers", type=click.IntRange(1, 64), help="Workers of each kind [default: one for each processor].")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Open a new build by itself (else SIGHUP).")
@click.option("--log", type=click.File("a"), help="Write a line of JSON for each request; - for standard output.")
@click.option("--log-clients", is_flag=True, help="Note the address of each client in the log.")
@click.option("--with-sentences", is_flag=True, help="Show the sentences cited, for your own use on this machine only.")
@texts_option
@click.option("--open", "browse", is_flag=True, help="Open it in a browser.")
def serve(
    graph: Path | None, data: Path | None, host: str, port: int, names: tuple[str, ...], address: str,
    cors: tuple[str, ...], token_file: Path | None, seconds: float, memory: int, rows: int, workers: int | None,
    watch: bool, log: TextIO | None, log_clients: bool, with_sentences: bool, texts: Path | None, browse: bool,
) -> None:  # fmt: skip
    """Serve the graph: pages, data, saved questions, an API, and a SPARQL endpoint.

    Every thing, statement, source and term has an address that answers people with a page and programs with RDF.
    Queries run in processes that can be stopped, without network, within limits. It listens to this machine only,
    unless told otherwise. SIGHUP opens the graph again, SIGTERM ends it once the last answers are given.

    Examples: kg serve, kg serve --port 9000 --open, kg serve --host-name graph.example.org --address https://graph.example.org/
    """
    from kg import folders
    from kg.cache import graph_file
    from kg.errors import BadUse

    if not hasattr(os, "fork"):
        raise BadUse("the server needs processes as Linux and macOS have them: kg explore and kg site need none")
    if not host.strip():
        raise BadUse("--host is empty: leave it out, or name an address of this machine")
    if not names and not _loopback(host):
        raise BadUse(f"{host} can be reached from outside: say with --host-name by which name it is asked for there")
    if with_sentences and (names or cors or address or not _loopback(host)):
        raise BadUse("the sentences stay with their authors: --with-sentences serves this machine only")
    folder = folders.texts_folder(texts) if with_sentences else None
    if with_sentences and folder is None:
        raise BadUse("--with-sentences takes them from the sources' texts: say where they are with --texts DIR")
    token = _token(token_file)
    if absent := [name for name in _LIBRARIES if find_spec(name) is None]:
        raise BadUse(f"the server needs {' and '.join(absent)}: pip install 'aigov-kg[serve]'")
    from kg.server import Limits
    from kg.server.guard import Rules
    from kg.server.run import Plan
    from kg.server.run import serve as served

    count = workers or max(2, os.cpu_count() or 2)
    limits = Limits(seconds=seconds, megabytes=memory, rows=rows, workers=count)
    rules = Rules((*names, f"[{host}]" if ":" in host else host), cors, token, limits.body, log_clients, address or "/")
    file = graph_file(graph, data)
    if (size := file.stat().st_size) > _LARGE:
        click.echo(f"reading {size / 1e6:,.0f} MB: this takes a while", err=True)
    ended_by = served(Plan(file, host, port, address, limits, rules, watch, log, folder), _teller(host, browse))
    if ended_by == signal.SIGINT:
        sys.exit(130)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _token(file: Path | None) -> str:
    from kg.errors import BadUse

    try:
        given = file.read_text(encoding="utf-8").strip() if file else os.environ.get("KG_SERVE_TOKEN", "").strip()
    except OSError as error:
        raise BadUse(f"the token in {file} can't be read ({error.strerror}): correct --token-file") from None
    except UnicodeDecodeError:
        given = " "
    if (file and not given) or (given and not re.fullmatch(rf"[\x21-\x7e]{{{_SHORTEST},}}", given)):
        where = file or "KG_SERVE_TOKEN"
        raise BadUse(f"{where} holds no token: one word of at least {_SHORTEST} letters, digits or signs is wanted")
    return given


def _teller(host: str, browse: bool) -> Any:
    """Says what happens to the server."""

    def told(what: str, known: dict[str, Any]) -> None:
        with suppress(OSError):  # nobody reads it any more
            if what == "kept":
                click.echo(f"the new graph can't be opened ({known['reason']}): the one before is served on", err=True)
            elif what == "reloaded":
                click.echo(f"opened again: {known['statements']:,} statements, version {known['version']}", err=True)
            else:
                _tell(host, browse, known)

    return told


def _tell(host: str, browse: bool, known: dict[str, Any]) -> None:
    """Says that the server is there, and where."""
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
    address = f"http://{shown}:{known['port']}/"
    click.echo(f"{known['statements']:,} statements, version {known['version']}: open {address}")
    click.echo(f"SPARQL {address}sparql, API {address}api; Ctrl-C ends it")
    if _loopback(host):
        click.echo("Only this machine reaches it; to expose it: docs/serve.md")
    if known["network"]:
        click.echo("workers keep the network: this system gives them no namespace of their own", err=True)
    if browse:
        click.launch(address)
