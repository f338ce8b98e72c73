"""The rows of a pack as a load writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from cypher.elements import NodeType, RelationshipType
from cypher.pack import Pack
from cypher.schema import PACKED
from cypher.tables import key_columns


def rows_by_table(pack: Pack) -> dict[str, int]:
    """How many rows each table has."""
    return {kind.name: pack.rows(kind.name) for kind in PACKED}


def total_rows(pack: Pack) -> int:
    """All rows of all tables."""
    return sum(rows_by_table(pack).values())


def node_batches(pack: Pack, node: NodeType, size: int) -> Iterator[list[dict[str, object]]]:
    """A node table as lists of mappings that leave nulls out."""
    for batch in _batches(pack, node.name, size):
        yield [
            {name: value for name, value in row.items() if value is not None}
            for row in batch.to_pylist()
        ]


def relationship_batches(
    pack: Pack, rel: RelationshipType, size: int
) -> Iterator[list[dict[str, object]]]:
    """A relationship table as lists of its keys and, apart, its `properties`."""
    keys = key_columns(rel)
    for batch in _batches(pack, rel.name, size):
        yield [
            {
                **{key: row[key] for key in keys},
                "properties": {
                    name: value
                    for name, value in row.items()
                    if name not in keys and value is not None
                },
            }
            for row in batch.to_pylist()
        ]


def _batches(pack: Pack, name: str, size: int) -> Iterator[pa.RecordBatch]:
    for shard in pack.shards(name):
        yield from shard.to_batches(max_chunksize=size)
