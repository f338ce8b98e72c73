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

LIMITS = Settings(
    max_page=50,
    max_nodes=30,
    max_depth=6,
    max_tokens=60,
    max_body_bytes=1000,
    max_characters=930,
    max_aliases=3,
    max_directives=2,
    max_repeats=4,
    max_cost=1000,
)


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


@pytest.mark.parametrize(
    ("query", "limit", "found", "allowed"),
    [
        ("{ __typename } #" + "x" * 924, "characters", 940, 930),
        ("{ a: __typename b: __typename c: __typename d: __typename }", "aliases", 4, 3),
        (
            "{ ...f ...f } fragment f on Query { a: __typename b: __typename }",
            "aliases",
            4,
            3,
        ),
        (
            "query @skip(if: false) { ...f @skip(if: false) } "
            "fragment f on Query { __typename @skip(if: false) }",
            "directives",
            3,
            2,
        ),
        ("{ neurons(first: 50) { edges { cursor node { id index } } } }", "cost", 251, 1000),
        ("{ models { id id id } }", "repeats", 3, 4),
        ("{ models { id } models { id id } models { id id } }", "repeats", 5, 4),
        (
            "{ ...f models { id id } ... { models { id id } } } fragment f on Query { models { id } }",
            "repeats",
            5,
            4,
        ),
        (
            "{ neurons(first: 50) { edges { node { similar(first: 20) { edges { rank } } } } } }",
            "cost",
            2151,
            1000,
        ),
        (
            "query($n: Int = 50) { neurons(first: $n) { edges { node { "
            "similar(first: 50) { edges { rank } } } } } }",
            "cost",
            5151,
            1000,
        ),
        (
            "{ __schema { types { fields { type { fields { type { name } } } } } } }",
            "depth",
            7,
            6,
        ),
    ],
)
async def test_size(narrow: Asker, query: str, limit: str, found: int, allowed: int) -> None:
    answer = await narrow.answer(query)
    if found <= allowed:
        assert "errors" not in answer, answer
        return
    (error,) = answer["errors"]
    assert error["extensions"] == {
        "code": "OPERATION_TOO_LARGE",
        "limit": limit,
        "found": found,
        "allowed": allowed,
    }
    assert f"the limit is {allowed}, and this is {found - allowed} above it" in error["message"]
    assert "data" not in answer


async def test_what_is_beyond_counting_is_refused(ask: Asker) -> None:
    nested = "similar(first: 2147483647) { edges { node { %s } } }"
    deep = "{ neurons(first: 2147483647) { edges { node { %s } } } }" % (nested % nested) % "id"
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(100))
    fragments = "{ ...f0 } fragment f100 on Query { a: __typename } " + doubling
    for query, limit in ((deep, "cost"), (fragments, "aliases")):
        error = await ask.error(query)
        assert error["extensions"]["limit"] == limit
        assert error["extensions"]["found"] == 2**53 - 1


async def test_a_variable_is_worth_its_value(narrow: Asker) -> None:
    query = (
        "query($n: Int = 50) { neurons(first: $n) { edges { node { similar(first: 20) "
        "{ edges { rank } } } } } }"
    )
    assert await narrow(query, n=2)
    error = await narrow.error(query, n=40)
    assert error["extensions"]["limit"] == "cost"


async def test_what_is_nested_too_deep_to_be_read_is_refused(ask: Asker) -> None:
    for text in ("{a" * 900, "{ neurons(where: {and: %s" % ("[" * 900)):
        error = await ask.error(text)
        assert error["extensions"]["code"] in {"OPERATION_TOO_LARGE", "GRAPHQL_PARSE_FAILED"}


async def test_fragments_within_themselves_are_refused(ask: Asker) -> None:
    query = "{ ...a } fragment a on Query { __typename ...b } fragment b on Query { ...a }"
    error = await ask.error(query)
    assert "within itself" in error["message"]


async def test_introspection_is_within_the_default_limits(ask: Asker) -> None:
    from graphql import get_introspection_query

    answer = await ask(get_introspection_query())
    assert answer["__schema"]["queryType"]["name"] == "Query"
