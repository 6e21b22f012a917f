"""Two readings of a text: which findings are the same, Dice and Cohen's kappa, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kg.agreement import COLUMNS, Agreement, Finding, compare, kappa, pairs, read
from kg.errors import BadData

HEAD = "\t".join(COLUMNS)
ROW = "a-001\t0-10\tagent:x\thostedBy\tagent:y\tasserted\tactual\tliteral"


def _finding(
    spans: str = "0-10", subject: str = "agent:x", predicate: str = "hostedBy", target: str = "agent:y",
    status: str = "asserted", modality: str = "actual", reading: str = "literal", fact: str = "a-001",
) -> Finding:  # fmt: skip
    made = tuple((int(a), int(b)) for a, _, b in (part.partition("-") for part in spans.split(";")))
    return Finding(fact, made, subject, predicate, target, status, modality, reading)


@pytest.mark.parametrize(
    ("judgements", "value"),
    [
        # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: the same 0.7, by chance (25*30 + 25*20)/2500 = 0.5: 0.2/0.5.
        ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, 0.4),
        ([("y", "y"), ("n", "n")], 1.0),
        ([("y", "n"), ("n", "y")], -1.0),
        # One reader always says y: agreement 3/4 is what chance gives (1 * 3/4).
        ([("y", "y")] * 3 + [("y", "n")], 0.0),
        # Three words: same 3/6; chance (2*2 + 2*2 + 2*2)/36 = 1/3; (1/2 - 1/3) / (2/3) = 1/4.
        ([("a", "a"), ("b", "b"), ("c", "c"), ("a", "b"), ("b", "c"), ("c", "a")], 0.25),
        ([("y", "y")] * 5, 1.0),
        ([], 1.0),
    ],
)
def test_kappa(judgements: list[tuple[str, str]], value: float) -> None:
    assert kappa(iter(judgements)) == pytest.approx(value)
    assert kappa((b, a) for a, b in judgements) == pytest.approx(value)


@pytest.mark.parametrize(
    ("both", "one", "two", "dice"), [(3, 1, 1, 0.75), (1, 0, 2, 0.5), (0, 2, 3, 0.0), (4, 0, 0, 1.0), (0, 0, 0, 1.0)]
)
def test_dice(both: int, one: int, two: int, dice: float) -> None:
    assert Agreement("a", both, one, two, {}, {}).shared == pytest.approx(dice)


@pytest.mark.parametrize(
    "second",
    [
        _finding(),
        _finding("9-20"),  # one character in common
        _finding("50-60;5-6"),  # the second span overlaps
        _finding(status="attributed", modality="planned", reading="inferred"),
        _finding(predicate="organizedBy"),  # another relation between the same two
    ],
)
def test_a_finding_of_both(second: Finding) -> None:
    assert pairs([_finding()], [second]) == [(0, 0)]


@pytest.mark.parametrize(
    "second",
    [
        _finding("10-20"),  # touches only
        _finding(subject="agent:z"),
        _finding(target="agent:z"),
        _finding(predicate="claims"),  # a saying is no relation
        _finding(predicate="altLabel"),  # nor is a name
    ],
)
def test_no_finding_of_both(second: Finding) -> None:
    assert pairs([_finding()], [second]) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (_finding(predicate="claims", target="prop:a"), _finding(predicate="callsFor", target="prop:b")),
        (_finding(subject="fig:a"), _finding(subject="fig:b")),
        (_finding(predicate="prefLabel", target="X"), _finding(predicate="altLabel", target="X")),
        (_finding(subject="a-007", fact="a-008"), _finding(subject="a-001", fact="a-001")),
    ],
)
def test_what_each_reader_names_afresh_counts_as_alike(one: Finding, two: Finding) -> None:
    known = [_finding(fact="a-007", spans="900-901")]
    assert (0, 0) in pairs([one, *known], [two])


def test_each_row_is_used_once_and_the_best_overlap_first() -> None:
    first = [_finding("0-10"), _finding("0-4")]
    second = [_finding("0-5"), _finding("0-10"), _finding("8-10")]
    assert pairs(first, second) == [(0, 1), (1, 0)]


def test_two_rows_of_one_reader_do_not_share_a_row_of_the_other() -> None:
    assert pairs([_finding("0-8"), _finding()], [_finding()]) == [(1, 0)]
    assert pairs([_finding()], [_finding("0-8"), _finding()]) == [(0, 1)]


def test_the_same_relation_goes_before_a_greater_overlap() -> None:
    assert pairs([_finding()], [_finding(predicate="organizedBy"), _finding("0-2")]) == [(0, 1)]


def test_compare_worked_out_by_hand() -> None:
    first = [
        _finding("0-10"), _finding("20-30"), _finding("40-50", modality="planned"), _finding("60-70"),
        _finding("80-90", target="agent:q"),
    ]  # fmt: skip
    second = [
        _finding("0-10"), _finding("20-30", status="attributed"), _finding("40-50", modality="planned"),
        _finding("60-70", modality="planned", predicate="organizedBy"), _finding("95-99"), _finding("96-98"),
    ]  # fmt: skip
    made = compare("a", first, second)
    assert (made.both, made.only_first, made.only_second) == (4, 1, 2)
    assert made.shared == pytest.approx(8 / 11)
    assert made.same == {"status": 0.75, "modality": 0.75, "reading": 1.0, "relation": 0.75}
    # modality: same 3/4, chance (3*2 + 1*2)/16 = 1/2; status and relation: chance 3/4, as much as is the same.
    assert made.kappas == pytest.approx({"status": 0.0, "modality": 0.5, "reading": 1.0, "relation": 0.0})


def test_readings_without_anything_in_common() -> None:
    made = compare("a", [_finding()], [])
    assert (made.both, made.only_first, made.only_second, made.shared) == (0, 1, 0, 0.0)


def _table(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "first.tsv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_table_is_read(tmp_path: Path) -> None:
    path = _table(tmp_path, ROW, ROW.replace("0-10", "3-5;10-12"))
    assert read(path) == [_finding(), _finding("3-5;10-12")]
    assert read(_table(tmp_path)) == []


@pytest.mark.parametrize(
    "row",
    [
        "a-001", ROW.replace("0-10", ""), ROW.replace("0-10", "ten"), ROW.replace("0-10", "5"),
        ROW.replace("0-10", "7-3"), ROW.replace("0-10", "3-3"), ROW.replace("0-10", "-4--2"),
        ROW.replace("0-10", "0-9999999999"),
        ROW.rpartition("\t")[0], ROW + "\tmore",
    ],
)  # fmt: skip
def test_a_row_that_is_none_is_told(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadData, match=r"no table of a reading .*: see kg/data/FORMAT\.md"):
        read(_table(tmp_path, row))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"fact\tspans\na\t0-1\n", b"\x00\x00", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "first.tsv"
    path.write_bytes(content)
    with pytest.raises(BadData, match="no table of a reading"):
        read(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no table of a reading"):
        read(tmp_path / "absent.tsv")


def _readings(small: Path) -> None:
    folder = small / "readings" / "harbor-forum"
    folder.mkdir(parents=True)
    _table(folder, ROW, ROW.replace("0-10", "20-30")).rename(folder / "second.tsv")
    _table(folder, ROW)


def test_the_command(small: Path, run: Callable[..., Result]) -> None:
    _readings(small)
    result = run("agreement", "--data", small)
    assert result.exit_code == 0
    head, row = (line.split() for line in result.stdout.replace(" only", "-only").splitlines())
    assert dict(zip(head, row, strict=True)) == {
        "source": "harbor-forum", "both": "1", "first-only": "0", "second-only": "1", "shared": "0.667",
        "status": "1.000", "modality": "1.000", "reading": "1.000", "relation": "1.000",
    }  # fmt: skip


def test_the_command_as_json(small: Path, run: Callable[..., Result]) -> None:
    _readings(small)
    made = json.loads(run("agreement", "--data", small, "--json").stdout)
    assert [(one["source"], one["both"], one["only_second"]) for one in made] == [("harbor-forum", 1, 1)]
    assert made[0]["shared"] == pytest.approx(2 / 3)


def test_the_command_needs_a_pair_of_readings(small: Path, run: Callable[..., Result]) -> None:
    _readings(small)
    (small / "readings" / "harbor-forum" / "second.tsv").unlink()
    result = run("agreement", "--data", small)
    assert result.exit_code == 2
    assert "holds no pair of readings: put first.tsv and second.tsv into <source>/ there" in result.stderr


def test_long_spans_cost_no_more_than_short_ones() -> None:
    one, two = _finding("0-9999999"), _finding("5-6;7-9999990")
    assert [len(pairs([one] * 40, [two] * 40))] == [40]
    assert compare("a", [one], [two]).both == 1


def test_an_overlap_counts_each_character_once() -> None:
    near, far = _finding("0-10;5-10;0-3"), _finding("0-14")
    assert pairs([_finding("0-10")], [far, near]) == [(0, 1)]


def test_the_command_tells_the_row_and_the_file_of_the_project(small: Path, run: Callable[..., Result]) -> None:
    _readings(small)
    _table(small / "readings" / "harbor-forum", ROW, ROW.replace("0-10", "ten"))
    result = run("agreement", "--data", small)
    assert result.exit_code == 1
    assert "readings/harbor-forum/first.tsv:3: no table of a reading (" in result.stderr
