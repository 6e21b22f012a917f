"""A server whose graph holds the small project and the data of the W3C's tests, and what can be read of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import httpx
import manifests
import pyoxigraph as ox
import pytest
from manifests import Case, Request
from serving import Serving, serving

from kg.graphs import graph_name

__all__ = ["asked", "conforming", "contents", "data_name", "digest", "direct", "parted", "place", "reads", "send"]

_SPACE = "http://www.example/"
_PARTS = (("json-res", "data.ttl"), ("csv-tsv-res", "data.ttl"), ("csv-tsv-res", "data2.ttl"))
_DIRECT = ("facts", "inferred", "statements", "evidence")
"""The graphs with an address of their own that hold a state each; the last one is not there."""

State = list[ox.Triple]


def send(client: httpx.Client, request: Request, target: str = "", **more: str) -> httpx.Response:
    """Sends a request of a manifest as it stands: nothing of its target is written in another way."""
    headers = dict(request.headers) | more
    return client.request(
        request.method, "/", headers=headers, content=request.body or None,
        extensions={"target": (target or request.target).encode("ascii")},
    )  # fmt: skip


def data_name(path: Path) -> str:
    """The name of the graph that holds a file of the manifests."""
    return f"{_SPACE}{path.parent.name}/{path.name}"


def parted(request: Request) -> State:
    """The triples that a request would write, of all parts of its body."""
    media = dict(request.headers)["content-type"]
    pieces = [request.body]
    if media.startswith("multipart/"):
        bound = b"--" + media.partition("boundary=")[2].encode()
        pieces = [piece.partition(b"\r\n\r\n")[2] for piece in request.body.split(bound)[1:-1]]
    return [quad.triple for piece in pieces for quad in ox.parse(piece, format=ox.RdfFormat.TURTLE)]


def asked(target: str) -> str:
    """The graph that a request to a Graph Store means: an IRI, `default`, or its path."""
    path, _, query = target.partition("?")
    return unquote(query.removeprefix("graph=")) if query else path


def reads(case: Case) -> Iterator[tuple[int, Request, State | None]]:
    """Each reading request of a test with its place, and the graph as the writing ones before it would have left it."""
    held: dict[str, State] = {}
    for number, request in enumerate(case.requests):
        name = asked(request.target)
        match request.method:
            case "PUT":
                held[name] = parted(request)
            case "POST":
                held[name] = held.get(name, []) + parted(request)
            case "DELETE":
                held.pop(name, None)
            case _:
                yield number, request, held.get(name)


def place(case: Case, number: int, target: str) -> str:
    """Where a reading request finds its graph: one server holds the states of all steps, each under its own name."""
    own = f"{case.name}-{number}"
    moved = target.replace("/gsp", "/graphs", 1)
    for space in ("http://www.example/gsp/", "http%3A%2F%2Fwww.example%2Fgsp%2F"):
        moved = moved.replace(space, space.replace("gsp", own))
    return moved


def _states() -> Iterator[ox.Quad]:
    for case in manifests.graph_store("indirect").values():
        for number, request, state in reads(case):
            name = asked(place(case, number, request.target))
            graph = ox.DefaultGraph() if name == "default" else ox.NamedNode(name) if state else None
            yield from (_quad(triple, graph) for triple in state or () if graph)


def _files() -> Iterator[ox.Quad]:
    for case in manifests.protocol().values():
        for name, lines in case.data.items():
            yield from _in(name, ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    for folder, file in _PARTS:
        path = manifests.FOLDER / folder / file
        yield from _in(data_name(path), ox.parse(path=path, format=ox.RdfFormat.TURTLE))


def _quad(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _in(name: str, quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
    return (_quad(quad.triple, ox.NamedNode(name)) for quad in quads)


def _written(file: Path, quads: Sequence[ox.Quad]) -> Path:
    content = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert content
    file.write_bytes(content)
    return file


@pytest.fixture(scope="session")
def conforming(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The server, with one worker of each kind: what one of them were to change, the next request would meet."""
    small = list(ox.parse(path=graph, format=ox.RdfFormat.N_QUADS))
    file = _written(tmp_path_factory.mktemp("conforming") / "aigov-kg.nq", [*small, *_files(), *_states()])
    with serving(file, "--workers", "1") as server:
        yield server


@pytest.fixture(scope="session")
def direct(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Mapping[str, str]]]:
    """A server whose graphs with addresses of their own hold the states of the tests, and which is where: the name
    of a test and the number of a step -> path.
    """
    steps = [
        (f"{case.name}-{number}", state)
        for case in manifests.graph_store("direct").values()
        for number, _, state in reads(case)
    ]
    different: list[set[ox.Quad]] = []
    paths, quads = {}, [quad for quad in ox.parse(path=graph) if quad.graph_name == graph_name("ontology")]
    for name, state in steps:
        if state is None:
            paths[name] = f"/graph/{_DIRECT[-1]}"
            continue
        known = contents(state)
        if known not in different:
            quads += [_quad(triple, graph_name(_DIRECT[len(different)])) for triple in state]
            different.append(known)
        paths[name] = f"/graph/{_DIRECT[different.index(known)]}"
    assert len(different) == len(_DIRECT) - 1
    file = _written(tmp_path_factory.mktemp("direct") / "aigov-kg.nq", quads)
    with serving(file, "--workers", "1") as server:
        yield server, paths


def contents(state: Sequence[ox.Triple]) -> set[ox.Quad]:
    """Triples whose blank nodes are named by what they are: equal sets are the same graph."""
    lines = ox.serialize(state, format=ox.RdfFormat.N_TRIPLES)
    return manifests.triples(lines or b"", ox.RdfFormat.N_TRIPLES)


def digest(client: httpx.Client) -> str:
    """Of all that the server holds, as its Graph Store and as its queries tell it; both are read by other workers."""
    told, nt = hashlib.sha256(), {"Accept": "application/n-triples"}
    listed = client.get("sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { } }", "format": "csv"})
    assert listed.status_code == 200
    for name in sorted(listed.text.split()[1:]):
        read = client.get("graphs", params={"graph": name}, headers=nt)
        query = {"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "default-graph-uri": name}
        made = client.get("sparql", params=query, headers=nt)
        assert (read.status_code, made.status_code) == (200, 200)
        assert read.content == made.content
        told.update(name.encode() + b"\n" + read.content)
    whole = client.get("graphs?default", headers=nt)
    assert whole.status_code == 200
    told.update(whole.content)
    return told.hexdigest()
