"""A page full of what others wrote to harm it: nothing runs, nothing breaks the layout, all of it is shown as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.opened import Open, Watched
from browser.pages import Composer
from hostile import CONTROLS, HOSTILE, RUNS, poisoned
from playwright.sync_api import expect

from kg.statements import Receipt, Statement, Thing

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""

PAYLOADS = (*HOSTILE, *CONTROLS)
TABS = ("Graph", "Table", "Timeline", "Paths", "Questions", "SPARQL", "About")


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 50


def hostile(one: Statement, text: str, number: int, receipt: Receipt) -> Statement:
    """A statement of two things of its own, every text of which is the payload."""
    made = poisoned(one, text, f"st:hostile-{number:03}")
    place = receipt._replace(source=f"src:h{number:03}", title=text, head=text, tail=text, address=text)
    things = (Thing(f"event:a{number}", text, "Event"), Thing(f"agent:b{number}", text, "Person"))
    return made._replace(subject=things[0], object=things[1], receipts=(place,))


def page(project: Composer, payloads: tuple[str, ...], title: str) -> bytes:
    """A page with a statement for each payload, which is its things' other name, and a question's words and text."""
    [one] = [one for one in project.statements if one.id == "st:harbor-forum-001"]
    made = tuple(hostile(one, text, number, one.receipts[0]) for number, text in enumerate(payloads))
    dates = [one for one in project.statements if one.predicate == "aig:when"]
    dated = tuple(
        replaced._replace(subject=made[number].subject, id=f"st:dated-{number}", when_text=text)
        for number, text in enumerate(payloads)
        for replaced in dates[:1]
    )
    data: dict[str, Any] = project.data(statements=(*made, *dated), title=title, summary=title)
    for row in data["things"]:
        row[3] = [row[1]]
    for row in data["statements"]:
        row[17] = ["2030-05-04", "2030-05-06"]
        for receipt in row[16]:
            receipt[6] = receipt[3]  # the link is the payload too
    for number, text in enumerate(payloads):
        data["questions"].append({
            "name": text, "summary": text, "description": text, "tags": [text], "answers": [text], "text": text,
            "columns": [[f"c{number}", text]],
            "params": [{"name": text, "type": "text", "about": text, "of": text, "optional": False, "default": text}],
        })  # fmt: skip
    for name in ("licence", "cite", "build"):
        data["about"][name] = title
    return project.page(data)


def harmless(at: Watched) -> None:
    """Nothing ran, nothing came in as an element, and the page is no wider than the screen."""
    found = at.page.evaluate("""() => [window.pwned,
      document.querySelectorAll("img, iframe, object, embed, video, base, link, body form[action], [onclick]").length,
      document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth]""")
    assert found == [None, 0, 0]


def provoke(at: Watched) -> None:
    """Sends everything the events that payloads wait for."""
    at.page.evaluate("""() => document.querySelectorAll("*").forEach((one) =>
      ["mouseover", "toggle", "load", "error", "begin", "animationstart"].forEach((name) =>
        one.dispatchEvent(new Event(name))))""")


@pytest.fixture(scope="module")
def full(small_project: Composer) -> bytes:
    return page(small_project, PAYLOADS, " ".join(PAYLOADS))


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_no_panel_runs_or_breaks(width: int, full: bytes, open_page: Open) -> None:
    at = open_page(full, size=(width, 900))
    for tab in TABS:
        at.tab(tab)
        provoke(at)
        harmless(at)
    held = at.page.locator("body").evaluate("() => document.getElementById('data').textContent")
    assert "\u2028" not in held and "<" not in held


@pytest.mark.slow
def test_every_payload_is_shown_as_it_is(full: bytes, open_page: Open) -> None:
    at = open_page(full, "#panel=table")
    for text in HOSTILE:
        at.panel.get_by_role("searchbox").fill(text.replace("\n", " "))
        if at.panel.get_by_role("row").count() == 0:
            raise AssertionError(f"not in the table: {text!r}")
    at.panel.get_by_role("searchbox").fill("")
    shown = at.panel.get_by_role("region", name="Statements").text_content() or ""
    missing = [text for text in HOSTILE if text not in shown]
    assert missing == []


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in (1, 2, 3))])
def test_the_evidence_of_each_payload_is_text(part: int, full: bytes, open_page: Open) -> None:
    at = open_page(full)
    for number in range(part, len(PAYLOADS), 4):
        for name in (f"event:a{number}", f"st:hostile-{number:03}"):
            at.page.evaluate("(name) => { location.hash = `selected=${name}` }", name)
            expect(at.evidence.locator("code").first).to_have_text(name)
            shown = at.evidence.get_by_role("heading", level=2).text_content() or ""
            assert PAYLOADS[number].replace("\r\n", "\n") in shown.replace("\r\n", "\n")
        at.button("Cite").click()
        dialog = at.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        provoke(at)
        harmless(at)
        dialog.get_by_role("button", name="Close").click()
    assert at.page.evaluate("[...document.links].every((one) => /^https?:/.test(one.protocol))")


def test_questions_with_payloads_are_text_too(full: bytes, open_page: Open) -> None:
    at = open_page(full, "#panel=questions")
    for text in PAYLOADS[::4]:
        at.page.evaluate("""(name) => { location.hash = new URLSearchParams(
          { panel: "questions", question: name, [`-${name}`]: name }) }""", text)  # fmt: skip
        expect(at.panel.get_by_role("heading", level=2)).to_be_visible()
        expect(at.panel.get_by_role("alert").or_(at.panel.locator(".results, .fault")).first).to_be_visible()
        provoke(at)
        harmless(at)


def test_what_is_saved_can_t_run_either(full: bytes, open_page: Open) -> None:
    at = open_page(full)
    at.panel.get_by_text("Save", exact=True).click()
    _, content = at.saved(lambda: at.panel.get_by_role("button", name="SVG").click())
    assert b"<script" not in content and b"onerror" not in content.replace(b"onerror=window", b"")
    other = open_page(b"<!doctype html><title>x</title>", expected=False)
    other.page.set_content(content.decode("utf-8"))
    assert other.page.evaluate("window.pwned") is None
    assert other.page.evaluate("document.querySelectorAll('script, img, iframe, a').length") == 0


@pytest.mark.parametrize(
    "letter",
    ["x", *(pytest.param(one, marks=pytest.mark.slow) for one in ("静", f"<img src=x onerror={RUNS}>", "\u202e"))],
)
def test_a_megabyte_of_text_is_borne(letter: str, small_project: Composer, open_page: Open) -> None:
    long = letter * (1_000_000 // len(letter))
    at = open_page(page(small_project, (long,), "A title"))
    for tab in TABS:
        at.tab(tab)
        harmless(at)
    at.page.evaluate("location.hash = 'selected=st:hostile-000'")
    expect(at.evidence.locator("code").first).to_have_text("st:hostile-000")
    harmless(at)
    box = at.page.get_by_role("combobox", name="Find a person")
    box.fill("charter")
    harmless(at)


def test_what_is_typed_stays_text(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    for text in PAYLOADS[::5]:
        at.page.get_by_role("combobox", name="Find a person").fill(text)
        harmless(at)
    at.page.keyboard.press("Escape")
    at.tab("Table")
    for text in PAYLOADS[::5]:
        at.panel.get_by_role("searchbox").fill(text)
        harmless(at)
