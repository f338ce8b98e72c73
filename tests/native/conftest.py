"""All tests here are of the compiled module itself."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("beside others", deadline=None)  # which may have the machine meanwhile
settings.load_profile("beside others")


@pytest.fixture(autouse=True)
def _native(native_reader: None) -> None:
    """Skip, or fail, without it."""
