"""ETags: a client that has an answer asks whether it still holds, and is told so in a line.

An answer depends on the load, and on what was asked; so its tag is known before it is computed.
The tags are weak, for the same answer goes out compressed or not.
"""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers
from starlette.responses import Response

from graphapi.loads import Label

CACHE_CONTROL = "no-cache"
"""Kept by clients, and asked about before it is used again: a load may come at any time."""


def etag(label: Label, *asked: object) -> str | None:
    """The tag of the answer to what was `asked`; None while a load is under way."""
    if label.load_id is None or label.unfinished:
        return None
    digest = hashlib.sha256(repr((label.load_id, asked)).encode("utf-8", "surrogatepass"))
    return f'W/"{digest.hexdigest()[:32]}"'


def not_modified(headers: Headers, tag: str | None) -> Response | None:
    """The answer that spares one, if the client has it already."""
    given = headers.get("if-none-match")
    if tag is None or given is None:
        return None
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    if "*" in tags or tag.removeprefix("W/") in tags:
        return tagged(Response(status_code=304), tag)
    return None


def tagged(response: Response, tag: str | None) -> Response:
    """`response`, with its tag."""
    response.headers["cache-control"] = CACHE_CONTROL if tag else "no-store"
    if tag:
        response.headers["etag"] = tag
    return response
