"""The HTML page: nothing in it asks a network, hostile text stays text, and a browser draws it from disk, legibly."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import random
import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser.opened import Open, Watched, axe
from hostile import HOSTILE, poisoned

from kg import checks
from kg.build import Prepared, prepare
from kg.lookup import Graph
from kg.networks import ends
from kg.statements import Reader, Statement, Thing
from kg.views import page

ROOT = Path(__file__).parent.parent
LOADS = {"src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "manifest", "xlink:href"}


class Page(HTMLParser):
    """Start tags with attributes, the text of each script and style, and all other text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.words: list[str] = []
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
        else:
            self.words.append(data)

    def text(self, tag: str) -> list[str]:
        return [text for name, text in self.inside if name == tag]


def read(graphs: Prepared) -> tuple[Statement, ...]:
    return Reader(Graph(checks.store(graphs.graphs))).all()


@pytest.fixture(scope="module")
def small(built: Prepared) -> tuple[Statement, ...]:
    """The statements of the small project."""
    return read(built)


@pytest.fixture(scope="module")
def real() -> tuple[Statement, ...]:
    """The statements of the real project."""
    return read(prepare(ROOT / "kg" / "data", None))


def shown(statements: Sequence[Statement], **given: Any) -> bytes:
    return page(statements, **({"title": "A title", "summary": "A summary.", "version": "1.2.3"} | given))


def page_data(content: bytes) -> dict[str, Any]:
    """The JSON of the page."""
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', content.decode("utf-8"), re.DOTALL)
    assert len(found) == 1
    loaded: dict[str, Any] = json.loads(found[0])
    return loaded


def entry(content: bytes, anchor: str) -> str:
    """The words of one entry of the list."""
    found = re.search(rf'<li id="{anchor}".*?</li>', content.decode("utf-8"), re.DOTALL)
    assert found, anchor
    return " ".join(html.unescape(re.sub("<[^>]*>", "", found[0])).split())


# ---------------------------------------------------------------- the page as text


def test_no_element_loads_anything(small: tuple[Statement, ...]) -> None:
    read = Page(shown(small))
    assert not [(tag, name) for tag, attrs in read.tags for name in attrs if name in LOADS]
    links = [(tag, attrs["href"] or "") for tag, attrs in read.tags if "href" in attrs]
    assert links and all(tag == "a" and re.match("#|https?://", address) for tag, address in links)
    forbidden = {"img", "link", "iframe", "object", "embed", "base", "video", "audio", "form", "use", "image"}
    assert {tag for tag, _ in read.tags}.isdisjoint(forbidden)
    assert not [name for _, attrs in read.tags for name in attrs if name.startswith("on")]
    assert not [text for text in read.text("style") if re.search(r"url\s*\(|@import|@font-face", text)]
    assert read.text("style") and len(read.text("script")) == 3
    assert "sourceMappingURL" not in read.text("script")[1]


