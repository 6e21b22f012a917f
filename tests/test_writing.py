"""Files written all or none: killed at any moment, two at once, on a full disk, without permission."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from filelock import FileLock
from needs import missing

from kg import writing
from kg.errors import BadUse
from kg.writing import publish, replace_file, sums

ROOT = Path(__file__).parent.parent
KILLS = 48

# A process that publishes one version after another, each in a child that it kills after a while.
WRITER = """
import os, signal, sys, time
from pathlib import Path
from kg.writing import publish
sys.path.insert(0, "tests")
from test_writing import version
for line in sys.stdin:
    out, mark, seconds = line.split()
    child = os.fork()
    if not child:
        try:
            publish(Path(out), version(mark))
        finally:
            os._exit(0)
    time.sleep(float(seconds))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("done", flush=True)
"""

# Publishes without any rights, and says what the user is told.
NOBODY = """
import os, sys
from pathlib import Path
from kg.errors import BadUse
from kg.writing import publish
sys.path.insert(0, "tests")
from test_writing import version
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    publish(Path(sys.argv[1]), version("new"))
except BadUse as error:
    print(error, end="")
"""


def version(mark: str) -> dict[str, bytes]:
    """Eight files in two folders, told apart by the mark, with their checksums."""
    made = {
        f"{folder}f{number}.txt": f"{mark} {number} ".encode() * 4000 for folder in ("", "sub/") for number in range(4)
    }
    return made | {"SHA256SUMS": sums(made)}


def on_disk(out: Path) -> dict[str, bytes]:
    """The files of a reader: hidden ones are the writer's own."""
    paths = [path for path in out.rglob("*") if path.is_file()]
    names = {path.relative_to(out).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(".")}


def promised(out: Path) -> dict[str, bytes]:
    """What the folder is once the move that was marked as complete, if any, is finished."""
    staged = out / ".staged"
    return on_disk(out) | (on_disk(staged) if (staged / ".complete").exists() else {})


def verifies(files: dict[str, bytes]) -> bool:
    lines = files["SHA256SUMS"].decode().splitlines()
    found = {name: digest for digest, name in (line.split("  ") for line in lines)}
    return found == {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "SHA256SUMS"}


# ---------------------------------------------------------------- the plain case


def test_publishing_writes_all_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path / "a" / "b", version("one"))
    assert on_disk(tmp_path / "a" / "b") == version("one")
    assert not (tmp_path / "a" / "b" / ".staged").exists()


def test_publishing_replaces_and_lets_other_files_be(tmp_path: Path) -> None:
    publish(tmp_path, version("one"))
    (tmp_path / "mine.txt").write_bytes(b"mine")
    (tmp_path / "sub" / "mine.txt").write_bytes(b"mine too")
    publish(tmp_path, version("two"))
    assert on_disk(tmp_path) == version("two") | {"mine.txt": b"mine", "sub/mine.txt": b"mine too"}


