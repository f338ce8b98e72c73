"""A table as a Parquet file, and which of its columns have a dictionary of their values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

_ROW_GROUP = 64 * 1024
"""Rows per row group: fixed, for the same rows must make the same bytes."""
_BATCH = 8 * 1024
"""Rows that are encoded at a time: the fewer these are, the more often it is begun anew."""
_LOOKED_AT = 1024
"""Rows, by which it is decided: the same rows must make the same bytes."""
_MOST_DIFFERENT = 7 / 8
"""Share of them above which a dictionary would hold the column itself, only once more."""
_MOST_SHARED = 256
"""Texts of a dictionary that is written as it comes: each row group holds all of it."""
_MOST_IN_ORDER = 1 / 8
"""The same where equal ones stand together, which compression sees as well as a dictionary."""


def as_parquet(table: pa.Table, keys: Sequence[str], schema: pa.Schema) -> memoryview:
    """A file of `table`, whose rows are in the order of `keys`, as one of `schema`.

    It is made in memory, less than `table` takes there, and need not be read again to be hashed.
    Texts that come as a dictionary are read as texts again: the file says nothing of it.
    """
    table = _with_small_dictionaries(table)
    made = pa.BufferOutputStream()
    # rows are looked for by what they are in the order of; the least and largest of others help nobody
    with pq.ParquetWriter(
        made, table.schema, compression="zstd", write_batch_size=_BATCH, store_schema=False,
        write_statistics=[keys[0]],
        use_dictionary=_with_dictionary(table, keys),  # type: ignore[arg-type]  # or a list
    ) as writer:  # fmt: skip
        writer.write_table(table, _ROW_GROUP)
        # what Arrow itself would say of the columns' types, had they come as they are read
        writer.add_key_value_metadata({"ARROW:schema": b64encode(schema.serialize()).decode()})
    return memoryview(made.getvalue())


def _with_small_dictionaries(table: pa.Table) -> pa.Table:
    """The same rows: of texts that come as a large dictionary of them, row groups make their own."""
    for at, field in enumerate(table.schema):
        chunks = table.column(at).chunks
        if any(
            isinstance(c, pa.DictionaryArray) and len(c.dictionary) > _MOST_SHARED for c in chunks
        ):
            texts = table.column(at).cast(pa.string())
            table = table.set_column(at, pa.field(field.name, pa.string(), field.nullable), texts)
    return table


def _with_dictionary(table: pa.Table, keys: Sequence[str]) -> list[str]:
    """Paths of all columns but those of `keys` in which hardly an id comes twice.

    Written plainly these take half the time, and, as they begin like their neighbours, less room;
    so do those of the first, by which the rows are in order, unless each comes often.
    """
    most = dict.fromkeys(keys, _MOST_DIFFERENT) | {keys[0]: _MOST_IN_ORDER}
    first = table.slice(0, _LOOKED_AT)
    return [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in table.schema
        if field.name not in most
        or _n_different(first, field.name) <= most[field.name] * len(first)
    ]


def _n_different(table: pa.Table, name: str) -> int:
    return len(table.column(name).unique())
