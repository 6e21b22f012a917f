"""An entity's card: its facts grouped, each with who says it and where, read from a built graph.

What `kg show`, pages, explorer and review render; needs pyoxigraph alone, so that it opens fast. Its values
are named tuples, since making five frozen dataclasses takes a twentieth of the whole command.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import terms
from kg.errors import BadUse
from kg.graphs import graph_name
from kg.rules import Explanation, explain

__all__ = ["Card", "Clash", "Derived", "Graph", "Receipt", "Stated", "card", "open_graph", "resolve"]

_PASSIVE = {"contradicts": "contradicted by", "corrects": "corrected by", "narrows": "narrowed by"}
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel")


class Receipt(NamedTuple):
    """Where the words are: source id and title, offsets, end words; `whole` for a document without a text."""

    source: str
    title: str
    start: int
    end: int
    head: str
    tail: str
    whole: bool
    address: str


class Clash(NamedTuple):
    """A conflict from one statement's side: its kind, how that reads here, the other statement, the note."""

    kind: str
    relation: str
    other: str
    text: str
    note: str


class Stated(NamedTuple):
    """A statement about the entity. `text` is said from the entity's side; `qualifiers` are role, capacity …"""

    id: str
    relation: str
    outgoing: bool
    other: str
    text: str
    status: str
    modality: str
    reading: str
    claimed_by: tuple[str, ...]
    qualifiers: tuple[tuple[str, str], ...]
    note: str
    conflicts: tuple[Clash, ...]
    receipts: tuple[Receipt, ...]


class Derived(NamedTuple):
    """An inferred fact, with its rule and premises in words."""

    text: str
    rule: str
    summary: str
    premises: tuple[str, ...]


class Card(NamedTuple):
    """An entity: id, label, class, note, its statements by relation, and what was inferred."""

    id: str
    label: str
    type: str
    note: str
    groups: tuple[tuple[str, tuple[Stated, ...]], ...]
    derived: tuple[Derived, ...]


_UNSHOWN = (b"/ns#digest> ", b"-syntax-ns#type> ")
"""Of statements and evidence, what no card shows."""


def _block(content: bytes, kind: str) -> tuple[int, int]:
    """Where the lines stand whose subject is of this kind."""
    start = b"\n<%b" % terms.expand(f"{kind}:").encode()
    first, last = content.find(start), content.rfind(start)
    return (first + 1, content.find(b"\n", last + 1) + 1) if first >= 0 else (0, 0)


def _is_sorted(content: bytes) -> bool:
    """Whether the statements are one block, as they are in the artefact of record, ending in a line end."""
    start, end = _block(content, "st")
    mark = b"\n<%b" % terms.expand("st:").encode()
    inside = content[start - 1 : end].count(mark) if end else 0
    return content.endswith(b"\n") and inside == content[start - 1 : end].count(b"\n") - 1


@cache
def _named(name: str) -> ox.NamedNode:
    """The node of a CURIE of a vocabulary."""
    return ox.NamedNode(terms.expand(name))


