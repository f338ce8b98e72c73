"""Asking a graph from Python, wherever it is.

    import cypher

    with cypher.connect("ladybug:///data/neurons.lbug") as graph:
        found = graph.query("MATCH (n:Neuron) RETURN n.id AS id, n.density AS density LIMIT 5")
        for row in found:
            print(row["id"], row["density"])
        frame = found.pandas()

The URL is a graph's (`ladybug://…`, `neo4j://…`), or that of a NeuroCypher server
(`http://localhost:8000`). Either way a statement goes through the door for ad-hoc Cypher, here
or there: it reads, and has limits.
"""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from cypher.adhoc import Door, Limits
from cypher.errors import (
    GraphUnavailableError,
    LimitError,
    QueryError,
    QueryTimeoutError,
    StatementRefusedError,
)
from cypher.graph import Rows, Value
from cypher.url import parse_graph_url

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from cypher.formats.arrow import Table

_HTTP = ("http", "https")
_HTTP_SECONDS = 300.0
"""The longest silence of a server; it has limits of its own."""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a statement."""

    columns: tuple[str, ...]
    values: list[list[Value]]
    """One list per row, in the order of `columns`."""

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """The rows by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.values)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.values)

    def rows(self) -> list[dict[str, Value]]:
        """The rows by column."""
        return list(self)

    def arrow(self) -> Table:
        """A table; `cypher.formats` says how values are typed."""
        from cypher.formats.arrow import arrow_table  # noqa: PLC0415  where it is asked for

        return arrow_table(self.columns, self.values)

    def pandas(self) -> pd.DataFrame:
        """A frame of pandas, which must be installed; lists and mappings are objects."""
        import pandas as pd  # noqa: PLC0415  where it is asked for

        return pd.DataFrame(self.values, columns=list(self.columns))

    def polars(self) -> pl.DataFrame:
        """A frame of polars, which must be installed."""
        import polars as pl  # noqa: PLC0415  where it is asked for

        frame = pl.from_arrow(self.arrow())
        assert isinstance(frame, pl.DataFrame)
        return frame


class Connection(Protocol):
    """A graph that can be asked."""

    def query(self, statement: str, parameters: Mapping[str, Value] | None = None) -> Result:
        """The answer to one read statement.

        Raises StatementRefusedError for what does not only read, LimitError and QueryTimeoutError
        where it reaches a limit, QueryError if the engine refuses it, GraphUnavailableError if
        nobody answers.
        """
        ...

    def close(self) -> None:
        """Let it go."""
        ...

    def __enter__(self) -> Connection:
        """Itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...


def connect(
    url: str, *, user: str | None = None, password: str | None = None, limits: Limits | None = None
) -> Connection:
    """A connection to the graph, or to the NeuroCypher server, at `url`.

    `user` and `password` are a Neo4j server's; `password` is a NeuroCypher server's key, where it
    wants one. They may stand in the URL too. `limits` are those of a graph that is asked directly.
    Nothing is opened before the first statement. Raises GraphUrlError.
    """
    if urlsplit(url).scheme in _HTTP:
        return _Remote(url, password)
    return _Direct(Door(parse_graph_url(url, user=user, password=password), limits or Limits()))


class _Closing(ABC):
    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None: ...


class _Direct(_Closing):
    """A door of its own, on a thread: in a notebook, the loop of this one is taken."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def query(self, statement: str, parameters: Mapping[str, Value] | None = None) -> Result:
        asking = asyncio.run_coroutine_threadsafe(
            self._ask(statement, parameters or {}), self._loop
        )
        try:
            rows = asking.result()
        except BaseException:  # Ctrl-C too
            asking.cancel()
            raise
        return Result(rows.columns, rows.values)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._door.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ask(self, statement: str, parameters: Mapping[str, Value]) -> Rows:
        async with self._door.ask(statement, parameters) as answer:
            return await answer.rows()


class _Remote(_Closing):
    """A NeuroCypher server, asked for Arrow, whose numbers are the graph's own.

    In a column of mappings (not of nodes) each has the keys of all, null where it has none.
    """

    def __init__(self, url: str, key: str | None) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/cypher", "", ""))
        self._key = key or (unquote(parts.password) if parts.password else None)

    def query(self, statement: str, parameters: Mapping[str, Value] | None = None) -> Result:
        from cypher.formats.arrow import read_stream  # noqa: PLC0415  where it is asked for

        body = json.dumps({"statement": statement, "parameters": dict(parameters or {})})
        headers = {
            "content-type": "application/json",
            "accept": "application/vnd.apache.arrow.stream",
        }
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self._url, body.encode(), headers)  # noqa: S310  http only
        try:
            with urllib.request.urlopen(request, timeout=_HTTP_SECONDS) as answer:  # noqa: S310
                rows = read_stream(answer.read())
        except urllib.error.HTTPError as error:
            raise _told(error) from error
        except OSError as error:
            raise GraphUnavailableError(
                f"no NeuroCypher server answers at {self._url} ({error}). Is the address right?"
            ) from error
        return Result(rows.columns, rows.values)

    def close(self) -> None:
        """Nothing is held open."""


def _told(error: urllib.error.HTTPError) -> Exception:
    """What a server's refusal is here."""
    try:
        (told,) = json.loads(error.read())["errors"]
        message, code = str(told["message"]), str(told["extensions"]["code"])
    except (ValueError, KeyError, TypeError):
        return GraphUnavailableError(
            f"{error.url} answers with status {error.code}, and not as a NeuroCypher server does."
        )
    if code == "STATEMENT_REFUSED":
        return StatementRefusedError(message)
    if code == "LIMIT_TIME":
        return QueryTimeoutError(message)
    if code.startswith("LIMIT_"):
        return LimitError(message, code.removeprefix("LIMIT_").lower())
    return QueryError(message) if error.code < 500 else GraphUnavailableError(message)
