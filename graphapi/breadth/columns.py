"""Objects of one type as columns: what a large page is made of.

A page of a thousand neurons with five tokens each has twenty thousand objects, and making them
took most of its time. Breadth first nobody needs them: a plain field of all objects is a column.
They are made only for whoever asks for them one by one, as graphql-core does.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, cast, overload

_Kind = TypeVar("_Kind")
_Function = TypeVar("_Function", bound=Callable[..., Any])
Column = Sequence[Any]
_MANY = "__many__"


class Objects(Sequence[_Kind], Generic[_Kind]):
    """Objects of a type, by their attributes."""

    def __init__(
        self, kind: type[_Kind], count: int, fields: Mapping[str, Column | Callable[[], Column]]
    ) -> None:
        """`fields` has a value for each object, or what makes them once they are asked for."""
        self.kind = kind
        self._count = count
        self._fields = dict(fields)
        self._made: list[_Kind] | None = None

    def column(self, name: str) -> Column:
        """An attribute of all objects. Raises KeyError if they have none of this name."""
        found = self._fields[name]
        if callable(found):
            found = self._fields[name] = found()
        return found

    def has(self, name: str) -> bool:
        """Whether they have an attribute of this name."""
        return name in self._fields

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> _Kind: ...
    @overload
    def __getitem__(self, place: slice) -> list[_Kind]: ...
    def __getitem__(self, place: int | slice) -> _Kind | list[_Kind]:
        return self._objects()[place]

    def __iter__(self) -> Iterator[_Kind]:
        return iter(self._objects())

    def _objects(self) -> list[_Kind]:
        if self._made is None:
            self._made = [object.__new__(self.kind) for _ in range(self._count)]
            for name in self._fields:
                for one, value in zip(self._made, self.column(name), strict=True):
                    one.__dict__[name] = value
        return self._made


class Lists(Sequence[list[Any]]):
    """Lists of such objects, one behind another."""

    def __init__(self, items: Column, lengths: Sequence[int]) -> None:
        self.items = items
        self.lengths = lengths

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, place: int) -> list[Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Any]]: ...
    def __getitem__(self, place: int | slice) -> list[Any] | list[list[Any]]:
        return list(self)[place]

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(cut(self.items, self.lengths))


def cut(items: Column, lengths: Sequence[int]) -> list[list[Any]]:
    """The items in lists of these lengths."""
    rest = iter(items)
    return [list(islice(rest, length)) for length in lengths]


Many = Callable[..., Coroutine[Any, Any, Column]]
"""What a resolver gives for each of many objects, called with these and its arguments by name."""


def for_many(many: Many) -> Callable[[_Function], _Function]:
    """Let a resolver be answered by `many` wherever it is asked of many objects at once."""

    def with_many(resolver: _Function) -> _Function:
        setattr(resolver, _MANY, many)
        return resolver

    return with_many


def many_of(resolver: Callable[..., Any]) -> Many | None:
    """What answers for a resolver, if anything does."""
    return cast("Many | None", getattr(resolver, _MANY, None))


_REQUIRED = object()


def column_of(sources: Sequence[Any], name: str, default: object = _REQUIRED) -> Column:
    """An attribute of all sources; `default` where they have none."""
    if isinstance(sources, Objects):
        if default is not _REQUIRED and not sources.has(name):
            return [default] * len(sources)
        return sources.column(name)
    return [getattr(source, name) for source in sources]
