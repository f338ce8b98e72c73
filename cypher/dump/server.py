"""The tables of a graph on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pyarrow as pa

from cypher.dump.statements import all_rows, count_rows
from cypher.engines.neo4j import Reader
from cypher.graph import Value
from cypher.tables import element, table_from_rows
from cypher.url import GraphUrl

_SECONDS = 24 * 3600.0
"""For one table: no transaction is without a limit."""
_NAME = "dump"


@contextmanager
def server_tables(url: GraphUrl) -> Iterator[ServerTables]:
    """See `cypher.dump.open_dump`."""
    reader = Reader(url)
    try:
        reader.check()
        yield ServerTables(reader)
    finally:
        reader.close()


class ServerTables:
    """The tables of a connected server."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rows(self, name: str) -> int:
        """How many rows a table has."""
        _, (found,) = self._stream(count_rows(element(name)), 1)
        return int(str(found[0][0]))

    def batches(self, name: str, size: int) -> Iterator[pa.Table]:
        """A table, up to `size` rows at a time."""
        columns, batches = self._stream(all_rows(element(name)), size)
        for batch in batches:
            yield table_from_rows(name, (dict(zip(columns, row, strict=True)) for row in batch))

    def _stream(self, text: str, size: int) -> tuple[tuple[str, ...], Iterator[list[list[Value]]]]:
        parts = self._reader.stream(text, {}, name=_NAME, seconds=_SECONDS, size=size)
        columns = cast("tuple[str, ...]", next(parts))
        return columns, cast("Iterator[list[list[Value]]]", parts)
