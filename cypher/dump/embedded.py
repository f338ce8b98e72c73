"""The tables of a graph in Ladybug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cypher.dump.statements import all_rows, count_rows
from cypher.engines.ladybug import Reader
from cypher.tables import checked, element
from cypher.url import GraphUrl

_BUFFER_BYTES = 2**28
"""For the engine's pages: reading table after table needs no more."""
_SECONDS = 24 * 3600.0
"""For one table."""


@contextmanager
def embedded_tables(url: GraphUrl, scratch: Path) -> Iterator[EmbeddedTables]:
    """See `cypher.dump.open_dump`."""
    reader = Reader(url, buffer_bytes=_BUFFER_BYTES, threads=0)
    try:
        reader.check()
        yield EmbeddedTables(reader, scratch)
    finally:
        reader.close()


class EmbeddedTables:
    """The tables of an open file."""

    def __init__(self, reader: Reader, scratch: Path) -> None:
        self._reader, self._scratch = reader, scratch

    def rows(self, name: str) -> int:
        """How many rows a table has."""
        text = count_rows(element(name))
        _, batches = self._reader.stream(text, {}, seconds=_SECONDS, size=1)
        return int(str(next(batches)[0][0]))

    def batches(self, name: str, size: int) -> Iterator[pa.Table]:
        """A table, up to `size` rows at a time."""
        if not self.rows(name):
            return
        file = self._scratch / f"{name}.parquet"
        self._reader.copy(all_rows(element(name)), file, seconds=_SECONDS)
        try:
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(size):
                    yield checked(name, pa.Table.from_batches([batch]))
        finally:
            file.unlink()
