"""GraphQL objects from rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

_Made = TypeVar("_Made")


def made(kind: type[_Made], row: Mapping[str, Any]) -> _Made:
    """A `kind` whose plain fields are the columns of the same names."""
    return kind(**{name: row[name] for name in _plain_fields(cast("Any", kind))})


@cache
def _plain_fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)
