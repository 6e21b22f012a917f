"""Which built graph a command reads: the one named, `dist/` here, else one built into the user's cache."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from kg import folders
from kg.errors import BadUse

__all__ = ["graph_file"]


def _inputs(data: Path) -> Iterator[Path]:
    yield from sorted(data.rglob("*.yaml"))
    yield from sorted(path for path in folders.ontology().iterdir() if path.is_file())
    yield from sorted(folders.queries().rglob("*.rq"))


def _key(data: Path) -> str:
    import hashlib

    from kg.build import version

    digest = hashlib.sha256(version().encode())
    for path in _inputs(data):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "aigov-kg"


def graph_file(chosen: Path | None, data: Path | None) -> Path:
    """The graph to read; says on stderr when it is older than the data of the checkout it stands in.

    Raises `BadUse` when the chosen file is missing, `BadData` when a graph must be built and can't.
    """
    if chosen is not None:
        chosen = chosen / folders.GRAPH_FILE if chosen.is_dir() else chosen
        if not chosen.is_file():
            raise BadUse(f"there is no graph at {chosen}: run kg build, or correct --graph")
        return chosen
    built = Path("dist") / folders.GRAPH_FILE
    if built.is_file() and data is None:
        _warn_when_old(built)
        return built
    return _from_cache(folders.data_folder(data))


def _warn_when_old(built: Path) -> None:
    age = built.stat().st_mtime
    if any(path.stat().st_mtime > age for path in folders.data_folder().rglob("*.yaml")):
        print(f"{built} is older than its data: run kg build", file=sys.stderr)


def _from_cache(data: Path) -> Path:
    target = _cache_folder() / _key(data) / folders.GRAPH_FILE
    if not target.is_file():
        from kg import writing
        from kg.build import prepare
        from kg.errors import BadData
        from kg.graphs import canonical

        print("building the graph once (kg build keeps it in dist/)", file=sys.stderr)
        made = prepare(data, None)
        if made.errors:
            raise BadData(made.errors)
        try:
            writing.publish(target.parent, {folders.GRAPH_FILE: canonical(made.graphs)})
        except BadUse:
            raise BadUse(f"can't write to {target.parent}: set XDG_CACHE_HOME, or name a graph with --graph") from None
    return target
