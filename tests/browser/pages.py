"""The pages that the tests open: of the small project, of the real one, and of what a test makes of either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from needs import missing

from kg.build import Prepared, prepare
from kg.checks import store
from kg.explorer import Assets, Content, assets, page, payload, whole
from kg.graphs import canonical
from kg.lookup import Graph
from kg.statements import Reader, Statement

__all__ = ["SMALL", "Composer", "real_parts", "small_page", "small_project", "whole_graph", "whole_page"]

HERE = Path(__file__).parent.parent
SMALL = HERE / "small"
DATA = HERE.parent / "kg" / "data"


@dataclass(frozen=True)
class Composer:
    """Makes pages of a project: of all of it, or of other statements."""

    graphs: Prepared
    graph: Graph
    statements: tuple[Statement, ...]
    parts: Assets

    @classmethod
    def of(cls, graphs: Prepared, parts: Assets) -> Composer:
        graph = Graph(store(graphs.graphs))
        return cls(graphs, graph, Reader(graph).all(), parts)

    @property
    def content(self) -> Content:
        return whole(self.statements, self.graphs.project.about)

    def data(self, **changed: Any) -> dict[str, Any]:
        return payload(self.graph, replace(self.content, **changed))

    def page(self, data: dict[str, Any] | None = None, triples: bytes | None = None) -> bytes:
        made = self.data() if data is None else data
        return page(made, canonical(self.graphs.graphs) if triples is None else triples, self.parts)


@pytest.fixture(scope="session")
def real_parts() -> Assets:
    """Script, style and engine as `npm run build` made them; the other tests do without."""
    found = assets()
    return found or missing("kg/assets: npm ci and npm run build in explorer/ make them")


@pytest.fixture(scope="session")
def small_project(built: Prepared, real_parts: Assets) -> Composer:
    """The small project, to make pages of."""
    return Composer.of(built, real_parts)


@pytest.fixture(scope="session")
def small_page(small_project: Composer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the small project."""
    file = tmp_path_factory.mktemp("small") / "explorer.html"
    file.write_bytes(small_project.page())
    return file


@pytest.fixture(scope="session")
def whole_page(real_parts: Assets, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The page of the real project, made once for all workers; its graph lies beside it."""
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "explorer"
    place.mkdir(exist_ok=True)
    file = place / "explorer.html"
    with FileLock(place / "lock"):
        if not file.exists():
            made = Composer.of(prepare(DATA, None), real_parts)
            (place / "aigov-kg.nq").write_bytes(canonical(made.graphs.graphs))
            file.write_bytes(made.page())
    return file


@pytest.fixture(scope="session")
def whole_graph(whole_page: Path) -> Path:
    """The graph that the page of the real project holds."""
    return whole_page.with_name("aigov-kg.nq")
