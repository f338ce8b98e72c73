"""Answers for clients of HTTP/1.0, which know no chunks: whole, with their length."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WITHOUT_BODY = {204, 304}


class WholeAnswer:
    """ASGI middleware that sends an answer once all of it is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        start: Message = {}
        body = bytearray()

        async def gather(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            headers = list(start.get("headers", []))
            if start["status"] not in _WITHOUT_BODY and not any(
                name.lower() == b"content-length" for name, _ in headers
            ):
                headers.append((b"content-length", str(len(body)).encode()))
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": bytes(body), "more_body": False})

        await self._app(scope, receive, gather)
