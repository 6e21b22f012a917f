"""How far two independent readings of a text agree.

A reading is a table `readings/<source>/<name>.tsv` of what a reader found: offsets, things and
judgements, none of the text's words. Two rows are one finding when their spans overlap and they
join the same things (propositions and figures, which each reader names afresh, count as alike).
Cohen's kappa (Educational and Psychological Measurement 20, 1960) is taken over the findings of both.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import BadData, Issue

__all__ = ["COLUMNS", "Agreement", "Finding", "compare", "kappa", "pairs", "read"]

COLUMNS = ("fact", "spans", "subject", "predicate", "object", "status", "modality", "reading")
_LONGEST_TEXT = 10**7
_FRESH = ("prop:", "fig:", "ident:")
_EXPRESSIONS = frozenset({"claims", "asks", "callsFor", "aimsAt", "plans", "warnsOf"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of a reading; `spans` are code point offsets."""

    fact: str
    spans: tuple[tuple[int, int], ...]
    subject: str
    predicate: str
    object: str
    status: str
    modality: str
    reading: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two readings of one source found: together, alone, and kappa of their judgements."""

    source: str
    both: int
    only_first: int
    only_second: int
    kappas: dict[str, float]
    same: dict[str, float]

    @property
    def shared(self) -> float:
        """Positive agreement (Dice): twice the findings of both over all findings of each."""
        found = 2 * self.both + self.only_first + self.only_second
        return 2 * self.both / found if found else 1.0


def read(path: Path, name: str = "") -> list[Finding]:
    """The findings of a table, which messages call `name` (else its path). Raises `BadData` when it is none."""
    line = 0
    try:
        found = []
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            line = 1
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError("its first line must name the columns " + ", ".join(COLUMNS))
            for row in reader:
                line = reader.line_num
                found.append(_finding(row))
        return found
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError, TypeError, AttributeError) as error:
        line = 0 if isinstance(error, OSError | UnicodeDecodeError) else line
        reason = error.strerror if isinstance(error, OSError) else error
        issue = Issue(name or str(path), line, "reading", f"no table of a reading ({reason})", "see kg/data/FORMAT.md")
        raise BadData([issue]) from None


def _finding(row: dict[str, str]) -> Finding:
    if row.keys() != set(COLUMNS) or None in row.values():
        raise ValueError(f"{len(COLUMNS)} columns are needed in the row of {row['fact']}")
    spans = tuple((int(a), int(b)) for a, _, b in (part.partition("-") for part in row["spans"].split(";")))
    if not all(0 <= start < end < _LONGEST_TEXT for start, end in spans):
        raise ValueError(f"{row['spans']} are no spans start-end")
    return Finding(row["fact"], spans, *(row[name] for name in COLUMNS[2:]))


def _alike(name: str, fresh: frozenset[str]) -> str:
    return "*" if name.startswith(_FRESH) or name in fresh else name


def _overlap(first: Finding, second: Finding) -> float:
    """Jaccard index of the characters that the two findings point at."""
    a, b, either = (_extent(spans) for spans in (first.spans, second.spans, first.spans + second.spans))
    return (a + b - either) / either


def _extent(spans: Iterable[tuple[int, int]]) -> int:
    """How many characters the spans cover together, each counted once."""
    covered = behind = 0
    for start, end in sorted(spans):
        covered += max(0, end - max(start, behind))
        behind = max(behind, end)
    return covered


def pairs(first: Sequence[Finding], second: Sequence[Finding]) -> list[tuple[int, int]]:
    """The findings of both, as pairs of row numbers; each row is used once, the best overlap first."""
    facts = frozenset(finding.fact for finding in (*first, *second))
    scored = []
    for i, one in enumerate(first):
        for j, two in enumerate(second):
            if _alike(one.subject, facts) != _alike(two.subject, facts):
                continue
            if _alike(one.object, facts) != _alike(two.object, facts):
                continue
            if one.predicate != two.predicate and not _comparable(one.predicate, two.predicate):
                continue
            overlap = _overlap(one, two)
            if overlap > 0:
                scored.append((-(overlap + (one.predicate == two.predicate)), abs(i - j), i, j))
    taken: list[tuple[int, int]] = []
    left, right = set(range(len(first))), set(range(len(second)))
    for _, _, i, j in sorted(scored):
        if i in left and j in right:
            taken.append((i, j))
            left.discard(i)
            right.discard(j)
    return sorted(taken)


def _comparable(one: str, two: str) -> bool:
    names = {"altLabel", "prefLabel", "title", "designation"}
    expressions = one in _EXPRESSIONS and two in _EXPRESSIONS
    others = one not in _EXPRESSIONS | names and two not in _EXPRESSIONS | names
    return expressions or others or (one in names and two in names)


def kappa(judgements: Iterable[tuple[str, str]]) -> float:
    """Cohen's kappa of pairs of judgements; 1.0 when both always say the same one thing."""
    found = list(judgements)
    if not found:
        return 1.0
    same = sum(a == b for a, b in found) / len(found)
    one, two = Counter(a for a, _ in found), Counter(b for _, b in found)
    chance = sum(one[name] * two[name] for name in one) / len(found) ** 2
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def compare(source: str, first: Sequence[Finding], second: Sequence[Finding]) -> Agreement:
    """The agreement of two readings of one source."""
    joined = [(first[i], second[j]) for i, j in pairs(first, second)]
    judged = {
        "status": [(a.status, b.status) for a, b in joined],
        "modality": [(a.modality, b.modality) for a, b in joined],
        "reading": [(a.reading, b.reading) for a, b in joined],
        "relation": [(a.predicate, b.predicate) for a, b in joined],
    }
    count = len(joined) or 1
    return Agreement(
        source, len(joined), len(first) - len(joined), len(second) - len(joined),
        {name: kappa(found) for name, found in judged.items()},
        {name: sum(a == b for a, b in found) / count for name, found in judged.items()},
    )  # fmt: skip
