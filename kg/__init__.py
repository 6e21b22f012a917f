"""A knowledge graph of AI governance in which every statement opens the exact words that say it.

import kg
graph = kg.load()          # an rdflib Dataset; its default graph is the union of the five
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rdflib

__all__ = ["load"]


def load(graph: str | Path | None = None, data: str | Path | None = None) -> rdflib.Dataset:
    """The built graph as an rdflib Dataset whose default graph is the union of all five.

    `graph` is a file of N-Quads, `data` a project folder to build it from; without them, what KG_GRAPH or
    KG_DATA names, else `dist/aigov-kg.nq` here or one built into the user's cache.
    Raises `kg.errors.BadUse` when there is none or it is no N-Quads, `BadData` when it can't be built.
    """
    # rdflib costs a third of a second, and the commands do without it.
    import rdflib
    from rdflib.exceptions import ParserError

    from kg.cache import graph_file
    from kg.errors import BadUse

    if graph is None and data is None:
        graph, data = os.environ.get("KG_GRAPH") or None, os.environ.get("KG_DATA") or None
    found = graph_file(Path(graph) if graph else None, Path(data) if data else None)
    dataset = rdflib.Dataset(default_union=True)
    try:
        with found.open("rb") as file:
            dataset.parse(file, format="nquads")
    except (OSError, ParserError, ValueError) as error:
        raise BadUse(f"{found} can't be read as N-Quads ({' '.join(str(error).split())}): build it again") from None
    return dataset
