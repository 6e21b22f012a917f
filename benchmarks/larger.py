"""A larger graph of the same shape as the project's own, to load, to ask and to draw: canonical N-Quads of any size.

`python benchmarks/larger.py OUT.nq --triples 1000000 [--seed 1]`, or `--entities 5000`: things of the kinds that a
picture shows. The real project is the pattern of a round. Each round has sources, statements, evidence, events,
documents, propositions and figures of its own; its agents, places, posts, standards and series are new or those of an
earlier round, so that the rounds hang together and a few actors have very many statements. The ontology and the
concepts stay as they are. The last round is cut to size. Nothing in it is true, and no address leads anywhere.

Lines come in sorted order by construction: names end in a number of fixed width and are gone through one by one,
statements, evidence and sources round by round. So it takes the memory of a round, whatever the size.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import pyoxigraph as ox

from kg import graph, rules, terms, vocabulary
from kg.errors import BadUse, KgError
from kg.facts import Project, load
from kg.graphs import Graphs, graph_name
from kg.networks import DRAWN

__all__ = ["Plan", "main", "plan"]

_NEW, _CONSTANT = 0, -1
"""Owners: of what is new in each round, and of what is the same in all. The groups that rounds share count from 1."""
_SHARED = {
    "Organization", "OrganizationalUnit", "WorkingGroup", "Person", "Country", "Place", "Post", "Standard",
    "EventSeries", "Identifier",
}  # fmt: skip
# What these join is one group: no chain or transitive relation leads from one round into another then, and no
# identifier or post gets two owners.
_JOINING = ("withinPlace", "subOrganizationOf", "identifier", "postIn")
_AGAIN, _MOST_AGAIN = 0.08, 0.9
"""How often a round takes a group from an earlier one, for each real source that names it, and at most."""
_BY_ROUND = {"src": r"(.+)()", "st": r"(.+)(-\d+)", "ev": r"(.+)(-\d+-\d+(?:#selector)?)"}
_LAST_SOURCE = 999_999
_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel", "dcterms:title")
_CODES = ("skos:notation", "aig:designation", "aig:startsWith", "aig:endsWith", "schema:email")
_ADDRESSES = ("schema:url", "schema:archivedAt", "skos:exactMatch")
_OF_A_DATE = ("aig:whenText", "aig:earliest", "aig:latest")
_DATES = ("aig:when", "dcterms:issued", *_OF_A_DATE)
_YEAR = re.compile(r"\b((?:19|20)[0-9]{2})\b")
_SCRIPTS = ("更大", "より大きい", "더 큰", "больше", "أكبر", "बड़ा", "μεγάλο", "ใหญ่", "𠮷")
_LONG = 2000

_Written = Callable[[int], bytes]
_Owners = tuple[int, ...]


class _Atom(NamedTuple):
    """A part of a line that differs from round to round: whose number is in it, and how it is written with that."""

    owner: int
    written: _Written


_Parts = tuple[bytes | _Atom, ...]


class _Block(NamedTuple):
    """All lines of a thing, or of all statements of a round: one format, and what fills it."""

    form: bytes
    atoms: tuple[tuple[bytes, _Atom], ...]

    def lines(self, numbers: Sequence[int]) -> list[bytes]:
        """The lines with the numbers of a round."""
        return (self.form % {name: written(numbers[owner]) for name, (owner, written) in self.atoms}).splitlines(True)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a round is made from: blocks by subject, and how many triples and drawn things bear whose numbers."""

    blocks: dict[str, _Block]
    triples: Counter[_Owners]
    entities: Counter[_Owners]


class _Round(NamedTuple):
    """A round: its pattern, and the number of each owner in it."""

    pattern: _Pattern
    numbers: list[int]


# ---------------------------------------------------------------- how the parts of a line are written


def _numbered(head: str, tail: str, scale: int = 1, offset: int = 0) -> _Written:
    before, after = head.encode(), tail.encode()
    return lambda number: b"%b%06d%b" % (before, number * scale + offset, after)


def _script(number: int) -> str:
    return f" ({_SCRIPTS[number // 8 % len(_SCRIPTS)]})" if number % 8 == 1 else ""


