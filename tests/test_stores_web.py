"""HTTP to a triplestore, held to small servers that misbehave: who gets credentials, what is repeated, what is told."""

from __future__ import annotations

import gzip
import re
import shutil
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from needs import missing
from stores.fake import HANG_UP, RESET, Answer, Asked, Fake, Listener, listening
from timing import within

from kg.errors import UNFIT, BadUse, KgError, StoreFailed
from kg.stores.dialects import DIALECTS, Endpoints
from kg.stores.store import Body, Store
from kg.stores.web import Credentials, Web, address, credentials

pytestmark = pytest.mark.usefixtures("few_certificates")

SECRET = "pass word:é"
"""A password that no message may hold."""
WHO = Credentials("zoe", SECRET)
PAIR = "Basic " + b64encode(f"zoe:{SECRET}".encode()).decode()
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
BASIC = Answer(401, b"who?", {"WWW-Authenticate": 'Basic realm="a digest of it"'})


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, none of which takes any time."""
    found: list[float] = []
    monkeypatch.setattr("kg.stores.web.time", SimpleNamespace(sleep=found.append))
    return found


@contextmanager
def asked_of(
    answer: Callable[[Asked], Answer] | Answer, known: Credentials = WHO, seconds: float = 5.0
) -> Iterator[tuple[Web, Listener]]:
    """A client, and the server that it asks."""
    with listening(answer) as server, Web(server.url + "/a", seconds, known) as web:
        yield web, server


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


def put(web: Web, file: Path, graph: str = "x:y", again: bool = False, told: list[int] | None = None) -> None:
    """Sends a file as a store is sent one."""
    body = Body(file, (told if told is not None else []).append)
    length = {"Content-Length": str(file.stat().st_size)}
    web.ask("PUT", web.url, params={"graph": graph}, body=body, headers=length, again=again)


def refusal(
    answer: Callable[[Asked], Answer] | Answer, method: str = "GET", known: Credentials = WHO, again: bool = False
) -> KgError:
    """What is told of an answer, which is one legible line that says where, and no secret."""
    with asked_of(answer, known) as (web, _):
        with pytest.raises(KgError) as caught:
            web.ask(method, web.url, again=again)
        said = str(caught.value)
        assert said.startswith(web.url) or f" {web.url} " in said, said
    assert not UNFIT.search(said) and len(said) < 400, said
    assert not any(secret in said for secret in (SECRET, PAIR[6:], "s3cr3t")), said
    return caught.value


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "given",
    [
        "http://localhost:7878",
        "https://example.org/a/b?c=d@e",
        "HTTP://[::1]:80/x",
        "http://ü.example/",
        "http://h/a b",
    ],
)
def test_an_address_of_the_web_is_taken_as_it_is(given: str) -> None:
    assert address(f" {given}#part\n") == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("localhost:7878", "has no http:// or https:// before it: did you mean http://localhost:7878?"),
        ("//example.org/x", "has no http:// or https:// before it: did you mean http://example.org/x?"),
        ("ftp://example.org", "has no http:// or https:// before it: did you mean http://example.org?"),
        ("", "is no address: write one like http://localhost:7878"),
        ("http://", "is no address"),
        ("http:/x", "is no address"),
        ("http://h:port", "is no address"),
        ("http://h:70000", "is no address"),
        ("http://[::1", "is no address"),
        ("http://a b/", "is no address"),
        ("http://a..b/", "is no address"),
        ("http://h\n/x", "is no address"),
        (f"http://{'a' * 64}.example", "is no address"),
    ],
)
def test_another_address_is_refused_with_what_to_write(given: str, said: str) -> None:
    with pytest.raises(BadUse) as caught:
        address(given, "--update")
    assert str(caught.value).startswith(f"--update {given!r} {said}")


@pytest.mark.parametrize(
    "given",
    [
        "http://user:s3cr3t@host/x", "https://s3cr3t@host", "user:s3cr3t@host:7878", "http://user:s3cr3t@host:70000",
        "http://user:s3cr3t@[::1", "http://user:s3cr3t/x@host", "ftp://user:s3cr3t@host", "http://:s3cr3t@host",
    ],
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(BadUse) as caught:
        address(given)
    assert str(caught.value) == (
        "URL holds a name or password: take it out, and set KG_STORE_USER and KG_STORE_PASSWORD"
    )


# ---------------------------------------------------------------- credentials


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(file))
    return file


def test_without_any_there_are_none(netrc: Path) -> None:
    assert credentials("http://localhost") == Credentials()
    with Web("http://localhost") as web:
        assert not web.known and not web.bare


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"USER": "zoe", "PASSWORD": SECRET}, WHO),
        ({"TOKEN": "abc"}, Credentials(token="abc")),
        ({"USER": "u", "PASSWORD": "p", "TOKEN": "t"}, Credentials("u", "p", "t")),
        ({"USER": "", "PASSWORD": "", "TOKEN": ""}, Credentials("net", "rc")),
    ],
)
def test_the_environment_comes_before_netrc(
    given: dict[str, str], found: Credentials, netrc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc.write_text("machine localhost login net password rc\n")
    for name, value in given.items():
        monkeypatch.setenv(f"KG_STORE_{name}", value)
    assert credentials("http://localhost:7878/x") == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://localhost", Credentials("one", "eins")),
        ("https://LOCALHOST:8890/sparql", Credentials("one", "eins")),
        ("http://other.example", Credentials("two", "zwei")),
        ("http://example", Credentials()),
        ("http://localhost.example", Credentials()),
        ("http://bare.example", Credentials("three", "")),
    ],
)
def test_netrc_has_them_by_host(url: str, found: Credentials, netrc: Path) -> None:
    netrc.write_text(
        "machine localhost login one password eins\nmachine other.example login two password zwei\n"
        "machine bare.example login three\n"
    )
    assert credentials(url) == found


def test_netrc_stands_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETRC")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert credentials("http://localhost") == Credentials()
    (tmp_path / ".netrc").write_text("machine localhost login u password p\n")
    (tmp_path / ".netrc").chmod(0o600)
    assert credentials("http://localhost") == Credentials("u", "p")
    monkeypatch.setenv("NETRC", "~/.netrc")
    assert credentials("http://localhost") == Credentials("u", "p")


def test_who_has_no_home_has_no_netrc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", "~nobody-of-this-name/x")
    assert credentials("http://localhost") == Credentials()


@pytest.mark.parametrize("content", [b"machine localhost login u passw", b"machine h login \xff", b"nonsense s3cr3t\n"])
def test_a_netrc_that_is_none_is_told_without_its_words(content: bytes, netrc: Path) -> None:
    netrc.write_bytes(content)
    with pytest.raises(BadUse) as caught:
        credentials("http://localhost")
    assert str(caught.value) == f"{netrc} can't be read as netrc: mend it, or set KG_STORE_USER and KG_STORE_PASSWORD"


def test_a_netrc_that_may_not_be_read_is_told(netrc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc.touch()

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kg.stores.web.netrc.netrc", refuse)
    with pytest.raises(BadUse, match="can't be read as netrc"):
        credentials("http://localhost")


@pytest.mark.parametrize(("there", "gone"), [("USER", "PASSWORD"), ("PASSWORD", "USER")])
def test_half_a_pair_is_refused(there: str, gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"KG_STORE_{there}", "s3cr3t")
    with pytest.raises(BadUse) as caught:
        credentials("http://localhost")
    assert str(caught.value) == f"KG_STORE_{gone} is not set, but its other half is: set both"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", "s3cr3t\n"),
        ("TOKEN", " s3cr3t"),
        ("TOKEN", "s3\udcffcr3t"),
        ("TOKEN", "s3cr3té"),
        ("PASSWORD", "s3cr3t\r"),
        ("USER", "a\x1b"),
    ],
)
def test_what_fits_in_no_header_is_refused_before_it_is_sent(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("USER", "PASSWORD"):
        monkeypatch.setenv(f"KG_STORE_{other}", "x")
    monkeypatch.setenv(f"KG_STORE_{name}", value)
    with pytest.raises(BadUse) as caught:
        credentials("http://localhost")
    assert str(caught.value).startswith(f"KG_STORE_{name} has a line break") and "s3" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "known", "bare"),
    [
        ("http://example.org/x", WHO, True),
        ("http://example.org", Credentials(token="t"), True),
        ("https://example.org/x", WHO, False),
        ("http://localhost:1/x", WHO, False),
        ("http://127.0.0.1/x", WHO, False),
        ("http://[::1]/x", WHO, False),
        ("http://example.org/x", Credentials(), False),
    ],
)
def test_what_goes_over_a_network_in_clear_is_known(url: str, known: Credentials, bare: bool) -> None:
    with Web(url, known=known) as web:
        assert web.bare is bare


# ---------------------------------------------------------------- who gets them


def wanting(authorization: str) -> Callable[[Asked], Answer]:
    """A server that wants one header, by the basic scheme."""
    return lambda asked: Answer(200, b"in") if asked.headers.get("Authorization") == authorization else BASIC


def sent(server: Listener) -> list[str | None]:
    """The credentials of each request."""
    return [asked.headers.get("Authorization") for asked in server.asked]


def test_basic_is_sent_when_it_is_asked_for_and_at_once_from_then_on() -> None:
    """Its realm may name another scheme."""
    with asked_of(wanting(PAIR)) as (web, server):
        for method, body in (("GET", None), ("PUT", b"<a:> <b:> <c:> .")):
            assert web.ask(method, web.url, body=body).read() == b"in"
        assert sent(server) == [None, PAIR, PAIR]
        assert web.ask("GET", server.url + "/other").read() == b"in"
        assert sent(server)[3:] == [None, PAIR]  # another address may want none


def test_nothing_is_sent_to_who_does_not_ask() -> None:
    with asked_of(Answer(200, b"open")) as (web, server):
        assert web.ask("GET", web.url).read() == b"open"
        assert sent(server) == [None]


def test_a_token_is_sent_at_once() -> None:
    with asked_of(wanting("Bearer s3cr3t"), Credentials("u", "p", "s3cr3t")) as (web, server):
        assert web.ask("GET", web.url).read() == b"in"
        assert sent(server) == ["Bearer s3cr3t"]


def test_digest_is_taken_before_basic_and_a_body_is_sent_again(tmp_path: Path) -> None:
    """The checking is the fake's: it computes the answer to its challenge itself (RFC 7616)."""
    body = tmp_path / "body"
    body.write_bytes(b"<a:> <b:> <c:> .\n" * 40_000)
    told: list[int] = []
    judge = Fake("virtuoso")

    def answer(asked: Asked) -> Answer:
        refused = judge.refuses(asked, "zoe", SECRET)
        both = {"WWW-Authenticate": f'{refused.headers["WWW-Authenticate"]}, Basic realm="x"'} if refused else {}
        return Answer(401, b"", both) if refused else Answer(201)

    with asked_of(answer) as (web, server):
        for number in range(2):
            put(web, body, f"x:é {number}&", told=told)
    assert [len(asked.body) for asked in server.asked] == [680_000] * 3
    assert told[-3:] == [262_144, 524_288, 680_000]
    header = str(server.asked[2].headers["Authorization"])
    assert header.startswith("Digest ") and SECRET not in header and "nc=00000002" in header


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="r", nonce="n", algorithm=SHA-512-256', 'Digest realm="r", nonce="n", qop="auth-int"',
        "Digest realm", 'Digest realm="r"', 'Digest realm="r", nonce="n", qop="what"',
    ],
)  # fmt: skip
def test_a_challenge_that_is_not_understood_is_told(challenge: str) -> None:
    error = refusal(Answer(401, b"", {"WWW-Authenticate": challenge}))
    assert isinstance(error, StoreFailed)
    assert re.search("unknown kind: use a token|the connection to .* broke", str(error))


