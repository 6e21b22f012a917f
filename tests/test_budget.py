"""How much wording is stored: shares and runs of stored words, and copied runs, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import vocabulary
from kg.budget import MAX_RUN, MAX_SHARE, Stored, check, names, runs, stored
from kg.facts import Entity, Fact, Project, Source, Span, Where, load

WHERE = Where("facts/a.yaml", 1)
TEXT = "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19"
WORDS = TEXT.split()


def _span(first: int, last: int, head: int, tail: int) -> Span:
    """The span from word `first` to word `last`, with so many words stored at its ends."""
    start = TEXT.index(WORDS[first])
    end = TEXT.index(WORDS[last]) + len(WORDS[last])
    inside = WORDS[first : last + 1]
    return Span("src:a", WHERE, start, end, "", " ".join(inside[:head]), " ".join(inside[len(inside) - tail :]))


def _project(*spans: Span) -> Project:
    source = Source("src:a", "T", Where("sources.yaml", 3), text="a.txt")
    fact = Fact("a-001", "agent:x", "claims", WHERE, "asserted", spans, object="prop:p")
    return Project({"src:a": source}, {}, (fact,))


@pytest.mark.parametrize(
    ("spans", "count", "longest"),
    [
        ([], 0, 0),
        ([_span(0, 5, 1, 1)], 2, 1),
        ([_span(0, 5, 2, 1)], 3, 2),
        ([_span(3, 3, 1, 0)], 1, 1),
        ([_span(0, 5, 1, 1), _span(0, 7, 1, 1)], 3, 1),  # a word stored twice counts once
        ([_span(0, 3, 2, 2), _span(4, 9, 2, 1)], 7, 6),  # runs join over spans
        ([_span(0, 3, 4, 0), _span(4, 7, 4, 0), _span(8, 12, 3, 0)], 11, 11),
        ([_span(0, 19, 4, 4)], 8, 4),
        ([Span("src:b", WHERE, 0, 5, "", "w0", "w1")], 0, 0),
        ([Span("src:a", WHERE, whole=True)], 0, 0),
    ],
)
def test_stored_words(spans: list[Span], count: int, longest: int) -> None:
    assert stored(_project(*spans), {"src:a": TEXT}) == [Stored("src:a", 20, count, longest)]


def test_the_share_is_of_all_words() -> None:
    assert Stored("src:a", 20, 7, 1).share == 0.35
    assert Stored("src:a", 0, 0, 0).share == 0.0


def test_a_word_is_stored_when_a_part_of_it_is() -> None:
    start = TEXT.index("w12") + 1
    span = Span("src:a", WHERE, start, TEXT.index("w14") + 3, "", "12", "w14")
    assert stored(_project(span), {"src:a": TEXT})[0].stored == 2


def test_white_space_of_any_kind_parts_words() -> None:
    text = "a\u00a0b\n c"
    span = Span("src:a", WHERE, 0, 6, "", "a b", "c")
    assert stored(_project(span), {"src:a": text}) == [Stored("src:a", 3, 3, 3)]


def test_the_budget_at_its_edge() -> None:
    assert (MAX_SHARE, MAX_RUN) == (0.35, 10)
    at = _project(_span(0, 9, 4, 3))
    assert check(at, {"src:a": TEXT}) == []
    over = _project(_span(0, 9, 4, 3), _span(15, 15, 1, 0))
    assert [str(issue) for issue in check(over, {"src:a": TEXT})] == [
        "sources.yaml:3: src:a: 40% of its words are stored, 4 in a row: "
        "share spans between facts; the budget is 35% and 10 in a row"
    ]


@pytest.mark.parametrize(("last", "told"), [(9, 0), (10, 1)])
def test_a_long_run_is_told_even_in_a_long_text(last: int, told: int) -> None:
    spans = [_span(number, number, 1, 0) for number in range(last + 1)]
    assert len(check(_project(*spans), {"src:a": TEXT + " x" * 100})) == told


def test_names_are_those_stated_labelled_or_listed_longest_first() -> None:
    fact = Fact("a-001", "agent:x", "altLabel", WHERE, "asserted", (), value="A Name As Written")
    other = Fact("a-002", "agent:x", "measure", WHERE, "asserted", (), value="no name")
    source = Source("src:a", "The Title", WHERE)
    project = Project(
        {"src:a": source}, {"agent:x": Entity("agent:x", "Person", "X", WHERE)}, (fact, other), names=("N",)
    )
    assert names(project) == ("A Name As Written", "The Title", "N", "X")


SAID = "The quick brown fox jumps over the lazy dog, and then sleeps."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (SAID, ["the quick brown fox jumps over the lazy", "quick brown fox jumps over the lazy dog",
                "brown fox jumps over the lazy dog and", "fox jumps over the lazy dog and then",
                "jumps over the lazy dog and then sleeps"]),
        ("a: the QUICK brown\n- 'fox' jumps—over_the lazy!", ["the quick brown fox jumps over the lazy"]),
        ("The quick brown fox jumps over the", []),
        ("The quick brown fox leaps over the lazy dog, and then sleeps", []),
        ("", []),
    ],
)  # fmt: skip
def test_copied_runs(content: str, found: list[str]) -> None:
    assert runs(content, [SAID], []) == found


def test_a_listed_name_may_stand_at_length() -> None:
    name = "The Quick Brown Fox Jumps Over The Lazy Dog"
    assert runs(f"{name}.", [SAID], [name]) == []
    assert runs(f"{name}, and then", [SAID], [name]) == [
        "brown fox jumps over the lazy dog and", "fox jumps over the lazy dog and then",
    ]  # fmt: skip


def test_names_and_numbers_may_stand_side_by_side_but_with_no_word_between() -> None:
    said = "Ann Lee, Chair of the Quick Brown Fox Society 2020, spoke"
    names = ["Ann Lee", "Chair of the Quick Brown Fox Society"]
    assert runs("| Ann Lee | Chair of the Quick Brown Fox Society | 2020 |", [said], names) == []
    assert runs("Ann Lee Chair of the Quick Brown Fox", [said], names) == [
        "ann lee chair of the quick brown fox",
    ]
    assert runs("Chair of the Quick Brown Fox Society 2020 spoke", [said], names) == [
        "of the quick brown fox society 2020 spoke",
    ]


def test_words_with_apostrophes_and_accents_are_one_word() -> None:
    text = "it's Zoe\u0308’s a b"
    assert runs("It's Zo\u00eb’s A", [text], [], longest=2) == ["it's zoë’s a"]


def test_the_small_project_keeps_its_budget(small: Path) -> None:
    project = load(small, vocabulary.load())
    texts = {
        f"src:{name}": (small / "texts" / f"{name}.txt").read_text(encoding="utf-8")
        for name in ("harbor-forum", "lantern-report")
    }
    assert check(project, texts) == []
    # lantern-report: Zoë, council | since 2028 | the Gull, 2030: seven words of 51.
    assert [made.stored for made in stored(project, texts)][1] == 7
