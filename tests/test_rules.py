"""Inference: every rule is needed, all of them together are OWL 2 RL on this ontology, and every
inferred triple can say why."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from needs import missing
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal
from rdflib.term import Node

from kg import checks, folders, graph, rules, terms, vocabulary
from kg.build import Prepared
from kg.errors import BadData
from kg.facts import load
from kg.graphs import GRAPHS, Graphs, written

Triple = tuple[Node, Node, Node]

FILES = [path.stem for path in sorted(folders.queries("rules").glob("*.rq"))]
REAL = Path(__file__).parent.parent / "kg" / "data"
PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in terms.prefixes().items()) + "PREFIX : <http://x/>\n"

# Rule: what the ontology says, what is stated, what follows by this rule and by no other.
CASES = {
    "chain": (":c owl:propertyChainAxiom :l . :l rdf:first :p ; rdf:rest :m . :m rdf:first :q ; rdf:rest rdf:nil .",
              ":a :p :b . :b :q :d . :a :q :e . :e :p :f .", ":a :c :d ."),
    "domain": (":p rdfs:domain :C .", ":a :p :b . :b :q :a .", ":a a :C ."),
    "inverse": (":p owl:inverseOf :q .", ":a :p :b .", ":b :q :a ."),
    "inverse-back": (":p owl:inverseOf :q .", ":a :q :b .", ":b :p :a ."),
    "range": (":p rdfs:range :C .", ":a :p :b . :a :p 'text' .", ":b a :C ."),
    "subclass": (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":a a :C .", ":a a :D, :E ."),
    "subproperty": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":a :p :b, 'text' .",
                    ":a :q :b, 'text' ; :r :b, 'text' ."),
    "symmetric": (":p a owl:SymmetricProperty .", ":a :p :b . :c :q :d .", ":b :p :a ."),
    "transitive": (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c . :c :p :d .", ":a :p :c, :d . :b :p :d ."),
}  # fmt: skip

# What a chain of the real ontology needs, and what it makes.
CHAINS = {
    "inSeries": ("event:a aig:partOfEvent event:b . event:b aig:editionOf event:s .", "event:a aig:inSeries event:s ."),
    "inSeries at any depth": (
        "event:a aig:partOfEvent event:b . event:b aig:partOfEvent event:c . event:c aig:editionOf event:s .",
        "event:a aig:inSeries event:s . event:b aig:inSeries event:s .",
    ),
    "heldIn": (
        "event:a aig:heldIn place:a . place:a aig:withinPlace place:b . place:b aig:withinPlace place:c .",
        "event:a aig:heldIn place:b, place:c .",
    ),
    "adoptedBy": ("doc:a aig:adoptedIn event:a . event:a aig:adoptingBody agent:a .", "doc:a aig:adoptedBy agent:a ."),
    "certifiedFor": (
        "agent:a schema:hasCertification <http://x/c> . <http://x/c> aig:certifiedAgainst std:a .",
        "agent:a aig:certifiedFor std:a .",
    ),
}


def triples(turtle: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)}


def graphs_of(ontology: set[ox.Triple], facts: str) -> Graphs:
    return {name: set[ox.Triple]() for name in GRAPHS} | {"ontology": ontology, "facts": triples(facts)}


# ---------------------------------------------------------------- rule by rule


def test_every_rule_has_a_case() -> None:
    assert sorted(CASES) == sorted(FILES)
    assert [rule.name for rule in rules.rules()] == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_rules_find_exactly_what_follows(name: str) -> None:
    ontology, facts, expected = CASES[name]
    assert rules.infer(graphs_of(triples(ontology), facts)) == triples(expected)


@pytest.mark.parametrize("name", FILES)
def test_no_rule_can_be_spared(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(rule for rule in rules.rules() if rule.name != name)
    monkeypatch.setattr(rules, "rules", lambda: others)
    ontology, facts, _ = CASES[name]
    assert rules.infer(graphs_of(triples(ontology), facts)) == set()


@pytest.mark.parametrize("name", FILES)
def test_a_rule_says_what_it_is(name: str) -> None:
    rule = next(rule for rule in rules.rules() if rule.name == name)
    assert rule.summary and "OWL 2 RL" in rule.text
    assert len(rule.premises) >= 2
    assert all(len(premise.split()) == 3 for premise in rule.premises)


@pytest.mark.parametrize(
    "text", ["CONSTRUCT { ?a ?b ?c . ?c ?b ?a } WHERE { ?a ?b ?c }", "SELECT * WHERE { ?s ?p ?o }"]
)
def test_a_file_that_is_no_rule_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.rq").write_text(text, encoding="utf-8")
    monkeypatch.setattr(folders, "queries", lambda name="": tmp_path)
    with pytest.raises(ValueError, match=r"odd\.rq is no rule"):
        rules.rules.__wrapped__()


@pytest.mark.parametrize("name", CHAINS)
def test_the_chains_of_the_ontology_fire(name: str, built: Prepared) -> None:
    facts, expected = CHAINS[name]
    inferred = rules.infer(graphs_of(built.graphs["ontology"], facts))
    assert triples(expected) <= inferred


def test_the_small_project_infers_what_its_facts_imply(built: Prepared) -> None:
    made = {tuple(terms.shorten(term.value) for term in triple) for triple in built.graphs["inferred"]}
    assert {triple for triple in made if triple[1] != "rdf:type"} == {
        ("event:tidal-workshop", "aig:inSeries", "event:harbor-forum-series"),
        ("event:tidal-workshop", "aig:hasParticipant", "agent:zoe-marsh"),
        ("agent:zoe-marsh", "aig:participatedIn", "event:tidal-workshop"),
        ("agent:iqm", "aig:expresses", "prop:open-registers"),
    }
    assert {kind for thing, name, kind in made if thing == "agent:zoe-marsh" and name == "rdf:type"} == {
        "aig:Agent", "foaf:Agent", "foaf:Person", "prov:Agent", "prov:Person",
    }  # fmt: skip


def test_what_is_stated_or_about_terms_is_not_inferred(built: Prepared) -> None:
    inferred = built.graphs["inferred"]
    stated = built.graphs["ontology"] | built.graphs["facts"]
    assert not inferred & stated
    assert not {triple.subject for triple in inferred} & {triple.subject for triple in built.graphs["ontology"]}


def test_a_contradicted_fact_implies_nothing(built: Prepared) -> None:
    hosted = {t for t in built.graphs["inferred"] if t.subject == ox.NamedNode(terms.expand("event:harbor-forum-2030"))}
    assert {terms.shorten(t.predicate.value) for t in hosted} == {"rdf:type"}


# ---------------------------------------------------------------- against owlrl


def closure(graphs: Graphs) -> tuple[set[Triple], set[Triple]]:
    """Ontology and facts, and what owlrl's OWL 2 RL closure adds to them."""
    try:
        import owlrl
    except ImportError:
        missing("owlrl")
    text = written(graphs["ontology"] | graphs["facts"], ox.RdfFormat.N_TRIPLES).decode("utf-8")
    whole = Graph().parse(data=text, format="nt")
    before = set(whole)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(whole)
    return before, set(whole) - before


