"""What a user did wrong is said with a code; anything else is an id, and the log says more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from cypher.errors import GraphUnavailableError, LimitError, QueryError, QueryTimeoutError
from cypher.graph import Graph, Read, Rows, Value
from cypher.url import Dialect
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED", "Cannot query field 'nope'"),
        ("{", "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ('{ neuron(id: "x") { id } }', "BAD_USER_INPUT", "'x' is no neuron's id"),
        ("{ neurons(first: 1001) { totalCount } }", "BAD_USER_INPUT", "it may be 0 to 1000"),
        ("{ neurons(first: -1) { totalCount } }", "BAD_USER_INPUT", "it may be 0 to 1000"),
        ('{ neurons(after: "?") { totalCount } }', "BAD_USER_INPUT", "'?' is no cursor"),
        ('{ word(text: "") { text } }', "BAD_USER_INPUT", "a word is expected"),
        ('{ neurons(where: {firesOnWord: ""}) { totalCount } }', "BAD_USER_INPUT", "a word is"),
        ('{ runs(after: "W10") { edges { cursor } } }', "BAD_USER_INPUT", "is no cursor"),
        (
            '{ neuron(id: "toy/0/3") { similar(first: 5000) { edges { rank } } } }',
            "BAD_USER_INPUT",
            "first: 5000 is out of bounds",
        ),
    ],
)
async def test_a_users_error_has_a_code(ask: Asker, query: str, code: str, message: str) -> None:
    error = await ask.error(query)
    assert error["extensions"] == {"code": code}
    assert message in error["message"]


async def test_a_cursor_of_another_order_is_refused(ask: Asker) -> None:
    found = await ask("{ neurons(first: 1) { pageInfo { endCursor } } }")
    error = await ask.error(
        "query($after: String) { neurons(after: $after, orderBy: {field: DENSITY}) "
        "{ edges { cursor } } }",
        after=found["neurons"]["pageInfo"]["endCursor"],
    )
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_variable_that_does_not_fit_has_a_code(ask: Asker) -> None:
    query = "query($first: Int) { neurons(first: $first) { edges { cursor } } }"
    error = await ask.error(query, first="many")
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "Int cannot represent" in error["message"]


async def test_an_operation_that_fails_in_part_answers_the_rest(ask: Asker) -> None:
    answer = await ask.answer('{ models { id } bad: neuron(id: "x") { id } }')
    assert answer["data"] == {"models": [{"id": "other"}, {"id": "toy"}], "bad": None}
    assert [error["path"] for error in answer["errors"]] == [["bad"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "BAD_REQUEST"), (b"[]", "BAD_REQUEST"), (b'{"query": 3}', "BAD_REQUEST")],
)
async def test_a_body_that_is_no_operation(ask: Asker, content: bytes, code: str) -> None:
    headers = {"content-type": "application/json"}
    response = await ask.client.post("/graphql", content=content, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": code}


async def test_text_that_no_engine_can_take_is_refused(ask: Asker) -> None:
    body = b'{"query": "query($t: String!) { token(text: $t) { text } }", "variables": {"t": "\\ud800"}}'
    headers = {"content-type": "application/json"}
    response = await ask.client.post("/graphql", content=body, headers=headers)
    assert response.status_code == 400
    error = await ask.error('{ token(text: "\\ud800") { text } }')
    assert error["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}


async def test_a_nul_is_a_character_like_any_other(ask: Asker) -> None:
    answer = await ask("query($t: String!) { token(text: $t) { text } }", t=" play\0")
    assert answer["token"] is None


class FailingGraph:
    """A graph whose every statement fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @property
    def dialect(self) -> Dialect:
        return Dialect.LADYBUG

    @property
    def itself(self) -> Graph:
        return self

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        raise self._error

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        raise self._error

    async def close(self) -> None:
        pass


@asynccontextmanager
async def _serving(graph: Graph, settings: Settings | None = None) -> AsyncIterator[Asker]:
    transport = httpx.ASGITransport(create_app(graph, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (QueryError("Binder exception: secret table"), "INTERNAL_SERVER_ERROR"),
        (ZeroDivisionError("secret {value}"), "INTERNAL_SERVER_ERROR"),
        (GraphUnavailableError("no Neo4j answers at secret"), "GRAPH_UNAVAILABLE"),
    ],
)
async def test_an_error_of_ours_is_an_id_and_the_log_says_more(
    raised: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with _serving(FailingGraph(raised)) as ask:
        with caplog.at_level(logging.ERROR, logger="graphapi"):
            error = await ask.error("{ models { id } }")
    assert error["extensions"]["code"] == code
    assert "secret" not in str(error)
    error_id = error["extensions"]["id"]
    assert error_id in error["message"]
    (record,) = caplog.records
    assert error_id in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[1] is raised


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (QueryTimeoutError("the statement took longer than 1 s."), "TIMEOUT"),
        (LimitError("the statement needs more memory than there is.", "memory"), "MEMORY"),
    ],
)
async def test_a_statement_that_takes_too_much_is_told_so(raised: QueryError, code: str) -> None:
    async with _serving(FailingGraph(raised)) as ask:
        error = await ask.error("{ models { id } }")
    assert error["extensions"] == {"code": code}
    assert error["message"] == f"{raised} Ask for less, or for smaller pages."


async def test_the_time_limit_is_the_engines(graph: Graph) -> None:
    endless = (
        "MATCH (a:TokenGraphNode), (b:TokenGraphNode), (c:TokenGraphNode) "
        "WHERE a.id < b.id AND b.id < c.id RETURN count(*) AS n"
    )
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"took longer than 0\.5 s"):
        await graph.read(endless, {}, timeout=0.5)
    assert time.monotonic() - began < 30
    async with _serving(graph) as ask:
        assert await ask("{ models { id } }")  # the connection is as good as new


async def test_readyz_says_that_the_graph_cannot_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with _serving(FailingGraph(GraphUnavailableError("secret"))) as ask:
        response = await ask.client.get("/readyz")
        alive = await ask.client.get("/healthz")
    assert response.status_code == 503
    answer: dict[str, Any] = response.json()
    assert answer["status"] == "unavailable"
    assert answer["id"] in caplog.text
    assert alive.status_code == 200
