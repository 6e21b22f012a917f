"""What `import kg` gives to a program: the dataset, the network, rows of questions, cards."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import kg
from kg.build import Prepared
from kg.errors import BadUse
from kg.graphs import canonical

REAL = Path(__file__).parent.parent / "kg" / "data"


@pytest.fixture
def graph(built: Prepared, tmp_path: Path) -> Path:
    path = tmp_path / "g.nq"
    path.write_bytes(canonical(built.graphs))
    return path


def test_no_module_takes_the_place_of_a_function(graph: Path) -> None:
    for module in ("cards", "networks", "queries", "lookup", "facts.load"):
        importlib.import_module(f"kg.{module}")
    assert all(callable(getattr(kg, name)) for name in kg.__all__)
    assert sorted(kg.__all__) == ["card", "load", "network", "query"]


def test_a_card_is_that_of_the_thing_named(graph: Path) -> None:
    made = kg.card("zoe marsh", graph)
    assert (made.id, made.label) == ("agent:zoe-marsh", "Zoë Marsh")
    assert dict(made.groups)["holds"][0].statement.receipts[0].words == "Zoë … council"
    assert kg.card("Zoë Marsh", str(graph), inferred=False).derived == ()


def test_the_network_is_one_that_other_programs_read(graph: Path, tmp_path: Path) -> None:
    made = kg.network(graph)
    assert made.nodes["agent:zoe-marsh"] == {"label": "Zoë Marsh", "type": "Person"}
    spoke = made.edges["event:tidal-workshop", "agent:zoe-marsh", "st:harbor-forum-005 has speaker"]
    assert (spoke["role"], spoke["status"], spoke["contradicted"]) == ("Speaker", "self-reported", False)
    nx.write_graphml(made, tmp_path / "g.graphml")
    again = nx.read_graphml(tmp_path / "g.graphml")
    assert set(again) == set(made) and again.number_of_edges() == made.number_of_edges() == 8


def test_rows_are_dicts_of_plain_values() -> None:
    rows = kg.query("who-held-what-on-a-date", data=REAL, date=date(2020, 6, 15))
    assert {"holder": "Cédric O", "post": "Secretary of State for Digital Affairs of France"}.items() <= next(
        row for row in rows if row["holder"] == "Cédric O"
    ).items()
    held = next(row for row in rows if row["holder"] == "Cédric O")
    assert (held["since"], held["until"]) == (date(2019, 3, 31), date(2022, 5, 16))
    assert held["statement"].startswith("st:outside-record-")
    [counted] = [row for row in kg.query("actors-in-several-sources", data=REAL) if row["actor"] == "United Nations"]
    assert counted["documents"] == 4


def test_a_parameter_takes_several_values_and_is_a_word_of_python() -> None:
    first, second, both = (
        {row["statement"] for row in kg.query("events-of-an-actor", data=REAL, actor=actor)}
        for actor in ("UNDP", "agent:unesco", ["UNDP", "agent:unesco"])
    )
    assert first and second and not first & second and both == first | second
    assert kg.query("pairs-that-met", data=REAL, events=1)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("who-held-wat", {}, "there is no question 'who-held-wat'"),
        ("who-held-what-on-a-date", {"day": "2020-06-15"}, "has no parameter 'day': it has date"),
        ("who-held-what-on-a-date", {"date": 2020}, "write a day like"),
        ("events-of-an-actor", {"actor": "Nobody At All"}, "nothing in the graph is called"),
    ],
)
def test_what_there_is_not_is_told(name: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(BadUse, match=message):
        kg.query(name, data=REAL, **params)


@pytest.mark.parametrize(
    "call", [kg.network, lambda graph: kg.card("x", graph), lambda graph: kg.query("foundings", graph=graph)]
)
def test_a_missing_graph_is_told(call: object, tmp_path: Path) -> None:
    with pytest.raises(BadUse, match="there is no graph at"):
        call(tmp_path / "absent.nq")  # type: ignore[operator]
