"""Weights of several families, as transformer-lens's bridge gives them, against the definitions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ingest.errors import WeightsError
from ingest.layers import NeuronLayer
from ingest.subject import Subject, boot
from ingest.weights.folded import ModelWeights
from ingest.weights.vectors import Vectors
from ingest.weights.wiring import gain, proportional
from tests.ingest import test_legacy
from tests.ingest.families import plain, save
from tests.shared import model_path


def booted(family: str, folder: Path) -> tuple[Subject, Path]:
    path = model_path() if family == "llama" else save(family, folder / family)
    return boot(str(path), "cpu"), path


def assert_same(found: Vectors, expected: np.ndarray, rtol: float = 1e-12) -> None:
    every = torch.arange(len(found))
    np.testing.assert_allclose(found.folded(found.taken(every)), expected, rtol=rtol)


@pytest.mark.parametrize(
    "family", ["llama", "gpt2", "gpt_neox", "gptj", "gemma", "gemma2", "olmo2"]
)
def test_they_are_those_of_the_definitions(family: str, tmp_path: Path) -> None:
    subject, path = booted(family, tmp_path)
    expected = plain(family, path)
    weights = ModelWeights(subject.bridge)
    tokens = weights.tokens()
    assert_same(tokens.embedding, expected.embedding)
    assert_same(tokens.unembedding, expected.unembedding)
    assert len(subject.layers) == len(expected.reads) >= 3
    for layer, reads, writes in zip(subject.layers, expected.reads, expected.writes, strict=True):
        found = weights.layer(layer)
        assert_same(found.reads, reads)
        assert_same(found.writes, writes)


@pytest.mark.parametrize("act_fn", ["gelu", "solu_ln"])
def test_those_in_transformer_lenss_own_format(act_fn: str, tmp_path: Path) -> None:
    """SoLU's neurons are read before a norm, and write through it."""
    subject = boot(str(test_legacy.save(tmp_path / "toy", act_fn)), "cpu")
    raw = test_legacy.random_weights(norm_in_mlp=act_fn == "solu_ln")
    state = {name: value.double().numpy() for name, value in raw.items()}
    weights = ModelWeights(subject.bridge)
    assert_same(weights.tokens().unembedding, state["unembed.W_U"].T * state["ln_final.w"])
    for layer in subject.layers:
        at = f"blocks.{layer.index}"
        found = weights.layer(layer)
        assert_same(found.reads, state[f"{at}.mlp.W_in"].T * state[f"{at}.ln2.w"])
        behind = state.get(f"{at}.mlp.ln.w", np.ones(layer.n_neurons))
        assert_same(found.writes, state[f"{at}.mlp.W_out"] * behind[:, None], rtol=1e-7)


@pytest.mark.parametrize(
    ("family", "reason"),
    [("bloom", "does not begin with the tokens' embeddings"), ("mixtral", "has no blocks.0.mlp")],
)
def test_another_way_of_working_is_refused(family: str, reason: str, tmp_path: Path) -> None:
    """BLOOM has a norm behind its embeddings, Mixtral several MLPs in a block."""
    subject, _ = booted(family, tmp_path)
    weights = ModelWeights(subject.bridge)
    layer = NeuronLayer("0", 0, "mlp", "blocks.0.mlp.hook_post", 24)
    with pytest.raises(WeightsError, match=reason):
        (weights.layer(layer), weights.tokens())


@pytest.mark.parametrize(
    ("part", "change", "reason"),
    [
        ("mlp", torch.tanh, "the MLP of block 1 is not simply added to the stream"),
        ("ln2", lambda given: given + given.roll(1, -1), "blocks.1.ln2 does more than multiply"),
    ],
)
def test_a_block_that_works_otherwise_is_refused(
    part: str, change: Callable[[Tensor], Tensor], reason: str, tmp_path: Path
) -> None:
    subject, _ = booted("gpt_neox", tmp_path)
    module = getattr(subject.bridge.blocks[1], part).original_component
    module.register_forward_hook(lambda _, __, given: change(given))
    weights = ModelWeights(subject.bridge)
    weights.layer(subject.layers[0])
    with pytest.raises(WeightsError, match=reason):
        weights.layer(subject.layers[1])


def test_a_model_that_transformer_lens_cannot_run_is_refused(tmp_path: Path) -> None:
    """OPT-350m boots there, and runs without it."""
    subject, _ = booted("opt-350m", tmp_path)
    assert subject.activations(torch.arange(4)[None], subject.layers)["1"].shape == (1, 4, 24)
    with pytest.raises(WeightsError, match="transformer-lens cannot run the model"):
        ModelWeights(subject.bridge)


def test_a_norm_that_takes_more_than_a_vector_is_refused(tmp_path: Path) -> None:
    subject, _ = booted("gpt2", tmp_path)
    norm = subject.bridge.blocks[2].ln2
    weights = ModelWeights(subject.bridge)
    norm.original_component.register_forward_pre_hook(lambda _, given: (*given, 1))
    with pytest.raises(WeightsError, match=r"blocks\.2\.ln2 takes more than a vector"):
        weights.layer(subject.layers[2])


def test_a_layer_that_is_no_mlp(subject: Subject) -> None:
    latents = NeuronLayer("1-res", 1, "sae", "blocks.1.hook_resid_pre", 9)
    with pytest.raises(WeightsError, match="a layer of kind sae has no MLP's weights"):
        ModelWeights(subject.bridge).layer(latents)


def test_the_gain_of_a_norm() -> None:
    layer_norm = nn.LayerNorm(6)
    with torch.no_grad():
        layer_norm.weight.copy_(torch.tensor([1.5, -2, 0, 1e-6, 3, 4]))
        layer_norm.bias.copy_(torch.tensor([100.0, 1, 2, 3, 4, 5]))
    torch.testing.assert_close(gain(layer_norm, 6), layer_norm.weight.detach(), rtol=1e-6, atol=0)
    assert gain(nn.RMSNorm(4, elementwise_affine=False), 4).tolist() == [1, 1, 1, 1]


def test_proportional() -> None:
    values = torch.tensor([[1.0, -2, 3], [4, 5, -6]])
    assert proportional(3 * values, values)
    assert not proportional(-values, values)
    assert not proportional(values + 1, values)
    assert not proportional(values, 0 * values)
    assert not proportional(torch.full((2, 3), torch.nan), values)
