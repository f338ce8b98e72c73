"""A request is worked on once all of its body is there, which is bounded in size and time.

Whoever sends a byte a second keeps nobody waiting, for nothing is held for them but the bytes.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphapi.failure import Failure
from graphapi.metrics import Metrics
from graphapi.refusal import refuse


class _TooLargeError(Exception):
    """More came than may."""


class WholeBody:
    """ASGI middleware that receives the body; 413 if it is too large, 408 if it takes too long."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, seconds: float, metrics: Metrics) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receive the body, and pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _framed_twice(scope):
            message = (
                "the request says in two ways where its body ends: expected Content-Length, or "
                "Transfer-Encoding in HTTP/1.1."
            )
            await self._refuse(Failure(400, message, "BAD_REQUEST"), send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._received(scope, receive)
        except _TooLargeError:
            message = f"the request's body is above the limit of {self._max_bytes} bytes."
            await self._refuse(Failure(413, message, "BODY_TOO_LARGE"), send)
            return
        except TimeoutError:
            message = f"the request's body did not come within {self._seconds:g} s."
            await self._refuse(Failure(408, message, "BODY_TOO_SLOW"), send)
            return
        if body is None:
            return  # the client has gone
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    async def _received(self, scope: Scope, receive: Receive) -> bytes | None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._max_bytes:
            raise _TooLargeError
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise _TooLargeError
            if not message.get("more_body", False):
                return bytes(body)

    async def _refuse(self, failure: Failure, send: Send) -> None:
        self._metrics.refusals.labels(failure.code).inc()
        await refuse(failure, send, [(b"connection", b"close")])  # the rest would come as a request


def _framed_twice(scope: Scope) -> bool:
    """Whether whoever stands between a client and us may see another end of the body than we do.

    RFC 9112, section 6.1: what comes behind could be smuggled in as a request of somebody else.
    """
    names = {name for name, _ in scope["headers"]}
    if b"transfer-encoding" not in names:
        return False
    return b"content-length" in names or scope["http_version"] == "1.0"
