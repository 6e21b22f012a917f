"""An entity's card: found by any of its names, its facts grouped with receipts, conflicts and reasons."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_lookup import with_facts

from kg import card, terms
from kg.build import Prepared, prepare
from kg.card import Card, Clash, Receipt, Stated
from kg.graphs import canonical
from kg.lookup import Graph, resolve
from kg.sources import file_digest

SMALL = Path(__file__).parent / "small"
REAL = Path(__file__).parent.parent / "kg" / "data"


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(canonical(built.graphs))


def shown(graph: Graph, name: str) -> Card:
    return card.card(graph, resolve(graph, name))


def group(made: Card, name: str) -> tuple[Stated, ...]:
    return dict(made.groups)[name]


# ---------------------------------------------------------------- facts


def test_a_card_groups_what_is_said_from_both_sides(opened: Graph) -> None:
    made = shown(opened, "Zoë Marsh")
    assert (made.id, made.label, made.type, made.note) == ("agent:zoe-marsh", "Zoë Marsh", "Person", "")
    assert [name for name, _ in made.groups] == ["holds", "when (of a relation)", "← has speaker"]
    [holds] = group(made, "holds")
    assert holds == Stated(
        id="st:lantern-report-001", relation="holds", outgoing=True,
        other="https://w3id.org/aigov-kg/id/post/lantern-chair", text="Chair of the Lantern Council",
        status="self-reported", modality="actual", reading="literal", claimed_by=("Lantern Council",), qualifiers=(),
        note="", conflicts=(),
        receipts=(
            Receipt(
                "src:lantern-report", "Yearly report of the Lantern Council", 38, 84, "Zoë", "council", False, "",
                file_digest((SMALL / "texts" / "lantern-report.txt").read_bytes()),
            ),
        ),
    )  # fmt: skip


def test_a_participation_shows_role_capacity_and_party(opened: Graph) -> None:
    [spoke] = group(shown(opened, "Zoë Marsh"), "← has speaker")
    assert (spoke.text, spoke.outgoing, spoke.reading) == ("Workshop on Tidal Algorithms", False, "inferred")
    assert spoke.qualifiers == (
        ("role", "Speaker"),
        ("in capacity of", "Chair of the Lantern Council"),
        ("on behalf of", "Gull Foundation"),
    )
    assert spoke.note == 'The words "and there" point to the workshop.'
    assert spoke.receipts[0].address == "https://example.org/harbor-forum"


def test_the_date_of_a_relation_stands_with_its_things(opened: Graph) -> None:
    [dated] = group(shown(opened, "Zoë Marsh"), "when (of a relation)")
    assert dated.text == "Zoë Marsh holds Chair of the Lantern Council: 2028/.."
    assert dated.qualifiers == (("as written", "since 2028"),)
    post = shown(opened, "post:lantern-chair")
    assert group(post, "← holds")[0].text == "Zoë Marsh"
    assert group(post, "when (of a relation)") == (dated,)


def test_a_value_and_an_address_are_shown_as_they_are(opened: Graph) -> None:
    [dated] = group(shown(opened, "Harbor Forum 2030"), "when")
    assert (dated.text, dated.qualifiers) == ("2030-05-04/2030-05-06", (("as written", "4 to 6 May 2030"),))
    [match] = group(shown(opened, "agent:iqm"), "exact match")
    assert match.text == "https://example.org/id/iqm"
    assert match.receipts == (
        Receipt("src:port-register", "Register of the ports", 0, 0, "", "", True, "https://example.org/register", ""),
    )
    assert match.claimed_by == ("Register of the ports",)


def test_planned_and_attributed_are_marked(opened: Graph) -> None:
    [issued] = group(shown(opened, "doc:charter"), "issued by")
    assert (issued.modality, issued.status) == ("planned", "self-reported")
    [figure] = group(shown(opened, "Harbor Forum 2030"), "← is about")
    assert (figure.status, figure.claimed_by) == ("attributed", ("Gull Foundation",))


def test_a_note_of_the_thing_is_shown(opened: Graph) -> None:
    assert shown(opened, "Lantern Council").note == "Both are named beside the forum."


# ---------------------------------------------------------------- conflicts


def test_a_conflict_shows_the_other_side(opened: Graph) -> None:
    hosts = {one.id: one for one in group(shown(opened, "Harbor Forum 2030"), "hosted by")}
    note = "The forum had one host; the two sources name different ones."
    first, second = hosts["st:harbor-forum-003"], hosts["st:lantern-report-003"]
    assert first.conflicts == (
        Clash(
            "contradicts", "contradicts", "st:lantern-report-003", "Harbor Forum 2030 hosted by Gull Foundation", note
        ),
    )
    assert second.conflicts == (
        Clash(
            "contradicts",
            "contradicted by",
            "st:harbor-forum-003",
            "Harbor Forum 2030 hosted by Institute of Quiet Machines",
            note,
        ),
    )


@pytest.mark.parametrize(("kind", "passive"), [("narrows", "narrowed by"), ("corrects", "corrected by")])
def test_each_kind_reads_both_ways(kind: str, passive: str, small: Path) -> None:
    path = small / "conflicts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("contradicts", kind), encoding="utf-8")
    made = shown(with_facts(small), "Harbor Forum 2030")
    assert [clash.relation for one in group(made, "hosted by") for clash in one.conflicts] == [kind, passive]


def test_a_conflict_reaches_the_card_of_a_thing_on_one_side_only(opened: Graph) -> None:
    [host] = group(shown(opened, "Gull Foundation"), "← hosted by")
    assert [clash.other for clash in host.conflicts] == ["st:harbor-forum-003"]
    assert host.conflicts[0].text == "Harbor Forum 2030 hosted by Institute of Quiet Machines"


# ---------------------------------------------------------------- what was inferred


def test_what_is_inferred_names_rule_and_premises(opened: Graph) -> None:
    derived = {one.text: one for one in shown(opened, "Workshop on Tidal Algorithms").derived}
    chain = derived["Workshop on Tidal Algorithms in series Harbor Forum"]
    assert chain.rule == "chain"
    assert chain.summary == "two relations in a row make the relation that a property chain names"
    assert {
        "Workshop on Tidal Algorithms part of event Harbor Forum 2030",
        "Harbor Forum 2030 edition of Harbor Forum",
    } <= set(chain.premises)
    takes_part = derived["Workshop on Tidal Algorithms has participant Zoë Marsh"]
    assert takes_part.rule == "subproperty"
    assert takes_part.premises[0] == "Workshop on Tidal Algorithms has speaker Zoë Marsh"


def test_everything_inferred_about_the_thing_is_there(built: Prepared, opened: Graph) -> None:
    node = resolve(opened, "agent:zoe-marsh")
    made = shown(opened, "agent:zoe-marsh")
    about = {t for t in built.graphs["inferred"] if t.subject == node}
    about |= {t for t in built.graphs["inferred"] if t.object == node}
    # Agent is a class of ours; that it makes her a foaf:Agent too goes without saying.
    others = {t for t in about if t.predicate.value.endswith("#type") and not str(t.object).startswith("<https://w3id")}
    assert (len(about), len(others)) == (7, 4)
    assert len(made.derived) == len(about - others)
    assert all(one.rule and one.premises for one in made.derived)


def test_without_inferences_the_rest_is_the_same(opened: Graph) -> None:
    node = resolve(opened, "agent:zoe-marsh")
    assert card.card(opened, node, inferred=False) == card.card(opened, node)._replace(derived=())


# ---------------------------------------------------------------- the file


def in_full(content: bytes, node: ox.NamedNode) -> Card:
    """The card as it is when the whole file is parsed at once."""
    graph = Graph(content)
    graph.store.bulk_load(content, format=ox.RdfFormat.N_QUADS)
    graph.gather = lambda node: None  # type: ignore[method-assign]
    return card.card(graph, node)


def things(content: bytes) -> list[ox.NamedNode]:
    graph = Graph(content)
    label = ox.NamedNode(terms.expand("rdfs:label"))
    found = {quad.subject for quad in graph.store.quads_for_pattern(None, label, None)}
    return sorted((n for n in found if isinstance(n, ox.NamedNode) and "/id/" in n.value), key=str)


def test_a_card_misses_nothing_of_the_file(built: Prepared) -> None:
    content = canonical(built.graphs)
    assert len(things(content)) > 12
    for node in things(content):
        assert card.card(Graph(content), node) == in_full(content, node), node


def test_a_card_of_the_real_graph_misses_nothing() -> None:
    content = canonical(prepare(REAL, None).graphs)
    every = things(content)
    for node in random.Random(5).sample(every, 5):
        assert card.card(Graph(content), node) == in_full(content, node), node


def test_one_graph_gives_one_card_after_another(opened: Graph, built: Prepared) -> None:
    content = canonical(built.graphs)
    for name in ("agent:zoe-marsh", "event:harbor-forum-2030", "agent:iqm", "agent:zoe-marsh"):
        node = resolve(opened, name)
        assert card.card(opened, node) == card.card(Graph(content), node)


def test_the_order_of_lines_does_not_matter(built: Prepared) -> None:
    content = canonical(built.graphs)
    lines = content.splitlines(keepends=True)
    random.Random(2).shuffle(lines)
    shuffled = b"".join(lines)
    for text in (shuffled, shuffled.rstrip(b"\n"), content.rstrip(b"\n")):
        assert shown(Graph(text), "Harbor Forum 2030") == shown(Graph(content), "Harbor Forum 2030")


# ---------------------------------------------------------------- statements and conflicts


def test_a_statement_has_a_card(opened: Graph) -> None:
    made = shown(opened, "st:lantern-report-001")
    assert (made.type, made.label) == ("Statement", "Zoë Marsh holds Chair of the Lantern Council")
    [stated] = group(made, "statement")
    assert stated == group(shown(opened, "agent:zoe-marsh"), "holds")[0]


def test_a_conflict_has_a_card_with_both_sides(opened: Graph) -> None:
    made = shown(opened, "conflict:host-of-the-forum")
    assert made.type == "Conflict"
    assert made.note
    assert len(made.groups) == 2
    ids = {one.id for _, stated in made.groups for one in stated}
    assert all(any(clash.other in ids for clash in one.conflicts) for _, stated in made.groups for one in stated)
