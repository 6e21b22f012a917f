"""The small project as a site, for the tests of its pages."""

from __future__ import annotations

import pytest

from kg.build import Prepared
from kg.checks import store
from kg.lookup import Graph
from kg.site.pages import Site
from kg.site.shelf import Shelf

__all__ = ["shelf", "site"]

COVERAGE = {
    "src:harbor-forum": {
        "percent": 91.5, "covered_sentences": 6, "sentences": 7,
        "remaining": [{"start": 0, "end": 9, "reason": "a head"}],
    }
}  # fmt: skip


@pytest.fixture(scope="session")
def shelf(built: Prepared) -> Shelf:
    """The small project's graph with what a build puts beside it; no test changes it."""
    return Shelf(Graph(store(built.graphs)), "1.2.3", built.project.about, COVERAGE, {"facts.ttl": b"# facts\n"})


@pytest.fixture(scope="session")
def site(shelf: Shelf) -> Site:
    """Its site."""
    return Site(shelf)
