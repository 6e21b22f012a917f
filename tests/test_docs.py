"""Documentation that can't drift: generated parts are current, links lead somewhere, examples run."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

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


def test_the_generated_parts_are_current(generate: ModuleType, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    made = generate.blocks(tmp_path / "dist")
    assert set(re.findall(r"<!-- generated: (\w+) -->", text)) == set(made)
    assert generate.readme(text, made) == text
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == generate.commands_page()


def test_a_stale_block_is_seen(generate: ModuleType) -> None:
    text = "<!-- generated: counts -->\nold\n<!-- end -->"
    assert generate.readme(text, {"counts": "new"}) == "<!-- generated: counts -->\nnew\n<!-- end -->"


def test_the_readme_is_short_and_has_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert "    pip install . && python build_graph.py\n" in text
    assert '    pip install ".[test]" && pytest\n' in text


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
    assert "High-level dialogue on the Roadmap for Digital Cooperation | Max Tegmark" in lines


def test_the_statement_shown_is_in_the_data() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (name,) = set(re.findall(r"^    st:([\w-]+) a ", text, re.MULTILINE))
    facts = (ROOT / "kg" / "data" / "facts" / "sensetime-waic-2021.yaml").read_text(encoding="utf-8")
    record = facts.split(f"- id: {name}\n")[1].split("- id: ")[0]
    assert "subject: event:waic-2021-youth-forum" in record
    assert "object: agent:liu-zhiyi" in record
    assert "onBehalfOf: agent:sjtu-computational-law-center" in record
