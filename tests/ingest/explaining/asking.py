"""Asking a graph by GraphQL, as a client would."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from cypher.engines import engine_for
from cypher.url import GraphUrl
from graphapi.app import create_app
from graphapi.settings import Settings


def asked(url: GraphUrl, question: str, **variables: str) -> dict[str, Any]:
    """The answer's data; errors are none of what a test expects."""
    return asyncio.run(_asked(url, question, variables))


async def _asked(url: GraphUrl, question: str, variables: dict[str, str]) -> dict[str, Any]:
    graph = await engine_for(url).open()
    try:
        transport = httpx.ASGITransport(create_app(graph, Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
            given = {"query": question, "variables": variables}
            answer = (await client.post("/graphql", json=given)).json()
    finally:
        await graph.close()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]
    return found
