"""Lists of numbers as an Arrow array, from buffers."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa


def float_lists(values: Sequence[Any | None], lengths: Sequence[int]) -> Any:
    """Buffers of doubles, or None, as one Arrow array of lists; no number of them is looked at."""
    some = None in values
    flat = b"".join([one for one in values if one is not None])
    items = pa.Array.from_buffers(pa.float64(), len(flat) // 8, [None, pa.py_buffer(flat)])
    missing = pa.array([one is None for one in values]) if some else None
    return pa.ListArray.from_arrays(list_offsets(lengths), items, mask=missing)


def list_offsets(lengths: Sequence[int]) -> Any:
    """Where lists of these lengths begin, one after another, and the last one ends."""
    ends = array("i", accumulate(lengths, initial=0))
    return pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
