"""A query of anybody's, run in a process of its own that can be stopped: time, memory and answer are limited.

Nothing inside a process can stop a query (a nested one ends the whole process, a product of patterns can't be
interrupted), so the graph is opened in a child, which gives up the right to open anything else before it asks:
no file and no connection. `SERVICE`, updates and foreign `FROM` are refused before, with a reason.

The messages depend on reading the query; the safety does not: a confined child can't open anything whatever it asks.
"""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple, NoReturn

import pyoxigraph as ox

from kg import confine, terms
from kg.errors import BadUse, KgError
from kg.sparql import look, short, strange

__all__ = ["Answer", "Limits", "ask", "check_keywords", "main", "misread"]

_SPARE_SECONDS = 60
"""What start and loading may take on a busy machine, beside the time of the query."""
_REFUSED = 3
"""The child's exit code when it says itself what is wrong."""
_FEW = 6
"""Words that a message names as expected; where more could stand, none is named."""


class Limits(NamedTuple):
    """How long a query may run (seconds), how much memory it may take and how large its answer may be (megabytes)."""

    seconds: float = 10.0
    megabytes: int = 1024
    answer: int = 64


class Answer(NamedTuple):
    """What came back: rows (SPARQL JSON results), a truth value (the same) or triples (N-Triples)."""

    kind: str
    content: bytes


def ask(graph: Path, text: str, limits: Limits | None = None) -> Answer:
    """The answer of a built graph to a SPARQL query, from a process of its own.

    Raises `BadUse` when the query is malformed, asks what is refused, or goes beyond a limit.
    """
    limits = limits or Limits()
    if not (0 < limits.seconds < math.inf and limits.megabytes > 0 and limits.answer > 0):
        raise BadUse("the limits of a query must be above 0, and its time must have an end")
    job = {"graph": str(graph), "text": text, "graphs": look(text).graphs, "limits": limits}
    command = [
        sys.executable,
        "-P",
        "-c",
        "import sys; sys.path[:] = sys.argv[1:]; from kg.sandbox import main; main()",
    ]
    with tempfile.TemporaryFile() as out:
        try:
            ended = subprocess.run(
                [*command, *sys.path], input=json.dumps(job).encode(), stdout=out, stderr=subprocess.PIPE,
                timeout=limits.seconds + _SPARE_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise BadUse(_too_slow(limits)) from None
        if ended.returncode:
            raise BadUse(_reason(ended.returncode, ended.stderr.decode("utf-8", "replace").strip(), limits))
        out.seek(0)
        kind, _, content = out.read().partition(b"\n")
        return Answer(kind.decode(), content)


def _too_slow(limits: Limits) -> str:
    return (
        f"the query took longer than {limits.seconds:g} s and was stopped: make it narrower, or allow more (--seconds)"
    )


def _reason(code: int, said: str, limits: Limits) -> str:
    """Why the child ended, in words: its own, or what the signal tells."""
    if code == _REFUSED:
        return said
    match confine.ending(code, said):
        case "time":
            return _too_slow(limits)
        case "memory":
            wanted = f"the query wanted more than {limits.megabytes} MB"
            return f"{wanted} and was stopped: make it narrower, or allow more (--memory)"
        case "depth":
            return "the query is nested too deeply and was stopped"
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"the query ended without an answer ({name}): {said.splitlines()[-1] if said else ''}"


def _confine(limits: Limits) -> None:
    """From here on: no new file or connection, bounded memory and time."""
    confine.memory(limits.megabytes)
    confine.output(limits.answer + 1)
    confine.no_core()
    confine.no_files()
    confine.time_left(limits.seconds)


def main() -> None:
    """The child: a job as JSON on standard input, kind and content of the answer on standard output."""
    from kg.cache import loaded

    confine.parentless()
    job = json.load(sys.stdin)
    limits = Limits(*job["limits"])
    try:
        store = loaded(Path(job["graph"])).store
        assert isinstance(store, ox.Store)
        terms.prefixes()
        _confine(limits)
        kind, content = _answer(store, job["text"], job["graphs"])
    except KgError as error:
        _refuse(str(error))
    except SyntaxError as error:
        _refuse(misread(str(error), job["text"]))
    except (ValueError, RuntimeError, OSError) as error:
        _refuse(f"the query can't be answered: {short(str(error))}")
    except MemoryError:
        print("out of memory", file=sys.stderr)
        sys.exit(1)
    if len(content) > limits.answer * 2**20:
        _refuse(f"the answer is larger than {limits.answer} MB: ask for less, or LIMIT it")
    try:
        _write(kind.encode() + b"\n" + content)
    except OSError as error:
        _refuse(f"the answer can't be kept ({error.strerror}): make room for temporary files, or set TMPDIR")


def _refuse(reason: str) -> NoReturn:
    os.write(2, reason.encode("utf-8", "backslashreplace"))
    sys.exit(_REFUSED)


def misread(said: str, text: str) -> str:
    """What pyoxigraph says of a malformed query, without the ranges of letters that it would have taken, and without
    what is refused here or no part of SPARQL 1.1; or which prefix is not declared, which its parser tells by the place
    behind it.
    """
    if unknown := strange(text):
        line, column, prefix = unknown
        return f"the query can't be read at line {line}, column {column}: the prefix {short(prefix)}: is not declared"
    found = re.fullmatch(r"error at (\d+):(\d+): expected (?:one of )?(.*)", said, re.DOTALL)
    if not found:
        return f"the query can't be read: {short(said)}"
    pieces = " ".join(found[3].split()).split(", ")
    wanted = [piece for piece in pieces if not piece.startswith("[") and piece not in ("SERVICE", "LATERAL")]
    reason = next((piece for piece in wanted if re.search("[a-z] [a-z]", piece)), "")
    hint = f": {reason}" if reason else f": expected {' or '.join(wanted)}" if 0 < len(wanted) <= _FEW else ""
    return f"the query can't be read at line {found[1]}, column {found[2]}{hint}"


def _write(content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(1, left) :]


def check_keywords(text: str, keywords: str, base: str | None = None) -> None:
    """Raises `SyntaxError` when a query has one of the keywords, however it hides it.

    Then it can't be read any more when their letters change; names, strings and comments bear that. `base` is what
    its relative IRIs begin with.
    """
    changed = re.sub(keywords, lambda found: found[0][:-1] + ("X" if found[0].isupper() else "x"), text, flags=re.I)
    if changed != text:
        ox.Store().query(changed, base_iri=base, prefixes=terms.prefixes())


def _answer(store: ox.Store, text: str, graphs: bool) -> tuple[str, bytes]:
    """Kind and content of the answer; without named graphs the merge of all is asked."""
    check_keywords(text, "SERVICE" if graphs else "SERVICE|FROM")
    found = store.query(text, use_default_graph_as_union=not graphs, prefixes=terms.prefixes())
    if isinstance(found, ox.QueryTriples):
        lines = ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
        return "triples", b"".join(sorted(set(lines.splitlines(keepends=True))))
    kind = "boolean" if isinstance(found, ox.QueryBoolean) else "rows"
    return kind, found.serialize(format=ox.QueryResultsFormat.JSON) or b""


if __name__ == "__main__":
    main()
