"""Thousands of spoilt copies of the small project: each is built, or refused with a message; nothing else happens."""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from kg import graph, vocabulary
from kg.anchor import anchor
from kg.build import prepare
from kg.errors import KgError
from kg.facts import load

SMALL = Path(__file__).parent / "small"
FILES = sorted(path.relative_to(SMALL) for path in SMALL.rglob("*.yaml"))
SEEDS = range(8)
CASES = 260
SECONDS = 5.0

ODD = [
    b"x" * 100_000, b"'" + b"word " * 5_000 + b"'", b"\x00", b"\x1b[31m", b'"\\0"', b'"\\x1b"', b'"\\ud800"',
    b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", "\u202e".encode(), "\u2028".encode(), "𝄞".encode(),
    "Zoe\u0308".encode(), b"9" * 400, b"-1", b"0", b"1e999", b"1.0", b".nan", b"NaN", b".inf", b"null", b"~", b"",
    b"''", b"true", b"[]", b"{}", b"[[[[1]]]]", b"{a: {b: c}}", b"[" * 5_000, b"{a: " * 5_000,
    b"!!python/object/apply:os.system ['true']", b"!!binary eA==", b"!x y", b"&a x", b"*a", b"<<: *a",
    b"|\n  block\n", b">-\n  folded\n", b"? x", b"- x", b"# gone", b"http://a b", b"https://[",
    b"https://a.org/%zz", b"httpx", b"concept:asserted", b"st:harbor-forum-001", b"src:harbor-forum",
    b"harbor-forum-001", b"agent:iqm", b"[agent:iqm, agent:iqm]", b"event:tidal-workshop", b"fig:x",
    b"prop:open-registers", b"exactMatch", b"when", b"title", b"value", b"type", b"2021-99", b"9999-12-31/..",
    b"0000", b"-9999", b"2030-02-30", b"en-aa-bb", b"x-y", b"[0, 999999999]", b"[5, 5]",
    b"[999999999999999999999, 1]", b"../../etc/passwd", b"x" * 300 + b".txt", b"con.txt",
]  # fmt: skip

NAME = re.compile(rb"\b[a-z]{1,20}:[a-z0-9-]+|\b[a-z-]{1,30}-[0-9]{3}")
VALUE = re.compile(rb"(?<=: )[^\n,{}\[\]]+")
KEY = re.compile(rb"\b[A-Za-z]{1,20}(?=:)")

Mutation = Callable[[random.Random, bytes], bytes]


def _flip(pick: random.Random, text: bytes) -> bytes:
    at = pick.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << pick.randrange(8)]) + text[at + 1 :]


def _insert(pick: random.Random, text: bytes) -> bytes:
    at = pick.randrange(len(text))
    return text[:at] + pick.choice([pick.randbytes(pick.randrange(1, 9)), pick.choice(ODD)]) + text[at:]


def _truncate(pick: random.Random, text: bytes) -> bytes:
    return text[: pick.randrange(len(text))]


def _lines(change: Callable[[random.Random, list[bytes], int], list[bytes]]) -> Mutation:
    def mutate(pick: random.Random, text: bytes) -> bytes:
        lines = text.splitlines(keepends=True)
        return b"".join(change(pick, lines, pick.randrange(len(lines))))

    return mutate


def _swapped(pick: random.Random, lines: list[bytes], at: int) -> list[bytes]:
    other = pick.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return lines


def _indented(pick: random.Random, lines: list[bytes], at: int) -> list[bytes]:
    lines[at] = pick.choice([b" " * pick.randrange(1, 9) + lines[at], lines[at].lstrip(), b"\t" + lines[at]])
    return lines


def _replace(pattern: re.Pattern[bytes], others: Callable[[bytes], list[bytes]]) -> Mutation:
    """One place that fits the pattern becomes one of the others."""

    def mutate(pick: random.Random, text: bytes) -> bytes:
        places = [match.span() for match in pattern.finditer(text)] or [(0, 0)]
        start, end = pick.choice(places)
        return text[:start] + pick.choice(others(text) or ODD) + text[end:]

    return mutate


