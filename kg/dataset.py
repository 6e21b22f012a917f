"""The dataset described as data: VoID, DCAT 3 and SPARQL service description in one file, with the files of a build.

Nothing of the day of the build is in it, and no address to load from: where files are published is for the publisher
to say. A file is named by its path (`dcterms:identifier`).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from kg import folders, terms
from kg.facts import About, Project
from kg.graphs import GRAPHS, Row, graph_name
from kg.turtle import Sheet

__all__ = ["claimed", "description"]

_SPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "media": "https://www.iana.org/assignments/media-types/",
}

_MEDIA_TYPES = {
    ".csv": "text/csv", "-metadata.json": "application/csvm+json", ".json": "application/json",
    ".jsonld": "application/ld+json", ".html": "text/html", ".gexf": "application/xml", ".graphml": "application/xml",
    ".nq": "application/n-quads", ".nt": "application/n-triples", ".rdf": "application/rdf+xml",
    ".trig": "application/trig", ".ttl": "text/turtle", ".txt": "text/plain",
}  # fmt: skip
"""How a file's name ends -> media type, the first that fits. GraphML and GEXF have none of their own."""

_EXAMPLES = ("agent", "event", "doc", "std", "cert", "place", "post", "fig", "prop")
"""The kinds of things of which the most named one is an example."""


_TYPE = f"<{terms.expand('rdf:type')}>"


class _Counts(NamedTuple):
    """What VoID counts; a class with its members, a property with its triples."""

    triples: int
    subjects: set[str]
    objects: set[str]
    classes: Mapping[str, set[str]]
    properties: Mapping[str, int]


def _counted(triples: Collection[Row]) -> _Counts:
    classes: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in triples:
        if predicate == _TYPE:
            classes[value[1:-1]].add(subject)
    properties = Counter(predicate for _, predicate, _ in triples)
    return _Counts(
        len(triples), {subject for subject, _, _ in triples}, {value for _, _, value in triples}, classes,
        {predicate[1:-1]: number for predicate, number in properties.items()},
    )  # fmt: skip


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _media_type(name: str) -> str:
    for end, kind in _MEDIA_TYPES.items():
        if name.endswith(end):
            return kind
    raise ValueError(f"no media type is known for {name}")


