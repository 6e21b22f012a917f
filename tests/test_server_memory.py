"""What the server keeps of its answers."""

from __future__ import annotations

import gzip

from kg.server.memory import Kept, Memory, keep
from kg.server.reply import Reply


def reply(text: str, media: str = "text/html; charset=utf-8") -> Reply:
    return Reply(200, media, text.encode())


def test_a_text_is_kept_compressed_too() -> None:
    kept = keep(reply("word " * 1000))
    assert gzip.decompress(kept.packed) == kept.reply.body
    assert keep(reply("word " * 1000)) == kept, "no time of day in it"


def test_what_gains_nothing_is_not_compressed() -> None:
    assert keep(reply("short")).packed == b""
    assert keep(reply("word " * 1000, "image/png")).packed == b""
    assert keep(reply("word " * 1000), compress=False).packed == b""


def test_other_bodies_have_other_tags() -> None:
    assert keep(reply("a")).tag != keep(reply("b")).tag


def entry(size: int) -> Kept:
    return Kept(reply("x" * size), "tag", b"", {})


def test_the_latest_are_kept_up_to_a_size() -> None:
    memory = Memory(10_000)
    for number in range(4):
        memory.put(("page", number), entry(1396))
    assert memory.get(("page", 0)) is not None  # asked for again: now the latest
    memory.put(("page", 4), entry(1396))
    memory.put(("page", 5), entry(1396))
    assert [number for number in range(6) if memory.get(("page", number))] == [0, 2, 3, 4, 5]
    assert memory.size == 5 * 1900 <= 10_000


def test_what_would_push_out_all_else_is_not_kept() -> None:
    memory = Memory(10_000)
    memory.put(("small",), entry(10))
    memory.put(("large",), entry(9000))
    assert memory.get(("large",)) is None
    assert memory.get(("small",)) is not None


def test_what_was_asked_counts_too() -> None:
    memory = Memory(10_000)
    for number in range(9):
        memory.put(("sparql", f"{number}" * 4000), entry(10))
    assert len([number for number in range(9) if memory.get(("sparql", f"{number}" * 4000))]) == 0
    for number in range(9):
        memory.put(("sparql", f"{number}" * 1500), entry(10))
    assert len([number for number in range(9) if memory.get(("sparql", f"{number}" * 1500))]) == 4


def test_the_same_kept_twice_counts_once() -> None:
    memory = Memory(10_000)
    for _ in range(9):
        memory.put(("page",), entry(1500))
    assert memory.size == 2004
    memory.clear()
    assert memory.size == 0
    assert memory.get(("page",)) is None
