"""The architecture, read from the code: who imports whom, which library lives where, what is public, what is long."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kg"

# A layer imports from itself and from those above it in this list.
LAYERS: dict[str, set[str]] = {
    "words": {
        "errors",
        "folders",
        "terms",
        "vocabulary",
        "graphs",
        "turtle",
        "dates",
        "evidence",
        "results",
        "strict",
        "sparql",
    },
    "facts": {"facts", "facts.model", "facts.fields", "facts.records", "facts.load", "sources"},
    "graph": {"graph", "rules"},
    "judge": {
        "checks",
        "coverage",
        "agreement",
        "budget",
        "lookup",
        "statements",
        "cards",
        "select",
        "networks",
        "paths",
        "timeline",
        "queries",
    },
    "write": {
        "exports",
        "jsonld",
        "documents",
        "executables",
        "dataset",
        "exchange",
        "neo4j",
        "tables",
        "stress",
        "room",
        "layout",
        "sparse",
        "scene",
        "pages",
        "views",
        "excerpt",
        "explorer",
        "pictures",
        "writing",
    },
    "site": {
        "site",
        "site.links",
        "site.check",
        "site.shelf",
        "site.described",
        "site.records",
        "site.things",
        "site.lists",
        "site.events",
        "site.vocabulary",
        "site.answers",
        "site.pages",
    },
    "build": {"build"},
    "cache": {"cache"},
    "reach": {
        "confine",
        "sandbox",
        "stores",
        "stores.web",
        "stores.dialects",
        "stores.values",
        "stores.parts",
        "stores.store",
        "stores.record",
        "stores.swap",
        "stores.load",
        "stores.verify",
        "stores.bulk",
        "stores.endpoint",
        "stores.remote",
        "release",
        "server",
        "server.limits",
        "server.reply",
        "server.readable",
        "server.accept",
        "server.protocol",
        "server.store",
        "server.api",
        "server.frames",
        "server.worker",
        "server.crew",
        "server.keeper",
        "server.office",
        "server.memory",
        "server.metrics",
        "server.openapi",
        "server.sending",
        "server.asking",
        "server.app",
        "server.guard",
        "server.listening",
        "server.run",
    },
    "curate": {"anchor"},
    "cli": {
        "cli",
        "cli.options",
        "cli.output",
        "cli.receipts",
        "cli.make",
        "cli.judge",
        "cli.curate",
        "cli.look",
        "cli.ask",
        "cli.draw",
        "cli.explore",
        "cli.publish",
        "cli.serve",
        "cli.store",
        "cli.where",
        "cli.completion",
        "cli.grid",
    },
    "doors": {"", "__main__"},
}

# Where each library of others may be imported.
HOMES: dict[str, set[str]] = {
    "click": LAYERS["cli"],
    "rich": LAYERS["cli"],
    "networkx": {"", "networks", "paths"},
    "numpy": {"stress", "sparse", "room", "layout"},
    "pyvis": {"views"},
    "jinja2": {"pages"},
    "markupsafe": {"pages"},
    "icalendar": {"site.events"},
    "shacl": {"checks"},
    "edtf": {"dates"},
    "filelock": {"writing"},
    "yaml": {"strict"},
    "rdflib": {""},
    "pyoxigraph": {
        "build",
        "vocabulary",
        "graphs",
        "turtle",
        "results",
        "graph",
        "rules",
        "checks",
        "lookup",
        "statements",
        "cards",
        "queries",
        "exports",
        "dataset",
        "executables",
        "excerpt",
        "neo4j",
        "pictures",
        "cache",
        "sandbox",
        "site.shelf",
        "site.described",
        "site.things",
        "site.lists",
        "site.vocabulary",
        "site.answers",
        "site.pages",
        "stores.values",
        "stores.store",
        "stores.record",
        "stores.endpoint",
        "stores.remote",
        "server.protocol",
        "server.store",
        "server.worker",
        "server.keeper",
    },
    "httpx": {"stores.web"},
    "prometheus_client": {"server.metrics"},
    "starlette": {"server.app", "server.asking", "server.guard", "server.sending"},
    "uvicorn": {"server.listening"},
}

MAX_MODULE, MAX_FUNCTION = 400, 60


def _name(path: Path) -> str:
    """`facts.load` for kg/facts/load.py, `facts` for its __init__, the empty name for kg itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


PATHS = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(PATHS[module].read_text(encoding="utf-8"))


