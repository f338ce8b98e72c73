"""Neo4j: a graph on a server, in Aura, or on a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import neo4j
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
)

from cypher.engines.answers import Answers
from cypher.engines.one_value import as_one_row, as_one_value
from cypher.engines.refused import refused
from cypher.engines.torn_rows import holds_scalars, untorn
from cypher.errors import CypherError, GraphError, GraphUnavailableError, LoadError
from cypher.graph import SCALARS, Graph, Itself, Read, Rows, Value
from cypher.state import READ_STATE, loaded_state
from cypher.url import Dialect, GraphUrl

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
"""A read's limit if the caller sets none: no transaction is without one."""
_WRITE_SECONDS = 120.0
_NAME = "neurocypher"
_TRANSACTIONS = "SHOW TRANSACTIONS YIELD transactionId, metaData RETURN transactionId, metaData"


class Neo4jEngine:
    """The graph of one database."""

    def __init__(self, url: GraphUrl) -> None:
        self.url = url

    def revision(self) -> object:
        """None: a load changes the graph in place."""
        return None

    async def open(self) -> Graph:
        """Connect, and see that the graph is one of ours."""
        driver = neo4j.AsyncGraphDatabase.driver(self.url.location, **_settings(self.url))
        graph = Neo4jGraph(self.url, driver)
        try:
            try:
                await driver.verify_connectivity()
            except (DriverError, Neo4jError) as error:
                raise _unavailable(self.url, error) from error
            loaded_state(await graph.read(READ_STATE, {}), self.url)
        except CypherError:
            await graph.close()
            raise
        return graph


class Neo4jGraph(Itself):
    """A connected server."""

    dialect = Dialect.NEO4J

    def __init__(self, url: GraphUrl, driver: neo4j.AsyncDriver) -> None:
        self._url = url
        self._driver = driver

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        """The rows of one statement; see `cypher.graph.Graph.read`."""
        text = as_one_value(text, columns) if columns else text

        async def once() -> Rows:
            found, values = await self._read(text, parameters, timeout)
            return _rows(columns, values[0][0], required) if columns else _rows(found, values)

        return await untorn(once)

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        """The rows of several statements; see `cypher.graph.Graph.begin`."""
        answers = Answers(len(reads))

        async def once() -> None:
            _, (values,) = await self._read(*as_one_row(reads), timeout)
            found = zip(reads, values, strict=True)
            answers.settle_all([_rows(read.columns, rows, read.required) for read, rows in found])

        return answers.begin(untorn(once))

    async def _read(
        self, text: str, parameters: Mapping[str, Value], timeout: float | None
    ) -> tuple[tuple[str, ...], list[list[Any]]]:
        """Columns and rows, as the driver gives them."""
        query = neo4j.Query(text, timeout=timeout or _READ_SECONDS)
        base, reading = self._url.database, neo4j.READ_ACCESS
        with _told(self._url, timeout):
            async with self._driver.session(database=base, default_access_mode=reading) as session:
                result = await session.run(query, dict(parameters))
                return tuple(result.keys()), await result.values()

    async def close(self) -> None:
        """Close the driver's connections."""
        await self._driver.close()


class Reader:
    """One connection that reads, for `cypher.adhoc.worker`."""

    def __init__(self, url: GraphUrl) -> None:
        self._url = url
        self._driver = _connected(url, most=2)

    def check(self) -> None:
        """See that the graph is one of ours. Raises as `Neo4jEngine.open` does."""
        parts = self.stream(READ_STATE, {}, name="", seconds=_READ_SECONDS, size=10)
        columns = cast("tuple[str, ...]", next(parts))
        state = Rows(columns, [cast("list[Value]", row) for batch in parts for row in batch])
        loaded_state(state, self._url)

    def plan(self, text: str, parameters: Mapping[str, Value]) -> tuple[str, Mapping[str, Any]]:
        """What the server makes of a statement without running it: its kind, `r` for one that
        reads, and its plan. Raises QueryError, GraphUnavailableError.
        """
        with _told(self._url, None), self._session() as session:
            found = session.run(f"EXPLAIN {text}", dict(parameters)).consume()
        return str(found.query_type), found.plan or {}

    def stream(
        self, text: str, parameters: Mapping[str, Value], *, name: str, seconds: float, size: int
    ) -> Iterator[tuple[str, ...] | list[list[Value]]]:
        """The columns of one statement, then its rows, up to `size` at a time.

        `name` is what `running` knows the transaction by. Raises QueryError, QueryTimeoutError
        after `seconds`, LimitError if the server has not memory enough, GraphUnavailableError.
        """
        with (
            _told(self._url, seconds),
            self._session(fetch_size=size) as session,
            session.begin_transaction(metadata={_NAME: name}, timeout=seconds) as transaction,
        ):
            result = transaction.run(text, dict(parameters))
            yield tuple(result.keys())
            while records := result.fetch(size):
                yield [[_plain(value) for value in record.values()] for record in records]

    def end(self, name: str) -> bool:
        """Terminate the transaction of this name; true if the server has none (any more)."""
        with self._session() as session:
            running = [record.values() for record in session.run(_TRANSACTIONS)]
            found = [one for one, metadata in running if metadata.get(_NAME) == name]
            if found:
                session.run("TERMINATE TRANSACTIONS $found", found=found).consume()
            return not found

    def close(self) -> None:
        """Give back its connections."""
        self._driver.close()

    def _session(self, fetch_size: int = 1000) -> neo4j.Session:
        base, reading = self._url.database, neo4j.READ_ACCESS
        return self._driver.session(
            database=base, default_access_mode=reading, fetch_size=fetch_size
        )


