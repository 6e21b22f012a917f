"""The HTML page: nothing in it asks a network, hostile names stay text, and a browser draws it from disk."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from needs import missing

from kg.build import Prepared
from kg.facts import Project
from kg.views import overview

LOADS = {"src", "srcset", "href", "data", "poster", "action", "formaction", "background", "ping", "manifest"}
HOSTILE = (
    "</script><img src=x onerror=window.pwned=1>",
    "<!--<script>window.pwned=1</script>-->",
    "line\u2028separator\u2029and \u202ebidi\u202c",
    "\"quotes' & back\\slash ${window.pwned=1} {{7*7}} ]]>",
    "<a href='javascript:window.pwned=1'>href</a>",
    "hyphen-ated-and-unbreakably-long-without-any-space",
    "静机研究所静机研究所静机研究所静机研究所静机研究所",
)
# Nothing leaves the machine: no name resolves.
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,700",
    "--virtual-time-budget=3000",
    "--enable-logging=stderr",
    "--dump-dom",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


class Page(HTMLParser):
    """Start tags with attributes, and the text of each script and style."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self._open = ""
        self.feed(content.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.inside.append((self._open, data))

    def text(self, tag: str) -> list[str]:
        return [text for name, text in self.inside if name == tag]


def page_data(content: bytes) -> dict[str, Any]:
    """The JSON of the page."""
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', content.decode("utf-8"), re.DOTALL)
    assert len(found) == 1
    loaded: dict[str, Any] = json.loads(found[0])
    return loaded


def with_names(project: Project, text: str) -> Project:
    """The project with every name, title and note replaced, and addresses that are scripts."""
    return replace(
        project,
        entities={name: replace(e, label=text, note=text) for name, e in project.entities.items()},
        sources={
            name: replace(s, title=text, note=text, url="javascript:window.pwned=1")
            for name, s in project.sources.items()
        },
        facts=tuple(replace(fact, note=text) for fact in project.facts),
    )


# ---------------------------------------------------------------- the page as text


def test_no_element_loads_anything(built: Prepared) -> None:
    page = Page(overview(built.project, "1.2.3"))
    assert not [(tag, name) for tag, attrs in page.tags for name in attrs if name in LOADS]
    assert {tag for tag, _ in page.tags}.isdisjoint(
        {"img", "link", "iframe", "object", "embed", "base", "video", "form"}
    )
    assert not [text for text in page.text("style") if re.search(r"url\s*\(|@import", text)]
    assert page.text("style") and len(page.text("script")) == 3


def test_the_page_forbids_what_it_does_not_need(built: Prepared) -> None:
    policies = [attrs for tag, attrs in Page(overview(built.project, "1")).tags if "http-equiv" in attrs]
    [policy] = [attrs["content"] or "" for attrs in policies if attrs["http-equiv"] == "Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts.pop("default-src") == "'none'"
    assert set(" ".join(parts.values()).split()) <= {"'unsafe-inline'", "data:"}
    assert parts.keys() <= {"script-src", "style-src", "img-src"}


def test_the_page_has_a_language_a_title_and_counts(built: Prepared) -> None:
    content = overview(built.project, "1.2.3 <b>")
    assert ("html", {"lang": "en"}) in Page(content).tags
    text = content.decode("utf-8")
    assert "<title>AI governance: who did what, with receipts</title>" in text
    assert "8 things, 8 relations, version 1.2.3 &lt;b&gt;" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_change_no_markup(text: str, built: Prepared) -> None:
    plain, hostile = (Page(overview(project, "1")) for project in (built.project, with_names(built.project, text)))
    assert hostile.tags == plain.tags
    assert len(hostile.text("script")) == 3
    assert not re.search("[<>&\u2028\u2029]", hostile.text("script")[0])
    assert hostile.text("script")[1:] == plain.text("script")[1:]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_arrive_whole(text: str, built: Prepared) -> None:
    data = page_data(overview(with_names(built.project, text), "1"))
    assert {node["label"].replace("\n", " ") for node in data["nodes"]} == {text}
    assert {fact["note"] for fact in data["facts"].values()} == {text}
    assert {span["source"] for fact in data["facts"].values() for span in fact["evidence"]} == {text}


# ---------------------------------------------------------------- what it holds


def test_every_edge_opens_its_receipt(built: Prepared) -> None:
    data = page_data(overview(built.project, "1"))
    assert {edge["fact"] for edge in data["edges"]} == set(data["facts"])
    assert data["facts"]["harbor-forum-005"] == {
        "status": "self-reported", "modality": "actual", "reading": "inferred", "role": "Speaker",
        "note": 'The words "and there" point to the workshop.', "by": "Institute of Quiet Machines",
        "contradicted": False, "stated": True,
        "evidence": [
            {"source": "Harbor Forum opens its doors", "words": "Zoë … Foundation",
             "link": "https://example.org/harbor-forum#:~:text=Zo%C3%AB,Foundation"},
        ],
    }  # fmt: skip
    assert data["facts"]["lantern-report-001"]["evidence"][0]["link"] == ""
    relations = {edge["relation"] for edge in data["edges"] if edge["fact"] == "harbor-forum-005"}
    assert relations == {"has speaker", "on behalf of"}


def test_planned_and_contradicted_lines_look_different(built: Prepared) -> None:
    data = page_data(overview(built.project, "1"))
    looks = {edge["fact"]: (edge["color"], str(edge["dashes"])) for edge in data["edges"]}
    kinds = [looks[name] for name in ("harbor-forum-001", "harbor-forum-003", "harbor-forum-008")]
    assert len(set(kinds)) == 3
    assert looks["lantern-report-003"] == looks["harbor-forum-003"]
    facts = data["facts"]
    assert {name for name, fact in facts.items() if fact["contradicted"]} == {"harbor-forum-003", "lantern-report-003"}
    assert {name for name, fact in facts.items() if not fact["stated"]} == {
        "harbor-forum-003",
        "lantern-report-003",
        "harbor-forum-008",
    }


def test_nodes_have_places_and_no_tooltip_markup(built: Prepared) -> None:
    nodes = page_data(overview(built.project, "1"))["nodes"]
    assert len({(node["x"], node["y"]) for node in nodes}) == len(nodes) == 8
    assert not [node for node in nodes if "title" in node]


def test_the_same_project_gives_the_same_page(built: Prepared) -> None:
    assert overview(built.project, "1") == overview(built.project, "1")


# ---------------------------------------------------------------- the page in a browser


def opened(content: bytes, folder: Path) -> tuple[str, list[str], list[str]]:
    """The page from file:// in headless Chromium: its DOM, its console lines, the addresses that it asked for."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        missing("chromium (Debian's package)")
    (folder / "page.html").write_bytes(content)
    log = folder / "net.json"
    command = [browser, *BROWSER, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"]
    done = subprocess.run(
        [*command, (folder / "page.html").as_uri()], capture_output=True, timeout=60, check=True, text=True
    )
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    events = [event.get("params", {}) for event in json.loads(log.read_text(encoding="utf-8"))["events"]]
    # What Chromium asks for on its own account has no origin.
    asked = [
        event["url"]
        for event in events
        if "url" in event and event.get("initiator", "not an origin") != "not an origin"
    ]
    return done.stdout, console, [url for url in asked if not url.startswith(("file:", "data:"))]


def probed(content: bytes, script: str, folder: Path) -> tuple[dict[str, Any], list[str], list[str]]:
    """What a script at the end of the page finds, with console and addresses."""
    tail = f"""<script>setTimeout(() => {{
      document.body.dataset.found = JSON.stringify((() => {{ {script} }})());
    }}, 500)</script>"""
    dom, console, asked = opened(content.replace(b"</body>", tail.encode("utf-8") + b"</body>"), folder)
    found = re.search(r'data-found="([^"]*)"', dom)
    assert found, (console, dom[-500:])
    loaded: dict[str, Any] = json.loads(html.unescape(found[1]))
    return loaded, console, asked


def test_the_page_opens_from_disk_quietly(built: Prepared, tmp_path: Path) -> None:
    dom, console, asked = opened(overview(built.project, "1"), tmp_path)
    assert console == []
    assert asked == []
    assert "<canvas" in dom
    assert '<option value="Harbor Forum 2030">' in dom


def test_a_request_and_an_error_would_be_seen(tmp_path: Path) -> None:
    content = b'<!doctype html><img src="http://example.invalid/x.png"><script>nothing()</script>'
    _, console, asked = opened(content, tmp_path)
    assert asked == ["http://example.invalid/x.png"]
    assert len(console) == 1 and "nothing is not defined" in console[0]


PIXELS = """
  const canvas = document.querySelector("canvas"), colors = {};
  const drawn = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let at = 0; at < drawn.length; at += 4) {
    if (drawn[at + 3] === 255) {
      const color = [drawn[at], drawn[at + 1], drawn[at + 2]].join(); colors[color] = (colors[color] || 0) + 1;
    }
  }
  const places = network.getPositions();
  const moved = data.nodes.filter((node) => places[node.id].x !== node.x || places[node.id].y !== node.y).length;
  return { moved: moved, width: canvas.width, agent: colors["68,119,170"] || 0, event: colors["204,102,119"] || 0 };
"""


def test_the_canvas_is_drawn(built: Prepared, tmp_path: Path) -> None:
    found, console, _ = probed(overview(built.project, "1"), PIXELS, tmp_path)
    assert console == []
    assert found["width"] > 300 and found["moved"] == 0
    assert found["agent"] > 100 and found["event"] > 100  # three discs, three diamonds


SEARCH = """
  const find = document.getElementById("find");
  find.value = document.querySelector("#names option").value;
  find.dispatchEvent(new Event("change"));
  return {
    pwned: window.pwned === undefined ? "no" : "yes", images: document.images.length,
    names: [...document.querySelectorAll("#names option")].map((one) => one.value),
    title: document.getElementById("title").textContent, articles: document.querySelectorAll("article").length,
    links: document.querySelectorAll("#facts a[href]").length, text: document.getElementById("facts").textContent,
  };
"""


@pytest.mark.parametrize("text", [HOSTILE[0], "".join(HOSTILE[1:5])], ids=["one", "several"])
def test_hostile_names_do_nothing_in_a_browser(text: str, built: Prepared, tmp_path: Path) -> None:
    found, console, asked = probed(overview(with_names(built.project, text), "1"), SEARCH, tmp_path)
    assert (console, asked) == ([], [])
    assert (found["pwned"], found["images"], found["links"]) == ("no", 0, 0)
    assert found["names"] == [text] and found["title"] == text
    assert found["articles"] >= 1 and text in found["text"]


def test_a_search_shows_the_statements_of_a_thing(built: Prepared, tmp_path: Path) -> None:
    script = SEARCH.replace('document.querySelector("#names option").value', '"  marsh "')
    found, console, _ = probed(overview(built.project, "1"), script, tmp_path)
    assert console == []
    assert found["title"] == "Zoë Marsh"
    assert found["articles"] == 3  # speaks, speaks for, holds
    assert found["links"] == 2  # the report has no address
    assert "Zoë Marsh — holds — Chair of the Lantern Council" in found["text"]
