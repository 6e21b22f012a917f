"""The graph as tables for spreadsheets: RFC 4180 CSV in UTF-8, safe against formula injection, described by CSVW."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kg import dates, folders, terms
from kg.evidence import link
from kg.facts import About, Fact, Project, Span
from kg.vocabulary import Vocabulary

__all__ = ["safe", "tables"]

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return "'" + cell if cell.startswith(_RISKY) else cell


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe("" if cell is None else str(cell)) for cell in row])
    return out.getvalue().encode("utf-8")


class _Tables:
    def __init__(self, project: Project, vocabulary: Vocabulary) -> None:
        self.project, self.vocabulary = project, vocabulary
        self.labels = {name: entity.label for name, entity in project.entities.items()}
        self.labels |= {name: source.title for name, source in project.sources.items()}
        self.labels |= {f.introduces.node: f.introduces.label for f in project.facts if f.introduces}

    def label(self, name: str | None) -> str:
        return self.labels.get(name or "", "")

    def entities(self) -> bytes:
        uses = Counter(name for fact in self.project.facts for name in set(fact.things))
        names: dict[str, list[str]] = defaultdict(list)
        for fact in self.project.facts:
            if fact.predicate in ("altLabel", "prefLabel") and fact.value not in names[fact.subject]:
                names[fact.subject].append(fact.value or "")
        rows = [(e.id, e.type, e.label, e.note) for e in self.project.entities.values()]
        introduced = [f.introduces for f in self.project.facts if f.introduces]
        rows += [(i.node, i.type, i.label, "") for i in introduced if i.node not in self.project.entities]
        rows += [(s.id, "SourceText", s.title, s.note) for s in self.project.sources.values()]
        header = ("id", "iri", "type", "label", "names_as_written", "statements", "note")
        return _csv(
            header,
            [
                (name, terms.expand(name), kind, label, " | ".join(names[name]), uses[name], note)
                for name, kind, label, note in sorted(rows)
            ],
        )

    def _dates(self, fact: Fact) -> tuple[object, object]:
        return dates.bounds(fact.value or "") if fact.predicate == "when" else ("", "")

    def statements(self) -> bytes:
        header = (
            "id", "subject", "subject_label", "predicate", "object", "object_label", "value", "language", "earliest",
            "latest", "status", "modality", "reading", "contradicted", "claimed_by", "claimed_by_label", "source",
            "review", "note",
        )  # fmt: skip
        contradicted = self.project.contradicted()
        rows = [
            (
                f.id, f.subject, self.label(f.subject), f.predicate, f.object, self.label(f.object), f.value, f.lang,
                *self._dates(f), f.status, f.modality, f.reading, "yes" if f.id in contradicted else "no",
                " | ".join(f.claimed_by), " | ".join(map(self.label, f.claimed_by)), " | ".join(f.sources),
                terms.local(f.review) if f.review else "", f.note,
            )
            for f in self.project.facts
        ]  # fmt: skip
        return _csv(header, rows)

    def participations(self) -> bytes:
        header = (
            "id", "event", "event_label", "relation", "participant", "participant_label", "role", "constituency",
            "in_capacity_of", "on_behalf_of", "status", "modality", "claimed_by", "source",
        )  # fmt: skip
        rows = [
            (
                f.id, f.subject, self.label(f.subject), f.predicate, f.object, self.label(f.object), self.label(f.role),
                " | ".join(map(self.label, f.constituency)), self.label(f.in_capacity_of),
                " | ".join(map(self.label, f.on_behalf_of)), f.status, f.modality,
                " | ".join(map(self.label, f.claimed_by)), " | ".join(f.sources),
            )
            for f in self.project.facts
            if self.vocabulary.is_participation(f.predicate)
        ]  # fmt: skip
        return _csv(header, rows)

    def _link(self, span: Span) -> str:
        source = self.project.sources[span.source]
        return link(source.archived or source.url, span.head, span.tail)

    def evidence(self) -> bytes:
        header = ("id", "statement", "source", "start", "end", "starts_with", "ends_with", "sha256", "link")
        rows = [
            (
                f"{f.id}-{n}", f.id, s.source, "" if s.whole else s.start, "" if s.whole else s.end, s.head, s.tail,
                s.digest, self._link(s),
            )
            for f in self.project.facts
            for n, s in enumerate(f.evidence, 1)
        ]  # fmt: skip
        return _csv(header, rows)

    def conflicts(self) -> bytes:
        header = ("id", "kind", "first", "second", "note")
        return _csv(header, [(c.id, c.kind, *c.between, c.note) for c in self.project.conflicts])


def _metadata(about: About | None) -> bytes:
    """What the columns hold (CSVW, `ontology/csv-metadata.json`), with what the project says of itself."""
    described = json.loads(folders.ontology("csv-metadata.json").read_text(encoding="utf-8"))
    said: dict[str, object] = {}
    if about:
        claims = {"title": about.title, "description": about.description, "publisher": about.publisher}
        said = {f"dc:{name}": claim for name, claim in claims.items() if claim}
        said |= {"dc:license": {"@id": about.license}} if about.license else {}
    whole = {"@context": described.pop("@context"), **said, **described}
    return f"{json.dumps(whole, ensure_ascii=False, indent=1)}\n".encode()


def tables(project: Project, vocabulary: Vocabulary) -> dict[str, bytes]:
    """File name -> CSV, for entities, statements, participations, evidence and conflicts, and what describes them."""
    made = _Tables(project, vocabulary)
    return {
        "tables/entities.csv": made.entities(),
        "tables/statements.csv": made.statements(),
        "tables/participations.csv": made.participations(),
        "tables/evidence.csv": made.evidence(),
        "tables/conflicts.csv": made.conflicts(),
        "tables/csv-metadata.json": _metadata(project.about),
    }
