"""The build: the same bytes from every machine, nothing replaced by a failed one, every fault said with its place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from needs import missing

from kg import folders, terms, vocabulary
from kg.build import Summary, build, prepare
from kg.errors import BadData, BadUse
from kg.facts import load

ROOT = Path(__file__).parent.parent
REAL = ROOT / "kg" / "data"
SECONDS = 5 * 3  # what a full build may take, times three for a busy machine

Run = Callable[..., Result]

FILES = {
    "aigov-kg.nq", "aigov-kg.trig", "aigov-kg.nt", "ontology.ttl", "facts.ttl", "inferred.ttl", "statements.ttl",
    "evidence.ttl", "tables/entities.csv", "tables/statements.csv", "tables/participations.csv", "tables/evidence.csv",
    "tables/conflicts.csv", "tables/csv-metadata.json", "network/aigov-kg.graphml", "network/aigov-kg.gexf",
    "neo4j/nodes-agent.csv", "neo4j/nodes-concept.csv", "neo4j/nodes-doc.csv", "neo4j/nodes-event.csv",
    "neo4j/nodes-fig.csv", "neo4j/nodes-post.csv", "neo4j/nodes-prop.csv", "neo4j/nodes-src.csv",
    "neo4j/nodes-statement.csv", "neo4j/relationships-about.csv", "neo4j/relationships-behalf.csv",
    "neo4j/relationships-conflict.csv", "neo4j/relationships-statement.csv", "neo4j/import.txt", "coverage.json",
    "aigov-kg.jsonld", "jsonld/frame.jsonld", "ontology.rdf", "queries.ttl", "void.ttl", "views/overview.html",
    "explorer.html",
    "SHA256SUMS", ".inputs",
    "views/conflicts.html", "views/source-harbor-forum.html", "views/source-lantern-report.html",
    "views/agent-iqm.html", "views/agent-zoe-marsh.html", "views/agent-gull-foundation.html",
    "views/event-harbor-forum-2030.html", "views/event-harbor-forum-series.html", "views/event-tidal-workshop.html",
}  # fmt: skip


def documents(data: Path) -> set[str]:
    """A JSON-LD document for each thing of a project, and for each concept and list of concepts of the ontology."""
    words = vocabulary.load()
    project = load(data, words)
    introduced = {fact.introduces.node for fact in project.facts if fact.introduces}
    own = {terms.shorten(iri) for iri in words.iris if "/id/concept/" in iri}
    names = {*project.entities, *project.sources, *introduced, *own}
    return {f"jsonld/{name.replace(':', '/')}.jsonld" for name in names}


FILES |= documents(ROOT / "tests" / "small")


def content(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def started(*args: str | Path, cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """A Python process with the settings in its environment, the checkout importable."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    env |= {"PYTHONPATH": str(ROOT)} | settings
    command = [sys.executable, *map(str, args)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


# ---------------------------------------------------------------- the same everywhere


def test_a_build_makes_these_files(small: Path, tmp_path: Path) -> None:
    made = build(small, small / "texts", tmp_path / "out")
    assert set(made.files) == FILES == set(content(tmp_path / "out"))
    assert {name: len(text) for name, text in content(tmp_path / "out").items()} == made.files


def test_rdf_1_2_is_written_when_asked_for(small: Path, tmp_path: Path, run: Run) -> None:
    done = run("build", "--data", small, "--out", tmp_path / "out", "--rdf12")
    assert done.exit_code == 0 and set(content(tmp_path / "out")) == FILES | {"aigov-kg-rdf12.trig"}
    assert run("build", "--data", small, "--out", tmp_path / "out").exit_code == 0
    assert set(content(tmp_path / "out")) == FILES


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """Other hash seeds, zones, languages, folders, with texts and without, and by the other door."""
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    runs = [
        started("-m", "kg", "build", "--data", small, "--out", one, PYTHONHASHSEED="1", TZ="Pacific/Kiritimati"),
        started(
            "-m", "kg", "build", "--data", "../small", "--out", "../two", "--texts", small / "texts", cwd=elsewhere,
            PYTHONHASHSEED="77", TZ="America/Anchorage", LC_ALL="C",
        ),
        started(
            ROOT / "build_graph.py", "--data", small, "--out", three, cwd=elsewhere, PYTHONHASHSEED="0",
            LC_ALL="tr_TR.UTF-8", PYTHONPATH="",
        ),
    ]  # fmt: skip
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 3
    assert set(content(one)) == FILES
    assert content(one) == content(two) == content(three)


def test_the_order_of_files_on_disk_does_not_matter(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for path in sorted((path for path in small.rglob("*") if path.is_file()), reverse=True):
        (other / path.relative_to(small)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, other / path.relative_to(small))
    build(small, None, tmp_path / "one")
    build(other, None, tmp_path / "two")
    assert content(tmp_path / "one") == content(tmp_path / "two")


# ---------------------------------------------------------------- what it says


def test_the_summary_counts(small: Path, tmp_path: Path) -> None:
    made = build(small, small / "texts", tmp_path / "out")
    counts = made.counts
    assert counts["things by class"] == {
        "Organization": 3, "Concept": 2, "Person": 1, "Post": 1, "EventSeries": 1, "Conference": 1, "Session": 1,
        "Document": 1, "Observation": 1, "Proposition": 1,
    }  # fmt: skip
    assert counts["statements by status"] == {"self-reported": 9, "asserted": 2, "attributed": 1}
    assert counts["statements by modality"] == {"actual": 11, "planned": 1}
    assert counts["statements by reading"] == {"literal": 11, "inferred": 1}
    assert counts["statements by source"] == {"src:harbor-forum": 8, "src:lantern-report": 3, "outside record": 1}
    assert counts["conflicts by kind"] == {"contradicts": 1}
    assert list(counts["triples by graph"]) == ["ontology", "facts", "inferred", "statements", "evidence"]
    assert made.checked == ("src:harbor-forum", "src:lantern-report")
    assert made.warnings == ()


def triples_on_disk(out: Path) -> dict[str, int]:
    lines = (out / "aigov-kg.nq").read_text(encoding="utf-8").splitlines()
    names = [line.removesuffix("> .").rpartition("/")[2] for line in lines]
    return {name: names.count(name) for name in sorted(set(names))}


def test_the_summary_is_printed(small: Path, tmp_path: Path, run: Run) -> None:
    done = run("build", "--data", small, "--texts", small / "texts", "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[1] == "statements by status: self-reported 9, asserted 2, attributed 1"
    assert lines[5] == "conflicts by kind: contradicts 1"
    said = dict(re.findall(r"(\w+) (\d+)", lines[6].partition(": ")[2]))
    assert {name: int(count) for name, count in said.items()} == triples_on_disk(tmp_path / "out")
    assert lines[7] == "spans compared with 2 texts"
    assert re.fullmatch(rf"{len(FILES)} files, \d\.\d MB, in {re.escape(str(tmp_path / 'out'))}", lines[8])
    assert lines[9].startswith(f"Next: open {tmp_path / 'out' / 'explorer.html'}, or try: ")
    assert len(lines) == 10


def test_without_the_parts_of_the_explorer_all_else_is_built(
    small: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.explorer.assets", lambda: None)
    done = run("build", "--data", small, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert {*content(tmp_path / "out")} == FILES - {"explorer.html"}
    (said,) = [line for line in done.stdout.splitlines() if "explorer" in line]
    assert re.match(r"no explorer\.html, views/overview\.html serves: .*npm run build", said)
    assert f"Next: open {tmp_path / 'out' / 'views' / 'overview.html'}, or" in done.stdout


def test_without_texts_the_summary_says_so(small: Path, tmp_path: Path, run: Run) -> None:
    done = run("build", "--data", small, "--out", tmp_path / "out")
    assert "spans not compared with the texts (none given: --texts DIR does it)" in done.stdout.splitlines()


def test_a_warning_does_not_stop_a_build(small: Path, tmp_path: Path, run: Run) -> None:
    (small / "texts" / "lantern-report.txt").unlink()
    done = run("build", "--data", small, "--texts", small / "texts", "--out", tmp_path / "out")
    assert done.exit_code == 0
    line = line_of(small / "sources.yaml", "src:lantern-report")
    assert re.match(rf"warning: sources\.yaml:{line + 1}: src:lantern-report: .*stay unchecked\n$", done.stderr)
    assert "spans compared with 1 text\n" in done.stdout


def test_the_stages_are_named_in_their_order(small: Path, tmp_path: Path) -> None:
    stages: list[str] = []
    assert isinstance(build(small, small / "texts", tmp_path / "out", stages.append), Summary)
    assert stages == [
        "reading the data", "comparing spans with texts", "building the graphs", "inferring", "checking", "serialising",
        "drawing", "writing",
    ]  # fmt: skip


def test_the_version_is_that_of_the_project_file() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{folders.version()}"\n' in text


# ---------------------------------------------------------------- faults in the data (exit 1)

HARBOR = "facts/harbor-forum.yaml"
CYCLE = """  - id: harbor-forum-010
    subject: event:harbor-forum-2030
    predicate: partOfEvent
    object: event:tidal-workshop
    status: self-reported
    evidence:
      - at: [287, 372]
        digest: c85d85c06dd24a53931ebe893024612ae977cda90f6f7d59ab96f8675be0d60d
        from: The Workshop
        to: forum
"""


def a_cycle(data: Path) -> tuple[str, int, str]:
    add(data / HARBOR, CYCLE)
    return "entities/things.yaml", line_of(data / "entities" / "things.yaml", "event:tidal"), "it is part of itself"


def another_digest(data: Path) -> tuple[str, int, str]:
    change(data / HARBOR, "7cfb44f467a26c8c", "0000000000000000")
    return HARBOR, line_of(data / HARBOR, "0000000000000000"), "the words at 53-72 are not those that were cited"


def another_source(data: Path) -> tuple[str, int, str]:
    change(data / HARBOR, "id: harbor-forum-004\n", "id: harbor-forum-004\n    source: src:lantern-report\n")
    return HARBOR, line_of(data / HARBOR, "id: harbor-forum-004"), "its evidence lies in another source"


def another_text(data: Path) -> tuple[str, int, str]:
    add(data / "texts" / "harbor-forum.txt", "One more sentence.")
    return "sources.yaml", line_of(data / "sources.yaml", "src:harbor-forum") + 1, "is not the one that was read"


def an_unknown_thing(data: Path) -> tuple[str, int, str]:
    change(data / HARBOR, "object: agent:zoe-marsh", "object: agent:zoe-march")
    return HARBOR, line_of(data / HARBOR, "id: harbor-forum-005"), "did you mean agent:zoe-marsh?"


def a_bad_address(data: Path) -> tuple[str, int, str]:
    file = "facts/port-register.yaml"
    change(data / file, "https://example.org/id/iqm", '"https://exa mple.org/%zz"')
    return file, line_of(data / file, "id: port-register-001"), "is no http address"


def a_gap_without_reason(data: Path) -> tuple[str, int, str]:
    change(data / "coverage" / "harbor-forum.yaml", '  - {at: [799, 858], reason: "scenery"}\n', "")
    return "coverage/harbor-forum.yaml", 0, "nothing covers characters 799-858 of src:harbor-forum"


def no_role(data: Path) -> tuple[str, int, str]:
    file = "facts/lantern-report.yaml"
    change(data / file, "    role: concept:role-host\n", "")
    return file, line_of(data / file, "id: lantern-report-003"), "Give one role"


def broken_yaml(data: Path) -> tuple[str, int, str]:
    add(data / HARBOR, "  - {id: [\n")
    return HARBOR, len((data / HARBOR).read_text(encoding="utf-8").splitlines()) + 1, "no YAML"


FAULTS = [
    a_cycle, another_digest, another_source, another_text, an_unknown_thing, a_bad_address, a_gap_without_reason,
    no_role, broken_yaml,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_said_with_its_place_and_nothing_is_replaced(
    fault: Callable[[Path], tuple[str, int, str]], small: Path, tmp_path: Path, run: Run
) -> None:
    options = ("--data", small, "--texts", small / "texts", "--out", tmp_path / "out")
    assert run("build", *options).exit_code == 0
    before = content(tmp_path / "out")
    file, line, message = fault(small)
    done = run("build", *options)
    assert done.exit_code == 1
    place = f"{file}:{line}: " if line else f"{file}: "
    assert [said for said in done.stderr.splitlines() if said.startswith(place) and message in said], done.stderr
    assert done.stderr.splitlines()[-1].endswith("nothing was written.")
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert content(tmp_path / "out") == before


def test_a_fault_shows_no_traceback_in_a_process_of_its_own(small: Path, tmp_path: Path) -> None:
    another_digest(small)
    done = started("-m", "kg", "build", "--data", small, "--texts", small / "texts", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 2 and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_texts_a_wrong_digest_is_not_seen(small: Path, tmp_path: Path) -> None:
    another_digest(small)
    assert build(small, None, tmp_path / "out").checked == ()
    assert [issue.subject for issue in prepare(small, small / "texts").errors] == ["harbor-forum-001"]


def test_all_faults_are_said_at_once(small: Path) -> None:
    for fault in (another_digest, a_gap_without_reason, no_role):
        fault(small)
    rules = {issue.rule for issue in prepare(small, small / "texts").errors}
    assert rules >= {"evidence", "coverage", "ParticipationShape"}
    with pytest.raises(BadData) as caught:
        build(small, small / "texts", small / "out")
    assert len(caught.value.issues) >= 3


# ---------------------------------------------------------------- used wrongly (exit 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "absent"], "absent is no project folder, it has no sources.yaml: name one with --data DIR"),
        (["--data", "empty"], "empty is no project folder, it has no sources.yaml: name one with --data DIR"),
        (["--data", "small", "--texts", "absent"], "the folder of texts absent does not exist"),
        (["--data", "small", "--out", "a-file"], "'a-file' is a file"),
        (["--data", "small", "--out", "a-file/below"], "can't write a-file/below"),
        (["--data", "small", "--no-such-option"], "No such option"),
    ],
)
def test_a_wrong_use_is_said(
    options: list[str], said: str, small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    Path("a-file").write_bytes(b"mine")
    Path("empty").mkdir()
    done = run("build", *options)
    assert done.exit_code == 2
    assert said in done.stderr and "Traceback" not in done.stderr and done.stdout == ""
    assert Path("a-file").read_bytes() == b"mine"
    assert not Path("dist").exists()


def test_a_project_without_facts_is_bad_data(tmp_path: Path, run: Run) -> None:
    (tmp_path / "sources.yaml").write_text("src:a: {title: A, url: 'https://a.org'}\n", encoding="utf-8")
    done = run("build", "--data", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "facts: there are no fact files: add facts/<source>.yaml" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_can_not_be_written_is_bad_use(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "views").write_bytes(b"in the way")
    with pytest.raises(BadUse, match="choose another folder with --out"):
        build(small, None, tmp_path / "out")
    assert content(tmp_path / "out") == {"views": b"in the way"}


# ---------------------------------------------------------------- the real data


def real_texts() -> Path:
    folder = os.environ.get("KG_TEXTS")
    if not folder or not Path(folder).is_dir():
        missing("the five texts (KG_TEXTS)")
    return Path(folder)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """A full build of the real project in a process of its own: its folder, what it says, its seconds."""
    texts, out = real_texts(), tmp_path_factory.mktemp("real")
    begun = time.perf_counter()
    done = started("-m", "kg", "build", "--data", REAL, "--texts", texts, "--out", out)
    assert done.returncode == 0, done.stderr
    return out, done.stdout, time.perf_counter() - begun


def test_the_real_project_builds_in_time(real: tuple[Path, str, float]) -> None:
    _, said, seconds = real
    assert "spans compared with 5 texts" in said
    assert seconds < SECONDS


@pytest.mark.slow
def test_the_real_build_is_the_same_without_texts(real: tuple[Path, str, float], tmp_path: Path) -> None:
    done = started("-m", "kg", "build", "--data", REAL, "--out", tmp_path)
    assert "not compared with the texts" in done.stdout
    assert content(tmp_path) == content(real[0])
