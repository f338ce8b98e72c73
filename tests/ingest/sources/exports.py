"""Neuronpedia's export, written to the letter of its format, for want of a real one."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

MODEL, SOURCE = "gpt2-small", "6-res-jb"


def feature(index: int, chance: random.Random, source: str = SOURCE) -> dict[str, Any]:
    """A line of `features`."""
    neighbours = [index, *chance.sample([i for i in range(40) if i != index], 3)]
    return {
        "modelId": MODEL,
        "layer": source,
        "index": str(index),
        "creatorId": "clkht01d40000jv08hvalcvly",
        "maxActApprox": round(chance.uniform(1, 60), 3),
        "hasVector": False,
        "vector": [],
        "vectorLabel": None,
        "vectorDefaultSteerStrength": 10,
        "hookName": "blocks.6.hook_resid_pre",
        "topkCosSimIndices": neighbours,
        "topkCosSimValues": [1.0, *(round(chance.uniform(-0.2, 0.9), 4) for _ in range(3))],
        "neuron_alignment_indices": [88, 171, 27],
        "neuron_alignment_values": [0.109, 0.107, 0.103],
        "neuron_alignment_l1": [0.005, 0.005, 0.005],
        "correlated_neurons_indices": [645, 491, 480],
        "correlated_neurons_pearson": [0.036, 0.031, 0.031],
        "correlated_neurons_l1": [0.038, 0.03, 0.021],
        "correlated_features_indices": [index, 2 if index != 2 else 3],
        "correlated_features_pearson": [0.0, -0.25],
        "correlated_features_l1": [0.0, 0.125],
        "neg_str": ["ケ", " evasion", "anna"],
        "neg_values": [-0.743, -0.716, -0.681],
        "pos_str": [" MRI", "MRI", " ultrasound"],
        "pos_values": [3.121, 2.635, 2.313],
        "frac_nonzero": chance.random() / 100,
        "freq_hist_data_bar_heights": [126, 96, 0],
        "freq_hist_data_bar_values": [0.017, 0.051, 0.085],
        "logits_hist_data_bar_heights": [11, 30, 120, 7],
        "logits_hist_data_bar_values": [-0.704, -0.627, -0.55, 0.1],
        "decoder_weights_dist": [],
        "sourceSetName": "res-jb",
        "unknown": {"to": ["us"]},
    }


def explanation(index: int, number: int, source: str = SOURCE) -> dict[str, Any]:
    """A line of `explanations`; two models give one sentence."""
    return {
        "id": f"cl{index}x{number}",
        "modelId": MODEL,
        "layer": source,
        "index": str(index),
        "authorId": "clkht01d40000jv08hvalcvly",
        "description": f"words about {index}" if number < 2 else ' references to "it"\n',
        "typeName": "oai_token-act-pair",
        "explanationModelName": "gpt-4o-mini" if number % 2 else "claude-3-5-haiku",
        "embedding": "[0.1,0.2]",
        "umap_x": 0,
        "umap_cluster": None,
    }


def activation(
    index: int, number: int, chance: random.Random, source: str = SOURCE
) -> dict[str, Any]:
    """A line of `activations`; number 0 and 1 are of the top."""
    tokens = [
        chance.choice([" the", " MRI", "é", "日本", " ", "\n", ".", "", "<0xE2>"]) for _ in range(6)
    ]
    values = [round(chance.uniform(0, 3), 3) for _ in tokens]
    top = number < 2
    peak = max(range(6), key=values.__getitem__)
    return {
        "id": f"a{index}n{number}",
        "modelId": MODEL,
        "layer": source,
        "index": str(index),
        "creatorId": "x",
        "dataSource": "monology/pile-uncopyrighted",
        "tokens": tokens,
        "values": values,
        "maxValue": values[peak],
        "minValue": min(values),
        "maxValueTokenIndex": peak,
        "binMin": -1 if top else float(number // 2),
        "binMax": 9.5 if top else number // 2 + 1.0,
        "binContains": -1 if top else 0.125,
        "qualifyingTokenIndex": chance.randrange(6),
        "dfaValues": [] if number % 3 else [0.5, 0, 0, 0, 0, 1],
        "dfaMaxValue": None if number % 3 else 1,
        "dfaTargetIndex": None if number % 3 else 5,
    }


def export(root: Path, indices: list[int], seed: int = 0) -> Path:
    """A folder `v1/gpt2-small/6-res-jb` with two batches of features, in the order of their text."""
    chance = random.Random(seed)
    folder = root / "v1" / MODEL / SOURCE
    by_text = sorted(indices, key=str)
    half = len(by_text) // 2
    _write(folder / "features" / "batch-0.jsonl.gz", [feature(i, chance) for i in by_text[:half]])
    _write(folder / "features" / "batch-1.jsonl.gz", [feature(i, chance) for i in by_text[half:]])
    _write(
        folder / "explanations" / "batch-0.jsonl.gz",
        [explanation(i, number) for i in by_text for number in range(i % 4)],
    )
    by_number = sorted(indices)
    for at, part in enumerate((by_number[:half], by_number[half:])):
        lines = [activation(i, number, chance) for i in part for number in range(5)]
        chance.shuffle(lines)
        _write(folder / "activations" / f"batch-{at}.jsonl.gz", lines)
    (folder / "model.jsonl").write_text(json.dumps({"id": MODEL, "layers": 12}) + "\n")
    return root


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
