"""Where Arrow takes its memory from is as before, once an import is done, or has failed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ingest.arrow_memory import system_memory


def test_it_is_the_systems_within_and_as_before_after_it() -> None:
    @system_memory()
    def failing() -> None:
        assert pa.default_memory_pool().backend_name == "system"
        raise KeyError

    before = pa.default_memory_pool().backend_name
    for _ in range(2):
        with pytest.raises(KeyError):
            failing()
        assert pa.default_memory_pool().backend_name == before
