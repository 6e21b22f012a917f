"""The search and the evidence of things and statements in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.opened import Open, Watched
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""


def heading(at: Watched) -> Locator:
    return at.evidence.get_by_role("heading", level=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "name", "hint"),
    [
        ("sensetime", "SenseTime", "Organizations"),
        ("商汤", "SenseTime", "商汤"),
        ("UNDP", "United Nations Development Programme", ""),
        ("cedric o", "Cédric O", "People"),
        ("untied nations", "United Nations", ""),
    ],
    ids=["label", "chinese", "initials", "accent", "misspelt"],
)
def test_a_thing_is_found_by_any_of_its_names(
    typed: str, name: str, hint: str, whole_page: Path, open_page: Open
) -> None:
    at = open_page(whole_page)
    at.page.get_by_role("tab", name="Graph").focus()
    at.page.keyboard.press("/")
    box = at.page.get_by_role("combobox", name="Find a person")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    at.page.keyboard.type(typed)
    first = at.page.get_by_role("option").first
    expect(first).to_contain_text(name)
    expect(first).to_contain_text(hint)
    at.page.keyboard.press("Enter")
    expect(heading(at)).to_have_text(name)
    expect(box).to_have_value("")


def test_suggestions_are_gone_through_by_keys(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    box = at.page.get_by_role("combobox", name="Find a person")
    box.fill("harbor")
    options = at.page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    wanted = options.nth(1).locator("bdi").inner_text()
    box.press("Enter")
    expect(heading(at)).to_have_text(wanted)
    box.fill("nobody at all")
    expect(options).to_have_count(0)
    expect(at.page.get_by_text("Nothing is called so.")).to_be_in_viewport()


def test_a_statement_has_its_words_their_place_and_who_says_it(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.find("Zoë Marsh")
    at.evidence.get_by_role("button", name="Statement st:harbor-forum-005").click()
    expect(heading(at)).to_have_text("Workshop on Tidal Algorithms has speaker Zoë Marsh")
    words = at.evidence.get_by_role("region", name="The words")
    expect(words).to_contain_text("Zoë … Foundation")
    expect(words).to_contain_text("characters 384–473")
    link = words.get_by_role("link", name="Open at these words")
    address = link.get_attribute("href") or ""
    assert address.startswith("https://") and "#:~:text=Zo%C3%AB" in address and address.endswith("Foundation")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    for term, said in {
        "Says": "Institute of Quiet Machines", "Role": "Speaker", "In capacity of": "Chair of the Lantern Council",
        "On behalf of": "Gull Foundation", "Status": "self-reported", "Reading": "inferred",
    }.items():  # fmt: skip
        row = at.evidence.locator("dl > div").filter(has=at.page.get_by_role("term").get_by_text(term, exact=True))
        expect(row.get_by_role("definition")).to_have_text(said)
    expect(at.evidence).to_contain_text('The words "and there" point to the workshop.')
    at.evidence.get_by_role("button", name="Gull Foundation").click()
    expect(heading(at)).to_have_text("Gull Foundation")
    expect(heading(at)).to_be_focused()


def test_dates_are_as_written_and_resolved(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#selected=st:harbor-forum-002")
    expect(at.evidence).to_contain_text("4 to 6 May 2030")
    expect(at.evidence).to_contain_text("2030-05-04 to 2030-05-06")


def test_conflicts_stand_side_by_side(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#selected=st:harbor-forum-003")
    expect(at.evidence).to_contain_text("The forum had one host; the two sources name different ones.")
    sides = at.evidence.locator(".clash .side")
    expect(sides).to_have_count(2)
    expect(sides.nth(0)).to_contain_text("Its host, … (IQM)")
    expect(sides.nth(1)).to_contain_text("the Gull … 2030")
    left, right = (sides.nth(place).bounding_box() for place in (0, 1))
    assert left and right and left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]


def test_a_statement_is_cited_in_three_forms(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#selected=st:harbor-forum-005")
    at.button("Cite").click()
    dialog = at.page.get_by_role("dialog", name="Cite this statement")
    address = "https://w3id.org/aigov-kg/id/st/harbor-forum-005"
    words = dialog.get_by_label("In words", exact=True)
    expect(words).to_contain_text(address)
    expect(words).to_contain_text("code points 384–473")
    bibtex = dialog.get_by_label("BibTeX", exact=True)
    expect(bibtex).to_contain_text("@misc{st-harbor-forum-005,")
    expect(bibtex).to_contain_text(f"url = {{{address}}}")
    ris = dialog.get_by_label("RIS", exact=True).text_content() or ""
    lines = ris.split("\r\n") if "\r\n" in ris else ris.split("\n")
    assert lines[0] == "TY  - DATA" and f"UR  - {address}" in lines and "ER  - " in lines
    dialog.get_by_role("button", name="Copy: BibTeX").click()
    expect(dialog.get_by_text("Copied.").or_(dialog.get_by_text("Selected: press"))).to_be_visible()
    at.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(heading(at)).to_contain_text("has speaker")
    expect(at.button("Cite")).to_be_focused()


def test_a_thing_leads_to_its_neighbourhood_and_to_paths(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.find("Gull Foundation")
    at.button("Show what is around it").click()
    expect(at.panel).to_contain_text("Around Gull Foundation, 1 step far.")
    at.button("Find paths from here").click()
    expect(at.page.get_by_role("tab", name="Paths")).to_have_attribute("aria-selected", "true")
    expect(at.panel.get_by_role("combobox", name="From")).to_have_value("Gull Foundation")


def test_no_address_but_those_of_the_web_is_a_link(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=about&selected=agent:iqm")
    found = [link.get_attribute("href") or "" for link in at.page.get_by_role("link").all()]
    assert found and all(address.startswith(("https://", "http://")) for address in found)
