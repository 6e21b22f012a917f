"""benchmarks/larger.py: a larger graph has the shape of the real one, and its bytes depend on size and seed only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest
import yaml
from click.testing import Result

from benchmarks import larger
from kg import checks, dates, queries, rules, terms
from kg.errors import BadUse
from kg.graphs import GRAPHS, Graphs, canonical
from kg.lookup import Graph, named
from kg.networks import DRAWN, network
from kg.paths import THROUGH
from kg.statements import Reader, Statement

Run = Callable[..., Result]

ROOT = Path(__file__).parent.parent
TRIPLES = 66_000
STATED = ("rdf:predicate", "aig:status", "aig:modality", "aig:reading", "aig:conflictKind", "aig:role")

pytestmark = pytest.mark.slow


@cache
def planned(triples: int = TRIPLES, seed: int = 1) -> larger.Plan:
    return larger.plan(triples=triples, seed=seed)


@cache
def written(triples: int = TRIPLES) -> bytes:
    return b"".join(planned(triples).chunks())


@cache
def parsed(triples: int = TRIPLES) -> Graphs:
    """What pyoxigraph reads, by graph."""
    found: Graphs = {name: set() for name in GRAPHS}
    for quad in ox.parse(written(triples), format=ox.RdfFormat.N_QUADS):
        assert isinstance(quad, ox.Quad) and isinstance(quad.graph_name, ox.NamedNode)
        found[terms.local(quad.graph_name.value)].add(quad.triple)
    return found


@cache
def loaded(real: bool = False) -> Graph:
    return Graph(checks.store(planned().model.whole if real else parsed()))


@cache
def stated() -> tuple[Statement, ...]:
    return Reader(loaded()).all()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph as a file; no test changes it."""
    made = tmp_path_factory.mktemp("larger") / "larger.nq"
    made.write_bytes(written())
    return made


def things(graphs: Graphs) -> set[str]:
    """What the facts describe, of the kinds that a picture shows."""
    typed = {str(t.subject)[1:-1] for t in graphs["facts"] if t.predicate == named("rdf:type")}
    return {iri for iri in typed if terms.shorten(iri).partition(":")[0] in DRAWN}


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize("triples", [3_000, TRIPLES])
def test_it_is_canonical(triples: int) -> None:
    assert written(triples) == canonical(parsed(triples))
    assert written(triples).endswith(b" .\n") and b"_:" not in written(triples)
    assert written(triples).count(b"\n") == sum(map(len, parsed(triples).values())) == planned(triples).triples


@pytest.mark.parametrize("triples", [3_000, 35_000, TRIPLES])
def test_it_has_the_triples_asked_for(triples: int) -> None:
    assert planned(triples).triples == pytest.approx(triples, rel=0.02)


def test_it_has_the_things_asked_for() -> None:
    assert larger.plan(entities=500).entities == pytest.approx(500, rel=0.02)


def test_things_are_counted_as_they_are() -> None:
    assert len(things(parsed())) == planned().entities