class Graph:
    """A built graph with the few look-ups that a card needs.

    Four fifths of it are statements and evidence, of which a card wants a few. The artefact of record
    is sorted by subject, so each of the two is one block of lines, and its own index: only the rest is
    parsed at once.
    """

    def __init__(self, content: bytes) -> None:
        self.store = ox.Store()
        self._known: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        if not _is_sorted(content):
            content = b"\n".join(sorted(content.splitlines()))
        blocks = sorted(_block(content, kind) for kind in ("ev", "st"))
        self._text = b"".join(content[start:end] for start, end in blocks)
        self._lines = self._text.splitlines()
        (first, first_end), (second, second_end) = blocks
        self._parse(content[:first] + content[first_end:second] + content[second_end:])

    def _parse(self, lines: bytes) -> None:
        self._known.clear()
        self.store.bulk_load(lines, format=ox.RdfFormat.N_QUADS)

    def _of(self, subject: bytes) -> list[bytes]:
        """The lines of a subject, and of a selector that hangs on it."""
        found = []
        for start in (subject + b" ", subject[:-1] + b"#selector> "):
            place = bisect_left(self._lines, start)
            while place < len(self._lines) and self._lines[place].startswith(start):
                found.append(self._lines[place])
                place += 1
        return found

    def _with(self, words: bytes) -> list[tuple[bytes, bytes]]:
        """The lines that hold the words, each with its subject."""
        found, place = [], self._text.find(words)
        while place >= 0:
            start, end = self._text.rfind(b"\n", 0, place) + 1, self._text.find(b"\n", place)
            line = self._text[start : end if end >= 0 else None]
            found.append((line.split(b" ", 1)[0], line))
            place = self._text.find(words, start + len(line))
        return found

    def gather(self, node: ox.NamedNode) -> None:
        """Parses the statements that name the node, what is said of them, their evidence and sources."""
        wanted = {subject for subject, _ in self._with(b"<%b>" % node.value.encode())}
        about = self._with(b" <%b" % terms.expand("st:").encode())
        wanted |= {subject for subject, line in about if line.split(b" ", 3)[2] in wanted}
        wanted |= self._against(wanted)
        kinds = tuple(b"<%b" % terms.expand(f"{kind}:").encode() for kind in ("ev", "src", "st"))
        loaded: dict[bytes, list[bytes]] = {}
        while wanted:
            new = {subject: self._of(subject) for subject in wanted}
            loaded |= new
            named = {line.split(b" ", 3)[2] for lines in new.values() for line in lines}
            wanted = {name for name in named if name.startswith(kinds) and b"#" not in name} - loaded.keys()
        needed = (line for lines in loaded.values() for line in lines if not any(word in line for word in _UNSHOWN))
        self._parse(b"\n".join(needed))

    def _against(self, statements: set[bytes]) -> set[bytes]:
        """The statements that a conflict sets against one of these."""
        sides: dict[str, set[bytes]] = {}
        for quad in self.store.quads_for_pattern(None, _named("aig:between"), None):
            sides.setdefault(str(quad.subject), set()).add(str(quad.object).encode())
        return {side for pair in sides.values() if pair & statements for side in pair}

    def values(self, subject: ox.NamedNode, name: str) -> list[ox.NamedNode | ox.Literal]:
        """The objects of a property, over all graphs."""
        if subject.value not in self._known:
            found: dict[str, set[ox.NamedNode | ox.Literal]] = {}
            for quad in self.store.quads_for_pattern(subject, None, None):
                if isinstance(quad.object, ox.NamedNode | ox.Literal):
                    found.setdefault(quad.predicate.value, set()).add(quad.object)
            self._known[subject.value] = {name: sorted(terms, key=str) for name, terms in found.items()}
        return self._known[subject.value].get(_named(name).value, [])

    def text(self, subject: ox.NamedNode, name: str) -> str:
        """The first value as plain text, "" when there is none."""
        return next((value.value for value in self.values(subject, name)), "")

    def label(self, term: ox.NamedNode | ox.Literal) -> str:
        """The label of a thing, or a value as written."""
        if isinstance(term, ox.Literal):
            return term.value
        return self.text(term, "rdfs:label") or terms.shorten(term.value)


def open_graph(path: Path) -> Graph:
    """Opens canonical N-Quads. Raises `BadUse` when the file is missing or no N-Quads."""
    try:
        content = path.read_bytes()
        graph = Graph(content)
    except FileNotFoundError:
        raise BadUse(f"there is no graph at {path}: run kg build, or name one with --graph") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise BadUse(f"{path} can't be read as N-Quads ({error}): build it again") from None
    if not content.strip():
        raise BadUse(f"{path} is empty: build it again")
    return graph


def _words(local: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in local)


