"""Which answers to queries are kept, and for whom: an application with a desk that counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest

from kg.server.app import application
from kg.server.limits import Limits
from kg.server.memory import Memory
from kg.server.metrics import Metrics
from kg.server.office import Desk
from kg.server.reply import Refused, Reply, problem
from kg.server.sending import Server

SELECT = "SELECT ?name { agent:zoe-marsh rdfs:label ?name }"
ROWS = "application/sparql-results+json"


Asked = tuple[str, dict[str, Any], dict[str, str]]
"""A request: method, parameters, headers."""


class Counting:
    """In place of a desk: counts what it is asked."""

    def __init__(self, status: int = 200) -> None:
        self.asked, self.release, self.status = 0, 1, status

    async def ask(self, lane: str, job: dict[str, Any], seconds: float | None = None) -> Reply:
        self.asked += 1
        if self.status != 200:
            return problem(Refused(self.status, "no"))
        return Reply(200, ROWS, f"answer {self.asked}".encode(), {"Vary": "Accept"})


def asks(desk: Counting, *requests: Asked) -> list[str]:
    """The bodies of the answers."""
    answers = Memory(1 << 20)
    app = application(Server(cast(Desk, desk), Limits(), Memory(1 << 20), answers, Metrics({}), "", {}))

    async def all_of_them() -> list[str]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            found = []
            for method, given, headers in requests:
                where: dict[str, Any] = {"data" if method == "POST" else "params": given}
                found.append(await client.request(method, "/sparql", headers={"Accept": ROWS, **headers}, **where))
            return [one.text for one in found]

    return asyncio.run(all_of_them())


def get(text: str = SELECT, **more: str) -> Asked:
    return "GET", {"query": text, **more}, {}


def test_a_query_is_answered_once_and_given_again() -> None:
    desk = Counting()
    assert asks(desk, get(), get(), get()) == ["answer 1"] * 3
    assert desk.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        get(SELECT + " "), get(format="csv"), get(**{"default-graph-uri": "https://example.org/g"}),
        ("GET", {"query": SELECT}, {"Accept": "text/csv"}), ("GET", {"query": SELECT}, {"Host": "127.0.0.1"}),
    ],
    ids=["text", "format", "dataset", "accept", "host"],
)  # fmt: skip
def test_whatever_an_answer_depends_on_makes_another_one(other: Asked) -> None:
    assert asks(Counting(), get(), other, get()) == ["answer 1", "answer 2", "answer 1"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (NOW() AS ?x) {}", "SELECT (now ( ) AS ?x) {}", "SELECT (rand() AS ?x) {}", "SELECT (UUID() AS ?x) {}",
        "SELECT (STRUUID() AS ?x) {}", "SELECT (BNODE() AS ?x) {}", "SELECT (NOW # why\n() AS ?x) {}",
        r"SELECT (\u004eOW() AS ?x) {}", r"SELECT (\U0000004eOW() AS ?x) {}", r"SELECT (R\u0041ND() AS ?x) {}",
    ],
)  # fmt: skip
def test_what_may_be_another_answer_each_time_is_asked_each_time(text: str) -> None:
    assert asks(Counting(), get(text), get(text)) == ["answer 1", "answer 2"]


def test_a_query_that_is_posted_is_asked_each_time() -> None:
    post: Asked = ("POST", {"query": SELECT}, {})
    assert asks(Counting(), get(), post, post, get()) == ["answer 1", "answer 2", "answer 3", "answer 1"]
    assert asks(Counting(), post, ("GET", {}, {})) == ["answer 1", "answer 2"]  # what the endpoint can do


def test_a_refusal_is_not_kept() -> None:
    desk = Counting(503)
    asks(desk, get(), get())
    assert desk.asked == 2


def test_an_answer_of_one_release_is_none_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Counting()
    ask: Callable[..., Any] = desk.ask

    async def turning(*given: Any) -> Reply:
        desk.release += 1  # a new build was opened while this was asked
        return cast(Reply, await ask(*given))

    monkeypatch.setattr(desk, "ask", turning)
    assert asks(desk, get(), get()) == ["answer 1", "answer 2"]
