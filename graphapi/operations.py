"""What a request asks for: the operations in its body or its query string, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.requests import Request

from graphapi.errors import UserError
from graphapi.settings import Settings

_BAD = "BAD_REQUEST"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, not parsed yet."""

    query: str
    """The document."""
    variables: Mapping[str, object] = field(default_factory=dict)
    operation_name: str | None = None
    """Which of the document's operations; None if it has one."""


async def requested(request: Request, settings: Settings) -> Operation | list[Operation]:
    """The operation that a request holds; a list if it holds a list.

    Raises UserError, with the code BAD_REQUEST, if it holds none.
    """
    if request.method == "GET":
        return _from_query_string(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise UserError(
            f"the body's content type is {kind or 'not given'}; expected application/json.",
            "UNSUPPORTED_MEDIA_TYPE",
        )
    found = _json(await request.body(), "the body")
    if not isinstance(found, list):
        return _operation(found)
    if not settings.batching:
        raise UserError("a list of operations was sent, and batching is turned off.", _BAD)
    if not 0 < len(found) <= settings.max_batch:
        raise UserError(
            f"{len(found)} operations were sent; expected 1 to {settings.max_batch}.", _BAD
        )
    return [_operation(item) for item in found]


def _from_query_string(request: Request) -> Operation:
    given: dict[str, object] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if text := given.get(name):
            given[name] = _json(str(text).encode("utf-8", "surrogatepass"), name)
        else:
            given.pop(name, None)
    return _operation(given)


def _json(text: bytes, what: str) -> object:
    try:
        return orjson.loads(text)  # refuses lone surrogates, which no engine can take
    except orjson.JSONDecodeError as error:
        raise UserError(f"{what} is no JSON: {error}.", _BAD) from error


def _operation(found: object) -> Operation:
    if not isinstance(found, dict):
        raise UserError("expected an object with the key `query`.", _BAD)
    query = found.get("query")
    if not isinstance(query, str) or not query:
        raise UserError("`query` is missing, or no text: a GraphQL document is expected.", _BAD)
    variables, name = found.get("variables"), found.get("operationName")
    if not isinstance(variables, dict | None):
        raise UserError("`variables` is no object.", _BAD)
    if not isinstance(name, str | None):
        raise UserError("`operationName` is no text.", _BAD)
    if not isinstance(found.get("extensions"), dict | None):
        raise UserError("`extensions` is no object.", _BAD)
    return Operation(query, variables or {}, name or None)
