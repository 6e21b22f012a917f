"""Links of a site: those that lead nowhere, and pages that nothing leads to, are told."""

from __future__ import annotations

import pytest

from kg.site.check import problems

GOOD = {
    "index.html": b'<a href="a/b.html#x">b</a> <a href="https://example.org/nowhere">out</a> <link href="data:,">',
    "a/b.html": b'<p id="x"><a href="../index.html">up</a> <a href="#x">here</a> <script src="../s.js"></script>',
    "s.js": b"",
}


def test_a_site_that_holds_together_has_no_problems() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("page", "link", "said"),
    [
        ("index.html", b'<a href="c.html">', ["index.html links to c.html, which is not there"]),
        ("a/b.html", b'<a href="index.html">', ["a/b.html links to index.html, which is not there"]),
        ("index.html", b'<img src="a/p.png?x=1">', ["index.html links to a/p.png?x=1, which is not there"]),
        ("index.html", b'<form action="f.html">', ["index.html links to f.html, which is not there"]),
        ("index.html", b'<a href="a/b.html#y">', ["index.html links to a/b.html#y, and a/b.html has no such place"]),
        ("a/b.html", b'<a href="#y&amp;z">', ["a/b.html links to #y&z, and a/b.html has no such place"]),
    ],
)
def test_a_link_that_leads_nowhere_is_told(page: str, link: bytes, said: list[str]) -> None:
    assert problems(GOOD | {page: GOOD[page] + link}) == said


def test_a_page_that_nothing_leads_to_is_told() -> None:
    island = {"c.html": b'<a href="d.html">', "d.html": b'<a href="c.html"> <a href="index.html">'}
    assert problems(GOOD | island) == ["no page leads to c.html", "no page leads to d.html"]
    assert problems(GOOD | {"404.html": b""}) == []


def test_names_are_compared_unquoted_and_the_explorer_reads_its_own_fragments() -> None:
    more = {"ä b.html": b"", "explorer.html": b'<a href="nowhere.html">'}
    links = b'<a href="%C3%A4%20b.html"> <a href="explorer.html#around=agent:x">'
    assert problems(GOOD | more | {"index.html": GOOD["index.html"] + links}) == []