def _names(graph: Graph) -> dict[str, set[str]]:
    """Name in lower case -> the things that bear it; statements and evidence have none."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in _NAMES:
        for quad in graph.store.quads_for_pattern(None, _named(name), None):
            bearer, value = quad.subject, quad.object
            if isinstance(value, ox.Literal) and isinstance(bearer, ox.NamedNode) and "/id/" in bearer.value:
                found[value.value.casefold()].add(bearer.value)
    return found


def _node(name: str) -> ox.NamedNode | None:
    """The node of a CURIE or an IRI; None for any other name."""
    try:
        return ox.NamedNode(terms.expand(name) if terms.is_curie(name) else name)
    except ValueError:
        return None


def resolve(graph: Graph, name: str) -> ox.NamedNode:
    """The entity of a CURIE, an IRI, a label or a name as written.

    Raises `BadUse` with suggestions when there is none, or when several things bear the name.
    """
    wanted = name.strip()
    node = _node(wanted)
    if node is not None and next(iter(graph.store.quads_for_pattern(node, None, None)), None):
        return node
    names = _names(graph)
    found = sorted(names.get(wanted.casefold(), ()))
    if len(found) == 1:
        return ox.NamedNode(found[0])
    if found:
        raise BadUse(f"{name!r} names several things: say " + " or ".join(map(terms.shorten, found)))
    raise BadUse(f"nothing in the graph is called {name!r}" + _suggestions(names, wanted.casefold()))


def _suggestions(names: dict[str, set[str]], wanted: str) -> str:
    import difflib

    inside = [name for name in sorted(names, key=len) if wanted in name and len(wanted) > 2]
    close = list(dict.fromkeys([*inside[:3], *difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)]))
    if not close:
        return ": see tables/entities.csv for all names"
    things = (terms.shorten(min(names[name])) for name in close[:4])
    return ": did you mean " + " or ".join(dict.fromkeys(things)) + "?"


class _Reader:
    def __init__(self, graph: Graph, node: ox.NamedNode) -> None:
        self.graph, self.node = graph, node

    def statements(self, position: str) -> Iterable[ox.NamedNode]:
        quads = self.graph.store.quads_for_pattern(None, _named(position), self.node)
        return (quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode))

    def receipt(self, evidence: ox.NamedNode) -> Receipt:
        text = self.graph.text
        source = ox.NamedNode(text(evidence, "oa:hasSource"))
        selector = text(evidence, "oa:hasSelector")
        node = ox.NamedNode(selector) if selector else evidence
        return Receipt(
            terms.shorten(source.value), self.graph.label(source), int(text(node, "oa:start") or 0),
            int(text(node, "oa:end") or 0), text(evidence, "aig:startsWith"), text(evidence, "aig:endsWith"),
            not selector, text(source, "schema:archivedAt") or text(source, "schema:url"),
        )  # fmt: skip

    def qualifiers(self, statement: ox.NamedNode) -> tuple[tuple[str, str], ...]:
        names = ("role", "constituency", "inCapacityOf", "onBehalfOf", "whenText", "review")
        return tuple(
            ("as written" if name == "whenText" else _words(name), self.graph.label(value))
            for name in names
            for value in self.graph.values(statement, terms.shorten(terms.properties()[name].iri))
        )

    def conflicts(self, statement: ox.NamedNode) -> tuple[Clash, ...]:
        between = _named("aig:between")
        found = (quad.subject for quad in self.graph.store.quads_for_pattern(None, between, statement))
        nodes = sorted({node for node in found if isinstance(node, ox.NamedNode)}, key=str)
        return tuple(clash for node in nodes for clash in self._clashes(node, statement))

    def _clashes(self, node: ox.NamedNode, statement: ox.NamedNode) -> Iterable[Clash]:
        kind = terms.local(self.graph.text(node, "aig:conflictKind"))
        challenged = statement in self.graph.values(node, "aig:challenges")
        relation = _PASSIVE.get(kind, kind) if challenged else kind
        for other in self.graph.values(node, "aig:between"):
            if other != statement and isinstance(other, ox.NamedNode):
                said = self.sentence(other)
                yield Clash(kind, relation, terms.shorten(other.value), said, self.graph.text(node, "skos:note"))

    def stated(self, statement: ox.NamedNode, outgoing: bool) -> Stated:
        graph = self.graph
        ends = [graph.values(statement, name)[0] for name in ("rdf:subject", "rdf:predicate", "rdf:object")]
        other = ends[2] if outgoing else ends[0]
        relation = self.relation(ends[1])
        name = graph.label(other) if "/id/st/" not in other.value else self.sentence(ox.NamedNode(other.value))
        evidence = (ox.NamedNode(value.value) for value in graph.values(statement, "aig:evidence"))
        return Stated(
            terms.shorten(statement.value), relation, outgoing, other.value, name,
            terms.local(graph.text(statement, "aig:status")), terms.local(graph.text(statement, "aig:modality")),
            terms.local(graph.text(statement, "aig:reading")),
            tuple(graph.label(value) for value in graph.values(statement, "aig:claimedBy")),
            self.qualifiers(statement), graph.text(statement, "skos:note"), self.conflicts(statement),
            tuple(self.receipt(node) for node in evidence),
        )  # fmt: skip

    def sentence(self, statement: ox.NamedNode) -> str:
        """A statement as words: subject, relation, object."""
        ends = [self.graph.values(statement, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")]
        if not all(ends):
            return terms.shorten(statement.value)
        return f"{self.graph.label(ends[0][0])} {self.relation(ends[1][0])} {self.graph.label(ends[2][0])}"

    def groups(self) -> tuple[tuple[str, tuple[Stated, ...]], ...]:
        found: dict[str, list[Stated]] = defaultdict(list)
        for position, outgoing in (("rdf:subject", True), ("rdf:object", False)):
            for statement in self.statements(position):
                one = self.stated(statement, outgoing)
                found[one.relation if outgoing else f"← {one.relation}"].append(one)
                if outgoing:
                    for dated in self._about(statement):
                        found["when (of a relation)"].append(dated)
        return tuple((name, tuple(sorted(found[name], key=lambda s: s.id))) for name in sorted(found))

    def _about(self, statement: ox.NamedNode) -> Iterable[Stated]:
        quads = self.graph.store.quads_for_pattern(None, _named("rdf:subject"), statement)
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode):
                dated = self.stated(quad.subject, False)
                yield dated._replace(text=f"{dated.text}: {self.graph.text(quad.subject, 'rdf:object')}")

    def derived(self) -> tuple[Derived, ...]:
        quads = list(self.graph.store.quads_for_pattern(self.node, None, None, graph_name("inferred")))
        quads += self.graph.store.quads_for_pattern(None, None, self.node, graph_name("inferred"))
        wanted = [q for q in quads if q.predicate != _named("rdf:type") or q.subject == self.node]
        reasons = explain(self.graph.store, (quad.triple for quad in wanted))
        found = {quad.triple: self._derived(quad.triple, reasons.get(quad.triple)) for quad in wanted}
        kinds = {quad.triple for quad in wanted if quad.predicate == _named("rdf:type")}
        ordered = sorted(found.items(), key=lambda item: (item[0] in kinds, item[1].text))
        return tuple(derived for _, derived in ordered)

    def _derived(self, triple: ox.Triple, why: Explanation | None) -> Derived:
        if why is None:
            return Derived(self.said(triple), "", "no rule explains it", ())
        premises = tuple(self.said(premise) for premise in why.premises)
        return Derived(self.said(triple), why.rule.name, why.rule.summary, premises)

    def said(self, triple: ox.Triple) -> str:
        """A triple in words."""
        ends = (triple.subject, triple.object)
        shown = [self.graph.label(end) if isinstance(end, ox.NamedNode | ox.Literal) else str(end) for end in ends]
        if triple.predicate == _named("rdf:type"):
            return f"{shown[0]} is {'an' if shown[1][:1] in 'AEIOU' else 'a'} {shown[1]}"
        return f"{shown[0]} {self.relation(triple.predicate)} {shown[1]}"

    def relation(self, predicate: ox.NamedNode | ox.Literal) -> str:
        """A property in words: its label in the ontology, else its name taken apart."""
        label = self.graph.text(ox.NamedNode(predicate.value), "rdfs:label")
        return label or _words(terms.local(predicate.value))


def card(graph: Graph, node: ox.NamedNode, inferred: bool = True) -> Card:
    """The card of an entity; without `inferred` the (slower) explanations are left out."""
    graph.gather(node)
    reader = _Reader(graph, node)
    kinds = graph.store.quads_for_pattern(node, _named("rdf:type"), None, graph_name("facts"))
    kind = min((quad.object.value for quad in kinds if isinstance(quad.object, ox.NamedNode)), default="")
    return Card(
        terms.shorten(node.value), graph.label(node), terms.local(kind), graph.text(node, "skos:note"),
        reader.groups(), reader.derived() if inferred else (),
    )  # fmt: skip
