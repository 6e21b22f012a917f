"""How soon the explorer can be used and how it answers, in headless Chromium, beside pyvis as it comes.

`python benchmarks/explorer.py [--sizes 0 1000 5000 20000] [--runs 5]` makes the page of the project's own graph
(size 0) and of generated ones with so many drawn things, opens each from disk in a window of 1440 by 900, and prints
medians of what `BOUNDS` names beside its bound. pyvis makes its page of the same things and lines, gets one run, and is
given up after 40 seconds. It exits 1 when a bound is broken. `--short` is for CI, whose machines are shared: sizes 0
and 1000, three runs, no pyvis (benchmarks/view.py has it there), and twice the time.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import larger
from browsing import FLAGS, first_frame, plain
from playwright.sync_api import Browser, Page, sync_playwright

from kg import cache, explorer
from kg.build import prepare
from kg.graphs import canonical
from kg.statements import Reader

BOUNDS: dict[str, dict[int, float]] = {
    "file, MB": {0: 8.0},
    "file without SPARQL, MB": {0: 3.0},
    "first frame, s": {0: 1.5, 1000: 1.5, 5000: 3.0, 20000: 6.0},
    "search usable, s": {0: 2.0},
    "SPARQL ready, s": {0: 2.5},
    "longest block while it starts, ms": {},
    "filter, ms": {0: 100.0},
    "search, ms": {0: 100.0},
    "questions, median ms": {},
    "questions, p95 ms": {0: 50.0},
    "panning, frames a second": {0: 30.0, 1000: 30.0, 5000: 20.0, 20000: 10.0},
}
"""What is measured, and its bound by size; frames a second have a lower one."""
MOST = 60_000
"""Milliseconds that anything may take."""

# Each gives a number, or numbers, in milliseconds unless it says otherwise.
SEARCH = """async (text) => {
  const until = async (what) => {
    while (performance.now() < 60000) {
      const found = what();
      if (found) return found;
      await new Promise((go) => requestAnimationFrame(go));
    }
    throw new Error(`nothing came: ${what}`);
  };
  const box = await until(() => document.getElementById("find"));
  const ask = (words) => { box.value = words; box.dispatchEvent(new InputEvent("input", { bubbles: true })); };
  box.focus();
  ask(text);
  await until(() => document.querySelector("search [role=option]"));
  const usable = performance.now();
  const times = [];
  for (const words of [text.slice(0, 2), "un", "con", text, "inter", "sense", "nothing of the kind", "2021"]) {
    const begun = performance.now();
    ask(words);
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    times.push(performance.now() - begun);
  }
  return { usable, times };
}"""
ENGINE = """async () => {
  const said = () => document.querySelector(".sparql-tools [role=status]")?.textContent;
  while (said() !== "Ready." && performance.now() < 60000) await new Promise((go) => setTimeout(go, 10));
  const ready = performance.now();
  const drawn = performance.getEntriesByName("graph drawn")[0]?.startTime ?? 0;
  const blocks = window.blocks.filter(([begun]) => begun > drawn).map(([, length]) => length);
  return { ready, block: Math.max(0, ...blocks) };
}"""
BLOCKS = """window.blocks = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.blocks.push([one.startTime, one.duration]);
}).observe({ type: "longtask", buffered: true });"""
FILTER = """async () => {
  const times = [];
  const ticks = () => [...document.querySelectorAll(".filters input[type=checkbox]")];
  for (const place of [0, 1, 2, 3, 4, 5, 6, 7]) {
    for (const turn of ["on", "off"]) {
      const tick = ticks()[place];
      if (!tick) continue;
      const begun = performance.now();
      tick.click();
      await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
      times.push(performance.now() - begun);
      await new Promise((go) => setTimeout(go, 250));
    }
  }
  return times;
}"""
PAN = """async () => {
  const canvas = document.querySelector("canvas");
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = (type, place) => new MouseEvent(type, { bubbles: true, cancelable: true, view: window, button: 0,
    clientX: left + width / 2 + 200 * Math.sin(place / 20), clientY: top + height / 2 + 120 * Math.sin(place / 13) });
  canvas.dispatchEvent(at("mousedown", 0));
  const begun = performance.now();
  let frames = 0;
  while (performance.now() - begun < 3000) {
    await new Promise((go) => requestAnimationFrame(go));
    window.dispatchEvent(at("mousemove", ++frames));
  }
  const rate = frames / ((performance.now() - begun) / 1000);
  window.dispatchEvent(at("mouseup", frames));
  return rate;
}"""
ASK = """async (names) => {
  const times = [];
  // A generated graph has not the things that are the usual ones: then that is the answer.
  const answer = () => document.querySelector("#panel section.results, #panel .fault");
  for (const name of names) {
    location.hash = "#panel=questions";
    while (answer()) await new Promise((go) => setTimeout(go, 1));
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    const begun = performance.now();
    location.hash = `#panel=questions&question=${name}`;
    while (!answer() && performance.now() < begun + 10000) await new Promise((go) => setTimeout(go, 1));
    times.push(performance.now() - begun);
  }
  return times;
}"""


@contextmanager
def _opened(browser: Browser, file: Path, fragment: str = "") -> Iterator[Page]:
    """A page in a context of its own, drawn once it is given; it has no network."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    context.set_default_timeout(MOST)
    page = context.new_page()
    page.add_init_script(BLOCKS)
    page.goto(file.as_uri() + fragment, wait_until="domcontentloaded")
    yield page
    context.close()


