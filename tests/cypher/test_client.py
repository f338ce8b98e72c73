"""`cypher.connect`: a graph, or a server, asked from Python."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator

import pytest

import cypher
from cypher.adhoc import Limits
from cypher.client import Connection
from cypher.errors import (
    CypherError,
    GraphUnavailableError,
    GraphUrlError,
    LimitError,
    QueryError,
    StatementRefusedError,
)
from tests.loaded import small_graph_url, tables
from tests.serving import serving

__all__ = ["small_graph_url", "tables"]

STATEMENT = (
    "MATCH p = (n:Neuron)-[r:ACTIVATES_ON]->(t:Token) WHERE n.layer_id = $layer "
    "RETURN n.id AS neuron, n.skewness AS skewness, r.token_rank AS place, t.id AS token, n, p "
    "ORDER BY neuron, r.`rank`, token LIMIT 20"
)


@pytest.fixture(scope="module", params=["direct", "remote"])
def connection(request: pytest.FixtureRequest, small_graph_url: str) -> Iterator[Connection]:
    if request.param == "direct":
        with cypher.connect(small_graph_url, limits=Limits(seconds=60, rows=500)) as opened:
            yield opened
        return
    with (
        serving(small_graph_url, statement_seconds=60, cypher_rows=500) as address,
        cypher.connect(address) as opened,
    ):
        yield opened


def test_rows(connection: Connection, small_graph_url: str) -> None:
    found = connection.query(STATEMENT, {"layer": "toy/0"})
    assert found.columns == ("neuron", "skewness", "place", "token", "n", "p")
    assert len(found) == len(found.rows()) == 20
    assert found.rows() == list(found)
    with cypher.connect(small_graph_url) as direct:
        assert direct.query(STATEMENT, {"layer": "toy/0"}) == found
    assert connection.query("MATCH (n:Neuron {id: 'none'}) RETURN n.id AS id").rows() == []


def test_tables(connection: Connection) -> None:
    found = connection.query(STATEMENT, {"layer": "toy/0"})
    arrow = found.arrow()
    assert arrow.column_names == list(found.columns)
    assert arrow.column("token").to_pylist() == [row["token"] for row in found]
    frame = found.pandas()
    assert list(frame.columns) == list(found.columns)
    assert frame["neuron"].tolist() == [row["neuron"] for row in found]
    other = found.polars()
    assert other["place"].to_list() == [row["place"] for row in found]
    assert other.shape == (20, 6)


def test_values(connection: Connection) -> None:
    (row,) = connection.query(
        "RETURN $text AS text, $floats AS floats, $int AS int, null AS nothing, 1.0 / 0.0 AS endless",
        {"text": "é\n\"'", "floats": [0.5, 1.0], "int": 2**53 + 1},
    )
    assert row == {
        "text": "é\n\"'", "floats": [0.5, 1.0], "int": 2**53 + 1, "nothing": None,
        "endless": math.inf,
    }  # fmt: skip


def test_errors(connection: Connection) -> None:
    with pytest.raises(StatementRefusedError, match="`CREATE` does not begin a statement"):
        connection.query("CREATE (n)")
    with pytest.raises(LimitError, match="more than 500 rows") as limited:
        connection.query("UNWIND range(1, 501) AS x RETURN x")
    assert limited.value.limit == "rows"
    with pytest.raises(QueryError):
        connection.query("RETURN x AS y")


def test_limits_and_a_running_loop(small_graph_url: str) -> None:
    async def notebook() -> int:
        with cypher.connect(small_graph_url, limits=Limits(rows=3)) as graph:
            assert len(graph.query("UNWIND [1, 2, 3] AS x RETURN x")) == 3
            with pytest.raises(LimitError, match="more than 3 rows"):
                graph.query("UNWIND [1, 2, 3, 4] AS x RETURN x")
            return threading.active_count()

    before = threading.active_count()
    assert asyncio.run(notebook()) > before


def test_an_address_where_nobody_answers() -> None:
    with (
        cypher.connect("http://127.0.0.1:9") as graph,
        pytest.raises(GraphUnavailableError, match="no NeuroCypher server answers"),
    ):
        graph.query("RETURN 1 AS one")
    with pytest.raises(GraphUrlError):
        cypher.connect("ftp://127.0.0.1")
    with cypher.connect("ladybug:///nowhere/graph.lbug") as graph, pytest.raises(CypherError):
        graph.query("RETURN 1 AS one")
    assert not hasattr(cypher, "disconnect")
