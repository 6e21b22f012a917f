"""Which graph a command asks: one in a file, or the one that somebody's triplestore holds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.options import graph_options

if TYPE_CHECKING:
    from kg.lookup import Graph
    from kg.stores.web import Web

__all__ = ["Where", "where_options"]

_F = TypeVar("_F", bound=Callable[..., Any])


class Where:
    """The choice as the user made it: a file, a project, an endpoint, or none of them."""

    def __init__(self, graph: Path | None, data: Path | None, endpoint: str | None) -> None:
        if endpoint is not None and (graph or data):
            raise click.UsageError("--endpoint asks a triplestore, --graph and --data a file: give one of them")
        self._graph, self._data, self.endpoint = graph, data, endpoint

    @property
    def file(self) -> Path:
        """The file to read. Raises as `kg.cache.graph_file` does."""
        from kg.cache import graph_file

        return graph_file(self._graph, self._data)

    @contextmanager
    def web(self, seconds: float = 300.0, option: str = "") -> Iterator[Web]:
        """The client for the endpoint; `option` is what allows it more time, if the command has one.

        Raises `BadUse` for an address that is none, and where httpx is not installed.
        """
        from kg.errors import BadUse

        try:
            from kg.stores.web import Web, address
        except ImportError as error:
            raise BadUse(f'{error.name} is not installed: pip install "aigov-kg[load]"') from None
        with Web(address(self.endpoint or "", "--endpoint"), seconds, option=option) as web:
            if web.bare:
                click.echo(
                    f"warning: name and password go to {web.url} unencrypted: https would protect them", err=True
                )
            yield web

    @contextmanager
    def opened(self, whole: bool = False) -> Iterator[Graph]:
        """The graph; `whole` says that all of it is going to be read.

        Raises `BadUse` when there is none, or none of this version, also while it is read.
        """
        from kg.lookup import reading

        if self.endpoint is None:
            from kg.cache import indexed, loaded

            file = self.file
            with reading(file):
                yield loaded(file) if whole else indexed(file)
            return
        with self.web() as web, reading(web.url, f"kg load {web.url} replaces it"):
            from kg.stores.remote import opened

            yield opened(web)


def where_options(command: _F) -> _F:
    """`--graph FILE`, `--data DIR` or `--endpoint URL`; the command gets them as one `Where`."""

    @functools.wraps(command)
    def packed(*args: Any, graph: Path | None, data: Path | None, endpoint: str | None, **rest: Any) -> Any:
        return command(*args, where=Where(graph, data, endpoint), **rest)

    made: Any = packed
    option = click.option(
        "--endpoint", metavar="URL",
        help="Ask the graph in the triplestore at this address instead: its query endpoint, or the server itself.",
    )  # fmt: skip
    return graph_options(option(made))  # type: ignore[no-any-return]
