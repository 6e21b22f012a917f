"""Which folder a command reads: the one named, the checkout around it, the package's own; and where the texts are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import folders
from kg.errors import BadUse
from kg.facts.load import find_files

ROOT = Path(__file__).parent.parent


def _checkout(base: Path) -> Path:
    data = base / "kg" / "data"
    data.mkdir(parents=True)
    (base / "build_graph.py").touch()
    (data / "sources.yaml").touch()
    return data


def test_ontology_and_queries_are_found_in_the_checkout() -> None:
    assert folders.ontology("aigov.ttl") == ROOT / "ontology" / "aigov.ttl"
    assert folders.queries("rules") == ROOT / "queries" / "rules"


def test_a_folder_chosen_is_taken_when_it_is_a_project(small: Path) -> None:
    assert folders.data_folder(small) == small


@pytest.mark.parametrize("name", ["", "absent"])
def test_a_folder_chosen_that_is_no_project_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadUse, match=r"is no project folder, it has no sources\.yaml: name one with --data DIR"):
        folders.data_folder(tmp_path / name)


def test_the_checkout_we_stand_in_is_found_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _checkout(tmp_path)
    below = tmp_path / "docs" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert folders.data_folder() == data


def test_a_project_of_ones_own_is_where_we_stand(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _checkout(tmp_path)
    monkeypatch.chdir(small)
    assert folders.data_folder() == folders.project_here() == small


def test_the_project_files_are_those_that_the_loader_reads(small: Path) -> None:
    (small / "sources-more.yaml").touch()
    (small / "facts" / ".hidden.yaml").touch()
    (small / "facts" / ".#harbor-forum.yaml").symlink_to("nowhere")
    for data in (small, ROOT / "kg" / "data"):
        read = find_files(data)
        found = [*read.sources, *read.entities, *read.facts, *read.coverage, *read.others]
        assert folders.project_files(data) == sorted(path for path in found if path.is_file())


def test_elsewhere_the_data_of_the_package_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert folders.data_folder() == ROOT / "kg" / "data"


@pytest.mark.parametrize("missing", ["build_graph.py", "kg/data/sources.yaml"])
def test_a_folder_that_only_looks_like_a_checkout_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    _checkout(tmp_path)
    (tmp_path / missing).unlink()
    monkeypatch.chdir(tmp_path)
    assert folders.data_folder() == ROOT / "kg" / "data"


def test_only_the_data_inside_an_installed_package_is_read_only(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not folders.is_packaged(ROOT / "kg" / "data")
    monkeypatch.setattr(folders, "_PACKAGE", tmp_path / "site" / "kg")
    assert folders.is_packaged(tmp_path / "site" / "kg" / "data")
    assert not folders.is_packaged(small)


def test_a_broken_installation_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders._home.cache_clear()
    monkeypatch.setattr(folders, "_PACKAGE", tmp_path / "kg")
    with pytest.raises(BadUse, match=r"the ontology is missing .*: install the package again"):
        folders.ontology()


def test_texts_come_from_the_option_then_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    monkeypatch.delenv("KG_TEXTS", raising=False)
    assert folders.texts_folder() is None
    monkeypatch.setenv("KG_TEXTS", "")
    assert folders.texts_folder() is None
    monkeypatch.setenv("KG_TEXTS", str(two))
    assert folders.texts_folder() == two
    assert folders.texts_folder(one) == one


def test_a_missing_folder_of_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadUse, match="does not exist: correct --texts or KG_TEXTS"):
        folders.texts_folder(tmp_path / "absent")
