"""Closed lists and the property hierarchy, as the ontology file has them."""

from __future__ import annotations

import pytest

from kg import terms, vocabulary
from kg.vocabulary import Vocabulary

WORDS = vocabulary.load()


@pytest.mark.parametrize(
    ("scheme", "choices"),
    [
        ("status", ("asserted", "attributed", "self-reported")),
        ("modality", ("actual", "planned")),
        ("reading", ("inferred", "literal")),
        ("conflict-kind", ("contradicts", "corrects", "narrows")),
        ("no-such-list", ()),
    ],
)
def test_the_words_of_a_closed_list(scheme: str, choices: tuple[str, ...]) -> None:
    assert WORDS.choices(scheme) == choices


def test_concepts_are_the_members_of_all_lists() -> None:
    assert {"concept:asserted", "concept:planned", "concept:second-look"} <= WORDS.concepts
    assert "concept:scheme-status" not in WORDS.concepts
    assert Vocabulary({}, {}, frozenset()).concepts == frozenset()


def test_a_property_stands_below_itself_and_all_above_it() -> None:
    above = WORDS.above[terms.aig("hostedBy")]
    assert {terms.aig("hostedBy"), terms.aig("hasParticipant")} <= above
    assert terms.aig("hostedBy") not in WORDS.above[terms.aig("hasParticipant")]


def test_the_hierarchy_is_followed_to_its_top_and_through_a_cycle() -> None:
    found = vocabulary._closure([("a", "b"), ("b", "c"), ("c", "b"), ("x", "y")])
    assert found["a"] == {"a", "b", "c"}
    assert found["b"] == found["c"] == {"b", "c"}
    assert found["y"] == {"y"}


def test_every_property_and_class_of_ours_is_in_the_ontology() -> None:
    own = {term.iri for term in terms.properties().values()} | set(terms.classes().values())
    missing = {iri for iri in own if iri.startswith(terms.prefixes()["aig"])} - WORDS.iris
    assert not missing


def test_a_participation_is_said_by_its_property() -> None:
    assert WORDS.is_participation("hasParticipant") and WORDS.is_participation("hostedBy")
    assert not WORDS.is_participation("heldIn") and not WORDS.is_participation("label")
