"""The file as a whole in a browser: about, permalinks, damage, and pages without SPARQL or with sentences."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from browser.opened import Open
from browser.pages import SMALL, Composer
from playwright.sync_api import expect

from kg.graphs import canonical
from kg.sources import by_digest

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""

# ---------------------------------------------------------------- about


def test_about_says_what_the_file_holds_and_gives_its_triples(
    small_page: Path, small_project: Composer, open_page: Open
) -> None:
    at = open_page(small_page)
    at.tab("About")
    for said in ("statements", "2030-06-01", "https://example.org/licence", "Gull Foundation. Harbor Forum, a small"):
        expect(at.panel).to_contain_text(said)
    expect(at.panel.get_by_role("region", name="Coverage").get_by_role("rowheader")).to_have_count(2)
    name, content = at.saved(at.button("Save the triples").click)
    assert name == "aigov-kg.nq" and content == canonical(small_project.graphs.graphs)


# ---------------------------------------------------------------- permalinks


def test_a_look_is_kept_in_the_address(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.find("Gull Foundation")
    at.button("Show what is around it").click()
    at.filters.get_by_role("checkbox", name="People").uncheck()
    at.filters.get_by_role("radio", name="Not contradicted").check()
    at.tab("Table")
    said = at.filters.get_by_role("status").inner_text()
    address = at.page.url
    assert "#panel=table&around=agent%3Agull-foundation" in address and "selected=agent%3Agull-foundation" in address
    at.page.reload()
    expect(at.page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    expect(at.filters.get_by_role("status")).to_have_text(said)
    expect(at.filters.get_by_role("checkbox", name="People")).not_to_be_checked()
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Gull Foundation")
    assert at.page.url == address


def test_back_leads_out_of_a_look_whose_address_is_written_in_another_way(small_page: Path, open_page: Open) -> None:
    at = open_page(b"<!doctype html><title>Before</title>", expected=False)
    at.page.goto(small_page.as_uri() + "#selected=agent:zoe-marsh")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Zoë Marsh")
    at.page.go_back()
    expect(at.page).to_have_title("Before")


def test_back_and_forward_lead_through_what_was_looked_at(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    heading = at.evidence.get_by_role("heading", level=2)
    at.page.wait_for_timeout(900)  # what follows at once shares an entry
    at.find("Gull Foundation")
    expect(heading).to_have_text("Gull Foundation")
    at.page.wait_for_timeout(900)
    at.tab("Table")
    at.page.go_back()
    expect(at.page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    expect(heading).to_have_text("Gull Foundation")
    at.page.go_back()
    expect(at.evidence).to_contain_text("Choose a thing or a statement")
    at.page.go_forward()
    at.page.go_forward()
    expect(at.page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    expect(heading).to_have_text("Gull Foundation")


@pytest.mark.parametrize(
    "fragment",
    [
        "#panel=nonsense&selected=agent:nobody&depth=99&since=yesterday&around=zzz&count=-1&order=x",
        "#%E0%A4%A&%%%=%", "#panel=questions&question=__proto__&-constructor=1", "#classes=__proto__&status=toString",
        "#selected=<script>window.pwned=1</script>", "#" + "a=" * 20_000,
    ],
    ids=["unknown", "encoding", "proto", "values", "script", "long"],
)  # fmt: skip
def test_an_address_of_anybody_opens_the_page_all_the_same(fragment: str, small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, fragment)
    at.find("Gull Foundation")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Gull Foundation")
    assert at.page.evaluate("window.pwned") is None


def test_a_question_and_a_query_are_kept_too(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=sparql&query=ASK+%7B+%7D")
    expect(at.panel.get_by_role("textbox", name="SPARQL query")).to_contain_text("ASK { }")
    at.page.goto(f"{small_page.as_uri()}#panel=questions&question=certifications-of-an-actor&-actor=agent:iqm")
    expect(at.panel.get_by_role("combobox", name="the holder")).to_have_value("Institute of Quiet Machines")


# ---------------------------------------------------------------- damage

DAMAGED = "This file is damaged"


def changed(page: bytes, block: str, old: bytes, new: bytes) -> bytes:
    """The page with something of a block put otherwise, as by hand."""
    place = page.index(f'id="{block}">'.encode())
    at = page.index(old, place)
    return page[:at] + new + page[at + len(old) :]


def test_data_changed_by_hand_are_told(small_page: Path, open_page: Open) -> None:
    made = changed(small_page.read_bytes(), "data", b"Zo\xc3\xab Marsh", b"Zoe Marsh")
    at = open_page(made, expected=False)
    expect(at.page.get_by_role("alert")).to_contain_text(f"{DAMAGED}: its part “data” was cut off or changed.")
    expect(at.page.get_by_role("tablist")).to_have_count(0)


def test_a_file_of_another_form_is_told(small_project: Composer, open_page: Open) -> None:
    at = open_page(small_project.page(small_project.data() | {"format": 2}), expected=False)
    expect(at.page.get_by_role("alert")).to_contain_text("this page wants data of format 1, not 2")


def test_data_that_name_what_they_do_not_have_are_told(small_project: Composer, open_page: Open) -> None:
    data = small_project.data()
    data["statements"][0][1] = 10_000
    at = open_page(small_project.page(data), expected=False)
    expect(at.page.get_by_role("alert")).to_contain_text(DAMAGED)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.999])
def test_a_file_that_was_cut_off_says_so(share: float, small_page: Path, open_page: Open) -> None:
    content = small_page.read_bytes()
    begun = content.index(b'id="manifest"')
    at = open_page(content[: begun + int((len(content) - begun) * share)], expected=False)
    warning = at.page.locator("#damaged")
    expect(warning).to_contain_text("it is damaged")
    expect(warning).to_be_hidden()  # a file that is still being loaded is not damaged yet
    waits = at.page.evaluate("document.getAnimations().map((one) => one.effect.getComputedTiming().delay)")
    assert waits == [12_000]
    at.page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    expect(warning).to_be_visible()


@pytest.mark.slow
def test_the_warning_comes_by_itself(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page.read_bytes()[:-100_000], expected=False)
    expect(at.page.locator("#damaged")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("block", ["triples", "worker", "wasm"])
def test_a_damaged_engine_is_told_and_the_rest_is_of_use(block: str, small_page: Path, open_page: Open) -> None:
    content = small_page.read_bytes()
    place = content.index(f'id="{block}">'.encode()) + 200
    at = open_page(content[:place] + b"AAAAAAAA" + content[place + 8 :], "#panel=sparql")
    expect(at.panel.get_by_role("status")).to_contain_text(f"its part “{block}” was cut off or changed")
    at.button("Run").click()
    expect(at.panel.get_by_role("alert")).to_contain_text(block)
    at.find("Zoë Marsh")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Zoë Marsh")
    if block == "triples":
        at.tab("About")
        at.button("Save the triples").click()
        expect(at.panel.get_by_role("alert")).to_contain_text("The triples can't be read")


def test_with_a_digest_to_fit_other_triples_are_refused_all_the_same(small_page: Path, open_page: Open) -> None:
    """Whoever changes the list of parts too is believed, but what can't be unpacked is told."""
    content = small_page.read_text(encoding="utf-8")
    found = re.search(r'id="triples">(.*?)</script>', content, re.DOTALL)
    assert found
    old, new = (hashlib.sha256(text.encode()).hexdigest() for text in (found[1], "AAAA"))
    made = content.replace(found[1], "AAAA").replace(old, new)
    at = open_page(made.encode(), "#panel=sparql")
    expect(at.panel.get_by_role("status")).to_contain_text("No query can be asked")


