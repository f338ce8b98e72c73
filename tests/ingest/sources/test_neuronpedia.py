"""Neuronpedia's exports, for want of a real one written to the letter; its traps; one question."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SourceError
from tests.ingest.exports.test_neuronpedia import CIRCUIT
from tests.ingest.sources.exports import MODEL, SOURCE, activation, export
from tests.ingest.sources.importing import written
from tests.ingest.sources.published import by_id, edges, imported, rows

INDICES = [0, 2, 3, 9, 10, 11, 30, 100]
"""Their order as text is another than as numbers, and there are gaps."""


def _lines(root: Path, kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(root.rglob(f"{kind}/*.gz"))
        for line in gzip.open(path, "rt", encoding="utf-8")
    ]


def test_an_export_arrives_with_every_value(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    pack, report = imported("neuronpedia", root, tmp_path / "pack")
    assert report.bad == ()
    assert report.neurons == len(INDICES)
    (layer,) = rows(pack, "Layer")
    assert layer["id"] == f"{MODEL}/{SOURCE}"
    assert (layer["kind"], layer["hook_point"]) == ("sae", "blocks.6.hook_resid_pre")
    neurons, measured = by_id(pack, "Neuron"), by_id(pack, "Measurement")
    writes, similar = edges(pack, "WRITES"), edges(pack, "SIMILAR_TO")
    for plain in _lines(root, "features"):
        neuron = f"{MODEL}/{SOURCE}/{plain['index']}"
        found = measured[f"{neuron}@neuronpedia"]
        assert neurons[neuron]["index"] == int(plain["index"])
        assert neurons[neuron]["max_activation"] == plain["maxActApprox"]
        for column, field in (
            ("max_activation", "maxActApprox"),
            ("density", "frac_nonzero"),
            ("histogram_values", "freq_hist_data_bar_values"),
            ("histogram_heights", "freq_hist_data_bar_heights"),
            ("logit_histogram_values", "logits_hist_data_bar_values"),
            ("logit_histogram_heights", "logits_hist_data_bar_heights"),
            ("aligned_indices", "neuron_alignment_indices"),
            ("aligned_weights", "neuron_alignment_values"),
            ("aligned_shares", "neuron_alignment_l1"),
            ("correlated_indices", "correlated_neurons_indices"),
            ("correlated_pearson", "correlated_neurons_pearson"),
            ("correlated_cosine", "correlated_neurons_l1"),
        ):
            assert found[column] == plain[field]
        assert sorted((row["target"], row["weight"]) for row in writes[neuron]) == sorted(
            [*zip(plain["pos_str"], plain["pos_values"], strict=True),
             *zip(plain["neg_str"], plain["neg_values"], strict=True)]
        )  # fmt: skip
        assert [
            (row["target"], row["similarity"])
            for row in similar[neuron]
            if row["measure"] == "decoder_cosine"
        ] == [
            (f"{MODEL}/{SOURCE}/{index}", value)
            for index, value in zip(
                plain["topkCosSimIndices"], plain["topkCosSimValues"], strict=True
            )
            if index != int(plain["index"])
        ]


def test_explanations_of_two_models_that_agree_stay_two(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    pack, _ = imported("neuronpedia", root, tmp_path / "pack")
    said, held = by_id(pack, "Explanation"), edges(pack, "HAS_EXPLANATION")
    plain: dict[str, list[Any]] = {}
    for line in _lines(root, "explanations"):
        values = (line["description"], line["explanationModelName"], line["authorId"])
        plain.setdefault(f"{MODEL}/{SOURCE}/{line['index']}", []).append(values)
    assert any(
        a[0] == b[0] and a[1] != b[1] for found in plain.values() for a in found for b in found
    )
    assert {
        neuron: sorted(
            (row["text"], row["explainer_model"], row["author"])
            for row in (said[edge["target"]] for edge in listed)
        )
        for neuron, listed in held.items()
    } == {neuron: sorted(found) for neuron, found in plain.items()}
    assert {row["explainer"].partition(".")[0] for row in said.values()} == {"oai_token-act-pair"}


def test_examples_are_ranked_whatever_the_order_of_the_lines(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    pack, _ = imported("neuronpedia", root, tmp_path / "pack")
    examples, held = by_id(pack, "Example"), edges(pack, "HAS_EXAMPLE")
    within, texts = edges(pack, "WITHIN"), by_id(pack, "Sequence")
    lines = _lines(root, "activations")
    assert len(examples) == len(lines) == 5 * len(INDICES)
    for index in INDICES:
        mine = [examples[e["target"]] for e in held[f"{MODEL}/{SOURCE}/{index}"]]
        plain = [line for line in lines if line["index"] == str(index)]
        assert sorted(
            (
                e["bucket"],
                texts[within[e["id"]][0]["target"]]["tokens"],
                e["activations"],
                e["peak"],
                e["max_activation"],
                e["bin_max"],
                e["qualifying"],
                e["attributions"],
                e["attribution_target"],
            )
            for e in mine
        ) == sorted(
            (
                "top" if p["binMin"] == -1 else f"bin{int(p['binMin'])}",
                p["tokens"],
                p["values"],
                p["maxValueTokenIndex"],
                p["maxValue"],
                p["binMax"],
                p["qualifyingTokenIndex"],
                p["dfaValues"] or None,
                p["dfaTargetIndex"],
            )
            for p in plain
        )
        for bucket in {e["bucket"] for e in mine}:
            strengths = [
                e["activations"][e["qualifying"]]
                for e in sorted(mine, key=lambda e: e["rank"])
                if e["bucket"] == bucket
            ]
            assert strengths == sorted(strengths, reverse=True)


def test_only_what_is_wanted_is_imported(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    pack, _ = imported("neuronpedia", root, tmp_path / "pack", neurons="2,9-11")
    covered = {row["source"] for row in rows(pack, "HAS_MEASUREMENT")}
    assert covered == {f"{MODEL}/{SOURCE}/{index}" for index in (2, 9, 10, 11)}
    with pytest.raises(SourceError, match="layers 7-res-jb, neurons all"):
        imported("neuronpedia", root, tmp_path / "none", layers="7-res-jb")
    assert not (tmp_path / "none").exists()


def test_a_list_of_the_api_and_an_integer_layer(tmp_path: Path) -> None:
    chance = random.Random(1)
    answered = [{**activation(4, n, chance, "6"), "index": 4, "layer": 6} for n in range(3)]
    path = tmp_path / "all.json"
    path.write_text(json.dumps(answered))
    pack, _ = imported("neuronpedia", path, tmp_path / "pack")
    (layer,) = rows(pack, "Layer")
    assert (layer["id"], layer["kind"], layer["layer_index"]) == (f"{MODEL}/6", "mlp", 6)
    assert pack.rows("Example") == 3


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("features", {"index": "x"}, 'line 1, field index: found "x"'),
        ("features", {"modelId": "pythia"}, "field modelId"),
        ("features", {"layer": "res-jb"}, "expected a source such as 6-res-jb"),
        (
            "features",
            {"pos_values": [1]},
            "line 1, field pos_values: found a list of 1, expected 3",
        ),
        ("features", {"frac_nonzero": "0.1"}, "line 1, field frac_nonzero"),
        ("explanations", {"description": None}, "line 1, field description: found null"),
        ("activations", {"values": [1, 2]}, "line 1, field values"),
        ("activations", {"index": None}, "line 1, field index: found null"),
        ("activations", {"tokens": []}, "line 1, field tokens"),
        ("activations", {"tokens": [["a"]] * 6}, r"line 1, field tokens\[0\]: found a list of 1"),
        ("activations", {"qualifyingTokenIndex": 6}, "expected a place below 6"),
    ],
)
def test_what_is_wrong_is_named_and_can_be_left_out(
    kind: str, change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    root = export(tmp_path / "source", INDICES)
    path = next(iter(sorted(root.rglob(f"{kind}/*.gz"))))
    lines = gzip.decompress(path.read_bytes()).splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), **change}).encode()
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    if kind != "features" or "modelId" not in change:
        with pytest.raises(SourceError, match=message):
            imported("neuronpedia", root, tmp_path / "pack", model=MODEL)
        _, report = imported(
            "neuronpedia", root, tmp_path / "pack", skip_bad=True, restart=True, model=MODEL
        )
        assert len(report.bad) == 1


def test_a_neuron_that_a_second_batch_has_again_is_refused(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    first, second = sorted(root.rglob("activations/*.gz"))
    line = gzip.decompress(first.read_bytes()).splitlines()[0]
    second.write_bytes(second.read_bytes() + gzip.compress(line + b"\n"))
    with pytest.raises(SourceError, match="no other record of activations has"):
        imported("neuronpedia", root, tmp_path / "pack")


def test_a_sentence_that_a_second_batch_has_again_is_said_once(tmp_path: Path) -> None:
    """As is what a neuron lacks for bad records in both."""
    root = export(tmp_path / "source", INDICES)
    plain, _ = imported("neuronpedia", root, tmp_path / "plain")
    (first,) = root.rglob("explanations/*.gz")
    lines = gzip.decompress(first.read_bytes()).splitlines()
    bad = json.dumps({**json.loads(lines[0]), "description": None}).encode()
    first.write_bytes(gzip.compress(b"\n".join([*lines, bad])))
    again = gzip.compress(b"\n".join([lines[0], bad, lines[-1], b""]))
    first.with_name("batch-1.jsonl.gz").write_bytes(again)
    pack, report = imported("neuronpedia", root, tmp_path / "pack", skip_bad=True)
    for table in ("HAS_EXPLANATION", "Explanation"):
        found = [[{**row, "run_id": ""} for row in rows(one, table)] for one in (pack, plain)]
        assert found[0] == found[1]
        assert len(found[0]) == sum(index % 4 for index in INDICES)
    assert len(report.bad) == 2
    (lacking,) = rows(pack, "LACKS")
    assert lacking["kind"] == "explanation"


def test_a_circuit_that_a_second_file_has_too_is_refused(tmp_path: Path) -> None:
    files = {"circuits/a.json": CIRCUIT, "circuits/b.json": CIRCUIT}
    folder = written(tmp_path / "in", files)
    with pytest.raises(SourceError, match="expected one that no other circuit has"):
        imported("neuronpedia", folder, tmp_path / "pack")
    pack, report = imported("neuronpedia", folder, tmp_path / "pack", skip_bad=True, restart=True)
    assert len(report.bad) == 1
    assert pack.rows("Circuit") == 1
    assert pack.rows("CircuitNode") == 4


def test_of_a_batch_that_breaks_off_the_others_are_taken(tmp_path: Path) -> None:
    root = export(tmp_path / "source", INDICES)
    [path] = root.rglob("activations/batch-1.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SourceError, match=r"activations/batch-1\.jsonl\.gz cannot be read to its"):
        imported("neuronpedia", root, tmp_path / "pack")
    pack, report = imported("neuronpedia", root, tmp_path / "pack", skip_bad=True, restart=True)
    assert [(one.neuron, one.kind) for one in report.bad] == [(None, "examples")]
    assert len(by_id(pack, "Measurement")) == len(INDICES)
    of = {row["source"] for row in rows(pack, "HAS_EXAMPLE")}
    assert of == {f"{MODEL}/{SOURCE}/{index}" for index in INDICES[: len(INDICES) // 2]}


def test_a_document_that_is_none_is_left_out_alone(tmp_path: Path) -> None:
    texts = [activation(3, number, random.Random(0)) for number in range(3)]
    root = written(tmp_path / "in", {"3.json": texts, "4.json": "{", "5.json": {"what": "else"}})
    pack, report = imported("neuronpedia", root, tmp_path / "pack", skip_bad=True)
    assert [(one.neuron, one.kind) for one in report.bad] == [(None, "document")] * 2
    assert pack.rows("Example") == 3


def test_a_bad_first_file_can_be_left_out_if_the_model_is_named(tmp_path: Path) -> None:
    texts = [activation(3, number, random.Random(0)) for number in range(3)]
    root = written(tmp_path / "in", {"1.json": "{", "3.json": texts})
    with pytest.raises(
        SourceError, match=r"1\.json: found no JSON .* name it with --model to go on"
    ):
        imported("neuronpedia", root, tmp_path / "pack", skip_bad=True)
    _, report = imported("neuronpedia", root, tmp_path / "pack", skip_bad=True, model=MODEL)
    assert len(report.bad) == 1
