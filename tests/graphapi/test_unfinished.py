"""A graph whose load has not ended says so to whoever asks."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import Dialect, parse_graph_url
from graphapi.app import create_app
from tests.graphapi.asking import Asker
from tests.packs import small_pack

pytestmark = pytest.mark.anyio

MARK = [{"pack": "/packs/mine", "digest": "0", "started_at": "2024-01-01T00:00:00Z", "runs": []}]


def _mark(url: str) -> None:
    """Leave what a killed load leaves."""
    parsed = parse_graph_url(url)
    text = "MATCH (s:GraphState {id: 'graph'}) SET s.unfinished = $mark"
    if parsed.dialect is Dialect.LADYBUG:
        from cypher.engines.ladybug import Writer as LadybugWriter

        ladybug = LadybugWriter(Path(parsed.location))
        ladybug.run(text, {"mark": json.dumps(MARK)})
        ladybug.close()
    else:
        from cypher.engines.neo4j import Writer as Neo4jWriter

        neo4j = Neo4jWriter(parsed)
        neo4j.run(text, {"mark": json.dumps(MARK)})
        neo4j.close()


async def test_an_unfinished_load_is_told(graph_url: str, tmp_path: Path) -> None:
    small_pack(tmp_path / "pack")
    load_pack(tmp_path / "pack", parse_graph_url(graph_url), lambda *_: None)
    _mark(graph_url)
    graph = await engine_for(parse_graph_url(graph_url)).open()
    try:
        transport = httpx.ASGITransport(create_app(graph))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await Asker(client)("{ graph { unfinished { pack startedAt message } } }")
            ready = (await client.get("/readyz")).json()
    finally:
        await graph.close()
    (load,) = answer["graph"]["unfinished"]
    assert load["pack"] == "/packs/mine"
    assert load["startedAt"] == "2024-01-01T00:00:00Z"
    assert "load the pack again" in load["message"]
    assert ready["status"] == "ok"
    assert ready["unfinished"] == [load["message"]]
