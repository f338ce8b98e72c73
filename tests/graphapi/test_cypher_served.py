"""`POST /cypher` of a server that runs: clients that go away, that are slow, answers that break off."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from cypher.url import Dialect, parse_graph_url
from tests.loaded import small_graph_url, tables
from tests.neo4j import Neo4jServer
from tests.serving import serving

__all__ = ["small_graph_url", "tables"]

pytestmark = pytest.mark.slow

ENDLESS = "MATCH (a), (b), (c), (d), (e) RETURN max(a.id + b.id + c.id + d.id + e.id) AS m"
LONG = "UNWIND range(1, 30000) AS x RETURN x, 'a text of some length, so that it adds up' AS text"


@pytest.fixture(scope="module")
def address(small_graph_url: str) -> Iterator[str]:
    """A server that works on one statement at a time, for up to two minutes."""
    with serving(
        small_graph_url,
        cypher_concurrent=1,
        cypher_wait_seconds=30,
        cypher_rows=20_000,
        statement_seconds=120,
        request_seconds=150,
    ) as found:
        ask(found, "RETURN 1 AS one")
        yield found


def ask(address: str, statement: str, accept: str = "application/json") -> httpx.Response:
    headers = {"accept": accept}
    return httpx.post(
        f"{address}/cypher", json={"statement": statement}, headers=headers, timeout=120
    )


def begun(address: str, statement: str, accept: str = "application/json") -> socket.socket:
    """A connection on which a statement was sent."""
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0))
    body = json.dumps({"statement": statement}).encode()
    connection.sendall(
        b"POST /cypher HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: "
        + accept.encode()
        + b"\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
    )
    return connection


def test_a_client_that_goes_away_ends_its_statement(
    address: str, small_graph_url: str, request: pytest.FixtureRequest
) -> None:
    connection = begun(address, ENDLESS)
    time.sleep(1.5)  # it runs
    connection.close()
    # The one place is free long before the statement would have ended.
    assert ask(address, "RETURN 1 AS one").json() == [{"one": 1}]
    if parse_graph_url(small_graph_url).dialect is Dialect.NEO4J:
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        with server.driver() as driver:
            left = driver.execute_query(
                "SHOW TRANSACTIONS YIELD metaData, currentQuery "
                "WHERE metaData.neurocypher IS NOT NULL AND currentQuery CONTAINS 'max' RETURN currentQuery"
            ).records
        assert left == []


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "text/csv"])
def test_an_answer_that_breaks_off_is_no_whole_one(address: str, accept: str) -> None:
    parts: list[bytes] = []
    with httpx.stream(
        "POST",
        f"{address}/cypher",
        json={"statement": LONG},
        headers={"accept": accept},
        timeout=120,
    ) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            _drain(answer, parts)
    last = b"".join(parts).splitlines()[-1].decode()
    assert "LIMIT_ROWS" in last
    assert "more than 20,000 rows" in last


def test_an_arrow_stream_is_whole_or_not_at_all(address: str) -> None:
    answer = ask(address, LONG, "application/vnd.apache.arrow.stream")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["extensions"]["code"] == "LIMIT_ROWS"


def test_a_slow_client_is_cut_off_and_keeps_nobody_else(small_graph_url: str) -> None:
    with serving(
        small_graph_url, statement_seconds=120, request_seconds=6, cypher_rows=100_000
    ) as address:
        slow = begun(address, LONG.replace("30000", "99999").replace("length", "length" * 20))
        assert slow.recv(1)
        for _ in range(3):
            assert ask(address, "RETURN 1 AS one").json() == [{"one": 1}]
            assert slow.recv(1)
        time.sleep(7)
        slow.settimeout(60)
        size = 0
        while chunk := _received(slow):
            size += len(chunk)
        assert size < 10_000_000, "the whole answer came"
        slow.close()
        assert ask(address, "RETURN 1 AS one").json() == [{"one": 1}]


def _drain(answer: httpx.Response, parts: list[bytes]) -> None:
    for part in answer.iter_raw():
        parts.append(part)


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 20)
    except ConnectionResetError:
        return b""
