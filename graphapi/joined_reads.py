"""Small statements of one request that are asked at the same time: one round trip to a server.

What an operation asks at one level goes out within a few turns of the event loop. Only those
that begin at nodes which they name are joined: a server answers the parts one after another,
and large ones are better off side by side. What is known to be asked after one goes along with
it. In this process, those that are asked together share the cores.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cypher.engines.small_statements import seeks
from cypher.errors import QueryError
from cypher.graph import Graph, Read, Rows, rows_of
from graphapi.sequels import MOST, Ahead, Place, Step

_TURNS = 4
"""Of the event loop, until all that is asked at one level has been asked: loaders take one or two."""


class JoinedReads:
    """Reads a graph for one request."""

    def __init__(self, graph: Graph, *, timeout: float, ahead: Ahead | None = None) -> None:
        self._graph = graph
        self._timeout = timeout
        self._ahead = Ahead() if ahead is None else ahead
        self._waiting: list[tuple[Step, asyncio.Future[Rows]]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def rows(self, read: Read, *, place: Place = (), about: str | None = None) -> Rows:
        """The rows of one statement, asked at this place of the operation.

        If it is about ids that are given, they stand in its column `about`. Raises as
        `cypher.graph.Graph.read` does.
        """
        step = Step(read, place, about)
        found = await self._ahead.take(step)
        if found is not None:
            return found
        self._ahead.learn(step)
        if seeks(read.text):
            answered: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
            self._waiting.append((step, answered))
            if len(self._waiting) == 1:
                self._begin()
            return await answered
        (rows,) = await self._all([step])
        if isinstance(rows, BaseException):
            raise rows
        return rows

    def end(self) -> None:
        """The request is over."""
        self._ahead.end()

    def _begin(self) -> None:
        """Read what will have been asked some turns from now."""
        reading = asyncio.create_task(self._read())
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)

    async def _read(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            self._begin()
        waiting = [(step, answered) for step, answered in taken if not answered.done()]
        # In an order that does not hang on timing: joined otherwise it would be a new statement.
        waiting.sort(key=lambda one: (one[0].read.text, one[0].place))
        _cancel_with(asyncio.current_task(), [answered for _, answered in waiting])
        rows = await self._all([step for step, _ in waiting])
        for (_, answered), found in zip(waiting, rows, strict=True):
            if answered.done():  # whoever asked has gone
                continue
            if isinstance(found, BaseException):
                answered.set_exception(found)
            else:
                answered.set_result(found)

    async def _all(self, steps: list[Step]) -> Sequence[Rows | BaseException]:
        """The rows of each, or what its reading raised."""
        found: Sequence[Rows | BaseException] | None = None
        together = self._ahead.together(steps)
        if len(together) > 1:
            reads = [step.read for step, _ in together]
            awaited = self._graph.begin(reads, timeout=self._timeout)
            self._ahead.begun(together, awaited)
            found = await asyncio.gather(*awaited[: len(steps)], return_exceptions=True)
        if found is None or any(isinstance(rows, QueryError) for rows in found):
            # One that is refused, or takes too long, is no reason to refuse the others.
            alone = (rows_of(self._graph, step.read, timeout=self._timeout) for step in steps)
            found = await asyncio.gather(*alone, return_exceptions=True)
        for step, rows in zip(steps, found, strict=True):
            if isinstance(rows, Rows):
                self._ahead.answered(step, rows)
        return found


def _cancel_with(task: asyncio.Task[None] | None, waiting: list[asyncio.Future[Rows]]) -> None:
    """Cancel `task` once all who wait for it have gone."""
    left = set(waiting)

    def gone(answered: asyncio.Future[Rows]) -> None:
        left.discard(answered)
        if not left and task is not None:
            task.cancel()

    for answered in waiting:
        answered.add_done_callback(gone)
