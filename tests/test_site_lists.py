"""What the listing pages, questions, the ontology and plain records are made of."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kg import queries, terms
from kg.facts import About
from kg.lookup import named
from kg.site import answers, lists, things, vocabulary
from kg.site.shelf import Shelf

# ---------------------------------------------------------------- the shelf


def test_the_shelf_knows_what_has_a_page(shelf: Shelf) -> None:
    names = [thing.id for thing in shelf.things]
    assert names == sorted(names)
    assert {"agent:iqm", "src:port-register", "prop:open-registers", "fig:forum-delegates", "concept:role-host"} <= set(
        names
    )
    assert not [name for name in names if name.startswith(("st:", "ev:", "conflict:", "aig:"))]


def test_uses_count_statements_that_name_a_thing_at_either_end(shelf: Shelf) -> None:
    assert (
        shelf.uses["event:harbor-forum-2030"],
        shelf.uses["agent:zoe-marsh"],
        shelf.uses["agent:lantern-council"],
    ) == (6, 2, 0)


def test_what_was_withdrawn_is_known_with_its_reason(shelf: Shelf) -> None:
    assert shelf.withdrawn == {"st:harbor-forum-009": "Said the same as harbor-forum-004."}
    assert "st:harbor-forum-009" not in shelf.statements


def test_without_a_description_the_whole_has_a_plain_title(shelf: Shelf) -> None:
    assert replace(shelf, about=None).title == "AI governance: who did what"
    assert replace(shelf, about=About("T")).title == "T"


# ---------------------------------------------------------------- lists


def test_classes_stand_in_the_order_of_headings_and_things_by_name(shelf: Shelf) -> None:
    found = lists.by_class(shelf)
    assert list(found)[:3] == ["Organization", "Person", "Conference"]
    assert [thing.label for thing, _ in found["Organization"]] == [
        "Gull Foundation",
        "Institute of Quiet Machines",
        "Lantern Council",
    ]


@pytest.mark.parametrize(("name", "title"), [("Person", "People"), ("NewKind", "New kind"), ("", "Other things")])
def test_classes_have_headings(name: str, title: str) -> None:
    assert lists.heading(name) == title


def test_a_class_without_things_has_no_page(shelf: Shelf) -> None:
    with pytest.raises(LookupError):
        lists.class_model(shelf, "Nothing")


def test_cited_stretches_are_merged_and_scaled(shelf: Shelf) -> None:
    made = lists.source_model(shelf, "src:harbor-forum")
    spans = sorted({(r.start, r.end) for one in made["read"] for r in one.receipts})
    assert made["read"][0].receipts[0].start == min(start for start, _ in spans)
    assert all(start >= 0 and start + width <= 1000.1 and width > 0 for start, width in made["strip"])
    ends = [round(start + width, 1) for start, width in made["strip"]]
    assert all(end <= start for end, (start, _) in zip(ends, made["strip"][1:], strict=False))
    assert ends[-1] == pytest.approx(1000, abs=0.2)


def test_a_source_without_a_text_has_no_strip(shelf: Shelf) -> None:
    made = lists.source_model(shelf, "src:port-register")
    assert (made["strip"], made["source"].report, made["source"].statements) == ([], None, 1)


def test_files_are_told_what_they_are(shelf: Shelf) -> None:
    held = {"tables/x.csv": b"1" * 1500, "aigov-kg.nq": b"2" * 2_500_000, "unknown.bin": b"3"}
    assert lists.data_model(replace(shelf, files=held))["files"] == [
        ("aigov-kg.nq", "the artefact of record: all five graphs, canonical N-Quads", "2.5 MB"),
        ("tables/x.csv", "tables (CSV) with a description (CSVW)", "1.5 kB"), ("unknown.bin", "", "1 B"),
    ]  # fmt: skip


# ---------------------------------------------------------------- things


def test_disagreements_are_told_once(shelf: Shelf) -> None:
    both = [shelf.statements[name] for name in ("st:harbor-forum-003", "st:lantern-report-003")]
    [found] = things.disagreements(shelf, both)
    assert (found.first.id, found.second.id, found.clash.kind) == (*(one.id for one in both), "contradicts")


def test_the_surroundings_of_a_hub_are_cut_at_what_most_statements_name(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(things, "_NEAR", 1)
    made, count = things.surroundings(shelf, "event:harbor-forum-2030", shelf.statements.values())
    assert made is not None
    assert count == 4
    assert {row[0] for row in made["things"] if row[0].startswith(("agent:", "event:"))} >= {"event:harbor-forum-2030"}
    drawn = {end for row in made["statements"] for end in (made["things"][row[1]][0], made["things"][row[3]][0])}
    assert len(drawn - {"event:harbor-forum-2030"}) == 1


def test_what_is_joined_to_nothing_has_no_picture(shelf: Shelf) -> None:
    assert things.surroundings(shelf, "prop:open-registers", shelf.statements.values()) == (None, 0)


@pytest.mark.parametrize("name", ["agent:nobody", "st:nothing-001", "ev:nothing-001-1"])
def test_an_unknown_node_is_told(name: str, shelf: Shelf) -> None:
    with pytest.raises(LookupError, match=name):
        things.evidence(shelf, name) if name.startswith("ev:") else things.model(shelf, name)


# ---------------------------------------------------------------- the ontology


def test_terms_of_ours_come_first_and_count_their_uses(shelf: Shelf) -> None:
    found = vocabulary.properties(shelf)
    own = [one.own for one in found]
    assert own == sorted(own, reverse=True)
    uses = {one.id: one.uses for one in found}
    assert (uses["aig:hostedBy"], uses["aig:when"]) == (2, 2)
    counts = {one.id: one.uses for one in vocabulary.classes(shelf)}
    assert (counts["aig:Person"], counts["aig:Organization"], counts["aig:Agent"]) == (1, 3, 4)


def test_only_what_the_ontology_says_itself_is_a_kind(shelf: Shelf) -> None:
    of = {one.id: dict(one.related) for one in vocabulary.classes(shelf)}
    assert of["aig:Session"]["is a kind of"] == ("aig:Event",)
    assert "aig:Session" in of["aig:Event"]["has the kinds"]
    assert "aig:Session" not in of["schema:Event"].get("has the kinds", ())


def test_lists_have_their_members_with_uses(shelf: Shelf) -> None:
    found = {scheme.id: {one.id: one.uses for one in members} for scheme, members in vocabulary.schemes(shelf)}
    assert found["concept:scheme-modality"]["concept:planned"] == 1
    assert set(found["concept:scheme-status"]) == {"concept:asserted", "concept:self-reported", "concept:attributed"}


# ---------------------------------------------------------------- questions


def test_every_question_is_under_one_topic() -> None:
    listed = [one.name for _, some in answers.topics() for one in some]
    assert sorted(listed) == list(queries.names())


def test_fields_show_defaults_as_a_reader_writes_them(shelf: Shelf) -> None:
    fields = {one["parameter"].name: one for one in answers.model(shelf, "events-in-a-period", {})["fields"]}
    assert (fields["from"]["default"], fields["from"]["thing"]) == ("2021-01-01", False)
    actor = answers.model(shelf, "only-self-reported", {})["fields"][0]
    assert (actor["thing"], actor["default"]) == (True, "agent:unesco")


def test_no_default_has_a_quote_in_it() -> None:
    for one in queries.questions():
        for parameter in one.params:
            assert parameter.default.count('"') in (0, 2)


@pytest.mark.parametrize("form", answers.FORMATS)
def test_an_answer_comes_in_every_format(form: str, shelf: Shelf) -> None:
    assert "contradict" in answers.written(shelf, "contradictions", form).decode() or form == "md"
    empty = answers.written(shelf, "certifications-of-an-actor", form)
    assert empty, "a graph without the default's thing has columns and no rows"


# ---------------------------------------------------------------- records


def test_a_record_says_what_the_page_says(shelf: Shelf) -> None:
    from kg.cards import card
    from kg.site.records import card_record, statement_record, written

    made = card_record(shelf.graph, card(shelf.graph, named("agent:zoe-marsh")))
    assert json.loads(written(made)) == made
    assert (made["id"], made["iri"], made["type"]) == ("agent:zoe-marsh", terms.expand("agent:zoe-marsh"), "Person")
    assert [one["id"] for one in made["statements"]] == [
        "st:harbor-forum-005",
        "st:lantern-report-001",
        "st:lantern-report-002",
    ]
    one = statement_record(shelf.statements["st:harbor-forum-005"])
    assert one["onBehalfOf"] == [{"id": "agent:gull-foundation", "iri": terms.expand("agent:gull-foundation"),
                                  "label": "Gull Foundation", "type": "Organization"}]  # fmt: skip
    assert one["evidence"][0]["startsWith"] == "Zoë"
    assert "conflicts" not in one
    assert one["contradicted"] is False
    assert (
        statement_record(shelf.statements["st:harbor-forum-003"])["conflicts"][0]["statement"]
        == "st:lantern-report-003"
    )
    whole = statement_record(shelf.statements["st:port-register-001"])
    address = "https://example.org/id/iqm"
    assert whole["evidence"][0]["whole"] is True
    assert whole["object"] == {"id": address, "iri": address, "label": address}
