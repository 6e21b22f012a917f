"""How fast the commands answer, as whole processes beside a yardstick in the same run.

`python benchmarks/start.py [runs]` prints medians and ratios, and exits 1 when a bound is broken. Against
`python -c "import click, yaml, pyoxigraph"`: `kg show` within 3 times (the median of five things, the largest card of
the graph among them), a saved question within 2 times (the median of five). Against `python -c "import click"`:
`kg --help` within 1.5 times. And a full build within 5 seconds (15 under CI=true, whose machines are shared).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

LIBRARIES = (sys.executable, "-c", "import click, yaml, pyoxigraph")
CLICK = (sys.executable, "-c", "import click")
KG = (sys.executable, "-c", "from kg.cli import run; run()")  # what the installed command does
BUILD_SECONDS = 15.0 if os.environ.get("CI") == "true" else 5.0
SHOWN = ("SenseTime", "UNDP", "UNESCO", "IGF 2021", "Cédric O")
ASKED = (
    ("participants-of-an-event",),
    ("events-of-an-actor", "-p", "actor=UNESCO"),
    ("contradictions",),
    ("certifications-of-an-actor",),
    ("positions-on-a-topic",),
)


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def _ratio(command: Sequence[str], yardstick: Sequence[str], runs: int) -> float:
    """The median ratio of the command to the yardstick, run in turn."""
    _seconds(command)
    measured = [(_seconds(command), _seconds(yardstick)) for _ in range(runs)]
    found = statistics.median(a / b for a, b in measured)
    name = " ".join(command[3:]).partition(" --graph")[0]
    print(f"kg {name}: {statistics.median(a for a, _ in measured):.3f} s, {found:.2f} times the yardstick", flush=True)
    return found


def main() -> int:
    """Prints the figures; 1 when one is out of bounds."""
    os.environ.pop("KG_TEXTS", None)  # showing sentences is another measure
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PYTHONPYCACHEPREFIX": f"{folder}/pyc", "XDG_CACHE_HOME": f"{folder}/cache"}
        out = f"{folder}/dist"
        full = statistics.median(_seconds([*KG, "build", "--out", out]) for _ in range(3))
        graph = ("--graph", str(Path(out) / "aigov-kg.nq"))
        show = statistics.median(_ratio([*KG, "show", name, *graph], LIBRARIES, runs) for name in SHOWN)
        ask = statistics.median(_ratio([*KG, "query", "run", *asked, *graph], LIBRARIES, runs) for asked in ASKED)
        help_ = _ratio([*KG, "--help"], CLICK, runs)
    broken = []
    for name, value, bound in (
        ("kg build, seconds", full, BUILD_SECONDS), ("kg show, median", show, 3.0),
        ("kg query run, median", ask, 2.0), ("kg --help", help_, 1.5),
    ):  # fmt: skip
        print(f"{name}: {value:.2f} (bound {bound:g})")
        broken += [name] if value > bound else []
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
