"""The network as one HTML page that opens from disk and asks nothing of any network.

pyvis holds nodes and edges and brings vis-network; the page around it is our own template, since
pyvis's loads style sheets from a CDN. The layout is computed before and the physics is off.
"""

from __future__ import annotations

import json
import textwrap
from importlib.resources import files
from typing import Any

import jinja2
from pyvis.network import Network

from kg import network, terms
from kg.evidence import link
from kg.facts import Fact, Project
from kg.graph import assertable

__all__ = ["overview"]

_VIS = "lib/vis-9.1.2/vis-network.min.js"
_LOOK = {
    "agent": ("dot", "#4477aa", "organizations and people"),
    "event": ("diamond", "#cc6677", "events"),
    "doc": ("square", "#ddaa33", "documents"),
    "std": ("triangle", "#117733", "standards"),
    "cert": ("star", "#44aa99", "certifications"),
    "place": ("hexagon", "#888888", "countries and places"),
    "post": ("triangleDown", "#aa4499", "posts"),
}


def _wrapped(label: str) -> str:
    """The label in lines of about 24 letters, broken at spaces only: the page puts them back for the name."""
    return textwrap.fill(label, 24, break_long_words=False, break_on_hyphens=False)


def _edge_look(fact: Fact, contradicted: bool) -> dict[str, Any]:
    if contradicted:
        return {"color": "#aa0000", "dashes": [2, 4], "width": 2}
    if fact.modality == "planned":
        return {"color": "#777777", "dashes": [8, 6], "width": 1}
    return {"color": "#7f93ad" if fact.status != "attributed" else "#bb9955", "dashes": False, "width": 1}


def _receipt(project: Project, labels: dict[str, str], fact: Fact) -> dict[str, Any]:
    """What the page shows of a statement: who says it, how, and where the words are."""
    spans = []
    for span in fact.evidence:
        source = project.sources[span.source]
        address = link(source.archived or source.url, span.head, span.tail)
        words = "the document as a whole" if span.whole else " … ".join(filter(None, (span.head, span.tail)))
        spans.append({"source": source.title, "words": words, "link": address})
    return {
        "status": fact.status, "modality": fact.modality, "reading": fact.reading, "note": fact.note or "",
        "role": labels.get(fact.role or "", ""), "by": ", ".join(labels.get(n, n) for n in fact.claimed_by),
        "evidence": spans,
    }  # fmt: skip


def _in_script(value: object) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _drawn(project: Project) -> tuple[Network, dict[str, Any]]:
    graph = network.network(project)
    places, contradicted = network.layout(graph), project.contradicted()
    picture = Network(directed=True, cdn_resources="in_line")
    for name in sorted(graph):
        shape, color, _ = _LOOK[name.partition(":")[0]]
        degree = graph.degree(name)
        picture.add_node(
            name, label=_wrapped(graph.nodes[name]["label"]), shape=shape, color=color,
            size=8 + 2 * degree**0.5,
            x=places[name][0], y=places[name][1],
        )  # fmt: skip
    labels = {name: entity.label for name, entity in project.entities.items()}
    labels |= {name: source.title for name, source in project.sources.items()}
    receipts, stated = {}, assertable(project)
    for start, end, data in sorted(graph.edges(data=True), key=lambda e: (e[2]["fact"].id, e[0], e[1])):
        fact: Fact = data["fact"]
        receipts[fact.id] = _receipt(project, labels, fact) | {
            "contradicted": fact.id in contradicted,
            "stated": fact.id in stated,
        }
        look = _edge_look(fact, fact.id in contradicted)
        picture.add_edge(start, end, fact=fact.id, relation=terms.words(data["predicate"]), **look)
    return picture, receipts


def overview(project: Project, version: str) -> bytes:
    """The page with all actors, events, documents, standards, places and posts."""
    picture, receipts = _drawn(project)
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("kg", "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    kinds = [{"shape": shape, "color": color, "text": text} for shape, color, text in _LOOK.values()]
    page = templates.get_template("overview.html.j2").render(
        version=version,
        vis=files("pyvis").joinpath(_VIS).read_text(encoding="utf-8"),
        kinds=kinds,
        data=_in_script({"nodes": picture.nodes, "edges": picture.edges, "facts": receipts}),
        things=len(picture.nodes),
        relations=len(picture.edges),
    )
    return page.encode("utf-8")
