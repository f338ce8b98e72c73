"""Rows of more packs than fit in memory, by token: some tokens' at a time, with all their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cypher.errors import PackError
from cypher.pack import Pack
from cypher.tables import checked
from ingest.sources.places import digitwise

ENCODED = ("source", "target", "run_id")
"""Columns that are read as dictionaries: their few texts come again and again."""


def by_token_range(packs: Sequence[Pack], name: str, at_once: int) -> Iterator[pa.Table]:
    """All rows of a table, in the order of their tokens up to `at_once` at a time.

    Only those of one token may be more. Packs are read twice, however many rows there are: what
    is read is put beside them, cut up by ranges of tokens, of which one after another is taken.
    """
    ranges = _ranges(_counts(packs, name), at_once)
    with TemporaryDirectory(dir=packs[0].path.parent) as folder:
        path = Path(folder) / "rows.parquet"
        try:
            groups = _cut_up(packs, name, ranges, path)
        except OSError as error:
            raise PackError(f"{path} cannot be written: {error.strerror or error}.") from error
        with pq.ParquetFile(path, read_dictionary=list(ENCODED)) as rows:
            for number in sorted(groups):
                yield rows.read_row_groups(groups[number])


def _counts(packs: Sequence[Pack], name: str) -> Counter[str]:
    """Rows of each token."""
    counts: Counter[str] = Counter()
    for pack in packs:
        for shard in pack.shards(name, ["target"], encoded=ENCODED):
            target = _tokens(shard)
            tokens = target.dictionary.to_pylist()
            for found in pc.value_counts(target.indices).to_pylist():
                counts[tokens[found["values"]]] += found["counts"]
    return counts


def _ranges(counts: Mapping[str, int], at_once: int) -> dict[str, int]:
    """Of each token the number of its range."""
    found: dict[str, int] = {}
    number, rows = 0, 0
    for token in sorted(counts):
        if rows and rows + counts[token] > at_once:
            number, rows = number + 1, 0
        rows += counts[token]
        found[token] = number
    return found


def _cut_up(
    packs: Sequence[Pack], name: str, ranges: Mapping[str, int], path: Path
) -> dict[int, list[int]]:
    """Write all rows, those of one file and one range as a row group; the groups of each range."""
    groups: dict[int, list[int]] = defaultdict(list)
    n_groups = 0
    writer = None
    try:
        for pack in packs:
            for shard in pack.shards(name, encoded=ENCODED):
                whose = _numbers(shard, ranges)
                order = digitwise(whose)
                rows = checked(name, shard.take(order))
                writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
                begin = 0
                for found in pc.value_counts(whose.take(order)).to_pylist():  # in their order
                    number, count = found["values"], found["counts"]
                    writer.write_table(rows.slice(begin, count), row_group_size=count)
                    groups[number].append(n_groups)
                    n_groups, begin = n_groups + 1, begin + count
    finally:
        if writer is not None:
            writer.close()
    return groups


def _numbers(shard: pa.Table, ranges: Mapping[str, int]) -> Any:
    """Of each row the number of its token's range."""
    target = _tokens(shard)
    own: Any = pa.array([ranges[token] for token in target.dictionary.to_pylist()], pa.int64())
    return own.take(target.indices)


def _tokens(shard: pa.Table) -> Any:
    """Of each row its token, as a place in a dictionary."""
    return shard.unify_dictionaries().column("target").combine_chunks()
