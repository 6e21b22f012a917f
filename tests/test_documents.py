"""A document for each thing: PyLD, given the dataset and the frame, makes the same; what it says is in the dataset."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld as pyld
from test_exports import shown, shown_ox
from test_jsonld import OPTIONS, alike, by_pyld, dataset, nodes

from kg import terms
from kg.build import Prepared, prepare
from kg.documents import documents, frame
from kg.graphs import Graphs

ROOT = Path(__file__).parent.parent
FRAME = "jsonld/frame.jsonld"
KINDS = ("agent", "event", "doc", "std", "cert", "place", "post", "fig", "prop", "concept", "ident", "src")
"""The kinds of things that have documents."""


@pytest.fixture(scope="module")
def graphs() -> Graphs:
    """Those of the real project."""
    return prepare(ROOT / "kg" / "data", None).graphs


@pytest.fixture(scope="module")
def made(graphs: Graphs) -> dict[str, bytes]:
    return documents(nodes(graphs).values())


@pytest.fixture
def _no_fault_of_pyld(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyLD 3.3 looks for the `@id` of whatever a reversed property has, of literals too, which have none."""
    take = pyld.JsonLdProcessor.get_values

    def nodes_of(subject: dict[str, Any], name: str) -> list[Any]:
        found: list[Any] = take(subject, name)
        return [one for one in found if "@id" in one] if name == terms.expand("rdf:object") else found

    monkeypatch.setattr(pyld.JsonLdProcessor, "get_values", staticmethod(nodes_of))


def framed(graphs: Graphs, chosen: dict[str, Any]) -> list[Any]:
    found = pyld.frame(json.loads(dataset(graphs)), chosen, OPTIONS)
    listed: list[Any] = found.get("@graph", [found])
    return listed


def file_of(name: str) -> str:
    return f"jsonld/{name.replace(':', '/')}.jsonld"


def document(made: dict[str, bytes], name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(made[file_of(name)])
    return loaded


# ---------------------------------------------------------------- the same as by framing


@pytest.mark.usefixtures("_no_fault_of_pyld")
def test_framing_the_small_dataset_as_published_makes_all_documents(built: Prepared) -> None:
    made = documents(nodes(built.graphs).values())
    found = {file_of(one["id"]): alike(one) for one in framed(built.graphs, json.loads(made[FRAME]))}
    assert len(found) > 60
    assert {name: alike(json.loads(content)) for name, content in made.items() if name != FRAME} == found


@pytest.mark.slow
@pytest.mark.usefixtures("_no_fault_of_pyld")
def test_framing_the_real_dataset_makes_the_documents_of_some(graphs: Graphs, made: dict[str, bytes]) -> None:
    names = [
        "agent:sensetime",
        "event:igf-2021-ws49",
        "src:sensetime-waic-2021",
        "std:iso-iec-27001",
        "concept:asserted",
    ]
    found = {one["id"]: alike(one) for one in framed(graphs, json.loads(made[FRAME]) | {"id": names})}
    assert {name: alike(document(made, name)) for name in names if file_of(name) in made} == found
    assert len(found) >= 4


def test_without_help_pyld_fails_on_reversed_literals(built: Prepared) -> None:
    """When it does not any more, the fixture can go."""
    with pytest.raises(KeyError, match="@id"):
        framed(built.graphs, json.loads(json.dumps(frame())))


# ---------------------------------------------------------------- what they say


def by_pyoxigraph(content: bytes) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(content, format=ox.RdfFormat.JSON_LD)}


