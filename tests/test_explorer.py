"""The page of the explorer: the data that its script reads, blocks with their digests, hostile text as text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hostile import HOSTILE
from test_views import Page

from kg import explorer, folders, terms
from kg.build import Prepared, prepare
from kg.checks import store
from kg.explorer import LARGEST, Assets, Content, assets, fitting, page, part, payload, picture, script, whole
from kg.graphs import canonical, graph_name
from kg.lookup import Graph
from kg.networks import DRAWN, ends
from kg.queries import questions
from kg.scene import CLASSES, scene
from kg.sources import by_digest
from kg.statements import Reader, Statement, periods

ROOT = Path(__file__).parent.parent
SMALL = ROOT / "tests" / "small"
BLOCK = re.compile(r'<script type="[\w/]+" id="(\w+)">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def opened(built: Prepared) -> Graph:
    return Graph(store(built.graphs))


@pytest.fixture(scope="module")
def known(opened: Graph) -> tuple[Statement, ...]:
    return Reader(opened).all()


@pytest.fixture(scope="module")
def content(built: Prepared, known: tuple[Statement, ...]) -> Content:
    return whole(known, built.project.about)


@pytest.fixture(scope="module")
def data(opened: Graph, content: Content) -> dict[str, Any]:
    return as_read(payload(opened, content))


def as_read(made: dict[str, Any]) -> dict[str, Any]:
    """What a reader of the JSON gets."""
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def blocks(made: bytes) -> dict[str, str]:
    return dict(BLOCK.findall(made.decode("utf-8")))


def unpacked(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text, validate=True))


# ---------------------------------------------------------------- the data


def joined(data: dict[str, Any], raw: list[Any]) -> dict[str, Any]:
    """A statement with the ids and labels of what it names by number."""

    def one(at: int) -> str | None:
        return None if at < 0 else data["things"][at][0] or data["things"][at][1]

    return {
        "id": raw[0], "said": (one(raw[1]), raw[2], one(raw[3])), "how": tuple(raw[4:7]),
        "by": [one(at) for at in raw[7]], "role": one(raw[8]), "of": [one(at) for at in raw[9]],
        "as": one(raw[10]), "for": [one(at) for at in raw[11]], "when": raw[12], "review": one(raw[13]),
        "note": raw[14], "conflicts": raw[15], "receipts": [[data["sources"][r[0]][0], *r[1:]] for r in raw[16]],
        "period": raw[17],
    }  # fmt: skip


def test_every_statement_is_there_with_all_its_parts(
    data: dict[str, Any], known: tuple[Statement, ...], opened: Graph
) -> None:
    dates = periods(opened, known)
    wanted = [
        {
            "id": one.id, "said": (one.subject.id, one.predicate, one.object.id or one.object.label),
            "how": (one.status, one.modality, one.reading), "by": [thing.id for thing in one.claimed_by],
            "role": one.role and one.role.id, "of": [thing.id for thing in one.constituency],
            "as": one.in_capacity_of and one.in_capacity_of.id, "for": [body.id for body in one.on_behalf_of],
            "when": one.when_text, "review": one.review and one.review.id, "note": one.note,
            "conflicts": [list(clash) for clash in one.conflicts],
            "receipts": [[r.source, r.start, r.end, r.head, r.tail, int(r.whole), r.link, ""] for r in one.receipts],
            "period": list(dates[one.id]) if one.id in dates else None,
        }
        for one in known
    ]  # fmt: skip
    found = [joined(data, raw) for raw in data["statements"]]
    assert found == wanted
    # The small project has something of nearly everything.
    assert {key for one in found for key, value in one.items() if value} == set(wanted[0]) - {"of", "review"}


def test_things_have_names_places_groups_and_weights(data: dict[str, Any], known: tuple[Statement, ...]) -> None:
    things = {row[0]: row[1:] for row in data["things"] if row[0]}
    assert things["agent:iqm"][:3] == ["Institute of Quiet Machines", "Organization", []]
    drawn = scene(known)
    assert {name: tuple(row[3]) for name, row in things.items() if row[3]} == drawn.places
    assert {name for name, row in things.items() if row[3]} == {
        thing.id for one in known for end in ends(one) for thing in end[:2]
    }
    assert {name: row[5] for name, row in things.items() if row[3]} == drawn.weights
    assert {row[4] for row in things.values() if not row[3]} == {-1}
    assert min(row[4] for row in things.values()) == -1 and max(row[4] for row in things.values()) >= 0
    assert [row[1] for row in data["things"] if not row[0]] == sorted(
        {one.object.label for one in known if not one.object.id}
    )


def test_other_names_come_in_every_language(built: Prepared, known: tuple[Statement, ...], content: Content) -> None:
    quads = store(built.graphs)
    iqm, other = (ox.NamedNode(terms.expand(name)) for name in ("agent:iqm", "skos:altLabel"))
    for name, language in (("静机研究所", "zh"), ("IQM", "en"), ("Institute of Quiet Machines", "en")):
        quads.add(ox.Quad(iqm, other, ox.Literal(name, language=language), graph_name("facts")))
    (row,) = [row for row in payload(Graph(quads), content)["things"] if row[0] == "agent:iqm"]
    assert row[3] == ["IQM", "静机研究所"]


def test_what_the_script_needs_to_know_of_words_is_there(data: dict[str, Any], known: tuple[Statement, ...]) -> None:
    assert data["format"] == 1
    assert data["base"]["agent"] == "https://w3id.org/aigov-kg/id/agent/"
    assert data["drawn"] == list(DRAWN)
    assert [one["key"] for one in data["classes"]] == list(CLASSES)
    assert set(data["classes"][0]) == {"key", "name", "shape", "color", "filled"}
    assert set(data["looks"][0]) == {"key", "name", "dashes", "head", "width", "color"}
    assert data["relations"] == {one.predicate: one.relation for one in known}
    assert data["types"]["Organization"] == "Organizations"
    assert set(data["types"]) == {row[2] for row in data["things"] if row[2]}
    assert len(data["sources"]) == len({receipt.source for one in known for receipt in one.receipts})


def test_the_fields_are_those_of_the_model(data: dict[str, Any]) -> None:
    """Read from the type itself: what one side leaves out the other can't have."""
    text = (ROOT / "explorer" / "src" / "data" / "model.ts").read_text(encoding="utf-8")

    def fields(name: str) -> set[str]:
        body = re.search(rf"interface {name}\s[^{{]*{{(.*?)\n}}", text, re.DOTALL)
        assert body is not None, name
        return set(re.findall(r"^  readonly (\w+):", body[1], re.MULTILINE))

    def length(name: str) -> int:
        body = re.search(rf"type {name} = \[(.*?)\];", text, re.DOTALL)
        assert body is not None, name
        return len(re.findall(r"\w+: ", body[1]))

    left_out = {"byId", "statementById", "naming"}
    assert set(data) == (fields("Data") | fields("Payload")) - left_out
    assert set(data["about"]) == fields("About")
    assert set(data["questions"][0]) == fields("Question")
    assert {key for one in data["questions"] for key in (one["params"] or [{}])[0]} == fields("Parameter")
    assert {len(row) for row in data["things"]} == {length("RawThing")}
    assert {len(row) for row in data["statements"]} == {length("RawStatement")}
    assert {len(row) for row in data["sources"]} == {length("RawSource")}
    assert {len(row) for one in data["statements"] for row in one[15]} == {length("RawClash")}
    assert {len(row) for one in data["statements"] for row in one[16]} == {length("RawReceipt")}


