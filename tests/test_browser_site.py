"""The pages of the site in a browser: from disk and without a network, by pointer and keyboard, narrow and wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from browser.opened import Open, Watched
from hostile import HOSTILE
from needs import missing
from playwright.sync_api import Page, expect
from test_browser_access import NARROW, WIDE, violations
from test_site_pages import poisoned

from kg import explorer
from kg.site.pages import Site
from kg.site.shelf import Shelf

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""

PAGES = {
    "home": "index.html", "things": "things.html", "class": "things/Organization.html", "events": "events.html",
    "sources": "sources.html", "conflicts": "conflicts.html", "questions": "questions.html",
    "question": "question/contradictions.html", "form": "question/events-in-a-period.html", "ontology": "ns.html",
    "data": "data.html", "corrections": "corrections.html", "search": "search.html?q=machines",
    "thing": "id/event/harbor-forum-2030.html", "statement": "id/st/harbor-forum-003.html",
    "evidence": "id/ev/harbor-forum-003-1.html", "conflict": "id/conflict/host-of-the-forum.html",
    "source": "id/src/harbor-forum.html", "withdrawn": "id/st/harbor-forum-009.html",
}  # fmt: skip

Visit = Callable[..., Watched]


def write(site: Site, folder: Path) -> Path:
    for path in site.paths():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        gone = path == "id/st/harbor-forum-009.html"
        file.write_bytes(site.gone(path) if gone else site.file(path))
    return folder


@pytest.fixture(scope="session")
def folder(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project's site on disk, with the script that `npm run build` made."""
    if not explorer.script().code:
        missing("kg/assets: npm ci and npm run build in explorer/ make them")
    return write(site, tmp_path_factory.mktemp("site"))


@pytest.fixture
def visit(folder: Path, open_page: Open) -> Visit:
    """Opens a page of the site by its name in `PAGES` or its path."""

    def call(name: str, size: tuple[int, int] = WIDE, **more: str) -> Watched:
        path, _, query = PAGES.get(name, name).partition("?")
        return open_page(folder / path, f"?{query}" if query else "", size, expected=False, **more)

    return call


def at(page: Page) -> str:
    """Where the page is, within the site."""
    return unquote(re.sub(r".*/site\d*/", "", page.url))


def looks() -> Iterator[Any]:
    """Every page narrow and wide, light and dark; by default a few of them in two of these ways."""
    for name in PAGES:
        for size, scheme in product(("narrow", "wide"), ("light", "dark")):
            few = name in ("home", "thing", "statement", "source", "form") and (size == "narrow") == (scheme == "dark")
            marks = () if few else pytest.mark.slow
            yield pytest.param(
                name, {"narrow": NARROW, "wide": WIDE}[size], scheme, id=f"{name}-{size}-{scheme}", marks=marks
            )


@pytest.mark.parametrize(("name", "size", "scheme"), list(looks()))
def test_axe_finds_nothing(name: str, size: tuple[int, int], scheme: str, visit: Visit) -> None:
    page = visit(name, size, color_scheme=scheme)
    if name == "search":
        expect(page.page.get_by_role("status").first).to_contain_text("3 things answer")
    assert violations(page) == []
    assert page.overflow() == 0


def test_a_name_is_found_as_one_types_and_leads_to_its_page(visit: Visit) -> None:
    page = visit("statement").page
    page.keyboard.press("/")
    page.keyboard.type("zoe m")
    expect(page.get_by_role("option")).to_have_text([re.compile("Zoë Marsh")])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoë Marsh")
    assert at(page) == "id/agent/zoe-marsh.html"


def test_enter_leads_to_all_that_is_found(visit: Visit) -> None:
    page = visit("home").page
    page.get_by_label("Find").fill("machines")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    assert at(page) == "search.html?q=machines"
    page.get_by_role("link", name="Institute of Quiet Machines").click()
    assert at(page) == "id/agent/iqm.html"


def test_what_is_not_found_is_told(visit: Visit) -> None:
    page = visit("search.html?q=%3Cimg%20src%3Dx%3E").page
    expect(page.get_by_role("status").first).to_have_text("Nothing is called “<img src=x>”.")


def test_the_small_picture_shows_what_a_thing_is_joined_to(visit: Visit) -> None:
    page = visit("thing").page
    picture = page.get_by_role("img", name="Harbor Forum 2030 and 4 things around it")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box
    assert box["height"] > 200
    expect(page.get_by_role("link", name="Open in the explorer")).to_have_attribute(
        "href", "../../explorer.html#around=event:harbor-forum-2030"
    )


def test_an_address_and_a_citation_can_be_copied(visit: Visit) -> None:
    page = visit("thing").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://w3id.org/aigov-kg/id/event/harbor-forum-2030"
    page.get_by_text("Cite", exact=True).click()
    page.get_by_role("button", name="Copy the citation").click()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "Gull Foundation. Harbor Forum 2030. In: Harbor Forum, a small project, version 1.2.3 (2030-06-01). "
        "https://w3id.org/aigov-kg/id/event/harbor-forum-2030"
    )


def test_a_question_is_asked_in_the_explorer_with_its_values(visit: Visit) -> None:
    page = visit("form").page
    page.get_by_label("The first day of the period").fill("2030-05-01")
    page.get_by_role("button", name="Ask in the explorer").click()
    page.wait_for_url("**/explorer.html#*")
    assert at(page) == "explorer.html#panel=questions&question=events-in-a-period&-from=2030-05-01&-to=2021-12-31"


def test_without_the_script_the_pages_are_whole(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "id/agent/zoe-marsh.html", "", WIDE, expected=False, java_script_enabled=False).page
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoë Marsh")
    assert page.get_by_role("link", name="Open at these words").count() >= 1
    page.get_by_label("Find").fill("iqm")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="the list of all things")).to_be_visible()


PAYLOADS = [HOSTILE[:2], *(HOSTILE[place : place + 7] for place in range(2, len(HOSTILE), 7))]


@pytest.mark.parametrize("payloads", [
    pytest.param(some, id=str(number), marks=pytest.mark.slow if number else ()) for number, some in enumerate(PAYLOADS)
])  # fmt: skip
def test_no_text_of_others_runs(payloads: tuple[str, ...], shelf: Shelf, open_page: Open, tmp_path: Path) -> None:
    """In data, and in what the address says."""
    for number, payload in enumerate(payloads):
        site = poisoned(replace(shelf, files={}), payload)
        there = tmp_path / str(number)
        pages = ("index.html", "id/agent/zoe-marsh.html", "id/st/harbor-forum-003.html", "search.html")
        wanted = (*pages, "assets/site.js", "assets/site.css", "assets/names.js")
        for path in wanted:
            (there / path).parent.mkdir(parents=True, exist_ok=True)
            (there / path).write_bytes(site.file(path))
        page = open_page(there / pages[0], "", WIDE, expected=False).page
        for path in pages:
            page.goto((there / path).as_uri() + "?q=" + quote(payload))
            page.get_by_label("Find", exact=True).fill(payload[:40].replace("\n", " "))
            page.wait_for_timeout(50)
            assert page.evaluate("window.pwned") is None, (payload, path)
        page.context.close()
