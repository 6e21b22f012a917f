"""Graph files split into sorted graphs, streams into lines, and two sorted files compared; in constant memory."""

from __future__ import annotations

import hashlib
import re
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores.fake import nquads

from kg.build import Prepared
from kg.errors import BadUse
from kg.graphs import GRAPHS, graph_name
from kg.stores import parts
from kg.stores.parts import Content, Sorter, changes, lines, split

Split = Callable[[bytes], dict[str, parts.Part]]


@pytest.fixture
def splits(tmp_path: Path) -> Split:
    """Splits a file of these bytes."""

    def call(content: bytes) -> dict[str, parts.Part]:
        (tmp_path / "g.nq").write_bytes(content)
        folder = tmp_path / "parts"
        folder.mkdir(exist_ok=True)
        return split(tmp_path / "g.nq", folder)

    return call


def digest(some: set[bytes]) -> str:
    """The digest of a set of canonical lines, made at once."""
    return hashlib.sha256(b"".join(sorted(some))).hexdigest()


def refusal(splits: Split, content: bytes) -> str:
    with pytest.raises(BadUse) as caught:
        splits(content)
    return str(caught.value)


# ---------------------------------------------------------------- split


def test_a_graph_file_becomes_its_five_graphs(built: Prepared, graph: Path, tmp_path: Path) -> None:
    """Where no literal changes by its value, the digest is that of RDFC-1.0 by another library's canonicalisation."""
    found = split(graph, tmp_path)
    assert list(found) == list(GRAPHS)
    for name, part in found.items():
        triples = built.graphs[name]
        assert (part.name, part.graph, part.content.count) == (name, graph_name(name).value, len(triples))
        assert part.size == part.path.stat().st_size == len(part.path.read_bytes())
        assert set(ox.parse(part.path.read_bytes(), format=ox.RdfFormat.N_TRIPLES)) == {
            ox.Quad(one.subject, one.predicate, one.object) for one in triples
        }
        dataset = ox.Dataset(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        canonical = sorted(f"{one.triple} .\n".encode() for one in dataset)
        held = part.content.path.read_bytes()
        assert hashlib.sha256(held).hexdigest() == part.content.digest
        assert held == b"".join(sorted(re.sub(rb"(\^\^<.*#)nonNegativeI", rb"\1i", line) for line in canonical))
        assert (held == b"".join(canonical)) is (name != "evidence"), "nothing else changes by its value"


def test_the_order_of_lines_and_how_often_they_stand_are_nothing(splits: Split) -> None:
    some = [f'<x:{n % 7}> <x:p> "{n * 7919 % 101}"' for n in range(200)]
    first = splits(nquads(facts="\n".join(some)))
    other = splits(nquads(facts="\n".join([*reversed(some), *some[::3], some[0], some[0]])))
    assert first["facts"].content.digest == other["facts"].content.digest
    assert first["facts"].content.count == other["facts"].content.count == len(set(some))
    assert other["facts"].size > first["facts"].size, "what is sent is the file as it is"
    assert other["facts"].content.digest == digest({f"{one} .\n".encode() for one in some})


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"), lambda text: text.removesuffix(b"\n"),
        lambda text: text.removesuffix(b"\n").replace(b"\n", b"\r\n"), lambda text: b"\n \n\t\r\n" + text + b"\n\n",
        lambda text: b"# a comment <x:a>\n" + text + b"  # another", lambda text: text.replace(b" .\n", b"\t.\t\n"),
        lambda text: text.replace(b"> .\n", b">.\n"), lambda text: text.replace(b" <", b"  \t<"),
        lambda text: text.replace(b" <https", b"<https"), lambda text: b"".join(sorted(text.splitlines(keepends=True))),
        lambda text: text + f"# {graph_name('facts')} .\n".encode(), lambda text: text.replace(b'"7"', b'"\\u0037"'),
    ],
)  # fmt: skip
def test_other_ways_to_write_a_file_are_the_same(change: Callable[[bytes], bytes], splits: Split) -> None:
    """Also a comment that ends as a quad does."""
    plain = nquads(facts='<x:a> <x:b> <x:c>\n<x:a> <x:b> "7"\n<x:a> <x:b> "<x> ."@en')
    expected = {name: (one.content.count, one.content.digest) for name, one in splits(plain).items()}
    assert expected["facts"][0] == 3
    given = change(plain)
    assert given != plain or plain == b"".join(sorted(plain.splitlines(keepends=True)))
    found = splits(given)
    assert {name: (one.content.count, one.content.digest) for name, one in found.items()} == expected
    for one in found.values():
        held = one.path.read_bytes()
        assert b"\r" not in held and {quad.graph_name for quad in ox.parse(held, format=ox.RdfFormat.N_TRIPLES)} == {
            ox.DefaultGraph()
        }


