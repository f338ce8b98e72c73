"""Places in an order and among equals, in Arrow's columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


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
    return pc.sort_indices(order).cast(pa.int64())


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
