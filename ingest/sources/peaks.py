"""Where lists of numbers are largest.

NumPy is ten times as fast here, but is no part of what every installation has.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

try:
    import numpy as np
except ImportError:
    _HAS_NUMPY = False
else:
    _HAS_NUMPY = True


def largest(numbers: bytes) -> float | None:
    """The largest of finite numbers, of eight bytes each; None if there are none."""
    if not numbers:
        return None
    found = largest_by_numpy(numbers) if _HAS_NUMPY else largest_by_arrow(numbers)
    return found + 0.0  # 0, if it is -0: which of the two is the larger they do not agree on


def largest_by_numpy(numbers: bytes) -> float:
    """`largest` of one number at least, by NumPy."""
    return float(np.frombuffer(numbers).max())


def largest_by_arrow(numbers: bytes) -> float:
    """The same by Arrow."""
    buffers: Any = [None, pa.py_buffer(numbers)]
    return pc.max(pa.Array.from_buffers(pa.float64(), len(numbers) // 8, buffers)).as_py()


def first_peaks(lists: Any) -> Any:
    """Of each list of finite numbers, none of which is empty, the place of the first largest."""
    return peaks_by_numpy(lists) if _HAS_NUMPY else peaks_by_arrow(lists)


def peaks_by_numpy(lists: Any) -> Any:
    """`first_peaks`, by NumPy."""
    values, offsets = lists.values.to_numpy(), lists.offsets.to_numpy()
    begins = offsets[:-1]
    most = np.repeat(np.maximum.reduceat(values, begins), np.diff(offsets))
    places = np.flatnonzero(values == most)
    return pa.array(places[np.searchsorted(places, begins)] - begins)


def peaks_by_arrow(lists: Any) -> Any:
    """`first_peaks`, by Arrow."""
    parents = pc.list_parent_indices(lists)
    table = pa.table({"list": parents, "value": lists.values})
    largest = table.group_by("list", use_threads=False).aggregate([("value", "max")])
    most = largest.column("value_max").combine_chunks().take(parents)
    places = pc.indices_nonzero(pc.equal(lists.values, most)).cast(pa.int64())
    owners = parents.take(places)
    first = pa.concat_arrays([pa.array([True]), pc.not_equal(owners[1:], owners[:-1])])
    begins = lists.offsets[:-1].cast(pa.int64())
    return pc.subtract(places.filter(first), begins)