# ---------------------------------------------------------------- other pages


def test_without_sparql_the_rest_works(small_project: Composer, open_page: Open) -> None:
    at = open_page(small_project.page(small_project.data(asking=False)), "#panel=sparql")
    expect(at.page.get_by_role("tab")).to_have_text(["Graph", "Table", "Timeline", "Paths", "About"])
    expect(at.page.get_by_role("application")).to_have_accessible_name("Graph of 8 things")
    at.find("Zoë Marsh")
    expect(at.evidence).to_contain_text("Zoë … Foundation")
    at.tab("About")
    _, content = at.saved(at.button("Save the triples").click)
    assert content == canonical(small_project.graphs.graphs)


def test_a_page_without_its_triples_says_so(small_project: Composer, open_page: Open) -> None:
    at = open_page(small_project.page(small_project.data(asking=False, outside=812_000_000)))
    expect(at.page.get_by_role("tab", name="SPARQL")).to_have_count(0)
    at.tab("About")
    expect(at.panel).to_contain_text("Its triples are not in it, and so neither the saved questions nor SPARQL: 812 MB")
    expect(at.button("Save the triples")).to_have_count(0)
    at.tab("Table")
    expect(at.panel.get_by_role("row").first).to_be_visible()


def test_sentences_are_marked_as_for_own_use(small_project: Composer, open_page: Open) -> None:
    data = small_project.data(texts=by_digest(SMALL / "texts"))
    at = open_page(small_project.page(data), "#selected=st:harbor-forum-003")
    expect(at.page.get_by_text("it is for your own use only")).to_be_visible()
    words = at.evidence.get_by_role("region", name="The words")
    expect(words).to_contain_text("𝄞 (IQM)")
    marked = words.locator("mark")
    expect(marked).to_have_text(re.compile(r"^Its host, .*\(IQM\)$"))


def test_a_part_says_that_it_is_one(small_project: Composer, open_page: Open) -> None:
    some = tuple(one for one in small_project.statements if one.id == "st:harbor-forum-003")
    at = open_page(small_project.page(small_project.data(statements=some, whole=False)), "#panel=about")
    expect(at.panel).to_contain_text("It holds a selection of the graph, not all of it.")
    at.find("Harbor Forum 2030")
    expect(at.evidence).to_contain_text("Not in this file.")


def test_nothing_at_all_is_a_page_too(small_project: Composer, open_page: Open) -> None:
    at = open_page(small_project.page(small_project.data(statements=(), whole=False)))
    for tab, said in (("Graph", "0 things"), ("Table", "leave no statement"), ("Timeline", "No date is known")):
        expect(at.tab(tab)).to_contain_text(said)


def test_a_request_an_error_and_a_script_would_be_seen(open_page: Open) -> None:
    content = (
        b"<!doctype html><img src='http://example.invalid/x.png' onerror='window.pwned=1'><script>nothing()</script>"
    )
    at = open_page(content, expected=False)
    at.page.wait_for_timeout(300)
    assert at.asked == ["http://example.invalid/x.png"] and at.page.evaluate("window.pwned") == 1
    assert any("nothing is not defined" in line for line in at.errors)
    at.asked.clear()
    at.errors.clear()