MUTATIONS: dict[str, Mutation] = {
    "flip": _flip,
    "insert": _insert,
    "truncate": _truncate,
    "delete line": _lines(lambda pick, lines, at: lines[:at] + lines[at + 1 :]),
    "duplicate line": _lines(lambda pick, lines, at: lines[: at + 1] + lines[at:]),
    "swap lines": _lines(_swapped),
    "indent": _lines(_indented),
    "odd value": _replace(VALUE, lambda text: ODD),
    "other value": _replace(VALUE, VALUE.findall),
    "other name": _replace(NAME, NAME.findall),
    "other key": _replace(KEY, lambda text: [*KEY.findall(text), b"x", b"note", b"source"]),
    "odd file": lambda pick, text: pick.choice(ODD),
}


class _Hang(BaseException):
    """Not an Exception, so that no code under test can catch it."""


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise _Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _load_and_build(data: Path) -> None:
    words = vocabulary.load()
    graph.build(load(data, words), words)


def _outcome(use: Callable[[Path], object], data: Path) -> str:
    try:
        with _limit(SECONDS):
            use(data)
    except KgError as error:
        return "refused" if str(error).strip() else "refused without a message"
    except _Hang:
        return f"no end in {SECONDS} s"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return "built"


def _spoilt(seed: int, cases: int, data: Path) -> Iterator[str]:
    """Spoils one file after another and mends each again; yields what was done, with the file in place."""
    pick = random.Random(seed)
    for number in range(cases):
        file = data / pick.choice(FILES)
        good = file.read_bytes()
        kind = pick.choice(list(MUTATIONS))
        spoilt = MUTATIONS[kind](pick, good)
        if pick.random() < 0.2 and spoilt:
            spoilt = MUTATIONS[pick.choice(list(MUTATIONS))](pick, spoilt)
        file.write_bytes(spoilt)
        yield f"seed {seed} case {number}: {kind} in {file.relative_to(data)}"
        file.write_bytes(good)


def _run(use: Callable[[Path], object], seed: int, cases: int, data: Path) -> Counter[str]:
    """How often each outcome came; an outcome that must not be fails with its cases."""
    counts: Counter[str] = Counter()
    bad = []
    for done in _spoilt(seed, cases, data):
        outcome = _outcome(use, data)
        counts[outcome] += 1
        if outcome not in ("built", "refused"):
            bad.append(f"{done}: {outcome}")
    assert not bad, "\n".join(bad)
    return counts


@pytest.fixture
def _ontology_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ontology is the same in every case: parsed once instead of thousands of times."""
    made = graph._ontology()
    monkeypatch.setattr(graph, "_ontology", lambda: made)


def test_there_are_at_least_two_thousand_cases_of_every_kind() -> None:
    assert len(SEEDS) * CASES >= 2000
    assert len(FILES) >= 8 and len(MUTATIONS) == 12


@pytest.mark.parametrize("seed", [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[1:])])
@pytest.mark.usefixtures("_ontology_once")
def test_a_spoilt_project_is_built_or_refused(seed: int, small: Path) -> None:
    counts = _run(_load_and_build, seed, CASES, small)
    assert counts["built"] > 20 and counts["refused"] > 20
    assert counts.total() == CASES


@pytest.mark.slow
@pytest.mark.parametrize("seed", [100, 101])
def test_a_spoilt_project_is_prepared_or_refused_with_texts_and_all_checks(seed: int, small: Path) -> None:
    counts = _run(lambda data: prepare(data, data / "texts"), seed, 120, small)
    assert counts["built"] > 10 and counts["refused"] > 10


@pytest.mark.slow
@pytest.mark.parametrize("again", [False, True])
def test_a_spoilt_project_is_anchored_or_refused(again: bool, small: Path) -> None:
    good = shutil.copytree(small, small.parent / "good")

    def use(data: Path) -> None:
        try:
            anchor(data, data / "texts", again)
        finally:
            shutil.copytree(good, data, dirs_exist_ok=True)

    counts = _run(use, 200 + again, 200, small)
    assert counts["built"] > 20 and counts["refused"] > 20


def test_the_limit_stops_what_hangs(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.SECONDS", 0.05)

    def hang(data: Path) -> None:
        while True:
            pass

    assert _outcome(hang, small) == "no end in 0.05 s"
    assert _outcome(lambda data: [][0], small) == "IndexError: list index out of range"
