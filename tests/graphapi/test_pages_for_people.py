"""The pages beside /graphql."""

from __future__ import annotations

import re

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.examples import EXAMPLES
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


async def test_the_first_page_needs_no_other_server(ask: Asker) -> None:
    response = await ask.client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", response.text)
    for example in EXAMPLES:
        assert example.question in response.text


async def test_the_examples_are_operations_of_the_schema(ask: Asker) -> None:
    for example in EXAMPLES:
        await ask(example.text)  # the small graph has other neurons; what counts is: no error


async def test_health_and_readiness(ask: Asker) -> None:
    assert (await ask.client.get("/healthz")).json() == {"status": "ok"}
    ready = (await ask.client.get("/readyz")).json()
    assert ready["status"] == "ok"
    assert ready["unfinished"] == []
    assert ready["load_id"] == (await ask("{ graph { loadId } }"))["graph"]["loadId"]


async def test_get_answers_queries(ask: Asker) -> None:
    response = await ask.client.get("/graphql", params={"query": "{ models { id } }"})
    assert response.json()["data"] == {"models": [{"id": "other"}, {"id": "toy"}]}


async def test_a_browser_is_sent_to_the_page_or_shown_graphiql(ask: Asker, graph: Graph) -> None:
    browser = {"accept": "text/html"}
    response = await ask.client.get("/graphql", headers=browser)
    assert response.headers["location"] == "/"
    transport = httpx.ASGITransport(create_app(graph, Settings(graphiql=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        shown = await client.get("/graphql", headers=browser)
    assert "GraphiQL" in shown.text
