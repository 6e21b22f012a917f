"""Documentation that can't drift: generated parts are current, links lead somewhere, examples run."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import rdflib

import kg
from kg.build import Prepared, build
from kg.errors import BadUse
from kg.graphs import canonical

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".venv", "dist", "node_modules"} & set(path.parts))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_generated_parts_are_current(generate: ModuleType, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    made = generate.pages(tmp_path / "dist")
    assert {str(path.relative_to(ROOT)) for path in made} == {
        "README.md", "docs/commands.md", "docs/questions.md", "docs/data-model.md", "docs/notebook.ipynb",
        "explorer/test/fixture.json",
    }  # fmt: skip
    assert set(re.findall(r"<!-- generated: (\w+) -->", text)) == {"counts", "query", "path", "agreement"}
    for path, wanted in made.items():
        assert path.read_text(encoding="utf-8") == wanted, f"python docs/generate.py renews {path.name}"


def test_the_queries_of_the_data_model_have_answers() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    answers = re.findall(r"```\n<!-- generated: answer -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert len(answers) == text.count("```sparql") == len(re.findall(r"^## \d+\.", text, re.MULTILINE)) == 10
    assert all(len(answer.splitlines()) > 2 for answer in answers)


def test_the_notebook_shows_what_its_cells_give() -> None:
    cells = json.loads((ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 6
    assert not [cell for cell in code if any(output["output_type"] == "error" for output in cell["outputs"])]
    assert sum(bool(cell["outputs"]) for cell in code) >= 5


def test_a_stale_block_is_seen(generate: ModuleType) -> None:
    text = "<!-- generated: counts -->\nold\n<!-- end -->"
    assert generate.readme(text, {"counts": "new"}) == "<!-- generated: counts -->\nnew\n<!-- end -->"


def test_the_readme_is_short_and_has_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert "    pip install . && python build_graph.py\n" in text
    assert '    pip install ".[test]" && pytest\n' in text


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a build writes with every option, of the small project."""
    out = tmp_path_factory.mktemp("files") / "out"
    return set(build(ROOT / "tests" / "small", None, out, rdf12=True).files)


def listed(page: Path) -> list[str]:
    """The file names in the first column of a table."""
    return re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)


def test_each_file_of_a_build_has_its_row_and_each_row_its_file(files: set[str]) -> None:
    rows = listed(ROOT / "docs" / "files.md")
    assert len(rows) == len(set(rows))
    # A star stands for a name, not for a path; a name in full comes before a pattern.
    patterns = {row: re.compile(re.escape(row).replace(r"\*", "[^/]+")) for row in rows}
    found: dict[str, list[str]] = {row: [] for row in rows}
    for file in sorted(files):
        row = file if file in rows else next((row for row, p in patterns.items() if p.fullmatch(file)), None)
        assert row, f"docs/files.md says nothing of {file}"
        found[row].append(file)
    assert not [row for row, named in found.items() if not named], "docs/files.md lists what no build writes"


def test_a_table_tells_which_columns_it_has() -> None:
    rows = [
        line for line in (ROOT / "docs" / "files.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert all(line.count("|") == 4 and all(cell.strip() for cell in line.split("|")[1:4]) for line in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [t for t in targets if not t.startswith("http") and not (page.parent / t).exists()]
    assert missing == []


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    exec(compile(example, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert "Liu Zhiyi | Youth Forum on the Rule of Law (WAIC 2021) | SenseTime" in lines


@pytest.fixture
def graph(built: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The graph of the small project in a folder where we stand."""
    (tmp_path / "g.nq").write_bytes(canonical(built.graphs))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "g.nq"


IQM = rdflib.URIRef("https://w3id.org/aigov-kg/id/agent/iqm")


@pytest.mark.parametrize("way", ["a path", "a string", "KG_GRAPH", "data", "KG_DATA"])
def test_a_graph_is_loaded_by_each_of_its_names(
    way: str, graph: Path, small: Path, built: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(graph.parent / "cache"))
    if way.startswith("KG_"):
        monkeypatch.setenv(way, str(graph if way == "KG_GRAPH" else small))
        found = kg.load()
    else:
        monkeypatch.setenv("KG_GRAPH", str(graph.parent / "absent.nq"))  # what is said counts more
        found = kg.load(data=str(small)) if way == "data" else kg.load(str(graph) if way == "a string" else graph)
    assert (IQM, None, None) in found
    assert len(found) == len(set().union(*built.graphs.values()))


@pytest.mark.parametrize("content", [b"no quads\n", b"\xff\xfe\n", b"<http://a> <http://b> <http://c"])
def test_a_graph_that_is_none_is_said_so(content: bytes, graph: Path) -> None:
    graph.write_bytes(content)
    with pytest.raises(BadUse, match=r"g\.nq can't be read as N-Quads \(.*\): build it again"):
        kg.load("g.nq")
