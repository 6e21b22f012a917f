"""Loading: what is planned, what is sent and in which order, and that no fault of a server leaves a graph half done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from stores.fake import HANG_UP, RESET, Answer, Asked, Fake, nquads

from kg.errors import BadUse, KgError, StoreDiffers, StoreFailed
from kg.graphs import GRAPHS, graph_name
from kg.stores import load as loading
from kg.stores import record, swap
from kg.stores.dialects import DIALECTS, Endpoints
from kg.stores.load import Plan, carry_out, plan, unload
from kg.stores.parts import Part, split
from kg.stores.store import Store
from kg.stores.web import Credentials, Web

NAMES = [graph_name(name).value for name in GRAPHS]
OLD = nquads(facts="<x:a> <x:b> <x:old>\n<x:a> <x:b> <x:both>")
NEW = nquads(facts="<x:a> <x:b> <x:new>\n<x:a> <x:b> <x:both>", statements='<x:s> <x:p> "é\\n"@en')
THIRD = nquads(facts="<x:a> <x:b> <x:third>", statements="<x:s> <x:p> <x:third>")
OTHERS = "<x:not> <x:our> <x:own> ."


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    for module in ("web", "load"):
        monkeypatch.setattr(f"kg.stores.{module}.time", SimpleNamespace(sleep=made.append))
    return made


@contextmanager
def connected(fake: Fake) -> Iterator[Store]:
    """The store with all its endpoints."""
    known = Credentials(*fake.user) if fake.user else Credentials()
    with Web(fake.url, 5.0, known) as web:
        yield Store(web, Endpoints(DIALECTS[fake.dialect], *map(fake.endpoint, range(3))))


Parts = Callable[[bytes], dict[str, Part]]


@pytest.fixture(scope="session")
def parts_of(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The graphs of a file with this content, split once."""

    @cache
    def call(content: bytes) -> dict[str, Part]:
        folder = tmp_path_factory.mktemp("parts")
        (folder / "g.nq").write_bytes(content)
        return split(folder / "g.nq", folder)

    return call


class Loader:
    """Loads graphs into a fake, as the command does."""

    def __init__(self, fake: Fake, folder: Path, parts_of: Parts) -> None:
        self.fake, self.folder, self.parts = fake, folder, parts_of

    def plan(self, content: bytes, force: bool = False) -> Plan:
        with connected(self.fake) as store:
            return plan(store, self.parts(content).values(), self.folder, force)

    def __call__(self, content: bytes, force: bool = False, blind: bool = False) -> list[str]:
        """What was written; `blind` is without an update endpoint."""
        before = len(self.fake.writes)
        with connected(self.fake) as store:
            if blind:
                store = Store(store.web, replace(store.at, update=""))
            parts = self.parts(content).values()
            carry_out(store, plan(store, parts, self.folder, force))
        return self.fake.writes[before:]

    def refused(self, content: bytes, kind: type[KgError], force: bool = False, blind: bool = False) -> str:
        with pytest.raises(KgError) as caught:
            self(content, force, blind)
        assert type(caught.value) is kind, caught.value
        return str(caught.value)

    def states(self) -> dict[str, str]:
        """Whose each graph is that the releases have in different ways; `none` where it is nobody's."""
        known = {"first": NEW, "second": THIRD, "old": OLD}
        found = {}
        for name in ("facts", "statements"):
            there = "".join(f"{line} .\n" for line in sorted(self.fake.graphs().get(name, ())))
            whose = [who for who, what in known.items() if self.parts(what)[name].content.path.read_text() == there]
            found[name] = whose[0] if whose else "old" if not there else "none"
        return found

    def holds(self, content: bytes, clean: bool = True) -> None:
        """That the five graphs are these; `clean`: that nothing else is there but the record of them."""
        there = {name: some for name, some in self.fake.graphs().items() if name in GRAPHS}
        expected = {name: part.path.read_text().splitlines() for name, part in self.parts(content).items()}
        assert there == {name: {line.removesuffix(" .") for line in some} for name, some in expected.items() if some}
        if clean:
            with connected(self.fake) as store:
                known = record.read(store)
            digests = {part.graph: part.content.digest for part in self.parts(content).values()}
            assert known == record.Record({name: frozenset({one}) for name, one in digests.items()}, ())
            assert not known.interrupted
            assert set(self.fake.graphs()) - set(GRAPHS) <= {"loaded", "x:theirs"}


@pytest.fixture
def load(fake: Fake, tmp_path: Path, parts_of: Parts) -> Loader:
    return Loader(fake, tmp_path, parts_of)


@pytest.fixture
def loads(fakes: Fake, tmp_path: Path, parts_of: Parts) -> Loader:
    """The same for each dialect."""
    return Loader(fakes, tmp_path, parts_of)


