"""Several packs made into one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from cypher.elements import Ownership
from cypher.pack.reader import open_pack
from cypher.pack.writer import PackWriter
from cypher.schema import PACKED
from cypher.tables import in_order


def merge_packs(sources: Sequence[Path], path: Path, *, replace: bool = False) -> None:
    """Write one pack with the rows of all `sources`.

    A run's table that a single source has keeps its shards; one that several have becomes one
    file. Shared rows that stand in several are kept once. Raises PackError if two sources
    have different rows of one key, or one is no pack.
    """
    packs = [open_pack(source) for source in sources]
    with PackWriter(path, replace=replace) as writer:
        for kind in PACKED:
            holders = [pack for pack in packs if pack.rows(kind.name)]
            if len(holders) == 1 or kind.ownership is not Ownership.RUN:
                for holder in holders:
                    for shard in holder.shards(kind.name):
                        writer.add(kind.name, shard)
            elif holders:
                tables = [holder.table(kind.name) for holder in holders]
                writer.add(kind.name, in_order(kind.name, pa.concat_tables(tables)))
