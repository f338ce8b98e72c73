"""Sparse autoencoders: their latents are a layer's neurons."""

from __future__ import annotations

import json
import weakref
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from cypher.pack import open_pack
from ingest.errors import ModelError
from ingest.fingerprint import sae_fingerprint
from ingest.jobs.inputs import open_inputs
from ingest.jobs.pipeline import ingest_model
from ingest.jobs.settings import Settings
from ingest.layers import NeuronLayer
from ingest.mining.chunks import Document
from ingest.progress import Silent
from ingest.sae_config import read_sae_config
from ingest.stop import Stop
from ingest.subject import boot
from tests.cli import assert_failed, neurocypher
from tests.ingest.autoencoders import D_SAE, encoded, save_sae
from tests.ingest.families import VOCABULARY, save

TOKENS = torch.randint(VOCABULARY, (3, 20), generator=torch.Generator().manual_seed(1))
LATENTS = torch.tensor([0, 7, D_SAE - 1])


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save("gpt2", tmp_path_factory.mktemp("models") / "gpt2")


@cache
def plain_values(folder: Path, name: str, side: str) -> Tensor:
    """What plain Hugging Face has at the input or output of a module."""
    model: Any = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    kept: list[Tensor] = []
    module = model.get_submodule(name)
    if side == "input":
        module.register_forward_pre_hook(lambda _, given: kept.append(given[0].clone()))
    else:
        module.register_forward_hook(
            lambda _, __, out: kept.append((out[0] if isinstance(out, tuple) else out).clone())
        )
    with torch.no_grad():
        model(TOKENS)
    return kept[0]


def check(model: Path, folder: Path, expected: Tensor) -> NeuronLayer:
    """The autoencoder in `folder` gives these latents, whole and one by one."""
    subject = boot(str(model), "cpu", saes=[folder])
    [layer] = [layer for layer in subject.layers if layer.kind == "sae"]
    found = subject.activations(TOKENS, [layer])[layer.name]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    columns = subject.columns(TOKENS, layer, LATENTS)
    torch.testing.assert_close(columns, expected[torch.arange(3), :, LATENTS], rtol=1e-5, atol=1e-5)
    assert 0 < (found > 0).float().mean() < 1
    return layer


@pytest.mark.parametrize("older", [False, True], ids=["version 6", "before"])
@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "topk", "gated"])
def test_latents_are_those_of_the_formulas(
    architecture: str, older: bool, gpt2: Path, tmp_path: Path
) -> None:
    weights = save_sae(tmp_path / "sae", architecture=architecture, older=older)
    values = plain_values(gpt2, "transformer.h.1", "input")
    layer = check(gpt2, tmp_path / "sae", encoded(values, weights, architecture))
    assert layer == NeuronLayer("1-sae", 1, "sae", "blocks.1.hook_resid_pre", D_SAE)


@pytest.mark.parametrize("normalization", ["layer_norm", "constant_norm_rescale"])
@pytest.mark.parametrize("subtract", [True, False])
def test_what_is_done_to_the_input(
    normalization: str, subtract: bool, gpt2: Path, tmp_path: Path
) -> None:
    weights = save_sae(
        tmp_path / "sae", normalize_activations=normalization, apply_b_dec_to_input=subtract
    )
    values = plain_values(gpt2, "transformer.h.1", "input")
    expected = encoded(values, weights, normalization=normalization, subtract=subtract)
    check(gpt2, tmp_path / "sae", expected)


def test_the_largest_by_the_norm_of_their_decoder(gpt2: Path, tmp_path: Path) -> None:
    weights = save_sae(tmp_path / "sae", architecture="topk", rescale_acts_by_decoder_norm=True)
    values = plain_values(gpt2, "transformer.h.1", "input")
    check(gpt2, tmp_path / "sae", encoded(values, weights, "topk", by_norm=True))