def writes(asked: Asked) -> bool:
    return asked.method != "GET" and b"query=" not in asked.body[:6]


def is_move(asked: Asked) -> bool:
    """Whether it is the request that puts staging graphs in place."""
    return asked.body.startswith((b"MOVE", b"INSERT {"))


def once(wrote: list[str]) -> list[str]:
    """What was written, each told once: where a name is wanted, an address is asked once without it."""
    return [one for one, before in zip(wrote, ["", *wrote], strict=False) if one != before]


def is_put_of(name: str) -> Callable[[Asked], bool]:
    return lambda asked: asked.method == "PUT" and asked.url.endswith(name)


SWAP = [
    "POST loaded", *(f"PUT staging/{name}" for name in ("facts", "statements")), "UPDATE MOVE", "UPDATE DELETE",
]  # fmt: skip
ALL = ["POST loaded", *(f"PUT {name}" for name in GRAPHS), "UPDATE DELETE"]

# ---------------------------------------------------------------- the plan


def states(made: Plan) -> dict[str, str]:
    return {step.part.name: step.state for step in made.steps}


def test_into_an_empty_store_each_graph_goes_by_one_request(loads: Loader) -> None:
    loads.fake.put("x:theirs", OTHERS)
    made = loads.plan(NEW)
    assert (made.way, made.interrupted, set(states(made).values())) == ("put", False, {"empty"})
    assert loads.fake.writes == []
    assert once(loads(NEW)) == ALL
    loads.holds(NEW)
    assert loads.fake.graphs()["x:theirs"] == {OTHERS.removesuffix(" .")}


def test_what_is_there_already_is_not_sent_again(loads: Loader) -> None:
    loads(NEW)
    made = loads.plan(NEW)
    assert (made.way, made.todo, set(states(made).values())) == ("nothing", (), {"same"})
    assert loads(NEW) == []
    loads.holds(NEW)


def test_where_an_older_load_stands_what_changed_is_moved_in_at_once(loads: Loader) -> None:
    loads(OLD)
    made = loads.plan(NEW)
    assert made.way == "swap"
    assert states(made) == dict.fromkeys(GRAPHS, "same") | {"facts": "ours", "statements": "ours"}
    assert [step.there for step in made.steps] == [1, 2, 1, 1, 1]
    wrote = once(loads(NEW))
    loads.holds(NEW)
    (moves,) = {asked.body.decode() for asked in loads.fake.listener.asked if is_move(asked)}
    if loads.fake.dialect == "virtuoso":
        drops = ["DELETE staging/facts", "DELETE staging/statements"]
        assert wrote == [*SWAP[:-2], "UPDATE INSERT", *drops, "UPDATE DELETE"]
        assert "MOVE" not in moves
        return
    assert wrote == SWAP
    assert re.fullmatch(
        r"MOVE GRAPH <\S+/staging/([0-9a-f]{12})/facts> TO GRAPH <\S+/graph/facts> ;\n"
        r"MOVE GRAPH <\S+/staging/\1/statements> TO GRAPH <\S+/graph/statements>",
        moves,
    )


def test_without_an_update_endpoint_graphs_are_put_one_after_the_other(load: Loader) -> None:
    load(OLD, blind=True)
    load.holds(OLD)
    assert load(NEW, blind=True) == ["POST loaded", "PUT facts", "PUT statements", "PUT loaded"]
    load.holds(NEW)
    assert load(NEW, blind=True) == []


def test_a_graph_of_others_is_refused_and_nothing_is_written(loads: Loader) -> None:
    for number in range(5):
        loads.fake.put(NAMES[1], f"<x:not> <x:our> <x:own{number}> .")
    before = loads.fake.graphs()
    said = loads.refused(NEW, StoreDiffers)
    assert said == (
        f"<{NAMES[1]}> holds 5 triples that kg load did not put there, such as <x:not> <x:our> <x:own0> , "
        "<x:not> <x:our> <x:own1> , <x:not> <x:our> <x:own2>: choose another store, or replace them with --force"
    )
    assert loads.fake.graphs() == before and loads.fake.writes == []
    loads(NEW, force=True)
    loads.holds(NEW)


def test_a_long_triple_of_others_is_told_by_its_beginning(load: Loader) -> None:
    load.fake.put(NAMES[1], f'<x:a> <x:b> "{"é" * 100_000}" .')
    said = load.refused(NEW, StoreDiffers)
    assert 'such as <x:a> <x:b> "éé' in said and "éé…: choose another" in said and len(said) < 500


