"""Where things are: ontology and queries, the project's data, the built graph; and a key of all that a build reads.

`ontology/` and `queries/` stand beside the package in a checkout and inside it in a wheel;
this is the only place that knows.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from kg.errors import BadUse

__all__ = [
    "GRAPH_FILE", "KEY_FILE", "data_folder", "inputs_key", "is_packaged", "ontology", "ontology_version",
    "project_files", "project_here", "queries", "texts_folder", "version",
]  # fmt: skip

GRAPH_FILE = "aigov-kg.nq"
KEY_FILE = ".inputs"
"""Beside a built graph: the key of what it was built from."""

_READ = ("sources.yaml", "sources-*.yaml", "entities/*.yaml", "facts/*.yaml", "coverage/*.yaml", "conflicts.yaml",
         "dataset.yaml", "names.yaml")  # fmt: skip
"""What the loader reads of a project."""

_BUILT_WITH = ("checks", "rules", "views")
"""The queries that a build runs; saved questions are asked of what was built: to edit one makes no graph old."""

_VOCABULARY = (".ttl", ".jsonld", ".json")

_PACKAGE = Path(__file__).resolve().parent


@cache
def _home() -> Path:
    """The folder that holds `ontology/` and `queries/`."""
    for base in (_PACKAGE, _PACKAGE.parent):
        if (base / "ontology" / "aigov.ttl").is_file():
            return base
    raise BadUse(f"the ontology is missing beside {_PACKAGE}: install the package again")


def ontology(name: str = "") -> Path:
    """A file of the ontology folder, or the folder."""
    return _home() / "ontology" / name


def queries(name: str = "") -> Path:
    """A file or folder of the queries folder, or the folder."""
    return _home() / "queries" / name


def data_folder(chosen: Path | None = None) -> Path:
    """The project's data: the folder chosen, else the project or the checkout we stand in, else the package's own.

    Raises `BadUse` when the folder chosen is no project (it has no `sources.yaml`).
    """
    if chosen is not None:
        if not (chosen / "sources.yaml").is_file():
            raise BadUse(f"{chosen} is no project folder, it has no sources.yaml: name one with --data DIR")
        return chosen
    return project_here() or _PACKAGE / "data"


def project_here() -> Path | None:
    """The project that the current folder is, or that of the checkout around it."""
    if (Path.cwd() / "sources.yaml").is_file():
        return Path.cwd()
    for base in (Path.cwd(), *Path.cwd().parents):
        if (base / "build_graph.py").is_file() and (base / "kg" / "data" / "sources.yaml").is_file():
            return base / "kg" / "data"
    return None


def is_packaged(data: Path) -> bool:
    """Whether this is the data inside an installed package, which no command may write to."""
    return _checkout() is None and data.resolve() == _PACKAGE / "data"


def _checkout() -> Path | None:
    """The project file of the checkout that the package stands in; None for an installed package."""
    file = _PACKAGE.parent / "pyproject.toml"
    return file if file.is_file() else None


@cache
def ontology_version() -> str:
    """The version that the ontology file gives itself (owl:versionInfo)."""
    found = re.search(r'owl:versionInfo "([^"]+)"', ontology("aigov.ttl").read_text(encoding="utf-8"))
    return found[1] if found else ""


def version() -> str:
    """The version in pyproject.toml of a checkout, else that of the installed distribution."""
    if file := _checkout():
        # Read by its line: a TOML parser takes as long to load as a card takes to print.
        found = re.search(r'^version = "([^"]+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return found[1]
    from importlib.metadata import version as installed

    return installed("aigov-kg")


def project_files(data: Path) -> list[Path]:
    """The files of a project that a build reads, sorted; hidden ones and what is no file are left out."""
    found = (path for pattern in _READ for path in data.glob(pattern))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def inputs_key(data: Path) -> str:
    """A key of names and contents of all that a build reads: project, ontology, queries and version."""
    import hashlib

    digest = hashlib.sha256(version().encode())
    found = [(path.relative_to(data), path) for path in project_files(data)]
    found += [
        (path.relative_to(ontology()), path) for path in sorted(ontology().iterdir()) if path.suffix in _VOCABULARY
    ]
    found += [
        (path.relative_to(queries()), path)
        for kind in _BUILT_WITH for path in sorted(queries(kind).glob("*.rq")) if path.is_file()
    ]  # fmt: skip
    for name, path in found:
        content = path.read_bytes() if os.access(path, os.R_OK) else b""  # the loader tells what can't be read
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def texts_folder(chosen: Path | None = None) -> Path | None:
    """The folder of the sources' texts, when there is one (`--texts`, KG_TEXTS)."""
    named = chosen or (Path(os.environ["KG_TEXTS"]) if os.environ.get("KG_TEXTS") else None)
    if named is not None and not named.is_dir():
        raise BadUse(f"the folder of texts {named} does not exist: correct --texts or KG_TEXTS")
    return named
