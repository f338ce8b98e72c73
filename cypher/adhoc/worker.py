"""A process that answers ad-hoc statements, one after the other: `python -m cypher.adhoc.worker`.

What a statement may take, the operating system holds it to. Once the graph is open, the process
can open nothing more, no file and no connection of an embedded graph, cannot make a file longer,
and gets no more memory than it was given: an allocation fails, and the statement with it. Whoever
started it kills it where it does not end in time; it ends itself when that process is gone.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from cypher import errors
from cypher.adhoc.confinement import confine
from cypher.adhoc.frames import HEADER, content_of, frame
from cypher.formats.values import plain
from cypher.graph import Value
from cypher.url import Dialect, GraphUrl

_BATCH_ROWS = 200
_FORBIDDEN = ("LoadCSV", "ProcedureCall")
"""Operators of a server's plan that no statement may have but for a listed procedure."""

_REMEMBERED = 1000
"""Statements whose plans a process remembers to have looked at."""

_OF_EVERY_KIND: dict[str, Value] = {
    "a": [1], "b": ["x"], "c": 1.5, "d": True, "e": None, "f": {"x": 1}, "g": "x", "h": [1.5],
}  # fmt: skip
_WARMING = (
    "RETURN $a AS a, $b AS b, $c AS c, $d AS d, $e AS e, $f AS f, $g AS g, $h AS h, sum(1) AS i, "
    "date('2026-01-01') AS j, interval('1 day') AS k, timestamp('2026-01-01') AS l, "
    "gen_random_uuid() AS m"
)

Batches = Iterator[list[list[Value]]]


class _Source(Protocol):
    """An engine, as the worker uses it."""

    def ask(
        self, name: str, text: str, parameters: Mapping[str, Value]
    ) -> tuple[tuple[str, ...], Batches]:
        """Columns and rows."""
        ...

    def interrupt(self) -> None:
        """End the statement under way, from another thread."""
        ...


