"""The API keeps what its description promises: tried by a program that reads only that."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from processes import environment
from serving import serving

_UNKNOWN = "positive_data_acceptance"
"""Left out: a description can't say which names the graph has, so a text of the right form may name nothing."""


@pytest.mark.slow
def test_the_api_is_as_it_is_described(graph: Path, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("schemathesis")
    with serving(graph) as server:
        done = subprocess.run(
            [
                command, "run", f"{server.address}api/openapi.json", "--max-examples", "4",
                "--generation-deterministic",
                "--phases", "examples,coverage,fuzzing", "--exclude-checks", _UNKNOWN, "--no-color",
            ],
            capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path, env=environment(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        lines = server.lines()
    operations = re.search(r"Tested: (\d+)", done.stdout)
    assert operations and int(operations[1]) > 70
    codes = Counter(int(str(line["status"])) for line in lines)
    assert not [code for code in codes if code >= 500], codes
    assert codes[200] > 100 and codes[400] > 50 and codes[404] > 50 and codes[405] > 50
