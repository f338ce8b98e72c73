"""A resolver for many objects at once.

Each call of an async resolver is a coroutine that stands still wherever it asks the reader for
rows. Here the coroutines of all objects are driven to where they ask, what they ask is read in
one go, and they are driven on. No task or future is made for an object, which would cost more
than all else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from types import CoroutineType
from typing import Any, Self

from graphapi.breadth.columns import many_of
from graphapi.reader import Asked, Loader, Reader

_Coroutine = Coroutine[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver, and what it is called with."""

    resolver: Callable[..., Any]
    sources: Sequence[Any]
    arguments: Mapping[str, Any]
    reader: Reader

    async def values(self) -> Sequence[Any]:
        """What it gives for each of the sources. Raises what it raises for one of them."""
        many = many_of(self.resolver)
        if many is not None:
            return await many(self.sources, **self.arguments)
        return await resolved(self.resolver, self.sources, self.arguments, self.reader)


async def resolved(
    resolver: Callable[..., Any],
    sources: Sequence[object],
    arguments: Mapping[str, object],
    reader: Reader,
) -> list[Any]:
    """What `resolver` gives for each of `sources`. Raises what it raises for one of them."""
    values = [resolver(source, **arguments) for source in sources]
    running: dict[int, _Coroutine] = {
        at: value for at, value in enumerate(values) if type(value) is CoroutineType
    }
    if not running:
        return values
    try:
        await _drive(running, values, reader)
    finally:
        for coroutine in running.values():
            coroutine.close()
    return values


async def _drive(running: dict[int, _Coroutine], values: list[Any], reader: Reader) -> None:
    """Drive coroutines to their ends, taking them out of `running` and their results in."""
    sent: dict[int, Any] = dict.fromkeys(running)
    while sent:
        asked: dict[Loader, tuple[list[int], list[str]]] = {}
        others: list[tuple[int, _Resumed]] = []
        reader.driven = True
        try:
            for at, value in sent.items():
                coroutine = running[at]
                try:
                    stands_at = coroutine.send(value)
                except StopIteration as end:
                    values[at] = end.value
                    del running[at]
                    continue
                if type(stands_at) is Asked:
                    places, keys = asked.setdefault(stands_at.loader, ([], []))
                    places.append(at)
                    keys.append(stands_at.key)
                else:
                    others.append((at, _Resumed(coroutine, stands_at)))
        finally:
            reader.driven = False
        sent = {}
        reads = [loader.many(keys) for loader, (_, keys) in asked.items()]
        waits = [_ended(resumed) for _, resumed in others]
        rows = await together([*reads, *waits])
        for (places, _), found in zip(asked.values(), rows, strict=False):
            sent.update(zip(places, found, strict=True))
        for (at, _), value in zip(others, rows[len(reads) :], strict=True):
            values[at] = value
            del running[at]


async def together(parts: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """The results of all parts, which run at the same time.

    Raises what the first of them raised when all have ended, so that nothing goes on behind
    the back of whoever asked.
    """
    if len(parts) == 1:
        return [await parts[0]]
    results = await asyncio.gather(*parts, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


class _Resumed:
    """A coroutine that has begun to wait for something of asyncio's, to be awaited to its end."""

    def __init__(self, coroutine: _Coroutine, waits_for: Any) -> None:
        self._coroutine = coroutine
        self._first = [waits_for]
        self.throw = coroutine.throw
        self.close = coroutine.close

    def __await__(self) -> Self:
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """Drive it on; what it waits for already comes first."""
        return self._first.pop() if self._first else self._coroutine.send(value)


async def _ended(resumed: _Resumed) -> Any:
    return await resumed
