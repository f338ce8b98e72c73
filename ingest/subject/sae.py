"""Sparse autoencoders: a layer's neurons are their latents.

The encoders are those of SAELens 6 (`sae_lens.saes`), in float32. With x what the model has at
the hook point, centred and normalised as the configuration asks, less the decoder's bias:

    standard    relu(x W_enc + b_enc)
    jumprelu    relu(p) where p > threshold, else 0, for p = x W_enc + b_enc
    topk        relu(p) for the k largest of p at a token, else 0
    gated       relu((x W_enc) exp(r_mag) + b_mag) where x W_enc + b_gate > 0, else 0
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ingest.errors import ModelError
from ingest.layers import NeuronLayer
from ingest.sae_config import WEIGHTS, SaeConfig

_VECTORS = {
    "standard": ("b_enc",), "jumprelu": ("b_enc", "threshold"), "topk": ("b_enc",),
    "gated": ("b_gate", "r_mag", "b_mag"),
}  # fmt: skip
"""One number per latent, by architecture."""
_EPSILON = 1e-5
"""Of SAELens's layer norm."""


@dataclass(frozen=True, slots=True)
class Sae:
    """An autoencoder on the model's device."""

    config: SaeConfig
    centre: bool
    """Whether the mean of each vector is subtracted first."""
    encoder: Float[Tensor, "model latent"]
    decoder: Float[Tensor, "latent model"]
    b_dec: Float[Tensor, " model"]
    vectors: dict[str, Float[Tensor, " latent"]]
    """What else its architecture has, by SAELens's names."""

    @property
    def layer(self) -> NeuronLayer:
        """The latents as a layer of neurons."""
        config = self.config
        return NeuronLayer(config.name, config.block, "sae", config.hook_point, config.d_sae)

    def encode(
        self, values: Float[Tensor, "batch position model"]
    ) -> Float[Tensor, "batch position latent"]:
        """All latents: float32, one tensor of their size and nothing of that size beside it."""
        given = self._input(values).flatten(0, 1)
        return self._fire(given @ self.encoder, None).view(*values.shape[:2], -1)

    def column(
        self, values: Float[Tensor, "batch position model"], latents: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch position"]:
        """One latent per row, without the others unless they decide which may fire."""
        if self.config.k:
            whole = self.encode(values)
            return whole[torch.arange(len(whole), device=whole.device), :, latents]
        rows = self.encoder.T[latents].unsqueeze(-1)
        return self._fire(torch.bmm(self._input(values), rows).squeeze(-1), latents)

    def _input(
        self, values: Float[Tensor, "batch position model"]
    ) -> Float[Tensor, "batch position model"]:
        given = values.float()
        if self.centre:
            given = given - given.mean(-1, keepdim=True)
        if self.config.normalization == "layer_norm":
            given = given - given.mean(-1, keepdim=True)
            given = given / (given.std(-1, keepdim=True) + _EPSILON)
        elif self.config.normalization == "constant_norm_rescale":
            given = given * (self.config.d_in**0.5 / given.norm(dim=-1, keepdim=True))
        return given - self.b_dec if self.config.subtract_b_dec else given

    def _fire(
        self, products: Float[Tensor, "row column"], latents: Int[Tensor, " row"] | None
    ) -> Float[Tensor, "row column"]:
        """From products with the encoder to activations, in place.

        The columns are latents, or positions if `latents` names one latent per row.
        """
        vectors = {
            name: vector if latents is None else vector[latents].unsqueeze(-1)
            for name, vector in self.vectors.items()
        }
        if self.config.architecture == "gated":
            open_ = products + vectors["b_gate"] > 0
            magnitude = products.mul_(vectors["r_mag"].exp()).add_(vectors["b_mag"])
            return magnitude.relu_().mul_(open_)
        before = products.add_(vectors["b_enc"])
        if self.config.architecture == "jumprelu":
            above = before > vectors["threshold"]
            return before.relu_().mul_(above)
        if self.config.k:
            if self.config.by_decoder_norm:
                before.mul_(self.decoder.norm(dim=-1))
            largest, at = before.topk(self.config.k, dim=-1, sorted=False)
            return before.zero_().scatter_(-1, at, largest.relu_())
        return before.relu_()


def load_sae(config: SaeConfig, device: str, *, centre: bool) -> Sae:
    """The weights beside a `cfg.json`.

    `centre`: whether what is read must be centred to be as it was in training.
    Raises ModelError if they are damaged, or not those that the configuration asks for.
    """
    path = config.folder / WEIGHTS
    try:
        found = load_file(path, device=device)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}. Download it again.") from error
    names = _VECTORS[config.architecture]
    shapes = {
        "W_enc": (config.d_in, config.d_sae),
        "W_dec": (config.d_sae, config.d_in),
        "b_dec": (config.d_in,),
        **dict.fromkeys(names, (config.d_sae,)),
    }
    for name, shape in shapes.items():
        actual = tuple(found[name].shape) if name in found else None
        if actual != shape:
            raise ModelError(
                f"{path} should hold {name} of shape {list(shape)}, as its cfg.json says; found "
                f"{'nothing of that name' if actual is None else list(actual)}."
            )
    weights = {name: found[name].float() for name in shapes}
    return Sae(
        config,
        centre,
        weights["W_enc"],
        weights["W_dec"],
        weights["b_dec"],
        {name: weights[name] for name in names},
    )
