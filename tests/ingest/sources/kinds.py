"""A small file of every kind that the formats have, with what must lie beside it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from safetensors.numpy import save

from ingest.exports.n2g_dot import TrieNode, dot
from tests.ingest.sources.exports import MODEL, SOURCE, activation, explanation, feature
from tests.ingest.sources.published import real
from tests.ingest.sources.test_n2g import DECIPHERED, FOLDER
from tests.ingest.sources.test_n2g_model import TOKENIZER, TRIE
from tests.ingest.sources.test_neuroscope import ANSWER, JSON, PAGE, TEXTS, page
from tests.ingest.sources.test_openai import FILES


@dataclass(frozen=True)
class Lines:
    """A file with a JSON value in each line."""

    values: list[Any]


@dataclass(frozen=True)
class Kind:
    """One kind of file."""

    format: str
    name: str
    content: Callable[[], Any]
    """A JSON value, `Lines`, text or bytes: what stands in the file, packed if its name says so."""
    beside: Callable[[], Mapping[str, Any]] = field(default=dict)
    """Other files that belong to it."""
    is_heading: bool = False
    """Whether it is no record: where it is bad nothing can be imported, or left out."""

    def files(self) -> dict[str, bytes]:
        """All of it."""
        files = {self.name: self.content(), **self.beside()}
        return {name: as_file(name, content) for name, content in files.items()}


def as_file(name: str, content: Any) -> bytes:
    """A file's bytes."""
    if isinstance(content, Lines):
        content = "\n".join(map(json.dumps, content.values))
    elif not isinstance(content, (str, bytes)):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


@cache
def _read(*parts: str) -> bytes:
    return real(*parts).read_bytes()


def _plain(*parts: str) -> Any:
    return json.loads(_read(*parts))


def _circuit(name: str) -> Any:
    plain = _plain("circuit", name)
    plain["nodes"] = plain["nodes"][:20] + plain["nodes"][-20:]
    known = {node["node_id"] for node in plain["nodes"]}
    plain["links"] = [x for x in plain["links"] if {x["source"], x["target"]} <= known][:60]
    return plain


def _batch(name: str) -> Any:
    plain = _plain("saedashboard", name)
    for latent in plain["features"]:
        latent["activations"] = latent["activations"][::20]
    return plain


def _numbered() -> str:
    nodes = [
        TrieNode(0, 0, False, 0.75, None, True, [" play", "Play"]),
        TrieNode(1, -1, True, None, None, False),
        TrieNode(2, -2, False, None, 0.625, True, ['"the"']),
    ]
    return dot("0_1", nodes, [(0, 1), (1, 2)], "A note.")


SIMULATION = {
    "tokens": ["a", " b"],
    "true_activations": [0.0, 2.5],
    "predicted_activations": [0, 7],
    "ev_correlation_score": "nan",
}
GROUPS = [
    {"distance": 1, "scored_sequence_simulations": [SIMULATION], "ev_correlation_score": 0.5},
    {"distance": 0, "scored_sequence_simulations": [SIMULATION], "ev_correlation_score": "nan"},
]
ROWS = [
    {"str_tokens": ["a", " b"], "activations": [0.0, 1.5], "distance": 3, "activating": True,
     "prediction": True, "probability": None, "correct": True},
    {"str_tokens": ["c"], "activations": [0.0], "distance": -1.0, "activating": False,
     "prediction": None, "probability": None, "correct": None},
]  # fmt: skip
_LATENT, _LATENT_2024 = "layers.3.mlp_latent7.txt", ".transformer.h.0_feature0.txt"
CONFIG = {"model": "openai-community/gpt2", "explainer_model": "llama/Llama-70B",
          "sparse_model": "x", "constructor_cfg": {"example_ctx_len": 4}}  # fmt: skip
_CACHE = "latents/layers.3.mlp/4_7.safetensors"


def _cached() -> bytes:
    chance = np.random.default_rng(0)
    tokens = chance.integers(0, 6, (3, 10)).astype(np.int64)
    places = np.ascontiguousarray(np.argwhere(chance.random((3, 10, 4)) < 0.2), np.uint16)
    activations = (chance.random(len(places)) + 0.5).astype(np.float16)
    return save({"locations": places, "activations": activations, "tokens": tokens})


def _delphi_2024(folder: str, rows: int | None = None) -> Any:
    plain = _plain("delphi", "gpt2-2024", folder, _LATENT_2024)
    return plain if rows is None else plain[:rows]


def _openai(name: str) -> Kind:
    return Kind("openai", name, lambda: FILES[name])


def _n2g(name: str, *beside: str) -> Kind:
    return Kind("n2g", name, lambda: FOLDER[name], lambda: {n: FOLDER[n] for n in beside})


def _export(kind: str, lines: Callable[[random.Random], list[Any]]) -> Kind:
    name = f"v1/{MODEL}/{SOURCE}/{kind}/batch-0.jsonl.gz"
    return Kind("neuronpedia", name, lambda: Lines(lines(random.Random(0))))


