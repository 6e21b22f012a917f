"""Bounds of time in tests: what comes late is measured again, since the machine may have had other things to do.

Of several measures of the same thing the least says what the program takes (as `timeit` of the standard library has
it); the rest is what else went on. What is wrong, and not only late, fails at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

__all__ = ["Late", "in_time", "within"]

TRIES = 3


class Late(AssertionError):
    """Something took longer than it may."""


def in_time(taken: float, seconds: float, what: object = "") -> None:
    """Raises `Late` when something took as long as `seconds` or longer."""
    if taken >= seconds:
        raise Late(f"{taken:.2f} s, it may take {seconds:g}: {what}" if what else f"{taken:.2f} s, not {seconds:g}")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `Late` when the block takes as long as `seconds` or longer."""
    begun = time.perf_counter()
    yield
    in_time(time.perf_counter() - begun, seconds)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Calls a test again that failed of lateness alone; the last try is that of pytest itself."""
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    for number in range(1, TRIES):
        try:
            pyfuncitem.obj(**wanted)
        except Late as late:
            pyfuncitem.add_report_section("call", "late", f"try {number}: {late}\n")
        else:
            return True
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the tests that were called again."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for title, content in report.sections:
            if title == "Captured late call":
                terminalreporter.write_line(f"late at first: {report.nodeid}: {content.strip()}")
