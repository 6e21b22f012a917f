"""kg coverage, kg agreement."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from processes import uncover

REAL = Path(__file__).parent.parent / "kg" / "data"

Run = Callable[..., Result]


def test_coverage_prints_the_report_on_one_stream_and_problems_on_the_other(small: Path, run: Run) -> None:
    done = run("coverage", "--data", small, "--texts", small / "texts", "--source", "lantern-report")
    assert done.stderr == ""
    assert done.stdout.startswith("src:lantern-report: 3 statements cover ")
    assert "260-281 'We thank our readers.': thanks" in done.stdout
    assert "harbor" not in done.stdout
    bare = run("coverage", "--data", small)
    assert bare.stderr == "No texts at hand: offsets are those recorded; --texts DIR shows the words.\n"
    uncover(small)
    assert "error: coverage/harbor-forum.yaml: nothing covers" in run("coverage", "--data", small).stderr


def test_json_of_coverage(small: Path, run: Run) -> None:
    reports = json.loads(run("coverage", "--json", "--data", small).stdout)
    assert [report["source"] for report in reports] == ["src:harbor-forum", "src:lantern-report"]
    assert [report["statements"] for report in reports] == [8, 3]
    assert [report["sentences"] for report in reports] == [9, 4]


def test_json_of_agreement(run: Run) -> None:
    done = run("agreement", "--json", "--data", REAL)
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(0 <= one["shared"] <= 1 and one["kappas"].keys() >= {"status"} for one in json.loads(done.stdout))
