"""A file's statement that is ended gives its memory back, and nobody else notices."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from cypher.engines.embedded import LadybugEngine
from cypher.engines.renewed import Renewed
from cypher.errors import LimitError, QueryTimeoutError
from cypher.url import parse_graph_url
from tests.packs import small_pack
from tests.whole import load

pytestmark = pytest.mark.anyio

HUNGRY = (
    "UNWIND range(1, 20000) AS a UNWIND range(1, 2000) AS b "
    "WITH a * 100000 + b AS key, count(*) AS n RETURN count(key) + sum(n) AS found"
)
FEW = "MATCH (n:Neuron) RETURN count(n) AS n"
MB = 2**20


def _memory() -> int:
    resident: int = psutil.Process().memory_info().rss
    return resident


async def test_a_statement_that_is_ended_gives_its_memory_back(
    ladybug_graph: str, tmp_path: Path
) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    graph = await LadybugEngine(parse_graph_url(ladybug_graph)).open()
    before = _memory()
    peaks = []
    for _ in range(3):
        asked = asyncio.create_task(graph.read(HUNGRY, {}, timeout=1.5))
        (neurons,) = (await graph.read(FEW, {})).values[0]
        with pytest.raises((QueryTimeoutError, LimitError)):
            await asked
        peaks.append(_memory() - before)
        assert (await graph.read(FEW, {})).values == [[neurons]]
        await asyncio.sleep(0.5)
    assert max(peaks) > 100 * MB, "the statement was to be hungry"
    assert _memory() - before < max(peaks) / 2
    await graph.close()


async def test_a_graph_that_is_asked_ever_new_questions_keeps_its_memory(
    ladybug_graph: str, tmp_path: Path
) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    graph = await LadybugEngine(parse_graph_url(ladybug_graph)).open()

    async def ask(number: int) -> None:
        text = (
            f"MATCH (n:Neuron)-[r:ACTIVATES_ON]->(t:Token) WHERE n.id <> $id AND r.rank < {number} "
            f"RETURN n.id AS id, collect(t.id) AS tokens ORDER BY id LIMIT 3"
        )
        assert (await graph.read(text, {"id": "none"})).columns == ("id", "tokens")

    for number in range(150):
        await ask(number)
    before = _memory()
    for number in range(150, 450):
        await ask(number)
    assert _memory() - before < 300 * MB
    await graph.close()


async def test_a_file_that_was_replaced_is_not_opened_in_its_place(
    ladybug_graph: str, tmp_path: Path
) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    path = Path(ladybug_graph.removeprefix("ladybug://"))
    graph = await LadybugEngine(parse_graph_url(ladybug_graph)).open()
    before = (await graph.read(FEW, {})).values
    path.rename(tmp_path / "kept.lbug")
    load(ladybug_graph, small_pack(tmp_path / "other", model="other"))
    with pytest.raises((QueryTimeoutError, LimitError)):
        await graph.read(HUNGRY, {}, timeout=0.5)
    await asyncio.sleep(0.5)
    models = "MATCH (m:Model) RETURN m.id AS id"
    assert (await graph.read(models, {})).values == [["tiny"]]
    assert (await graph.read(FEW, {})).values == before
    await graph.close()


class Thing:
    """Something that is open or closed."""

    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


async def test_what_is_used_stays_open_until_the_last_has_gone() -> None:
    first, second = Thing(), Thing()
    waiting = asyncio.Event()

    async def again() -> Thing:
        await waiting.wait()
        return second

    renewed = Renewed(first, again, Thing.close)
    with renewed.used() as one:
        with renewed.used() as other:
            renewed.spoil(other)
            renewed.spoil(other)
            waiting.set()
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        assert one is other is first
        assert not first.closed
        with renewed.used() as newer:
            assert newer is second
    await asyncio.sleep(0.01)
    assert first.closed
    assert not second.closed
    await renewed.close()
    assert second.closed
