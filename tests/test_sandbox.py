"""Queries of anybody's: what is answered, what is refused, and that a child can open nothing and ends in time."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from needs import missing
from timing import within

from kg import sandbox, terms
from kg.build import Prepared
from kg.errors import BadUse
from kg.graphs import GRAPHS, canonical, graph_name
from kg.sandbox import Limits, ask
from kg.sparql import look

NOWHERE = Path("no-such-graph.nq")
SMALL = Limits(seconds=20, megabytes=256, answer=4)
FACTS = graph_name("facts").value
ELSEWHERE = "<http://127.0.0.1:8999/sparql>"


@pytest.fixture(scope="module")
def graph(built: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project's graph as a file."""
    file = tmp_path_factory.mktemp("graph") / "aigov-kg.nq"
    file.write_bytes(canonical(built.graphs))
    return file


@pytest.fixture
def linux() -> None:
    if not Path("/proc/self/statm").exists():
        missing("Linux, whose kernel has all of the limits")


@pytest.fixture(scope="module")
def store(graph: Path) -> ox.Store:
    """What a child has when it begins to answer."""
    made = ox.Store()
    made.load(path=str(graph), format=ox.RdfFormat.N_QUADS)
    return made


def rows(graph: Path | ox.Store, text: str, limits: Limits = SMALL) -> list[dict[str, str]]:
    """The rows of an answer; from a store without a child, which would take its time."""
    if isinstance(graph, ox.Store):
        kind, content = sandbox._answer(graph, text, look(text).graphs)
    else:
        kind, content = ask(graph, text, limits)
    assert kind == "rows"
    found = json.loads(content)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def refusal(graph: Path, text: str, limits: Limits = SMALL) -> str:
    """The message of a refusal: always one short line, harmless to a terminal."""
    with pytest.raises(BadUse) as caught:
        ask(graph, text, limits)
    said = str(caught.value)
    assert 0 < len(said) < 300 and said.isprintable(), said
    return said


# What is answered.


def test_the_default_graph_is_the_merge_of_the_five(graph: Path, built: Prepared) -> None:
    every = set().union(*(built.graphs[name] for name in GRAPHS))
    assert rows(graph, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [{"n": str(len(every))}]


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT (COUNT(*) AS ?n) FROM <{FACTS}> {{ ?s ?p ?o }}",
        f"SELECT(COUNT(*)AS?n)from<{FACTS}>{{?s?p?o}}",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{FACTS}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"BASE <{FACTS}> PREFIX g: <./> SELECT (COUNT(*) AS ?n) FROM g:facts {{ ?s ?p ?o }}",
        f"BASE <{FACTS}> SELECT (COUNT(*) AS ?n) FROM <facts> {{ ?s ?p ?o }}",
        "PREFIX kg: <https://w3id.org/aigov-kg/> SELECT (COUNT(*) AS ?n) FROM kg:graph\\/facts { ?s ?p ?o }",
    ],
)
def test_one_of_the_five_can_be_asked_alone(store: ox.Store, built: Prepared, text: str) -> None:
    assert rows(store, text) == [{"n": str(len(built.graphs["facts"]))}]


def test_our_prefixes_need_no_declaration(graph: Path) -> None:
    assert rows(graph, "SELECT ?name { agent:zoe-marsh rdfs:label ?name }") == [{"name": "Zoë Marsh"}]


def test_truth_values_and_triples_come_as_such(graph: Path) -> None:
    assert json.loads(ask(graph, "ASK { event:tidal-workshop aig:hasSpeaker ?who }", SMALL).content)["boolean"] is True
    values = " ".join(f"aig:{name}" for name in "edcbabcde")
    made = ask(graph, f"CONSTRUCT {{ ?a aig:x ?a }} {{ VALUES ?a {{ {values} }} }}", SMALL)
    lines = [f"<{terms.aig(name)}> <{terms.aig('x')}> <{terms.aig(name)}> .\n" for name in "abcde"]
    assert (made.kind, made.content.decode()) == ("triples", "".join(lines))  # sorted, each once


