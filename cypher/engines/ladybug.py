"""Ladybug: a graph in a file, in this process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import cast

import ladybug

from cypher.engines.literals import path_literal
from cypher.engines.no_file import foreign, missing, unavailable
from cypher.engines.plain_rows import plain_rows
from cypher.engines.quick import Pace
from cypher.engines.refreshed import Refreshed
from cypher.engines.refused import refused_with
from cypher.engines.small_statements import with_limit
from cypher.engines.threads import Threads
from cypher.engines.token_texts import TokenTexts
from cypher.errors import (
    LoadError,
    QueryError,
)
from cypher.graph import Rows, Value
from cypher.state import READ_STATE, state_of
from cypher.url import GraphUrl

_CONNECTIONS = 4
_BUFFER_SHARE = 4
"""A graph that is open for reading takes this part of the machine's memory at most: Ladybug's own
limit is four fifths, of which one statement can take all."""
_LEAST_BUFFER = 512 * 2**20
_KEPT, _KEPT_IN_LITTLE = 64, 16
"""Statements whose plans a connection keeps: those of a graph that is served, of one with a bound."""
_LONG_SECONDS = 1.0
"""What an interrupted statement holds grows with the time that it had."""
_CHECK_SECONDS = 30.0


class OpenFile:
    """A file that is open for reading."""

    def __init__(self, path: Path) -> None:
        self.revision = revision(path)
        self._database = _open_to_read(path)
        opened = partial(ladybug.Connection, self._database)
        self.threads = Threads([Refreshed(opened, most=_KEPT) for _ in range(_CONNECTIONS)])
        self._tokens = TokenTexts()
        self.pace = Pace()

    def rows(
        self,
        connections: Refreshed[ladybug.Connection],
        text: str,
        parameters: Mapping[str, Value],
    ) -> Rows:
        """The rows of one statement, with one of `threads`. Raises RuntimeError, QueryError."""

        def run(sent: str, given: Mapping[str, Value]) -> Rows:
            connection = connections.to_run(sent)
            with_threads = connection.set_max_threads_for_exec
            return self.pace.run(sent, with_threads, lambda: _rows(connection, sent, given))

        return self._tokens.rows(*with_limit(text, parameters), run)

    async def close(self) -> None:
        """Close the connections, then the file."""
        await self.threads.close()
        await asyncio.to_thread(self._database.close)


class Reader:
    """One connection of a file of its own, with a bounded buffer pool, for `cypher.adhoc.worker`."""

    def __init__(self, url: GraphUrl, *, buffer_bytes: int, threads: int) -> None:
        self._url = url
        if not Path(url.location).exists():
            raise missing(url)
        self._database = open_database(
            Path(url.location), read_only=True, buffer_bytes=buffer_bytes, threads=threads
        )
        opened = partial(ladybug.Connection, self._database)
        self._connection = Refreshed(opened, most=_KEPT_IN_LITTLE)

    def check(self) -> None:
        """See that the graph is one of ours. Raises as `LadybugEngine.open` does."""
        tables = self._connection.to_run("").execute("CALL show_tables() RETURN name")
        assert not isinstance(tables, list)
        if ["GraphState"] not in tables.get_all():
            raise foreign(self._url)
        columns, batches = self.stream(READ_STATE, {}, seconds=_CHECK_SECONDS, size=1)
        state_of(Rows(columns, [row for batch in batches for row in batch]), str(self._url))

    def stream(
        self, text: str, parameters: Mapping[str, Value], *, seconds: float, size: int
    ) -> tuple[tuple[str, ...], Iterator[list[list[Value]]]]:
        """The columns of one statement, and its rows, up to `size` at a time.

        Raises QueryError, QueryTimeoutError if `seconds` are over or it was interrupted.
        """
        connection = self._connection.to_run(text)
        connection.set_query_timeout(max(1, round(seconds * 1000)))
        try:
            result = connection.execute(text, dict(parameters))
        except RuntimeError as error:
            raise refused_with(error, seconds) from error
        except (ValueError, TypeError, OverflowError) as error:
            raise QueryError(
                f"a parameter's value is none that the graph can take: {error}"
            ) from error
        if isinstance(result, list):
            raise QueryError(f"{len(result)} statements were given; one was expected.")
        return tuple(result.get_column_names()), self._batches(result, size)

    def copy(self, text: str, file: Path, *, seconds: float) -> None:
        """Write the rows of one statement to a Parquet file, without keeping them in memory.

        Raises QueryError, QueryTimeoutError if `seconds` are over.
        """
        connection = self._connection.to_run(text)
        connection.set_query_timeout(max(1, round(seconds * 1000)))
        try:
            connection.execute(f"COPY ({text}) TO {path_literal(file)}")
        except RuntimeError as error:
            raise refused_with(error, seconds) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._database.close()

    def interrupt(self) -> None:
        """End the statement under way; called from another thread."""
        self._connection.interrupt()

    @staticmethod
    def _batches(result: ladybug.QueryResult, size: int) -> Iterator[list[list[Value]]]:
        columns, types = tuple(result.get_column_names()), result.get_column_data_types()
        while values := cast("list[list[Value]]", result.get_n(size)):
            yield plain_rows(Rows(columns, values), types).values


class Writer:
    """One connection that writes, in one transaction. Any error ends it."""

    def __init__(self, path: Path) -> None:
        self._database = open_database(path, read_only=False)
        self._connection = ladybug.Connection(self._database)

    def run(self, text: str, parameters: Mapping[str, Value] | None = None) -> Rows:
        """Run one statement. Raises LoadError with the engine's message."""
        try:
            result = self._connection.execute(text, dict(parameters or {}))
        except RuntimeError as error:
            raise LoadError(str(error)) from error
        assert not isinstance(result, list)
        values = cast("list[list[Value]]", result.get_all())
        return Rows(tuple(result.get_column_names()), values)

    def close(self) -> None:
        """Close the file; an open transaction is rolled back."""
        self._connection.close()
        self._database.close()


def open_database(
    path: Path, *, read_only: bool, buffer_bytes: int = 0, threads: int = 0
) -> ladybug.Database:
    """Open a file; 0 leaves the buffer pool and the threads as large as the machine allows.

    Raises GraphBusyError if another process writes it, GraphUnavailableError if it is no
    Ladybug file or cannot be opened.
    """
    try:
        return ladybug.Database(
            path, read_only=read_only, buffer_pool_size=buffer_bytes, max_num_threads=threads
        )
    except RuntimeError as error:
        raise unavailable(path, error) from error


def revision(path: Path) -> object:
    """What differs once another file has taken this one's place. Raises OSError."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _open_to_read(path: Path) -> ladybug.Database:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    buffer = max(_LEAST_BUFFER, memory // _BUFFER_SHARE)
    return open_database(path, read_only=True, buffer_bytes=buffer)


def _rows(connection: ladybug.Connection, text: str, parameters: Mapping[str, Value]) -> Rows:
    try:
        result = connection.execute(text, dict(parameters))
    except RuntimeError as error:
        # The frames that it came through have what failed, which has the engine's memory.
        raise error.with_traceback(None) from None
    if isinstance(result, list):
        raise QueryError(f"{len(result)} statements were given; one was expected.")
    values = cast("list[list[Value]]", result.get_all())
    found = Rows(tuple(result.get_column_names()), values)
    return plain_rows(found, result.get_column_data_types())