def _styled(text: str, name: str, seed: int, years: Sequence[int]) -> _Written | None:
    """How a literal, or an address elsewhere, is written with a number; `years` are those that dates are moved by.

    None for what is the same in all rounds.
    """
    head, tail = text[: text.rfind('"')], text[text.rfind('"') :]
    if name in _ADDRESSES:  # it leads nowhere, and is about as long as the real one
        return _numbered(f"{text[0]}https://example.org/", f"/{text.partition('://')[2] or text[1:]}")
    if name in _DATES:
        parts = _YEAR.split(head)  # every second is a year
        places = range(len(parts))
        return lambda number: (
            "".join(str(int(parts[at]) + years[number]) if at % 2 else parts[at] for at in places) + tail
        ).encode()
    if name in _NAMES:  # one round of eight has a word in another script
        return lambda number: f"{head} {number}{_script(number)}{tail}".encode()
    if name in _CODES:  # without a new word: they may have a few only
        return lambda number: f"{head}-{number}{tail}".encode()
    if name == "aig:digest":
        return lambda number: f'"{hashlib.sha256(f"{seed} {number} {head}".encode()).hexdigest()}"'.encode()
    if name == "aig:value":  # every other round has a zero behind the point; the number is the same
        return lambda number: f"{head}{'.0' if number % 2 and '.' not in head else ''}{tail}".encode()
    if name == "skos:note":  # one round of sixteen has long ones
        long = head + f" {head[1:]}" * (_LONG // len(head))
        return lambda number: f"{long if number % 16 == 1 else head} ({number}){tail}".encode()
    return None


# ---------------------------------------------------------------- what goes together


def _groups(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """What pairs join, in order; a pair of the same adds it alone."""
    return sorted(sorted(group) for group in nx.connected_components(nx.Graph(list(pairs))))


def _owners(project: Project) -> tuple[dict[str, int], list[float]]:
    """Whose number a thing bears, when it isn't new in each round; and how often an owner is taken again."""
    types = {name: entity.type for name, entity in project.entities.items()}
    types |= {fact.introduces.node: fact.introduces.type for fact in project.facts if fact.introduces}
    sources: dict[str, set[str]] = defaultdict(set)
    pairs = [(name, name) for name in types]
    for fact in project.facts:
        pairs += [(fact.subject, fact.object)] if fact.object and fact.predicate in _JOINING else []
        for name in filter(None, (fact.subject, fact.object)):
            sources[name].update(fact.sources)
    owners: dict[str, int] = {}
    rates = [0.0]
    for group in _groups(pairs):
        if any(name.startswith("concept:") for name in group):
            owners |= dict.fromkeys(group, _CONSTANT)
        elif {types[name] for name in group} <= _SHARED:
            owners |= dict.fromkeys(group, len(rates))
            naming = set().union(*(sources[name] for name in group))
            rates.append(min(_AGAIN * len(naming), _MOST_AGAIN))
    return owners, rates


def _bundles(project: Project, draw: random.Random) -> list[list[str]]:
    """The facts that must stay together, in an order of which each stretch is a sample of the whole.

    Together are the sides of a conflict, a relation and its date, all dates of a thing, and all that is said of a
    proposition, a figure or an identifier.
    """
    ids = {fact.id for fact in project.facts}
    described = {fact.introduces.node for fact in project.facts if fact.introduces}
    pairs = [*((name, name) for name in ids), *(conflict.between for conflict in project.conflicts)]
    for fact in project.facts:
        pairs += [(fact.id, name) for name in fact.things if name in described or name in ids]
        pairs += [(fact.id, f"dates of {fact.subject}")] if fact.predicate == "when" else []
    relations = {fact.id: fact.predicate for fact in project.facts}
    strata: dict[str, list[list[str]]] = defaultdict(list)
    for group in _groups(pairs):
        bundle = [name for name in group if name in ids]
        strata[relations[bundle[0]]].append(bundle)
    placed = []
    for bundles in strata.values():
        start = draw.random()
        bundles.sort(key=lambda _: draw.random())
        placed += [((number + start) / len(bundles), bundle) for number, bundle in enumerate(bundles)]
    return [bundle for _, bundle in sorted(placed)]


def _part(project: Project, ids: set[str]) -> Project:
    """The project with some of its facts, and the things and sources that these need."""
    facts = tuple(fact for fact in project.facts if fact.id in ids)
    wanted = {name for fact in facts for name in (*fact.things, *fact.sources)}
    sources = {name: source for name, source in project.sources.items() if name in wanted}
    queue = [*wanted, *(source.publisher for source in sources.values() if source.publisher)]
    entities = {}
    while queue:
        name = queue.pop()
        if name in project.entities and name not in entities:
            entities[name] = project.entities[name]
            queue.extend(entities[name].distinct_from)
    conflicts = tuple(conflict for conflict in project.conflicts if ids.issuperset(conflict.between))
    return replace(project, facts=facts, sources=sources, entities=entities, conflicts=conflicts)


# ---------------------------------------------------------------- patterns


def _graphs(project: Project, known: set[ox.Triple]) -> Graphs:
    """The graphs of a project; what is inferred follows from the known facts too."""
    made = graph.build(project, vocabulary.load())
    made["inferred"] = rules.infer(made | {"facts": made["facts"] | known})
    return made


@cache
def _real() -> tuple[Project, Graphs]:
    """The real project and its graphs; what was withdrawn from it belongs to no round."""
    project = load(Path(__file__).parent.parent / "kg" / "data", vocabulary.load())
    project = replace(project, withdrawn={})
    return project, _graphs(project, set())


class _Model:
    """The real project, and patterns made from all of it or from a part."""

    def __init__(self, seed: int) -> None:
        self.seed, self.draw = seed, random.Random(seed)
        self.project, self.whole = _real()
        self.owners, self.rates = _owners(self.project)
        self.bundles = _bundles(self.project, self.draw)
        ids = {fact.id for fact in self.project.facts}
        names = {name.removeprefix("src:") for name in self.project.sources} | {name.rpartition("-")[0] for name in ids}
        self.serials = {name: number for number, name in enumerate(sorted(names), 1)}
        # Of each statement: its property, and what it is about.
        self._said = {
            terms.expand(f"st:{fact.id}"): (
                terms.shorten(terms.properties()[fact.predicate].iri),
                terms.expand(f"st:{fact.subject}" if fact.subject in ids else fact.subject),
            )
            for fact in self.project.facts
        }
        self.years = [0]  # the first round keeps its dates: what is asked of the real graph finds something
        self._atoms: dict[Hashable, bytes | _Atom] = {}
        self._lines: dict[tuple[ox.Triple, str], tuple[_Parts, _Owners]] = {}
        self.full = self._pattern(self.whole)

    def part(self, size: int, known: set[ox.Triple]) -> _Pattern:
        """The pattern of a round of some bundles; `known` are its facts that earlier rounds have."""
        ids = {name for bundle in self.bundles[:size] for name in bundle}
        return self._pattern(_graphs(_part(self.project, ids), known))

    def known(self, numbers: Sequence[int], seen: set[tuple[_Owners, _Owners]]) -> set[ox.Triple]:
        """The facts of a full round with these numbers that earlier rounds have."""
        facts = self.whole["facts"]
        return {triple for triple in facts if _bearing(self._line(triple, "facts")[1], numbers) in seen}

    def numbers(self, rounds: Sequence[_Round]) -> list[int]:
        """The numbers of the next round. What was taken often is taken more often (H. A. Simon, 1955)."""
        this = len(rounds)
        if this:  # by fours, so that the last day of a February stays one
            self.years.append(4 * int(self.draw.random() * 9) - 16)
        found = [this]
        for owner, rate in enumerate(self.rates[1:], 1):
            again, which = self.draw.random() < rate, int(self.draw.random() * this)
            found.append(rounds[which].numbers[owner] if again and rounds else this)
        return found

    def owner(self, iri: str) -> int:
        """Whose number an IRI bears."""
        name = terms.shorten(iri)
        ours = terms.is_curie(name.partition("#")[0]) and not name.startswith("concept:")
        return self.owners.get(name, _NEW) if ours else _CONSTANT

    def node(self, iri: str) -> bytes | _Atom:
        """A thing of ours with its number, anything else as it is."""
        if self.owner(iri) == _CONSTANT:
            return f"<{iri}>".encode()
        if iri not in self._atoms:
            kind, _, rest = terms.shorten(iri).partition(":")
            written = _numbered(f"<{iri}-", ">")
            if found := re.fullmatch(_BY_ROUND.get(kind, "(?!)"), rest):
                head = f"<{terms.expand(f'{kind}:')}larger-"
                written = _numbered(head, f"{found[2]}>", len(self.serials), self.serials[found[1]])
            self._atoms[iri] = _Atom(self.owner(iri), written)
        return self._atoms[iri]

    def _value(self, text: str, name: str, subject: str) -> bytes | _Atom:
        """A literal, or an address elsewhere, as the property and the kind of the subject want it."""
        owner = self.owner(subject)
        if name == "rdfs:label" and terms.shorten(subject).startswith("prop:"):
            name = _CODES[0]  # fifteen words at most
        key = (text, name, owner)
        if key not in self._atoms:
            written = None if owner == _CONSTANT else _styled(text, name, self.seed, self.years)
            self._atoms[key] = _Atom(owner, written) if written else text.encode()
        return self._atoms[key]

    def _line(self, triple: ox.Triple, name: str) -> tuple[_Parts, _Owners]:
        """A line in parts, and whose numbers are in it."""
        if (triple, name) not in self._lines:
            subject, predicate, target = str(triple.subject)[1:-1], triple.predicate.value, triple.object
            relation, about = terms.shorten(predicate), subject
            if subject in self._said and relation in ("rdf:object", *_OF_A_DATE):
                # What a statement says is written as its subject has it.
                said, about = self._said[subject]
                relation = said if relation == "rdf:object" else relation
            elsewhere = relation == "skos:exactMatch" and self.owner(str(target)[1:-1]) == _CONSTANT
            literal = elsewhere or isinstance(target, ox.Literal)
            shown = self._value(str(target), relation, about) if literal else self.node(str(target)[1:-1])
            parts = (self.node(subject), f" <{predicate}> ".encode(), shown, f" {graph_name(name)} .\n".encode())
            owners = sorted({part.owner for part in parts if isinstance(part, _Atom)})
            self._lines[triple, name] = parts, tuple(owners)
        return self._lines[triple, name]

    def _pattern(self, graphs: Graphs) -> _Pattern:
        blocks: dict[str, list[_Parts]] = defaultdict(list)
        made = _Pattern({}, Counter(), Counter())
        for name, triples in graphs.items():
            for triple in triples:
                (parts, owners), subject = self._line(triple, name), str(triple.subject)[1:-1]
                kind = terms.shorten(subject).partition(":")[0]
                blocks[terms.expand(f"{kind}:") if kind in _BY_ROUND else subject].append(parts)
                made.triples[owners] += 1
                if name == "facts" and kind in DRAWN and triple.predicate.value == terms.expand("rdf:type"):
                    made.entities[owners] += 1
        made.blocks.update((subject, _block(lines)) for subject, lines in blocks.items())
        return made


def _bearing(owners: _Owners, numbers: Sequence[int]) -> tuple[_Owners, _Owners]:
    """Owners with their numbers in a round: where they are the same and nothing is new, the lines are the same."""
    return owners, tuple(numbers[owner] for owner in owners)


def _block(lines: list[_Parts]) -> _Block:
    """Lines as one format, sorted as in the first round, so that those of any round are nearly sorted."""
    names: dict[_Atom, bytes] = {}
    form = []
    lines.sort(key=lambda parts: b"".join(part.written(0) if isinstance(part, _Atom) else part for part in parts))
    for part in chain.from_iterable(lines):
        if isinstance(part, _Atom):
            form.append(b"%%(%b)b" % names.setdefault(part, b"%d" % len(names)))
        else:
            form.append(part.replace(b"%", b"%%"))
    return _Block(b"".join(form), tuple((name, atom) for atom, name in names.items()))


# ---------------------------------------------------------------- the plan


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph to be written: its rounds, and how many triples and drawn things it has."""

    model: _Model
    rounds: tuple[_Round, ...]
    triples: int
    entities: int

    def named(self, name: str, number: int = 0) -> str:
        """What a thing, source or statement of the real graph is called with a number (a CURIE, like the name)."""
        part = self.model.node(terms.expand(name))
        return terms.shorten((part if isinstance(part, bytes) else part.written(number)).decode()[1:-1])

    def chunks(self) -> Iterator[bytes]:
        """The graph, some lines at a time. Raises `BadUse` when names of the real graph can't be kept in order."""
        subjects = sorted({name for one in self.rounds for name in one.pattern.blocks}, key=self._place)
        for before, after in pairwise(subjects):
            if self._place(before, len(self.rounds)) >= self._place(after):
                raise BadUse(f"{before} and {after} can't be numbered in order: rename one")
        instances = self._instances()
        for subject in subjects:
            for rounds in instances[self._owner(subject)]:
                lines: set[bytes] = set()
                for one in rounds:
                    block = one.pattern.blocks.get(subject)
                    if block and (block.atoms or not lines):
                        lines.update(block.lines(one.numbers))
                yield b"".join(sorted(lines))

    def _owner(self, subject: str) -> int:
        return _NEW if subject.endswith("/") else self.model.owner(subject)

    def _place(self, subject: str, number: int = 0) -> bytes:
        """The beginning of the lines of a thing with a number, or of all statements, evidence or sources."""
        if subject.endswith("/"):
            return f"<{subject}{'~' if number else ''}".encode()
        return (f"<{subject}>" if self._owner(subject) == _CONSTANT else f"<{subject}-{number:06d}>").encode()

    def _instances(self) -> dict[int, list[list[_Round]]]:
        """For each owner its numbers in order, each as the rounds that bear it."""
        found: dict[int, list[list[_Round]]] = {_CONSTANT: [list(self.rounds)]}
        for owner in range(len(self.model.rates)):
            bearing: dict[int, list[_Round]] = defaultdict(list)
            for one in self.rounds:
                bearing[one.numbers[owner]].append(one)
            found[owner] = [bearing[number] for number in sorted(bearing)]
        return found


class _Tally:
    """Counts a graph while it is planned: what several rounds say alike is there once."""

    def __init__(self) -> None:
        self.rounds: list[_Round] = []
        self.size = (0, 0)
        self.seen: set[tuple[_Owners, _Owners]] = set()

    def grown(self, pattern: _Pattern, numbers: Sequence[int]) -> tuple[int, int]:
        """How many triples and drawn things there are with one more round."""
        return self.size[0] + self._new(pattern.triples, numbers), self.size[1] + self._new(pattern.entities, numbers)

    def _new(self, counted: Counter[_Owners], numbers: Sequence[int]) -> int:
        pairs = counted.items()
        return sum(many for owners, many in pairs if _NEW in owners or _bearing(owners, numbers) not in self.seen)

    def add(self, pattern: _Pattern, numbers: list[int]) -> None:
        """One more round."""
        self.size = self.grown(pattern, numbers)
        self.rounds.append(_Round(pattern, numbers))
        self.seen |= {_bearing(owners, numbers) for owners in pattern.triples if _NEW not in owners}


def plan(*, triples: int = 0, entities: int = 0, seed: int = 1) -> Plan:
    """A graph of so many triples, or of so many things of the kinds that a picture shows; give one of the two.

    It is off by one in a thousand, or by half a bundle of facts. Raises `BadUse` for a size out of reach.
    """
    model, tally = _Model(seed), _Tally()
    measure, wanted = (0, triples) if triples else (1, entities)
    while tally.grown(model.full, numbers := model.numbers(tally.rounds))[measure] <= wanted:
        tally.add(model.full, numbers)
        if (len(tally.rounds) + 1) * len(model.serials) > _LAST_SOURCE:
            raise BadUse(f"that is too large: after {tally.size[0]} triples there are no numbers left for sources")
    known = model.known(numbers, tally.seen)
    parts = {0: model.part(0, known), len(model.bundles): model.full}

    def off(size: int) -> int:
        if size not in parts:
            parts[size] = model.part(size, known)
        return tally.grown(parts[size], numbers)[measure] - wanted

    low, high = 0, len(model.bundles)
    while high - low > 1 and min(abs(off(low)), abs(off(high))) * 1000 > wanted:
        guess = low + round((high - low) * off(low) / (off(low) - off(high)))
        middle = min(max(guess, low + 1), high - 1)
        low, high = (middle, high) if off(middle) <= 0 else (low, middle)
    if size := min(low, high, key=lambda size: abs(off(size))):
        tally.add(parts[size], numbers)
    elif not tally.rounds:
        raise BadUse(f"that is too small: the ontology alone has {tally.grown(parts[0], numbers)[0]} triples")
    return Plan(model, tuple(tally.rounds), *tally.size)


def main(argv: Sequence[str] | None = None) -> int:
    """Writes a graph to a file and prints its size; 2 when it can't be made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", metavar="OUT.nq", type=Path, help="the file to write")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--triples", type=int, default=0, help="how many triples")
    size.add_argument("--entities", type=int, default=0, help=f"how many things of the kinds {', '.join(DRAWN)}")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another graph (default: 1)")
    asked = parser.parse_args(argv)
    try:
        made = plan(triples=asked.triples, entities=asked.entities, seed=asked.seed)
        with asked.out.open("wb") as file:
            file.writelines(made.chunks())
    except (KgError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(f"{asked.out}: {made.triples} triples, {made.entities} drawn things, {len(made.rounds)} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