def _imported(module: str, tree: ast.Module) -> Iterator[str]:
    """The full names of all that is imported anywhere in a module, inside functions too."""
    package = (
        f"kg.{module}".rstrip(".")
        if PATHS.get(module, Path()).stem == "__init__"
        else f"kg.{module}".rpartition(".")[0]
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix("kg.")
                yield f"kg.{inner}" if base.startswith("kg") and inner in PATHS else base


def _ours(module: str, tree: ast.Module) -> set[str]:
    """The modules of the package that a module imports."""
    return {name.removeprefix("kg").removeprefix(".") for name in _imported(module, tree) if name.split(".")[0] == "kg"}


def _level(module: str) -> int:
    return next(place for place, members in enumerate(LAYERS.values()) if module in members)


def _wrong_imports(module: str, tree: ast.Module) -> list[str]:
    """The imports against the order. The command line's own group names the modules of its commands as text."""
    return sorted(other for other in _ours(module, tree) if _level(other) > _level(module))


def test_every_module_has_its_layer_once() -> None:
    listed = [module for members in LAYERS.values() for module in members]
    assert sorted(listed) == sorted(PATHS)


@pytest.mark.parametrize("module", PATHS)
def test_imports_follow_the_layers(module: str) -> None:
    assert _wrong_imports(module, _tree(module)) == []


@pytest.mark.parametrize(
    ("module", "code", "wrong"),
    [
        ("errors", "from kg import terms, graph", ["graph"]),
        ("facts.load", "def f():\n    from kg.rules import infer", ["rules"]),
        ("facts.load", "import kg.cli.make", ["cli.make"]),
        ("rules", "if TYPE_CHECKING:\n    from kg.build import Prepared", ["build"]),
        ("facts.model", "from ..cli import main", ["cli"]),
        ("graph", "from kg.facts import load\nfrom kg import terms", []),
    ],
)
def test_an_import_against_the_layers_is_seen(module: str, code: str, wrong: list[str]) -> None:
    assert _wrong_imports(module, ast.parse(code)) == wrong


def _cycles(edges: dict[str, set[str]]) -> list[str]:
    """The modules that reach themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        queue = list(edges[start])
        while queue:
            at = queue.pop()
            if at not in seen:
                seen.add(at)
                queue.extend(edges.get(at, ()))
        return seen

    return sorted(module for module in edges if module in reached(module))


def test_there_are_no_cycles() -> None:
    edges = {module: _ours(module, _tree(module)) - {module} for module in PATHS}
    assert sum(map(len, edges.values())) > 50
    assert _cycles(edges) == []


def test_a_cycle_is_seen() -> None:
    assert _cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]


def test_writers_do_not_import_each_other_but_for_few_chains() -> None:
    edges = {(module, other) for module in LAYERS["write"] for other in _ours(module, _tree(module)) & LAYERS["write"]}
    assert edges == {
        ("documents", "jsonld"), ("layout", "stress"), ("layout", "room"), ("layout", "sparse"), ("stress", "sparse"),
        ("scene", "layout"), ("views", "scene"), ("views", "pages"), ("pictures", "views"),
        ("explorer", "scene"), ("explorer", "pages"),
    }  # fmt: skip


def _others(module: str, tree: ast.Module) -> set[str]:
    """The libraries that a module imports, apart from our own package and Python's."""
    return {name.split(".")[0] for name in _imported(module, tree)} - sys.stdlib_module_names - {"kg"}


@pytest.mark.parametrize("module", PATHS)
def test_each_library_is_imported_in_its_home_only(module: str) -> None:
    strays = {library for library in _others(module, _tree(module)) if module not in HOMES.get(library, ())}
    assert not strays


def test_every_home_is_lived_in() -> None:
    used = {library for module in PATHS for library in _others(module, _tree(module))}
    assert used == set(HOMES)
    assert {m for m in PATHS if "pyoxigraph" in _others(m, _tree(m))} == HOMES["pyoxigraph"]


def test_a_library_away_from_home_is_seen() -> None:
    assert _others("graph", ast.parse("def f():\n    import networkx.classes as nx\n    import json")) == {"networkx"}


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _defined(module: str, tree: ast.Module) -> set[str]:
    """The public names that a module defines; a package's `__init__` also those that it hands on."""
    found = {name for node in tree.body for name in _names_of(node)}
    if PATHS[module].stem == "__init__" and not found - {"__all__", "__version__"}:
        found |= {
            alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        found.discard("annotations")
    return {name for name in found if not name.startswith("_")}


def _listed(tree: ast.Module) -> list[str] | None:
    """What `__all__` says, None without one."""
    for node in tree.body:
        if "__all__" in _names_of(node) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            return list(ast.literal_eval(node.value))
    return None


@pytest.mark.parametrize("module", PATHS)
def test_all_lists_what_is_public(module: str) -> None:
    listed = _listed(_tree(module))
    assert listed is not None, "it has no __all__"
    assert set(listed) - {"__version__"} == _defined(module, _tree(module))
    assert len(listed) == len(set(listed))


def test_a_public_name_that_is_not_listed_is_seen() -> None:
    tree = ast.parse("__all__ = ['f']\nA = 1\nB: int = 2\n_c = 3\ndef f(): pass\nclass D: pass\nfrom x import y\n")
    assert _listed(tree) == ["f"]
    assert _defined("terms", tree) == {"A", "B", "f", "D"}
    assert _listed(ast.parse("x = 1")) is None


@pytest.mark.parametrize("module", PATHS)
def test_modules_and_functions_are_small(module: str) -> None:
    assert len(PATHS[module].read_text(encoding="utf-8").splitlines()) <= MAX_MODULE
    assert _long_functions(_tree(module)) == []


def _long_functions(tree: ast.Module) -> list[str]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > MAX_FUNCTION]


@pytest.mark.parametrize(("lines", "long"), [(59, []), (60, ["f"])])
def test_a_long_function_is_seen(lines: int, long: list[str]) -> None:
    assert _long_functions(ast.parse("class C:\n  def f():\n" + "    x = 1\n" * lines)) == long


@pytest.mark.parametrize("module", PATHS)
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(_tree(module))
