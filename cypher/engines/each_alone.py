"""Statements that are asked together of an engine that is in this process: each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cypher.graph import Graph, Read, Rows


async def each_alone(
    graph: Graph, reads: Sequence[Read], *, timeout: float | None = None
) -> list[Rows]:
    """The rows of several statements; see `cypher.graph.Graph.read_together`."""
    asked: list[asyncio.Task[Rows]] = []

    async def rows(read: Read) -> Rows:
        given = dict(read.parameters)
        if read.ids_from is not None:
            given["ids"] = read.ids_from.ids(await asked[read.ids_from.read])
        return await graph.read(read.text, given, timeout=timeout)

    asked.extend(asyncio.create_task(rows(read)) for read in reads)
    return await asyncio.gather(*asked)
