"""Which layers of neurons a booted model has, and where each of them is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from ingest.errors import ModelError
from ingest.layers import NeuronLayer
from ingest.sae_config import SaeConfig
from ingest.subject.boot import Booted
from ingest.subject.places import Place, Places, Side, read
from ingest.subject.sae import Sae

_LAYER_NORMS = {"LN", "LNPre"}
"""TransformerLens's names of the norms before which a residual stream can be centred unseen."""


def hook_point(block: int, activation_function: str | None = None) -> str:
    """Where the neurons of a block's MLP are read, in TransformerLens's names.

    For SoLU with a layer norm behind it (`solu_ln`) that is before the norm, where Neuroscope
    and N2G read too: behind it (TransformerLens's `hook_post`) every neuron of a token depends
    on every other.
    """
    name = "hook_mid" if activation_function == "solu_ln" else "hook_post"
    return f"blocks.{block}.mlp.{name}"


def mlp_layers(booted: Booted) -> Iterator[tuple[NeuronLayer, Place]]:
    """The blocks' MLPs, without those that have no neurons of their own to read.

    A mixture of experts has none: which neurons there are depends on the token.
    Raises ModelError if the model is not causal.
    """
    finder = Places(booted)
    config: Any = booted.bridge.cfg
    hooks = [hook_point(block, booted.activation_function) for block in range(config.n_layers)]
    places = [finder.find(hook) for hook in hooks]
    widths = _probe(booted, [place for place in places if place is not None])
    for block, (hook, place) in enumerate(zip(hooks, places, strict=True)):
        if place is not None and place.side is Side.INPUT and place in widths:
            yield NeuronLayer(str(block), block, "mlp", hook, widths[place]), place


def sae_layers(booted: Booted, saes: Sequence[Sae]) -> Iterator[tuple[NeuronLayer, Place]]:
    """The autoencoders' latents. Raises ModelError if one does not fit the model."""
    finder = Places(booted)
    for sae in saes:
        place = finder.find(sae.config.hook_point)
        width = None if place is None else _probe(booted, [place]).get(place)
        if place is None or width != sae.config.d_in:
            raise ModelError(
                f"the sparse autoencoder in {sae.config.folder} does not fit the model: it "
                f"reads {sae.config.d_in} numbers at {sae.config.hook_point}, where the model "
                f"has {width or 'no such hook point'}. Name the model that it was trained on."
            )
        yield sae.layer, place


def centred(config: SaeConfig, booted: Booted) -> bool:
    """Whether a vector must be centred to be what the autoencoder was trained on.

    Centring the weights that write to the residual stream takes its mean from every vector in
    it and nothing else; TransformerLens does so only where a layer norm takes it anyway.
    """
    of_model: Any = booted.bridge.cfg
    layer_norm = of_model.normalization_type in _LAYER_NORMS and not of_model.final_rms
    return (
        config.centred
        and layer_norm
        and not config.hook_point.endswith(("hook_z", "mlp.hook_post"))
    )


def _probe(booted: Booted, places: Sequence[Place]) -> dict[Place, int]:
    """How many numbers per token there are at each place that the model comes by.

    Raises ModelError if it looks ahead: what is read here, texts padded at their end and
    without a mask, would be wrong.
    """
    tokens = torch.zeros(2, min(3, booted.bridge.cfg.n_ctx), dtype=torch.long)
    tokens[1, -1] = 1
    device = next(booted.plain.parameters()).device
    found = read(booted.plain, tokens.to(device), places)
    for value in found.values():
        one, other = value[:, :-1].float().nan_to_num(0, 0, 0)
        # half of the digits: rounding of equal texts may differ, and grows with depth
        close = torch.finfo(value.dtype).eps ** 0.5 * float(one.abs().max())
        if not torch.allclose(one, other, rtol=0, atol=close):
            raise ModelError(
                f"no causal language model ({booted.family}): what it has at a token depends on "
                f"the tokens behind it. Name one that predicts the next token."
            )
    return {place: value.shape[-1] for place, value in found.items()}
