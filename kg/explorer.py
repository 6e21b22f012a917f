"""The explorer: one HTML file with everything in it that a reader needs to look around, ask and cite, offline.

What stands in its block `data` is typed in `explorer/src/data/model.ts`; things and sources are named by their place
in a list there. Script, style and worker are made from `explorer/` when the package is built, and lie in `kg/assets`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from kg import folders, pages, queries, terms
from kg.evidence import around, merged
from kg.facts import About
from kg.lookup import Graph, named
from kg.networks import DRAWN, communities
from kg.paths import STRENGTHS, THROUGH
from kg.scene import CLASSES, HEADINGS, LOOKS, scene
from kg.statements import Receipt, Statement, Thing, periods

__all__ = [
    "FORMAT", "LARGEST", "MISSING", "Assets", "Content", "Script", "assets", "fitting", "page", "part", "payload",
    "picture", "script", "whole",
]  # fmt: skip

FORMAT = 1
"""The form of the data; the script refuses another one."""

MISSING = (
    "the explorer's parts are missing (kg/assets): in a checkout, npm ci and npm run build in explorer/ make them, "
    "and pip install . where npm's registry can be reached"
)
"""Why there is no explorer, and how to get it."""

LARGEST = 64 * 2**20
"""Bytes of N-Quads that a page takes along: more, and the engine in it is neither ready soon nor within its memory."""


class Assets(NamedTuple):
    """What `npm run build` makes: the page's script and style, the worker's script, and Oxigraph as WebAssembly."""

    script: str
    style: str
    worker: str
    engine: bytes


def assets(folder: Path | None = None) -> Assets | None:
    """The parts as they lie in a folder [default: `kg/assets`]; None when one is missing."""
    place = folder or Path(__file__).parent / "assets"
    try:
        texts = [(place / name).read_text(encoding="utf-8") for name in ("app.js", "app.css", "worker.js")]
        return Assets(texts[0], texts[1], texts[2], (place / "oxigraph.wasm").read_bytes())
    except OSError:
        return None


class Script(NamedTuple):
    """The script and the style of the pages of a site, which bring parts of the explorer to them.

    `query` is the script of the page where one writes SPARQL, which only a server has.
    """

    code: bytes
    style: bytes
    query: bytes


def script(folder: Path | None = None) -> Script:
    """The same as they lie in a folder [default: `kg/assets`]; empty where they were not made: pages work without."""
    place = folder or Path(__file__).parent / "assets"
    try:
        code, style, query = ((place / name).read_bytes() for name in ("site.js", "site.css", "query.js"))
    except OSError:
        return Script(b"", b"", b"")
    return Script(code, style, query)


@dataclass(frozen=True, slots=True)
class Content:
    """What a page holds: its statements, title and summary; `whole` unless they are a selection.

    `about` is what the project says of itself, `command` what makes the page again, `texts` (by their digests) gives
    the sentences of a page for own use; without `asking` there are no questions and no engine. `outside` is the size
    in bytes of the triples where they are too many for a page, else 0.
    """

    statements: tuple[Statement, ...]
    title: str
    summary: str
    version: str
    whole: bool = True
    about: About | None = None
    command: str = "kg build"
    asking: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    outside: int = 0


def whole(statements: Iterable[Statement], about: About | None, command: str = "kg build") -> Content:
    """The content of a page with everything."""
    title, summary = (about.title, about.description or "") if about else ("AI governance: who did what", "")
    return Content(tuple(statements), title, summary, folders.version(), about=about, command=command)


def part(content: Content, statements: Iterable[Statement], title: str, summary: str) -> Content:
    """The same with some of the statements."""
    return replace(content, statements=tuple(statements), title=title, summary=summary, whole=False)


def fitting(content: Content, size: int) -> Content:
    """The same without the triples and what asks them when so many bytes of N-Quads are too many; the page says so."""
    return replace(content, asking=False, outside=size) if size > LARGEST else content


# ---------------------------------------------------------------- the data


class _Numbers:
    """Things by their place in the list."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        found: set[Thing] = set()
        for one in statements:
            found |= {one.subject, one.object, *one.claimed_by, *one.constituency, *one.on_behalf_of}
            found |= {thing for thing in (one.role, one.in_capacity_of, one.review) if thing}
        # What has no name stands last.
        self.things = sorted(found, key=lambda thing: (not thing.id, thing))
        self._place = {thing: at for at, thing in enumerate(self.things)}

    def one(self, thing: Thing | None) -> int:
        return self._place[thing] if thing else -1

    def many(self, things: Iterable[Thing]) -> list[int]:
        return [self._place[thing] for thing in things]


