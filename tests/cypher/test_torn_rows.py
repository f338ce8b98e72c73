"""Rows are read whole from a server whose relationships are deleted meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cypher.catalogue import catalogue
from cypher.engines import engine_for
from cypher.errors import QueryError
from cypher.graph import Graph, Read, Rows, rows_of
from cypher.url import Dialect, parse_graph_url
from tests.neo4j import Neo4jServer
from tests.packs import small_pack
from tests.whole import load

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

SECONDS = 4
NEURONS = 60
IDS = [f"tiny/{layer}/{index}" for layer in (0, 1) for index in range(NEURONS)]
SIMILAR = catalogue()["similar"].asked(Dialect.NEO4J, {"ids": IDS, "run": ""})
TOKENS = catalogue()["activating_tokens"].asked(
    Dialect.NEO4J, {"ids": IDS, "from": 0, "until": 10, "run": ""}
)
DELETE = "MATCH ()-[s:SIMILAR_TO]->() DELETE s"
MAKE = (
    "MATCH (a:Neuron), (b:Neuron) WHERE a.`index` < b.`index` AND b.`index` < a.`index` + 8 "
    "CREATE (a)-[:SIMILAR_TO {measure: 'again', rank: b.`index`, similarity: 0.5, n_shared: 1, "
    "run_id: 'again'}]->(b)"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def graph(neo4j_graph: str, tmp_path: Path) -> AsyncIterator[Graph]:
    load(neo4j_graph, small_pack(tmp_path / "pack", neurons=NEURONS))
    opened = await engine_for(parse_graph_url(neo4j_graph)).open()
    yield opened
    await opened.close()


@contextmanager
def _changing(server: Neo4jServer) -> Iterator[None]:
    """Relationships are deleted and made all the time."""
    over = threading.Event()

    def change() -> None:
        with server.driver() as driver:
            while not over.is_set():
                driver.execute_query(DELETE)
                driver.execute_query(MAKE)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _assert_whole(read: Read, rows: Rows) -> None:
    for name in read.required:
        place = rows.columns.index(name)
        assert all(row[place] is not None for row in rows.values)


async def test_what_is_deleted_meanwhile_is_no_row_without_values(
    neo4j_server: Neo4jServer, graph: Graph
) -> None:
    lengths = set()
    with _changing(neo4j_server):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            rows = await rows_of(graph, SIMILAR)
            _assert_whole(SIMILAR, rows)
            lengths.add(len(rows.values))
            for read, awaited in zip(
                (TOKENS, SIMILAR), graph.begin([TOKENS, SIMILAR]), strict=True
            ):
                _assert_whole(read, await awaited)
    assert len(lengths) > 1, "nothing was deleted meanwhile"


async def test_a_row_that_lacks_what_each_has_is_an_error(
    neo4j_server: Neo4jServer, graph: Graph
) -> None:
    with neo4j_server.driver() as driver:
        driver.execute_query("MATCH ()-[s:SIMILAR_TO]->() WITH s LIMIT 1 REMOVE s.similarity")
    with pytest.raises(QueryError, match="a row has no similarity, which each has, in 5 readings"):
        await rows_of(graph, SIMILAR)
    tokens, similar = graph.begin([TOKENS, SIMILAR])
    for awaited in (tokens, similar):
        with pytest.raises(QueryError, match="a row has no similarity"):
            await awaited
    (found,) = graph.begin([TOKENS])
    assert len((await found).values) > 0


def test_what_a_statement_requires_is_what_it_returns_and_may_not_be_null() -> None:
    assert "n_shared" in SIMILAR.columns
    assert set(SIMILAR.columns) - set(SIMILAR.required) == {"n_shared"}
    less = catalogue()["similar"].asked(
        Dialect.NEO4J, {"ids": IDS, "run": ""}, without=("similarity", "n_shared")
    )
    assert less.required == less.columns
