"""The first of a list's largest numbers, by whichever library is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.peaks import peaks_by_arrow, peaks_by_numpy

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1.0])


@pytest.mark.parametrize("peaks", [peaks_by_numpy, peaks_by_arrow])
@given(lists=st.lists(st.lists(NUMBERS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_the_first_of_the_largest(peaks: Callable[[Any], Any], lists: list[list[float]]) -> None:
    found = peaks(pa.array(lists, pa.list_(pa.float64())))
    assert found.to_pylist() == [one.index(max(one)) for one in lists]
