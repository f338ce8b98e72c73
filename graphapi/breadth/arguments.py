"""Input objects made of what GraphQL was given, by tables that are worked out once for each type.

Strawberry's own conversion resolves the type and makes the name of every field of an input
object anew, each time that one is given: for a filter with thirty fields most of the time of an
operation. Whatever a table does not know is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import lru_cache
from typing import Any

from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    StrawberryType,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from graphapi.breadth.undone import UndoneError

_Convert = Callable[[Any], Any]


def split(
    field: StrawberryField, names: NameConverter, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The input objects among a field's arguments, made, by Python's names; and all others."""
    made: dict[str, Any] = {}
    others = dict(given)
    for name, python_name, convert in _input_objects(field, names):
        if name in others:
            made[python_name] = convert(others.pop(name))
    return made, others


@lru_cache(maxsize=1024)
def _input_objects(
    field: StrawberryField, names: NameConverter
) -> tuple[tuple[str, str, _Convert], ...]:
    return tuple(
        (names.from_argument(one), one.python_name, _converter(one.type, names))
        for one in field.arguments
        if _is_input(_innermost(one.type))
    )


def _innermost(type_: StrawberryType | type) -> Any:
    while isinstance(type_, StrawberryOptional | StrawberryList):
        type_ = type_.of_type
    return type_.resolve_type() if isinstance(type_, LazyType) else type_


def _is_input(type_: Any) -> bool:
    return has_object_definition(type_) and type_.__strawberry_definition__.is_input


def _converter(type_: StrawberryType | type, names: NameConverter) -> _Convert:
    """What makes a value of this type of what GraphQL was given, which fits it."""
    if isinstance(type_, StrawberryMaybe):
        raise UndoneError
    if isinstance(type_, StrawberryOptional):
        inner = _converter(type_.of_type, names)
        return lambda value: None if value is None else inner(value)
    if isinstance(type_, StrawberryList):
        item = _converter(type_.of_type, names)
        return lambda values: [item(value) for value in values]
    if isinstance(type_, LazyType):
        return _converter(type_.resolve_type(), names)
    if isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_):
        return _as_it_is
    return _table(type_, names) if _is_input(type_) else _as_it_is


def _as_it_is(value: object) -> object:
    return value


class _Table:
    """The fields of an input type; made when first one is given, for types refer to themselves."""

    def __init__(self, type_: Any, names: NameConverter) -> None:
        self._type = type_
        self._names = names
        self._fields: dict[str, tuple[str, _Convert]] | None = None
        self._missing: dict[str, None] = {}

    def __call__(self, given: Mapping[str, Any]) -> object:
        if self._fields is None:
            self._fields = self._known()
        values: dict[str, Any] = dict(self._missing)
        for name, value in given.items():
            python_name, convert = self._fields[name]
            values[python_name] = None if value is None else convert(value)
        return self._type(**values)

    def _known(self) -> dict[str, tuple[str, _Convert]]:
        definition = self._type.__strawberry_definition__
        if definition.from_input is not None:
            raise UndoneError
        fields: dict[str, tuple[str, _Convert]] = {}
        for one in definition.fields:
            name = self._names.from_field(one)
            type_ = one.resolve_type(type_definition=definition)
            fields[name] = (one.python_name, _converter(type_, self._names))
            if one.default_value is MISSING and one.default_factory is MISSING:
                self._missing[one.python_name] = None
        return fields


@lru_cache(maxsize=1024)
def _table(type_: Any, names: NameConverter) -> _Table:
    return _Table(type_, names)
