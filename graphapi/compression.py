"""Answers are sent compressed, to whoever takes that, from a size on where it is worth it."""

from __future__ import annotations

import asyncio

import pyarrow as pa
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphapi.media import accepted

_CODECS = {
    "zstd": lambda: pa.Codec("zstd", compression_level=3),
    "br": lambda: pa.Codec("brotli", compression_level=4),
    "gzip": lambda: pa.Codec("gzip", compression_level=5),
}
"""Of those that browsers name; the one that gives most for its time first."""
_LARGE = 200_000
"""Bytes from which compressing takes long enough to be done beside the event loop."""
_TEXTS = ("application/json", "application/graphql-response+json", "text/")
"""What is compressed: Arrow streams have their own ways, and are often read in place."""


class Compressed:
    """ASGI middleware that compresses answers that come in one piece."""

    def __init__(self, app: ASGIApp, *, min_bytes: int) -> None:
        self._app = app
        self._min_bytes = min_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and compress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        encoding = _encoding(Headers(scope=scope).get("accept-encoding", ""))
        start: Message | None = None

        async def compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                body = message.get("body", b"")
                headers = MutableHeaders(raw=list(start["headers"]))
                if _is_text(headers):
                    headers.add_vary_header("accept-encoding")
                    whole = not message.get("more_body", False)
                    if encoding and whole and len(body) >= self._min_bytes:
                        body = await _compress(encoding, body)
                        headers["content-encoding"] = encoding
                        headers["content-length"] = str(len(body))
                        message = {**message, "body": body}
                await send({**start, "headers": headers.raw})
                start = None
            await send(message)

        await self._app(scope, receive, compressed)


def _encoding(header: str) -> str | None:
    """The encoding that the client likes best, of those there are; None for none."""
    return accepted(header, tuple(_CODECS)) if header.strip() else None


def _is_text(headers: Headers) -> bool:
    kind = headers.get("content-type", "")
    return kind.startswith(_TEXTS) and "content-encoding" not in headers


async def _compress(encoding: str, body: bytes) -> bytes:
    codec = _CODECS[encoding]()
    if len(body) < _LARGE:
        return codec.compress(body, asbytes=True)
    return await asyncio.to_thread(codec.compress, body, asbytes=True)
