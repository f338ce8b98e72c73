"""What the compiled reader gives as columns, as Arrow's arrays: no value of them is looked at."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

Array = Any


def texts(column: tuple[bytes, bytes]) -> Array:
    """Texts: from where each begins and the last one ends, four bytes each, and all, joined."""
    begins, joined = column
    return _array(pa.string(), len(begins) // 4 - 1, None, begins, joined)


def shares(column: tuple[bytes, bytes]) -> Array:
    """Numbers: from a bit for each whether it is there, and the numbers, eight bytes each."""
    return _sparse(pa.float64(), column)


def sparse_integers(column: tuple[bytes, bytes]) -> Array:
    """The same of integers."""
    return _sparse(pa.int64(), column)


def bits(column: bytes, length: int, are_there: bytes | None = None) -> Array:
    """Truths, a bit each; and, if not all of them are, a bit for each whether it is there."""
    return _array(pa.bool_(), length, are_there, column)


def lists(column: tuple[bytes, bytes]) -> Array:
    """Lists of numbers: from where each begins and the last one ends, four bytes each, and all."""
    begins, numbers = column
    places = _array(pa.int32(), len(begins) // 4, None, begins)
    return pa.ListArray.from_arrays(places, floats(numbers))


def floats(column: bytes) -> Array:
    """Numbers, eight bytes each."""
    return _array(pa.float64(), len(column) // 8, None, column)


def integers(column: bytes) -> Array:
    """The same of integers."""
    return _array(pa.int64(), len(column) // 8, None, column)


def coded(column: bytes, meanings: list[str]) -> Array:
    """Texts by codes, a byte each: places among their `meanings`."""
    return pa.DictionaryArray.from_arrays(
        _array(pa.int8(), len(column), None, column), pa.array(meanings, pa.string())
    )


def placed(column: bytes, texts: Array) -> Array:
    """Texts by their places among `texts`, four bytes each."""
    return pa.DictionaryArray.from_arrays(_array(pa.int32(), len(column) // 4, None, column), texts)


def contents(column: Array) -> bytes:
    """The other way: the numbers of a column, none of which is missing."""
    (_, numbers), width = column.buffers(), column.type.bit_width // 8
    begin = column.offset * width
    return bytes(memoryview(numbers)[begin : begin + len(column) * width])


def _sparse(kind: pa.DataType, column: tuple[bytes, bytes]) -> Array:
    are_there, numbers = column
    return _array(kind, len(numbers) // 8, are_there, numbers)


def _array(kind: pa.DataType, length: int, *buffers: bytes | None) -> Array:
    found = [None if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    return pa.Array.from_buffers(kind, length, found)
