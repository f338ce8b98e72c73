"""What the weights say of neurons: pages of what they read, write and connect to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.graphapi.asking import Asker
from tests.graphapi.test_pages import PAGE, SIZES
from tests.graphs import Tables

pytestmark = pytest.mark.anyio


async def _pages(ask: Asker, field: str, node: str, neuron: str, first: int) -> list[Any]:
    edges = await ask.pages(
        f"query($first: Int, $after: String, $id: ID!) {{ neuron(id: $id) {{ {field}(first: $first, "
        f"after: $after) {{ edges {{ cursor weight rank node {{ {node} }} }} {PAGE} }} }} }}",
        "neuron", field, first=first, id=neuron,
    )  # fmt: skip
    return [(edge["weight"], edge["rank"], edge["node"][node]) for edge in edges]


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize(
    ("field", "node", "table"),
    [("reads", "text", "READS"), ("writes", "text", "WRITES"), ("connectsTo", "id", "CONNECTS_TO")],
)
async def test_what_a_neuron_leads_to(
    ask: Asker, tables: Tables, *, first: int, field: str, node: str, table: str
) -> None:
    [(neuron, n_rows)] = Counter(row["source"] for row in tables[table]).most_common(1)
    rows = [row for row in tables[table] if row["source"] == neuron]
    assert n_rows == len(rows) == 7
    expected = [(row["weight"], row["rank"], row["target"]) for row in rows]
    assert await _pages(ask, field, node, neuron, first) == sorted(expected, key=lambda row: row[1])


@pytest.mark.parametrize("first", SIZES)
async def test_what_leads_to_a_neuron(ask: Asker, tables: Tables, first: int) -> None:
    """The strongest first, whatever the sign; equals by id."""
    [(neuron, _)] = Counter(row["target"] for row in tables["CONNECTS_TO"]).most_common(1)
    expected = [
        (row["weight"], row["rank"], row["source"])
        for row in tables["CONNECTS_TO"]
        if row["target"] == neuron
    ] + [
        (row["weight"], row["rank"], row["target"])
        for row in tables["CONNECTED_FROM"]
        if row["source"] == neuron
    ]
    assert len({abs(weight) for weight, _, _ in expected}) < len(expected) > 7
    expected.sort(key=lambda row: (-abs(row[0]), row[2]))
    assert await _pages(ask, "connectedFrom", "id", neuron, first) == expected


async def test_there_and_back(ask: Asker, tables: Tables) -> None:
    row = tables["CONNECTS_TO"][0]
    answer = await ask(
        "query($id: ID!) { neuron(id: $id) { connectsTo { edges { weight node { id connectedFrom "
        "(first: 1000) { edges { weight node { id } } } } } } } }",
        id=row["source"],
    )
    edges = answer["neuron"]["connectsTo"]["edges"]
    assert row["target"] in [edge["node"]["id"] for edge in edges]
    for edge in edges:
        back = {"weight": edge["weight"], "node": {"id": row["source"]}}
        assert back in edge["node"]["connectedFrom"]["edges"]


async def test_a_cursor_of_another_list_is_refused(ask: Asker, tables: Tables) -> None:
    row = tables["CONNECTS_TO"][0]
    answer = await ask(
        "query($id: ID!) { neuron(id: $id) { connectsTo { pageInfo { endCursor } } } }",
        id=row["source"],
    )
    error = await ask.error(
        "query($id: ID!, $after: String) { neuron(id: $id) { connectedFrom(after: $after) "
        "{ edges { cursor } } } }",
        id=row["source"],
        after=answer["neuron"]["connectsTo"]["pageInfo"]["endCursor"],
    )
    assert "is no cursor of this list" in error["message"]
