"""The graph in a browser: what is drawn, what a click, a key and a filter do, what is saved."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from browser.opened import Open, Watched
from browser.pages import Composer
from playwright.sync_api import Locator, expect

from kg.statements import periods

SVG = "{http://www.w3.org/2000/svg}"


def picture(at: Watched) -> Locator:
    return at.page.get_by_role("application", name="Graph of")


def save(at: Watched, kind: str) -> tuple[str, bytes]:
    at.panel.get_by_text("Save", exact=True).click()
    return at.saved(lambda: at.panel.get_by_role("button", name=kind).click())


def texts(at: Watched) -> dict[str, tuple[float, float]]:
    """What is written in the picture, and where: a name of two lines is where the first is."""
    root = ET.fromstring(save(at, "SVG")[1])
    return {one.text or "": (float(one.attrib["x"]), float(one.attrib["y"])) for one in root.iter(f"{SVG}text")}


def colors(at: Watched) -> int:
    """Of how many colours the canvas is."""
    found: int = at.page.evaluate("""() => {
      const canvas = document.querySelector(".graph-picture canvas"), context = canvas.getContext("2d");
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }""")
    return found


def test_everything_is_drawn_and_told(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    expect(picture(at)).to_have_accessible_name("Graph of 8 things")
    expect(at.panel).to_contain_text("8 things, 8 lines.")
    expect(at.panel).to_contain_text("5 statements join no two things that are drawn: see the table.")
    expect(at.filters.get_by_role("status")).to_have_text("12 of 12 statements")
    assert colors(at) > 20
    assert {"Zoë Marsh", "Gull Foundation", "Speaker", "on behalf of", "contradicted: Host", "planned: issued by"} <= {
        *texts(at)
    }
    assert at.overflow() == 0


def test_a_click_on_a_thing_or_a_line_opens_its_evidence(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    where = texts(at)
    x, y = where["Zoë Marsh"]
    picture(at).click(position={"x": x, "y": y - 20})
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Zoë Marsh")
    x, y = where["part of event"]
    picture(at).click(position={"x": x, "y": y - 3})
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text(
        "Workshop on Tidal Algorithms part of event Harbor Forum 2030"
    )
    x, y = where["Gull Foundation"]
    picture(at).click(position={"x": x, "y": y + 80})
    expect(at.evidence).to_contain_text("Choose a thing or a statement")


def test_the_picture_moves_and_zooms(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)

    def distance() -> float:
        found = texts(at)
        return found["Workshop on"][0] - found["Harbor Forum 2030"][0]

    first, apart = texts(at)["Zoë Marsh"], distance()
    picture(at).focus()
    at.page.keyboard.press("ArrowLeft")
    moved = texts(at)["Zoë Marsh"]
    assert moved[0] - first[0] > 40 and abs(moved[1] - first[1]) < 2
    at.page.keyboard.press("0")
    for wheel in (False, True):
        at.button("Fit").click()
        at.until(lambda: distance() == pytest.approx(apart, rel=0.02))
        picture(at).hover()
        if wheel:
            at.page.mouse.wheel(0, -120)
        else:
            at.button("Zoom in").click()
        at.until(lambda: distance() > 1.1 * apart)


def test_keys_lead_from_thing_to_thing(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    picture(at).focus()
    at.page.keyboard.press("n")
    said = at.panel.get_by_role("status")
    expect(said).to_contain_text("1 of 8: Harbor Forum 2030")
    at.page.keyboard.press("Enter")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Harbor Forum 2030")
    at.page.keyboard.press("n")
    expect(said).to_contain_text("1 of 4: Gull Foundation")
    at.page.keyboard.press("l")
    expect(at.evidence.get_by_role("heading", level=2)).to_have_text("Harbor Forum 2030 hosted by Gull Foundation")
    at.page.keyboard.press("Escape")
    expect(at.evidence).to_contain_text("Choose a thing or a statement")


def test_the_legend_filters(small_page: Path, small_project: Composer, open_page: Open) -> None:
    dated = periods(small_project.graph, small_project.statements).values()
    early = sum(start < "2028-02-01" for start, _ in dated)
    assert 0 < early < len(dated) < 12
    at = open_page(small_page)
    at.filters.get_by_role("checkbox", name="People").uncheck()
    expect(picture(at)).to_have_accessible_name("Graph of 6 things")
    expect(at.filters.get_by_role("status")).to_have_text("10 of 12 statements")
    assert "Zoë Marsh" not in texts(at)
    at.button("Clear all").click()
    expect(picture(at)).to_have_accessible_name("Graph of 8 things")
    at.filters.get_by_role("button", name="planned").click()
    expect(picture(at)).to_have_accessible_name("Graph of 2 things")
    expect(at.filters.get_by_role("button", name="planned")).to_have_attribute("aria-pressed", "true")
    at.filters.get_by_role("button", name="planned").click()
    at.filters.get_by_text("Role", exact=True).click()
    at.filters.get_by_role("checkbox", name="Speaker").check()
    expect(at.filters.get_by_role("status")).to_have_text("1 of 12 statements")
    at.button("Clear all").click()
    at.filters.get_by_role("radio", name="Contradicted only").check()
    expect(at.filters.get_by_role("status")).to_have_text("2 of 12 statements")
    at.button("Clear all").click()
    at.filters.get_by_role("slider", name="Time: from").press("End")
    expect(at.filters.get_by_role("status")).to_have_text(f"{len(dated)} of 12 statements")
    at.button("Clear all").click()
    at.filters.get_by_role("slider", name="Time: until").press("Home")
    expect(at.filters.get_by_role("status")).to_have_text(f"{early} of 12 statements")


def test_around_a_thing_one_more_and_everything_again(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    expect(at.button("Around the selected")).to_be_disabled()
    at.find("charter")
    at.button("Around the selected").click()
    expect(picture(at)).to_have_accessible_name("Graph of 2 things")
    expect(at.panel).to_contain_text("Around Charter of Quiet Machines, 1 step far.")
    at.panel.get_by_label("Steps").select_option("2")
    expect(picture(at)).to_have_accessible_name("Graph of 3 things")
    at.find("Gull Foundation")
    at.button("Expand").click()
    expect(picture(at)).to_have_accessible_name("Graph of 8 things")
    at.panel.get_by_role("button", name="Everything").click()
    expect(at.button("Everything")).to_be_hidden()
    expect(picture(at)).to_have_accessible_name("Graph of 8 things")


@pytest.mark.slow
def test_files_hold_what_is_shown(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.filters.get_by_role("button", name="contradicted by").click()
    expect(picture(at)).to_have_accessible_name("Graph of 3 things")
    name, content = save(at, "CSV")
    assert name == "aigov-kg-selection.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {(row["subject"], row["object"], row["contradicted"]) for row in rows} == {
        ("Harbor Forum 2030", "Gull Foundation", "yes"), ("Harbor Forum 2030", "Institute of Quiet Machines", "yes"),
    }  # fmt: skip
    assert rows[0]["link"].startswith("https://") and "#:~:text=" in rows[0]["link"]
    assert {"Harbor Forum 2030", "Gull Foundation", "Institute of"} <= set(texts(at)) and "Zoë Marsh" not in texts(at)
    name, content = save(at, "GraphML")
    edges = [one for one in ET.fromstring(content).iter() if one.tag.endswith("}edge")]
    assert name.endswith(".graphml") and len(edges) == 2
    name, content = save(at, "GEXF")
    nodes = [one for one in ET.fromstring(content).iter() if one.tag.endswith("}node")]
    assert name.endswith(".gexf") and len(nodes) == 3
    name, content = save(at, "PNG")
    assert name.endswith(".png") and content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 5000


def test_the_real_graph_is_drawn_soon_with_labels(whole_page: Path, open_page: Open) -> None:
    at = open_page(whole_page)
    expect(at.panel).to_contain_text("things,")
    found = texts(at)
    assert {"SenseTime", "United Nations"} <= set(found) and len(found) > 60
    at.button("Communities").click()
    expect(at.button("Communities")).to_have_attribute("aria-pressed", "true")
