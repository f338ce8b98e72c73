"""Neurons that share tokens with one, against what the tables of the graph say."""

from __future__ import annotations

from collections import defaultdict

import pytest

from cypher.ids import parse_neuron_id
from tests.graphapi.asking import Asker
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

QUERY = """query($id: ID!, $min: Int!, $layers: Layers!, $first: Int!, $after: String) {
  neuronsSharingTokens(neuron: $id, min: $min, layers: $layers, first: $first, after: $after) {
    edges { cursor nShared node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def sharing(tables: Tables, one: str, least: int, layers: str) -> list[tuple[str, int]]:
    """Each neuron that shares tokens with `one`, and how many."""
    fires: dict[str, set[str]] = defaultdict(set)
    for row in tables["ACTIVATES_ON"]:
        fires[row["source"]].add(row["target"])
    mine = parse_neuron_id(one)
    found = []
    for other, tokens in fires.items():
        key, shared = parse_neuron_id(other), len(tokens & fires[one])
        near = key.layer == mine.layer
        if (
            other != one
            and key.model == mine.model
            and shared >= least
            and (layers == "ANY" or near == (layers == "SAME"))
        ):
            found.append((other, shared))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize("layers", ["ANY", "SAME", "OTHER"])
@pytest.mark.parametrize("least", [1, 3])
async def test_every_neuron_that_shares_enough_is_found_page_by_page(
    ask: Asker, tables: Tables, layers: str, least: int
) -> None:
    neurons = sorted({row["source"] for row in tables["ACTIVATES_ON"]})
    n_found = 0
    for one in neurons[:: max(1, len(neurons) // 4)]:
        edges = await ask.pages(
            QUERY, "neuronsSharingTokens", first=7, id=one, min=least, layers=layers
        )
        found = [(edge["node"]["id"], edge["nShared"]) for edge in edges]
        assert found == sharing(tables, one, least, layers)
        n_found += len(found)
    assert n_found > 0


async def test_a_neuron_that_is_not_there_shares_nothing(ask: Asker) -> None:
    data = await ask(QUERY, id="toy/9/9", min=1, layers="ANY", first=5)
    assert data["neuronsSharingTokens"]["edges"] == []


async def test_to_share_nothing_is_no_question(ask: Asker) -> None:
    error = await ask.error(QUERY, id="toy/0/3", min=0, layers="ANY", first=5)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "min: 0" in error["message"]
