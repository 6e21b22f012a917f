"""Statements as plain values: read from the small graph part by part, as rows, and with the time that each is of."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import terms
from kg.build import Prepared
from kg.checks import store
from kg.dates import bounds
from kg.graphs import graph_name
from kg.lookup import Graph, named
from kg.results import plain
from kg.sources import file_digest
from kg.statements import COLUMNS, Clash, Reader, Receipt, Statement, Thing, periods, rows

SMALL = Path(__file__).parent / "small"
IQM = Thing("agent:iqm", "Institute of Quiet Machines", "Organization")
FORUM = Thing("event:harbor-forum-2030", "Harbor Forum 2030", "Conference")


def made(
    name: str, subject: str, target: str, relation: str = "works with", *, strength: str = "asserted",
    reading: str = "literal", on_behalf_of: tuple[str, ...] = (), predicate: str = "aig:cooperatesWith",
) -> Statement:  # fmt: skip
    """A statement st:NAME for tests of what is made of statements; labels are the CURIEs."""
    clash = Clash("contradicts", "contradicts", "st:other", "other", "")
    return Statement(
        id=f"st:{name}", subject=Thing(subject, subject, "Agent"), predicate=predicate, relation=relation,
        object=Thing(target, target, "Agent"),
        status=strength if strength in ("self-reported", "attributed") else "asserted",
        modality="planned" if strength == "planned" else "actual", reading=reading,
        claimed_by=(Thing("agent:s", "S", "Agent"),), role=None, constituency=(), in_capacity_of=None,
        on_behalf_of=tuple(Thing(body, body, "Agent") for body in on_behalf_of), when_text="", review=None, note="",
        conflicts=(clash,) if strength == "contradicted" else (),
        receipts=(Receipt("src:a", "A", 0, 9, "a", "z", False, "https://example.org/a", "0"),),
    )  # fmt: skip


@pytest.fixture
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


def read(graph: Graph, name: str) -> Statement:
    return Reader(graph).read(ox.NamedNode(terms.expand(name)))


# ---------------------------------------------------------------- one statement


def test_a_statement_is_read_with_all_its_parts(opened: Graph) -> None:
    assert read(opened, "st:harbor-forum-005") == Statement(
        id="st:harbor-forum-005", subject=Thing("event:tidal-workshop", "Workshop on Tidal Algorithms", "Session"),
        predicate="aig:hasSpeaker", relation="has speaker", object=Thing("agent:zoe-marsh", "Zoë Marsh", "Person"),
        status="self-reported", modality="actual", reading="inferred", claimed_by=(IQM,),
        role=Thing("concept:role-speaker", "Speaker", "Concept"), constituency=(),
        in_capacity_of=Thing("post:lantern-chair", "Chair of the Lantern Council", "Post"),
        on_behalf_of=(Thing("agent:gull-foundation", "Gull Foundation", "Organization"),), when_text="", review=None,
        note='The words "and there" point to the workshop.', conflicts=(),
        receipts=(
            Receipt(
                "src:harbor-forum", "Harbor Forum opens its doors", 384, 473, "Zoë", "Foundation", False,
                "https://example.org/harbor-forum", file_digest((SMALL / "texts" / "harbor-forum.txt").read_bytes()),
                "ev:harbor-forum-005-1",
            ),
        ),
    )  # fmt: skip


def test_qualifiers_are_named_as_the_ontology_names_them(opened: Graph) -> None:
    assert read(opened, "st:harbor-forum-005").qualifiers == (
        ("role", "Speaker"),
        ("in capacity of", "Chair of the Lantern Council"),
        ("on behalf of", "Gull Foundation"),
    )
    assert read(opened, "st:harbor-forum-002").qualifiers == (("as written", "4 to 6 May 2030"),)
    assert read(opened, "st:harbor-forum-001").qualifiers == ()


def test_review_and_constituency_are_qualifiers(opened: Graph) -> None:
    one = read(opened, "st:harbor-forum-005")
    more = one._replace(review=Thing("concept:x", "Agreed"), constituency=(Thing("concept:y", "Youth"),))
    assert more.qualifiers[1] == ("constituency", "Youth")
    assert more.qualifiers[-1] == ("review", "Agreed")


def test_a_conflict_names_the_other_side(opened: Graph) -> None:
    note = "The forum had one host; the two sources name different ones."
    said = "Harbor Forum 2030 hosted by Gull Foundation"
    one = read(opened, "st:harbor-forum-003")
    assert one.conflicts == (Clash("contradicts", "contradicts", "st:lantern-report-003", said, note),)
    assert read(opened, "st:lantern-report-003").conflicts[0].relation == "contradicted by"
    assert one.contradicted
    assert one.marks == ("self-reported", "actual", "CONTRADICTED")


@pytest.mark.parametrize(("kind", "contradicted"), [("contradicts", True), ("narrows", False), ("corrects", False)])
def test_only_a_contradiction_contradicts(kind: str, contradicted: bool) -> None:
    one = made("1", "agent:a", "agent:b")
    assert one._replace(conflicts=(Clash(kind, kind, "st:2", "", ""),)).contradicted is contradicted


def test_marks_name_what_is_out_of_the_ordinary(opened: Graph) -> None:
    assert read(opened, "st:harbor-forum-001").marks == ("self-reported", "actual")
    assert read(opened, "st:harbor-forum-005").marks == ("self-reported", "actual", "inferred")
    assert read(opened, "st:harbor-forum-008").marks == ("self-reported", "planned")


def test_a_value_and_an_address_stay_as_they_are(opened: Graph) -> None:
    assert read(opened, "st:harbor-forum-002").object == Thing("", "2030-05-04/2030-05-06")
    there = "https://example.org/id/iqm"
    assert read(opened, "st:port-register-001").object == Thing(there, there)


def test_a_statement_about_a_statement_names_it_in_words(opened: Graph) -> None:
    said = "Zoë Marsh holds Chair of the Lantern Council"
    dated = read(opened, "st:lantern-report-002")
    assert dated.subject == Thing("st:lantern-report-001", said, "Statement")
    assert dated.text == f"{said} when 2028/.."


def test_who_says_it_in_words(opened: Graph) -> None:
    assert read(opened, "st:port-register-001").says == "Register of the ports"
    one = made("1", "agent:a", "agent:b")
    assert one._replace(claimed_by=(IQM, FORUM)).says == "Institute of Quiet Machines, Harbor Forum 2030"


# ---------------------------------------------------------------- receipts


@pytest.mark.parametrize(
    ("name", "words", "link"),
    [
        ("st:lantern-report-001", "Zoë … council", ""),
        ("st:lantern-report-002", "since 2028", ""),
        ("st:harbor-forum-004", "The Workshop … forum",
         "https://example.org/harbor-forum#:~:text=The%20Workshop,forum"),
        ("st:port-register-001", "the document as a whole", "https://example.org/register"),
    ],
)  # fmt: skip
def test_a_receipt_gives_words_and_link(name: str, words: str, link: str, opened: Graph) -> None:
    [receipt] = read(opened, name).receipts
    assert (receipt.words, receipt.link) == (words, link)


def test_several_passages_of_a_source_are_one_source() -> None:
    one = made("1", "agent:a", "agent:b")
    [first] = one.receipts
    assert one._replace(receipts=(first, first._replace(source="src:b"), first)).sources == ("src:a", "src:b")


# ---------------------------------------------------------------- all of them


def test_every_statement_is_read_once_and_by_id(opened: Graph, built: Prepared) -> None:
    ids = [one.id for one in Reader(opened).all()]
    assert ids == sorted(f"st:{fact.id}" for fact in built.project.facts)
    assert len(ids) == 12


def test_the_order_of_quads_does_not_matter(opened: Graph) -> None:
    quads = list(opened.store.quads_for_pattern(None, None, None))
    random.Random(4).shuffle(quads)
    shuffled = ox.Store()
    shuffled.extend(quads)
    assert Reader(Graph(shuffled)).all() == Reader(opened).all()


def test_what_names_a_thing_is_found_from_both_sides(opened: Graph) -> None:
    found = Reader(opened).naming(ox.NamedNode(terms.expand("agent:iqm")))
    assert [(terms.shorten(node.value).removeprefix("st:"), outgoing) for node, outgoing in found] == [
        ("harbor-forum-007", True), ("port-register-001", True),
        ("harbor-forum-003", False), ("harbor-forum-008", False),
    ]  # fmt: skip


def test_an_empty_graph_has_no_statements() -> None:
    assert Reader(Graph(ox.Store())).all() == ()


@pytest.mark.parametrize("part", ["rdf:subject", "rdf:predicate", "rdf:object", "aig:status", "aig:evidence"])
def test_a_statement_that_lacks_a_part_is_said_so(part: str, opened: Graph) -> None:
    """A graph of another version: `lookup.reading` makes one line of it."""
    node = ox.NamedNode(terms.expand("st:harbor-forum-001"))
    assert isinstance(opened.store, ox.Store)
    for quad in list(opened.store.quads_for_pattern(node, named(part), None)):
        opened.store.remove(quad)
    with pytest.raises(LookupError):
        Reader(opened).all()


def test_a_statement_without_its_ends_is_called_by_its_name(opened: Graph) -> None:
    assert Reader(opened).sentence(ox.NamedNode(terms.expand("st:nothing-001"))) == "st:nothing-001"


def test_a_property_without_a_label_is_taken_apart(opened: Graph) -> None:
    reader = Reader(opened)
    assert reader.relation(ox.NamedNode(terms.expand("aig:hostedBy"))) == "hosted by"
    assert reader.relation(ox.NamedNode("https://example.org/x#spokeAfter")) == "spoke after"


# ---------------------------------------------------------------- rows


def test_rows_have_the_columns_and_an_iri_for_the_statement(opened: Graph) -> None:
    made_of = rows([read(opened, "st:lantern-report-003")])
    assert made_of.columns == COLUMNS
    [row] = made_of.rows
    assert dict(zip(COLUMNS, map(plain, row), strict=True)) == {
        "subject": "Harbor Forum 2030", "relation": "hosted by", "object": "Gull Foundation", "role": "Host",
        "status": "asserted", "modality": "actual", "reading": "literal", "contradicted": "yes",
        "says": "Lantern Council", "source": "Yearly report of the Lantern Council", "words": "the Gull … 2030",
        "link": "", "statement": "st:lantern-report-003",
    }  # fmt: skip
    assert row[-1] == ox.NamedNode("https://w3id.org/aigov-kg/id/st/lantern-report-003")
    assert row[COLUMNS.index("link")] is None


def test_rows_of_nothing_are_a_table_without_rows() -> None:
    assert (rows(()).columns, rows(()).rows) == (COLUMNS, ())


def test_rows_keep_the_order_they_are_given(opened: Graph) -> None:
    every = Reader(opened).all()[::-1]
    assert [plain(row[-1]) for row in rows(every).rows] == [one.id for one in every]


# ---------------------------------------------------------------- the time of a statement


def test_a_statement_is_of_its_own_time_else_of_its_event(opened: Graph) -> None:
    forum = ("2030-05-04", "2030-05-06")
    assert periods(opened, Reader(opened).all()) == {
        "st:harbor-forum-001": forum,
        "st:harbor-forum-002": forum,
        "st:harbor-forum-003": forum,
        "st:harbor-forum-004": forum,
        "st:harbor-forum-006": forum,
        "st:lantern-report-001": ("2028-01-01", ""),  # 2028/.. of the relation
        "st:lantern-report-002": ("2028-01-01", ""),
        "st:lantern-report-003": forum,
    }


def test_the_date_of_a_relation_comes_before_that_of_its_event(opened: Graph) -> None:
    """The forum was in May 2030, but this relation of it is dated 2028."""
    hosts = next(one for one in Reader(opened).all() if one.id == "st:harbor-forum-003")
    assert periods(opened, [hosts])[hosts.id] == ("2030-05-04", "2030-05-06")
    dated(opened, "st:harbor-forum-003", "x1", "2028-01-01", "2028-12-31")
    assert periods(opened, [hosts])[hosts.id] == ("2028-01-01", "2028-12-31")


def dated(graph: Graph, relation: str, name: str, earliest: str, latest: str) -> None:
    """Says in the graph that a relation has a date, which no list of statements need hold."""
    node = ox.NamedNode(terms.expand(f"st:{name}"))
    assert isinstance(graph.store, ox.Store)
    graph.store.add(ox.Quad(node, named("rdf:subject"), ox.NamedNode(terms.expand(relation)), graph_name("statements")))
    for bound, day in (("aig:earliest", earliest), ("aig:latest", latest)):
        if day:
            graph.store.add(ox.Quad(node, named(bound), ox.Literal(day), graph_name("statements")))


def test_of_several_dates_of_a_relation_what_holds_them_all_counts(opened: Graph) -> None:
    hosts = next(one for one in Reader(opened).all() if one.id == "st:harbor-forum-003")
    dated(opened, hosts.id, "x1", "2019-12-10", "2020-06-15")
    dated(opened, hosts.id, "x2", "2019-06-06", "2020-06-15")
    assert periods(opened, [hosts])[hosts.id] == ("2019-06-06", "2020-06-15")
    dated(opened, hosts.id, "x3", "2020-01-01", "")
    assert periods(Graph(opened.store), [hosts])[hosts.id] == ("2019-06-06", "")


def test_the_bounds_are_those_of_the_date(opened: Graph) -> None:
    every = Reader(opened).all()
    for one in (one for one in every if one.predicate == "aig:when"):
        worked_out = tuple(day.isoformat() if day else "" for day in bounds(one.object.label))
        assert periods(opened, every)[one.id] == worked_out


def test_no_date_is_known_of_nothing(opened: Graph) -> None:
    assert periods(opened, ()) == {}
