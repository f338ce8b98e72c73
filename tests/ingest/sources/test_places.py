"""Places in an order, as Arrow's columns, by definition."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.places import digitwise, inverse

MANY = 5000
"""So many that Arrow counts them."""


@given(st.lists(st.one_of(st.integers(0, 3), st.integers(0, 2**62))))
def test_numbers_in_order_equal_ones_as_they_stand(values: list[int]) -> None:
    found = digitwise(pa.array(values, pa.int64())).to_pylist()
    assert found == sorted(range(len(values)), key=values.__getitem__)


@pytest.mark.parametrize("most", [3, 4095, 4096, 5257, 2**31 - 1])
def test_many_numbers_in_order(most: int) -> None:
    values = [number * 7919 % (most + 1) for number in range(MANY)]
    found = digitwise(pa.array(values, pa.int32())).to_pylist()
    assert found == sorted(range(MANY), key=values.__getitem__)


@given(st.integers(0, 20).flatmap(lambda count: st.permutations(range(count))))
def test_an_order_is_inverted(order: list[int]) -> None:
    found = inverse(pa.array(order, pa.uint64())).to_pylist()
    assert [order[place] for place in found] == list(range(len(order)))
