"""All files of the site by their paths, each made when asked for: a static site writes all, a server those wanted.

The same graph gives the same bytes, whichever makes them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pyoxigraph as ox

from kg import explorer, folders, pages, queries, terms
from kg.cards import card
from kg.graphs import graph_name, written
from kg.lookup import Found, named
from kg.scene import HEADINGS
from kg.site import answers, described, events, lists, records, things, vocabulary
from kg.site.links import DATA, HTML, TOLD, Links, anchored, base, name_at, place
from kg.site.shelf import Shelf
from kg.turtle import ordered

__all__ = ["MENU", "Gone", "Site"]

MENU = (
    ("things.html", "Things"), ("events.html", "Events"), ("sources.html", "Sources"), ("conflicts.html", "Conflicts"),
    ("questions.html", "Questions"), ("explorer.html", "Explorer"), ("sparql", "SPARQL"), ("ns.html", "Ontology"),
    ("data.html", "Data"),
)  # fmt: skip
"""What every page leads to: file and name. A site without a server has no `sparql`."""


_KEPT = 16
_MEDIA = {
    "html": HTML, "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "xml": "application/xml",
    "ics": "text/calendar; charset=utf-8", "txt": "text/plain; charset=utf-8", "nq": "application/n-quads",
    "trig": "application/trig", "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
} | DATA  # fmt: skip


_LISTS: dict[str, tuple[str, str, Callable[[Shelf], dict[str, Any]]]] = {
    "index.html": ("home", "", lists.home_model),
    "things.html": ("things", "Things", lists.things_model),
    "sources.html": ("sources", "Sources", lists.sources_model),
    "conflicts.html": ("conflicts", "Where sources disagree", lists.conflicts_model),
    "questions.html": ("questions", "Questions", lists.questions_model),
    "search.html": ("search", "Find", lambda shelf: {"text": "", "found": ()}),
}
"""Page -> its template, its title (that of the whole, if none) and what makes what it shows."""


class Gone(LookupError):
    """A statement that was withdrawn; the argument is the reason."""


class Site:
    """The files of a site. `file` raises LookupError for a path that there is not, `Gone` for what was withdrawn."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        # The files of a node follow each other: its document is wanted for five of them.
        self._document = lru_cache(maxsize=_KEPT)(lambda name: described.document(shelf.graph, name))
        self._triples = lru_cache(maxsize=_KEPT)(lambda name: described.triples(self._document(name), name))

    # ------------------------------------------------------------ paths

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[], bytes]]:
        """The files that are no node's: path -> what makes it."""
        shelf = self.shelf
        made: dict[str, Callable[[], bytes]] = {path: partial(self._list, path) for path in _LISTS}
        made |= {
            "events.html": self._events, "events.ics": lambda: events.icalendar(shelf, events.happenings(shelf)),
            "ns.html": self._ontology, "data.html": self._data, "corrections.html": self._corrections,
            "assets/site.css": lambda: pages.text("site/site.css").encode() + explorer.script().style,
            "assets/site.js": lambda: explorer.script().code, "assets/names.js": self._names,
        }  # fmt: skip
        made |= {f"things/{name}.html": partial(self._class, name) for name in lists.by_class(shelf)}
        made |= {f"question/{name}.html": partial(self._question, name) for name in queries.names()}
        made |= {
            f"question/{name}.{form}": partial(answers.written, shelf, name, form)
            for name in queries.names() for form in answers.FORMATS
        }  # fmt: skip
        made |= {f"ns.{form}": partial(self._ontology_data, form) for form in described.FORMS}
        made |= {f"data/{name}": partial(bytes, content) for name, content in shelf.files.items()}
        return made | self._whole()

    def _whole(self) -> dict[str, Callable[[], bytes]]:
        """The files that need the explorer, a server, or to know where the site will stand."""
        made: dict[str, Callable[[], bytes]] = {}
        if self.shelf.explorer:
            made["explorer.html"] = self._explorer
        if self.shelf.live:
            made["assets/query.js"] = lambda: explorer.script().query
            made["assets/terms.js"] = self._terms
        if self.shelf.address:
            made["404.html"] = lambda: self.missing(())
            made["sitemap.xml"] = self._sitemap
            made["robots.txt"] = lambda: f"User-agent: *\nAllow: /\nSitemap: {self.shelf.address}sitemap.xml\n".encode()
        return made

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The CURIEs of all that has a page of its own, what was withdrawn included."""
        graph, shelf = self.shelf.graph, self.shelf
        spans = graph.subjects("rdf:type", named("aig:EvidenceSpan"))
        return (
            *(thing.id for thing in shelf.things), *shelf.statements, *(terms.shorten(one.value) for one in spans),
            *shelf.conflicts, *shelf.withdrawn,
        )  # fmt: skip

    def paths(self) -> Iterator[str]:
        """The path of every file, each once."""
        yield from self._makers
        for name in self.nodes:
            suffixes = ("html",) if name in self.shelf.withdrawn else ("html", *DATA)
            yield from (f"{place(name)}.{suffix}" for suffix in suffixes)

    def media(self, path: str) -> str:
        """The media type of a file."""
        if path.startswith("question/"):
            return answers.FORMATS.get(path.rpartition(".")[2], HTML)
        return _MEDIA.get(path.rpartition(".")[2], "application/octet-stream")

    def file(self, path: str, here: str = "") -> bytes:
        """The content of a file; `here` is the address of the server, for the pages that show how a program asks it."""
        if here and path in TOLD:
            return self._list(path, here) if path in _LISTS else self._data(here)
        if path in self._makers:
            return self._makers[path]()
        where, _, suffix = path.rpartition(".")
        name = name_at(where)
        if not name:
            raise LookupError(path)
        if name in self.shelf.withdrawn:
            raise Gone(self.shelf.withdrawn[name])
        if suffix == "html":
            return self._node(name)
        return self._described(name, suffix)

    def gone(self, path: str) -> bytes:
        """The page that a withdrawn statement left at its path."""
        name = name_at(path.rpartition(".")[0])
        shown = {"name": name, "reason": self.shelf.withdrawn[name]}
        return self._page("gone", path, f"Withdrawn: {name}", shown, "corrections.html")

    # ------------------------------------------------------------ pages of nodes

    def _node(self, name: str) -> bytes:
        where, kind = place(name), things.kinds(name)
        linked = self._linked(name)
        if kind == "evidence":
            shown = things.evidence(self.shelf, name)
            return self._page(
                kind, f"{where}.html", f"Evidence {name}", shown, "sources.html", place=where, alternates=DATA,
                linked=linked, summary=f"Where the words are that {name} cites.",
            )  # fmt: skip
        shown = things.model(self.shelf, name)
        made = shown["card"]
        summary = f"{made.label}: what {shown['statements']} statements say, each with who says it and the words."
        section = {"source": "sources.html", "statement": "sources.html", "conflict": "conflicts.html"}.get(
            kind, "things.html"
        )
        if kind == "source":
            shown |= lists.source_model(self.shelf, name)
        elif kind == "statement":
            shown |= self._meanings(shown)
            summary = f"{made.label}. Says {shown['one'].says}."
            shown["own"] = shown["own"][1:]  # the statement itself stands at the top
        shown |= {"each_part": shown["parts"], "heading": lists.heading(made.type)}
        shown.pop("parts")
        return self._page(
            kind, f"{where}.html", made.label, shown, section, place=where, alternates=DATA, linked=linked,
            summary=summary, name=name,
        )  # fmt: skip

    def _meanings(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What the three words mean that say how far a statement carries, and the titles of its sources."""
        one, graph = shown["one"], self.shelf.graph
        words = {of: f"concept:{getattr(one, of)}" for of in ("status", "modality", "reading")}
        return {
            "titles": {receipt.source: receipt.title for receipt in one.receipts},
            "meanings": {of: graph.text(named(name), "skos:definition") for of, name in words.items()},
        } | {of: self.shelf.reader.thing(named(name)) for of, name in words.items()}

    def _linked(self, name: str) -> str:
        """The node's document in JSON-LD, as an element of its page."""
        return pages.data_block("application/ld+json", json.loads(self._document(name)))

    def _described(self, name: str, suffix: str) -> bytes:
        graph = self.shelf.graph
        if suffix not in DATA or not graph.holds(named(name)):
            raise LookupError(f"{name}.{suffix}")
        if suffix == "json":
            if name.startswith("ev:"):
                return records.written(records.evidence_record(things.evidence(self.shelf, name)))
            return records.written(records.card_record(graph, card(graph, named(name))))
        return self._document(name) if suffix == "jsonld" else described.serialized(self._triples(name), suffix)

    # ------------------------------------------------------------ other pages

    def _page(
        self, template: str, path: str, title: str, shown: Mapping[str, Any], section: str = "", *,
        whole: bool = False, **more: Any,
    ) -> bytes:  # fmt: skip
        """A page of a template; `whole` links by whole addresses, for a page that is shown in place of any other."""
        root = (self.shelf.address or "/") if whole else "../" * path.count("/")
        about = self.shelf.about
        known: dict[str, Any] = {
            "front": False, "alternates": {}, "place": path.rpartition(".")[0], "linked": "",
            "summary": (about.description if about else None) or "Who did what in AI governance, and who says so.",
        }  # fmt: skip
        return pages.rendered(
            f"site/{template}.html.j2",
            **(known | {"shelf": self.shelf, "link": Links(root, self.shelf.vocabulary, self.shelf.texts),
                        "path": path, "title": title, "menu": self._menu, "section": section, "anchored": anchored}
               | dict(shown) | more),
        )  # fmt: skip

    @cached_property
    def _menu(self) -> list[tuple[str, str]]:
        """What there is of what pages lead to."""
        lacking = {"explorer.html": self.shelf.explorer, "sparql": self.shelf.live}
        return [(path, name) for path, name in MENU if lacking.get(path, True)]

    def _list(self, path: str, here: str = "") -> bytes:
        template, title, model = _LISTS[path]
        return self._page(template, path, title or self.shelf.title, model(self.shelf), front=not title, here=here)

    def _class(self, name: str) -> bytes:
        shown = lists.class_model(self.shelf, name)
        return self._page("class", f"things/{name}.html", shown["heading"], shown, "things.html")

    def _events(self) -> bytes:
        found = events.happenings(self.shelf)
        shown = {"years": events.by_year(found), "months": list(events.months(found))}
        return self._page("events", "events.html", "Events in time", shown)

    def question(self, name: str, given: Mapping[str, Sequence[str]], here: str = "") -> tuple[bytes, bool]:
        """The page of a question with the answer that values give, and whether they could be understood.

        `here` is the address of the server, where there is one. Raises `BadUse` when there is no such question.
        """
        shown = answers.model(self.shelf, name, given)
        asked = shown["asked"]
        told = shown["given"] or [(one["parameter"].name, one["default"]) for one in shown["fields"] if one["default"]]
        command = shlex.join(["kg", "query", "run", name, *(word for pair in told for word in ("-p", "=".join(pair)))])
        asking = f"{here}question/{name}.csv{'?' if told else ''}{urlencode(told)}" if here else ""
        page = self._page(
            "question", f"question/{name}.html", asked.summary, shown, "questions.html", command=command, asking=asking,
            forms=tuple(answers.FORMATS), summary=asked.description,
        )  # fmt: skip
        return page, not shown["wrong"]

    def _question(self, name: str) -> bytes:
        return self.question(name, {})[0]

    def search(self, text: str, found: Sequence[Found]) -> bytes:
        """The page of what answers to a text."""
        return self._page("search", "search.html", "Find", {"text": text, "found": found})

    def sparql(self, shown: Mapping[str, Any]) -> bytes:
        """The page where one asks in SPARQL: `text`, and of an answer `table` or `triples`, or what is `wrong`."""
        known = {
            "text": "", "table": None, "triples": "", "wrong": "", "place": "", "query": "", "line": 0, "column": 0,
            "at": "", "pointer": "", "cut": 0,
        } | dict(shown)  # fmt: skip
        known["command"] = shlex.quote(f"query={known['text'] or known['example']}")
        return self._page("sparql", "sparql", "SPARQL", known)

    def missing(self, found: Sequence[Found]) -> bytes:
        """The page for what is not there, with what may have been meant; it may be shown in place of any other."""
        return self._page("missing", "404.html", "There is no such page", {"found": found}, whole=True)

    def _ontology(self) -> bytes:
        shown = {
            "classes": vocabulary.classes(self.shelf), "properties": vocabulary.properties(self.shelf),
            "schemes": vocabulary.schemes(self.shelf), "iri": f"{base()}ns", "version": folders.ontology_version(),
        }  # fmt: skip
        formats = {name: DATA[name] for name in ("ttl", "rdf", "nt")}
        return self._page("ns", "ns.html", "The ontology", shown, alternates=formats)

    def _ontology_data(self, form: str) -> bytes:
        if form == "ttl":
            return folders.ontology("aigov.ttl").read_bytes()
        quads = self.shelf.graph.store.quads_for_pattern(None, None, None, graph_name("ontology"))
        found = ordered(quad.triple for quad in quads)
        return described.serialized(found, form)

    def _data(self, here: str = "") -> bytes:
        return self._page("data", "data.html", "Data", lists.data_model(self.shelf), base=base(), here=here)

    def _corrections(self) -> bytes:
        given = (self.shelf.about.contact if self.shelf.about else None) or ""
        contact = given if given.startswith(("mailto:", "https://", "http://")) else ""
        return self._page("corrections", "corrections.html", "Corrections", {"contact": contact})

    # ------------------------------------------------------------ what is no page

    def _names(self) -> bytes:
        """The names of all things as a script, since a page that is opened from disk may not read any other file."""
        shelf, kinds = self.shelf, {}
        rows = []
        for thing in shelf.things:
            names = shelf.graph.names.get(terms.expand(thing.id), set()) - {thing.label}
            rows.append([thing.id, thing.label, thing.type, sorted(names), shelf.uses[thing.id]])
            kinds[thing.type] = HEADINGS.get(thing.type) or lists.heading(thing.type)
        return f"globalThis.kgNames={pages.in_script({'types': kinds, 'things': rows})};\n".encode()

    def _terms(self) -> bytes:
        """What the editor of queries completes, as a script: prefixes, terms of the ontology, and things."""
        shelf = self.shelf
        names = [
            *([one.id, one.label, "class"] for one in vocabulary.classes(shelf)),
            *([one.id, one.label, "property"] for one in vocabulary.properties(shelf)),
            *([thing.id, thing.label, "thing"] for thing in shelf.things),
        ]
        held = {"prefixes": sorted(terms.prefixes()), "names": names}
        return f"globalThis.kgTerms={pages.in_script(held)};\n".encode()

    def _explorer(self) -> bytes:
        parts = explorer.assets()
        if parts is None:
            raise LookupError(explorer.MISSING)
        quads = written(self.shelf.graph.store.quads_for_pattern(None, None, None), ox.RdfFormat.N_QUADS)
        triples = b"".join(sorted(quads.splitlines(keepends=True)))
        content = explorer.whole(self.shelf.statements.values(), self.shelf.about)
        content = explorer.fitting(content, len(triples))
        return explorer.page(explorer.payload(self.shelf.graph, content), triples, parts)

    def _sitemap(self) -> bytes:
        """All pages, by their whole addresses (sitemaps.org)."""
        wanted = sorted(path for path in self.paths() if path.endswith(".html") and path != "404.html")
        lines = (f"<url><loc>{escape(self.shelf.address + path)}</loc></url>\n" for path in wanted)
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        return (head + "".join(lines) + "</urlset>\n").encode()
