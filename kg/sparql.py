"""The words of a SPARQL query of anybody's: what it asks, what is refused, which prefixes it takes for granted.

Read without a parser, which a nested query would end together with the process, and which knows no dialect.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

from kg import terms
from kg.errors import UNFIT, BadUse
from kg.graphs import GRAPHS, graph_name

__all__ = ["Wording", "depth", "look", "short", "strange"]

_TOKEN = re.compile(
    r"""<(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>
      | "{3}[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3} | '{3}[^'\\]*(?:(?:\\.|'{1,2}(?!'))[^'\\]*)*'{3}
      | (?!"{3}|'{3}) (?:"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*" | '[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*') | (?P<open>["'])
      | \#[^\r\n]*
      | [?$@]\w+ | (?P<name>(?:\w[\w.-]*)?:[\w.:%-]*(?:\\.[\w.:%-]*)*) | (?P<word>\w[\w.-]*)""",
    re.VERBOSE | re.DOTALL,
)
"""No two ways to read a text, so that none keeps it busy. Possessive quantifiers would say so, but they
lose matches in Python 3.11.2."""
_NESTED = re.compile(r"[{}()\[\]]|(?:[!+^-]\s*){2,}")
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_FORMS = {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
_SHOWN = 100
"""Characters of a query that a message repeats."""


class Wording(NamedTuple):
    """A query's form, whether it names its graphs, and the prefixes of ours that it uses without declaring them."""

    form: str
    graphs: bool
    prefixes: tuple[str, ...]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Keywords, IRIs and prefixed names of a query, without what stands in strings and comments."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "open":
            line = text.count("\n", 0, found.start()) + 1
            raise BadUse(f"the query can't be read: the string that begins on line {line} is not closed")
        if kind is not None:
            yield kind, found[kind]


def _named_graphs(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """The IRIs after FROM and FROM NAMED; a name whose prefix is not declared as it stands."""
    declared, base = dict(terms.prefixes()), ""
    for place, (kind, value) in enumerate(tokens):
        word, after = value.upper() if kind == "word" else "", tokens[place + 1 : place + 3]
        kinds = [one for one, _ in after]
        if word == "BASE" and kinds[:1] == ["iri"]:
            base = urljoin(base, after[0][1])
        if word == "PREFIX" and kinds == ["name", "iri"]:
            declared[after[0][1].removesuffix(":")] = urljoin(base, after[1][1])
        if word == "FROM" and after:
            one, said = after[-1] if after[0][0] == "word" and after[0][1].upper() == "NAMED" else after[0]
            prefix, _, local = said.partition(":")
            local = re.sub(r"\\(.)", r"\1", local)
            yield declared.get(prefix, f"{prefix}:") + local if one == "name" else urljoin(base, said)


def _undeclared(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """The prefixes of ours that a query uses as if it had declared them."""
    used = {value.partition(":")[0] for kind, value in tokens if kind == "name"}
    declared = {name[:-1] for (kind, word), (_, name) in pairwise(tokens) if (kind, word.upper()) == ("word", "PREFIX")}
    return (prefix for prefix in terms.prefixes() if prefix in used - declared)


def strange(text: str) -> tuple[int, int, str] | None:
    """Line and column, from 1, of the first name whose prefix nobody declares, and that prefix."""
    known, before, places = set(terms.prefixes()), "", []
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "name":
            prefix = found["name"].partition(":")[0]
            if before == "PREFIX":
                known.add(prefix)
            else:
                places.append((found.start(), prefix))
        before = found.group().upper()
    for place, prefix in places:
        if prefix not in known:
            return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place), prefix
    return None


def depth(text: str) -> int:
    """How deep the brackets of a query nest, and how many operators stand one after the other: what a parser that
    calls itself must follow.
    """
    deepest = now = 0
    for found in _NESTED.finditer(_TOKEN.sub("_", text)):
        sign = found.group()
        if sign in "{([":
            now += 1
        elif sign in "})]":
            now -= 1
        else:
            deepest = max(deepest, now + sum(letter in "!+^-" for letter in sign))
        deepest = max(deepest, now)
    return deepest


def look(text: str, known: Collection[str] = ()) -> Wording:
    """What a query says of itself. `known` are the graphs that FROM may name, by default the five.

    Raises `BadUse` for what is not asked here.
    """
    tokens = list(_tokens(text))
    words = [value.upper() for kind, value in tokens if kind == "word"]
    first = next((word for word in words if word in _UPDATES | _FORMS), "")
    if first in _UPDATES:
        raise BadUse(f"{first} changes a graph: here one only asks (SELECT, ASK, CONSTRUCT, DESCRIBE)")
    if not first:
        raise BadUse("this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE")
    if any("SERVICE" in word for word in words):
        raise BadUse("SERVICE would send the query elsewhere: ask that address itself")
    ours = known or {graph_name(name).value for name in GRAPHS}
    graphs = list(_named_graphs(tokens))
    foreign = next((name for name in graphs if name not in ours), None)
    if foreign is not None:
        raise BadUse(f"FROM <{short(foreign)}> is none of the graph's five: without FROM all of them are asked")
    return Wording(first, bool(graphs), tuple(_undeclared(tokens)))


def short(text: str) -> str:
    """What a message repeats of a query: a piece on one line, harmless to a terminal."""
    shown = UNFIT.sub(lambda found: ascii(found.group())[1:-1], " ".join(text.split()))
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
