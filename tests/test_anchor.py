"""Words -> spans in the data files: the right places, the rest of the file untouched, nothing written on an error."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from click.testing import Result

from kg import vocabulary
from kg.anchor import anchor
from kg.errors import BadData, BadUse
from kg.facts import load
from kg.sources import check_spans, read_texts
from kg.strict import parse

TEXT = "𝄞 The cat saw the dog.\nThe cat slept, Zoë said; the\u00a0dog did not. It was the end.\n"
SOURCES = "# ours\nsrc:a:\n  title: T  # as printed\n  text: a.txt\n  note: N\n"
FACTS = "# 𝄞 Zoë\nsource: a\nfacts:\n{}"
FACT = "  - {{id: a-001, subject: doc:d, predicate: title, value: 𝄞 Zoë, status: asserted, evidence: [{}]}}\n"


def _sha(words: str) -> str:
    return hashlib.sha256(" ".join(words.split()).encode("utf-8")).hexdigest()


def _span(words: str, head: str, tail: str = "", begin: int = 0) -> str:
    """The mapping that stands for these words of TEXT, worked out here."""
    start = TEXT.index(words, begin)
    last = f', to: "{tail}"' if tail else ""
    return f'{{at: [{start}, {start + len(words)}], digest: {_sha(words)}, from: "{head}"{last}}}'


def _project(tmp_path: Path, facts: str, text: str = TEXT, sources: str = SOURCES) -> Path:
    for folder in ("facts", "entities", "coverage", "texts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "sources.yaml").write_bytes(sources.encode())
    (tmp_path / "entities" / "docs.yaml").write_text("doc:d: {type: Document, label: D}\n", encoding="utf-8")
    (tmp_path / "facts" / "a.yaml").write_bytes(FACTS.format(facts).encode())
    (tmp_path / "texts" / "a.txt").write_bytes(text.encode())
    return tmp_path


def _anchored(tmp_path: Path, facts: str) -> str:
    """The facts file after anchoring."""
    data = _project(tmp_path, facts)
    anchor(data, data / "texts")
    return (data / "facts" / "a.yaml").read_text(encoding="utf-8")


def _one(tmp_path: Path, mapping: str) -> str:
    return _anchored(tmp_path, FACT.format(mapping))


def _files(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}


def _refused(data: Path) -> list[str]:
    """The messages; and nothing may have been written."""
    before = _files(data)
    with pytest.raises(BadData) as error:
        anchor(data, data / "texts")
    assert _files(data) == before
    return [str(issue) for issue in error.value.issues]


@pytest.mark.parametrize(
    ("mapping", "span"),
    [
        ('{words: "saw"}', _span("saw", "saw")),
        ('{words: "saw the dog"}', _span("saw the dog", "saw", "dog")),
        ('{words: "saw … dog"}', _span("saw the dog", "saw", "dog")),
        ('{words: "saw ... dog"}', _span("saw the dog", "saw", "dog")),
        ('{words: "𝄞"}', _span("𝄞", "𝄞")),
        ('{words: "the dog did"}', _span("the\u00a0dog did", "the dog did")),
        ('{words: "Zoe\u0308 said;"}', _span("Zoë said;", "Zoë said;")),
        ('{words: "The cat", occurrence: 1}', _span("The cat", "The cat")),
        ('{words: "The cat … Zoë", occurrence: 2}', _span("The cat slept, Zoë", "The cat slept, Zoë", begin=10)),
        ("{occurrence: 1, words: It was}", _span("It was", "It was")),
    ],
)
def test_words_become_a_span(tmp_path: Path, mapping: str, span: str) -> None:
    assert _one(tmp_path, mapping) == FACTS.format(FACT.format(span))


def test_several_spans_of_several_facts(tmp_path: Path) -> None:
    two = '{words: saw}, {words: "slept,"}'
    made = _anchored(tmp_path, FACT.format(two) + FACT.format("{words: end.}").replace("001", "002"))
    spans = f"{_span('saw', 'saw')}, {_span('slept,', 'slept,')}"
    assert made == FACTS.format(FACT.format(spans) + FACT.format(_span("end.", "end.")).replace("001", "002"))


BLOCK = """\
  - id: a-001  # 𝄞 first
    subject: doc:d

    predicate: title
    value: "𝄞 Zoë"
    evidence:
      # the one
      - words: saw
        occurrence: 1
      # the other
      - {words: "slept,"}   # behind
    status: asserted
