"""A table as lines that fit a width, words and identifiers whole; as blocks of lines where columns have no room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click
from rich.cells import cell_len

__all__ = ["drawn"]

_GAP = 2
_TALL = 8
"""Lines that a row may take before rows are better read as blocks."""

_IDENTIFIER = re.compile(r"[A-Za-z][\w.+-]*:[^\s:]\S*")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WIDE = "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
_BETWEEN = re.compile(f"(?<={_WIDE})|(?={_WIDE})")
_HYPHEN = re.compile(r"(?<=[^\W\d_]-)(?=[^\W\d_])")


class _Column(NamedTuple):
    name: str
    cells: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.name, *self.cells)

    def all(self, pattern: re.Pattern[str]) -> bool:
        """Whether all that stands in the column is of a kind."""
        found = [cell for cell in self.cells if cell]
        return bool(found) and all(pattern.fullmatch(cell) for cell in found)


def _pieces(text: str, hyphens: bool) -> Iterator[tuple[str, bool]]:
    """What stays on one line, and whether a space goes before: words, parts of hyphenated words, single ideographs."""
    for word in text.split():
        parts = _HYPHEN.split(word) if hyphens and ":" not in word else [word]
        small = [one for part in parts for one in _BETWEEN.split(part) if one]
        yield from ((one, place == 0) for place, one in enumerate(small))


def _wrapped(text: str, width: int, hyphens: bool) -> list[str]:
    """The lines of a text; one piece that is wider than all of them goes beyond, uncut."""
    lines = [""]
    for piece, spaced in _pieces(text, hyphens):
        joined = f"{lines[-1]}{' ' if spaced and lines[-1] else ''}{piece}"
        if not lines[-1] or cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    return lines


def _filled(text: str, width: int, right: bool) -> str:
    space = " " * max(0, width - cell_len(text))
    return f"{space}{text}" if right else f"{text}{space}"


def _widths(columns: Sequence[_Column], width: int, hyphens: bool) -> list[int] | None:
    """A width for each column, none narrower than its longest piece; None when there is no room for that.

    What is left over goes to the columns that would need the most lines.
    """
    whole = [max(map(cell_len, column.texts)) for column in columns]
    found = [
        max(cell_len(piece) for text in column.texts for piece, _ in (*_pieces(text, hyphens), ("", False)))
        for column in columns
    ]
    spare = width - sum(found) - _GAP * (len(columns) - 1)
    if spare < 0:
        return None
    for _ in range(min(spare, sum(whole) - sum(found))):
        place = max(range(len(found)), key=lambda at: whole[at] / found[at] if found[at] < whole[at] else 0)
        found[place] += 1
    return found


def _grid(columns: Sequence[_Column], below: Sequence[_Column], width: int, hyphens: bool) -> list[str] | None:
    """The table with the columns side by side and, under each row, those of `below`; None when it does not fit."""
    widths = _widths(columns, width, hyphens)
    if widths is None:
        return None
    rights = [column.all(_NUMBER) for column in columns]

    def row(texts: Sequence[str]) -> list[str]:
        cells = [_wrapped(text, wide, hyphens) for text, wide in zip(texts, widths, strict=True)]
        height = max(map(len, cells))
        padded = (cell + [""] * (height - len(cell)) for cell in cells)
        return [
            (" " * _GAP).join(map(_filled, line, widths, rights)).rstrip() for line in zip(*padded, strict=True)
        ]  # fmt: skip

    made = [click.style(line, bold=True) for line in row([column.name for column in columns])]
    made.append("─" * min(width, sum(widths) + _GAP * (len(widths) - 1)))
    for place in range(len(columns[0].cells)):
        lines = row([column.cells[place] for column in columns])
        if len(lines) > _TALL:
            return None
        under = "  ".join(column.cells[place] for column in below if column.cells[place])
        made += lines + ([f"  {under}"] if under else [])
    return made


def _blocks(columns: Sequence[_Column], width: int) -> Iterator[str]:
    """Each row as lines of name and value."""
    names = max(cell_len(column.name) for column in columns)
    for place in range(len(columns[0].cells)):
        yield ("\n" if place else "") + click.style(f"Row {place + 1}", fg="cyan")
        for column in columns:
            lines = _wrapped(column.cells[place], width - names - _GAP, False)
            head = click.style(_filled(column.name, names, False), bold=True)
            if column.cells[place]:
                yield from (f"{' ' * names if at else head}{' ' * _GAP}{line}" for at, line in enumerate(lines))


def drawn(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table, at most `width` cells wide where words and identifiers allow it.

    Cells are texts without line breaks, "" for nothing; a column that no row fills is left out, one of numbers is set
    to the right. Where the columns have no room side by side, identifiers stand under their row; where that is not
    enough, or a row would grow tall, each row is a block of lines.
    """
    every = [_Column(name, tuple(row[place] for row in rows)) for place, name in enumerate(names)]
    columns = [column for column in every if any(column.cells)] or every
    if not columns:
        return []
    below = [column for column in columns if column.all(_IDENTIFIER)]
    beside = [column for column in columns if column not in below]
    tries = [(columns, [], False), *([(beside, below, False), (beside, below, True)] if below and beside else [])]
    for side, under, hyphens in (*tries, (columns, [], True)):
        made = _grid(side, under, width, hyphens)
        if made is not None:
            return made
    if not rows:
        return _wrapped("  ".join(names), width, False)
    return list(_blocks(columns, width))