def test_a_load_that_others_changed_is_theirs(load: Loader) -> None:
    load(OLD)
    load.fake.put(NAMES[1], OTHERS)
    assert states(load.plan(OLD, force=True))["facts"] == "foreign"
    said = load.refused(NEW, StoreDiffers)
    assert "such as <x:a> <x:b> <x:old> , <x:not> <x:our> <x:own>: choose" in said
    load(OLD, force=True)
    load.holds(OLD)


@pytest.mark.parametrize("recorded", [True, False])
def test_a_piece_of_what_is_loaded_is_completed(recorded: bool, load: Loader) -> None:
    """A store that was cut off, or from which something was taken away: nothing of others is lost by loading."""
    if recorded:
        load(NEW)
        load.fake.store.remove_graph(ox.NamedNode(NAMES[1]))
    load.fake.put(NAMES[1], "<x:a> <x:b> <x:new> .")
    assert states(load.plan(NEW))["facts"] == "ours"
    load(NEW)
    load.holds(NEW)


def test_the_same_graph_put_there_by_another_way_is_the_same(load: Loader) -> None:
    for name, part in load.parts(NEW).items():
        load.fake.put(graph_name(name).value, part.path.read_text())
    assert load.plan(NEW).way == "nothing"
    assert load(NEW) == []


def test_a_graph_that_becomes_empty_is_emptied(loads: Loader) -> None:
    loads(OLD)
    made = loads.plan(nquads(inferred=""))
    assert states(made)["inferred"] == "ours"
    loads(nquads(inferred=""))
    loads.holds(nquads(inferred=""))
    assert loads.plan(nquads(inferred="")).way == "nothing"


@pytest.mark.parametrize("what", ["_:b <x:b> <x:c> .", "<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> ."])
def test_what_can_not_be_read_is_of_others(what: str, load: Loader) -> None:
    load.fake.put(NAMES[1], what)
    said = load.refused(NEW, StoreFailed)
    assert f"gives <{NAMES[1]}> with what can't be read: " in said and said.endswith("kg load --force replaces it")
    assert load.fake.writes == []
    assert states(load.plan(NEW, force=True))["facts"] == "foreign"
    load(NEW, force=True)
    load.holds(NEW)


def test_a_store_without_a_place_for_graphs_is_refused(load: Loader) -> None:
    with connected(load.fake) as store:
        bare = Store(store.web, replace(store.at, graphs=""))
        parts = load.parts(NEW).values()
        for call in (lambda: plan(bare, parts, load.folder), lambda: unload(bare, NAMES, load.folder)):
            with pytest.raises(BadUse) as caught:
                call()
            assert str(caught.value) == (
                f"{load.fake.endpoint(0)}: where are its graphs? Name its Graph Store Protocol endpoint with "
                "--graph-store"
            )


def test_progress_is_told_by_graph(load: Loader) -> None:
    told: list[tuple[str, int, int]] = []
    with connected(load.fake) as store:
        parts = load.parts(NEW)
        carry_out(store, plan(store, parts.values(), load.folder), lambda *some: told.append(some))
    assert told == [(name, part.size, part.size) for name, part in parts.items()]


# ---------------------------------------------------------------- requests that are too large


def too_large(most: int) -> Callable[[Asked], bool]:
    return lambda asked: asked.method in ("PUT", "POST") and "staging" in asked.url + "staging" and (
        len(asked.body) > most and not is_move(asked)
    )  # fmt: skip


BIG = nquads(facts="\n".join(f'<x:{n}> <x:b> "{"y" * 100}"' for n in range(2000)))
"""240 kB of facts."""


@pytest.mark.parametrize("there", [b"", OLD])
def test_what_is_too_large_goes_in_pieces(there: bytes, loads: Loader) -> None:
    """Into staging graphs, as large as the store takes them; moved in once all is there."""
    if there:
        loads(there)
    loads.fake.trouble(too_large(50_000), 413, times=99)
    told: list[tuple[str, int, int]] = []
    with connected(loads.fake) as store:
        parts = loads.parts(BIG)
        carry_out(store, plan(store, parts.values(), loads.folder), lambda *some: told.append(some))
    loads.fake.troubles.clear()
    loads.holds(BIG)
    sent = [asked for asked in loads.fake.listener.asked if asked.method == "POST" and "staging" in asked.url]
    sizes = [len(asked.body) for asked in sent if asked.headers["Authorization"] or not loads.fake.user]
    size = parts["facts"].size
    assert sizes[0] == size, "first the whole"
    assert size / 2 <= sizes[1] <= size / 2 + 200 and size / 4 <= sizes[2] <= size / 4 + 200
    taken = [one for one in sizes if one <= 50_000]
    assert sum(taken) == size and max(taken) > 25_000 and len(sizes) < 12
    assert all(asked.body.endswith(b" .\n") for asked in sent)
    assert [one[1] for one in told if one[0] == "facts"][-1] == size
    assert sum(map(is_move, loads.fake.listener.asked)) == (1 if not loads.fake.user else 2)


