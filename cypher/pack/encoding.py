"""Which columns of a table are written with a dictionary of their values."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

_LOOKED_AT = 1024
"""Rows, by which it is decided: the same rows must make the same bytes."""
_MOST_DIFFERENT = 7 / 8
"""Share of them above which a dictionary would hold the column itself, only once more."""


def with_dictionary(table: pa.Table, keys: Collection[str]) -> list[str]:
    """Paths of all columns but those of `keys` in which hardly an id comes twice.

    Written plainly these take half the time, and, as they begin like their neighbours, less room.
    """
    first = table.slice(0, _LOOKED_AT)
    return [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in table.schema
        if field.name not in keys or _n_different(first, field.name) <= _MOST_DIFFERENT * len(first)
    ]


def _n_different(table: pa.Table, name: str) -> int:
    return int(pc.count_distinct(table.column(name)).as_py())
