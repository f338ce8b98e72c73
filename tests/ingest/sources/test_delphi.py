"""Delphi's results: the nine real latents value by value, and what only newer runs have."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from ingest.errors import SourceError
from ingest.sources.delphi import read_subject
from ingest.sources.delphi_judgements import Judgement, Judgements, measures
from tests.ingest.sources.importing import written
from tests.ingest.sources.published import by_id, edges, imported, real, rows

KINDS = {"fuzz": "fuzz", "recall": "detection"}


def _plain_scores(found: list[dict[str, Any]]) -> dict[str, float]:
    """By counting, as delphi's analysis of results defines them."""
    tp = sum(r["ground_truth"] and r["prediction"] for r in found)
    tn = sum(not r["ground_truth"] and not r["prediction"] for r in found)
    fp = sum(not r["ground_truth"] and r["prediction"] for r in found)
    fn = sum(r["ground_truth"] and not r["prediction"] for r in found)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return {
        "accuracy": (tp + tn) / len(found),
        "balanced_accuracy": (recall + tn / (tn + fp)) / 2,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def test_the_real_latents_arrive_with_every_value(tmp_path: Path) -> None:
    root = real("delphi", "gpt2-2024")
    pack, report = imported("delphi", root, tmp_path / "pack", model="gpt2-small")
    assert report.bad == ()
    files = sorted((root / "explanations").iterdir())
    assert len(files) == report.neurons == pack.rows("Neuron") == pack.rows("Explanation") == 9
    assert pack.rows("Judgement") == 9 * 2 * 70
    assert pack.rows("Score") == 9 * 2 * 5
    said, explained = by_id(pack, "Explanation"), edges(pack, "HAS_EXPLANATION")
    scores, scored = by_id(pack, "Score"), edges(pack, "HAS_SCORE")
    judged, judgements = by_id(pack, "Judgement"), edges(pack, "HAS_JUDGEMENT")
    for file in files:
        _, block, index = file.name.replace("_feature", ".").removesuffix(".txt").rsplit(".", 2)
        neuron = f"gpt2-small/{block}-transformer.h/{index}"
        plain = json.loads(file.read_bytes())
        (explanation,) = [said[e["target"]] for e in explained[neuron]]
        assert explanation["text"] == plain["explanation"]
        assert explanation["prompt"] == plain["generation_prompt"]
        assert explanation["response"] == plain["response"]
        mine = [scores[e["target"]] for e in scored[explanation["id"]]]
        texts = [judged[e["target"]] for e in judgements[explanation["id"]]]
        for folder, kind in KINDS.items():
            found = json.loads((root / folder / file.name).read_bytes())
            values = {row["kind"]: row["value"] for row in mine if row["kind"].startswith(kind)}
            expected = {f"{kind}_{name}": value for name, value in _plain_scores(found).items()}
            assert values.keys() == expected.keys()
            assert all(math.isclose(values[name], expected[name]) for name in expected)
            assert {row["n_examples"] for row in mine} == {70}
            of_kind = sorted((t for t in texts if t["kind"] == kind), key=lambda t: t["number"])
            assert [
                (t["text"], t["activating"], t["prediction"], t["highlighted"], t["distance"])
                for t in of_kind
            ] == [
                (
                    row["text"],
                    row["ground_truth"],
                    row["prediction"],
                    row["highlighted"],
                    row["distance"] if row["distance"] != -1 else None,
                )
                for row in found
            ]
    layers = {(row["id"], row["layer_index"], row["kind"]) for row in rows(pack, "Layer")}
    assert layers == {
        ("gpt2-small/0-transformer.h", 0, "sae"),
        ("gpt2-small/8-transformer.h", 8, "sae"),
    }


ROWS = [
    {"str_tokens": [" a", "b"], "activations": [0.0, 2.5], "distance": 3, "activating": True,
     "prediction": True, "probability": 0.9, "correct": True},
    {"str_tokens": ["c"], "activations": [0.0], "distance": -1.0, "activating": False,
     "prediction": False, "probability": 0.2, "correct": True},
    {"str_tokens": ["d"], "activations": [0.0], "distance": -1.0, "activating": False,
     "prediction": None, "probability": None, "correct": None},
]  # fmt: skip
SIMULATION = {"tokens": ["a", " b"], "true_activations": [0.0, 2.5], "predicted_activations": [0, 7],
              "ev_correlation_score": 0.75, "rsquared_score": 0}  # fmt: skip
GROUPS = [
    {"distance": 1, "scored_sequence_simulations": [SIMULATION], "ev_correlation_score": 0.75},
    {"distance": 0, "scored_sequence_simulations": [SIMULATION], "ev_correlation_score": "nan"},
]


def _run(root: Path, texts: dict[str, Any]) -> Path:
    for name, value in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    return root


CONFIG = {
    "model": "EleutherAI/pythia-70m",
    "explainer_model": "llama/Llama-70B",
    "sparse_model": "x",
}


def test_a_newer_run_arrives_with_judged_texts_and_simulations(tmp_path: Path) -> None:
    name = "layers.5.mlp_latent17.txt"
    root = _run(
        tmp_path / "run",
        {
            "run_config.json": CONFIG,
            f"explanations/{name}": "Fires on it.",
            f"scores/detection/{name}": ROWS,
            f"scores/simulation/{name}": GROUPS,
        },
    )
    pack, _ = imported("delphi", root, tmp_path / "pack")
    (explanation,) = rows(pack, "Explanation")
    assert explanation["explainer_model"] == "llama/Llama-70B"
    assert explanation["id"].startswith("pythia-70m/5-layers.mlp/17@delphi.llama_Llama-70B#")
    judged = sorted(rows(pack, "Judgement"), key=lambda row: row["number"])
    texts = by_id(pack, "Sequence")
    on = {row["source"]: texts[row["target"]] for row in rows(pack, "JUDGES")}
    assert [on[row["id"]]["tokens"] for row in judged] == [[" a", "b"], ["c"], ["d"]]
    assert [row["activations"] for row in judged] == [[0.0, 2.5], [0.0], [0.0]]
    assert [row["prediction"] for row in judged] == [True, False, None]
    assert [row["distance"] for row in judged] == [3, None, None]
    scores = {(row["kind"], row["examples"]): row["value"] for row in rows(pack, "Score")}
    assert scores["detection_f1", None] == scores["detection_auc", None] == 1.0
    assert scores["ev_correlation", "q1"] == 0.75
    assert scores["ev_correlation", "both"] is None
    (simulation,) = rows(pack, "Simulation")
    assert simulation["expected_activations"] == [0.0, 7.0]
    assert simulation["activations"] == [0.0, 2.5]


@pytest.mark.parametrize(
    "text",
    ["Explanation generation failed (rate limit)", "Explanation could not be parsed.", "", "  "],
)
def test_an_error_is_an_absence(text: str, tmp_path: Path) -> None:
    name = "layers.5.mlp_latent17.txt"
    root = _run(tmp_path / "run", {f"explanations/{name}": text, f"scores/fuzz/{name}": ROWS})
    pack, _ = imported("delphi", root, tmp_path / "pack", model="m")
    assert pack.rows("Explanation") == pack.rows("Score") == pack.rows("Judgement") == 0
    (lack,) = rows(pack, "LACKS")
    assert (lack["source"], lack["kind"]) == ("m/5-layers.mlp/17", "explanation")
    assert lack["reason"] == f"failed: {text.strip() or 'it is empty'}"


def test_scores_of_an_explanation_that_is_left_out_are_left_out_too(tmp_path: Path) -> None:
    name = "layers.5.mlp_latent17.txt"
    root = _run(tmp_path / "run", {f"explanations/{name}": 5, f"scores/detection/{name}": ROWS})
    with pytest.raises(SourceError, match="found 5, expected an object"):
        imported("delphi", root, tmp_path / "pack", model="m")
    pack, report = imported(
        "delphi", root, tmp_path / "pack", model="m", skip_bad=True, restart=True
    )
    assert len(report.bad) == 1
    assert not pack.rows("Judgement")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activating": 1}, "row 1, field activating: found 1, expected true or false"),
        ({"activations": [1.0, 2.0]}, "row 1, field activations: found a list of 2, expected 1"),
        ({"str_tokens": [7]}, r"row 1, field str_tokens\[0\]: found 7, expected a text"),
        ({"distance": "far"}, 'row 1, field distance: found "far", expected a number'),
    ],
)
def test_a_wrong_judgement_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    name = "layers.5.mlp_latent17.txt"
    wrong = [ROWS[0], {**ROWS[1], **change}, *ROWS[2:]]
    root = _run(tmp_path / "run", {f"explanations/{name}": "Fires.", f"scores/fuzz/{name}": wrong})
    with pytest.raises(SourceError, match=message):
        imported("delphi", root, tmp_path / "pack", model="m")