def about_the_data(triple: Triple, ontology: set[Node]) -> bool:
    """The only triples of the closure that may be left out are those for which this is false.

    Identity of a thing with itself; membership of owl:Thing; what is said of a literal; what is said
    of a term of the ontology graph, of RDF, RDFS or OWL, or of a datatype of XML Schema.
    """
    subject, predicate, target = triple
    if (predicate == OWL.sameAs and subject == target) or (predicate == RDF.type and target == OWL.Thing):
        return False
    return not (
        isinstance(subject, Literal)
        or subject in ontology
        or str(subject).startswith((str(RDF), str(RDFS), str(OWL), str(XSD)))
    )


def in_rdflib(found: set[ox.Triple]) -> set[Triple]:
    return set(Graph().parse(data=written(found, ox.RdfFormat.N_TRIPLES).decode("utf-8"), format="nt"))


def assert_closed(graphs: Graphs) -> None:
    stated, added = closure(graphs)
    ontology: set[Node] = {triple[0] for triple in in_rdflib(graphs["ontology"])}
    inferred = rules.infer(graphs)
    assert in_rdflib(inferred) == {triple for triple in added if about_the_data(triple, ontology)}
    assert not in_rdflib(inferred) & stated
    assert inferred


def test_the_small_project_is_closed_under_owl_2_rl(built: Prepared) -> None:
    assert_closed(built.graphs)


