"""Opaque cursors: where a page ended, in a form that clients pass back and need not read."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import orjson

from graphapi.errors import UserError


def encode_cursor(kind: str, values: Sequence[object]) -> str:
    """A cursor of the list `kind` at the place that `values` name."""
    return urlsafe_b64encode(orjson.dumps([kind, *values])).rstrip(b"=").decode()


def decode_cursor(kind: str, types: tuple[type | tuple[type, ...], ...], cursor: str) -> list[Any]:
    """The values of a cursor of the list `kind`, one of each of `types`.

    Raises UserError if it is no such cursor.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found = orjson.loads(urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise _foreign(cursor) from error
    if not isinstance(found, list) or found[:1] != [kind] or len(found) != len(types) + 1:
        raise _foreign(cursor)
    values = found[1:]
    for value, type_ in zip(values, types, strict=True):
        if isinstance(value, bool) or not isinstance(value, type_):
            raise _foreign(cursor)
    return values


def _foreign(cursor: str) -> UserError:
    shown = cursor if len(cursor) <= 40 else f"{cursor[:40]}…"
    return UserError(
        f"after: {shown!r} is no cursor of this list. Pass an endCursor that the same field gave, "
        f"with the same order."
    )