def test_literals_are_counted_by_value_and_sent_as_they_are(splits: Split) -> None:
    integer = "<http://www.w3.org/2001/XMLSchema#integer>"
    found = splits(nquads(facts=f'<x:a> <x:b> "7"^^{integer}\n<x:a> <x:b> "007"^^{integer}'))["facts"]
    assert found.content.count == 1
    assert found.path.read_bytes().count(b"\n") == 2 and b'"007"' in found.path.read_bytes()


def test_a_graph_may_be_empty_but_not_all(splits: Split) -> None:
    found = splits(nquads(inferred="", evidence=""))
    assert [found[name].content.count for name in GRAPHS] == [1, 1, 0, 1, 0]
    assert found["inferred"].size == 0 and found["inferred"].content.digest == hashlib.sha256().hexdigest()


@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing\n\r\n", f"# {graph_name('facts')} .\n".encode()])
def test_an_empty_file_is_refused(content: bytes, splits: Split, tmp_path: Path) -> None:
    assert refusal(splits, content) == f"{tmp_path / 'g.nq'} is empty: build it again"


HERE = f" {graph_name('facts')} .\n".encode()


@pytest.mark.parametrize(
    "wrong",
    [
        b"<x:a> <x:b> <x:c> <x:other> .\n", b"<x:a> <x:b> <x:c> .\n", b"<x:a> <x:b> <x:c> _:g .\n", b"\x89PNG\n",
        b"\x00\xff\xfe\n", b"hello\n", b"<html>\n", b"{}\n", b"<x:a> <x:b>" + HERE, b'<x:a> <x:b> "c"^^' + HERE,
        b"_:b <x:b> <x:c>" + HERE, b"<x:a> <x:b> _:b" + HERE, b"<a> <x:b> <x:c>" + HERE, b"<x:0> <x:b>" + HERE,
        b'<x:a> <x:b> "\xff"' + HERE, b'<x:a> <x:b> "\xff"^^<x:t>' + HERE, b"<x:a> <x:b> <x:c> <x:d>" + HERE,
        b"<x:a> <x:b> <x:c>" + HERE[:-2] + b"!\n", b"<x:a> <x:b> <x:c>" + HERE[:-3],
        b"<x:a> <x:b> <x:c>" + HERE.replace(b"facts", b"fact"), b"<x:a> <x:b> <x:c>" + HERE.replace(b"facts", b"Facts"),
        b"<x:a> <x:b> <x:c>" + HERE[:-1] + b" # <x:d> .\n", b"<< <x:a> <x:b> <x:c> >> <x:b> <x:c>" + HERE,
        b"<x:a> <x:b> <x:c>" + HERE[:-1] + b"<x:a> <x:b> <x:c>" + HERE,
    ],
)  # fmt: skip
def test_a_file_with_another_line_is_refused_with_its_place(
    wrong: bytes, splits: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read at once or in blocks of a line or two."""
    good = nquads(facts="\n".join(f"<x:{n}> <x:b> <x:c>" for n in range(20))).splitlines(keepends=True)
    for block in (parts._BLOCK, 150):
        monkeypatch.setattr(parts, "_BLOCK", block)
        said = refusal(splits, b"".join([*good[:7], wrong, *good[7:]]))
        assert said.startswith(f"{tmp_path / 'g.nq'}:8: ") and said.endswith(": build it again"), said


def test_a_long_line_is_split(splits: Split) -> None:
    found = splits(nquads(facts=f'<x:a> <x:b> "{"é<" * 1_700_000}"\n<x:a> <x:b> "{"z" * 5_000_000}\\n"'))
    assert found["facts"].content.count == 2
    assert refusal(splits, b"x" * 5_000_000).startswith(str(found["facts"].path.parent.parent / "g.nq:1: "))


# ---------------------------------------------------------------- sorting


def sorted_file(path: Path, some: list[bytes], at_once: int = 3) -> Content:
    sorter = Sorter(path)
    for begin in range(0, len(some), at_once):
        sorter.add(some[begin : begin + at_once])
    return sorter.content()


@pytest.mark.parametrize("run", [1, 40, 1000, 1 << 20])
def test_runs_of_any_size_give_the_same(run: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More lines than a batch of the merge has; each stands in several runs."""
    monkeypatch.setattr(parts, "_RUN", run)
    count = 150 if run < 1000 else 5000
    some = [f'<x:{n * 7919 % 3001}> <x:b> "{"é" * (n % 5)}" .\n'.encode() for n in range(count)]
    some += some[::2]
    made = sorted_file(tmp_path / "sorted", some, 1 if run < 1000 else 50)
    held = (tmp_path / "sorted").read_bytes()
    assert held == b"".join(sorted(set(some)))
    assert made == Content(len(set(some)), digest(set(some)), tmp_path / "sorted")
    assert [file.name for file in tmp_path.iterdir()] == ["sorted"], "no run is left"


def test_nothing_sorted_is_nothing(tmp_path: Path) -> None:
    assert sorted_file(tmp_path / "sorted", []) == Content(0, hashlib.sha256().hexdigest(), tmp_path / "sorted")
    assert (tmp_path / "sorted").read_bytes() == b""


def test_a_double_at_the_border_of_two_batches_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_BATCH", 2)
    some = [b"a\n", b"b\n", b"b\n", b"b\n", b"c\n", b"c\n", b"c\n"]
    assert sorted_file(tmp_path / "sorted", some).count == 3


def test_memory_stays_when_a_file_grows(splits: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph of 5 MB in runs of a quarter takes little more than a run; in one run it takes more than itself."""
    monkeypatch.setattr(parts, "_BLOCK", 1 << 16)
    some = [f'<x:{n * 7919 % 20_011}> <x:b> "{"y" * 200}" .\n'.encode() for n in range(20_011)]
    content, peaks = b"".join(one[:-3] + HERE for one in some), []
    for run in (1 << 18, 1 << 30):
        monkeypatch.setattr(parts, "_RUN", run)
        tracemalloc.start()
        made = splits(content)["facts"].content
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (made.count, made.digest) == (20_011, digest(set(some)))
    assert peaks[0] < 4 << 20 < 5 << 20 < peaks[1], peaks


# ---------------------------------------------------------------- lines, changes

pieces = st.lists(
    st.sampled_from([b"", b"\n", b"\r\n", b"\r", b"a", b"bc\n", b"\xe2\x80\xa8", b"\x85\x0b\x0c\x1c", b"\n\n"])
)


@given(pieces, st.lists(st.integers(1, 5), min_size=1))
def test_a_stream_has_its_lines_however_it_is_cut(words: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(words)
    chunks, at, number = [], 0, 0
    while at < len(whole):
        size = sizes[number % len(sizes)]
        chunks.append(whole[at : at + size])
        at, number = at + size, number + 1
    found = [line for block in lines(chunks) for line in block]
    assert b"".join(found) == whole
    ends = b"".join(found).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert [line.rstrip(b"\r\n") for line in found] == ends.split(b"\n")[: len(found)]
    assert not any(b"\n" in line[:-1] for line in found)


def test_lines_come_as_they_arrive() -> None:
    seen = []

    def chunks() -> object:
        for chunk in (b"a\nb", b"c\n", b"d"):
            seen.append(chunk)
            yield chunk

    found = lines(chunks())  # type: ignore[arg-type]
    assert next(found) == [b"a\n"] and seen == [b"a\nb"]
    assert [line for block in found for line in block] == [b"bc\n", b"d"]


some_lines = st.sets(st.text("ab\x80", min_size=1, max_size=4).map(lambda text: text.encode() + b"\n"))


@settings(max_examples=60)
@given(here=some_lines, there=some_lines)
def test_changes_are_the_differences_of_two_sets(
    here: set[bytes], there: set[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, some in (("here", here), ("there", there)):
        (folder / name).write_bytes(b"".join(sorted(some)))
    found = list(changes(folder / "here", folder / "there"))
    assert {line for kind, line in found if kind == "missing"} == here - there
    assert {line for kind, line in found if kind == "extra"} == there - here
    assert len(found) == len(here ^ there)
    assert all(one[1] < other[1] for one, other in pairwise(found)), "in the order of the lines"


# ---------------------------------------------------------------- two processes


XSD = "http://www.w3.org/2001/XMLSchema#"


def quads(count: int) -> list[str]:
    """As a build has them, and in its order."""
    graphs = [graph_name(name).value for name in GRAPHS]
    made = (f'<x:{n:06}> <x:value> "{n}"^^<{XSD}nonNegativeInteger> <{graphs[n % 5]}> .\n' for n in range(count))
    return sorted(made)


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
@pytest.mark.parametrize("end", ["", "\n", "<x:last> <x:is> <x:that> <https://w3id.org/aigov-kg/graph/facts> ."])
def test_half_of_a_large_file_is_split_by_another_process(
    order: int, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "graph.nq"
    file.write_text("".join(quads(3_001)[::order]) + end)
    found = []
    for large in (1 << 30, 1):
        monkeypatch.setattr("kg.stores.parts._LARGE", large)
        folder = tmp_path / str(large)
        folder.mkdir()
        parts = split(file, folder)
        contents = [(one.size, one.content.count, one.content.digest) for one in parts.values()]
        texts = [(one.path.read_bytes(), one.content.path.read_bytes()) for one in parts.values()]
        assert [one.size for one in parts.values()] == [len(raw) for raw, _ in texts]
        found.append((contents, texts))
        assert len(list(folder.iterdir())) == 2 * len(GRAPHS), "nothing else is left"
    assert found[0] == found[1]
    assert sum(count for _, count, _ in found[0][0]) == 3_001 + end.startswith("<")


@pytest.mark.parametrize("line", [1, 1_200, 2_900])
def test_a_wrong_line_of_a_large_file_is_named(line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.parts._LARGE", 1)
    listed = quads(3_000)
    listed[line - 1] = "this is none\n"
    file = tmp_path / "graph.nq"
    file.write_text("".join(listed))
    with pytest.raises(BadUse, match=rf"graph\.nq:{line}: this is no quad of the five graphs"):
        split(file, tmp_path)
