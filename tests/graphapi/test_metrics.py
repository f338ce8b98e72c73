"""What is counted: requests, statements, refusals; and nobody's path makes a series of its own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


@pytest.fixture
async def fresh(graph: Graph) -> AsyncIterator[Asker]:
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


async def _counts(ask: Asker, name: str) -> dict[str, float]:
    text = (await ask.client.get("/metrics")).text
    found = re.findall(rf"^{name}\{{(.*)\}} (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


async def test_requests_by_route_operation_and_status(fresh: Asker) -> None:
    await fresh("{ models { id } }")
    await fresh("{ models { id } }")
    await fresh("{ __schema { queryType { name } } }")
    await fresh.answer("{ nope }")
    await fresh.client.get("/tables/coverage.csv")
    await fresh.client.get("/tables/nope.csv")
    for number in range(5):
        await fresh.client.get(f"/wp-admin/{number}")
    counts = await _counts(fresh, "neurocypher_request_seconds_count")
    assert counts == {
        'operation="query",route="/graphql",status="200"': 2,
        'operation="introspection",route="/graphql",status="200"': 1,
        'operation="refused",route="/graphql",status="200"': 1,
        'operation="coverage",route="/tables/*",status="200"': 1,
        'operation="",route="/tables/*",status="404"': 1,
        'operation="",route="other",status="404"': 5,
    }


async def test_statements_by_kind(fresh: Asker) -> None:
    await fresh("{ models { id } }")
    await fresh.client.get("/tables/coverage.csv")
    await fresh.client.get("/tables/coverage.csv")
    counts = await _counts(fresh, "neurocypher_statement_seconds_count")
    assert counts == {'kind="graphql"': 1, 'kind="table"': 1}


async def test_refusals_by_code(fresh: Asker) -> None:
    await fresh.answer("{ nope }")
    await fresh.answer("{ a: __typename " * 1 + "}" + "#" * 60_000)
    await fresh.client.get("/tables/coverage.csv?limit=x")
    counts = await _counts(fresh, "neurocypher_refusals_total")
    assert counts == {
        'code="GRAPHQL_VALIDATION_FAILED"': 1,
        'code="OPERATION_TOO_LARGE"': 1,
        'code="BAD_USER_INPUT"': 1,
    }
