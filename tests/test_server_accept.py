"""Content negotiation by RFC 9110, section 12.5.1: the most specific range decides, then weights, then our order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import within

from kg.server.accept import chosen, takes

HTML, TURTLE, JSON, CSV = "text/html", "text/turtle", "application/json", "text/csv"
OFFERED = (HTML, TURTLE, JSON, CSV)


@pytest.mark.parametrize(
    ("header", "media"),
    [
        # Nothing said, or anything: the first one.
        ("", HTML), ("   ", HTML), ("*/*", HTML), ("*/*;q=0.1", HTML),
        # One type; letters of any case; spaces; parameters of the type.
        (TURTLE, TURTLE), ("TEXT/Turtle", TURTLE), (" text/turtle ", TURTLE), ("text/turtle;charset=utf-8", TURTLE),
        ("text/turtle; charset=utf-8 ; q=0.2", TURTLE), ('text/turtle;x="a"', TURTLE), ("text/turtle;", TURTLE),
        # A wildcard takes the first of its kind.
        ("text/*", HTML), ("application/*", JSON), ("image/*, application/*", JSON),
        # Weights.
        ("text/turtle;q=0.5, text/csv;q=0.9", CSV), ("text/turtle;Q=0.5, text/csv;q=0.4", TURTLE),
        ("text/csv;q=0.001, text/turtle;q=0.002", TURTLE), ("text/csv;q=1.000, text/turtle;q=0.999", CSV),
        ("text/csv;q=0., text/turtle;q=0.1", TURTLE),
        # The same weight: what is named wins over what a wildcard takes, then our order, not the client's.
        ("*/*, text/csv", CSV), ("text/*, text/csv", CSV), ("text/csv, text/turtle", TURTLE),
        ("*/*;q=0.5, application/json;q=0.5", JSON),
        # The most specific range decides on a type, wherever it stands.
        ("text/turtle;q=0.1, */*;q=0.5", HTML), ("*/*;q=0.5, text/html;q=0.1", TURTLE),
        ("text/*;q=0.9, text/html;q=0.1, application/json;q=0.5", TURTLE), ("text/*;q=0.1, */*;q=0.9", JSON),
        ("*/*, text/*;q=0.2, application/json;q=0.1", HTML),
        # What is not acceptable.
        ("text/html;q=0, */*", TURTLE), ("text/*;q=0, */*;q=0.1", JSON), ("text/*, text/html;q=0.0", TURTLE),
        ("image/png", None), ("*/*;q=0", None), ("text/html;q=0", None), ("text/html;q=0, image/png", None),
        # A browser, and what libraries send.
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", HTML),
        ("application/sparql-results+json,application/json;q=0.9,text/csv;q=0.8", JSON),
        ("application/rdf+xml, text/turtle, */*;q=0.1", TURTLE),
        # A list may have empty members; what can't be read is passed over.
        (",, text/csv ,", CSV), ("text/csv, gibberish", CSV), ("gibberish", None), ("*", None), ("*/turtle", None),
        ("text/", None), ("text / csv", None), ("text/csv text/html", None), (";q=1", None),
        # A weight that can't be read is none.
        ("text/csv;q=.9, text/turtle;q=0.95", CSV), ("text/csv;q=2, text/turtle;q=0.95", CSV),
        ("text/csv;q=0.1234, text/turtle;q=0.95", CSV), ("text/csv;q, text/turtle;q=0.95", CSV),
        # A comma, a semicolon and a weight inside quotes are none.
        ('text/turtle;x="a,b";q=0.1, text/csv;q=0.5', CSV), ('text/turtle;x="\\",";q=0.1, text/csv;q=0.5', CSV),
        ('text/turtle;x=";q=0.1;", text/csv;q=0.5', TURTLE), ('text/turtle;x="a, text/csv', TURTLE),
        # A range with parameters that we do not have says less of a type than one without.
        ("text/turtle;level=1;q=0.1, text/turtle;q=0.9, text/csv;q=0.5", TURTLE),
        ("text/turtle;q=0.9, text/turtle;level=1;q=0.1, text/csv;q=0.5", TURTLE),
    ],
)  # fmt: skip
def test_what_is_wanted_most_is_chosen(header: str, media: str | None) -> None:
    assert chosen(header, OFFERED) == media


def test_the_example_of_the_recommendation() -> None:
    """The media types of its table by their weights; parameters are no part of what we offer."""
    header = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
    assert chosen(header, ["text/html", "image/jpeg", "text/plain"]) == "text/plain"
    assert chosen(header, ["text/html", "image/jpeg"]) == "image/jpeg"
    assert chosen(header, ["text/html"]) == "text/html"


TYPES = st.sampled_from([*OFFERED, "text/*", "application/*", "*/*", "image/png"])
RANGES = st.lists(st.tuples(TYPES, st.integers(0, 1000)), min_size=1, max_size=8, unique_by=lambda one: one[0])


def written(ranges: list[tuple[str, int]]) -> str:
    return ", ".join(f"{media};q={weight / 1000:.3f}" for media, weight in ranges)


def weight(media: str, ranges: list[tuple[str, int]]) -> tuple[int, bool]:
    """What the recommendation says of a type: the weight of its most specific range, and whether that names it."""
    known = dict(ranges)
    for name in (media, f"{media.split('/')[0]}/*", "*/*"):
        if name in known:
            return known[name], name == media
    return 0, False


@given(RANGES, st.permutations(OFFERED))
def test_no_type_is_wanted_more_than_the_one_chosen(ranges: list[tuple[str, int]], offered: list[str]) -> None:
    found = chosen(written(ranges), offered)
    weights = {media: weight(media, ranges) for media in offered}
    best = max(weights.values())
    assert found == (next(media for media in offered if weights[media] == best) if best[0] else None)


@given(RANGES, st.randoms())
def test_the_order_of_the_ranges_says_nothing(ranges: list[tuple[str, int]], random: object) -> None:
    other = list(ranges)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert chosen(written(ranges), OFFERED) == chosen(written(other), OFFERED)


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_header_is_read(header: str) -> None:
    assert chosen(header, OFFERED) in (*OFFERED, None)


@pytest.mark.parametrize("piece", ["a/b,", "a/b;x=", '"', '\\"', ' "', "text/*;q=0.", ";", " ", '";"', "a/b;"])
def test_a_long_header_is_read_in_no_time(piece: str) -> None:
    """64 kB is as much as the server takes of headers."""
    with within(0.2):
        chosen(piece * ((64 << 10) // len(piece)), OFFERED)
        chosen("text/csv;x=" + piece * ((64 << 10) // len(piece)), OFFERED)


@pytest.mark.parametrize("begin", ["a/b", "a/b;q", "a/b;q=1", "a", "a/", "", "a/b;x"])
@pytest.mark.parametrize("space", [" ", "\t", "\x0b", "\x85"])
@pytest.mark.parametrize("end", ["x", ";", "/", ""])
def test_a_long_space_is_read_in_no_time(begin: str, space: str, end: str) -> None:
    with within(0.2):
        assert chosen(begin + space * (120 << 10) + end, OFFERED) == (None if begin or end else OFFERED[0])
        takes(begin + space * (120 << 10) + end, "gzip")


def test_the_first_64_ranges_are_read() -> None:
    assert chosen("a/b, " * 63 + "text/csv", OFFERED) == CSV
    assert chosen("a/b, " * 64 + "text/csv", OFFERED) is None


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True), ("GZip", True), ("br, gzip", True), ("gzip;q=0.1", True), ("gzip ; q=1", True), ("*", True),
        ("br;q=1.0, *;q=0.1", True), ("gzip;q=x", True), ("*;q=0, gzip", True), ("", False), ("identity", False),
        ("br", False), ("gzip;q=0", False), ("gzip;q=0.000", False), ("gzip;q=0, *", False), ("*;q=0", False),
        ("x-gzip", False), ("gzipped", False), ("deflate;x=gzip", False),
    ],
)  # fmt: skip
def test_a_coding_is_taken_or_not(header: str, taken: bool) -> None:
    assert takes(header, "gzip") == taken
