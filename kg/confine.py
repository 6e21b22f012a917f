"""What a process gives up before it runs a query of anybody's: files, connections, memory and time without end.

Nothing inside a process can stop a query, so the kernel does: its limits hold whatever native code is at work.
Systems without these limits skip them.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

__all__ = [
    "alone",
    "ending",
    "keep_back",
    "many_files",
    "memory",
    "no_core",
    "no_files",
    "only",
    "output",
    "parentless",
    "time_left",
]

_NEW_USER, _NEW_NET = 0x1000_0000, 0x4000_0000
"""CLONE_NEWUSER and CLONE_NEWNET (unshare(2))."""
_PARENT_DEATH = 1
"""PR_SET_PDEATHSIG (prctl(2))."""


def _limit(name: str, wanted: int) -> None:
    """Lowers a limit for good, as far as there is one of that name."""
    try:
        import resource
    except ImportError:  # Windows
        return
    kind = getattr(resource, name)
    most = resource.getrlimit(kind)[1]  # nobody but root may raise it
    wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(kind, (wanted, wanted))


def memory(megabytes: int) -> None:
    """From here on the process may take so much more memory.

    Without /proc nobody tells what is used already, and nothing is limited.
    """
    pages = Path("/proc/self/statm")
    if pages.exists():
        import resource

        now = int(pages.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        _limit("RLIMIT_AS", now + megabytes * 2**20)


def only(kept: int) -> None:
    """From here on the process has nothing open but what goes by a number, and standard error."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    os.closerange(3, kept)
    os.closerange(kept + 1, max(os.sysconf("SC_OPEN_MAX"), 1 << 16))


def keep_back(megabytes: int) -> None:
    """Of the memory that `memory` allows, so much is not given until this is called with less."""
    try:
        import resource
    except ImportError:  # Windows
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    if most != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (most - megabytes * 2**20, most))


def no_files(kept: int = 0) -> None:
    """From here on no file and no connection can be opened; what has a number below `kept` may stay so.

    poll(2) counts what it waits for against this limit, so a process that waits for one pipe keeps at least one.
    """
    _limit("RLIMIT_NOFILE", kept)


def many_files(wanted: int) -> None:
    """Lets the process have so many files and connections open, as far as the system allows."""
    try:
        import resource
    except ImportError:  # Windows
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def output(megabytes: int) -> None:
    """No file that the process writes grows beyond this."""
    _limit("RLIMIT_FSIZE", megabytes * 2**20)


def no_core() -> None:
    """A process that dies leaves no picture of its memory."""
    _limit("RLIMIT_CORE", 0)


def time_left(seconds: float, of_processor: bool = False) -> None:
    """After so many seconds the kernel ends the process, whatever it does; 0 takes that back.

    With `of_processor` only the time counts in which it was at work.
    """
    if not hasattr(signal, "setitimer"):  # Windows
        return
    kind, sent = (signal.ITIMER_PROF, signal.SIGPROF) if of_processor else (signal.ITIMER_REAL, signal.SIGALRM)
    signal.signal(sent, signal.SIG_DFL)  # whoever started us may have it ignored
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {sent})
    signal.setitimer(kind, seconds)


def parentless() -> None:
    """The process ends when the one that started it does, however that ends (Linux)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)


def alone() -> bool:
    """Takes the network away from the process and all it starts; whether the system allows that (Linux namespaces).

    A process with more than one thread can't leave its user namespace.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return any(unshare(flags) == 0 for flags in ((_NEW_NET,) if os.geteuid() == 0 else ()) + (_NEW_USER | _NEW_NET,))


def ending(code: int, said: str = "") -> str:
    """Why a process ended: `time`, `memory`, `depth`, `slice` (of the processor's time), or "" for anything else.

    `code` is its exit code as Python counts it, `said` what it wrote last.
    """
    name = signal.Signals(-code).name if code < 0 else ""
    if name == "SIGPROF":
        return "slice"
    if name in ("SIGALRM", "SIGXCPU"):
        return "time"
    if name in ("SIGABRT", "SIGKILL") or "memory" in said.lower():
        return "memory"
    return "depth" if name in ("SIGSEGV", "SIGBUS") else ""
