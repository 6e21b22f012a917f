"""How much of each text its statements cover, and why the rest holds no fact.

Computed from recorded offsets alone, so that it is the same with and without the texts. A sentence
counts as covered when a statement's evidence lies in it; every other one, and every uncovered run of
a covered sentence that is long enough to hold a clause, needs a recorded reason.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kg.errors import Issue
from kg.evidence import merged, sentences
from kg.facts import Coverage, Gap, Project

__all__ = ["LONG_RUN", "Report", "Stretch", "as_json", "check", "check_sentences", "report"]

LONG_RUN = 40
"""Characters: a shorter uncovered run inside a covered sentence is a connective, not a clause."""

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text that no statement covers; `reason` is empty when none is recorded."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """One source: characters in sentences, covered ones, sentences, covered ones, and what remains."""

    source: str
    statements: int
    characters: int
    covered_characters: int
    sentences: int
    covered_sentences: int
    remaining: tuple[Stretch, ...]


def _within(span: _Span, covered: Sequence[_Span]) -> list[_Span]:
    """The parts of `covered` that lie in the span."""
    return [(max(a, span[0]), min(b, span[1])) for a, b in covered if a < span[1] and b > span[0]]


def _rest(span: _Span, covered: Sequence[_Span]) -> list[_Span]:
    """The parts of the span outside `covered`."""
    at, found = span[0], []
    for start, end in [*_within(span, covered), (span[1], span[1])]:
        if start > at:
            found.append((at, start))
        at = max(at, end)
    return found


def _reason(stretch: _Span, gaps: Sequence[Gap]) -> str:
    """The reason of the gaps that together hold the stretch, give or take its edges."""
    touching = [gap for gap in gaps if gap.start < stretch[1] and gap.end > stretch[0]]
    left = _rest(stretch, merged((gap.start, gap.end) for gap in touching))
    if not touching or any(end - start >= LONG_RUN for start, end in left):
        return ""
    return "; ".join(dict.fromkeys(gap.reason for gap in touching))


def _spans(project: Project, source: str) -> list[_Span]:
    return merged((s.start, s.end) for fact in project.facts for s in fact.evidence if s.source == source)


def _source(project: Project, coverage: Coverage) -> Report:
    facts = [fact for fact in project.facts if coverage.source in fact.sources]
    spans = _spans(project, coverage.source)
    remaining, covered_sentences, covered = [], 0, 0
    for sentence in coverage.sentences:
        inside = _within(sentence, spans)
        covered += sum(end - start for start, end in inside)
        covered_sentences += bool(inside)
        for rest in _rest(sentence, spans):
            if not inside or rest[1] - rest[0] >= LONG_RUN:
                remaining.append(Stretch(*rest, _reason(rest, coverage.gaps)))
    characters = sum(end - start for start, end in coverage.sentences)
    return Report(
        coverage.source, len(facts), characters, covered, len(coverage.sentences), covered_sentences, tuple(remaining)
    )


def report(project: Project) -> list[Report]:
    """One report for each source with a text."""
    return [_source(project, project.coverage[name]) for name in sorted(project.coverage)]


def check(project: Project) -> list[Issue]:
    """What remains without a reason, texts without a coverage file, and gaps that statements do cover."""
    issues = [
        Issue(source.where.file, source.where.line, "coverage", "it has a text but no coverage file",
              f"write coverage/{name.removeprefix('src:')}.yaml", name)
        for name, source in project.sources.items()
        if source.text and name not in project.coverage
    ]  # fmt: skip
    for made in report(project):
        file = f"coverage/{made.source.removeprefix('src:')}.yaml"
        for stretch in made.remaining:
            if not stretch.reason:
                message = f"nothing covers characters {stretch.start}-{stretch.end} of {made.source}"
                issues.append(Issue(file, 0, "coverage", message, "read them: add a fact, or a gap with its reason"))
    return issues + [issue for name in sorted(project.coverage) for issue in _covered_gaps(project, name)]


def _covered_gaps(project: Project, source: str) -> list[Issue]:
    spans = _spans(project, source)
    return [
        Issue(gap.where.file, gap.where.line, "coverage",
              f"statements cover this gap (characters {gap.start}-{gap.end} of {source})", "take it out")
        for gap in project.coverage[source].gaps
        if not _rest((gap.start, gap.end), spans)
    ]  # fmt: skip


def check_sentences(project: Project, texts: dict[str, str]) -> list[Issue]:
    """The recorded sentences against those of the texts at hand: a sentence left out would hide what it holds."""
    return [
        Issue(
            f"coverage/{name.removeprefix('src:')}.yaml",
            1,
            "coverage",
            "the recorded sentences are not those of the text",
            "run kg anchor",
            name,
        )
        for name, made in sorted(project.coverage.items())
        if name in texts and list(made.sentences) != sentences(texts[name])
    ]


def as_json(project: Project, source: str | None = None) -> bytes:
    """coverage.json: all reports, or that of one source, with the share of characters covered in per cent."""
    made = [
        asdict(r) | {"percent": round(100 * r.covered_characters / r.characters, 1) if r.characters else 0.0}
        for r in report(project)
        if source is None or r.source == source
    ]
    return (json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
