"""Tables on a terminal: they fit, and words and identifiers are not cut."""

from __future__ import annotations

from collections.abc import Sequence

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kg.cli.grid import drawn

NAMES = ("name", "year")
ROWS = [("Harbor Forum", "2030"), ("Yearly report of the Lantern Council", "7")]


def lines(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    return [click.unstyle(line) for line in drawn(names, rows, width)]


def test_columns_are_as_wide_as_their_longest_text_where_there_is_room() -> None:
    assert lines(NAMES, ROWS, 80) == [
        "name                                  year",
        "─" * 42,
        "Harbor Forum                          2030",
        "Yearly report of the Lantern Council     7",
    ]


def test_texts_are_broken_between_words() -> None:
    assert lines(NAMES, ROWS, 25) == [
        "name                 year",
        "─" * 25,
        "Harbor Forum         2030",
        "Yearly report of        7",
        "the Lantern Council",
    ]


def test_the_head_is_bold() -> None:
    assert drawn(("a",), [("b",)], 80) == ["\x1b[1ma\x1b[0m", "─", "b"]


@pytest.mark.parametrize("cells", [("1", "-20"), ("0.5", "12"), ("1e9", "3")])
def test_numbers_are_set_to_the_right(cells: tuple[str, str]) -> None:
    assert lines(("n",), [(cell,) for cell in cells], 80)[2:] == [cell.rjust(3) for cell in cells]


@pytest.mark.parametrize("cells", [("1", "two"), ("2030-05-04", "2030"), ("1 2", "3")])
def test_a_column_of_anything_else_is_set_to_the_left(cells: tuple[str, str]) -> None:
    assert lines(("n",), [(cell,) for cell in cells], 80)[2:] == list(cells)


def test_an_empty_column_is_left_out() -> None:
    assert lines(("a", "b", "c"), [("1", "", "x"), ("2", "", "")], 80) == ["a  c", "────", "1  x", "2"]


def test_without_rows_the_head_stands_alone() -> None:
    assert lines(("one", "two"), [], 80) == ["one  two", "────────"]
    assert lines(("one", "two", "three"), [], 7) == ["one two", "three"]


@pytest.mark.parametrize("rows", [[], [()]])
def test_without_columns_there_is_nothing(rows: list[tuple[str, ...]]) -> None:
    assert drawn((), rows, 80) == []


def test_rows_that_are_all_empty_keep_the_columns() -> None:
    assert lines(("one", "two"), [("", "")], 80) == ["one  two", "────────", ""]


def test_identifiers_that_have_no_room_stand_under_their_row() -> None:
    rows = [("Harbor Forum 2030", "event:harbor-forum-2030", "exact"), ("Lantern Council", "agent:council", "word")]
    assert lines(("name", "id", "match"), rows, 50)[2] == "Harbor Forum 2030  event:harbor-forum-2030  exact"
    assert lines(("name", "id", "match"), rows, 30) == [
        "name               match",
        "─" * 24,
        "Harbor Forum 2030  exact",
        "  event:harbor-forum-2030",
        "Lantern Council    word",
        "  agent:council",
    ]


def test_a_row_without_an_identifier_has_no_line_for_it() -> None:
    made = lines(("id", "name"), [("st:a-long-enough-name-001", "one"), ("", "two")], 20)
    assert made == ["name", "────", "one", "  st:a-long-enough-name-001", "two"]


def test_words_with_hyphens_are_broken_there_only_in_need() -> None:
    rows = [("self-reported", "Director-General", "st:001")]
    assert lines(("status", "post", "id"), rows, 31)[2:] == ["self-reported  Director-General", "  st:001"]
    assert lines(("status", "post", "id"), rows, 22)[2:] == ["self-      Director-", "reported   General", "  st:001"]


def test_days_and_identifiers_are_not_broken_at_hyphens() -> None:
    made = lines(("a", "b"), [("2030-05-04", "see st:harbor-forum-001")], 26)
    assert made == ["Row 1", "a  2030-05-04", "b  see st:harbor-forum-001"]


def test_columns_that_have_no_room_at_all_become_lines_of_each_row() -> None:
    rows = [("Institute of Quiet Machines", "Organization"), ("", "Person")]
    assert lines(("label", "class"), rows, 18) == [
        "Row 1",
        "label  Institute",
        "       of Quiet",
        "       Machines",
        "class  Organization",
        "\nRow 2",
        "class  Person",
    ]


def test_rows_that_would_grow_tall_become_blocks() -> None:
    rows = [("word " * 40, "x" * 60)]
    made = lines(("long", "wide"), rows, 70)
    assert made[0] == "Row 1"
    assert made[-1] == f"wide  {'x' * 60}"


def test_wide_letters_take_two_columns_and_may_stand_at_the_end_of_a_line() -> None:
    assert lines(("name", "n"), [("清华大学", "1"), ("abc", "2")], 80)[2:] == ["清华大学  1", "abc       2"]
    assert lines(("name",), [("清华大学人工智能",)], 10)[2:] == ["清华大学人", "工智能"]


def test_what_is_wider_than_the_terminal_is_not_cut() -> None:
    address, word = "https://example.org/" + "a" * 90, "b" * 99
    assert lines(("link", "n"), [(address, "1")], 40) == ["n", "─", "1", f"  {address}"]
    assert lines(("text", "n"), [(word, "1")], 40) == ["Row 1", f"text  {word}", "n     1"]


WORDS = st.lists(st.text("abcdefgé清-:", min_size=1, max_size=12), max_size=12).map(" ".join)
TABLES = st.integers(1, 5).flatmap(
    lambda count: st.tuples(
        st.lists(st.text("abc", min_size=1, max_size=12), min_size=count, max_size=count),
        st.lists(st.tuples(*[WORDS] * count), max_size=5),
    )
)


@given(TABLES, st.integers(8, 120))
def test_every_word_is_there_and_no_line_of_a_table_is_too_wide(
    table: tuple[list[str], list[tuple[str, ...]]], width: int
) -> None:
    names, rows = table
    made = [click.unstyle(line) for line in drawn(names, rows, width)]
    shown = "".join("".join(made).split())
    for row in rows:
        for cell in row:
            for word in cell.replace("清", " ").replace("-", " ").split():
                assert word in shown
    if rows and made[0] != "Row 1":
        assert all(cell_len(line) <= width or line.startswith("  ") for line in made)
