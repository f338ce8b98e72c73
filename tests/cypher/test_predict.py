"""One statement predicts what a token graph predicts, position by position, on both engines.

What it should be is worked out here from the definition alone: every pattern is tried at every
position, and the best of those that match is taken.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.catalogue import run
from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.url import parse_graph_url
from neurocypher.demo import demo_pack
from tests.graphs import Tables, write_pack
from tests.loaded import anyio_backend, empty_graph
from tests.tries import Node, Trie, predicted, random_trie, token_graphs, tokens_of, trie_of

__all__ = ["anyio_backend"]

LETTERS = ("a", " a", '"', "'", "\n", "\\", "\\n", "<0xE2>", "𝄞", "$tokens", "`", "//")
UNSEEN = "in no token graph"


def _chain(length: int) -> Trie:
    """Patterns of any number of tokens up to `length`, each with an activation of its own."""
    node = Node(("a",), 1 / length)
    for nodes in range(length - 1, 0, -1):
        node = Node(("a",), 1 / nodes, (node,))
    return (node,)


def _leaf(token: str | None, activation: float | None) -> Node:
    return Node(None if token is None else (token,), activation)


@dataclass(frozen=True, slots=True)
class Case:
    """A trie, a text, and what the definition says, by hand."""

    trie: Trie
    tokens: str
    """One token per letter."""
    activations: list[float]


CASES = {
    "no nodes": Case((), "ab", [0.0, 0.0]),
    "no ends": Case((Node(("a",), 1.0, is_end=False),), "a", [0.0]),
    "no activation": Case((Node(("a",), None),), "a", [0.0]),
    "one token": Case((_leaf("a", 0.5),), "aba", [0.5, 0.0, 0.5]),
    "several tokens": Case((Node(("a", "b"), 0.5),), "abc", [0.5, 0.5, 0.0]),
    "below zero": Case((_leaf("a", -0.5),), "ab", [-0.5, 0.0]),
    "the longest, however weak": Case(
        (Node(("a",), 1.0, (_leaf("b", 0.0),)),), "aba", [1.0, 0.0, 0.0]
    ),
    "the longest, whatever it ignores": Case(
        (Node(("a",), 1.0, (_leaf("b", 0.5), Node(None, None, (_leaf("c", 0.25),)))),),
        "cbabba",
        [0.0, 0.0, 0.25, 0.0, 0.0, 0.5],
    ),
    "of two as long, the one that ignores less": Case(
        (Node(("a",), None, (_leaf(None, 1.0), _leaf("b", 0.25))),), "bacca", [0.0, 0.25, 0.0, 0.0, 1.0]
    ),
    "of two as long that ignore as much, the strongest": Case(
        (_leaf("a", 0.25), Node(("a", "b"), 0.5), _leaf("a", 0.125)), "ab", [0.5, 0.5]
    ),
    "nothing before the beginning": Case(
        (Node(("a",), None, (_leaf(None, 1.0),)),), "aa", [0.0, 1.0]
    ),
    "no way through the middle": Case(
        (Node(("a",), 0.5, (Node(("b",), None, (_leaf("c", 1.0),)),)),), "cbabaca",
        [0.0, 0.0, 1.0, 0.0, 0.5, 0.0, 0.5],
    ),
    "any token last": Case((_leaf(None, 0.5),), "ab", [0.5, 0.5]),
}  # fmt: skip
LONGEST = 31
"""What a pattern may have, in tokens: a relationship of Ladybug's is followed 30 times."""
TRIES = {
    **{f"case {name}": case.trie for name, case in CASES.items()},
    "chain": _chain(LONGEST + 4),
    **{f"random {seed}": random_trie(random.Random(seed), LETTERS, depth=4) for seed in range(120)},
}
GRAPHS = {
    name: ids.token_graph_id(ids.neuron_id("tries", 0, index), "n2g")
    for index, name in enumerate(TRIES)
}
"""The token graph of each trie."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A part of the demo pack: some token graphs, and texts on which their neurons fire."""

    tables: Tables
    tries: Mapping[str, Trie]
    texts: Sequence[Sequence[str]]


