"""A triplestore's graphs, counted, read and written through its endpoints, however it answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from stores.fake import Answer, Fake

from kg.errors import BadUse, StoreFailed
from kg.stores.dialects import DIALECTS, Endpoints
from kg.stores.parts import Content
from kg.stores.store import Body, Store, _pieces
from kg.stores.web import Credentials, Web

GRAPH = "https://example.org/g?a=b&c"
XSD = "http://www.w3.org/2001/XMLSchema#"
LINES = [f'<x:{n}> <x:p> "{n % 3} é\\n" .\n' for n in range(200)]


@pytest.fixture
def opened(fakes: Fake) -> Iterator[Callable[..., Store]]:
    """The fake of each dialect as a store; `graphs=""` is one without a graph store."""
    webs = []

    def call(graphs: str | None = None) -> Store:
        known = Credentials(*fakes.user) if fakes.user else Credentials()
        webs.append(Web(fakes.url, 5.0, known))
        query, update, store = map(fakes.endpoint, range(3))
        at = Endpoints(DIALECTS[fakes.dialect], query, update, store if graphs is None else graphs)
        return Store(webs[-1], at)

    yield call
    for web in webs:
        web.__exit__()


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    return opened()


def content(some: list[str], path: Path) -> Content:
    """What it should be, made at once."""
    held = "".join(sorted(set(some))).encode()
    return Content(len(set(some)), hashlib.sha256(held).hexdigest(), path)


# ---------------------------------------------------------------- counting


def test_a_graph_is_counted(fakes: Fake, store: Store) -> None:
    assert store.count(GRAPH) == 0
    fakes.put(GRAPH, "".join(LINES))
    fakes.put("x:other", "".join(LINES))
    assert store.count(GRAPH) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"200", b"[]", b"null", b"{}", b'{"results": {"bindings": []}}', b'{"results": {"bindings": [{}]}}',
        b'{"results": {"bindings": [{"n": {"value": "many"}}]}}', b'{"results": {"bindings": [{"n": {"value": -1}}]}}',
        b'{"results": {"bindings": [{"n": {"value": null}}]}}', b"<html>", b'{"boolean": true}', b'{"results": 7}',
        b"\xff",
    ],
)  # fmt: skip
def test_a_count_that_is_no_number_is_told(body: bytes, fakes: Fake, store: Store) -> None:
    fakes.trouble("POST", Answer(200, body))
    with pytest.raises(StoreFailed) as caught:
        store.count(GRAPH)
    assert str(caught.value) == f"{fakes.endpoint(0)} answers a question for a count with no number: see its log"


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("form", [ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE])
@pytest.mark.parametrize("graphs", [None, ""])
def test_a_graph_is_read_whole(
    form: ox.RdfFormat, graphs: str | None, fakes: Fake, opened: Callable[..., Store], tmp_path: Path
) -> None:
    """From the graph store, or by a query where there is none; as N-Triples or Turtle."""
    fakes.form = form
    fakes.put(GRAPH, "".join(LINES))
    fakes.put("x:other", "<x:not> <x:this> <x:one> .")
    made = opened(graphs).content(GRAPH, tmp_path / "there", 200)
    assert made == content(LINES, tmp_path / "there")
    assert made.path.read_text() == "".join(sorted(LINES))
    assert len(fakes.listener.asked) == (2 if fakes.user and graphs is None else 1)


@pytest.mark.parametrize("kind", ["text/plain", "application/n-triples; charset=utf-8", "Application/N-Triples"])
def test_n_triples_have_several_names(kind: str, fakes: Fake, store: Store, tmp_path: Path) -> None:
    text = b"<x:a> <x:b> <x:c> .\r\n# end"
    fakes.trouble("GET", Answer(200, text, {"Content-Type": kind}))
    assert store.content(GRAPH, tmp_path / "there", 1).path.read_bytes() == b"<x:a> <x:b> <x:c> .\n"


def test_a_graph_that_is_not_there_is_empty(store: Store, tmp_path: Path) -> None:
    assert store.content(GRAPH, tmp_path / "there", 0) == content([], tmp_path / "there")


def test_values_are_read_as_they_were_given(fakes: Fake, store: Store, tmp_path: Path) -> None:
    def shown(literal: ox.Literal) -> ox.Literal:
        made = {"140.0": "140", "PT90M": "5400.0", "7": "007"}.get(literal.value, literal.value)
        return ox.Literal(made, datatype=literal.datatype)

    some = [f'<x:a> <x:b> "{text}"^^<{XSD}{kind}> .\n' for text, kind in
            (("140", "decimal"), ("PT1H30M", "duration"), ("7", "integer"))]  # fmt: skip
    raw = "".join(some).replace('"140"', '"140.0"').replace("PT1H30M", "PT90M").replace("#integer", "#long")
    fakes.put(GRAPH, raw)
    fakes.writes_as = shown
    assert store.content(GRAPH, tmp_path / "there", 3) == content(some, tmp_path / "there")


def parts(fakes: Fake) -> list[str]:
    """The queries for a part of a graph."""
    asked = [asked.form.get("query", "") for asked in fakes.listener.asked if asked.method == "POST"]
    return [query for query in asked if query.startswith("CONSTRUCT { ?s <")]


@pytest.mark.parametrize(("cut", "graphs"), [(199, None), (30, "")])
def test_a_cut_answer_is_read_in_pieces(
    cut: int, graphs: str | None, fakes: Fake, opened: Callable[..., Store], tmp_path: Path
) -> None:
    """Of a property with too many triples by the beginning of the MD5 of the subject: 16, 256 or 4,096 pieces."""
    fakes.put(GRAPH, "".join(LINES))
    fakes.cut = cut
    assert opened(graphs).content(GRAPH, tmp_path / "there", 200) == content(LINES, tmp_path / "there")
    letters = [re.findall(r'MD5\(STR\(\?s\)\), "([0-9a-f]*)"', query)[0] for query in parts(fakes)]
    assert letters == [f"{n:0{len(letters[0])}x}" for n in range(16 ** len(letters[0]))]
    assert 200 / len(letters) < 0.6 * cut


def test_a_cut_answer_is_read_by_its_properties(fakes: Fake, store: Store, tmp_path: Path) -> None:
    lines = [f"<x:{n}> <x:p{n % 4}> <x:o> .\n" for n in range(200)]
    fakes.put(GRAPH, "".join(lines))
    fakes.cut = 50
    assert store.content(GRAPH, tmp_path / "there", 200) == content(lines, tmp_path / "there")
    assert [re.findall("<x:p.>", query)[0] for query in parts(fakes)] == ["<x:p0>", "<x:p1>", "<x:p2>", "<x:p3>"]
    assert not any("MD5" in query for query in parts(fakes))


def test_pieces_are_as_many_as_are_needed(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before them is forgotten, also where it was put by."""
    monkeypatch.setattr("kg.stores.parts._RUN", 200)
    fake.put(GRAPH, "".join(LINES))
    fake.cut = 12
    with Web(fake.url) as web:
        at = Endpoints(DIALECTS["oxigraph"], *map(fake.endpoint, range(3)))
        assert Store(web, at).content(GRAPH, tmp_path / "there", 200) == content(LINES, tmp_path / "there")
    assert len(set(parts(fake))) == len(parts(fake)) == 256


