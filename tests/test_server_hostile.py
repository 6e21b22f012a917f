"""Queries of anybody's can't end the server, hold it up, or be answered by half."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pyoxigraph as ox
import pytest
from hostile_queries import HOSTILE, Hostile
from serving import Serving, serving
from timing import in_time, within

SECONDS = 2.0
"""The time of a query here."""
LATER = 1.0
"""Seconds after which it must have been ended."""
EQUAL = "import os\nos.nice = lambda by: 0\n"
"""Workers of queries make way for all else on the machine; here that would be the other tests."""
KNOWN = {400, 413, 422, 503}
"""How a query may be refused."""
HEALTHY = "SELECT ?name { agent:zoe-marsh rdfs:label ?name }"
SAMPLE = (
    "nested groups 100000", "nested quoted 100000", "nested closures 100", "nested minus 10000", "nested blanks 1000",
    "nested annotated 10000", "nested reified 10000", "chain of sum 300", "chain of steps 30000",
    "chain of members 30000",
    "chain of unions 300", "binds 50", "product nine", "product order", "product all", "path both ways", "regex large",
    "regex catastrophic", "replace growth", "cell exponent", "cell decimals", "cell date", "values 1 200000",
    "body 10000000", "body as large as may be", "raw surrogate", "raw nul", "raw mark", "describe everything",
)  # fmt: skip
"""What runs always; the rest takes a minute."""


@pytest.fixture(scope="module")
def attacked(graph: Path) -> Iterator[Serving]:
    options = ("--seconds", str(SECONDS), "--memory", "256", "--workers", "2")
    with serving(graph, *options, changed=EQUAL) as server:
        yield server


def ask(client: httpx.Client, sent: bytes) -> httpx.Response:
    """The answer to a query that is sent as it is."""
    return client.post(
        "sparql", content=sent,
        headers={"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json, text/turtle"},
    )  # fmt: skip


def cells(answer: httpx.Response) -> list[str]:
    """What an answer that is whole has in its cells; fails on one that can't be read to its end."""
    if answer.headers["content-type"].startswith("text/turtle"):
        return [str(quad) for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)]
    told = answer.json()
    if "boolean" in told:
        return [json.dumps(told["boolean"])]
    return [term["value"] for row in told["results"]["bindings"] for term in row.values()]


def whole(answer: httpx.Response, asked: Hostile) -> None:
    """An answer is complete and right, or says why there is none."""
    if answer.status_code == 200:
        found = cells(answer)
        assert not asked.answer or found == [asked.answer]
        return
    assert answer.status_code in KNOWN, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert len(answer.content) < 2000


def lives(server: Serving) -> None:
    """The server is there, well, and its graph was never opened again."""
    assert server.process.poll() is None, server.told()
    server.healthy()
    with server.client() as client:
        assert re.search(r"^kg_keeper_restarts 0\.0$", client.get("metrics").text, re.MULTILINE)


@pytest.mark.parametrize(
    "asked",
    [pytest.param(one, id=one.name, marks=() if one.name in SAMPLE else pytest.mark.slow) for one in HOSTILE],
)
def test_a_hostile_query_is_answered_or_refused_in_time_and_the_server_lives(attacked: Serving, asked: Hostile) -> None:
    with attacked.client() as client, within(SECONDS + LATER):
        answer = ask(client, asked.sent)
    whole(answer, asked)
    lives(attacked)


def test_there_are_hostile_queries_enough() -> None:
    names = [one.name for one in HOSTILE]
    assert len(names) == len(set(names)) >= 200
    assert set(SAMPLE) <= set(names)


# Many at once.

LONG = ("product nine", "path both ways", "product count", "product sha512")
"""What takes all the time that it is given."""
PATIENT = 8.0


@pytest.fixture(scope="module")
def patient(graph: Path) -> Iterator[Serving]:
    """Two workers of each kind, as on two processors, and time enough that long queries fill their lane."""
    with serving(graph, "--seconds", str(PATIENT), "--memory", "256", "--workers", "2", changed=EQUAL) as server:
        yield server


def sent(name: str) -> bytes:
    return next(one.sent for one in HOSTILE if one.name == name)


def attack(server: Serving, name: str, enough: Event) -> list[int]:
    """The answers to a query that is sent again and again; each comes in time."""
    codes: list[int] = []
    with server.client() as client:
        while not codes or not enough.is_set():
            with within(PATIENT + LATER):
                answer = ask(client, sent(name))
            assert answer.status_code == 422 or answer.headers["retry-after"]
            codes.append(answer.status_code)
    return codes


def asked_well(client: httpx.Client, patiently: bool = False) -> float:
    """Seconds in which a healthy query has its right answer; `patiently`: or is told to come again."""
    begun = time.perf_counter()
    answer = ask(client, HEALTHY.encode())
    if patiently and answer.status_code == 503:
        assert answer.headers["retry-after"]
        return PATIENT
    assert answer.status_code == 200, answer.text
    assert cells(answer) == ["Zoë Marsh"]
    return time.perf_counter() - begun


@pytest.mark.slow
def test_a_query_of_a_moment_does_not_wait_behind_eight_long_ones_nor_after_them(patient: Serving) -> None:
    enough = Event()
    with ThreadPoolExecutor(8) as pool, patient.client() as client:
        attacks = [pool.submit(attack, patient, name, enough) for name in LONG * 2]
        try:
            waits: list[float] = []  # the first are behind the moments of the others
            while len(waits) < 20:
                waits.append(asked_well(client, patiently=True))
                patient.healthy()
                time.sleep(0.05)
        finally:
            enough.set()
        ended = [code for one in attacks for code in one.result()]
        assert set(ended) <= {422, 503} and 422 in ended
        in_time(sorted(waits)[len(waits) // 2], 1, waits)
        in_time(asked_well(client), 1)
    lives(patient)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "limit"), [("product nine", "time"), ("product order", "memory"), ("nested quoted 100000", "depth")]
)
def test_what_was_stopped_says_at_which_limit(patient: Serving, name: str, limit: str) -> None:
    with patient.client() as client:
        answer = ask(client, sent(name))
    assert (answer.status_code, answer.json()["limit"]) == (422, limit)
