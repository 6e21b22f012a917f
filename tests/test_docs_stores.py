"""The pages about triplestores: three commands each, said whether they were run, with options that exist."""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pyoxigraph as ox
import pytest

from kg import graphs, queries
from kg.build import Prepared
from kg.cli import main

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "stores"

RUN = {"oxigraph": "0.5.13", "virtuoso": "7.2.5"}
"""Stores whose commands were run, and the version that was."""
NOT_RUN = ("fuseki", "rdf4j", "graphdb", "qlever", "neptune", "stardog")
STORES = (*RUN, *NOT_RUN)
INDEXED_WHILE_LOADED = ("qlever",)
"""Stores whose first command loads: they have no loader beside it."""
PAGES = sorted(path.name for path in FOLDER.glob("*.md"))

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _text(page: str) -> str:
    return (FOLDER / page).read_text(encoding="utf-8")


def _blocks(text: str, language: str) -> list[str]:
    return [body for found, body in _BLOCK.findall(text) if found == language]


def _opening(text: str) -> str:
    """The first paragraph below the title."""
    return text.split("\n\n")[1]


# ---------------------------------------------------------------- commands


def _of_line(line: str) -> Iterator[list[str]]:
    """The commands of a line of shell, without its comment."""
    words: list[str] = []
    for word in [*shlex.split(line, comments=True), ";"]:
        if word in ("&&", "||", "|", ";"):
            yield words
            words = []
        else:
            words.append(word)


def _to_type(text: str) -> list[list[str]]:
    """The `kg` commands of the blocks of shell."""
    lines = (line for block in _blocks(text, "sh") for line in block.splitlines())
    return [words[1:] for line in lines for words in _of_line(line) if words[:1] == ["kg"]]


def _mentioned(text: str) -> list[list[str]]:
    """The `kg` commands named in sentences; what may stand for any address is replaced by one."""
    named = re.findall(r"`kg ([^`]+)`", _BLOCK.sub("", text))
    return [["http://localhost/" if word == "URL" else word for word in shlex.split(found)] for found in named]


def _parse(words: list[str], whole: bool = True) -> None:
    """Reads a command as `kg` would and runs nothing; not `whole`, it may lack arguments."""
    command: click.Command = main
    context = click.Context(main, info_name="kg")
    names = list(words)
    while isinstance(command, click.Group):
        assert names, f"kg {' '.join(words)}: names no command"
        found = command.get_command(context, names[0])
        if found is None:
            raise click.UsageError(f"no command {names[0]!r}")
        command, context = found, click.Context(found, info_name=names.pop(0), parent=context)
    try:
        command.make_context(command.name, names, parent=context.parent)
    except click.MissingParameter:
        if whole:
            raise


def _fault(words: list[str], whole: bool = True) -> str:
    """What is wrong with a command, or nothing."""
    try:
        _parse(words, whole)
    except click.UsageError as error:
        return f"kg {shlex.join(words)}: {error.format_message()}"
    return ""


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_is_one_of_ours(page: str) -> None:
    text = _text(page)
    typed = [_fault(words) for words in _to_type(text)]
    mentioned = [_fault(words, "http" in " ".join(words)) for words in _mentioned(text)]
    assert [fault for fault in typed + mentioned if fault] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kg find zoe", ""),
        ("kg query run contradictions --limit 3", ""),
        ("kg nothing", "no command 'nothing'"),
        ("kg query nothing", "no command 'nothing'"),
        ("kg find zoe --nothing", "No such option"),
        ("kg query run", "Missing argument"),
        ("kg query run contradictions --limit x", "Invalid value"),
        ("mkdir -p a && kg find zoe --nothing  # a comment", "No such option"),
    ],
)
def test_a_wrong_command_is_seen(line: str, said: str) -> None:
    (words,) = _to_type(f"```sh\n{line}\n```\n")
    assert said in _fault(words)
    assert bool(said) == bool(_fault(words))


def test_a_command_in_a_sentence_may_lack_arguments_but_not_be_wrong() -> None:
    bare, wrong = _mentioned("Neither `kg query run` nor `kg find --nothing` is whole.\n```sh\nkg `kg x`\n```\n")
    assert _fault(bare, whole=False) == ""
    assert "No such option" in _fault(wrong, whole=False)


