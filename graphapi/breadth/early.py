"""Fields that are begun before the object that they are of is known to be there.

`neuron(id:)` has to look whether there is such a neuron, and what is asked of it needs its id
alone. Both are begun at once, and where there is none, what was begun is dropped: a round trip
less, or a statement's time, for what almost always is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from graphql import GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

_Function = TypeVar("_Function", bound=Callable[..., Any])
_PRESUMED = "__presumed__"
_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


@dataclass(frozen=True, slots=True)
class Presumption:
    """What a resolver is likely to give."""

    make: Callable[..., object]
    """Called with the resolver's arguments by name, without `info`."""
    waiting: frozenset[str]
    """Fields that are made of what the resolver reads, and gain nothing by an early begin."""

    def of(self, arguments: Mapping[str, Any]) -> object:
        """The object, as it is when nothing is known of it but the arguments."""
        return self.make(**{name: value for name, value in arguments.items() if name != "info"})

    def begins(self, name: str, field: GraphQLField | None) -> bool:
        """Whether a field of the object is begun early: one that has a resolver."""
        definition = None if field is None else field.extensions.get(_DEFINITION)
        has_resolver = (
            isinstance(definition, StrawberryField) and definition.base_resolver is not None
        )
        return has_resolver and name not in self.waiting


def presumed(
    make: Callable[..., object], *, waiting: Collection[str] = ()
) -> Callable[[_Function], _Function]:
    """Mark the resolver of an object that its arguments tell, if it is there at all."""

    def marked(resolver: _Function) -> _Function:
        setattr(resolver, _PRESUMED, Presumption(make, frozenset(waiting)))
        return resolver

    return marked


def presumption_of(resolver: Callable[..., Any]) -> Presumption | None:
    """What is presumed of a resolver, if anything is."""
    return cast("Presumption | None", getattr(resolver, _PRESUMED, None))


class Early:
    """Columns of one object that are under way."""

    def __init__(self, columns: Mapping[str, Coroutine[Any, Any, Any]]) -> None:
        self._columns = {name: asyncio.ensure_future(one) for name, one in columns.items()}

    def column(self, name: str) -> Coroutine[Any, Any, Any] | None:
        """One field's, to be awaited; None if it was not begun."""
        begun = self._columns.get(name)
        return None if begun is None else _ended(begun)

    async def drop(self) -> None:
        """End what is still under way; nobody wants to know how it went."""
        for begun in self._columns.values():
            begun.cancel()
        await asyncio.gather(*self._columns.values(), return_exceptions=True)


async def _ended(begun: asyncio.Future[Any]) -> Any:
    return await begun
