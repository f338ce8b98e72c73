"""Answers that are kept: the same bytes, by what was asked and the load; never an error."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.metrics import Metrics
from graphapi.result_cache import Kept, ResultCache
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio

NEURON = "query n($id: ID!) { neuron(id: $id) { id statistics { maxActivation } } }"


@pytest.fixture
async def fresh(graph: Graph) -> AsyncIterator[Asker]:
    """The small graph, with nothing kept of it."""
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


async def _lookups(ask: Asker) -> dict[str, float]:
    text = (await ask.client.get("/metrics")).text
    found = re.findall(r'neurocypher_cache_lookups_total\{outcome="(\w+)"\} (\S+)', text)
    return {outcome: float(value) for outcome, value in found}


async def test_the_same_question_is_answered_from_what_is_kept(fresh: Asker) -> None:
    first = await fresh.answer(NEURON, id="toy/0/3")
    spaced = "  # a comment\n" + NEURON.replace(" { ", "  {,  ")
    assert await fresh.answer(spaced, id="toy/0/3") == first
    assert await _lookups(fresh) == {"miss": 1, "hit": 1}
    assert await fresh.answer(NEURON, id="toy/0/4") != first
    assert await _lookups(fresh) == {"miss": 2, "hit": 1}


async def test_what_was_asked_is_all_of_it(fresh: Asker) -> None:
    text = "query a { models { id } } query b { models { family } }"
    sent = [{"query": text, "operationName": name} for name in ("a", "b", "a")]
    answers = [(await fresh.client.post("/graphql", json=one)).json()["data"] for one in sent]
    assert answers[0] == answers[2] != answers[1]
    assert await _lookups(fresh) == {"miss": 2, "hit": 1}


async def test_an_error_is_never_kept(fresh: Asker) -> None:
    for _ in range(2):
        assert "errors" in await fresh.answer('{ models { id } neuron(id: "x") { id } }')
        assert "errors" in await fresh.answer("{ nope }")
        assert "errors" in await fresh.answer(NEURON, id=None)
    assert "hit" not in await _lookups(fresh)


async def test_a_client_that_has_the_answer_is_told_so(fresh: Asker) -> None:
    params = {"query": "{ models { id } }"}
    first = await fresh.client.get("/graphql", params=params)
    tag = first.headers["etag"]
    again = await fresh.client.get("/graphql", params=params, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = {"query": "{ models { id family } }"}
    response = await fresh.client.get("/graphql", params=other, headers={"if-none-match": tag})
    assert response.status_code == 200


async def test_an_error_has_no_tag(fresh: Asker) -> None:
    response = await fresh.client.get("/graphql", params={"query": '{ neuron(id: "x") { id } }'})
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


def test_the_least_recently_used_goes_first() -> None:
    cache = ResultCache(10_000, Metrics())
    for name in "abcde":
        cache.put((name,), Kept(b"x" * 700, "query"))
    assert cache.get(("a",)) is not None
    for name in "fghi":
        cache.put((name,), Kept(b"x" * 700, "query"))
    assert cache.get(("a",)) is not None
    assert cache.get(("b",)) is None
    assert len(cache) == 8


def test_what_is_large_is_not_kept() -> None:
    cache = ResultCache(10_000, Metrics())
    cache.put(("a",), Kept(b"x" * 2000, "query"))
    assert len(cache) == 0
    cache.put(("a",), Kept(b"x" * 700, "query"))
    for _ in range(30):
        cache.put(("a",), Kept(b"x" * 700, "query"))
    assert len(cache) == 1