def test_the_policy_allows_these_scripts_and_nothing_else(small: tuple[Statement, ...]) -> None:
    content = shown(small)
    policies = [attrs for _, attrs in Page(content).tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    [policy] = [attrs["content"] or "" for attrs in policies]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"
        for text in re.findall(r"<script>(.*?)</script>", content.decode("utf-8"), re.DOTALL)
    ]
    assert len(digests) == 2
    assert parts == {
        "default-src": "'none'", "script-src": " ".join(digests), "style-src": "'unsafe-inline'",
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


def test_the_page_has_a_language_a_title_and_counts(small: tuple[Statement, ...]) -> None:
    content = shown(small, title="Who & what", version="1 <b>")
    assert ("html", {"lang": "en"}) in Page(content).tags
    text = content.decode("utf-8")
    assert "<title>Who &amp; what</title>" in text and "<h1>Who &amp; what</h1>" in text and "A summary." in text
    data = page_data(content)
    counts = f"{len(data['nodes'])} things · {len(data['edges'])} lines · {len(small)} statements · version 1 &lt;b&gt;"
    assert counts in text


def test_the_list_has_every_statement_with_all_that_is_known(real: tuple[Statement, ...]) -> None:
    content = shown(real)
    text = content.decode("utf-8")
    entries = dict(re.findall(r'<li id="(st-[^"]*)"(.*?)</li>', text, re.DOTALL))
    assert len(entries) == len(real) > 1000
    headings = re.findall(r'<h3 id="[^"]*" tabindex="-1">(.*?)</h3>', text)
    assert {html.unescape(heading) for heading in headings} == {one.subject.label for one in real}
    for one in real:
        found = entries[one.id.replace(":", "-")]
        words = " ".join(html.unescape(re.sub("<[^>]*>", "", found)).split())
        wanted = [one.id, one.relation, one.object.label, one.status, one.modality, one.says, one.note]
        wanted += [part for pair in one.qualifiers for part in pair]
        wanted += [part for receipt in one.receipts for part in (receipt.words, receipt.title)]
        wanted += [part for clash in one.conflicts for part in (clash.relation.capitalize(), clash.text, clash.note)]
        assert [part for part in wanted if " ".join(part.split()) not in words] == []
        links = [html.unescape(link) for link in re.findall(r'href="([^"#][^"]*)"', found)]
        assert links == [receipt.link for receipt in one.receipts if receipt.link.startswith("http")]
        assert ("contradicted" in words) >= one.contradicted


def test_an_entry_reads_well(small: tuple[Statement, ...]) -> None:
    assert entry(shown(small), "st-harbor-forum-005") == (
        "st:harbor-forum-005 has speaker Zoë Marsh self-reported actual inferred says Institute of Quiet Machines "
        "role: Speaker; in capacity of: Chair of the Lantern Council; on behalf of: Gull Foundation "
        "Zoë … Foundation Harbor Forum opens its doors, 384–473 "
        'Note: The words "and there" point to the workshop.'
    )
    denied = entry(shown(small), "st-harbor-forum-003")
    assert "self-reported actual contradicted says" in denied and "Contradicts Harbor Forum 2030 hosted by" in denied


def test_things_stand_under_their_classes_once(real: tuple[Statement, ...]) -> None:
    text = shown(real).decode("utf-8")
    anchors = re.findall(r' id="([^"]*)"', text)
    assert len(anchors) == len(set(anchors))
    targets = re.findall(r'href="#([^"]*)"', text)
    assert targets and set(targets) <= set(anchors)
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_the_legend_shows_what_occurs_and_no_more(small: tuple[Statement, ...], real: tuple[Statement, ...]) -> None:
    def legend(statements: Sequence[Statement]) -> str:
        return shown(statements).decode("utf-8").partition('<div id="legend">')[2].partition("</div>")[0]

    whole = legend(real)
    assert all(name in whole for name in ("Organizations", "People", "Events", "Posts", "planned", "contradicted"))
    events = [one for one in real if {one.subject.kind, one.object.kind} == {"event"} and list(ends(one))]
    part = legend([one for one in events if one.modality == "actual" and not one.contradicted])
    assert "Events" in part and "Organizations" not in part and "planned" not in part and "contradicted" not in part


def test_every_line_leads_to_its_statements_and_every_thing_to_an_entry(real: tuple[Statement, ...]) -> None:
    content = shown(real)
    data, anchors = page_data(content), set(re.findall(r' id="([^"]*)"', content.decode("utf-8")))
    assert set(data["anchors"]) == {node["id"] for node in data["nodes"]}
    assert set(data["anchors"].values()) <= anchors
    drawn = {name for edge in data["edges"] for name in edge["statements"]}
    assert drawn == {one.id.replace(":", "-") for one in real if list(ends(one))} and drawn <= anchors
    assert [edge for edge in data["edges"] if not edge["statements"]] == []


def test_looks_differ_in_dashes_and_heads_and_are_said_in_words(small: tuple[Statement, ...]) -> None:
    data = page_data(shown(small))
    looks = {
        name: (str(edge["dashes"]), edge["arrows"]["to"]["type"], edge["color"], edge.get("label", ""))
        for edge in data["edges"]
        for name in edge["statements"]
    }
    planned, denied, plain = (looks[f"st-harbor-forum-00{number}"] for number in (8, 3, 1))
    for part in (0, 1, 2):
        assert len({look[part] for look in (planned, denied, plain)}) == 3
    assert planned[3].startswith("planned: ") and denied[3].startswith("contradicted:") and ":" not in plain[3]
    [attributed] = [
        edge
        for edge in page_data(shown([one._replace(status="attributed") for one in small if one.id.endswith("-001")]))[
            "edges"
        ]
        if "st-harbor-forum-001" in edge["statements"]
    ]
    assert attributed["label"].startswith("attributed:") and str(attributed["dashes"]) not in (
        planned[0],
        denied[0],
        plain[0],
    )


def test_roles_name_lines_and_statements_alike_are_one(small: tuple[Statement, ...]) -> None:
    [one] = [one for one in small if one.id == "st:harbor-forum-005"]
    role = Thing("concept:r", "keynote speaker")
    twice = [one, one._replace(id="st:other-1", role=role), one._replace(id="st:other-2", modality="planned")]
    edges = page_data(shown(twice))["edges"]
    found = {edge["label"].replace("\n", " "): edge for edge in edges}
    assert set(found) == {"Speaker, keynote speaker", "planned: Speaker", "on behalf of", "planned: on behalf of"}
    assert found["Speaker, keynote speaker"]["statements"] == ["st-harbor-forum-005", "st-other-1"]
    bends = [(edge["smooth"]["type"], edge["smooth"]["roundness"]) for edge in edges]
    assert len(set(bends)) == 2 and all(bend[1] > 0 for bend in bends)


def test_what_others_say_is_drawn_heavier_than_what_one_says_of_oneself(small: tuple[Statement, ...]) -> None:
    [one] = [one for one in small if one.id == "st:harbor-forum-001"]
    widths = [page_data(shown([one._replace(status=s)]))["edges"][0]["width"] for s in ("asserted", "self-reported")]
    assert widths[0] > 1.5 * widths[1]


def test_classes_differ_in_colour_and_in_shape_or_filling(real: tuple[Statement, ...]) -> None:
    nodes = page_data(shown(real))["nodes"]
    looks = {(node["shape"], node["color"]["background"] == "#ffffff") for node in nodes}
    colors = {node["color"]["border"] for node in nodes}
    assert len(looks) == len(colors) == 8
    assert all(contrast(color) >= 3 for color in colors)


def contrast(color: str) -> float:
    """The contrast of a colour with white (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_the_focus_is_drawn_larger_and_ringed(small: tuple[Statement, ...]) -> None:
    focus, plain = (
        {node["id"]: node for node in page_data(shown(small, focus=f))["nodes"]} for f in (["agent:zoe-marsh"], [])
    )
    one, other = focus["agent:zoe-marsh"], plain["agent:zoe-marsh"]
    assert one["size"] > other["size"] and one["font"]["size"] > other["font"]["size"]
    assert one["color"]["border"] == "#111111" != other["color"]["border"]


def test_the_same_statements_give_the_same_page_in_any_order(real: tuple[Statement, ...]) -> None:
    some = [one for one in real if "src:unesco-digital-roadmap-2020" in one.sources]
    turned = list(some)
    random.Random(3).shuffle(turned)
    assert shown(some) == shown(turned) == shown(some)
    assert shown(real) == shown(real[::-1])


def test_no_statement_and_no_line_make_a_sensible_page(small: tuple[Statement, ...]) -> None:
    nothing, unjoined = shown([]), shown([one for one in small if not list(ends(one))])
    assert (
        b"There is no statement to show." in nothing and b"0 things \xc2\xb7 0 lines \xc2\xb7 0 statements" in nothing
    )
    assert b"None of these statements joins two things" in unjoined
    assert unjoined.count(b'<li id="st-') == sum(not list(ends(one)) for one in small) > 0
    for content in (nothing, unjoined):
        read = Page(content)
        assert read.text("script") == [] and "legend" not in {attrs.get("id") for _, attrs in read.tags}
        assert [attrs["content"] for _, attrs in read.tags if "script-src 'none'" in (attrs.get("content") or "")]


# ---------------------------------------------------------------- hostile text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_no_markup(text: str, small: tuple[Statement, ...]) -> None:
    plain, hostile = (
        Page(page([poisoned(one, words) for one in small], words, words, words)) for words in ("harmless", text)
    )
    assert hostile.tags == plain.tags
    assert len(hostile.text("script")) == 3
    assert not re.search("[<>&\u2028\u2029]", hostile.text("script")[0])
    assert hostile.text("script")[1:] == plain.text("script")[1:]
    assert hostile.text("style") == plain.text("style")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_arrives_whole(text: str, small: tuple[Statement, ...]) -> None:
    content = page([poisoned(one, text) for one in small], text, text, text)
    assert {node["name"] for node in page_data(content)["nodes"]} == {text}
    [first] = [one for one in small if one.id.endswith("harbor-forum-001")]
    words = entry(content, first.id.replace(":", "-"))
    assert words.count(" ".join(text.split())) >= 12


def test_there_are_enough_payloads() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 30


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x",
        " https://a.example",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "//a.example",
        "file:///etc/passwd",
        "vbscript:x",
        "httpx://a",
    ],
)
def test_only_web_addresses_are_links(address: str, small: tuple[Statement, ...]) -> None:
    [one] = [one for one in small if one.id.endswith("harbor-forum-001")]
    receipt = one.receipts[0]._replace(address=address)
    assert b"noreferrer" not in shown([one._replace(receipts=(receipt,))])
    good = receipt._replace(address='https://a.example/"onclick="x')
    assert b'href="https://a.example/&#34;onclick=&#34;x' in shown([one._replace(receipts=(good,))])


# ---------------------------------------------------------------- the page in a browser


Probe = Callable[..., tuple[dict[str, Any], Watched]]


@pytest.fixture
def probed(open_page: Open) -> Probe:
    """What a script at the end of a page finds once the page is drawn; the policy lets it and a library in."""

    def call(
        content: bytes, script: str, size: tuple[int, int] = (1600, 1000), library: str = ""
    ) -> tuple[dict[str, Any], Watched]:
        tail = f"""{{
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          onload = async () => {{
            for (let count = 0; count < 5; count += 1) {{ await frame(); }}
            document.body.dataset.found = JSON.stringify(await (async () => {{ {script} }})());
          }};
        }}"""
        for added in filter(None, (library, tail)):
            digest = base64.b64encode(hashlib.sha256(added.encode("utf-8")).digest())
            content = content.replace(b"script-src ", b"script-src 'sha256-" + digest + b"' ", 1)
            content = content.replace(b"</body>", f"<script>{added}</script></body>".encode())
        at = open_page(content, "", size, expected=False)
        found = at.page.locator("body[data-found]").get_attribute("data-found", timeout=60_000)
        return json.loads(found or ""), at

    return call


DRAWN = """
  const canvas = document.querySelector("canvas"), colors = {};
  const drawn = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let at = 0; at < drawn.length; at += 4) {
    if (drawn[at + 3] === 255) {
      const color = [drawn[at], drawn[at + 1], drawn[at + 2]].join(); colors[color] = (colors[color] || 0) + 1;
    }
  }
  const places = network.getPositions(), node = data.nodes[0], edge = data.edges[0];
  const far = (node) => Math.hypot(places[node.id].x - node.x, places[node.id].y - node.y) > 2;  // getPositions rounds
  const moved = data.nodes.filter(far).length;
  network.body.emitter.emit("hoverNode", { node: node.id });
  network.body.emitter.emit("hoverEdge", { edge: edge.id });
  const tips = [nodes.get(node.id).title.textContent, edges.get(edge.id).title.textContent];
  const click = (at) => network.body.emitter.emit("click", at);
  click({ nodes: [node.id], edges: [] });
  const jumped = [location.hash, document.activeElement.id];
  click({ nodes: [], edges: [edge.id] });
  const chosen = [...document.querySelectorAll(".chosen")].map((one) => one.id);
  const scale = network.getScale(), width = canvas.width;
  document.querySelector("#zoom button").click();
  const zoomed = network.getScale() / scale;
  place.style.width = "700px";
  for (let count = 0; count < 100 && network.getScale() / scale >= 0.9; count += 1) { await frame(); }
  return {
    moved, width, org: colors["31,90,150"] || 0, event: colors["192,57,43"] || 0, tips, jumped, chosen,
    statements: edge.statements, anchor: data.anchors[node.id], name: node.name, zoomed,
    narrow: network.getScale() / scale, role: place.firstElementChild.getAttribute("role"),
    label: place.firstElementChild.getAttribute("aria-label"),
    scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
"""


def test_the_page_works_from_disk_quietly(small: tuple[Statement, ...], probed: Probe) -> None:
    found, _ = probed(shown(small), DRAWN)
    assert found["width"] > 1500 and found["moved"] == 0
    assert found["org"] > 100 and found["event"] > 100  # discs and diamonds
    assert found["tips"][0] == found["name"] and "says" in found["tips"][1]
    assert found["jumped"] == [f"#{found['anchor']}", found["anchor"]]
    assert found["chosen"] == found["statements"]
    assert found["zoomed"] == pytest.approx(1.3) and found["narrow"] < 0.9
    assert found["role"] == "application" and "list" in found["label"]
    assert found["scroll"] == 0


PWNED = """
  document.querySelectorAll("*").forEach((one) => ["mouseover", "focus", "toggle", "load"].forEach((name) =>
    one.dispatchEvent(new Event(name))));
  data.nodes.forEach((one) => network.body.emitter.emit("hoverNode", { node: one.id }));
  data.edges.forEach((one) => network.body.emitter.emit("hoverEdge", { edge: one.id }));
  nodes.get().concat(edges.get()).forEach((one) => document.body.append(one.title));
  [...data.edges].forEach((edge) => network.body.emitter.emit("click", { nodes: [], edges: [edge.id] }));
  for (let count = 0; count < 20; count += 1) { await frame(); }
  return {
    pwned: window.pwned === undefined ? "no" : "yes", scripts: document.scripts.length,
    inside: document.querySelectorAll("img, iframe, object, embed, form, video, base, link").length,
    labels: data.nodes.length, words: document.getElementById("list").textContent,
  };
"""


def test_hostile_text_does_nothing_in_a_browser(small: tuple[Statement, ...], probed: Probe) -> None:
    [one] = [one for one in small if one.id.endswith("harbor-forum-001")]
    statements = []
    for number, text in enumerate(HOSTILE):
        made = poisoned(one, text, f"st:hostile-{number:03}")
        things = (Thing(f"event:a{number}", text, "Event"), Thing(f"agent:b{number}", text, "Person"))
        statements.append(made._replace(subject=things[0], object=things[1]))
    text = " ".join(HOSTILE)
    found, _ = probed(page(statements, text, text, text), PWNED)
    assert (found["pwned"], found["inside"], found["scripts"]) == ("no", 0, 4)
    assert found["labels"] == 2 * len(HOSTILE) + 1
    assert [text for text in HOSTILE if text not in found["words"]] == []


@pytest.mark.slow
@pytest.mark.parametrize("text", [HOSTILE[1], HOSTILE[27]], ids=["script", "attribute"])
def test_each_hostile_text_alone_does_nothing_either(text: str, small: tuple[Statement, ...], probed: Probe) -> None:
    content = page([poisoned(one, text) for one in small], text, text, text)
    found, _ = probed(content, PWNED)
    assert (found["pwned"], found["inside"]) == ("no", 0)


def test_a_script_from_the_text_would_be_seen(small: tuple[Statement, ...], probed: Probe) -> None:
    content = shown(small).replace(
        b"</main>", b"</main><img src=x onerror=window.pwned=1><script>window.pwned=2</script>"
    )
    found, at = probed(content, PWNED)
    assert found["pwned"] == "no" and found["inside"] == 1  # the policy stops what the markup lets in
    assert len(at.errors) >= 2 and all("Content Security Policy" in line or "img-src" in line for line in at.errors[:2])
    at.errors.clear()
    at.asked.clear()


# ---------------------------------------------------------------- labels at the first screen

LABELS = """
  const boxes = [], scale = network.getScale(), sizes = [], wide = [];
  const own = (id, label, left, top) => {
    const size = label.fontOptions.size;
    sizes.push(size * scale);
    boxes.push({ id, words: true, left, top, right: left + label.size.width, bottom: top + label.size.height });
  };
  const from = network.DOMtoCanvas({ x: 0, y: 0 });
  const to = network.DOMtoCanvas({ x: place.clientWidth, y: place.clientHeight });
  const seen = (at) => at.x > from.x && at.x < to.x && at.y > from.y && at.y < to.y;
  for (const node of Object.values(network.body.nodes).filter(seen)) {
    const label = node.labelModule, mark = node.shape, box = network.getBoundingBox(node.id);
    boxes.push({ id: node.id, words: false, left: mark.left, top: mark.top, right: mark.left + mark.width,
      bottom: mark.top + mark.height });
    if (label.visible() && node.options.label.trim()) {
      own(node.id, label, label.size.left, label.size.yLine + label.fontOptions.vadjust);
      if (box.right - box.left < label.size.width) { throw new Error("a bounding box without its label"); }
    }
  }
  for (const edge of Object.values(network.body.edges)) {
    if (edge.options.label && edge.labelModule.visible() && seen(edge.edgeType.getPoint(0.5))) {
      const label = edge.labelModule, middle = edge.edgeType.getPoint(0.5);
      own(`edge ${edge.id}`, label, middle.x - label.size.width / 2, middle.y - label.size.height / 2);
    }
  }
  const over = [];
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const along = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if ((one.words || other.words) && one.id !== other.id && across > 0.5 && along > 0.5) {
      over.push([one.id, other.id]);
    }
  }));
  const outside = boxes.filter((one) => one.left < from.x || one.right > to.x || one.top < from.y || one.bottom > to.y);
  const full = network.body.nodes[data.nodes[0].id].options.scaling.label.drawThreshold;
  const visible = boxes.filter((one) => one.words && !one.id.startsWith("edge"));
  return { over, visible: visible.length, nodes: data.nodes.length, edges: sizes.length - visible.length,
    least: Math.min(...sizes), faint: sizes.filter((size) => size < full - 0.01).length,
    outside: outside.map((one) => one.id), size: [innerWidth, innerHeight] };