def test_a_name_that_digest_can_not_carry_is_told() -> None:
    known = Credentials("zoë", SECRET)
    wanted = Answer(401, b"", {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'})
    with (
        asked_of(wanted, known) as (web, _),
        pytest.raises(BadUse, match="a name beyond ASCII can't be sent by digest"),
    ):
        web.ask("GET", web.url)
    pair = "Basic " + b64encode(f"zoë:{SECRET}".encode()).decode()
    with asked_of(wanting(pair), known) as (web, _):
        assert web.ask("GET", web.url).read() == b"in"


@pytest.mark.parametrize("scheme", ["Negotiate", 'Bearer realm="x"', ""])
def test_no_password_is_sent_where_another_scheme_is_wanted(scheme: str) -> None:
    with asked_of(Answer(401, b"", {"WWW-Authenticate": scheme} if scheme else {})) as (web, server):
        with pytest.raises(BadUse):
            web.ask("GET", web.url)
        assert sent(server) == [None]


WRONG = "refuses the name and password, or the token: correct KG_STORE_USER and KG_STORE_PASSWORD, KG_STORE_TOKEN, or"


@pytest.mark.parametrize(
    ("status", "known", "said"),
    [
        (401, Credentials(), "wants a name and password: set KG_STORE_USER and KG_STORE_PASSWORD, or netrc"),
        (401, WHO, f"{WRONG} netrc"),
        (401, Credentials(token="s3cr3t"), f"{WRONG} netrc"),
        (403, Credentials(), "does not allow this to anybody without a name: set KG_STORE_USER and KG_STORE_PASSWORD"),
        (403, WHO, "does not allow this to this user: no, zoë"),
    ],
)
def test_who_is_refused_hears_what_to_set(status: int, known: Credentials, said: str) -> None:
    error = refusal(Answer(status, "no, zoë\nsee log".encode(), {**TEXT, **BASIC.headers}), known=known)
    assert isinstance(error, BadUse) and said in str(error)


@pytest.mark.parametrize(
    "told", [SECRET, PAIR, "s3cr3t", f"{'x' * 195}{SECRET}", f"<html>{SECRET}", f"\n\n  {SECRET} no!"]
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_server_that_repeats_a_secret_makes_no_message_hold_it(told: str, status: int) -> None:
    known = Credentials("zoe", SECRET, "s3cr3t" if told == "s3cr3t" else "")
    for kind in (TEXT, {}):
        refusal(Answer(status, told.encode(), {**kind, **BASIC.headers}), known=known)


# ---------------------------------------------------------------- redirects


@contextmanager
def canary() -> Iterator[Listener]:
    """Another server, which asks for a password and must not get one."""
    with listening(lambda asked: BASIC) as other:
        yield other
        assert sent(other) == [None] * len(other.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("known", [WHO, Credentials(token="s3cr3t")])
def test_credentials_go_to_no_other_server(status: int, known: Credentials) -> None:
    """A port is another server too, and a server that already had them does not pass them on."""
    with canary() as other:

        def answer(asked: Asked) -> Answer:
            if not asked.headers.get("Authorization"):
                return BASIC
            return Answer(status, b"", {"Location": f"{other.url}/b"})

        with asked_of(answer, known) as (web, _):
            for _ in range(2):
                with pytest.raises(BadUse) as caught:
                    web.ask("GET", web.url)
                assert str(caught.value) == (
                    f"{web.url} sends on to {other.url}/b, which wants a name: give that address itself"
                )
        assert len(other.asked) == 2


def test_without_a_password_a_reader_may_be_sent_to_another_server() -> None:
    with listening(lambda asked: Answer(200, asked.url.encode())) as other:
        for known in (WHO, Credentials()):
            with asked_of(Answer(302, b"", {"Location": f"{other.url}/b?c=d"}), known) as (web, _):
                assert web.ask("GET", web.url, params={"graph": "x:y"}).read() == b"/b?c=d"
        assert sent(other) == [None, None]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_what_writes_is_not_sent_to_another_server(status: int, method: str) -> None:
    with canary() as other:
        error = refusal(Answer(status, b"", {"Location": f"{other.url}/b"}), method)
        assert isinstance(error, BadUse)
        assert f" sends {method} on to {other.url}/b: name that address itself" in str(error)
        assert other.asked == []


@pytest.mark.parametrize(("status", "follows"), [(307, True), (308, True), (301, False), (302, False), (303, False)])
def test_on_the_same_server_what_writes_goes_on_only_unchanged(status: int, follows: bool, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"<a:> <b:> <c:> .\n")

    def answer(asked: Asked) -> Answer:
        moved = {"Location": asked.url.replace("/a", "/b")}
        return Answer(status, b"", moved) if asked.path == "/a" else wanting(PAIR)(asked)

    with asked_of(answer) as (web, server), nullcontext() if follows else pytest.raises(BadUse):
        put(web, file, "x:y z")
    assert [asked.path for asked in server.asked] == ["/a", *(["/b", "/b"] if follows else [])]
    assert {(asked.method, asked.body, asked.params["graph"]) for asked in server.asked} == {
        ("PUT", b"<a:> <b:> <c:> .\n", "x:y z")
    }


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("location", ["/b", "/b?graph=x:z", "/b?graph=x:y&graph=x:z", "?"])
def test_what_writes_follows_no_redirect_that_loses_its_graph(method: str, location: str) -> None:
    """A PUT or DELETE that names no graph replaces or removes all of them in some stores."""
    with asked_of(Answer(307, b"", {"Location": location})) as (web, server):
        with pytest.raises(BadUse, match=f"sends {method} on to "):
            web.ask(method, web.url, params={"graph": "x:y"})
        assert len(server.asked) == 1


def test_a_loop_is_left() -> None:
    with asked_of(lambda asked: Answer(302, b"", {"Location": asked.url})) as (web, server):
        with pytest.raises(BadUse, match=r"/a redirects in a loop: name the address of the endpoint itself"):
            web.ask("GET", web.url)
        assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("ftp://h/x", r"sends GET on to ftp://h/x: name that"),
        ("file:///etc/passwd", "sends GET on to file:/+etc/passwd: name that"),
        ("http://h:port/", r"does not speak HTTP \(Invalid URL in location header"),
        ("http://h.invalid/b?c", r"^nothing answers at http://127\S+/a \(sent on to http://h\.invalid/b\) \("),
    ],
)
def test_a_redirect_to_nowhere_is_told(location: str, said: str) -> None:
    assert re.search(said, str(refusal(Answer(302, b"", {"Location": location}))))


@pytest.mark.parametrize("status", [300, 302, 304])
def test_a_redirect_that_names_nothing_is_a_failure(status: int) -> None:
    error = refusal(Answer(status), "PUT")
    assert isinstance(error, StoreFailed) and error.status == status


def test_parameters_are_added_to_those_of_the_address() -> None:
    with asked_of(lambda asked: Answer(200, asked.url.encode())) as (web, server):
        assert web.ask("GET", f"{server.url}/data?db=x%20y", params={"graph": "x:y"}).read() == (
            b"/data?db=x+y&graph=x%3Ay"
        )


# ---------------------------------------------------------------- again, or not


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_be_repeated_is_repeated(status: int, pauses: list[float]) -> None:
    with asked_of(in_turn(Answer(status), Answer(status), Answer(200, b"now"))) as (web, server):
        assert web.ask("PUT", web.url, body=b"x", again=True).read() == b"now"
        assert [asked.body for asked in server.asked] == [b"x"] * 3
    assert pauses == [0.5, 1.0]


def test_there_is_an_end_to_it(pauses: list[float]) -> None:
    error = refusal(Answer(503, b"starting", TEXT), again=True)
    assert isinstance(error, StoreFailed) and error.status == 503
    assert str(error).endswith("/a has too much to do, or is starting (503: starting)")
    assert pauses == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("answer", [Answer(status) for status in (429, 500, 502, 503, 504)] + [RESET, HANG_UP])
def test_what_may_not_be_repeated_is_asked_once(answer: Answer, pauses: list[float]) -> None:
    with asked_of(answer) as (web, server):
        with pytest.raises(StoreFailed):
            web.ask("POST", web.url, body=b"MOVE")
        assert len(server.asked) == 1
    assert pauses == []


@pytest.mark.parametrize("status", [400, 401, 404, 409, 413, 500, 501, 507])
def test_what_will_not_change_is_not_repeated(status: int, pauses: list[float]) -> None:
    with asked_of(Answer(status), Credentials()) as (web, server):
        with pytest.raises(KgError):
            web.ask("GET", web.url, again=True)
        assert len(server.asked) == 1
    assert pauses == []


@pytest.mark.parametrize(
    ("asked_for", "made"),
    [("7", 7.0), ("0", 0.0), ("9" * 400, 30.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.5), ("-1", 0.5), ("²", 0.5)],
)
def test_the_pause_is_the_one_that_the_server_wants(asked_for: str, made: float, pauses: list[float]) -> None:
    busy = Answer(503, b"", {"Retry-After": asked_for})
    with asked_of(in_turn(busy, Answer(200))) as (web, _):
        web.ask("GET", web.url, again=True)
    assert pauses == [made]


@pytest.mark.parametrize("broken", [RESET, HANG_UP])
def test_a_connection_that_breaks_is_tried_again(broken: Answer, pauses: list[float], tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"x" * 300_000)
    with asked_of(in_turn(broken, broken, Answer(201))) as (web, server):
        put(web, file, again=True)
        assert [len(asked.body) for asked in server.asked] == [300_000] * 3
    assert pauses == [0.5, 1.0]


# ---------------------------------------------------------------- what is told


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (400, "refused (400: it is so)", 3),
        (404, "does not do this (404: it is so): is it the right address, and --dialect?", 2),
        (405, "does not do this (405: it is so): is it the right address, and --dialect?", 2),
        (415, "does not do this (415: it is so)", 2),
        (413, "takes no body of this size (413: it is so)", 3),
        (429, "has too much to do (429: it is so)", 3),
        (500, "failed inside (500: it is so)", 3),
        (507, "has no room left (507: it is so)", 3),
        (599, "refused (599: it is so)", 3),
    ],
)
def test_a_refusal_tells_the_first_line_of_the_server(status: int, said: str, code: int) -> None:
    error = refusal(Answer(status, b"\n  it is so  \nTraceback\n", TEXT), "PUT")
    assert said in str(error) and error.exit_code == code
    assert isinstance(error, BadUse) or (isinstance(error, StoreFailed) and error.status == status)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("<!DOCTYPE html><p>no", "text/html", "(500: its log may say why)"),
        ("<html>no", "Text/HTML; charset=utf-8", "(500: its log may say why)"),
        ("no", "text/html", "(500: no)"),
        ("\n <?xml version='1.0'?><html>no", "application/xhtml+xml", "(500: its log may say why)"),
        ("<html>no", "", "(500: its log may say why)"),
        ("", "text/plain", "(500: its log may say why)"),
        ("a\x1b[31mb\x07", "text/plain", r"(500: a\x1b[31mb\x07)"),
        ("\u202eturned\u2028b", "text/plain; charset=utf-8", r"(500: \u202eturned)"),
        ("x" * 500, "text/plain", f"(500: {'x' * 199}…)"),
        ("caf\xe9", "text/plain; charset=nonsense", "(500: caf\xe9)"),
    ],
)
def test_the_words_of_a_server_are_one_harmless_line(body: str, kind: str, said: str) -> None:
    error = refusal(Answer(500, body.encode(), {"Content-Type": kind} if kind else {}), "POST")
    assert str(error).endswith(said)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b"half", kept=4), "broke off, or does not speak HTTP (peer closed connection"),
        (Answer(0, b"SSH-2.0-OpenSSH_9.2\r\n"), "broke off, or does not speak HTTP ("),
        (Answer(0, b"\x16\x03\x01\x02\x00"), "broke off, or does not speak HTTP ("),
        (Answer(0, b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "broke off, or does not speak HTTP ("),
        (HANG_UP, "broke off, or does not speak HTTP ("),
        (Answer(200, b"no gzip", {"Content-Encoding": "gzip"}), "answers what can't be read ("),
        (Answer(200, gzip.compress(b"x" * 9999)[:40], {"Content-Encoding": "gzip"}), ""),
        (Answer(500, b"no gzip", {"Content-Encoding": "gzip"}), "answers what can't be read ("),
    ],
)
def test_an_answer_that_can_not_be_read_is_told(answer: Answer, said: str) -> None:
    if said:
        error = refusal(answer)
        assert isinstance(error, StoreFailed) and error.exit_code == 3
        assert said in str(error)


