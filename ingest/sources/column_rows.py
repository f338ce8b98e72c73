"""Rows by columns, for tables of which a record has many: ten times as fast as row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pyarrow as pa

from cypher.tables import table_from_columns
from ingest.sources.float_lists import float_lists


class ColumnRows:
    """Rows of one table that are not written yet."""

    def __init__(self) -> None:
        self._columns: dict[str, list[object]] = {}

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def add(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Add rows; each time the same columns, of one length."""
        for name, values in columns.items():
            self._columns.setdefault(name, []).extend(values)

    def truncate(self, length: int) -> None:
        """Take back all but the first `length`."""
        for values in self._columns.values():
            del values[length:]

    def table(self, name: str, run_id: str) -> pa.Table:
        """All rows, which are a run's."""
        columns = {column: _array(values) for column, values in self._columns.items()}
        return run_table(name, columns, run_id)


def run_table(name: str, columns: Mapping[str, Any], run_id: str) -> pa.Table:
    """Rows of a run, from columns of equal length. Raises PackError."""
    length = len(next(iter(columns.values())))
    return table_from_columns(name, {**columns, "run_id": pa.repeat(run_id, length)})


def _array(values: list[object]) -> Any:
    """The values as an array; those that are buffers of doubles as lists of these."""
    first = next((value for value in values if value is not None), None)
    if first is None or isinstance(first, (str, int, float, list)):
        return pa.array(values)
    lengths = [0 if one is None else memoryview(cast("Any", one)).nbytes // 8 for one in values]
    return float_lists(values, lengths)
