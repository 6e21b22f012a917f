"""A whole project folder: what loads, and every message with its file, its line and what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import vocabulary
from kg.errors import BadData, Issue
from kg.facts import About, Project, load

WORDS = vocabulary.load()
HARBOR, LANTERN, REGISTER = "facts/harbor-forum.yaml", "facts/lantern-report.yaml", "facts/port-register.yaml"
THINGS, COVERAGE = "entities/things.yaml", "coverage/harbor-forum.yaml"
DIGEST = "0" * 64
SPAN = f"{{at: [0, 28], digest: {DIGEST}, from: Harbor, to: doors}}"


def _issues(data: Path) -> tuple[Issue, ...]:
    with pytest.raises(BadData) as error:
        load(data, WORDS)
    return error.value.issues


def _told(data: Path) -> list[str]:
    return [str(issue) for issue in _issues(data)]


def _change(data: Path, file: str, old: str, new: str) -> int:
    """Replaces the one place where `old` stands; returns its line."""
    path = data / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _append(data: Path, file: str, text: str) -> int:
    """Adds lines at the end; returns the first of them."""
    path = data / file
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(old + text + "\n", encoding="utf-8")
    return old.count("\n") + 1


def _fact(name: str, rest: str = "subject: agent:iqm, predicate: cooperatesWith, object: agent:gull-foundation") -> str:
    return f"  - {{id: {name}, {rest}, status: asserted, evidence: [{SPAN}]}}"


def test_the_small_project_loads(small: Path) -> None:
    project = load(small, WORDS)
    assert [fact.id for fact in project.facts][:2] == ["harbor-forum-001", "harbor-forum-002"]
    assert len(project.facts) == 12
    assert set(project.sources) == {"src:harbor-forum", "src:lantern-report", "src:port-register"}
    assert project.withdrawn == {"harbor-forum-009": "Said the same as harbor-forum-004."}
    assert project.contradicted() == {"harbor-forum-003", "lantern-report-003"}
    assert project.names == ("Harbor Forum 2030",)
    assert len(project.coverage["src:harbor-forum"].sentences) == 9


def test_who_says_it_is_the_voice_then_the_source_unless_named(small: Path) -> None:
    claimed = {fact.id: fact.claimed_by for fact in load(small, WORDS).facts}
    assert claimed["harbor-forum-001"] == ("agent:iqm",)
    assert claimed["lantern-report-003"] == ("agent:lantern-council",)
    assert claimed["port-register-001"] == ("src:port-register",)
    assert claimed["harbor-forum-006"] == ("agent:gull-foundation",)


def test_facts_remember_file_and_line(small: Path) -> None:
    lines = (small / LANTERN).read_text(encoding="utf-8").splitlines()
    fact = next(fact for fact in load(small, WORDS).facts if fact.id == "lantern-report-002")
    assert (fact.where.file, lines[fact.where.line - 1].strip()) == (LANTERN, "- id: lantern-report-002")


def test_a_second_file_of_sources_is_read_too(small: Path) -> None:
    _append(small, "sources-more.yaml", "src:more: {title: More}")
    assert "src:more" in load(small, WORDS).sources


Case = tuple[str, str, str, str]
CHANGES: list[Case] = [
    (HARBOR, "object: event:harbor-forum-series", "object: event:harbor-forum-serie",
     "harbor-forum-001: 'event:harbor-forum-serie' is unknown: did you mean event:harbor-forum-series"),
    (HARBOR, "object: event:harbor-forum-series", "object: event:zzzzzzz",
     "harbor-forum-001: 'event:zzzzzzz' is unknown: describe it in entities/"),
    (HARBOR, "subject: doc:charter", "subject: doc:chartre",
     "harbor-forum-008: 'doc:chartre' is unknown: did you mean doc:charter?"),
    (HARBOR, "role: concept:role-speaker", "role: concept:role-speakr",
     "harbor-forum-005: 'concept:role-speakr' is unknown: did you mean concept:role-speaker"),
    (HARBOR, "inCapacityOf: post:lantern-chair", "inCapacityOf: post:lantern-char",
     "harbor-forum-005: 'post:lantern-char' is unknown: did you mean post:lantern-chair?"),
    (HARBOR, "onBehalfOf: agent:gull-foundation", "onBehalfOf: agent:gul-foundation",
     "harbor-forum-005: 'agent:gul-foundation' is unknown: did you mean agent:gull-foundation?"),
    (HARBOR, "claimedBy: agent:gull-foundation", "claimedBy: agent:gul-foundation",
     "harbor-forum-006: 'agent:gul-foundation' is unknown: did you mean agent:gull-foundation?"),
    (LANTERN, "subject: lantern-report-001", "subject: lantern-report-011",
     "lantern-report-002: 'lantern-report-011' is unknown: did you mean lantern-report-001"),
    (HARBOR, "predicate: editionOf", "predicate: edditionOf",
     "harbor-forum-001: the property 'edditionOf' is unknown: did you mean editionOf?"),
    (HARBOR, "modality: planned", "modality: planed",
     "harbor-forum-008: 'modality' is 'planed': use one of actual, planned"),
    (HARBOR, "value: 2030-05-04/2030-05-06", "value: 4-6 May 2030",
     "harbor-forum-002: '4-6 May 2030' is no EDTF date: write 2021-07"),
    (HARBOR, "whenText: 4 to 6 May 2030", "whentext: 4 to 6 May 2030",
     "harbor-forum-002: the key 'whentext' is unknown: did you mean whenText?"),
    (HARBOR, "value: 120", "value: a hundred", "fig:forum-delegates: 'value' must be a number: write digits only"),
    (HARBOR, "    introduces: {label: Every port should list its machines openly}\n", "",
     "harbor-forum-007: prop:open-registers is not introduced by any fact: add introduces: to the fact that brings it"),
    (HARBOR, "at: [53, 72]", "words: third … series, at: [53, 72]",
     "harbor-forum-001: these words are not anchored: run kg anchor"),
    (HARBOR, "at: [53, 72]", "at: [53, 99999]",
     "harbor-forum-001: its span ends behind the end of src:harbor-forum: run kg anchor again"),
    (HARBOR, "id: harbor-forum-002", "id: harbor-forum-001", "harbor-forum-001: this id is used twice: mint a new one"),
    (HARBOR, "id: harbor-forum-002", "id: harbour-002",
     "harbour-002: its id does not begin with harbor-forum-: ids follow the file"),
    (HARBOR, "withdrawn: Said the same as harbor-forum-004.", "withdrawn: ''", "'withdrawn' is empty"),
    (HARBOR, "source: harbor-forum", "source: harbour-forum",
     "the source 'harbour-forum' is unknown: describe it in sources.yaml"),
    (HARBOR, "facts:", "fact:", "the key 'facts' is missing: add it"),
    (REGISTER, "source: src:port-register", "source: src:port-registry",
     "port-register-001: the source src:port-registry is unknown: did you mean src:port-register?"),
    (REGISTER, "{document: true}", SPAN, "port-register-001: src:port-register has no text: write {document: true}"),
    (THINGS, "type: Person", "type: Human", "agent:zoe-marsh: 'type' is 'Human': use one of Adoption, Agent"),
    (THINGS, "distinctFrom: [agent:gull-foundation]", "distinctFrom: [agent:gulls-foundation]",
     "agent:lantern-council: 'agent:gulls-foundation' is unknown: did you mean agent:gull-foundation?"),
    ("sources.yaml", "publisher: agent:lantern-council", "publisher: agent:lantern",
     "src:lantern-report: 'agent:lantern' is unknown: did you mean agent:lantern-council?"),
    ("sources.yaml", "voice: agent:iqm", "voice: agent:iqqm",
     "src:harbor-forum: 'agent:iqqm' is unknown: did you mean agent:iqm?"),
    ("conflicts.yaml", "lantern-report-003", "lantern-report-004",
     "conflict:host-of-the-forum: the statement 'lantern-report-004' is unknown: did you mean lantern-report-00"),
    ("conflicts.yaml", "harbor-forum-003", "harbor-forum-009",
     "conflict:host-of-the-forum: harbor-forum-009 was withdrawn: Said the same as harbor-forum-004."),
    (LANTERN, "subject: lantern-report-001", "subject: harbor-forum-009", "harbor-forum-009 was withdrawn: Said"),
    (HARBOR, "role: concept:role-host", "role: host", "'host' is unknown: did you mean concept:role-host?"),
    (HARBOR, "modality: planned", "review: second-look", "'second-look' is unknown: did you mean concept:second-look?"),
    (HARBOR, "id: harbor-forum-009", "id: harbour-009", "harbour-009: its id does not begin with harbor-forum-"),
    (HARBOR, "id: harbor-forum-009", "id: Harbor", "Harbor: an id is <source>-NNN"),
    ("names.yaml", "[Harbor Forum 2030]", "[]", "'names' is empty"),
    ("conflicts.yaml", "kind: contradicts", "kind: contradict", "'kind' is 'contradict': use one of contradicts"),
    (COVERAGE, "at: [261, 286], reason", "words: Music, reason", "these words are not anchored: run kg anchor"),
    (COVERAGE, "[0, 28], [30", "[28, 0], [30", "a span must be [start, end] with start < end: run kg anchor"),
    (COVERAGE, "sentences:", "sentence:", "the sentences of the text are not recorded: run kg anchor"),
    ("names.yaml", "names:", "name:", "the key 'name' is unknown: did you mean names?"),
    ("dataset.yaml", "title:", "titel:", "the key 'title' is missing: add it"),
    ("dataset.yaml", "license:", "licence:", "the key 'licence' is unknown: did you mean license?"),
    ("dataset.yaml", "https://example.org/licence", "CC-BY-4.0", "'license' is no http address: CC-BY-4.0"),
    ("dataset.yaml", "2030-06-01", "2030-06-31", "'published' is '2030-06-31', no day: write it like 2026-11-22"),
    ("dataset.yaml", "2030-06-01", "2030-06", "'published' is '2030-06', no day: write it like 2026-11-22"),
    ("dataset.yaml", "keywords:", "contact: javascript:x()\nkeywords:", "'contact' is no address: javascript:x()"),
    ("dataset.yaml", "keywords:", "contact: desk@example.org\nkeywords:",
     "'contact' is no address: desk@example.org: write mailto:name@example.org or https://…"),
    ("dataset.yaml", "keywords:", "contact: mailto:a@b.org?cc=c@d.org\nkeywords:", "'contact' is no address"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), CHANGES)
def test_a_change_is_told_with_its_file(small: Path, file: str, old: str, new: str, message: str) -> None:
    _change(small, file, old, new)
    told = _told(small)
    assert any(line.startswith(f"{file}:") and message in line for line in told), told


def test_a_value_out_of_a_list_is_told_at_its_own_line_and_a_link_at_the_line_of_its_fact(small: Path) -> None:
    value_line = _change(small, HARBOR, "modality: planned", "modality: planed")
    _change(small, HARBOR, "object: event:harbor-forum-series", "object: event:nowhere")
    fact_line = _change(small, HARBOR, "id: harbor-forum-001", "id: harbor-forum-001")
    assert [issue.line for issue in _issues(small)] == [fact_line, value_line]


def test_everything_is_reported_at_once(small: Path) -> None:
    _change(small, THINGS, "type: Person", "type: Human")
    _change(small, HARBOR, "modality: planned", "modality: planed")
    _change(small, LANTERN, "value: 2028/..", "value: long ago")
    _change(small, "conflicts.yaml", "between:", "betwen:")
    (small / "names.yaml").write_bytes(b"\xff")
    (small / COVERAGE).write_text("", encoding="utf-8")
    files = [issue.file for issue in _issues(small)]
    assert {THINGS, HARBOR, LANTERN, "conflicts.yaml", "names.yaml", COVERAGE} <= set(files)
    assert files == sorted(files)


def test_an_issue_is_reported_once(small: Path) -> None:
    _change(small, HARBOR, "subject: doc:charter", "subject: doc:nowhere")
    issues = _issues(small)
    assert len(issues) == len(set(issues))


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("sources.yaml", "src:harbor-forum: {title: T}", "the key 'src:harbor-forum' stands twice: keep one of them"),
        ("sources-more.yaml", "src:harbor-forum: {title: T}",
         "src:harbor-forum: this source is described twice: keep one"),
        (THINGS, "agent:iqm: {type: Organization, label: L}", "the key 'agent:iqm' stands twice: keep one of them"),
        ("entities/twins.yaml", "agent:iqm: {type: Organization, label: L}",
         f"agent:iqm: stands in {THINGS}:1 too: keep one"),
        (HARBOR, "  - {id: harbor-forum-009, withdrawn: Again.}",
         "this id is used twice: a withdrawn id is never used again"),
        (HARBOR, "  - {id: harbor-forum-001, withdrawn: Wrong.}", "a withdrawn id is never used again"),
        (HARBOR, "  - {id: harbor-forum-010, withdrawn: R, subject: agent:iqm}", "the key 'subject' is unknown"),
        (HARBOR, _fact("harbor-forum-009"), "harbor-forum-009: this id is used twice: mint a new one"),
        (HARBOR, _fact("harbor-forum-001"), "harbor-forum-001: this id is used twice: mint a new one"),
        (HARBOR, "  - words", "this must be a mapping of keys to values: write key: value"),
        (HARBOR, _fact("harbor-forum-010", "source: src:lantern-report, subject: agent:iqm, predicate: cooperatesWith, "
                       "object: agent:gull-foundation"),
         "harbor-forum-010: its evidence lies in another source (src:lantern-report): this file cites src:harbor"),
        (HARBOR, _fact("harbor-forum-010", "subject: agent:iqm, predicate: claims, object: prop:open-registers, "
                       "introduces: {label: Again}"),
         "harbor-forum-010: prop:open-registers is introduced by harbor-forum-007 too: introduce it once"),
        (HARBOR, "  - {id: harbor-forum-010, subject: agent:iqm, predicate: claims, object: src:harbor-forum, "
                 "status: asserted, evidence: [{document: true}]}",
         "harbor-forum-010: src:harbor-forum has a text, so its evidence is a span: give the words"),
        (REGISTER, "  - {id: port-register-002, subject: agent:iqm, predicate: exactMatch, "
                   "object: 'https://a.org/b', status: asserted, evidence: [{document: true}]}",
         "port-register-002: the key 'source' is missing: name the document that says it"),
        (REGISTER, "  - {id: port-register-002, subject: agent:iqm, predicate: exactMatch, object: agent:iqmm, "
                   "source: src:port-register, status: asserted, evidence: [{document: true}]}",
         "port-register-002: 'agent:iqmm' is unknown: did you mean agent:iqm?"),
        ("entities/figures.yaml", "fig:forum-delegates: {type: Event, label: L}",
         "harbor-forum-006: fig:forum-delegates is a Event: introduce only what a fact may"),
        ("entities/bare.yaml", "just words", "the file must map ids to records: write <id>: {…}"),
        ("entities/scheme.yaml", "concept:x: {type: Concept, label: X, scheme: No Such}",
         "concept:x: the scheme 'No Such' is unknown: see ontology/aigov.ttl"),
        ("coverage/unheard-of.yaml", "sentences: [[0, 5]]", "the source src:unheard-of is unknown: name the file"),
        ("facts/bare.yaml", "- a", "this must be a mapping of keys to values"),
    ],
)  # fmt: skip
def test_an_addition_is_told_with_its_file(small: Path, file: str, line: str, message: str) -> None:
    _append(small, file, line)
    told = _told(small)
    assert any(message in one for one in told), told


def test_an_id_taken_twice_is_told_at_the_second_place(small: Path) -> None:
    line = _append(small, HARBOR, _fact("harbor-forum-001"))
    assert any(one.startswith(f"{HARBOR}:{line}: harbor-forum-001: this id is used twice") for one in _told(small))


def test_the_same_id_in_two_files_is_told(small: Path) -> None:
    text = (small / LANTERN).read_text(encoding="utf-8")
    (small / "facts" / "lantern-report-2.yaml").write_text(text, encoding="utf-8")
    told = _told(small)
    assert any(f"{LANTERN}:3: lantern-report-001: this id is used twice" in line for line in told)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _utf16(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def _marked(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "file", ["sources.yaml", THINGS, HARBOR, "conflicts.yaml", COVERAGE, "dataset.yaml", "names.yaml"]
)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_empty, "the file is empty: fill it or delete it"),
        (_utf16, "is no UTF-8 (byte 0): save it as UTF-8"),
        (_binary, "is no UTF-8 (byte 128): save it as UTF-8"),
        (_marked, "begins with a byte order mark: save it as UTF-8 without one"),
        (_as_folder, "can't be read (Is a directory): mend its permissions"),
    ],
)
def test_a_spoilt_file_is_named(small: Path, file: str, spoil: Callable[[Path], None], message: str) -> None:
    spoil(small / file)
    assert any(line.startswith(f"{file}:") and message in line for line in _told(small))


def test_a_missing_file_of_sources_is_named(small: Path) -> None:
    (small / "sources.yaml").unlink()
    assert "sources.yaml: the file is missing: restore it" in _told(small)


def test_a_project_without_facts_is_told(small: Path) -> None:
    for path in (small / "facts").iterdir():
        path.unlink()
    assert "facts: there are no fact files: add facts/<source>.yaml" in _told(small)


def test_an_empty_folder_is_no_project(tmp_path: Path) -> None:
    assert [issue.file for issue in _issues(tmp_path)] == ["facts", "sources.yaml"]


def test_a_project_says_what_it_is(small: Path) -> None:
    said = About(
        "Harbor Forum, a small project", "About ten facts of a town that is not there.", "https://example.org/licence",
        "Gull Foundation", "2030-06-01", ("harbor", "machines"),
    )  # fmt: skip
    assert load(small, WORDS).about == said
    (small / "dataset.yaml").write_text("title: T\n", encoding="utf-8")
    assert load(small, WORDS).about == About("T")


@pytest.mark.parametrize("file", ["conflicts.yaml", "dataset.yaml", "names.yaml", COVERAGE])
def test_what_may_be_absent(small: Path, file: str) -> None:
    (small / file).unlink()
    assert isinstance(load(small, WORDS), Project)


def test_a_thing_of_the_entities_may_be_described_by_the_fact_that_introduces_it(small: Path) -> None:
    _append(small, "entities/figures.yaml", "fig:forum-delegates: {type: Observation, label: Delegates}")
    assert isinstance(load(small, WORDS), Project)


def test_the_file_is_not_changed_by_reading(small: Path) -> None:
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    load(small, WORDS)
    assert {path: path.read_bytes() for path in small.rglob("*") if path.is_file()} == before


VOUCHING = "subject: harbor-forum-003, predicate: {}, object: agent:gull-foundation"


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        ("claimedBy", "claimedBy can't be stated by a fact"),
        ("cooperatesWith", "cooperatesWith can't be said of a statement (harbor-forum-003): only its date can"),
    ],
)
def test_nothing_but_a_date_is_said_of_a_statement(small: Path, predicate: str, message: str) -> None:
    _change(small, HARBOR, "  - {id: harbor-forum-009", _fact("harbor-forum-010", VOUCHING.format(predicate)) + "\n"
            "  - {id: harbor-forum-009")  # fmt: skip
    assert [line for line in _told(small) if message in line], _told(small)


def test_dates_of_dates_and_so_circles_are_refused(small: Path) -> None:
    date = "subject: harbor-forum-{}, predicate: when, value: '2030'"
    _append(small, HARBOR, _fact("harbor-forum-010", date.format("011")))
    _append(small, HARBOR, _fact("harbor-forum-011", date.format("010")))
    told = _told(small)
    assert any("harbor-forum-010: harbor-forum-011 is a date itself: name the relation" in line for line in told), told


def test_a_rejected_record_is_told_once_and_not_as_unknown(small: Path) -> None:
    _change(small, THINGS, "agent:iqm: {type: Organization", "agent:iqm: {type: Organisation")
    _change(small, "sources.yaml", "title: Yearly report", "titel: Yearly report")
    _change(small, HARBOR, "label: Every port", "lable: Every port")
    _change(small, LANTERN, "predicate: hostedBy", "predicate: hostdBy")
    told = _told(small)
    assert not [line for line in told if "is unknown" in line and "key" not in line and "hostdBy" not in line], told


@pytest.mark.parametrize("file", [LANTERN, COVERAGE])
def test_links_are_checked_though_a_file_of_facts_can_not_be_read(small: Path, file: str) -> None:
    (small / file).write_bytes(b"\xff")
    _change(small, HARBOR, "object: event:harbor-forum-series", "object: event:harbor-forum-serie")
    told = _told(small)
    assert len(told) == 2 and "'event:harbor-forum-serie' is unknown" in "".join(told), told


def test_links_are_not_checked_when_a_file_of_things_can_not_be_read(small: Path) -> None:
    (small / THINGS).write_bytes(b"\xff")
    assert len(_told(small)) == 1


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        ("facts/more.yml", "did you mean facts/more.yaml?"),
        ("facts/sub/more.yaml", "did you mean facts/more.yaml?"),
        ("facts/more.YAML", "did you mean facts/more.yaml?"),
        ("facts/more.txt", "take it out of this folder"),
        ("entities/sub/more.yaml", "did you mean entities/more.yaml?"),
        ("coverage/harbor-forum.yml", "did you mean coverage/harbor-forum.yaml?"),
        ("conflict.yaml", "did you mean conflicts.yaml?"),
        ("name.yml", "did you mean names.yaml?"),
        ("sources.yml", "did you mean sources.yaml?"),
        ("sources2.yaml", "did you mean sources-2.yaml?"),
        ("sources-more.yml", "did you mean sources-more.yaml?"),
        ("harbor.yaml", "move it into entities/, facts/ or coverage/"),
    ],
)
def test_a_file_that_nobody_reads_is_told(small: Path, file: str, remedy: str) -> None:
    (small / file).parent.mkdir(exist_ok=True)
    (small / file).write_text("a: b\n", encoding="utf-8")
    assert _told(small) == [f"{file}: this file is not read: {remedy}"]


def test_a_folder_of_nearly_the_right_name_is_told(small: Path) -> None:
    (small / "fact").mkdir()
    assert _told(small) == ["fact: this folder is not read: did you mean facts?"]


@pytest.mark.parametrize("file", ["README.md", "facts/README.md", "readings/a/first.tsv", ".x.yaml", "facts/.x.yaml"])
def test_what_may_lie_beside_the_data(small: Path, file: str) -> None:
    (small / file).parent.mkdir(parents=True, exist_ok=True)
    (small / file).write_text("a: [", encoding="utf-8")
    assert isinstance(load(small, WORDS), Project)


@pytest.mark.parametrize("file", ["facts/x.yaml", "entities/x.yaml", "coverage/x.yaml", "sources-x.yaml"])
def test_links_to_nothing_folders_and_pipes_are_told_and_not_opened(small: Path, file: str) -> None:
    path = small / file
    path.symlink_to("nowhere")
    assert _told(small) == [f"{file}: is a link to nothing: mend or remove it"]
    path.unlink()
    path.symlink_to(path.name)
    assert [line.startswith(f"{file}: can't be read") for line in _told(small)] == [True]
    path.unlink()
    os.mkfifo(path)
    assert _told(small) == [f"{file}: is no regular file: replace it by one"]
    path.unlink()
    path.mkdir()
    assert _told(small) == [f"{file}: can't be read (Is a directory): mend its permissions"]


def test_a_file_in_the_place_of_a_folder_is_told(small: Path) -> None:
    shutil.rmtree(small / "coverage")
    (small / "coverage").write_text("", encoding="utf-8")
    assert _told(small) == ["coverage: this is no folder: make it a folder"]


@pytest.mark.parametrize(("text", "count"), [("facts: []", 2), ("facts: {a: b}", 1), ("- a", 2)])
def test_only_a_list_that_is_none_hides_what_it_would_bring(small: Path, text: str, count: int) -> None:
    _change(small, LANTERN, "subject: lantern-report-001", "subject: port-register-002")
    _change(small, "conflicts.yaml", "harbor-forum-003", "port-register-001")
    (small / REGISTER).write_text(text, encoding="utf-8")
    assert len(_told(small)) == count