def test_functions_that_ask_the_system_work_in_confinement(graph: Path) -> None:
    (row,) = rows(graph, "SELECT (RAND() AS ?a) (UUID() AS ?b) (NOW() AS ?c) (BNODE() AS ?d) (SHA512('x') AS ?e) {}")
    assert set(row) == set("abcde")


# SERVICE.


def test_the_word_service_is_harmless_where_it_is_no_keyword(store: ox.Store) -> None:
    text = f"""# SERVICE {ELSEWHERE} {{}} FROM <http://example.org/>
        PREFIX service: <http://example.org/SERVICE#> PREFIX from: <http://example.org/from/>
        SELECT ?service ?FROM $Service {{ # ' SERVICE
          VALUES ?service {{ "SERVICE {ELSEWHERE} {{}}" 'it\\'s SERVICE' '''a ' SERVICE "" FROM'''
            \"\"\"b " SERVICE '' FROM\"\"\" service:silent }}
          BIND(<http://example.org/service/SERVICE> AS ?FROM) BIND("x"@service AS ?Service)
          FILTER NOT EXISTS {{ ?service service:SERVICE from:service.SERVICE\\# }}
        }}"""
    found = rows(store, text)
    assert [row["service"] for row in found] == [
        f"SERVICE {ELSEWHERE} {{}}", "it's SERVICE", "a ' SERVICE \"\" FROM", "b \" SERVICE '' FROM",
        "http://example.org/SERVICE#silent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE %s { ?s ?p ?o } }",
        "SELECT * { service silent %s { ?s ?p ?o } }",
        "SELECT * { SeRvIcE\n# why\n%s { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o.SERVICE%s{?s ?p ?o} }",
        "SELECT * { ?s a <x:y#z>.SERVICE%s{?s ?p ?o} }",
        "SELECT * { ?s ?p 1SERVICE%s{} }",
        "SELECT * { ?s ?p 1.0e5SERVICE%s{} }",
        "SELECT * { ?s ?p trueSERVICE%s{} }",
        "SELECT * { SERVICESILENT %s {} }",
        "SELECT * { ?s ?p 'a'SERVICE%s{} }",
        "SELECT * { ?s ?p ''''a''b'''SERVICE%s{} }",
        "SELECT * { # it's\nSERVICE%s{} # '\n}",
        "SELECT * { # a\rSERVICE%s{} }",
        "PREFIX x: <x:> SELECT * { ?s ?p x:a\\#. SERVICE %s {} }",
        "PREFIX x: <x:> SELECT * { ?s ?p x:a\\'. SERVICE %s {} . ?s ?p x:b\\' }",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE %s {} } } } UNION {} }",
        "SELECT * { FILTER NOT EXISTS { SERVICE %s {} } }",
        "SELECT (EXISTS { SERVICE %s {} } AS ?x) {}",
        "SELECT * { VALUES ?x { %s } SERVICE ?x {} }",
        "ASK { SERVICE %s {} }",
        "DESCRIBE ?s { SERVICE %s { ?s ?p ?o } }",
        "CONSTRUCT WHERE { SERVICE %s { ?s ?p ?o } }",
    ],
)
def test_service_is_refused_before_anything_is_started(text: str) -> None:
    assert refusal(NOWHERE, text % ELSEWHERE).startswith("SERVICE would send the query elsewhere")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { S\\u0045RVICE %s {} }",
        "PREFIX x: <http://127.0.0.1:8999/> SELECT * { SERVICEx:sparql {} }",
        "PREFIX x: <http://127.0.0.1:8999/> PREFIX SERVICEx: <x:> SELECT * { SERVICEx:sparql {} }",
        "PREFIX x: <http://127.0.0.1:8999/> SELECT * { ?s ?p 1e5SERVICEx:sparql {} }",
        "PREFIX : <http://127.0.0.1:8999/> PREFIX service: <x:> SELECT * { service:sparql {} }",
        "SELECT * { ?a ?x ?b FILTER(?a<?b)SERVICE#>\n%s{} }",
    ],
)
def test_service_that_is_hidden_from_a_reader_cant_be_read(text: str) -> None:
    with pytest.raises(SyntaxError):
        sandbox._answer(ox.Store(), text.replace("%s", ELSEWHERE), graphs=False)


