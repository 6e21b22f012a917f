"""Paths between two things in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from browser.opened import Open, Watched
from playwright.sync_api import expect

from kg.lookup import Graph
from kg.paths import Route, routes
from kg.statements import Reader, Statement

ENDS = ("agent:sensetime", "agent:united-nations")


@pytest.fixture(scope="module")
def known(whole_graph: Path) -> tuple[Statement, ...]:
    store = ox.Store()
    store.bulk_load(path=whole_graph, format=ox.RdfFormat.N_QUADS)
    return Reader(Graph(store)).all()


def ask(at: Watched, start: str, end: str) -> None:
    for name, typed in (("From", start), ("To", end)):
        box = at.panel.get_by_role("combobox", name=name)
        box.fill(typed)
        at.panel.get_by_role("option").first.wait_for()
        box.press("Enter")


def shown(at: Watched) -> list[tuple[str, list[str]]]:
    """Of each route its weakest step, and what it leads over."""
    items = at.panel.locator(".route").all()
    heads = [item.get_by_role("heading").inner_text() for item in items]
    return [
        (head.rpartition("the weakest is ")[2], item.locator(".stop").all_inner_texts())
        for head, item in zip(heads, items, strict=True)
    ]


def wanted(found: list[Route]) -> list[tuple[str, list[str]]]:
    return [(one.weakest, [one.steps[0].start.label, *(step.end.label for step in one.steps)]) for one in found]


def test_sensetime_and_the_united_nations(whole_page: Path, open_page: Open, known: tuple[Statement, ...]) -> None:
    at = open_page(whole_page)
    at.tab("Paths")
    expect(at.panel).to_contain_text("Choose two things")
    ask(at, "SenseTime", "United Nations")
    found = routes(known, *ENDS, 5)
    expect(at.panel.get_by_role("status").last).to_contain_text(
        f"{len(found)} routes between SenseTime and United Nations"
    )
    assert shown(at) == wanted(found)
    hop = at.panel.locator(".hop").first
    expect(hop).to_contain_text("says")
    expect(hop.get_by_role("link", name="Open at these words")).to_have_attribute(
        "href", re.compile("^https://.*#:~:text=")
    )
    at.panel.get_by_role("radio", name="Best evidenced first").check()
    best = wanted(routes(known, *ENDS, 5, "evidenced"))
    expect(at.panel.locator(".route")).to_have_count(len(best))
    at.until(lambda: shown(at) == best)
    at.panel.get_by_label("At most").select_option("1")
    expect(at.panel.locator(".route")).to_have_count(1)
    hops = at.panel.locator(".hop").count()
    at.panel.get_by_role("button", name="Show in the graph").click()
    expect(at.page.get_by_role("application")).to_have_accessible_name(f"Graph of {hops + 1} things")


def test_a_hop_opens_its_evidence(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=paths&from=agent:iqm&to=post:lantern-chair")
    expect(at.panel.get_by_role("status").last).to_contain_text("between Institute of Quiet Machines and Chair")
    at.panel.get_by_role("button", name="Statement st:lantern-report-001").first.click()
    expect(at.evidence.get_by_role("heading", level=2)).to_contain_text("Zoë Marsh holds")
    at.button("Swap the two").click()
    expect(at.panel.get_by_role("combobox", name="To")).to_have_value("Institute of Quiet Machines")
    expect(at.panel.get_by_role("status").last).to_contain_text("between Chair of the Lantern Council and Institute")


def test_that_there_is_none_is_said(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=paths")
    ask(at, "Gull Foundation", "Host")
    expect(at.panel).to_contain_text("Nothing connects Gull Foundation and Host in the whole graph.")
    ask(at, "Gull Foundation", "Gull Foundation")
    expect(at.panel).to_contain_text("choose two different things")


def test_filters_that_leave_no_route_are_named_as_the_cause(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, "#panel=paths&from=doc:charter&to=agent:gull-foundation")
    expect(at.panel.locator(".route").first).to_be_visible()
    at.filters.get_by_role("button", name="said about oneself").click()
    expect(at.panel).to_contain_text("The filters are why: without them there is a route of 3 steps.")
    at.button("Leave the filters out").click()
    expect(at.panel.locator(".route").first).to_be_visible()