@pytest.mark.parametrize("there", [b"", OLD])
def test_where_no_piece_is_small_enough_the_loader_of_the_store_is_named(there: bytes, load: Loader) -> None:
    if there:
        load(there)
    before = {name: some for name, some in load.fake.graphs().items() if name in GRAPHS}
    load.fake.trouble(lambda asked: len(asked.body) > 5_000 and b"facts" in asked.url.encode(), 413, times=99)
    said = load.refused(BIG, StoreFailed)
    assert re.fullmatch(
        r"http\S+/store takes no body of this size \(413: said so\), be it of [\d,]+ bytes: load files with the "
        r"store's own loader \(--files DIR\)",
        said,
    )
    found = {name: some for name, some in load.fake.graphs().items() if name in GRAPHS}
    assert found == before if there else found.keys() <= {"ontology"}
    load.fake.troubles.clear()
    load(BIG)
    load.holds(BIG)


def test_what_came_of_a_request_that_was_too_large_is_dropped(load: Loader) -> None:
    """A server may have taken some of it before it said no."""

    def half(asked: Asked) -> bool:
        if len(asked.body) < 50_000 or "staging" not in asked.url or asked.method != "PUT":
            return False
        load.fake.put(asked.params["graph"], OTHERS)
        return True

    load(OLD)
    load.fake.trouble(half, 413)
    load(BIG)
    load.holds(BIG)


def test_without_an_update_endpoint_there_are_no_pieces(load: Loader) -> None:
    load.fake.trouble(too_large(50_000), 413, times=99)
    said = load.refused(BIG, StoreFailed, blind=True)
    assert said == (
        f"{load.fake.endpoint(2)} takes no body of this size (413: said so); without an update endpoint (--update) it "
        "can't be sent in pieces: load files with the store's own loader (--files DIR)"
    )
    assert "MOVE" not in " ".join(load.fake.writes)


def test_one_line_that_is_too_large_is_told(load: Loader) -> None:
    load.fake.trouble(too_large(50_000), 413, times=99)
    said = load.refused(nquads(facts=f'<x:a> <x:b> "{"y" * 90_000}"'), StoreFailed)
    assert "be it of 90,0" in said and "--files DIR" in said


# ---------------------------------------------------------------- faults midway


@pytest.mark.parametrize("fault", [507, RESET, Answer(200, b"x", kept=9)])
@pytest.mark.parametrize(("name", "done"), [("facts", True), ("statements", False)])
def test_a_fault_while_new_graphs_are_sent_leaves_the_old_ones(
    fault: Answer | int, name: str, done: bool, load: Loader
) -> None:
    load(OLD)
    for _ in range(4):  # what may be repeated is
        load.fake.trouble(is_put_of(name), fault, done)
    said = load.refused(NEW, StoreFailed)
    assert said.endswith("repeat the command to end the load") or said.endswith("repeat the command")
    assert said.count("repeat the command") == 1
    load.holds(OLD, clean=False)
    load.fake.troubles.clear()
    assert load.plan(NEW).interrupted
    load(NEW)
    load.holds(NEW)


@pytest.mark.parametrize(
    ("name", "done"), [("ontology", False), ("facts", True), ("evidence", False), ("evidence", True)]
)
def test_a_fault_while_an_empty_store_is_filled_is_ended_by_the_next_load(name: str, done: bool, load: Loader) -> None:
    load.fake.trouble(is_put_of(name), 500, done)
    assert load.refused(NEW, StoreFailed).endswith("(500: said so); repeat the command to end the load")
    found = load.fake.graphs()
    assert [one for one in GRAPHS if one in found] == list(GRAPHS[: GRAPHS.index(name) + done])
    load(NEW)
    load.holds(NEW)


@pytest.mark.parametrize(
    ("lost", "done"),
    [(RESET, True), (RESET, False), (HANG_UP, True), (Answer(500), False), (Answer(504), True),
     (Answer(200, b"x", kept=9), True)],
)  # fmt: skip
def test_a_move_whose_answer_is_lost_is_never_repeated(lost: Answer, done: bool, load: Loader) -> None:
    """It may still be at work, and a second one empties its target on some servers."""
    load(OLD)
    load.fake.trouble(is_move, lost, done, times=3)
    said = load.refused(NEW, StoreFailed)
    assert "repeat the command" in said
    assert load.fake.writes.count("UPDATE MOVE") == 1
    load.holds(NEW if done else OLD, clean=False)
    load.fake.troubles.clear()
    load(NEW)
    load.holds(NEW)
    assert load.fake.writes.count("UPDATE MOVE") == (1 if done else 2)


