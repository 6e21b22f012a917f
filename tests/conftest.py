"""Shared fixtures: a fresh copy of the small project, its graphs, the command in process, the real project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from kg import explorer, vocabulary
from kg.build import Prepared, prepare
from kg.cli import main
from kg.facts import Project, load
from kg.graphs import canonical

HERE = Path(__file__).parent
SMALL = HERE / "small"

pytest_plugins = [
    "timing",
    "stores.servers",
    "stores.fake",
    "stores.elsewhere",
    "browser.opened",
    "browser.pages",
    "sites",
    "serving",
    "conforming",
]

# The same examples in every run, and no failure because a machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --all` runs everything, as CI does."""
    parser.addoption("--all", action="store_true", help="also the tests that take long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is marked `slow`, unless everything is wanted."""
    if config.getoption("--all") or os.environ.get("CI") == "true":
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in set(slow)]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads a setting or writes a cache of whoever runs it. KG_TEXTS stays: some tests need the texts."""
    for name in ("KG_DATA", "KG_GRAPH", "KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TOKEN", "KG_SERVE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", os.devnull)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session", autouse=True)
def parts() -> Iterator[explorer.Assets]:
    """Small parts of an explorer in place of those that happen to lie in kg/assets."""
    made = explorer.Assets("document.title += '!';", "p { color: #111; }", "self.onmessage = null;", b"\0asm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explorer, "assets", lambda: made)
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A fresh copy of tests/small, a project of about ten facts; its texts are in `texts/`."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


@pytest.fixture(scope="session")
def built() -> Prepared:
    """The small project, loaded, reasoned over and checked against its texts."""
    return prepare(SMALL, SMALL / "texts")


@pytest.fixture(scope="session")
def graph(built: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the small project's graph; no test changes it."""
    file = tmp_path_factory.mktemp("graph") / "aigov-kg.nq"
    file.write_bytes(canonical(built.graphs))
    return file


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls the command `kg` in this process: `run("check", "--data", small)`; KG_TEXTS is unset."""
    monkeypatch.delenv("KG_TEXTS", raising=False)

    def call(*args: str | Path) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args])

    return call


@pytest.fixture(scope="session")
def project() -> Project:
    """The real project, kg/data."""
    return load(HERE.parent / "kg" / "data", vocabulary.load())
