"""Which endpoints an address has: whichever of them the user named, whatever the server says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from stores.fake import PATHS, SOFTWARE, Answer, Fake, Listener, listening

from kg.errors import BadUse, KgError, StoreFailed
from kg.stores.dialects import DIALECTS, Endpoints, endpoints
from kg.stores.web import Credentials, Web

pytestmark = pytest.mark.usefixtures("few_certificates")

WHO = Credentials("u", "s3cr3t")
YES = Answer(200, b'{"head":{},"boolean":true}', {"Content-Type": "application/sparql-results+json"})
HTML = {"Content-Type": "text/html"}


def found(url: str, chosen: str = "", graphs: str = "", update: str = "", known: Credentials = WHO) -> Endpoints:
    with Web(url, 5.0, known) as web:
        return endpoints(web, chosen, graphs, update)


def refusal(url: str, chosen: str = "", graphs: str = "", update: str = "") -> KgError:
    with pytest.raises(KgError) as caught:
        found(url, chosen, graphs, update)
    return caught.value


@contextmanager
def server(answer: Answer, software: str = "nginx", path: str = "") -> Iterator[Listener]:
    """A server that answers questions only so; a page for whoever asks without a question."""
    page = Answer(200, b"<!DOCTYPE html><html>", HTML)
    with listening(lambda asked: answer if asked.method == "POST" and asked.path.endswith(path) else page) as one:
        one.software = software
        yield one


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("behind", ["", "/", "/query", "/update", "/store", "/query/", "//"])
def test_any_address_of_oxigraph_has_the_others(behind: str, chosen: bool, fake: Fake) -> None:
    made = found(fake.listener.url + behind, "oxigraph" if chosen else "")  # what /store answers is not read
    assert (made.dialect.name, made.name) == ("oxigraph", fake.endpoint(0))
    assert (made.query, made.update, made.graphs) == tuple(map(fake.endpoint, range(3)))
    assert [asked.method for asked in fake.listener.asked] == (["POST"] if chosen else ["GET", "POST"])


@pytest.mark.parametrize("known", [WHO, Credentials()])
@pytest.mark.parametrize(
    "behind", ["", "/", "/sparql", "/sparql-auth", "/sparql-graph-crud", "/sparql-graph-crud-auth", "/sparql/"]
)
def test_any_address_of_virtuoso_has_the_others_by_who_asks(behind: str, known: Credentials) -> None:
    with server(YES, SOFTWARE["virtuoso"], "/sparql") as one:
        made = found(one.url + behind, known=known)
    assert (made.dialect.name, made.query, made.dialect.parameter) == ("virtuoso", f"{one.url}/sparql", "graph-uri")
    ends = ("/sparql-auth", "/sparql-graph-crud-auth") if known == WHO else ("/sparql", "/sparql-graph-crud")
    assert (made.update, made.graphs) == (one.url + ends[0], one.url + ends[1])


@pytest.mark.parametrize("dialect", ["oxigraph", "virtuoso"])
def test_a_store_may_stand_behind_a_path_that_looks_like_an_endpoint(dialect: str) -> None:
    """Only one ending is taken off."""
    with server(YES, path="") as one:
        for base in (f"{one.url}/my/store", f"{one.url}/query/x", f"{one.url}/sparql/x"):
            made = found(base + DIALECTS[dialect].query, dialect)
            assert (made.query, made.graphs) == (base + DIALECTS[dialect].query, base + DIALECTS[dialect].graphs)


def test_a_generic_store_has_what_the_user_names() -> None:
    with server(YES) as one:
        url = f"{one.url}/kg/sparql/"
        assert found(url) == Endpoints(DIALECTS["generic"], url, "", "")
        made = found(url, graphs=f"{one.url}/kg/data", update=f" {one.url}/kg/update#x")
        assert made == Endpoints(DIALECTS["generic"], url, f"{one.url}/kg/update", f"{one.url}/kg/data")
        assert [asked.method for asked in one.asked] == ["GET", "POST", "POST"], "an endpoint named means generic"
        assert {asked.path for asked in one.asked} == {"/kg/sparql/"}


@pytest.mark.parametrize("dialect", ["oxigraph", "virtuoso"])
@pytest.mark.parametrize("known", [WHO, Credentials()])
def test_what_the_user_names_comes_before_what_the_dialect_knows(dialect: str, known: Credentials) -> None:
    with server(YES) as one:
        made = found(one.url, dialect, f"{one.url}/other", known=known)
        assert made.graphs == f"{one.url}/other"
        assert made.update == one.url + (
            DIALECTS[dialect].update if dialect == "oxigraph" or known == WHO else "/sparql"
        )
        made = found(one.url, dialect, update=f"{one.url}/other", known=known)
        assert made.update == f"{one.url}/other" and made.graphs != made.update


@pytest.mark.parametrize(
    ("software", "dialect"),
    [
        ("Oxigraph/0.5.13", "oxigraph"), ("oxigraph", "oxigraph"), (SOFTWARE["virtuoso"], "virtuoso"),
        ("Jetty(12.1)", "generic"), ("nginx (not Oxigraph)", "generic"), ("", "generic"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 404, 405, 500])
def test_a_server_is_known_by_its_header_whatever_it_answers(software: str, dialect: str, status: int) -> None:
    with listening(lambda asked: YES if asked.method == "POST" else Answer(status, b"x")) as one:
        one.software = software
        assert found(one.url).dialect.name == dialect


# ---------------------------------------------------------------- other servers


@pytest.mark.parametrize("option", ["--graph-store", "--update"])
@pytest.mark.parametrize("other", ["http://127.0.0.1:1/x", "https://127.0.0.1:{port}/x", "http://localhost:{port}/x"])
def test_an_endpoint_on_another_server_is_refused(option: str, other: str, fake: Fake) -> None:
    given = other.format(port=fake.listener.port)
    update, graphs = (given, "") if option == "--update" else ("", given)
    error = refusal(fake.listener.url, "oxigraph", graphs, update)
    assert isinstance(error, BadUse)
    assert str(error) == f"{option} names another server than {fake.endpoint(0)}: credentials are for one server only"
    assert fake.listener.asked == []


@pytest.mark.parametrize("option", ["--graph-store", "--update"])
def test_an_endpoint_that_is_no_address_is_refused(option: str, fake: Fake) -> None:
    update, graphs = ("localhost/x", "") if option == "--update" else ("", "localhost/x")
    error = refusal(fake.listener.url, "generic", graphs, update)
    assert (
        str(error) == f"{option} 'localhost/x' has no http:// or https:// before it: did you mean http://localhost/x?"
    )


@pytest.mark.parametrize(("real", "chosen", "article"), [("virtuoso", "oxigraph", "a"), ("oxigraph", "virtuoso", "an")])
def test_a_wrong_dialect_is_told_the_right_one(real: str, chosen: str, article: str) -> None:
    with server(Answer(404, b"no", HTML), SOFTWARE[real]) as one:
        error = refusal(one.url, chosen)
    assert isinstance(error, BadUse)
    assert str(error) == (
        f"{one.url}{DIALECTS[chosen].query} is no SPARQL endpoint (it answers 404, text/html): this is {article} "
        f"{real} server: try --dialect {real}"
    )


@pytest.mark.parametrize(("chosen", "article"), [("virtuoso", "a"), ("oxigraph", "an")])
def test_another_server_is_not_what_it_is_called(chosen: str, article: str) -> None:
    with server(Answer(404, b"no")) as one:
        said = str(refusal(one.url, chosen))
    assert said.endswith(f"(it answers 404, nothing): is it {article} {chosen} server? Try --dialect")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<!DOCTYPE html>", HTML), Answer(200), Answer(204), Answer(200, b"hi", {"Content-Type": "a/b"}),
        Answer(200, b'{"error": "true"}', {"Content-Type": "application/json"}), Answer(200, b'{"boolean": false}'),
        Answer(400, b'{"boolean": true}'), Answer(405), Answer(406), Answer(415), Answer(501),
        Answer(200, b'{"head":{"vars":["s"]},"results":{"bindings":[]}}', YES.headers),
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_told_with_what_to_name(answer: Answer) -> None:
    with server(answer) as one:
        error = refusal(f"{one.url}/x")
    kind = answer.headers.get("Content-Type", "nothing")
    assert isinstance(error, BadUse)
    assert str(error) == (
        f"{one.url}/x is no SPARQL endpoint (it answers {answer.status}, {kind}): name the query endpoint itself, like "
        "http://localhost:3030/kg/sparql"
    )


@pytest.mark.parametrize("status", [500, 503, 507])
def test_an_endpoint_that_fails_is_told_so(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.web._PAUSE", 0.0)
    with server(Answer(status, b"out of order", {"Content-Type": "text/plain"})) as one:
        error = refusal(one.url)
    assert isinstance(error, StoreFailed) and error.status == status and f"({status}: out of order)" in str(error)


def test_a_loop_of_redirects_is_told() -> None:
    with listening(lambda asked: Answer(302, b"", {"Location": asked.url + "x"})) as one:
        assert str(refusal(one.url)).startswith(f"{one.url} redirects in a loop")


def test_a_question_that_is_sent_on_is_not_followed() -> None:
    """Who redirects pages to another address (http to https) wants that address named."""
    with listening(lambda asked: Answer(301, b"", {"Location": "https://example.invalid/query"})) as one:
        said = str(refusal(one.url, "oxigraph"))
    assert said == f"{one.url}/query sends POST on to https://example.invalid/query: name that address itself"


def test_a_question_that_wants_a_name_gets_it(fake: Fake) -> None:
    """One that asks for none is not told."""
    fake.trouble("POST", Answer(401, b"", {"WWW-Authenticate": "Basic realm=x"}))
    found(fake.listener.url)
    assert [bool(asked.headers.get("Authorization")) for asked in fake.listener.asked] == [False, False, True]


def test_the_dialects_are_those_of_the_option_and_of_the_fake() -> None:
    assert list(DIALECTS) == ["oxigraph", "virtuoso", "generic"] == list(PATHS)
    for name in ("oxigraph", "virtuoso"):
        one = DIALECTS[name]
        assert (one.query, one.update, one.graphs) == PATHS[name]