def test_a_reset_is_told() -> None:
    error = refusal(RESET)
    assert isinstance(error, StoreFailed)
    assert re.fullmatch(r"the connection to \S+ broke \(.*\): repeat the command", str(error))


def test_a_broken_stream_is_told_where_it_is_read() -> None:
    read: list[bytes] = []
    with (
        asked_of(Answer(200, b"x" * 300_000, kept=1)) as (web, _),
        pytest.raises(StoreFailed, match="broke off"),
        web.open("GET", web.url) as reply,
    ):
        read.extend(reply.chunks)
    assert 0 < len(b"".join(read)) <= 300_000


def test_an_error_of_the_reader_passes_as_it_is_and_the_next_request_works() -> None:
    with asked_of(Answer(200, b"x" * 3_000_000)) as (web, _):
        with pytest.raises(KeyError), web.open("GET", web.url):
            raise KeyError("mine")
        assert len(web.ask("GET", web.url).read()) == 3_000_000


def test_who_does_not_answer_in_time_is_told_and_not_asked_again(pauses: list[float]) -> None:
    with asked_of(Answer(200, waits=1.0), seconds=0.1) as (web, server):
        with within(0.9), pytest.raises(StoreFailed) as caught:
            web.ask("GET", web.url, again=True)
        assert len(server.asked) == 1 and pauses == []
        assert str(caught.value) == (
            f"{web.url} did not answer within 0.1 s: look whether it is still at work, or allow more (--timeout)"
        )
        assert caught.value.status == 0


