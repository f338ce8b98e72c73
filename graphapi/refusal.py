"""Answering a request that is not worked on."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from starlette.types import Send

from graphapi.failure import Failure

_RETRY_SECONDS = 1


async def refuse(failure: Failure, send: Send, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Send `failure` as the whole answer: JSON with a code, as GraphQL has errors."""
    body = orjson.dumps({"errors": [failure.formatted()]})
    given = [(b"content-type", b"application/json"), *headers]
    given.append((b"content-length", str(len(body)).encode()))
    if failure.status == 503:
        given.append((b"retry-after", str(_RETRY_SECONDS).encode()))
    await send({"type": "http.response.start", "status": failure.status, "headers": given})
    await send({"type": "http.response.body", "body": body})
