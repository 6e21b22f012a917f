"""Which built graph a command reads: the one named, `dist/` here, else one built into the user's cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kg import folders
from kg.errors import BadUse

__all__ = ["graph_file"]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "aigov-kg"


def graph_file(chosen: Path | None, data: Path | None) -> Path:
    """The graph to read; says on stderr when it was not built from the data here as they are now.

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
    data, key = folders.project_here(), built.parent / folders.KEY_FILE
    if data is None:
        return  # which project it was built from is not known
    if not key.is_file() or key.read_text(encoding="utf-8", errors="replace").strip() != folders.inputs_key(data):
        print(f"{built} was not built from {data} as it is now: run kg build", file=sys.stderr)


def _from_cache(data: Path) -> Path:
    target = _cache_folder() / folders.inputs_key(data)[:16] / folders.GRAPH_FILE
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
