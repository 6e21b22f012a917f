"""docs/serve.md: its examples run against a server of the real graph, its numbers and names are those of the code."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from needs import missing
from processes import environment
from serving import Serving, serving

from kg.build import prepare
from kg.cli.serve import serve
from kg.graphs import canonical
from kg.server import Limits, listening, reply
from kg.server import run as running

pytestmark = pytest.mark.slow
"""They run against servers of their own: CI runs them, and pytest --all."""

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ADDRESS = "http://127.0.0.1:8000/"


def _examples() -> list[tuple[str, str, str | None]]:
    """Language and text of each block that asks the server, and the output that is shown below it."""
    blocks = _BLOCK.findall(TEXT)
    shown = [following[1] if following[0] == "text" else None for following in [*blocks[1:], ("", "")]]
    asked = zip(blocks, shown, strict=True)
    return [(language, body, output) for (language, body), output in asked if _ADDRESS in body]


EXAMPLES = _examples()


def _turtle(said: str) -> None:
    triples = list(ox.parse(said, ox.RdfFormat.TURTLE))
    assert any(quad.subject == ox.NamedNode("https://w3id.org/aigov-kg/id/agent/undp") for quad in triples)


def _answers(said: str) -> None:
    search, paths, statements = map(json.loads, said.splitlines())
    assert search["items"][0]["id"] == "agent:undp" and len(search["items"]) == 2
    assert len(paths["routes"]) == 1 and len(paths["routes"][0]["steps"]) == 3
    assert {one["status"] for one in statements["items"]} == {"attributed"} and len(statements["items"]) == 5


SHAPES: dict[str, Callable[[str], None]] = {"id/agent/undp": _turtle, "api/search": _answers}
"""What stands in a block whose output is too long to show, and what holds of that output."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    file = tmp_path_factory.mktemp("real") / "aigov-kg.nq"
    file.write_bytes(canonical(prepare(ROOT / "kg" / "data", None).graphs))
    with serving(file) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize(("language", "body", "shown"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_does_what_is_shown(server: Serving, language: str, body: str, shown: str | None) -> None:
    text = body.replace(_ADDRESS, server.address)
    shell = shutil.which("bash") or missing("bash is not installed")
    _ = shutil.which("curl") or missing("curl is not installed")
    words = [shell, "-euo", "pipefail", "-c", text] if language == "sh" else [sys.executable, "-W", "error", "-c", text]
    ended = subprocess.run(words, env=environment(no_proxy="*"), capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode()
    said = ended.stdout.decode("utf-8").replace("\r\n", "\n")
    if shown is not None:
        assert said == shown
    else:
        (check,) = [check for part, check in SHAPES.items() if part in body]
        check(said)


def test_there_is_an_example_of_each_kind() -> None:
    found = " ".join(body for _, body, _ in EXAMPLES)
    wanted = ("text/turtle", "/question/", "pd.read_csv", "api/search", "api/paths", "SELECT", "CONSTRUCT", "status=")
    assert [part for part in wanted if part not in found] == []
    assert len(EXAMPLES) == 8 and sum(shown is not None for _, _, shown in EXAMPLES) == 6


# ---------------------------------------------------------------- commands, numbers, names


def _commands() -> list[list[str]]:
    """The calls of `kg serve`, in blocks and in sentences."""
    typed = re.findall(r"^(?: {4})?kg serve(.*)$", TEXT, re.MULTILINE)
    return [shlex.split(rest) for rest in [*typed, *re.findall(r"`kg serve([^`]*)`", TEXT)]]


@pytest.mark.parametrize("words", _commands(), ids=shlex.join)
def test_a_command_can_be_given(words: list[str]) -> None:
    serve.make_context("serve", words, help_option_names=["-h", "--help"])  # it is kept


def test_each_option_that_is_named_is_there() -> None:
    known = {name for option in serve.params for name in (*option.opts, *option.secondary_opts)}
    assert set(re.findall(r"`(--[a-z-]+)", TEXT)) <= known


def test_the_statuses_are_those_that_the_server_sends() -> None:
    table = TEXT.split("## Limits", 1)[1].split("\n\n## ", 1)[0]
    named = {int(found) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for found in row.split(",")}
    assert named == set(reply._TITLES) - {500}


def test_the_limits_are_those_of_the_server() -> None:
    limits = Limits()
    for said in (
        f"(`--seconds`, {limits.seconds:g})", f"(`--memory`, {limits.megabytes} MB)", f"(`--rows`, {limits.rows:,})",
        f"an answer of {limits.answer} MB", f"over {limits.depth} deep", f"more than {limits.body >> 20} MiB",
        f"used {limits.moment:g} s of a processor", f"{limits.queue} requests of a kind",
        f"{limits.long_queue} of the long",        f"has {listening._HEADERS:g} s for its headers",
        f"{listening._CONNECTIONS:,} connections",
        f"{(running._KEPT + running._KEPT_QUERIES) >> 20} MB of kept answers",
    ):  # fmt: skip
        assert said in TEXT, said


@pytest.mark.slow
def test_the_counts_and_the_fields_of_the_log_are_named(server: Serving) -> None:
    with server.client() as client:
        client.get("api/search", params={"q": "secret words"}, headers={"Authorization": "Bearer secret"})
        told = client.get("metrics").text
    names = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
    assert set(re.findall(r"`(kg_\w+)`", TEXT)) == names
    (line,) = [line for line in server.lines() if line["path"] == "/api/search" and line["bytes"]][-1:]
    said = TEXT.split("## Logs and counts", 1)[1].split("## ", 1)[0]
    assert set(line) == set(re.findall(r"`(\w+)`", said.split(". It never", 1)[0])) - {"FILE"}
    assert "secret" not in server.log.read_text(encoding="utf-8")