@pytest.mark.parametrize(("much", "pieces"), [(150, 16), (199, 16), (200, 0)])
def test_a_store_that_fails_at_a_large_graph_is_asked_for_less(
    much: int, pieces: int, fakes: Fake, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.store._MUCH", much)
    fakes.put(GRAPH, "".join(LINES))
    fakes.trouble("GET", 500, times=99)
    if pieces:
        assert store.content(GRAPH, tmp_path / "there", 200) == content(LINES, tmp_path / "there")
    else:
        with pytest.raises(StoreFailed, match="500"):
            store.content(GRAPH, tmp_path / "there", 200)
    assert len(parts(fakes)) == pieces


@pytest.mark.parametrize(
    ("counts", "given", "letters"),
    [
        ((200,), 200, (0,)), ((200,), 199, (1,)), ((200, 5, 9), 20, (2, 0, 0)), ((200,), 1, (3,)), ((2457,), 1, (3,)),
        ((2458,), 1, ()), ((1, 2458), 1, ()), ((5,), 0, ()), ((), 9, ()),
    ],
)  # fmt: skip
def test_pieces_are_no_larger_than_what_a_store_gives(
    counts: tuple[int, ...], given: int, letters: tuple[int, ...]
) -> None:
    found = _pieces({f"x:{place}": count for place, count in enumerate(counts)}, given)
    wanted = [
        (f"x:{place}", f"{n:0{few}x}" if few else "") for place, few in enumerate(letters) for n in range(16**few)
    ]
    assert found == wanted


def test_a_store_that_counts_no_numbers_is_told(fakes: Fake, store: Store, tmp_path: Path) -> None:
    fakes.put(GRAPH, "".join(LINES))
    fakes.cut = 100
    fakes.trouble("POST", Answer(200, b"<html>", {"Content-Type": "text/html"}))
    with pytest.raises(StoreFailed, match="answers a question for counts with no numbers"):
        store.content(GRAPH, tmp_path / "there", 200)


@pytest.mark.parametrize(("cut", "subject"), [(100, "<x:one>"), (1, "<x:{}>")])
def test_an_answer_that_can_not_be_had_in_pieces_is_told(
    cut: int, subject: str, fakes: Fake, store: Store, tmp_path: Path
) -> None:
    """One subject with more than the store gives at once; or so little at once that there would be too many pieces."""
    count = 200 if cut > 1 else 3000
    fakes.put(GRAPH, "".join(f'{subject.format(n)} <x:p> "{n}" .\n' for n in range(count)))
    fakes.cut = cut
    with pytest.raises(StoreFailed) as caught:
        store.content(GRAPH, tmp_path / "there", count)
    assert str(caught.value) == (
        f"{fakes.endpoint(0)} counts {count:,} triples in <{GRAPH}> but gives {cut}: it cuts long answers (Virtuoso: "
        "ResultSetMaxRows), or was changed meanwhile"
    )


@pytest.mark.parametrize("lie", [-1, 1])
def test_a_store_that_contradicts_itself_is_told(lie: int, fakes: Fake, store: Store, tmp_path: Path) -> None:
    fakes.put(GRAPH, "".join(LINES))
    with pytest.raises(StoreFailed, match=rf"counts {200 + lie} triples in .* but gives 200: "):
        store.content(GRAPH, tmp_path / "there", 200 + lie)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/rdf+xml", b"<rdf:RDF/>", "as application/rdf+xml, not as N-Triples or Turtle"),
        ("", b"<x:a> <x:b> <x:c> .", "as nothing, not as N-Triples or Turtle"),
        ("text/html", b"<html>", "as text/html, not as N-Triples or Turtle"),
        ("application/n-triples", b"_:b <x:b> <x:c> .", "with what can't be read: it has a blank node"),
        ("text/turtle", b"[] <x:b> <x:c> .", "with what can't be read: it has a blank node"),
        ("text/plain", b"Virtuoso 42000 Error", "with what can't be read: "),
        ("application/n-triples", b'<x:a> <x:b> "\xff" .', "with what can't be read: "),
        ("application/n-triples", b'<x:a> <x:b> "\xff"^^<x:t> .', "with what can't be read: "),
        ("text/turtle", b"<x:a> <x:b> <x:c> ; ; <x:d", "with what can't be read: "),
        ("text/turtle", b'<x:a> <x:b> "\xff" .', "with what can't be read: "),
        ("text/turtle", b"<a> <b> <c> .", "with what can't be read: "),
    ],
)
def test_what_is_no_graph_is_told(kind: str, body: bytes, said: str, fakes: Fake, store: Store, tmp_path: Path) -> None:
    fakes.trouble("GET", Answer(200, body, {"Content-Type": kind} if kind else {}))
    with pytest.raises(StoreFailed) as caught:
        store.content(GRAPH, tmp_path / "there", 1)
    assert str(caught.value).startswith(f"{fakes.endpoint(0)} gives <{GRAPH}> {said}")


