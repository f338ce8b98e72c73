"""Queries in files, asked by their URL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.errors import ServeError
from graphapi.settings import Settings

FIRING = """query($token: String!, $first: Int = 2, $direction: Direction = DESC) {
  token(text: $token) { neurons(first: $first) { edges { activation node { id } } } }
  neurons(first: 1, orderBy: {field: DENSITY, direction: $direction}) { edges { node { id } } }
}"""
NEURONS = "query($where: NeuronFilter) { neurons(where: $where, first: 3) { totalCount } }"


@pytest.fixture
async def client(graph: Graph, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "firing.graphql").write_text(FIRING)
    (tmp_path / "neurons.graphql").write_text(NEURONS)
    (tmp_path / "notes.txt").write_text("not a query")
    app = create_app(graph, Settings(queries=str(tmp_path)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as opened:
        yield opened


@pytest.mark.anyio
async def test_they_are_listed(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/q")).json()
    assert [query["name"] for query in listed] == ["firing", "neurons"]
    assert listed[0]["variables"] == {"token": "String!", "first": "Int", "direction": "Direction"}


@pytest.mark.anyio
async def test_one_answers_as_the_operation_does(client: httpx.AsyncClient) -> None:
    given = {"token": " play", "first": "3", "direction": "ASC"}
    response = await client.get("/q/firing", params=given)
    assert response.status_code == 200, response.text
    sent = {"query": FIRING, "variables": {**given, "first": 3}}
    assert response.json() == (await client.post("/graphql", json=sent)).json()
    extension = response.json()["extensions"]
    assert extension == {"loadId": response.headers["neurocypher-load-id"]}
    tag = response.headers["etag"]
    again = await client.get("/q/firing", params=given, headers={"if-none-match": tag})
    assert again.status_code == 304
    other = await client.get(
        "/q/firing", params={**given, "first": "1"}, headers={"if-none-match": tag}
    )
    assert other.status_code == 200


@pytest.mark.anyio
async def test_a_variable_may_be_an_object(client: httpx.AsyncClient) -> None:
    response = await client.get("/q/neurons", params={"where": '{"model": "toy"}'})
    every = await client.get("/q/neurons")
    counts = [one.json()["data"]["neurons"]["totalCount"] for one in (response, every)]
    assert 0 < counts[0] < counts[1]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("/q/nothing", 404, "there is no query nothing; /q lists them"),
        ("/q/firing?tokn=a", 400, "query firing has no variable tokn; it has token, first"),
        ("/q/firing", 400, "Expected a value of non-null type 'String!'"),
        ("/q/firing?token=a&token=b", 400, "token is given 2 times; expected once"),
        ("/q/firing?token=a&first=many", 400, "Int cannot represent non-integer value"),
        ("/q/neurons?where=x", 400, "Expected value of type 'NeuronFilter'"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, url: str, status: int, message: str
) -> None:
    response = await client.get(url)
    assert message in response.json()["errors"][0]["message"]
    assert response.status_code == status
    assert response.headers.get("cache-control") != "no-cache"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "Syntax Error"),
        ("{ nope }", "Cannot query field 'nope'"),
        ("query a { __typename } query b { __typename }", "2 operations; expected one query"),
        ("fragment f on Neuron { id }", "0 operations"),
    ],
)
def test_a_file_that_holds_no_query_is_said(
    graph: Graph, tmp_path: Path, text: str, expected: str
) -> None:
    (tmp_path / "bad.graphql").write_text(text)
    with pytest.raises(ServeError, match=f"bad.graphql.*{expected}"):
        create_app(graph, Settings(queries=str(tmp_path)))


def test_a_folder_that_is_not_there_is_said(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="does not exist"):
        create_app(graph, Settings(queries=str(tmp_path / "none")))
