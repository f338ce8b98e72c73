"""Two neurons, or two token graphs, side by side, against the pack's rows in Python."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from graphapi.errors import UserError
from graphapi.patterns import patterns_of
from tests.graphapi.asking import Asker
from tests.graphs import Tables
from tests.tries import Node, trie_of

pytestmark = pytest.mark.anyio

NEURONS = """query ($first: ID!, $second: ID!) { compareNeurons(first: $first, second: $second) {
  first { id } second { id } shared { ...T } onlyFirst { ...T } onlySecond { ...T } } }
  fragment T on ComparedToken { token first second }"""
GRAPHS = """query ($first: ID!, $second: ID!) { compareTokenGraphs(first: $first, second: $second) {
  firstId secondId shared { ...P } onlyFirst { ...P } onlySecond { ...P } } }
  fragment P on ComparedPattern { tokens first second }"""


def _parted(one: dict[Any, float], other: dict[Any, float], order: Any, name: str) -> Any:
    """What is in both, in the first alone and in the second alone."""
    every = [
        {name: key if name == "token" else list(key), "first": one.get(key)}
        | {"second": other.get(key)}
        for key in sorted({*one, *other}, key=order)
    ]
    return {
        "shared": [row for row in every if None not in (row["first"], row["second"])],
        "onlyFirst": [row for row in every if row["second"] is None],
        "onlySecond": [row for row in every if row["first"] is None],
    }


async def test_two_neurons(ask: Asker, tables: Tables) -> None:
    fires: dict[str, dict[str, float]] = {}
    for row in tables["ACTIVATES_ON"]:
        fires.setdefault(row["source"], {})[row["target"]] = row["activation"]
    neurons = [row["id"] for row in tables["Neuron"]][:8]
    seen = set()
    for first, second in zip(neurons, [*neurons[1:], neurons[-1]], strict=True):
        found = (await ask(NEURONS, first=first, second=second))["compareNeurons"]
        expected = _parted(fires.get(first, {}), fires.get(second, {}), None, "token")
        assert found == {"first": {"id": first}, "second": {"id": second}, **expected}
        seen |= {name for name, rows in expected.items() if rows}
    assert seen == {"shared", "onlyFirst", "onlySecond"}


def _patterns(node: Node, after: tuple[str | None, ...] = ()) -> dict[Any, float]:
    """Every pattern of a trie, as it is read, and what it predicts."""
    found: dict[Any, float] = {}
    for token in node.tokens or (None,):
        read = (token, *after)
        if node.is_end and node.activation is not None:
            found[read] = max(found.get(read, node.activation), node.activation)
        for child in node.children:
            for pattern, activation in _patterns(child, read).items():
                found[pattern] = max(found.get(pattern, activation), activation)
    return found


def _trie(graph: str, tables: Tables) -> dict[Any, float]:
    found: dict[Any, float] = {}
    for root in trie_of(graph, tables):
        for pattern, activation in _patterns(root).items():
            found[pattern] = max(found.get(pattern, activation), activation)
    return found


async def test_two_token_graphs(ask: Asker, tables: Tables) -> None:
    graphs = [row["id"] for row in tables["TokenGraph"] if _trie(row["id"], tables)][:8]
    for first, second in product(graphs[:4], graphs[4:]):
        found = (await ask(GRAPHS, first=first, second=second))["compareTokenGraphs"]
        one, other = _trie(first, tables), _trie(second, tables)
        order = lambda pattern: [(t is not None, t or "") for t in reversed(pattern)]  # noqa: E731
        expected = _parted(one, other, order, "tokens")
        assert found == {"firstId": first, "secondId": second, **expected}
    same = (await ask(GRAPHS, first=graphs[0], second=graphs[0]))["compareTokenGraphs"]
    assert len(same["shared"]) == len(_trie(graphs[0], tables))
    assert same["onlyFirst"] == same["onlySecond"] == []


@pytest.mark.parametrize(
    ("query", "first", "message"),
    [
        (NEURONS, "toy", "'toy' is no neuron's id"),
        (NEURONS, "toy/0/999", "the graph has no neuron 'toy/0/999'"),
        (GRAPHS, "toy/0/0@none", "the graph has no token graph 'toy/0/0@none'"),
    ],
)
async def test_what_is_not_there(
    ask: Asker, tables: Tables, query: str, first: str, message: str
) -> None:
    second = tables["TokenGraph" if query is GRAPHS else "Neuron"][0]["id"]
    error = await ask.error(query, first=first, second=second)
    assert message in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_graph_of_too_many_patterns_is_refused() -> None:
    nodes = [
        {"id": str(depth), "token": f"t{n}", "position": -depth, "is_end": True, "activation": 0.5}
        for depth in range(3)
        for n in range(40)
    ]
    edges = [{"source": "0", "target": "1"}, {"source": "1", "target": "2"}]
    with pytest.raises(UserError, match="more than 20000 patterns"):
        patterns_of(nodes, edges)