@pytest.mark.parametrize(
    ("family", "hook", "name", "side"),
    [
        ("gpt2", "hook_resid_post", "transformer.h.1", "output"),
        ("gpt2", "hook_resid_mid", "transformer.h.1.ln_2", "input"),
        ("gpt2", "hook_mlp_out", "transformer.h.1.mlp", "output"),
        ("gpt2", "hook_attn_out", "transformer.h.1.attn", "output"),
        ("gpt2", "attn.hook_z", "transformer.h.1.attn.c_proj", "input"),
        ("gpt2", "mlp.hook_post", "transformer.h.1.mlp.c_proj", "input"),
        ("gpt_neox", "hook_resid_pre", "gpt_neox.layers.1", "input"),
        ("gemma2", "hook_resid_post", "model.layers.1", "output"),
        ("gemma2", "hook_mlp_out", "model.layers.1.post_feedforward_layernorm", "output"),
        ("mixtral", "hook_resid_pre", "model.layers.1", "input"),
    ],
)
def test_where_it_reads(family: str, hook: str, name: str, side: str, tmp_path: Path) -> None:
    model = save(family, tmp_path / family)
    values = plain_values(model, name, side)
    weights = save_sae(tmp_path / "sae", f"blocks.1.{hook}", d_in=values.shape[-1])
    check(model, tmp_path / "sae", encoded(values, weights))


def test_a_model_that_was_centred_in_training(gpt2: Path, tmp_path: Path) -> None:
    """TransformerLens's centring takes the mean of each vector in the stream, if norms do too."""
    centred = {"model_from_pretrained_kwargs": {"center_writing_weights": True}}
    place = {"hook_name": "blocks.1.hook_resid_pre", **centred}
    weights = save_sae(tmp_path / "sae", metadata=place)
    values = plain_values(gpt2, "transformer.h.1", "input")
    expected = encoded(values - values.mean(-1, keepdim=True), weights)
    check(gpt2, tmp_path / "sae", expected)
    assert not torch.allclose(expected, encoded(values, weights), atol=1e-2)
    of_heads = {**place, "hook_name": "blocks.1.attn.hook_z"}
    weights = save_sae(tmp_path / "heads", metadata=of_heads)
    check(
        gpt2,
        tmp_path / "heads",
        encoded(plain_values(gpt2, "transformer.h.1.attn.c_proj", "input"), weights),
    )
    gemma = save("gemma", tmp_path / "gemma")
    check(gemma, tmp_path / "sae", encoded(plain_values(gemma, "model.layers.1", "input"), weights))


@pytest.mark.parametrize(
    ("neuronpedia", "name"),
    [
        ("gpt2-small/1-res-jb", "1-res-jb"),
        ("gpt2-small/2-res-jb", "1-an_sae"),  # of another block
        ("gpt2-small/1", "1-an_sae"),  # that is the MLP's
        (None, "1-an_sae"),
    ],
)
def test_it_is_called_as_neuronpedia_calls_it(
    neuronpedia: str | None, name: str, tmp_path: Path
) -> None:
    place = {"hook_name": "blocks.1.hook_resid_pre", "neuronpedia_id": neuronpedia}
    save_sae(tmp_path / "an @sae", metadata=place)
    assert read_sae_config(tmp_path / "an @sae").name == name


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"architecture": "temporal"}, "architecture is 'temporal', expected standard, jumprelu"),
        ({"activation_fn_str": "tanh-relu"}, "activation_fn_str is 'tanh-relu'"),
        ({"architecture": "topk", "k": 41}, "k is 41, expected at most 40"),
        ({"architecture": "topk", "k": None}, "k is None, expected a number above 0"),
        ({"normalize_activations": "expected_average_only_in"}, "fold_activation_norm_scaling"),
        ({"d_sae": "40"}, "d_sae is '40'"),
        ({"metadata": {"hook_name": "blocks.1.hook_q"}}, "hook_name is 'blocks.1.hook_q'"),
        ({"metadata": {}}, "hook_name is None"),
        ({"hook_head_index": 3}, "hook_head_index is 3, expected none"),
        (
            {"model_from_pretrained_kwargs": {"fold_value_biases": True}},
            "model_from_pretrained_kwargs fold_value_biases is True",
        ),
    ],
)
def test_what_is_not_supported(changed: dict[str, object], message: str, tmp_path: Path) -> None:
    save_sae(tmp_path / "sae", **changed)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=rf"in {tmp_path}/sae is not supported: .*{message}"):
        read_sae_config(tmp_path / "sae")