@pytest.mark.parametrize(
    ("distances", "message"),
    [((1, 1), "row 1, field distance: found 1, expected one that no row before it has"),
     ((1, -1), "row 1, field distance: found -1, expected a whole number from 0")],
)  # fmt: skip
def test_each_distance_is_simulated_once(
    distances: tuple[int, int], message: str, tmp_path: Path
) -> None:
    groups = [{**group, "distance": far} for group, far in zip(GROUPS, distances, strict=True)]
    name = "layers.5.mlp_latent17.txt"
    texts = {f"explanations/{name}": "It.", f"scores/simulation/{name}": groups}
    with pytest.raises(SourceError, match=message):
        imported("delphi", _run(tmp_path / "run", texts), tmp_path / "pack", model="tiny")


def test_scores_without_an_explanation_are_refused(tmp_path: Path) -> None:
    root = _run(tmp_path / "run", {"scores/fuzz/layers.5.mlp_latent17.txt": ROWS})
    with pytest.raises(SourceError, match="found scores without an explanation"):
        imported("delphi", root, tmp_path / "pack", model="m")


@pytest.mark.parametrize(
    "name",
    [
        "mlp_latent17.txt",
        "layers.5.mlp_17.txt",
        "layers.5.txt",
        "layers.5.m lp_latent17.txt",
        "layers.5.m@_latent1.txt",
    ],
)
def test_a_file_that_names_no_latent_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="expected module_latentN"):
        read_subject(name)


