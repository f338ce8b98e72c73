"""The two questions of the README's first screen, median time: raw, and through GraphQL over HTTP.

Raw is one Cypher statement through the engine in this process; GraphQL is `neurocypher serve`
in another, asked by one client over a kept connection. The demo pack, on both engines.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from neurocypher.demo import demo_pack
from tests.benchmarks.report import report
from tests.benchmarks.serving import served
from tests.neo4j import running_neo4j

_WARM_UP, _TIMES = 20, 200
_BOUND = 50.0
"""Milliseconds in which an answer feels immediate."""

QUESTIONS = {
    "neurons that share a token": (
        """MATCH (:Word {id: "play"})<-[:FORM_OF]-(t:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
           WITH n, max(r.activation) AS activation ORDER BY activation DESC, n.id LIMIT 20
           MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
           RETURN activation, n.id AS id, e.text AS text, e.score AS score
           ORDER BY activation DESC, id""",
        """{ word(text: "play") { neurons(first: 20) { edges { activation
             node { id explanations { text score } } } } } }""",
    ),
    "neurons of other layers like one": (
        """MATCH (n:Neuron {id: "stories260K/0/57"})-[s:SIMILAR_TO]->(m:Neuron)
           WHERE s.cross_layer_rank <= 10
           MATCH (n)-[:ACTIVATES_ON]->(t:Token)<-[:ACTIVATES_ON]-(m)
           RETURN s.similarity AS similarity, m.id AS id, collect(t.id) AS shared
           ORDER BY similarity DESC, id""",
        """{ neuron(id: "stories260K/0/57") { similar(first: 10, layers: OTHER) { edges {
             similarity sharedTokens node { id } } } } }""",
    ),
}
"""Each in Cypher and in GraphQL."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_neo4j() as server:
        for engine, url in {
            "ladybug": f"ladybug://{Path(folder) / 'demo.lbug'}",
            "neo4j": server.graph_url,
        }.items():
            graph_url = parse_graph_url(url)
            load_pack(demo_pack().path, graph_url, lambda *_: None)
            with served(url) as address:
                asyncio.run(_measure(engine, graph_url, address))


async def _measure(engine: str, url: GraphUrl, address: str) -> None:
    graph = await engine_for(url).open()
    async with httpx.AsyncClient(base_url=address) as client:
        for question, (statement, query) in QUESTIONS.items():
            raw = await _median(lambda text=statement: _read(graph, text))  # type: ignore[misc]
            served = await _median(lambda text=query: _post(client, text))  # type: ignore[misc]
            report(f"{engine}, {question}, raw, p50", raw, "ms", at_most=_BOUND)
            report(f"{engine}, {question}, GraphQL, p50", served, "ms", at_most=_BOUND)
            report(f"{engine}, {question}, GraphQL to raw", served / raw, "1")
    await graph.close()


async def _read(graph: Graph, statement: str) -> None:
    rows = await graph.read(statement, {})
    assert rows.values


async def _post(client: httpx.AsyncClient, query: str) -> None:
    response = await client.post("/graphql", json={"query": query})
    assert response.is_success
    assert "errors" not in response.json()


async def _median(ask: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds."""
    times = []
    for number in range(_WARM_UP + _TIMES):
        begin = time.perf_counter()
        await ask()
        if number >= _WARM_UP:
            times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


if __name__ == "__main__":
    main()
