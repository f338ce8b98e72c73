"""Opaque cursors: where a page ended, in a form that clients pass back and need not read."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, cast

import orjson

from graphapi.errors import UserError


def encode_cursor(kind: str, values: Sequence[object]) -> str:
    """A cursor of the list `kind` at the place that `values` name."""
    return urlsafe_b64encode(orjson.dumps([kind, *values])).rstrip(b"=").decode()


class Deferred:
    """A cursor that is made when somebody selects it, for most are not."""

    __slots__ = ("_kind", "_place")

    def __init__(self, kind: str, place: Callable[[], Sequence[object]]) -> None:
        self._kind = kind
        self._place = place

    def __str__(self) -> str:
        return encode_cursor(self._kind, self._place())


def deferred_cursor(kind: str, place: Callable[[], Sequence[object]]) -> str:
    """As `encode_cursor` of what `place` gives; made when it is answered with, and not before.

    It stands in for text only as the value of a field.
    """
    return cast("str", Deferred(kind, place))


def attribute(source: object, name: str) -> object:
    """The value of a plain field, deferred cursors made."""
    value = getattr(source, name)
    return str(value) if type(value) is Deferred else value


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