@given(
    st.lists(
        st.tuples(st.booleans(), st.none() | st.booleans(), st.none() | st.floats(0, 1)),
        max_size=30,
    )
)
def test_measures_by_brute_force(judged: list[tuple[bool, bool | None, float | None]]) -> None:
    found = measures(
        Judgements.of(
            [
                Judgement("t", [], [], None, fires, said, p, highlighted=False)
                for fires, said, p in judged
            ]
        )
    )
    read = [(fires, said) for fires, said, _ in judged if said is not None]
    if not read:
        assert found == {}
        return
    assert found["accuracy"] == sum(fires == said for fires, said in read) / len(read)
    known = [(p, fires) for fires, _, p in judged if p is not None]
    pairs = [(a, b) for a, fires in known if fires for b, other in known if not other]
    if pairs and len({p for p, _ in known}) > 1:
        area = sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)
        assert math.isclose(found["auc"], area, abs_tol=1e-12)
    else:
        assert "auc" not in found


def _cache(root: Path, chance: np.random.Generator) -> np.ndarray:
    """A cache of latents 4 to 7 of a module; gives all activations, dense."""
    tokens = chance.integers(0, 5, (3, 10)).astype(np.int64)
    dense = np.where(chance.random((3, 10, 4)) < 0.2, chance.random((3, 10, 4)) + 0.5, 0)
    dense = dense.astype(np.float16).astype(np.float64)
    dense[:, :, 2] = 0
    locations = np.ascontiguousarray(np.argwhere(dense), np.uint16)
    chance.shuffle(locations)
    activations = dense[tuple(locations.T.astype(np.int64))].astype(np.float16)
    folder = root / "latents" / "layers.5.mlp"
    folder.mkdir(parents=True)
    save_file(
        {"locations": locations, "activations": activations, "tokens": tokens},
        folder / "4_7.safetensors",
    )
    np.save(root / "tokens.npy", tokens)
    return dense


@pytest.mark.parametrize("seed", range(3))
def test_cached_latents_arrive_with_statistics_and_their_strongest_windows(
    seed: int, tmp_path: Path
) -> None:
    root = tmp_path / "run"
    dense = _cache(root, np.random.default_rng(seed))
    tokens = np.load(root / "tokens.npy")
    vocabulary = {"Ġthe": 0, "cat": 1, "Ġ": 2, "é": 3, "Ċ": 4}
    vocabulary["Ã©"] = vocabulary.pop("é")
    config = {**CONFIG, "constructor_cfg": {"example_ctx_len": 4}}
    _run(root, {"run_config.json": config, "tokenizer.json": {"model": {"vocab": vocabulary}}})
    pack, _ = imported("delphi", root, tmp_path / "pack")
    texts = [" the", "cat", " ", "é", "\n"]
    measured = by_id(pack, "Measurement")
    examples, held = by_id(pack, "Example"), edges(pack, "HAS_EXAMPLE")
    within, sequences = edges(pack, "WITHIN"), by_id(pack, "Sequence")
    for place, index in enumerate(range(4, 8)):
        neuron, values = f"pythia-70m/5-layers.mlp/{index}", dense[:, :, place]
        found = measured[f"{neuron}@delphi"]
        assert found["max_activation"] == values.max()
        assert found["min_activation"] == values.min() == 0
        assert found["n_tokens"] == 30
        assert math.isclose(found["mean_activation"], values.mean(), abs_tol=1e-12)
        assert math.isclose(found["variance"], values.var(), abs_tol=1e-12)
        assert found["density"] == (values > 0).mean()
        windows = [
            (max(v), [texts[t] for t in tokens[row, at : at + 4]], v)
            for row in range(3)
            for at in range(0, 10, 4)
            if max(v := values[row, at : at + 4].tolist()) > 0
        ]
        windows.sort(key=lambda window: -window[0])
        mine = [examples[e["target"]] for e in held.get(neuron, [])]
        assert [
            (
                e["max_activation"],
                sequences[within[e["id"]][0]["target"]]["tokens"],
                e["activations"],
            )
            for e in mine
        ] == windows
    (lack,) = rows(pack, "LACKS")
    assert (lack["source"], lack["reason"]) == ("pythia-70m/5-layers.mlp/6", "never fires")


