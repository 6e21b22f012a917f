"""Gates of the folder ontology/: profile, consistency, chains, wording, shapes, mappings; each is also seen to fail."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib.namespace
import yaml
from needs import missing
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.build import Prepared
from kg.exports import rdf_files

HERE = Path(__file__).parent
ONTOLOGY = HERE.parent / "ontology"
EXAMPLES = sorted((HERE / "shapes").glob("*/*.ttl"))
JARS = os.environ.get("OWLAPI_CP", "/usr/share/java/*")  # where Debian's libowlapi-java puts its jars

AIG = Namespace("https://w3id.org/aigov-kg/ns#")
SHAPE = Namespace("https://w3id.org/aigov-kg/shapes#")
OSHAPE = Namespace("https://w3id.org/aigov-kg/ontology-shapes#")
THING = Namespace("https://example.org/")
HASCERT = URIRef("https://schema.org/hasCertification")
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

# Two premises and what a property chain makes of them.
CHAINS = {
    "inSeries": (("a", AIG.partOfEvent, "b"), ("b", AIG.editionOf, "c"), ("a", AIG.inSeries, "c")),
    "heldIn": (("d", AIG.heldIn, "e"), ("e", AIG.withinPlace, "f"), ("d", AIG.heldIn, "f")),
    "adoptedBy": (("g", AIG.adoptedIn, "h"), ("h", AIG.adoptingBody, "i"), ("g", AIG.adoptedBy, "i")),
    "certifiedFor": (("j", HASCERT, "k"), ("k", AIG.certifiedAgainst, "l"), ("j", AIG.certifiedFor, "l")),
}

# For each shape over the ontology, one change that it must notice.
BREAKS = {
    "HeaderShape": "DELETE WHERE { <https://w3id.org/aigov-kg/ns> dcterms:title ?title }",
    "OwnTermShape": "DELETE WHERE { aig:leads skos:definition ?d }",
    "LabelShape": 'INSERT DATA { aig:leads rdfs:label "heads"@en }',
    "AltLabelShape": 'INSERT DATA { aig:leads skos:altLabel "leads"@en }',
    "DefinitionShape": 'INSERT DATA { aig:new skos:definition "No period"@en }',
    "ClassNameShape": 'INSERT DATA { aig:Thing a owl:Class ; rdfs:label "Some thing"@en }',
    "PropertyNameShape": 'INSERT DATA { aig:thing a owl:ObjectProperty ; rdfs:label "Some Thing"@en }',
    "DomainRangeShape": "INSERT DATA { aig:leads rdfs:domain aig:Event }",
    "MemberShape": "DELETE WHERE { concept:held skos:inScheme ?s }",
    "SchemeShape": "DELETE WHERE { concept:scheme-role skos:definition ?d }",
}
METADATA = [
    "dcterms:title", "dcterms:description", "dcterms:license", "dcterms:creator", "dcterms:publisher",
    "dcterms:created", "dcterms:issued", "dcterms:modified", "owl:versionIRI", "owl:versionInfo",
    "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri", "bibo:status", "dcterms:bibliographicCitation",
]  # fmt: skip


# ---------------------------------------------------------------- helpers


@cache
def parsed(name: str) -> Graph:
    """A file of ontology/ as a graph; not to be changed."""
    return Graph().parse(ONTOLOGY / name)


def changed(update: str) -> Graph:
    """A copy of the ontology after a SPARQL update."""
    graph = Graph(namespace_manager=parsed("aigov.ttl").namespace_manager)
    for triple in parsed("aigov.ttl"):
        graph.add(triple)
    graph.update(update)
    return graph


def own_terms(graph: Graph) -> set[str]:
    """The local names of what the graph declares in the aig: namespace."""
    return {str(s).removeprefix(AIG) for s in graph.subjects(RDF.type) if str(s).startswith(AIG)}


def context_terms() -> set[str]:
    """The prefixed names of all terms in the context; a prefix is not a term."""
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    names = [value["@id"] for value in context.values() if isinstance(value, dict) and not value.get("@prefix")]
    names += [value for value in context.values() if isinstance(value, str)]
    return {name for name in names if "/" not in name and not name.startswith("@")}


@cache
def targeted(name: str) -> frozenset[str]:
    """The local names of the shapes of a file that have a target."""
    return frozenset(str(s).rpartition("#")[2] for target in TARGETS for s in parsed(name).subjects(target))


@cache
def alone(name: str, shape: URIRef) -> Graph:
    """The shapes of a file with the targets of all others removed.

    pyshacl's own `use_shapes` won't do: with it (0.40.1) a shape reached by sh:node is passed over in silence.
    """
    graph = Graph()
    for triple in parsed(name):
        if triple[1] not in TARGETS or triple[0] == shape:
            graph.add(triple)
    return graph


def conforms(data: Graph, shapes: Graph) -> bool:
    """Whether the data pass, by pyshacl."""
    result: bool = pyshacl.validate(data, shacl_graph=shapes, inplace=True)[0]
    return result


def example(path: Path) -> Graph:
    """An example together with what shapes look at in the ontology, as in the merged graph."""
    graph = Graph()
    for predicate in (RDF.type, RDFS.subClassOf, RDFS.label, SKOS.inScheme):
        for triple in parsed("aigov.ttl").triples((None, predicate, None)):
            graph.add(triple)
    return graph.parse(path)


def profiles(path: Path) -> str:
    """What OWLAPI's profile checker prints for an ontology file."""
    if not shutil.which("java") or not list(Path(JARS).parent.glob("owlapi-*.jar")):
        missing("java and Debian's libowlapi-java (or OWLAPI_CP)")
    command = ["java", "-cp", JARS, str(HERE / "owlapi" / "ProfileCheck.java"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def consistent(graph: Graph, folder: Path) -> bool:
    """Whether HermiT finds a model in which every class can have members. Days, no OWL datatype, are left out."""
    try:
        import pyhermit
    except ImportError:
        missing("pyhermit")
    path = folder / "ontology.ttl"
    kept = Graph()
    for triple in graph:
        if not (isinstance(triple[2], Literal) and triple[2].datatype == XSD.date):
            kept.add(triple)
    kept.serialize(path, format="turtle")
    with pyhermit.Reasoner(pyhermit.load_snapshot(path)) as reasoner:
        if not reasoner.is_consistent():
            return False
        return {found.iri.value for found in reasoner.unsatisfiable_classes()} == {str(OWL.Nothing)}


def closure(update: str) -> Graph:
    """The OWL 2 RL closure of the ontology after an update, with the premises of all chains."""
    try:
        import owlrl
    except ImportError:
        missing("owlrl")
    graph = Graph()
    for triple in changed(update):
        if not isinstance(triple[2], Literal):
            graph.add(triple)
    for first, second, _ in CHAINS.values():
        for subject, relation, object_ in (first, second):
            graph.add((THING[subject], relation, THING[object_]))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


@pytest.fixture(scope="module")
def closed() -> Graph:
    return closure("INSERT DATA {}")


# ---------------------------------------------------------------- the file


def test_both_parsers_read_the_same_number_of_triples() -> None:
    text = (ONTOLOGY / "aigov.ttl").read_bytes()
    assert len(list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))) == len(parsed("aigov.ttl"))
    with pytest.raises(SyntaxError):
        list(pyoxigraph.parse(text[:-2], format=pyoxigraph.RdfFormat.TURTLE))
    with pytest.raises(BadSyntax):
        Graph().parse(text[:-2], format="turtle")


