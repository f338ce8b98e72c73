"""The small graph, and a client that asks it over HTTP without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker
from tests.loaded import anyio_backend, graph, small_graph_url, tables

__all__ = ["anyio_backend", "graph", "small_graph_url", "tables"]


@pytest.fixture(scope="module")
async def ask(graph: Graph) -> AsyncIterator[Asker]:
    """Ask the small graph in GraphQL."""
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)
