"""Things found by name in a built graph: one that is meant, all that answer, and what a shell completes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import terms
from kg.build import Prepared, prepare
from kg.checks import store
from kg.errors import BadUse
from kg.lookup import Found, Graph, find, reading, resolve, starting

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
    return Graph(store(prepare(data, None).graphs))


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Marsh",
        "  zoë marsh ",
        "zoe marsh",
        "ZM",
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
    with pytest.raises(BadUse, match=r"several things: say agent:iqm \(Institute of .*\) or agent:gull-foundation \("):
        resolve(graph, "The hosts")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Zoe March", "did you mean agent:zoe-marsh (Zoë Marsh)?"),
        ("Lantern", "did you mean agent:lantern-council (Lantern Council) or "),
        ("gull fundation", "did you mean agent:gull-foundation (Gull Foundation)?"),
        ("xylophone", ": kg find searches parts of names"),
        ("", ": kg find searches parts of names"),
        (" \t", ": kg find searches parts of names"),
        ("!?", ": kg find searches parts of names"),
        ("清华", ": kg find searches parts of names"),
        ("agent:nobody", "nothing in the graph is called 'agent:nobody'"),
        ("agent:zoe marsh", "nothing in the graph is called 'agent:zoe marsh'"),
        ("x" * 5000, ": kg find searches parts of names"),
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


@pytest.mark.parametrize("name", ["https://w3id.org/aigov-kg/ns#Person", "aig:Person"])
def test_a_term_of_the_ontology_is_found_by_iri_and_curie(name: str, opened: Graph) -> None:
    assert resolve(opened, name) == ox.NamedNode("https://w3id.org/aigov-kg/ns#Person")
    assert opened.name("aig:Person") == "Person"


def test_a_node_without_a_kind_of_its_own_is_found_by_iri(opened: Graph) -> None:
    node = ox.NamedNode(terms.expand("ev:lantern-report-001-1") + "#selector")
    assert resolve(opened, node.value) == node


def test_of_several_things_the_one_that_fits_is_meant(small: Path) -> None:
    graph = with_names(small, ("agent:iqm", "Harbor Forum"))

    def an_agent(node: ox.NamedNode) -> bool:
        return "/agent/" in node.value

    with pytest.raises(BadUse, match="several things"):
        resolve(graph, "Harbor Forum")
    assert resolve(graph, "Harbor Forum", an_agent).value == terms.expand("agent:iqm")
    # Where none fits, the caller says what it wants instead.
    assert resolve(graph, "Zoë Marsh", lambda node: False).value == terms.expand("agent:zoe-marsh")


def test_a_suggestion_is_of_what_fits(opened: Graph) -> None:
    with pytest.raises(BadUse) as caught:
        resolve(opened, "Lantern", lambda node: "/post/" in node.value)
    assert str(caught.value).endswith("did you mean post:lantern-chair (Chair of the Lantern Council)?")


# ---------------------------------------------------------------- all that answer

ZOE = ("agent:zoe-marsh", "Zoë Marsh", "Person")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("zoë marsh", Found(*ZOE, "Zoë Marsh", "exact")),
        ("zoe  MARSH", Found(*ZOE, "Zoë Marsh", "same letters")),
        ("agent:zoe-marsh", Found(*ZOE, "agent:zoe-marsh", "exact")),
        ("ZM", Found(*ZOE, "Zoë Marsh", "initials")),
        ("iqm", Found("agent:iqm", "Institute of Quiet Machines", "Organization", "Institute of Quiet Machines",
                      "initials")),
        ("zo", Found(*ZOE, "Zoë Marsh", "start")),
        ("marsh", Found(*ZOE, "Zoë Marsh", "word")),
        ("ars", Found(*ZOE, "Zoë Marsh", "part")),
        ("Zoey Marsch", Found(*ZOE, "Zoë Marsh", "similar")),
    ],
)  # fmt: skip
def test_a_thing_answers_to_a_name_or_part_of_one(text: str, first: Found, opened: Graph) -> None:
    assert find(opened, text)[0] == first


def test_the_better_match_stands_first(opened: Graph) -> None:
    assert [(one.id, one.match) for one in find(opened, "harbor forum")] == [
        ("event:harbor-forum-series", "exact"),
        ("event:harbor-forum-2030", "start"),
        ("src:harbor-forum", "start"),
        ("fig:forum-delegates", "word"),
    ]


def test_a_thing_with_several_fitting_names_is_found_once(small: Path) -> None:
    graph = with_names(small, ("agent:zoe-marsh", "Captain Marsh"), ("agent:zoe-marsh", "Marsh"))
    [found] = find(graph, "marsh")
    assert found == Found(*ZOE, "Marsh", "exact")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("清华大学", "清华"),
        ("Московский форум", "московскии"),
        ("I-AIIG", "IAIIG"),
        ("U.N.D.P.", "undp"),
        ("Gull e.v. Club", "gull ev"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("Économie Un", "eu"),
        ("Straße", "STRASSE"),
        ("Zo\u0065\u0308 Two", "Zoë Two"),
    ],
)
def test_scripts_accents_and_points_do_not_matter(name: str, text: str, small: Path) -> None:
    found = find(with_names(small, ("agent:iqm", name)), text)[0]
    assert found.id == "agent:iqm"
    assert found.match != "similar"


def test_similar_names_only_when_nothing_else_answers(opened: Graph) -> None:
    assert {one.match for one in find(opened, "Gull")} == {"start"}
    assert find(opened, "Gull Fundation")[0].match == "similar"
    assert find(opened, "Gull Fundation", similar=False) == []


@pytest.mark.parametrize("text", ["", "  ", "?!", "\x00", "\ud800", "agent:", ":", "<>", "x" * 5000])
def test_what_nobody_is_called_finds_nothing(text: str, opened: Graph) -> None:
    assert find(opened, text) == []


def test_statements_and_evidence_have_no_names(opened: Graph) -> None:
    assert {one.id.partition(":")[0] for one in find(opened, "e")} <= set(terms.KINDS) - {"st", "ev"}
    assert find(opened, "st:harbor-forum-001")[0].id == "st:harbor-forum-001"


# ---------------------------------------------------------------- what a shell completes


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("zo", ["Zoë Marsh"]),
        ("ZO", ["Zoë Marsh"]),
        ("agent:z", ["agent:zoe-marsh"]),
        ("agent:", ["agent:gull-foundation", "agent:iqm", "agent:lantern-council", "agent:zoe-marsh"]),
        ("marsh", []),
        ("x:", []),
    ],
)
def test_what_begins_so_is_completed(text: str, names: list[str], opened: Graph) -> None:
    assert starting(opened, text) == names


def test_a_name_with_a_colon_is_completed_too(small: Path) -> None:
    assert starting(with_names(small, ("agent:iqm", "Quiet: a club")), "quiet: a") == ["Quiet: a club"]


def test_nothing_typed_completes_every_name(opened: Graph) -> None:
    assert {"Zoë Marsh", "Charter of Quiet Machines", "Speaker"} <= set(starting(opened, ""))


# ---------------------------------------------------------------- the graph


def test_what_is_said_of_a_node(opened: Graph) -> None:
    zoe = resolve(opened, "agent:zoe-marsh")
    assert opened.holds(zoe)
    assert not opened.holds(ox.NamedNode(terms.expand("agent:nobody")))
    assert opened.values(zoe, "aig:hostedBy") == []
    assert opened.text(zoe, "skos:note") == ""
    assert (opened.label(zoe), opened.type(zoe), opened.name("agent:zoe-marsh")) == ("Zoë Marsh", "Person", "Zoë Marsh")
    assert opened.label(ox.NamedNode("https://example.org/x")) == "https://example.org/x"
    assert opened.label(ox.Literal("4 May")) == "4 May"
    assert opened.type(ox.NamedNode("https://example.org/x")) == ""


def test_who_has_a_value_or_a_property(opened: Graph) -> None:
    held = opened.subjects("aig:hasSpeaker", resolve(opened, "agent:zoe-marsh"))
    assert held == [resolve(opened, "event:tidal-workshop")]
    assert opened.with_property("aig:hasSpeaker", "event") == ["event:tidal-workshop"]
    assert opened.with_property("aig:hasSpeaker", "agent") == []


@pytest.mark.parametrize("fault", [IndexError("no parts"), KeyError("x"), ValueError("no number")])
def test_a_graph_of_another_version_is_said_so(fault: Exception) -> None:
    with (
        pytest.raises(BadUse, match=r"old\.nq is no graph of this version \(.*\): run kg build"),
        reading(Path("old.nq")),
    ):
        raise fault


def test_what_a_user_did_wrong_stays_what_it_is() -> None:
    with pytest.raises(BadUse, match=r"^a name$"), reading(Path("old.nq")):
        raise BadUse("a name")


def test_an_empty_graph_finds_nothing() -> None:
    assert find(Graph(ox.Store()), "x") == []
    assert starting(Graph(ox.Store()), "") == []