def _things(graph: Graph, known: Sequence[Thing], statements: Sequence[Statement]) -> list[list[Any]]:
    drawn = scene(statements)
    places, weights, groups = drawn.places, drawn.weights, communities(statements)
    rows = []
    for thing in known:
        names = graph.names.get(terms.expand(thing.id), set()) if terms.is_curie(thing.id) else set()
        rows.append([
            thing.id, thing.label, thing.type, sorted(names - {thing.label}), places.get(thing.id),
            groups.get(thing.id, -1), weights.get(thing.id, 0),
        ])  # fmt: skip
    return rows


def _sources(graph: Graph, receipts: Iterable[Receipt]) -> list[list[str]]:
    found = {one.source: one for one in receipts}
    rows = []
    for name, one in sorted(found.items()):
        node = named(name)
        publisher = next(iter(graph.values(node, "dcterms:publisher")), None)
        rows.append([
            name, one.title, one.address, one.digest, graph.text(node, "dcterms:language"),
            graph.text(node, "dcterms:issued"), graph.label(publisher) if publisher else "",
        ])  # fmt: skip
    return rows


def _sentence(texts: Mapping[str, str], receipt: Receipt) -> str:
    """The sentences that a passage touches, "" where its text is not at hand."""
    text = texts.get(receipt.digest)
    return around(text, receipt.start, receipt.end) if text is not None and not receipt.whole else ""


def _statements(
    statements: Iterable[Statement], numbers: _Numbers, sources: Sequence[str],
    dates: Mapping[str, tuple[str, str]], texts: Mapping[str, str],
) -> list[list[Any]]:  # fmt: skip
    place = {name: at for at, name in enumerate(sources)}
    rows = []
    for one in statements:
        receipts = [
            [place[r.source], r.start, r.end, r.head, r.tail, int(r.whole), r.link, _sentence(texts, r)]
            for r in one.receipts
        ]
        rows.append([
            one.id, numbers.one(one.subject), one.predicate, numbers.one(one.object), one.status, one.modality,
            one.reading, numbers.many(one.claimed_by), numbers.one(one.role), numbers.many(one.constituency),
            numbers.one(one.in_capacity_of), numbers.many(one.on_behalf_of), one.when_text, numbers.one(one.review),
            one.note, [list(clash) for clash in one.conflicts], receipts, dates.get(one.id),
        ])  # fmt: skip
    return rows


def _questions() -> list[dict[str, Any]]:
    return [
        {
            "name": one.name, "summary": one.summary, "description": one.description, "tags": one.tags,
            "answers": one.answers, "columns": one.columns, "text": one.text,
            "params": [parameter._asdict() for parameter in one.params],
        }
        for one in queries.questions()
    ]  # fmt: skip


def _about(content: Content, things: int, sources: int) -> dict[str, Any]:
    """Counts, what is cited of each text, and how to cite and to make the page."""
    about, found = content.about, content.statements
    cited: dict[str, set[tuple[int, int]]] = {}
    for one in found:
        for receipt in one.receipts:
            if receipt.digest:
                cited.setdefault(receipt.source, set()).add((receipt.start, receipt.end))
    held = Counter(name for one in found for name in one.sources)
    who = [about.publisher, about.title] if about else []
    said = ". ".join(filter(None, (*who, content.title if not about or not content.whole else "")))
    day = f" ({about.published})" if about and about.published else ""
    return {
        "counts": {
            "statements": len(found), "things": things, "sources": sources,
            "passages": sum(len(one.receipts) for one in found),
            "contradicted statements": sum(one.contradicted for one in found),
        },
        "coverage": [[name, held[name], _covered(spans)] for name, spans in sorted(cited.items())],
        "licence": (about.license or "") if about else "",
        "publisher": (about.publisher or "") if about else "",
        "cite": f"{said}. Version {content.version}{day}.",
        "build": content.command,
        "outside": content.outside,
    }  # fmt: skip


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    """How many characters lie in one of the spans."""
    return sum(end - start for start, end in merged(spans))


