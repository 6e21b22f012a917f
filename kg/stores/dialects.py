"""Where each kind of triplestore has its endpoints (SPARQL 1.1 Protocol, Graph Store Protocol), and how to tell it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from kg.errors import BadUse
from kg.stores.web import Web, WrongAddress, address

__all__ = ["DIALECTS", "Dialect", "Endpoints", "endpoints"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A kind of server: what its addresses end in, its name in the Server header, and how it must be handled.

    `query`, `update` and `graphs` stand behind the base address. `parameter` names a graph in its Graph Store Protocol.
    `gigabytes` of the server's memory are what a million triples take in one request, where that was measured.
    `moves`: a MOVE that was answered outlives the death of the server. `request` is the most bytes of a graph that one
    request takes reliably, 0 where no bound was met.
    """

    name: str
    server: str
    query: str
    update: str
    graphs: str
    parameter: str
    gigabytes: float = 0.0
    moves: bool = True
    request: int = 0


DIALECTS = {
    # A request is one transaction, which Oxigraph keeps in memory.
    "oxigraph": Dialect("oxigraph", "oxigraph", "/query", "/update", "/store", "graph", 2.8),
    # Of 31 loads with graphs of up to 80 MB five made threads of Virtuoso 7.2 wait for each other for good, and one
    # with 550 MB was answered and had lost a twelfth of its triples; of pieces of 16 MB and less none did.
    "virtuoso": Dialect(
        "virtuoso", "virtuoso", "/sparql", "/sparql-auth", "/sparql-graph-crud-auth", "graph-uri", 0.0, False, 16 << 20
    ),
    "generic": Dialect("generic", "", "", "", "", "graph"),
}

_OPEN = "/sparql-graph-crud"
"""Where Virtuoso serves graphs to those who have no name; its query endpoint takes what updates it allows them."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one store; "" for what it does not have, or what is not known."""

    dialect: Dialect
    query: str
    update: str
    graphs: str

    @property
    def name(self) -> str:
        """The store as messages call it."""
        return self.query


def _base(url: str, dialect: Dialect) -> str:
    """The address without the ending of an endpoint, whichever of them the user named."""
    if not dialect.query:
        return url
    url = url.rstrip("/")
    endings = (dialect.graphs, dialect.update, _OPEN, dialect.query)
    return next((url.removesuffix(one) for one in endings if url.endswith(one)), url)


def _told(web: Web, url: str) -> str:
    """The kind of server that an address belongs to, by its Server header; "generic" for any other."""
    with web.open("GET", url, again=True, fine=range(400, 600)) as reply:  # unread: it may be all that the store has
        server = reply.headers.get("server", "").lower()
    return next((name for name, one in DIALECTS.items() if one.server and server.startswith(one.server)), "generic")


def endpoints(web: Web, chosen: str = "", graphs: str = "", update: str = "") -> Endpoints:
    """The endpoints of the store at the client's address, asking it who it is where the user does not say.

    Raises `BadUse` when nothing there answers a query as SPARQL 1.1 Protocol has it.
    """
    url = web.url
    dialect = DIALECTS[chosen or ("generic" if graphs or update else _told(web, url))]
    base = _base(url, dialect)
    if dialect.name == "virtuoso" and not web.known:
        dialect = replace(dialect, update=dialect.query, graphs=_OPEN)
    made = Endpoints(
        dialect,
        base + dialect.query,
        address(update, "--update") if update else dialect.update and base + dialect.update,
        address(graphs, "--graph-store") if graphs else dialect.graphs and base + dialect.graphs,
    )
    for option, other in (("--update", made.update), ("--graph-store", made.graphs)):
        if other and urlsplit(other)[:2] != urlsplit(made.query)[:2]:
            raise BadUse(f"{option} names another server than {made.query}: credentials are for one server only")
    _check(web, made)
    return made


def _check(web: Web, found: Endpoints) -> None:
    """Raises `BadUse` unless the query endpoint answers a question."""
    reply = web.ask(
        "POST", found.query, form={"query": "ASK {}"}, headers={"Accept": "application/sparql-results+json"},
        again=True, fine=(400, 404, 405, 406, 415, 501),
    )  # fmt: skip
    body = reply.read()
    if reply.status < 400 and b'"boolean"' in body and b"true" in body:
        return
    server = reply.headers.get("server", "").split("/")[0].lower()
    of = next((name for name, one in DIALECTS.items() if one.server and server == one.server), "")
    if of and of != found.dialect.name:
        hint = f"this is {'an' if of[0] in 'aeiou' else 'a'} {of} server: try --dialect {of}"
    elif found.dialect.name == "generic":
        hint = "name the query endpoint itself, like http://localhost:3030/kg/sparql"
    else:
        hint = f"is it {'an' if found.dialect.name[0] in 'aeiou' else 'a'} {found.dialect.name} server? Try --dialect"
    what = reply.media_type or "nothing"
    raise WrongAddress(f"{found.query} is no SPARQL endpoint (it answers {reply.status}, {what}): {hint}")