# ---------------------------------------------------------------- writing


def test_a_file_is_put_in_place_of_what_was_there(fakes: Fake, store: Store, tmp_path: Path) -> None:
    fakes.put(GRAPH, "<x:old> <x:old> <x:old> .")
    fakes.put("x:other", "<x:old> <x:old> <x:old> .")
    file, told = tmp_path / "file", list[int]()
    some = [f'<x:{n}> <x:b> "{"y" * 1000}" .\n' for n in range(600)]
    file.write_text("".join(some))
    store.put(GRAPH, file, 600, told.append)
    assert store.count(GRAPH) == 600 and store.count("x:other") == 1
    size = file.stat().st_size
    assert told == [1 << 18, 1 << 19, size] * (2 if fakes.user else 1)
    sent = [asked for asked in fakes.listener.asked if asked.method == "PUT"][-1]
    assert sent.headers["Content-Length"] == str(size) and not sent.headers["Transfer-Encoding"]
    assert sent.headers["Content-Type"] == "application/n-triples"
    assert sent.params == {DIALECTS[fakes.dialect].parameter: GRAPH}


def test_triples_are_replaced_added_and_dropped(fakes: Fake, store: Store) -> None:
    store.replace(GRAPH, LINES[0].encode())
    store.replace(GRAPH, LINES[1].encode())
    store.add(GRAPH, LINES[2].encode())
    store.add(GRAPH, LINES[2].encode())
    assert store.count(GRAPH) == 2
    store.add("x:new", LINES[0].encode())
    store.drop(GRAPH)
    store.drop(GRAPH)
    assert (store.count(GRAPH), store.count("x:new")) == (0, 1)


