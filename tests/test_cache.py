"""Which graph a command reads: the one named, `dist/` here, or one built into the cache; and when it is too old."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kg import cache, folders
from kg.build import Prepared
from kg.cache import graph_file
from kg.errors import BadData, BadUse
from kg.graphs import canonical


@pytest.fixture(autouse=True)
def _cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, and a place to stand that is no checkout."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def checkout(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the small project as its data, in which we stand."""
    base = tmp_path / "checkout"
    (base / "kg").mkdir(parents=True)
    (base / "build_graph.py").touch()
    shutil.copytree(small, base / "kg" / "data")
    monkeypatch.chdir(base)
    return base


def _dist(at: Path, age: int) -> Path:
    """A built graph in `dist/`, so many seconds younger than all the data."""
    built = at / "dist" / folders.GRAPH_FILE
    built.parent.mkdir()
    built.touch()
    for path in (at / "kg" / "data").rglob("*.yaml"):
        os.utime(path, (1_000_000, 1_000_000))
    os.utime(built, (1_000_000 + age, 1_000_000 + age))
    return built


def test_the_graph_named_is_taken(tmp_path: Path, small: Path) -> None:
    named = tmp_path / "other.nq"
    named.touch()
    assert graph_file(named, None) == named
    assert graph_file(named, small) == named


def test_a_graph_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadUse, match=r"there is no graph at .*absent\.nq: run kg build, or correct --graph"):
        graph_file(tmp_path / "absent.nq", None)


def test_the_environment_names_the_graph(
    tmp_path: Path, built: Prepared, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "named.nq"
    named.write_bytes(canonical(built.graphs))
    monkeypatch.setenv("KG_GRAPH", str(named))
    result = run("show", "Gull Foundation")
    assert result.exit_code == 0
    assert "agent:gull-foundation" in result.stdout
    monkeypatch.setenv("KG_GRAPH", str(tmp_path / "absent.nq"))
    assert run("show", "Gull Foundation").exit_code == 2


def test_dist_is_taken_before_the_cache(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _dist(checkout, age=10)
    assert graph_file(None, None) == Path("dist") / folders.GRAPH_FILE
    assert capsys.readouterr().err == ""


def test_a_graph_older_than_its_data_is_told(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _dist(checkout, age=-10)
    assert graph_file(None, None) == Path("dist") / folders.GRAPH_FILE
    assert capsys.readouterr().err == f"dist/{folders.GRAPH_FILE} is older than its data: run kg build\n"


def test_a_project_named_is_not_read_from_dist(checkout: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _dist(checkout, age=10)
    found = graph_file(None, small)
    assert found.is_relative_to(checkout.parent / "cache" / "aigov-kg")
    assert "building the graph once" in capsys.readouterr().err


def test_the_cached_graph_is_that_of_a_build_and_made_once(
    small: Path, built: Prepared, capsys: pytest.CaptureFixture[str]
) -> None:
    first = graph_file(None, small)
    assert first.read_bytes() == canonical(built.graphs)
    before = first.stat().st_mtime_ns
    capsys.readouterr()
    assert graph_file(None, small) == first
    assert first.stat().st_mtime_ns == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("file", ["sources.yaml", "entities/things.yaml", "facts/harbor-forum.yaml", "conflicts.yaml"])
def test_the_key_changes_with_the_data(small: Path, file: str) -> None:
    before = cache._key(small)
    path = small / file
    path.write_bytes(path.read_bytes() + b"# more\n")
    assert cache._key(small) != before


def test_the_key_changes_when_a_file_moves_or_goes(small: Path) -> None:
    keys = [cache._key(small)]
    (small / "conflicts.yaml").rename(small / "facts" / "conflicts.yaml")
    keys.append(cache._key(small))
    (small / "facts" / "conflicts.yaml").unlink()
    keys.append(cache._key(small))
    assert len(set(keys)) == 3


def test_the_key_does_not_change_with_place_or_texts(small: Path, tmp_path: Path) -> None:
    before = cache._key(small)
    (small / "texts" / "harbor-forum.txt").unlink()
    assert cache._key(small) == before == cache._key(Path(shutil.copytree(small, tmp_path / "elsewhere")))


def test_the_key_changes_with_ontology_queries_and_version(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ontology, queries = (
        Path(shutil.copytree(find(), tmp_path / find().name)) for find in (folders.ontology, folders.queries)
    )
    keys = [cache._key(small)]
    monkeypatch.setattr(folders, "ontology", lambda: ontology)
    monkeypatch.setattr(folders, "queries", lambda: queries)
    assert cache._key(small) == keys[0]
    for path in (ontology / "aigov.ttl", next((queries / "rules").glob("*.rq"))):
        path.write_bytes(path.read_bytes() + b"# more\n")
        keys.append(cache._key(small))
    monkeypatch.setattr("kg.build.version", lambda: "99.0")
    keys.append(cache._key(small))
    assert len(set(keys)) == 4


def test_nothing_is_cached_of_data_that_has_errors(small: Path, tmp_path: Path) -> None:
    path = small / "coverage" / "lantern-report.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("gaps:", "gaps: []\nno:"), encoding="utf-8")
    with pytest.raises(BadData):
        graph_file(None, small)
    assert not list((tmp_path / "cache").rglob("*.nq"))


def test_data_that_load_but_fail_a_check_are_not_cached(small: Path, tmp_path: Path) -> None:
    path = small / "entities" / "things.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "agent:idle: {type: Person, label: Idle}\n", encoding="utf-8")
    with pytest.raises(BadData, match="agent:idle: no statement names it"):
        graph_file(None, small)
    assert not list((tmp_path / "cache").rglob("*.nq"))


def test_without_a_cache_variable_the_home_folder_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache._cache_folder() == tmp_path / ".cache" / "aigov-kg"
