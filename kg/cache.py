"""Which built graph a command reads: the one named, `dist/` here, else one built into the user's cache; and its index.

Reading N-Quads takes longer than answering a question. So the first command that asks a graph keeps it indexed on
disk, under its digest, and the next ones open that.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg import folders, terms
from kg.errors import BadUse
from kg.lookup import Graph

__all__ = ["graph_file", "indexed", "loaded"]

_KEPT = 8
"""Indexes kept, the latest ones."""

_SEAL = "sha256"
"""The file of an index that holds the digest of the others: half a manifest opens without a complaint."""


def _cache_folder() -> Path:
    """The user's cache (XDG Base Directory Specification). Raises RuntimeError when no home is known."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "aigov-kg"


def graph_file(chosen: Path | None, data: Path | None) -> Path:
    """The graph to read: the file chosen, else that of the project folder `data`, else what KG_GRAPH or KG_DATA names.

    Says on stderr when `dist/` was not built from the data here as they are now. Raises `BadUse` when the file is
    missing, `BadData` when a graph must be built and can't.
    """
    if chosen is None and data is None:
        named, project = os.environ.get("KG_GRAPH"), os.environ.get("KG_DATA")
        chosen, data = Path(named) if named else None, Path(project) if project and not named else None
    if chosen is not None:
        with suppress(OSError):  # a name that is too long, a folder that may not be entered
            chosen = chosen / folders.GRAPH_FILE if chosen.is_dir() else chosen
            if chosen.is_file():
                return chosen
        raise BadUse(f"there is no graph at {chosen}: run kg build, or correct --graph")
    built = Path("dist") / folders.GRAPH_FILE
    if built.is_file() and data is None:
        _warn_when_old(built)
        return built
    return _from_cache(folders.data_folder(data))


def _warn_when_old(built: Path) -> None:
    data, key = folders.project_here(), built.parent / folders.KEY_FILE
    if data is None:
        return  # which project it was built from is not known
    if not key.is_file() or key.read_text(encoding="utf-8", errors="replace").strip() != folders.inputs_key(data):
        print(f"{built} was not built from {data} as it is now: run kg build", file=sys.stderr)


def _from_cache(data: Path) -> Path:
    key = folders.inputs_key(data)[:16]
    try:
        target = _cache_folder() / key / folders.GRAPH_FILE
        made_before = target.is_file()
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadUse(f"no cache can be kept ({reason}): set XDG_CACHE_HOME, or name a graph with --graph") from None
    if not made_before:
        from kg import dataset, writing
        from kg.build import prepare
        from kg.errors import BadData
        from kg.graphs import canonical, rows

        print("building the graph once (kg build keeps it in dist/)", file=sys.stderr)
        made = prepare(data, None)
        if made.errors:
            raise BadData(made.errors)
        try:
            content = canonical(made.graphs)
            said = dataset.description(made.project, rows(content), {})
            writing.publish(target.parent, {folders.GRAPH_FILE: content, "void.ttl": said})
        except BadUse:
            raise BadUse(f"can't write to {target.parent}: set XDG_CACHE_HOME, or name a graph with --graph") from None
    return target


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadUse(f"there is no graph at {path}: run kg build, or name one with --graph") from None
    except OSError as error:
        raise BadUse(f"{path} can't be read ({error.strerror}): build it again") from None
    if not content[:99].strip() and not content.strip():
        raise BadUse(f"{path} is empty: build it again")
    return content


def _parsed(path: Path, content: bytes, store: ox.Store) -> ox.Store:
    try:
        store.bulk_load(content, format=ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise BadUse(f"{path} can't be read as N-Quads ({error}): build it again") from None
    return store


def _ours(path: Path, store: ox.Store) -> Graph:
    """The graph, if it was built with this version of the ontology: else every answer would be wrong in silence."""
    found = Graph(store).text(ox.NamedNode(terms.prefixes()["aig"].removesuffix("#")), "owl:versionInfo")
    if found != folders.ontology_version():
        what = f"of version {found} of the ontology, this is {folders.ontology_version()}" if found else "none of ours"
        raise BadUse(f"the graph {path} is {what}: run kg build")
    return Graph(store)


def loaded(path: Path) -> Graph:
    """The graph of a file in memory, for what reads all of it.

    Raises `BadUse` when it can't be read, or was built with another version of the ontology.
    """
    return _ours(path, _parsed(path, _read(path), ox.Store()))


def indexed(path: Path) -> Graph:
    """The graph of a file, opened from its index on disk; from memory where no index can be kept.

    Raises `BadUse` when the file can't be read, or was built with another version of the ontology.
    """
    content, store = _read(path), None
    with suppress(OSError, RuntimeError):  # no cache, no room, no home; pyoxigraph says "Corruption" by RuntimeError
        folder = _cache_folder() / "indexes" / f"{hashlib.sha256(content).hexdigest()[:32]}-{ox.__version__}"
        if not _whole(folder):
            _remove(folder)  # a disk ran full, or a machine stopped
            _index(path, content, folder)
        store = ox.Store.read_only(str(folder))
    return _ours(path, store or _parsed(path, content, ox.Store()))


def _digest(folder: Path) -> bytes:
    """Of all files of an index but its log and lock: names, sizes and times of writing.

    Rot of the disk under them is found by the checksums that the index keeps of its own blocks.
    """
    made = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.name not in ("LOG", "LOCK", _SEAL):
            known = file.stat()
            made.update(f"{file.name}\0{known.st_size}\0{known.st_mtime_ns}\0".encode())
    return made.hexdigest().encode()


def _whole(folder: Path) -> bool:
    """Whether an index is there, with every file as it was made."""
    seal = folder / _SEAL
    return seal.is_file() and seal.read_bytes() == _digest(folder)


def _remove(folder: Path) -> None:
    import shutil  # wanted when an index is made or mended only

    shutil.rmtree(folder, ignore_errors=True)


def _index(path: Path, content: bytes, folder: Path) -> None:
    """Makes the index beside its place and moves it in whole, so that nobody opens half of one."""
    from tempfile import mkdtemp

    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        store = _parsed(path, content, ox.Store(str(draft)))
        store.flush()
        del store  # it holds the lock
        (draft / _SEAL).write_bytes(_digest(draft))
        with suppress(OSError):
            draft.rename(folder)  # refused when another process was quicker
    finally:
        _remove(draft)
    old = sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT:]
    for one in old:
        _remove(one)
