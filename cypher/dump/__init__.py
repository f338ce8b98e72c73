"""Dumping graphs: the way back from an engine to the tables that a pack has.

Rows come in no particular order, a batch at a time; memory holds one. Ladybug writes each table to
a file of its own first, for it would keep a whole answer in memory; a server sends it bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cypher.url import Dialect, GraphUrl

if TYPE_CHECKING:
    import pyarrow as pa  # slow to import


@runtime_checkable
class Tables(Protocol):
    """Tables of the graph model: a pack's or a graph's."""

    def rows(self, name: str) -> int:
        """How many rows a table has; 0 if there is none."""
        ...

    def batches(self, name: str, size: int) -> Iterator[pa.Table]:
        """A table, up to `size` rows at a time, typed as `cypher.tables.arrow_schema` says."""
        ...


def open_dump(url: GraphUrl, scratch: Path) -> AbstractContextManager[Tables]:
    """The tables of the graph at `url`, as long as the context lasts.

    `scratch` is a folder that files may be put into meanwhile: as much as the largest table
    takes. Raises GraphUnavailableError, GraphBusyError or SchemaVersionError; reading a table
    raises QueryError.
    """
    if url.dialect is Dialect.LADYBUG:
        from cypher.dump.embedded import embedded_tables  # noqa: PLC0415  imported if needed

        return embedded_tables(url, scratch)
    from cypher.dump.server import server_tables  # noqa: PLC0415  imported if needed

    return server_tables(url)
