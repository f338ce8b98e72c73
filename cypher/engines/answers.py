"""Rows that several statements return, each waited for by itself, while one task reads them all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

from cypher.graph import Rows


class Answers:
    """The rows of statements that are read together."""

    def __init__(self, count: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._awaited = [self._loop.create_future() for _ in range(count)]
        self._task: asyncio.Task[None] | None = None

    def begin(self, reading: Coroutine[Any, Any, None]) -> Sequence[asyncio.Future[Rows]]:
        """Read, and give what is waited for. What `reading` raises, all raise that had no rows.

        It is cancelled when nobody waits any more.
        """
        self._task = self._loop.create_task(reading)
        self._task.add_done_callback(self._ended)
        for one in self._awaited:
            one.add_done_callback(self._gone)
        return self._awaited

    def settle(self, place: int, rows: Rows) -> None:
        """These are the rows of the statement at `place`."""
        if not self._awaited[place].done():
            self._awaited[place].set_result(rows)

    def settle_all(self, rows: Iterable[Rows]) -> None:
        """These are the rows of all of them."""
        for place, found in enumerate(rows):
            self.settle(place, found)

    def settle_from_thread(self, place: int, rows: Rows) -> None:
        """As `settle`, from another thread."""
        self._loop.call_soon_threadsafe(self.settle, place, rows)

    def _gone(self, one: asyncio.Future[Rows]) -> None:
        if not one.cancelled():
            one.exception()  # whoever waits has been told; nobody may
        elif self._task is not None and all(other.done() for other in self._awaited):
            self._task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        for one in self._awaited:
            if one.done():
                continue
            error = None if task.cancelled() else task.exception()
            if error is None:
                one.cancel()
            else:
                one.set_exception(error)
