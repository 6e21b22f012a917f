"""The table and the timeline in a browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from browser.opened import Open, Watched
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""


def names(at: Watched) -> list[str]:
    return at.panel.get_by_role("rowheader").all_inner_texts()


def row(at: Watched, name: str) -> Locator:
    return at.panel.get_by_role("row").filter(has=at.page.get_by_role("button", name=name))


def test_the_table_sorts_and_searches(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.tab("Table")
    expect(at.panel.get_by_role("status")).to_have_text("12 statements")
    assert len(names(at)) == 12
    head = at.panel.get_by_role("columnheader", name="Subject")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(at) == sorted(names(at)) and len(set(names(at))) > 3
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names(at) == sorted(names(at), reverse=True)
    at.panel.get_by_role("searchbox", name="Search in the table").fill("zoe marsh speaker")
    expect(at.panel.get_by_role("status")).to_have_text("1 of 12 statements")
    assert names(at) == ["Workshop on Tidal Algorithms"]
    at.panel.get_by_role("searchbox").fill("no such words")
    expect(at.panel).to_contain_text("No statement has “no such words”.")


def test_what_is_selected_in_the_table_is_selected_in_the_graph(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.find("Zoë Marsh")
    at.tab("Table")
    expect(row(at, "has speaker Zoë Marsh")).to_have_class("names")
    row(at, "has speaker Zoë Marsh").click()
    expect(row(at, "has speaker Zoë Marsh")).to_have_attribute("aria-current", "true")
    expect(at.evidence.get_by_role("heading", level=2)).to_contain_text("has speaker Zoë Marsh")
    at.tab("Graph")
    expect(at.evidence.get_by_role("heading", level=2)).to_contain_text("has speaker Zoë Marsh")
    at.button("Around the selected").click()
    expect(at.panel).to_contain_text("Around Workshop on Tidal Algorithms, Zoë Marsh, 1 step far.")
    at.tab("Table")
    expect(at.panel.get_by_role("status")).to_have_text("3 statements")


def test_the_table_goes_by_keys(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#panel=table")
    rows = at.panel.get_by_role("table")
    count = int(rows.get_attribute("aria-rowcount") or 0)
    assert count > 1000
    at.panel.get_by_role("rowheader").first.get_by_role("button").focus()
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("ArrowDown")
    focused = at.page.locator("tr:has(:focus)")
    expect(focused).to_have_attribute("aria-rowindex", "4")
    at.page.keyboard.press("End")
    expect(focused).to_have_attribute("aria-rowindex", str(count))
    expect(at.page.locator(":focus")).to_be_in_viewport()
    at.page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-current", "true")
    at.page.keyboard.press("Home")
    expect(focused).to_have_attribute("aria-rowindex", "2")


def test_a_row_that_is_clicked_stays_in_sight(whole_page: Path, open_page: Open) -> None:
    """Others name the statement of it, and come before it."""
    at = open_page(whole_page, "#panel=table")
    at.panel.get_by_role("button", name="Relation").click()
    at.panel.get_by_role("button", name="Relation").click()
    at.panel.get_by_role("rowheader").first.get_by_role("button").focus()
    row = at.panel.locator("tr", has_text="st:outlook-ai-cooperation-2024-035").last
    for _ in range(200):
        if row.is_visible():
            break
        at.page.keyboard.press("PageDown")
    place = at.page.locator(".table-scroll").evaluate("one => one.scrollTop")
    row.locator("td").nth(2).click()
    expect(at.evidence).to_contain_text("st:outlook-ai-cooperation-2024-035")
    at.page.wait_for_timeout(200)
    assert abs(at.page.locator(".table-scroll").evaluate("one => one.scrollTop") - place) < 200
    expect(row).to_be_in_viewport()


def test_filters_choose_what_the_table_has_and_saves(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=table")
    at.filters.get_by_role("checkbox", name="Events").uncheck()
    expect(at.panel.get_by_role("status")).to_have_text("5 statements")
    at.panel.get_by_role("searchbox").fill("quiet machines")
    expect(at.panel.get_by_role("status")).to_have_text("3 of 5 statements")
    name, content = at.saved(at.button("Download CSV").click)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert name == "statements.csv" and [one["subject"] for one in rows] == names(at)
    assert {one["statement"].rsplit("/", 1)[1] for one in rows} == {
        "harbor-forum-007", "harbor-forum-008", "port-register-001",
    }  # fmt: skip


def test_the_timeline_shows_dates_with_their_bounds(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.tab("Timeline")
    expect(at.panel.get_by_role("status")).to_contain_text("2 dates")
    region = at.panel.get_by_role("region", name="Timeline")
    forum = region.get_by_role("button", name="Harbor Forum 2030")
    expect(forum).to_contain_text("2030-05-04/2030-05-06")
    held = region.get_by_role("button", name="2028/..")
    expect(held).to_contain_text("open")
    forum.click()
    expect(at.evidence.get_by_role("heading", level=2)).to_contain_text("Harbor Forum 2030")
    forum.focus()
    at.page.keyboard.press("Home")
    expect(held).to_be_focused()
    at.page.keyboard.press("End")
    expect(forum).to_be_focused()
    at.filters.get_by_role("checkbox", name="Events").uncheck()
    expect(at.panel.get_by_role("status")).to_contain_text("1 date")


def test_planned_and_held_differ_on_the_timeline(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#panel=timeline")
    region = at.panel.get_by_role("region", name="Timeline")
    expect(region.get_by_role("listitem").first).to_be_attached()
    assert region.locator(".bar-planned").count() > 0 and region.locator(".bar-actual").count() > 10
    planned = region.get_by_role("button").filter(has=at.page.locator(".bar-planned")).first
    expect(planned).to_contain_text("planned")
    told = at.panel.get_by_role("status").first
    expect(told).to_contain_text("outside the window")
    at.button("Whole").click()
    expect(told).not_to_contain_text("outside the window")
    at.button("Zoom in").click()
    expect(told).to_contain_text("outside the window")
    assert at.overflow() == 0