def test_blank_nodes_are_only_the_lists_of_the_chains() -> None:
    graph = parsed("aigov.ttl")
    links = set(graph.subjects(RDF.first))
    assert {s for s in graph.subjects() if isinstance(s, BNode)} == links
    assert {str(s) for s in graph.subjects(OWL.propertyChainAxiom)} == {str(AIG[name]) for name in CHAINS}
    assert len(links) == 2 * len(CHAINS)


def test_reserved_vocabulary_stays_out() -> None:
    said = {term for triple in parsed("aigov.ttl") for term in triple}
    assert not said & {RDF.Statement, RDF.subject, RDF.predicate, RDF.object}


def test_context_and_ontology_name_the_same_terms() -> None:
    names = {name.removeprefix("aig:") for name in context_terms() if name.startswith("aig:")}
    assert names == own_terms(parsed("aigov.ttl"))


def test_every_foreign_term_of_the_context_is_declared() -> None:
    graph = parsed("aigov.ttl")
    names = [name for name in context_terms() if name.partition(":")[0] not in ("rdf", "rdfs", "owl")]
    assert not [name for name in names if (graph.namespace_manager.expand_curie(name), RDF.type, None) not in graph]


@pytest.mark.parametrize("term", sorted(own_terms(parsed("aigov.ttl"))))
def test_term_has_one_label_and_one_definition(term: str) -> None:
    graph = parsed("aigov.ttl")
    assert len(list(graph.objects(AIG[term], RDFS.label))) == 1
    assert len(list(graph.objects(AIG[term], SKOS.definition))) == 1


