"""No request may have a body above a limit, whatever it says of its length."""

from __future__ import annotations

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLargeError(Exception):
    """More came than may; it passes through the application to the middleware."""


class BodyLimit:
    """ASGI middleware that answers 413 once a body is too large."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise BodyTooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            if self._announced(scope) > self._max_bytes:
                raise BodyTooLargeError
            await self._app(scope, counted, noted)
        except BodyTooLargeError:
            if answered:
                raise
            await self._refuse(send)

    @staticmethod
    def _announced(scope: Scope) -> int:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    async def _refuse(self, send: Send) -> None:
        error = {
            "message": f"the request's body is above the limit of {self._max_bytes} bytes.",
            "extensions": {"code": "BODY_TOO_LARGE"},
        }
        body = orjson.dumps({"errors": [error]})
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})