def _rest(page: Page) -> None:
    """Waits until the page has drawn, indexed and started what it starts by itself."""
    page.locator("canvas").wait_for()
    page.wait_for_timeout(4000)


def _measured(browser: Browser, file: Path, word: str, asked: Sequence[str], runs: int) -> Iterator[tuple[str, float]]:
    """What is measured in an open page, by name."""
    usable, times = [], []
    for _ in range(runs):
        with _opened(browser, file) as page:
            found = page.evaluate(SEARCH, word)
            usable.append(found["usable"] / 1000)
            times += found["times"]
    yield "search usable, s", statistics.median(usable)
    yield "search, ms", statistics.median(times)
    if asked:
        found = []
        for _ in range(runs):
            with _opened(browser, file, "#panel=sparql") as page:
                found.append(page.evaluate(ENGINE))
        yield "SPARQL ready, s", statistics.median(one["ready"] / 1000 for one in found)
        yield "longest block while it starts, ms", statistics.median(one["block"] for one in found)
        with _opened(browser, file) as page:
            _rest(page)
            page.evaluate(ASK, asked)  # what parameters take is asked for once
            times = sorted(page.evaluate(ASK, asked))
        yield "questions, median ms", statistics.median(times)
        yield "questions, p95 ms", times[math.ceil(0.95 * len(times)) - 1]
    with _opened(browser, file) as page:
        _rest(page)
        yield "panning, frames a second", statistics.median(page.evaluate(PAN) for _ in range(3))
        yield "filter, ms", statistics.median(page.evaluate(FILTER))


def _graph(size: int, folder: Path) -> Path:
    """The file of a graph: the project's own, or a generated one with so many drawn things."""
    file = folder / f"{size}.nq"
    if size:
        with file.open("wb") as out:
            out.writelines(larger.plan(entities=size).chunks())
    else:
        file.write_bytes(canonical(prepare(Path(__file__).parent.parent / "kg" / "data", None).graphs))
    return file


class _Made(NamedTuple):
    """A page and the one without SPARQL, what pyvis makes of the same, and the questions that the first asks."""

    page: bytes
    small: bytes
    plain: str
    questions: Sequence[str]
    word: str


def _made(graph: Path, parts: explorer.Assets) -> _Made:
    quads = graph.read_bytes()
    opened = cache.loaded(graph)
    statements = Reader(opened).all()
    content = explorer.fitting(explorer.whole(statements, None), len(quads))
    data = explorer.payload(opened, content)
    small = explorer.page(data | {"questions": []}, quads, parts)
    known = max(data["things"], key=lambda row: row[-1])
    names = [one["name"] for one in data["questions"]]
    return _Made(explorer.page(data, quads, parts), small, plain(statements), names, known[1])


def _figures(
    browser: Browser, graph: Path, parts: explorer.Assets, runs: int, folder: Path
) -> tuple[dict[str, float], str]:
    """All that is measured of a graph, by name, and the page that pyvis makes."""
    begun = time.perf_counter()
    made = _made(graph, parts)
    print(f"  pages made in {time.perf_counter() - begun:.0f} s", flush=True)
    file = folder / "page.html"
    file.write_bytes(made.page)
    found = {"file, MB": len(made.page) / 1e6, "file without SPARQL, MB": len(made.small) / 1e6}
    text = made.page.decode("utf-8")
    found["first frame, s"] = statistics.median(first_frame(text, 40.0) or math.inf for _ in range(runs))
    return found | dict(_measured(browser, file, made.word, made.questions, runs)), made.plain


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 1000, 5000, 20000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args(argv)
    sizes, runs = ([0, 1000], 3) if asked.short else (asked.sizes, asked.runs)
    parts = explorer.assets()
    if parts is None:
        raise SystemExit(explorer.MISSING)
    broken = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for size in sizes:
            print(f"{size:,} drawn things" if size else "the project's own graph", flush=True)
            found, theirs = _figures(browser, _graph(size, Path(folder)), parts, runs, Path(folder))
            for name, value in found.items():
                fits, bound = _within(name, size, value, 2.0 if asked.short else 1.0)
                print(f"  {name:38} {value:9.2f}{bound}", flush=True)
                broken += [] if fits else [f"{name} at {size}"]
            if not asked.short:
                drawn = first_frame(theirs, 40.0)
                said = "none within 40 s" if drawn is None else f"{drawn:.2f}"
                print(f"  {'first frame of pyvis as it comes, s':38} {said:>9}", flush=True)
        browser.close()
    print("out of bounds: " + "; ".join(broken) if broken else "all within bounds")
    return int(bool(broken))


def _within(name: str, size: int, value: float, leave: float) -> tuple[bool, str]:
    """Whether a figure is within its bound, and the bound in words; `leave` widens the bounds of time."""
    bound = BOUNDS[name].get(size)
    if bound is None:
        return True, ""
    if name.endswith("a second"):
        return value >= bound / leave, f"  (at least {bound / leave:g})"
    bound *= 1.0 if name.endswith("MB") else leave
    return value <= bound, f"  (at most {bound:g})"


if __name__ == "__main__":
    sys.exit(main())