# ---------------------------------------------------------------- reasoning


def test_profiles_are_dl_and_rl() -> None:
    assert profiles(ONTOLOGY / "aigov.ttl").split("\n")[:2] == ["DL ok", "RL ok"]


@pytest.mark.slow
def test_old_tools_read_the_published_rdf_xml_alike(built: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "ontology.rdf"
    path.write_bytes(rdf_files(built.graphs)["ontology.rdf"])
    assert profiles(path).split("\n")[:2] == ["DL ok", "RL ok"]


@pytest.mark.slow
def test_profile_check_sees_what_is_outside(tmp_path: Path) -> None:
    broken = changed(
        "INSERT DATA { aig:partOfEvent a owl:AsymmetricProperty . "
        "aig:Event rdfs:subClassOf [ a owl:Restriction ; owl:onProperty aig:heldIn ; owl:someValuesFrom aig:Place ] }"
    )
    broken.serialize(tmp_path / "broken.ttl", format="turtle")
    said = profiles(tmp_path / "broken.ttl")
    assert "DL ok" not in said and "RL ok" not in said


@pytest.mark.slow
def test_ontology_is_consistent(tmp_path: Path) -> None:
    assert consistent(parsed("aigov.ttl"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { aig:x a owl:NamedIndividual, aig:Person, aig:Country }",
        "INSERT DATA { aig:Session rdfs:subClassOf aig:Document }",
        "INSERT DATA { aig:x a owl:NamedIndividual, aig:EventSeries ; aig:partOfEvent aig:x }",
    ],
)
def test_a_clash_is_found(update: str, tmp_path: Path) -> None:
    assert not consistent(changed(update), tmp_path)


@pytest.mark.parametrize("name", CHAINS)
def test_chain_fires(name: str, closed: Graph) -> None:
    subject, relation, object_ = CHAINS[name][2]
    assert (THING[subject], relation, THING[object_]) in closed


def test_without_the_axioms_no_chain_fires() -> None:
    bare = closure("DELETE WHERE { ?p owl:propertyChainAxiom ?list }")
    assert not [name for name, (_, _, (s, p, o)) in CHAINS.items() if (THING[s], p, THING[o]) in bare]


# ---------------------------------------------------------------- shapes over the ontology


def test_ontology_conforms() -> None:
    assert conforms(changed("INSERT DATA {}"), parsed("ontology-shapes.ttl"))


def test_every_rule_has_a_break() -> None:
    assert set(BREAKS) == targeted("ontology-shapes.ttl")


@pytest.mark.parametrize("shape", BREAKS)
def test_break_is_seen_by_its_shape(shape: str) -> None:
    assert not conforms(changed(BREAKS[shape]), alone("ontology-shapes.ttl", OSHAPE[shape]))


@pytest.mark.parametrize("field", METADATA)
def test_metadata_is_complete_and_each_lack_is_seen(field: str) -> None:
    without = changed(f"DELETE WHERE {{ <https://w3id.org/aigov-kg/ns> {field} ?value }}")
    assert len(without) < len(parsed("aigov.ttl"))
    assert not conforms(without, alone("ontology-shapes.ttl", OSHAPE.HeaderShape))


# ---------------------------------------------------------------- shapes over the data


def test_every_shape_says_what_to_do() -> None:
    for name in ("shapes.ttl", "ontology-shapes.ttl"):
        graph = parsed(name)
        for shape in graph.subjects(RDF.type, SH.NodeShape):
            assert all(graph.value(shape, p) for p in (SH.name, SH.message, SH.severity)), shape
            assert all(graph.value(rule, SH.message) for rule in graph.objects(shape, SH.property)), shape


def test_a_shape_has_a_target_or_is_used() -> None:
    graph = parsed("shapes.ttl")
    every = {str(s).rpartition("#")[2] for s in graph.subjects(RDF.type, SH.NodeShape)}
    assert every == targeted("shapes.ttl") | {str(s).rpartition("#")[2] for s in graph.objects(None, SH.node)}


def test_every_shape_has_examples() -> None:
    found = {(path.parent.name, path.stem.split("-")[0]) for path in EXAMPLES}
    assert found == {(shape, kind) for shape in targeted("shapes.ttl") for kind in ("pass", "fail")}


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example_passes_or_fails_by_its_shape(path: Path) -> None:
    shapes = alone("shapes.ttl", SHAPE[path.parent.name])
    assert conforms(example(path), shapes) == path.stem.startswith("pass")


@pytest.mark.slow
def test_the_fast_validator_agrees_on_every_example() -> None:
    try:
        import shacl
    except ImportError:
        missing("shacl")
    shapes = shacl.Shapes.from_file(str(ONTOLOGY / "shapes.ttl"))
    for path in EXAMPLES:
        found = shapes.validate_text(example(path).serialize(format="nt"), "ntriples").results
        blamed = str(SHAPE[path.parent.name]) in {str(result.root_shape).strip("<>") for result in found}
        assert blamed != path.stem.startswith("pass"), path


# ---------------------------------------------------------------- mappings


def mappings() -> tuple[dict[str, str], list[dict[str, str]]]:
    """The prefixes and the rows of the mapping file."""
    lines = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    header = yaml.safe_load("\n".join(line.removeprefix("# ") for line in lines if line.startswith("#")))
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return dict(header["curie_map"]), list(rows)


def confirmed() -> dict[str, str]:
    """Target address -> where it was read."""
    lines = (ONTOLOGY / "mapping-targets.tsv").read_text(encoding="utf-8").splitlines()
    return {row["target"]: row["read_in"] for row in csv.DictReader(lines, delimiter="\t")}


def unconfirmed(targets: Iterable[str]) -> list[str]:
    """The targets that nobody has read anywhere, or that a vocabulary shipped with rdflib doesn't have."""
    known, lost = confirmed(), []
    for target in targets:
        where = known.get(target, "")
        if where.startswith("PyPI rdflib"):
            space = getattr(rdflib.namespace, where.rpartition(".")[2])
            if target.removeprefix(str(space)) not in space:
                lost.append(target)
        elif not where.startswith("https://github.com/"):
            lost.append(target)
    return lost


def full(curie: str, prefixes: dict[str, str]) -> str:
    """The address that a prefixed name stands for."""
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local


def test_each_mapping_target_exists() -> None:
    prefixes, rows = mappings()
    assert rows and not unconfirmed({full(row["object_id"], prefixes) for row in rows} | set(confirmed()))
    assert unconfirmed(["http://www.w3.org/ns/org#Nothing"])


def test_each_mapping_starts_from_a_term_or_concept_of_ours() -> None:
    prefixes, rows = mappings()
    concepts = yaml.safe_load((HERE.parent / "kg/data/entities/concepts.yaml").read_text(encoding="utf-8"))
    terms = {str(s) for s in parsed("aigov.ttl").subjects(RDF.type)}
    starts = {row["subject_id"] for row in rows}
    assert not [start for start in starts if full(start, prefixes) not in terms and start not in concepts]


def test_subclass_mappings_are_axioms() -> None:
    prefixes, rows = mappings()
    chosen = [row for row in rows if row["predicate_id"] == "rdfs:subClassOf"]
    said = {(full(row["subject_id"], prefixes), full(row["object_id"], prefixes)) for row in chosen}
    pairs = {(str(s), str(o)) for s, o in parsed("aigov.ttl").subject_objects(RDFS.subClassOf)}
    axioms = {(lower, upper) for lower, upper in pairs if not upper.startswith(AIG)}
    unread = {(str(AIG.Identifier), "http://www.w3.org/ns/adms#Identifier")}  # its vocabulary's file was not found
    assert said == axioms - unread
