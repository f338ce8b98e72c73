"""Fixtures that load a graph once for all the tests of a module.

A module that uses them must not use `neo4j_graph` or `graph_url`, which empty the server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cypher.ddl import neo4j_ddl
from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.ids import parse_neuron_id
from cypher.load import load_pack
from cypher.url import parse_graph_url
from tests.cut import cut_pack
from tests.graphs import Tables, small_graph, write_pack
from tests.neo4j import Neo4jServer, wipe


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop per module, for a graph is open in it."""
    return "asyncio"


@pytest.fixture(scope="session")
def tables() -> Tables:
    """What the small graph holds."""
    return small_graph(seed=1)


@pytest.fixture(
    scope="module",
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
def small_graph_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> str:
    """The URL of the small graph, on either engine. It is read, never written."""
    folder = tmp_path_factory.mktemp("small")
    write_pack(folder / "pack", tables)
    url = empty_graph(request, folder)
    load_pack(folder / "pack", parse_graph_url(url), lambda *_: None)
    return url


@pytest.fixture(scope="module")
async def graph(small_graph_url: str) -> AsyncIterator[Graph]:
    """The small graph, open."""
    opened = await engine_for(parse_graph_url(small_graph_url)).open()
    yield opened
    await opened.close()


def empty_graph(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty graph on the engine that the fixture is asked for."""
    if request.param == "ladybug":
        return f"ladybug://{folder / 'graph.lbug'}"
    server = request.getfixturevalue("neo4j_server")
    wipe(server, keep={name for name, _ in neo4j_ddl()})
    url: str = server.graph_url
    return url


@pytest.fixture(scope="module")
def both_urls(
    neo4j_server: Neo4jServer, tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> tuple[str, str]:
    """The URLs of two graphs, one on each engine: a part of the demo, and the small graph."""
    from neurocypher.demo import demo_pack

    folder = tmp_path_factory.mktemp("both")
    write_pack(folder / "pack", tables)
    demo = demo_pack()
    # The whole takes a server a minute to load. Nineteen of each layer: the mean of an even number
    # may lie halfway between two rounded values, and engines that add up in their own orders fall to
    # different sides.
    ids = [str(neuron) for neuron in demo.table("Neuron").column("id").to_pylist()]
    some = [neuron for neuron in ids if parse_neuron_id(neuron).index % 9 == 1]
    part = cut_pack(demo, folder / "demo", some)
    wipe(neo4j_server, keep={name for name, _ in neo4j_ddl()})
    urls = (f"ladybug://{folder / 'graph.lbug'}", neo4j_server.graph_url)
    for url in urls:
        for pack in (part.path, folder / "pack"):
            load_pack(pack, parse_graph_url(url), lambda *_: None)
    return urls
