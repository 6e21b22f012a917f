"""Accessibility in a browser: axe-core on every panel, zoom, narrow screens, and the keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.opened import Open, Watched, axe
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.slow
"""They open pages in a browser, one each: CI runs them, and pytest --all."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW, WIDE, ZOOMED = (390, 844), (1440, 900), (720, 450)
"""A telephone, a screen, and that screen at 200 %."""

STATES = {
    "graph": "#selected=event:harbor-forum-2030&around=event:harbor-forum-2030",
    "table": "#panel=table&selected=st:harbor-forum-003",
    "timeline": "#panel=timeline&selected=event:harbor-forum-2030",
    "paths": "#panel=paths&from=agent:iqm&to=post:lantern-chair",
    "questions": "#panel=questions",
    "question": "#panel=questions&question=contradictions",
    "sparql": "#panel=sparql&query=SELECT+*+%7B+%3Fs+rdfs:label+%3Fl+%7D",
    "about": "#panel=about",
}


def violations(at: Watched) -> list[Any]:
    at.page.evaluate(f"(() => {{ {axe()} }})()")
    found: list[Any] = at.page.evaluate(
        """async (tags) => (await axe.run(document, { runOnly: tags, preload: false })).violations.map((one) =>
          [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary])""",
        TAGS,
    )
    return found


