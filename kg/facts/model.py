"""The data as values: what the YAML files of a project hold. Knows no RDF and reads no file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

__all__ = [
    "About", "Conflict", "Coverage", "Entity", "Fact", "Gap", "Introduction", "Project", "Source", "Span", "Where",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a data file; `line` counts from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class About:
    """What the project says of itself as a whole. `published` is a day, `contact` an address to write to."""

    title: str
    description: str | None = None
    license: str | None = None
    publisher: str | None = None
    published: str | None = None
    keywords: tuple[str, ...] = ()
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A cited document. `text` names the file of its text in the folder of texts, when there is one."""

    id: str
    title: str
    where: Where
    url: str | None = None
    archived: str | None = None
    publisher: str | None = None
    voice: str | None = None
    published: str | None = None
    text: str | None = None
    digest: str | None = None
    length: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing of the entity files: its id, class and label."""

    id: str
    type: str
    label: str
    where: Where
    note: str | None = None
    distinct_from: tuple[str, ...] = ()
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's text (`start` and `end` in code points, end exclusive), or the document as a whole."""

    source: str
    where: Where
    start: int = 0
    end: int = 0
    digest: str = ""
    head: str = ""
    tail: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Introduction:
    """The closed description of a proposition, observation or identifier."""

    node: str
    type: str
    label: str
    measure: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    value_qualifier: str | None = None
    population: str | None = None
    scheme: str | None = None
    notation: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One cited statement. Exactly one of `object` (an id or an address) and `value` (as written) is given."""

    id: str
    subject: str
    predicate: str
    where: Where
    status: str
    evidence: tuple[Span, ...]
    object: str | None = None
    value: str | None = None
    lang: str | None = None
    introduces: Introduction | None = None
    role: str | None = None
    constituency: tuple[str, ...] = ()
    in_capacity_of: str | None = None
    on_behalf_of: tuple[str, ...] = ()
    when_text: str | None = None
    modality: str = "actual"
    reading: str = "literal"
    claimed_by: tuple[str, ...] = ()
    review: str | None = None
    note: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of its evidence, each once, in order."""
        return tuple(dict.fromkeys(span.source for span in self.evidence))

    @property
    def things(self) -> tuple[str, ...]:
        """Every thing that the fact names, subject first."""
        named = (
            self.subject, self.object, self.role, *self.constituency, self.in_capacity_of,
            *self.on_behalf_of, *self.claimed_by,
        )  # fmt: skip
        return tuple(name for name in named if name)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements of which the first contradicts, narrows or corrects the second."""

    id: str
    kind: str
    between: tuple[str, str]
    note: str
    where: Where


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a text that holds no fact, and why."""

    start: int
    end: int
    reason: str
    where: Where


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sentences of a text (as spans) and the stretches of it that hold no fact."""

    source: str
    sentences: tuple[tuple[int, int], ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """All the data of a project folder, linked: every id named in it exists."""

    sources: dict[str, Source]
    entities: dict[str, Entity]
    facts: tuple[Fact, ...]
    withdrawn: dict[str, str] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    coverage: dict[str, Coverage] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    about: About | None = None

    def contradicted(self) -> frozenset[str]:
        """The ids of the statements that a conflict of kind contradicts names."""
        return frozenset(st for c in self.conflicts if c.kind == "contradicts" for st in c.between)
