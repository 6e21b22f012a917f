"""The network of statements as GraphML and GEXF 1.3: for Gephi, yEd, Cytoscape, igraph and other programs.

Written here, not by networkx: its GEXF holds the day of writing and the library's version, its GraphML depends on
whether lxml is installed, names edges with spaces (no NMTOKEN) and calls two edges alike, and neither keeps control
characters out of the file. A character that XML 1.0 has no place for becomes U+FFFD; all others are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg import folders
from kg.networks import network
from kg.statements import Statement

__all__ = ["network_files"]

_NONE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0 (section 2.2)."""

_ESCAPES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
})  # fmt: skip
"""With line ends and tabs, which a parser would turn into spaces or other line ends (sections 2.11 and 3.3.3)."""

_NOTE = "Each edge is a cited statement: what is planned, attributed or contradicted is there too, and says so."
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation'

_Value = str | bool


class _Edge(NamedTuple):
    id: str
    start: str
    end: str
    data: dict[str, _Value]


def network_files(statements: Iterable[Statement]) -> dict[str, bytes]:
    """File name -> content: the network of the statements in both formats, nodes and edges in the order of their ids.

    Attributes are those of `kg.network`. An edge's id is that of its statement and of its two ends.
    """
    graph = network(statements)
    nodes = sorted(graph.nodes(data=True))
    edges = sorted(
        _Edge(f"{data['statement']}.{start}.{end}", start, end, data) for start, end, data in graph.edges(data=True)
    )
    made = {"graphml": _graphml(nodes, edges), "gexf": _gexf(nodes, edges)}
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return {
        f"network/aigov-kg.{form}": "".join(f"{line}\n" for line in (head, *lines)).encode("utf-8")
        for form, lines in made.items()
    }


_Nodes = list[tuple[str, dict[str, _Value]]]


def _xml(value: _Value) -> str:
    """The value as it may stand in an attribute or between tags."""
    text = str(value).lower() if isinstance(value, bool) else value
    return _NONE.sub("\ufffd", text).translate(_ESCAPES)


def _types(things: Iterable[dict[str, _Value]]) -> dict[str, str]:
    """Attribute -> its type, the same word in both formats; all nodes have the same attributes, and all edges."""
    first = next(iter(things), {})
    return {name: "boolean" if isinstance(value, bool) else "string" for name, value in first.items()}


def _graphml(nodes: _Nodes, edges: list[_Edge]) -> Iterator[str]:
    space = "http://graphml.graphdrawing.org/xmlns"
    yield f'<graphml xmlns="{space}" {_XSI}="{space} {space}/1.0/graphml.xsd">'
    yield f"<desc>{_xml(_NOTE)}</desc>"
    # Keys have names of their own: Gephi takes the usual d3 and d7 for labels.
    for kind, types in (("node", _types(data for _, data in nodes)), ("edge", _types(edge.data for edge in edges))):
        for name, type_ in types.items():
            yield f'<key id="{kind}-{name}" for="{kind}" attr.name="{name}" attr.type="{type_}"/>'
    yield '<graph id="aigov-kg" edgedefault="directed">'
    for name, data in nodes:
        yield f'<node id="{_xml(name)}">{_data("node", data)}</node>'
    for edge in edges:
        ends = f'source="{_xml(edge.start)}" target="{_xml(edge.end)}"'
        yield f'<edge id="{_xml(edge.id)}" {ends}>{_data("edge", edge.data)}</edge>'
    yield "</graph>"
    yield "</graphml>"


def _data(kind: str, data: dict[str, _Value]) -> str:
    return "".join(f'<data key="{kind}-{name}">{_xml(value)}</data>' for name, value in data.items())


def _gexf(nodes: _Nodes, edges: list[_Edge]) -> Iterator[str]:
    """A node's label and an edge's relation are GEXF's own labels; the relation is the edge's kind as well.

    Gephi draws parallel edges of different kinds side by side and merges others, unless it is told not to.
    """
    space = "http://gexf.net/1.3"
    yield f'<gexf xmlns="{space}" {_XSI}="{space} {space}/gexf.xsd" version="1.3">'
    yield f"<meta><creator>aigov-kg {folders.version()}</creator><description>{_xml(_NOTE)}</description></meta>"
    yield '<graph defaultedgetype="directed" mode="static">'
    yield from _attributes("node", _types(_rest(data) for _, data in nodes))
    yield from _attributes("edge", _types(edge.data for edge in edges))
    yield "<nodes>"
    for name, data in nodes:
        yield f'<node id="{_xml(name)}" label="{_xml(data["label"])}">{_values(_rest(data))}</node>'
    yield "</nodes>"
    yield "<edges>"
    for edge in edges:
        relation = _xml(edge.data["relation"])
        ends = f'source="{_xml(edge.start)}" target="{_xml(edge.end)}" label="{relation}" kind="{relation}"'
        yield f'<edge id="{_xml(edge.id)}" {ends}>{_values(edge.data)}</edge>'
    yield "</edges>"
    yield "</graph>"
    yield "</gexf>"


def _rest(data: dict[str, _Value]) -> dict[str, _Value]:
    return {name: value for name, value in data.items() if name != "label"}


def _attributes(kind: str, types: dict[str, str]) -> Iterator[str]:
    yield f'<attributes class="{kind}" mode="static">'
    for name, type_ in types.items():
        yield f'<attribute id="{name}" title="{name}" type="{type_}"/>'
    yield "</attributes>"


def _values(data: dict[str, _Value]) -> str:
    found = "".join(f'<attvalue for="{name}" value="{_xml(value)}"/>' for name, value in data.items())
    return f"<attvalues>{found}</attvalues>"
