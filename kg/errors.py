"""What can go wrong, said once.

    KgError            something the user can mend; carries its exit code
      BadData          the data is wrong (exit 1); holds all its issues
      BadUse           the command was used wrongly (exit 2)
      StoreDiffers     a triplestore holds something else than it should (exit 1)
      StoreFailed      a triplestore can't be reached, refuses or breaks off (exit 3)

A finding is an `Issue`, plain data; printing and exit codes belong to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["UNFIT", "BadData", "BadUse", "Issue", "KgError", "StoreDiffers", "StoreFailed", "plain"]

UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that break a line or turn its direction, and halves of pairs: no text of ours holds them."""


class Issue(NamedTuple):
    """One finding of the loader or of a check.

    `file` is relative to the project's data folder where there is one, `line` counts from 1
    (0: the file as a whole), `severity` is `error` or `warning`, `remedy` says what to do.
    """

    file: str
    line: int
    rule: str
    message: str
    remedy: str = ""
    subject: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        name = f"{self.subject}: " if self.subject else ""
        said = f"{place}{name}{self.message}" + (f": {self.remedy}" if self.remedy else "")
        return UNFIT.sub(lambda found: ascii(found.group())[1:-1], said)


class KgError(Exception):
    """The root of all errors that are shown to the user as a message, never as a traceback."""

    exit_code = 1


class BadData(KgError):
    """The data is wrong; `issues` lists everything found at once."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(sorted(issues))
        super().__init__("\n".join(str(issue) for issue in self.issues))


class BadUse(KgError):
    """The command was used wrongly: a missing folder, an unknown name, no permission."""

    exit_code = 2


class StoreDiffers(KgError):
    """A triplestore holds something else than the graph, or than it says."""


class StoreFailed(KgError):
    """A triplestore can't be reached, refuses, breaks off or answers nonsense; `status` is its HTTP status, or 0."""

    exit_code = 3

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


def plain(message: str) -> str:
    """A message for those who use no command line: without the hint at another command."""
    return re.sub(r": (?:run )?kg [^:]*$", "", message)
