"""Places among a token's neurons, which only all units together can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sources.column_rows import run_table
from ingest.sources.numbered_rows import NumberedRows
from ingest.sources.ranks import ranks
from ingest.sources.token_ranges import by_token_range
from ingest.sources.unranked import ENDS, RANKED, Unranked

_AT_ONCE = 300_000
"""Rows in memory, more only if one token has more."""


def ranked_by_token(
    units: Sequence[Unranked], name: str, run_id: str, *, at_once: int = _AT_ONCE
) -> Iterator[pa.Table]:
    """All rows of a table, of a run, with `token_rank`: the place among those of one target.

    The largest is first, by what `RANKED` says; neurons with the same stand in the order of their
    ids. Tables hold some tokens each, with all their rows in the order of their keys, whatever the
    units. Units are read thrice if they have more than `at_once` rows.
    """
    n_rows = sum(unit.rows(name) for unit in units)
    if n_rows == 0:
        return
    all_rows = NumberedRows(units, name)
    if n_rows > at_once:
        folder = units[0].unit.parent
        tables = by_token_range(all_rows.parts(), all_rows.counts(), at_once, folder)
    else:
        tables = iter([pa.Table.from_batches(all_rows.parts())])
    for table in tables:
        yield _ranked(name, table, all_rows, run_id)


def _ranked(name: str, rows: pa.Table, among: NumberedRows, run_id: str) -> pa.Table:
    """The same rows in the order of neurons and tokens.

    Neurons times tokens stay below 2⁶³, as each of them has a row: 3 · 10⁹ rows fit in no memory.
    """
    rows = rows.combine_chunks()
    source, target = (rows.column(end).chunk(0) for end in ENDS)
    n_tokens = len(among.texts["target"])
    key = pc.add(pc.multiply(source.cast(pa.int64()), pa.scalar(n_tokens, pa.int64())), target)
    if not pc.all(pc.less(key[:-1], key[1:])).as_py():
        rows = rows.take(pc.sort_indices(key)).combine_chunks()
        target = rows.column("target").chunk(0)
    # neurons with the same stand in their order already, which no ranking changes
    place = ranks(target, rows.column(RANKED[name]).chunk(0), n_tokens)
    return run_table(name, among.named(rows) | {"token_rank": place}, run_id)
