"""The command line: parse, call one function, print. Commands load when they are called."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

import click

from kg.errors import UNFIT, BadData, KgError

__all__ = ["main", "run"]

_COMMANDS = {
    "find": ("kg.cli.look", "Find things by a name or part of one, best match first."),
    "show": ("kg.cli.look", "Print what the graph says of ENTITY, with who says it and the words."),
    "path": ("kg.cli.look", "Show how A and B are connected, each step with its statement."),
    "timeline": ("kg.cli.look", "List what is dated, in order of time."),
    "query": ("kg.cli.ask", "Ask the graph: saved questions, or SPARQL of your own."),
    "view": ("kg.cli.draw", "Draw statements as one HTML page that opens from disk."),
    "explore": ("kg.cli.explore", "Write the explorer: one HTML file to look around in, ask and cite."),
    "site": (
        "kg.cli.publish",
        "Write the graph as a site: a page and data for every thing, statement, source and term, for any file host.",
    ),
    "serve": ("kg.cli.serve", "Serve the graph: pages, data, saved questions, an API, and a SPARQL endpoint."),
    "load": ("kg.cli.store", "Load the five graphs into the triplestore at URL."),
    "verify": ("kg.cli.store", "Compare the triplestore at URL with the graph: counts, digests, and what differs."),
    "unload": ("kg.cli.store", "Remove the five graphs from the triplestore at URL."),
    "build": ("kg.cli.make", "Build the graph: facts, inference, checks, then files."),
    "check": ("kg.cli.make", "Check the data as a build would, and write nothing."),
    "coverage": ("kg.cli.judge", "Show which parts of each text its statements cover."),
    "agreement": ("kg.cli.judge", "Compare the two independent readings of each text."),
    "anchor": ("kg.cli.curate", "Turn the words that a curator wrote into spans."),
}
"""Command -> its module, and what the list of commands says of it: that list imports none of them."""

_WRITERS = frozenset({"build", "anchor"})
_SHOWN = 60
"""Problems shown after a failed build."""


class _Group(click.Group):
    """Imports a command's module when it is named, and turns our errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f"did you mean kg {close[0]}?" if close else "see kg --help"
            raise click.UsageError(f"there is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _short(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _short(error) from None
        except KgError as error:
            _tell(error, ctx.invoked_subcommand in _WRITERS)
            ctx.exit(error.exit_code)


def _line(text: str) -> str:
    """A message on one line, harmless to a terminal."""
    return UNFIT.sub(lambda found: ascii(found.group())[1:-1], text)


_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())  # click 8.2


def _short(error: click.UsageError) -> click.UsageError:
    """The same as one line, which names the help instead of printing the usage; help itself stays as it is."""
    if error.ctx is None or isinstance(error, _HELP):
        return error
    said = _line(error.format_message()).removesuffix(".")
    name = "kg" + error.ctx.command_path.removeprefix(error.ctx.find_root().command_path)
    return click.UsageError(said if "kg --help" in said or "did you mean kg" in said else f"{said} (see {name} --help)")


def _tell(error: KgError, writes: bool) -> None:
    if not isinstance(error, BadData):
        click.echo(f"Error: {_line(str(error))}", err=True)
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


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    """Ctrl-C: ends at once, by way of all that cleans up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not break the cleaning
    sys.exit(130)


def _unwritable(error: OSError) -> NoReturn:
    """A file or stream that failed where no command expects it, such as standard output on a full disk."""
    what = f"can't use {error.filename}" if error.filename else "can't write the result"
    with suppress(OSError):
        click.echo(_line(f"Error: {what} ({error.strerror or error}): make room or choose another place"), err=True)
    with suppress(OSError, ValueError):  # what is still buffered can't be written either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(2)


def run() -> None:
    """The entry point: ends like other tools when interrupted or when the reader of a pipe goes away, and writes to
    any encoding.
    """
    import gc

    # A command lives for a second and makes few cycles: looking for them every 700 objects costs more than it frees.
    gc.set_threshold(100_000)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where a shell has it ignored
        signal.signal(signal.SIGINT, _interrupted)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever called
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "_KG_COMPLETE" in os.environ:
        from kg.cli import completion  # noqa: F401 (teaches click our bash)
    try:
        main()
    except OSError as error:
        _unwritable(error)
