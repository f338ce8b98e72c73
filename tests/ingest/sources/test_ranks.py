"""Ranks within groups, by each way of finding them."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.native import native
from ingest.sources.ranks import compiled_ranks, ranks, sorted_ranks

VALUES = st.one_of(
    st.sampled_from((0.5, 0.25, 0.0, -0.0, math.inf, -math.inf)), st.floats(allow_nan=False)
)
COUNT = 5
ROWS = st.lists(st.tuples(st.integers(0, COUNT - 1), VALUES), max_size=60)


def expected(rows: list[tuple[int, float]]) -> list[int]:
    """By definition: those of the group that are larger, or as large and stand before."""
    return [
        1 + sum(g == group and (v > value or (v == value and before < at))
                for before, (g, v) in enumerate(rows))
        for at, (group, value) in enumerate(rows)
    ]  # fmt: skip


def columns(rows: list[tuple[int, float]]) -> tuple[Any, Any]:
    """Groups and values, which stand within larger columns."""
    groups = pa.array([7, *[group for group, _ in rows], 9], pa.int64()).slice(1, len(rows))
    values = pa.array([math.nan, *[value for _, value in rows], None]).slice(1, len(rows))
    return groups, values


@given(ROWS)
def test_by_sorting(rows: list[tuple[int, float]]) -> None:
    assert sorted_ranks(*columns(rows)).to_pylist() == expected(rows)


@pytest.mark.usefixtures("native_reader")
@given(ROWS)
def test_compiled(rows: list[tuple[int, float]]) -> None:
    found = compiled_ranks(*columns(rows), COUNT)
    assert found is not None
    assert found.to_pylist() == expected(rows)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_what_is_no_number_stands_last(missing: float | None) -> None:
    groups = pa.array([0, 0, 1, 0], pa.int64())
    values = pa.array([missing, 0.5, 0.25, 0.75], pa.float64())
    assert ranks(groups, values, 2).to_pylist() == [3, 2, 1, 1]


@pytest.mark.usefixtures("native_reader")
@pytest.mark.parametrize(("groups", "n_values"), [([0, 2], 2), ([0, 1], 1)])
def test_what_does_not_fit_is_an_error(groups: list[int], n_values: int) -> None:
    column = b"".join(group.to_bytes(4, "little") for group in groups)
    with pytest.raises(ValueError, match="groups are not below 2, or not as many as values"):
        native.ranks(column, bytes(8 * n_values), 2)
