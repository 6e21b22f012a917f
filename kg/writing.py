"""Files written so that a reader sees the old output or the new one, never half of either.

Under a lock, everything is first staged beside the target, then synced to disk, then marked as
complete, then moved into place file by file. A build killed before the mark leaves the old output
(the next one deletes the staging folder); one killed after it is finished by the next.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kg.errors import BadUse

__all__ = ["publish", "replace_file", "sums"]

_STAGED = ".staged"
_COMPLETE = ".complete"
_LOCK = ".lock"
_PATIENCE = 60.0


def _explain(error: OSError, where: Path, remedy: str = "choose another folder with --out") -> BadUse:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadUse(f"the disk is full at {where}: free some space; the earlier output is untouched")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BadUse(f"no permission to write {where}: {remedy}")
    return BadUse(f"can't write {where} ({error.strerror or error}): {remedy}")


def _write(path: Path, content: bytes) -> None:
    """Writes a file that is on disk only once it is synced; where the system can be told so, it begins at once."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _sync(path: Path) -> None:
    """Waits until a file, or the list of names in a folder, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folders(names: Iterable[str]) -> list[str]:
    """The folders that files lie in, the outer ones first; the top is the empty name."""
    found = {""}
    for name in names:
        folder = name.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def _make_folders(place: Path, names: Iterable[str]) -> None:
    for folder in map(place.joinpath, _folders(names)):
        folder.mkdir(exist_ok=True)


def _check_places(out: Path, names: Collection[str]) -> None:
    """Raises OSError or `BadUse` when a file can't be moved to its place."""
    _make_folders(out, names)
    for folder in map(out.joinpath, _folders(names)):
        if folder != out and (folder.is_symlink() or folder.stat().st_dev != out.stat().st_dev):
            raise BadUse(
                f"{folder} is a link or another file system, so that not all files could be replaced at once: "
                "remove it, or choose another folder with --out"
            )
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    for path in map(out.joinpath, names):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _move_in(out: Path, staged: Path) -> None:
    """Moves the staged files into place; the checksums last, so that they vouch only for a whole.

    What the earlier output listed and this one does not is taken away: else a page of old data would stay.
    """
    gone = _summed(out) - _summed(staged) if (staged / "SHA256SUMS").exists() else set()
    names = sorted(_names(staged), key=lambda name: (name == "SHA256SUMS", name))
    _make_folders(out, names)
    for name in names:
        if name == "SHA256SUMS":
            for old in gone:
                if _is_inside(old):
                    (out / old).unlink(missing_ok=True)
        (staged / name).replace(out / name)
    for folder in _folders(names):
        _sync(out / folder)
    shutil.rmtree(staged)


def _names(staged: Path) -> Iterator[str]:
    """The staged files, by their paths within the folder."""
    for at, _, names in os.walk(staged):
        folder = Path(at).relative_to(staged).as_posix()
        yield from (name if folder == "." else f"{folder}/{name}" for name in names if name != _COMPLETE)


def _summed(folder: Path) -> set[str]:
    """The files that a folder's checksums list."""
    sums = folder / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8", errors="replace").splitlines() if sums.is_file() else []
    return {line.partition("  ")[2] for line in lines} - {""}


def _is_inside(name: str) -> bool:
    return ".." not in Path(name).parts and not Path(name).is_absolute()


def _recover(out: Path) -> None:
    """Finishes or drops what a killed build left behind."""
    staged = out / _STAGED
    if staged.is_symlink() or staged.is_file():
        raise BadUse(f"{staged} is no folder, so no build made it: delete it, or choose another folder with --out")
    if (staged / _COMPLETE).exists():
        try:
            _move_in(out, staged)
        except OSError as error:
            raise BadUse(
                f"an earlier build, complete in {staged}, can't be moved into place ({error}): "
                "mend that, or delete the folder and build again"
            ) from None
    elif staged.exists():
        shutil.rmtree(staged)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    lock = FileLock(out / _LOCK)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        raise BadUse(f"another build is writing {out}: wait for it, or choose another folder with --out") from None
    try:
        yield
    finally:
        lock.release()


def _refuse_foreign(out: Path, files: Mapping[str, bytes]) -> None:
    """An output folder is empty, or holds an earlier output: nobody means to build into a checkout or `/`.

    Hidden files and what a file system itself keeps don't count.
    """
    if (out / "SHA256SUMS").is_file():
        return
    ours = {Path(name).parts[0] for name in files} | {"lost+found"}
    others = (path.name for path in out.iterdir() if path.name not in ours and not path.name.startswith("."))
    if foreign := sorted(others):
        raise BadUse(f"{out} holds other files ({foreign[0]} …): name an empty or a new folder with --out")


def publish(out: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the files of a folder by these, all or none; other files beside an earlier output are left alone.

    Raises `BadUse` when the folder can't be written or is no output folder, the disk is full, or another
    build holds it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(out, files)
        with _locked(out):
            _recover(out)
            _stage_and_move(out, files)
    except OSError as error:
        raise _explain(error, out) from None


def _stage_and_move(out: Path, files: Mapping[str, bytes]) -> None:
    staged = out / _STAGED
    try:
        _make_folders(staged, files)
        for name, content in files.items():
            _write(staged / name, content)
        _check_places(out, files)
        for name in (*files, *_folders(files)):
            _sync(staged / name)
        _write(staged / _COMPLETE, b"")
        _sync(staged / _COMPLETE)
        _sync(staged)
    except (OSError, BadUse):
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _move_in(out, staged)
    _sync(out)


def replace_file(path: Path, content: bytes) -> None:
    """One file, atomically: a temporary file beside it, synced, then renamed over it; a link stays one."""
    path = Path(os.path.realpath(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(temporary, content)
        _sync(temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _explain(error, path, "choose another place") from None


def sums(files: Mapping[str, bytes]) -> bytes:
    """The text of SHA256SUMS, as `sha256sum -c` reads it."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()
