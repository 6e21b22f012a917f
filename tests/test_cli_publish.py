"""kg site: what is written, where, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kg.site.pages import Site

Run = Callable[..., Result]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_site_is_written_whole_and_can_be_checked(graph: Path, run: Run, tmp_path: Path) -> None:
    done = run("site", "--graph", graph, "-o", tmp_path / "public")
    assert done.exit_code == 0, done.output
    made = files(tmp_path / "public")
    assert done.stdout.splitlines()[0].startswith(f"{sum(path.endswith('.html') for path in made):,} pages, ")
    assert done.stdout.splitlines()[1].startswith(f"Next: open {tmp_path / 'public' / 'index.html'}")
    assert {"index.html", "explorer.html", "assets/names.js", "id/agent/iqm.html", "id/agent/iqm.ttl", "events.ics",
            "data/aigov-kg.nq", "id/st/harbor-forum-009.html"} <= made.keys()  # fmt: skip
    assert "sitemap.xml" not in made
    assert made["data/aigov-kg.nq"] == graph.read_bytes()
    listed = [line.partition("  ")[2] for line in made["SHA256SUMS"].decode().splitlines()]
    assert sorted(listed) == sorted(made.keys() - {"SHA256SUMS", ".lock"})


@pytest.mark.slow
def test_writing_again_changes_nothing_and_takes_old_pages_away(
    small: Path, graph: Path, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    assert run("site", "--graph", graph, "-o", out).exit_code == 0
    first = files(out)
    assert run("site", "--graph", graph, "-o", out).exit_code == 0
    assert files(out) == first
    text = (small / "facts" / "port-register.yaml").read_text(encoding="utf-8")
    assert "port-register-001" in text
    (small / "facts" / "port-register.yaml").write_text(
        text.replace("port-register-001", "port-register-002"), encoding="utf-8"
    )
    assert run("site", "--data", small, "-o", out).exit_code == 0
    assert not (out / "id" / "st" / "port-register-001.html").exists()
    assert (out / "id" / "st" / "port-register-002.html").exists()


@pytest.mark.slow
def test_an_address_adds_a_map(graph: Path, run: Run, tmp_path: Path) -> None:
    assert run("site", "--graph", graph, "-o", tmp_path / "s", "--address", "https://example.org/g").exit_code == 0
    assert b"<loc>https://example.org/g/index.html</loc>" in (tmp_path / "s" / "sitemap.xml").read_bytes()


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org/", "https://", "https://a@b.org/", "https://example.org/?x=1", "/graph"],
)
def test_what_is_no_address_is_refused(address: str, graph: Path, run: Run, tmp_path: Path) -> None:
    done = run("site", "--graph", graph, "-o", tmp_path / "s", "--address", address)
    assert done.exit_code == 2
    assert "is no address: write one like https://example.org/graph/" in done.stderr
    assert not (tmp_path / "s").exists()


def test_sentences_stay_with_their_authors(graph: Path, run: Run, tmp_path: Path) -> None:
    done = run("site", "--graph", graph, "-o", tmp_path / "s", "--with-sentences")
    assert done.exit_code == 2
    assert "kg explore --with-sentences makes a page for your own use" in done.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.slow
def test_a_folder_of_others_is_left_alone(graph: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    done = run("site", "--graph", graph, "-o", tmp_path)
    assert done.exit_code == 2
    assert "holds other files (letters.txt …)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_without_a_graph_nothing_is_written(run: Run, tmp_path: Path) -> None:
    done = run("site", "--graph", tmp_path / "none.nq", "-o", tmp_path / "s")
    assert done.exit_code == 2
    assert "there is no graph at" in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_site_that_does_not_hold_together_is_not_written(
    graph: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "_data", lambda self: b'<a href="nowhere.html">')
    done = run("site", "--graph", graph, "-o", tmp_path / "s")
    assert done.exit_code == 1
    assert "data.html links to nowhere.html, which is not there" in done.stderr
    assert not (tmp_path / "s").exists()


def test_what_a_build_made_comes_along(small: Path, run: Run, tmp_path: Path) -> None:
    assert run("build", "--data", small, "--out", tmp_path / "dist").exit_code == 0
    assert run("site", "--graph", tmp_path / "dist", "-o", tmp_path / "s").exit_code == 0
    made = files(tmp_path / "s")
    assert {"data/void.ttl", "data/tables/entities.csv", "data/facts.ttl"} <= made.keys()
    assert not [path for path in made if path.startswith(("data/jsonld/", "data/explorer", "data/."))]
    assert b"% of the characters" in made["id/src/harbor-forum.html"]
    assert b"Harbor Forum, a small project" in made["index.html"]
