"""`POST /cypher`: formats, refusals, limits."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pyarrow as pa
import pytest

from cypher.adhoc import Door, Limits
from cypher.formats import Format
from cypher.graph import Graph
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings

pytestmark = pytest.mark.anyio

LIMITS = Limits(
    seconds=2, rows=1000, bytes=200_000, memory=400_000_000, concurrency=2, wait_seconds=0.2
)
STATEMENT = (
    "MATCH (n:Neuron)-[r:ACTIVATES_ON]->(t:Token) WHERE n.layer_id = $layer "
    "RETURN n.id AS neuron, n.skewness AS skewness, n.`index` AS place, r.activation AS activation, "
    "t.id AS token, r.`rank` = 1 AS first, labels(t) AS labels, n AS node "
    "ORDER BY neuron, r.`rank`, token"
)


class Asker:
    """Asks one server."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def __call__(
        self, statement: str, accept: str | None = None, **parameters: Any
    ) -> httpx.Response:
        headers = {} if accept is None else {"accept": accept}
        body = {"statement": statement, "parameters": parameters}
        return await self.client.post("/cypher", json=body, headers=headers)

    async def error(self, statement: str, **parameters: Any) -> tuple[int, str, str]:
        """Status, code and message."""
        return error_of(await self(statement, **parameters))


def error_of(answer: httpx.Response) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"], error["message"]


@pytest.fixture(scope="module")
async def door(small_graph_url: str) -> AsyncIterator[Door]:
    opened = Door(parse_graph_url(small_graph_url), LIMITS)
    await opened.warm()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def ask(graph: Graph, door: Door) -> AsyncIterator[Asker]:
    """Ask the small graph through a door with small limits."""
    transport = httpx.ASGITransport(create_app(graph, Settings(), door))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


async def test_every_format_gives_what_the_engine_gives(ask: Asker, graph: Graph) -> None:
    raw = (await graph.read(STATEMENT, {"layer": "toy/0"})).as_dicts()
    assert len(raw) > 100
    assert any(row["skewness"] is None for row in raw)
    answers = {format_: await ask(STATEMENT, format_, layer="toy/0") for format_ in Format}
    for format_, answer in answers.items():
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == format_.content_type
        assert "Accept" in answer.headers["vary"]
    assert answers[Format.JSON].json() == raw
    assert [json.loads(line) for line in answers[Format.NDJSON].text.splitlines()] == raw
    table = pa.ipc.open_stream(answers[Format.ARROW].content).read_all()
    rows = [{**row, "node": _known(row["node"])} for row in table.to_pylist()]
    assert rows == raw
    read = list(csv.DictReader(io.StringIO(answers[Format.CSV].text, newline="")))
    assert [row["token"] for row in read] == [row["token"] for row in raw]
    assert [json.loads(row["node"]) for row in read] == [row["node"] for row in raw]
    assert [row["skewness"] for row in read] == [
        "" if row["skewness"] is None else repr(row["skewness"]) for row in raw
    ]


def _known(node: dict[str, Any]) -> dict[str, Any]:
    """Without what another node has: a struct has the same fields in every row."""
    return {name: value for name, value in node.items() if value is not None}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, Format.JSON),
        ("*/*", Format.JSON),
        ("text/*", Format.CSV),
        ("application/json;q=0.1, text/csv", Format.CSV),
        ("application/json;q=0, */*", Format.NDJSON),
        ("application/jsonl", Format.NDJSON),
        ("text/html, application/vnd.apache.arrow.stream;q=0.9, */*;q=0.1", Format.ARROW),
    ],
)
async def test_the_format_is_the_one_that_is_liked_best(
    ask: Asker, accept: str | None, media: Format
) -> None:
    answer = await ask("RETURN 1 AS one", accept)
    assert answer.headers["content-type"] == media.content_type


async def test_a_format_that_there_is_not(ask: Asker) -> None:
    status, code, message = error_of(await ask("RETURN 1 AS one", "text/html, image/*"))
    assert (status, code) == (406, "NOT_ACCEPTABLE")
    assert "application/x-ndjson" in message


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "BAD_REQUEST"),
        (b"[]", "application/json", 400, "BAD_REQUEST"),
        (b"{}", "application/json", 400, "BAD_REQUEST"),
        (b'{"statement": 1}', "application/json", 400, "BAD_REQUEST"),
        (b'{"statement": "RETURN 1 AS a", "parameters": []}', "application/json", 200, ""),
        (b'{"statement": "RETURN 1 AS a", "parameters": [1]}', "application/json", 400, "BAD_REQUEST"),
        (b'{"statement": "RETURN 1 AS a", "more": 1}', "application/json", 400, "BAD_REQUEST"),
        (b'{"statement": "RETURN 1 AS a"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"statement": "RETURN 1 AS a"}', "application/json; charset=utf-8", 200, ""),
    ],
)  # fmt: skip
async def test_a_request_is_what_it_must_be(
    ask: Asker, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = await ask.client.post("/cypher", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    if code:
        assert error_of(answer)[1] == code


async def test_statements_are_posted(ask: Asker) -> None:
    answer = await ask.client.get("/cypher")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_what_is_refused_says_why(ask: Asker) -> None:
    status, code, message = await ask.error("MATCH (n) DETACH DELETE n")
    assert (status, code) == (400, "STATEMENT_REFUSED")
    assert message.startswith("`DETACH` is no clause or operator of a read statement")
    status, code, message = await ask.error("RETURN $a AS a")
    assert (status, code) == (400, "STATEMENT_REFUSED")
    assert "$a" in message
    status, code, message = await ask.error("RETURN x AS a")
    assert (status, code) == (400, "STATEMENT_FAILED")
    assert "x" in message


async def test_limits_say_which_and_how_much(ask: Asker) -> None:
    assert (await ask("UNWIND range(1, 1000) AS x RETURN x")).status_code == 200
    status, code, message = await ask.error("UNWIND range(1, 1001) AS x RETURN x")
    assert (status, code) == (422, "LIMIT_ROWS")
    assert "more than 1,000 rows" in message
    status, code, message = await ask.error("RETURN range(1, 100000) AS l")
    assert (status, code) == (422, "LIMIT_BYTES")
    assert "more than 200,000 bytes" in message
    status, code, message = await ask.error(
        "MATCH (a), (b), (c), (d) RETURN max(a.id + b.id + c.id + d.id) AS m"
    )
    assert (status, code) == (422, "LIMIT_TIME")
    assert "longer than 2 s" in message


async def test_statements_beyond_the_limit_wait_and_are_turned_away(ask: Asker) -> None:
    slow = "MATCH (a), (b), (c), (d) RETURN max(a.id + b.id + c.id + d.id) AS m"
    answers = await asyncio.gather(*(ask(slow) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [422, 422, 503]
    (away,) = [answer for answer in answers if answer.status_code == 503]
    assert error_of(away)[1] == "LIMIT_CONCURRENCY"
    assert away.headers["retry-after"] == "1"
    assert (await ask("RETURN 1 AS one")).json() == [{"one": 1}]


async def test_without_a_door_there_is_none(graph: Graph) -> None:
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/cypher", json={"statement": "RETURN 1"})).status_code == 404
