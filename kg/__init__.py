"""A knowledge graph of AI governance in which every statement opens the exact words that say it.

import kg
graph = kg.load()          # an rdflib Dataset; its default graph is the union of the five
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rdflib

__all__ = ["load"]


def load(graph: Path | None = None) -> rdflib.Dataset:
    """The built graph as an rdflib Dataset whose default graph is the union of all five.

    `graph` is a file of canonical N-Quads; without it, `dist/aigov-kg.nq` here or one built into the
    user's cache. Raises `kg.errors.BadUse` when there is none, `BadData` when it can't be built.
    """
    # rdflib costs a third of a second, and the commands do without it.
    import rdflib

    from kg.cache import graph_file

    dataset = rdflib.Dataset(default_union=True)
    with graph_file(graph, None).open("rb") as file:
        dataset.parse(file, format="nquads")
    return dataset
