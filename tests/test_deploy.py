"""The files of deploy/: their programs accept them, and behind nginx and Caddy the server is the same."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from needs import missing
from serving import Serving, serving

FOLDER = Path(__file__).resolve().parent.parent / "deploy"
NAME = "graph.example.org"

pytestmark = pytest.mark.slow


def _tool(name: str) -> str:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or missing(f"{name} is not installed")


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _replaced(text: str, **changes: str) -> str:
    """A text in which each of some words stands for another; all of them must be there."""
    for word, other in changes.items():
        assert word in text, f"{word} is not in the file any more"
        text = text.replace(word, other)
    return text


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# ---------------------------------------------------------------- systemd


def _verified(unit: str, folder: Path) -> str:
    """What systemd finds wrong with a unit."""
    file = folder / "aigov-kg.service"
    file.write_text(unit, encoding="utf-8")
    words = [_tool("systemd-analyze"), "verify", "--man=no", str(file)]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    return ended.stderr + ended.stdout + ("" if ended.returncode == 0 else f"exit {ended.returncode}")


def _unit() -> str:
    return _replaced(_text("aigov-kg.service"), **{"/opt/aigov-kg/bin/kg": sys.executable})


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    assert _verified(_unit(), tmp_path) == ""


@pytest.mark.parametrize("line", ["ProtectSytem=strict", "MemoryMax=much", "RestrictNamespaces=house"])
def test_a_wrong_line_of_a_unit_is_seen(line: str, tmp_path: Path) -> None:
    assert "aigov-kg.service" in _verified(_unit().replace("DynamicUser=yes", f"DynamicUser=yes\n{line}"), tmp_path)


def test_the_unit_gives_up_what_the_server_does_not_want(tmp_path: Path) -> None:
    file = tmp_path / "aigov-kg.service"
    file.write_text(_unit(), encoding="utf-8")
    words = [_tool("systemd-analyze"), "security", "--offline=true", "--threshold=20", "--no-pager", str(file)]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout


def test_the_command_of_the_unit_is_one_of_ours() -> None:
    from kg.cli.serve import serve

    command = re.search(r"^ExecStart=\S+ serve (.*?)(?<!\\)$", _text("aigov-kg.service"), re.MULTILINE | re.DOTALL)
    assert command
    made = serve.make_context("serve", command[1].replace("\\\n", " ").split())
    assert made.params["names"] == (NAME,) and made.params["address"] == f"https://{NAME}/"


# ---------------------------------------------------------------- proxies


@dataclass
class Behind:
    """A server behind a proxy: the proxy's port, a client of it, and what it wrote."""

    port: int
    client: httpx.Client
    said: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the name, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        [_tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


@pytest.fixture(scope="module")
def server(graph: Path) -> Iterator[Serving]:
    """The server as the examples start it."""
    with serving(graph, "--host-name", NAME, "--address", f"https://{NAME}/", "--cors", "https://a.example") as found:
        yield found


@contextmanager
def _proxy(words: list[str], port: int, said: Path, certificate: Path, env: dict[str, str]) -> Iterator[Behind]:
    with (
        said.open("wb") as out,
        subprocess.Popen(words, stdout=out, stderr=out, env=os.environ | env) as process,
        # To this machine under the public name, as a client's resolver would have it.
        httpx.Client(
            base_url=f"https://127.0.0.1:{port}", headers={"Host": NAME}, timeout=20, trust_env=False,
            verify=ssl.create_default_context(cafile=str(certificate)),
        ) as client,
    ):  # fmt: skip
        client.event_hooks = {"request": [_named]}
        try:
            until = time.monotonic() + 20
            while not _listens(port):
                assert process.poll() is None and time.monotonic() < until, said.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield Behind(port, client, said)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _named(request: httpx.Request) -> None:
    request.extensions["sni_hostname"] = NAME


def _nginx(folder: Path, target: str, port: int, certificate: tuple[Path, Path]) -> list[str]:
    """nginx with the example and nothing else, in a folder; a test's certificate and ports take the place of ours."""
    site = _replaced(_text("nginx.conf"), **{
        "127.0.0.1:8000": target, "listen 80": f"listen 127.0.0.1:{_free()}", "listen 443": f"listen 127.0.0.1:{port}",
        f"/etc/ssl/{NAME}/fullchain.pem": str(certificate[0]), f"/etc/ssl/{NAME}/privkey.pem": str(certificate[1]),
    })  # fmt: skip
    (folder / "site.conf").write_text(site, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder / 'pid'};\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}include {folder / 'site.conf'};\n}}\n",
        encoding="utf-8",
    )
    return [_tool("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, target: str, port: int, certificate: tuple[Path, Path]) -> list[str]:
    """Caddy with the example; it asks nobody for a certificate and can't be asked for changes."""
    own = f"\n{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate[0]} {certificate[1]}\n"
    site = _replaced(_text("Caddyfile"), **{"127.0.0.1:8000": target, f"\n{NAME} {{\n": own})
    top = "{\n\tadmin off\n\tauto_https off\n}\n"
    (folder / "Caddyfile").write_text(top + site, encoding="utf-8")
    return [_tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def test_nginx_accepts_the_site(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    words = _nginx(tmp_path, "127.0.0.1:8000", _free(), certificate)
    ended = subprocess.run([*words, "-t"], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and "[warn]" not in ended.stderr, ended.stderr


def test_caddy_accepts_its_file_as_it_stands(tmp_path: Path) -> None:
    env = os.environ | {"HOME": str(tmp_path)}
    words = [_tool("caddy"), "validate", "--adapter", "caddyfile", "--config", str(FOLDER / "Caddyfile")]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, env=env)
    assert ended.returncode == 0 and '"level":"warn"' not in ended.stderr, ended.stderr


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def behind(
    request: pytest.FixtureRequest, server: Serving, certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Behind]:  # fmt: skip
    """The server behind nginx, and behind Caddy."""
    folder, port = tmp_path_factory.mktemp(request.param), _free()
    target = server.address.removeprefix("http://").rstrip("/")
    words = (_nginx if request.param == "nginx" else _caddy)(folder, target, port, certificate)
    with _proxy(words, port, folder / "said", certificate[0], {"HOME": str(folder)}) as found:
        yield found


_KEPT = (
    "cache-control", "content-encoding", "content-security-policy", "cross-origin-resource-policy", "etag",
    "permissions-policy", "referrer-policy", "vary", "x-content-type-options", "x-frame-options",
)  # fmt: skip


def test_a_page_arrives_with_the_headers_of_the_server(behind: Behind, server: Serving) -> None:
    through = behind.client.get("/")
    with server.client() as client:
        straight = client.get("", headers={"Host": NAME})
    assert through.status_code == 200 and through.text == straight.text
    for name in _KEPT:
        assert through.headers.get_list(name) == straight.headers.get_list(name) != [], name
    assert through.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert f"https://{NAME}/" in behind.client.get("/sparql", headers={"Accept": "text/turtle"}).text


def test_a_page_that_has_not_changed_is_not_sent_again(behind: Behind) -> None:
    tag = behind.client.get("/things.html").headers["etag"]
    again = behind.client.get("/things.html", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.headers["etag"] == tag


def test_a_name_leads_to_its_data(behind: Behind) -> None:
    answer = behind.client.get("/id/agent/zoe-marsh", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (303, "zoe-marsh.ttl")
    data = behind.client.get("/id/agent/zoe-marsh.ttl")
    assert data.status_code == 200 and 'rel="alternate"' in data.headers["link"]


def test_a_query_is_posted_and_one_of_another_site_is_not(behind: Behind) -> None:
    asked = {"query": "SELECT (1 AS ?one) {}"}
    answer = behind.client.post("/sparql", data=asked, headers={"Accept": "text/csv", "Origin": f"https://{NAME}"})
    assert (answer.status_code, answer.text) == (200, "one\r\n1\r\n")
    foreign = behind.client.post("/sparql", data=asked, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_a_long_query_may_stand_in_the_address(behind: Behind) -> None:
    text = f"ASK {{}} #{'x' * 30_000}"
    answer = behind.client.get("/sparql", params={"query": text}, headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 200 and answer.json()["boolean"] is True


def test_another_site_is_allowed_once(behind: Behind) -> None:
    answer = behind.client.get("/api/about", headers={"Origin": "https://a.example"})
    assert answer.headers.get_list("access-control-allow-origin") == ["https://a.example"]
    assert "access-control-allow-credentials" not in answer.headers
    assert behind.client.options("/sparql", headers={"Origin": "https://a.example"}).status_code == 204


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20])
def test_what_is_too_large_is_refused(behind: Behind, size: int) -> None:
    head = {"Content-Type": "application/sparql-query"}
    assert behind.client.post("/sparql", content=b"#" * size, headers=head).status_code == 413


def test_a_refusal_says_why(behind: Behind) -> None:
    wrong = behind.client.post("/sparql", data={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert wrong.status_code == 400 and wrong.headers["content-type"] == "application/problem+json"
    assert wrong.json()["line"] == 2
    assert behind.client.get("/id/agent/nobody").status_code == 303
    assert behind.client.get("/id/agent/nobody.ttl").status_code == 404


def test_another_name_is_not_answered(behind: Behind) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(behind.client.headers, "Host", "other.example.org")
        answer = behind.client.get("/health")
    assert answer.status_code == 421 or not answer.content  # the server's refusal; Caddy has nothing for other names


def test_nginx_slows_down_who_asks_too_much(server: Serving, certificate: tuple[Path, Path], tmp_path: Path) -> None:
    port = _free()
    words = _nginx(tmp_path, server.address.removeprefix("http://").rstrip("/"), port, certificate)
    with _proxy(words, port, tmp_path / "said", certificate[0], {}) as found:
        asked = [found.client.post("/sparql", data={"query": "ASK {}"}).status_code for _ in range(60)]
    assert set(asked) == {200, 429} and asked[:20] == [200] * 20
