"""Places among a token's neurons, which only all units together can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.pack import Pack
from ingest.sources.places import ordinals
from ingest.sources.ranks import ranks
from ingest.sources.token_ranges import ENCODED, by_token_range

_AT_ONCE = 1_000_000
"""Rows in memory, more only if one token has more."""


def ranked_by_token(
    packs: Sequence[Pack], name: str, value: str, *, at_once: int = _AT_ONCE
) -> Iterator[pa.Table]:
    """All rows of a table with `token_rank`: the place among those of one target.

    The largest `value` is first; neurons with the same stand in the order of their ids. Tables
    hold some tokens each, with all their rows in the order of their keys, whatever the packs.
    """
    if sum(pack.rows(name) for pack in packs) > at_once:
        tables = by_token_range(packs, name, at_once)
    else:
        tables = _whole(packs, name)
    for table in tables:
        yield _ranked(table, value)


def _whole(packs: Sequence[Pack], name: str) -> Iterator[pa.Table]:
    """All rows as one table, if there are any."""
    parts = [shard for pack in packs for shard in pack.shards(name, encoded=ENCODED)]
    if parts:
        yield pa.concat_tables(parts)


def _ranked(table: pa.Table, value: str) -> pa.Table:
    """The same rows in the order of neurons and tokens.

    Neurons times tokens stay below 2⁶³, as each of them has a row: 3 · 10⁹ rows fit in no memory.
    """
    table = table.unify_dictionaries()
    source, (tokens, target) = _places(table, "source")[1], _places(table, "target")
    key = pc.add(pc.multiply(source, pa.scalar(len(tokens))), target)
    if not pc.all(pc.less(key[:-1], key[1:])).as_py():
        order = pc.sort_indices(key)
        table, target = table.take(order), target.take(order)
    # neurons with the same stand in their order already, which no ranking changes
    place = ranks(target, table.column(value).combine_chunks(), len(tokens))
    at = table.schema.get_field_index("token_rank")
    table = table.set_column(at, table.schema.field(at), place)
    # each part of a file would have the dictionaries of all rows
    for column in ("source", "target"):
        at = table.schema.get_field_index(column)
        table = table.set_column(at, column, table.column(at).cast(pa.string()))
    return table


def _places(table: pa.Table, column: str) -> Any:
    return ordinals(table.column(column).combine_chunks())
