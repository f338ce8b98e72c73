"""Ladybug: a graph in a file, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import ladybug

from cypher.engines.small_statements import seeks, with_limit
from cypher.engines.threads import Threads
from cypher.errors import (
    CypherError,
    GraphBusyError,
    GraphError,
    GraphUnavailableError,
    LimitError,
    LoadError,
    QueryError,
    QueryTimeoutError,
)
from cypher.graph import Graph, Itself, Rows, Value
from cypher.state import READ_STATE, state_of
from cypher.url import Dialect, GraphUrl

_CONNECTIONS = 4
_LOCKED = "Could not set lock"
_CHECK_SECONDS = 30.0
_INTERRUPTED = "Interrupted"
_NO_MEMORY = ("Unable to allocate memory", "bad_alloc")


class LadybugEngine:
    """The graph in one file."""

    def __init__(self, url: GraphUrl) -> None:
        self.url = url

    def revision(self) -> object:
        """A load puts another file in this one's place: its identity, size and time."""
        found = Path(self.url.location).stat()
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    async def open(self) -> Graph:
        """Open the file read-only; what is loaded later is seen by those who open it later."""
        path = Path(self.url.location)
        if not path.exists():
            raise _missing(self.url)
        graph = LadybugGraph(await asyncio.to_thread(open_database, path, read_only=True))
        try:
            tables = await graph.read("CALL show_tables() RETURN name", {})
            if ["GraphState"] not in tables.values:
                raise _foreign(self.url)
            state_of(await graph.read(READ_STATE, {}), str(self.url))
        except CypherError:
            await graph.close()
            raise
        return graph


class LadybugGraph(Itself):
    """An open file."""

    dialect = Dialect.LADYBUG

    def __init__(self, database: ladybug.Database) -> None:
        self._database = database
        self._threads = Threads([ladybug.Connection(database) for _ in range(_CONNECTIONS)])

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
    ) -> Rows:
        """The rows of one statement; see `cypher.graph.Graph.read`."""
        threads = 1 if seeks(text) else 0
        text, parameters = with_limit(text, parameters)

        def rows(connection: ladybug.Connection) -> Rows:
            connection.set_max_threads_for_exec(threads)
            result = connection.execute(text, dict(parameters))
            if isinstance(result, list):
                raise QueryError(f"{len(result)} statements were given; one was expected.")
            values = cast("list[list[Value]]", result.get_all())
            found = Rows(tuple(result.get_column_names()), values)
            return _plain_rows(found, result.get_column_data_types())

        try:
            async with asyncio.timeout(timeout):
                return await self._threads.run(rows)
        except TimeoutError as error:
            raise QueryTimeoutError(f"the statement took longer than {timeout} s.") from error
        except RuntimeError as error:
            raise QueryError(" ".join(str(error).split())) from error

    async def close(self) -> None:
        """Close the connections, then the file."""
        await self._threads.close()
        await asyncio.to_thread(self._database.close)


class Reader:
    """One connection of a file of its own, with a bounded buffer pool, for `cypher.adhoc.worker`."""

    def __init__(self, url: GraphUrl, *, buffer_bytes: int, threads: int) -> None:
        self._url = url
        if not Path(url.location).exists():
            raise _missing(url)
        self._database = open_database(
            Path(url.location), read_only=True, buffer_bytes=buffer_bytes, threads=threads
        )
        self._connection = ladybug.Connection(self._database)

    def check(self) -> None:
        """See that the graph is one of ours. Raises as `LadybugEngine.open` does."""
        tables = self._connection.execute("CALL show_tables() RETURN name")
        assert not isinstance(tables, list)
        if ["GraphState"] not in tables.get_all():
            raise _foreign(self._url)
        columns, batches = self.stream(READ_STATE, {}, seconds=_CHECK_SECONDS, size=1)
        state_of(Rows(columns, [row for batch in batches for row in batch]), str(self._url))

    def stream(
        self, text: str, parameters: Mapping[str, Value], *, seconds: float, size: int
    ) -> tuple[tuple[str, ...], Iterator[list[list[Value]]]]:
        """The columns of one statement, and its rows, up to `size` at a time.

        Raises QueryError, QueryTimeoutError if `seconds` are over or it was interrupted.
        """
        self._connection.set_query_timeout(max(1, round(seconds * 1000)))
        try:
            result = self._connection.execute(text, dict(parameters))
        except RuntimeError as error:
            raise _query_error(error, seconds) from error
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
        self._connection.set_query_timeout(max(1, round(seconds * 1000)))
        try:
            self._connection.execute(f"COPY ({text}) TO {path_literal(file)}")
        except RuntimeError as error:
            raise _query_error(error, seconds) from error

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
            yield _plain_rows(Rows(columns, values), types).values


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


def path_literal(file: Path) -> str:
    """A path in a statement: COPY and LOAD FROM take no parameter there."""
    return "'" + str(file.resolve()).replace("\\", "\\\\").replace("'", "\\'") + "'"


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
        raise _unavailable(path, error) from error


def _query_error(error: RuntimeError, seconds: float) -> QueryError:
    message = " ".join(str(error).split())
    if message.startswith(_INTERRUPTED):
        return QueryTimeoutError(f"the statement took longer than {seconds:g} s.")
    if any(words in message for words in _NO_MEMORY):
        return LimitError(
            f"the statement needs more memory than it may have ({message}).", "memory"
        )
    return QueryError(message)


def _missing(url: GraphUrl) -> GraphUnavailableError:
    return GraphUnavailableError(
        f"no graph at {url}: the file does not exist. "
        f"Make it with `neurocypher load PACK --graph {url}`."
    )


def _foreign(url: GraphUrl) -> GraphUnavailableError:
    return GraphUnavailableError(
        f"{url} is a Ladybug file without a graph of ours. "
        f"Make one with `neurocypher load PACK --graph {url}`."
    )


def _unavailable(path: Path, error: RuntimeError) -> GraphError:
    message = str(error).partition("\n")[0].rstrip(" .:!")
    if _LOCKED in message:
        return GraphBusyError(
            f"the graph at {path} is being written by another process ({message}). "
            f"Wait until that has ended, or stop it."
        )
    return GraphUnavailableError(
        f"the graph at {path} cannot be opened: {message}. Is it a Ladybug file, in a "
        f"folder that can be written?"
    )


_ENTITIES = ("NODE", "REL", "RECURSIVE_REL")
_PATH = {"_NODES": "_nodes", "_RELS": "_rels"}
_INTERNAL = ("_ID", "_SRC", "_DST")


def _plain_rows(rows: Rows, types: list[str]) -> Rows:
    """`rows` with nodes, relationships and paths as Neo4j's engine gives them."""
    if not any(entity in type_ for type_ in types for entity in _ENTITIES):
        return rows
    return Rows(rows.columns, [[_plain(value) for value in row] for row in rows.values])


def _plain(value: Value) -> Value:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "_LABEL" in value:
        kept = {k: v for k, v in value.items() if v is not None and k not in _INTERNAL}
        return {"_label": kept.pop("_LABEL"), **kept}
    return {_PATH.get(key, key): _plain(item) for key, item in value.items()}