def test_the_fixture_of_the_script_is_current() -> None:
    """`python docs/generate.py` writes it."""
    made = prepare(SMALL, None)
    graph = Graph(store(made.graphs))
    fresh = payload(graph, whole(Reader(graph).all(), made.project.about))
    kept = json.loads((ROOT / "explorer" / "test" / "fixture.json").read_text(encoding="utf-8"))
    assert kept == as_read(fresh)


def test_questions_come_as_they_are_saved(data: dict[str, Any], opened: Graph, content: Content) -> None:
    assert [one["name"] for one in data["questions"]] == [one.name for one in questions()]
    first, saved = data["questions"][0], questions()[0]
    assert (first["text"], first["summary"]) == (saved.text, saved.summary)
    assert [one["default"] for one in first["params"]] == [one.default for one in saved.params]
    assert payload(opened, replace(content, asking=False))["questions"] == []


def test_about_says_what_is_there(data: dict[str, Any]) -> None:
    assert (data["title"], data["date"], data["whole"]) == ("Harbor Forum, a small project", "2030-06-01", True)
    about = data["about"]
    assert about["counts"] == {
        "statements": 12, "things": 16, "sources": 3, "passages": 12, "contradicted statements": 2,
    }  # fmt: skip
    assert (about["licence"], about["publisher"]) == ("https://example.org/licence", "Gull Foundation")
    version = folders.version()
    assert about["cite"] == f"Gull Foundation. Harbor Forum, a small project. Version {version} (2030-06-01)."
    assert about["build"] == "kg build"


