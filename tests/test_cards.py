"""An entity's card: found by any of its names, its facts grouped with receipts, conflicts and reasons."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_lookup import with_facts

from kg import terms
from kg.build import Prepared, prepare
from kg.cards import Card, Stated, card
from kg.checks import store
from kg.lookup import Graph, named, resolve
from kg.sources import file_digest
from kg.statements import Clash, Receipt, Thing

SMALL = Path(__file__).parent / "small"
REAL = Path(__file__).parent.parent / "kg" / "data"


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


def shown(graph: Graph, name: str) -> Card:
    return card(graph, resolve(graph, name))


def group(made: Card, name: str) -> tuple[Stated, ...]:
    return dict(made.groups)[name]


# ---------------------------------------------------------------- facts


def test_a_card_groups_what_is_said_from_both_sides(opened: Graph) -> None:
    made = shown(opened, "Zoë Marsh")
    assert (made.id, made.label, made.type, made.note) == ("agent:zoe-marsh", "Zoë Marsh", "Person", "")
    assert [name for name, _ in made.groups] == ["holds", "when (of a relation)", "← has speaker"]
    [holds] = group(made, "holds")
    assert (holds.text, holds.outgoing) == ("Chair of the Lantern Council", True)
    assert holds.other == Thing("post:lantern-chair", "Chair of the Lantern Council", "Post")
    said = holds.statement
    assert (said.id, said.relation, said.predicate) == ("st:lantern-report-001", "holds", "org:holds")
    assert (said.status, said.modality, said.reading) == ("self-reported", "actual", "literal")
    assert (said.says, said.qualifiers, said.note, said.conflicts) == ("Lantern Council", (), "", ())
    assert said.receipts == (
        Receipt(
            "src:lantern-report", "Yearly report of the Lantern Council", 38, 84, "Zoë", "council", False, "",
            file_digest((SMALL / "texts" / "lantern-report.txt").read_bytes()),
            "ev:lantern-report-001-1",
        ),
    )  # fmt: skip


def test_a_participation_shows_role_capacity_and_party(opened: Graph) -> None:
    [spoke] = group(shown(opened, "Zoë Marsh"), "← has speaker")
    assert (spoke.text, spoke.outgoing) == ("Workshop on Tidal Algorithms", False)
    assert spoke.other == Thing("event:tidal-workshop", "Workshop on Tidal Algorithms", "Session")
    assert spoke.statement.reading == "inferred"
    assert spoke.statement.qualifiers == (
        ("role", "Speaker"),
        ("in capacity of", "Chair of the Lantern Council"),
        ("on behalf of", "Gull Foundation"),
    )
    assert spoke.statement.note == 'The words "and there" point to the workshop.'
    assert spoke.statement.receipts[0].address == "https://example.org/harbor-forum"


def test_the_date_of_a_relation_stands_with_its_things(opened: Graph) -> None:
    [dated] = group(shown(opened, "Zoë Marsh"), "when (of a relation)")
    assert dated.text == "Zoë Marsh holds Chair of the Lantern Council: 2028/.."
    assert dated.statement.qualifiers == (("as written", "since 2028"),)
    post = shown(opened, "post:lantern-chair")
    assert group(post, "← holds")[0].text == "Zoë Marsh"
    assert group(post, "when (of a relation)") == (dated,)


def test_a_value_and_an_address_are_shown_as_they_are(opened: Graph) -> None:
    [dated] = group(shown(opened, "Harbor Forum 2030"), "when")
    assert dated.text == "2030-05-04/2030-05-06"
    assert dated.statement.qualifiers == (("as written", "4 to 6 May 2030"),)
    [match] = group(shown(opened, "agent:iqm"), "exact match")
    assert match.text == "https://example.org/id/iqm"
    assert match.statement.receipts == (
        Receipt(
            "src:port-register",
            "Register of the ports",
            0,
            0,
            "",
            "",
            True,
            "https://example.org/register",
            "",
            "ev:port-register-001-1",
        ),
    )
    assert match.statement.says == "Register of the ports"


def test_planned_and_attributed_are_marked(opened: Graph) -> None:
    [issued] = group(shown(opened, "doc:charter"), "issued by")
    assert (issued.statement.modality, issued.statement.status) == ("planned", "self-reported")
    [figure] = group(shown(opened, "Harbor Forum 2030"), "← is about")
    assert (figure.statement.status, figure.statement.says) == ("attributed", "Gull Foundation")


def test_a_note_of_the_thing_is_shown(opened: Graph) -> None:
    assert shown(opened, "Lantern Council").note == "Both are named beside the forum."


# ---------------------------------------------------------------- conflicts


def test_a_conflict_shows_the_other_side(opened: Graph) -> None:
    hosts = {one.statement.id: one.statement for one in group(shown(opened, "Harbor Forum 2030"), "hosted by")}
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
    assert [clash.relation for one in group(made, "hosted by") for clash in one.statement.conflicts] == [kind, passive]


def test_a_conflict_reaches_the_card_of_a_thing_on_one_side_only(opened: Graph) -> None:
    [host] = group(shown(opened, "Gull Foundation"), "← hosted by")
    assert [clash.other for clash in host.statement.conflicts] == ["st:harbor-forum-003"]
    assert host.statement.conflicts[0].text == "Harbor Forum 2030 hosted by Institute of Quiet Machines"


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


def test_the_card_of_a_class_does_not_list_its_members(opened: Graph) -> None:
    agents = opened.subjects("rdf:type", resolve(opened, "aig:Agent"))
    assert len(agents) == 4
    assert [one for one in shown(opened, "aig:Agent").derived if " is an Agent" in one.text] == []


def test_without_inferences_the_rest_is_the_same(opened: Graph) -> None:
    node = resolve(opened, "agent:zoe-marsh")
    assert card(opened, node, inferred=False) == card(opened, node)._replace(derived=())


# ---------------------------------------------------------------- the graph


def things(graph: Graph) -> list[ox.NamedNode]:
    found = {quad.subject for quad in graph.store.quads_for_pattern(None, named("rdfs:label"), None)}
    return sorted((n for n in found if isinstance(n, ox.NamedNode) and "/id/" in n.value), key=str)


def misses_nothing(graph: Graph, nodes: list[ox.NamedNode]) -> None:
    """Each statement with the thing at an end is in its card, once, and so are the dates of these statements."""
    for node in nodes:
        sides: list[set[str]] = [set(), set()]
        for quad in graph.store.quads_for_pattern(None, None, node):
            for place, name in enumerate(("rdf:subject", "rdf:object")):
                if quad.predicate == named(name) and isinstance(quad.subject, ox.NamedNode):
                    sides[place].add(terms.shorten(quad.subject.value))
        about = {
            terms.shorten(quad.subject.value)
            for said in sides[0] | sides[1]
            for quad in graph.store.quads_for_pattern(None, named("rdf:subject"), ox.NamedNode(terms.expand(said)))
            if isinstance(quad.subject, ox.NamedNode)
        }
        listed = [one for name, group in card(graph, node, False).groups for one in group]
        of_relations = {one.statement.id for one in listed if one.statement.subject.kind == "st"}
        own = [one for one in listed if one.statement.id not in of_relations]
        assert sorted(one.statement.id for one in own if one.outgoing) == sorted(sides[0]), node
        assert sorted(one.statement.id for one in own if not one.outgoing) == sorted(sides[1]), node
        assert of_relations == about, node


def test_a_card_misses_nothing_of_the_graph(opened: Graph) -> None:
    assert len(things(opened)) > 12
    misses_nothing(opened, things(opened))


def test_a_card_of_the_real_graph_misses_nothing() -> None:
    graph = Graph(store(prepare(REAL, None).graphs))
    misses_nothing(graph, random.Random(5).sample(things(graph), 40))


def test_one_graph_gives_one_card_after_another(opened: Graph) -> None:
    for name in ("agent:zoe-marsh", "event:harbor-forum-2030", "agent:iqm", "agent:zoe-marsh"):
        assert shown(opened, name) == shown(Graph(opened.store), name)


def test_the_order_of_quads_does_not_matter(opened: Graph) -> None:
    quads = list(opened.store.quads_for_pattern(None, None, None))
    random.Random(2).shuffle(quads)
    shuffled = ox.Store()
    shuffled.extend(quads)
    assert shown(Graph(shuffled), "Harbor Forum 2030") == shown(opened, "Harbor Forum 2030")


def test_what_nothing_is_said_of_has_an_empty_card(opened: Graph) -> None:
    assert card(opened, ox.NamedNode("https://example.org/x")) == Card(
        "https://example.org/x", "https://example.org/x", "", "", (), ()
    )


def test_what_no_rule_explains_is_shown_as_such(opened: Graph) -> None:
    """A graph that somebody edited; `kg check` complains of it, a card shows it."""
    zoe, iqm = (resolve(opened, name) for name in ("agent:zoe-marsh", "agent:iqm"))
    inferred = ox.NamedNode("https://w3id.org/aigov-kg/graph/inferred")
    assert isinstance(opened.store, ox.Store)
    opened.store.add(ox.Quad(zoe, named("aig:hostedBy"), iqm, inferred))
    [odd] = [one for one in shown(opened, "agent:zoe-marsh").derived if not one.rule]
    assert odd == ("Zoë Marsh hosted by Institute of Quiet Machines", "", "no rule explains it", ())


# ---------------------------------------------------------------- statements and conflicts


def test_a_statement_has_a_card(opened: Graph) -> None:
    made = shown(opened, "st:lantern-report-001")
    assert (made.type, made.label) == ("Statement", "Zoë Marsh holds Chair of the Lantern Council")
    [stated] = group(made, "statement")
    assert stated == group(shown(opened, "agent:zoe-marsh"), "holds")[0]


def test_a_conflict_has_a_card_with_both_sides(opened: Graph) -> None:
    made = shown(opened, "conflict:host-of-the-forum")
    assert (made.type, made.label) == ("Conflict", "Conflict: contradicts")
    assert made.note == "The forum had one host; the two sources name different ones."
    assert [name for name, _ in made.groups] == [
        "Harbor Forum 2030 hosted by Institute of Quiet Machines",
        "Harbor Forum 2030 hosted by Gull Foundation",
    ]
    sides = [one.statement for _, stated in made.groups for one in stated]
    assert [one.id for one in sides] == ["st:harbor-forum-003", "st:lantern-report-003"]
    assert [clash.other for one in sides for clash in one.conflicts] == ["st:lantern-report-003", "st:harbor-forum-003"]
