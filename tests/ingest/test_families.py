"""Small random models of many families: what is read is what Hugging Face has at the same place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from cypher.pack import open_pack
from ingest.errors import ModelError
from ingest.jobs.inputs import open_inputs
from ingest.jobs.pipeline import ingest_model
from ingest.jobs.settings import Settings
from ingest.layers import parse_layers
from ingest.mining.chunks import Document
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import boot
from tests.ingest.families import VOCABULARY, save

OUT = {
    "gpt2": "transformer.h.{}.mlp.c_proj",
    "gpt_neox": "gpt_neox.layers.{}.mlp.dense_4h_to_h",
    "gptj": "transformer.h.{}.mlp.fc_out",
    "opt": "model.decoder.layers.{}.fc2",
    "phi3": "model.layers.{}.mlp.down_proj",
    "qwen2": "model.layers.{}.mlp.down_proj",
    "qwen3": "model.layers.{}.mlp.down_proj",
    "gemma": "model.layers.{}.mlp.down_proj",
    "gemma2": "model.layers.{}.mlp.down_proj",
    "olmo2": "model.layers.{}.mlp.down_proj",
    "bloom": "transformer.h.{}.mlp.dense_4h_to_h",
}
"""By family: the last matrix of a block's MLP, whose input are the neurons."""


def plain_activations(folder: Path, names: Sequence[str], tokens: Tensor) -> list[Tensor]:
    """What goes into the modules with these names, with eager attention and text by text."""
    model: Any = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    found: list[list[Tensor]] = [[] for _ in names]
    for name, kept in zip(names, found, strict=True):
        module = model.get_submodule(name)
        module.register_forward_pre_hook(
            lambda _, given, kept=kept: kept.append(given[0].reshape(1, tokens.shape[1], -1))
        )
    with torch.no_grad():
        for row in tokens:
            model(row[None])
    return [torch.cat(rows) for rows in found]


@pytest.mark.parametrize("family", OUT)
def test_activations_are_those_of_hugging_face(family: str, tmp_path: Path) -> None:
    folder = save(family, tmp_path / family)
    subject = boot(str(folder), "cpu")
    tokens = torch.randint(VOCABULARY, (4, 20), generator=torch.Generator().manual_seed(1))
    names = [OUT[family].format(layer.index) for layer in subject.layers]
    expected = plain_activations(folder, names, tokens)
    assert len(expected) == 3
    found = subject.activations(tokens, subject.layers)
    for layer, values in zip(subject.layers, expected, strict=True):
        assert (layer.kind, layer.hook_point) == ("mlp", f"blocks.{layer.index}.mlp.hook_post")
        assert found[layer.name].shape == (4, 20, layer.n_neurons) == values.shape
        torch.testing.assert_close(found[layer.name], values, rtol=1e-5, atol=1e-5)
        neurons = torch.tensor([0, 5, 5, layer.n_neurons - 1])
        columns = subject.columns(tokens, layer, neurons)
        torch.testing.assert_close(
            columns, values[torch.arange(4), :, neurons], rtol=1e-5, atol=1e-5
        )
        weights: Any = subject.bridge.blocks[layer.index].mlp
        assert weights.W_in.shape == (subject.shape.d_model, layer.n_neurons)
        assert weights.W_out.shape == (layer.n_neurons, subject.shape.d_model)


def test_a_mixture_of_experts_has_no_neurons_of_its_own(tmp_path: Path) -> None:
    subject = boot(str(save("mixtral", tmp_path / "mixtral")), "cpu")
    with pytest.raises(ModelError, match=r"m has no neurons that can be read.*experts.*--sae"):
        parse_layers(None, subject.layers, "m")


def test_half_precision_is_read_as_float32(tmp_path: Path) -> None:
    folder = str(save("qwen2", tmp_path / "qwen2"))
    tokens = torch.arange(40).view(2, 20)
    exact = boot(folder, "cpu").activations(tokens, boot(folder, "cpu").layers)
    for dtype, digits in (("bfloat16", 0.1), ("float16", 0.01)):
        half = boot(folder, "cpu", dtype)
        found = half.activations(tokens, half.layers)
        for name, values in exact.items():
            assert found[name].dtype is torch.float32
            error = (found[name] - values).abs().max() / values.abs().max()
            assert 0 < error < digits
        columns = half.columns(tokens, half.layers[0], torch.tensor([3, 4]))
        assert columns.dtype is torch.float32


def test_what_half_precision_cannot_hold_is_passed_on(tmp_path: Path) -> None:
    """Whoever counts activations has to know of those that are none."""
    folder = save("gpt2", tmp_path / "gpt2")
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.transformer.h[1].mlp.c_fc.bias[7] = 1e6
    model.save_pretrained(folder)
    subject = boot(str(folder), "cpu", "float16")
    found = subject.activations(torch.arange(10)[None], subject.layers)
    assert torch.isinf(found["1"][..., 7]).all()
    assert torch.isfinite(found["0"]).all()
    assert torch.isnan(found["2"]).all()


def test_a_whole_job_over_a_gated_family(stories: list[Document], tmp_path: Path) -> None:
    folder = save("gemma2", tmp_path / "gemma2")
    corpus = tmp_path / "stories.txt"
    corpus.write_text(
        "\n\n".join(document.text.replace("\n\n", "\n")[:80] for document in stories[:12])
    )
    settings = Settings(
        str(folder), corpus, tmp_path / "pack", layers="0,2", context_length=24, top_k=4
    )
    ingest_model(settings, open_inputs(settings), progress=Silent(), stop=Stop())
    pack = open_pack(settings.output)
    pack.verify()
    [model] = pack.table("Model").to_pylist()
    assert (model["family"], model["activation_function"]) == ("gemma2", "gelu_pytorch_tanh")
    assert [(row["id"], row["n_neurons"]) for row in pack.table("Layer").to_pylist()] == [
        ("gemma2/0", 24), ("gemma2/2", 24),
    ]  # fmt: skip
    assert pack.rows("TokenGraph") > 0
