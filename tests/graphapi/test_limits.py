"""What an operation may ask for is bounded, and the message says by which limit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio

LIMITS = Settings(max_page=50, max_nodes=30, max_depth=6, max_tokens=60, max_body_bytes=1000)


@pytest.fixture(scope="module")
async def narrow(graph: Graph) -> AsyncIterator[Asker]:
    """The same graph behind narrow limits."""
    transport = httpx.ASGITransport(create_app(graph, LIMITS))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


async def test_pages(narrow: Asker) -> None:
    assert await narrow("{ neurons(first: 50) { pageInfo { hasNextPage } } }")
    error = await narrow.error("{ neurons(first: 51) { pageInfo { hasNextPage } } }")
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "it may be 0 to 50" in error["message"]


async def test_nodes_of_one_step(narrow: Asker) -> None:
    query = "query($n: Int) { neurons(first: $n) { edges { node { explanations { id } } } } }"
    assert await narrow(query, n=30)
    answer = await narrow.answer(query, n=31)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"TOO_MANY_NODES"}
    assert "about 31 nodes in one step; the limit is 30" in answer["errors"][0]["message"]


async def test_depth(narrow: Asker) -> None:
    deep = "{ neurons { edges { node { layer { model { layers { %s } } } } } } }"
    error = await narrow.error(deep % "model { id }")
    assert error["extensions"] == {
        "code": "OPERATION_TOO_LARGE",
        "limit": "depth",
        "found": 8,
        "allowed": 6,
    }
    assert "is 8 fields deep; the limit is 6, and this is 2 above it" in error["message"]
    assert await narrow("{ neurons(first: 1) { edges { node { layer { model { id } } } } } }")


async def test_tokens(narrow: Asker) -> None:
    error = await narrow.error("{ " + "a: __typename " * 20 + "}")
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert "60 tokens" in error["message"]


async def test_bodies(narrow: Asker) -> None:
    fits = "{ models { id } } #" + "x" * 900
    assert (await narrow.client.post("/graphql", json={"query": fits})).status_code == 200
    response = await narrow.client.post("/graphql", json={"query": fits + "x" * 200})
    assert response.status_code == 413
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BODY_TOO_LARGE"
    assert "1000 bytes" in error["message"]


async def test_bodies_that_do_not_say_how_long_they_are(narrow: Asker) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 100

    headers = {"content-type": "application/json"}
    response = await narrow.client.post("/graphql", content=endless(), headers=headers)
    assert response.status_code == 413


async def test_introspection_is_within_the_default_limits(ask: Asker) -> None:
    from graphql import get_introspection_query

    answer = await ask(get_introspection_query())
    assert answer["__schema"]["queryType"]["name"] == "Query"