def test_the_same_seed_makes_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    made = []
    for number, (seed, hashes) in enumerate((("1", "0"), ("1", "7"), ("2", "0"))):
        out = tmp_path / f"{number}.nq"
        script = str(ROOT / "benchmarks" / "larger.py")
        command = [sys.executable, script, str(out), "--triples", "35000", "--seed", seed]
        variables = os.environ | {"PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        made.append(out.read_bytes())
        assert f"{made[-1].count(bytes([10]))} triples" in done.stdout
    assert made[0] == made[1] == b"".join(planned(35_000).chunks())
    assert made[0] != made[2]


# ---------------------------------------------------------------- shape


@pytest.mark.parametrize("triples", [3_000, TRIPLES])
def test_the_checks_of_a_build_find_nothing(triples: int) -> None:
    assert checks.run(parsed(triples)) == []


@pytest.mark.parametrize("triples", [3_000, TRIPLES])
def test_what_is_inferred_is_what_the_rules_make(triples: int) -> None:
    assert rules.infer(parsed(triples)) == parsed(triples)["inferred"]


@pytest.mark.parametrize("triples", [3_000, TRIPLES])
def test_whatever_is_named_is_described(triples: int) -> None:
    every = {triple for graph in parsed(triples).values() for triple in graph}
    nodes = {t.object.value for t in every if isinstance(t.object, ox.NamedNode)}
    described = {str(t.subject)[1:-1] for t in every}
    assert {node for node in nodes if "/id/" in node and "example.org" not in node} <= described


def test_ontology_and_concepts_are_the_real_ones() -> None:
    real = planned().model.whole
    concept = terms.expand("concept:")
    assert parsed()["ontology"] == real["ontology"]
    of_concepts = [{t for t in graphs["facts"] if concept in str(t.subject)} for graphs in (real, parsed())]
    assert of_concepts[0] == of_concepts[1] != set()


def shares(graphs: Graphs, part: str, name: str) -> dict[str, float]:
    """The values of a property in a graph, as shares."""
    triples = [t for t in graphs[part] if t.predicate == named(name) and terms.expand("concept:") not in str(t.subject)]
    counted = Counter(terms.shorten(str(t.object)[1:-1]) for t in triples)
    return {value: number / counted.total() for value, number in counted.items()}


@pytest.mark.parametrize("name", STATED)
def test_what_is_stated_has_the_real_proportions(name: str) -> None:
    real, made = shares(planned().model.whole, "statements", name), shares(parsed(), "statements", name)
    assert made == {value: pytest.approx(share, rel=0.1, abs=0.007) for value, share in real.items()}


def test_things_have_the_real_proportions() -> None:
    # What rounds share is there once, so its share falls a little with each round.
    real, made = shares(planned().model.whole, "facts", "rdf:type"), shares(parsed(), "facts", "rdf:type")
    assert made == {value: pytest.approx(share, rel=0.35, abs=0.004) for value, share in real.items()}


def test_graphs_have_the_real_proportions() -> None:
    real, made = ({name: len(graphs[name]) for name in GRAPHS[1:]} for graphs in (planned().model.whole, parsed()))
    total = sum(made.values()) / sum(real.values())
    assert made == {name: pytest.approx(size * total, rel=0.1) for name, size in real.items()}


def test_few_actors_have_very_many_statements() -> None:
    rounds = larger.plan(triples=10_000_000).rounds
    met = [Counter(one.numbers[owner] for one in rounds) for owner in range(1, len(rounds[0].numbers))]
    often = sorted(number for one in met for number in one.values())
    assert median(often) == 1 and often[-1] > len(rounds) / 10
    assert sum(often[-len(often) // 100 :]) > sum(often) / 20  # one in a hundred has five times its share


def connected(statements: Iterable[Statement]) -> tuple[set[str], float]:
    """The largest part of the network that routes lead over, and its share."""
    drawn = network(statements, THROUGH)
    most = max(nx.weakly_connected_components(drawn), key=len)
    return most, len(most) / len(drawn)


def test_the_rounds_hang_together() -> None:
    most, share = connected(stated())
    assert share >= 0.85 * connected(Reader(loaded(real=True)).all())[1]
    assert {name[-6:] for name in most} == {"000000", "000001", "000002"}


def test_dates_move_with_what_they_date() -> None:
    dated = [one for one in stated() if one.predicate == "aig:when"]
    bounds = {one.id: dates.bounds(one.object.label) for one in dated}
    for name, pair in bounds.items():
        found = [loaded().text(ox.NamedNode(terms.expand(name)), f"aig:{side}") for side in ("earliest", "latest")]
        assert found == [day.isoformat() if day else "" for day in pair], name
    assert len(set(bounds.values())) > len(bounds) / 2
    years = {re.sub(r"[^0-9]", "", one.when_text)[:4] for one in dated if re.fullmatch("[0-9-]+", one.when_text)}
    assert years & {"2021"} and years & {str(2021 + moved) for moved in planned().model.years[1:]}


def test_a_round_is_cut_where_nothing_depends_on_it() -> None:
    model = planned().model
    project, bundles = model.project, model.bundles
    place = {name: number for number, bundle in enumerate(bundles) for name in bundle}
    assert sorted(name for bundle in bundles for name in bundle) == sorted(fact.id for fact in project.facts)
    together = [conflict.between for conflict in project.conflicts]
    together += [(fact.id, fact.subject) for fact in project.facts if fact.subject in place]
    dated = [fact for fact in project.facts if fact.predicate == "when"]
    together += [(one.id, two.id) for one in dated for two in dated if one.subject == two.subject]
    assert len(together) > len(dated) + len(project.conflicts)
    assert [pair for pair in together if place[pair[0]] != place[pair[1]]] == []


def test_each_round_has_sources_and_ids_of_its_own() -> None:
    real = {name.removeprefix("src:") for name in planned().model.project.sources}
    assert (
        planned().named("st:sensetime-waic-2021-041")
        == "st:larger-" + planned().named("src:sensetime-waic-2021")[-6:] + "-041"
    )
    sources = {receipt.source for one in stated() for receipt in one.receipts}
    assert len(sources) > 2 * len(real) and all(re.fullmatch(r"src:larger-[0-9]{6}", name) for name in sources)
    digests = [r.digest for r in {r.source: r for one in stated() for r in one.receipts}.values() if r.digest]
    assert len(digests) == len(set(digests)) > 10


def test_values_are_as_odd_as_real_ones() -> None:
    values = [t.object for graph in parsed().values() for t in graph if isinstance(t.object, ox.Literal)]
    assert any(value.value == "140.0" and value.datatype == named("xsd:decimal") for value in values)
    assert {value.language for value in values} >= {None, "en", "zh", "fr"}
    labels = [str(t.object) for t in parsed()["facts"] if t.predicate == named("rdfs:label")]
    assert any("更" in label for label in labels)
    assert max(len(value.value) for value in values) > 2_000
    addresses = [value.value for value in values if value.datatype == named("xsd:anyURI") and "/ns" not in value.value]
    assert addresses and all(address.startswith("https://example.org/") for address in addresses)


# ---------------------------------------------------------------- what it answers


def first(term: ox.NamedNode | ox.Literal) -> ox.NamedNode | ox.Literal:
    """A thing of the real graph as the first round names it; a value as it is."""
    if isinstance(term, ox.Literal):
        return term
    return ox.NamedNode(terms.expand(planned().named(terms.shorten(term.value))))


def renamed(asked: queries.Question, case: dict[str, Any]) -> dict[str, tuple[ox.NamedNode | ox.Literal, ...]]:
    """The parameters of a case of the real graph, defaults too, as the first round names them."""
    given = {key: [str(one) for one in (value if isinstance(value, list) else [value])] for key, value in case.items()}
    defaults = {
        one.name: (ox.NamedNode(terms.expand(one.default)),) for one in asked.params if terms.is_curie(one.default)
    }
    found = defaults | queries.values(loaded(real=True), asked, given)
    return {key: tuple(map(first, bound)) for key, bound in found.items()}


@pytest.mark.parametrize("name", queries.names())
def test_a_question_with_rows_on_the_real_graph_has_rows(name: str) -> None:
    asked = queries.question(name)
    path = ROOT / "queries" / "questions" / f"{name}.expected.yaml"
    cases = [case for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"] if case["rows"]]
    assert cases
    for case in cases:
        found = queries.answer(loaded(), queries.bind(asked, renamed(asked, case["params"])))
        assert len(found.rows) >= len(case["rows"]), case["params"]


def test_a_card_a_route_and_a_picture_are_made(file: Path, run: Run, tmp_path: Path) -> None:
    card = run("show", "SenseTime 0", "--graph", file)
    assert card.exit_code == 0 and "agent:sensetime-000000" in card.stdout and "inferred" in card.stdout
    ends = planned().named("event:roadmap-launch-2020"), planned().named("event:waic-2021-youth-forum", 1)
    route = run("path", *ends, "--graph", file)
    assert route.exit_code == 0 and "/id/st/larger-" in route.stdout
    page = tmp_path / "view.html"
    assert run("view", "agent:unesco-000000", "--graph", file, "-o", page).exit_code == 0
    assert "UNESCO" in page.read_text(encoding="utf-8")


# ---------------------------------------------------------------- the command


def test_the_command_writes_the_file_and_says_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.nq"
    assert larger.main([str(out), "--triples", "3000"]) == 0
    assert out.read_bytes() == written(3_000)
    assert (
        capsys.readouterr().out
        == f"{out}: {planned(3_000).triples} triples, {planned(3_000).entities} drawn things, 1 rounds\n"
    )


def test_less_than_the_ontology_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert larger.main([str(tmp_path / "out.nq"), "--triples", "900"]) == 2
    ontology = len(planned().model.whole["ontology"])
    assert f"too small: the ontology alone has {ontology} triples" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_sources_without_numbers_left_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(larger, "_LAST_SOURCE", 300)
    with pytest.raises(BadUse, match=r"too large: after \d+ triples"):
        larger.plan(triples=100_000)


def test_one_size_must_be_given(tmp_path: Path) -> None:
    for sizes in ((), ("--triples", "3000", "--entities", "50")):
        with pytest.raises(SystemExit, match="2"):
            larger.main([str(tmp_path / "out.nq"), *sizes])


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert larger.main([str(tmp_path / "none" / "out.nq"), "--triples", "3000"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_names_that_would_be_numbered_out_of_order_are_refused() -> None:
    made = planned(3_000)
    [one] = made.rounds
    iri = next(name for name in one.pattern.blocks if name.startswith(terms.expand("event:")))
    blocks = one.pattern.blocks | {f"{iri}-000001-sequel": one.pattern.blocks[iri]}
    mixed = replace(made, rounds=(one._replace(pattern=replace(one.pattern, blocks=blocks)),))
    with pytest.raises(BadUse, match="can't be numbered in order"):
        list(mixed.chunks())