def test_a_large_request_may_be_given_more_time() -> None:
    with asked_of(Answer(200, b"late", waits=0.3), seconds=0.1) as (web, _):
        assert web.ask("GET", web.url, seconds=5.0).read() == b"late"


def test_where_nobody_listens_is_told(pauses: list[float]) -> None:
    with listening(Answer()) as server:
        url = server.url
    with Web(url, known=WHO) as web, pytest.raises(StoreFailed) as caught:
        web.ask("GET", url, again=True)
    assert re.fullmatch(rf"nothing answers at {url} \(.*refused.*\): is the server running\?", str(caught.value))
    assert len(pauses) == 3, "a server that is starting is waited for"


def test_a_name_that_nobody_has_is_told(pauses: list[float]) -> None:
    url = "http://no-such-host.invalid:7878"
    with Web(url, known=WHO) as web, pytest.raises(StoreFailed, match=r"^nothing answers at http://no-such-host"):
        web.ask("GET", url)


def test_an_answer_that_came_before_the_body_was_read_is_heard(tmp_path: Path) -> None:
    """A server that says 413 at once, and hangs up."""
    file = tmp_path / "body"
    file.write_bytes(b"x" * 8_000_000)
    with asked_of(Answer(201)) as (web, server):
        server.early = lambda asked: Answer(413, b"", {"Connection": "close"})
        with pytest.raises(StoreFailed) as caught:
            put(web, file, again=True)
    assert caught.value.status in (413, 0)


