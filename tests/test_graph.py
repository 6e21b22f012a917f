"""Facts and ontology -> five graphs: what gets a direct triple, where descriptions go, dates, evidence, names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph as RdfGraph

from kg import folders, graph, terms, vocabulary
from kg.build import Prepared
from kg.errors import Issue
from kg.facts import load
from kg.facts.records import fact as read_fact
from kg.graphs import Graphs
from kg.strict import parse

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = ox.NamedNode(RDF + "type")

Described = dict[str, set[str]]


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(terms.expand(name))


def text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """A term in short: a CURIE, or a literal with language or datatype behind it."""
    if isinstance(term, ox.Literal):
        if term.language:
            return f"{term.value}@{term.language}"
        return f"{term.value}^^{terms.shorten(term.datatype.value)}".removesuffix("^^xsd:string")
    return terms.shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)


def about(graphs: Graphs, where: str, name: str) -> Described:
    """What one graph says of a thing: property -> values, in short."""
    found: Described = {}
    for triple in graphs[where]:
        if triple.subject == node(name):
            found.setdefault(text(triple.predicate), set()).add(text(triple.object))
    return found


def says(graphs: Graphs, subject: str, predicate: str, target: str, where: str = "facts") -> bool:
    return target in about(graphs, where, subject).get(predicate, set())


def made(data: Path) -> Graphs:
    return graph.build(load(data, vocabulary.load()), vocabulary.load())


def with_facts(data: Path, *facts: Mapping[str, object]) -> Graphs:
    """The graphs of the small project and more facts, numbered from port-register-101."""
    with (data / "facts" / "port-register.yaml").open("a", encoding="utf-8") as file:
        for number, fact in enumerate(facts, 101):
            rest = {"source": "src:port-register", "status": "asserted", "evidence": [{"document": True}]} | dict(fact)
            file.write(f"  - {json.dumps({'id': f'port-register-{number}'} | rest, ensure_ascii=False)}\n")
    return made(data)


def conflict_kind(data: Path, kind: str) -> None:
    path = data / "conflicts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("contradicts", kind), encoding="utf-8")


# ---------------------------------------------------------------- direct triples


def test_the_direct_triples_are_those_of_the_vouched_actual_uncontradicted_facts(built: Prepared) -> None:
    generated = {
        "rdf:type",
        "rdfs:label",
        "skos:note",
        "skos:inScheme",
        "owl:differentFrom",
        "aig:earliest",
        "aig:latest",
    }
    direct = {(text(t.subject), text(t.predicate), text(t.object)) for t in built.graphs["facts"]}
    assert {triple for triple in direct if triple[1] not in generated} == {
        ("event:harbor-forum-2030", "aig:editionOf", "event:harbor-forum-series"),
        ("event:harbor-forum-2030", "aig:when", "2030-05-04/2030-05-06^^edtf:EDTF"),
        ("event:tidal-workshop", "aig:partOfEvent", "event:harbor-forum-2030"),
        ("event:tidal-workshop", "aig:hasSpeaker", "agent:zoe-marsh"),
        ("agent:iqm", "aig:callsFor", "prop:open-registers"),
        ("agent:zoe-marsh", "org:holds", "post:lantern-chair"),
        ("st:lantern-report-001", "aig:when", "2028/..^^edtf:EDTF"),
        ("agent:iqm", "skos:exactMatch", "https://example.org/id/iqm"),
    }


@pytest.mark.parametrize(
    ("status", "modality", "direct"),
    [
        ("asserted", "actual", True),
        ("self-reported", "actual", True),
        ("attributed", "actual", False),
        ("asserted", "planned", False),
        ("self-reported", "planned", False),
        ("attributed", "planned", False),
    ],
)
def test_status_and_modality_decide_on_the_direct_triple(small: Path, status: str, modality: str, direct: bool) -> None:
    fact: dict[str, object] = {"subject": "doc:charter", "predicate": "concerns", "object": "event:tidal-workshop"}
    graphs = with_facts(small, fact | {"status": status, "modality": modality, "claimedBy": "agent:iqm"})
    assert says(graphs, "doc:charter", "aig:concerns", "event:tidal-workshop") == direct
    statement = about(graphs, "statements", "st:port-register-101")
    assert (statement["aig:status"], statement["aig:modality"]) == ({f"concept:{status}"}, {f"concept:{modality}"})


@pytest.mark.parametrize(("kind", "direct"), [("contradicts", False), ("narrows", True), ("corrects", True)])
def test_only_a_contradiction_withdraws_direct_triples(small: Path, kind: str, direct: bool) -> None:
    conflict_kind(small, kind)
    graphs = made(small)
    for host in ("agent:iqm", "agent:gull-foundation"):
        assert says(graphs, "event:harbor-forum-2030", "aig:hostedBy", host) == direct
    for name in ("st:harbor-forum-003", "st:lantern-report-003"):
        assert says(graphs, name, "rdf:predicate", "aig:hostedBy", "statements")
        assert says(graphs, "conflict:host-of-the-forum", "aig:between", name, "statements")
    assert says(graphs, "conflict:host-of-the-forum", "aig:conflictKind", f"concept:{kind}", "statements")


def test_a_triple_that_another_fact_vouches_for_stays(small: Path) -> None:
    graphs = with_facts(
        small,
        {
            "subject": "event:harbor-forum-2030",
            "predicate": "hostedBy",
            "object": "agent:iqm",
            "role": "concept:role-host",
        },
    )
    assert says(graphs, "event:harbor-forum-2030", "aig:hostedBy", "agent:iqm")
    assert not says(graphs, "event:harbor-forum-2030", "aig:hostedBy", "agent:gull-foundation")


def test_of_a_withdrawn_fact_the_reason_alone_is_left(built: Prepared) -> None:
    assert about(built.graphs, "statements", "st:harbor-forum-009") == {
        "owl:deprecated": {"true^^xsd:boolean"},
        "skos:note": {"Said the same as harbor-forum-004.@en"},
    }
    every = {
        term for triples in built.graphs.values() for triple in triples for term in (triple.predicate, triple.object)
    }
    assert node("st:harbor-forum-008") in {triple.subject for triple in built.graphs["statements"]}
    assert node("st:harbor-forum-009") not in every


# ---------------------------------------------------------------- statements


def test_a_statement_carries_its_qualifiers(built: Prepared) -> None:
    assert about(built.graphs, "statements", "st:harbor-forum-005") == {
        "rdf:type": {"rdf:Statement", "aig:Statement", "aig:Participation"},
        "rdf:subject": {"event:tidal-workshop"},
        "rdf:predicate": {"aig:hasSpeaker"},
        "rdf:object": {"agent:zoe-marsh"},
        "aig:status": {"concept:self-reported"},
        "aig:modality": {"concept:actual"},
        "aig:reading": {"concept:inferred"},
        "aig:claimedBy": {"agent:iqm"},
        "aig:role": {"concept:role-speaker"},
        "aig:inCapacityOf": {"post:lantern-chair"},
        "aig:onBehalfOf": {"agent:gull-foundation"},
        "skos:note": {'The words "and there" point to the workshop.@en'},
        "aig:evidence": {"ev:harbor-forum-005-1"},
    }


def test_the_claimant_is_the_voice_the_one_named_or_the_source(built: Prepared) -> None:
    claimants = {
        name: about(built.graphs, "statements", f"st:{name}")["aig:claimedBy"]
        for name in ("lantern-report-001", "harbor-forum-006", "port-register-001")
    }
    assert claimants == {
        "lantern-report-001": {"agent:lantern-council"},
        "harbor-forum-006": {"agent:gull-foundation"},
        "port-register-001": {"src:port-register"},
    }


@pytest.mark.parametrize(
    ("predicate", "subject", "target", "kind"),
    [
        *(
            (name, "event:tidal-workshop", "agent:iqm", "aig:Participation")
            for name in (
                "hasParticipant",
                "organizedBy",
                "hostedBy",
                "supportedBy",
                "hasSpeaker",
                "moderatedBy",
                "openedBy",
            )
        ),
        ("holds", "agent:zoe-marsh", "post:lantern-chair", "aig:Membership"),
        ("memberOf", "agent:zoe-marsh", "agent:iqm", "aig:Membership"),
        ("affiliation", "agent:zoe-marsh", "agent:iqm", "aig:Membership"),
        ("leads", "agent:zoe-marsh", "agent:iqm", None),
        ("concerns", "doc:charter", "agent:iqm", None),
    ],
)
def test_the_predicate_decides_on_the_kind(
    small: Path, predicate: str, subject: str, target: str, kind: str | None
) -> None:
    graphs = with_facts(small, {"subject": subject, "predicate": predicate, "object": target})
    found = about(graphs, "statements", "st:port-register-101")["rdf:type"]
    assert found - {"rdf:Statement", "aig:Statement"} == ({kind} if kind else set())


def test_the_date_of_a_relation_is_about_its_statement(built: Prepared) -> None:
    dated = about(built.graphs, "statements", "st:lantern-report-002")
    assert dated["rdf:subject"] == {"st:lantern-report-001"}
    assert dated["rdf:object"] == {"2028/..^^edtf:EDTF"}
    assert dated["aig:whenText"] == {"since 2028"}
    assert dated["aig:earliest"] == {"2028-01-01^^xsd:date"}
    assert "aig:latest" not in dated
    assert about(built.graphs, "facts", "st:lantern-report-001") == {"aig:when": {"2028/..^^edtf:EDTF"}}


@pytest.mark.parametrize(
    ("change", "stated"),
    [({}, True), ({"status": "attributed", "claimedBy": "agent:iqm"}, False), ({"modality": "planned"}, False)],
)
def test_the_date_of_a_relation_is_stated_when_the_relation_is(
    small: Path, change: dict[str, object], stated: bool
) -> None:
    relation: dict[str, object] = {"subject": "doc:charter", "predicate": "concerns", "object": "event:tidal-workshop"}
    graphs = with_facts(
        small,
        relation | change,
        {"subject": "port-register-101", "predicate": "when", "value": "2030"},
    )
    assert about(graphs, "facts", "st:port-register-101") == ({"aig:when": {"2030^^edtf:EDTF"}} if stated else {})
    assert about(graphs, "statements", "st:port-register-102")["aig:earliest"] == {"2030-01-01^^xsd:date"}


def test_the_date_of_a_contradicted_relation_is_not_stated(small: Path) -> None:
    graphs = with_facts(small, {"subject": "harbor-forum-003", "predicate": "when", "value": "2030"})
    assert about(graphs, "facts", "st:harbor-forum-003") == {}


def test_values_keep_language_and_datatype(small: Path) -> None:
    graphs = with_facts(
        small,
        {"subject": "agent:iqm", "predicate": "altLabel", "value": "静机研究所", "lang": "zh"},
        {"subject": "agent:iqm", "predicate": "altLabel", "value": "IQM"},
        {"subject": "event:tidal-workshop", "predicate": "duration", "value": "PT90M"},
        {"subject": "agent:iqm", "predicate": "url", "value": "https://example.org/ü?a=b#c"},
    )
    assert about(graphs, "facts", "agent:iqm")["skos:altLabel"] == {"静机研究所@zh", "IQM"}
    assert about(graphs, "facts", "event:tidal-workshop")["schema:duration"] == {"PT90M^^xsd:duration"}
    assert about(graphs, "facts", "agent:iqm")["schema:url"] == {"https://example.org/ü?a=b#c^^xsd:anyURI"}


@given(st.text(alphabet="aZ0é%[]#?/:@ '&=+-._~\U0001d11e", max_size=12))
def test_an_address_that_the_loader_takes_is_an_iri(rest: str) -> None:
    fact = {"id": "x-001", "subject": "agent:a", "predicate": "exactMatch", "object": f"https://h{rest}"}
    issues: list[Issue] = []
    record = json.dumps(fact | {"status": "asserted", "evidence": [{"document": True}]}, ensure_ascii=False)
    read = read_fact(parse(record, "x"), "x", "src:x", vocabulary.load(), issues)
    if read is None:
        assert issues
    else:
        assert read.object is not None and ox.NamedNode(read.object).value == f"https://h{rest}"


# ---------------------------------------------------------------- descriptions


def test_a_description_that_nothing_vouches_for_is_in_the_statements_graph(built: Prepared) -> None:
    assert about(built.graphs, "facts", "fig:forum-delegates") == {
        "rdf:type": {"aig:Observation"},
        "rdfs:label": {"Delegates of the Harbor Forum 2030@en"},
    }
    assert about(built.graphs, "statements", "fig:forum-delegates") == {
        "aig:measure": {"delegates"},
        "aig:unit": {"people"},
        "aig:population": {"delegates"},
        "aig:value": {"120^^xsd:decimal"},
        "aig:valueQualifier": {"concept:more-than"},
    }


@pytest.mark.parametrize(
    ("change", "graph_of_it"),
    [
        ({}, "facts"),
        ({"status": "attributed", "claimedBy": "agent:iqm"}, "statements"),
        ({"modality": "planned"}, "statements"),
    ],
)
def test_a_description_follows_its_statement(small: Path, change: dict[str, object], graph_of_it: str) -> None:
    graphs = with_facts(
        small,
        {
            "subject": "agent:iqm",
            "predicate": "identifier",
            "object": "ident:iqm-ror",
            "introduces": {"label": "ROR of IQM", "scheme": "concept:ror", "notation": "05abc"},
        }
        | change,
    )
    described = {"skos:notation": {"05abc"}, "aig:identifierScheme": {"concept:ror"}}
    assert described.items() <= about(graphs, graph_of_it, "ident:iqm-ror").items()
    other = ({"facts", "statements"} - {graph_of_it}).pop()
    assert not described.keys() & about(graphs, other, "ident:iqm-ror").keys()
    assert about(graphs, "facts", "ident:iqm-ror")["rdfs:label"] == {"ROR of IQM@en"}


def test_a_contradicted_figure_is_described_in_the_statements_graph(small: Path) -> None:
    (small / "conflicts.yaml").write_text(
        "conflict:c: {kind: contradicts, between: [harbor-forum-006, port-register-101], note: n}\n", encoding="utf-8"
    )
    figure = {"label": "Delegates, counted", "measure": "delegates", "value": 80, "unit": "people"}
    graphs = with_facts(
        small,
        {
            "subject": "fig:few",
            "predicate": "observationAbout",
            "object": "event:harbor-forum-2030",
            "introduces": figure,
        },
    )
    assert about(graphs, "statements", "fig:few")["aig:value"] == {"80^^xsd:decimal"}
    assert about(graphs, "statements", "fig:few")["aig:valueQualifier"] == {"concept:exactly"}
    assert about(graphs, "facts", "fig:few").keys() == {"rdf:type", "rdfs:label"}


@pytest.mark.parametrize(
    ("written", "value"),
    [("7", "7"), ("100", "100"), ("3.50", "3.5"), ("0.0", "0"), ("-2.25", "-2.25"), ("140.0", "140")],
)
def test_numbers_have_one_form(small: Path, written: str, value: str) -> None:
    with (small / "facts" / "port-register.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  - {id: port-register-101, source: src:port-register, subject: fig:x, predicate: observationAbout,"
            f" object: agent:iqm, introduces: {{label: x, measure: m, value: {written}, unit: u}}, status: asserted,"
            " evidence: [{document: true}]}\n"
        )
    assert about(made(small), "facts", "fig:x")["aig:value"] == {f"{value}^^xsd:decimal"}


def test_things_have_type_label_note_and_what_they_are_not(built: Prepared) -> None:
    assert about(built.graphs, "facts", "agent:lantern-council") == {
        "rdf:type": {"aig:Organization"},
        "rdfs:label": {"Lantern Council@en"},
        "skos:note": {"Both are named beside the forum.@en"},
        "owl:differentFrom": {"agent:gull-foundation"},
    }
    assert about(built.graphs, "facts", "concept:role-host")["skos:inScheme"] == {"concept:scheme-role"}
    assert about(built.graphs, "facts", "post:lantern-chair")["rdf:type"] == {"org:Post"}


# ---------------------------------------------------------------- dates of things


@pytest.mark.parametrize(
    ("dates", "earliest", "latest"),
    [
        (["2031-02"], "2031-02-01", "2031-02-28"),
        (["2031", "2031-03-05/2031-03-07"], "2031-03-05", "2031-03-07"),  # what both share
        (["2031-03-01/2031-03-06", "2031-03-05/2031-03-09"], "2031-03-05", "2031-03-06"),
        (["2031-03-05", "2030-01"], "2030-01-01", "2031-03-05"),  # nothing shared: what holds both
        (["2031/.."], "2031-01-01", None),
        (["../2031"], None, "2031-12-31"),
        (["2031/..", "../2032-06"], "2031-01-01", "2032-06-30"),
        (["2031/..", "2030-05-01"], "2030-05-01", None),
        (["../2031", "2032-05-01"], None, "2032-05-01"),
    ],
)
def test_bounds_of_several_dates(small: Path, dates: list[str], earliest: str | None, latest: str | None) -> None:
    graphs = with_facts(small, *({"subject": "doc:charter", "predicate": "when", "value": date} for date in dates))
    found = about(graphs, "facts", "doc:charter")
    assert found.get("aig:earliest") == ({f"{earliest}^^xsd:date"} if earliest else None)
    assert found.get("aig:latest") == ({f"{latest}^^xsd:date"} if latest else None)


@pytest.mark.parametrize("change", [{"modality": "planned"}, {"status": "attributed", "claimedBy": "agent:iqm"}])
def test_an_unvouched_date_bounds_its_statement_only(small: Path, change: dict[str, object]) -> None:
    graphs = with_facts(small, {"subject": "doc:charter", "predicate": "when", "value": "2031"} | change)
    assert "aig:earliest" not in about(graphs, "facts", "doc:charter")
    statement = about(graphs, "statements", "st:port-register-101")
    assert (statement["aig:earliest"], statement["aig:latest"]) == ({"2031-01-01^^xsd:date"}, {"2031-12-31^^xsd:date"})


# ---------------------------------------------------------------- evidence and sources


def test_a_span_is_a_place_in_a_source(built: Prepared) -> None:
    assert about(built.graphs, "evidence", "ev:lantern-report-001-1") == {
        "rdf:type": {"aig:EvidenceSpan"},
        "oa:hasSource": {"src:lantern-report"},
        "oa:hasSelector": {"ev:lantern-report-001-1#selector"},
        "aig:digest": {"6943fb23acd7715a42de59e1ce78d51efb358bd2d49090029b377c1b675c212f"},
        "aig:startsWith": {"Zoë"},
        "aig:endsWith": {"council"},
    }
    assert about(built.graphs, "evidence", "ev:lantern-report-001-1#selector") == {
        "rdf:type": {"oa:TextPositionSelector"},
        "oa:start": {"38^^xsd:nonNegativeInteger"},
        "oa:end": {"84^^xsd:nonNegativeInteger"},
    }


def test_a_whole_document_has_no_place(built: Prepared) -> None:
    assert about(built.graphs, "evidence", "ev:port-register-001-1") == {
        "rdf:type": {"aig:EvidenceSpan"},
        "oa:hasSource": {"src:port-register"},
        "aig:wholeDocument": {"true^^xsd:boolean"},
    }


def test_evidence_from_two_sources_is_numbered(small: Path) -> None:
    fact: dict[str, object] = {
        "subject": "agent:iqm",
        "predicate": "leads",
        "object": "agent:gull-foundation",
        "evidence": [{"document": True}] * 2,
    }
    with (small / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("src:other: {title: Another register, url: https://example.org/other}\n")
    graphs = with_facts(small, fact | {"source": ["src:port-register", "src:other"]})
    assert about(graphs, "statements", "st:port-register-101")["aig:evidence"] == {
        "ev:port-register-101-1",
        "ev:port-register-101-2",
    }
    assert about(graphs, "evidence", "ev:port-register-101-2")["oa:hasSource"] == {"src:other"}


def test_a_source_is_named_in_facts_and_described_in_evidence(built: Prepared) -> None:
    assert about(built.graphs, "facts", "src:harbor-forum") == {
        "rdf:type": {"aig:SourceText"},
        "rdfs:label": {"Harbor Forum opens its doors@en"},
    }
    assert about(built.graphs, "evidence", "src:harbor-forum") == {
        "schema:url": {"https://example.org/harbor-forum^^xsd:anyURI"},
        "dcterms:publisher": {"agent:iqm"},
        "dcterms:issued": {"2030-06^^edtf:EDTF"},
        "aig:digest": {"de5ae9f06145ccb0acd80e2c2a42aaa9600af746f012699dec656a1541542a24"},
    }


# ---------------------------------------------------------------- no blank node


def test_no_graph_has_a_blank_node(built: Prepared) -> None:
    for triples in built.graphs.values():
        assert not [t for t in triples if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]


def test_the_ontology_graph_is_the_file_with_named_lists(built: Prepared) -> None:
    ontology = built.graphs["ontology"]
    assert len(ontology) == len(RdfGraph().parse(folders.ontology("aigov.ttl")))
    first = {t.subject: t.object for t in ontology if t.predicate.value == RDF + "first"}
    rest = {t.subject: t.object for t in ontology if t.predicate.value == RDF + "rest"}
    chains = {text(t.subject): t.object for t in ontology if text(t.predicate) == "owl:propertyChainAxiom"}
    assert chains.keys() == {"aig:inSeries", "aig:heldIn", "aig:adoptedBy", "aig:certifiedFor"}
    for head in chains.values():
        assert isinstance(head, ox.NamedNode)
        assert head.value.startswith("https://w3id.org/aigov-kg/.well-known/genid/")
    head = chains["aig:inSeries"]
    assert isinstance(head, ox.NamedNode)
    tail = rest[head]
    assert isinstance(tail, ox.NamedNode)
    assert (text(first[head]), text(first[tail]), text(rest[tail])) == ("aig:partOfEvent", "aig:editionOf", "rdf:nil")
    assert len(first) == len(rest) == 8


def test_building_again_makes_the_same(small: Path, built: Prepared) -> None:
    again = made(small)
    assert all(again[name] == built.graphs[name] for name in ("ontology", "facts", "statements", "evidence"))
    assert again["inferred"] == set()