def settled(at: Watched, state: str) -> None:
    if state == "sparql":
        at.button("Run").click()
    if state in ("sparql", "question"):
        expect(at.panel.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(NARROW, "light", id="narrow-light"),
        pytest.param(WIDE, "dark", id="wide-dark"),
        pytest.param(NARROW, "dark", id="narrow-dark", marks=pytest.mark.slow),
        pytest.param(WIDE, "light", id="wide-light", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state: str, size: tuple[int, int], scheme: str, small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, STATES[state], size, color_scheme=scheme)
    settled(at, state)
    assert violations(at) == []
    assert at.overflow() == 0


@pytest.mark.slow
def test_axe_finds_nothing_in_what_opens(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, STATES["table"])
    at.page.get_by_role("combobox", name="Find a person").fill("harbor")
    expect(at.page.get_by_role("option").first).to_be_visible()
    assert violations(at) == []
    at.page.keyboard.press("Escape")
    at.filters.get_by_text("Role", exact=True).click()
    at.button("Cite").click()
    assert violations(at) == []


@pytest.mark.slow
@pytest.mark.parametrize("panel", ["graph", "table", "timeline", "about"])
def test_axe_finds_nothing_in_the_real_page(panel: str, whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, f"#panel={panel}&selected=agent:sensetime")
    assert violations(at) == []


def test_axe_would_find_something(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.page.evaluate(
        """() => { document.documentElement.lang = ""; document.querySelector("h1").style.color = "#ddd" }"""
    )
    assert {"html-has-lang", "color-contrast"} <= {one[0] for one in violations(at)}


CUT = """() => {
  const wide = document.documentElement.clientWidth, cut = [];
  for (const one of document.querySelectorAll("button, input, select, summary, a[href], [role=tab]")) {
    if (!one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    one.scrollIntoView({ block: "center", inline: "nearest" });
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    let [left, right, top, bottom] = [0, wide, 0, innerHeight];
    for (let at = one.parentElement; at; at = at.parentElement) {
      const style = getComputedStyle(at), frame = at.getBoundingClientRect();
      if (style.overflowX !== "visible") [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      if (style.overflowY !== "visible") [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    const inside = box.left >= left - 1 && box.right <= right + 1 && box.top >= top - 1 && box.bottom <= bottom + 1;
    if (!inside) cut.push([one.outerHTML.slice(0, 160), [box.left, box.right, box.top, box.bottom].map(Math.round),
      [left, right, top, bottom].map(Math.round)]);
  }
  return cut;
}"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
@pytest.mark.parametrize("state", STATES)
def test_no_control_is_cut_off(state: str, size: tuple[int, int], small_page: Path, open_page: Open) -> None:
    at = open_page(small_page, STATES[state].partition("selected=")[0].rstrip("&#"), size)
    settled(at, state)
    if state in ("graph", "table", "timeline", "paths"):
        summary = at.filters.get_by_text("Legend and filters")
        if not at.filters.get_by_role("checkbox", name="Events").is_visible():
            summary.click()
    assert at.page.evaluate(CUT) == []
    assert at.overflow() == 0


def test_a_cut_control_would_be_seen(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.page.evaluate("""() => { const one = document.querySelector(".graph-place"), button = one.appendChild(
      document.createElement("button")); button.textContent = "x"; button.style.cssText =
      "position: absolute; left: -30px; width: 60px; height: 30px" }""")  # fmt: skip
    assert len(at.page.evaluate(CUT)) == 1


FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), again = "seen" in one.dataset;
  one.dataset.seen = "";
  // The picture draws its ring inside, a slider at its thumb, which no script can ask about.
  const inside = parseFloat(getComputedStyle(one, "::after").borderTopWidth) >= 2 || one.type === "range";
  const ring = inside || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return [one.getAttribute("aria-label") || one.textContent.trim() || one.id, ring || one === document.body, again];
}"""
"""The name of what has the focus, whether that is to be seen, and whether it had it before."""


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
def test_on_a_small_screen_the_evidence_is_a_sheet_to_close(
    size: tuple[int, int], small_page: Path, open_page: Open
) -> None:
    at = open_page(small_page, size=size)
    at.find("Zoë Marsh")
    expect(at.evidence.get_by_role("heading", level=2)).to_be_in_viewport()
    at.evidence.get_by_role("button", name="Statement st:harbor-forum-005").click()
    expect(at.evidence).to_contain_text("characters 384–473")
    close = at.button("Close evidence")
    expect(close).to_be_in_viewport()
    close.click()
    expect(close).to_be_hidden()
    assert at.overflow() == 0


def test_the_keyboard_alone_leads_everywhere_with_a_focus_to_see(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    tab = at.page.get_by_role("tab", name="Graph")
    tab.focus()
    for name in ("Table", "Timeline", "Paths", "Questions", "SPARQL", "About", "Graph"):
        at.page.keyboard.press("ArrowRight")
        expect(at.page.get_by_role("tab", name=name, exact=True)).to_be_focused()
        expect(at.page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
    names, unseen = set(), []
    for _ in range(80):
        at.page.keyboard.press("Tab")
        name, ring, again = at.page.evaluate(FOCUS)
        if again:
            break
        names.add(name)
        if not ring:
            unseen.append(name)
    assert unseen == []
    assert {"Zoom in", "Graph of 8 things", "Time: from"} <= names and len(names) > 20


def test_what_is_pressed_and_goes_away_leaves_the_focus_in_its_panel(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#selected=agent:sensetime")

    def press(button: Locator) -> None:
        button.focus()
        at.page.keyboard.press("Enter")
        at.page.wait_for_timeout(150)
        assert at.page.evaluate("document.activeElement !== document.body"), button

    press(at.button("Around the selected"))
    press(at.panel.get_by_role("button", name="Everything"))
    at.filters.get_by_role("checkbox", name="People").uncheck()
    press(at.filters.get_by_role("button", name="Clear all"))
    press(at.button("Close evidence"))
    at.tab("Questions")
    at.panel.get_by_role("listitem").first.get_by_role("button").click()
    press(at.panel.get_by_role("button", name="All questions"))


def test_the_sheet_hides_no_focus(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page, "#panel=table", NARROW)
    at.panel.get_by_role("rowheader").first.get_by_role("button").focus()
    at.page.keyboard.press("Enter")
    expect(at.button("Close evidence")).to_be_visible()
    for key in (*["ArrowDown"] * 6, "End", "ArrowUp", "Home"):
        at.page.keyboard.press(key)
        at.page.wait_for_timeout(100)
        over = at.page.evaluate("""() => {
          const sheet = document.querySelector(".evidence").getBoundingClientRect().top;
          return [document.activeElement.localName, document.activeElement.getBoundingClientRect().bottom - sheet];
        }""")
        assert over[0] == "button" and over[1] <= 0, (key, over)


def test_the_whole_screen_has_the_evidence_too(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page)
    full = at.panel.get_by_role("button", name="Full screen")
    expect(full).to_have_attribute("aria-pressed", "false")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "true")
    assert at.page.evaluate("document.fullscreenElement.contains(document.querySelector('.evidence'))")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "false")
    assert at.page.evaluate("document.fullscreenElement") is None