# ---------------------------------------------------------------- encryption


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Certificates of 127.0.0.1 that sign themselves, each with its key: a good one and one whose day is over."""
    if not shutil.which("openssl"):
        missing("the program openssl is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    asks = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out asks -subj /CN=x "
    signs = "openssl x509 -req -in asks -signkey key -copy_extensions copy -out"
    for command in (f"{asks} -addext subjectAltName=IP:127.0.0.1", f"{signs} good -days 2", f"{signs} over -days -1"):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=30)
    for name in ("good", "over"):
        with (folder / name).open("a") as file:
            file.write((folder / "key").read_text())
    return {name: folder / name for name in ("good", "over")}


@contextmanager
def encrypted(certificate: Path) -> Iterator[Listener]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(wanting(PAIR), context) as server:
        yield server


def test_a_certificate_that_is_trusted_is_taken(certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["good"]))
    with encrypted(certificates["good"]) as server, Web(server.url, known=WHO) as web:
        assert web.ask("GET", web.url).read() == b"in"


@pytest.mark.parametrize(
    ("trusted", "shown", "said"),
    [("over", "good", "self-signed"), ("over", "over", "expired")],
)
def test_a_certificate_that_is_not_trusted_is_told_and_gets_nothing(
    trusted: str, shown: str, said: str, certificates: dict[str, Path], pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # Both have one key and one name: only a bundle without either makes the good one a stranger.
    bundle = certificates[trusted] if shown == "over" else certificates["good"].with_name("none")
    if not bundle.exists():
        bundle.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle)) if shown == "over" else monkeypatch.delenv(
        "SSL_CERT_FILE", raising=False
    )
    with encrypted(certificates[shown]) as server, Web(server.url, known=WHO) as web:
        with pytest.raises(StoreFailed) as caught:
            web.ask("GET", web.url, again=True)
        assert server.asked == [] and pauses == []
    assert re.match(rf"{web.url}: no trusted encrypted connection \(.*{said}", str(caught.value))
    assert str(caught.value).endswith(
        "name its certificate authority by SSL_CERT_FILE, or correct the address (is it http://?)"
    )


@pytest.mark.parametrize(
    "content", [None, b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"]
)
def test_a_file_of_certificates_that_is_none_is_told(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authorities"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(BadUse) as caught:
        Web("http://localhost")
    assert str(caught.value) == f"{file} holds no certificates that can be read: correct SSL_CERT_FILE"


@pytest.mark.parametrize("proxy", ["socks9://u:s3cr3t@h", "nonsense:s3cr3t", "http://u:s3cr3t@h:port"])
def test_a_proxy_that_is_none_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(BadUse) as caught:
        Web("http://localhost")
    assert "ALL_PROXY names can't be used" in str(caught.value) and "s3cr3t" not in str(caught.value)


def test_https_to_a_port_that_does_not_encrypt_is_told(pauses: list[float]) -> None:
    with listening(Answer()) as server:
        url = server.url.replace("http:", "https:")
        with Web(url, known=WHO) as web, pytest.raises(StoreFailed, match="no trusted encrypted connection"):
            web.ask("GET", url, again=True)
    assert pauses == []


def test_http_to_a_port_that_encrypts_is_told(certificates: dict[str, Path]) -> None:
    with encrypted(certificates["good"]) as server:
        url = server.url.replace("https:", "http:")
        with Web(url, known=WHO) as web, pytest.raises(StoreFailed, match=r"broke"):
            web.ask("GET", url)


# ---------------------------------------------------------------- through a store


def test_a_graph_that_breaks_off_is_told_in_both_forms(tmp_path: Path) -> None:
    """A parser of Turtle hands on what the connection raises."""
    line = b"<a:a> <b:b> <c:c> .\n"
    for kind in ("application/n-triples", "text/turtle"):
        with asked_of(Answer(200, line * 50_000, {"Content-Type": kind}, kept=9)) as (web, _):
            store = Store(web, Endpoints(DIALECTS["oxigraph"], web.url, web.url, web.url))
            with pytest.raises(StoreFailed, match="broke off"):
                store.content("x:y", tmp_path / "there", 5)
