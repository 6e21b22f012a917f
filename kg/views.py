"""Statements as one HTML page that opens from disk and asks nothing of any network: a picture, and the list of all.

pyvis holds nodes and edges and brings vis-network; the page around it is our own template, since
pyvis's loads style sheets from a CDN. The layout is computed before and the physics is off.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2
from pyvis.network import Network

from kg import layout, terms
from kg.networks import ends
from kg.statements import Statement, Thing

__all__ = ["page"]

_VIS = "lib/vis-9.1.2/vis-network.min.js"


_BEND = 0.16
"""How round a line is that shares its two things with another."""


class _Class(NamedTuple):
    """How things of a class look: its name, shape in vis-network, the same as an SVG path, colour, filled or not."""

    name: str
    shape: str
    path: str
    color: str
    filled: bool = True


_DISC = "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0"
_CLASSES = {
    "agent": _Class("Organizations and groups", "dot", _DISC, "#1f5a96"),
    "person": _Class("People", "dot", _DISC, "#0b7285", False),
    "event": _Class("Events", "diamond", "M0,-7L7,0L0,7L-7,0Z", "#c0392b"),
    "doc": _Class("Documents", "square", "M-6,-6H6V6H-6Z", "#a66f00"),
    "std": _Class("Standards", "triangle", "M0,-7L7,5H-7Z", "#1b7a3d"),
    "cert": _Class("Certifications", "star",
                   "M0,-7L1.8,-2.4L6.7,-2.2L2.9,.9L4.1,5.7L0,3L-4.1,5.7L-2.9,.9L-6.7,-2.2L-1.8,-2.4Z", "#6b7a00"),
    "place": _Class("Countries and places", "hexagon", "M-7,0L-3.5,-6H3.5L7,0L3.5,6H-3.5Z", "#636363"),
    "post": _Class("Posts", "triangleDown", "M0,7L7,-5H-7Z", "#8e3a80"),
}  # fmt: skip


class _Look(NamedTuple):
    """How a line looks: what the legend calls it, dashes, arrow head of vis-network, width, colour."""

    name: str
    dashes: tuple[int, ...]
    head: str
    head_size: float
    width: float
    color: str


_LOOKS = {
    "asserted": _Look("said by another", (), "arrow", 0.45, 2.2, "#6f7d93"),
    "self-reported": _Look("said about oneself", (), "arrow", 0.45, 1.2, "#6f7d93"),
    "planned": _Look("planned", (9, 6), "vee", 0.5, 1.5, "#3d6a9e"),
    "attributed": _Look("attributed to somebody", (2, 5), "circle", 0.3, 2, "#8a5a00"),
    "contradicted": _Look("contradicted by another statement", (12, 4, 2, 4), "bar", 0.5, 2.4, "#b3261e"),
}
_HEADINGS = {
    "Organization": "Organizations", "OrganizationalUnit": "Units of organizations", "WorkingGroup": "Working groups",
    "Person": "People", "Event": "Events", "Conference": "Conferences", "Session": "Sessions",
    "EventSeries": "Series of events", "Adoption": "Adoptions", "GovernanceInstrument": "Governance instruments",
    "Document": "Documents", "Resolution": "Resolutions", "SourceText": "Sources", "Standard": "Standards",
    "Certification": "Certifications", "Country": "Countries", "Place": "Places", "Post": "Posts",
    "Concept": "Topics and terms", "Proposition": "What is claimed, asked and planned", "Observation": "Figures",
    "Statement": "Statements about statements",
}  # fmt: skip
"""The classes of the ontology in the order of the list, as headings; others follow by name."""


class _Line(NamedTuple):
    """One line of the picture: what is said alike between the same two things."""

    start: str
    end: str
    look: str
    label: str
    statements: tuple[str, ...]
    bend: float


# ---------------------------------------------------------------- the picture


def _class(thing: Thing) -> str:
    return "person" if thing.type == "Person" else thing.kind


def _look(one: Statement) -> tuple[str, str]:
    """The look of a statement's line, and the word that says the same in its label."""
    if one.contradicted:
        return "contradicted", "contradicted: "
    if one.status == "attributed":
        return "attributed", "attributed: "
    if one.modality != "actual":
        return "planned", f"{one.modality}: "
    return "vouched", ""


