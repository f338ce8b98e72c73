"""What strangers may not do: learn names by guessing, batch, read the schema, ask from any page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import PUBLIC, Settings, settings_from
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _asking(graph: Graph, **environment: str) -> AsyncIterator[Asker]:
    given = {f"NEUROCYPHER_{name.upper()}": value for name, value in environment.items()}
    transport = httpx.ASGITransport(create_app(graph, settings_from(given)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


def test_public_lowers_every_limit_and_yields_to_what_is_given() -> None:
    defaults, public = Settings(), settings_from({"NEUROCYPHER_PUBLIC": "1"})
    for name, value in PUBLIC.items():
        assert getattr(public, name) == value
        assert value < getattr(defaults, name) or value is False
    own = settings_from({"NEUROCYPHER_PUBLIC": "1", "NEUROCYPHER_MAX_PAGE": "900"})
    assert own.max_page == 900


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ modls { id } }", {}),
        ('{ neuron(idd: "toy/0/3") { id } }', {}),
        ('{ neuron(id: "toy/0/3") { idd } }', {}),
        ("{ neurons(orderBy: {field: DENSTY}) { totalCount } }", {}),
        ("{ neurons(where: {modl: 1}) { totalCount } }", {}),
        ("query($w: NeuronFilte) { neurons(where: $w) { totalCount } }", {}),
        ("query($w: NeuronFilter) { neurons(where: $w) { totalCount } }", {"w": {"modl": 1}}),
        ("{ ...on Neurn { id } }", {}),
    ],
)
async def test_no_name_is_suggested(graph: Graph, query: str, variables: dict[str, object]) -> None:
    async with _asking(graph) as ask:
        hints = await ask.answer(query, **variables)
    assert "Did you mean" in str(hints["errors"])
    async with _asking(graph, public="1") as ask:
        answer = await ask.answer(query, **variables)
    assert answer["errors"]
    assert "Did you mean" not in str(answer)


async def test_the_schema_is_not_told(graph: Graph) -> None:
    async with _asking(graph, public="1") as ask:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
            error = (await ask.answer(query))["errors"][0]
            assert "introspection" in error["message"]
        assert await ask("{ __typename }") == {"__typename": "Query"}


async def test_batches_only_where_they_are_allowed(graph: Graph) -> None:
    sent = [{"query": "{ models { id } }"}, {"query": "{ nope }"}, {"query": "{ __typename }"}]
    async with _asking(graph) as ask:
        response = await ask.client.post("/graphql", json=sent)
        assert response.status_code == 400
        assert "batching is turned off" in response.json()["errors"][0]["message"]
    async with _asking(graph, batching="1", max_batch="3") as ask:
        answers = (await ask.client.post("/graphql", json=sent)).json()
        assert [sorted(set(answer) & {"data", "errors"}) for answer in answers] == [
            ["data"],
            ["errors"],
            ["data"],
        ]
        for wrong in ([], sent * 2, [[{"query": "{ __typename }"}]]):
            assert (await ask.client.post("/graphql", json=wrong)).status_code == 400


async def test_pages_of_other_origins_only_where_they_are_allowed(graph: Graph) -> None:
    origin = {"origin": "https://lab.example"}
    preflight = {**origin, "access-control-request-method": "POST"}
    async with _asking(graph) as ask:
        for response in (
            await ask.client.get("/tables", headers=origin),
            await ask.client.options("/graphql", headers=preflight),
        ):
            assert "access-control-allow-origin" not in response.headers
    async with _asking(graph, cors_origins="https://lab.example, https://b.example") as ask:
        allowed = await ask.client.options("/graphql", headers=preflight)
        assert allowed.headers["access-control-allow-origin"] == origin["origin"]
        other = await ask.client.get("/tables", headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