class Writer:
    """Writes to a server, one transaction per statement, retried if the server was busy."""

    def __init__(self, url: GraphUrl) -> None:
        self._url = url
        self._driver = _connected(url)

    def run(self, text: str, parameters: Mapping[str, Value] | None = None) -> Rows:
        """Run one idempotent statement in a managed transaction. Raises LoadError."""
        query, base = neo4j.Query(text, timeout=_WRITE_SECONDS), self._url.database
        try:
            found = self._driver.execute_query(query, dict(parameters or {}), database_=base)
        except (DriverError, Neo4jError) as error:
            raise LoadError(_reason(error)) from error
        return Rows(tuple(found.keys), [list(record.values()) for record in found.records])

    def create(self, text: str, idempotent: str, parameters: Mapping[str, Value]) -> Rows:
        """Run `text` once; if it is not known whether it was committed, run `idempotent`.

        CREATE is half as dear as MERGE, and could write twice if it were retried. Raises LoadError.
        """
        try:
            with (
                self._driver.session(database=self._url.database) as session,
                session.begin_transaction(timeout=_WRITE_SECONDS) as transaction,
            ):
                result = transaction.run(text, dict(parameters))
                rows = Rows(tuple(result.keys()), [list(record.values()) for record in result])
                transaction.commit()
        except (DriverError, Neo4jError) as error:
            if error.is_retryable():
                return self.run(idempotent, parameters)
            raise LoadError(_reason(error)) from error
        return rows

    def run_in_batches(self, text: str, parameters: Mapping[str, Value]) -> None:
        """Run one statement with `CALL … IN TRANSACTIONS`, which a transaction may not hold."""
        try:
            with self._driver.session(database=self._url.database) as session:
                session.run(text, dict(parameters)).consume()
        except (DriverError, Neo4jError) as error:
            raise LoadError(_reason(error)) from error

    def close(self) -> None:
        """Close the driver's connections."""
        self._driver.close()


def _settings(url: GraphUrl) -> dict[str, Any]:
    return {
        "auth": neo4j.basic_auth(url.user, url.password or "") if url.user else None,
        "connection_timeout": _CONNECT_SECONDS,
        "connection_acquisition_timeout": 2 * _CONNECT_SECONDS,
        "user_agent": "neurocypher",
        "notifications_min_severity": "OFF",
    }


def _connected(url: GraphUrl, *, most: int = 100) -> neo4j.Driver:
    """A driver with so many connections at most, whose server answers. Raises GraphUnavailableError."""
    driver = neo4j.GraphDatabase.driver(
        url.location, **_settings(url), max_connection_pool_size=most
    )
    try:
        driver.verify_connectivity()
    except (DriverError, Neo4jError) as error:
        driver.close()
        raise _unavailable(url, error) from error
    return driver


@contextmanager
def _told(url: GraphUrl, seconds: float | None) -> Iterator[None]:
    """Raise what the driver raises of a statement that reads, for so long, as errors of ours."""
    try:
        yield
    except Neo4jError as error:
        given = seconds or _READ_SECONDS
        raise refused(_reason(error), str(error.code), seconds=given) from error
    except DriverError as error:
        raise _unavailable(url, error) from error


def _unavailable(url: GraphUrl, error: DriverError | Neo4jError) -> GraphError:
    if isinstance(error, AuthError) or "Security" in str(getattr(error, "code", "")):
        return GraphUnavailableError(
            f"{url} refuses user {url.user or '(none)'}: {_reason(error)}. Set the user and "
            f"password in NEUROCYPHER_USER and NEUROCYPHER_PASSWORD, or in the URL."
        )
    if isinstance(error, ServiceUnavailable | ConfigurationError | OSError):
        return GraphUnavailableError(
            f"no Neo4j answers at {url} ({_reason(error)}). Is the server up, and the host, "
            f"port and scheme right?"
        )
    return GraphUnavailableError(f"{url} cannot be used: {_reason(error)}")


def _reason(error: Exception) -> str:
    message = error.message if isinstance(error, Neo4jError) else str(error)
    return (message or type(error).__name__).strip().partition("\n")[0].rstrip(" .:!")


def _rows(columns: Sequence[str], values: list[list[Value]], required: Sequence[str] = ()) -> Rows:
    """Rows as they are told. Raises TornRowsError."""
    if not holds_scalars(columns, values, required):
        values = [[_plain(value) for value in row] for row in values]
    return Rows(tuple(columns), values)


def _plain(value: Value) -> Value:
    """Nodes, relationships and paths as mappings and lists, as Ladybug gives them."""
    if isinstance(value, neo4j.graph.Node):
        return {"_label": next(iter(value.labels), None), **value}
    if isinstance(value, neo4j.graph.Relationship):
        return {"_label": value.type, **value}
    if isinstance(value, neo4j.graph.Path):
        nodes, rels = (list(map(_plain, part)) for part in (value.nodes, value.relationships))
        return {"_nodes": nodes, "_rels": rels}
    if isinstance(value, list):
        return value if SCALARS.issuperset(map(type, value)) else [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
