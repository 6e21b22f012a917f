"""Where results go and in which format: the same for every command that has rows."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from kg.errors import BadUse

if TYPE_CHECKING:
    from kg.results import Table

__all__ = ["Output", "drawn", "output_options", "write_bytes"]

_F = TypeVar("_F", bound=Callable[..., Any])
_FORMATS = ("table", "csv", "tsv", "json", "xml", "md")
_WIDE = 160
"""Columns of a table that is not printed on a terminal."""


class Output(NamedTuple):
    """What the user asked for: a format (None: table on a terminal, CSV on a pipe), a file, safety for spreadsheets."""

    form: str | None
    file: Path | None
    spreadsheet: bool

    @property
    def format(self) -> str:
        """The format meant: the one named, that of the file's name, else by where the result goes."""
        if self.form:
            return self.form
        if self.file is not None:
            from kg.results import SUFFIXES

            suffix = self.file.suffix.lower()
            if suffix and suffix not in SUFFIXES and (self.file.is_file() or not self.file.exists()):
                raise BadUse(f"{self.file.name} ends in none of {', '.join(SUFFIXES)}: end it so, or say what with -f")
            return SUFFIXES.get(suffix, "csv")
        if self.spreadsheet:
            return "csv"
        return "table" if sys.stdout.isatty() else "csv"

    def emit(self, found: Table, human: Callable[[], Iterable[str]] | None = None) -> None:
        """Writes rows; `human` gives the lines to print in place of a plain table."""
        form = self.format
        if self.spreadsheet and form != "csv":
            raise BadUse(f"--spreadsheet makes CSV safe for spreadsheets, not {form}: leave one of them out")
        if form == "table":
            lines = human() if human else drawn(found)
            text = "\n".join(lines)
            if self.file is not None:
                write_bytes(self.file, f"{click.unstyle(text)}\n".encode())
            elif text:
                click.echo(text if _writes("─") else text.replace("─", "-"))
            return
        from kg.results import serialize

        write_bytes(self.file, serialize(found, form, self.spreadsheet))


def _writes(letter: str) -> bool:
    """Whether the encoding of standard output has a letter."""
    try:
        letter.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def write_bytes(file: Path | None, content: bytes) -> None:
    """To the file, else to standard output. Raises `BadUse` when the file can't be written."""
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()  # here, where a full disk can be told
        return
    from kg.writing import replace_file

    if not file.parent.is_dir():
        raise BadUse(f"there is no folder {file.parent} to write {file.name} to")
    if file.is_dir():
        raise BadUse(f"{file} is a folder: name a file with -o")
    if file.exists() and not file.is_file():  # a device or a named pipe is written to, not replaced
        try:
            file.write_bytes(content)
        except OSError as error:
            raise BadUse(f"can't write {file} ({error.strerror}): choose another place") from None
        return
    replace_file(file, content)


def _columns() -> int:
    """How wide the terminal is."""
    import shutil  # with all that packs files; wanted on a terminal only

    return shutil.get_terminal_size().columns


def drawn(found: Table) -> list[str]:
    """The rows as a table that fits the terminal; a file or a pipe gets the same width everywhere."""
    from kg.cli import grid
    from kg.results import shown

    # Heeds COLUMNS, as other tools do.
    width = _columns() if sys.stdout.isatty() else _WIDE
    return grid.drawn(found.columns, [[shown(term) for term in row] for row in found.rows], width)


def output_options(command: _F) -> _F:
    """`-f`, `-o` and `--spreadsheet`; the command gets one `Output` as `out`."""

    @functools.wraps(command)
    def packed(*args: Any, form: str | None, output: Path | None, spreadsheet: bool, **rest: Any) -> Any:
        file = None if output is None or str(output) == "-" else output
        return command(*args, out=Output(form, file, spreadsheet), **rest)

    options = (
        click.option(
            "-f", "--format", "form", type=click.Choice(_FORMATS),
            help="Format of the result [default: table on a terminal, csv on a pipe, else by the name of the file].",
        ),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="File for the result [default: standard output]."
        ),
        click.option("--spreadsheet", is_flag=True, help="Make CSV safe and legible for spreadsheet programs."),
    )  # fmt: skip
    made: Any = packed
    for option in reversed(options):
        made = option(made)
    return made  # type: ignore[no-any-return]