def test_a_move_that_takes_too_long_is_never_repeated(load: Loader) -> None:
    load(OLD)
    load.fake.trouble(is_move, Answer(204, waits=0.5), done=True)
    with connected(load.fake) as store:
        store.web._seconds = 0.1
        made = plan(store, load.parts(NEW).values(), load.folder)
        with pytest.raises(StoreFailed, match=r"did not answer within .*; repeat the command to end the load$"):
            carry_out(store, made)
    assert load.fake.writes.count("UPDATE MOVE") == 1


@pytest.mark.parametrize("status", [503, 429])
def test_a_move_that_was_refused_is_tried_again_after_looking(status: int, load: Loader, pauses: list[float]) -> None:
    load(OLD)
    load.fake.trouble(is_move, status, times=2)
    before = len(load.fake.listener.asked)
    load(NEW)
    load.holds(NEW)
    did = load.fake.did()[before:]
    first = did.index("UPDATE MOVE")
    looks = ["QUERY SELECT", "QUERY SELECT"]
    assert did[first : first + 7] == ["UPDATE MOVE", *looks, "UPDATE MOVE", *looks, "UPDATE MOVE"]
    assert [round(pause) for pause in pauses if pause >= 1] == [1, 2]


def test_a_move_is_not_tried_for_ever(load: Loader) -> None:
    load(OLD)
    load.fake.trouble(is_move, 503, times=9)
    said = load.refused(NEW, StoreFailed)
    assert said.endswith("has too much to do, or is starting (503: said so); repeat the command to end the load")
    assert load.fake.writes.count("UPDATE MOVE") == 3
    load.holds(OLD, clean=False)


def test_a_change_too_large_for_one_transaction_of_virtuoso_is_told(load: Loader) -> None:
    load(OLD)
    load.fake.trouble(
        is_move, Answer(500, b"Virtuoso 40005 Error SR325: log after image size", {"Content-Type": "text/plain"})
    )
    assert "raise TransactionAfterImageLimit" in load.refused(NEW, StoreFailed)
    load.holds(OLD, clean=False)
    load(NEW)
    load.holds(NEW)


def test_a_move_that_said_no_and_was_done_is_not_repeated(load: Loader) -> None:
    """Looked at, its staging graphs are empty."""
    load(OLD)
    load.fake.trouble(is_move, 503, done=True)
    said = load.refused(NEW, StoreDiffers)
    assert re.search(r"says that <\S+/staging/\S+/facts> has 0 triples, not 2: repeat the command", said)
    assert load.fake.writes.count("UPDATE MOVE") == 1
    load.holds(NEW, clean=False)
    load(NEW)
    load.holds(NEW)


def test_a_move_that_comes_twice_does_no_harm(loads: Loader) -> None:
    """Where a MOVE of nothing would empty its target, the request fails before it begins."""
    loads(OLD)
    fake = loads.fake
    fake.trouble(lambda asked: is_move(asked) and bool(not fake.user or asked.headers["Authorization"]), 500, done=True)
    loads.refused(NEW, StoreFailed)
    loads.holds(NEW, clean=False)
    (moves,) = {asked.body.decode() for asked in fake.listener.asked if is_move(asked)}
    with connected(fake) as store:
        if fake.dialect == "virtuoso":
            store.update(moves, again=False)
            loads.holds(NEW, clean=False)
        for stage in [graph for graph in fake.graphs() if graph.startswith("staging/")]:
            store.drop(graph_name(stage).value)
        with pytest.raises(StoreFailed, match=r"staging graphs are gone|does not exist"):
            store.update(moves, again=False)
    loads.holds(NEW, clean=False)


def test_on_virtuoso_one_operation_changes_all_graphs_and_no_triple_twice() -> None:
    """A killed server would have lost what is deleted and inserted; and of several operations, those are kept that were
    done when the client was killed. Before, the request fails unless all staging graphs are whole.
    """
    store = ox.Store()
    for graph, names in (("x:old", "ab"), ("x:new", "bc"), ("x:empty", "a"), ("x:other", "z")):
        for name in names:
            store.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <x:{name}> <x:p> <x:o> }} }}")
    text = swap.differences([swap.Stage("x:new", "x:old", 2), swap.Stage("x:nothing", "x:empty", 0)])
    signals: list[str] = []
    seen = []
    check, change = text.replace("bif:signal(", "<x:signal>(").split(" ;\n")
    assert change.count("DELETE") == change.count("INSERT") == 1
    for graph in ("x:old", "x:new", "x:empty", "x:nothing"):
        assert change.count(f"FILTER NOT EXISTS {{ GRAPH <{graph}>") == 1
    for step in (check.replace("?n = 2", "?n = 3"), check, change):
        store.update(step, custom_functions={ox.NamedNode("x:signal"): lambda *said: signals.append(said[1].value)})
        held = dict.fromkeys(("x:old", "x:new", "x:empty", "x:other"), "")
        for quad in sorted(store, key=str):
            held[quad.graph_name.value] += quad.subject.value.removeprefix("x:")
        seen.append(tuple(held.values()))
    assert signals == ["staging graphs are gone"]
    before = ("ab", "bc", "a", "z")
    assert seen == [before, before, ("bc", "bc", "", "z")]


