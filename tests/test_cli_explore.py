"""kg explore: which statements a page holds, what goes with them, and what is refused."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import Result
from processes import on_terminal
from stores.elsewhere import Elsewhere

from kg.build import build

Run = Callable[..., Result]
Explore = Callable[..., Result]

TEXTS = Path(__file__).parent / "small" / "texts"
HARBOR = {f"harbor-forum-00{at}" for at in range(1, 9)}
LANTERN = {"lantern-report-001", "lantern-report-002", "lantern-report-003"}
ALL = HARBOR | LANTERN | {"port-register-001"}
FORUM_DATE = "harbor-forum-002"


@pytest.fixture
def explore(graph: Path, run: Run) -> Explore:
    """`kg explore …` of the small graph."""
    return lambda *args: run("explore", *args, "--graph", graph)


def block(done: Result, name: str) -> str:
    assert done.exit_code == 0, done.output
    found = re.search(rf'<script type="[\w/]+" id="{name}">(.*?)</script>', done.stdout, re.DOTALL)
    assert found is not None
    return found[1]


def data(done: Result) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(block(done, "data"))
    return loaded


def held(done: Result) -> set[str]:
    return {row[0].removeprefix("st:") for row in data(done)["statements"]}


def triples(done: Result) -> bytes:
    return gzip.decompress(base64.b64decode(block(done, "triples")))


def test_everything_comes_with_the_graph_as_it_is(explore: Explore, graph: Path) -> None:
    done = explore()
    assert held(done) == ALL
    assert triples(done) == graph.read_bytes()
    made = data(done)
    assert made["whole"] and made["questions"] and made["about"]["build"] == "kg explore -o explorer.html"
    assert done.stderr == ""


@pytest.mark.parametrize("asked", [[], ["Gull Foundation"], ["--query", "contradictions"]])
def test_a_store_elsewhere_gives_the_same_page(asked: list[str], explore: Explore, run: Run,
                                               elsewhere: Elsewhere) -> None:  # fmt: skip
    here, there = explore(*asked), run("explore", *asked, "--endpoint", elsewhere.url)
    assert block(there, "data") == block(here, "data")
    stores = [ox.Store(), ox.Store()]
    for kept, done in zip(stores, (here, there), strict=True):
        kept.load(triples(done), ox.RdfFormat.N_QUADS)
    assert set(stores[0]) == set(stores[1])


@pytest.mark.parametrize(
    ("asked", "wanted", "title"),
    [
        (["--source", "lantern-report"], LANTERN, "Yearly report of the Lantern Council"),
        (["--source", "lantern-report", "--source", "harbor-forum"], HARBOR | LANTERN, None),
        (["--modality", "planned"], {"harbor-forum-008"}, None),
        (["--query", "contradictions"], {"harbor-forum-003", "lantern-report-003", FORUM_DATE}, None),
        (["charter of quiet machines"], {"harbor-forum-008"}, "Charter of Quiet Machines"),
        (["st:harbor-forum-003"], {"harbor-forum-003", "lantern-report-003", FORUM_DATE}, None),
    ],
)
def test_a_page_holds_the_statements_asked_for(
    asked: list[str], wanted: set[str], title: str | None, explore: Explore
) -> None:
    done = explore(*asked)
    assert wanted <= held(done) < ALL
    made = data(done)
    assert not made["whole"]
    assert title in (None, made["title"])
    told = set(re.findall(rb"^<https://w3id.org/aigov-kg/id/st/([\w-]+)> ", triples(done), re.MULTILINE))
    assert {name.decode() for name in told} == held(done)


def test_a_thing_comes_with_its_conflicts_and_dates(explore: Explore) -> None:
    done = explore("Gull Foundation")
    named = {row[0] for row in data(done)["things"]}
    assert {"agent:gull-foundation", "event:harbor-forum-2030"} <= named
    assert {"harbor-forum-003", "lantern-report-003", FORUM_DATE} <= held(done)
    assert data(done)["summary"] == "What the graph says of Gull Foundation."


def test_filters_count_last_and_are_told(explore: Explore) -> None:
    done = explore("Gull Foundation", "--no-contradicted")
    assert not {"harbor-forum-003", "lantern-report-003"} & held(done)
    assert data(done)["summary"] == "What the graph says of Gull Foundation. Only: not contradicted."
    assert data(done)["about"]["counts"]["contradicted statements"] == 0


def test_the_page_tells_how_it_was_made_and_nothing_of_the_machine(explore: Explore, tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    args = ("Zoë Marsh", "--role", "speaker", "--without-sparql", "--since", "2030-01-01", "-o", page)
    assert explore(*args).exit_code == 0
    text = page.read_text(encoding="utf-8")
    found = re.search(r'"build":"((?:[^"\\]|\\.)*)"', text)
    assert found is not None
    assert json.loads(f'"{found[1]}"') == (
        "kg explore 'Zoë Marsh' --without-sparql --role speaker --since 2030-01-01 -o explorer.html"
    )
    assert str(tmp_path) not in text


def test_without_sparql_there_is_no_engine(explore: Explore) -> None:
    done = explore("--without-sparql")
    assert data(done)["questions"] == []
    assert 'id="wasm"' not in done.stdout and 'id="worker"' not in done.stdout and 'id="triples"' in done.stdout


def test_sentences_come_only_when_asked_for(explore: Explore, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "gave a talk in the name of the Gull Foundation."
    assert said in block(explore("--with-sentences", "--texts", TEXTS), "data")
    monkeypatch.setenv("KG_TEXTS", str(TEXTS))
    usual = explore()
    assert said not in usual.stdout and not data(usual)["sentences"]
    assert data(explore("--with-sentences"))["sentences"]


def test_a_description_beside_the_graph_is_cited(small: Path, tmp_path: Path, run: Run) -> None:
    build(small, None, tmp_path / "out")
    made = data(run("explore", "--graph", tmp_path / "out"))
    assert (made["title"], made["date"]) == ("Harbor Forum, a small project", "2030-06-01")
    assert made["about"]["licence"] == "https://example.org/licence"


def test_a_graph_from_the_cache_is_described_too(small: Path, run: Run) -> None:
    assert data(run("explore", "--data", small))["title"] == "Harbor Forum, a small project"


def test_nothing_left_is_said(explore: Explore, tmp_path: Path) -> None:
    done = explore("agent:iqm", "--until", "1999-12-31", "-o", tmp_path / "a.html")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no statement is left: the page says so\n")


def test_the_page_goes_to_a_file_or_to_standard_output(explore: Explore, tmp_path: Path) -> None:
    assert explore("-o", tmp_path / "a.html").output == ""
    again = explore("-o", "-").stdout_bytes
    assert len((tmp_path / "a.html").read_bytes()) == len(again) == len(explore().stdout_bytes)


def test_a_terminal_is_spared_a_page(graph: Path) -> None:
    said = "Error: name a file for the page: -o explorer.html (see kg explore --help)\n"
    assert on_terminal("explore", "--graph", graph, code=2, errors=True) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["agent:iqm", "--query", "contradictions"], "name ENTITY or --query, not both (see kg explore --help)"),
        (["-p", "a=b"], "-p sets a parameter of --query NAME (see kg explore --help)"),
        (["-o", "page.pdf"], "the page is HTML: name it page.html (see kg explore --help)"),
        (["--query", "contradictons"],
         "there is no question 'contradictons': did you mean contradictions or cooperations?"),
        (["Zoe Mash"], "nothing in the graph is called 'Zoe Mash': did you mean agent:zoe-marsh (Zoë Marsh)?"),
        (["--source", "zzz"], "--source is 'zzz': it takes one of harbor-forum, lantern-report"),
        (["--with-sentences"],
         "--with-sentences takes them from the sources' texts: say where they are with --texts DIR"),
        (["--with-sentences", "--texts", "absent"],
         "the folder of texts absent does not exist: correct --texts or KG_TEXTS"),
        (["--with-sentences", "--texts", str(Path(__file__).parent)],
         f"{Path(__file__).parent} holds none of the texts that these statements cite: correct --texts"),
    ],
)  # fmt: skip
def test_a_wrong_use_is_one_line(asked: list[str], said: str, explore: Explore) -> None:
    done = explore(*asked)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert done.stderr == f"Error: {said}\n"


def test_without_its_parts_the_command_says_how_to_get_them(explore: Explore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.explorer.assets", lambda: None)
    done = explore()
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"Error: the explorer's parts are missing .*npm run build.*kg view .*\n", done.stderr)