def _shared(statements: Sequence[Statement], things: Iterable[Thing]) -> dict[str, Any]:
    """What any page of the explorer's kind says of how it shows things and statements."""
    shown = {name: {"key": name, **look._asdict()} for name, look in (CLASSES | LOOKS).items()}
    for look in shown.values():
        for left_out in ("path", "head_size"):
            look.pop(left_out, None)
    kinds = sorted({thing.type for thing in things if thing.type})
    return {
        "format": FORMAT, "base": dict(terms.prefixes()), "drawn": DRAWN, "through": THROUGH, "strengths": STRENGTHS,
        "relations": {one.predicate: one.relation for one in statements},
        "classes": [shown[name] for name in CLASSES], "looks": [shown[name] for name in LOOKS],
        "types": {name: HEADINGS.get(name) or terms.words(name).strip() for name in kinds},
    }  # fmt: skip


def payload(graph: Graph, content: Content) -> dict[str, Any]:
    """The data of a page, as `Payload` in `explorer/src/data/model.ts` has it, ready for JSON."""
    found = tuple(sorted(content.statements, key=lambda one: one.id))
    numbers = _Numbers(found)
    sources = _sources(graph, (receipt for one in found for receipt in one.receipts))
    return _shared(found, numbers.things) | {
        "title": content.title, "summary": content.summary, "version": content.version,
        "date": (content.about.published or "") if content.about else "", "whole": content.whole,
        "sentences": bool(content.texts), "things": _things(graph, numbers.things, found), "sources": sources,
        "statements": _statements(found, numbers, [row[0] for row in sources], periods(graph, found), content.texts),
        "questions": _questions() if content.asking else [],
        "about": _about(content, sum(bool(thing.id) for thing in numbers.things), len(sources)),
    }  # fmt: skip


def picture(graph: Graph, statements: Iterable[Statement]) -> dict[str, Any]:
    """The data of a small picture of some statements: a payload without places, names, dates, questions and passages.

    The page arranges it, which for a few things it does at once.
    """
    found = tuple(sorted(statements, key=lambda one: one.id))
    numbers = _Numbers(found)
    bare = tuple(
        one._replace(receipts=(), note="", conflicts=one.conflicts if one.contradicted else ()) for one in found
    )
    return _shared(found, numbers.things) | {
        "title": "", "summary": "", "version": "", "date": "", "whole": False, "sentences": False,
        "things": [[one.id, one.label, one.type, [], None, -1, 0] for one in numbers.things], "sources": [],
        "statements": _statements(bare, numbers, (), {}, {}), "questions": [],
        "about": {"counts": {}, "coverage": [], "licence": "", "publisher": "", "cite": "", "build": "", "outside": 0},
    }  # fmt: skip


# ---------------------------------------------------------------- the page


_WITHOUT = "#damaged { display: none; }"
"""The style of a page in a browser that runs no script: there the warning would be wrong."""


def _packed(content: bytes) -> str:
    """Base64 of gzip, without the time and the system of whoever packed it (RFC 1952, section 2.3).

    Level 6: 9 takes twice the time for one part in a hundred.
    """
    made = gzip.compress(content, 6, mtime=0)
    return base64.b64encode(made[:9] + b"\xff" + made[10:]).decode("ascii")


def _in_element(code: str, name: str) -> str:
    """A script or style sheet whose strings can't end its element; in a script, nor begin a comment of HTML."""
    kept = re.sub(rf"</(?={name})", r"<\\/", code, flags=re.IGNORECASE)
    return kept.replace("<!--", r"\x3C!--") if name == "script" else kept


def page(data: Mapping[str, Any], triples: bytes, parts: Assets) -> bytes:
    """The page of a payload and its triples (N-Quads); the engine is in it when the payload has questions, and the
    triples unless it says that they stay outside.

    The manifest has the SHA-256 of each block, so that a page cut short or changed by hand is told.
    """
    blocks = {"data": pages.in_script(data)}
    if not data["about"]["outside"]:
        blocks["triples"] = _packed(triples)
    if data["questions"]:
        blocks |= {"worker": _packed(parts.worker.encode("utf-8")), "wasm": _packed(parts.engine)}
    digests = {name: hashlib.sha256(text.encode("utf-8")).hexdigest() for name, text in blocks.items()}
    script = _in_element(parts.script, "script")
    style = _in_element(pages.text("explorer.css") + parts.style, "style")
    return pages.rendered(
        "explorer.html.j2", title=data["title"], summary=data["summary"], blocks=blocks, script=script, style=style,
        manifest=pages.in_script({"format": FORMAT, "digests": digests}),
        policy=pages.digest(script), styles=f"{pages.digest(style)} {pages.digest(_WITHOUT)}", without=_WITHOUT,
    )  # fmt: skip
