"""The real data: what it must hold, what it must not say, and how much of the texts it may store."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from needs import missing

from kg import budget, coverage, folders, rules, sources, terms, vocabulary
from kg.build import Prepared, prepare
from kg.facts import Fact, Project

ROOT = Path(__file__).resolve().parent.parent
FIVE = {
    "src:igf-2021-ws49", "src:outlook-ai-cooperation-2024", "src:sensetime-waic-2021", "src:tsinghua-forum-2020",
    "src:unesco-digital-roadmap-2020",
}  # fmt: skip


@pytest.fixture(scope="module")
def texts(project: Project) -> dict[str, str]:
    folder = os.environ.get("KG_TEXTS")
    if not folder:
        missing("the five texts: set KG_TEXTS to their folder")
    found, issues = sources.read_texts(Path(folder), project)
    assert issues == []
    return found


@pytest.fixture(scope="module")
def real() -> Prepared:
    return prepare(ROOT / "kg" / "data", None)


@pytest.fixture(scope="module")
def said(project: Project) -> set[tuple[str, str, str, str]]:
    """(subject, predicate, object or value, modality) of all that the five texts say."""
    return {
        (f.subject, f.predicate, f.object or f.value or "", f.modality) for f in project.facts if set(f.sources) & FIVE
    }


def test_the_data_is_clean(real: Prepared) -> None:
    assert [str(issue) for issue in real.issues] == []


def test_every_span_says_what_was_cited(project: Project, texts: dict[str, str]) -> None:
    assert set(texts) == FIVE
    assert sources.check_spans(project, texts) == []


def test_stored_words_stay_within_the_budget(project: Project, texts: dict[str, str]) -> None:
    made = budget.stored(project, texts)
    assert {one.source for one in made} == FIVE
    assert all(0 < one.share <= 0.35 and one.longest <= 10 for one in made), made
    assert budget.check(project, texts) == []


def _files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in listed.stdout.split("\0") if name]
    if listed.returncode or not names:
        missing("a git checkout, to know the files of the repository")
    return [ROOT / name for name in names]


@pytest.mark.slow
def test_no_file_holds_a_passage(project: Project, texts: dict[str, str]) -> None:
    allowed = budget.names(project)
    copied = {}
    for path in _files():
        if path.is_file() and path.suffix not in (".png",):
            found = budget.runs(path.read_text(encoding="utf-8"), texts.values(), allowed)
            if found:
                copied[str(path.relative_to(ROOT))] = found
    assert copied == {}


def test_a_passage_would_be_found(project: Project, texts: dict[str, str]) -> None:
    words = texts["src:sensetime-waic-2021"].split()
    sample = " ".join(words[200:208])
    assert budget.runs(f"x {sample} y", texts.values(), budget.names(project)) != []
    assert budget.runs(f"x {' '.join(words[200:207])} y", texts.values(), budget.names(project)) == []


def test_each_text_is_covered_or_says_why_not(project: Project) -> None:
    made = coverage.report(project)
    assert {one.source for one in made} == FIVE
    assert all(stretch.reason for one in made for stretch in one.remaining)
    assert all(one.covered_characters / one.characters > 0.9 for one in made)


def test_recorded_sentences_are_those_of_the_texts(project: Project, texts: dict[str, str]) -> None:
    from kg.evidence import sentences

    for name, text in texts.items():
        assert list(project.coverage[name].sentences) == sentences(text)


@pytest.mark.parametrize(
    ("subject", "predicate", "target"),
    [
        ("event:waic-2021", "hasSpeaker", "agent:xu-li"),
        ("event:waic-2021", "hasParticipant", "agent:tian-feng"),
        ("event:waic-2021-main-forum", "hasParticipant", "agent:xu-li"),
        ("agent:sensetime", "cooperatesWith", "agent:sjtu"),
        ("agent:sjtu-computational-law-center", "establishedBy", "agent:sensetime"),
        ("agent:i-aiig", "establishedBy", "agent:tsinghua-university"),
        ("event:tsinghua-forum-2020", "hostedBy", "agent:undp"),
        ("event:tsinghua-forum-2020", "hostedBy", "agent:tsinghua-university"),
        ("agent:national-wg-facial-recognition", "partOf", "agent:ieee"),
        ("doc:unga-resolution-ai-capacity", "proposedBy", "agent:unga"),
        ("event:unga-ai-capacity-adoption", "adoptingBody", "event:unga-78"),
        ("event:roadmap-dialogue-2020", "openedBy", "agent:unesco-director-general"),
        ("event:igf-2021-ws49", "realization", "concept:held"),
        ("event:igf-2021-ws49", "moderatedBy", "agent:xiao-sun"),
        ("event:ai-ethics-recommendation-adoption", "realization", "concept:held"),
        ("agent:unesco-director-general", "prefLabel", "Audrey Azoulay"),
        ("agent:feng-guo", "affiliation", "agent:ccoic"),
        ("doc:un-resource-guide", "includedIn", "doc:sensetime-code-of-ethics"),
    ],
)
def test_tempting_mistakes_are_not_said(
    said: set[tuple[str, str, str, str]], subject: str, predicate: str, target: str
) -> None:
    assert not {(subject, predicate, target, "actual"), (subject, predicate, target, "planned")} & said


@pytest.mark.parametrize(
    ("subject", "predicate", "target", "modality"),
    [
        ("event:tsinghua-forum-2020", "hostedBy", "agent:i-aiig", "actual"),
        ("event:tsinghua-forum-2020", "supportedBy", "agent:undp", "actual"),
        ("event:tsinghua-forum-2020", "when", "2020-12-18/2020-12-19", "actual"),
        ("agent:i-aiig", "approvedBy", "agent:tsinghua-university", "actual"),
        ("event:waic-2021-youth-forum", "hasParticipant", "agent:liu-zhiyi", "actual"),
        ("agent:sensetime", "hasCertification", "cert:sensetime-mlps-2.0", "actual"),
        ("doc:sensetime-code-of-ethics", "includedIn", "doc:un-resource-guide", "actual"),
        ("doc:unga-resolution-ai-capacity", "proposedBy", "place:china", "actual"),
        ("event:unga-ai-capacity-adoption", "decisionMode", "concept:unanimous", "actual"),
        ("event:roadmap-dialogue-2020", "openedBy", "agent:fabrizio-hochschild", "actual"),
        ("agent:max-tegmark", "holds", "post:fli-president", "actual"),
        ("doc:unesco-recommendation-ai-ethics", "adoptedIn", "event:ai-ethics-recommendation-adoption", "planned"),
        ("event:igf-2021-ws49", "organizedBy", "agent:li-ding", "planned"),
        ("event:igf-2021-ws49", "hasSpeaker", "agent:devanand-ramiah", "planned"),
        ("event:igf-2021-ws49", "concerns", "concept:sdg-9", "actual"),
        ("src:outlook-ai-cooperation-2024", "editedBy", "agent:yi-jing", "actual"),
    ],
)
def test_what_a_reader_would_look_for_is_there(
    said: set[tuple[str, str, str, str]], subject: str, predicate: str, target: str, modality: str
) -> None:
    assert (subject, predicate, target, modality) in said


def _figure(project: Project, node: str) -> Fact:
    return next(f for f in project.facts if f.introduces and f.introduces.node == node)


@pytest.mark.parametrize(
    ("node", "value", "claimed_by"),
    [
        ("fig:genai-patents-world", "54000", ("agent:wipo",)),
        ("fig:genai-patents-china", "38000", ("agent:wipo",)),
        ("fig:genai-patents-china-share", "70", ("agent:wipo",)),
        ("fig:genai-patents-us", "6276", ("agent:wipo",)),
        ("fig:sas-genai-use-china", "83", ("agent:reuters",)),
        ("fig:sas-genai-use-uk", "70", ("agent:reuters",)),
        ("fig:sas-genai-use-us", "65", ("agent:reuters",)),
        ("fig:sas-genai-use-world", "54", ("agent:reuters",)),
    ],
)
def test_figures_are_as_written_and_attributed(
    project: Project, node: str, value: str, claimed_by: tuple[str, ...]
) -> None:
    fact = _figure(project, node)
    assert fact.introduces is not None
    assert str(fact.introduces.value) == value
    assert (fact.status, fact.claimed_by) == ("attributed", claimed_by)


def test_no_certificate_has_an_issuer(project: Project) -> None:
    made = {f.subject for f in project.facts if f.predicate == "certifiedAgainst"}
    assert len(made) == 4
    assert not [f.id for f in project.facts if f.subject in made and f.predicate in ("issuedBy", "approvedBy")]


def test_what_depends_on_the_proposed_session_is_planned(project: Project) -> None:
    taking_part = {"organizedBy", "hasSpeaker", "moderatedBy", "hasParticipant", "heldIn", "usesTool", "hasOutcome"}
    facts = [
        f for f in project.facts
        if f.subject in ("event:igf-2021-ws49", "event:igf-2021-ws49-beijing-hub") and f.predicate in taking_part
    ]  # fmt: skip
    assert len(facts) >= 12
    assert {f.modality for f in facts} == {"planned"}


def test_lost_labels_are_unstated(project: Project) -> None:
    roles = Counter(
        (f.object, f.role)
        for f in project.facts
        if f.subject == "event:igf-2021-ws49" and f.predicate == "hasParticipant"
    )
    unstated = "concept:role-unstated"
    assert roles == {("agent:xiao-sun", unstated): 1, ("agent:li-ding", unstated): 1}


def test_a_planned_adoption_does_not_make_it_adopted(real: Prepared) -> None:
    document = ox.NamedNode(terms.expand("doc:unesco-recommendation-ai-ethics"))
    vouched = {f.id for f in real.project.facts if f.subject == "doc:unesco-recommendation-ai-ethics"
               and f.predicate == "adoptedIn" and f.modality == "actual"}  # fmt: skip
    inferred = [t for t in real.graphs["inferred"] if t.subject == document and t.predicate.value.endswith("adoptedBy")]
    assert bool(inferred) == bool(vouched)


def test_the_assembly_adopted_the_resolution_by_rule(real: Prepared) -> None:
    wanted = ox.Triple(
        ox.NamedNode(terms.expand("doc:unga-resolution-ai-capacity")),
        ox.NamedNode(terms.aig("adoptedBy")),
        ox.NamedNode(terms.expand("agent:unga")),
    )
    assert wanted in real.graphs["inferred"]
    from kg.checks import store

    why = rules.explain(store(real.graphs), [wanted])[wanted]
    assert why.rule.name == "chain"


def test_each_term_is_used_by_the_data_or_a_query(real: Prepared) -> None:
    used = {
        term.value
        for name in ("facts", "inferred", "statements", "evidence")
        for triple in real.graphs[name]
        for term in (triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    text = "".join(path.read_text(encoding="utf-8") for path in folders.queries().rglob("*.rq"))
    queried = {terms.aig(name) for name in re.findall(r"\baig:(\w+)", text)}
    concepts = {terms.expand(name) for name in vocabulary.load().concepts}
    defined = {iri for iri in vocabulary.load().iris if iri.startswith(terms.prefixes()["aig"])}
    open_choices = {terms.expand(f"concept:{name}") for name in ("cancelled", "unknown", "at-least")}
    assert (defined | concepts) - used - queried - open_choices == set()


def test_second_looks_are_marked_with_a_reason(project: Project) -> None:
    marked = [f for f in project.facts if f.review]
    assert len(marked) >= 15
    assert all(f.note and not set(f.sources) & FIVE for f in marked)


def test_each_conflict_joins_the_outside_record_and_a_text(project: Project) -> None:
    by_id = {f.id: f for f in project.facts}
    for conflict in project.conflicts:
        outside, text = (set(by_id[name].sources) for name in conflict.between)
        assert not outside & FIVE, conflict.id
        assert text <= FIVE, conflict.id
    assert {c.kind for c in project.conflicts} == {"contradicts", "corrects", "narrows"}
