"""Finding things in a built graph: opened without parsing all of it, and names resolved to things."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg import terms
from kg.errors import BadUse

__all__ = ["Graph", "named", "open_graph", "reading", "resolve"]

_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel")


def _block(content: bytes, kind: str) -> tuple[int, int]:
    """Where the lines stand whose subject is of this kind."""
    start = b"\n<%b" % terms.expand(f"{kind}:").encode()
    first, last = content.find(start), content.rfind(start)
    return (first + 1, content.find(b"\n", last + 1) + 1) if first >= 0 else (0, 0)


def _is_sorted(content: bytes) -> bool:
    """Whether the statements are one block, as they are in the artefact of record, ending in a line end."""
    start, end = _block(content, "st")
    mark = b"\n<%b" % terms.expand("st:").encode()
    inside = content.count(mark, start - 1, end) if end else 0
    return content.endswith(b"\n") and inside == max(content.count(b"\n", start, end), 0)


@cache
def named(name: str) -> ox.NamedNode:
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

    def holds(self, node: ox.NamedNode) -> bool:
        """Whether anything is said of the node itself."""
        described = next(iter(self.store.quads_for_pattern(node, None, None)), None)
        return described is not None or bool(self._of(b"<%b>" % node.value.encode()))

    def gather(self, node: ox.NamedNode) -> None:
        """Parses the statements that name the node, what is said of them, their evidence and sources."""
        wanted = {subject for subject, _ in self._with(b"<%b>" % node.value.encode())}
        about = self._with(b" <%b" % terms.expand("st:").encode())
        wanted |= {subject for subject, line in about if line.split(b" ", 3)[2] in wanted}
        sides = self.store.quads_for_pattern(node, named("aig:between"), None)
        wanted |= self._against(wanted) | {str(quad.object).encode() for quad in sides}
        kinds = tuple(b"<%b" % terms.expand(f"{kind}:").encode() for kind in ("ev", "src", "st"))
        loaded: dict[bytes, list[bytes]] = {}
        while wanted:
            new = {subject: self._of(subject) for subject in wanted}
            loaded |= new
            mentioned = {line.split(b" ", 3)[2] for lines in new.values() for line in lines}
            wanted = {name for name in mentioned if name.startswith(kinds) and b"#" not in name} - loaded.keys()
        self._parse(b"\n".join(line for lines in loaded.values() for line in lines))

    def _against(self, statements: set[bytes]) -> set[bytes]:
        """The statements that a conflict sets against one of these."""
        sides: dict[str, set[bytes]] = {}
        for quad in self.store.quads_for_pattern(None, named("aig:between"), None):
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
        return self._known[subject.value].get(named(name).value, [])

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
    if not content[:99].strip() and not content.strip():
        raise BadUse(f"{path} is empty: build it again")
    return graph


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What goes wrong inside because a graph lacks what every build of this version writes is a `BadUse`."""
    try:
        yield
    except (LookupError, SyntaxError, TypeError, ValueError) as error:
        raise BadUse(f"{path} is no graph of this version ({error}): run kg build") from error


def _names(graph: Graph) -> dict[str, set[str]]:
    """Name in lower case -> the things that bear it; statements and evidence have none."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in _NAMES:
        for quad in graph.store.quads_for_pattern(None, named(name), None):
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
    if node is not None and graph.holds(node):
        return node
    names = _names(graph)
    found = sorted(names.get(wanted.casefold(), ()))
    if len(found) == 1:
        return ox.NamedNode(found[0])
    if found:
        shown = (_with_label(graph, iri) for iri in found)
        raise BadUse(f"{name!r} names several things: say " + " or ".join(shown))
    raise BadUse(f"nothing in the graph is called {name!r}" + _suggestions(graph, names, wanted.casefold()))


def _with_label(graph: Graph, iri: str) -> str:
    return f"{terms.shorten(iri)} ({graph.label(ox.NamedNode(iri))})"


def _suggestions(graph: Graph, names: dict[str, set[str]], wanted: str) -> str:
    import difflib

    inside = [name for name in sorted(names, key=len) if wanted in name and len(wanted) > 2]
    close = list(dict.fromkeys([*inside[:3], *difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)]))
    if not close:
        return ": tables/entities.csv of a build lists all names"
    things = (_with_label(graph, min(names[name])) for name in close[:4])
    return ": did you mean " + " or ".join(dict.fromkeys(things)) + "?"
