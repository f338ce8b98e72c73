"""A model's weights as vectors in the residual stream, the gains of its norms folded in."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ingest.errors import WeightsError
from ingest.layers import NeuronLayer
from ingest.weights.vectors import Vectors
from ingest.weights.wiring import Wiring, first_line, proportional, varying


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One vector per neuron of a layer."""

    reads: Vectors
    """What makes it fire: `diag(ln_2.g) @ c_fc.w[:, n]`."""
    writes: Vectors
    """What it adds: `c_proj.w[n]`."""


@dataclass(frozen=True, slots=True)
class TokenWeights:
    """One vector per token id."""

    embedding: Vectors
    """What the token adds to the stream: `wte[t]`."""
    unembedding: Vectors
    """What its logit reads: `diag(ln_f.g) @ unembedding[:, t]`."""


class ModelWeights:
    """The weights of a booted model, which `bridge` of transformer-lens gives by name.

    Raises WeightsError if transformer-lens cannot run the model.
    """

    def __init__(self, bridge: Any) -> None:
        self._bridge = bridge
        self._wiring = Wiring(bridge)

    def tokens(self) -> TokenWeights:
        """The weights of all token ids. Raises WeightsError if they are not as the pass says."""
        embedding = _matrix(self._bridge, "embed.W_E")
        rows, stream = embedding[self._wiring.tokens], self._wiring.seen("blocks.0.hook_in")
        if not proportional(stream[0] - stream[1], rows[0] - rows[1]):
            raise WeightsError("the stream does not begin with the tokens' embeddings")
        unembedding = _matrix(self._bridge, "unembed.W_U")
        gain = self._wiring.final_gain()
        self._check("unembed.hook_in", unembedding, "unembed.hook_out")
        return TokenWeights(Vectors(embedding), Vectors(unembedding.T, gain))

    def layer(self, layer: NeuronLayer) -> LayerWeights:
        """The weights of a layer's neurons. Raises WeightsError if they are not as the pass says."""
        if layer.kind != "mlp":
            raise WeightsError(f"a layer of kind {layer.kind} has no MLP's weights")
        at, mlp = f"blocks.{layer.index}.mlp", self._bridge.blocks[layer.index].mlp
        self._wiring.seen(f"{at}.hook_pre")  # a mixture of experts has none, and no matrices
        norms = self._wiring.norms(layer.index)
        gated = getattr(mlp, "W_gate", None) is not None
        fires = _matrix(mlp, "W_gate" if gated else "W_in")
        product = _matrix(mlp, "W_out")
        self._check(f"{at}.hook_in", fires, f"{at}.hook_pre")
        self._check(f"{at}.hook_post", product, f"{at}.out.hook_out")
        if layer.hook_point != f"{at}.hook_post":  # SoLU's neurons, with a norm behind them
            if not torch.equal(
                self._wiring.seen(f"{at}.ln.hook_out"), self._wiring.seen(f"{at}.hook_post")
            ):
                raise WeightsError(f"more than a norm stands behind {layer.hook_point}")
            product = product.float() * self._wiring.gain_of(f"{at}.ln")[:, None]
        return LayerWeights(Vectors(fires.T, norms.before), Vectors(product, norms.after))

    def _check(self, into: str, matrix: Float[Tensor, "given made"], out: str) -> None:
        """Raise WeightsError if what was seen at `out` is not `matrix` times what was at `into`."""
        given, made = varying(self._wiring.seen(into)), varying(self._wiring.seen(out))
        fits = given.shape[1:] + made.shape[1:] == matrix.shape
        if not (fits and proportional(made, given.to(matrix.dtype) @ matrix)):
            raise WeightsError(f"{out} is not made of {into} by one matrix")


def _matrix(part: Any, name: str) -> Float[Tensor, "stored d_model"]:
    """A matrix of the model, without gradients."""
    try:
        found: Tensor = attrgetter(name)(part)
    except (AttributeError, NotImplementedError) as error:  # not there, or quantised
        raise WeightsError(f"{name} cannot be read: {first_line(error)}") from error
    return found.detach()
