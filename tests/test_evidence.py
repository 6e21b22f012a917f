"""Words and spans: folding, digests, finding words, the fewest end words, sentences."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.evidence import MAX_END_WORDS, digest, end_words, fold, fragment, locate, matches, merged, sentences

# Few different words, so that the same words come back often; marks that a pattern or a gap could trip over.
WORD = st.sampled_from(
    ["a", "b", "ab", "ba", "the", "(x)", "a.", "b...", "…", "𝄞", "Zoë", "Zoe\u0308", "+", "[", "\\d"]
)
SPACE = st.sampled_from([" ", "  ", "\n", "\u00a0", "\t ", "\u3000"])


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a  b", "a b"), ("\n a\tb \n", "a b"), ("a\u00a0b", "a b"), ("a\u2003\u3000b", "a b"), ("Zoe\u0308", "Zoë"),
        ("𝄞 \U0001f6a2", "𝄞 \U0001f6a2"), ("a\u200bb", "a\u200bb"), ("", ""), (" \n", ""), ("ﬁ", "ﬁ"),
    ],
)  # fmt: skip
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_digest_is_of_the_folded_text() -> None:
    assert digest("a b") == _sha("a b")
    assert digest("\u00a0Zoe\u0308 \n\n Marsh ") == _sha("Zo\u00eb Marsh")
    assert digest("a b") != digest("ab") != digest("A b")


@given(st.text(max_size=30))
def test_a_digest_does_not_change_by_folding_or_normal_form(text: str) -> None:
    assert digest(text) == digest(fold(text)) == digest(unicodedata.normalize("NFD", text))


TEXT = "The cat saw the dog. The cat 𝄞 slept; the\u00a0dog\n did not."
#       0         1         2         3
#       0123456789012345678901234567890


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("saw", [(8, 11)]),
        ("The cat", [(0, 7), (21, 28)]),
        ("The cat … dog", [(0, 19), (21, 45)]),
        ("The cat ... dog", [(0, 19), (21, 45)]),
        ("The cat…dog", [(0, 19), (21, 45)]),
        ("the dog", [(12, 19), (38, 45)]),
        ("the \n dog", [(12, 19), (38, 45)]),
        ("𝄞", [(29, 30)]),
        ("cat … cat", [(4, 28)]),
        ("dog. … not.", [(16, 55)]),
        ("bird", []),
        ("not. … The", []),
        ("", []), (" ", []), ("…", []), ("a … b … c", []), ("sAw", []), ("s.w", []),
    ],
)  # fmt: skip
def test_matches(words: str, found: list[tuple[int, int]]) -> None:
    assert matches(TEXT, words) == found


def test_matches_are_counted_to_fifty() -> None:
    assert len(matches("a " * 80, "a")) == 50


def test_words_are_found_in_either_normal_form() -> None:
    assert matches("so Zoe\u0308 said", "Zo\u00eb") == [(3, 7)]
    assert matches("so Zo\u00eb said", "Zoe\u0308") == [(3, 6)]


@pytest.mark.parametrize(
    ("start", "end", "ends"),
    [
        (8, 11, ("saw", "")),  # one word that stands once
        (0, 7, ("The cat", "")),  # as short as "The … cat", and kept together
        (0, 11, ("The", "saw")),
        (21, 45, ("The cat 𝄞", "dog")),  # "The … dog" and "The cat … dog" find the first sentence
        (29, 37, ("𝄞 slept;", "")),
        (12, 19, ("the dog", "")),
        (42, 50, ("dog did", "")),  # its first word alone stands earlier
        (38, 45, None),  # "the dog" stands earlier, and no words remain to tell them apart
    ],
)
def test_end_words(start: int, end: int, ends: tuple[str, str] | None) -> None:
    assert end_words(TEXT, start, end) == ends


def test_four_words_at_an_end_are_the_most() -> None:
    assert end_words("a b c d x. a b c d y.", 11, 21) is None
    assert end_words("a b c x. a b c y.", 9, 17) == ("a b c y.", "")
    assert end_words("a b c d. a b c e f.", 9, 19) == ("a b c e", "f.")


def test_a_span_of_no_words_has_no_end_words() -> None:
    assert end_words("a b", 1, 2) is None
    assert end_words("", 0, 0) is None


def _find(text: str, words: str, start: int) -> int:
    """The first place at which a text fragment would find the words: without case, at the bounds of words."""
    for place in range(start, len(text) - len(words) + 1):
        stretch = text[place : place + len(words)]
        before = words[0].isalnum() and text[:place][-1:].isalnum()
        after = words[-1].isalnum() and text[place + len(words) :][:1].isalnum()
        if stretch.lower() == words.lower() and not before and not after:
            return place
    return -1


def _first_match(text: str, head: str, tail: str) -> tuple[int, int] | None:
    """Text Fragments, written anew for NFC text with single spaces: the first head, then the first tail behind it."""
    start = _find(text, head, 0)
    if start < 0 or not tail:
        return (start, start + len(head)) if start >= 0 else None
    last = _find(text, tail, start + len(head))
    return (start, last + len(tail)) if last >= 0 else None


@st.composite
def _spans(draw: st.DrawFn, space: st.SearchStrategy[str]) -> tuple[str, int, int]:
    """A text of up to twelve words and a span of whole words in it."""
    words = draw(st.lists(WORD, min_size=1, max_size=12))
    text = "".join(word + draw(space) for word in words)
    places = [match.span() for match in re.finditer(r"\S+", text)]
    first = draw(st.integers(0, len(places) - 1))
    last = draw(st.integers(first, len(places) - 1))
    return text, places[first][0], places[last][1]


@settings(max_examples=300)
@given(_spans(st.just(" ")))
def test_end_words_find_their_span_by_first_match_reading(case: tuple[str, int, int]) -> None:
    text = unicodedata.normalize("NFC", case[0])
    places = {match.start(): match.end() for match in re.finditer(r"\S+", text)}
    for start in places:
        for end in (stop for stop in places.values() if stop > start):
            ends = end_words(text, start, end)
            if ends is not None:
                assert _first_match(text, *ends) == (start, end)


@settings(max_examples=300)
@given(_spans(SPACE))
def test_recorded_end_words_locate_the_span_again(case: tuple[str, int, int]) -> None:
    text, start, end = case
    ends = end_words(text, start, end)
    if ends is None:
        return
    head, tail = ends
    assert locate(text, head, tail) == (start, end)
    assert fold(text[start:end]).startswith(head) and fold(text[start:end]).endswith(tail)
    assert 1 <= len(head.split()) <= MAX_END_WORDS and len(tail.split()) <= MAX_END_WORDS
    assert bool(tail) or head == fold(text[start:end])


@settings(max_examples=300)
@given(_spans(SPACE))
def test_no_fewer_words_would_do(case: tuple[str, int, int]) -> None:
    text, start, end = case
    ends = end_words(text, start, end)
    words = fold(text[start:end]).split()
    most = len(ends[0].split()) + len(ends[1].split()) if ends else 2 * MAX_END_WORDS + 1
    for first in range(1, MAX_END_WORDS + 1):
        for last in range(1, MAX_END_WORDS + 1):
            if first + last <= len(words) and first + last < most:
                assert locate(text, " ".join(words[:first]), " ".join(words[-last:])) != (start, end)


def test_locate_reads_an_ellipsis_in_the_text_as_text() -> None:
    assert locate("so ... then … this, so ... now", "so ...", "this,") == (0, 19)
    assert locate("a b", "b", "") == (2, 3)
    assert locate("a b", "b", "a") is None
    assert locate("a b", "c", "") is None


@pytest.mark.parametrize(
    ("head", "tail", "made"),
    [
        ("first words", "last", ":~:text=first%20words,last"),
        ("one", "", ":~:text=one"),
        ("so-called, a&b", "x", ":~:text=so%2Dcalled%2C%20a%26b,x"),
        ("Zoë", "𝄞", ":~:text=Zo%C3%AB,%F0%9D%84%9E"),
    ],
)
def test_the_text_directive_of_an_address(head: str, tail: str, made: str) -> None:
    assert fragment(head, tail) == made


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Title\n\nText goes on. And on.", ["Title", "Text goes on.", "And on."]),
        ("He said “Yes.” Then he left.", ["He said “Yes.”", "Then he left."]),
        ("Version 2.5 is out. it stays.", ["Version 2.5 is out. it stays."]),
        ("Mr. Li and Dr. Wu met. Both left.", ["Mr. Li and Dr. Wu met.", "Both left."]),
        ("H.E. Smith of No. Ten spoke.", ["H.E. Smith of No. Ten spoke."]),
        ("Cédric O. Then", ["Cédric O. Then"]),
        ("1. Aims of it. Next.", ["1. Aims of it.", "Next."]),
        ("  spaced \n", ["spaced"]),
        ("See (Annex.) (More) here.", ["See (Annex.)", "(More) here."]),
        ("", []), (" \n\n ", []), ("𝄞 One. Two.", ["𝄞 One.", "Two."]),
    ],
)  # fmt: skip
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(
    st.lists(st.sampled_from(["One", "two.", "Dr.", "(A)", "x!”", "\n", " ", "\u00a0", "𝄞?"]), max_size=20).map("".join)
)
def test_sentences_hold_all_that_is_not_white_space_in_order(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)


@pytest.mark.parametrize(
    ("text", "head", "found"),
    [
        ("in the end. The end.", "The end", (3, 10)),
        ("These are not. The cat.", "The", (15, 18)),
        ("(UNDP)is here, UNDP is not", "is", (6, 8)),
    ],
)
def test_end_words_are_found_as_a_browser_finds_them(text: str, head: str, found: tuple[int, int]) -> None:
    assert locate(text, head, "") == found


@pytest.mark.parametrize(
    ("spans", "found"),
    [([], []), ([(5, 9), (0, 3)], [(0, 3), (5, 9)]), ([(0, 5), (5, 9)], [(0, 9)]),
     ([(0, 9), (2, 3), (8, 12)], [(0, 12)])],
)  # fmt: skip
def test_spans_that_overlap_or_meet_are_one(spans: list[tuple[int, int]], found: list[tuple[int, int]]) -> None:
    assert merged(spans) == found
