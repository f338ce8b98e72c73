"""Something open that is opened anew once it is spoiled, without a pause for those who use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

_Open = TypeVar("_Open")
_Work = Coroutine[Any, Any, None]


class Renewed(Generic[_Open]):
    """What is open now, and what was before it and is still used."""

    def __init__(
        self,
        first: _Open,
        again: Callable[[], Coroutine[Any, Any, _Open | None]],
        close: Callable[[_Open], _Work],
    ) -> None:
        """Begin with `first`; `again` opens another like it, or gives None if it is gone."""
        self._now = first
        self._again, self._close = again, close
        self._users: dict[int, int] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._renewing = False

    @contextmanager
    def used(self) -> Iterator[_Open]:
        """What is open now: it stays so within."""
        own = self._now
        self._users[id(own)] = self._users.get(id(own), 0) + 1
        try:
            yield own
        finally:
            self._users[id(own)] -= 1
            if not self._users[id(own)]:
                del self._users[id(own)]
                if own is not self._now:
                    self._do(self._close(own))

    def spoil(self, own: _Open) -> None:
        """Open another in the place of this one, unless that has been done."""
        if own is self._now and not self._renewing:
            self._renewing = True
            self._do(self._renew())

    async def close(self) -> None:
        """Close all."""
        while self._under_way:
            await asyncio.gather(*self._under_way)
        await self._close(self._now)

    async def _renew(self) -> None:
        try:
            found = await self._again()
        finally:
            self._renewing = False
        if found is not None:
            old, self._now = self._now, found
            if id(old) not in self._users:
                await self._close(old)

    def _do(self, work: _Work) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
