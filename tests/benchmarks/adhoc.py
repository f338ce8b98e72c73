"""What the door for ad-hoc Cypher costs: the guard alone, and a statement through it beside the engine's own.

The demo pack in Ladybug, one client. The bound is on the least time, which says what a thing costs
where the median says what else the machine did.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from cypher.adhoc import Door, Limits, admit
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from neurocypher.demo import demo_pack
from tests.benchmarks.report import report

_WARM_UP, _TIMES = 20, 200
STATEMENT = """
MATCH (:Word {id: $word})<-[:FORM_OF]-(t:Token)<-[r:ACTIVATES_ON]-(n:Neuron)
WITH n, max(r.activation) AS activation ORDER BY activation DESC, n.id LIMIT 20
MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)
RETURN activation, n.id AS id, e.text AS text, e.score AS score
ORDER BY activation DESC, id
"""
PARAMETERS = {"word": "play"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = parse_graph_url(f"ladybug://{Path(folder) / 'demo.lbug'}")
        load_pack(demo_pack().path, url, lambda *_: None)
        asyncio.run(_measure(url))


async def _measure(url: GraphUrl) -> None:
    async def guarded() -> None:
        admit(STATEMENT, PARAMETERS, url.dialect)

    guard = await _times(guarded)
    graph = await engine_for(url).open()
    raw = await _times(lambda: graph.read(STATEMENT, PARAMETERS))
    await graph.close()
    door = Door(url, Limits())

    async def asked() -> None:
        async with door.ask(STATEMENT, PARAMETERS) as answer:
            assert (await answer.rows()).values

    began = time.perf_counter()
    await asked()
    report("first statement, process started", 1000 * (time.perf_counter() - began), "ms")
    through = await _times(asked)
    await door.close()
    for what, times in {"guard": guard, "engine, in this process": raw, "door": through}.items():
        report(f"{what}, least", min(times), "ms")
        report(f"{what}, p50", statistics.median(times), "ms")
    report("door beyond the engine, least", min(through) - min(raw), "ms", at_most=3.0)


async def _times(ask: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds, each."""
    times = []
    for _ in range(_WARM_UP + _TIMES):
        began = time.perf_counter()
        await ask()
        times.append(1000 * (time.perf_counter() - began))
    return times[_WARM_UP:]


if __name__ == "__main__":
    main()
