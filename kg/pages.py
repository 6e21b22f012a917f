"""Pages out of templates: text escaped, data that can't end its script element, scripts named by their digests."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from calendar import monthrange
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

__all__ = [
    "address", "anchor", "data_block", "digest", "in_script", "read", "rendered", "spaced", "text", "whole_period",
]  # fmt: skip


def anchor(name: str) -> str:
    """A CURIE as the id of an element."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name)


def address(text: str) -> str:
    """An address that may be a link, else nothing."""
    return text if re.match(r"https?://", text) else ""


def whole_period(text: str) -> tuple[str, str]:
    """First and last day of a year or a month as ISO 8601 writes it, two empty texts for anything else."""
    if re.fullmatch(r"[0-9]{4}", text):
        return f"{text}-01-01", f"{text}-12-31"
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text < "0001":
        return "", ""
    return f"{text}-01", f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]:02}"


def spaced(name: str) -> str:
    """A name in camel case as words: `heldBy` is "held by", `SourceText` "source text"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def in_script(value: object) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def data_block(kind: str, value: object) -> Markup:
    """An element of data of a media type, for a template."""
    return Markup(f'<script type="{kind}">{in_script(value)}</script>')


def digest(content: str) -> str:
    """What the Content-Security-Policy calls a script or a style sheet by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def text(name: str) -> str:
    """A template's file as it stands."""
    return files("kg").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("kg", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {
        "anchor": anchor,
        "address": address,
        "in_script": lambda value: Markup(in_script(value)),
        "whole": whole_period,
        "spaced": spaced,
    }
    return made


def read() -> None:
    """Reads all templates now: who may open no file later can still render them."""
    for name in _templates().list_templates(extensions=["j2"]):
        _templates().get_template(name)


def rendered(name: str, /, **given: Any) -> bytes:
    """A page: the template with what it is given, in UTF-8."""
    return _templates().get_template(name).render(**given).encode("utf-8")
