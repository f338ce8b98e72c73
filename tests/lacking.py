"""What a test does on a machine that lacks what it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test, or with `CI` set fail it: where everything is tested, a skip is a hole that nobody sees."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
