"""Rows of more units than fit in memory, by token: some tokens' at a time, with all their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.errors import PackError
from ingest.sources.places import digitwise


def by_token_range(
    parts: Iterable[pa.RecordBatch], counts: Any, at_once: int, folder: Path
) -> Iterator[pa.Table]:
    """All rows of numbered parts, in the order of their tokens up to `at_once` at a time.

    Only those of one token may be more. `counts` are the rows of each token. What is read is put
    beside it, into `folder`, cut up by ranges of tokens, of which one after another is taken.
    """
    ranges = pa.array(_ranges(counts.to_pylist(), at_once), pa.int64())
    with TemporaryDirectory(dir=folder) as own:
        path = Path(own) / "rows.arrow"
        try:
            places = _cut_up(parts, ranges, path)
        except OSError as error:
            raise PackError(f"{path} cannot be written: {error.strerror or error}.") from error
        # read, not mapped: what was mapped would stay in memory until the end
        with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file) as rows:
            for number in sorted(places):
                yield pa.Table.from_batches([rows.get_batch(place) for place in places[number]])


def _ranges(counts: list[int], at_once: int) -> Iterator[int]:
    """Of each token the number of its range."""
    number, rows = 0, 0
    for count in counts:
        if rows and rows + count > at_once:
            number, rows = number + 1, 0
        rows += count
        yield number


def _cut_up(parts: Iterable[pa.RecordBatch], ranges: Any, path: Path) -> dict[int, list[int]]:
    """Write all rows, those of one part and one range as a batch; the batches of each range."""
    places: dict[int, list[int]] = defaultdict(list)
    n_batches, stream = 0, None
    with pa.OSFile(str(path), "wb") as file:
        for part in parts:
            whose = ranges.take(part.column("target"))
            order = digitwise(whose)
            rows = part.take(order)
            stream = stream or pa.ipc.new_file(file, rows.schema)
            begin = 0
            for found in pc.value_counts(whose.take(order)).to_pylist():  # in their order
                number, count = found["values"], found["counts"]
                stream.write_batch(rows.slice(begin, count))
                places[number].append(n_batches)
                n_batches, begin = n_batches + 1, begin + count
        if stream is not None:
            stream.close()
    return places