def test_sums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    assert sums({"b": b"", "a/c": b"abc"}) == (
        b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a/c\n"
        b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n"
    )
    publish(tmp_path, version("one"))
    tool = shutil.which("sha256sum")
    if tool is None:
        missing("sha256sum")
    assert (
        subprocess.run([tool, "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=tmp_path, check=False).returncode
        == 0
    )
    (tmp_path / "f1.txt").write_bytes(b"torn")
    done = subprocess.run([tool, "--check", "--status", "SHA256SUMS"], cwd=tmp_path, check=False)
    assert done.returncode == 1


# ---------------------------------------------------------------- killed


@contextmanager
def writer() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def killed_after(process: subprocess.Popen[str], out: Path, mark: str, seconds: float) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{out} {mark} {seconds}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def usual_time(out: Path) -> float:
    taken = []
    for mark in ("v", "w", "x", "y", "z"):
        begun = time.perf_counter()
        publish(out, version(mark))
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_killed_at_any_moment_the_output_is_old_or_new(tmp_path: Path) -> None:
    out = tmp_path / "out"
    usual = usual_time(out)
    chance = random.Random(11)
    left_over, outcomes = 0, set()
    with writer() as process:
        # At least KILLS moments, spread over a publication; more while none of them fell into its work.
        for number in range(KILLS * 12):
            if number >= KILLS and left_over and "old" in outcomes:
                break
            old, new = f"old{number}", f"new{number}"
            publish(out, version(old))
            killed_after(
                process, out, new, usual * (1.3 + number // KILLS) * (number % KILLS + chance.random()) / KILLS
            )
            left_over += (out / ".staged").exists()
            files = promised(out)
            assert files in (version(old), version(new))
            assert verifies(files)
            outcomes.add("new" if files == version(new) else "old")
            assert all(content in (version(old)[n], version(new)[n]) for n, content in on_disk(out).items())
    assert left_over  # some were killed at work
    assert "old" in outcomes
    publish(out, version("last"))
    assert on_disk(out) == version("last") and not (out / ".staged").exists()


@pytest.mark.parametrize("moves", range(9))
def test_stopped_while_moving_the_next_build_finishes(
    moves: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, version("old"))
    made: list[Path] = []

    def move(path: Path, target: Path, real: object = Path.replace) -> Path:
        if len(made) == moves:
            raise KeyboardInterrupt
        made.append(target)
        return real(path, target)  # type: ignore[operator, no-any-return]

    monkeypatch.setattr(Path, "replace", move)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, version("new"))
    monkeypatch.undo()
    assert not made or made[-1].name != "SHA256SUMS"
    assert promised(tmp_path) == version("new")
    publish(tmp_path, {"extra.txt": b"extra"})
    assert on_disk(tmp_path) == version("new") | {"extra.txt": b"extra"}
    assert not (tmp_path / ".staged").exists()


def test_all_is_on_disk_before_the_mark_and_the_mark_before_the_first_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, version("old"))
    done: list[tuple[str, str]] = []

    def sync(handle: int, real: Callable[[int], None] = os.fsync) -> None:
        real(handle)
        inodes = {path.stat().st_ino: path for path in (tmp_path, *tmp_path.rglob("*"))}
        done.append(("synced", inodes[os.fstat(handle).st_ino].relative_to(tmp_path).as_posix()))

    def move(path: Path, target: Path, real: Callable[[Path, Path], Path] = Path.replace) -> Path:
        done.append(("moved", target.relative_to(tmp_path).as_posix()))
        return real(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", move)
    publish(tmp_path, version("new"))
    mark = done.index(("synced", ".staged/.complete"))
    before = {f".staged/{name}" for name in version("new")} | {".staged/sub", ".staged"}
    assert {name for kind, name in done[:mark] if kind == "synced"} == before
    assert done[mark + 1] == ("synced", ".staged")
    moves = [number for number, (kind, _) in enumerate(done) if kind == "moved"]
    assert len(moves) == len(version("new")) and min(moves) > mark + 1
    assert done[max(moves) + 1 : max(moves) + 3] == [("synced", "."), ("synced", "sub")]


def test_a_staging_folder_without_its_mark_is_thrown_away(tmp_path: Path) -> None:
    publish(tmp_path, version("old"))
    (tmp_path / ".staged" / "sub").mkdir(parents=True)
    (tmp_path / ".staged" / "sub" / "f0.txt").write_bytes(b"half")
    (tmp_path / ".staged" / "SHA256SUMS").write_bytes(b"half")
    publish(tmp_path, {"extra.txt": b"extra"})
    assert on_disk(tmp_path) == version("old") | {"extra.txt": b"extra"}
    assert not (tmp_path / ".staged").exists()


def test_a_staging_folder_killed_while_it_was_removed_is_no_harm(tmp_path: Path) -> None:
    publish(tmp_path, version("old"))
    (tmp_path / ".staged" / "sub").mkdir(parents=True)
    (tmp_path / ".staged" / ".complete").write_bytes(b"")
    publish(tmp_path, version("new"))
    assert on_disk(tmp_path) == version("new")


# ---------------------------------------------------------------- two at once


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path[:0] = ['.', 'tests']\n"
        "from pathlib import Path; from kg.writing import publish; from test_writing import version\n"
        "for number in range(12): publish(Path(sys.argv[1]), version(sys.argv[2] + str(number)))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen([*command, mark], cwd=ROOT, stderr=subprocess.PIPE, text=True) for mark in ("a", "b")]
    errors = [process.communicate(timeout=120)[1] for process in both]
    assert (errors, [process.returncode for process in both]) == (["", ""], [0, 0])
    assert on_disk(tmp_path) in (version("a11"), version("b11"))
    assert not (tmp_path / ".staged").exists()


def test_a_folder_that_another_build_holds_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", 0.05)
    with FileLock(tmp_path / ".lock"), pytest.raises(BadUse, match=r"another build is writing .*: wait for it"):
        publish(tmp_path, version("one"))
    assert on_disk(tmp_path) == {}
    publish(tmp_path, version("one"))


# ---------------------------------------------------------------- disks and permissions


@contextmanager
def disk(place: Path, options: str) -> Iterator[Path]:
    """A small disk in memory."""
    place.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        missing("root, to mount a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        missing(f"a tmpfs can't be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_old_output(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "size=512k") as place:
        publish(place / "out", version("old"))
        big = version("new") | {"sub/f3.txt": b"x" * 600_000}
        with pytest.raises(
            BadUse, match=r"the disk is full at .*/out: free some space; the earlier output is untouched"
        ):
            publish(place / "out", big)
        assert on_disk(place / "out") == version("old")
        assert not (place / "out" / ".staged").exists()
        (place / "out" / "f0.txt").unlink()
        publish(place / "out", {"f0.txt": b"there is room again"})


def test_a_disk_that_can_not_be_written_is_said_so(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "size=1m") as place:
        publish(place / "out", version("old"))
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        with pytest.raises(BadUse, match=r"no permission to write .*/out: choose another folder with --out"):
            publish(place / "out", version("new"))
        with pytest.raises(BadUse, match=r"no permission to write .*/other"):
            publish(place / "other", version("new"))
        assert on_disk(place / "out") == version("old")


@pytest.mark.parametrize("where", [".", "sub"])
def test_a_folder_without_permission_keeps_its_files(where: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folder can't be entered by others
        out = Path(folder) / "out"
        publish(out, version("old"))
        for path in (Path(folder), out, out / "sub", out / ".lock"):
            path.chmod(0o777)
        (out / where).chmod(0o555)
        command = [sys.executable, "-c", NOBODY, str(out)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == f"no permission to write {out}: choose another folder with --out"
        assert on_disk(out) == version("old")
        assert not (out / ".staged").exists()
        (out / where).chmod(0o755)


def test_an_output_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    for out in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(BadUse, match=r"can't write .*: choose another folder with --out"):
            publish(out, version("one"))
    assert (tmp_path / "out").read_bytes() == b"a file"


@pytest.mark.parametrize("clash", ["a folder where a file belongs", "a file where a folder belongs"])
def test_a_clash_of_names_moves_nothing(clash: str, tmp_path: Path) -> None:
    publish(tmp_path, {name: content for name, content in version("old").items() if name in ("f0.txt", "f2.txt")})
    if clash == "a folder where a file belongs":
        (tmp_path / "f1.txt").mkdir()
    else:
        (tmp_path / "sub").write_bytes(b"a file")
    before = on_disk(tmp_path)
    for _ in range(2):
        with pytest.raises(BadUse, match="can't write"):
            publish(tmp_path, version("new"))
        assert on_disk(tmp_path) == before
        assert not (tmp_path / ".staged").exists()


@pytest.mark.parametrize("device", ["the same", "another"])
def test_a_link_inside_the_output_moves_nothing(device: str, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    publish(out, {name: content for name, content in version("old").items() if "/" not in name})
    with disk(other, "size=1m") if device == "another" else nullcontext(other):
        other.mkdir(exist_ok=True)
        (out / "sub").symlink_to(other)
        before = on_disk(out)
        for _ in range(2):
            with pytest.raises(BadUse, match=r"out/sub is a link or another file system, .*: remove it, or choose"):
                publish(out, version("new"))
            assert on_disk(out) == before
            assert not (out / ".staged").exists()
            assert not list(other.iterdir())


def test_another_file_system_inside_the_output_moves_nothing(tmp_path: Path) -> None:
    publish(tmp_path, {"f0.txt": b"old", "SHA256SUMS": b""})
    with disk(tmp_path / "sub", "size=1m"):
        with pytest.raises(BadUse, match="sub is a link or another file system"):
            publish(tmp_path, version("new"))
        assert on_disk(tmp_path) == {"f0.txt": b"old", "SHA256SUMS": b""}


def test_a_recovery_that_can_not_finish_names_what_is_staged(tmp_path: Path) -> None:
    publish(tmp_path, version("old"))
    (tmp_path / ".staged").mkdir()
    (tmp_path / ".staged" / ".complete").touch()
    (tmp_path / ".staged" / "f0.txt").write_bytes(b"new")
    (tmp_path / "f0.txt").unlink()
    (tmp_path / "f0.txt").mkdir()
    with pytest.raises(BadUse, match=r"complete in .*/\.staged, can't be moved .*f0\.txt.*: mend that, or delete the"):
        publish(tmp_path, version("newer"))
    assert (tmp_path / ".staged" / "f0.txt").read_bytes() == b"new"


@pytest.mark.parametrize("kind", ["link", "dead link", "file"])
def test_a_staging_folder_that_is_none_is_said_so(kind: str, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    publish(out, version("old"))
    if kind == "file":
        (out / ".staged").touch()
    else:
        (out / ".staged").symlink_to(other)
    if kind == "link":
        other.mkdir()
        (other / ".complete").touch()
    with pytest.raises(BadUse, match=r"/\.staged is no folder, so no build made it: delete it"):
        publish(out, version("new"))
    assert on_disk(out) == version("old")


def test_hidden_files_and_lost_ones_are_no_other_files(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / "lost+found").mkdir()
    publish(tmp_path, version("one"))
    assert on_disk(tmp_path) == version("one")


# ---------------------------------------------------------------- one file


def test_one_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.yaml"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_one_file_that_can_not_be_replaced_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(BadUse, match=r"can't write .*a\.yaml"):
        replace_file(tmp_path / "a.yaml", b"one")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.yaml"]


def test_one_file_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "size=64k") as place:
        replace_file(place / "a.yaml", b"old")
        with pytest.raises(BadUse, match="the disk is full"):
            replace_file(place / "a.yaml", b"x" * 100_000)
        assert {path.name: path.read_bytes() for path in place.iterdir()} == {"a.yaml": b"old"}


def test_a_folder_with_other_files_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadUse, match=r"holds other files \(thesis.txt …\): name an empty or a new folder with --out"):
        publish(tmp_path, {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
