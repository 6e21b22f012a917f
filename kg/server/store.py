"""Graph Store Protocol, reading only; and what the endpoint says of itself (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import pyoxigraph as ox

from kg import terms
from kg.graphs import GRAPHS, graph_name, written
from kg.server.accept import TRIPLES, chosen
from kg.server.limits import Limits
from kg.server.protocol import graph_reply
from kg.server.reply import Refused, Reply
from kg.sparql import short
from kg.turtle import Sheet

__all__ = ["described", "graph"]

_SPACES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#", "void": "http://rdfs.org/ns/void#",
    "formats": "http://www.w3.org/ns/formats/",
}  # fmt: skip
_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "RDF_XML", "JSON-LD",
)  # fmt: skip

_OF_FILES = ("http://www.w3.org/ns/dcat#distribution", "http://purl.org/dc/terms/hasPart")
"""What a description says of the files of a build: they are elsewhere."""


def graph(store: ox.Store, names: Sequence[str], default: bool, accept: str, limits: Limits) -> Reply:
    """A graph of the store by its IRI, or the default graph, which is the merge of all.

    Raises `Refused` when not exactly one is named, or the store lacks it.
    """
    if len(names) + default != 1:
        raise Refused(400, "name one graph: ?graph=<IRI>, or ?default")
    media = chosen(accept, list(TRIPLES))
    if media is None:
        raise Refused(406, f"graphs are given as {', '.join(TRIPLES)}", offered=list(TRIPLES))
    try:
        wanted = None if default else ox.NamedNode(names[0])
    except ValueError:
        raise Refused(400, f"{short(names[0])!r} is no IRI") from None
    if wanted is not None and not store.contains_named_graph(wanted):
        raise Refused(404, f"there is no graph <{short(names[0])}>")
    quads = store.quads_for_pattern(None, None, None, wanted)
    lines = written((quad.triple for quad in quads), ox.RdfFormat.N_TRIPLES)
    # What is asked for by name is not cut where an answer to a query would be.
    return graph_reply(lines, media, limits._replace(rows=lines.count(b"\n") + 1))


def described(store: ox.Store, endpoint: str, accept: str, claims: bytes, limits: Limits) -> Reply:
    """The service description of an endpoint: what it answers, in which formats, over which dataset.

    `claims` is the dataset's own description (VoID), which is repeated but for its files.
    """
    media = chosen(accept, list(TRIPLES))
    if media is None:
        raise Refused(406, f"the description is given as {', '.join(TRIPLES)}", offered=list(TRIPLES))
    sheet, dataset, default = Sheet(_SPACES), f"{endpoint}#dataset", f"{endpoint}#default"
    service, counts = f"{endpoint}#service", _counted(store)
    sheet.say(service, "rdf:type", "sd:Service")
    sheet.say(service, "sd:endpoint", endpoint)
    sheet.say(service, "sd:supportedLanguage", "sd:SPARQL11Query")
    sheet.say(service, "sd:feature", "sd:UnionDefaultGraph")
    sheet.say(service, "sd:resultFormat", *(f"formats:{name}" for name in _FORMATS))
    sheet.say(service, "sd:defaultDataset", dataset)
    sheet.say(dataset, "rdf:type", "sd:Dataset")
    sheet.say(dataset, "sd:defaultGraph", default)
    sheet.say(default, "rdf:type", "sd:Graph")
    sheet.say(default, "void:triples", ox.Literal(counts["default"]))
    short_names = {graph_name(name).value: name for name in GRAPHS}
    for name, count in counts.items():
        if name != "default":
            node = f"{endpoint}#graph-{short_names.get(name, quote(name, safe=''))}"
            sheet.say(dataset, "sd:namedGraph", node)
            sheet.say(node, "rdf:type", "sd:NamedGraph")
            sheet.say(node, "sd:name", name)
            sheet.say(node, "sd:graph", f"{node}-triples")
            sheet.say(f"{node}-triples", "rdf:type", "sd:Graph")
            sheet.say(f"{node}-triples", "void:triples", ox.Literal(count))
    triples = list(ox.parse(sheet.written(), format=ox.RdfFormat.TURTLE))
    triples += _claimed(claims, ox.NamedNode(endpoint))
    lines = written((quad.triple for quad in triples), ox.RdfFormat.N_TRIPLES)
    return graph_reply(lines, media, limits._replace(rows=len(triples)))


def _claimed(claims: bytes, endpoint: ox.NamedNode) -> list[ox.Quad]:
    """What the description says of the dataset and of what it names of its own, and that this is its endpoint."""
    said: dict[object, list[ox.Quad]] = {}
    for quad in ox.parse(claims, format=ox.RdfFormat.TURTLE) if claims else ():
        if quad.predicate.value not in _OF_FILES:
            said.setdefault(quad.subject, []).append(quad)
    dataset = ox.NamedNode(terms.prefixes()["aig"].removesuffix("ns#") + "dataset")
    made: list[ox.Quad] = []
    left: list[object] = [dataset]
    while left:
        own = said.pop(left.pop(), [])
        left += [quad.object for quad in own]
        made += own
    return [*made, ox.Quad(dataset, ox.NamedNode(f"{_SPACES['void']}sparqlEndpoint"), endpoint)] if made else []


def _counted(store: ox.Store) -> Mapping[str, int]:
    """Name of each graph -> its triples; `default` for the merge of all."""
    names = sorted((node for node in store.named_graphs() if isinstance(node, ox.NamedNode)), key=str)
    ours = [graph_name(name) for name in GRAPHS]
    listed = [node for node in ours if node in names] + [node for node in names if node not in ours]
    sizes = {node.value: sum(1 for _ in store.quads_for_pattern(None, None, None, node)) for node in listed}
    merged = {quad.triple for quad in store.quads_for_pattern(None, None, None)}
    return {"default": len(merged)} | sizes
