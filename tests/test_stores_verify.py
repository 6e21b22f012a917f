"""A store compared with a graph: what is missing, what is extra, and which statement it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from stores.fake import Fake

from kg import terms
from kg.build import Prepared
from kg.errors import StoreFailed
from kg.graphs import GRAPHS, graph_name
from kg.stores import verify
from kg.stores.dialects import endpoints
from kg.stores.parts import Part, split
from kg.stores.store import Store
from kg.stores.verify import Difference, Verdict, differences, read
from kg.stores.web import Web

Compare = Callable[[], list[Verdict]]


@pytest.fixture
def parts(graph: Path, tmp_path: Path) -> dict[str, Part]:
    return split(graph, tmp_path)


@pytest.fixture
def full(fake: Fake, parts: dict[str, Part]) -> Fake:
    """A store that holds the small graph."""
    for part in parts.values():
        fake.put(part.graph, part.path.read_text(encoding="utf-8"))
    return fake


@pytest.fixture
def compare(fake: Fake, parts: dict[str, Part], tmp_path: Path) -> Iterator[Compare]:
    with Web(fake.url) as web:
        store = Store(web, endpoints(web))
        yield lambda: verify.compare(parts.values(), read(store, tmp_path))


def triple(text: str) -> ox.Triple:
    (found,) = ox.parse(f"{text} .", format=ox.RdfFormat.N_TRIPLES)
    return ox.Triple(found.subject, found.predicate, found.object)


def remove(fake: Fake, name: str, text: str) -> None:
    one = triple(text)
    gone = ox.Quad(one.subject, one.predicate, one.object, graph_name(name))
    assert gone in fake.store
    fake.store.remove(gone)


def iri(name: str) -> str:
    return f"<{terms.expand(name)}>"


def test_a_store_that_holds_the_same_is_equal(full: Fake, parts: dict[str, Part], compare: Compare) -> None:
    found = compare()
    assert [one.part.name for one in found] == list(GRAPHS)
    for one in found:
        assert (one.equal, one.missing, one.extra) == (True, 0, 0)
        assert (one.there.count, one.there.digest) == (one.part.content.count, one.part.content.digest)
        assert one.there.path.read_bytes() == one.part.content.path.read_bytes()
        assert one.there.path != one.part.content.path
    assert differences(found) == []
    assert full.writes == []


def test_values_written_in_another_way_are_equal(full: Fake, compare: Compare) -> None:
    def shown(literal: ox.Literal) -> ox.Literal:
        kind = literal.datatype.value
        if kind.endswith("#nonNegativeInteger"):
            return ox.Literal(f"0{literal.value}", datatype=ox.NamedNode(kind.replace("nonNegativeI", "i")))
        if kind.endswith("#decimal"):
            return ox.Literal(literal.value + ("0" if "." in literal.value else ".0"), datatype=literal.datatype)
        return ox.Literal(literal.value, language="EN") if literal.language == "en" else literal

    full.writes_as = shown
    assert all(one.equal for one in compare())


def test_an_empty_store_lacks_everything(fake: Fake, parts: dict[str, Part], compare: Compare) -> None:
    found = compare()
    for one in found:
        assert (one.equal, one.missing, one.extra, one.there.count) == (False, one.part.content.count, 0, 0)
    every = differences(found)
    assert [one.graph for one in every] == [name for name in GRAPHS for _ in range(parts[name].content.count)]
    assert {one.change for one in every} == {"missing"}
    for name in GRAPHS:
        some = [one.triple + " .\n" for one in every if one.graph == name]
        assert "".join(some) == parts[name].content.path.read_text(encoding="utf-8")


def test_each_direct_triple_is_told_by_what_says_it(built: Prepared, fake: Fake, compare: Compare) -> None:
    """Also a date of a statement: what says it is another statement."""
    ends: dict[str, dict[str, str]] = {}
    for one in built.graphs["statements"]:
        if isinstance(one.subject, ox.NamedNode):
            ends.setdefault(one.subject.value, {})[terms.shorten(one.predicate.value)] = str(one.object)
    saying = {
        f"{some['rdf:subject']} {some['rdf:predicate']} {some['rdf:object']}": terms.shorten(name)
        for name, some in ends.items() if "rdf:subject" in some
    }  # fmt: skip
    found = {one.triple: one.statement for one in differences(compare()) if one.graph == "facts"}
    direct = saying.keys() & found.keys()
    assert len(direct) == 8
    assert {text: found[text] for text in direct} == {text: saying[text] for text in direct}
    date = f'{iri("st:lantern-report-001")} {iri("aig:when")} "2028/.."^^<http://id.loc.gov/datatypes/edtf/EDTF>'
    assert found[date] == "st:lantern-report-002"
    assert {found[text] for text in found.keys() - direct} == {""}


CASES = [
    ("facts", f"{iri('agent:iqm')} {iri('aig:callsFor')} {iri('prop:open-registers')}", "st:harbor-forum-007"),
    ("facts", f'{iri("agent:zoe-marsh")} {iri("rdfs:label")} "Zoë Marsh"@en', ""),
    ("statements", f"{iri('st:harbor-forum-003')} {iri('rdf:predicate')} {iri('aig:hostedBy')}", "st:harbor-forum-003"),
    ("statements", f"{iri('conflict:host-of-the-forum')} {iri('rdf:type')} {iri('aig:Conflict')}",
     "conflict:host-of-the-forum"),
    ("evidence", f"{iri('ev:harbor-forum-008-1')} {iri('rdf:type')} {iri('aig:Evidence')}", "st:harbor-forum-008"),
    ("evidence", f'{iri("ev:harbor-forum-008-1#selector")} {iri("rdf:type")} {iri("oa:TextPositionSelector")}',
     "st:harbor-forum-008"),
    ("evidence", f'{iri("src:harbor-forum")} {iri("dcterms:title")} "Harbor Forum opens its doors"', ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "statement"), CASES, ids=[f"{name} {of}" for name, _, of in CASES])
def test_what_is_missing_or_extra_is_told_with_its_statement(
    name: str, text: str, statement: str, full: Fake, compare: Compare
) -> None:
    """What is not in the graph is said to be about what it would be about."""
    found = full.graphs()[name]
    if text in found:
        remove(full, name, text)
        change = "missing"
    else:
        full.put(graph_name(name).value, f"{text} .")
        change = "extra"
    verdicts = compare()
    assert differences(verdicts) == [Difference(change, name, statement, text)]
    (unlike,) = [one for one in verdicts if not one.equal]
    assert unlike.part.name == name
    assert (unlike.missing, unlike.extra) == ((1, 0) if change == "missing" else (0, 1))


def test_most_of_the_cases_are_of_the_graph(full: Fake) -> None:
    held = full.graphs()
    assert sum(text in held[name] for name, text, _ in CASES) >= 5


@pytest.mark.parametrize(
    ("subject", "statement"),
    [
        ("st:lantern-report-001", "st:lantern-report-001"), ("ev:a-b-12", "st:a-b"), ("ev:a-b-12#selector", "st:a-b"),
        ("ev:a-b", ""), ("ev:a-b-12#other", ""), ("ev:-1", ""), ("agent:st", ""), ("conflict:x", "conflict:x"),
        ("src:x-1", ""),
    ],
)  # fmt: skip
def test_the_statement_is_read_from_the_subject(subject: str, statement: str, full: Fake, compare: Compare) -> None:
    full.put(graph_name("evidence").value, f'{iri(subject)} <x:p> "<{terms.expand("st:no")}>" .')
    assert [(one.change, one.statement) for one in differences(compare())] == [("extra", statement)]


def test_a_subject_of_others_is_told_without_a_statement(full: Fake, compare: Compare) -> None:
    full.put(graph_name("facts").value, '<x:st> <x:p> "a > \\" <b> . \\n\u2028é"@en .')
    (one,) = differences(compare())
    assert one == Difference("extra", "facts", "", '<x:st> <x:p> "a > \\" <b> . \\n\u2028é"@en')


def test_a_triple_that_two_statements_say_is_told_by_the_first(fake: Fake, tmp_path: Path) -> None:
    """Of several statements also the last of the file; ends of two statements are not mixed."""
    said = [("<x:b>", "<x:d>"), ("<x:b>", "<x:c>"), ("<x:b>", "<x:c>"), ("<x:c>", '"x y ."')]
    lines = [f"{iri(name)} {iri('rdf:object')} <x:e>" for name in ("st:s-0", "st:s-9")]
    for number, ends in enumerate(said, 1):
        for end, what in zip(("subject", "predicate", "object"), ("<x:a>", *ends), strict=True):
            lines.append(f"{iri(f'st:s-{number}')} {iri(f'rdf:{end}')} {what}")
    facts = ["<x:a> <x:b> <x:c>", "<x:a> <x:b> <x:d>", '<x:a> <x:c> "x y ."', "<x:a> <x:c> <x:e>"]
    text = [f"{line} {graph_name('statements')} .\n" for line in lines]
    text += [f"{line} {graph_name('facts')} .\n" for line in facts]
    (tmp_path / "g.nq").write_text("".join(text), encoding="utf-8")
    parts = split(tmp_path / "g.nq", tmp_path)
    with Web(fake.url) as web:
        found = differences(verify.compare(parts.values(), read(Store(web, endpoints(web)), tmp_path)))
    told = {one.triple: one.statement for one in found if one.graph == "facts"}
    assert told == {facts[0]: "st:s-2", facts[1]: "st:s-1", facts[2]: "st:s-4", facts[3]: ""}


@pytest.mark.parametrize("most", [0, 1, 3, 50, 10**6, None])
def test_as_many_are_told_as_are_wanted(most: int | None, full: Fake, compare: Compare) -> None:
    full.store.remove_graph(graph_name("inferred"))
    full.store.remove_graph(graph_name("facts"))
    found = compare()
    every = differences(found)
    assert len(every) == sum(one.missing + one.extra for one in found) == 85
    assert differences(found, most) == every[:most]


def test_as_many_triples_are_not_the_same_triples(full: Fake, compare: Compare) -> None:
    text = f"{iri('agent:iqm')} {iri('aig:callsFor')} {iri('prop:open-registers')}"
    remove(full, "facts", text)
    full.put(graph_name("facts").value, f"{text.replace('registers', 'books')} .")
    found = compare()
    (unlike,) = [one for one in found if not one.equal]
    assert unlike.there.count == unlike.part.content.count and (unlike.missing, unlike.extra) == (1, 1)
    told = [(one.change, one.statement, one.triple) for one in differences(found)]
    assert told == [("extra", "", text.replace("registers", "books")), ("missing", "st:harbor-forum-007", text)]


def test_what_is_there_in_another_graph_is_missing_and_extra(full: Fake, compare: Compare) -> None:
    text = f"{iri('agent:iqm')} {iri('aig:callsFor')} {iri('prop:open-registers')}"
    remove(full, "facts", text)
    full.put(graph_name("inferred").value, f"{text} .")
    found = compare()
    assert [(one.change, one.graph) for one in differences(found)] == [("missing", "facts"), ("extra", "inferred")]
    assert [one.part.name for one in found if not one.equal] == ["facts", "inferred"]


def test_a_store_that_gives_another_number_than_it_counts_is_told(full: Fake, compare: Compare) -> None:
    full.lies = 1
    with pytest.raises(StoreFailed, match=r"counts .* but gives "):
        compare()


def test_a_cut_store_is_read_whole(full: Fake, compare: Compare) -> None:
    full.cut = 200
    assert all(one.equal for one in compare())


def test_a_graph_with_what_can_not_be_read_is_told(full: Fake, compare: Compare) -> None:
    full.put(graph_name("facts").value, "_:b <x:b> <x:c> .")
    with pytest.raises(StoreFailed, match="/facts> with what can't be read: it has a blank node"):
        compare()
