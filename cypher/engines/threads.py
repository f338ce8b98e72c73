"""Blocking connections for asynchronous callers: each statement in a thread, in one hop.

Each connection has a thread of its own, and who asks gets the connection that was given back
last. A pool would let its threads take turns: with what a thread and its core remember of the
statement before, one of a millisecond takes half a millisecond less.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

_AGAIN_SECONDS = 0.05
"""An interrupt that comes while a statement is still compiled is forgotten: it is repeated."""


class _Interruptible(Protocol):
    def interrupt(self) -> None: ...
    def close(self) -> None: ...


_Connection = TypeVar("_Connection", bound=_Interruptible)
_Result = TypeVar("_Result")


class Threads(Generic[_Connection]):
    """Connections, each of which works for one caller at a time."""

    def __init__(self, connections: Sequence[_Connection]) -> None:
        self._all = [
            (one, ThreadPoolExecutor(1, f"graph-{n}")) for n, one in enumerate(connections)
        ]
        self._free = [*self._all]
        self._places = asyncio.Semaphore(len(connections))

    async def run(self, work: Callable[[_Connection], _Result]) -> _Result:
        """What `work` returns or raises, with a connection that is free.

        Whoever is cancelled goes at once: the statement is interrupted, and its connection is
        given to nobody until it has ended.
        """
        await self._places.acquire()
        taken = connection, thread = self._free.pop()
        try:
            doing = thread.submit(work, connection)
        except BaseException:
            self._give_back(taken)
            raise
        try:
            return await asyncio.wrap_future(doing)
        finally:
            if doing.done() or doing.cancel():
                self._give_back(taken)
            else:
                self._interrupt(asyncio.get_running_loop(), taken, doing)

    def _give_back(self, taken: tuple[_Connection, ThreadPoolExecutor]) -> None:
        self._free.append(taken)
        self._places.release()

    def _interrupt(
        self,
        loop: asyncio.AbstractEventLoop,
        taken: tuple[_Connection, ThreadPoolExecutor],
        doing: Future[_Result],
    ) -> None:
        if doing.done():
            self._give_back(taken)
            return
        taken[0].interrupt()
        loop.call_later(_AGAIN_SECONDS, self._interrupt, loop, taken, doing)

    async def close(self) -> None:
        """Interrupt what is under way, wait for its end, and close the connections."""
        for connection, _ in self._all:
            connection.interrupt()
        await asyncio.to_thread(self._closed)

    def _closed(self) -> None:
        for connection, thread in self._all:
            thread.shutdown()
            connection.close()