class _Description:
    def __init__(self) -> None:
        self.sheet = Sheet(_SPACES)
        self.base = terms.prefixes()["aig"].removesuffix("ns#")
        self.whole = self.base + "dataset"

    def claims(self, about: About) -> None:
        """What the project says of itself."""
        say, whole = self.sheet.say, self.whole
        say(whole, "dcterms:title", _english(about.title))
        say(whole, "dcat:keyword", *map(_english, about.keywords))
        if about.description:
            say(whole, "dcterms:description", _english(about.description))
        if about.license:
            say(whole, "dcterms:license", about.license)
        if about.published:
            say(whole, "dcterms:issued", ox.Literal(about.published, datatype=self.sheet.node("xsd:date")))
        if about.contact:
            say(whole, "dcat:contactPoint", f"{whole}#contact")
            say(f"{whole}#contact", "rdf:type", "vcard:Kind")
            way = "vcard:hasEmail" if about.contact.startswith("mailto:") else "vcard:hasURL"
            say(f"{whole}#contact", way, about.contact)
        if about.publisher:
            say(whole, "dcterms:publisher", f"{whole}#publisher")
            say(f"{whole}#publisher", "rdf:type", "foaf:Agent")
            say(f"{whole}#publisher", "foaf:name", ox.Literal(about.publisher))

    def content(self, project: Project) -> None:
        """What it is made of, and where to begin to look."""
        say, whole = self.sheet.say, self.whole
        say(whole, "rdf:type", "dcat:Dataset", "sd:Dataset", "void:Dataset")
        say(whole, "dcat:version", ox.Literal(folders.version()))
        say(whole, "dcterms:conformsTo", f"{self.base}ns/{folders.ontology_version()}")
        say(whole, "dcterms:source", *project.sources)
        say(whole, "void:uriSpace", ox.Literal(f"{self.base}id/"))
        uses = Counter(name for fact in project.facts for name in fact.things[:2])
        for kind in _EXAMPLES:
            found = [name for name in uses if name.startswith(f"{kind}:")]
            say(whole, "void:exampleResource", *sorted(found, key=lambda name: (-uses[name], name))[:1])

    def counts(self, node: str, counts: _Counts) -> None:
        """The size of the dataset, or of a graph."""
        numbers = {
            "void:triples": counts.triples, "void:classes": len(counts.classes),
            "void:properties": len(counts.properties), "void:distinctSubjects": len(counts.subjects),
            "void:distinctObjects": len(counts.objects),
        }  # fmt: skip
        for name, number in numbers.items():
            self.sheet.say(node, name, ox.Literal(number))

    def parts(self, counts: _Counts) -> None:
        """The dataset by class, by property and by vocabulary."""
        say, whole = self.sheet.say, self.whole
        own = f"<{self.base}id/"
        say(whole, "void:entities", ox.Literal(sum(name.startswith(own) for name in counts.subjects)))
        for iri, members in counts.classes.items():
            part = f"{whole}#class-{quote(terms.shorten(iri), safe=':')}"
            say(whole, "void:classPartition", part)
            say(part, "void:class", iri)
            say(part, "void:entities", ox.Literal(len(members)))
        for iri, number in counts.properties.items():
            part = f"{whole}#property-{quote(terms.shorten(iri), safe=':')}"
            say(whole, "void:propertyPartition", part)
            say(part, "void:property", iri)
            say(part, "void:triples", ox.Literal(number))
        used = {terms.shorten(iri).partition(":")[0] for iri in (*counts.classes, *counts.properties)}
        say(whole, "void:vocabulary", *(space for prefix, space in terms.prefixes().items() if prefix in used))

    def graph(self, name: str, triples: Collection[Row]) -> None:
        """A named graph, which is a dataset of its own as well."""
        say, node, named = self.sheet.say, graph_name(name).value, f"{self.whole}#graph-{name}"
        say(self.whole, "void:subset", node)
        say(self.whole, "sd:namedGraph", named)
        say(named, "rdf:type", "sd:NamedGraph")
        say(named, "sd:name", node)
        say(named, "sd:graph", node)
        say(node, "rdf:type", "dcat:Dataset", "sd:Graph", "void:Dataset")
        say(node, "dcterms:title", _english(name))
        self.counts(node, _counted(triples))

    def file(self, name: str, content: bytes) -> None:
        """A file: a form of a graph, of the part that its folder is, or of the whole."""
        say, node = self.sheet.say, f"{self.base}file/{name}"
        folder, _, rest = name.partition("/")
        stem = name.partition(".")[0]
        holder = graph_name(stem).value if stem in GRAPHS else f"{self.whole}/{folder}" if rest else self.whole
        say(holder, "dcat:distribution", node)
        say(node, "rdf:type", "dcat:Distribution")
        say(node, "dcterms:identifier", ox.Literal(name))
        say(node, "dcat:mediaType", f"media:{_media_type(name)}")
        size = ox.Literal(str(len(content)), datatype=self.sheet.node("xsd:nonNegativeInteger"))
        say(node, "dcat:byteSize", size)
        digest = ox.Literal(hashlib.sha256(content).hexdigest(), datatype=self.sheet.node("xsd:hexBinary"))
        say(node, "spdx:checksum", f"{node}#sha256")
        say(f"{node}#sha256", "rdf:type", "spdx:Checksum")
        say(f"{node}#sha256", "spdx:algorithm", "spdx:checksumAlgorithm_sha256")
        say(f"{node}#sha256", "spdx:checksumValue", digest)

    def folder(self, name: str) -> None:
        """A folder of files, which together are a form of the dataset or of a part of it."""
        say, node = self.sheet.say, f"{self.whole}/{name}"
        say(self.whole, "dcterms:hasPart", node)
        say(node, "rdf:type", "dcat:Dataset")
        say(node, "dcterms:title", ox.Literal(f"{name}/"))


def description(project: Project, graphs: Mapping[str, Collection[Row]], files: Mapping[str, bytes]) -> bytes:
    """The text of `void.ttl`, given the triples of each graph and the other files that a reader sees."""
    made = _Description()
    if project.about:
        made.claims(project.about)
    made.content(project)
    whole = _counted({triple for triples in graphs.values() for triple in triples})
    made.counts(made.whole, whole)
    made.parts(whole)
    for name, triples in graphs.items():
        made.graph(name, triples)
    for name in sorted({name.partition("/")[0] for name in files if "/" in name}):
        made.folder(name)
    for name, content in files.items():
        made.file(name, content)
    return made.sheet.written()


def claimed(text: bytes) -> About | None:
    """What a `void.ttl` says of its project, None when it is no such file or says no title."""
    whole = ox.NamedNode(terms.prefixes()["aig"].removesuffix("ns#") + "dataset")
    store = ox.Store()
    try:
        store.load(text, ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError):
        return None

    def said(node: ox.NamedNode, name: str) -> str | None:
        iri = _SPACES["vcard"] + name[6:] if name.startswith("vcard:") else terms.expand(name)
        found = (quad.object for quad in store.quads_for_pattern(node, ox.NamedNode(iri), None))
        return next((value.value for value in found if isinstance(value, ox.NamedNode | ox.Literal)), None)

    title = said(whole, "dcterms:title")
    if title is None:
        return None
    contact = ox.NamedNode(f"{whole.value}#contact")
    return About(
        title, said(whole, "dcterms:description"), said(whole, "dcterms:license"),
        said(ox.NamedNode(f"{whole.value}#publisher"), "foaf:name"), said(whole, "dcterms:issued"),
        contact=said(contact, "vcard:hasEmail") or said(contact, "vcard:hasURL"),
    )  # fmt: skip
