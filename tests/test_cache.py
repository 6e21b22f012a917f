"""Which graph a command reads: the one named, `dist/` here, or one built into the cache; and its index on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import Result

from kg import cache, folders
from kg.build import Prepared
from kg.cache import graph_file, indexed, loaded
from kg.cards import card
from kg.errors import BadData, BadUse
from kg.graphs import canonical
from kg.lookup import Graph, find, resolve
from kg.statements import Reader, periods


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
    monkeypatch.setattr(folders, "queries", lambda kind="": queries / kind)
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


def test_a_cache_folder_that_no_disk_can_hold_is_said(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 300)))
    with pytest.raises(
        BadUse, match=r"no cache can be kept \(File name too long\): set XDG_CACHE_HOME, or name a graph"
    ):
        graph_file(None, small)


def test_without_a_known_home_it_is_said(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(BadUse, match=r"no cache can be kept .*: set XDG_CACHE_HOME"):
        graph_file(None, small)


def test_a_cache_that_can_not_be_written_is_said(small: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(BadUse, match=r"can't write to .*: set XDG_CACHE_HOME, or name a graph with --graph"):
        graph_file(None, small)


def test_a_name_that_no_file_can_have_is_not_there() -> None:
    with pytest.raises(BadUse, match="there is no graph at xxx"):
        graph_file(Path("x" * 300), None)


def test_a_folder_named_is_that_of_a_build(tmp_path: Path) -> None:
    (tmp_path / folders.GRAPH_FILE).touch()
    assert graph_file(tmp_path, None) == tmp_path / folders.GRAPH_FILE
    with pytest.raises(BadUse, match=f"there is no graph at .*{folders.GRAPH_FILE}: run kg build"):
        graph_file(tmp_path / "here", None)


# ---------------------------------------------------------------- opened


@pytest.fixture
def file(tmp_path: Path, built: Prepared) -> Path:
    (tmp_path / "g.nq").write_bytes(canonical(built.graphs))
    return tmp_path / "g.nq"


@pytest.fixture
def few(file: Path) -> Path:
    """A graph of few lines, where many indexes are made."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(sorted({*lines[:60], *(line for line in lines if b"versionInfo" in line)})))
    return file


def indexes(tmp_path: Path) -> list[Path]:
    """What lies beside the indexes, hidden drafts too."""
    return sorted((tmp_path / "cache" / "aigov-kg" / "indexes").glob("*"))


def quads(graph: Graph) -> set[ox.Quad]:
    return set(graph.store.quads_for_pattern(None, None, None))


@pytest.mark.parametrize("way", [indexed, loaded])
def test_a_graph_is_opened_from_its_file(way: Callable[[Path], Graph], file: Path) -> None:
    opened = way(file)
    assert opened.label(resolve(opened, "agent:iqm")) == "Institute of Quiet Machines"


@pytest.mark.parametrize("way", [indexed, loaded])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty: build it again"),
        (b" \n\n", "is empty: build it again"),
        (b"\n" * 500, "is empty: build it again"),
        (b"no quads\n", "can't be read as N-Quads"),
        (b"\xff\xfe\n", "can't be read as N-Quads"),
        (b"<http://a> <http://b> <http://c", "can't be read as N-Quads"),
        (b"\x00" * 100, "can't be read as N-Quads"),
    ],
)
def test_a_file_that_is_no_graph_is_said_so(
    way: Callable[[Path], Graph], content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "g.nq").write_bytes(content)
    with pytest.raises(BadUse, match=said) as caught:
        way(tmp_path / "g.nq")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "cache").exists() or indexes(tmp_path) == []


@pytest.mark.parametrize("way", [indexed, loaded])
@pytest.mark.parametrize("name", ["absent.nq", "."])
def test_a_file_that_is_not_there_is_said_so(way: Callable[[Path], Graph], name: str, tmp_path: Path) -> None:
    with pytest.raises(BadUse, match=r"there is no graph at|can't be read"):
        way(tmp_path / name)


def test_disk_and_memory_give_the_same_answers(file: Path) -> None:
    indexed(file)
    disk, memory = indexed(file), loaded(file)
    assert quads(disk) == quads(memory)
    assert Reader(disk).all() == Reader(memory).all()
    assert periods(disk, Reader(disk).all()) == periods(memory, Reader(memory).all())
    for text in ("forum", "zoe", "iqm", "Gull Fundation"):
        assert find(disk, text) == find(memory, text)
    for name in ("agent:zoe-marsh", "event:harbor-forum-2030", "st:harbor-forum-003", "conflict:host-of-the-forum"):
        assert card(disk, resolve(disk, name)) == card(memory, resolve(memory, name))


