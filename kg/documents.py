"""A JSON-LD document for each thing: what is said of it, by which statements, with their evidence.

`frame` is the JSON-LD 1.1 frame that chooses it; `documents` does what framing the dataset with it would, for all
things at once and some thousand times faster. It knows the part of framing that the frame uses.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from kg import terms
from kg.jsonld import Node, bare, context, merged

__all__ = ["Framer", "documents", "frame", "part_frame"]

_REVERSED = {"isSubjectOf": "subject", "isObjectOf": "object", "inConflict": "between"}
"""Key of a document -> the term that it turns round."""

_CODES = ("status", "modality", "reading")
"""What is said of a statement by words of closed lists, whose names say all."""

_QUALIFIERS = (
    "subject", "predicate", "object", "claimedBy", "role", "constituency", "inCapacityOf", "onBehalfOf", "review",
)  # fmt: skip
"""What else a statement names."""

_KEYS = re.compile(r'"([A-Za-z]+)[":]')
"""What may be a term, a class, or a prefix of a name."""

_Frame = dict[str, object]


@cache
def _context() -> dict[str, object]:
    turned = {
        key: {"@reverse": terms.shorten(terms.properties()[term].iri), "@container": "@set", "@type": "@id"}
        for key, term in _REVERSED.items()
    }
    return context() | turned


def _embedded(**inner: _Frame) -> _Frame:
    """Any node, with all of its own; a key that the node lacks is left out."""
    return {"id": {}, "@embed": "@always", "@omitDefault": True, **inner}


def _reduced(*keys: str) -> _Frame:
    """Any node, with its type and these keys alone."""
    shown: _Frame = {"@omitDefault": True}
    return _embedded(**dict.fromkeys(keys, shown)) | {"@explicit": True}


def _evidence() -> _Frame:
    return _embedded(hasSource=_reduced("label", "url", "archivedAt"), hasSelector=_embedded())


def _statement() -> _Frame:
    """A statement with what it names, its evidence and conflicts, and what is said of it in turn."""
    only = _only()
    said = dict.fromkeys(_CODES, only) | dict.fromkeys(_QUALIFIERS, _reduced("label"))
    said |= {"evidence": _evidence(), "inConflict": _embedded(conflictKind=only, between=only, challenges=only)}
    return _embedded(**said, isSubjectOf=_embedded(**said | {"subject": only}))


def _only() -> _Frame:
    """The name of a node and nothing else of it."""
    return {"id": {}, "@embed": "@never", "@omitDefault": True}


@cache
def frame() -> _Frame:
    """Frames every thing, since each has one of these types; with an `id` beside, that one alone.

    Whatever is named has its type and label with it, the document of a passage its address too. What is said of a
    statement, its date or a conflict, stands within it.
    """
    named, statement = _reduced("label"), _statement()
    things = sorted(term.name for term in terms.properties().values() if term.takes_object)
    return {
        "@context": _context(),
        "type": _types(),
        "@embed": "@never",
        **dict.fromkeys(things, named),
        "isSubjectOf": statement,
        "isObjectOf": statement,
    }


@cache
def part_frame(kind: str) -> _Frame:
    """The frame for what is no thing: a statement (`st`), a piece of evidence (`ev`), a `conflict` with both sides."""
    if kind == "conflict":
        return _embedded(conflictKind=_only(), challenges=_only(), between=_statement())
    return _statement() if kind == "st" else _evidence()


@cache
def _types() -> list[str]:
    """The classes of things, as the context writes them."""
    records = {"Statement", "Participation", "Membership", "EvidenceSpan", "Conflict"}
    return sorted([*terms.classes().keys() - records, "skos:ConceptScheme"])


class Framer:
    """The nodes of all graphs as one, written each with what it names and what names it; each part is written once."""

    def __init__(self, graphs: Iterable[Mapping[str, Node]]) -> None:
        self.nodes = merged(graphs)
        self._turned: dict[str, dict[str, list[str]]] = {key: defaultdict(list) for key in _REVERSED}
        for name in sorted(self.nodes):
            for key, term in _REVERSED.items():
                for value in self.nodes[name].get(term, ()):
                    self._turned[key][value[1:-1]].append(name)
        self._texts: dict[int, dict[str, str]] = defaultdict(dict)

    def _text(self, name: str, chosen: _Frame) -> str:
        """A node within another; its name alone where the frame leaves nothing else of it."""
        known = self._texts[id(chosen)]
        if name not in known:
            inner = self._values(name, chosen) if name in self.nodes else {}
            parts = (f'"{key}":{_one_or_all(key, texts)}' for key, texts in inner.items())
            known[name] = "{" + ",".join(parts) + "}" if len(inner) > 1 else f'"{name}"'
        return known[name]

    def _values(self, name: str, chosen: _Frame) -> dict[str, list[str]]:
        """What the frame takes of a node: key -> the values as JSON."""
        made = {}
        explicit = "@explicit" in chosen
        for key, values in self.nodes[name].items():
            inner = chosen.get(key)
            if isinstance(inner, dict) and inner.get("@embed") == "@always":
                made[key] = [self._text(value[1:-1], inner) for value in values]
            elif inner is not None or not explicit or key == "type":
                made[key] = values
        for key, index in self._turned.items():
            inner = chosen.get(key)
            if isinstance(inner, dict) and name in index:
                made[key] = [self._text(other, inner) for other in index[name]]
        return made

    def document(self, name: str) -> bytes:
        """The document of a thing, a statement or a part of one, with as much of the context as it uses.

        Within it the thing is only named. Raises KeyError for a name that the graphs don't have.
        """
        lines, kind = [], name.partition(":")[0]
        chosen = part_frame(kind) if kind in ("st", "ev", "conflict") else frame()
        for key, texts in self._values(name, chosen).items():
            listed = "[\n" + ",\n".join(texts) + "]" if key in _REVERSED else bare(texts)
            lines.append(f'"{key}":{listed}')
        body = ",\n".join(lines)
        for known in self._texts.values():
            if name in known:
                body = body.replace(known[name], f'"{name}"')
        return f'{{"@context":{{{_head(body)}}},\n{body}}}\n'.encode()


def _one_or_all(key: str, texts: list[str]) -> str:
    return f"[{','.join(texts)}]" if key in _REVERSED else bare(texts)


@cache
def _support(key: str) -> frozenset[str]:
    """The keys of the context that one of them stands on, itself included."""
    entry = _context()[key]
    said = entry.values() if isinstance(entry, dict) else (entry,)
    return frozenset({key, *(str(name).partition(":")[0] for name in said)} & _context().keys())


@cache
def _entries() -> dict[str, str]:
    return {key: f'"{key}":{json.dumps(entry, separators=(",", ":"))}' for key, entry in _context().items()}


def _head(body: str) -> str:
    """The entries of the context that a text needs."""
    used = {"@version", "id", "type"}.union(*map(_support, _context().keys() & _KEYS.findall(body)))
    return ",".join(entry for key, entry in _entries().items() if key in used)


def documents(graphs: Iterable[Mapping[str, Node]]) -> dict[str, bytes]:
    """File name -> content: a document for each thing of the graphs, and the frame."""
    framer, types = Framer(graphs), frozenset(f'"{name}"' for name in _types())
    made = {"jsonld/frame.jsonld": (json.dumps(frame(), ensure_ascii=False, indent=1) + "\n").encode()}
    for name, node in framer.nodes.items():
        if terms.is_curie(name) and not types.isdisjoint(node.get("type", ())):
            kind, _, slug = name.partition(":")
            made[f"jsonld/{kind}/{slug}.jsonld"] = framer.document(name)
    return made
