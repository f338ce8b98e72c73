"""Damaged files of every format: each is read, or refused with the place in the file."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import SourceError
from tests.ingest.sources.exports import activation, explanation, feature
from tests.ingest.sources.published import damage, imported, mutate, real


def _plain(*parts: str) -> Any:
    return json.loads(real(*parts).read_bytes())


def _small_circuit() -> Any:
    plain = _plain("circuit", "small-big.json")
    plain["nodes"] = plain["nodes"][:20] + plain["nodes"][-20:]
    known = {node["node_id"] for node in plain["nodes"]}
    plain["links"] = [x for x in plain["links"] if {x["source"], x["target"]} <= known][:60]
    return plain


def _small_batch() -> Any:
    plain = _plain("saedashboard", "batch-1.json")
    for latent in plain["features"]:
        latent["activations"] = latent["activations"][::20]
    return plain


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
LATENT = "layers.3.mlp_latent7.txt"
SENTENCE = 'Fires on "it".'
FORMATS: dict[str, tuple[str, str, Callable[[], Any]]] = {
    "circuit": ("neuronpedia", "circuit.json", _small_circuit),
    "dashboard": ("saedashboard", "batch-1.json", _small_batch),
    "oldest dashboard": (
        "saedashboard",
        "batch-0.json",
        lambda: _plain("saedashboard", "oldest-batch-0.json"),
    ),
    "feature": (
        "neuronpedia",
        "6-res-jb/features/batch-0.jsonl",
        lambda: feature(3, random.Random(0)),
    ),
    "neuronpedia's explanation": (
        "neuronpedia",
        "6-res-jb/explanations/batch-0.jsonl",
        lambda: explanation(3, 2),
    ),
    "activation": (
        "neuronpedia",
        "6-res-jb/activations/batch-0.jsonl",
        lambda: activation(3, 0, random.Random(0)),
    ),
    "delphi's explanation": ("delphi", f"explanations/{LATENT}", lambda: SENTENCE),
    "explanation of 2024": (
        "delphi",
        "explanations/.transformer.h.0_feature0.txt",
        lambda: _plain("delphi", "gpt2-2024", "explanations", ".transformer.h.0_feature0.txt"),
    ),
    "fuzz of 2024": (
        "delphi",
        f"fuzz/{LATENT}",
        lambda: _plain("delphi", "gpt2-2024", "fuzz", ".transformer.h.0_feature0.txt")[:6],
    ),
    "detection": ("delphi", f"scores/detection/{LATENT}", lambda: [dict(row) for row in ROWS]),
    "simulation": (
        "delphi",
        f"scores/simulation/{LATENT}",
        lambda: json.loads(json.dumps(GROUPS)),
    ),
}


@pytest.mark.parametrize("name", FORMATS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_damaged_files_are_read_or_refused(name: str, seed: int) -> None:
    format_, path, plain = FORMATS[name]
    chance = random.Random(seed)
    value = plain()
    for _ in range(chance.randrange(3)):
        if isinstance(value, (dict, list)):
            mutate(value, chance)
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    data = damage(text.encode("utf-8", "surrogatepass"), chance)
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder, "source"), Path(folder, "pack")
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(data)
        if format_ == "delphi" and "explanations" not in path:
            (root / "explanations").mkdir()
            (root / "explanations" / LATENT).write_text(json.dumps(SENTENCE))
        try:
            imported(format_, root, out, model="gpt2-small")
        except SourceError as error:
            message = str(error)
        else:
            return
        assert not out.exists()
    assert message.strip()
    assert not message.startswith("Traceback")