def test_every_document_stands_alone_and_says_what_the_dataset_says(graphs: Graphs, made: dict[str, bytes]) -> None:
    every = {triple for triples in graphs.values() for triple in triples}
    about: dict[object, set[ox.Triple]] = defaultdict(set)
    for triple in every:
        about[triple.subject].add(triple)
    for name in made.keys() - {FRAME}:
        said = by_pyoxigraph(made[name])
        thing = ox.NamedNode(terms.expand(name.removeprefix("jsonld/").removesuffix(".jsonld").replace("/", ":", 1)))
        assert said <= every, name
        assert about[thing] <= said, name


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["agent:sensetime", "event:igf-2021-ws49", "concept:asserted", "place:china"])
def test_three_libraries_read_a_document_alike(
    name: str, made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # else PT90M becomes PT1H30M
    content = made[file_of(name)]
    found = by_pyoxigraph(content)
    assert {quad.triple for quad in by_pyld(content)} == found
    in_rdflib = rdflib.Graph().parse(data=content, format="json-ld")
    assert {tuple(map(shown, triple)) for triple in in_rdflib} == {tuple(map(shown_ox, triple)) for triple in found}


def test_every_thing_that_is_named_has_a_document(graphs: Graphs, made: dict[str, bytes]) -> None:
    base = terms.prefixes()["aig"].removesuffix("ns#") + "id/"
    ends = [term for triples in graphs.values() for triple in triples for term in (triple.subject, triple.object)]
    named = {term.value for term in ends if isinstance(term, ox.NamedNode)}
    things = {iri.removeprefix(base) for iri in named if iri.startswith(base)}
    wanted = {f"jsonld/{name}.jsonld" for name in things if name.partition("/")[0] in KINDS}
    assert wanted == made.keys() - {FRAME}
    assert {name.split("/")[1] for name in wanted} == set(KINDS)


def test_a_statement_stands_with_its_subject_and_its_object(graphs: Graphs, made: dict[str, bytes]) -> None:
    ends = {"isSubjectOf": terms.expand("rdf:subject"), "isObjectOf": terms.expand("rdf:object")}
    wanted: dict[str, dict[str, set[str]]] = {key: defaultdict(set) for key in ends}
    for triple in graphs["statements"]:
        for key, predicate in ends.items():
            if triple.predicate.value == predicate and isinstance(triple.object, ox.NamedNode):
                wanted[key][terms.shorten(triple.object.value)].add(terms.shorten(str(triple.subject)[1:-1]))
    for key, found in wanted.items():
        for name, names in found.items():
            if file_of(name) in made:
                assert [said["id"] for said in document(made, name)[key]] == sorted(names), name


def test_a_document_reads_like_this(built: Prepared) -> None:
    made = documents(nodes(built.graphs).values())
    found = document(made, "agent:gull-foundation")
    del found["@context"]
    [said] = found.pop("isObjectOf")
    assert found == {
        "id": "agent:gull-foundation",
        "type": ["Agent", "Organization", "foaf:Agent", "org:Organization", "prov:Agent"],
        "label": {"@language": "en", "@value": "Gull Foundation"},
    }  # fmt: skip
    assert (said["id"], said["object"]) == ("st:lantern-report-003", "agent:gull-foundation")
    assert (said["status"], said["modality"], said["reading"]) == (
        "concept:asserted", "concept:actual", "concept:literal",
    )  # fmt: skip
    assert said["subject"] == {
        "id": "event:harbor-forum-2030", "type": ["Conference", "Event", "schema:Event"],
        "label": {"@language": "en", "@value": "Harbor Forum 2030"},
    }  # fmt: skip
    assert said["predicate"]["label"]["@value"] == "hosted by" and said["role"]["label"]["@value"] == "Host"
    assert said["claimedBy"]["id"] == "agent:lantern-council"
    evidence = said["evidence"]
    assert (evidence["hasSelector"]["start"], evidence["hasSelector"]["end"]) == ("136", "203")
    assert evidence["hasSource"]["label"]["@value"] == "Yearly report of the Lantern Council"
    [conflict] = said["inConflict"]
    assert conflict["conflictKind"] == "concept:contradicts"
    assert conflict["between"] == ["st:harbor-forum-003", "st:lantern-report-003"]


def test_the_date_of_a_relation_stands_with_it(built: Prepared) -> None:
    made = documents(nodes(built.graphs).values())
    listed = [said for name in made.keys() - {FRAME} for said in json.loads(made[name]).get("isSubjectOf", ())]
    dated = {(said["id"], date["id"], date["subject"]) for said in listed for date in said.get("isSubjectOf", ())}
    assert dated == {("st:lantern-report-001", "st:lantern-report-002", "st:lantern-report-001")}


# ---------------------------------------------------------------- the files


def parts(entry: object) -> list[object]:
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def test_a_context_holds_what_is_used_and_no_more(made: dict[str, bytes]) -> None:
    full = json.loads(made[FRAME])["@context"]
    for name in made.keys() - {FRAME}:
        body = made[name].decode("utf-8").partition("\n")[2]
        head = json.loads(made[name])["@context"]
        assert head.items() <= full.items(), name
        spoken = {word for word in full if f'"{word}"' in body or f'"{word}:' in body}
        prefixes = {str(part).partition(":")[0] for word in spoken for part in parts(full[word])}
        assert head.keys() <= spoken | prefixes | {"@version", "id", "type"}, name


def test_a_statement_stands_in_a_line(made: dict[str, bytes]) -> None:
    found = document(made, "agent:sensetime")
    lines = made[file_of("agent:sensetime")].decode("utf-8").splitlines()
    starts = [line for line in lines if line.startswith('{"id":"st:')]
    assert len(starts) == len(found["isSubjectOf"]) + len(found["isObjectOf"]) > 50


def test_names_are_safe_as_paths(made: dict[str, bytes]) -> None:
    safe = re.compile(r"jsonld/([a-z]+/)?[a-z0-9]+([-.][a-z0-9]+)*\.jsonld")
    assert not [name for name in made if not safe.fullmatch(name)]


def test_a_foreign_thing_of_our_classes_has_no_document(built: Prepared) -> None:
    node, kind = ox.NamedNode("http://example.org/../x"), ox.NamedNode(terms.expand("rdf:type"))
    foreign = ox.Triple(node, kind, ox.NamedNode(terms.aig("Person")))
    more = built.graphs | {"facts": built.graphs["facts"] | {foreign}}
    assert documents(nodes(more).values()).keys() == documents(nodes(built.graphs).values()).keys()
