"""A graph that passes on what is read, and remembers it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from cypher.graph import Graph, Read, Rows, Value
from cypher.url import Dialect


class PassingOn:
    """Another graph, and what was read of it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.trips: list[list[str]] = []
        """The statements of each round trip."""

    @property
    def statements(self) -> list[str]:
        """All statements, in their order."""
        return [text for trip in self.trips for text in trip]

    @property
    def dialect(self) -> Dialect:
        return self._graph.dialect

    @property
    def itself(self) -> Graph:
        return self._graph

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        self.trips.append([text])
        return await self._graph.read(
            text, parameters, timeout=timeout, columns=columns, required=required
        )

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        self.trips.append([read.text for read in reads])
        return self._graph.begin(reads, timeout=timeout)

    async def close(self) -> None:
        await self._graph.close()
