"""The catalogue as tables by URL: listed, typed, cached, and what pandas and DuckDB read."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pyarrow as pa
import pytest

from cypher.catalogue import catalogue, run
from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio


async def _get(ask: Asker, url: str, **headers: str) -> httpx.Response:
    return await ask.client.get(url, headers=headers)


async def test_every_read_statement_is_listed(ask: Asker) -> None:
    listed = {table["name"]: table for table in (await _get(ask, "/tables")).json()}
    assert listed.keys() == catalogue().keys()
    table = listed["firing_on_token"]
    assert table["urls"]["csv"] == "/tables/firing_on_token.csv"
    required = {one["name"]: one["required"] for one in table["parameters"]}
    assert required == {"token": True, "below": True, "after": False, "limit": False}
    assert table["columns"][0] == {
        "name": "token",
        "type": "string",
        "nullable": False,
        "description": "the token's exact text",
    }


async def test_a_table_is_the_statement_in_each_form(ask: Asker, graph: Graph) -> None:
    rows = await run(graph, "coverage", limit=100)
    assert rows
    assert (await _get(ask, "/tables/coverage.json")).json() == rows
    text = (await _get(ask, "/tables/coverage.csv")).text
    found = [dict(row) for row in csv.DictReader(io.StringIO(text))]
    assert found == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    content = (await _get(ask, "/tables/coverage.arrow")).content
    table = pa.ipc.open_stream(content).read_all()
    assert table.to_pylist() == rows
    assert table.schema.field("n_present").type == pa.int64()


async def test_a_text_that_may_be_left_out_is_empty_then(ask: Asker) -> None:
    url = "/tables/activating_tokens.json?ids=toy/0/3&from=1&until=5"
    short = (await _get(ask, url)).json()
    assert short
    assert short == (await _get(ask, f"{url}&run=")).json()
    assert (await _get(ask, f"{url}&run=none")).json() == []


async def test_a_table_without_rows_has_its_types(ask: Asker) -> None:
    response = await _get(ask, "/tables/coverage.arrow?limit=0")
    table = pa.ipc.open_stream(response.content).read_all()
    assert table.num_rows == 0
    assert table.schema.field("layer_index").type == pa.int64()
    assert table.schema.field("model_id").type == pa.string()


@pytest.mark.parametrize("name", sorted(catalogue()))
async def test_every_table_answers(ask: Asker, name: str) -> None:
    values = {"string": "x", "integer": "1", "float": "0.5", "boolean": "true"}
    values |= {"strings": "toy/0/3", "floats": "0.5"}
    given = {one.name: values[one.type] for one in catalogue()[name].parameters}
    response = await ask.client.get(f"/tables/{name}.csv", params=given)
    assert response.status_code == 200, response.text
    header = response.text.splitlines()[0].split(",")
    assert header == [column.name for column in catalogue()[name].columns]


async def test_parameters_are_typed(ask: Asker, graph: Graph) -> None:
    ids = ["toy/0/3", "toy/0/4"]
    rows = await run(graph, "neurons_by_id", ids=ids)
    response = await ask.client.get("/tables/neurons_by_id.json", params={"ids": ids})
    assert {row["id"]: row for row in response.json()} == {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("/tables/nope.csv", 404, "there is no table nope.csv; /tables lists them"),
        ("/tables/coverage.xml", 404, "there is no table coverage.xml"),
        ("/tables/coverage", 404, "A table ends in .json, .csv, .arrow"),
        ("/tables/coverage.csv?x=1", 400, "table coverage has no parameter x; it has limit"),
        ("/tables/coverage.csv?limit=many", 400, "limit is 'many'; expected a whole number"),
        ("/tables/coverage.csv?limit=1.5", 400, "expected a whole number"),
        ("/tables/coverage.csv?limit=-1", 400, "limit is -1; it may be 0 to 100000"),
        ("/tables/coverage.csv?limit=100001", 400, "it may be 0 to 100000"),
        ("/tables/coverage.csv?limit=" + "9" * 30, 400, "at most 64 bits"),
        ("/tables/coverage.csv?limit=1&limit=2", 400, "limit is given 2 times; expected once"),
        ("/tables/neurons_by_id.csv", 400, "ids is missing; expected ids=… once for each"),
        ("/tables/firing_on_token.csv?after=&below=2", 400, "token is given 0 times"),
        ("/tables/firing_on_token.csv?token=a&after=&below=nan", 400, "a finite number"),
    ],
)
async def test_what_is_wrong_is_said(ask: Asker, url: str, status: int, message: str) -> None:
    response = await _get(ask, url)
    assert response.status_code == status
    assert message in response.json()["errors"][0]["message"]


async def test_a_value_is_a_value_and_never_text(ask: Asker) -> None:
    hostile = "x'}) DETACH DELETE n //"
    response = await ask.client.get("/tables/tokens_by_text.json", params={"ids": hostile})
    assert response.json() == []


async def test_only_reading(ask: Asker) -> None:
    assert (await ask.client.post("/tables/coverage.csv")).status_code == 405
    head = await ask.client.head("/tables/coverage.csv")
    got = await _get(ask, "/tables/coverage.csv")
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_a_client_that_has_the_table_is_told_so(ask: Asker) -> None:
    first = await _get(ask, "/tables/coverage.csv")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    again = await _get(ask, "/tables/coverage.csv", **{"if-none-match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["neurocypher-load-id"] == first.headers["neurocypher-load-id"]
    for other in ("/tables/coverage.json", "/tables/coverage.csv?limit=1"):
        response = await _get(ask, other, **{"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag


async def test_more_rows_than_may_be_are_refused(graph: Graph) -> None:
    app = create_app(graph, Settings(max_rows=3))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        assert len((await client.get("/tables/layers_of_models.json?ids=toy")).json()) <= 3
        ids = [f"toy/0/{index}" for index in range(10)]
        response = await client.get("/tables/neurons_by_id.json", params={"ids": ids})
        error: Any = response.json()["errors"][0]
    assert response.status_code == 400
    assert error["extensions"] == {"code": "TOO_MANY_ROWS"}
    assert "the limit is 3" in error["message"]


async def test_histograms_count_every_neuron_once(ask: Asker, graph: Graph) -> None:
    density = (await _get(ask, "/tables/density_histogram.json")).json()
    firing = (await _get(ask, "/tables/firing_density.json")).json()
    alive = {row["layer_id"]: row["n_neurons"] - row["n_dead"] for row in firing}
    counted: dict[str, int] = {}
    for row in density:
        counted[row["layer_id"]] = counted.get(row["layer_id"], 0) + row["n_neurons"]
    assert counted == {layer: n for layer, n in alive.items() if n}
    text = (
        "MATCH (:Neuron)-[:HAS_EXPLANATION]->(e:Explanation) WHERE e.score IS NOT NULL "
        "RETURN count(e) AS n"
    )
    found = await graph.read(text, {})
    scores = (await _get(ask, "/tables/explanation_score_histogram.json")).json()
    assert sum(row["n_explanations"] for row in scores) == found.values[0][0]
    assert all(-1 <= row["score"] <= 1 for row in scores)