class _Embedded:
    def __init__(self, url: GraphUrl, settings: Mapping[str, Any]) -> None:
        from cypher.engines.ladybug import Reader  # noqa: PLC0415  one of two

        self._seconds: float = settings["seconds"]
        self._reader = Reader(
            url, buffer_bytes=settings["memory"] // 2, threads=settings["threads"]
        )
        self._reader.check()
        # What later statements use is made, opened and imported by this one.
        list(self._reader.stream(_WARMING, _OF_EVERY_KIND, seconds=10, size=1)[1])
        confine(memory=settings["memory"] // 2, files=True)

    def ask(
        self, name: str, text: str, parameters: Mapping[str, Value]
    ) -> tuple[tuple[str, ...], Batches]:
        del name
        return self._reader.stream(text, parameters, seconds=self._seconds, size=_BATCH_ROWS)

    def interrupt(self) -> None:
        self._reader.interrupt()


class _Server:
    def __init__(self, url: GraphUrl, settings: Mapping[str, Any]) -> None:
        from cypher.engines.neo4j import Reader  # noqa: PLC0415  one of two

        self._settings = settings
        self._reader = Reader(url)
        self._reader.check()
        self._looked_at: set[str] = set()
        left_over: str = settings["left_over"]
        while left_over and not self._reader.end(left_over):
            threading.Event().wait(0.1)
        confine(memory=settings["memory"], files=False)

    def ask(
        self, name: str, text: str, parameters: Mapping[str, Value]
    ) -> tuple[tuple[str, ...], Batches]:
        if text not in self._looked_at:
            self._look_at(text, parameters)
        seconds = self._settings["seconds"] + self._settings["send_seconds"]
        parts = self._reader.stream(text, parameters, name=name, seconds=seconds, size=_BATCH_ROWS)
        columns = next(parts)
        return columns, parts  # type: ignore[return-value]  # rows follow the columns

    def interrupt(self) -> None:
        """Leave: the server ends the transaction of a connection that closes."""
        os._exit(0)

    def _look_at(self, text: str, parameters: Mapping[str, Value]) -> None:
        """See from the server's plan that a statement only reads."""
        kind, plan = self._reader.plan(text, parameters)
        calls = " CALL " in f" {' '.join(text.upper().split())}"
        forbidden = [
            operator
            for operator in _operators(plan)
            if operator in _FORBIDDEN and not (operator == "ProcedureCall" and calls)
        ]
        if kind not in ("r", "s" if calls else "r") or forbidden:
            raise errors.StatementRefusedError(
                f"the server's plan does not only read: it is of kind {kind!r}"
                + (f", with {forbidden[0]}." if forbidden else ".")
            )
        if len(self._looked_at) >= _REMEMBERED:
            self._looked_at.clear()
        self._looked_at.add(text)


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    """The operators of a server's plan: `LoadCSV`, for one."""
    if plan:
        yield plan["operatorType"].partition("@")[0]
        for child in plan.get("children", []):
            yield from _operators(child)


def _main() -> None:
    settings = _received()
    assert settings is not None
    location, user, password, database = settings["url"]
    dialect = Dialect(settings["dialect"])
    url = GraphUrl(dialect, location, user, password, database)
    try:
        made = _Embedded if dialect is Dialect.LADYBUG else _Server
        source: _Source = made(url, settings)
    except errors.CypherError as error:
        _say("error", type(error).__name__, str(error), None)
        return
    _say("ready")
    waiting = _Requests(source)
    threading.Thread(target=waiting.receive, daemon=True).start()
    while True:
        _answer(source, waiting, settings)


class _Requests:
    """What is to be done, received on a thread of its own."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._next: tuple[str, str, dict[str, Value]] | None = None
        self._there = threading.Event()
        self.cancelled = False

    def receive(self) -> None:
        while (request := _received()) is not None:
            if request[0] == "run":
                self.cancelled = False
                self._next = request[1:]
                self._there.set()
            else:
                self.cancelled = True
                self._source.interrupt()
        os._exit(1)  # the other end is gone

    def next(self) -> tuple[str, str, dict[str, Value]]:
        self._there.wait()
        self._there.clear()
        assert self._next is not None
        return self._next


def _answer(source: _Source, waiting: _Requests, settings: Mapping[str, Any]) -> None:
    request = waiting.next()
    rows = size = 0
    try:
        columns, batches = source.ask(*request)
        _say("columns", columns)
        for batch in batches:
            if waiting.cancelled:
                break
            rows += len(batch)
            if rows > settings["rows"]:
                raise errors.LimitError(
                    f"the answer has more than {settings['rows']:,} rows, which is the limit. "
                    f"Ask for less with LIMIT, or aggregate.",
                    "rows",
                )
            said = frame("rows", [[plain(value) for value in row] for row in batch])
            size += len(said)
            if size > settings["bytes"]:
                raise errors.LimitError(
                    f"the answer has more than {settings['bytes']:,} bytes, which is the limit; its first "
                    f"{rows:,} rows have {size:,}. Ask for fewer rows or columns.",
                    "bytes",
                )
            _write(said)
        _say("end")
    except errors.LimitError as error:
        _say("error", "LimitError", str(error), error.limit)
    except errors.CypherError as error:
        _say("error", type(error).__name__, str(error), None)
    except (OSError, ImportError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        _say(
            "error", "QueryError", f"the statement may open no file or connection ({error}).", None
        )
    except ValueError as error:  # a text that is no UTF-8, say
        _say("error", "QueryError", f"a value cannot be passed on: {error}.", None)
    except (MemoryError, OverflowError, RecursionError) as error:
        # A value that Python cannot hold in the memory that there is.
        _say(
            "error",
            "LimitError",
            f"the answer needs more memory than a statement may have "
            f"({settings['memory'] // 2**20} MiB); {type(error).__name__}.",
            "memory",
        )
        if isinstance(error, MemoryError):
            os._exit(1)


def _received() -> Any:
    """The next frame's content; None at the end."""
    header = _read(HEADER.size)
    if header is None:
        return None
    body = _read(HEADER.unpack(header)[0])
    if body is None:
        return None
    content = content_of(body)
    return content[1] if content[0] == "settings" else content


def _read(size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(0, size)  # not through sys.stdin, whose lock would be held at exit
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _say(*content: Any) -> None:
    _write(frame(*content))


def _write(said: bytes) -> None:
    view = memoryview(said)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    try:
        _main()
    except BrokenPipeError:
        sys.exit(1)
