"""What a filter's entry is chosen by is counted once, for all tokens together."""

from __future__ import annotations

import asyncio

import pytest

from cypher.graph import Graph
from cypher.patterns.counts import Counted, count_in
from tests.graphapi.passing_on import PassingOn
from tests.loaded import anyio_backend, graph, small_graph_url, tables

__all__ = ["anyio_backend", "graph", "small_graph_url", "tables"]

pytestmark = pytest.mark.anyio

FEW = 8


@pytest.mark.parametrize("words", [False, True])
async def test_counts_are_exact_above_a_few(graph: Graph, words: bool) -> None:
    hop = "(s:Word)<-[:FORM_OF]-(:Token)" if words else "(s:Token)"
    rows = await graph.read(
        f"MATCH {hop}<-[r:ACTIVATES_ON]-() RETURN s.id AS id, count(r) AS number ORDER BY id", {}
    )
    numbers = {str(id_): int(str(number)) for id_, number in rows.values}
    assert max(numbers.values()) > FEW
    asked = {id_: Counted("ACTIVATES_ON", id_, words) for id_ in [*numbers, "never there"]}
    counts = await count_in(graph, asked.values(), depth=False, timeout=10)
    for id_, one in asked.items():
        number = numbers.get(id_, 0)
        assert counts.known[one] == (number if number > FEW else FEW)


async def test_they_are_read_once_whoever_asks(small_graph_url: str) -> None:
    from cypher.engines import engine_for
    from cypher.url import parse_graph_url

    opened = await engine_for(parse_graph_url(small_graph_url)).open()
    try:
        watched = PassingOn(opened)

        def asked(text: str) -> asyncio.Task[object]:
            wanted = [Counted("ACTIVATES_ON", text)]
            return asyncio.create_task(count_in(watched, wanted, depth=False, timeout=10))

        going, staying = asked(" play"), asked(" park")
        await asyncio.sleep(0)
        going.cancel()
        await staying
        await asyncio.gather(*map(asked, (" play", " park", " the")))
        assert len(watched.statements) == 1
    finally:
        await opened.close()