def test_hidden_service_is_refused_with_its_place(graph: Path) -> None:
    text = "PREFIX x: <http://127.0.0.1:8999/> SELECT * { SERVICEx:sparql {} }"
    assert refusal(graph, text).startswith("the query can't be read at line 1, column 47: the prefix SERVICEx:")


# Updates and foreign graphs.


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("LOAD <file:///etc/hostname>", "LOAD"),
        ("load silent <http://127.0.0.1:8999/> INTO GRAPH <x:g>", "LOAD"),
        ("# SELECT\nPREFIX x: <x:> INSERT DATA { x:a x:b x:c }", "INSERT"),
        ("BASE <x:y> DELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("WITH <x:g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { SELECT * { ?s ?p ?o } }", "WITH"),
        ("CLEAR ALL", "CLEAR"),
        ("DROP GRAPH <x:g>", "DROP"),
        ("CREATE GRAPH <x:g>", "CREATE"),
        ("ADD <x:a> TO <x:b>", "ADD"),
        ("MOVE <x:a> TO <x:b>", "MOVE"),
        ("COPY DEFAULT TO <x:b>", "COPY"),
    ],
)
def test_every_update_is_refused(text: str, word: str) -> None:
    assert refusal(NOWHERE, text).startswith(f"{word} changes a graph: here one only asks")


@pytest.mark.parametrize(
    "text", ["SELECT * {}; LOAD <x:y>", "ASK {} INSERT DATA { <x:a> <x:b> 1 }", "ASK { LOAD <x:y> }", "LOAD <x:y>"]
)
def test_an_update_behind_a_query_cant_be_read(text: str) -> None:
    with pytest.raises(SyntaxError):
        sandbox._answer(ox.Store(), text, graphs=False)


@pytest.mark.parametrize("text", ["", "   \n", "# SELECT", "'SELECT'", "?SELECT", "SELEKT * {}", "\x00", "🜁"])
def test_what_asks_nothing_is_no_query(text: str) -> None:
    assert refusal(NOWHERE, text) == "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT * FROM <http://example.org/g> {}", "http://example.org/g"),
        ("SELECT * from\n#x\nnamed\t<http://example.org/g> {}", "http://example.org/g"),
        (f"SELECT * FROM <{FACTS}> FROM <file:///etc/hostname> {{}}", "file:///etc/hostname"),
        ("SELECT * FROM <facts> {}", "facts"),
        ("SELECT * FROM <> {}", ""),
        ("BASE <http://example.org/a/> SELECT * FROM <../g> {}", "http://example.org/g"),
        ("PREFIX x: <http://example.org/> SELECT * FROM x:g {}", "http://example.org/g"),
        ("PREFIX aig: <http://example.org/> SELECT * FROM aig:g {}", "http://example.org/g"),
        ("SELECT * FROM nobody:g {}", "nobody:g"),
        ("DESCRIBE <x:y> FROM agent:iqm", terms.expand("agent:iqm")),
        ("ASK FROM <http://example.org/\x9b\u202egnp> {}", "http://example.org/\\x9b\\u202egnp"),
    ],
)
def test_a_foreign_graph_is_refused_by_its_name(text: str, name: str) -> None:
    assert refusal(NOWHERE, text) == f"FROM <{name}> is none of the graph's five: without FROM all of them are asked"


