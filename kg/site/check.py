"""Whether the pages of a site hold together: every link leads somewhere, and the front page leads to every page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from posixpath import dirname, join, normpath
from urllib.parse import unquote

__all__ = ["problems"]

_LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(rb'\sid="([^"]*)"')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def _links(content: bytes) -> Iterator[str]:
    """The addresses that a page of ours links to; templates quote every attribute and escape its value."""
    yield from {unescape(found.decode("utf-8")) for found in _LINK.findall(content)}


def _target(page: str, address: str) -> tuple[str, str]:
    """The file and the fragment that an address leads to from a page."""
    path, _, fragment = address.partition("#")
    path = path.partition("?")[0]
    return (normpath(join(dirname(page), unquote(path))) if path else page), unquote(fragment)


def problems(files: Mapping[str, bytes], beside: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with the links of a site's files, in words; `beside` are paths that there may be a link to as well.

    Fragments that the explorer reads are not looked at: there they are no ids.
    """
    pages = {path: content for path, content in files.items() if path.endswith(".html") and path != "explorer.html"}
    ids = {path: {unescape(found.decode("utf-8")) for found in _ID.findall(content)} for path, content in pages.items()}
    wrong: list[str] = []
    leads: dict[str, set[str]] = {}
    for page, content in pages.items():
        targets = leads[page] = set()
        for address in _links(content):
            if _ELSEWHERE.match(address):
                continue
            path, fragment = _target(page, address)
            targets.add(path)
            if path not in files and path not in beside:
                wrong.append(f"{page} links to {address}, which is not there")
            elif fragment and path in ids and fragment not in ids[path]:
                wrong.append(f"{page} links to {address}, and {path} has no such place")
    return sorted(wrong) + _unreached(leads)


def _unreached(leads: Mapping[str, set[str]]) -> list[str]:
    seen, frontier = {"index.html"}, ["index.html"]
    while frontier:
        near = {path for page in frontier for path in leads.get(page, ())} - seen
        seen |= near
        frontier = list(near)
    return [f"no page leads to {page}" for page in sorted(leads.keys() - seen - {"404.html"})]
