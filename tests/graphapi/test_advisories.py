"""Published advisories of Strawberry and of what its limits and GraphQL engines have in common.

Each test names the advisory and does what it describes. For graphql-core none is published; those
of graphql-js and graphql-php whose rules it shares stand here too.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict(graph: Graph) -> AsyncIterator[Asker]:
    transport = httpx.ASGITransport(create_app(graph, Settings(max_aliases=10, max_depth=8)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/plain; application/json",
        "text/plain;charset=application/json",
        "",
    ],
)
async def test_cve_2024_47082_forms_of_other_pages_are_not_answered(
    ask: Asker, content_type: str
) -> None:
    """GHSA-79gp-q4wv-33fr: multipart uploads, on by default, let any page's form ask."""
    part = '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
    for body in (
        f'{part}{{"query": "{{ __typename }}"}}\r\n--x--\r\n',
        '{"query": "{ __typename }"}',
        "query=%7B__typename%7D",
    ):
        headers = {"content-type": content_type} if content_type else {}
        response = await ask.client.post("/graphql", content=body, headers=headers)
        assert response.status_code == 415
        assert "data" not in response.json()


async def test_cve_2025_22151_an_id_is_of_one_kind_only(ask: Asker) -> None:
    """GHSA-5xh2-23cc-5jc6: an id that names another type was resolved as the one asked for."""
    for forged in (
        base64.b64encode(b"Layer:toy/0").decode(),
        base64.b64encode(b"Neuron:toy/0/3").decode(),
        "toy/0",
        "toy",
        "toy/0/3@n2g",
        "Layer:toy/0",
    ):
        answer = await ask.answer("query($id: ID!) { neuron(id: $id) { id } }", id=forged)
        assert answer["data"] == {"neuron": None}


@pytest.mark.parametrize("protocol", ["graphql-ws", "graphql-transport-ws"])
async def test_cve_2026_35523_and_35526_there_are_no_websockets(
    graph: Graph, protocol: str
) -> None:
    """GHSA-vpwc-v33q-mq89, GHSA-hv3w-m4g2-5x77: subscriptions without a handshake, or without end."""
    client = TestClient(create_app(graph, Settings()))
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/graphql", subprotocols=[protocol]),
    ):
        pass


async def test_cve_2026_47706_circular_fragments_are_refused(strict: Asker) -> None:
    """The depth of fragments that hold each other was looked for without an end."""
    for query in (
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ models { ...m } } fragment m on Model { layers { model { ...m } } }",
        "fragment a on Query { ...b } fragment b on Query { ...a } { __typename }",
    ):
        answer = await strict.answer(query)
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_cve_2026_47707_aliases_in_fragments_count_each_time(strict: Asker) -> None:
    """A fragment's aliases were counted once, however often it was spread."""
    fragment = "fragment f on Query { a: __typename b: __typename c: __typename }"
    assert await strict("{ ...f ...f ...f } " + fragment)
    doubling = " ".join(
        f"fragment f{n} on Query {{ ...f{n + 1} ...on Query {{ ...f{n + 1} }} }}" for n in range(20)
    )
    for query, found in (
        ("{ ...f ...f ...f ...f } " + fragment, 12),
        ("{ ...f0 } fragment f20 on Query { a: __typename } " + doubling, 2**20),
    ):
        error = await strict.error(query)
        assert error["extensions"]["limit"] == "aliases"
        assert error["extensions"]["found"] == found


@pytest.mark.parametrize(
    "query",
    [
        "{ " + "__typename " * 5000 + "}",
        "{ %s }" % ('neuron(id: "toy/0/3") { id } ' * 500),
        "{ %s }" % ("...on Query { %s } " % ("...on Query { models { id } } " * 30) * 30),
    ],
    ids=["fields", "objects", "fragments"],
)
async def test_cve_2023_26144_and_2026_40476_repeated_fields_are_not_compared_without_end(
    ask: Asker, query: str
) -> None:
    """Fields of one response name are compared pairwise (GHSA-9pv7-vfvm-6vr7, GHSA-fc86-6rv6-2jpm).

    The comparisons are bounded because the document is, before any of them is made.
    """
    error = await ask.error(query)
    assert error["extensions"]["code"] in {"GRAPHQL_PARSE_FAILED", "OPERATION_TOO_LARGE"}


async def test_unbounded_caches_of_documents(graph: Graph) -> None:
    """Parsed and validated documents were kept without a limit, one for each text that came."""
    from graphapi import checking, execution

    bounds = [
        checking._parsed.cache_parameters()["maxsize"],
        checking._wrong.cache_parameters()["maxsize"],
        checking._measured.cache_parameters()["maxsize"],
        execution._normal.cache_parameters()["maxsize"],
    ]
    assert all(0 < bound <= 1024 for bound in bounds)
