"""A built graph opened, and names resolved to things."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg import terms
from kg.build import Prepared, prepare
from kg.errors import BadUse
from kg.graphs import canonical
from kg.lookup import Graph, open_graph, resolve

STREET = ("agent:zoe-marsh", "Zoë von der Straße")


def with_names(data: Path, *names: tuple[str, str]) -> Graph:
    """The small project with more names, (subject, name) each."""
    facts = [{"subject": subject, "predicate": "altLabel", "value": name} for subject, name in names]
    return with_facts(data, *facts)


def with_facts(data: Path, *facts: Mapping[str, object]) -> Graph:
    with (data / "facts" / "port-register.yaml").open("a", encoding="utf-8") as file:
        for number, fact in enumerate(facts, 101):
            rest = {"source": "src:port-register", "status": "asserted", "evidence": [{"document": True}]} | dict(fact)
            file.write(f"  - {json.dumps({'id': f'port-register-{number}'} | rest, ensure_ascii=False)}\n")
    return Graph(canonical(prepare(data, None).graphs))


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(canonical(built.graphs))


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Marsh",
        "  zoë marsh ",
        "ZOË MARSH",
        "agent:zoe-marsh",
        "https://w3id.org/aigov-kg/id/agent/zoe-marsh",
        "Captain Marsh",
        "佐伊·马什",
        "ZOË VON DER STRASSE",
    ],
)
def test_a_thing_is_found_by_each_of_its_names(name: str, small: Path) -> None:
    graph = with_names(small, ("agent:zoe-marsh", "Captain Marsh"), ("agent:zoe-marsh", "佐伊·马什"), STREET)
    assert terms.shorten(resolve(graph, name).value) == "agent:zoe-marsh"


@pytest.mark.parametrize(
    "name", ["src:port-register", "prop:open-registers", "fig:forum-delegates", "concept:role-host"]
)
def test_everything_described_is_found(name: str, opened: Graph) -> None:
    assert terms.shorten(resolve(opened, name).value) == name


def test_a_name_of_several_things_is_ambiguous(small: Path) -> None:
    graph = with_names(small, ("agent:iqm", "The Hosts"), ("agent:gull-foundation", "the hosts"))
    with pytest.raises(BadUse, match=r"several things: say agent:gull-foundation \(Gull Foundation\) or agent:iqm"):
        resolve(graph, "The hosts")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Zoe Marsh", "did you mean agent:zoe-marsh (Zoë Marsh)?"),
        ("Lantern", "did you mean agent:lantern-council (Lantern Council) or "),
        ("gull fundation", "did you mean agent:gull-foundation (Gull Foundation)?"),
        ("xylophone", ": tables/entities.csv of a build lists all names"),
        ("", ": tables/entities.csv of a build lists all names"),
        ("agent:nobody", ": tables/entities.csv of a build lists all names"),
        ("http:// is no address", "nothing in the graph is called 'http:// is no address'"),
        ("httpx", "nothing in the graph is called 'httpx'"),
        ("https://w3id.org/aigov-kg/id/agent/nobody", "nothing in the graph is called"),
        ("\u202e<script>", "nothing in the graph is called"),
    ],
)
def test_an_unknown_name_gets_an_answer(name: str, said: str, opened: Graph) -> None:
    with pytest.raises(BadUse) as caught:
        resolve(opened, name)
    assert said in str(caught.value)
    assert str(caught.value).startswith("nothing in the graph is called")


def test_a_graph_is_opened_from_its_file(built: Prepared, tmp_path: Path) -> None:
    (tmp_path / "g.nq").write_bytes(canonical(built.graphs))
    opened = open_graph(tmp_path / "g.nq")
    assert opened.label(resolve(opened, "agent:iqm")) == "Institute of Quiet Machines"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty: build it again"),
        (b" \n\n", "is empty: build it again"),
        (b"no quads\n", "can't be read as N-Quads"),
        (b"\xff\xfe\n", "can't be read as N-Quads"),
        (b"<http://a> <http://b> <http://c", "can't be read as N-Quads"),
    ],
)
def test_a_file_that_is_no_graph_is_said_so(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "g.nq").write_bytes(content)
    with pytest.raises(BadUse, match=said):
        open_graph(tmp_path / "g.nq")


@pytest.mark.parametrize("name", ["absent.nq", "."])
def test_a_file_that_is_not_there_is_said_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadUse, match=r"there is no graph at|can't be read"):
        open_graph(tmp_path / name)