def test_what_is_no_autoencoder(gpt2: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is no sparse autoencoder: expected cfg\.json"):
        read_sae_config(gpt2)
    save_sae(tmp_path / "sae")
    (tmp_path / "sae" / "cfg.json").write_text("{")
    with pytest.raises(ModelError, match=r"cfg\.json is no JSON"):
        read_sae_config(tmp_path / "sae")


def test_what_does_not_fit(gpt2: Path, tmp_path: Path) -> None:
    save_sae(tmp_path / "wide", d_in=12)
    with pytest.raises(ModelError, match=r"reads 12 numbers at .*, where the model has 16"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "wide"])
    save_sae(tmp_path / "high", "blocks.3.hook_resid_pre")
    with pytest.raises(ModelError, match="where the model has no such hook point"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "high"])
    save_sae(tmp_path / "claims", d_sae=41)
    with pytest.raises(ModelError, match=r"hold W_enc of shape \[16, 41\].*found \[16, 40\]"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "claims"])
    save_sae(tmp_path / "gated", architecture="gated")
    config = json.loads((tmp_path / "gated" / "cfg.json").read_text())
    (tmp_path / "gated" / "cfg.json").write_text(
        json.dumps({**config, "architecture": "topk", "k": 2})
    )
    with pytest.raises(ModelError, match=r"hold b_enc.*found nothing of that name"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "gated"])
    weights = tmp_path / "gated" / "sae_weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError, match=r"safetensors cannot be read"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "gated"])
    for folder in ("a", "b"):
        save_sae(tmp_path / folder / "sae")
    with pytest.raises(ModelError, match="two sparse autoencoders would be called 1-sae"):
        boot(str(gpt2), "cpu", saes=[tmp_path / "a" / "sae", tmp_path / "b" / "sae"])


def test_the_latents_of_one_at_a_time(gpt2: Path, tmp_path: Path) -> None:
    """Nothing holds on to a layer's latents when the next one's are made."""
    for name in "abc":
        save_sae(tmp_path / name)
    subject = boot(str(gpt2), "cpu", saes=[tmp_path / name for name in "abc"])
    layers = [layer for layer in subject.layers if layer.kind == "sae"]
    alive: list[weakref.ref[Tensor]] = []
    for _, found in subject.each(TOKENS, layers):
        assert [kept() for kept in alive] == [None] * len(alive)
        alive.append(weakref.ref(found))
        del found
    assert len(alive) == 3


def test_a_whole_job(gpt2: Path, stories: list[Document], tmp_path: Path) -> None:
    """The autoencoders alone unless layers are named; then of several widths."""
    save_sae(tmp_path / "res", architecture="topk")
    corpus = tmp_path / "stories.txt"
    corpus.write_text(
        "\n\n".join(document.text.replace("\n\n", "\n")[:80] for document in stories[:12])
    )
    packs = {}
    for name, layers in (("alone", None), ("both", "1-2,1-res")):
        settings = Settings(
            str(gpt2), corpus, tmp_path / name, layers=layers, saes=[tmp_path / "res"],
            context_length=24, top_k=4,
        )  # fmt: skip
        ingest_model(settings, open_inputs(settings), progress=Silent(), stop=Stop())
        packs[name] = open_pack(settings.output)
        packs[name].verify()
    rows = {name: pack.table("Layer").to_pylist() for name, pack in packs.items()}
    [row] = rows["alone"]
    assert row == {
        "id": "gpt2/1-res", "model_id": "gpt2", "name": "1-res", "layer_index": 1, "kind": "sae",
        "hook_point": "blocks.1.hook_resid_pre", "n_neurons": D_SAE,
    }  # fmt: skip
    assert [(row["name"], row["n_neurons"]) for row in rows["both"]] == [
        ("1", 64), ("1-res", D_SAE), ("2", 64),
    ]  # fmt: skip
    for name, pack in packs.items():
        assert pack.rows("TokenGraph") > 0, name
        [mined] = [row for row in pack.table("IngestRun").to_pylist() if row["job"] == "mine"]
        used = json.loads(mined["settings"])["saes"]
        assert used == {"1-res": sae_fingerprint(tmp_path / "res")}


def test_an_autoencoder_is_looked_at_before_anything_else(gpt2: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "stories.txt"
    corpus.write_text("Once upon a time.")
    options = ("--corpus", corpus, "--out", tmp_path / "pack", "--sae", tmp_path / "nowhere")
    ran = neurocypher("ingest", "model", gpt2, *options)
    assert_failed(ran, f"{tmp_path / 'nowhere'} is no sparse autoencoder: expected cfg.json")
    assert not (tmp_path / "pack").exists()
