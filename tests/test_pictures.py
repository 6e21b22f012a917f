"""Which statements are drawn, by which query, and what a picture says it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import folders, queries
from kg.build import Prepared
from kg.lookup import Graph
from kg.networks import DRAWN, ends
from kg.pictures import Drawing, Studio, standard
from kg.select import Select, select
from kg.statements import Reader, periods


@pytest.fixture(scope="module")
def graph(built: Prepared) -> Graph:
    return Graph(built.loaded)


def shown(drawing: Drawing) -> set[str]:
    return {one.id for one in drawing.statements}


def joining(graph: Graph) -> set[str]:
    return {one.id for one in Reader(graph).all() if list(ends(one))}


def test_the_queries_know_the_kinds_that_are_drawn() -> None:
    for name in ("overview", "thing", "source"):
        text = folders.queries(f"views/{name}.rq").read_text(encoding="utf-8")
        assert re.findall(r"/id/\(([a-z|]+)\)/", text) == ["|".join(DRAWN)] * 2
    assert queries.names("views") == ("conflicts", "overview", "source", "statements", "thing")


def test_everything_is_what_joins_two_things(graph: Graph) -> None:
    assert shown(Studio(graph).everything()) == joining(graph)


def test_a_thing_is_drawn_with_what_is_near(graph: Graph) -> None:
    one = Studio(graph).things(["agent:zoe-marsh"])
    assert shown(one) == {"st:harbor-forum-005", "st:lantern-report-001"}
    assert (one.title, one.focus) == ("Zoë Marsh", ("agent:zoe-marsh",))
    two = Studio(graph).things(["agent:zoe-marsh"], 2)
    assert shown(two) == shown(one) | {"st:harbor-forum-004", "st:lantern-report-003"}
    assert "up to 2 steps" in two.summary


def test_a_source_and_the_conflicts(graph: Graph) -> None:
    assert shown(Studio(graph).source("src:lantern-report")) == {"st:lantern-report-001", "st:lantern-report-003"}
    both = {"st:harbor-forum-003", "st:lantern-report-003"}
    assert both <= shown(Studio(graph).conflicts())


def test_what_filters_leave_is_said(graph: Graph) -> None:
    drawing = Studio(graph, Select(status=("asserted",), since="2030-01-01", contradicted=False)).everything()
    assert drawing.summary.endswith("Only: asserted, since 2030-01-01, not contradicted.")
    assert "Only" not in Studio(graph).everything().summary
    asked = Studio(graph).listed("Who?", ["st:harbor-forum-005"], "event=x")
    assert (shown(asked), asked.summary) == (
        {"st:harbor-forum-005"}, "The statements that answer the question, with event=x.",
    )  # fmt: skip


def test_a_time_means_the_same_as_elsewhere(graph: Graph) -> None:
    """The dates of relations are no lines of a picture, and count all the same."""
    every = Reader(graph).all()
    for choice in (
        Select(since="2028-06-01", until="2029-01-01"),
        Select(until="2027-12-31"),
        Select(since="2030-05-05"),
    ):
        wanted = {one.id for one in select(every, choice, periods(graph, every))} & joining(graph)
        assert shown(Studio(graph, choice).everything()) == wanted
    assert "st:lantern-report-001" in shown(Studio(graph, Select(since="2028-06-01")).everything())
    assert "st:lantern-report-001" not in shown(Studio(graph, Select(until="2027-12-31")).everything())


def test_a_build_draws_the_whole_each_text_and_the_main_things(graph: Graph) -> None:
    made = standard(graph)
    assert {"overview", "conflicts", "source-harbor-forum", "source-lantern-report", "agent-zoe-marsh"} <= set(made)
    page = made["agent-zoe-marsh"].page("1.2.3")
    assert b"<title>" in page and "Zoë Marsh".encode() in page


def test_nothing_is_a_picture_too(graph: Graph, tmp_path: Path) -> None:
    drawing = Studio(graph, Select(sources=("src:none",))).everything()
    assert drawing.statements == ()
    assert b"<html" in drawing.page("1")
