"""What the shell completes, and how bash is told: it splits words at colons, and inserts names without quoting them."""

from __future__ import annotations

import os
import re
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

__all__ = ["Bash", "complete_entity", "complete_question"]


def complete_entity(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names and CURIEs of the graph that begin so; nothing, and no noise, when there is none: no key builds one."""
    from kg import folders
    from kg.errors import KgError

    with suppress(KgError, OSError, RuntimeError), redirect_stderr(StringIO()):
        from kg.cache import graph_file, indexed
        from kg.lookup import starting

        if ctx.params.get("endpoint"):
            return []  # a key must not wait for a network
        chosen = ctx.params.get("graph") or os.environ.get("KG_GRAPH")
        if chosen is None and (ctx.params.get("data") or not (Path("dist") / folders.GRAPH_FILE).is_file()):
            return []
        chosen = Path(chosen) if chosen else None
        return [CompletionItem(name) for name in starting(indexed(graph_file(chosen, None)), incomplete)]
    return []


def complete_question(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of saved questions that begin so."""
    from kg.queries import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


class Bash(BashComplete):
    """Puts together what bash split at colons; answers with the last part alone, and escapes what is not quoted."""

    source_template = BashComplete.source_template.replace(" read type value", " read -r type value")

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and that one."""
        typed = os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]
        words: list[str] = []
        for before, word in zip(["", *typed], typed, strict=False):
            if words and word and (word.startswith(":") or before.endswith(":")):
                words[-1] += word
            else:
                words.append(word)
        self._word = words[-1]
        self._known = len(self._word) - len(typed[-1].lstrip(":"))  # what stands before the part that bash replaces
        plain = [" ".join(split_arg_string(word)) for word in words]
        return plain[1:-1], plain[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """One line of the answer."""
        text = str(item.value)
        if self._word[:1] not in ("'", '"'):
            text = re.sub(r"([^\w@%+=:,./-])", r"\\\1", text[self._known :])
        return f"{item.type},{text}"


add_completion_class(Bash, "bash")
