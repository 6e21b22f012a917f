"""What the shell completes, in each shell that click knows, and in a real bash."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from needs import missing
from processes import environment
from timing import within

from kg import queries
from kg.cli.completion import Bash, complete_entity, complete_question

PARAM = click.Argument(["entity"])


def entities(begin: str, graph: Path | None = None, data: Path | None = None) -> list[str]:
    ctx = click.Context(click.Command("show"))
    ctx.params = {"graph": graph, "data": data}
    return [str(item.value) for item in complete_entity(ctx, PARAM, begin)]


@pytest.mark.parametrize(
    ("begin", "names"),
    [
        ("zoë", ["Zoë Marsh"]), ("Harbor F", ["Harbor Forum", "Harbor Forum 2030", "Harbor Forum opens its doors"]),
        ("agent:z", ["agent:zoe-marsh"]), ("agent:", ["agent:gull-foundation", "agent:iqm", "agent:lantern-council",
        "agent:zoe-marsh"]), ("xyzzy", []),
    ],
)  # fmt: skip
def test_names_and_curies_are_completed(begin: str, names: list[str], graph: Path) -> None:
    assert entities(begin, graph) == names


def test_questions_are_completed() -> None:
    ctx = click.Context(click.Command("run"))
    found = [item.value for item in complete_question(ctx, PARAM, "contra")]
    assert found == [name for name in queries.names() if name.startswith("contra")] != []


@pytest.mark.parametrize("content", [None, b"", b"%PDF", b"<http://a> <http://b> <http://c> .\n"])
def test_a_graph_that_is_none_completes_nothing_and_says_nothing(
    content: bytes | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "some.nq"
    if content is not None:
        file.write_bytes(content)
    assert entities("a", file) == []
    assert capfd.readouterr() == ("", "")


def test_no_key_builds_a_graph(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(small)
    assert entities("zoë") == entities("zoë", data=small) == []
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "cache").exists()


def test_the_graph_here_is_used_without_a_word_even_when_it_is_old(
    small: Path, graph: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (small / "dist").mkdir()
    shutil.copy(graph, small / "dist")
    monkeypatch.chdir(small)
    assert entities("zoë") == ["Zoë Marsh"]
    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- shells


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    """The command as it is installed."""
    file = tmp_path / "bin" / "kg"
    file.parent.mkdir()
    file.write_text(
        f"#!{sys.executable}\nimport sys\nfrom kg.cli import run\nsys.argv[0] = 'kg'\nrun()\n", encoding="utf-8"
    )
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("shell", "typed", "answer"),
    [
        ("bash", {"COMP_WORDS": "kg\nsh", "COMP_CWORD": "1"}, "plain,show\n"),
        ("zsh", {"COMP_WORDS": "kg sh", "COMP_CWORD": "1"}, "plain\nshow\n"),
        ("fish", {"COMP_WORDS": "kg sh", "COMP_CWORD": "sh"}, "plain,show"),
        ("bash", {"COMP_WORDS": "kg\nshow\nzo", "COMP_CWORD": "2"}, ""),
        ("zsh", {"COMP_WORDS": "kg path zo", "COMP_CWORD": "2"}, ""),
        ("fish", {"COMP_WORDS": "kg view zo", "COMP_CWORD": "zo"}, ""),
        ("bash", {"COMP_WORDS": "kg\nquery\nrun\ncontradic", "COMP_CWORD": "3"}, "plain,contradictions\n"),
    ],
)
def test_each_shell_is_answered_quickly_and_silently_without_a_graph(
    shell: str, typed: dict[str, str], answer: str, kg: Path, tmp_path: Path
) -> None:
    settings = environment(_KG_COMPLETE=f"{shell}_complete", XDG_CACHE_HOME=str(tmp_path / "cache"), **typed)
    with within(5):  # far from the time of a build on a busy machine
        done = subprocess.run([kg], env=settings, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(answer) if answer else done.stdout.strip() == ""
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, kg: Path) -> None:
    done = subprocess.run(
        [kg], env=environment(_KG_COMPLETE=f"{shell}_source"), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_KG_COMPLETE={shell}_complete" in done.stdout


def split(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Bash, list[str], str]:
    shell = Bash(click.Command("kg"), {}, "kg", "_KG_COMPLETE")
    monkeypatch.setenv("COMP_WORDS", "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    return shell, *shell.get_completion_args()


@pytest.mark.parametrize(
    ("words", "args", "last", "value", "answer"),
    [
        (["kg", "show", "agent", ":", "i"], ["show"], "agent:i", "agent:iqm", "iqm"),
        (["kg", "show", "agent", ":"], ["show"], "agent:", "agent:iqm", "iqm"),
        (["kg", "path", "agent", ":", "iqm", "Zo"], ["path", "agent:iqm"], "Zo", "Zoë Marsh", "Zoë\\ Marsh"),
        (["kg", "show", r"Zoë\ M"], ["show"], "Zoë M", "Zoë Marsh", "Zoë\\ Marsh"),
        (["kg", "show", '"Zoë M'], ["show"], "Zoë M", "Zoë Marsh", "Zoë Marsh"),
        (["kg", "show", "'Zoë M"], ["show"], "Zoë M", "Zoë Marsh", "Zoë Marsh"),
        (["kg", "show", ""], ["show"], "", "A's; $(b)", r"A\'s\;\ \$\(b\)"),
        (["kg", ""], [], "", "show", "show"),
    ],
)
def test_bash_is_told_the_part_that_it_replaces(
    words: list[str], args: list[str], last: str, value: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, before, incomplete = split(words, monkeypatch)
    assert (before, incomplete) == (args, last)
    assert shell.format_completion(click.shell_completion.CompletionItem(value)) == f"plain,{answer}"


def test_what_stands_behind_the_cursor_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Bash(click.Command("kg"), {}, "kg", "_KG_COMPLETE")
    monkeypatch.setenv("COMP_WORDS", "kg\nsh\nmore")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert shell.get_completion_args() == ([], "sh")


def until(terminal: int, wanted: str, seconds: float = 30) -> str:
    """What a terminal shows until it shows something, or until the time is over."""
    found, end = b"", time.monotonic() + seconds
    while wanted not in found.decode("utf-8", "replace") and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            found += os.read(terminal, 65536)
    return found.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("kg show agent:zo", "agent:zoe-marsh "),
        ('kg show "Lantern C', 'Lantern Council" '),
        ("kg show Gull", "Gull\\ Foundation "),
    ],
)
def test_a_real_bash_completes_names_with_colons_and_spaces(typed: str, shown: str, graph: Path, kg: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        missing("bash is not installed")
    ours, theirs = pty.openpty()
    settings = environment(PS1="> ", TERM="dumb", KG_GRAPH=str(graph), PATH=f"{kg.parent}:{os.environ['PATH']}")
    with subprocess.Popen(
        [bash, "--norc", "--noprofile", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=settings,
        start_new_session=True, cwd=kg.parent,
    ) as process:  # fmt: skip
        os.close(theirs)
        os.write(ours, b'eval "$(_KG_COMPLETE=bash_source kg)"; echo rea""dy\n')
        until(ours, "ready")
        os.write(ours, f"{typed}\t".encode())
        found = until(ours, shown)
        process.kill()
    os.close(ours)
    assert shown in found
