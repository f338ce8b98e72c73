"""GraphQL objects from rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

_Made = TypeVar("_Made")


def made(kind: type[_Made], row: Mapping[str, Any]) -> _Made:
    """A `kind` whose plain fields are the columns of the same names.

    The row becomes the object's attributes in one go, further columns included: a large page has
    tens of thousands of objects, and calling `__init__` with each field took a fifth of its time.
    Raises KeyError if there is no such column.
    """
    for name in _plain_fields(cast("Any", kind)):
        if name not in row:
            raise KeyError(name)
    one = object.__new__(kind)
    one.__dict__.update(row)
    return one


@cache
def _plain_fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)