@pytest.mark.slow
def test_the_real_project_is_closed_under_owl_2_rl() -> None:
    try:
        project = load(REAL, vocabulary.load())
    except BadData as error:
        missing(f"kg/data does not load: {len(error.issues)} problems")
    assert_closed(graph.build(project, vocabulary.load()))


def test_the_oracle_would_see_a_missing_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    ontology, facts, _ = CASES["chain"]
    assert_closed(graphs_of(triples(ontology), facts))
    others = tuple(rule for rule in rules.rules() if rule.name != "chain")
    monkeypatch.setattr(rules, "rules", lambda: others)
    with pytest.raises(AssertionError):
        assert_closed(graphs_of(triples(ontology), facts))


# ---------------------------------------------------------------- explanations


def rests_on(triple: ox.Triple, why: dict[ox.Triple, rules.Explanation], graphs: Graphs) -> set[ox.Triple]:
    """All inferred triples that the explanation of a triple comes to, at whatever depth."""
    found: set[ox.Triple] = set()
    left = [triple]
    while left:
        inferred = [p for p in why[left.pop()].premises if p in graphs["inferred"]]
        left += [premise for premise in inferred if premise not in found]
        found.update(inferred)
    return found


def test_every_inferred_triple_is_explained_by_true_premises(built: Prepared) -> None:
    why = rules.explain(checks.store(built.graphs), built.graphs["inferred"])
    assert why.keys() == built.graphs["inferred"]
    known = built.graphs["ontology"] | built.graphs["facts"] | built.graphs["inferred"]
    for triple, explanation in why.items():
        assert set(explanation.premises) <= known
        alone = ox.Store()
        alone.extend(ox.Quad(*premise) for premise in explanation.premises)
        result = alone.query(explanation.rule.text)
        assert isinstance(result, ox.QueryTriples)
        assert triple in set(result)


def test_no_explanation_goes_round_in_a_circle(built: Prepared) -> None:
    why = rules.explain(checks.store(built.graphs), built.graphs["inferred"])
    for triple in why:
        assert triple not in rests_on(triple, why, built.graphs)


def test_an_explanation_of_one_triple_is_that_of_all(built: Prepared) -> None:
    loaded = checks.store(built.graphs)
    every = rules.explain(loaded, built.graphs["inferred"])
    assert all(rules.explain(loaded, [triple]) == {triple: every[triple]} for triple in every)


def test_the_chain_names_its_list_and_its_links(built: Prepared) -> None:
    [triple] = triples("event:tidal-workshop aig:inSeries event:harbor-forum-series .")
    why = rules.explain(checks.store(built.graphs), [triple])[triple]
    assert why.rule.name == "chain"
    links = triples(
        "event:tidal-workshop aig:partOfEvent event:harbor-forum-2030 ."
        "event:harbor-forum-2030 aig:editionOf event:harbor-forum-series ."
    )
    assert links <= set(why.premises)
    assert len(why.premises) == 7


def test_what_no_rule_yields_is_left_out(built: Prepared) -> None:
    absent = triples("agent:iqm aig:leads agent:zoe-marsh . agent:iqm a aig:Person .")
    stated = triples("event:tidal-workshop aig:partOfEvent event:harbor-forum-2030 .")
    assert rules.explain(checks.store(built.graphs), absent | stated) == {}


def test_a_rule_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_MAX_ROUNDS", 1)
    with pytest.raises(RuntimeError, match="no fixpoint"):
        rules.infer(graphs_of(triples(CASES["subclass"][0]), CASES["subclass"][1]))
