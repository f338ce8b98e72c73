"""SAEDashboard's batches: the real ones value by value, tokens made exact, and what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import SourceError
from ingest.pieces import PieceStyle
from ingest.sources.displayed import exact, style_of
from tests.ingest.sources.published import by_id, edges, imported, real, rows

FILES = {"batch-1.json": 640_000, "oldest-batch-0.json": None}
"""The real batches, and how many tokens they say that their corpus has."""


def _byte_characters() -> dict[str, int]:
    """GPT-2's characters and their bytes, worked out anew."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(b): b for b in plain} | {chr(256 + n): byte for n, byte in enumerate(rest)}


BYTES = _byte_characters()


def _plain(token: str) -> str:
    """What a displayed token stands for, by decoding its bytes."""
    data = b"".join(bytes([BYTES[c]]) if c in BYTES else c.encode() for c in token)
    text = data.decode(errors="backslashreplace")
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: f"<0x{found[1].upper()}>", text)


@pytest.mark.parametrize("name", FILES)
def test_a_real_batch_arrives_with_every_value(name: str, tmp_path: Path) -> None:
    plain = json.loads(real("saedashboard", name).read_bytes())
    pack, report = imported("saedashboard", real("saedashboard", name), tmp_path / "pack")
    assert report.bad == ()
    latents = {f"gpt2-small/0-res-jb/{f['feature_index']}": f for f in plain["features"]}

    (layer,) = rows(pack, "Layer")
    assert (layer["id"], layer["kind"], layer["layer_index"]) == ("gpt2-small/0-res-jb", "sae", 0)
    neurons, measured = by_id(pack, "Neuron"), by_id(pack, "Measurement")
    assert set(neurons) == set(latents)
    examples, held = by_id(pack, "Example"), edges(pack, "HAS_EXAMPLE")
    texts, within = by_id(pack, "Sequence"), edges(pack, "WITHIN")
    writes, similar = edges(pack, "WRITES"), edges(pack, "SIMILAR_TO")
    assert pack.rows("Example") == sum(len(f["activations"]) for f in plain["features"])
    for neuron, latent in latents.items():
        strongest = max(max(a["values"]) for a in latent["activations"])
        found = measured[f"{neuron}@saedashboard"]
        assert found["max_activation"] == neurons[neuron]["max_activation"] == strongest
        assert found["density"] == neurons[neuron]["density"] == latent["frac_nonzero"]
        assert found["n_tokens"] == neurons[neuron]["n_tokens"] == FILES[name]
        for column, field in (
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
            assert found[column] == latent[field]
        assert sorted((row["target"], row["weight"]) for row in writes[neuron]) == sorted(
            (_plain(token), value)
            for side in ("pos", "neg")
            for token, value in zip(latent[f"{side}_str"], latent[f"{side}_values"], strict=True)
        )
        sizes = [abs(row["weight"]) for row in writes[neuron]]
        assert sizes == sorted(sizes, reverse=True)
        for measure, field in (("pearson", "pearson"), ("cosine", "l1")):
            assert [
                (row["target"], row["similarity"])
                for row in similar[neuron]
                if row["measure"] == f"activation_{measure}"
            ] == [
                (f"gpt2-small/0-res-jb/{index}", value)
                for index, value in zip(
                    latent["correlated_features_indices"],
                    latent[f"correlated_features_{field}"],
                    strict=True,
                )
                if index != latent["feature_index"]
            ]
        _check_examples(latent, [examples[e["target"]] for e in held[neuron]], within, texts)


def _check_examples(
    latent: dict[str, Any],
    found: list[dict[str, Any]],
    within: dict[str, list[dict[str, Any]]],
    texts: dict[str, dict[str, Any]],
) -> None:
    """Every activation is there once, in its bucket, and the ranks of a bucket are by strength."""
    bins = sorted({a["bin_min"] for a in latent["activations"] if a["bin_min"] != -1})

    def plain(a: dict[str, Any]) -> tuple[Any, ...]:
        top = a["bin_min"] == -1
        peak = a["values"].index(max(a["values"]))
        return (
            "top" if top else f"bin{bins.index(a['bin_min']) + 1}",
            tuple(map(_plain, a["tokens"])),
            tuple(a["values"]),
            peak,
            a["values"][peak],
            None if top else a["bin_min"],
            a["bin_max"],
            None if top else a["bin_contains"],
            a.get("qualifying_token_index"),
        )

    def ours(e: dict[str, Any]) -> tuple[Any, ...]:
        text = texts[within[e["id"]][0]["target"]]
        assert text["text"] == "".join(text["tokens"])
        return (
            e["bucket"],
            tuple(text["tokens"]),
            tuple(e["activations"]),
            e["peak"],
            e["max_activation"],
            e["bin_min"],
            e["bin_max"],
            e["bin_share"],
            e["qualifying"],
        )

    assert sorted(map(repr, map(ours, found))) == sorted(
        map(repr, map(plain, latent["activations"]))
    )
    for bucket in {e["bucket"] for e in found}:
        members = sorted((e for e in found if e["bucket"] == bucket), key=lambda e: e["rank"])
        assert [e["rank"] for e in members] == list(range(1, len(members) + 1))
        strength = [
            e["max_activation"] if e["qualifying"] is None else e["activations"][e["qualifying"]]
            for e in members
        ]
        assert strength == sorted(strength, reverse=True)


def test_pieces_of_a_character_stay_apart_and_are_said_to_be_bytes(tmp_path: Path) -> None:
    pack, _ = imported("saedashboard", real("saedashboard", "oldest-batch-0.json"), tmp_path / "p")
    tokens = {token for row in rows(pack, "Sequence") for token in row["tokens"]}
    assert {"<0xE2><0x80>", "<0x99>", " €"} <= tokens
    assert not any(character in token for token in tokens for character in "âĢĻ")
    assert "ケ" in by_id(pack, "Token")


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), min_size=1, max_size=6)
)
def test_byte_pieces_of_any_text_are_told_and_undone(words: list[str]) -> None:
    character = {byte: c for c, byte in BYTES.items()}
    displayed = ["".join(" " if b == 32 else "\n" if b == 10 else character[b] for b in w.encode()) for w in words]  # fmt: skip
    if "".join(words).isascii():
        return
    assert style_of([orjson.dumps(displayed)]) is PieceStyle.BYTE_LEVEL
    assert [exact(token, PieceStyle.BYTE_LEVEL) for token in displayed] == words