@pytest.mark.parametrize("store", STORES)
def test_the_three_commands_are_of_one_store(store: str) -> None:
    text = _text(f"{store}.md")
    block = _blocks(text.split("## Three commands\n", 1)[1], "sh")[0]
    assert re.findall(r"^# (\d) ", block, re.MULTILINE) == ["1", "2", "3"]
    load, ask, verify = _to_type(f"```sh\n{block}```\n")
    assert (load[0], ask[:2], verify[0]) == ("load", ["query", "run"], "verify")
    assert queries.question(ask[2]).name == ask[2]
    endpoint = ask[ask.index("--endpoint") + 1]
    assert verify[1] == endpoint
    if store in RUN:
        assert load[2:] == ["--dialect", store]
        assert endpoint.startswith(load[1] + "/")
    else:
        assert (load[1], load[2::2]) == (endpoint, ["--graph-store", "--update"])
    assert ["unload", *load[1:]] in _mentioned(text), "how to remove it again, with what it was loaded with"


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_ones_that_the_package_reads(page: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg").rglob("*.py"))
    known = set(re.findall(r"\bKG_[A-Z_]+\b", sources))
    assert set(re.findall(r"\bKG_[A-Z_]+\b", _text(page))) - known == set()


# ---------------------------------------------------------------- pages


def test_the_pages_are_these() -> None:
    assert set(PAGES) - {"neo4j.md"} == {"README.md", *(f"{store}.md" for store in STORES)}


@pytest.mark.parametrize("page", [f"{store}.md" for store in STORES] + ["README.md"])
def test_a_page_is_short_and_its_blocks_are_closed(page: str) -> None:
    text = _text(page)
    assert len(text.splitlines()) <= 60
    assert text.startswith("# ")
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(_BLOCK.findall(text))


@pytest.mark.parametrize("store", STORES)
def test_a_page_says_at_the_top_whether_its_commands_were_run(store: str) -> None:
    opening = _opening(_text(f"{store}.md"))
    if store in RUN:
        assert opening.startswith("**Run here** with ")
        assert RUN[store] in opening
    else:
        assert opening.startswith("**Not run here.** Commands taken from the maker's documentation (")
        assert re.search(r"\d, .*https://", opening), "the version and the address that were read"


@pytest.mark.parametrize("store", STORES)
def test_a_page_tells_what_a_newcomer_needs(store: str) -> None:
    text = _text(f"{store}.md")
    loader = [] if store in INDEXED_WHILE_LOADED else ["Its own loader"]
    wanted = ["Three commands", *loader, "Endpoints", "Default graph", "Limits", "Remove", "Traps"]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == wanted
    assert "dist/aigov-kg.nq" in text
    rows = re.findall(r"^\| ([a-z, ]+) \|", text.split("## Endpoints\n", 1)[1], re.MULTILINE)
    assert ", ".join(rows) == "query, update, graph store, credentials"


def test_the_table_has_each_store_once_and_says_the_same_as_its_page() -> None:
    rows = re.findall(r"^\| \[[^]]+\]\((\w+)\.md\) \|(.*)\|$", _text("README.md"), re.MULTILINE)
    assert [name for name, _ in rows] == list(STORES)
    for name, cells in rows:
        licence, loads, default, run = (cell.strip() for cell in cells.split("|"))
        assert licence
        assert "N-Quads" in loads
        assert default.startswith(("empty", "union"))
        assert run == (f"yes, {RUN[name]}" if name in RUN else "no")


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize("page", PAGES)
def test_a_graph_that_is_named_is_one_of_ours(page: str) -> None:
    base = str(graphs.graph_name("facts").value).removesuffix("facts")
    named = re.findall(re.escape(base) + r"(\w+)", _text(page))
    assert set(named) - set(graphs.GRAPHS) == set()


def test_the_query_of_the_index_counts_the_five_graphs(built: Prepared) -> None:
    (query,) = _blocks(_text("README.md"), "sparql")
    store = ox.Store()
    store.bulk_extend(graphs.quads(built.graphs))
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"), ox.NamedNode("urn:other")))
    answer = store.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    (row,) = answer
    assert row["triples"] == ox.Literal(len(set().union(*built.graphs.values())))


@pytest.mark.parametrize("page", PAGES)
def test_files_to_save_can_be_read(page: str) -> None:
    text = _text(page)
    for block in _blocks(text, "turtle"):
        assert list(ox.parse(block, ox.RdfFormat.TURTLE))
    for block in _blocks(text, "ini"):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(block)
        assert all(len(parser[name]) for name in parser.sections())
