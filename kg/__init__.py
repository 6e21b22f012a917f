"""A knowledge graph of AI governance in which every statement opens the exact words that say it.

import kg
graph = kg.load()          # an rdflib Dataset; its default graph is the union of the five
edges = kg.network()       # a networkx MultiDiGraph of the statements
rows = kg.query("events-of-an-actor", actor="UNDP")   # a saved question: dicts, as pandas.DataFrame takes them
made = kg.card("SenseTime")                           # what is said of a thing, with the receipts
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import networkx as nx
    import rdflib

    from kg.cards import Card

__all__ = ["card", "load", "network", "query"]

_Path = str | Path | None


def _file(graph: _Path, data: _Path) -> Path:
    from kg.cache import graph_file

    return graph_file(Path(graph) if graph else None, Path(data) if data else None)


def load(graph: _Path = None, data: _Path = None) -> rdflib.Dataset:
    """The built graph as an rdflib Dataset whose default graph is the union of all five.

    `graph` is a file of N-Quads, `data` a project folder to build it from; without them, what KG_GRAPH or
    KG_DATA names, else `dist/aigov-kg.nq` here or one built into the user's cache.
    Raises `kg.errors.BadUse` when there is none or it is no N-Quads, `BadData` when it can't be built.
    """
    # rdflib costs a third of a second, and the commands do without it.
    import rdflib
    from rdflib.exceptions import ParserError

    from kg.errors import BadUse

    found = _file(graph, data)
    dataset = rdflib.Dataset(default_union=True)
    try:
        with found.open("rb") as file:
            dataset.parse(file, format="nquads")
    except (OSError, ParserError, ValueError) as error:
        raise BadUse(f"{found} can't be read as N-Quads ({' '.join(str(error).split())}): build it again") from None
    return dataset


def network(graph: _Path = None, data: _Path = None) -> nx.MultiDiGraph[str]:
    """The statements that join two things as a networkx graph: nodes are CURIEs, each statement is an edge.

    Nodes carry `label` and `type`; edges `statement`, `relation`, `predicate`, `role`, `status`, `modality`, `reading`,
    `says`, `source`, `words`, `link` and `contradicted`. Raises as `load` does.
    """
    from kg import networks
    from kg.cache import loaded
    from kg.lookup import reading
    from kg.statements import Reader

    file = _file(graph, data)
    opened = loaded(file)
    with reading(file):
        return networks.network(Reader(opened).all())


def query(
    name: str, /, *, graph: _Path = None, data: _Path = None, **params: str | int | date | Iterable[str] | None
) -> list[dict[str, Any]]:
    """The rows of a saved question as dicts, which pandas.DataFrame takes; numbers and dates are Python's.

    Parameters are given by name (None: not given), several values as a list; things by a name, a CURIE or an IRI.
    IRIs come as CURIEs.
    Raises `kg.errors.BadUse` for a question, parameter or thing that there is not, and as `load` does.
    """
    from kg import queries
    from kg.cache import indexed
    from kg.lookup import reading
    from kg.results import python_value

    given = {
        key: [str(one) for one in ([value] if isinstance(value, str) or not hasattr(value, "__iter__") else value)]
        for key, value in params.items()
        if value is not None
    }
    file = _file(graph, data)
    with reading(file):
        found = queries.run(indexed(file), name, given)
    return [dict(zip(found.columns, map(python_value, row), strict=True)) for row in found.rows]


def card(entity: str, graph: _Path = None, data: _Path = None, inferred: bool = True) -> Card:
    """What the graph says of a thing (a name, a CURIE or an IRI): its statements by relation, each with its receipts.

    Raises `kg.errors.BadUse` when the graph has no such thing, and as `load` does.
    """
    from kg import cards
    from kg.cache import indexed
    from kg.lookup import reading, resolve

    file = _file(graph, data)
    opened = indexed(file)
    with reading(file):
        return cards.card(opened, resolve(opened, entity), inferred)
