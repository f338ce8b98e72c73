"""What several sources say of one neuron, asked in one question."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.test_n2g import RUST
from tests.ingest.sources.test_neuroscope import TEXTS
from tests.ingest.sources.test_openai import EXPLAINED, record

QUESTION = """
{
  neuron(id: "gpt2-xl/1/1") {
    activatesOn(first: 2) { edges { activation node { text } } }
    explanations { text score scores { kind value } simulations(first: 1) { tokens { text expected activation } } }
    examples(source: "neuroscope", first: 1) { text maxActivation }
    all: examples(bucket: "top", first: 1) { source }
    measurements { source statistics { maxActivation } quantileBoundaries }
    statistics { maxActivation kurtosis }
    similar(first: 1, layers: OTHER) { edges { similarity node { id explanations { text } } } }
  }
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one neuron what N2G, OpenAI and Neuroscope say, and of another its explanation."""
    similar = [{"layer": 2, "neuron": 7, "similarity": 0.75}]
    other = {**EXPLAINED, "neuron_id": {"layer_index": 2, "neuron_index": 7}}
    other["scored_explanations"] = [{"explanation": "the end of words"}]
    neuroscope = {"neuron_index": {"layer": 1, "neuron": 1}, "texts": TEXTS}
    return written(
        tmp_path / "in",
        {
            "n2g/gpt2-xl/neuron2graph/1/1.json": {"graphviz": RUST, "similar": similar},
            "openai/collated-activations/1/1.json": record(),
            "openai/explanations/1/1.jsonl": EXPLAINED,
            "openai/explanations/2/7.jsonl": other,
            "neuroscope/gpt2-xl/neuroscope/1/1.json": neuroscope,
        },
    )


@pytest.mark.parametrize("first", [0, 1])
def test_the_question_of_deepdeciphers_authors(
    graph_url: str, tmp_path: Path, folder: Path, first: int
) -> None:
    names = ["n2g", "openai", "neuroscope"]
    for name in names[first:] + names[:first]:
        pack = imported(name, folder / name, tmp_path / f"pack-{name}")
        load_pack(pack.path, parse_graph_url(graph_url), lambda *_: None)
    answer = asyncio.run(asked(graph_url, QUESTION))
    assert answer["neuron"] == {
        "activatesOn": {
            "edges": [
                {"activation": 1.0, "node": {"text": " play"}},
                {"activation": 0.6486, "node": {"text": "ing"}},
            ]
        },
        "explanations": [
            {
                "text": "words about play",
                "score": 0.25,
                "scores": [
                    {"kind": "absolute_dev_explained", "value": None},
                    {"kind": "ev_correlation", "value": 0.25},
                    {"kind": "rsquared", "value": -0.5},
                ],
                "simulations": [
                    {
                        "tokens": [
                            {"text": "a", "expected": 1.0, "activation": 0.5},
                            {"text": " b", "expected": 2.0, "activation": 0.5},
                        ]
                    }
                ],
            },
            {"text": "never scored", "score": None, "scores": [], "simulations": []},
        ],
        "examples": [{"text": "<|endoftext|> a\n</b>", "maxActivation": 4.821234}],
        "all": [{"source": "neuroscope"}, {"source": "openai"}],
        "measurements": [
            {
                "source": "neuroscope",
                "statistics": {"maxActivation": 4.821234},
                "quantileBoundaries": None,
            },
            {
                "source": "openai",
                "statistics": {"maxActivation": 2.5},
                "quantileBoundaries": [0.25],
            },
        ],
        "statistics": {"maxActivation": 2.5, "kurtosis": 3.5},
        "similar": {
            "edges": [
                {
                    "similarity": 0.75,
                    "node": {"id": "gpt2-xl/2/7", "explanations": [{"text": "the end of words"}]},
                }
            ]
        },
    }


async def asked(url: str, question: str) -> dict[str, object]:
    graph = await engine_for(parse_graph_url(url)).open()
    try:
        transport = httpx.ASGITransport(create_app(graph, Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
            answer = (await client.post("/graphql", json={"query": question})).json()
    finally:
        await graph.close()
    assert "errors" not in answer, answer
    found: dict[str, object] = answer["data"]
    return found
