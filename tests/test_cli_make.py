"""kg build, kg check."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from processes import command, environment, uncover

Run = Callable[..., Result]


def test_check_prints_issues_on_one_stream_and_the_count_on_the_other(small: Path, run: Run) -> None:
    clean = run("check", "--data", small, "--texts", small / "texts")
    assert clean.stdout == ""
    assert clean.stderr == "0 errors, 0 warnings; spans compared with 2 texts\n"
    uncover(small)
    faulty = run("check", "--data", small)
    assert faulty.stdout.startswith("error: coverage/harbor-forum.yaml: nothing covers characters 799-858")
    assert faulty.stdout.count("\n") == 1
    assert faulty.stderr.endswith("0 warnings; spans not compared with the texts\n")


def test_json_of_check(small: Path, run: Run) -> None:
    assert json.loads(run("check", "--json", "--data", small).stdout) == []
    uncover(small)
    done = run("check", "--json", "--data", small)
    [issue] = json.loads(done.stdout)
    assert done.stderr == ""
    assert issue["file"] == "coverage/harbor-forum.yaml" and issue["severity"] == "error"
    assert set(issue) == {"file", "line", "rule", "message", "remedy", "subject", "severity"}


def test_json_of_check_when_the_data_can_not_be_loaded(small: Path, run: Run) -> None:
    (small / "names.yaml").write_text("names: [a\n", encoding="utf-8")
    done = run("check", "--json", "--data", small)
    assert done.exit_code == 1
    assert {(issue["file"], issue["rule"]) for issue in json.loads(done.stdout)} == {("names.yaml", "yaml")}


def test_a_build_that_is_piped_draws_nothing(small: Path, tmp_path: Path) -> None:
    args = command("build", "--data", small, "--out", tmp_path / "out")
    done = subprocess.run(args, env=environment(), capture_output=True, text=True, check=True)
    assert done.stderr == "" and "\x1b" not in done.stdout


def test_one_is_not_several(run: Run) -> None:
    from kg.cli.make import _several

    assert [_several(count, "text") for count in (0, 1, 2)] == ["0 texts", "1 text", "2 texts"]