def test_coverage_counts_each_character_once(opened: Graph, known: tuple[Statement, ...], content: Content) -> None:
    one = next(one for one in known if one.id == "st:harbor-forum-005")
    first = one.receipts[0]
    twice = one._replace(receipts=(first, first._replace(start=first.start + 10), first._replace(end=first.end + 5)))
    made = payload(opened, part(content, [twice], "T", "S"))
    assert made["about"]["coverage"] == [["src:harbor-forum", 1, first.end + 5 - first.start]]


def test_a_selection_says_so_and_cites_itself(opened: Graph, known: tuple[Statement, ...], content: Content) -> None:
    made = payload(opened, part(content, known[:3], "Some", "Three of them."))
    assert (made["whole"], made["title"], len(made["statements"])) == (False, "Some", 3)
    assert made["about"]["cite"].startswith("Gull Foundation. Harbor Forum, a small project. Some. Version ")


def test_a_project_that_says_nothing_of_itself(opened: Graph, known: tuple[Statement, ...]) -> None:
    made = payload(opened, whole(known, None))
    assert (made["title"], made["summary"], made["date"]) == ("AI governance: who did what", "", "")
    assert (made["about"]["licence"], made["about"]["cite"]) == (
        "", f"AI governance: who did what. Version {folders.version()}.",
    )  # fmt: skip


def test_sentences_are_those_that_the_span_touches(opened: Graph, content: Content) -> None:
    made = payload(opened, replace(content, texts=by_digest(SMALL / "texts")))
    assert made["sentences"] is True
    found = {raw[0]: [receipt[7] for receipt in raw[16]] for raw in made["statements"]}
    (said,) = found["st:harbor-forum-005"]
    assert said.startswith("The Workshop on Tidal Algorithms was one") and said.endswith("of the Gull Foundation.")
    assert said.count(". ") == 0
    assert "𝄞 (IQM)" in "".join(found["st:harbor-forum-003"])  # offsets are code points
    assert found["st:port-register-001"] == [""]  # no text of it is at hand
    assert payload(opened, content)["sentences"] is False


def test_the_order_of_statements_does_not_matter(opened: Graph, content: Content, data: dict[str, Any]) -> None:
    assert as_read(payload(opened, replace(content, statements=content.statements[::-1]))) == data


def test_nothing_is_an_empty_page(opened: Graph, content: Content, parts: Assets) -> None:
    made = payload(opened, part(content, [], "None", ""))
    assert (made["things"], made["statements"], made["sources"]) == ([], [], [])
    assert page(made, b"", parts).startswith(b"<!doctype html>")


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def made(data: dict[str, Any], built: Prepared, parts: Assets) -> bytes:
    return page(data, canonical(built.graphs), parts)


def test_the_blocks_hold_what_was_given(made: bytes, data: dict[str, Any], built: Prepared, parts: Assets) -> None:
    found = blocks(made)
    assert list(found) == ["manifest", "data", "triples", "worker", "wasm"]
    assert json.loads(found["data"]) == data
    assert unpacked(found["triples"]) == canonical(built.graphs)
    assert unpacked(found["worker"]) == parts.worker.encode()
    assert unpacked(found["wasm"]) == parts.engine
    # No time, no level and no system in what gzip writes (RFC 1952: MTIME, XFL, OS).
    assert base64.b64decode(found["triples"])[4:10] == b"\0\0\0\0\0\xff"


def test_the_manifest_has_the_digest_of_each_block(made: bytes) -> None:
    found = blocks(made)
    manifest = json.loads(found.pop("manifest"))
    assert manifest == {
        "format": 1, "digests": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()}
    }  # fmt: skip


def test_without_questions_there_is_no_engine(data: dict[str, Any], parts: Assets) -> None:
    assert list(blocks(page(data | {"questions": []}, b"", parts))) == ["manifest", "data", "triples"]


def test_triples_that_are_too_many_stay_outside(
    opened: Graph, content: Content, parts: Assets, data: dict[str, Any]
) -> None:
    assert fitting(content, LARGEST) == content and data["about"]["outside"] == 0
    made = as_read(payload(opened, fitting(content, LARGEST + 1)))
    assert made["about"]["outside"] == LARGEST + 1
    assert made["statements"] == data["statements"] and made["questions"] == []
    assert list(blocks(page(made, b"many", parts))) == ["manifest", "data"]


