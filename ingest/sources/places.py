"""Places in an order and among equals, in Arrow's columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_DIGIT = 12
"""Bits: numbers of so few are counted to be put in order; others are compared, at several times the cost."""


def place_among_equals(values: Any) -> Any:
    """Of values, of which equal ones stand together, the place of each among these, from 1."""
    runs = pc.call_function("run_end_encode", [values], pc.RunEndEncodeOptions(pa.int64()))
    ends = runs.run_ends
    begins = pa.concat_arrays([pa.array([0], pa.int64()), ends[:-1]])
    begin = pc.call_function("run_end_decode", [pa.RunEndEncodedArray.from_arrays(ends, begins)])
    return pc.subtract(numbers(len(values), 1), begin)


def ordinals(texts: Any) -> tuple[Any, Any]:
    """Different texts in their order; and of each text, its place in that: to sort by numbers."""
    encoded = texts.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    return encoded.dictionary.take(order), inverse(order).take(encoded.indices)


def inverse(order: Any) -> Any:
    """Where each place stands in an order of places."""
    return pc.call_function("inverse_permutation", [order.cast(pa.int64())])


def digitwise(values: Any) -> Any:
    """Places of numbers from 0 up, in their order; equal ones in that in which they stand."""
    most = pc.max(values).as_py() or 0
    order = pc.sort_indices(_digit(values, 0))
    for low in range(_DIGIT, most.bit_length(), _DIGIT):
        order = order.take(pc.sort_indices(_digit(values, low).take(order)))
    return order


def _digit(values: Any, low: int) -> Any:
    shifted = pc.shift_right(values, pa.scalar(low, values.type)) if low else values
    return pc.bit_wise_and(shifted, pa.scalar((1 << _DIGIT) - 1, values.type))


def numbers(count: int, first: int = 0) -> Any:
    """So many, each one more than the one before."""
    return pc.add(pc.cumulative_sum(pa.repeat(pa.scalar(1), count)), pa.scalar(first - 1))


def owners(counts: Any) -> Any:
    """Of items of which the first so many are the first's, the next the second's …, whose each is."""
    ends = pc.cumulative_sum(counts.cast(pa.int32()))
    ends = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    items = pa.nulls(ends[-1].as_py(), pa.bool_())
    return pc.list_parent_indices(pa.ListArray.from_arrays(ends, items)).cast(pa.int64())


def begins(counts: Any) -> Any:
    """Where the items of each begin."""
    return pc.subtract(pc.cumulative_sum(counts), counts)
