"""The five graphs as files for a store's own bulk loader, with what to type."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

from kg.errors import BadUse
from kg.stores.parts import Part

__all__ = ["instructions", "write"]


def write(parts: Iterable[Part], folder: Path) -> None:
    """For each graph its N-Triples, and beside it a file with its name, as Virtuoso's loader wants it.

    Raises `BadUse` when the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in parts:
            shutil.copyfile(part.path, folder / f"{part.name}.nt")
            (folder / f"{part.name}.nt.graph").write_text(part.graph + "\n", encoding="utf-8")
    except OSError as error:
        raise BadUse(
            f"can't write to {folder} ({error.strerror or error}): choose another folder with --files"
        ) from None


def instructions(parts: Iterable[Part], folder: Path, dialect: str) -> list[str]:
    """The commands that load these files, for the kind of store."""
    named = [(shlex.quote(str(folder / f"{part.name}.nt")), part.graph) for part in parts]
    if dialect == "oxigraph":
        head = "Stop the server, then for its folder DB:"
        return [head, *(f"  oxigraph load --location DB --file {file} --graph {graph}" for file, graph in named)]
    if dialect == "virtuoso":
        place = str(folder.resolve()).replace("'", "''")
        return [
            f"With {place} under DirsAllowed of virtuoso.ini, in isql as dba:",
            f"  ld_dir('{place}', '*.nt', NULL);", "  rdf_loader_run();", "  checkpoint;",
        ]  # fmt: skip
    head = "With the store's own loader (docs/stores has a page for each), each file into its graph:"
    return [head, *(f"  {file}  ->  {graph}" for file, graph in named)]
