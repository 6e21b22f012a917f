"""How fast the commands answer, as whole processes beside a yardstick in the same run.

`python benchmarks/start.py [runs]` prints medians and the ratio, and exits 1 when a bound is broken:
`kg show` within 3 times `python -c "import click, yaml, pyoxigraph"` (the median of five things, the largest
card of the graph among them), and a full build within 5 seconds (15 under CI=true, whose machines are shared).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

YARDSTICK = [sys.executable, "-c", "import click, yaml, pyoxigraph"]
SHOW_TIMES = 3.0
BUILD_SECONDS = 15.0 if os.environ.get("CI") == "true" else 5.0


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def _pairs(command: list[str], runs: int) -> tuple[float, float]:
    """Medians of the command and of its ratio to the yardstick, run in turn."""
    measured = [(_seconds(command), _seconds(YARDSTICK)) for _ in range(runs)]
    return statistics.median(a for a, _ in measured), statistics.median(a / b for a, b in measured)


def main() -> int:
    """Prints the figures; 1 when one is out of bounds."""
    os.environ.pop("KG_TEXTS", None)  # showing sentences is another measure
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "kg", "build", "--out", folder]
        full = statistics.median(_seconds(build) for _ in range(3))
        graph = str(Path(folder) / "aigov-kg.nq")
        ratios = {}
        for name in ("SenseTime", "UNDP", "UNESCO", "IGF 2021", "Cédric O"):
            show = [sys.executable, "-m", "kg", "show", name, "--graph", graph]
            _seconds(show)
            seconds, ratios[name] = _pairs(show, runs)
            print(f"kg show {name}: {seconds:.3f} s, {ratios[name]:.2f} times the yardstick")
    print(f"kg build: {full:.2f} s (bound {BUILD_SECONDS:.0f})")
    typical = statistics.median(ratios.values())
    print(f"kg show, median of {len(ratios)}: {typical:.2f} times the yardstick (bound {SHOW_TIMES})")
    return int(full > BUILD_SECONDS or typical > SHOW_TIMES)


if __name__ == "__main__":
    sys.exit(main())