def test_the_policy_lets_run_what_is_there_and_nothing_else(made: bytes, parts: Assets) -> None:
    read = Page(made)
    (policy,) = [attrs["content"] for tag, attrs in read.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in (policy or "").split(";"))
    assert rules["default-src"] == rules["connect-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert (rules["worker-src"], rules["img-src"]) == ("blob:", "data: blob:")
    runs = [
        text
        for text, (_, attrs) in zip(read.text("script"), [one for one in read.tags if one[0] == "script"], strict=True)
        if "type" not in attrs
    ]
    assert runs == [parts.script]

    def named(texts: list[str]) -> list[str]:
        return [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in texts]

    assert rules["script-src"].split() == [*named(runs), "'wasm-unsafe-eval'"]
    assert rules["style-src"].split() == named(read.text("style"))
    assert len(read.text("style")) == 2 and parts.style in read.text("style")[0]
    assert not [name for _, attrs in read.tags for name in attrs if name.startswith("on") or name in ("style", "src")]


def test_the_warning_comes_before_the_data(made: bytes) -> None:
    """So that a page that was cut off anywhere has it; the style shows it when no script took it away."""
    text = made.decode()
    assert text.index('id="app"') < text.index('id="damaged"') < text.index('id="manifest"')
    style = Page(made).text("style")[0]
    assert re.search(r"#damaged \{[^}]*visibility: hidden; animation: told 0s \d+s forwards;", style)
    assert "@keyframes told { to { visibility: visible; } }" in style


def test_a_script_that_speaks_of_elements_stays_in_its_own(data: dict[str, Any]) -> None:
    script = 'a = "</script><b>"; b = "</SCRIPT"; c = "<!--<script>"; d = 1 </scriptless/.exec(e).length;'
    style = "p::after { content: '</style><b>'; } /* </STYLE */"
    made = page(data, b"", Assets(script, style, "", b""))
    read = Page(made)
    assert "b" not in [tag for tag, _ in read.tags]
    assert sum(tag == "script" for tag, _ in read.tags) == len(blocks(made)) + 1
    assert r'a = "<\/script><b>"; b = "<\/SCRIPT"; c = "\x3C!--<script>"' in made.decode()


@pytest.mark.parametrize("hostile", [*HOSTILE, "<!--<script>", "</SCRIPT >", "\u2028\u2029\u202e", "x" * 1_000_000])
def test_hostile_text_stays_text(hostile: str, data: dict[str, Any], parts: Assets) -> None:
    rows = [[hostile if isinstance(value, str) else value for value in row] for row in data["things"]]
    given = {
        **data, "title": hostile, "summary": hostile, "things": rows, "relations": {hostile: hostile},
        "about": data["about"] | {"cite": hostile, "licence": hostile},
    }  # fmt: skip
    made = page(given, b"", parts)
    read, usual = Page(made), Page(page(data, b"", parts))
    assert [tag for tag, _ in read.tags] == [tag for tag, _ in usual.tags]
    assert json.loads(blocks(made)["data"]) == given
    assert read.text("style") == usual.text("style")


def test_the_same_content_gives_the_same_bytes(made: bytes, opened: Graph, content: Content, built: Prepared,
                                               parts: Assets) -> None:  # fmt: skip
    assert page(payload(opened, content), canonical(built.graphs), parts) == made


# ---------------------------------------------------------------- the parts


def test_the_parts_are_read_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name in ("app.js", "app.css", "worker.js"):
        assert assets(tmp_path) is None
        (tmp_path / name).write_text(f"{name} é", encoding="utf-8")
    assert assets(tmp_path) is None
    (tmp_path / "oxigraph.wasm").write_bytes(b"\0asm")
    assert assets(tmp_path) == Assets("app.js é", "app.css é", "worker.js é", b"\0asm")


def test_why_there_is_none_is_said_with_what_to_do() -> None:
    assert "npm run build" in explorer.MISSING and "kg/assets" in explorer.MISSING


def test_a_small_picture_has_what_the_page_takes_and_no_more(
    opened: Graph, known: tuple[Statement, ...], data: dict[str, Any]
) -> None:
    few = [one for one in known if one.id in ("st:harbor-forum-003", "st:harbor-forum-005")]
    made = as_read(picture(opened, few))
    assert made.keys() == data.keys()
    assert [row[0] for row in made["statements"]] == ["st:harbor-forum-003", "st:harbor-forum-005"]
    assert all(row[14] == "" and row[16] == [] and row[17] is None for row in made["statements"]), "no words of theirs"
    assert made["statements"][0][15], "a contradiction shows in the picture"
    assert {name: made[name] for name in ("base", "drawn", "classes", "looks", "format")} == {
        name: data[name] for name in ("base", "drawn", "classes", "looks", "format")
    }
    assert all(row[3] == [] and row[4] is None for row in made["things"])


def test_the_script_of_a_site_is_empty_where_it_was_not_made(tmp_path: Path) -> None:
    for number, name in enumerate(("site.js", "site.css", "query.js")):
        assert script(tmp_path) == (b"", b"", b"")
        (tmp_path / name).write_bytes(b"%d" % number)
    assert script(tmp_path) == (b"0", b"1", b"2")
