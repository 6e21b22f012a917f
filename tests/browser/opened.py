"""A browser for each worker of the tests, and pages in it that are watched: what they ask for, and what goes wrong."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from needs import missing
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, expect, sync_playwright

__all__ = ["Open", "Watched", "axe", "browser", "chromium", "engine", "open_page"]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
OWN = ("file:", "blob:", "data:")
WIDE = (1440, 900)
PATIENCE = 15_000
"""Milliseconds that a page may take for anything: machines of tests are slow."""


def chromium() -> str:
    """Where Debian's browser is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or missing("chromium (Debian's package)")


def axe() -> str:
    """axe-core (MPL-2.0), as axe-playwright-python carries it."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    except ModuleNotFoundError:
        missing("axe-playwright-python")


@dataclass
class Watched:
    """A page with what was seen of it since it was opened."""

    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, own: tuple[str, ...]) -> None:
        """Notes from now on what is asked for that does not begin with one of `own`, and what goes wrong.

        That a page itself is refused is no error: it says so to whoever reads it.
        """
        context, pages = self.page.context, set[str]()

        def asks(request: Request) -> None:
            if request.is_navigation_request():
                pages.add(request.url.partition("#")[0])
            if not request.url.startswith(own):
                self.asked.append(request.url)

        def says(line: ConsoleMessage) -> None:
            refused = line.text.startswith("Failed to load resource") and line.location["url"] in pages
            if line.type == "error" and not refused:
                self.errors.append(f"{line.text} ({line.location['url']})")

        context.on("request", asks)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", says)

    def tab(self, name: str) -> Locator:
        """Goes to a view, and gives its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        return self.panel

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("tabpanel")

    @property
    def evidence(self) -> Locator:
        return self.page.get_by_role("complementary", name="Evidence")

    @property
    def filters(self) -> Locator:
        return self.page.get_by_role("complementary", name="Filters")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def find(self, text: str) -> None:
        """Selects what the search box suggests first."""
        self.page.keyboard.press("Escape")
        box = self.page.get_by_role("combobox", name="Find a person")
        box.fill(text)
        self.page.get_by_role("option").first.wait_for()
        box.press("Enter")

    def saved(self, click: Callable[[], object]) -> tuple[str, bytes]:
        """The name and content of the file that a click saves."""
        with self.page.expect_download() as found:
            click()
        return found.value.suggested_filename, Path(found.value.path()).read_bytes()

    def until(self, reached: Callable[[], object]) -> None:
        """Waits for what no locator can tell."""
        end = time.monotonic() + PATIENCE / 1000
        while not reached():
            assert time.monotonic() < end
            self.page.wait_for_timeout(50)

    def overflow(self) -> int:
        """How many pixels of the page lie beyond the right edge of the screen."""
        wide: int = self.page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )  # fmt: skip
        return wide


Open = Callable[..., Watched]


@pytest.fixture(scope="session")
def engine() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(engine: Playwright) -> Iterator[Browser]:
    """Chromium with a fresh profile, for all tests of a worker."""
    expect.set_options(timeout=PATIENCE)
    launched = engine.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from disk, without a network, or one of a server by its address, with no more than that one.

    When the test ends it has asked for nothing else and made no error.
    """
    opened: list[Watched] = []

    def call(
        given: Path | bytes | str, fragment: str = "", size: tuple[int, int] = WIDE, expected: bool = True, **more: Any
    ) -> Watched:
        if isinstance(given, bytes):
            content, given = given, tmp_path / f"page-{len(opened)}.html"
            given.write_bytes(content)
        address = given if isinstance(given, str) else given.as_uri()
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=not isinstance(given, str),
            reduced_motion="reduce", **more,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        made = Watched(context.new_page())
        opened.append(made)
        server = "/".join(address.split("/")[:3]) + "/"
        made.watch((server, "blob:", "data:") if isinstance(given, str) else OWN)
        made.page.goto(address + fragment, wait_until="load")
        if expected:
            made.page.get_by_role("tablist", name="Views").wait_for()
        return made

    yield call
    for one in opened:
        one.page.context.close()
        assert (one.asked, one.errors) == ([], [])
