"""Issues as text and in order, and the exit codes of the error tree."""

from __future__ import annotations

import pytest

from kg.errors import BadData, BadUse, Issue, KgError


@pytest.mark.parametrize(
    ("issue", "text"),
    [
        (Issue("facts/a.yaml", 7, "id", "is taken", "mint one", "a-001"), "facts/a.yaml:7: a-001: is taken: mint one"),
        (Issue("facts/a.yaml", 0, "file", "is missing", "restore it"), "facts/a.yaml: is missing: restore it"),
        (Issue("", 0, "shape", "has no label", "", "agent:x"), "agent:x: has no label"),
        (Issue("a.yaml", 3, "key", "is unknown"), "a.yaml:3: is unknown"),
    ],
)  # fmt: skip
def test_an_issue_says_where_what_and_what_to_do(issue: Issue, text: str) -> None:
    assert str(issue) == text


def test_issues_are_sorted_by_place_and_all_told() -> None:
    late, early = Issue("b.yaml", 1, "x", "second"), Issue("a.yaml", 10, "x", "first")
    error = BadData(issue for issue in (late, early))
    assert error.issues == (early, late)
    assert str(error) == "a.yaml:10: first\nb.yaml:1: second"


def test_lines_are_compared_as_numbers() -> None:
    assert BadData([Issue("a", 10, "x", "m"), Issue("a", 9, "x", "m")]).issues[0].line == 9


def test_exit_codes() -> None:
    assert (BadData([]).exit_code, BadUse("no").exit_code) == (1, 2)
    assert issubclass(BadData, KgError) and issubclass(BadUse, KgError)


def test_an_issue_is_an_error_unless_said_otherwise_and_cannot_change() -> None:
    issue = Issue("a", 1, "x", "m")
    assert issue.severity == "error"
    with pytest.raises(AttributeError):
        issue.line = 2  # type: ignore[misc]


def test_an_issue_is_one_line_whatever_it_names() -> None:
    issue = Issue("facts/a\nb.yaml", 1, "key", "the key 'x\x1b[2J\u2028\u202e' is unknown", "", "é\udcff 國\u3000")
    assert str(issue) == "facts/a\\nb.yaml:1: é\\udcff 國\u3000: the key 'x\\x1b[2J\\u2028\\u202e' is unknown"
