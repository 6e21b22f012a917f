"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["data_option", "graph_option", "json_option", "texts_option"]

_F = TypeVar("_F", bound=Callable[..., Any])


def data_option(command: _F) -> _F:
    """`--data DIR`: which project folder."""
    return click.option(
        "--data", type=click.Path(path_type=Path), envvar="KG_DATA", show_envvar=True,
        help="Project folder [default: the checkout's, else the one that comes with the package].",
    )(command)  # fmt: skip


def texts_option(command: _F) -> _F:
    """`--texts DIR`: the texts of the sources."""
    return click.option(
        "--texts", type=click.Path(path_type=Path), envvar="KG_TEXTS", show_envvar=True,
        help="Folder with the sources' texts, to check every span against its words.",
    )(command)  # fmt: skip


def graph_option(command: _F) -> _F:
    """`--graph FILE`: which built graph."""
    return click.option(
        "--graph", type=click.Path(path_type=Path), envvar="KG_GRAPH", show_envvar=True,
        help="Built graph [default: dist/aigov-kg.nq, else one built into the user's cache].",
    )(command)  # fmt: skip


def json_option(command: _F) -> _F:
    """`--json`: the result for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
