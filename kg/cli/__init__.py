"""The command line: parse, call one function, print. Commands load when they are called."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import Any

import click

from kg.errors import BadData, KgError

__all__ = ["main", "run"]

_COMMANDS = {
    "build": "kg.cli.make",
    "check": "kg.cli.make",
    "coverage": "kg.cli.judge",
    "agreement": "kg.cli.judge",
    "anchor": "kg.cli.curate",
    "show": "kg.cli.look",
}

_WRITERS = frozenset({"build", "anchor"})
_SHOWN = 60
"""Problems shown after a failed build."""


class _Group(click.Group):
    """Imports a command's module when it is named, and turns our errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        found = getattr(importlib.import_module(module), cmd_name) if module else None
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f"did you mean kg {close[0]}?" if close else "see kg --help"
            raise click.UsageError(f"there is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except KgError as error:
            _tell(error, ctx.invoked_subcommand in _WRITERS)
            ctx.exit(error.exit_code)


def _tell(error: KgError, writes: bool) -> None:
    if not isinstance(error, BadData):
        click.echo(f"Error: {error}", err=True)
        return
    for issue in error.issues[:_SHOWN]:
        click.echo(str(issue), err=True)
    count = len(error.issues)
    more = f" ({count - _SHOWN} more: kg check lists them all)" if count > _SHOWN else ""
    kept = "; nothing was written" if writes else ""
    click.echo(f"{count} problem{'s' if count != 1 else ''}{more}{kept}.", err=True)


def _show_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from kg.folders import version

        click.echo(f"kg, version {version()}")
        ctx.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and exit.",
)  # fmt: skip
def main() -> None:
    """A knowledge graph of AI governance in which every statement opens the words that say it.

    Example: kg build && kg show SenseTime
    """


def run() -> None:
    """The entry point: ends like other tools when the reader of a pipe goes away, and writes to any encoding."""
    import gc
    import signal

    # A command lives for a second and makes few cycles: looking for them every 700 objects costs more than it frees.
    gc.set_threshold(100_000)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    main()