def test_without_a_tokenizer_examples_are_lacking_and_statistics_are_not(tmp_path: Path) -> None:
    _cache(tmp_path / "run", np.random.default_rng(0))
    pack, _ = imported("delphi", tmp_path / "run", tmp_path / "pack", model="m")
    assert pack.rows("Measurement") == 4
    assert pack.rows("Example") == 0
    assert {row["kind"] for row in rows(pack, "LACKS")} == {"examples"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"locations": np.zeros((2, 2), np.int64)}, "field locations"),
        ({"locations": np.full((2, 3), 99, np.int64)}, "field locations: found rows up to 99"),
        ({"activations": np.zeros(5)}, "field activations"),
        ({"activations": np.array([np.nan, 1.0])}, "expected finite numbers"),
        ({"activations": np.array([-1e300, 1.0])}, "expected finite numbers of 32 bits"),
        ({"tokens": np.zeros(3, np.int64)}, "field tokens"),
        (b"no tensors", "field header"),
    ],
)
def test_a_damaged_cache_is_refused(change: Any, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "run" / "latents" / "layers.5.mlp"
    folder.mkdir(parents=True)
    path = folder / "0_3.safetensors"
    whole = {"locations": np.zeros((2, 3), np.int64), "activations": np.ones(2), "tokens": np.zeros((3, 4), np.int64)}  # fmt: skip
    if isinstance(change, bytes):
        path.write_bytes(change)
    else:
        save_file({**whole, **change}, path)
    with pytest.raises(SourceError, match=message):
        imported("delphi", tmp_path / "run", tmp_path / "pack", model="m")


@pytest.mark.parametrize("span", ["7_3", "0_999999999999999999"])
def test_a_cache_of_more_latents_than_there_can_be_is_refused(span: str, tmp_path: Path) -> None:
    folder = tmp_path / "run" / "latents" / "layers.5.mlp"
    folder.mkdir(parents=True)
    (folder / f"{span}.safetensors").write_bytes(b"")
    with pytest.raises(SourceError, match="expected a first and a last one"):
        imported("delphi", tmp_path / "run", tmp_path / "pack", model="m")


def test_a_distance_that_is_none_says_nothing(tmp_path: Path) -> None:
    name = "layers.5.mlp_latent17.txt"
    far = [{**row, "distance": distance} for row in ROWS[:1] for distance in (1e300, 0.5, 2**63, 7)]
    texts = {f"explanations/{name}": "It.", f"scores/fuzz/{name}": far}
    pack, _ = imported("delphi", _run(tmp_path / "run", texts), tmp_path / "pack", model="tiny")
    judged = sorted(rows(pack, "Judgement"), key=lambda row: row["number"])
    assert [row["distance"] for row in judged] == [None, None, None, 7]


@pytest.mark.parametrize("skip_bad", [False, True])
def test_judgements_of_long_texts_do_not_wait_for_many_rows(tmp_path: Path, skip_bad: bool) -> None:
    judged = {"str_tokens": ["a"] * 1_100_000, "activations": [1] * 1_100_000, "distance": 1,
              "activating": True, "prediction": True, "probability": None}  # fmt: skip
    content = json.dumps([judged], separators=(",", ":"))  # two are few enough to be read together
    files: dict[str, object] = {"run_config.json": {"model": "x/gpt2", "explainer_model": "y"}}
    for latent in range(3):
        name = f"layers.5.mlp_latent{latent}.txt"
        files |= {f"explanations/{name}": b'"Fires."', f"scores/fuzz/{name}": content}
    folder = written(tmp_path / "in", files)
    pack, _ = imported("delphi", folder, tmp_path / "pack", skip_bad=skip_bad)
    (found,) = [table for table in pack.manifest.tables if table.name == "Judgement"]
    assert [file.rows for file in found.files] == [2, 1]