def test_a_staging_graph_that_came_out_short_is_not_moved_in(loads: Loader) -> None:
    loads(OLD)
    loads.fake.loses = 1
    said = loads.refused(NEW, StoreDiffers)
    assert re.fullmatch(
        r"\S+ says that <\S+/staging/[0-9a-f]{12}/facts> has 1 triples, not 2: repeat the command, then kg verify "
        "tells what differs",
        said,
    )
    assert not any(map(is_move, loads.fake.listener.asked))
    loads.holds(OLD, clean=False)
    loads.fake.loses = 0
    loads(NEW)
    loads.holds(NEW)


def test_a_graph_that_came_out_short_is_told(load: Loader) -> None:
    load.fake.loses = 1
    said = load.refused(NEW, StoreDiffers)
    assert f"says that <{NAMES[0]}> has 0 triples, not 1: repeat" in said
    load.fake.loses = 0
    load(NEW)
    load.holds(NEW)


@pytest.mark.parametrize("there", [b"", OLD], ids=["empty", "older"])
def test_a_store_that_needs_pieces_gets_them(there: bytes, load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DIALECTS, load.fake.dialect, replace(DIALECTS[load.fake.dialect], request=40_000))
    if there:
        load(there)
    before = len(load.fake.listener.asked)
    load(BIG)
    load.holds(BIG)
    sent = [one for one in load.fake.listener.asked[before:] if one.method in ("PUT", "POST") and b"<x:" in one.body]
    assert max(len(one.body) for one in sent) <= 41_000
    assert sum(one.method == "POST" and len(one.body) > 30_000 for one in sent) > 3


@pytest.mark.parametrize("lie", [-1, 1])
def test_a_store_that_lies_about_counts_is_told(lie: int, load: Loader) -> None:
    load(OLD)
    load.fake.lies = lie
    for content in (OLD, NEW):
        before = len(load.fake.writes)
        with pytest.raises((StoreDiffers, StoreFailed), match=r"counts|says that"):
            load(content)
        assert "UPDATE MOVE" not in load.fake.writes[before:]
    load.holds(OLD, clean=False)


def test_a_cut_answer_hides_nothing(load: Loader) -> None:
    """An older load of which the store gives only some at once is still known."""
    load(BIG)
    load.fake.cut = 300
    assert states(load.plan(OLD))["facts"] == "ours"
    assert load.plan(BIG).way == "nothing"


def test_credentials_that_are_refused_midway_are_told(load: Loader) -> None:
    load.fake.trouble(is_put_of("statements"), 401)
    said = load.refused(NEW, BadUse)
    assert "wants a name and password" in said
    load(NEW)
    load.holds(NEW)


def test_of_two_loads_at_once_one_is_whole(loads: Loader) -> None:
    """The second takes the first for interrupted and drops its staging graphs: the first must not move nothing in."""
    loads(OLD)
    begun: list[Asked] = []

    def meanwhile(asked: Asked) -> bool:
        if is_move(asked) and not begun and bool(asked.headers["Authorization"]) is bool(loads.fake.user):
            begun.append(asked)
            loads(BIG)
        return False

    loads.fake.trouble(meanwhile, 500)
    loads.refused(NEW, StoreFailed)
    assert begun
    loads.holds(BIG)
    loads(NEW)
    loads.holds(NEW)


@pytest.mark.slow
@pytest.mark.parametrize("there", [b"", OLD])
@pytest.mark.parametrize("pause", [None, *(pytest.param(number, marks=pytest.mark.slow) for number in (1, 3))])
def test_two_loads_at_once_leave_what_one_of_them_brought(pause: int | None, there: bytes, load: Loader) -> None:
    """The first stands still at one of its requests; meanwhile the second runs to its end, or until it writes for the
    n-th time, and goes on when the first has ended.
    """
    seen = set()
    for number in range(0, 99, 4):
        load.fake.store.clear()
        if there:
            load(there)
        both = TwoLoads(load, number, pause)
        if not both.begun.is_set():
            break
        seen.add(both.well)
        now = load.states()
        assert "none" not in now.values(), (number, both.well, now)
        assert len(set(now.values())) == 1 or (not there and len(both.well) < 2), (number, both.well, now)
        if there and len(both.well) == 1:
            assert both.well[0] in now.values(), (number, both.well, now)
        load(NEW)
        load.holds(NEW)
    assert number > 15
    assert {("first",), ("second",)} & seen, "one of them gives up at least once"