def _scored(folder: str, content: Callable[[], Any], latent: str = _LATENT) -> Kind:
    return Kind("delphi", f"{folder}/{latent}", content,
                lambda: {f"explanations/{latent}": json.dumps("Fires on it.")})  # fmt: skip


_PYTHON, _RUST = "neuron_graphs/tiny/run/0_1/graph", "neuron_graphs/tiny/run/1_7/graph"
_TRIE = "neuron_graphs/tiny/run/0_1.json"
_ANSWERED = {"graph": DECIPHERED, "graphviz": "not looked at",
             "similar": [{"layer": 1, "neuron": 4, "similarity": 0.5}]}  # fmt: skip
KINDS: dict[str, Kind] = {
    "OpenAI's records": _openai("data/collated-activations/1/1.json"),
    "OpenAI's explanations": _openai("data/explanations/1/1.jsonl"),
    "OpenAI's neurons": _openai("data/related-neurons/weight-based/1/1.json"),
    "OpenAI's tokens by activation": _openai("data/related-tokens/activation-based/1/1.json"),
    "OpenAI's tokens by weight": _openai("data/related-tokens/weight-based/1/1.json"),
    "Neuroscope's page": Kind("neuroscope", PAGE, lambda: page(TEXTS)),
    "Neuroscope's answer": Kind("neuroscope", JSON, lambda: ANSWER),
    "N2G's graph by Python": _n2g(_PYTHON, "stats.json", "activation_matrix-tiny.json"),
    "N2G's graph by Rust": _n2g(_RUST),
    "N2G's graph, numbered": Kind("n2g", _PYTHON, _numbered),
    "N2G's trie": Kind("n2g", _TRIE, lambda: TRIE, lambda: {"tokenizer.json": TOKENIZER}),
    "N2G's answer": Kind("n2g", "tiny/neuron2graph/0/1.json", lambda: _ANSWERED),
    "N2G's answer, drawn": Kind(
        "n2g", "tiny/neuron2graph/1/7.json", lambda: {"graphviz": FOLDER[_RUST]}
    ),
    "N2G's index": _n2g("neuron_store.json"),
    "N2G's scores": _n2g("stats.json", _PYTHON),
    "N2G's maxima": _n2g("activation_matrix-tiny.json", _PYTHON),
    "Neuronpedia's features": _export("features", lambda r: [feature(i, r) for i in (3, 10)]),
    "Neuronpedia's explanations": _export(
        "explanations", lambda _: [explanation(3, number) for number in range(3)]
    ),
    "Neuronpedia's activations": _export(
        "activations", lambda r: [activation(i, number, r) for number in (0, 1) for i in (3, 10)]
    ),
    "Neuronpedia's answer": Kind(
        "neuronpedia", "3.json", lambda: [activation(3, n, random.Random(0)) for n in range(3)]
    ),
    "circuit": Kind("neuronpedia", "circuit.json", lambda: _circuit("dallas.json")),
    "older circuit": Kind("neuronpedia", "circuit.json", lambda: _circuit("small-big.json")),
    "dashboards": Kind("saedashboard", "batch-1.json", lambda: _batch("batch-1.json")),
    "oldest dashboards": Kind(
        "saedashboard", "batch-0.json", lambda: _plain("saedashboard", "oldest-batch-0.json")
    ),
    "delphi's explanation": Kind("delphi", f"explanations/{_LATENT}", lambda: json.dumps("It.")),
    "delphi's explanation of 2024": Kind(
        "delphi", f"explanations/{_LATENT_2024}", lambda: _delphi_2024("explanations")
    ),
    "delphi's fuzz of 2024": _scored("fuzz", lambda: _delphi_2024("fuzz", 6), _LATENT_2024),
    "delphi's recall of 2024": _scored("recall", lambda: _delphi_2024("recall", 6), _LATENT_2024),
    "delphi's detection": _scored("scores/detection", lambda: ROWS),
    "delphi's fuzz": _scored("scores/fuzz", lambda: [{**row, "highlighted": True} for row in ROWS]),
    "delphi's simulation": _scored("scores/simulation", lambda: GROUPS),
    "delphi's latents": Kind(
        "delphi", _CACHE, _cached,
        lambda: {"run_config.json": CONFIG, "tokenizer.json": TOKENIZER},
    ),
    "delphi's models": Kind(
        "delphi", "run_config.json", lambda: CONFIG,
        lambda: {_CACHE: _cached(), "tokenizer.json": TOKENIZER}, is_heading=True,
    ),
    "delphi's tokenizer": Kind(
        "delphi", "tokenizer.json", lambda: TOKENIZER,
        lambda: {_CACHE: _cached(), "run_config.json": CONFIG}, is_heading=True,
    ),
}  # fmt: skip
"""By what they are called here."""
