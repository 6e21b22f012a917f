"""Options and filters that several commands share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kg.select import Select

__all__ = ["Asked", "address_option", "data_option", "graph_options", "json_option", "select_options", "texts_option"]

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


def graph_options(command: _F) -> _F:
    """`--graph FILE` and `--data DIR`: which built graph. The cache reads the variables: an option beats them both."""
    graph = click.option(
        "--graph", type=click.Path(path_type=Path),
        help="Built graph [env var: KG_GRAPH; default: dist/aigov-kg.nq, else one built into the user's cache].",
    )  # fmt: skip
    data = click.option(
        "--data", type=click.Path(path_type=Path),
        help="Project folder to build a graph from, once, into the user's cache [env var: KG_DATA].",
    )  # fmt: skip
    return graph(data(command))


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise click.BadParameter(f"{value!r} is no address: write one like https://example.org/graph/", ctx, param)
    return value.rstrip("/") + "/"


def address_option(about: str) -> Callable[[_F], _F]:
    """`--address URL`: where pages will stand, with a slash at its end; "" when it is not given."""
    return click.option("--address", metavar="URL", callback=_address, help=about)


def json_option(command: _F) -> _F:
    """`--json`: the result for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


class Asked:
    """The filters that a user gave, still as written; `select` makes a choice of them once a graph is open."""

    def __init__(self, **given: Any) -> None:
        self._given = given

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources asked for, as written."""
        return tuple(self._given["source"])

    def select(self, graph: Any) -> Select:
        """The choice. Raises `BadUse` for a source, role, relation or claimant that the graph does not have."""
        from kg.errors import BadUse
        from kg.queries import chosen, relation
        from kg.select import Select

        given = self._given
        if given["since"] and given["until"] and given["since"] > given["until"]:
            raise BadUse("--since is later than --until: swap them")
        return Select(
            sources=chosen(graph, "source", given["source"], "--source"),
            roles=chosen(graph, "concept", given["role"], "--role", of="role"),
            claimed_by=chosen(graph, "entity", given["says"], "--says"),
            relations=tuple(relation(graph, text) for text in given["relation"]),
            **{name: given[name] for name in ("status", "modality", "reading", "since", "until")},
            contradicted=not given["no_contradicted"],
        )  # fmt: skip


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    try:
        return date.fromisoformat(value).isoformat() if value is not None else ""
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write one like 2021-07-08", ctx, param) from None


_SELECT = (
    click.option("--source", multiple=True, help="Only what this source says, by its slug."),
    click.option("--status", multiple=True, type=click.Choice(("asserted", "self-reported", "attributed")),
                 help="Only statements of this status."),
    click.option("--modality", multiple=True, type=click.Choice(("actual", "planned")), help="Only actual or planned."),
    click.option("--reading", multiple=True, type=click.Choice(("literal", "inferred")),
                 help="Only literal or inferred."),
    click.option("--role", multiple=True, help="Only participations in this role."),
    click.option("--relation", multiple=True, help="Only this relation, by its name (“hosted by” or hostedBy)."),
    click.option("--says", multiple=True, help="Only what this organization, person or source says."),
    click.option("--since", metavar="DAY", callback=_day, help="Only what is known to reach this day or later."),
    click.option("--until", metavar="DAY", callback=_day, help="Only what is known to begin by this day."),
    click.option("--no-contradicted", is_flag=True, help="Leave out what is contradicted."),
)  # fmt: skip
_NAMES = ("source", "status", "modality", "reading", "role", "relation", "says", "since", "until", "no_contradicted")


def select_options(command: _F) -> _F:
    """The filters of statements; the command gets them as one `Asked`."""

    @functools.wraps(command)
    def packed(*args: Any, **rest: Any) -> Any:
        return command(*args, asked=Asked(**{name: rest.pop(name) for name in _NAMES}), **rest)

    made: Any = packed
    for option in reversed(_SELECT):
        made = option(made)
    return made  # type: ignore[no-any-return]
