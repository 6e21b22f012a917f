"""Statements as one HTML page that opens from disk and asks nothing of any network: a picture, and the list of all.

pyvis holds nodes and edges and brings vis-network; the page around it is our own template, since
pyvis's loads style sheets from a CDN. The layout is computed before and the physics is off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from pyvis.network import Network

from kg import pages, terms
from kg.pages import anchor
from kg.scene import CLASSES, HEADINGS, LOOKS, Scene, class_of, scene
from kg.statements import Statement, Thing

__all__ = ["page"]

_VIS = "lib/vis-9.1.2/vis-network.min.js"
_SHAPES = {"disc": "dot"}
"""Shapes that have another name in vis-network."""


# ---------------------------------------------------------------- the picture


def _drawn(made: Scene, focus: Collection[str]) -> tuple[Network, dict[str, Any]]:
    """The picture, and what the script needs beside it."""
    nodes, drawing = made.nodes, made.drawing
    picture = Network(directed=True, cdn_resources="in_line")
    for thing, node in zip(made.things, nodes, strict=True):
        look, put, main = CLASSES[class_of(thing)], drawing.labels[thing.id], thing.id in focus
        x, y = drawing.places[thing.id]
        picture.add_node(
            thing.id, label=node.label.text if put.size else " ", name=thing.label, x=x, y=y,
            shape=_SHAPES.get(look.shape, look.shape), size=round(node.radius, 1), borderWidth=3 if main else 2,
            font={"size": put.size, "vadjust": put.lift(node)},
            color={"background": look.color if look.filled else "#ffffff", "border": "#111111" if main else look.color},
        )  # fmt: skip
    for number, (line, edge, size) in enumerate(zip(made.lines, made.edges, drawing.edge_sizes, strict=True)):
        drawn = LOOKS[line.look]
        picture.add_edge(
            line.start, line.end, id=number, color=drawn.color, width=drawn.width, dashes=list(drawn.dashes) or False,
            arrows={"to": {"enabled": True, "type": drawn.head, "scaleFactor": drawn.head_size}},
            smooth={"enabled": line.bend != 0, "type": "curvedCW" if line.bend > 0 else "curvedCCW",
                    "roundness": abs(line.bend)},
            statements=[anchor(name) for name in line.statements],
            **({"label": edge.label.text, "font": {"size": size}} if size else {}),
        )  # fmt: skip
    chief = max(nodes, key=lambda node: (node.weight, node.id)).id if nodes else ""
    return picture, {"area": [round(side) for side in drawing.area], "chief": chief}


# ---------------------------------------------------------------- the list


def _places(statements: Iterable[Statement]) -> dict[str, str]:
    """Where the list tells of what: the heading of a thing, the entry of a statement."""
    found = {one.subject.id: _heading(one.subject) for one in statements}
    return found | {one.id: anchor(one.id) for one in statements}


def _heading(thing: Thing) -> str:
    """The id of a thing's heading; a statement about which others speak has an entry too, with an id of its own."""
    return f"about-{anchor(thing.id)}" if thing.kind == "st" else anchor(thing.id)


def _listed(statements: Sequence[Statement]) -> Iterator[dict[str, Any]]:
    """The sections of the list: classes, in them things, in them statements."""
    by_thing: dict[Thing, list[Statement]] = {}
    for one in sorted(statements, key=lambda one: one.id):
        by_thing.setdefault(one.subject, []).append(one)
    order = list(HEADINGS)
    types = sorted({thing.type for thing in by_thing}, key=lambda t: (order.index(t) if t in order else len(order), t))
    for kind in types:
        things = sorted((thing for thing in by_thing if thing.type == kind), key=lambda t: (t.label.casefold(), t.id))
        yield {
            "title": HEADINGS.get(kind) or terms.words(kind) or "Other things",
            "anchor": f"class-{anchor(kind)}",
            "things": [(thing, _heading(thing), by_thing[thing]) for thing in things],
        }


# ---------------------------------------------------------------- the page


@cache
def _vis() -> str:
    """vis-network without the comment that would have a browser's tools ask for its source map."""
    text = files("pyvis").joinpath(_VIS).read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL")[0]


def page(statements: Sequence[Statement], title: str, summary: str, version: str, focus: Collection[str] = ()) -> bytes:
    """The page about some statements: the picture of those that join two things, and the list of all.

    `focus` are the CURIEs of what the page is about. The same statements give the same bytes in whatever order.
    """
    statements = sorted(statements, key=lambda one: one.id)
    made = scene(statements, focus)
    picture, rest = _drawn(made, frozenset(focus))
    things = {thing.id for thing in made.things}
    places = _places(statements)
    anchors: dict[str, str] = {}
    for one in statements:
        for thing in (one.subject, one.object, *one.on_behalf_of):
            if thing.id in things:
                anchors.setdefault(thing.id, places.get(thing.id, anchor(one.id)))
    classes, looks = {class_of(thing) for thing in made.things}, {line.look for line in made.lines}
    scripts = [_vis(), pages.text("page.js")] if things else []
    data = {"nodes": picture.nodes, "edges": picture.edges, "anchors": anchors, **rest}
    return pages.rendered(
        "page.html.j2", title=title, summary=summary, version=version, style=pages.text("page.css"), scripts=scripts,
        data=pages.in_script(data),
        policy=" ".join(map(pages.digest, scripts)) or "'none'",
        classes=[look for name, look in CLASSES.items() if name in classes],
        looks=[look for name, look in LOOKS.items() if name in looks],
        counts={"things": len(things), "lines": len(made.lines), "statements": len(statements)},
        places=places, sections=list(_listed(statements)),
    )  # fmt: skip