def test_an_index_is_made_once(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed(file)
    [folder] = indexes(tmp_path)
    monkeypatch.setattr(cache, "_parsed", lambda *rest: pytest.fail("read again"))
    assert find(indexed(file), "iqm")
    assert indexes(tmp_path) == [folder]


def test_another_content_or_version_has_an_index_of_its_own(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = quads(indexed(few))
    few.write_bytes(b"".join(few.read_bytes().splitlines(keepends=True)[1:]))
    assert len(quads(indexed(few))) == len(before) - 1
    assert len(indexes(tmp_path)) == 2
    monkeypatch.setattr(ox, "__version__", "0.0.0")
    indexed(few)
    assert len(indexes(tmp_path)) == 3


def test_the_name_and_place_of_a_file_do_not_matter(file: Path, tmp_path: Path) -> None:
    indexed(file)
    indexed(Path(shutil.copy(file, tmp_path / "here" / "other.nq")))
    assert len(indexes(tmp_path)) == 1


def test_two_may_have_the_index_open(file: Path) -> None:
    indexed(file)
    one, two = indexed(file), indexed(file)
    assert quads(one) == quads(two)


@pytest.mark.parametrize("kind", ["*.sst", "CURRENT", "MANIFEST-*", "OPTIONS-*", cache._SEAL])
@pytest.mark.parametrize("how", ["gone", "empty", "half", "turned"])
def test_a_damaged_index_is_made_anew(how: str, kind: str, few: Path, tmp_path: Path) -> None:
    """What is read is what stands in the graph, and the index is whole again."""
    wanted = quads(indexed(few))
    [folder] = indexes(tmp_path)
    victim = max(folder.glob(kind), key=lambda path: path.stat().st_size)
    whole = victim.read_bytes()
    middle = len(whole) // 2
    turned = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    victim.write_bytes({"half": whole[:middle], "turned": turned}.get(how, b""))
    if how == "gone":
        victim.unlink()
    assert quads(indexed(few)) == wanted
    assert indexes(tmp_path) == [folder]
    assert cache._whole(folder)


def test_a_file_where_the_index_should_be_is_no_hindrance(file: Path, tmp_path: Path) -> None:
    wanted = quads(indexed(file))
    [folder] = indexes(tmp_path)
    shutil.rmtree(folder)
    folder.write_bytes(b"no index")
    assert quads(indexed(file)) == wanted


@pytest.mark.parametrize("place", ["file", "overlong", "no home", "no room", "damaged"])
def test_without_an_index_the_graph_is_read_into_memory(
    place: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*rest: object) -> None:
        raise OSError(28, "No space left on device") if place == "no room" else RuntimeError("Corruption: x")

    if place == "file":
        (tmp_path / "cache").write_text("a file where the folder should be")
    elif place == "overlong":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 300)))
    elif place == "no home":
        monkeypatch.setattr(cache, "_cache_folder", refuse)
    else:
        monkeypatch.setattr(cache, "_index", refuse)
    assert quads(indexed(file)) == quads(loaded(file))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_cache_that_may_not_be_entered_is_no_hindrance(file: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    wanted = len(quads(loaded(file)))
    code = (
        "import os, sys, kg.cache, pathlib\n"
        "content = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "kg.cache._read = lambda path: content\n"  # pytest's folders are closed to others
        "import kg.folders; kg.folders.ontology()\n"
        "os.setuid(65534)\n"
        "print(len(kg.cache.indexed(pathlib.Path(sys.argv[1])).store))\n"
    )
    done = _python(code, file)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{wanted}\n", "")


def _python(code: str, *args: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parent.parent
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, args)], env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_processes_that_race_all_get_the_whole_graph(few: Path, tmp_path: Path) -> None:
    """They start together when the flag appears: the first time without an index, then with a damaged one."""
    code = (
        "import sys, time, pathlib, kg.cache\n"
        "file, flag = map(pathlib.Path, sys.argv[1:])\n"
        "while not flag.exists(): time.sleep(0.001)\n"
        "for _ in range(5): print(len(set(kg.cache.indexed(file).store)))\n"
    )
    root = Path(__file__).parent.parent
    wanted = len(quads(loaded(few)))
    for number, damaged in enumerate((False, True)):
        flag = tmp_path / f"flag{number}"
        started = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", code, str(few), str(flag)], text=True,
                env=os.environ | {"PYTHONPATH": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for _ in range(4)
        ]  # fmt: skip
        if damaged:
            [folder] = indexes(tmp_path)
            (folder / "CURRENT").write_bytes(b"")
        flag.touch()
        for process in started:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, err, out) == (0, "", f"{wanted}\n" * 5)
        assert quads(indexed(few)) == quads(loaded(few))
        [folder] = indexes(tmp_path)
        assert cache._whole(folder)


def test_a_half_made_index_of_a_killed_process_is_not_opened(few: Path, tmp_path: Path) -> None:
    wanted = quads(indexed(few))
    [folder] = indexes(tmp_path)
    draft = folder.with_name(f".{folder.name}.killed")
    folder.rename(draft)
    (draft / "CURRENT").unlink()
    assert quads(indexed(few)) == wanted
    assert indexes(tmp_path) == [draft, folder]


def test_old_indexes_go_and_the_latest_stay(few: Path, tmp_path: Path) -> None:
    lines = few.read_bytes().splitlines(keepends=True)
    made: list[Path] = []
    for number in range(cache._KEPT + 3):
        few.write_bytes(b"".join(lines[number:]))
        indexed(few)
        [new] = set(indexes(tmp_path)) - set(made)
        os.utime(new, (1_000_000_000 + number,) * 2)
        made.append(new)
    assert indexes(tmp_path) == sorted(made[-cache._KEPT :])


# ---------------------------------------------------------------- which version


@pytest.mark.parametrize("way", [loaded, indexed])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b'versionInfo> "0.1.0"', b'versionInfo> "9.9.9"'), "is of version 9.9.9 of the ontology, this is 0.1.0"),
        ((b"versionInfo", b"versionInf"), "is none of ours"),
    ],
)
def test_a_graph_of_another_version_is_refused(
    way: Callable[[Path], Graph], change: tuple[bytes, bytes], said: str, file: Path
) -> None:
    file.write_bytes(file.read_bytes().replace(*change))
    with pytest.raises(BadUse, match=f"{said}: run kg build"):
        way(file)


def test_what_is_said_beats_what_the_environment_says(
    file: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_GRAPH", str(tmp_path / "absent.nq"))
    assert graph_file(None, small).name == "aigov-kg.nq"
    monkeypatch.setenv("KG_DATA", str(tmp_path / "absent"))
    assert graph_file(file, None) == file
    with pytest.raises(BadUse, match=r"absent\.nq"):
        graph_file(None, None)