_PARTS = (
    "Model", "Layer", "HAS_LAYER", "Neuron", "HAS_NEURON", "IngestRun", "COVERS", "Token", "Word",
    "FORM_OF", "TokenGraph", "TokenGraphNode", "HAS_TOKEN_GRAPH", "STARTS_AT", "PRECEDED_BY",
    "CONTAINS", "MATCHES",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The rows of the neurons with the largest token graphs and with the most ignored tokens."""
    pack = demo_pack()
    rows = {name: pack.table(name).to_pylist() for name in (*_PARTS, "HAS_EXAMPLE", "WITHIN")}
    of_node = {row["target"]: row["source"] for row in rows["CONTAINS"]}
    n_ignored = dict.fromkeys(of_node.values(), 0)
    for row in rows["TokenGraphNode"]:
        n_ignored[of_node[row["id"]]] += row["kind"] == "ignore"
    by_size = sorted(rows["TokenGraph"], key=lambda row: (-row["n_nodes"], row["id"]))
    by_ignored = sorted(by_size, key=lambda row: -n_ignored[row["id"]])
    usual = by_size[len(by_size) // 2]
    chosen = {row["id"]: row["neuron_id"] for row in (*by_size[:3], usual, *by_ignored[:4])}
    kept = {*chosen, *chosen.values()}
    kept |= {node for node, graph in of_node.items() if graph in chosen}
    kept |= {row["target"] for row in rows["MATCHES"] if row["source"] in kept}
    kept |= {row["target"] for row in rows["FORM_OF"] if row["source"] in kept}
    kept |= {row["id"] for name in ("Model", "Layer", "IngestRun") for row in rows[name]}
    tables = {name: [row for row in rows[name] if kept.issuperset(_ends(row))] for name in _PARTS}
    examples = {
        row["target"]
        for row in rows["HAS_EXAMPLE"]
        if row["source"] in kept and row["rank"] == 1 and "@top#" in row["target"]
    }
    within = {row["target"] for row in rows["WITHIN"] if row["source"] in examples}
    texts = [row["tokens"] for row in pack.table("Sequence").to_pylist() if row["id"] in within]
    return Demo(tables, {graph: trie_of(graph, tables) for graph in chosen}, texts)


def _ends(row: Mapping[str, Any]) -> set[str]:
    return {row["id"]} if "id" in row else {row["source"], row["target"]}


@pytest.fixture(
    scope="module",
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
async def graph(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, demo: Demo
) -> AsyncIterator[Graph]:
    """A graph with the tries and the part of the demo pack, on either engine."""
    folder = tmp_path_factory.mktemp("tries")
    tries = token_graphs({GRAPHS[name]: trie for name, trie in TRIES.items()})
    url = parse_graph_url(empty_graph(request, folder))
    for name, tables in (("tries", tries), ("demo", demo.tables)):
        load_pack(write_pack(folder / name, tables).path, url, lambda *_: None)
    opened = await engine_for(url).open()
    yield opened
    await opened.close()


def _rows(tries: Mapping[str, Trie], tokens: Sequence[str]) -> list[dict[str, object]]:
    """What the statement should answer."""
    return [
        {"token_graph_id": graph, "position": position, "activation": activation}
        for graph in sorted(tries)
        for position, activation in enumerate(predicted(tries[graph], tokens))
    ]


@pytest.mark.parametrize("name", CASES)
def test_the_definition_says_what_is_meant(name: str) -> None:
    case = CASES[name]
    assert predicted(case.trie, case.tokens) == case.activations


@pytest.mark.anyio
@pytest.mark.parametrize("name", CASES)
async def test_what_is_meant_is_predicted(graph: Graph, name: str) -> None:
    case, id_ = CASES[name], GRAPHS[f"case {name}"]
    rows = await run(graph, "predicted_activations", ids=[id_], tokens=list(case.tokens))
    assert [row["activation"] for row in rows] == case.activations


@st.composite
def _questions(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Names of tries, and a text that is made of their tokens for the most part."""
    names = draw(st.lists(st.sampled_from(sorted(TRIES)), min_size=1, max_size=4))
    own = sorted({token for name in names for token in tokens_of(TRIES[name])})
    token = st.sampled_from((*own, UNSEEN)) | st.sampled_from(LETTERS)
    return names, draw(st.lists(st.sampled_from(own) | token if own else token, max_size=12))


@pytest.mark.anyio
@settings(deadline=None)
@given(question=_questions())
async def test_any_trie_predicts_the_same_as_in_python(
    graph: Graph, question: tuple[list[str], list[str]]
) -> None:
    names, tokens = question
    asked = [GRAPHS[name] for name in names]
    expected = _rows({GRAPHS[name]: TRIES[name] for name in names}, tokens)
    assert await run(graph, "predicted_activations", ids=asked, tokens=tokens) == expected


@pytest.mark.anyio
async def test_every_trie_predicts_the_same_as_in_python(graph: Graph) -> None:
    tries = {GRAPHS[name]: trie for name, trie in TRIES.items() if name != "chain"}
    tokens = random.Random(0).choices((*LETTERS, UNSEEN), k=60)
    expected = _rows(tries, tokens)
    assert len({row["activation"] for row in expected}) > 50
    assert await run(graph, "predicted_activations", ids=list(tries), tokens=tokens) == expected


@pytest.mark.anyio
async def test_the_demo_predicts_the_same_as_in_python(graph: Graph, demo: Demo) -> None:
    assert len(demo.texts) >= 5
    for tokens in demo.texts:
        expected = _rows(demo.tries, tokens)
        assert any(row["activation"] for row in expected)
        rows = await run(graph, "predicted_activations", ids=list(demo.tries), tokens=list(tokens))
        assert rows == expected


@pytest.mark.anyio
async def test_a_pattern_may_have_31_tokens(graph: Graph) -> None:
    id_, tokens = GRAPHS["chain"], ["a"] * (LONGEST + 4)
    rows = await run(graph, "predicted_activations", ids=[id_], tokens=tokens)
    assert [row["activation"] for row in rows] == [
        1 / min(position + 1, LONGEST) for position in range(len(tokens))
    ]


@pytest.mark.anyio
async def test_a_graph_that_is_not_there_and_a_text_without_tokens_have_no_rows(
    graph: Graph,
) -> None:
    id_ = GRAPHS["case one token"]
    assert await run(graph, "predicted_activations", ids=["none"], tokens=["a"]) == []
    assert await run(graph, "predicted_activations", ids=[], tokens=["a"]) == []
    assert await run(graph, "predicted_activations", ids=[id_], tokens=[]) == []
    rows = await run(graph, "predicted_activations", ids=[id_, "none", id_], tokens=["a"])
    assert rows == [{"token_graph_id": id_, "position": 0, "activation": 0.5}]
