"""Which load of a graph each request is answered from.

A request holds one open graph from its beginning to its end. When a load has put another file
in a graph's place, that is opened beside the old one, new requests hold the new one, and the
old one is closed when the last request that holds it has ended: no request fails, and none sees
two loads. A server's graph changes in place instead, some time after a load has said that it
will: there the state is read before, and after unless that was short enough ago, and where it
has changed, or a load is under way, the answer says so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cypher.errors import CypherError
from cypher.graph import Engine, Graph
from cypher.state import NOTICE_SECONDS, READ_STATE, State, state_of
from cypher.url import Dialect
from graphapi.failure import logged

_LOG = logging.getLogger("graphapi")
_KNOWN_SECONDS = 0.9 * NOTICE_SECONDS
"""How long a state that was read is known to be true of a server's graph."""
_TO_ANSWER = 0.5 * NOTICE_SECONDS
"""How much of that has to be left for a request that begins."""


@dataclass(frozen=True, slots=True)
class Label:
    """What an answer says of the data that it was computed from."""

    load_id: str | None
    """The graph's load id; None if nothing was ever loaded."""
    unfinished: bool
    """Whether a load was under way, so that the answer may hold parts of two."""


class Opened:
    """An open graph, and how many requests hold it."""

    def __init__(self, graph: Graph, *, state_seconds: float) -> None:
        self.graph = graph
        self.holders = 0
        self.retired = False
        self._state_seconds = state_seconds
        self._state: State | None = None
        self._read_at = 0.0

    async def state(self, *, holds_for: float = _TO_ANSWER) -> State:
        """The graph's state, read now, or so short ago that it holds for some seconds more.

        Raises as `Graph.read` does, and SchemaVersionError.
        """
        if self._state is None or not self._holds_for(holds_for):
            return await self.read_state()
        return self._state

    async def read_state(self) -> State:
        """The graph's state, read now."""
        begun = time.monotonic()
        rows = await self.graph.read(READ_STATE, {}, timeout=self._state_seconds)
        self._state = state_of(rows, "this address")
        self._read_at = begun
        return self._state

    def _holds_for(self, seconds: float) -> bool:
        """Whether nothing can change for so long after what was read of the state."""
        age = time.monotonic() - self._read_at
        return not self._changes_in_place or age + seconds < _KNOWN_SECONDS

    @property
    def _changes_in_place(self) -> bool:
        return self.graph.dialect is Dialect.NEO4J


class Held:
    """One request's hold on a graph."""

    def __init__(self, opened: Opened, state: State) -> None:
        self._opened = opened
        self._before = state

    @property
    def graph(self) -> Graph:
        """What the request reads."""
        return self._opened.graph

    @property
    def label(self) -> Label:
        """Of an answer that is computed from nothing newer than the request's beginning."""
        return Label(self._before.load_id, bool(self._before.unfinished))

    async def settled(self) -> Label:
        """Of an answer whose statements have all ended. Raises as `Graph.read` does."""
        after = await self._opened.state(holds_for=0.0)
        changed = after != self._before
        return Label(self._before.load_id, bool(self._before.unfinished) or changed)


class Loads:
    """The graph that is served: the newest load of it."""

    def __init__(
        self,
        graph: Graph,
        *,
        state_seconds: float,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve `graph`, whose state may take `state_seconds` to read.

        `moved` is called when a new load has been moved to.
        """
        self._moved = moved
        self._state_seconds = state_seconds
        self._current = self._opened(graph)
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[Held]:
        """Hold the newest load. Raises as `Graph.read` does, and SchemaVersionError."""
        opened = self._current
        opened.holders += 1
        try:
            yield Held(opened, await opened.state())
        finally:
            opened.holders -= 1
            self._close_if_unused(opened)

    async def state(self) -> State:
        """What the newest load says of itself now. Raises as `hold` does."""
        return await self._current.read_state()

    async def watch(self, engine: Engine, revision: object, *, every: float) -> None:
        """Move to each new load, until cancelled; `revision` is that of the graph served now."""
        refused: object = None
        while True:
            await asyncio.sleep(every)
            try:
                found = engine.revision()
            except OSError:
                continue  # nothing is there now: what is open is served on
            if found in (revision, refused):
                continue
            try:
                opened = self._opened(await engine.open())
                state = await opened.state()
            except CypherError as error:
                logged(error, "in what was loaded; the load before it is served on")
                refused = found
                continue
            revision = found
            old, self._current = self._current, opened
            old.retired = True
            self._close_if_unused(old)
            self._moved()
            _LOG.info("serving load %s", state.load_id)

    async def close(self) -> None:
        """Close what is open, once the last request has ended."""
        self._current.retired = True
        self._close_if_unused(self._current)
        await asyncio.gather(*self._closing)

    def _opened(self, graph: Graph) -> Opened:
        return Opened(graph, state_seconds=self._state_seconds)

    def _close_if_unused(self, opened: Opened) -> None:
        if opened.retired and not opened.holders:
            task = asyncio.create_task(opened.graph.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
