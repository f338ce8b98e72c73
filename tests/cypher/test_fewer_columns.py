"""A statement without some of its columns returns the others as it did."""

from __future__ import annotations

import pytest

from cypher.catalogue import catalogue
from cypher.fewer_columns import ORDER, without_columns
from cypher.graph import Graph, Value
from cypher.url import Dialect
from tests.loaded import anyio_backend, graph, small_graph_url, tables

__all__ = ["anyio_backend", "graph", "small_graph_url", "tables"]


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        (
            "MATCH (n)\nRETURN n.a AS a, n.b AS b,\n       n.c AS c\nORDER BY a, b, c",
            ("b",),
            "MATCH (n)\nRETURN n.a AS a, n.c AS c\nORDER BY a, c",
        ),
        (
            "MATCH (n)\nRETURN f(n.a, [n.b, ',)']) AS a, n.`b, c` AS `b`\nORDER BY n.a IS NULL, a",
            ("b",),
            "MATCH (n)\nRETURN f(n.a, [n.b, ',)']) AS a\nORDER BY n.a IS NULL, a",
        ),
        (
            "MATCH (n)\nRETURN n.a AS a, n.b AS ab\nORDER BY ab, a",
            ("a", "b"),
            "MATCH (n)\nRETURN n.b AS ab\nORDER BY ab",
        ),
        (
            "MATCH (n)\nRETURN n.a AS a, n.b AS b\nORDER BY b, a",
            ("a", ORDER),
            "MATCH (n)\nRETURN n.b AS b",
        ),
    ],
)
def test_columns_and_what_is_sorted_by_them_are_left_out(
    text: str, dropped: tuple[str, ...], left: str
) -> None:
    assert without_columns(text, dropped) == left


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "dropped"),
    [
        ("activating_tokens", ("token_rank", "run_id")),
        ("context_tokens", ("token_rank", "run_id")),
        ("responses", ("run_id",)),
        ("explanations", ("explainer_model", "prompt_version", "about", "run_id")),
    ],
)
async def test_what_is_left_is_the_same(graph: Graph, name: str, dropped: tuple[str, ...]) -> None:
    statement = catalogue()[name]
    given: dict[str, Value] = {"ids": [f"toy/0/{index}" for index in range(9)]}
    if name != "explanations":
        given |= {"from": 1, "until": 3, "run": ""}
    found = []
    for without in ((), dropped):
        read = statement.asked(graph.dialect, given, without=without)
        found.append(await graph.read(read.text, read.parameters, columns=read.columns))
    whole, left = found
    assert set(whole.columns) - set(left.columns) == set(dropped)
    wanted = [[row[column] for column in left.columns] for row in whole.as_dicts()]
    assert sorted(map(repr, left.values)) == sorted(map(repr, wanted))
    assert len(wanted) > 5


def test_what_returns_all_is_sent_as_it_is() -> None:
    statement = catalogue()["explanations"]
    assert statement.asked(Dialect.NEO4J, {"ids": []}).text == statement.texts[Dialect.NEO4J]