def test_a_long_name_is_told_in_part() -> None:
    assert "xxx…> is none" in refusal(NOWHERE, f"ASK FROM <http://example.org/{'x' * 5000}> {{}}")


@pytest.mark.parametrize("text", ["FROMNAMED <x:g>", "FR\\u004fM <x:g>", "FROMx:g"])
def test_a_hidden_from_is_not_passed_over(text: str) -> None:
    with pytest.raises(SyntaxError):
        sandbox._answer(ox.Store(), f"PREFIX x: <x:> SELECT * {text} {{ ?s ?p ?o }}", graphs=False)


# Malformed queries.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT *\n{ ?s ?p ?o", "the query can't be read at line 2, column 11"),
        ("SELECT * { ?s <no iri> ?o }", "the query can't be read at line 1, column 23: IRI parsing failed"),
        (
            "SELECT * { ?s nobody:p ?o }",
            "the query can't be read at line 1, column 15: the prefix nobody: is not declared",
        ),
        (
            "SELECT * {\n ?s ?p ?o ; foo:bar 1 }",
            "the query can't be read at line 2, column 13: the prefix foo: is not declared",
        ),
        (
            "PREFIX foo: <x:> SELECT * { ?s foo:a ?o ; agent:b 'bar:c' } # baz:d\n ; }",
            "the query can't be read at line 2, column 5",
        ),
        ("SELECT * {\n ?s ?p 'open }", "the query can't be read: the string that begins on line 2 is not closed"),
        ('SELECT * { ?s ?p """open" }', "the query can't be read: the string that begins on line 1 is not closed"),
        (
            "SELECT * { ?s ?p ?o } \x1b[31m",
            "the query can't be read at line 1, column 28: expected GROUP or LIMIT or ORDER",
        ),
        ("SELECT ?x { <http://a/\x1b[31m> ?x 1 }", "the query can't be read at line 1"),
    ],
)
def test_a_malformed_query_is_told_with_its_place(store: ox.Store, text: str, said: str) -> None:
    with pytest.raises((SyntaxError, BadUse)) as caught:
        rows(store, text)
    told = sandbox.misread(str(caught.value), text) if isinstance(caught.value, SyntaxError) else str(caught.value)
    assert told.startswith(said) and "[" not in told and len(told) < 200 and told.isprintable()


def test_a_child_tells_what_is_malformed(graph: Path) -> None:
    assert refusal(graph, "SELECT *\n{ ?s ?p ?o") == "the query can't be read at line 2, column 11"


@pytest.mark.parametrize("piece", ["é", "1", "a.", "-a", "<", "\\", '"\\', "'''\"", "a:.", "::", "#", "<a:"])
def test_no_text_keeps_the_reader_busy(piece: str) -> None:
    start = time.process_time()
    refusal(NOWHERE, piece * 30_000)
    assert time.process_time() - start < 2


# Bombs.

_NINES = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT (COUNT(*) AS ?n) {{ {_NINES} }}",
        "SELECT (COUNT(*) AS ?n) { ?a (!aig:x|^!aig:x)* ?b . ?b (!aig:y|^!aig:y)* ?c . ?c (!aig:x)* ?d }",
        "SELECT * { ?s " + "(" * 3000 + "aig:x" + ")*" * 3000 + " ?o }",
        "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '((a{999}){999}){999}') }",
    ],
    ids=["count", "paths", "nested paths", "pattern"],
)
def test_a_query_without_end_is_stopped_in_time(graph: Path, text: str) -> None:
    said = refusal(graph, text, Limits(0.3, 512, 4))
    assert said.startswith("the query took longer than 0.3 s and was stopped") and "--seconds" in said


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {_NINES} }} ORDER BY ?c0",
        "SELECT * { " + " ".join(f"VALUES ?v{n} {{ {'1 ' * 2000} }}" for n in range(4)) + "}",
    ],
    ids=["order", "values"],
)
def test_a_query_that_wants_too_much_memory_is_stopped(graph: Path, text: str) -> None:
    said = refusal(graph, text, Limits(20, 64, 4))
    assert said.startswith("the query wanted more than 64 MB and was stopped") and "--memory" in said