def _lines(statements: Iterable[Statement]) -> list[_Line]:
    """The lines: statements between the same two things, the same way and with the same look, are one."""
    groups: dict[tuple[str, str, str], list[tuple[str, str, Statement]]] = {}
    for one in statements:
        kind, word = _look(one)
        for start, end, relation in ends(one):
            text = one.role.label if one.role and relation == one.relation else relation
            groups.setdefault((start.id, end.id, kind), []).append((word, text, one))
    beside = Counter(frozenset(key[:2]) for key in groups)
    used: Counter[frozenset[str]] = Counter()
    lines = []
    for (a, b, kind), group in sorted(groups.items(), key=lambda item: item[0]):
        pair = frozenset((a, b))
        number, used[pair] = used[pair], used[pair] + 1
        # To the right of the way from the lesser name to the greater, then to the left, then further out.
        side = (-1) ** (number % 2 + (a > b)) * (1 + number // 2) if beside[pair] > 1 else 0
        vouched = "asserted" if any(one.status == "asserted" for *_, one in group) else "self-reported"
        look = vouched if kind == "vouched" else kind
        names = tuple(sorted({one.id for *_, one in group}))
        lines.append(_Line(a, b, look, _texts(group), names, round(_BEND * side, 2)))
    return lines


def _texts(group: Iterable[tuple[str, str, Statement]]) -> str:
    """The roles and relations of a line's statements, after the word that tells what kind they are."""
    words: dict[str, set[str]] = {}
    for word, text, _ in group:
        words.setdefault(word, set()).add(text)
    return "; ".join(word + ", ".join(sorted(texts)) for word, texts in sorted(words.items()))


def _nodes(things: Sequence[Thing], lines: Sequence[_Line], focus: Collection[str]) -> list[layout.Node]:
    """The things with the sizes and weights that go by their neighbours."""
    degree = Counter(name for pair in {frozenset((line.start, line.end)) for line in lines} for name in pair)
    shrink = min(1.0, (400 / len(things)) ** 0.5) if things else 1.0
    usual = _usual(len(things))
    nodes = []
    for thing in things:
        near, main = degree[thing.id], thing.id in focus
        larger = 0
        if main or near > 5:
            larger = 2 if len(things) <= layout.SMALL else 3
        elif near > 2 and len(things) > layout.SMALL:
            larger = 2
        radius = shrink * min(15.0, 4.5 + 2 * near**0.5 + 2 * main)
        text = layout.label(thing.label)
        nodes.append(layout.Node(thing.id, text, radius, layout.SIZES[usual - larger], near + 1000 * main))
    return nodes


def _usual(count: int) -> int:
    """The place among the sizes of labels that suits a picture of so many things."""
    return 2 if count <= 25 else 3 if count <= layout.SMALL else 5


def _drawn(statements: Sequence[Statement], focus: Collection[str]) -> tuple[Network, dict[str, Any], list[_Line]]:
    """The picture, what the script needs beside it, and the lines."""
    lines = _lines(statements)
    found = {thing.id: thing for one in statements for pair in ends(one) for thing in pair[:2]}
    things = [thing for _, thing in sorted(found.items())]
    nodes = _nodes(things, lines, focus)
    edges = [layout.Edge(one.start, one.end, layout.label(one.label, 13.0, 3), one.bend) for one in lines]
    drawing = layout.draw(nodes, edges, layout.SIZES[min(_usual(len(things)) + 2, 5)])
    picture = Network(directed=True, cdn_resources="in_line")
    for thing, node in zip(things, nodes, strict=True):
        look, put, main = _CLASSES[_class(thing)], drawing.labels[thing.id], thing.id in focus
        x, y = drawing.places[thing.id]
        picture.add_node(
            thing.id, label=node.label.text if put.size else " ", name=thing.label, x=x, y=y, shape=look.shape,
            size=round(node.radius, 1), borderWidth=3 if main else 2,
            font={"size": put.size, "vadjust": put.lift(node)},
            color={"background": look.color if look.filled else "#ffffff", "border": "#111111" if main else look.color},
        )  # fmt: skip
    for number, (line, edge, size) in enumerate(zip(lines, edges, drawing.edge_sizes, strict=True)):
        drawn = _LOOKS[line.look]
        picture.add_edge(
            line.start, line.end, id=number, color=drawn.color, width=drawn.width, dashes=list(drawn.dashes) or False,
            arrows={"to": {"enabled": True, "type": drawn.head, "scaleFactor": drawn.head_size}},
            smooth={"enabled": line.bend != 0, "type": "curvedCW" if line.bend > 0 else "curvedCCW",
                    "roundness": abs(line.bend)},
            statements=[_anchor(name) for name in line.statements],
            **({"label": edge.label.text, "font": {"size": size}} if size else {}),
        )  # fmt: skip
    chief = max(nodes, key=lambda node: (node.weight, node.id)).id if nodes else ""
    return picture, {"area": [round(side) for side in drawing.area], "chief": chief}, lines


def _in_script(value: object) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


# ---------------------------------------------------------------- the list


def _anchor(name: str) -> str:
    """A CURIE as the id of an element."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name)


def _address(text: str) -> str:
    """An address that may be a link, else nothing."""
    return text if re.match(r"https?://", text) else ""


def _places(statements: Iterable[Statement]) -> dict[str, str]:
    """Where the list tells of what: the heading of a thing, the entry of a statement."""
    found = {one.subject.id: _heading(one.subject) for one in statements}
    return found | {one.id: _anchor(one.id) for one in statements}


def _heading(thing: Thing) -> str:
    """The id of a thing's heading; a statement about which others speak has an entry too, with an id of its own."""
    return f"about-{_anchor(thing.id)}" if thing.kind == "st" else _anchor(thing.id)


def _listed(statements: Sequence[Statement]) -> Iterator[dict[str, Any]]:
    """The sections of the list: classes, in them things, in them statements."""
    by_thing: dict[Thing, list[Statement]] = {}
    for one in sorted(statements, key=lambda one: one.id):
        by_thing.setdefault(one.subject, []).append(one)
    order = list(_HEADINGS)
    types = sorted({thing.type for thing in by_thing}, key=lambda t: (order.index(t) if t in order else len(order), t))
    for kind in types:
        things = sorted((thing for thing in by_thing if thing.type == kind), key=lambda t: (t.label.casefold(), t.id))
        yield {
            "title": _HEADINGS.get(kind) or terms.words(kind) or "Other things",
            "anchor": f"class-{_anchor(kind)}",
            "things": [(thing, _heading(thing), by_thing[thing]) for thing in things],
        }


# ---------------------------------------------------------------- the page


@cache
def _vis() -> str:
    """vis-network without the comment that would have a browser's tools ask for its source map."""
    text = files("pyvis").joinpath(_VIS).read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL")[0]


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("kg", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"anchor": _anchor, "address": _address}
    return made


@cache
def _text(name: str) -> str:
    """A template's file as it stands."""
    return files("kg").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _digest(script: str) -> str:
    """What the Content-Security-Policy calls a script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"


def page(statements: Sequence[Statement], title: str, summary: str, version: str, focus: Collection[str] = ()) -> bytes:
    """The page about some statements: the picture of those that join two things, and the list of all.

    `focus` are the CURIEs of what the page is about. The same statements give the same bytes in whatever order.
    """
    statements = sorted(statements, key=lambda one: one.id)
    picture, rest, lines = _drawn(statements, frozenset(focus))
    things = {thing.id: thing for one in statements for pair in ends(one) for thing in pair[:2]}
    places = _places(statements)
    anchors: dict[str, str] = {}
    for one in statements:
        for thing in (one.subject, one.object, *one.on_behalf_of):
            if thing.id in things:
                anchors.setdefault(thing.id, places.get(thing.id, _anchor(one.id)))
    classes, looks = {_class(thing) for thing in things.values()}, {line.look for line in lines}
    scripts = [_vis(), _text("page.js")] if things else []
    data = {"nodes": picture.nodes, "edges": picture.edges, "anchors": anchors, **rest}
    text = _templates().get_template("page.html.j2").render(
        title=title, summary=summary, version=version, style=_text("page.css"), scripts=scripts, data=_in_script(data),
        policy=" ".join(map(_digest, scripts)) or "'none'",
        classes=[look for name, look in _CLASSES.items() if name in classes],
        looks=[look for name, look in _LOOKS.items() if name in looks],
        counts={"things": len(things), "lines": len(lines), "statements": len(statements)},
        places=places, sections=list(_listed(statements)),
    )  # fmt: skip
    return text.encode("utf-8")
