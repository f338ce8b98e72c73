"""Arrow tables and streams of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from cypher.formats.values import json_text, plain
from cypher.graph import Rows, Value

Table = pa.Table

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "strings": pa.list_(pa.string()),
    "floats": pa.list_(pa.float64()),
}
"""By the names that the catalogue has for them."""

_BATCH_ROWS = 10_000


def arrow_table(
    columns: tuple[str, ...],
    values: Sequence[Sequence[Value]],
    types: Mapping[str, str] | None = None,
) -> pa.Table:
    """The rows as a table. Columns that are not in `types` are typed by what they hold."""
    given = types or {}
    arrays, fields = [], []
    for index, name in enumerate(columns):
        array, encoding = _column([plain(row[index]) for row in values], given.get(name))
        arrays.append(array)
        fields.append(pa.field(name, array.type, metadata=encoding))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def read_stream(content: bytes) -> Rows:
    """The rows of an Arrow stream as `ArrowWriter` writes it."""
    table = pa.ipc.open_stream(content).read_all()
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        values = column.to_pylist()
        if (field.metadata or {}).get(b"encoding") == b"json":
            values = [None if value is None else orjson.loads(value) for value in values]
        columns.append([_as_it_was(value) for value in values])
    return Rows(tuple(table.column_names), [list(row) for row in zip(*columns, strict=True)])


def _as_it_was(value: Any) -> Value:
    """A node without the properties that only others of its column have: null, in a struct."""
    if isinstance(value, list):
        return [_as_it_was(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _as_it_was(item) for key, item in value.items()}
    return {k: v for k, v in inner.items() if v is not None} if "_label" in inner else inner


class ArrowWriter:
    """An Arrow IPC stream, written when all rows are there: it begins with their types."""

    def __init__(self, columns: tuple[str, ...], types: Mapping[str, str]) -> None:
        self._columns = columns
        self._types = types
        self._values: list[Sequence[Value]] = []

    def head(self) -> bytes:
        """Nothing yet."""
        return b""

    def rows(self, values: Sequence[Sequence[Value]]) -> bytes:
        """Nothing yet."""
        self._values.extend(values)
        return b""

    def tail(self) -> bytes:
        """The stream."""
        table = arrow_table(self._columns, self._values, self._types)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table, max_chunksize=_BATCH_ROWS)
        return sink.getvalue().to_pybytes()

    def cut(self, code: str, message: str) -> bytes:
        """Nothing: a stream without a beginning is none."""
        del code, message
        return b""


def _column(values: list[Any], type_: str | None) -> tuple[pa.Array[Any], dict[str, str] | None]:
    """The column, and what its field says of it."""
    if type_ is not None:
        return pa.array(values, _TYPES[type_]), None
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        array = None
    if array is None or _has_empty_struct(array.type):  # which Parquet has no form for
        texts = [None if value is None else json_text(value) for value in values]
        return pa.array(texts, pa.string()), {"encoding": "json"}
    return array, None


def _has_empty_struct(type_: pa.DataType) -> bool:
    if pa.types.is_struct(type_):
        return type_.num_fields == 0 or any(_has_empty_struct(field.type) for field in type_)
    return pa.types.is_list(type_) and _has_empty_struct(type_.value_type)
