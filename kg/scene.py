"""What a picture is made of, whatever draws it: classes and looks, statements folded into lines, sizes and places.

Pictures of pyvis and the page of the explorer show the same things by these, so that they look alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg import layout
from kg.networks import ends
from kg.statements import Statement, Thing

__all__ = ["CLASSES", "HEADINGS", "LOOKS", "Class", "Line", "Look", "Scene", "class_of", "lines", "scene"]

_BEND = 0.16
"""How round a line is that shares its two things with another."""


class Class(NamedTuple):
    """How things of a class look: its name, shape, the same as an SVG path, colour, filled or not."""

    name: str
    shape: str
    path: str
    color: str
    filled: bool = True


_DISC = "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0"
CLASSES = {
    "agent": Class("Organizations and groups", "disc", _DISC, "#1f5a96"),
    "person": Class("People", "disc", _DISC, "#0b7285", False),
    "event": Class("Events", "diamond", "M0,-7L7,0L0,7L-7,0Z", "#c0392b"),
    "doc": Class("Documents", "square", "M-6,-6H6V6H-6Z", "#a66f00"),
    "std": Class("Standards", "triangle", "M0,-7L7,5H-7Z", "#1b7a3d"),
    "cert": Class("Certifications", "star",
                   "M0,-7L1.8,-2.4L6.7,-2.2L2.9,.9L4.1,5.7L0,3L-4.1,5.7L-2.9,.9L-6.7,-2.2L-1.8,-2.4Z", "#6b7a00"),
    "place": Class("Countries and places", "hexagon", "M-7,0L-3.5,-6H3.5L7,0L3.5,6H-3.5Z", "#636363"),
    "post": Class("Posts", "triangleDown", "M0,7L7,-5H-7Z", "#8e3a80"),
}  # fmt: skip
"""Kind of a thing, or `person` -> its class, in the order of the legend."""


class Look(NamedTuple):
    """How a line looks: what the legend calls it, dashes, arrow head of vis-network, width, colour."""

    name: str
    dashes: tuple[int, ...]
    head: str
    head_size: float
    width: float
    color: str


LOOKS = {
    "asserted": Look("said about others", (), "arrow", 0.45, 2.2, "#6f7d93"),
    "self-reported": Look("said about oneself", (), "arrow", 0.45, 1.2, "#6f7d93"),
    "planned": Look("planned", (9, 6), "vee", 0.5, 1.5, "#3d6a9e"),
    "attributed": Look("attributed to somebody", (2, 5), "circle", 0.3, 2, "#8a5a00"),
    "contradicted": Look("contradicted by another statement", (12, 4, 2, 4), "bar", 0.5, 2.4, "#b3261e"),
}
"""What a line stands for -> its look; the statements of one line are alike in this."""

HEADINGS = {
    "Organization": "Organizations", "OrganizationalUnit": "Units of organizations", "WorkingGroup": "Working groups",
    "Person": "People", "Event": "Events", "Conference": "Conferences", "Session": "Sessions",
    "EventSeries": "Series of events", "Adoption": "Adoptions", "GovernanceInstrument": "Governance instruments",
    "Document": "Documents", "Resolution": "Resolutions", "SourceText": "Sources", "Standard": "Standards",
    "Certification": "Certifications", "Country": "Countries", "Place": "Places", "Post": "Posts",
    "Concept": "Topics and terms", "Proposition": "What is claimed, asked and planned", "Observation": "Figures",
    "Statement": "Statements about statements",
}  # fmt: skip
"""The classes of the ontology in the order of the list, as headings; others follow by name."""


class Line(NamedTuple):
    """One line of the picture: what is said alike between the same two things."""

    start: str
    end: str
    look: str
    label: str
    statements: tuple[str, ...]
    bend: float


def class_of(thing: Thing) -> str:
    """The key of a thing's class: its kind, but people are a class of their own."""
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


