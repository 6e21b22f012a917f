"""N-Triples lines brought to one form, literals by their value, so that what stores make of them compares equal.

A store may keep 140.0 as 140, 007 as 7, a non-negative integer as an integer. Virtuoso shows PT90M as 5400.0 (seconds)
and P1Y as 12 (months). None of this changes what is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, localcontext
from functools import lru_cache

import pyoxigraph as ox

from kg.graphs import written

__all__ = ["Malformed", "by_value", "duration", "normal"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_IRI = rb'<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>"{}|^`\\]*>'
_LINE = re.compile(
    rb"%b[ \t]%b[ \t](?:%b|(\"[^\"\\\x00-\x1f\x7f]*\"(?:@[a-z]{2,8}(?:-[a-z0-9]{1,8})*|\^\^(%b))?))[ \t]\.\n"
    % (_IRI, _IRI, _IRI, _IRI)
)
"""A triple without an escape: nothing of it can be written in another way, but for tabs and typed literals."""

_INTEGERS = {
    f"{_XSD}{name}"
    for name in (
        "integer", "nonNegativeInteger", "nonPositiveInteger", "negativeInteger", "positiveInteger", "long", "int",
        "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
}  # fmt: skip
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DOUBLE = re.compile(rf"{_DECIMAL.pattern}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_MOMENT = re.compile(
    r"((?:-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T)?[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DURATION = re.compile(
    r"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_LONGEST = 4000
"""Digits of a number that is understood; Python turns no more than 4300 into one."""


class Malformed(ValueError):
    """A line that is no triple, or one that has a blank node, which no graph of ours has."""


def normal(line: bytes) -> bytes:
    """A line of N-Triples in canonical form, ending in a line feed; "" for an empty line or a comment.

    Raises `Malformed`.
    """
    found = _LINE.fullmatch(line)
    if found and (line.isascii() or _sound(line)):
        if found[2]:
            line = line[: found.start(1)] + _typed(found[1]) + line[found.end(1) :]
        return line.replace(b"\t", b" ") if b"\t" in line else line
    if not line.strip() or line.lstrip().startswith(b"#"):
        return b""
    try:
        (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise Malformed(re.sub(r"^Parser error at [^:]*: | \(line 1\)$", "", str(error))) from None
    return _canonical(quad.triple)


def _sound(line: bytes) -> bool:
    """Whether it is UTF-8, without the two characters beyond ASCII that the canonical form escapes."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


@lru_cache(maxsize=1 << 16)
def _typed(literal: bytes) -> bytes:
    """A typed literal as N-Triples write it, by its value."""
    text, _, kind = literal.decode().rpartition("^^")
    try:
        datatype = ox.NamedNode(kind[1:-1])
    except ValueError as error:
        raise Malformed(str(error)) from None
    return str(by_value(ox.Literal(text[1:-1], datatype=datatype))).encode()


def _canonical(triple: ox.Triple) -> bytes:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
        raise Malformed("it has a blank node, or a triple in a triple")
    if isinstance(value, ox.Literal):
        value = by_value(value)
    return written([ox.Triple(subject, predicate, value)], ox.RdfFormat.N_TRIPLES)


def by_value(literal: ox.Literal) -> ox.Literal:
    """The literal in one lexical form for each value (XML Schema 1.1 part 2); what has no value as it is.

    Integers of all kinds are integers, yet no integer is a decimal: stores keep these apart. Language tags are in
    small letters.
    """
    text, kind = literal.value.strip(" \t\r\n"), literal.datatype.value
    if literal.language:
        return literal  # its tag is in small letters whoever made it
    if kind in _INTEGERS and len(text) <= _LONGEST and re.fullmatch(r"[+-]?[0-9]+", text):
        return ox.Literal(str(int(text)), datatype=ox.NamedNode(f"{_XSD}integer"))
    made = _FORMS[kind](text) if kind in _FORMS else ""
    return ox.Literal(made, datatype=literal.datatype) if made else literal


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        return ""
    plain = format(Decimal(text), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _double(text: str) -> str:
    if not _DOUBLE.fullmatch(text):
        return ""
    plain = repr(float(text))
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN", "-0.0": "0.0"}.get(plain, plain)


def _boolean(text: str) -> str:
    return {"1": "true", "true": "true", "0": "false", "false": "false"}.get(text, "")


def _moment(text: str) -> str:
    """A point in time without the zeros at the end of its fraction; no offset is Z."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return ""
    zone = "Z" if found[3] in ("+00:00", "-00:00") else found[3] or ""
    return found[1] + (found[2] or "").rstrip("0").rstrip(".") + zone


def _count(text: str | None) -> int:
    return int(text or 0)


def duration(text: str) -> str:
    """The canonical form of a duration; of Virtuoso's seconds (5400.0) and months (12) too; "" for anything else."""
    if len(text) > _LONGEST:
        return ""
    with localcontext(prec=len(text) + 8):  # nothing is rounded
        if re.fullmatch(r"-?[0-9]+", text):
            months, seconds = int(text), Decimal(0)
        elif re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
            months, seconds = 0, Decimal(text)
        elif found := _DURATION.fullmatch(text):
            sign = -1 if found[1] else 1
            months = sign * (_count(found[2]) * 12 + _count(found[3]))
            whole = (_count(found[4]) * 24 + _count(found[5])) * 60 + _count(found[6])
            seconds = sign * (whole * 60 + Decimal(found[7] or 0))
        else:
            return ""
        return ("-" if months < 0 or seconds < 0 else "") + "P" + "".join(_pieces(abs(months), abs(seconds)))


def _pieces(months: int, seconds: Decimal) -> Iterator[str]:
    """Years to seconds, those that are not nought (XML Schema 1.1 part 2, duration canonical mapping)."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    for number, letter in ((months // 12, "Y"), (months % 12, "M"), (int(days), "D")):
        if number:
            yield f"{number}{letter}"
    last = _decimal(format(rest, "f"))
    clock = [(str(int(hours)), "H"), (str(int(minutes)), "M"), (last, "S")]
    told = "".join(f"{number}{letter}" for number, letter in clock if number != "0")
    if told or not (months or days):
        yield "T" + (told or "0S")


_FORMS = {
    f"{_XSD}decimal": _decimal,
    f"{_XSD}double": _double,
    f"{_XSD}float": _double,
    f"{_XSD}boolean": _boolean,
    f"{_XSD}dateTime": _moment,
    f"{_XSD}time": _moment,
    f"{_XSD}duration": duration,
    f"{_XSD}dayTimeDuration": duration,
    f"{_XSD}yearMonthDuration": duration,
}
