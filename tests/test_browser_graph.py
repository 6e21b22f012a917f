"""The graph in a browser."""

from __future__ import annotations

from pathlib import Path

from browser.opened import Open


def test_x(small_page: Path, open_page: Open) -> None:
    at = open_page(small_page)
    at.page.get_by_text("Save", exact=True).click()
    name, content = at.saved(lambda: at.page.get_by_role("button", name="SVG").click())
    print(name, content.decode())
    at.page.screenshot(path="/tmp/h/small.png")
