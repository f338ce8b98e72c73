"""Filters by motifs on 36,980 token graphs with tries, beside Cypher that walks the tries for them.

The demo's token graphs, 43 times over, in Ladybug; of 18 layers, which hold 3,096 neurons: as many
as a layer of GPT-2-small.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.patterns import (
    AllOf,
    Between,
    Condition,
    LayerBetween,
    NeuronOrder,
    Repeats,
    Unconnected,
    plan,
)
from cypher.url import parse_graph_url
from tests.benchmarks.report import report
from tests.benchmarks.text_in import copies_of_demo

_TIMES, _WALKS = 20, 1
_LAYERS = LayerBetween(Between(0, 17))
_FILTERS: dict[str, tuple[Condition, str]] = {
    "inductionLike: true": (
        Repeats(),
        """MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(:TokenGraph)-[:STARTS_AT]->(a:TokenGraphNode)
           WHERE n.layer_index <= 17
           MATCH (a)-[:MATCHES]->(t:Token)
           MATCH (a)-[:PRECEDED_BY*1..10]->(b:TokenGraphNode)-[:MATCHES]->(u:Token)
           WHERE u.id = t.id
           MATCH (b)-[:PRECEDED_BY*0..10]->(e:TokenGraphNode)
           WHERE e.is_end AND e.activation >= 0.5
           RETURN count(DISTINCT n.id) AS total""",
    ),
    "unconnectedPatterns: {min: 4}": (
        Unconnected(Between(4)),
        """MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)-[:STARTS_AT]->(a:TokenGraphNode)
           WHERE n.layer_index <= 17
           MATCH (a)-[:PRECEDED_BY*0..10]->(:TokenGraphNode)-[:MATCHES]->(t:Token)
           WITH n, g, t, collect(DISTINCT a.id) AS named_by
           UNWIND named_by AS a
           WITH n, g, a, max(CASE WHEN size(named_by) > 1 THEN 1 ELSE 0 END) AS connected
           WITH n, g, count(CASE WHEN connected = 0 THEN 1 END) AS unconnected
           WHERE unconnected >= 4
           RETURN count(DISTINCT n.id) AS total""",
    ),
}
"""Each as a condition, and as Cypher that counts what meets it from the tries."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = parse_graph_url(f"ladybug://{folder / 'graph.lbug'}")
        load_pack(copies_of_demo(folder / "pack").path, url, lambda *_: None)
        asyncio.run(_measure(str(url)))


async def _measure(url: str) -> None:
    graph = await engine_for(parse_graph_url(url)).open()
    for name, (condition, walk) in _FILTERS.items():
        where = AllOf((_LAYERS, condition))

        async def count(where: Condition = where) -> int:
            counting = (await plan(graph, where)).count()
            return await _total(graph, counting.text, dict(counting.parameters))

        async def page(where: Condition = where) -> int:
            listing = (await plan(graph, where)).page(NeuronOrder(), limit=20)
            return len((await graph.read(listing.text, listing.parameters)).values)

        async def walked(walk: str = walk) -> int:
            return await _total(graph, walk, {})

        await page()
        milliseconds, _ = await _median(page, _TIMES)
        report(f"{name}, a page of 20, median", milliseconds, "ms")
        counting, found = await _median(count, _TIMES)
        report(f"{name}, count of {found}, median", counting, "ms")
        walking, expected = await _median(walked, _WALKS)
        report(f"{name}, count of {expected} by walking the tries, median", walking, "ms")
        report(
            f"{name}, neurons that one of the two leaves out", abs(found - expected), "1", at_most=0
        )
        report(f"{name}, walking takes so many times as long", walking / counting, "1", at_least=10)
    await graph.close()


async def _total(graph: Graph, text: str, parameters: dict[str, object]) -> int:
    return int(str((await graph.read(text, parameters)).values[0][0]))


async def _median(ask: Callable[[], Awaitable[int]], times: int) -> tuple[float, int]:
    """Milliseconds, and the answer."""
    seconds, found = [], 0
    for _ in range(times):
        begin = time.perf_counter()
        found = await ask()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds) * 1000, found


if __name__ == "__main__":
    main()
