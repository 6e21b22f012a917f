"""The network of things: which statements join what, and what nodes and edges carry."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from test_statements import made

from kg.build import Prepared
from kg.checks import store
from kg.lookup import Graph
from kg.networks import DRAWN, communities, ends, network
from kg.statements import Reader, Statement


@pytest.fixture
def known(built: Prepared) -> tuple[Statement, ...]:
    return Reader(Graph(store(built.graphs))).all()


def edges(graph: nx.MultiDiGraph[str]) -> set[tuple[str, str, str, str]]:
    return {(start, data["relation"], end, data["statement"]) for start, end, data in graph.edges(data=True)}


def test_each_statement_between_two_things_is_an_edge(known: tuple[Statement, ...]) -> None:
    assert edges(network(known)) == {
        ("event:harbor-forum-2030", "edition of", "event:harbor-forum-series", "st:harbor-forum-001"),
        ("event:harbor-forum-2030", "hosted by", "agent:iqm", "st:harbor-forum-003"),  # contradicted
        ("event:tidal-workshop", "part of event", "event:harbor-forum-2030", "st:harbor-forum-004"),
        ("event:tidal-workshop", "has speaker", "agent:zoe-marsh", "st:harbor-forum-005"),
        ("agent:zoe-marsh", "on behalf of", "agent:gull-foundation", "st:harbor-forum-005"),
        ("doc:charter", "issued by", "agent:iqm", "st:harbor-forum-008"),  # planned
        ("agent:zoe-marsh", "holds", "post:lantern-chair", "st:lantern-report-001"),
        ("event:harbor-forum-2030", "hosted by", "agent:gull-foundation", "st:lantern-report-003"),  # contradicted
    }


def test_nodes_carry_label_and_type(known: tuple[Statement, ...]) -> None:
    graph = network(known)
    assert set(graph) == {
        "event:harbor-forum-2030", "event:harbor-forum-series", "event:tidal-workshop", "agent:iqm", "agent:zoe-marsh",
        "agent:gull-foundation", "doc:charter", "post:lantern-chair",
    }  # fmt: skip
    assert graph.nodes["agent:zoe-marsh"] == {"label": "Zoë Marsh", "type": "Person"}


def test_an_edge_carries_what_is_said_of_it(known: tuple[Statement, ...]) -> None:
    graph = network(known)
    assert graph["event:tidal-workshop"]["agent:zoe-marsh"]["st:harbor-forum-005 has speaker"] == {
        "statement": "st:harbor-forum-005", "relation": "has speaker", "predicate": "aig:hasSpeaker",
        "role": "Speaker", "status": "self-reported", "modality": "actual", "reading": "inferred",
        "says": "Institute of Quiet Machines", "source": "src:harbor-forum", "words": "Zoë … Foundation",
        "link": "https://example.org/harbor-forum#:~:text=Zo%C3%AB,Foundation", "contradicted": False,
    }  # fmt: skip
    [charter] = graph["doc:charter"]["agent:iqm"].values()
    assert (charter["modality"], charter["role"]) == ("planned", "")
    [hosts] = graph["event:harbor-forum-2030"]["agent:iqm"].values()
    assert hosts["contradicted"] is True


def test_two_statements_of_one_relation_are_two_edges() -> None:
    pairs = (("a", "b"), ("a", "b"), ("b", "a"))
    graph = network(made(str(number), f"agent:{one}", f"agent:{two}") for number, (one, two) in enumerate(pairs))
    assert graph.number_of_edges("agent:a", "agent:b") == 2
    assert graph.number_of_edges("agent:b", "agent:a") == 1


def test_figures_propositions_topics_and_addresses_are_not_drawn(known: tuple[Statement, ...]) -> None:
    graph = network(known)
    assert {name.partition(":")[0] for name in graph} <= set(DRAWN)
    drawn = {data["predicate"] for _, _, data in graph.edges(data=True)}
    assert not drawn & {"skos:exactMatch", "aig:callsFor", "schema:observationAbout", "aig:when"}


def test_other_kinds_are_drawn_when_asked(known: tuple[Statement, ...]) -> None:
    assert edges(network(known, ("agent", "prop"))) == {
        ("agent:iqm", "calls for", "prop:open-registers", "st:harbor-forum-007"),
        ("agent:zoe-marsh", "on behalf of", "agent:gull-foundation", "st:harbor-forum-005"),
    }
    kinds = (kind for kind in ("agent", "prop"))  # to be gone through once only
    assert edges(network(known, kinds)) == edges(network(known, ("agent", "prop")))
    assert not network(known, ())


def test_a_party_spoken_for_by_nobody_drawn_is_left_out() -> None:
    """A participant that is no agent: neither its edge nor that to the party is drawn."""
    assert not network([made("1", "event:e", "concept:youth", on_behalf_of=("agent:a",))])


def test_several_parties_spoken_for_are_an_edge_each() -> None:
    one = made("1", "event:e", "agent:a", on_behalf_of=("agent:b", "agent:c"))
    assert [(start.id, end.id, relation) for start, end, relation in ends(one)] == [
        ("event:e", "agent:a", "works with"),
        ("agent:a", "agent:b", "on behalf of"),
        ("agent:a", "agent:c", "on behalf of"),
    ]


@pytest.mark.parametrize("target", ["", "https://example.org/x", "st:1", "2030-05-04"])
def test_a_value_an_address_and_a_statement_are_no_ends(target: str) -> None:
    assert list(ends(made("1", "agent:a", target))) == []


def test_identities_are_no_edges() -> None:
    assert list(ends(made("1", "agent:a", "agent:b", predicate="skos:exactMatch"))) == []


def test_every_format_of_networkx_takes_it(known: tuple[Statement, ...]) -> None:
    graph = network(known)
    for write, read in ((nx.write_graphml, nx.read_graphml), (nx.write_gexf, nx.read_gexf)):
        file = io.BytesIO()
        write(graph, file)
        file.seek(0)
        again = read(file)
        assert (set(again), again.number_of_edges()) == (set(graph), graph.number_of_edges())


def test_nothing_said_is_an_empty_network() -> None:
    assert not network(())


def clique(name: str, size: int) -> list[Statement]:
    return [
        made(f"{name}{a}{b}", f"agent:{name}{a}", f"agent:{name}{b}") for a in range(size) for b in range(a + 1, size)
    ]


def test_what_hangs_together_is_a_community_and_the_largest_is_the_first() -> None:
    known = [*clique("a", 4), *clique("b", 6), made("bridge", "agent:a0", "agent:b0"), made("x", "doc:x", "doc:y")]
    found = communities(known)
    assert found == {f"agent:b{at}": 0 for at in range(6)} | {f"agent:a{at}": 1 for at in range(4)}
    assert communities(known[::-1]) == found
    assert communities(()) == communities([made("1", "agent:a", "fig:b")]) == {}


def test_communities_do_not_go_by_the_order_of_statements() -> None:
    chance = random.Random(6)
    pairs = [chance.sample(range(60), 2) for _ in range(150)]
    known = [made(str(at), f"agent:{a}", f"agent:{b}") for at, (a, b) in enumerate(pairs)]
    found = communities(known)
    for _ in range(5):
        chance.shuffle(known)
        assert communities(known) == found
    assert len(set(found.values())) > 3


def test_two_things_are_the_closer_the_more_joins_them() -> None:
    """A ring of six in three pairs, each joined by many statements, falls into those with a neighbour each."""
    ring = [made(str(at), f"agent:{at}", f"agent:{(at + 1) % 6}") for at in range(6)]
    strong = [made(f"s{n}", f"agent:{at}", f"agent:{at + 1}", f"r{n}") for at in (0, 1, 3, 4) for n in range(9)]
    found = communities([*ring, *strong])
    assert [found[f"agent:{at}"] for at in range(6)] == [0, 0, 0, 1, 1, 1]


def test_communities_are_the_same_in_every_process() -> None:
    code = (
        "from test_networks import clique\n"
        "from kg.networks import communities\n"
        "from test_statements import made\n"
        "bridges = [made(f'x{a}', f'agent:a{a}', f'agent:b{a}') for a in range(4)]\n"
        "print(sorted(communities([*clique('a', 6), *clique('b', 5), *clique('c', 4), *bridges]).items()))\n"
    )
    root = Path(__file__).parent
    said = set()
    for seed in ("1", "2", "77"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{root.parent}{os.pathsep}{root}"}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1 and "agent:c3" in said.pop()