class TwoLoads:
    """Two loads into one store, in two threads; which of them ended well, in that order."""

    def __init__(self, load: Loader, number: int, pause: int | None) -> None:
        self.well: tuple[str, ...] = ()
        self.begun, self._still, self._go = Event(), Event(), Event()
        self._number, self._pause = number, pause
        (load.folder / "second").mkdir(exist_ok=True)
        other = Loader(load.fake, load.folder / "second", load.parts)
        second = Thread(target=self._run, args=("second", other, THIRD))
        self._start = second.start
        load.fake.trouble(self._hold, 500)
        self._run("first", load, NEW)
        self._go.set()
        if self.begun.is_set():
            second.join()
        load.fake.troubles.clear()

    def _run(self, name: str, load: Loader, content: bytes) -> None:
        try:
            load(content)
            self.well += (name,)
        except KgError:
            pass
        finally:
            if name == "second":
                self._still.set()

    def _hold(self, asked: Asked) -> bool:
        """Whether to answer otherwise: never; but the answer waits."""
        if not self.begun.is_set():
            self._number -= 1
            if self._number < 0:
                self.begun.set()
                self._start()
                assert self._still.wait(20)
        elif self._pause is not None and not self._still.is_set() and writes(asked):
            self._pause -= 1
            if self._pause < 0:
                self._still.set()
                assert self._go.wait(20)
        return False


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("done", [True, False])
def test_whichever_write_fails_the_same_command_ends_it(number: int, done: bool, load: Loader) -> None:
    """Each write of a swap in turn fails, done or not; graphs are old or new together; the next load ends it."""
    load(OLD)
    left = [number]

    def nth(asked: Asked) -> bool:
        if not writes(asked):
            return False
        left[0] -= 1
        return left[0] == -1

    load.fake.trouble(nth, 500, done)
    with pytest.raises(StoreFailed):
        load(NEW)
    now = load.fake.graphs()
    ends = {name: {line.split()[2] for line in now[name]} for name in ("facts", "statements")}
    assert (ends["facts"] == {"<x:new>", "<x:both>"}) is (
        len(ends["statements"]) == 1 and "é" in str(ends["statements"])
    )
    load.fake.troubles.clear()
    load(NEW)
    load.holds(NEW)


# ---------------------------------------------------------------- the record


def test_the_record_tells_what_is_loaded(load: Loader) -> None:
    load(OLD)
    assert load.fake.graphs()["loaded"] == {
        f'<{part.graph}> <http://purl.org/dc/terms/identifier> "sha256:{part.content.digest}"'
        for part in load.parts(OLD).values()
    }
    assert graph_name("loaded").value == record.RECORD


def test_while_a_load_is_under_way_both_digests_are_known(load: Loader) -> None:
    """Whichever of the two a graph has when the load breaks off, it is ours; a third load ends both."""
    load(OLD)
    load.fake.trouble(is_move, 500)
    load.refused(NEW, StoreFailed)
    with connected(load.fake) as store:
        known = record.read(store)
    old, new = (load.parts(content)["facts"].content.digest for content in (OLD, NEW))
    assert known.digests[NAMES[1]] == {old, new} and known.interrupted
    assert known.ours(NAMES[1], old) and known.ours(NAMES[1], new)
    assert not known.ours(NAMES[1], "x") and not known.ours("x:y", old)
    assert len(known.staging) == 2
    load(BIG)
    load.holds(BIG)


@pytest.mark.parametrize("then", [OLD, NEW, BIG])
def test_staging_graphs_that_were_left_are_dropped_also_when_there_is_nothing_to_load(
    then: bytes, load: Loader
) -> None:
    load(OLD)
    load.fake.trouble(is_move, 500)
    load.refused(NEW, StoreFailed)
    assert sum(name.startswith("staging/") for name in load.fake.graphs()) == 2
    assert load.plan(then).interrupted
    load(then)
    load.holds(then)


def note(load: Loader, subject: str, predicate: str, value: str) -> None:
    load.fake.put(record.RECORD, f"<{subject}> <http://purl.org/dc/terms/{predicate}> {value} .")


