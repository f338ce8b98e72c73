"""A graph whose statements are timed, for the figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

from cypher.graph import Graph, Read, Rows, Value
from cypher.url import Dialect
from graphapi.metrics import Metrics


class MeasuredGraph:
    """Another graph, for reading as one kind of request."""

    def __init__(self, graph: Graph, kind: str, metrics: Metrics) -> None:
        self._graph = graph
        self._seconds = metrics.statements.labels(kind)

    @property
    def dialect(self) -> Dialect:
        """Whose Cypher it speaks."""
        return self._graph.dialect

    @property
    def itself(self) -> Graph:
        """The other graph."""
        return self._graph.itself

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        """The rows of one statement; see `cypher.graph.Graph.read`. One that fails is timed too."""
        began = time.perf_counter()
        try:
            return await self._graph.read(
                text, parameters, timeout=timeout, columns=columns, required=required
            )
        finally:
            self._seconds.observe(time.perf_counter() - began)

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        """The rows of several statements, timed as one."""
        began = time.perf_counter()
        awaited = self._graph.begin(reads, timeout=timeout)
        ended = asyncio.gather(*awaited, return_exceptions=True)
        ended.add_done_callback(lambda _: self._seconds.observe(time.perf_counter() - began))
        return awaited

    async def close(self) -> None:
        """Close the other graph."""
        await self._graph.close()
