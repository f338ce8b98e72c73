"""The first of a list's largest numbers, by whichever library is there."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.peaks import (
    largest,
    largest_by_arrow,
    largest_by_numpy,
    peaks_by_arrow,
    peaks_by_numpy,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1.0])


@pytest.mark.parametrize("peaks", [peaks_by_numpy, peaks_by_arrow])
@given(lists=st.lists(st.lists(NUMBERS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_the_first_of_the_largest(peaks: Callable[[Any], Any], lists: list[list[float]]) -> None:
    found = peaks(pa.array(lists, pa.list_(pa.float64())))
    assert found.to_pylist() == [one.index(max(one)) for one in lists]


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=5))
def test_the_largest_itself(numbers: list[float]) -> None:
    flat = array("d", numbers).tobytes()
    assert largest_by_numpy(flat) == largest_by_arrow(flat) == largest(flat) == max(numbers)
    assert str(largest(flat)) != "-0.0"


def test_of_no_numbers_none_is_the_largest() -> None:
    assert largest(b"") is None
