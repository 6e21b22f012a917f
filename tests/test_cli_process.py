"""The command as a process: terminals and pipes, streams that are closed or full, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import READERS, command, environment, on_terminal, uncover

ROOT = Path(__file__).parent.parent


# ---------------------------------------------------------------- terminals and pipes


def test_colours_are_for_terminals(graph: Path) -> None:
    args = ("show", "agent:zoe-marsh", "--graph", graph)
    piped = subprocess.run(command(*args), env=environment(), capture_output=True, text=True, check=True)
    assert "\x1b" not in piped.stdout + piped.stderr and "Zoë Marsh" in piped.stdout
    assert "\x1b[" in on_terminal(*args)
    assert on_terminal(*args, NO_COLOR="1") == piped.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["find", "show", "query sparql", "view", "check", "coverage", "build", "--help"])
def test_a_closed_pipe_is_quiet(name: str, small: Path, graph: Path, tmp_path: Path) -> None:
    uncover(small)
    calls: dict[str, list[str | Path]] = {
        "check": ["check", "--json", "--data", small],
        "coverage": ["coverage", "--json", "--data", small],
        "build": ["build", "--data", ROOT / "tests" / "small", "--out", tmp_path / "out"],
        "--help": ["--help"],
    }
    args = [*READERS[name], "--graph", graph] if name in READERS else calls[name]
    with subprocess.Popen(command(*args), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()  # the reader goes away before anything is written
        said = process.stderr.read().decode()
        process.wait(timeout=60)
    assert process.returncode == -signal.SIGPIPE
    if name == "coverage":
        assert "Traceback" not in said and "Broken" not in said and "Exception ignored" not in said
    else:
        assert said == ""


def test_the_head_of_a_card_is_quiet(graph: Path) -> None:
    line = f'"{sys.executable}" -m kg show agent:zoe-marsh --graph "{graph}" | head -n 1'
    done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("Zoë Marsh  Person, agent:zoe-marsh\n", "")


def test_a_reader_that_reads_nothing_is_no_failure(graph: Path) -> None:
    shown = f'"{sys.executable}" -m kg show agent:zoe-marsh --graph "{graph}"'
    line = f"{shown} | (exec <&-; sleep 1); exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (141, b"", b"")


def test_what_an_encoding_lacks_is_escaped(graph: Path) -> None:
    args = command("show", "agent:zoe-marsh", "--graph", graph)
    done = subprocess.run(args, env=environment(PYTHONIOENCODING="latin-1"), capture_output=True, check=True)
    assert done.stderr == b""
    assert b"\\u201c" in done.stdout and "Zoë Marsh" in done.stdout.decode("latin-1")


def test_names_that_the_locale_can_not_write_are_no_trouble(graph: Path) -> None:
    args = command("show", "agent:zoe-marsh", "--graph", graph)
    done = subprocess.run(args, env=environment(LC_ALL="C", PYTHONIOENCODING="ascii"), capture_output=True, check=True)
    assert done.stderr == b"" and b"agent:zoe-marsh" in done.stdout


# ---------------------------------------------------------------- Ctrl-C

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to see the child")
@pytest.mark.parametrize("everybody", [True, False])
def test_an_interrupted_query_ends_with_130_and_leaves_no_child(everybody: bool, graph: Path) -> None:
    """A terminal interrupts the child too; kill -INT, the command alone."""
    with subprocess.Popen(
        command("query", "sparql", "-", "--seconds", "60", "--graph", graph), env=environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(SLOW.encode())
        process.stdin.close()
        process.stdin = None
        until = time.monotonic() + 30
        while not (begun := children(process.pid)) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.5)  # the child is at work
        (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
        said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, (b"", b""))
    assert begun and not any(Path(f"/proc/{child}").exists() for child in begun)


def test_an_interrupted_reader_of_standard_input_ends_with_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import kg.cli, sys; sys.argv = ['kg', 'query', 'sparql', '-']; print(end='+', "
         "flush=True); kg.cli.run()"],
        env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdout.read(1) == b"+"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, (b"", b""))


def test_an_interrupt_that_a_shell_has_switched_off_stays_so() -> None:
    code = (
        "import signal, kg.cli; signal.signal(signal.SIGINT, signal.SIG_IGN); kg.cli.main = lambda: None; "
        "kg.cli.run(); "
        "assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), check=True)


# ---------------------------------------------------------------- streams that are closed or full


@pytest.mark.parametrize(("name", "redirection"), [("find", ">&-"), ("query sparql", ">&- 2>&- <&-"), ("show", "2>&-")])
def test_closed_streams_are_no_trouble(name: str, redirection: str, graph: Path) -> None:
    line = " ".join(f"'{word}'" for word in command(*READERS[name], "--graph", graph))
    done = subprocess.run(
        ["bash", "-c", f"{line} {redirection}"], env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert bool(done.stdout) == (name == "show")


@pytest.mark.parametrize("args", [["--help"], ["query", "show", "contradictions"]])
def test_a_full_disk_is_one_line(args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command(*args), stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    said = b"Error: can't write the result (No space left on device): make room or choose another place\n"
    assert (done.returncode, done.stderr) == (2, said)
    with Path("/dev/full").open("wb") as full:
        assert subprocess.run(command("shwo"), stderr=full, env=environment(), check=False).returncode == 2
