"""A built graph with what its build has put beside it, as site and server show it."""

from __future__ import annotations

import json
from pathlib import Path

from kg import dataset, explorer, folders, sources
from kg.cache import loaded
from kg.errors import BadUse
from kg.lookup import reading
from kg.site.shelf import Shelf

__all__ = ["opened"]

_LEFT_OUT = ("jsonld/", "explorer.html", "SHA256SUMS")
"""Files of a build that the site has in another form."""


def opened(file: Path, address: str, live: bool = False, texts: Path | None = None) -> Shelf:
    """The graph of a file, for pages at an address ("" if that is not known); `live` when a server shows them.

    With `texts`, a folder, they show the sentences of the sources.

    Raises `BadUse` when the file can't be read, or is of another version.
    """
    with reading(file):
        graph = loaded(file)
        try:
            beside = _beside(file)
            coverage = json.loads(beside["coverage.json"]) if "coverage.json" in beside else []
        except (OSError, ValueError) as error:
            raise BadUse(f"the files of the build beside {file} can't be read ({error}): build it again") from None
        return Shelf(
            graph, folders.version(), dataset.claimed(beside.get("void.ttl", b"")),
            {report["source"]: report for report in coverage}, beside, address, explorer.assets() is not None, live,
            sources.by_digest(texts) if texts else {},
        )  # fmt: skip


def _beside(file: Path) -> dict[str, bytes]:
    """The files of the build that made a graph, as its checksums list them; else the graph alone."""
    folder, sums = file.parent, file.with_name("SHA256SUMS")
    listed = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    names = [line.partition("  ")[2] for line in listed]
    wanted = [name for name in names if not name.startswith((*_LEFT_OUT, "."))] or [file.name, "void.ttl"]
    return {name: (folder / name).read_bytes() for name in wanted if (folder / name).is_file()}
