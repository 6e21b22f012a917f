"""A server that wants a token: nothing without it, and it stands nowhere; what the log says, and what not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import Serving, serving

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

TOKEN = "correct-horse-battery-staple"
ASK = "SELECT ?very_telling_name { agent:zoe-marsh rdfs:label ?very_telling_name }"
PLACES = (
    "",
    "index.html",
    "sparql",
    "sparql?query=ASK%20%7B%7D",
    "graphs?default",
    "api",
    "api/entities",
    "metrics",
    "robots.txt",
    "assets/x",
    "nothing-here",
)


@pytest.fixture(scope="module", params=["file", "environment"])
def guarded(graph: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    by_file = request.param == "file"
    options, settings = (["--token-file", str(file)], {}) if by_file else ([], {"KG_SERVE_TOKEN": TOKEN})
    with serving(graph, "--log-clients", *options, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def client(guarded: Serving) -> Iterator[httpx.Client]:
    with guarded.client() as made:
        yield made


WRONG = (
    None, "", "Bearer", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN.upper()}",
    f"Bearer x {TOKEN}", f"Bearer {TOKEN} x", f"Bearer {TOKEN},{TOKEN}", "Bearer \xff\xfe", f"Token {TOKEN}",
    "Bearer " + "x" * 50_000,
)  # fmt: skip


@pytest.mark.parametrize("given", WRONG, ids=lambda given: str(given)[:40])
def test_nothing_is_told_without_the_token(client: httpx.Client, given: str | None) -> None:
    headers = [] if given is None else [(b"Authorization", given.encode("latin-1"))]
    for place in PLACES:
        for method in ("GET", "POST", "OPTIONS"):
            answer = client.request(method, place, headers=headers)
            assert answer.status_code == 401, (method, place)
            assert answer.headers["www-authenticate"] == 'Bearer realm="graph"'
            assert "zoe" not in answer.text.lower() and TOKEN not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "place", [f"sparql?query=ASK%20%7B%7D&access_token={TOKEN}", f"sparql?token={TOKEN}", f"{TOKEN}/index.html"]
)
def test_the_token_is_taken_in_its_header_only(client: httpx.Client, place: str) -> None:
    assert client.get(place).status_code == 401
    assert client.get(place, headers={"Cookie": f"token={TOKEN}", "X-Token": TOKEN}).status_code == 401


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN}"])
def test_the_token_opens(client: httpx.Client, given: str) -> None:
    answer = client.post("sparql", data={"query": ASK}, headers={"Authorization": given})
    assert answer.json()["results"]["bindings"][0]["very_telling_name"]["value"] == "Zoë Marsh"
    kept = client.get("id/agent/zoe-marsh.ttl", headers={"Authorization": given})
    assert kept.status_code == 200
    assert "public" not in kept.headers["cache-control"]


def test_whether_it_lives_is_told_to_all(client: httpx.Client) -> None:
    assert client.get("health").json()["status"] == "ok"
    assert (
        client.get("health/").status_code
        == client.get("/Health").status_code
        == client.get("health/../sparql").status_code
        == 401
    )


def test_the_token_and_what_was_asked_stand_nowhere(guarded: Serving, client: httpx.Client) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "User-Agent": "telling-agent",
        "Referer": "http://telling.example/",
        "Cookie": "telling=1",
    }
    for method in ("GET", "POST"):
        given = {"params" if method == "GET" else "data": {"query": ASK}}
        assert client.request(method, "sparql", headers=headers, **given).status_code == 200  # type: ignore[arg-type]
        refused = {"params" if method == "GET" else "data": {"query": ASK + " telling"}}
        assert client.request(method, "sparql", headers=headers, **refused).status_code == 400  # type: ignore[arg-type]
    client.get("search.html", params={"q": "telling"}, headers=headers)
    seen = guarded.log.read_text(encoding="utf-8") + guarded.told() + client.get("metrics", headers=headers).text
    for word in (TOKEN, "telling", "earer", "SELECT", "uthorization"):
        assert word not in seen
    last = guarded.lines()[-1]
    assert set(last) <= {"time", "method", "path", "status", "bytes", "ms", "query", "client"}
    assert last["client"] == "127.0.0.1"


def test_addresses_of_clients_are_logged_only_when_asked_for(served: Serving) -> None:
    served.healthy()
    until = time.monotonic() + 5
    while not served.lines() and time.monotonic() < until:  # a line is written once the answer is given
        time.sleep(0.01)
    assert served.lines()
    assert not [line for line in served.lines() if "client" in line]


@pytest.mark.parametrize("token", ["short", "two words that are long enough", "ünïcödé-and-long-enough"])
def test_a_token_that_is_none_is_refused_without_being_told(graph: Path, token: str) -> None:
    with pytest.raises(AssertionError) as caught, serving(graph, KG_SERVE_TOKEN=token):
        pass
    assert "KG_SERVE_TOKEN holds no token: one word of at least 16 letters" in str(caught.value)
    assert token not in str(caught.value)


def test_a_site_that_may_ask_finds_out_so_without_the_token(graph: Path, tmp_path: Path) -> None:
    """Before a browser sends the token for a page of another site it asks, without, whether it may."""
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    friend = {"Origin": "https://friend.example"}
    options = ("--token-file", tmp_path / "token", "--cors", friend["Origin"])
    with serving(graph, *options) as server, server.client() as client:
        flight = client.options("sparql", headers=friend | {"Access-Control-Request-Method": "GET"})
        assert flight.status_code == 204 and "Authorization" in flight.headers["access-control-allow-headers"]
        assert flight.headers["access-control-allow-origin"] == friend["Origin"]
        assert client.get("api/about", headers=friend).status_code == 401
        assert client.options("sparql", headers=friend).status_code == 401
        allowed = client.get("api/about", headers=friend | {"Authorization": f"Bearer {TOKEN}"})
        assert allowed.status_code == 200 and allowed.headers["access-control-allow-origin"] == friend["Origin"]