@pytest.mark.parametrize("end", ["load", "unload"])
def test_a_record_makes_no_graph_of_others_be_dropped(end: str, load: Loader) -> None:
    """Whatever stands there as a staging graph; others may write into the record."""
    load(OLD)
    load.fake.put("x:theirs", OTHERS)
    load.fake.put(graph_name("staging").value, OTHERS)
    here = graph_name("").value
    for theirs in ("x:theirs", NAMES[0], record.RECORD, here, f"{here}staging", f"x:y?{here}staging/a"):
        note(load, record.RECORD, "hasPart", f"<{theirs}>")
    note(load, "x:s", "hasPart", '"staging"')
    before = len(load.fake.writes)
    if end == "load":
        load(NEW)
    else:
        with connected(load.fake) as store:
            unload(store, NAMES, load.folder)
    dropped = {one for one in load.fake.writes[before:] if one.startswith("DELETE")}
    assert dropped == ({f"DELETE {name}" for name in (*GRAPHS, "loaded")} if end == "unload" else set())
    assert load.fake.graphs()["x:theirs"] and load.fake.graphs()["staging"]


def test_a_record_with_nonsense_makes_nothing_ours(load: Loader) -> None:
    load.fake.put(NAMES[1], OTHERS)
    digest = load.parts(OLD)["facts"].content.digest
    for value in ('"sha256:x"', '"é\\n\\""@en', "<x:y>", '"7"^^<x:t>', f'"sha256:{digest}"'):
        note(load, NAMES[1], "identifier", value)
        note(load, "x:else", "identifier", value)
    load.refused(NEW, StoreDiffers)
    load(NEW, force=True)
    load(NEW)
    assert sum("<x:else>" in line for line in load.fake.graphs()["loaded"]) == 5, "what is said of others stays"
    assert {line for line in load.fake.graphs()["loaded"] if NAMES[1] in line and "sha256" in line} == {
        f'<{NAMES[1]}> <http://purl.org/dc/terms/identifier> "sha256:{load.parts(NEW)["facts"].content.digest}"'
    }


def test_names_of_staging_graphs_are_new_each_time() -> None:
    one, other = record.staging(["facts"]), record.staging(["facts"])
    assert one != other and one.keys() == other.keys() == {NAMES[1]}
    assert all(stage[NAMES[1]].startswith(graph_name("staging/").value) for stage in (one, other))


# ---------------------------------------------------------------- unloading


def gone(load: Loader, force: bool = False) -> dict[str, int]:
    with connected(load.fake) as store:
        return unload(store, NAMES, load.folder, force)


def test_what_was_loaded_is_removed_and_nothing_else(loads: Loader) -> None:
    loads.fake.put("x:theirs", OTHERS)
    loads(NEW)
    assert gone(loads) == dict(zip(NAMES, [1, 2, 1, 1, 1], strict=True))
    assert loads.fake.graphs() == {"x:theirs": {OTHERS.removesuffix(" .")}}
    assert gone(loads) == dict.fromkeys(NAMES, 0)
    loads(OLD)
    loads.holds(OLD)


@pytest.mark.parametrize("change", ["more", "less", "unread"])
def test_what_was_changed_is_not_removed_unless_forced(change: str, load: Loader) -> None:
    load(NEW)
    if change == "less":
        load.fake.store.update(f"DELETE DATA {{ GRAPH <{NAMES[1]}> {{ <x:a> <x:b> <x:new> }} }}")
    else:
        load.fake.put(NAMES[1], OTHERS if change == "more" else "_:b <x:b> <x:c> .")
    before = load.fake.graphs()
    with pytest.raises(StoreFailed if change == "unread" else StoreDiffers) as caught:
        gone(load)
    if change != "unread":
        count = 3 if change == "more" else 1
        assert str(caught.value) == (
            f"<{NAMES[1]}> is not as kg load left it ({count} triples): remove it with --force"
        )
    assert load.fake.graphs() == before
    assert gone(load, force=True)[NAMES[1]] > 0
    assert load.fake.graphs() == {}


def test_an_interrupted_load_is_removed_with_its_staging_graphs(load: Loader) -> None:
    load(OLD)
    load.fake.trouble(is_move, 500)
    load.refused(NEW, StoreFailed)
    gone(load)
    assert load.fake.graphs() == {}


def test_an_unloading_that_broke_off_is_ended_by_the_next(load: Loader) -> None:
    load(NEW)
    load.fake.trouble(lambda asked: asked.method == "DELETE" and asked.url.endswith("statements"), 500)
    with pytest.raises(StoreFailed):
        gone(load)
    assert 0 < len(load.fake.graphs()) < 6
    gone(load)
    assert load.fake.graphs() == {}


def test_the_limits_are_what_the_tests_take_them_for() -> None:
    assert loading._CHUNK > 240_000 > loading._SMALLEST
