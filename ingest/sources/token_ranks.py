"""Places among a token's neurons, which only all units together can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.pack import Pack
from ingest.sources.places import inverse, ordinals, place_among_equals

_AT_ONCE = 1_000_000
"""Rows in memory, more only if one token has more."""


def ranked_by_token(
    packs: Sequence[Pack], name: str, value: str, *, at_once: int = _AT_ONCE
) -> Iterator[pa.Table]:
    """All rows of a table with `token_rank`: the place among those of one target.

    The largest `value` is first; neurons with the same stand in the order of their ids. Tables
    hold some tokens each, with all their rows, whatever the packs: those of a million rows, to
    find which every pack is read once more.
    """
    counts: Counter[str] = Counter()
    for pack in packs:
        for shard in pack.shards(name, ["target"]):
            tokens, numbers = pc.value_counts(shard.column("target")).flatten()
            for token, number in zip(tokens.to_pylist(), numbers.to_pylist(), strict=True):
                counts[str(token)] += int(str(number))
    for first, last in _ranges(counts, at_once):
        parts = [
            shard.filter(_between(shard.column("target"), first, last))
            for pack in packs
            for shard in pack.shards(name)
        ]
        yield _ranked(pa.concat_tables(parts), value)


def _ranges(counts: Counter[str], at_once: int) -> Iterator[tuple[str, str]]:
    """First and last token of each part, in the order of the tokens."""
    tokens = sorted(counts)
    first, rows = 0, 0
    for at, token in enumerate(tokens):
        if rows and rows + counts[token] > at_once:
            yield tokens[first], tokens[at - 1]
            first, rows = at, 0
        rows += counts[token]
    if tokens:
        yield tokens[first], tokens[-1]


def _between(tokens: Any, first: str, last: str) -> Any:
    not_before = pc.call_function("greater_equal", [tokens, pa.scalar(first)])
    return pc.call_function(
        "and", [not_before, pc.call_function("less_equal", [tokens, pa.scalar(last)])]
    )


def _ranked(table: pa.Table, value: str) -> pa.Table:
    """The same rows in the same order."""
    columns = {
        "target": _places(table, "target"), "value": table.column(value).combine_chunks(),
        "source": _places(table, "source"),
    }  # fmt: skip
    order = pc.sort_indices(
        pa.table(columns),
        [("target", "ascending"), ("value", "descending"), ("source", "ascending")],
    )
    place = place_among_equals(columns["target"].take(order)).take(inverse(order))
    at = table.schema.get_field_index("token_rank")
    return table.set_column(at, table.schema.field(at), place)


def _places(table: pa.Table, column: str) -> Any:
    return ordinals(table.column(column).combine_chunks())[1]
