"""However many neurons a page has, an operation makes the same number of statements."""

from __future__ import annotations

from typing import Any

import pytest

from cypher.graph import Graph
from cypher.url import Dialect
from graphapi.context import Context
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.settings import Settings
from tests.graphapi.passing_on import PassingOn

pytestmark = pytest.mark.anyio


async def _asked(graph: Graph, query: str, **variables: Any) -> tuple[Any, list[str]]:
    """The data of an operation, and the statements that it made."""
    counting = PassingOn(graph)
    settings = Settings()
    result = await make_schema(settings).execute(
        query,
        variable_values=variables,
        context_value=Context(counting, Reader(counting, settings), settings),
    )
    assert result.errors is None
    return result.data, counting.statements


THREE_LEVELS = """
query($first: Int!, $after: String) {
  neurons(first: $first, after: $after, where: {model: "toy"}) {
    totalCount
    edges { cursor node {
      id layerIndex statistics { density } run { id } layer { model { id } nPresent }
      tokenGraph { validation { f1 } nodes { tokens } edges { source } dot run { id } }
      examples(first: 2) { text tokens { text } run { id } }
      q1: examples(bucket: "q1", first: 1) { text }
      explanations { text scores { value run { id } } run { id } }
      lacks { kind }
      conditionedOn(first: 2) { edges { node { conditions(first: 2) { edges { node { id } } } } } }
      activatesOn(first: 3) { edges { node {
        word { text tokens { text } neurons(first: 2) { edges { node { id } } } }
        neurons(first: 2) { edges { node { id explanations { text } } } }
      } } }
      similar(first: 3, layers: OTHER) { edges { sharedTokens node {
        statistics { maxActivation }
        explanations { text }
        similar(first: 2) { edges { sharedTokens node { explanations { scores { value } } } } }
      } } }
    } }
  }
}
"""
STATEMENTS = 34
PROPERTIES = {Dialect.NEO4J: 0, Dialect.LADYBUG: 1}
"""Ladybug reads a neuron's properties in a statement of their own, if more than numbers are wanted."""


@pytest.fixture(autouse=True)
async def _asked_before(graph: Graph) -> None:
    """What is read once of a file, its layers, has been read."""
    await _asked(graph, "{ neurons(first: 1) { edges { node { id } } } }")


async def test_the_page_size_does_not_change_the_number_of_statements(graph: Graph) -> None:
    twenty, of_twenty = await _asked(graph, THREE_LEVELS, first=20)
    hundred, of_hundred = await _asked(graph, THREE_LEVELS, first=100)
    assert len(twenty["neurons"]["edges"]) == 20
    assert len(hundred["neurons"]["edges"]) == 100
    # Not every neuron has everything; below what one lacks nothing is asked.
    of_one = []
    for edge in twenty["neurons"]["edges"]:
        one, statements = await _asked(graph, THREE_LEVELS, first=1, after=edge["cursor"])
        assert len(one["neurons"]["edges"]) == 1
        of_one.append(len(statements))
    assert max(of_one) == len(of_twenty) == len(of_hundred)
    assert len(of_hundred) == STATEMENTS + PROPERTIES[graph.dialect]


QUESTIONS = {
    '{ word(text: "play") { neurons(first: 20) { edges { activation node { id explanations '
    "{ text score } } } } } }": 3,
    '{ neuron(id: "toy/0/3") { similar(first: 10, layers: OTHER) { edges { similarity '
    "sharedTokens node { id } } } } }": 3,
    '{ neuron(id: "toy/0/3") { id index statistics { density } layer { id } } }': 2,
    "{ neurons(first: 100) { edges { node { id statistics { density } } } } }": 1,
    "{ neurons(first: 100) { totalCount } }": 2,
    "{ neurons(first: 100) { edges { node { reads { edges { node { text } } } writes { edges "
    "{ node { text } } } connectsTo { edges { node { id } } } connectedFrom { edges { node { id } "
    "} } } } } }": 6,  # what leads to a neuron is listed for either of the two
    "{ circuits(first: 2) { edges { node { model { id } nodes(first: 5) { edges { node { neuron { id } "
    "influences { edges { node { id } } } influencedBy { edges { node { id } } } } } } supernodes { "
    "nodes { id } } } } } }": 8,
    '{ neurons(first: 50, where: {model: "toy"}) { edges { node { respondsTo { edges { run { id } } } '
    "indexedUnder { run { id } } circuitNodes { edges { node { circuit { id } } } } explanations { "
    "judgements { run { id } tokens { text } } } } } } }": 10,
}


@pytest.mark.parametrize("query", QUESTIONS)
async def test_nothing_is_read_that_is_not_asked_for(graph: Graph, query: str) -> None:
    _, statements = await _asked(graph, query)
    assert len(statements) == QUESTIONS[query]


async def test_arguments_tell_statements_apart(graph: Graph) -> None:
    data, statements = await _asked(
        graph,
        '{ neuron(id: "toy/0/3") { a: examples(first: 1) { id } b: examples(first: 2) { id } '
        "c: examples(first: 2) { id } } }",
    )
    assert len(data["neuron"]["a"]) == 1
    assert data["neuron"]["b"] == data["neuron"]["c"]
    assert len(data["neuron"]["b"]) == 2
    assert len(statements) == 3


async def test_nothing_is_kept_from_one_operation_to_the_next(graph: Graph) -> None:
    query = '{ neuron(id: "toy/0/3") { explanations { text } } }'
    _, first = await _asked(graph, query)
    _, second = await _asked(graph, query)
    assert first == second
    assert len(first) == 2
