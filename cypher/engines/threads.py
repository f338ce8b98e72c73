"""Blocking connections for asynchronous callers: each statement in a thread, in one hop."""

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
        self._all = tuple(connections)
        self._free = list(connections)
        self._places = asyncio.Semaphore(len(connections))
        self._threads = ThreadPoolExecutor(len(connections), thread_name_prefix="graph")

    async def run(self, work: Callable[[_Connection], _Result]) -> _Result:
        """What `work` returns or raises, with a connection that is free.

        Whoever is cancelled goes at once: the statement is interrupted, and its connection is
        given to nobody until it has ended.
        """
        await self._places.acquire()
        connection = self._free.pop()
        try:
            doing = self._threads.submit(work, connection)
        except BaseException:
            self._give_back(connection)
            raise
        try:
            return await asyncio.wrap_future(doing)
        finally:
            if doing.done() or doing.cancel():
                self._give_back(connection)
            else:
                self._interrupt(asyncio.get_running_loop(), connection, doing)

    def _give_back(self, connection: _Connection) -> None:
        self._free.append(connection)
        self._places.release()

    def _interrupt(
        self, loop: asyncio.AbstractEventLoop, connection: _Connection, doing: Future[_Result]
    ) -> None:
        if doing.done():
            self._give_back(connection)
            return
        connection.interrupt()
        loop.call_later(_AGAIN_SECONDS, self._interrupt, loop, connection, doing)

    async def close(self) -> None:
        """Interrupt what is under way, wait for its end, and close the connections."""
        for connection in self._all:
            connection.interrupt()
        await asyncio.to_thread(self._closed)

    def _closed(self) -> None:
        self._threads.shutdown()
        for connection in self._all:
            connection.close()
