"""Text in, neurons out: what every trie of a model predicts, in plain Python, is what is found."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from cypher import ids
from cypher.compression import compressed
from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.graphapi.asking import Asker
from tests.graphs import write_pack
from tests.loaded import anyio_backend, empty_graph
from tests.tries import Node, Trie, predicted, random_trie, token_graphs

__all__ = ["anyio_backend"]
pytestmark = pytest.mark.anyio

LETTERS = ("a", "b", "c", " a", '"', "'", "\n", "\\", "<0xE2>", "𝄞", "$tokens", "//")
MODEL, OTHER = "tries", "other"
ASK = """query ($tokens: [String!], $text: String, $least: Float!, $layers: IntRange, $first: Int,
  $after: String, $model: ID = "tries") { neuronsFiringOn(model: $model, tokens: $tokens,
  text: $text, minActivation: $least, layerIndex: $layers, first: $first, after: $after) {
  tokens totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor activation tokenGraphId places { position token activation } node { id } } } }"""
PREDICT = """query ($tokens: [String!], $text: String) { nodes: neurons(where: {model: "tries"}, first: 200) { edges {
  node { tokenGraphs { id predict(tokens: $tokens, text: $text) { position token activation }
  } } } } }"""


def _tries() -> dict[str, Trie]:
    """By token graph: two layers, one neuron with two sources, and another model with the same."""
    found: dict[str, Trie] = {}
    for seed in range(80):
        neuron = ids.neuron_id(MODEL, seed % 2, seed // 2)
        found[ids.token_graph_id(neuron, "n2g")] = random_trie(
            random.Random(seed), LETTERS, depth=4
        )
    twin = ids.neuron_id(MODEL, 0, 0)
    found[ids.token_graph_id(twin, "by-hand")] = (
        Node(("a", "b"), 0.75, (Node(("a",), 0.5, (Node(None, 1.0, (Node(("b",), 0.25),)),)),)),
    )
    found[ids.token_graph_id(ids.neuron_id(OTHER, 0, 0), "n2g")] = (Node(("a",), 1.0),)
    return found


TRIES = _tries()
OWN = {graph: trie for graph, trie in TRIES.items() if graph.startswith(f"{MODEL}/")}


@pytest.fixture(
    scope="module",
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
async def graph(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Graph]:
    """The tries, and a tokenizer that cuts a text into its characters."""
    folder = tmp_path_factory.mktemp("tries")
    tables = token_graphs(TRIES)
    vocabulary = ["[UNK]", *"abcdefgh"]
    tokenizer = Tokenizer(
        models.WordLevel({token: at for at, token in enumerate(vocabulary)}, "[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    for model, definition in ((MODEL, compressed(tokenizer.to_str())), (OTHER, None)):
        made = ids.tokenizer_id(model)
        row = {"id": made, "definition": definition, "vocabulary": vocabulary}
        tables["Tokenizer"].append(row)
        tables["HAS_TOKENIZER"].append({"source": model, "target": made})
    url = parse_graph_url(empty_graph(request, folder))
    load_pack(write_pack(folder / "pack", tables).path, url, lambda *_: None)
    opened = await engine_for(url).open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def ask(graph: Graph) -> AsyncIterator[Asker]:
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


def _expected(tokens: Sequence[str], least: float, layers: Sequence[int]) -> list[dict[str, Any]]:
    edges = []
    for graph, trie in OWN.items():
        neuron = graph.rpartition("@")[0]
        if int(ids.parse_neuron_id(neuron).layer) not in layers:
            continue
        places = [
            {"position": at, "token": tokens[at], "activation": value}
            for at, value in enumerate(predicted(trie, tokens))
            if value >= least
        ]
        if places:
            strongest = max(float(str(place["activation"])) for place in places)
            edges.append(
                {"activation": strongest, "tokenGraphId": graph, "places": places}
                | {"node": {"id": neuron}}
            )
    return sorted(edges, key=lambda edge: (-edge["activation"], edge["tokenGraphId"]))


def _bare(edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in edge.items() if key != "cursor"} for edge in edges]


@settings(deadline=None, max_examples=40)
@given(
    tokens=st.lists(st.sampled_from((*LETTERS, "nowhere")), max_size=10),
    least=st.sampled_from((0.01, 0.5, 1.0)),
    layer=st.sampled_from((None, 0, 1)),
)
async def test_it_is_what_the_tries_predict(
    ask: Asker, tokens: list[str], least: float, layer: int | None
) -> None:
    layers = None if layer is None else {"min": layer, "max": layer}
    found = await ask(ASK, tokens=tokens, least=least, layers=layers, first=500)
    expected = _expected(tokens, least, (0, 1) if layer is None else (layer,))
    assert _bare(found["neuronsFiringOn"]["edges"]) == expected
    assert found["neuronsFiringOn"]["totalCount"] == len(expected)
    assert found["neuronsFiringOn"]["tokens"] == tokens


async def test_pages_are_the_list_cut_in_parts(ask: Asker) -> None:
    tokens = ["b", "a", "b", "a", " a", "c"]
    expected = _expected(tokens, 0.01, (0, 1))
    assert len(expected) > 20
    for first in (1, 7, 500):
        edges = await ask.pages(ASK, "neuronsFiringOn", first=first, tokens=tokens, least=0.01)
        assert _bare(edges) == expected


async def test_a_cursor_is_of_one_text(ask: Asker) -> None:
    found = await ask(ASK, tokens=["a", "b"], least=0.5, first=1)
    after = found["neuronsFiringOn"]["pageInfo"]["endCursor"]
    error = await ask.error(ASK, tokens=["a"], least=0.5, first=1, after=after)
    assert "is no cursor of this list" in error["message"]


async def test_a_text_is_cut_by_the_models_tokenizer(ask: Asker) -> None:
    by_text = await ask(ASK, text="abab", least=0.5)
    assert by_text["neuronsFiringOn"]["tokens"] == ["a", "b", "a", "b"]
    by_tokens = await ask(ASK, tokens=["a", "b", "a", "b"], least=0.5)
    assert _bare(by_text["neuronsFiringOn"]["edges"]) == _bare(
        by_tokens["neuronsFiringOn"]["edges"]
    )


async def test_a_token_graph_predicts_a_text(ask: Asker) -> None:
    tokens = ["b", "a", "b", "a"]
    for given_as in ({"text": "baba"}, {"tokens": tokens}):
        found = await ask(PREDICT, **given_as)
        graphs = [g for edge in found["nodes"]["edges"] for g in edge["node"]["tokenGraphs"]]
        answered = {g["id"]: [p["activation"] for p in g["predict"]] for g in graphs}
        assert answered == {graph: predicted(trie, tokens) for graph, trie in OWN.items()}


@pytest.mark.parametrize(
    ("given_as", "message"),
    [
        ({}, "give either `text` or `tokens`"),
        ({"text": "a", "tokens": ["a"]}, "give either `text` or `tokens`"),
        ({"tokens": ["a", ""]}, "one is empty"),
        ({"tokens": ["a"] * 201}, "the text has 201 tokens; the limit is 200"),
        ({"text": "a" * 300}, "the text has 300 tokens; the limit is 200"),
        ({"tokens": ["a"], "least": 0.0}, "minActivation: 0.0 is out of bounds"),
        ({"text": "a", "model": OTHER}, "does not know how other cuts a text into tokens"),
        ({"text": "a", "model": "none"}, "the graph has none called 'none'"),
        ({"tokens": ["a"], "model": "none"}, "the graph has none called 'none'"),
    ],
)
async def test_what_cannot_be_is_refused(
    ask: Asker, given_as: dict[str, Any], message: str
) -> None:
    error = await ask.error(ASK, **{"least": 0.5, **given_as})
    assert message in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_text_without_tokens_makes_nobody_fire(ask: Asker) -> None:
    found = (await ask(ASK, text="", least=0.5))["neuronsFiringOn"]
    assert (found["tokens"], found["edges"], found["totalCount"]) == ([], [], 0)
