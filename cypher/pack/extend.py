"""A pack with more in it: what was added replaces the rows of the same keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa

from cypher.elements import Ownership
from cypher.pack.reader import Pack
from cypher.pack.writer import PackWriter
from cypher.schema import PACKED
from cypher.tables import element, in_order, key_columns

Key = tuple[str, ...]
"""A row's values of its key columns."""


def extend_pack(
    base: Pack,
    additions: Pack,
    path: Path,
    *,
    dropped: Mapping[str, Collection[Key]] | None = None,
    replace: bool = False,
) -> None:
    """Write `base` with the rows of `additions`, which replace those of the same keys.

    `dropped` are keys of rows of `base` that go, by table. A run's table that is one file stays
    one; others keep their shards, and get those of `additions`. Memory holds a shard, and the keys
    of what is added. Raises PackError if `path` exists and `replace` is false; `base` itself may be
    replaced.
    """
    gone = dropped or {}
    with PackWriter(path, replace=replace) as writer:
        for kind in PACKED:
            name = kind.name
            if not additions.rows(name) and not gone.get(name):
                for shard in base.shards(name):
                    writer.add(name, shard)
                continue
            keys = additions.table(name, list(key_columns(kind)))
            replaced = {*_keys(name, keys), *gone.get(name, ())}
            if kind.ownership is Ownership.RUN and len(base.files(name)) <= 1:
                left = _without(name, base.table(name), replaced)
                writer.add(name, in_order(name, pa.concat_tables([left, additions.table(name)])))
                continue
            for shard in base.shards(name):
                writer.add(name, _without(name, shard, replaced))
            for shard in additions.shards(name):
                writer.add(name, shard)


def _without(name: str, table: pa.Table, gone: Collection[Key]) -> pa.Table:
    return table.filter(pa.array([key not in gone for key in _keys(name, table)], pa.bool_()))


def _keys(name: str, table: pa.Table) -> list[Key]:
    columns = (table.column(column).to_pylist() for column in key_columns(element(name)))
    return list(zip(*columns, strict=True))
