"""Nodes of any kind by their ids."""

from __future__ import annotations

import pytest

from tests.graphapi.asking import Asker
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

ASK = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
  ... on Model { family } ... on Layer { kind } ... on Neuron { index }
  ... on TokenGraph { source validation { f1 } } ... on Example { bucket rank text }
  ... on Explanation { explainer score } ... on IngestRun { job } } }"""
KINDS = ("Model", "Layer", "Neuron", "TokenGraph", "Example", "Explanation", "IngestRun")


async def test_each_is_found_in_its_place(ask: Asker, tables: Tables) -> None:
    rows = [
        (kind, row) for kind in KINDS for row in tables[kind][:: max(1, len(tables[kind]) // 60)]
    ]
    rows = [*rows[::2], *rows[1::2]]
    ids = [row["id"] for _, row in rows]
    nodes = (await ask(ASK, ids=["nobody", *ids, "toy/0/999", ids[0]]))["nodes"]
    assert nodes[0] is nodes[-2] is None
    assert nodes[-1] == nodes[1]
    assert [(node["__typename"], node["id"]) for node in nodes[1:-2]] == [
        (kind, row["id"]) for kind, row in rows
    ]
    for node, (kind, row) in zip(nodes[1:-2], rows, strict=True):
        match kind:
            case "TokenGraph":
                assert (node["source"], node["validation"]["f1"]) == (row["source"], row["f1"])
            case "Example":
                assert (node["bucket"], node["rank"]) == (row["bucket"], row["rank"])
            case "Explanation":
                assert (node["explainer"], node["score"]) == (row["explainer"], row["score"])
            case "Neuron":
                assert node["index"] == row["index"]


@pytest.mark.parametrize(
    "id_",
    ["", "/", "//", "@", "a@b", "a@b#", "a@b#1", "a@b#" + "9" * 40, "a/b/c/d", "𝄞", "#", "a@@#"],
)
async def test_an_id_of_nothing_is_null(ask: Asker, id_: str) -> None:
    assert await ask(ASK, ids=[id_]) == {"nodes": [None]}


async def test_no_ids_are_no_nodes(ask: Asker) -> None:
    assert await ask(ASK, ids=[]) == {"nodes": []}


async def test_each_of_them_counts(ask: Asker) -> None:
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Neuron {
      similar(first: 1000) { edges { node { id } } } } } }"""
    assert (await ask(query, ids=["toy/0/1"] * 100))["nodes"][0]
    literal = query.replace("query ($ids: [ID!]!)", "").replace(
        "$ids", "[" + '"toy/0/1" ' * 300 + "]"
    )
    for asked, ids in ((query, ["toy/0/1"] * 300), (literal, None)):
        error = await ask.error(asked, ids=ids)
        assert error["extensions"]["limit"] == "cost"


async def test_too_many_are_refused(ask: Asker) -> None:
    error = await ask.error(ASK, ids=[f"toy/0/{n}" for n in range(1001)])
    assert error["message"] == "ids: 1001 are given; the limit is 1000. Ask for fewer."
