"""Where things are: ontology and queries, the project's data, the built graph.

`ontology/` and `queries/` stand beside the package in a checkout and inside it in a wheel;
this is the only place that knows.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from kg.errors import BadUse

__all__ = ["GRAPH_FILE", "data_folder", "is_packaged", "ontology", "queries", "texts_folder"]

GRAPH_FILE = "aigov-kg.nq"
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
    """The project's data: the folder chosen, else the checkout we stand in, else the package's own.

    Raises `BadUse` when the folder chosen is no project (it has no `sources.yaml`).
    """
    if chosen is not None:
        if not (chosen / "sources.yaml").is_file():
            raise BadUse(f"{chosen} is no project folder, it has no sources.yaml: name one with --data DIR")
        return chosen
    for base in (Path.cwd(), *Path.cwd().parents):
        if (base / "build_graph.py").is_file() and (base / "kg" / "data" / "sources.yaml").is_file():
            return base / "kg" / "data"
    return _PACKAGE / "data"


def is_packaged(data: Path) -> bool:
    """Whether this is the data inside an installed package, which no command may write to."""
    installed = not (_PACKAGE.parent / "pyproject.toml").is_file()
    return installed and data.resolve() == _PACKAGE / "data"


def texts_folder(chosen: Path | None = None) -> Path | None:
    """The folder of the sources' texts, when there is one (`--texts`, KG_TEXTS)."""
    named = chosen or (Path(os.environ["KG_TEXTS"]) if os.environ.get("KG_TEXTS") else None)
    if named is not None and not named.is_dir():
        raise BadUse(f"the folder of texts {named} does not exist: correct --texts or KG_TEXTS")
    return named
