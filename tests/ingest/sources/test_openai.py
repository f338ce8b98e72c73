"""OpenAI's neuron-explainer: every value of every file arrives, and what is wrong is said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from cypher import ids
from ingest.errors import SourceError
from tests.ingest.sources.importing import (
    by_id,
    ends,
    imported,
    reported,
    rows,
    written,
)
from tests.shared import shared_path

REAL = ("data", "real", "openai")
RECORD = "data/collated-activations/1/1.json"
NEURON = "gpt2-xl/1/1"


def record(**changes: object) -> dict[str, Any]:
    """A NeuronRecord to the letter, with the optional class names."""
    texts = [
        {
            "dataclass_name": "ActivationRecord",
            "tokens": ["a", "", " b"],
            "activations": [0, 2.5, -1],
        },
        {"tokens": [" b", " b"], "activations": [0.5, 0.5]},
    ]
    return {
        "dataclass_name": "NeuronRecord",
        "neuron_id": {"layer_index": 1, "neuron_index": 1},
        "random_sample": texts[1:],
        "random_sample_by_quantile": [texts[1:], texts],
        "quantile_boundaries": [None, 0.25, None],
        "mean": 0.5,
        "variance": math.nan,
        "skewness": None,
        "kurtosis": 3.5,
        "most_positive_activation_records": texts,
        "something_new": {"deep": [1, 2]},
        **changes,
    }


def simulation(tokens: list[str], **more: object) -> dict[str, Any]:
    return {
        "tokens": tokens,
        "expected_activations": [float(len(token)) for token in tokens],
        "activation_scale": "simulated_normalized_activations",
        "distribution_values": [[0.0, 1.0][: 1 + at % 2] for at in range(len(tokens))],
        "distribution_probabilities": [[0.75, 0.25][: 1 + at % 2] for at in range(len(tokens))],
        "uncalibrated_simulation": None,
        **more,
    }


def scored(simulated: dict[str, Any], score: float | None) -> dict[str, Any]:
    names = ("ev_correlation_score", "rsquared_score", "absolute_dev_explained_score")
    return {
        "simulation": simulated,
        "true_activations": [0.5] * len(simulated["tokens"]),
        **dict.fromkeys(names, score),
    }


EXPLAINED = {
    "neuron_id": {"layer_index": 1, "neuron_index": 1},
    "scored_explanations": [
        {
            "explanation": "words about play",
            "scored_simulation": {
                "scored_sequence_simulations": [
                    scored(simulation(["a", " b"]), math.nan),
                    scored(simulation([" c"], uncalibrated_simulation=simulation([" c"])), 0.5),
                ],
                "ev_correlation_score": 0.25,
                "rsquared_score": -0.5,
                "absolute_dev_explained_score": math.nan,
            },
        },
        {"explanation": "never scored"},
    ],
}
RELATED = {
    "c_fc": None,
    "c_proj": {
        "top_positive_neurons": ["2_7", "3_0"],
        "top_positive_weights": [0.5, 0.25],
        "top_negative_neurons": ["2_8"],
        "top_negative_weights": [-0.75],
    },
}
UPSTREAM = {
    "c_proj": None,
    "c_fc": {
        "top_positive_neurons": ["0_7"],
        "top_positive_weights": [0.5],
        "top_negative_neurons": [],
        "top_negative_weights": [],
    },
}
BY_ACTIVATION = {"tokens": [" play", "", " play"], "average_activations": [1.5, 0.5, None]}
SIDE = {"tokens": [" play", "�", "�", ""], "strengths": [0.5, 0.25, 0.75, 0.1]}
BY_WEIGHT = {
    "input_positive": SIDE,
    "input_negative": {"tokens": [" no"], "strengths": [-0.6]},
    "output_positive": {"tokens": [], "strengths": []},
    "output_negative": {"tokens": [" no"], "strengths": [-0.5]},
}
FILES = {
    RECORD: record(),
    "data/explanations/1/1.jsonl": EXPLAINED,
    "data/related-neurons/weight-based/1/1.json": RELATED,
    "data/related-neurons/weight-based/2/7.json": UPSTREAM,
    "data/related-tokens/activation-based/1/1.json": BY_ACTIVATION,
    "data/related-tokens/weight-based/1/1.json": BY_WEIGHT,
    "data/README.md": "not of the format",
}


def test_the_real_file_arrives_whole(tmp_path: Path) -> None:
    root = shared_path(*REAL)
    plain = json.loads((root / RECORD).read_bytes())
    pack = imported("openai", root, tmp_path / "pack")
    (neuron,) = rows(pack, "Neuron")
    (measured,) = rows(pack, "Measurement")
    for row in (neuron, measured):
        assert row["mean_activation"] == plain["mean"]
        assert [row["variance"], row["skewness"], row["kurtosis"]] == [
            plain["variance"],
            plain["skewness"],
            plain["kurtosis"],
        ]
    assert measured["quantile_boundaries"] == plain["quantile_boundaries"][1:-1]
    buckets = {
        "top": plain["most_positive_activation_records"],
        "random": plain["random_sample"],
        **{f"q{n}": part for n, part in enumerate(plain["random_sample_by_quantile"], start=1)},
    }
    assert sum(map(len, buckets.values())) == pack.rows("Example") == 200
    examples, texts = by_id(pack, "Example"), by_id(pack, "Sequence")
    within = dict(ends(pack, "WITHIN"))
    for bucket, records in buckets.items():
        for rank, one in enumerate(records, start=1):
            example = examples[ids.example_id(NEURON, "openai", bucket, rank)]
            assert example["activations"] == one["activations"]
            assert example["max_activation"] == max(one["activations"])
            assert example["activations"][example["peak"]] == example["max_activation"]
            assert texts[within[example["id"]]]["tokens"] == one["tokens"]
            assert texts[within[example["id"]]]["text"] == "".join(one["tokens"])
    best = max(max(one["activations"]) for one in buckets["top"])
    assert neuron["max_activation"] == best
    assert ends(pack, "HAS_EXAMPLE") == {(NEURON, example) for example in examples}


def test_all_kinds_of_files_are_one_neuron(tmp_path: Path) -> None:
    pack = imported("openai", written(tmp_path / "in", FILES), tmp_path / "pack")
    neurons = by_id(pack, "Neuron")
    assert neurons.keys() == {f"gpt2-xl/{n}" for n in ("1/1", "2/7", "2/8", "3/0", "0/7")}
    own = neurons[NEURON]
    assert [own[name] for name in ("max_activation", "mean_activation", "variance", "skewness",
            "kurtosis")] == [2.5, 0.5, None, None, 3.5]  # fmt: skip
    assert neurons["gpt2-xl/2/8"]["run_id"] is None
    assert pack.rows("Example") == 2 + 1 + 1 + 2
    (run,) = rows(pack, "IngestRun")
    assert (run["job"], run["source"], run["model_id"]) == ("import", "openai", "gpt2-xl")
    covers = {row["target"]: row["n_present"] for row in rows(pack, "COVERS")}
    assert covers == {"gpt2-xl/1": 1, "gpt2-xl/2": 1}
    assert {row["name"] for row in rows(pack, "Layer")} == {"0", "1", "2", "3"}


def test_explanations_scores_and_simulations(tmp_path: Path) -> None:
    pack = imported("openai", written(tmp_path / "in", FILES), tmp_path / "pack")
    said = {row["text"]: row for row in rows(pack, "Explanation")}
    assert {text: row["score"] for text, row in said.items()} == {
        "words about play": 0.25,
        "never scored": None,
    }
    assert {row["kind"]: (row["value"], row["n_examples"]) for row in rows(pack, "Score")} == {
        "ev_correlation": (0.25, 2),
        "rsquared": (-0.5, 2),
        "absolute_dev_explained": (None, 2),
    }
    simulated = sorted(rows(pack, "Simulation"), key=lambda r: (r["number"], r["calibrated"]))
    assert [(row["number"], row["calibrated"], row["ev_correlation"]) for row in simulated] == [
        (1, False, None),
        (2, False, None),
        (2, True, 0.5),
    ]
    first = simulated[0]
    assert first["expected_activations"] == [1.0, 2.0]
    assert first["activations"] == [0.5, 0.5]
    assert first["distribution_sizes"] == [1, 2]
    assert first["distribution_values"] == [0.0, 0.0, 1.0]
    assert first["distribution_probabilities"] == [0.75, 0.75, 0.25]
    assert first["scale"] == "simulated_normalized_activations"
    texts = by_id(pack, "Sequence")
    assert texts[dict(ends(pack, "OF"))[first["id"]]]["tokens"] == ["a", " b"]
    explained = said["words about play"]["id"]
    assert ends(pack, "HAS_SIMULATION") == {(explained, row["id"]) for row in simulated}


def test_related_neurons_and_tokens(tmp_path: Path) -> None:
    pack = imported("openai", written(tmp_path / "in", FILES), tmp_path / "pack")
    down = [(row["target"], row["weight"], row["rank"]) for row in rows(pack, "CONNECTS_TO")]
    assert sorted(down, key=lambda row: row[2]) == [
        ("gpt2-xl/2/8", -0.75, 1),
        ("gpt2-xl/2/7", 0.5, 2),
        ("gpt2-xl/3/0", 0.25, 3),
    ]
    (up,) = rows(pack, "CONNECTED_FROM", "source", "target", "weight")
    assert up == {"source": "gpt2-xl/2/7", "target": "gpt2-xl/0/7", "weight": 0.5}
    responds = [(r["target"], r["mean_activation"], r["rank"]) for r in rows(pack, "RESPONDS_TO")]
    assert responds == [(" play", 1.5, 1), (" play", None, 3)]
    reads = [(row["target"], row["weight"], row["rank"]) for row in rows(pack, "READS")]
    assert sorted(reads, key=lambda row: row[2]) == [
        ("�", 0.75, 1),
        (" no", -0.6, 2),
        (" play", 0.5, 3),
        ("�", 0.25, 4),
    ]
    assert [(row["target"], row["weight"]) for row in rows(pack, "WRITES")] == [(" no", -0.5)]
    lacking = {(row["source"], row["kind"], row["reason"]) for row in rows(pack, "LACKS")}
    assert lacking == {
        (NEURON, "responding tokens", "1 tokens of the source are empty texts"),
        (NEURON, "input tokens", "1 tokens of the source are empty texts"),
    }


BAD: list[tuple[str, object, str]] = [
    (RECORD, "{", "collated-activations/1/1.json: found no JSON"),
    (RECORD, [1], "found a list of 1, expected an object"),
    (RECORD, {}, "field most_positive_activation_records: found nothing"),
    (RECORD, record(neuron_id={"layer_index": 1, "neuron_index": 2}), "neuron_index: found 2"),
    (RECORD, record(mean="0.5"), 'field mean: found "0.5", expected a number'),
    (
        RECORD,
        record(random_sample=[{"tokens": ["a"], "activations": [1, 2]}]),
        "random_sample[0], field activations: found a list of 2",
    ),
    (RECORD, record(random_sample=[{"tokens": [], "activations": []}]), "1 or more"),
    (RECORD, record(random_sample=[{"tokens": [3], "activations": [1]}]), "tokens[0]: found 3"),
    (
        "data/related-neurons/weight-based/1/1.json",
        {"c_proj": {"top_positive_neurons": ["2_7", "x"], "top_positive_weights": [1, 2]}},
        "expected a neuron such as 4_17",
    ),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_record_stops_the_job_or_is_left_out(
    tmp_path: Path, name: str, content: object, said: str
) -> None:
    folder = written(tmp_path / "in", {**FILES, name: content})
    with pytest.raises(SourceError) as raised:
        imported("openai", folder, tmp_path / "pack")
    assert said in str(raised.value)
    assert not (tmp_path / "pack").exists()
    report = reported("openai", folder, tmp_path / "other", skip_bad=True)
    assert [said in bad.message for bad in report.bad] == [True]
    pack = imported("openai", folder, tmp_path / "pack", skip_bad=True, restart=True)
    assert any(row["source"] == NEURON and said in row["reason"] for row in rows(pack, "LACKS"))
    (run,) = rows(pack, "IngestRun")
    assert json.loads(run["counts"])["bad_records"] == 1
    assert pack.rows("Explanation") == 2
    assert pack.rows("Example") == (0 if name == RECORD else 6)


def test_only_what_is_wanted(tmp_path: Path) -> None:
    files = {
        f"data/collated-activations/{layer}/{index}.json": record(
            neuron_id={"layer_index": layer, "neuron_index": index}
        )
        for layer in range(3)
        for index in (0, 5, 10)
    }
    folder = written(tmp_path / "in", files)
    pack = imported("openai", folder, tmp_path / "pack", layers="0,2", neurons="1-10")
    assert by_id(pack, "Neuron").keys() == {
        f"gpt2-xl/{layer}/{index}" for layer in (0, 2) for index in (5, 10)
    }
    with pytest.raises(SourceError, match="found no file of what is wanted"):
        imported("openai", folder, tmp_path / "none", layers="7")
    with pytest.raises(SourceError, match="names nothing for --neurons"):
        imported("openai", folder, tmp_path / "none", neurons="9-1")


def test_the_small_models_folder_says_so(tmp_path: Path) -> None:
    folder = written(tmp_path / "gpt2_small_data", {"collated-activations/1/1.json": record()})
    assert by_id(imported("openai", folder, tmp_path / "pack"), "Model").keys() == {"gpt2-small"}
    files = {RECORD: record(), "gpt2_small_data/collated-activations/1/1.json": record()}
    with pytest.raises(SourceError, match="data of two models"):
        imported("openai", written(tmp_path / "in", files), tmp_path / "other")


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", FILES)
    first, second = (
        {
            table.name: table.files
            for table in imported("openai", folder, tmp_path / name).manifest.tables
            if table.name != "IngestRun"
        }
        for name in ("once", "again")
    )
    assert first == second
