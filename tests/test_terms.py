"""Prefixes, CURIEs, properties and classes as the JSON-LD context gives them."""

from __future__ import annotations

import json

import pytest

from kg import folders, terms

BASE = "https://w3id.org/aigov-kg/"


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("agent:undp", f"{BASE}id/agent/undp"),
        ("aig:hostedBy", f"{BASE}ns#hostedBy"),
        ("st:a-b-001", f"{BASE}id/st/a-b-001"),
        ("rdf:type", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    ],
)
def test_a_curie_and_its_iri_are_one_another(name: str, iri: str) -> None:
    assert terms.expand(name) == iri
    assert terms.shorten(iri) == name


def test_an_unknown_prefix_is_no_curie() -> None:
    with pytest.raises(KeyError):
        terms.expand("nobody:x")
    assert terms.shorten("https://example.org/x") == "https://example.org/x"


def test_the_longest_prefix_that_fits_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "prefixes", lambda: {"a": "http://a/", "b": "http://a/b/"})
    terms._longest_first.cache_clear()
    assert [terms.shorten(iri) for iri in ("http://a/b/c", "http://a/c")] == ["b:c", "a:c"]
    terms._longest_first.cache_clear()


def test_every_kind_has_a_namespace_of_its_own() -> None:
    for kind in terms.KINDS:
        assert terms.prefixes()[kind] == f"{BASE}id/{kind}/"


@pytest.mark.parametrize(
    "name", ["agent:undp", "std:iso-iec-42001", "ident:x-1.2", "event:igf-2021-ws49", "agent:a", "agent:3c"]
)
def test_identifiers(name: str) -> None:
    assert terms.is_curie(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "agent", "agent:", ":undp", "agent:UNDP", "agent:un dp", "agent:undp\n", "agent:-a", "agent:a-",
        "agent:a--b", "agent:zoë", "aig:hostedBy", "nobody:x", "agent:a:b", "agent:a/b", "agent:٣",
    ],
)  # fmt: skip
def test_what_is_no_identifier(name: str) -> None:
    assert not terms.is_curie(name)


@pytest.mark.parametrize(("iri", "name"), [("http://a/b#c", "c"), ("http://a/b/c", "c"), ("concept:held", "held")])
def test_the_local_part(iri: str, name: str) -> None:
    assert terms.local(iri) == name


def test_properties_know_what_they_take() -> None:
    found = terms.properties()
    assert found["hostedBy"] == terms.Term("hostedBy", f"{BASE}ns#hostedBy", takes_object=True, datatype=None)
    assert found["when"].datatype == "http://id.loc.gov/datatypes/edtf/EDTF"
    assert found["title"] == terms.Term("title", "http://purl.org/dc/terms/title", takes_object=False, datatype=None)
    assert "agent" not in found and "Person" not in found and "aig" not in found


def test_classes_are_the_capitalised_terms() -> None:
    found = terms.classes()
    assert found["Person"] == f"{BASE}ns#Person"
    assert found["Post"] == "http://www.w3.org/ns/org#Post"
    assert all(name[0].isupper() for name in found)


def test_every_entry_of_the_context_is_a_prefix_a_property_or_a_class() -> None:
    context = json.loads(folders.ontology("context.jsonld").read_text(encoding="utf-8"))["@context"]
    keywords = {"@version", "@language", "id", "type"}
    assert set(context) - keywords == {*terms.prefixes(), *terms.properties(), *terms.classes()}


def test_aig_is_our_own_namespace() -> None:
    assert terms.aig("claims") == terms.properties()["claims"].iri


def test_a_term_is_read_as_words() -> None:
    assert [terms.words(name) for name in ("when", "hasParticipant")] == ["when", "has participant"]