def test_a_few_triples_are_read(fakes: Fake, store: Store) -> None:
    assert store.triples(GRAPH) == []
    for form in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE):
        fakes.form = form
        fakes.put(GRAPH, "<x:a> <x:b> <x:c> .")
        assert [str(triple) for triple in store.triples(GRAPH)] == ["<x:a> <x:b> <x:c>"]


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("text/html", b"<html>", "is no graph store: it gives a graph as text/html, not as N-Triples"),
        ("", b"", "is no graph store: it gives a graph as nothing, not as N-Triples"),
        ("text/plain", b"hello", "gives a graph that can't be read: "),
        ("application/n-triples", b'<x:a> <x:b> "\xff" .', "gives a graph that can't be read: "),
    ],
)
def test_an_address_that_is_no_graph_store_is_told(
    kind: str, body: bytes, said: str, fakes: Fake, store: Store
) -> None:
    fakes.trouble("GET", Answer(200, body, {"Content-Type": kind} if kind else {}))
    with pytest.raises(StoreFailed) as caught:
        store.triples(GRAPH)
    assert str(caught.value).startswith(f"{fakes.endpoint(2)} {said}")


def test_an_update_is_sent_as_it_is(fakes: Fake, store: Store) -> None:
    text = 'INSERT DATA { GRAPH <x:g> { <x:a> <x:b> "é" } }'
    store.update(text, again=True)
    assert store.count("x:g") == 1
    assert fakes.listener.asked[0].body == text.encode()
    assert fakes.listener.asked[0].path == PATH[fakes.dialect]


PATH = {"oxigraph": "/update", "virtuoso": "/sparql-auth", "generic": "/kg/update"}


# ---------------------------------------------------------------- what is repeated


def kinds(store: Store, file: Path) -> dict[str, tuple[Callable[[], object], bool]]:
    """Each request, and whether it may be repeated."""
    return {
        "count": (lambda: store.count(GRAPH), True),
        "content": (lambda: store.content(GRAPH, file.with_name("there"), 1), True),
        "triples": (lambda: store.triples(GRAPH), True),
        "put": (lambda: store.put(GRAPH, file, 1), True),
        "replace": (lambda: store.replace(GRAPH, LINES[0].encode()), True),
        "add": (lambda: store.add(GRAPH, LINES[0].encode()), True),
        "drop": (lambda: store.drop(GRAPH), True),
        "update again": (lambda: store.update("CLEAR SILENT GRAPH <x:y>", again=True), True),
        "update": (lambda: store.update("CLEAR SILENT GRAPH <x:y>", again=False), False),
    }


@pytest.mark.parametrize(
    "kind", ["count", "content", "triples", "put", "replace", "add", "drop", "update again", "update"]
)
def test_all_but_an_update_is_repeated_after_a_pause(
    kind: str, fakes: Fake, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    file = tmp_path / "file"
    file.write_text(LINES[0])
    call, repeated = kinds(store, file)[kind]
    fakes.put(GRAPH, LINES[0])
    fakes.trouble(lambda asked: True, 503, times=2)
    if repeated:
        call()
        assert not fakes.troubles
        return
    with pytest.raises(StoreFailed):
        call()
    assert len(fakes.troubles) == 1


def test_a_large_graph_gets_more_time(
    fakes: Fake, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second for each 2,000 triples, beyond what the user allows anyway."""
    given: list[float] = []
    real = Web.open

    def noted(web: Web, *args: object, **options: object) -> object:
        given.append(options["seconds"])  # type: ignore[arg-type]
        return real(web, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Web, "open", noted)
    file = tmp_path / "file"
    file.write_text(LINES[0])
    store.put(GRAPH, file, 1_000_000)
    store.add_piece(GRAPH, file, (0, len(LINES[0].encode())), 40_000, lambda gone: None)
    store.update("CLEAR SILENT GRAPH <x:y>", again=False, triples=6_000)
    with pytest.raises(StoreFailed):
        store.content(GRAPH, tmp_path / "there", 80_000)
    assert given[:4] == [500.0, 20.0, 3.0, 40.0]


def test_who_may_not_write_is_told(fakes: Fake, store: Store) -> None:
    fakes.trouble(lambda asked: True, 403)
    with pytest.raises(BadUse, match="does not allow this to"):
        store.drop(GRAPH)


def test_a_body_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 600_000)
    told: list[int] = []
    body = Body(file, told.append)
    assert [len(b"".join(body)) for _ in range(2)] == [600_000] * 2
    assert told == [262_144, 524_288, 600_000] * 2


def test_a_piece_of_a_file_is_that_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 3_000)
    told: list[int] = []
    assert b"".join(Body(file, told.append, 100, 300_100)) == file.read_bytes()[100:300_100]
    assert told == [262_244, 300_100]
