"""Writes paths.json: routes as kg/paths.py finds them, for the page to find the same.

Of the small project of the tests, of a graph with chance in it, and of two with more routes than are compared.
From the root of the repository: python explorer/test/make_paths.py
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path
from random import Random

from kg.build import prepare
from kg.checks import store
from kg.lookup import Graph
from kg.paths import STRENGTHS, THROUGH, Route, routes
from kg.statements import Clash, Reader, Receipt, Statement, Thing

HERE = Path(__file__).parent
SMALL = HERE.parents[1] / "tests" / "small"
KINDS = ("agent", "agent", "agent", "event", "doc", "place", "concept")

Asked = tuple[str, str, int, str]


def made(number: int, start: str, end: str, strength: str = "asserted", inferred: bool = False, body: str = "",
         predicate: str = "aig:cooperatesWith") -> Statement:  # fmt: skip
    """A statement between two things; what a route does not look at is empty."""
    return Statement(
        id=f"st:{number:04}", subject=Thing(start, start), predicate=predicate, relation="works with",
        object=Thing(end, end), status=strength if strength in STRENGTHS[:3] else "asserted",
        modality="planned" if strength == "planned" else "actual", reading="inferred" if inferred else "literal",
        claimed_by=(), role=None, constituency=(), in_capacity_of=None,
        on_behalf_of=(Thing(body, body),) if body else (), when_text="", review=None, note="",
        conflicts=(Clash("contradicts", "contradicts", "st:x", "", ""),) if strength == "contradicted" else (),
        receipts=(Receipt("src:a", "A", 0, 9, "a", "z", False, "", ""),),
    )  # fmt: skip


def by_chance() -> list[Statement]:
    """Forty-five things, most joined, of all kinds and strengths; some pairs more than once."""
    random = Random(1)
    names = [f"{random.choice(KINDS)}:n{number:02}" for number in range(45)]
    found = []
    for number in range(110):
        start, end = random.sample(names, 2)
        body = random.choice(names) if random.random() < 0.15 else ""
        predicate = "skos:exactMatch" if random.random() < 0.05 else "aig:cooperatesWith"
        found.append(made(number, start, end, random.choice(STRENGTHS), random.random() < 0.2, body, predicate))
    return found


def layered() -> list[Statement]:
    """Four layers of seven things each, all joined: 2,401 shortest routes; and two things apart.

    The last steps are such that the best of the routes compared are amid them, and better ones behind them.
    """
    layers = [["agent:a"], *([f"agent:{layer}-{one}" for one in range(7)] for layer in range(4)), ["agent:z"]]
    pairs = [pair for one, two in pairwise(layers) for pair in product(one, two)]
    random = Random(2)
    last = dict(zip(layers[-2], ("contradicted", "attributed", *["planned"] * 4, "asserted"), strict=True))
    found = [
        made(number, *pair, last[pair[0]] if pair[1] == "agent:z" else random.choice(STRENGTHS))
        for number, pair in enumerate(pairs)
    ]
    return [*found, made(900, "agent:x", "agent:y")]


def small() -> list[Statement]:
    """The statements of the small project."""
    return list(Reader(Graph(store(prepare(SMALL, SMALL / "texts").graphs))).all())


def told(found: Iterable[Route]) -> list[list[str]]:
    """Each route as its weakest strength, and its things and statements in turn."""
    return [
        [route.weakest, route.steps[0].start.id,
         *(part for step in route.steps for part in (">" if step.forward else "<", step.statement.id, step.end.id))]
        for route in found
    ]  # fmt: skip


def row(one: Statement) -> list[object]:
    """What a route looks at."""
    bodies = [body.id for body in one.on_behalf_of]
    return [one.id, one.subject.id, one.predicate, one.object.id, one.status, one.modality, one.reading, bodies,
            int(one.contradicted)]  # fmt: skip


SMALL_ASKED: list[Asked] = [
    ("agent:zoe-marsh", "agent:iqm", 1, "shortest"),
    ("agent:zoe-marsh", "agent:iqm", 5, "shortest"),
    ("agent:zoe-marsh", "agent:iqm", 5, "evidenced"),
    ("agent:zoe-marsh", "event:harbor-forum-2030", 3, "evidenced"),
    ("fig:forum-delegates", "event:tidal-workshop", 3, "shortest"),
    ("agent:zoe-marsh", "agent:lantern-council", 3, "shortest"),
    ("agent:zoe-marsh", "agent:nobody", 3, "shortest"),
    ("agent:iqm", "agent:iqm", 3, "evidenced"),
    ("", "", 1, "shortest"),
]
LAYERED_ASKED: list[Asked] = [
    ("agent:a", "agent:z", 3, "shortest"),
    ("agent:a", "agent:z", 3, "evidenced"),
    ("agent:a", "agent:z", 50, "shortest"),
    ("agent:a", "agent:2-3", 50, "shortest"),
    ("agent:0-0", "agent:3-6", 12, "evidenced"),
    ("agent:a", "agent:x", 3, "shortest"),
    ("agent:y", "agent:x", 3, "evidenced"),
]
SHORT_CUT_ASKED: list[Asked] = [
    ("agent:0-0", "agent:z", 3, "shortest"),
    ("agent:a", "agent:z", 12, "shortest"),
    ("agent:a", "agent:z", 3, "evidenced"),
]


def chance_asked(statements: list[Statement]) -> list[Asked]:
    """Thirty pairs of the graph with chance in it, every number of routes and both orders among them."""
    random = Random(3)
    names = sorted({name for one in statements for name in (one.subject.id, one.object.id)})
    asked: list[Asked] = []
    for _ in range(15):
        for order in ("shortest", "evidenced"):
            start, end = random.sample(names, 2)
            asked.append((start, end, random.choice((1, 3, 5, 12)), order))
    return asked


def main() -> None:
    """Writes the file."""
    graphs = {"small": small(), "chance": by_chance(), "layered": layered()}
    # One short route, and behind it more longer ones than are compared.
    graphs["short cut"] = [*graphs["layered"], made(901, "agent:0-0", "agent:3-6")]
    asked = {
        "small": SMALL_ASKED, "chance": chance_asked(graphs["chance"]), "layered": LAYERED_ASKED,
        "short cut": SHORT_CUT_ASKED,
    }  # fmt: skip
    found = {
        "through": THROUGH,
        "strengths": STRENGTHS,
        "graphs": {
            name: {
                "statements": [row(one) for one in statements],
                "cases": [[*one, told(routes(statements, *one))] for one in asked[name]],
            }
            for name, statements in graphs.items()
        },
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    (HERE / "paths.json").write_text(text.replace("],[", "],\n[") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
