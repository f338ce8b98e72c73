"""The door: ad-hoc statements, a few at a time, each in a process of its own.

door = Door(url, Limits())
async with door.ask("MATCH (n:Neuron) RETURN n.id LIMIT $k", {"k": 3}) as answer:
async for rows in answer.batches():
…
await door.close()
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cypher.adhoc.guard import admit
from cypher.adhoc.limits import Limits
from cypher.adhoc.process import Process
from cypher.engines import engine_for
from cypher.errors import LimitError
from cypher.graph import Rows, Value
from cypher.url import GraphUrl


@dataclass(slots=True)
class Answer:
    """The rows of one statement, as they come. Read once."""

    columns: tuple[str, ...]
    _parts: AsyncIterator[tuple[str, ...] | list[list[Value]]] = field(repr=False)

    async def batches(self) -> AsyncIterator[list[list[Value]]]:
        """The rows, some at a time. Raises QueryError and its kinds where no more can come."""
        async for part in self._parts:
            assert isinstance(part, list)
            yield part

    async def rows(self) -> Rows:
        """All rows."""
        return Rows(self.columns, [row async for batch in self.batches() for row in batch])


class Door:
    """Answers ad-hoc statements about the graph at a URL.

    Its processes are started when they are first needed and kept for the next statement. One that
    has another file open than the one that lies there now is replaced: a load is seen by the
    statement after it.
    """

    def __init__(self, url: GraphUrl, limits: Limits) -> None:
        self._url = url
        self.limits = limits
        self._places = asyncio.Semaphore(limits.concurrency)
        self._idle: list[Process] = []
        self._left_over: list[str] = []

    @asynccontextmanager
    async def ask(self, statement: str, parameters: Mapping[str, Value]) -> AsyncIterator[Answer]:
        """The answer to a statement; whatever is left of it at the end of the block is cancelled.

        Raises StatementRefusedError before anything runs, LimitError if too many others are under
        way, QueryError and its kinds, and GraphUnavailableError.
        """
        admitted = admit(statement, parameters, self._url.dialect)
        try:
            async with asyncio.timeout(self.limits.wait_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise LimitError(
                f"{self.limits.concurrency} statements are under way, which is the limit, and none "
                f"ended within {self.limits.wait_seconds:g} s. Ask again later.",
                "concurrency",
            ) from error
        try:
            process = await self._process()
            try:
                parts = process.run(uuid.uuid4().hex, admitted.text, admitted.parameters)
                columns = await anext(parts)
                assert isinstance(columns, tuple)
                yield Answer(columns, parts)
            finally:
                await asyncio.shield(self._give_back(process))
        finally:
            self._places.release()

    async def warm(self) -> None:
        """Start the first process, so that the first statement need not wait for it."""
        async with self._places:
            self._idle.append(await self._process())

    async def close(self) -> None:
        """End the processes."""
        while self._idle:
            await self._idle.pop().kill()

    async def _process(self) -> Process:
        version = self._version()
        while self._idle:
            process = self._idle.pop()
            if process.alive and process.version == version:
                return process
            await process.kill()
        left_over = self._left_over.pop() if self._left_over else ""
        try:
            return await Process.start(self._url, self.limits, version, left_over=left_over)
        except BaseException:
            if left_over:
                self._left_over.append(left_over)
            raise

    def _version(self) -> object:
        try:
            return engine_for(self._url).revision()
        except OSError:
            return None  # no file; opening it says so

    async def _give_back(self, process: Process) -> None:
        await process.cancel()
        if process.alive and not process.busy_with:
            self._idle.append(process)
        elif process.busy_with:
            # A server may still be at it: the next process sees to that before it answers.
            self._left_over.append(process.busy_with)
