"""Places among equals, in Arrow's columns."""

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
    return pc.subtract(pa.array(range(1, len(values) + 1), pa.int64()), begin)