# the end
"""


def test_layout_and_comments_stay_in_block_mappings(tmp_path: Path) -> None:
    made = _anchored(tmp_path, BLOCK)
    wanted = BLOCK.replace("words: saw\n        occurrence: 1", _span("saw", "saw"))
    assert made == FACTS.format(wanted.replace('{words: "slept,"}', _span("slept,", "slept,")))


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"), sources=SOURCES.replace("\n", "\r\n"))
    facts = data / "facts" / "a.yaml"
    facts.write_bytes(facts.read_bytes().replace(b"\n", b"\r\n"))
    anchor(data, data / "texts")
    wanted = FACTS.format(FACT.format(_span("saw", "saw"))).replace("\n", "\r\n").encode()
    assert facts.read_bytes() == wanted
    assert b"note: N\r\n" in (data / "sources.yaml").read_bytes()
    assert load(data, vocabulary.load()).sources["src:a"].length == len(TEXT)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("{words: bird}", "the words match nowhere: bird: copy them from the text"),
        ("{words: SAW}", "the words match nowhere: SAW: copy them from the text"),
        ('{words: "a … b … c"}', "the words match nowhere: a … b … c: copy them from the text"),
        ('{words: ""}', "the words match nowhere"),
        ("{words: [saw]}", "the words match nowhere"),
        ("{words: The cat}", "the words match 2 times: The cat: add occurrence: 1, 2 … or more words"),
        ("{words: The cat, occurrence: 3}", "there is no occurrence 3 of these words: The cat: there are 2"),
        ("{words: The cat, occurrence: 0}", "there is no occurrence 0 of these words: The cat: there are 2"),
        ("{words: The cat, occurrence: -1}", "there is no occurrence -1 of these words"),
        ("{words: The cat, occurrence: second}", "there is no occurrence second of these words"),
        ("{words: The cat, occurrence: 2}", "four words at each end do not find this stretch: begin or end it a word"),
    ],
)
def test_words_that_are_refused(tmp_path: Path, mapping: str, message: str) -> None:
    told = _refused(_project(tmp_path, FACT.format(mapping)))
    assert len(told) == 1
    assert told[0].startswith(f"facts/a.yaml:4: {message}")


def test_all_refusals_come_at_once_and_sound_words_are_not_written(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}, {words: bird}, {words: The cat}"))
    (data / "coverage" / "a.yaml").write_text("gaps:\n  - {words: fish, reason: R}\n", encoding="utf-8")
    told = _refused(data)
    assert [line.split(": ")[0] for line in told] == ["coverage/a.yaml:2", "facts/a.yaml:4", "facts/a.yaml:4"]


def test_sources_get_digest_and_length_of_the_text(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    anchor(data, data / "texts")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    wanted = SOURCES.replace("  text: a.txt\n", f"  text: a.txt\n  digest: {digest}\n  length: {len(TEXT)}\n")
    assert (data / "sources.yaml").read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize(
    "sources",
    [
        "src:a: {title: T, text: a.txt}\n",
        "src:a: {title: T, text: 'a.txt', note: N}\n",
        "{'src:a': {title: T, text: a.txt}}\n",
        "src:a:\n      title: T\n      text: a.txt\n      note: N\n",
        "src:a:\n  text: a.txt # the text\n  title: T\n",
        'src:a:\n  text: "a.txt"\n  title: T',
        "# 𝄞\nsrc:b: {title: 𝄞}\nsrc:a:\n  title: T\n  length: 3\n  text: a.txt\n",
    ],
)
def test_sources_in_any_form_stay_sound(tmp_path: Path, sources: str) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"), sources=sources)
    anchor(data, data / "texts")
    source = load(data, vocabulary.load()).sources["src:a"]
    assert (source.title, source.text, source.length) == ("T", "a.txt", len(TEXT))
    assert source.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    made = (data / "sources.yaml").read_text(encoding="utf-8")
    assert all(comment in made for comment in ("# 𝄞", "# the text") if comment in sources)


def test_anchoring_twice_changes_nothing(tmp_path: Path) -> None:
    data = _project(tmp_path, BLOCK)
    (data / "coverage" / "a.yaml").write_text("# why\ngaps:\n  - {words: It was, reason: R}\n", encoding="utf-8")
    assert anchor(data, data / "texts") == {"facts/a.yaml": 2, "coverage/a.yaml": 1}
    before = _files(data)
    assert anchor(data, data / "texts") == {"facts/a.yaml": 0, "coverage/a.yaml": 0}
    assert _files(data) == before


def test_what_is_anchored_loads_and_its_spans_hold(tmp_path: Path) -> None:
    data = _project(tmp_path, BLOCK)
    anchor(data, data / "texts")
    project = load(data, vocabulary.load())
    texts, issues = read_texts(data / "texts", project)
    assert issues == [] and check_spans(project, texts) == []
    assert [texts["src:a"][span.start : span.end] for span in project.facts[0].evidence] == ["saw", "slept,"]


ODD = [
    "co\u00adop",
    "a\u200bb",
    "\u2060x",
    "👩\u200d💻",
    "می\u200cخواهم",
    'a"b',
    "a\\b",
    "a#b",
    "{a}",
    "'a'",
    "-",
    "A\u030a",
    "ﬁ",
    "...",
]


@pytest.mark.parametrize("word", ODD)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_odd_words_survive_the_way_through_yaml(tmp_path: Path, word: str, form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, f"{word} was it.\n")
    data = _project(tmp_path, FACT.format("{words: was … it.}"), text)
    facts = data / "facts" / "a.yaml"
    wanted = json.dumps(f"{word} … it." if word != "..." else "was it.", ensure_ascii=False)
    facts.write_text(facts.read_text(encoding="utf-8").replace("was … it.", wanted), encoding="utf-8")
    anchor(data, data / "texts")
    project = load(data, vocabulary.load())
    texts, issues = read_texts(data / "texts", project)
    assert issues == [] and check_spans(project, texts) == []
    assert project.facts[0].evidence[0].start == (4 if word == "..." else 0)


def test_gaps_get_place_and_reason(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"), text="One two. Three four.\n")
    (data / "facts" / "a.yaml").write_text(FACTS.format(FACT.format("{words: two.}")), encoding="utf-8")
    coverage = data / "coverage" / "a.yaml"
    coverage.write_text('# why\ngaps:\n  - {words: "Three four.", reason: "he said \\"𝄞\\""}  # so\n', encoding="utf-8")
    anchor(data, data / "texts")
    wanted = '{at: [9, 20], reason: "he said \\"𝄞\\""}  # so'
    made = coverage.read_text(encoding="utf-8")
    assert "# why" in made and wanted in made
    assert load(data, vocabulary.load()).coverage["src:a"].sentences == ((0, 8), (9, 20))


@pytest.mark.parametrize(
    "before",
    [
        "sentences: [[0, 3]]\ngaps: []\n",
        "sentences:\n  - [0, 3]\n  - [4, 8]\ngaps: []\n",
        "gaps: []\nsentences: [[0, 3],\n  [4, 8]]\n",
        "# 𝄞\ngaps: []\n",
        "gaps: []\r\nsentences: [[0, 3]]\r\n",
    ],
)
def test_sentences_are_those_of_the_text_as_it_stands(tmp_path: Path, before: str) -> None:
    data = _project(tmp_path, FACT.format("{words: two.}"), text="One two. Three four.\n")
    (data / "coverage" / "a.yaml").write_bytes(before.encode())
    anchor(data, data / "texts")
    made = (data / "coverage" / "a.yaml").read_bytes().decode()
    assert load(data, vocabulary.load()).coverage["src:a"].sentences == ((0, 8), (9, 20))
    assert ("\r\n" in made) == ("\r\n" in before) and ("# 𝄞" in made) == ("# 𝄞" in before)


def test_a_form_that_can_not_be_added_to_is_refused_rather_than_broken(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    (data / "coverage" / "a.yaml").write_text("{gaps: []}\n", encoding="utf-8")
    assert "no YAML" in _refused(data)[0]


def test_a_text_that_changed_is_refused_until_told_again(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    anchor(data, data / "texts")
    (data / "texts" / "a.txt").write_text(f"New. {TEXT}", encoding="utf-8")
    assert (
        "the text is not the one that was read (its SHA-256 differs): restore it, or find all spans anew"
        in (_refused(data)[0])
    )
    anchor(data, data / "texts", again=True)
    project = load(data, vocabulary.load())
    assert project.facts[0].evidence[0].start == TEXT.index("saw") + 5
    assert project.sources["src:a"].length == len(TEXT) + 5


def test_again_tells_what_no_longer_stands_in_the_text(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw … dog.}"))
    anchor(data, data / "texts")
    (data / "texts" / "a.txt").write_text(TEXT.replace("saw the", "saw no"), encoding="utf-8")
    before = _files(data)
    with pytest.raises(BadData, match=r"facts/a\.yaml:4: the words cited here \(saw …\) no longer stand in the text"):
        anchor(data, data / "texts", again=True)
    assert _files(data) == before


def test_again_on_an_unchanged_text_changes_nothing(tmp_path: Path) -> None:
    data = _project(tmp_path, BLOCK)
    anchor(data, data / "texts")
    before = _files(data)
    anchor(data, data / "texts", again=True)
    assert _files(data) == before


def test_without_a_text_there_is_nothing_to_anchor(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    with pytest.raises(BadUse, match=r"holds none of the texts that sources\.yaml names: correct --texts"):
        anchor(data, data / "facts")


def test_a_text_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    (data / "texts" / "a.txt").write_bytes(b"caf\xe9 saw")
    assert "no UTF-8" in _refused(data)[0]


def test_a_text_is_looked_for_in_its_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "p").mkdir()
    data = _project(tmp_path / "p", FACT.format("{words: saw}"), sources=SOURCES.replace("a.txt", "../../secret.txt"))
    before = _files(data)
    with pytest.raises((BadData, BadUse)):
        anchor(data, data / "texts")
    assert _files(data) == before


@pytest.mark.parametrize("file", ["sources.yaml", "facts/a.yaml"])
def test_a_file_that_is_no_yaml_is_told(tmp_path: Path, file: str) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    (data / file).write_bytes(b"a: [\n")
    assert file in _refused(data)[0]


def test_the_rest_of_the_tree_is_the_same(tmp_path: Path) -> None:
    made = parse(_anchored(tmp_path, BLOCK), "a.yaml")
    assert isinstance(made.value, dict) and isinstance(made.value["facts"].value, list)
    fact = made.value["facts"].value[0].value
    assert isinstance(fact, dict)
    assert list(fact) == ["id", "subject", "predicate", "value", "evidence", "status"]


def test_the_command_counts_what_it_anchored(tmp_path: Path, run: Callable[..., Result]) -> None:
    data = _project(tmp_path, BLOCK)
    result = run("anchor", "--data", data, "--texts", data / "texts")
    assert (result.exit_code, result.stdout) == (
        0,
        "sources.yaml: digests and lengths of the texts written\nfacts/a.yaml: 2 anchored\n",
    )


def test_the_command_needs_the_texts(small: Path, run: Callable[..., Result]) -> None:
    result = run("anchor", "--data", small)
    assert result.exit_code == 2
    assert "anchoring needs the texts: name their folder with --texts DIR or KG_TEXTS" in result.stderr


def test_the_small_project_is_anchored_already(small: Path, run: Callable[..., Result]) -> None:
    before = _files(small)
    assert run("anchor", "--data", small, "--texts", small / "texts").exit_code == 0
    assert _files(small) == before


OTHER = "src:b: {title: B, text: b.txt}\n"
BOTH = "facts:\n  - {{id: both-001, subject: doc:d, predicate: title, value: T, status: asserted, {}}}\n"


def _with_other(tmp_path: Path, keys: str, text: str | None = "Only here. The cat.\n") -> Path:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    (data / "sources-more.yaml").write_text(OTHER, encoding="utf-8")
    (data / "facts" / "both.yaml").write_text(BOTH.format(keys), encoding="utf-8")
    if text is not None:
        (data / "texts" / "b.txt").write_text(text, encoding="utf-8")
    return data


@pytest.mark.parametrize(
    "keys",
    [
        "source: b, evidence: [{words: here.}]",
        "source: src:b, evidence: [{words: here.}]",
        "source: [src:a, src:b], evidence: [{words: slept … Zoë}, {words: here.}]",
    ],
)
def test_the_text_is_that_of_the_source_that_the_fact_names(tmp_path: Path, keys: str) -> None:
    data = _with_other(tmp_path, keys)
    assert anchor(data, data / "texts") == {"facts/a.yaml": 1, "facts/both.yaml": keys.count("words")}
    assert "{at: [5, 10]" in (data / "facts" / "both.yaml").read_text(encoding="utf-8")
    assert "length: 20" in (data / "sources-more.yaml").read_text(encoding="utf-8")


def test_words_without_a_text_stay_and_are_told_when_the_others_are_written(tmp_path: Path) -> None:
    data = _with_other(tmp_path, "source: b, evidence: [{words: here.}]", None)
    said: list[str] = []
    assert anchor(data, data / "texts", tell=said.append) == {"facts/a.yaml": 1}
    assert said[1:] == [
        "facts/both.yaml:2: these words stay: no text of src:b is at hand: "
        "put it into the folder of texts; a source without one takes {document: true}"
    ]
    assert "words" in (data / "facts" / "both.yaml").read_text(encoding="utf-8")
    assert "words" not in (data / "facts" / "a.yaml").read_text(encoding="utf-8")


def test_all_files_that_can_not_be_read_are_told_at_once(tmp_path: Path) -> None:
    data = _with_other(tmp_path, "evidence: []")
    for file in ("sources-more.yaml", "facts/both.yaml", "facts/a.yaml"):
        (data / file).write_bytes(b"\xff")
    (data / "coverage" / "a.yaml").symlink_to("nowhere")
    files = ["coverage/a.yaml", "facts/a.yaml", "facts/both.yaml", "sources-more.yaml"]
    with pytest.raises(BadData) as error:
        anchor(data, data / "texts")
    assert [issue.file for issue in error.value.issues] == files


def test_what_else_is_written_is_told(tmp_path: Path) -> None:
    data = _project(tmp_path, FACT.format("{words: saw}"))
    (data / "coverage" / "a.yaml").write_text("gaps: []\n", encoding="utf-8")
    said: list[str] = []
    anchor(data, data / "texts", tell=said.append)
    assert said == [
        "sources.yaml: digests and lengths of the texts written",
        "coverage/a.yaml: the sentences of the text written",
    ]
    said.clear()
    anchor(data, data / "texts", tell=said.append)
    assert said == []
