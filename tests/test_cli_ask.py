"""kg query: saved questions, and SPARQL of one's own."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click import UsageError
from click.testing import CliRunner, Result

from kg import queries
from kg.cli import main
from kg.cli.ask import given

Run = Callable[..., Result]
Ask = Callable[..., Result]

WORKSHOP = "participants-of-an-event"


@pytest.fixture
def ask(graph: Path, run: Run) -> Ask:
    """`kg query …` on the small graph."""
    return lambda *args: run("query", *args, "--graph", graph)


@pytest.fixture
def sparql(graph: Path) -> Ask:
    """`kg query sparql -` with the text on standard input."""

    def call(text: str | bytes, *args: str | Path) -> Result:
        words = ["query", "sparql", "-", "--graph", str(graph), *map(str, args)]
        return CliRunner().invoke(main, words, input=text)

    return call


def rows(done: Result) -> list[dict[str, str]]:
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(StringIO(done.stdout)))


# ---------------------------------------------------------------- list, show


def test_the_list_is_of_all_questions(run: Run) -> None:
    listed = rows(run("query", "list"))
    assert [row["name"] for row in listed] == list(queries.names())
    one = next(row for row in listed if row["name"] == WORKSHOP)
    assert (one["question"], one["parameters"]) == (queries.question(WORKSHOP).summary, "event")


def test_the_list_can_be_of_one_tag(run: Run) -> None:
    listed = rows(run("query", "list", "--tag", "standards"))
    assert 0 < len(listed) < len(queries.names())
    assert all("standards" in row["tags"].split() for row in listed)


def test_a_tag_that_no_question_has_is_answered_with_all_tags(run: Run) -> None:
    done = run("query", "list", "--tag", "standrads")
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"Error: no question has the tag 'standrads': there are .*standards.*\n", done.stderr)


def test_a_question_is_described(run: Run) -> None:
    done = run("query", "show", WORKSHOP)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Who took part in an event, in which role, and for whom?\n  One row ")
    assert "\nparameters\n  event: the event; entity (Event) [default: event:roadmap-dialogue-2020]\n" in done.stdout
    assert "\ncolumns\n  participant: who takes part\n" in done.stdout
    assert done.stdout.endswith(
        f"Try: kg query run {WORKSHOP} -p event=…; the SPARQL: kg query show {WORKSHOP} --sparql\n"
    )


def test_every_question_is_described(run: Run) -> None:
    for name in queries.names():
        done = run("query", "show", name)
        assert done.exit_code == 0 and done.stdout.startswith(queries.question(name).summary)


def test_the_sparql_alone_is_the_file_as_it_stands(run: Run) -> None:
    shown = run("query", "show", WORKSHOP, "--sparql").stdout
    assert shown == queries.question(WORKSHOP).text
    assert "#@param event" in shown


@pytest.mark.parametrize("verb", ["show", "run"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("contradictons", "did you mean contradictions?"), ("xyzzy", "kg query list shows them all"),
        ("", "kg query list shows them all"), ("../views/thing", "kg query list shows them all"),
    ],
)  # fmt: skip
def test_a_misspelt_question_is_answered(verb: str, name: str, hint: str, run: Run) -> None:
    """Before a graph is looked for: there is none at all here."""
    done = run("query", verb, name, *(["--graph", "absent"] if verb == "run" else []))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: there is no question {name!r}: {hint.removesuffix('?')}")
    assert done.stderr.count("\n") == 1


def test_an_unknown_subcommand_is_one_line(run: Run) -> None:
    done = run("query", "lst")
    said = "Error: No such command 'lst'. Did you mean 'list'? (see kg query --help)\n"
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == said or re.fullmatch(r"Error: No such command 'lst' \(see kg query --help\)\n", done.stderr)


# ---------------------------------------------------------------- run


@pytest.mark.parametrize(
    "name", ["Workshop on Tidal Algorithms", "workshop on tidal algorithms", "event:tidal-workshop"]
)
def test_a_question_is_asked_of_a_thing_by_any_name(name: str, ask: Ask) -> None:
    assert rows(ask("run", WORKSHOP, "-p", f"event={name}")) == [
        {
            "participant": "Zoë Marsh", "relation": "has speaker", "role": "Speaker", "behalf": "Gull Foundation",
            "capacity": "Chair of the Lantern Council", "status": "self-reported", "modality": "actual",
            "statement": "https://w3id.org/aigov-kg/id/st/harbor-forum-005",
        }
    ]  # fmt: skip


def test_two_values_are_alternatives(ask: Ask) -> None:
    """The workshop has a speaker, the forum two hosts."""
    args = ("run", WORKSHOP, "-p", "event=event:tidal-workshop", "--param", "event=event:harbor-forum-2030")
    assert sorted(row["participant"] for row in rows(ask(*args))) == [
        "Gull Foundation", "Institute of Quiet Machines", "Zoë Marsh",
    ]  # fmt: skip


def test_what_the_sources_do_not_say_is_no_row_and_no_error(ask: Ask) -> None:
    done = ask("run", "outcomes-of-an-event", "-p", "event=event:tidal-workshop")
    assert (rows(done), done.stderr) == ([], "no rows: the sources do not say\n")


def test_a_default_that_a_graph_does_not_have_is_no_answer(ask: Ask) -> None:
    """Else a graph of other things would say that the sources do not."""
    done = ask("run", WORKSHOP)
    said = "Error: give a value for event: its default event:roadmap-dialogue-2020 is not in this graph\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("limit", "count", "said"), [("0", 0, "0 of 2 rows\n"), ("1", 1, "1 of 2 rows\n"), ("2", 2, "")]
)
def test_a_limit_is_told(limit: str, count: int, said: str, ask: Ask) -> None:
    done = ask("run", WORKSHOP, "-p", "event=Harbor Forum 2030", "--limit", limit)
    disputed = (
        "contradicted by another statement: st:harbor-forum-003, st:lantern-report-003 (kg show tells by which)\n"
    )
    assert (len(rows(done)), done.stderr) == (count, said + disputed)


def test_many_contradicted_statements_are_counted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "contradicted", lambda graph, found: [f"st:a-{number:03}" for number in range(40)])
    said = ask("run", "contradictions").stderr
    assert "st:a-011 and 28 more (kg show tells by which)" in said and "st:a-012" not in said


def test_the_defaults_in_force_are_told(ask: Ask) -> None:
    told = ask("run", "contradictions").stderr
    assert told.startswith("asked with kind=concept:contradicts: -p sets it\n")
    assert "asked with" not in ask("run", "contradictions", "-p", "kind=narrows").stderr


@pytest.mark.parametrize(
    ("question", "param", "said"),
    [
        (WORKSHOP, "evnt=x", f"{WORKSHOP} has no parameter 'evnt': it has event"),
        (WORKSHOP, "event=Nobody", "nothing in the graph is called 'Nobody': kg find searches parts of names"),
        (
            WORKSHOP,
            "event=Zoe Mash",
            "nothing in the graph is called 'Zoe Mash': did you mean agent:zoe-marsh (Zoë Marsh)?",
        ),
        (WORKSHOP, "event=agent:iqm", "event wants .*Event.*: Institute of Quiet Machines is of class Organization"),
        (WORKSHOP, "event=", "event is '': give the name or identifier of .*Event"),
        (WORKSHOP, "event=a\nb", r"event is 'a\\nb': give the name or identifier of .*Event"),
        ("events-in-a-period", "from=soon", "from is 'soon': write a day like 2021-07-08"),
        (WORKSHOP, "event=event:x } DROP ALL #", "nothing in the graph is called 'event:x } DROP ALL #'.*"),
    ],
)
def test_a_wrong_parameter_is_one_line(question: str, param: str, said: str, ask: Ask) -> None:
    done = ask("run", question, "-p", param)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    pattern = said if ".*" in said else re.escape(said)
    assert re.fullmatch(f"Error: {pattern}\n", done.stderr), done.stderr


@pytest.mark.parametrize("param", ["event", "=x", " =x", ""])
def test_what_is_no_key_and_value_is_said_so(param: str, ask: Ask) -> None:
    done = ask("run", WORKSHOP, "-p", param)
    said = f'Error: -p {param!r} is no KEY=VALUE, like event="IGF 2021" (see kg query run --help)\n'
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


def test_parameters_are_split_at_the_first_sign() -> None:
    assert given(("a=1", " a =x=y", "b=")) == {"a": ["1", "x=y"], "b": [""]}
    assert given(()) == {}
    with pytest.raises(UsageError, match="no KEY=VALUE"):
        given(("a",))


# ---------------------------------------------------------------- sparql


def test_a_query_of_ones_own_needs_no_prefixes(sparql: Ask) -> None:
    assert sparql("SELECT ?x { ?x a aig:Person }").stdout_bytes == (
        b"x\r\nhttps://w3id.org/aigov-kg/id/agent/zoe-marsh\r\n"
    )


def test_a_query_can_stand_in_a_file(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "ask.rq"
    file.write_text("SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a aig:Person }", encoding="utf-8")
    assert rows(ask("sparql", file)) == [{"n": "1"}]


@pytest.mark.parametrize(("query", "truth"), [("ASK { ?x a aig:Person }", True), ("ASK { ?x a aig:Unicorn }", False)])
def test_yes_and_no_have_the_form_of_the_standards(query: str, truth: bool, sparql: Ask) -> None:
    """SPARQL 1.1 Query Results JSON Format 3.3, XML Format 2.3.2; CSV and TSV have no form for it."""
    word = str(truth).lower()
    assert json.loads(sparql(query, "-f", "json").stdout) == {"head": {}, "boolean": truth}
    xml = sparql(query, "-f", "xml").stdout
    assert xml.startswith('<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>')
    assert xml.rstrip().endswith(f"<boolean>{word}</boolean></sparql>")
    assert sparql(query).stdout == f"boolean\n{word}\n"
    assert sparql(query, "-f", "table").stdout == f"boolean\n{'─' * 7}\n{word}\n"
    assert sparql(query, "-f", "json", "--spreadsheet").exit_code == 2


def test_triples_come_as_rows_or_as_n_triples(sparql: Ask, tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x a aig:Person } WHERE { ?x a aig:Person }"
    assert [list(row) for row in rows(sparql(query))] == [["subject", "predicate", "object"]]
    assert sparql(query, "-o", tmp_path / "a.nt").output == ""
    assert (tmp_path / "a.nt").read_text(encoding="utf-8") == (
        "<https://w3id.org/aigov-kg/id/agent/zoe-marsh> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/aigov-kg/ns#Person> .\n"
    )


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "csv"), ("SELECT * {}", "table"), ("SELECT ?x {}", "table"), ("ASK {}", "md"),
        ("SELECT ?x { ?x a aig:Unicorn }", "table"), ("CONSTRUCT {} WHERE {}", "tsv"),
    ],
)  # fmt: skip
def test_answers_of_nothing_are_no_trouble(query: str, form: str, sparql: Ask) -> None:
    done = sparql(query, "-f", form)
    assert (done.exit_code, done.stderr) == (0, ""), done.exception


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE"),
        ("SELECT ?x {", "the query can't be read.*"),
        ("SELECT ?x { ?x nope:a ?y }", "the query can't be read.*"),
        (b"SELECT \xff", r"the query is no UTF-8 text \(at byte 7\)"),
        ("SELECT * { SERVICE <http://127.0.0.1:9> { ?a ?b ?c } }", "SERVICE would send the query elsewhere: .*"),
        ("LOAD <http://127.0.0.1:9>", "LOAD changes a graph: .*"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "INSERT changes a graph: .*"),
        ("SELECT * FROM <file:///etc/passwd> { ?a ?b ?c }", "FROM <file:///etc/passwd> is none of .*"),
    ],
)
def test_a_query_that_is_not_asked_is_one_line(text: str | bytes, said: str, sparql: Ask) -> None:
    done = sparql(text)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert re.fullmatch(f"Error: {said}\n", done.stderr), done.stderr


def test_an_endless_query_is_stopped(sparql: Ask) -> None:
    done = sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--seconds", "0.3")
    said = "Error: the query took longer than 0.3 s and was stopped: make it narrower, or allow more (--seconds)\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


def test_a_time_without_end_is_no_limit(sparql: Ask) -> None:
    done = sparql("ASK {}", "--seconds", "nan")
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(("option", "value"), [("--seconds", "0"), ("--memory", "1"), ("--seconds", "x")])
def test_limits_have_limits(option: str, value: str, sparql: Ask) -> None:
    done = sparql("ASK {}", option, value)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert re.fullmatch(rf"Error: Invalid value for '{option}': .* \(see kg query sparql --help\)\n", done.stderr)


@pytest.mark.parametrize("place", ["absent.rq", "."])
def test_a_file_that_can_not_be_read_is_one_line(place: str, ask: Ask) -> None:
    done = ask("sparql", place)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(rf"Error: Invalid value for 'FILE_OR_-': '{re.escape(place)}': .*\n", done.stderr)
