"""What a test does when a tool that it needs is absent: skip on a desk, fail where everything must be there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

__all__ = ["missing"]


def missing(reason: str) -> NoReturn:
    """Fail with the reason when the environment says CI=true, else skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"needed under CI=true: {reason}")
    pytest.skip(reason)
