"""Leaves: scalars and enums, a column at a time.

A column whose values all are of the Python type that a scalar serialises to itself is passed
through as it is; any other goes value by value through the type's own serialisation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from graphql import GraphQLLeafType, Undefined

from graphapi.breadth.undone import UndoneError
from graphapi.cursors import Deferred

_NULL = type(None)
_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def _are_32_bits(column: Sequence[int]) -> bool:
    return not column or (min(column) >= _INT_MIN and max(column) <= _INT_MAX)


def _are_finite(column: Sequence[float]) -> bool:
    return all(map(isfinite, column))


_AS_THEY_ARE: dict[str, tuple[type, Callable[[Sequence[Any]], bool] | None]] = {
    "String": (str, None),
    "ID": (str, None),
    "Boolean": (bool, None),
    "Int": (int, _are_32_bits),
    "Float": (float, _are_finite),
}
"""The type whose values a scalar leaves alone, and what more has to hold of them."""


def serialised(type_: GraphQLLeafType, column: Sequence[Any], *, nullable: bool) -> Sequence[Any]:
    """The values as they stand in a response.

    Raises UndoneError if one is null that must not be, or cannot stand there, and whatever
    the type raises.
    """
    kinds = set(map(type, column))
    if not nullable and _NULL in kinds:
        raise UndoneError
    if Deferred in kinds:
        column = [str(value) if type(value) is Deferred else value for value in column]
        kinds = set(map(type, column))
    plain = _AS_THEY_ARE.get(type_.name)
    if plain is not None and kinds <= {plain[0], _NULL}:
        holds = plain[1]
        if holds is None:
            return column
        present = [value for value in column if value is not None] if _NULL in kinds else column
        if holds(present):
            return column
    return [None if value is None else _one(type_, value) for value in column]


def _one(type_: GraphQLLeafType, value: object) -> object:
    done = type_.coerce_output_value(value)
    if done is None or done is Undefined:
        raise UndoneError
    return done
