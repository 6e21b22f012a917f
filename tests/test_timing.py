"""What is late is measured again; what is wrong is not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from timing import TRIES, Late, in_time, pytest_pyfunc_call, within


def called(*outcomes: Exception | None) -> tuple[bool | None, int]:
    """What the hook answers for a test with these outcomes, call after call, and how often it called the test."""
    left = list(outcomes)

    def test(given: int) -> None:
        assert given == 1
        outcome = left.pop(0)
        if outcome:
            raise outcome

    item = SimpleNamespace(
        funcargs={"given": 1, "unused": 2}, _fixtureinfo=SimpleNamespace(argnames=("given",)), obj=test,
        add_report_section=lambda *told: None,
    )  # fmt: skip
    return pytest_pyfunc_call(item), len(outcomes) - len(left)  # type: ignore[arg-type]


def test_a_late_test_is_called_again_and_the_last_try_is_of_pytest() -> None:
    assert called(None) == (True, 1)
    assert called(Late(), None) == (True, 2)
    assert called(*[Late()] * TRIES) == (None, TRIES - 1)


def test_a_wrong_test_is_not_called_again() -> None:
    with pytest.raises(AssertionError, match="wrong"):
        called(AssertionError("wrong"), None)
    with pytest.raises(AssertionError, match="wrong"):
        called(Late(), AssertionError("wrong"), None)


def test_what_takes_too_long_is_late() -> None:
    in_time(0.9, 1)
    with pytest.raises(Late, match=r"1.00 s, it may take 1: the look"):
        in_time(1.0, 1, "the look")
    with pytest.raises(Late), within(0):
        pass