"""
VIEWS = {
    "everything": "", "workshop": "src:igf-2021-ws49", "article": "src:sensetime-waic-2021",
    "roadmap": "src:unesco-digital-roadmap-2020", "outlook": "src:outlook-ai-cooperation-2024",
    "sensetime": "agent:sensetime", "conflicts": "conflicts",
}  # fmt: skip


def view(statements: Sequence[Statement], name: str) -> bytes:
    """The page of everything, of a source, of a thing, or of the conflicts."""
    if name.startswith("src:"):
        return shown([one for one in statements if name in one.sources])
    if name == "joined":
        return shown([one for one in statements if list(ends(one))])
    if name == "conflicts":
        return shown([one for one in statements if one.conflicts])
    chosen = [one for one in statements if not name or name in (one.subject.id, one.object.id)]
    return shown(chosen, focus=[name] if name else [])


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_no_two_labels_overlap_at_the_first_screen(name: str, real: tuple[Statement, ...], probed: Probe) -> None:
    found, _ = probed(view(real, VIEWS[name]), LABELS)
    assert found["size"][1] == 1000
    assert found["over"] == [] and found["outside"] == [] and found["faint"] == 0
    assert found["least"] >= 9
    assert found["visible"] == found["nodes"] if found["nodes"] <= 45 else found["visible"] >= 60


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1200, 800), (500, 800)], ids=["small", "narrow"])
def test_labels_are_legible_on_other_screens(size: tuple[int, int], real: tuple[Statement, ...], probed: Probe) -> None:
    found, _ = probed(view(real, ""), LABELS, size)
    assert found["over"] == [] and found["faint"] == 0
    assert found["least"] >= 9 and found["visible"] >= (20 if size[0] > 1000 else 8)


def test_overlapping_labels_would_be_seen(small: tuple[Statement, ...], probed: Probe) -> None:
    content = shown(small)
    crowded = re.sub(rb'"y":[-0-9.]+', b'"y":100', re.sub(rb'"x":[-0-9.]+', b'"x":100', content))
    found, _ = probed(crowded, LABELS)
    assert found["over"]


# ---------------------------------------------------------------- accessibility

AXE = """
  const done = await axe.run(document, OPTIONS);
  const told = (one) => [one.id, one.help, one.nodes.length, one.nodes[0].html, one.nodes[0].failureSummary];
  return { violations: done.violations.map(told), passes: done.passes.length, version: axe.version };
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    # The contrast of hundreds of entries, all of one style, takes long to measure.
    [("joined", '{ rules: { "color-contrast": { enabled: false } } }'), ("src:tsinghua-forum-2020", "{}")],
    ids=["overview", "small"],
)
def test_axe_finds_nothing(name: str, options: str, real: tuple[Statement, ...], probed: Probe) -> None:
    found, _ = probed(view(real, name), AXE.replace("OPTIONS", options), library=axe())
    assert found["violations"] == []
    assert found["passes"] > 20


def test_axe_would_find_something(small: tuple[Statement, ...], probed: Probe) -> None:
    broken = shown(small).replace(b'<html lang="en">', b"<html>").replace(b"--soft: #4d5662", b"--soft: #c0c8d0")
    found, _ = probed(broken, AXE.replace("OPTIONS", "{}"), library=axe())
    assert {"html-has-lang", "color-contrast"} <= {one[0] for one in found["violations"]}
