"""The server as its users meet it: addresses, forms, refusals, reload, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from serving import Serving, serving

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def client(served: Serving) -> Iterator[httpx.Client]:
    with served.client() as made:
        yield made


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"), ("", "html"), ("*/*", "html"),
        ("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("application/n-triples", "nt"),
        ("application/rdf+xml, text/turtle;q=0.5", "rdf"), ("application/json", "json"),
        ("text/*;q=0.5, text/turtle;q=0.9, text/html;q=0.1", "ttl"),
    ],
)  # fmt: skip
def test_a_name_leads_to_what_the_client_wants(client: httpx.Client, accept: str, suffix: str) -> None:
    answer = client.get("id/agent/zoe-marsh", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"zoe-marsh.{suffix}"
    assert "Accept" in answer.headers["vary"]
    assert client.get(f"id/agent/{answer.headers['location']}").status_code == 200


def test_what_is_not_offered_is_not_acceptable(client: httpx.Client) -> None:
    answer = client.get("id/agent/zoe-marsh", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["offered"]


def test_sentences_are_shown_where_they_were_asked_for(graph: Path, small: Path) -> None:
    with serving(graph, "--with-sentences", "--texts", small / "texts") as server, server.client() as client:
        page = client.get("id/ev/harbor-forum-003-1.html").text
        assert "for your own use only" in page
        assert re.search(r"<blockquote><bdi>[^<]{20,}</bdi>", page)


def test_sentences_are_shown_nowhere_else(client: httpx.Client) -> None:
    assert "<blockquote>" not in client.get("id/ev/harbor-forum-003-1.html").text


@pytest.mark.parametrize(
    "more",
    [("--host", "0.0.0.0", "--host-name", "a.example"), ("--cors", "*"), ("--address", "https://a.example/")],
    ids=lambda more: more[0],
)
def test_sentences_never_leave_this_machine(run: Run, small: Path, graph: Path, more: tuple[str, ...]) -> None:
    done = run("serve", "--graph", graph, "--with-sentences", "--texts", small / "texts", *more)
    assert done.exit_code == 2
    assert "--with-sentences serves this machine only" in done.output