def test_deep_nesting_ends_the_child_alone(graph: Path) -> None:
    assert refusal(graph, f"SELECT * {'{' * 6000}{'}' * 6000}") == "the query is nested too deeply and was stopped"


@pytest.mark.parametrize(
    ("text", "unbuffered"),
    [
        ("SELECT * { ?a ?b ?c . { SELECT ?d { ?d ?e ?f } LIMIT 30 } }", ""),
        ("CONSTRUCT { ?a ?b ?d } { ?a ?b ?c . { SELECT DISTINCT ?d { ?d ?e ?f } LIMIT 30 } }", "1"),
    ],
)
def test_an_answer_is_whole_or_refused(
    graph: Path, text: str, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    said = refusal(graph, text, Limits(20, 256, 1))
    assert said == "the answer is larger than 1 MB: ask for less, or LIMIT it"


def test_an_answer_below_the_limit_comes_whole(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    (row,) = rows(graph, f"SELECT (REPLACE('{'a' * 1000}', 'a', '{'b' * 1000}') AS ?x) {{}}", Limits(20, 256, 1))
    assert row["x"] == "b" * 1_000_000


@pytest.mark.parametrize(
    "limits",
    [Limits(0, 64, 1), Limits(-1, 64, 1), Limits(float("nan"), 64, 1), Limits(float("inf"), 64, 1), Limits(1, 0, 1),
     Limits(1, 64, 0)],
)  # fmt: skip
def test_limits_that_limit_nothing_are_refused(graph: Path, limits: Limits) -> None:
    assert refusal(graph, "ASK {}", limits).startswith("the limits of a query must be above 0")


def test_time_is_limited_when_the_alarm_was_ignored_before(graph: Path) -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        with within(30):
            said = refusal(graph, f"SELECT (COUNT(*) AS ?n) {{ {_NINES} }}", Limits(0.3, 256, 4))
        assert "longer than 0.3 s" in said
    finally:
        signal.signal(signal.SIGALRM, before)


# Graphs that can't be asked.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no graph at {}: run kg build"),
        (b"", "{} is empty: build it again"),
        (b"<x:a> hello\n", "{} can't be read as N-Quads"),
        (b"\xff\xfe\x00", "{} can't be read as N-Quads"),
    ],
)
def test_an_unreadable_graph_is_told_as_such(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "aigov-kg.nq"
    if content is not None:
        file.write_bytes(content)
    message = refusal(file, "ASK {}")
    assert message.startswith(said.format(file)) and "build" in message


def test_a_graph_of_another_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "old.nq"
    file.write_text("<x:a> <x:p> <x:b> <https://w3id.org/aigov-kg/graph/of-old> .\n", "utf-8")
    with pytest.raises(BadUse, match=r"old\.nq is none of ours: run kg build"):
        ask(file, "SELECT ?o { ?s ?p ?o }")


# The confinement, whatever is asked.


def child(code: str, job: object = None) -> subprocess.CompletedProcess[str]:
    """A process that has the code run after `sandbox` is imported."""
    script = f"import sys; sys.path[:] = sys.argv[1:]; from kg import sandbox\n{code}"
    return subprocess.run(
        [sys.executable, "-P", "-c", script, *sys.path],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=60,
    )


_OPENS = """
for act in (
    lambda: open("/dev/null"), lambda: open("/dev/null", "w"), lambda: os.open(".", os.O_RDONLY), os.pipe,
    socket.socket, socket.socketpair, lambda: os.memfd_create("x"), lambda: os.listdir("/"),
    lambda: socket.create_connection(("127.0.0.1", 9)), lambda: subprocess.Popen(["true"]),
):
    try: act()
    except OSError as error: print(error.errno)
    else: print(0)
"""


@pytest.mark.usefixtures("linux")
def test_a_confined_process_opens_nothing() -> None:
    free, bound = (
        child(f"import os, socket, subprocess\n{first}\n{_OPENS}")
        for first in ("", "sandbox._confine(sandbox.Limits())")
    )
    assert [int(one) for one in bound.stdout.split()] == [errno.EMFILE] * 10, bound.stderr
    assert errno.EMFILE not in [int(one) for one in free.stdout.split()]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.setblocking(False)
        yield made


def connected(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("confined", "silent"), [(True, ""), (True, "SILENT "), (False, "SILENT ")], ids=["loud", "silent", "free"]
)
def test_no_connection_leaves_a_child_that_was_not_refused(
    graph: Path, listener: socket.socket, confined: bool, silent: str
) -> None:
    place = f"<http://127.0.0.1:{listener.getsockname()[1]}/sparql>"
    job = {
        "graph": str(graph),
        "text": f"SELECT * {{ SERVICE {silent}{place} {{}} }}",
        "graphs": False,
        "limits": SMALL,
    }
    unlock = "sandbox.check_keywords = lambda *rest: None\n"
    if not confined:  # that the listener would notice
        unlock += "import signal; sandbox._confine = lambda limits: signal.setitimer(signal.ITIMER_REAL, 0.5)\n"
    done = child(f"{unlock}sandbox.main()", job)
    assert connected(listener) is not confined
    if confined:
        assert (done.returncode == 0) is bool(silent)


@pytest.mark.usefixtures("linux")
def test_limits_that_are_tighter_already_stay() -> None:
    done = child(
        "import resource as r\nr.setrlimit(r.RLIMIT_FSIZE, (5000, 5000))\nsandbox._confine(sandbox.Limits())\n"
        "print(r.getrlimit(r.RLIMIT_FSIZE), r.getrlimit(r.RLIMIT_NOFILE), r.getrlimit(r.RLIMIT_CORE))"
    )
    assert done.stdout == "(5000, 5000) (0, 0) (0, 0)\n", done.stderr


def test_an_answer_that_no_disk_takes_is_told(graph: Path) -> None:
    job = {"graph": str(graph), "text": "ASK {}", "graphs": False, "limits": SMALL}
    done = child(
        "def full(*rest): raise OSError(28, 'No space left on device')\nsandbox._write = full\nsandbox.main()", job
    )
    assert done.returncode == 3 and "(No space left on device): make room for temporary files" in done.stderr


# Nobody is left behind.


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def ended(pid: int) -> bool:
    """Whether a process is gone, or dead and not yet fetched by its new parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("number", "to_all"),
    [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGKILL, False)],
    ids=["Ctrl-C", "interrupt", "terminate", "kill"],
)
def test_a_command_that_is_stopped_leaves_no_child(graph: Path, tmp_path: Path, number: int, to_all: bool) -> None:
    query = tmp_path / "endless.rq"
    query.write_text(f"SELECT (COUNT(*) AS ?n) {{ {_NINES} }}", "utf-8")
    command = [sys.executable, "-m", "kg", "query", "sparql", str(query), "--graph", str(graph), "--seconds", "60"]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    try:
        end = time.monotonic() + 30
        while not (found := children(started.pid)) or not confined(found[0]):
            assert started.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        os.killpg(started.pid, number) if to_all else os.kill(started.pid, number)
        out, told = started.communicate(timeout=20)
        assert started.returncode == (130 if number == signal.SIGINT else -number)
        assert out == "" and "Traceback" not in told
        while not ended(found[0]):
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        started.kill()
        started.communicate()


def confined(pid: int) -> bool:
    """Whether the child is at its query: it may open no file any more."""
    limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    return re.search(r"Max open files +0 ", limits) is not None
