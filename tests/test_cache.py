"""Which graph a command reads: the one named, `dist/` here, or one built into the cache; and when it is too old."""

from __future__ import annotations

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


def _dist(at: Path, key: str) -> Path:
    """A built graph in `dist/` with the key of what it was built from."""
    built = at / "dist" / folders.GRAPH_FILE
    built.parent.mkdir()
    built.touch()
    (at / "dist" / folders.KEY_FILE).write_text(key + "\n", encoding="utf-8")
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


def _said(data: Path) -> str:
    return f"dist/{folders.GRAPH_FILE} was not built from {data} as it is now: run kg build\n"


def test_dist_is_taken_before_the_cache(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _dist(checkout, folders.inputs_key(checkout / "kg" / "data"))
    assert graph_file(None, None) == Path("dist") / folders.GRAPH_FILE
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("change", ["edited", "added", "deleted", "no key"])
def test_a_graph_of_other_data_is_told(checkout: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = checkout / "kg" / "data"
    _dist(checkout, folders.inputs_key(data))
    if change == "edited":
        (data / "conflicts.yaml").write_bytes((data / "conflicts.yaml").read_bytes() + b"# more\n")
    elif change == "added":
        (data / "entities" / "more.yaml").touch()
    elif change == "deleted":
        (data / "facts" / "port-register.yaml").unlink()
    else:
        (checkout / "dist" / folders.KEY_FILE).unlink()
    assert graph_file(None, None) == Path("dist") / folders.GRAPH_FILE
    assert capsys.readouterr().err == _said(data)


def test_another_ontology_is_told(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _dist(checkout, folders.inputs_key(checkout / "kg" / "data"))
    other = Path(shutil.copytree(folders.ontology(), tmp_path / "ontology"))
    (other / "shapes.ttl").unlink()
    monkeypatch.setattr(folders, "ontology", lambda: other)
    graph_file(None, None)
    assert capsys.readouterr().err == _said(checkout / "kg" / "data")


def test_a_project_of_ones_own_is_built_and_compared(
    small: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small)
    assert run("build").exit_code == 0
    shown = run("show", "Gull Foundation")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "agent:gull-foundation" in shown.stdout
    (small / "names.yaml").unlink(missing_ok=True)
    (small / "entities" / "more.yaml").touch()
    assert "was not built from" in run("show", "Gull Foundation").stderr


def test_a_graph_of_a_project_elsewhere_is_not_complained_of(
    small: Path, run: Callable[..., Result], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", "--data", small).exit_code == 0
    assert graph_file(None, None) == Path("dist") / folders.GRAPH_FILE
    assert capsys.readouterr().err == ""


def test_a_project_named_is_not_read_from_dist(checkout: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _dist(checkout, folders.inputs_key(small))
    found = graph_file(None, small)
    assert found.is_relative_to(checkout.parent / "cache" / "aigov-kg")
    assert "building the graph once" in capsys.readouterr().err


def test_what_is_no_file_is_no_part_of_the_key(small: Path) -> None:
    """An editor's lock (a link that leads nowhere) and a folder with the name of a data file."""
    before = folders.inputs_key(small)
    (small / "facts" / ".#harbor-forum.yaml").symlink_to("someone@somewhere.123")
    (small / "entities" / "x.yaml").mkdir()
    assert folders.inputs_key(small) == before


def test_the_key_knows_folders_by_name_and_follows_links(small: Path, tmp_path: Path) -> None:
    before = folders.inputs_key(small)
    (small / "facts").rename(tmp_path / "elsewhere")
    without = folders.inputs_key(small)
    (small / "factz").symlink_to(tmp_path / "elsewhere")
    assert folders.inputs_key(small) == without != before
    (small / "facts").symlink_to(tmp_path / "elsewhere")
    assert folders.inputs_key(small) == before


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
    before = folders.inputs_key(small)
    path = small / file
    path.write_bytes(path.read_bytes() + b"# more\n")
    assert folders.inputs_key(small) != before


def test_the_key_changes_when_a_file_moves_or_goes(small: Path) -> None:
    keys = [folders.inputs_key(small)]
    (small / "conflicts.yaml").rename(small / "facts" / "conflicts.yaml")
    keys.append(folders.inputs_key(small))
    (small / "facts" / "conflicts.yaml").unlink()
    keys.append(folders.inputs_key(small))
    assert len(set(keys)) == 3


def test_the_key_does_not_change_with_place_or_texts(small: Path, tmp_path: Path) -> None:
    before = folders.inputs_key(small)
    (small / "texts" / "harbor-forum.txt").unlink()
    assert (
        folders.inputs_key(small) == before == folders.inputs_key(Path(shutil.copytree(small, tmp_path / "elsewhere")))
    )


def test_the_key_changes_with_ontology_queries_and_version(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ontology, queries = (
        Path(shutil.copytree(find(), tmp_path / find().name)) for find in (folders.ontology, folders.queries)
    )
    keys = [folders.inputs_key(small)]
    monkeypatch.setattr(folders, "ontology", lambda: ontology)
    monkeypatch.setattr(folders, "queries", lambda: queries)
    assert folders.inputs_key(small) == keys[0]
    for path in (ontology / "aigov.ttl", next((queries / "rules").glob("*.rq"))):
        path.write_bytes(path.read_bytes() + b"# more\n")
        keys.append(folders.inputs_key(small))
    monkeypatch.setattr("kg.folders.version", lambda: "99.0")
    keys.append(folders.inputs_key(small))
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