@pytest.mark.parametrize(
    "tokens", [["caf", "é"], ["naïve", " über"], ["日本", "語"], ["日", "s"], ["ascii", " only"]]
)
def test_plain_texts_stay_as_they_are(tokens: list[str]) -> None:
    assert style_of([orjson.dumps(["x", *tokens, "."])]) is None
    assert [exact(token, None) for token in tokens] == tokens


def test_a_wrong_record_is_named_or_left_out(tmp_path: Path) -> None:
    plain = json.loads(real("saedashboard", "batch-1.json").read_bytes())
    plain["features"][1]["activations"][4]["values"].pop()
    (tmp_path / "batch-1.json").write_text(json.dumps(plain))
    with pytest.raises(
        SourceError,
        match=r"batch-1\.json, features\[1\]\.activations\[4\], field values: found a list",
    ):
        imported("saedashboard", tmp_path, tmp_path / "pack")
    pack, report = imported(
        "saedashboard", tmp_path, tmp_path / "pack", skip_bad=True, restart=True
    )
    assert [bad.neuron for bad in report.bad] == ["gpt2-small/0-res-jb/3"]
    (lack,) = rows(pack, "LACKS")
    assert (lack["source"], lack["kind"]) == ("gpt2-small/0-res-jb/3", "dashboard")
    assert pack.rows("Example") == len(plain["features"][0]["activations"])


def test_a_latent_that_stands_twice_and_another_model_are_refused(tmp_path: Path) -> None:
    plain = json.loads(real("saedashboard", "batch-1.json").read_bytes())
    for number in (1, 2):
        (tmp_path / f"batch-{number}.json").write_text(json.dumps(plain))
    with pytest.raises(SourceError, match="expected a latent that is not there twice"):
        imported("saedashboard", tmp_path, tmp_path / "pack")
    (tmp_path / "batch-2.json").write_text(json.dumps({**plain, "model_id": "pythia-70m"}))
    with pytest.raises(SourceError, match="found pythia-70m, expected gpt2-small"):
        imported("saedashboard", tmp_path, tmp_path / "pack", restart=True)


@pytest.mark.parametrize(
    "bad",
    ["{", {"model_id": "pythia-70m"}, {"features": [None]}, {"sae_set": "../.."}, {"sae_set": ""},
     {"sae_id_suffix": "a b"}],
)  # fmt: skip
def test_a_bad_batch_is_left_out_alone(bad: str | dict[str, Any], tmp_path: Path) -> None:
    plain = json.loads(real("saedashboard", "batch-1.json").read_bytes())
    (tmp_path / "batch-1.json").write_text(json.dumps(plain))
    other = bad if isinstance(bad, str) else json.dumps({**plain, **bad})
    (tmp_path / "batch-2.json").write_text(other)
    with pytest.raises(SourceError, match=r"batch-2\.json"):
        imported("saedashboard", tmp_path, tmp_path / "pack")
    pack, report = imported(
        "saedashboard", tmp_path, tmp_path / "pack", skip_bad=True, restart=True
    )
    assert [(one.neuron, one.kind) for one in report.bad] == [(None, "batch")]
    assert set(by_id(pack, "Neuron")) == {"gpt2-small/0-res-jb/2", "gpt2-small/0-res-jb/3"}


def test_more_tokens_than_can_be_counted_are_refused(tmp_path: Path) -> None:
    plain = json.loads(real("saedashboard", "batch-1.json").read_bytes())
    plain["features"][0]["n_prompts_total"] = 2**62
    (tmp_path / "batch-1.json").write_text(json.dumps(plain))
    with pytest.raises(SourceError, match="field n_prompts_total: found 4611686018427387904"):
        imported("saedashboard", tmp_path, tmp_path / "pack")