def lines(statements: Iterable[Statement]) -> list[Line]:
    """The lines: statements between the same two things, the same way and with the same look, are one."""
    groups: dict[tuple[str, str, str], list[tuple[str, str, Statement]]] = {}
    for one in statements:
        kind, word = _look(one)
        for start, end, relation in ends(one):
            text = one.role.label if one.role and relation == one.relation else relation
            groups.setdefault((start.id, end.id, kind), []).append((word, text, one))
    beside = Counter(frozenset(key[:2]) for key in groups)
    used: Counter[frozenset[str]] = Counter()
    found = []
    for (a, b, kind), group in sorted(groups.items(), key=lambda item: item[0]):
        pair = frozenset((a, b))
        number, used[pair] = used[pair], used[pair] + 1
        # To the right of the way from the lesser name to the greater, then to the left, then further out.
        side = (-1) ** (number % 2 + (a > b)) * (1 + number // 2) if beside[pair] > 1 else 0
        vouched = "asserted" if any(one.status == "asserted" for *_, one in group) else "self-reported"
        look = vouched if kind == "vouched" else kind
        names = tuple(sorted({one.id for *_, one in group}))
        found.append(Line(a, b, look, _texts(group), names, round(_BEND * side, 2)))
    return found


def _texts(group: Iterable[tuple[str, str, Statement]]) -> str:
    """The roles and relations of a line's statements, after the word that tells what kind they are."""
    words: dict[str, set[str]] = {}
    for word, text, _ in group:
        words.setdefault(word, set()).add(text)
    return "; ".join(word + ", ".join(sorted(texts)) for word, texts in sorted(words.items()))


def _nodes(things: Sequence[Thing], drawn: Sequence[Line], focus: Collection[str]) -> list[layout.Node]:
    """The things with the sizes and weights that go by their neighbours."""
    degree = Counter(name for pair in {frozenset((line.start, line.end)) for line in drawn} for name in pair)
    shrink = _shrink(len(things))
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


def _shrink(count: int) -> float:
    """How large the marks are, of so many things in one canvas."""
    return min(1.0, (400 / count) ** 0.5) if count else 1.0


def _usual(count: int) -> int:
    """The place among the sizes of labels that suits a picture of so many things."""
    return 2 if count <= 25 else 3 if count <= layout.SMALL else 5


class Scene(NamedTuple):
    """A picture without the means that draw it: things by CURIE, lines, both for the layout, and where they go.

    `nodes` stand in the order of `things`, `edges` in that of `lines`.
    """

    things: tuple[Thing, ...]
    lines: tuple[Line, ...]
    nodes: tuple[layout.Node, ...]
    edges: tuple[layout.Edge, ...]
    drawing: layout.Drawing

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Where things go if marks keep their size and the canvas grows with their number."""
        shrink = _shrink(len(self.things))
        return {name: (round(x / shrink, 1), round(y / shrink, 1)) for name, (x, y) in self.drawing.places.items()}

    @property
    def weights(self) -> dict[str, int]:
        """How many neighbours a thing has."""
        return {node.id: round(node.weight) for node in self.nodes}


def scene(statements: Iterable[Statement], focus: Collection[str] = ()) -> Scene:
    """The picture of the statements that join two things; `focus` are the CURIEs of what it is about.

    Their order is nothing to it. The explorer of a build asks for the same as one of its pictures.
    """
    joining = sorted((one for one in statements if any(ends(one))), key=lambda one: one.id)
    return _scene(tuple(joining), tuple(sorted(focus)))


@lru_cache(maxsize=32)
def _scene(statements: tuple[Statement, ...], focus: tuple[str, ...]) -> Scene:
    drawn = lines(statements)
    found = {thing.id: thing for one in statements for pair in ends(one) for thing in pair[:2]}
    things = [thing for _, thing in sorted(found.items())]
    nodes = _nodes(things, drawn, focus)
    edges = [layout.Edge(one.start, one.end, layout.label(one.label, 13.0, 3), one.bend) for one in drawn]
    drawing = layout.draw(nodes, edges, layout.SIZES[min(_usual(len(things)) + 2, 5)])
    return Scene(tuple(things), tuple(drawn), tuple(nodes), tuple(edges), drawing)
