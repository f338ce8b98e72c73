"""`POST /cypher`: one ad-hoc statement, answered as JSON, NDJSON, CSV or Arrow while it runs.

What goes wrong before much is sent is answered with a status and a reason. Later there is no
status left: the reason is the last thing in the body, and the connection is broken off without
the end that HTTP wants, so that no client takes the part for the whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cypher.adhoc import Door
from cypher.errors import (
    CypherError,
    LimitError,
    QueryError,
    QueryTimeoutError,
    StatementRefusedError,
)
from cypher.formats import Format, RowWriter, writer_for
from cypher.graph import Value
from graphapi.errors import UserError
from graphapi.failure import Failure, failed
from graphapi.media import accepted
from graphapi.metrics import Metrics

_NDJSON_TOO = ("application/ndjson", "application/jsonl")
"""Other names for the same."""
_HELD_BACK = 64 * 1024
"""Bytes of an answer that wait for its end, so that most failures still have a status."""
_EXPECTED = 'the body is not what was expected: {"statement": "MATCH …", "parameters": {…}}.'


class CypherEndpoint:
    """ASGI application for one path. `Entry` holds it to a time, and ends it if its client goes."""

    def __init__(self, door: Door, metrics: Metrics) -> None:
        self._door = door
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope, receive)
        sender = _Sender(send)
        try:
            if request.method != "POST":
                raise _RefusedError(405, "statements are POSTed, as JSON.", "METHOD_NOT_ALLOWED")
            format_ = _format(request)
            statement, parameters = await _asked(request)
            await self._answer(statement, parameters, format_, sender)
        except _RefusedError as error:
            await self._fail(error.failure, sender)
        except CypherError as error:
            await self._fail(_told(error), sender)

    async def _fail(self, failure: Failure, sender: _Sender) -> None:
        self._metrics.refusals.labels(failure.code).inc()
        await sender.fail(failure)

    async def _answer(
        self, statement: str, parameters: Mapping[str, Value], format_: Format, sender: _Sender
    ) -> None:
        async with self._door.ask(statement, parameters) as answer:
            writer = writer_for(format_, answer.columns)
            sender.begin(format_, writer)
            await sender.add(writer.head())
            async for batch in answer.batches():
                await sender.add(writer.rows(batch))
        # Arrow writes all of it here, which takes a while.
        await sender.add(await asyncio.to_thread(writer.tail))
        await sender.end()


class _RefusedError(UserError):
    """A request is not what it must be."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(message, code)
        self.failure = Failure(status, message, code)


class _Sender:
    """Sends a body in chunks, the first held back for as long as it is small."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._chunks = bytearray()
        self._started = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._writer: RowWriter | None = None

    def begin(self, format_: Format, writer: RowWriter) -> None:
        self._writer = writer
        self._headers = [
            (b"content-type", format_.content_type.encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept"),
        ]

    async def add(self, body: bytes) -> None:
        self._chunks += body
        while len(self._chunks) >= _HELD_BACK:
            await self._out(bytes(self._chunks[:_HELD_BACK]), more=True)
            del self._chunks[:_HELD_BACK]

    async def end(self) -> None:
        if not self._started:
            self._headers.append((b"content-length", str(len(self._chunks)).encode()))
        await self._out(bytes(self._chunks), more=False)

    async def fail(self, failure: Failure) -> None:
        """Say why there is no answer, or no more of it."""
        if self._started and self._writer is not None:
            self._chunks += self._writer.cut(failure.code, failure.message)
            await self._out(bytes(self._chunks), more=True)
            return  # without an end: the server breaks the connection off
        headers = {"allow": "POST"} if failure.status == 405 else {}
        if failure.status == 503:
            headers["retry-after"] = "1"
        body = orjson.dumps({"errors": [failure.formatted()]})
        response = Response(body, failure.status, headers, "application/json")
        for message in (
            {
                "type": "http.response.start",
                "status": failure.status,
                "headers": response.raw_headers,
            },
            {"type": "http.response.body", "body": body},
        ):
            await self._send(message)

    async def _out(self, chunk: bytes, *, more: bool) -> None:
        if not self._started:
            self._started = True
            start = {"type": "http.response.start", "status": 200, "headers": self._headers}
            await self._send(start)
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})


def _format(request: Request) -> Format:
    header = ",".join(request.headers.getlist("accept")) or None
    media = accepted(header, (*Format, *_NDJSON_TOO))
    if media is None:
        raise _RefusedError(
            406, f"no answer can be {header!r}; there are {', '.join(Format)}.", "NOT_ACCEPTABLE"
        )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # Other kinds a page of another origin may send without asking first.
        raise _RefusedError(
            415,
            f"the body is {kind or 'of no stated kind'}; expected application/json.",
            "UNSUPPORTED_MEDIA_TYPE",
        )
    return Format.NDJSON if media in _NDJSON_TOO else Format(media)


async def _asked(request: Request) -> tuple[str, Mapping[str, Value]]:
    """The statement and its parameters."""
    try:
        asked = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise _RefusedError(400, f"the body is no JSON: {error}.") from error
    if not isinstance(asked, dict) or not asked.keys() <= {"statement", "parameters"}:
        raise _RefusedError(400, _EXPECTED)
    statement, parameters = asked.get("statement"), asked.get("parameters") or {}
    if not isinstance(statement, str) or not isinstance(parameters, dict):
        raise _RefusedError(400, _EXPECTED)
    return statement, parameters


def _told(error: CypherError) -> Failure:
    """What a client is told of this error."""
    match error:
        case StatementRefusedError():
            return Failure(400, str(error), "STATEMENT_REFUSED")
        case LimitError(limit="concurrency"):
            return Failure(503, str(error), "LIMIT_CONCURRENCY")
        case LimitError():
            return Failure(422, str(error), f"LIMIT_{error.limit.upper()}")
        case QueryTimeoutError():
            return Failure(422, f"{error} Ask for less.", "LIMIT_TIME")
        case QueryError():
            return Failure(400, str(error), "STATEMENT_FAILED")
        case _:
            return failed(error, "in /cypher")
