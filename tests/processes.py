"""The command `kg` as a process of its own: for what only shows there, such as terminals, pipes and signals."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

__all__ = ["READERS", "command", "environment", "on_terminal", "uncover"]

ROOT = Path(__file__).parent.parent

READERS: dict[str, list[str]] = {
    "find": ["find", "zoe"],
    "show": ["show", "agent:zoe-marsh"],
    "path": ["path", "agent:iqm", "agent:zoe-marsh"],
    "timeline": ["timeline"],
    "query run": ["query", "run", "contradictions"],
    "query sparql": ["query", "sparql", str(ROOT / "queries" / "questions" / "contradictions.rq")],
    "view": ["view", "--conflicts"],
}
"""How each command that reads a graph is called on the small one."""


def environment(**settings: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    ours = {name for name in os.environ if name.startswith("KG_")} | {"NO_COLOR", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | settings


def command(*args: str | Path) -> list[str]:
    """The words of a call of `kg`."""
    return [sys.executable, "-m", "kg", *map(str, args)]


def on_terminal(*args: str | Path, width: int = 80, code: int = 0, errors: bool = False, **settings: str) -> str:
    """What a command writes when its standard output, and its errors if wanted, are a terminal so many columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    with subprocess.Popen(
        command(*args), stdout=theirs, stderr=theirs if errors else subprocess.DEVNULL, env=environment(**settings)
    ) as process:
        os.close(theirs)
        found = b""
        try:
            while part := os.read(ours, 65536):
                found += part
        except OSError:  # the terminal is gone when the command is
            pass
        finally:
            os.close(ours)
        assert process.wait(timeout=60) == code
    return found.decode("utf-8").replace("\r\n", "\n")


def uncover(data: Path) -> None:
    """Takes a sentence of the small project out of its coverage: bad data, which loads."""
    path = data / "coverage" / "harbor-forum.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('  - {at: [799, 858], reason: "scenery"}\n', ""), encoding="utf-8")
